"""How improbable is the largest gap between two cumulative distributions, if there are only so many digits?"""

import numpy as np
from scipy import signal, special

SURELY_SMALL = 1e-9  # below this the bound is given instead of 1 minus a number next to 1


def largest_gap(counts, shares):
    """Kolmogorov-Smirnov D: the largest absolute difference of the cumulative shares."""
    counts = np.asarray(counts, dtype=float)
    return float(np.abs(np.cumsum(counts) / counts.sum() - np.cumsum(shares))[:-1].max())


def p_value(gap, shares, n):
    """P(D >= gap) for n independent draws from the given cells: exact for cells, where the usual tables hold for continuous data.

    The cumulative counts S_k of a multinomial are those of independent Poisson counts given that they sum to n, so
    P(D < d) = P(|S_k - n F_k| < n d for all k and S_K = n) / P(S_K = n), by adding one cell after the other within the band.
    Below 1e-9 the bound 2 exp(-2 n d^2) is returned, which holds for cells as well.

    gap: D; shares: expected shares of the cells in their order, sum 1; n: draws. Returns a float, absolute error below 1e-10.
    Source: Conover (1972), JASA 67, 591-596 (D for discrete distributions); Noe (1972), Annals of Mathematical Statistics 43
    (recursion); Massart (1990), Annals of Probability 18 (the bound). The asymptotic 5% point for first digits, 1.148 / sqrt(n), is in
    Morrow (2014), Benford's Law, Families of Distributions and a Test Basis, CEP discussion paper 1291.
    """
    shares = np.asarray(shares, dtype=float)
    bound = min(1.0, 2 * np.exp(-2 * n * gap**2))
    if bound < SURELY_SMALL:
        return float(bound)
    centre, reach = n * np.cumsum(shares)[:-1], n * gap - 1e-7
    lows = np.maximum(0, np.floor(centre - reach) + 1).astype(np.int64)
    highs = np.minimum(n, np.ceil(centre + reach) - 1).astype(np.int64)
    start, band = 0, np.ones(1)
    for low, high, share in zip(lows, highs, shares, strict=False):
        if high < low:
            return 1.0
        mean = n * share
        spread = 12 * np.sqrt(mean) + 40
        first = max(0, low - (start + len(band) - 1), int(mean - spread))
        last = min(high - start, int(mean + spread))
        if last < first:
            return 1.0
        added = _poisson(np.arange(first, last + 1), mean)
        convolve = signal.fftconvolve if len(band) * len(added) > 200_000 else np.convolve
        total = np.zeros(high - low + 1)
        summed = convolve(band, added)
        offset = start + first - low  # summed[0] stands for start + first
        a, b = max(0, offset), min(len(total), offset + len(summed))
        total[a:b] = summed[a - offset:b - offset]
        start, band = low, total
    left = n - np.arange(start, start + len(band))
    inside = (band * np.where(left >= 0, _poisson(np.maximum(left, 0), n * shares[-1]), 0)).sum() / _poisson(n, n)
    return float(min(1.0, max(0.0, 1 - inside)))


def _poisson(counts, mean):
    """Poisson probabilities by the saddle-point expansion (Loader, 2000): the logarithms of factorials would lose ten digits of large counts."""
    x = np.asarray(counts, dtype=float)
    large = np.maximum(x, 16.0)
    stirling = 1 / (12 * large) - 1 / (360 * large**3) + 1 / (1260 * large**5) - 1 / (1680 * large**7)
    deviance = special.xlog1py(x, (x - mean) / mean) - (x - mean)
    small = np.exp(special.xlogy(x, mean) - mean - special.gammaln(x + 1))
    return np.where(x < 16, small, np.exp(-stirling - deviance) / np.sqrt(2 * np.pi * large))
