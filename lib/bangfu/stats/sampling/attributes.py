"""How high may the error rate of the population be, given the errors in the sample: binomial, Poisson and hypergeometric bounds."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import stats

from bangfu.stats.paper import Both, Paper, WorkingPaper, percent
from bangfu.stats.sampling.exact import critical_count, exact, hypergeometric_at_most, hypergeometric_cdf, share

METHODS = {
    "binomial": (
        Both("二项分布精确界限(Clopper-Pearson)", "exact binomial bound (Clopper-Pearson)"),
        "Clopper and Pearson (1934), Biometrika 26, 404-413",
    ),
    "poisson": (
        Both("泊松分布精确界限", "exact Poisson bound"),
        "Garwood (1936), Biometrika 28, 437-442; AICPA Audit Guide: Audit Sampling, Poisson confidence factors",
    ),
    "hypergeometric": (
        Both("超几何分布精确界限(不放回)", "exact hypergeometric bound (without replacement)"),
        "Wright (1991), Exact Confidence Bounds when Sampling from Small Finite Universes",
    ),
}
SIDES = {"upper": Both("单侧上限", "one-sided, upper"), "lower": Both("单侧下限", "one-sided, lower"), "two": Both("双侧", "two-sided")}


def reliability_factor(errors, confidence=0.95):
    """The Poisson factor of so many errors: the expected number that would give so few or fewer with the risk 1 - confidence.

    R(k) = the confidence quantile of Gamma(k + 1): 3.00 for no error at 95%. Upper error rate = R(k) / n.
    errors: number >= 0 or array, need not be whole. Source: AICPA Audit Guide: Audit Sampling, appendix C, table of confidence factors.
    """
    return stats.gamma.ppf(confidence, np.asarray(errors, float) + 1)[()]


def rate_bounds(errors, n, *, confidence=0.95, method="binomial", population=None, side="upper"):
    """Lower and upper bound of the error rate of the population.

    binomial: Beta quantiles (x, n - x + 1) and (x + 1, n - x). poisson: Gamma quantiles (x) / n and (x + 1) / n, at most 1.
    hypergeometric: the largest and smallest number of errors in the population that the sample does not reject, / population; exact.
    side: "upper" (lower is 0), "lower" (upper is 1), "two" (half the risk on either side).
    errors (0 <= errors <= n; whole for hypergeometric), n, population (items): numbers or arrays that broadcast.
    Returns (lower, upper) of the broadcast shape. Raises ValueError for counts that cannot be.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    if side not in SIDES:
        raise ValueError(f"side must be one of {', '.join(SIDES)}, not {side!r}")
    level = share(confidence, "confidence")
    if side == "two":
        level = (1 + level) / 2
    x, size = np.broadcast_arrays(np.asarray(errors, float), np.asarray(n, float))
    if (size <= 0).any() or (x < 0).any() or (x > size).any():
        raise ValueError("there must be a sample, and between 0 and n errors in it")
    if method == "hypergeometric":
        if population is None:
            raise ValueError("the hypergeometric bound needs the number of items in the population")
        x, size, whole = np.broadcast_arrays(x, size, np.asarray(population, float))
        if (x % 1 != 0).any() or (size > whole).any():
            raise ValueError("the hypergeometric bound needs whole errors and a sample no larger than the population")
        pairs = [hypergeometric_counts(int(k), int(m), int(p), level) for k, m, p in zip(x.ravel(), size.ravel(), whole.ravel(), strict=True)]
        lower, upper = (np.array([c[i] for c in pairs]).reshape(x.shape) / whole for i in (0, 1))
    elif method == "binomial":
        right = size - x
        lower = np.where(x > 0, stats.beta.ppf(float(1 - level), np.where(x > 0, x, 1), right + 1), 0.0)
        upper = np.where(right > 0, stats.beta.ppf(float(level), x + 1, np.where(right > 0, right, 1)), 1.0)
    else:
        lower = np.where(x > 0, stats.gamma.ppf(float(1 - level), np.where(x > 0, x, 1)) / size, 0.0)
        upper = np.minimum(stats.gamma.ppf(float(level), x + 1) / size, 1.0)
    if side == "upper":
        lower = np.zeros_like(upper)
    if side == "lower":
        upper = np.ones_like(lower)
    return lower[()], upper[()]


def hypergeometric_counts(errors, n, population, confidence):
    """The fewest and the most errors that the population may hold, each one-sided at the confidence; exact whole numbers.

    Most: the largest K with P(X <= errors | K) > 1 - confidence. Fewest: the same for what is right, counted from the other side.
    """
    risk = 1 - exact(confidence)

    def most(found):
        low, high = found, population - n + found  # low is never rejected
        while low < high:
            middle = (low + high + 1) // 2
            if hypergeometric_at_most(found, population, middle, n, risk):
                high = middle - 1
            else:
                low = middle
        return low

    return population - most(n - errors), most(errors)


