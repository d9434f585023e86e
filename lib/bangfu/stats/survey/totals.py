"""Totals: how many households, how much money, in the whole population and in its parts."""

import numpy as np
import pandas as pd

from bangfu.stats.survey import domains
from bangfu.stats.survey.variance import variance_in_domains


def total(design, column=None, *, by=None, confidence=0.95):
    """Estimate the total of a column, or the number of households, in the whole population or in each part of it.

    Estimate: sum w y over the rows of the part (domain) with a value; variance: that of this sum, zero outside the domain.
    Interval: estimate +- t(df) se. Rows without a value count as nothing; n says how many have one.

    column: a column of numbers, or None to count households. The design must have weights.
    Returns the columns of `mean`; deff compares with a simple random sample of as many, drawn with replacement.
    Raises ValueError without weights: a total needs to know how many households an interview stands for.
    Source: Horvitz and Thompson (1952), JASA 47, 663-685; Särndal, Swensson, Wretman (1992), 2.8 and 4.3.
    """
    if design.weights is None:
        raise ValueError("a total needs weights: how many households each interview stands for (weights_of_draw gives them)")
    values = np.ones(len(design.data)) if column is None else domains.numeric(design, column)
    domain, names = domains.numbered(design, by, ~np.isnan(values))
    many, weight = len(names), design.weight
    values = np.nan_to_num(values)
    estimate = domains.sums(weight * values, domain, many)
    households = domains.sums(weight, domain, many)
    variance = variance_in_domains(design, weight * values, domain, many)
    n, clusters, df = domains.sizes(design, domain, many)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.where(domain >= 0, values - (estimate / households)[domain], 0.0)
        apart[np.abs(apart) <= domains.ROUNDING * np.abs(values)] = 0.0
        spread = domains.sums(weight * apart**2, domain, many) * households * n / (n - 1)
        deff = np.where(spread > 0, variance * n / np.where(spread > 0, spread, 1.0), np.nan)
    return domains.with_interval(pd.DataFrame({"estimate": estimate, "se": np.where(n > 0, np.sqrt(variance), np.nan), "deff": deff, "n": n,
                                               "clusters": clusters, "df": df}, index=names), confidence)
