"""What a sampling plan does to good and to bad wholes: operating characteristic, risks, average sample, average outgoing quality."""

from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import optimize, stats

DISTRIBUTIONS = ("binomial", "hypergeometric", "poisson")


def characteristic(plan, shares, *, lot=None, distribution=None):
    """The chance that the plan accepts, for every true error rate asked, with what it costs.

    Stage by stage: the chance of every cumulated number of errors with which sampling goes on, carried to the next stage (for a lot the
    next draw is from what is left of it).

    plan: plans.Plan. shares: error rates, a number or many. lot: items in all (hypergeometric; the errors of the lot are shares x lot,
    to the nearest whole number). distribution: "binomial" (default without lot), "hypergeometric", "poisson" (errors per item may
    then be above 1). With a lot and "binomial" or "poisson" the lot only serves aoq and ati.

    Returns a DataFrame, one row per rate: share, accept (probability), reject, asn (items drawn on average, every stage drawn in full),
    aoq (average outgoing error rate if refused lots are screened in full and errors removed) and ati (items inspected on average, then);
    aoq without lot is for lots large beside the sample, ati then NaN.
    Source: Schilling and Neubauer (2009), Acceptance Sampling in Quality Control, 2nd ed., 5.2-5.4 and 6.2-6.4; Dodge and Romig (1959).
    """
    distribution = distribution or ("binomial" if lot is None else "hypergeometric")
    if distribution not in DISTRIBUTIONS:
        raise ValueError(f"distribution must be one of {', '.join(DISTRIBUTIONS)}")
    if distribution == "hypergeometric" and lot is None:
        raise ValueError("the hypergeometric distribution needs the size of the lot")
    if lot is not None and sum(plan.n) > lot:
        raise ValueError("the plan draws more items than the lot holds")
    shares = np.atleast_1d(np.asarray([float(s) for s in np.atleast_1d(np.asarray(shares, dtype=object))]))
    if (shares < 0).any() or (distribution != "poisson" and (shares > 1).any()):
        raise ValueError("error rates must lie between 0 and 1")
    if distribution == "hypergeometric":
        in_lot = np.rint(shares * lot).astype(np.int64)
        shares = in_lot / lot
    else:
        in_lot = None
    drawn, going_on = 0, np.ones((len(shares), 1))
    accept, reject, asn, passed_on, screened = (np.zeros(len(shares)) for _ in range(5))
    first = 0  # the cumulated errors of the first column of going_on
    for n, a, r in zip(plan.n, plan.accept, plan.reject):
        asn += n * going_on.sum(axis=1)
        most = r if distribution == "poisson" else min(n, r)  # more than r errors refuse like r
        reached = np.zeros((len(shares), first + going_on.shape[1] + most))
        for column in range(going_on.shape[1]):
            found = first + column
            x = np.arange(reached.shape[1] - found)
            reached[:, found:] += going_on[:, [column]] * _chance(x, n, shares, in_lot, lot, drawn, found, distribution)
        drawn += n
        now = reached[:, :a + 1].sum(axis=1) if a >= 0 else np.zeros(len(shares))
        accept += now
        passed_on += now * (1.0 if lot is None else (lot - drawn) / lot)
        screened += now * drawn
        kept = reached[:, a + 1:r]
        reject += np.maximum(going_on.sum(axis=1) - now - kept.sum(axis=1), 0.0)
        first, going_on = a + 1, kept
    ati = screened + (1 - accept) * lot if lot is not None else np.full(len(shares), np.nan)
    return pd.DataFrame({"share": shares, "accept": accept, "reject": reject, "asn": asn, "aoq": shares * passed_on, "ati": ati})


def single_accepts(n, accept, share, lot=None, distribution="binomial"):
    """The chance that a single plan accepts: P(X <= accept) itself, for searches over many plans; arguments as in `characteristic`."""
    if distribution == "hypergeometric":
        return float(stats.hypergeom.cdf(accept, lot, round(share * lot), n))
    return float(stats.binom.cdf(accept, n, float(share)) if distribution == "binomial" else stats.poisson.cdf(accept, n * float(share)))


def risks(plan, good, bad, *, lot=None, distribution=None):
    """Both risks of a plan: refusing what is good (producer's) and accepting what is bad (consumer's).

    Returns (producer_risk, consumer_risk). With a lot, good is rounded down and bad up to whole numbers of errors.
    """
    if lot is not None and (distribution or "hypergeometric") == "hypergeometric":
        good, bad = Fraction(int(Fraction(str(good)) * lot), lot), Fraction(-int(-Fraction(str(bad)) * lot // 1), lot)
    chances = characteristic(plan, [good, bad], lot=lot, distribution=distribution)["accept"]
    return float(1 - chances[0]), float(chances[1])


def share_at(plan, chance, *, distribution="binomial"):
    """The error rate that the plan accepts with the given chance: 0.95 the acceptable, 0.5 the indifferent, 0.1 the limiting quality.

    By root search on the exact characteristic, relative error below 1e-12. Source: Hamaker (1950), indifference quality; Schilling (2009).
    """
    def off(share):
        return characteristic(plan, share, distribution=distribution)["accept"].iloc[0] - chance

    return float(optimize.brentq(off, 0.0, 1.0 if distribution == "binomial" else 100.0, xtol=1e-15, rtol=1e-12))


def outgoing_limit(plan, *, lot=None, distribution="binomial"):
    """The worst average error rate that can leave inspection, whatever comes in, and the incoming rate at which it happens.

    AOQL = max over p of the average outgoing quality. Returns (limit, share).
    Source: Dodge and Romig (1959), Sampling Inspection Tables.
    """
    grid = np.linspace(0, min(1.0, 5 * (plan.accept[-1] + 1) / plan.n[0]), 201)
    best = int(characteristic(plan, grid, lot=lot, distribution=distribution)["aoq"].argmax())
    found = optimize.minimize_scalar(lambda p: -characteristic(plan, p, lot=lot, distribution=distribution)["aoq"].iloc[0],
                                     bounds=(grid[max(best - 1, 0)], grid[min(best + 1, 200)]), method="bounded", options={"xatol": 1e-10})
    return float(-found.fun), float(found.x)


def _chance(x, n, shares, in_lot, lot, drawn, found, distribution):
    """P(x errors among the next n), shape (shares, x)."""
    if distribution == "binomial":
        return stats.binom.pmf(x, n, shares[:, None])
    if distribution == "poisson":
        return stats.poisson.pmf(x, n * shares[:, None])
    left = in_lot[:, None] - found
    possible = (left >= 0) & (lot - drawn >= left)
    return np.where(possible, stats.hypergeom.pmf(x, lot - drawn, np.where(possible, left, 0), n), 0.0)