def p_value(errors, n, tolerable, *, method="binomial", population=None):
    """The chance of so few errors or fewer if the population were at the tolerable rate: small means that it is below.

    binomial: P(X <= errors); errors need not be whole for binomial (incomplete beta) and poisson (incomplete gamma).
    """
    rate = share(tolerable, "the tolerable rate")
    if method == "hypergeometric":
        return hypergeometric_cdf(int(errors), int(population), critical_count(rate, int(population)), int(n))
    if method == "poisson":
        return float(stats.gamma.sf(n * float(rate), errors + 1))
    return 1.0 if errors >= n else float(stats.beta.sf(float(rate), errors + 1, n - errors))


@dataclass(frozen=True)
class RateEvaluation(WorkingPaper):
    """The error rate of a population from a sample of items: most likely, lower, upper; as shares."""

    errors: float
    n: int
    confidence: float
    method: str
    side: str
    population: int | None
    tolerable: Fraction | None
    most_likely: float
    lower: float
    upper: float
    p_value: float | None

    @property
    def precision(self):
        """How far the bound lies from the most likely rate."""
        return self.most_likely - self.lower if self.side == "lower" else self.upper - self.most_likely

    @property
    def acceptable(self):
        """Is the upper bound below the tolerable rate? None if none was given, or no upper bound was asked for."""
        if self.tolerable is None or self.side == "lower":
            return None
        if self.method == "hypergeometric":  # whole numbers: 54 of 900 are 6%, whatever the float says
            return self.upper_items < critical_count(self.tolerable, self.population)
        return self.upper < self.tolerable

    @property
    def upper_items(self):
        """The most items in error in the population; None without its size."""
        return (
            None
            if self.population is None
            else round(self.upper * self.population) if self.method == "hypergeometric" else self.upper * self.population
        )

    def _paper(self):
        method, source = METHODS[self.method]
        sure = percent(self.confidence, 1)
        if self.side == "lower":
            meaning = Both(
                f"有 {sure} 的把握,总体差错率不低于 {percent(self.lower)}。",
                f"With {sure} confidence the error rate of the population is at least {percent(self.lower)}.",
            )
        elif self.side == "two":
            meaning = Both(
                f"有 {sure} 的把握,总体差错率在 {percent(self.lower)} 与 {percent(self.upper)} 之间。",
                f"With {sure} confidence the error rate of the population is between {percent(self.lower)} and {percent(self.upper)}.",
            )
        else:
            meaning = Both(
                f"有 {sure} 的把握,总体差错率不超过 {percent(self.upper)}"
                + {None: "。", True: ",低于可容忍差错率,可以接受。", False: ",达到或超过可容忍差错率,不能据此接受总体。"}[self.acceptable],
                f"With {sure} confidence the error rate of the population is at most {percent(self.upper)}"
                + {
                    None: ".",
                    True: ", below the tolerable rate: acceptable.",
                    False: ", which reaches the tolerable rate: the population cannot be accepted on this sample.",
                }[self.acceptable],
            )
        inputs = [
            (Both("样本量", "sample size"), self.n),
            (Both("差错数", "errors found"), self.errors),
            (Both("置信水平", "confidence"), sure),
            (Both("界限", "bound"), SIDES[self.side]),
        ]
        if self.population is not None:
            inputs.append((Both("总体项目数", "items in the population"), self.population))
        if self.tolerable is not None:
            inputs.append((Both("可容忍差错率", "tolerable rate"), percent(self.tolerable)))
        result = [
            (Both("最可能差错率", "most likely rate"), percent(self.most_likely)),
            (Both("下限", "lower bound"), percent(self.lower)),
            (Both("上限", "upper bound"), percent(self.upper)),
            (Both("精确度", "precision"), percent(self.precision)),
        ]
        if self.population is not None and self.side != "lower":
            result.append((Both("总体中最多差错项目", "at most items in error"), self.upper_items))
        if self.p_value is not None:
            result.append((Both("p 值", "p-value"), self.p_value))
        return Paper(
            Both("属性抽样评价", "Evaluation of a sample of attributes"),
            Both("总体差错率最高(最低)可能是多少", "How high (low) may the error rate of the population be"),
            method,
            source,
            inputs,
            result,
            meaning,
        )


def attribute(errors, n, *, confidence=0.95, method="binomial", population=None, side="upper", tolerable=None):
    """The error rate of the population, from the errors in a random sample of items.

    errors: number of errors (sum of taints for partial errors, not for hypergeometric). n: sample size. population: items (needed for
    hypergeometric; otherwise used to say the bound in items). tolerable: the rate to hold it against, with the p-value.
    Returns a RateEvaluation; rates are shares. See rate_bounds for the formulas and sources. Raises ValueError.
    """
    lower, upper = rate_bounds(errors, n, confidence=confidence, method=method, population=population, side=side)
    rate = None if tolerable is None else share(tolerable, "the tolerable rate")
    return RateEvaluation(
        errors,
        int(n),
        float(exact(confidence)),
        method,
        side,
        population,
        rate,
        errors / n,
        float(lower),
        float(upper),
        None if rate is None else p_value(errors, n, rate, method=method, population=population),
    )
