"""Household incomes as the measures need them: whole numbers, beside the number of persons and the town."""

import numpy as np
import pandas as pd


def whole_incomes(income, members=None, groups=None):
    """Put incomes, persons and towns side by side, without rounding anything.

    income: whole numbers, shape (n,), any array or Series with or without missing values; members: persons of each household (None:
    each row is one person); groups: the town of each row (None: all in one, "all"). Rows of no town are left out.
    Returns a DataFrame with the columns income and members (Int64; both missing where one is, or where the persons are not positive)
    and group.
    Raises ValueError for a number that is not whole.
    """
    income = np.asarray(income, dtype=object)
    table = pd.DataFrame({
        "income": _whole(income, "income"),
        "members": _whole(np.ones(len(income), dtype=int) if members is None else members, "members"),
        "group": pd.Series(np.full(len(income), "all", dtype=object) if groups is None else np.asarray(groups, dtype=object)),
    })
    known = table["income"].notna() & table["members"].gt(0).fillna(False)
    table.loc[~known, ["income", "members"]] = pd.NA
    return table[table["group"].notna()].reset_index(drop=True)


def _whole(values, name):
    numbers = pd.to_numeric(pd.Series(np.asarray(values, dtype=object))).astype("Float64")
    if ((numbers % 1) != 0).fillna(False).any():
        raise ValueError(f"{name} must be whole numbers; give incomes in fen")
    return numbers.astype("Int64")
