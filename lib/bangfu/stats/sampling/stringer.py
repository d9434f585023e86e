"""The Stringer bound: how high may the error in money be, from the taints of a money-unit sample."""

import numpy as np
import pandas as pd

from bangfu.stats.paper import Both
from bangfu.stats.sampling.attributes import rate_bounds
from bangfu.stats.sampling.evaluation import money_unit_result, tail_levels

SOURCE = (
    "Stringer (1963), Proceedings of the Business and Economic Statistics Section, American Statistical Association, 405-411; "
    "Bickel (1992), International Statistical Review 60, 197-209"
)
FACTORS = {"binomial": Both("二项", "binomial"), "poisson": Both("泊松", "Poisson"), "hypergeometric": Both("超几何", "hypergeometric")}
OFFSETS = {
    None: (Both("Stringer 界限", "Stringer bound"), SOURCE),
    "lta": (
        Both("Stringer 界限,低估按最可能值抵减(LTA)", "Stringer bound, less the most likely understatement (LTA)"),
        "Leslie, Teitlebaum and Anderson (1979), Dollar-Unit Sampling",
    ),
    "meikle": (
        Both("Stringer 界限,低估按其界限抵减(Meikle)", "Stringer bound, less the bound of understatements (Meikle)"),
        "Meikle (1972), Statistical Sampling in an Audit Context",
    ),
}


def increments(count, n, confidence, factors="binomial", population=None):
    """p(0), p(1) - p(0), ..., p(count) - p(count - 1): how much each further error raises the upper bound of the rate; shape (count + 1,)."""
    upper = rate_bounds(np.arange(count + 1), n, confidence=confidence, method=factors, population=population)[1]
    return np.diff(upper, prepend=0.0)


def stringer_rate(taints, n, confidence=0.95, factors="binomial", population=None):
    """The Stringer upper bound of the overstatement rate: p(0) + sum over j of (p(j) - p(j - 1)) z(j), z the taints from the largest down.

    p(j) is the exact upper bound for j errors in n. Only positive taints count. One taint per hit: an item hit twice has its taint twice.
    """
    z = np.sort(np.asarray(taints, float))[::-1]
    z = z[z > 0]
    steps = increments(len(z), n, confidence, factors, population)
    return float(steps[0] + (steps[1:] * z).sum())


def stringer(sample, *, confidence=0.95, factors="binomial", offset=None, side="upper", materiality=None):
    """The upper error limit by Stringer: the bound for no error, and for every error its taint times what one more error adds.

    upper = amount x (p(0) + sum of (p(j) - p(j - 1)) z(j)) + error of the top stratum; taints z in descending order; p by `factors`:
    "binomial" (default), "poisson" (AICPA's confidence factors / n), "hypergeometric" (of the fen of the sampled amount).
    most likely error = amount x mean taint (net of understatements) + error of the top stratum.

    The bound is of gross overstatement. offset, for the net error: "lta" subtracts the most likely understatement, sum |z-| / n;
    "meikle" subtracts p(1) |z-(1)| + sum over j >= 2 of (p(j) - p(j - 1)) |z-(j)|, the understatements' own bound, and so may fall below
    the nominal confidence. (Published software has n - 1 in place of n - j in Meikle's p(j), and leaves out the second of two errors.)
    side: "upper"; "lower": minus the bound of understatements; "two": both, with half the risk each.

    sample: AuditedSample from `audited` (each hit is a sampling unit, also of the same item). materiality: whole number in the same unit.
    Assumes that taints do not exceed 100%; where one does, the paper says so. Returns a MoneyEvaluation.

    Source: Stringer (1963); offsets: Leslie, Teitlebaum and Anderson (1979), Meikle (1972).
    """
    if factors not in FACTORS or offset not in OFFSETS:
        raise ValueError(f"factors must be one of {', '.join(FACTORS)}; offset None, 'lta' or 'meikle'")
    z, n = sample.taints, sample.n
    level = tail_levels(confidence, side)
    population = sample.sampled_amount if factors == "hypergeometric" else None

    def bound(taints):
        under = np.sort(-taints[taints < 0])[::-1]
        net = stringer_rate(taints, n, level, factors, population)
        if offset == "lta":
            net -= under.sum() / n
        elif offset == "meikle" and len(under):
            steps = increments(len(under), n, level, factors, population)
            steps[1] += steps[0]
            net -= (steps[1:] * under).sum()
        return net

    def rates():
        return float(z.mean()), np.nan if side == "upper" else -bound(-z), np.nan if side == "lower" else bound(z)

    name, source = OFFSETS[offset]
    over = int((np.abs(z) > 1).sum())
    notes = (
        ()
        if not over
        else (
            Both(
                f"{over} 个抽样单位的差错超过账面金额(误差率大于 100%),Stringer 界限以不超过 100% 为前提,请另行判断。",
                f"{over} sampling units are in error by more than their book value; the bound assumes at most 100%: judge them by themselves.",
            ),
        )
    )
    return money_unit_result(
        sample,
        rates,
        name=name,
        source=source,
        confidence=confidence,
        side=side,
        materiality=materiality,
        inputs=((Both("系数", "factors"), FACTORS[factors]),),
        notes=notes,
        detail=_computation(z, n, level, factors, population, sample.sampled_amount) if n else None,
    )


def _computation(z, n, level, factors, population, amount):
    """The rows of the auditor's sheet: taint, factor increment (x n), and what it adds in yuan."""
    found = np.sort(z[z > 0])[::-1]
    steps = increments(len(found), n, level, factors, population)
    taints = np.concatenate([[1.0], found])
    return pd.DataFrame(
        {"error": range(len(taints)), "taint": taints.round(6), "factor": (steps * n).round(4), "yuan": (steps * taints * amount / 100).round(2)}
    )
