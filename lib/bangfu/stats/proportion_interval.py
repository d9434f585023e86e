"""Intervals for a proportion that hold at 0% and at 100%, for plain counts and for survey estimates."""

import numpy as np
from scipy import special, stats


def binomial_tail(successes, n, share):
    """The chance of so few successes or fewer if the true share is `share`: P(X <= successes), X binomial(n, share).

    Defined for counts that are not whole numbers by the incomplete beta function: P(X <= x) = I(1 - share; n - x, x + 1).
    successes, n, share: numbers or arrays that broadcast, 0 <= successes <= n.
    Source: the binomial-beta identity, Johnson, Kemp, Kotz (2005), Univariate Discrete Distributions, 3.4; its use with an effective
    sample that is not a whole number is Korn and Graubard (1998), Survey Methodology 24, 193-201.
    """
    x, n, share = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float), np.asarray(share, float))
    if ((x < 0) | (x > n * (1 + 1e-12))).any():
        raise ValueError("successes must lie between 0 and n")
    failures = np.maximum(n - x, 0.0)
    tail = special.betainc(np.where(failures > 0, failures, 1.0), x + 1, 1 - share)
    return np.where(failures > 0, tail, 1.0)[()]


def clopper_pearson(successes, n, confidence=0.95):
    """The exact interval for a share: every value that the count does not reject at (1 - confidence) / 2 on either side.

    lower = Beta(alpha/2; x, n - x + 1), upper = Beta(1 - alpha/2; x + 1, n - x); 0 and 1 at the ends. Counts need not be whole.
    Returns (lower, upper), of the broadcast shape.
    Source: Clopper and Pearson (1934), Biometrika 26, 404-413.
    """
    x, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    alpha = 1 - confidence
    failures = np.maximum(n - x, 0.0)
    lower = np.where(x > 0, stats.beta.ppf(alpha / 2, np.where(x > 0, x, 1.0), failures + 1), 0.0)
    upper = np.where(failures > 0, stats.beta.ppf(1 - alpha / 2, x + 1, np.where(failures > 0, failures, 1.0)), 1.0)
    return lower[()], upper[()]


def korn_graubard(estimate, variance, n, df, confidence=0.95, *, deff=None, at_most_n=True):
    """The interval for a survey share: Clopper-Pearson on the effective sample, so that it holds at 0% and 100%.

    effective n = p (1 - p) / variance, times (t(n - 1) / t(df))^2 for the few degrees of freedom, at most n. Where the estimate is 0 or 1
    the variance says nothing and the effective n is n / deff, with the design effect of a larger body of the same survey if it is
    given (at least 1), otherwise n itself. at_most_n=False lets the effective n exceed n where the design gains (design effect below
    1), as R's survey, svyciprop(method = "beta"), does.

    estimate, variance, n (interviews), df (clusters - strata): numbers or arrays that broadcast. Returns (lower, upper).
    Source: Korn and Graubard (1998), Survey Methodology 24, 193-201.
    """
    p, v, n, df = np.broadcast_arrays(*(np.asarray(a, float) for a in (estimate, variance, n, df)))
    alpha = 1 - confidence
    edge = (p <= 0) | (p >= 1) | ~(v > 0)
    shrink = (stats.t.ppf(alpha / 2, np.maximum(n - 1, 1)) / stats.t.ppf(alpha / 2, np.maximum(df, 1))) ** 2
    inside = p * (1 - p) / np.where(edge, 1.0, v) * shrink
    outside = n / np.maximum(1.0 if deff is None else deff, 1.0)
    effective = np.where(edge, outside, np.minimum(inside, n) if at_most_n else inside)
    return clopper_pearson(p * effective, effective, confidence)


def logit(estimate, variance, df, confidence=0.95):
    """The interval for a survey share by its log-odds, which keeps it inside 0 to 1.

    log(p / (1 - p)) +- t(df) se / (p (1 - p)), turned back. NaN where the estimate is 0 or 1: use korn_graubard there.
    Returns (lower, upper), of the broadcast shape.
    Source: Korn and Graubard (1999), Analysis of Health Surveys, 2.5; as in R's survey, svyciprop(method = "logit").
    """
    p, v, df = np.broadcast_arrays(*(np.asarray(a, float) for a in (estimate, variance, df)))
    inside = (p > 0) & (p < 1)
    p = np.where(inside, p, np.nan)
    half = stats.t.ppf(0.5 + confidence / 2, df) * np.sqrt(v) / (p * (1 - p))
    odds = special.logit(p)
    return special.expit(odds - half)[()], special.expit(odds + half)[()]
