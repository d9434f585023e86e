"""Evaluating a stratified sample: strata by themselves, as one, or borrowing from each other."""

from dataclasses import dataclass, field
from math import isclose

import numpy as np
import pandas as pd
from scipy import signal, special, stats

from bangfu.stats.paper import Both, Paper, WorkingPaper, money, percent
from bangfu.stats.sampling.attributes import METHODS, SIDES, rate_bounds
from bangfu.stats.sampling.evaluation import MoneyEvaluation, tail_levels

POOLING = {
    "none": Both("各层分别评价,按层的大小合并", "each stratum by itself, put together by size"),
    "complete": Both("各层合并为一个样本", "all strata as one sample"),
    "partial": Both("分层模型,各层互相借用信息", "a hierarchical model in which strata borrow from each other"),
}
SOURCE = (
    "Derks, de Swart, Wagenmakers and Wetzels (2022), Bayesian generalized linear modeling for audit sampling; "
    "Gelman et al. (2013), Bayesian Data Analysis, 5.3 (partial pooling)"
)
GRID = 1 << 14
DRAWS = 40_000
SEED = 20190601


@dataclass(frozen=True)
class StratifiedEvaluation(WorkingPaper):
    """The error rate of all strata together. `strata`: size, n, errors, most_likely, lower, upper of each."""

    strata: pd.DataFrame = field(repr=False, compare=False)
    pooling: str
    method: str
    confidence: float
    side: str
    most_likely: float
    lower: float
    upper: float
    amount: int | None = None
    tolerable: float | None = None

    @property
    def precision(self):
        return self.most_likely - self.lower if self.side == "lower" else self.upper - self.most_likely

    @property
    def acceptable(self):
        """Is the upper bound below the tolerable rate? None if none was given, or no upper bound was asked for."""
        return None if self.tolerable is None or self.side == "lower" else self.upper < self.tolerable - 1e-12

    def _paper(self):
        sure = percent(self.confidence, 1)
        result = [
            (Both("最可能差错率", "most likely rate"), percent(self.most_likely)),
            (Both("下限", "lower bound"), percent(self.lower)),
            (Both("上限", "upper bound"), percent(self.upper)),
        ]
        if self.amount is not None:
            result += [
                (Both("最可能差错(元)", "most likely error (yuan)"), money(self.most_likely * self.amount)),
                (Both("差错上限(元)", "upper error limit (yuan)"), money(self.upper * self.amount)),
            ]
        result.append((Both("各层", "strata"), self.strata))
        inputs = [
            (Both("层数", "strata"), len(self.strata)),
            (Both("样本量", "sample size"), int(self.strata["n"].sum())),
            (Both("差错数", "errors"), float(self.strata["errors"].sum())),
            (Both("合并方式", "pooling"), POOLING[self.pooling]),
            (Both("置信水平", "confidence"), sure),
            (Both("界限", "bound"), SIDES[self.side]),
        ]
        if self.tolerable is not None:
            inputs.append((Both("可容忍差错率", "tolerable rate"), percent(self.tolerable)))
        said = {
            None: Both("。", "."),
            True: Both(",低于可容忍差错率,可以接受。", ", below the tolerable rate: acceptable."),
            False: Both(
                ",达到或超过可容忍差错率,不能据此接受总体。", ", which reaches the tolerable rate: the population cannot be accepted on this sample."
            ),
        }[self.acceptable]
        bound = percent(self.lower if self.side == "lower" else self.upper)
        meaning = (
            Both(
                f"有 {sure} 的把握,各层合计差错率不低于 {bound}。",
                f"With {sure} confidence the error rate of all strata together is at least {bound}.",
            )
            if self.side == "lower"
            else (
                Both(
                    f"有 {sure} 的把握,各层合计差错率不超过 {bound}{said.zh}",
                    f"With {sure} confidence the error rate of all strata together is at most {bound}{said.en}",
                )
                if self.side == "upper"
                else Both(
                    f"有 {sure} 的把握,各层合计差错率在 {percent(self.lower)} 与 {bound} 之间。",
                    f"With {sure} confidence the error rate of all strata together is between {percent(self.lower)} and {bound}.",
                )
            )
        )
        return Paper(
            Both("分层样本评价", "Evaluation of a stratified sample"),
            Both("各层合计差错率最高可能是多少", "How high may the error rate of all strata together be"),
            METHODS[self.method][0],
            f"{METHODS[self.method][1]}; {SOURCE}",
            inputs,
            result,
            meaning,
        )


