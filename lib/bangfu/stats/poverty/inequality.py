"""How unequal incomes are among persons, town by town."""

from fractions import Fraction
from math import fsum

import numpy as np
import pandas as pd

from bangfu.stats.household_incomes import whole_incomes


def gini(income, *, members=None, weights=None, groups=None):
    """Measure the inequality of incomes among persons: 0 if all have the same, towards 1 if one has everything.

    G = sum over pairs of persons |y_i - y_j| / (2 N^2 mean). With households in the order of their income per head, m persons each, and
    S the cumulated income: G = 1 - sum of m_i (S_i + S_(i-1)) / (N S_N). Without weights all sums are whole numbers and only the
    result is rounded.

    income: whole numbers (fen), shape (n,), of the household if members is given, otherwise per head. members: persons of each household.
    weights: positive numbers, for instance of a sample; a household then counts weight x members persons. groups: the town of each.
    Returns a DataFrame, one row per town in sorted order and a last row "all": households, persons (weighted if weights are given),
    missing, mean (per head, in the unit of income) and gini; both NaN without persons, gini also if the incomes add up to nothing or less
    (with debts in them it may exceed 1). "All" is not a mean of the towns: it also holds the differences between them.
    Raises ValueError if incomes are not whole numbers or weights not positive.

    Source: Gini (1914); Haughton and Khandker (2009), Handbook on Poverty and Inequality, World Bank, chapter 6, formula 6.1.
    """
    table = whole_incomes(income, members, groups)
    if weights is not None:
        kept = slice(None) if groups is None else pd.Series(np.asarray(groups, dtype=object)).notna().to_numpy()
        table["weight"] = np.asarray(weights, dtype=float)[kept]
        if not (table["weight"] > 0).all():
            raise ValueError("weights must be positive and none missing")
    parts = {} if groups is None else {name: part for name, part in table.groupby("group", sort=True)}
    rows = [_measure(part) for part in [*parts.values(), table]]
    return pd.DataFrame(rows, columns=["households", "persons", "missing", "mean", "gini"], index=pd.Index([*parts, "all"], name="group"))


def _measure(part):
    known = part["income"].notna()
    whole, heads = part.loc[known, "income"].to_numpy(np.int64), part.loc[known, "members"].to_numpy(np.int64)
    missing = int((~known).sum())
    if not len(whole):
        return [0, 0, missing, np.nan, np.nan]
    order = np.argsort(whole / heads, kind="stable")
    if "weight" in part:
        w = part.loc[known, "weight"].to_numpy()[order]
        persons, incomes = w * heads[order], w * whole[order]
        total, cumulated = fsum(incomes), np.cumsum(incomes)
        doubled = fsum(persons * (2 * cumulated - incomes))
        n = fsum(persons)
        return [len(whole), n, missing, total / n, 1 - doubled / (n * total) if total > 0 else np.nan]
    persons, incomes = heads[order], whole[order]
    cumulated = np.cumsum(incomes)
    n, total = int(persons.sum()), int(cumulated[-1])
    doubled = sum(int(m) * int(s) for m, s in zip(persons, 2 * cumulated - incomes))
    return [len(whole), n, missing, float(Fraction(total, n)), float(1 - Fraction(doubled, n * total)) if total > 0 else np.nan]
