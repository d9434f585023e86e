"""The error rate by Bayes: a beta, gamma or beta-binomial posterior from a prior and the errors in the sample."""

from dataclasses import dataclass
from fractions import Fraction
from math import log

import numpy as np
from scipy import stats

from bangfu.stats.paper import Both, Paper, WorkingPaper, money, percent
from bangfu.stats.sampling.attributes import SIDES
from bangfu.stats.sampling.evaluation import tail_levels
from bangfu.stats.sampling.exact import critical_count, share

FAMILIES = {
    "beta": Both("贝塔后验(二项)", "beta posterior (binomial)"),
    "gamma": Both("伽马后验(泊松)", "gamma posterior (Poisson)"),
    "beta_binomial": Both("贝塔-二项后验(不放回)", "beta-binomial posterior (without replacement)"),
}
SOURCE = (
    "Steele (1992), Audit Risk and Audit Evidence; Derks, de Swart, van Batenburg, Wagenmakers and Wetzels (2021), International Journal of Auditing 25, 621-636; "
    "Dyer and Pierce (1993), Communications in Statistics 22 (beta-binomial)"
)


def uniform_prior(family="beta"):
    """Every error rate as likely as any other: Beta(1, 1); for gamma, Gamma(1, 1)."""
    return (1.0, 1.0)


def strict_prior(family="beta"):
    """The prior whose upper bound is the classical one: Beta(1, 0) or Gamma(1, 0); improper, so there is no Bayes factor."""
    return (1.0, 0.0)


def impartial_prior(tolerable, family="beta"):
    """As likely below the tolerable rate as above: Beta(1, log 0.5 / log(1 - tolerable)) or Gamma(1, log 2 / tolerable)."""
    rate = float(share(tolerable, "the tolerable rate"))
    return (1.0, log(2) / rate) if family == "gamma" else (1.0, log(0.5) / log(1 - rate))


@dataclass(frozen=True)
class BayesianEvaluation(WorkingPaper):
    """The posterior of the error rate: most likely (mode), mean, lower, upper; in money too if an amount was given."""

    errors: float
    n: int
    confidence: float
    family: str
    side: str
    prior: tuple
    posterior: tuple
    population: int | None
    tolerable: Fraction | None
    amount: int | None
    most_likely: float
    mean: float
    lower: float
    upper: float
    probability: float | None
    odds: float | None
    bayes_factor: float | None

    @property
    def precision(self):
        return self.most_likely - self.lower if self.side == "lower" else self.upper - self.most_likely

    def _paper(self):
        sure = percent(self.confidence, 1)
        a, b = (f"{v:.6g}" for v in self.prior)
        inputs = [
            (Both("样本量", "sample size"), self.n),
            (Both("差错数(误差率之和)", "errors (sum of taints)"), self.errors),
            (Both("先验参数", "prior"), f"({a}, {b})"),
            (Both("可信水平", "credibility"), sure),
            (Both("界限", "bound"), SIDES[self.side]),
        ]
        for name, value in (
            (Both("总体项目数", "items in the population"), self.population),
            (Both("可容忍差错率", "tolerable rate"), None if self.tolerable is None else percent(self.tolerable)),
        ):
            if value is not None:
                inputs.append((name, value))
        result = [
            (Both("后验参数", "posterior"), "({:.6g}, {:.6g})".format(*self.posterior)),
            (Both("最可能差错率", "most likely rate"), percent(self.most_likely)),
            (Both("平均差错率", "mean rate"), percent(self.mean)),
            (Both("下限", "lower bound"), percent(self.lower)),
            (Both("上限", "upper bound"), percent(self.upper)),
        ]
        if self.amount is not None:
            result += [
                (Both("最可能差错(元)", "most likely error (yuan)"), money(self.most_likely * self.amount)),
                (Both("差错上限(元)", "upper error limit (yuan)"), money(self.upper * self.amount)),
            ]
        if self.probability is not None:
            result += [
                (Both("低于可容忍差错率的概率", "probability of being below the tolerable rate"), percent(self.probability)),
                (Both("贝叶斯因子", "Bayes factor"), self.bayes_factor),
            ]
        if self.side == "lower":
            said = Both(
                f"总体差错率有 {sure} 的可能不低于 {percent(self.lower)}。",
                f"The error rate is at least {percent(self.lower)} with probability {sure}.",
            )
        elif self.side == "two":
            said = Both(
                f"总体差错率有 {sure} 的可能在 {percent(self.lower)} 与 {percent(self.upper)} 之间。",
                f"The error rate is between {percent(self.lower)} and {percent(self.upper)} with probability {sure}.",
            )
        else:
            said = Both(
                f"总体差错率有 {sure} 的可能不超过 {percent(self.upper)}。",
                f"The error rate is at most {percent(self.upper)} with probability {sure}.",
            )
        return Paper(
            Both("贝叶斯评价", "Bayesian evaluation"),
            Both("结合先验判断,总体差错率最高可能是多少", "How high may the error rate be, given what was known before"),
            FAMILIES[self.family],
            SOURCE,
            inputs,
            result,
            said,
        )