def stratified(errors, n, sizes, *, pooling="none", method="binomial", confidence=0.95, side="upper", names=None, money_sizes=False, tolerable=None):
    """The error rate of a population of strata, from the errors found in each.

    pooling "none": the rate is the sum of weight x stratum rate, weight = size / total. Each rate has the confidence distribution whose
    quantiles are its exact bounds (Beta(x + 1, n - x) above, Beta(x, n - x + 1) below; Gamma for poisson), and the bound is the quantile of the
    weighted sum of independent ones, by convolution on a grid of 2**14 points; for hypergeometric of whole numbers of errors, exactly.
    "complete": the errors and sizes are added up; right only where the sample was allocated in proportion or the rates are equal.
    "partial": rates ~ Beta(m v, (1 - m) v), m uniform, density of v proportional to v**-2.5; binomial errors; posterior on a grid of m and v, 40,000 draws
    with a fixed seed. Errors need whole numbers.
    errors, n, sizes: arrays by stratum; sizes in items, or with money_sizes=True in money (fen), which the result is then given in too.
    tolerable: the rate to hold it against.
    Returns a StratifiedEvaluation. Raises ValueError.
    """
    x, m, size = (np.asarray(v, float) for v in (errors, n, sizes))
    if not len(x) == len(m) == len(size) or (size <= 0).any() or (m > size).any():
        raise ValueError("errors, sample sizes and sizes must be given for every stratum, and no sample may be larger than its stratum")
    if pooling not in POOLING:
        raise ValueError(f"pooling must be one of {', '.join(POOLING)}, not {pooling!r}")
    weights, level = size / size.sum(), tail_levels(confidence, side)
    lower, upper = rate_bounds(x, m, confidence=confidence, method=method, side=side, population=size if method == "hypergeometric" else None)
    by_stratum = pd.DataFrame(
        {"size": size.astype("int64"), "n": m.astype("int64"), "errors": x, "most_likely": x / m, "lower": lower, "upper": upper},
        index=pd.Index(range(1, len(x) + 1) if names is None else list(names), name="stratum"),
    )
    if pooling == "complete":
        low, high = rate_bounds(
            x.sum(), m.sum(), confidence=confidence, method=method, side=side, population=size.sum() if method == "hypergeometric" else None
        )
        likely = x.sum() / m.sum()
        by_stratum[["most_likely", "lower", "upper"]] = [likely, low, high]
    elif pooling == "none":
        likely = (weights * x / m).sum()
        if method == "hypergeometric":
            few, most = _counts_together(x, m, size, level)
            low, high = 0.0 if side == "upper" else few / size.sum(), 1.0 if side == "lower" else most / size.sum()
        else:
            low = 0.0 if side == "upper" else _quantile_of_sum(_below(x, m, method), weights, 1 - level)
            high = 1.0 if side == "lower" else _quantile_of_sum(_above(x, m, method), weights, level)
    else:
        if (x % 1).any() or method != "binomial":
            raise ValueError("partial pooling needs whole errors and the binomial method")
        rates = _borrowing(x, m)
        together = rates @ weights
        by_stratum["most_likely"] = rates.mean(axis=0)
        by_stratum["lower"] = 0.0 if side == "upper" else np.quantile(rates, 1 - level, axis=0)
        by_stratum["upper"] = 1.0 if side == "lower" else np.quantile(rates, level, axis=0)
        likely, low, high = (
            together.mean(),
            0.0 if side == "upper" else np.quantile(together, 1 - level),
            1.0 if side == "lower" else np.quantile(together, level),
        )
    return StratifiedEvaluation(
        by_stratum,
        pooling,
        method,
        confidence,
        side,
        float(likely),
        float(low),
        float(high),
        int(size.sum()) if money_sizes else None,
        None if tolerable is None else float(tolerable),
    )


def combined(evaluations):
    """The error in money of several strata that were evaluated each by itself: errors add up, precisions as the root of their squares.

    upper = sum of most likely errors + sqrt(sum of (upper - most likely)^2), lower likewise: strata are independent (Cochran 5.4); exact for
    estimates with a standard error, a common approximation for Stringer and moment bounds. All must have one confidence, side and method.
    Returns a MoneyEvaluation.
    """
    parts = list(evaluations)
    first = parts[0]
    if any(p.side != first.side or p.name != first.name or not isclose(p.confidence, first.confidence) for p in parts):
        raise ValueError("only evaluations by one method, with one confidence and side, can be put together")
    likely = sum(p.most_likely for p in parts)
    above = np.sqrt(sum((p.upper - p.most_likely) ** 2 for p in parts))
    below = np.sqrt(sum((p.most_likely - p.lower) ** 2 for p in parts))
    return MoneyEvaluation(
        first.name,
        f"{first.source}; Cochran (1977), Sampling Techniques, 5.4",
        first.confidence,
        first.side,
        sum(p.n for p in parts),
        sum(p.amount for p in parts),
        sum(p.certain_error for p in parts),
        sum(p.errors for p in parts),
        likely,
        float(likely - below),
        float(likely + above),
        first.materiality,
        ((Both("层数", "strata"), len(parts)),),
    )


