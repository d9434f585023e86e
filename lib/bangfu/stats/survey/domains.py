"""The parts of a population that estimates are made for, and what the sample holds of each."""

import numpy as np
import pandas as pd
from scipy import stats

COLUMNS = ["estimate", "se", "lo", "hi", "deff", "n", "clusters", "df"]
ROUNDING = 1e-12  # share of a value up to which a difference is the arithmetic's own


def numbered(design, by, known):
    """The number of each row's domain (-1 where nothing is known or the domain is missing), and the index of the domains, sorted.

    by: a column, a list of columns, or None for the whole (one domain, "all"). known: array (rows,) of bool.
    """
    if by is None:
        return np.where(known, 0, -1), pd.Index(["all"], name=None)
    groups = design.data.groupby(by, sort=True, observed=True)
    return np.where(known, groups.ngroup().fillna(-1).to_numpy(dtype=int), -1), groups.size().index


def sums(values, domain, domains):
    """The sum of the values in each domain, (domains,)."""
    inside = domain >= 0
    return np.bincount(domain[inside], values[inside], domains)


def sizes(design, domain, domains):
    """Interviews, clusters and degrees of freedom (clusters - strata, of those in which the domain occurs) of each domain."""
    def different(code):
        pairs = np.unique(code[domain >= 0] * domains + domain[domain >= 0])
        return np.bincount(pairs % domains, minlength=domains)
    clusters = different(design.cluster)
    return np.bincount(domain[domain >= 0], minlength=domains), clusters, clusters - different(design.stratum)


def with_interval(estimated, confidence):
    """The table with lo and hi = estimate -+ t(df) se, in the usual order of columns; no interval with df 0."""
    half = stats.t.ppf(0.5 + confidence / 2, estimated["df"].where(estimated["df"] > 0)) * estimated["se"]
    return estimated.assign(lo=estimated["estimate"] - half, hi=estimated["estimate"] + half)[COLUMNS]


def numeric(design, column):
    """A column as floats, missing values NaN."""
    values = design.data[column]
    values = values if values.dtype == object else pd.to_numeric(values)
    return values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
