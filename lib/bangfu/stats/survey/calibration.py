"""Weights brought to totals that are known: post-stratification and raking, and what they leave unexplained."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

WEIGHT = "calibrated_weight"


class NotConverged(ValueError):
    """The margins could not all be met: says which is furthest from its total, and by how much."""


@dataclass(frozen=True)
class Calibration:
    """Known totals by margins of categories: cells (rows, categories) 0 and 1, before and after: the weights (rows,)."""

    cells: sparse.csr_matrix
    before: np.ndarray
    after: np.ndarray

    def unexplained(self, contributions):
        """What of the contributions (rows, k) the known totals do not explain: g w (y - x b), b from the regression weighted by w before.

        Source: Deville and Särndal (1992), JASA 87, 376-382, formula 3.4 (all calibrations share the variance of the regression
        estimator). The same as R's survey::calibrate; its rake() leaves the weights before out of the regression, which differs
        where they are unequal.
        """
        values = contributions / self.after[:, None]
        inner = (self.cells.T @ self.cells.multiply(self.before[:, None])).toarray()
        slope = np.linalg.pinv(inner, hermitian=True) @ (self.cells.T @ (self.before[:, None] * values))
        return self.after[:, None] * (values - self.cells @ slope)


def post_stratify(design, columns, totals):
    """Bring the weights to the known number of households of every category (town, kind of household, or both crossed).

    w' = w N / sum of w in the category. The variance of later estimates is that of what the categories leave unexplained.
    columns: one column, or a list for their crossing. totals: a Series of numbers by category (a MultiIndex for several columns).
    Returns a Design whose weights are the column `calibrated_weight`.
    Raises ValueError if a category of the sample has no total, a total has no interview, or a category is missing.
    Source: Holt and Smith (1979), Journal of the Royal Statistical Society A 142, 33-46; Särndal, Swensson, Wretman (1992), 7.6.
    """
    crossed = [columns] if isinstance(columns, str) else list(columns)
    code, target = _categories(design, crossed, totals)
    after = design.weight * (target / np.bincount(code, design.weight, len(target)))[code]
    return _calibrated(design, [code], after)


def rake(design, margins: Mapping, *, tolerance=1e-10, rounds=1000):
    """Bring the weights to the known numbers of households of several columns at once, when their crossing is not known.

    Each margin in turn is post-stratified, until every total is met to the tolerance (as a share of it) after a whole round.
    margins: {column or tuple of columns: Series of numbers by category}; their sums must agree.
    Returns a Design whose weights are the column `calibrated_weight`.
    Raises NotConverged (a ValueError) if the totals are not met after so many rounds, ValueError for what `post_stratify` refuses.
    Source: Deming and Stephan (1940), Annals of Mathematical Statistics 11, 427-444; variance: Deville and Särndal (1992), JASA 87.
    """
    if not margins:
        raise ValueError("raking needs at least one margin")
    names = [[key] if isinstance(key, str) else list(key) for key in margins]
    cells = [_categories(design, columns, totals) for columns, totals in zip(names, margins.values())]
    sums = np.array([target.sum() for _, target in cells])
    if np.ptp(sums) > 1e-6 * sums.max():
        wholes = ", ".join(f"{' x '.join(columns)}: {whole:.10g}" for columns, whole in zip(names, sums))
        raise ValueError(f"the margins do not have the same sum ({wholes})")
    after = design.weight.copy()
    for _ in range(rounds):
        for code, target in cells:
            after *= (target / np.bincount(code, after, len(target)))[code]
        apart = [np.abs(np.bincount(code, after, len(target)) / target - 1).max() for code, target in cells]
        if max(apart) <= tolerance:
            return _calibrated(design, [code for code, _ in cells], after)
    worst = int(np.argmax(apart))
    code, target = cells[worst]
    off = np.bincount(code, after, len(target)) / target - 1
    at = int(np.argmax(np.abs(off)))
    label = " x ".join(design.data.iloc[int(np.argmax(code == at))][names[worst]].astype(str))
    raise NotConverged(f"raking did not meet the totals in {rounds} rounds: {' x '.join(names[worst])} = {label} is still {off[at]:+.2%} off; "
                       f"join small categories, or drop a margin")


def _categories(design, columns, totals):
    """The number of each row's category, and the known totals in that order."""
    for column in columns:
        if column not in design.data:
            raise KeyError(f"the sample has no column {column}")
        if design.data[column].isna().any():
            raise ValueError(f"{column} has missing values: a household without category cannot be calibrated")
    name = " x ".join(columns)
    known = pd.Series(totals, dtype=float)
    if not (np.isfinite(known).all() and (known > 0).all() and known.index.is_unique):
        raise ValueError(f"the totals of {name} must be positive numbers, one for each category")
    of_row = design.data[columns[0]] if len(columns) == 1 else pd.MultiIndex.from_frame(design.data[columns])
    code = known.index.get_indexer(of_row)
    if (code < 0).any():
        raise ValueError(f"no total is given for {name} = {list(of_row[code < 0])[0]}, which is in the sample")
    empty = np.bincount(code, minlength=len(known)) == 0
    if empty.any():
        raise ValueError(f"the sample has no interview in {name} = {known.index[empty][0]}, which has a total; join it with another category")
    return code, known.to_numpy()


def _calibrated(design, codes, after):
    if design.calibration is not None:
        raise ValueError("the weights are calibrated already: rake to all margins at once instead")
    rows = np.arange(len(after))
    cells = sparse.hstack([sparse.csr_matrix((np.ones(len(after)), (rows, code))) for code in codes], format="csr")
    return replace(design, data=design.data.assign(**{WEIGHT: after}), weights=WEIGHT, calibration=Calibration(cells, design.weight, after))
