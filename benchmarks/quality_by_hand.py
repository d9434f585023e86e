"""(d) The suites of all tables beside the same checks by hand in pandas, on a county with a million visits.

    python benchmarks/quality_by_hand.py [households] [transactions] [rounds]

By hand each expectation is the line of pandas that its type stands for, on the same flag columns; rows checked and rows that fail must be
the same, or there is no figure. The library is imported before the clock starts.
"""

import sys

import pandas as pd
import results
from timing import machine, median, timed
from whole_county import whole_county

from bangfu.quality import counting, validation  # noqa: F401  importing the library is not counted
from bangfu.quality.flags import flag_column
from bangfu.quality.suites import Declared, read_suites


def between(v: pd.Series, asked: dict) -> pd.Series:
    low, high = (pd.Timestamp(asked[k]) if v.dtype.kind == "M" and k in asked else asked.get(k) for k in ("min_value", "max_value"))
    fails = pd.Series(False, index=v.index)
    if low is not None:
        fails |= ((v <= low) if asked.get("strict_min") else (v < low)).fillna(False)
    if high is not None:
        fails |= ((v >= high) if asked.get("strict_max") else (v > high)).fillna(False)
    return fails


# Type of an expectation -> rows that fail, of a table and what is asked of it.
BY_HAND = {
    "expect_column_values_to_not_be_null": lambda t, a: t[a["column"]].isna(),
    "expect_column_values_to_be_unique": lambda t, a: t[a["column"]].duplicated(keep=False) & t[a["column"]].notna(),
    "expect_column_values_to_be_in_set": lambda t, a: ~t[a["column"]].isin(a["value_set"]) & t[a["column"]].notna(),
    "expect_column_values_to_be_between": lambda t, a: between(t[a["column"]], a),
    "expect_column_values_to_match_regex": lambda t, a: ~t[a["column"]].str.contains(a["regex"], na=True),
    "expect_column_pair_values_a_to_be_greater_than_b": lambda t, a: ~((t[a["column_A"]] >= t[a["column_B"]]) if a.get("or_equal") else (t[a["column_A"]] > t[a["column_B"]])) & t[[a["column_A"], a["column_B"]]].notna().all(axis=1),
    "expect_compound_columns_to_be_unique": lambda t, a: t.duplicated(a["column_list"], keep=False) & t[a["column_list"]].notna().all(axis=1),
}  # fmt: skip


def by_hand(tables: dict[str, pd.DataFrame]) -> dict[str, int]:
    """Expectation id -> rows that fail, of those about columns."""
    told = {}
    for name, suite in read_suites().items():
        table = tables[name].copy(deep=False)
        for e in suite.expectations:
            if e.columns:
                told[e.id] = _failing(e, table, tables)
    return told


def _failing(e: Declared, table: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> int:
    flag = e.config["kwargs"].get("column")
    if e.flag and flag not in table:
        table[flag] = flag_column(e.flag, table, tables)
    return int(BY_HAND[e.config["type"]](table, e.config["kwargs"]).sum())


def by_suites(tables: dict[str, pd.DataFrame]) -> dict[str, int]:
    told = validation.measured(tables).results
    return dict(told.loc[told["column"] != "", ["id", "unexpected"]].dropna().itertuples(index=False))


def main(households: int, transactions: int, rounds: int) -> None:
    tables = whole_county(households, transactions)
    times = []
    for _ in range(rounds):
        suites, *ours = timed(lambda: by_suites(tables))
        hand, *theirs = timed(lambda: by_hand(tables))
        wrong = {i: (n, hand[i]) for i, n in suites.items() if n != hand[i]}
        assert not wrong, f"other counts: {wrong}"
        times.append((ours, theirs))
    figures = {"machine": machine(), "visits": len(tables["visits"]), "transactions": len(tables["ledger"]), "rows": sum(map(len, tables.values())), "expectations": len(suites), "rounds": rounds}
    for kind, name in enumerate(("clock", "processors")):
        ours, theirs = (median(pair[who][kind] for pair in times) for who in (0, 1))
        figures[name] = {"suites": ours, "by_hand": theirs, "ratio": round(median(a[kind] / b[kind] for a, b in times), 2)}
        print(f"{name}: suites {ours:.1f} s, by hand {theirs:.1f} s, ratio {figures[name]['ratio']}")
    results.write("quality_by_hand", figures)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:4]), *((31_500, 500_000, 3)[len(sys.argv) - 1 :]))
