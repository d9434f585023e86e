"""Purchases kept below a limit: split into several, or priced just under it."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.digits.amounts import LARGEST, beside, exact
from bangfu.stats.digits.applicability import REASONS, unassessed
from bangfu.stats.digits.duplication import known_values
from bangfu.stats.paper import Both, Paper, WorkingPaper, written


@dataclass(frozen=True, eq=False)
class SplitPurchases(WorkingPaper):
    """Purchases below the limit that reach it together. groups: vendor, first, last (dates), purchases, total (Decimal), the largest
    total first; rows: the purchases with group, vendor, date, amount, under their row labels. n purchases below the limit; missing:
    rows without amount, date or vendor, not assessed."""

    limit: Decimal
    days: int
    n: int
    missing: int
    groups: pd.DataFrame
    rows: pd.DataFrame
    reason: str = ""

    @property
    def applies(self):
        return not self.reason

    def _paper(self):
        limit = written(self.limit)
        if self.reason:
            meaning = Both(f"本检验不适用:{REASONS[self.reason].zh}。", f"The test does not apply: {REASONS[self.reason].en}.")
        elif len(self.groups):
            meaning = Both(f"有 {len(self.groups)} 组同一收款人的款项,单笔低于 {limit},{self.days} 天内合计达到限额:看是不是同一件事拆开办的。",
                           f"In {len(self.groups)} groups a vendor's purchases stay below {limit} each and reach it together within {self.days} days: see whether they are one purchase in parts.")
        else:
            rest = unassessed(self.missing)
            meaning = Both(f"没有单笔低于限额而合计达到限额的款项{rest.zh}。", f"No purchases below the limit reach it together{rest.en}.")
        return Paper(
            title=Both("拆分采购", "Split purchases"), asked=Both("是否把一项采购拆成几笔以避开限额", "Was one purchase split to stay below the limit"),
            method=Both("同一收款人、限定天数内,低于限额的款项合计达到限额", "Same vendor, within so many days, amounts below the limit that sum to it"),
            source="ACFE, Fraud Examiners Manual",
            inputs=[(Both("限额", "limit"), self.limit), (Both("天数", "days"), self.days), (Both("低于限额的款项", "purchases below the limit"), self.n),
                    (Both("缺金额、日期或收款人、未评", "without amount, date or vendor, not assessed"), self.missing)],
            result=[(Both("组数", "groups"), len(self.groups)), (Both("笔数", "purchases"), len(self.rows)),
                    (Both("合计最大的组", "largest groups"), self.groups.head(10))],
            meaning=meaning,
        )


def split_purchases(amounts, dates, vendors, limit, *, days=30, at_least=0, places=0):
    """Find purchases from one vendor that are each below the limit and together reach it within `days` days (same day: 0).

    A window runs from a purchase to `days` days after it. The first window of a vendor that reaches the limit is a group, the next one
    starts after it, so no purchase is in two groups and no group is longer than the days.
    amounts, dates, vendors: columns beside each other. limit: currency units; at_least: leave out smaller purchases, which nobody makes
    to get round a limit. Sums are exact. Returns SplitPurchases.
    """
    every = exact(amounts, places)
    sized = every.sized("positive")
    below = ((sized.whole < sized.units(limit)) & (sized.whole >= sized.units(at_least))).astype(bool)
    day = pd.to_datetime(beside(dates, every.labels)).dt.normalize().iloc[sized.position]
    vendor = beside(vendors, every.labels).iloc[sized.position]
    known = day.notna().to_numpy() & known_values(vendor)
    missing, reason = every.missing + int((below & ~known).sum()), "" if known.any() else "nothing_known"
    sized, day, vendor = sized.where(below & known), day[below & known], vendor[below & known]
    code, names = pd.factorize(vendor)
    number = day.to_numpy().astype("datetime64[D]").astype(np.int64)
    number -= number.min(initial=0)
    key = code * (number.max(initial=0) + days + 1) + number
    order = np.argsort(key, kind="stable")
    key, whole = key[order], sized.whole[order]
    if sized.total() > LARGEST:
        whole = whole.astype(object)
    sums = np.concatenate([np.zeros(1, dtype=whole.dtype), np.cumsum(whole)])
    end = np.searchsorted(key, key + days, side="right")
    reached = np.flatnonzero(((sums[end] - sums[:-1]) >= sized.units(limit)).astype(bool))
    starts = _one_after_the_other(reached, end)
    sizes = end[starts] - starts
    inside = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    number, taken = np.repeat(np.arange(1, len(starts) + 1), sizes), order[inside]
    rows = pd.DataFrame({"group": number, "vendor": names[code[taken]], "date": day.to_numpy()[taken], "amount": sized.decimals(whole[inside])},
                        index=sized.index[taken])
    totals = sums[end[starts]] - sums[starts]
    groups = pd.DataFrame({"vendor": names[code[order[starts]]], "first": day.to_numpy()[order[starts]],
                           "last": day.to_numpy()[order[end[starts] - 1]],
                           "purchases": sizes, "total": sized.decimals(totals)}, index=pd.RangeIndex(1, len(starts) + 1, name="group"))
    groups = groups.iloc[np.argsort(-totals.astype(float), kind="stable")]
    return SplitPurchases(Decimal(str(limit)), days, len(key), missing, groups, rows, reason)


def _one_after_the_other(starts, end):
    """Of overlapping windows [start, end[start]), in order of their starts, the first, and then each that starts after the last one kept."""
    kept, at = [], 0
    while (i := np.searchsorted(starts, at)) < len(starts):
        kept.append(starts[i])
        at = end[starts[i]]
    return np.array(kept, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class JustUnder(WorkingPaper):
    """Amounts just under a threshold against the neighbourhood. inside: in the strip; below, above: in the strips of twice the
    logarithmic width on both sides; p_value (NaN if not assessed); rows: labels of the amounts in the strip."""

    limit: Decimal
    within: float
    inside: int
    below: int
    above: int
    p_value: float
    rows: pd.Index
    reason: str

    @property
    def applies(self):
        return not self.reason

    def _paper(self):
        strip = f"{100 * self.within:g}%"
        if self.reason:
            meaning = Both(f"本检验不适用:{REASONS[self.reason].zh}。", f"The test does not apply: {REASONS[self.reason].en}.")
        elif self.p_value < 0.05:
            meaning = Both(f"限额以下 {strip} 内有 {self.inside} 笔,明显比上下两侧都密:可能有意压在限额之下,逐笔看审批。",
                           f"{self.inside} amounts lie within {strip} below the limit, clearly denser than on both sides: they may have been kept under it; check their approval.")
        else:
            meaning = Both("紧挨限额之下的款项没有多到超出偶然。", "There are no more amounts just under the limit than chance explains.")
        return Paper(
            title=Both("紧贴限额", "Just under a threshold"), asked=Both("是否有款项压在限额之下", "Are amounts kept just under the threshold"),
            method=Both("限额下窄带与上下两侧比较,条件二项精确检验,取较大的 p 值",
                        "The strip under the limit against both sides, exact conditional binomial test, the larger p-value"),
            source="Przyborowski and Wilenski (1940), Biometrika 31; Berger (1982), Technometrics 24",
            inputs=[(Both("限额", "limit"), self.limit), (Both("窄带", "strip"), strip)],
            result=[(Both("窄带内", "in the strip"), self.inside), (Both("下侧", "below"), self.below), (Both("上侧", "above"), self.above),
                    (Both("p 值", "p-value"), self.p_value)],
            meaning=meaning,
        )


def just_under(amounts, limit, *, within=0.05, places=0, min_near=8):
    """Test whether amounts crowd into the strip [limit (1 - within), limit).

    It is held against the two strips of twice its logarithmic width below and above; if the density in log(amount) is the same, k of
    k + m is binomial with 1/3; the p-value is the larger of the two exact one-sided ones, so that neither a falling density nor a
    limit that cuts off what lies above it is taken for crowding. The limit itself belongs to the side above.
    limit: currency units; bounds are exact fractions. Fewer than min_near amounts in all three strips: not assessed (few_near_limit). If
    several limits are tried, correct the p-values (`multiplicity.holm`). Returns a JustUnder.
    Source: Przyborowski and Wilenski (1940), Biometrika 31; Berger (1982), Technometrics 24 (the larger of two p-values).
    """
    if not 0 < within < 1:
        raise ValueError("within is a share of the limit between 0 and 1")
    sized = exact(amounts, places).sized("positive")
    line, keep = Fraction(str(limit)), 1 - Fraction(str(within))
    edges = [sized.units(line * keep**power) for power in (3, 1, 0, -2)]
    below, inside, above = ((sized.whole >= a).astype(bool) & (sized.whole < b).astype(bool) for a, b in zip(edges, edges[1:], strict=False))
    k, m, o = int(inside.sum()), int(below.sum()), int(above.sum())
    few = k + m + o < min_near
    p = np.nan if few else float(max(stats.binom.sf(k - 1, k + m, 1 / 3), stats.binom.sf(k - 1, k + o, 1 / 3)))
    return JustUnder(Decimal(str(limit)), within, k, m, o, p, sized.index[inside], "few_near_limit" if few else "")
