"""Is the share of satisfied households in a town below the standard, given that only a few villages were visited?"""

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats import survey
from bangfu.stats.proportion_interval import binomial_tail


def share_below(design, column, share):
    """Test in every stratum (town) whether the true share is below the standard, by the exact binomial test on the effective sample.

    H0: true share >= share. With the estimate p of a town and its design effect D on n interviews,
    p-value = P(X <= p n / D), X binomial(n / D, share), for counts that are not whole numbers by the incomplete beta function.

    D = n Q x R. n Q is the town's own loss by unequal weights, Q = sum of squared weights / square of their sum (Kish). R is how much more
    villages differ than chance alone makes them, pooled over the towns, because four villages say next to nothing about it:
    R = sum of d_h v_h / Q_h over sum of d_h e_h / Q_h, over the towns with more than one cluster, with v_h = c / (c - 1) sum of z^2 the
    linearised variance of the share (z the weighted sum of y - p in a village, as a share of all weight), e_h its expectation if
    answers were independent, and d_h its degrees of freedom (from the trace of its quadratic form and of its square: c - 1 for equal
    villages). Each town is measured about its own share, so that a town that differs does not raise R. R still varies like
    chi-square(f) / f, f = (sum of terms)^2 / sum of (terms^2 / d_h) (Satterthwaite); it is divided by the median of that, so that it
    is as often too large as too small, and is never below 1. Finite-population corrections are not made: the test is of the
    conditions that the answers come from. Chosen among seven ways by simulation: benchmarks/share_below.py.

    design: survey.Design with strata and clusters. column: boolean or 0 and 1; missing answers are left out.
    Returns a DataFrame, one row per stratum in sorted order: estimate, n, clusters, deff, n_effective, p_value (NaN if not tested),
    reason ("" if tested; "no_answers"; "one_cluster" if no town has two clusters, so that the design effect is unknown). Correct the
    p-values for the number of towns with `multiplicity.holm`.
    Raises ValueError if the design has no strata, or share is not between 0 and 1.

    Source: Korn and Graubard (1998), Survey Methodology 24, 193-201 (effective sample, incomplete beta); Kish (1965), Survey Sampling
    (design effect); Bell and McCaffrey (2002), Survey Methodology 28, 169-181 (expectation and degrees of freedom of the linearised
    variance with few clusters); Satterthwaite (1946), Biometrics Bulletin 2.
    """
    if design.strata is None:
        raise ValueError("the design must name its strata: the test is made in each of them")
    if not 0 < share < 1:
        raise ValueError("the standard must be a share between 0 and 1")
    towns = survey.proportion(design, column, by=design.strata)
    n = towns["n"].to_numpy(dtype=float)
    terms = _between_villages(design, column).reindex(towns.index)
    deff = n * terms["kish"].to_numpy() * _excess(terms)
    effective = n / deff
    asked = n > 0
    p_value = np.where(asked, binomial_tail(np.where(asked, towns["estimate"] * effective, 0.0), np.where(asked, effective, 1.0), share), np.nan)
    reason = np.select([~asked, np.isnan(deff)], ["no_answers", "one_cluster"], "")
    return pd.DataFrame({"estimate": towns["estimate"], "n": towns["n"], "clusters": towns["clusters"], "deff": deff,
                         "n_effective": effective, "p_value": np.where(reason == "", p_value, np.nan), "reason": reason}, index=towns.index)


def _between_villages(design, column):
    """For every stratum: kish (Q), observed (v / Q), expected (e / Q) and freedom (d); the last three NaN with a single cluster.

    z = (I - a 1') S, S the villages' weighted sums, a their shares of the weight; if answers are independent, the variances of S are
    p (1 - p) q, q the villages' sums of squared weights. Then E(z'z) = p (1 - p) tr F and d = (tr F)^2 / tr F^2 with
    F = q^(1/2) (I - 1 a') (I - a 1') q^(1/2), whose traces are sums over villages:
    tr F = sum q (1 - 2 a + A); tr F^2 = sum q^2 (1 + 2 A - 4 a) + sum over pairs q q' (A - a - a')^2; A = sum a^2.
    """
    stratum, names = pd.factorize(design.data[design.strata], sort=True)
    yes = design.data[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    answered = ~np.isnan(yes)
    stratum, yes, weight = stratum[answered], yes[answered], design.weight[answered]
    many = len(names)
    if not answered.any():
        return pd.DataFrame(columns=["kish", "observed", "expected", "freedom"], dtype=float)
    weight = weight / np.bincount(stratum, weight, many)[stratum]
    p = np.bincount(stratum, weight * yes, many)
    village, first, at = np.unique(design.cluster[answered], return_index=True, return_inverse=True)
    town = stratum[first]
    a, q, z = (np.bincount(at, values, len(village)) for values in (weight, weight**2, weight * (yes - p[stratum])))

    def over_villages(values):
        return np.bincount(town, values, many)

    c, kish, squares, qa = over_villages(np.ones(len(village))), over_villages(q), over_villages(a**2), over_villages(q * a)
    trace = kish - 2 * qa + squares * kish
    pairs = squares**2 * kish**2 + 2 * kish * over_villages(q * a**2) - 4 * squares * kish * qa + 2 * qa**2
    square = over_villages(q**2 * (1 + 2 * squares[town] - 4 * a)) + pairs
    several = (c > 1) & (kish < 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = {"kish": kish, "observed": c / (c - 1) * over_villages(z**2) / kish,
                "expected": c / (c - 1) * trace * p * (1 - p) / (1 - kish) / kish, "freedom": trace**2 / square}
    table = pd.DataFrame(rows, index=names)
    table.loc[~several, ["observed", "expected", "freedom"]] = np.nan
    return table[c > 0]


def _excess(terms):
    """How much more villages differ than by chance, over all strata together, corrected for its own uncertainty; at least 1."""
    several = terms[terms["freedom"].notna()]
    if several.empty:
        return np.nan
    expected = several["freedom"] * several["expected"]
    if not expected.sum() > 0:  # every town is unanimous: nothing varies between villages
        return 1.0
    freedom = expected.sum() ** 2 / (expected**2 / several["freedom"]).sum()
    ratio = (several["freedom"] * several["observed"]).sum() / expected.sum()
    return max(1.0, ratio * freedom / stats.chi2.median(freedom))
