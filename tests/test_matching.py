"""Rows put beside and after each other by their texts."""

import pandas as pd

from bangfu.matching import beside, in_order, places, stands_in


def texts(*values) -> pd.Series:
    return pd.Series(values, dtype="str")


def test_a_missing_text_stands_nowhere():
    assert stands_in(texts("a", None, "c"), texts("c", None)).tolist() == [False, False, True]
    assert places(texts("b", None, "x"), texts("a", "b", "b")).tolist() == [1, -1, -1]


def test_each_row_gets_the_first_entry_with_its_text_and_keeps_its_own_columns():
    claims = pd.DataFrame({"claim": texts("c1", "c2", "c3", "c4"), "project": texts("p2", "p9", None, "p1"), "origin": [1, 2, 3, 4]}).set_axis([7, 8, 9, 10])
    projects = pd.DataFrame({"project": texts("p1", None, "p2", "p2"), "budget": pd.array([10, 20, 30, 40], dtype="Int64"), "origin": [11, 12, 13, 14]})
    both = beside(claims, projects, "project", "_project")
    assert both.columns.tolist() == ["claim", "project", "origin", "budget", "origin_project"]
    assert both["claim"].tolist() == ["c1", "c2", "c3", "c4"]
    assert both["budget"].isna().tolist() == [False, True, True, False] and both["budget"].dropna().tolist() == [30, 10]
    assert both["origin_project"].fillna(0).tolist() == [13, 0, 0, 11]


def test_rows_are_sorted_by_one_column_after_the_other_with_what_is_missing_last():
    rows = pd.DataFrame(
        {
            "account": texts("B", "A", None, "A", "A"),
            "day": pd.to_datetime(["2019-01-01", None, "2019-01-01", "2019-02-01", "2019-02-01"]),
            "row": [0, 1, 2, 3, 4],
        }
    )
    assert in_order(rows, ["account", "day"])["row"].tolist() == [3, 4, 1, 0, 2]


def test_of_nothing_comes_nothing():
    empty = pd.DataFrame({"key": texts(), "value": pd.Series([], dtype="int64")})
    assert beside(empty, empty, "key", "_other").columns.tolist() == ["key", "value", "value_other"]
    assert in_order(empty, ["key"]).empty
