"""May a digit test be used on these amounts at all?"""

import numpy as np

from bangfu.stats.paper import Both

REASONS = {
    "": Both("适用", "applies"),
    "too_few": Both("笔数太少,期望最少的一格不足 5 笔", "too few amounts: the rarest digits are expected fewer than 5 times"),
    "nothing_known": Both("没有一行各项齐全", "no row has all that is needed"),
    "few_near_limit": Both("限额附近的款项太少", "too few amounts near the limit"),
    "one_each": Both("每个收款人都只有一笔", "no vendor has two amounts"),
    "fixed_amounts": Both("金额大多是少数几个固定数额(如定额补助),数字由标准决定",
                          "most amounts are a few fixed ones (such as subsidies by rate), whose digits the rate decides"),
    "narrow_range": Both("金额集中在不到两个数量级之内,首位数字由范围决定",
                         "the amounts span fewer than two orders of magnitude, so the range decides the first digits"),
    "assigned_numbers": Both("这些数像是编号(几乎连续、互不重复),不是金额",
                             "these look like assigned numbers (nearly consecutive, all different), not like amounts"),
    "finer_than_cents": Both("金额有不足一分的部分,末两位没有意义", "the amounts have parts of a cent, so their last two digits mean nothing"),
    "whole_only": Both("金额几乎都是整元,末两位不能检验", "nearly all amounts are whole, so the decimals cannot be tested"),
    "no_dates": Both("没有日期", "no dates were given"),
    "no_vendors": Both("没有收款人", "no vendors were given"),
    "no_invoices": Both("没有票据号", "no invoice numbers were given"),
    "no_limit": Both("没有给出限额", "no limit was given"),
    "dates_by_period": Both("日期大多只写到月(月初或月末),看不出星期", "most dates are the first or last of a month, so they do not tell the day of the week"),
}


def benford_reason(amounts, least_share, *, min_expected=5, fixed=100, span=2.0, dense=0.5):
    """Say why amounts cannot be expected to follow Benford's law, or "" if nothing speaks against it; the first reason of

    - too_few: the rarest digits are expected fewer than min_expected times: n x least_share < 5 (Cochran, 1954, Biometrics 10);
    - assigned_numbers: 95% of them differ, and they fill at least the share `dense` of the numbers from lowest to highest;
    - fixed_amounts: the effective number of different amounts, 1 / sum of squared shares, is below `fixed` and below n / 4;
    - narrow_range: the middle 98% span fewer than `span` orders of magnitude, log10(q99 / q01) < 2.

    amounts: Amounts, sizes above zero. least_share: expected share of the rarest cell.
    Source: the conditions are Nigrini's (2012), Benford's Law, chapter 1 (sizes of facts, no built-in bounds, not numbers assigned as
    labels, enough records); the measures and cut-offs are ours: a lognormal amount with sigma 1 just passes the last.
    """
    n = len(amounts)
    if n == 0 or n * least_share < min_expected:
        return "too_few"
    values, times = np.unique(amounts.whole, return_counts=True)
    if len(values) >= 0.95 * n:
        step = np.gcd.reduce(np.diff(values))
        if len(values) / (int(values[-1] - values[0]) // int(step) + 1) >= dense:
            return "assigned_numbers"
    if few_different(times, fixed):
        return "fixed_amounts"
    ranks = np.cumsum(times)
    low, high = (float(values[np.searchsorted(ranks, q * n)]) for q in (0.01, 0.99))
    return "narrow_range" if np.log10(high / low) < span else ""


def few_different(times, fixed=100):
    """Do a few amounts make up most of the rows: is the effective number of different amounts below `fixed` and below n / 4?

    times: how often each different amount occurs. Effective number: n^2 / sum of squared times (inverse Simpson index: Simpson, 1949, Nature 163).
    """
    n = int(times.sum())
    return n**2 / float((times.astype(float) ** 2).sum()) < min(fixed, n / 4)


def unassessed(missing):
    """The closing words of a sentence that found nothing, if rows were left out."""
    return Both(f"(另有 {missing:,} 行未评)", f" ({missing:,} rows were not assessed)") if missing else Both("", "")
