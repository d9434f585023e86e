"""Testing many towns or interviewers at once: the chance of even one false alarm stays at the level."""

import numpy as np


def holm(p_values):
    """Adjust p-values so that calling everything at or under 5% makes a false alarm at most 5% of the time, over all tests together.

    Holm's step-down: with the m p-values in ascending order, adjusted(i) = max over j <= i of (m - j + 1) p(j), at most 1.
    Valid under any dependence between the tests.

    p_values: array of shape (m,); NaN stands for a test that was not made, is not counted in m and stays NaN.
    Returns: float array of the same shape, in the same order.
    Raises ValueError for a p-value outside [0, 1].
    Source: S. Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 65-70.
    """
    p = np.asarray(p_values, dtype=float)
    if p.ndim != 1:
        raise ValueError(f"p-values must be one column, not an array of {p.ndim} dimensions")
    made = ~np.isnan(p)
    if ((p[made] < 0) | (p[made] > 1)).any():
        raise ValueError("a p-value lies outside 0 to 1")
    order = np.argsort(p[made], kind="stable")
    steps = np.arange(made.sum(), 0, -1)
    climbed = np.minimum(np.maximum.accumulate(p[made][order] * steps), 1.0)
    tested = np.empty_like(climbed)
    tested[order] = climbed
    adjusted = np.full(p.shape, np.nan)
    adjusted[made] = tested
    return adjusted
