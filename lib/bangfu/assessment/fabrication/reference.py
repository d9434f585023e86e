"""What is usual among the helpers of this county, and how far one stands from it.

Nobody knows what honest records of a county look like but the county itself. Most of its helpers are taken to be honest: the middle of
a signal among helpers with about as many records is what is usual, and the upper half of its spread is how much honest helpers differ
(the idea of the empirical null: Efron 2004, "Large-scale simultaneous hypothesis testing", JASA 99; recalled, not read). What everybody
in a county does is therefore no signal. The spread is the larger of two quantiles' so that long upper tails make the judgement
milder; up to one helper in seven may be unusual before they hide each other.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

FREEDOM = 5  # the tails of Student's t with 5 degrees of freedom: habits have longer tails than the normal distribution
OF_ROOTS = 0.5  # the standard deviation of the root of a Poisson count, whatever the count
_PEERS, _GROUPS = 150, 20  # helpers that are compared with each other, and the most groups of them
_UPPER = (0.75, 0.85)


class Reading(NamedTuple):
    """What a signal says of each helper: value and what is usual (in the unit of its sentence), records it rests on, distance in spreads.

    z is missing where the signal is not assessed.
    """

    value: np.ndarray
    usual: np.ndarray
    n: np.ndarray
    z: np.ndarray


def p_value(z: np.ndarray) -> np.ndarray:
    """How often an honest helper of the county stands as far up or farther; missing stays missing."""
    return stats.t.sf(z, FREEDOM)


def against_peers(value: np.ndarray, n: np.ndarray, least: int, floor: float = 0.0) -> Reading:
    """A figure (larger is more suspicious) against that of helpers with about as many records.

    n: records (gaps, days, figures) it rests on; helpers with fewer than `least` are not assessed. floor: the smallest spread that
    chance alone makes. Where the figure does not vary in the county at all nobody is assessed.
    """
    value = np.asarray(value, float)
    usual, z = np.full(len(value), np.nan), np.full(len(value), np.nan)
    able = np.flatnonzero((n >= least) & np.isfinite(value))
    if not len(able):
        return Reading(value, usual, n, z)
    spread = max(_spread(value[able]), floor)
    edges = np.unique(np.quantile(n[able], np.linspace(0, 1, min(max(1, len(able) // _PEERS), _GROUPS) + 1)[1:-1]))
    group = np.searchsorted(edges, n[able], side="left")
    for g in np.unique(group):
        peers = able[group == g]
        own = max(_spread(value[peers]), floor) if len(peers) >= _PEERS // 2 else spread
        usual[peers] = np.median(value[peers])
        if own > 0 or spread > 0:
            z[peers] = (value[peers] - usual[peers]) / (own if own > 0 else spread)
    return Reading(value, usual, n, z)


def against_rate(count: np.ndarray, n: np.ndarray, least: int) -> Reading:
    """How many of n records are of a kind, against the county's share of that kind.

    The distance is the normal one of the Poisson tail (mid-p), never counted as larger than its spread among the helpers makes it: where
    honest helpers differ in this, more is needed.
    """
    count, n = np.asarray(count, float), np.asarray(n)
    usual = n * (count.sum() / max(n.sum(), 1))
    tail = stats.poisson.sf(count, usual) + 0.5 * stats.poisson.pmf(count, usual)
    z = against_peers(stats.norm.isf(np.maximum(tail, 1e-300)), n, least, floor=1.0).z
    return Reading(count, usual, n, z)


def _spread(values: np.ndarray) -> float:
    """The standard deviation that the upper half shows, as of a normal distribution."""
    middle = np.median(values)
    return max((np.quantile(values, q) - middle) / stats.norm.ppf(q) for q in _UPPER)
