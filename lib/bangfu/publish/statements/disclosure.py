"""Which figures of a published summary would tell of single persons: those are hidden, and enough others that no subtraction brings them back."""

import numpy as np
import pandas as pd


def hidden(counts: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """A mask like `counts` (persons; a row per group, a column per answer; every person in one cell, totals known) of the cells to hide.

    Hidden is every count from 1 to smallest - 1, the whole row of a group of fewer persons than that, and then, while a row or column has a
    single hidden cell, the smallest count beside it. Method: primary and complementary cell suppression, e.g. Hundepool et al.,
    Statistical Disclosure Control (2012), ch. 4 (recalled, not read).
    """
    values = counts.to_numpy("int64")
    mask = ((values > 0) & (values < smallest)) | ((values.sum(axis=1) < smallest) & (values.sum(axis=1) > 0))[:, None]
    while True:
        more = _complement(values, mask) | _complement(values.T, mask.T).T
        if not (more & ~mask).any():
            return pd.DataFrame(mask, index=counts.index, columns=counts.columns)
        mask |= more


def _complement(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """In each row with a single hidden cell, the smallest of the others, one that holds somebody before one that holds nobody."""
    more = np.zeros_like(mask)
    if values.shape[1] > 1:
        for row in np.flatnonzero(mask.sum(axis=1) == 1):
            order = np.lexsort((values[row], values[row] == 0, mask[row]))
            more[row, order[0]] = True
    return more


def few(persons: pd.Series, smallest: int) -> pd.Series:
    """Groups of which nothing is told: of fewer persons than `smallest`; where that is one group alone, the next smallest as well."""
    small = persons < smallest
    if small.sum() == 1 and len(persons) > 1:
        small[persons[~small].idxmin()] = True
    return small
