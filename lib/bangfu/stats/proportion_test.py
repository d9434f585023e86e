"""Is the share of satisfied households in a town below the standard, given that only a few villages were visited?"""

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats import survey
from bangfu.stats.proportion_interval import binomial_tail


def share_below(design, column, share):
    """Test in every stratum (town) whether the true share is below the standard, by the exact binomial test on the effective sample.

    H0: true share >= share. With the estimate p of a town with n interviews, and the design effect D of all towns together,
    p-value = P(X <= p n / D), X binomial(n / D, share), for counts that are not whole numbers by the incomplete beta function.

    D is pooled, because four villages in a town say next to nothing about their own design effect:
    D = sum of n_h (c_h - 1) v_h / sum of (c_h - 1) p_h (1 - p_h) n_h / (n_h - 1), over the towns h with c_h > 1 clusters, with v_h the
    design-based variance of p_h (`survey.mean`). Each town is measured about its own share, so that a town that differs does not
    raise D. The pooled D still varies like chi-square(d) / d with d = (sum a_h)^2 / sum(a_h^2 / (c_h - 1)), a_h the terms of the
    denominator (Satterthwaite); it is divided by the median of that, so that it is as often too large as too small, and never
    below 1. Chosen among seven ways by simulation: benchmarks/share_below.py.

    design: survey.Design with strata and clusters. column: boolean or 0 and 1; missing answers are left out.
    Returns a DataFrame, one row per stratum in sorted order: estimate, n, clusters, deff (pooled, the same in every row), n_effective,
    p_value (NaN if not tested), reason ("" if tested; "no_answers"; "one_cluster" if no town has two clusters, so that the design
    effect is unknown). Correct the p-values for the number of towns with `multiplicity.holm`.
    Raises ValueError if the design has no strata, or share is not between 0 and 1.

    Source: Korn and Graubard (1998), Survey Methodology 24, 193-201 (effective sample, incomplete beta); Satterthwaite (1946),
    Biometrics Bulletin 2; Kish (1965), Survey Sampling (design effect).
    """
    if design.strata is None:
        raise ValueError("the design must name its strata: the test is made in each of them")
    if not 0 < share < 1:
        raise ValueError("the standard must be a share between 0 and 1")
    towns = survey.proportion(design, column, by=design.strata)
    deff = pooled_design_effect(towns)
    n = towns["n"].to_numpy(dtype=float)
    effective = n / deff
    asked = n > 0
    p_value = np.where(asked, binomial_tail(np.where(asked, towns["estimate"], 0.0) * effective, effective, share), np.nan)
    reason = np.select([~asked, np.isnan(deff)], ["no_answers", "one_cluster"], "")
    return pd.DataFrame({"estimate": towns["estimate"], "n": towns["n"], "clusters": towns["clusters"], "deff": deff,
                         "n_effective": effective, "p_value": np.where(reason == "", p_value, np.nan), "reason": reason}, index=towns.index)


def pooled_design_effect(towns):
    """The design effect of all towns together, corrected for its own uncertainty, never below 1; NaN if no town has two clusters.

    towns: DataFrame as `survey.proportion` returns it, one row per stratum. The formula is in `share_below`.
    """
    several = (towns["clusters"] > 1) & (towns["n"] > 1)
    if not several.any():
        return np.nan
    town = towns[several]
    df = town["clusters"] - 1
    expected = df * town["estimate"] * (1 - town["estimate"]) * town["n"] / (town["n"] - 1)
    if not expected.sum() > 0:  # every town is unanimous: nothing varies between villages
        return 1.0
    observed = df * town["n"] * town["se"] ** 2
    freedom = expected.sum() ** 2 / (expected**2 / df).sum()
    return max(1.0, observed.sum() / expected.sum() * freedom / stats.chi2.ppf(0.5, freedom))