def bayesian(errors, n, *, prior=(1, 1), family="beta", confidence=0.95, side="upper", population=None, tolerable=None, amount=None):
    """The posterior of the error rate.

    beta: Beta(a + x, b + n - x). gamma: Gamma(a + x, rate b + n). beta_binomial: the errors among the N - n items not examined are
    BetaBinomial(N - n, a + x, b + n - x), the rate is (x + those) / N; whole errors, exact.
    errors x: number, or sum of taints (not for beta_binomial). prior: (a, b), or see uniform_prior, strict_prior, impartial_prior.
    tolerable: gives the probability that the rate lies below it, the odds, and the Bayes factor (posterior odds / prior odds; None where
    the prior is improper). population: items, for beta_binomial. amount: money (fen) that the rate is of. Returns a BayesianEvaluation.
    """
    if family not in FAMILIES:
        raise ValueError(f"family must be one of {', '.join(FAMILIES)}, not {family!r}")
    a, b = (float(v) for v in prior)
    if a <= 0 or b < 0 or not 0 <= errors <= n:
        raise ValueError("the prior must have a > 0 and b >= 0, and there must be between 0 and n errors")
    after = (a + errors, b + n if family == "gamma" else b + n - errors)
    level = tail_levels(confidence, side)
    rate = None if tolerable is None else share(tolerable, "the tolerable rate")
    if family == "beta_binomial":
        if population is None or errors % 1 or n > population:
            raise ValueError("the beta-binomial posterior needs whole errors and a population no smaller than the sample")
        rest = np.arange(population - n + 1)
        chance = stats.betabinom.pmf(rest, population - n, *after)
        cdf = chance.cumsum()
        most, mean = int(chance.argmax()), after[0] / sum(after) * (population - n)
        low, high = np.searchsorted(cdf, 1 - level), min(int(np.searchsorted(cdf, level)), population - n)
        mode, mean, low, high = ((errors + v) / population for v in (most, mean, low, high))
        critical = None if rate is None else critical_count(rate, population)
        below = None if rate is None else float(stats.betabinom.cdf(critical - 1 - errors, population - n, *after))
        before = None if rate is None or b == 0 else float(stats.betabinom.cdf(critical - 1, population, a, b))
    else:
        known = stats.beta(*after) if family == "beta" else stats.gamma(after[0], scale=1 / after[1])
        if family == "beta" and after[1] == 0:
            raise ValueError("with the improper prior every item in error leaves nothing to say: the rate may be 1")
        mode = (after[0] - 1) / (sum(after) - 2 if family == "beta" else after[1]) if after[0] > 1 else 0.0
        mean, low, high = known.mean(), known.ppf(1 - level), known.ppf(level)
        first = None if b == 0 else stats.beta(a, b) if family == "beta" else stats.gamma(a, scale=1 / b)
        below = None if rate is None else float(known.cdf(float(rate)))
        before = None if rate is None or first is None else float(first.cdf(float(rate)))
    odds = None if below is None or below == 1 else below / (1 - below)
    factor = None if odds is None or before is None else odds / (before / (1 - before))
    return BayesianEvaluation(
        errors,
        int(n),
        confidence,
        family,
        side,
        (a, b),
        after,
        population,
        rate,
        amount,
        float(min(max(mode, 0.0), 1.0)),
        float(mean),
        0.0 if side == "upper" else float(low),
        1.0 if side == "lower" else float(high),
        below,
        odds,
        factor,
    )
