"""How much the way a sample was drawn costs: design effects, in both conventions, and their parts."""

import numpy as np
import pandas as pd

from bangfu.stats.survey import domains
from bangfu.stats.survey.means import mean
from bangfu.stats.survey.totals import total

AGAINST = ("with replacement", "without replacement")


def design_effect(design, column, *, of="mean", by=None, against="with replacement"):
    """The variance of an estimate as a multiple of what a simple random sample of as many households would leave.

    against "with replacement": deff = V / (S^2 / n) (for totals N^2 S^2 / n), as `mean` and `total` give it; Kish's deft squared.
    against "without replacement": deff = V / ((1 - n / N) S^2 / n), which is larger; Kish's deff, and what R's survey prints by default.
    S^2 = n / (n - 1) * sum w (y - mean)^2 / sum w, N = sum w. The second convention needs weights that sum to the households there are.

    of: "mean" or "total". Returns a DataFrame with deff and deft (its square root, the multiple of the standard error) by domain.
    Raises ValueError for an unknown convention, or if n exceeds N, where the second one is not defined.
    Source: Kish (1965), Survey Sampling, 8.2; Kish (1995), Journal of Official Statistics 11, 55-77 (deft).
    """
    if against not in AGAINST:
        raise ValueError(f"a design effect is measured against a sample {' or '.join(AGAINST)}")
    if of not in ("mean", "total"):
        raise ValueError("the design effect is that of a mean or of a total")
    estimated = (mean if of == "mean" else total)(design, column, by=by)
    deff = estimated["deff"]
    if against == "without replacement":
        if design.weights is None:
            raise ValueError("against a sample without replacement, the design needs weights that sum to the households there are")
        domain, names = domains.numbered(design, by, design.data[column].notna().to_numpy())
        drawn = estimated["n"] / domains.sums(design.weight, domain, len(names))
        if (drawn >= 1).any():
            raise ValueError("the weights sum to no more households than were asked: they do not say how many each interview stands for")
        deff = deff / (1 - drawn)
    return pd.DataFrame({"deff": deff, "deft": np.sqrt(deff)})


def weighting_effect(design, *, by=None):
    """What unequal weights alone cost: 1 + the squared coefficient of variation of the weights, n sum w^2 / (sum w)^2.

    Returns a Series by domain. It is the design effect of a mean if weights have nothing to do with the answers.
    Source: Kish (1965), Survey Sampling, 11.7; Kish (1992), Journal of Official Statistics 8, 183-200.
    """
    domain, names = domains.numbered(design, by, np.ones(len(design.data), dtype=bool))
    many, weight = len(names), design.weight
    n = domains.sums(np.ones(len(weight)), domain, many)
    return pd.Series(n * domains.sums(weight**2, domain, many) / domains.sums(weight, domain, many) ** 2, index=names, name="effect")
