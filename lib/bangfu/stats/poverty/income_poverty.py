"""How many are poor, how far below the line they are, and how unequal it is among them, town by town."""

from fractions import Fraction

import numpy as np
import pandas as pd

from bangfu.stats.household_incomes import whole_incomes

COLUMNS = ["households", "persons", "poor_households", "poor_persons", "missing", "shortfall", "headcount", "gap", "severity"]


def foster_greer_thorbecke(income, line, *, members=None, groups=None):
    """Measure poverty by the three usual figures: the share of poor persons, the poverty gap and its severity.

    P(alpha) = 1/N sum over persons of (g / z)^alpha, g = max(0, z - y), z the line, y the income per head of the person's household:
    alpha 0 the headcount (y < z; on the line is not poor), 1 the gap, 2 the severity. Counted and summed in whole numbers and fractions,
    so that a household on the line is never moved by rounding; only the three results are floats (each correctly rounded).

    income: whole numbers (fen), shape (n,), of the household if members is given, otherwise per head and every row one person.
    line: whole number per head in the same unit. members: persons of each household. groups: the town of each, for one row per town.
    Rows without income, members or town are left out; those without income or members are counted as missing.

    Returns a DataFrame, one row per town in sorted order and a last row "all": households, persons, poor_households, poor_persons,
    missing, shortfall (what would lift all to the line, in the unit of income), headcount, gap, severity (NaN without persons).
    The figures of "all" are those of the towns weighted by their persons (the measures decompose).
    Raises ValueError if incomes are not whole numbers or the line is not positive.

    Source: Foster, Greer, Thorbecke (1984), Econometrica 52, 761-766; Haughton and Khandker (2009), Handbook on Poverty and
    Inequality, World Bank, chapter 4.
    """
    if int(line) != line or line <= 0:
        raise ValueError("the poverty line must be a positive whole number; give it in fen")
    table = whole_incomes(income, members, groups)
    parts = {} if groups is None else {name: part for name, part in table.groupby("group", sort=True)}
    rows = [_measure(part, int(line)) for part in [*parts.values(), table]]
    return pd.DataFrame(rows, columns=COLUMNS, index=pd.Index([*parts, "all"], name="group"))


def _measure(part, line):
    known = part["income"].notna()
    heads = part.loc[known, "members"].to_numpy(np.int64)
    short = np.maximum(line * heads - part.loc[known, "income"].to_numpy(np.int64), 0)
    persons, poor = int(heads.sum()), int(heads[short > 0].sum())
    shortfall = int(short.sum())
    # (g / z)^2 summed over the m persons of a household with shortfall s is s^2 / (m z^2): whole numbers within a family size
    squares = sum(Fraction(sum(int(s) ** 2 for s in short[heads == m]), int(m)) for m in np.unique(heads))
    shares = [Fraction(poor, persons), Fraction(shortfall, line * persons), Fraction(squares) / (line**2 * persons)] if persons else [np.nan] * 3
    return [int(known.sum()), persons, int((short > 0).sum()), poor, int((~known).sum()), shortfall, *(float(share) for share in shares)]
