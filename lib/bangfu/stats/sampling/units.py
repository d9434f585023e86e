"""Which units are drawn from N in a row: at random, at fixed intervals, one in each cell. Units count from 1; all arithmetic is on whole numbers."""

from fractions import Fraction
from math import ceil


def units_at_random(total, n, draw):
    """n different units of 1..total, every set with the same chance, in ascending order."""
    return sorted(u + 1 for u in draw.without_replacement(total, n))


def intervals(total, n, draw, start=None):
    """The units ceil(start + i x total / n), i = 0..n - 1; a random start is one of total equally likely points of the first interval.

    Every unit has exactly the chance n / total, also where total / n is not whole.
    """
    interval = Fraction(total, n)
    if start is None:
        start = Fraction(draw.below(total) + 1, n)
    if not 0 < start <= interval:
        raise ValueError(f"the start must lie above 0 and not beyond the interval of {float(interval):,.2f}")
    return [ceil(start + i * interval) for i in range(n)]


def cells(total, n, draw):
    """One unit in each of n cells of total / n units: ceil(u / n + i x total / n) with a new u of 1..total for every cell."""
    return [-((-(draw.below(total) + 1 + i * total)) // n) for i in range(n)]
