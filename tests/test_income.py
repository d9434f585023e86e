"""The income form added up again (laizhou-2018-8 附件2)."""

import pandas as pd
import pytest

from bangfu import income


def form(**yuan) -> pd.DataFrame:
    """One income row: nought but for what is given, in yuan."""
    return pd.DataFrame({c: pd.array([round(yuan.get(c, 0) * 100)], dtype="Int64") for c in [*income.form_columns(), "pension"]})


def test_the_form_has_as_many_lines_as_the_printed_one():
    groups = pd.Series(income.group_of()).value_counts().to_dict()
    assert groups == {"A": 2, "B": 3, "C": 3, "D": 1, "E": 15, "F": 1}
    assert "pension" not in income.group_of()


def test_total_and_net():
    sheet = form(dividends=1000, land_rent=500, trade=300.05, wages=6000, subsistence=200, expenses=1999.99, pension=1500)
    added = income.recomputed(sheet)
    assert added["total"].tolist() == [800_005]  # 1000 + 500 + 300.05 + 6000 + 200 = 8000.05
    assert added["net"].tolist() == [600_006]  # - 1999.99 = 6000.06
    assert added["total"].dtype == "Int64"


def test_an_unknown_source_makes_the_total_unknown():
    sheet = form(wages=6000)
    sheet["farming"] = pd.array([pd.NA], dtype="Int64")
    assert income.recomputed(sheet).isna().all(axis=None)


@pytest.mark.parametrize(
    ("per_capita", "net", "members", "differs"),
    [
        (333_333, 1_000_000, 3, False),  # 10000 / 3 = 3333.333...
        (333_334, 1_000_000, 3, False),  # 0.67 fen off
        (333_335, 1_000_000, 3, True),  # 1.67 fen off
        (333_332, 1_000_000, 3, True),  # 1.33 fen off
        (250_001, 1_000_000, 4, False),  # just a fen
        (-50_000, -100_000, 2, False),
        (250_000, 1_000_000, 0, None),
        (250_000, 1_000_000, None, None),
    ],
)
def test_per_capita_without_division(per_capita, net, members, differs):
    columns = [pd.Series([v], dtype="Int64") for v in (per_capita, net, members)]
    answer = income.per_capita_differs(*columns, tolerance=1)
    assert answer.isna().tolist() == [differs is None]
    assert differs is None or answer.tolist() == [differs]


def test_rows_of_the_audit_year():
    sheets = pd.DataFrame({"year": pd.array([2018, 2019, None], dtype="Int64")})
    assert income.of_year(sheets, 2019).index.tolist() == [1]