def _counts_together(x, m, size, level):
    """The fewest and the most errors in all strata: quantiles of the sum of whole numbers, each with the distribution of its exact bounds.

    Most: P(at most K) = 1 - P(X <= x | K + 1). Fewest: P(at most K) = P(X >= x | K). For one stratum these give its exact bounds.
    """
    together = []
    for kind in ("fewest", "most"):
        total = np.ones(1)
        for k, n, population in zip(x, m, size, strict=True):
            bad = np.arange(int(population) + 1)
            if kind == "most":
                cdf = np.where(bad < population, 1 - _cdf_of_count(k, population, np.minimum(bad + 1, population), n), 1.0)
            else:
                cdf = 1 - _cdf_of_count(k - 1, population, bad, n)
            total = signal.fftconvolve(total, np.diff(np.maximum.accumulate(cdf), prepend=0.0))
        cdf = total.cumsum()
        # The bounds of one stratum: the fewest that is not rejected, and the most; ties within rounding are on the safe side.
        wanted = 1 - level + 1e-12 if kind == "fewest" else level - 1e-12
        together.append(min(int(np.searchsorted(cdf, wanted)), len(cdf) - 1))
    return together


def _cdf_of_count(k, population, bad, n):
    """P(X <= k) for every number `bad` of errors in the population at once."""

    def log_choose(a, b):
        return np.where(
            (b < 0) | (b > a), -np.inf, special.gammaln(a + 1) - special.gammaln(np.maximum(b, 0) + 1) - special.gammaln(np.maximum(a - b, 0) + 1)
        )

    chances = [np.exp(log_choose(bad, i) + log_choose(population - bad, n - i) - log_choose(population, n)) for i in range(int(k) + 1)]
    return np.minimum(sum(chances, np.zeros(len(bad))), 1.0)


def _above(x, m, method):
    return [
        stats.beta(k + 1, s - k) if method == "binomial" else stats.gamma(k + 1, scale=1 / s)
        for k, s in zip(x, m, strict=True)
        if k < s or method != "binomial"
    ]


def _below(x, m, method):
    return [None if k == 0 else stats.beta(k, s - k + 1) if method == "binomial" else stats.gamma(k, scale=1 / s) for k, s in zip(x, m, strict=True)]


def _quantile_of_sum(rates, weights, level):
    """The quantile of sum of weight x rate for independent rates, by convolving them on a grid; a rate None is 0."""
    if len(rates) < len(weights):
        return 1.0
    parts = [(r, w) for r, w in zip(rates, weights, strict=True) if r is not None]
    if not parts:
        return 0.0
    top = sum(w * min(r.ppf(1 - 1e-12), 50.0) for r, w in parts) * 1.05
    edges = (np.arange(GRID + 1) - 0.5) * top / GRID  # each point stands for what lies within half a step of it
    transform = np.ones(GRID + 1, dtype=complex)
    for r, w in parts:
        transform *= np.fft.rfft(np.diff(r.cdf(edges / w)), 2 * GRID)
    cdf = np.fft.irfft(transform, 2 * GRID).cumsum()
    reached = int(np.searchsorted(cdf, level))
    before = cdf[reached - 1] if reached else 0.0
    return float((reached - 0.5 + (level - before) / (cdf[reached] - before)) * top / GRID)


def _borrowing(x, m):
    """Draws of the stratum rates from the hierarchical posterior, shape (DRAWS, strata)."""
    mean = (np.arange(200) + 0.5) / 200
    log_v = np.linspace(0, np.log(1e5), 120)
    a = np.outer(mean, np.exp(log_v)).ravel()
    b = np.outer(1 - mean, np.exp(log_v)).ravel()
    like = (special.betaln(a[:, None] + x, b[:, None] + m - x) - special.betaln(a, b)[:, None]).sum(axis=1) - 1.5 * np.tile(log_v, len(mean))
    weight = np.exp(like - like.max())
    draw = np.random.default_rng(SEED)
    cell = draw.choice(len(a), DRAWS, p=weight / weight.sum())
    return draw.beta(a[cell][:, None] + x, b[cell][:, None] + m - x)
