"""Means, shares and ratios in the whole population and in its parts."""

import numpy as np
import pandas as pd

from bangfu.stats import proportion_interval
from bangfu.stats.survey import domains
from bangfu.stats.survey.variance import variance_in_domains

INTERVALS = ("korn-graubard", "beta", "logit")


def mean(design, column, *, by=None, confidence=0.95):
    """Estimate the mean of a column in the whole population, or in each part of it.

    Estimate: sum w y / sum w over the rows of the part (domain) with a value. Variance: that of the total of w (y - estimate) / sum w,
    zero outside the domain, so that the clusters that happen to miss it count. Interval: estimate +- t(df) se. Rows without a value
    are outside the domain.

    by: column (or list of columns) of the domains (one row each, sorted), or None for the whole (one row labelled "all").
    Returns a DataFrame with the columns estimate, se, lo, hi, deff (against a simple random sample of as many, drawn with
    replacement; the other convention: `design_effect`), n (interviews with a value), clusters, df (clusters - strata, of those in
    which the domain occurs; with df 0 there is no interval).
    Source: Särndal, Swensson, Wretman (1992), 5.7 and 5.8 (ratio of two totals, domains); design effect as Kish (1965).
    """
    return domains.with_interval(ratio_estimates(design, domains.numeric(design, column), np.ones(len(design.data)), by), confidence)


def ratio(design, numerator, denominator, *, by=None, confidence=0.95):
    """Estimate the ratio of two totals (yuan per person, claims paid per claim made), in the whole or in each part.

    R = sum w y / sum w x; variance of the total of w (y - R x) / sum w x. Rows without either value are outside the domain.
    Returns the columns of `mean`; deff compares with the ratio in a simple random sample. A domain whose denominators sum to 0 has no ratio (NaN).
    Source: Särndal, Swensson, Wretman (1992), 5.6; Cochran (1977), Sampling Techniques, chapter 6.
    """
    over, under = domains.numeric(design, numerator), domains.numeric(design, denominator)
    return domains.with_interval(ratio_estimates(design, over, under, by), confidence)


def proportion(design, column, *, by=None, confidence=0.95, interval="korn-graubard"):
    """Estimate the share of households for which a yes/no column is true, in the whole population or in each part of it.

    The estimate and its variance are those of `mean`. interval: "korn-graubard" (holds at 0% and 100%, where it takes the pooled design
    effect of all domains), "beta" (the same without its limit to the interviews made, as R's svyciprop has it) or "logit"
    (Korn-Graubard's where the estimate is 0% or 100%).
    column: boolean, or 0 and 1; missing values are left out. Returns the columns of `mean`.
    Raises ValueError for other values or an unknown interval.
    """
    return _shares(design, domains.numeric(design, column), column, by, confidence, interval)


def shares(design, column, *, by=None, confidence=0.95, interval="korn-graubard"):
    """Estimate the share of every answer of a column (一般, 满意, ...), in the whole population or in each part of it.

    Returns the columns of `mean`, one row per answer (and domain), in the order of the answers; rows without an answer are left out.
    """
    answered = design.data[column].notna().to_numpy()
    answers = pd.Index(design.data[column].dropna().unique()).sort_values() if not isinstance(design.data[column].dtype, pd.CategoricalDtype) \
        else design.data[column].cat.categories
    tables = {answer: _shares(design, np.where(answered, (design.data[column] == answer).to_numpy(dtype=bool, na_value=False), np.nan),
                              column, by, confidence, interval) for answer in answers}
    return pd.concat(tables, names=[column]) if by is not None else pd.concat(tables, names=[column]).droplevel(1)


def _shares(design, truth, column, by, confidence, interval):
    if interval not in INTERVALS:
        raise ValueError(f"no interval is called {interval}; there are {', '.join(INTERVALS)}")
    if not np.isin(truth[~np.isnan(truth)], (0.0, 1.0)).all():
        raise ValueError(f"{column} must be yes or no (0 or 1)")
    estimated = share_estimates(design, truth, by)
    p, n, df = (estimated[name].to_numpy(dtype=float) for name in ("estimate", "n", "df"))
    variance = estimated["se"].to_numpy() ** 2
    weight = np.maximum(df, 0) * p * (1 - p)
    known = np.isfinite(estimated["deff"].to_numpy()) & (weight > 0)
    pooled = np.average(estimated["deff"].to_numpy()[known], weights=weight[known]) if known.any() else 1.0
    lo, hi = proportion_interval.korn_graubard(p, variance, n, df, confidence, deff=pooled, at_most_n=interval != "beta")
    if interval == "logit":
        by_odds = proportion_interval.logit(p, variance, df, confidence)
        lo, hi = (np.where(np.isnan(odds), exact, odds) for odds, exact in zip(by_odds, (lo, hi)))
    return estimated.assign(lo=lo, hi=hi)[domains.COLUMNS]


def share_estimates(design, truth, by):
    """The shares of an array of 0, 1 and NaN (rows,) by domain: estimate, se, deff, n, clusters, df."""
    return ratio_estimates(design, truth, np.ones(len(truth)), by)


def ratio_estimates(design, over, under, by):
    """The ratios of the totals of two arrays by domain: estimate, se, deff, n, clusters, df."""
    known = ~(np.isnan(over) | np.isnan(under))
    domain, names = domains.numbered(design, by, known)
    many = len(names)
    over, under = np.where(known, over, 0.0), np.where(known, under, 0.0)
    whole = domains.sums(design.weight * under, domain, many)
    n, clusters, df = domains.sizes(design, domain, many)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = domains.sums(design.weight * over, domain, many) / whole
        apart = over - np.nan_to_num(estimate)[domain] * under
        # Where all are alike only rounding is left, which is no difference.
        apart[np.abs(apart) <= domains.ROUNDING * np.abs(over)] = 0.0
        residual = np.nan_to_num(np.where(domain >= 0, apart / whole[domain], 0.0))
        variance = variance_in_domains(design, design.weight * residual, domain, many)
        households = domains.sums(design.weight, domain, many)
        spread = domains.sums(design.weight * residual**2, domain, many) * households * n / (n - 1)
        deff = np.where(spread > 0, variance * n / np.where(spread > 0, spread, 1.0), np.nan)
    se = np.where((n > 0) & (whole != 0), np.sqrt(variance), np.nan)
    return pd.DataFrame({"estimate": estimate, "se": se, "deff": deff, "n": n, "clusters": clusters, "df": df}, index=names)
