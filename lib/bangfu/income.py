"""A household's income added up again from the sources of the income form (附件2).

Groups of the form: A project income, B property, C business, D wages, E transfers; F is expenses. Which column belongs
to which group stands in `params/dictionary.yml`. A pension is on the form for the record and counts in no group.
"""

import operator
from functools import reduce

import pandas as pd

from bangfu.intake import dictionary

INCOME_GROUPS = ("A", "B", "C", "D", "E")
EXPENSES = "F"


def group_of() -> dict[str, str]:
    """Column of the income form -> its group, in the order of the form."""
    return {name: column.group for name, column in dictionary()["incomes"].columns.items() if column.group}


def form_columns() -> list[str]:
    """Every column that enters the net income: the sources A to E and the expenses F."""
    return list(group_of())


def recomputed(incomes: pd.DataFrame) -> pd.DataFrame:
    """`total` = A+B+C+D+E and `net` = total - F of each income row, in fen, exact (Int64).

    Missing where one of their cells is missing: an unreadable source is not a source of nothing.
    Source: laizhou-2018-8 附件2; helper-training-outline 二(一)3.
    """
    groups = group_of()
    total = _sum(incomes, [c for c, g in groups.items() if g in INCOME_GROUPS])
    return pd.DataFrame({"total": total, "net": total - _sum(incomes, [c for c, g in groups.items() if g == EXPENSES])})


def per_capita_differs(per_capita: pd.Series, net: pd.Series, members: pd.Series, tolerance: int) -> pd.Series:
    """Is a reported income per head further than the tolerance from net / members? Compared without dividing.

    |per_capita x members - net| > tolerance x members; all in fen, members >= 1. Missing (boolean NA) where one of them is.
    """
    members = members.where(members > 0)
    return (per_capita * members - net).abs() > members * tolerance


def of_year(incomes: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows of the audit year. A file may hold earlier years as well; a row without a year belongs to none."""
    return incomes[(incomes["year"] == year).fillna(False).astype(bool)]


def gains(incomes: pd.DataFrame, year: int) -> pd.DataFrame:
    """How much more a household earned in the year than in the year before, in all and not per head.

    household_id, net_now, net_before, gain (fen, exact; the net incomes as `recomputed`), origin_now, origin_before. Left out: households of
    which the net income of one of the years is absent, cannot be recomputed, or differs between several rows.
    """
    both = _net_of(incomes, year).merge(_net_of(incomes, year - 1), on="household_id", suffixes=("_now", "_before"))
    return both.assign(gain=both["net_now"] - both["net_before"])


def _net_of(incomes: pd.DataFrame, year: int) -> pd.DataFrame:
    """household_id, net, origin: a row per household of which the year tells one net income."""
    own = of_year(incomes, year).dropna(subset="household_id")
    own = own[["household_id", "origin"]].assign(net=recomputed(own)["net"]).drop_duplicates(["household_id", "net"])
    return own[~own["household_id"].duplicated(keep=False)].dropna(subset="net")


def _sum(frame: pd.DataFrame, columns: list[str]) -> pd.Series:
    return reduce(operator.add, (frame[c] for c in columns))
