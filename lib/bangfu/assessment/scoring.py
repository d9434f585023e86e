"""Scores as exact fractions of whole numbers, so that no rounding decides a grade.

score = 100 x sum(weight x met / of) / sum(weight), over the indicators of the card that can be assessed (of > 0). Each helper's
fractions are brought over their common denominator in whole numbers of any size. A printed score is cut after one decimal,
never rounded up: a printed score that reaches a cut-off does reach it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from bangfu.assessment.indicators import DIMENSIONS, INDICATORS
from bangfu.assessment.measurement import NAMES, Measured

Weights = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Scores:
    """Per helper, as whole numbers (numpy arrays of Python's int): numerator / denominator = score from 0 to 1; denominator 0
    where nothing could be assessed. assessed and whole: the weights that could be assessed, and all of the card."""

    numerator: np.ndarray
    denominator: np.ndarray
    assessed: np.ndarray
    whole: np.ndarray

    def fraction(self, i: int) -> Fraction:
        """Helper i's exact score from 0 to 100."""
        return Fraction(100 * self.numerator[i], self.denominator[i])

    def reaches(self, start) -> np.ndarray:
        """Whose score (0 to 100) is at least `start`, exactly."""
        start = Fraction(start)
        return (100 * start.denominator * self.numerator >= start.numerator * self.denominator).astype(bool)

    def enough(self, share) -> np.ndarray:
        """Of whom at least that share of the card could be assessed."""
        share = Fraction(share)
        return ((self.whole > 0) & (self.assessed > 0) & (share.denominator * self.assessed >= share.numerator * self.whole)).astype(bool)

    def printed(self) -> np.ndarray:
        """0 to 100, cut after one decimal; nan where nothing could be assessed."""
        there = self.denominator > 0
        tenths = np.where(there, 1000 * self.numerator // np.where(there, self.denominator, 1), 0)
        return np.where(there, tenths.astype("int64") / 10, np.nan)


def score(measured: Measured, weights: Weights, part: str | None = None) -> Scores:
    """Everyone's score by weights (role -> indicator -> whole number), such as a card's; of one part where it is named.

    Nothing is measured anew: other weights can be tried at the cost of some multiplications.
    """
    of = measured.of.astype(object)
    common = np.lcm.reduce(np.where(of > 0, of, 1), axis=1) if len(of) else np.zeros(0, object)
    share = measured.met.astype(object) * (common[:, None] // np.where(of > 0, of, 1))
    weight = _weight_of(measured, weights, part)
    counted = np.where(of > 0, weight, 0)
    assessed = counted.sum(axis=1)
    return Scores((counted * share).sum(axis=1), common * assessed, assessed, weight.sum(axis=1))


def by_dimension(measured: Measured, weights: Weights) -> pd.DataFrame:
    """Points earned of those possible in each dimension, as text to be read (`17.5/20`); missing where nothing could be assessed."""
    table = {}
    for dimension in DIMENSIONS:
        s = score(measured, {r: {i: w for i, w in of_role.items() if INDICATORS[i].dimension == dimension} for r, of_role in weights.items()})
        tenths = [(n * a + 5 * d) // (10 * d) if d else 0 for n, d, a in zip(s.numerator, s.denominator, s.assessed, strict=True)]
        table[dimension] = [f"{t / 10:g}/{a / 100:g}" if a else None for t, a in zip(tenths, s.assessed, strict=True)]
    return pd.DataFrame(table, index=measured.helpers.index, dtype="str")


def _weight_of(measured: Measured, weights: Weights, part: str | None) -> np.ndarray:
    """The weight of each indicator for each helper, by role."""
    table = np.zeros((len(measured.helpers), len(NAMES)), object)
    for role, of_role in weights.items():
        row = [of_role.get(name, 0) if part in (None, INDICATORS[name].part) else 0 for name in NAMES]
        table[(measured.helpers["role"] == role).to_numpy(bool)] = np.array(row, object)
    return table


def by_quarter(measured: Measured, weights: Weights) -> pd.DataFrame:
    """The regular assessment of each quarter: row, quarter, score (printed). A quarter's share of an indicator is its share of what was due."""
    s = measured.shares[measured.shares["quarter"] > 0]
    row, indicator = s["row"].to_numpy(), s["indicator"].to_numpy()
    weight = _weight_of(measured, weights, "regular")[row, indicator]
    of = measured.of.astype(object)
    common = np.lcm.reduce(np.where(of > 0, of, 1), axis=1)[row] if len(s) else np.zeros(0, object)
    unit = weight * (common // of[row, indicator])
    parts = pd.DataFrame({"row": row, "quarter": s["quarter"].to_numpy(), "n": unit * s["met"].to_numpy().astype(object), "d": unit * s["of"].to_numpy().astype(object)})
    sums = parts.groupby(["row", "quarter"], as_index=False)[["n", "d"]].sum()
    n, d = sums["n"].to_numpy(object), sums["d"].to_numpy(object)
    return sums[["row", "quarter"]].assign(score=Scores(n, d, d, d).printed())
