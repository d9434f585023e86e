"""Classical estimates of the error in money: mean-per-unit, difference, ratio, regression, by item; and the mean taint by money unit.

Their intervals are normal approximations: with few errors in the population 95% held the truth in as little as 40% of samples
(docs/sampling.md); use Stringer there.
"""

import numpy as np
from scipy import stats

from bangfu.stats.paper import Both, money
from bangfu.stats.sampling.evaluation import MoneyEvaluation, money_unit_result, tail_levels

COCHRAN = "Cochran (1977), Sampling Techniques, chapters 2, 6 and 7; Arens and Loebbecke (1981), Applications of Statistical Sampling to Auditing"


def mean_per_unit(sample, *, confidence=0.95, side="two", fpc=True, materiality=None):
    """The error from the mean audited amount alone: book value - N x mean audited amount. Standard error N s / sqrt(n) x sqrt(1 - n/N)."""
    book, value = _items(sample)
    left = sample.items - sample.certain_items
    spread = value.std(ddof=1)
    return _by_item(
        sample,
        sample.sampled_amount - left * value.mean(),
        spread,
        len(value) - 1,
        confidence,
        side,
        fpc,
        materiality,
        Both("单位均值法", "mean-per-unit estimate"),
    )


def difference(sample, *, confidence=0.95, side="two", fpc=True, materiality=None):
    """The error from the mean difference between book and audited amount: N x mean(book - audited); its spread is that of the differences."""
    book, value = _items(sample)
    d = book - value
    return _by_item(
        sample,
        (sample.items - sample.certain_items) * d.mean(),
        d.std(ddof=1),
        len(d) - 1,
        confidence,
        side,
        fpc,
        materiality,
        Both("差额法", "difference estimate"),
    )


def ratio(sample, *, confidence=0.95, side="two", fpc=True, book_value=True, materiality=None):
    """The error from the ratio of audited to book amounts: book value x (1 - R), R = sum of audited / sum of book; spread that of audited - R book.

    book_value=False takes N x mean book of the sample in place of the known book value of the population.
    """
    book, value = _items(sample)
    r = value.sum() / book.sum()
    left = sample.items - sample.certain_items
    residual = value - r * book
    total = sample.sampled_amount if book_value else left * book.mean()
    return _by_item(
        sample,
        total * (1 - r),
        np.sqrt((residual**2).sum() / (len(book) - 1)),
        len(book) - 1,
        confidence,
        side,
        fpc,
        materiality,
        Both("比率法", "ratio estimate"),
    )


def regression(sample, *, confidence=0.95, side="two", fpc=True, materiality=None):
    """The error from the line of audited on book amounts: book value - N x (mean audited + b (mean book of the population - of the sample)).

    b by least squares; spread sqrt(sum of residuals^2 / (n - 2)), t with n - 2 degrees of freedom (Cochran 7.3).
    """
    book, value = _items(sample)
    left = sample.items - sample.certain_items
    x = book - book.mean()
    b = (x * value).sum() / (x**2).sum()
    residual = value - value.mean() - b * x
    estimate = sample.sampled_amount - (left * value.mean() + b * (sample.sampled_amount - left * book.mean()))
    return _by_item(
        sample,
        estimate,
        np.sqrt((residual**2).sum() / (len(book) - 2)),
        len(book) - 2,
        confidence,
        side,
        fpc,
        materiality,
        Both("回归法", "regression estimate"),
    )


def mean_taint(sample, *, confidence=0.95, side="two", freedom="units", materiality=None):
    """The error from the mean taint of a money-unit sample: amount x mean taint, standard error amount x s / sqrt(n), t with n - 1 degrees of freedom.

    freedom="errors" takes the number of errors less one in place of n - 1, as R's MUS and jfa do: wider, for samples with few errors.
    Every hit is a draw with probability proportional to size (Hansen-Hurwitz); with few errors the interval is too short: use Stringer.
    Source: Hansen and Hurwitz (1943), Annals of Mathematical Statistics 14; Lohr (2022), Sampling: Design and Analysis, chapter 6.
    """
    z = sample.taints
    error = z.std(ddof=1) / np.sqrt(len(z)) if len(z) > 1 else 0.0

    def rates():
        df = {"units": len(z), "errors": int((z != 0).sum())}[freedom] - 1
        if df < 1:
            raise ValueError("at least two units (with freedom='errors', two errors) are needed for a standard error")
        half = stats.t.ppf(tail_levels(confidence, side), df) * error
        return float(z.mean()), np.nan if side == "upper" else z.mean() - half, np.nan if side == "lower" else z.mean() + half

    return money_unit_result(
        sample,
        rates,
        name=Both("平均误差率法(按金额概率)", "mean taint (probability proportional to size)"),
        source="Hansen and Hurwitz (1943), Annals of Mathematical Statistics 14; Lohr (2022), Sampling: Design and Analysis",
        confidence=confidence,
        side=side,
        materiality=materiality,
        inputs=((Both("标准误(元)", "standard error (yuan)"), money(error * sample.sampled_amount)),),
    )


def _items(sample):
    """Book and audited amounts of the random part as floats; by item, so no item twice."""
    if sample.items is None:
        raise ValueError("estimates by item need the number of items in the population")
    if (sample.hits > 1).any():
        raise ValueError("some items were hit more than once: estimates by item are for samples of items, not of money units")
    if len(sample.book) < 3:
        raise ValueError("at least three items must have been sampled")
    return sample.book.astype(float), sample.value.astype(float)


def _by_item(sample, estimate, spread, df, confidence, side, fpc, materiality, name):
    n, left = len(sample.book), sample.items - sample.certain_items
    if n > left:
        raise ValueError(f"{n} items cannot have been drawn from {left}")
    error = left * spread / np.sqrt(n) * (np.sqrt(1 - n / left) if fpc else 1.0)
    half, total = stats.t.ppf(tail_levels(confidence, side), df) * error, estimate + sample.certain_error
    errors = int((sample.book != sample.value).sum())
    notes = (
        ()
        if errors >= 20
        else (
            Both(
                f"样本中只有 {errors} 个差错,正态近似不可靠,区间可能过窄。",
                f"Only {errors} errors in the sample: the normal approximation is not reliable, the interval may be too short.",
            ),
        )
    )
    return MoneyEvaluation(
        name,
        COCHRAN,
        confidence,
        side,
        n,
        sample.amount,
        sample.certain_error,
        errors,
        float(total),
        np.nan if side == "upper" else float(total - half),
        np.nan if side == "lower" else float(total + half),
        materiality,
        (
            (Both("总体项目数", "items in the population"), sample.items),
            (Both("标准误(元)", "standard error (yuan)"), money(error)),
            (Both("有限总体校正", "finite-population correction"), bool(fpc)),
        ),
        notes,
    )
