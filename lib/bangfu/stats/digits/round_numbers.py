"""Are there more round amounts than nature makes?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.digits.amounts import exact
from bangfu.stats.digits.applicability import REASONS, few_different
from bangfu.stats.paper import Both, Paper, WorkingPaper, percent


@dataclass(frozen=True, eq=False)
class RoundNumbers(WorkingPaper):
    """Round amounts, level by level. levels: one row per multiple (1, 10, 100, ... currency units): of (amounts of at least that size
    that are round on the level before), count (round on this level too), share, expected (0.1; for whole units 10 ** -places),
    p_value (exact binomial, as many or more; NaN if there are none to ask about). n amounts; reason: "" if the test applies."""

    n: int
    levels: pd.DataFrame
    reason: str

    @property
    def applies(self):
        return not self.reason

    def _paper(self):
        asked = self.levels[self.levels["of"] > 0]
        if self.reason:
            meaning = Both(f"本检验不适用:{REASONS[self.reason].zh}。", f"The test does not apply: {REASONS[self.reason].en}.")
        elif (asked["p_value"] < 0.05 / max(1, len(asked))).any():
            top = asked[asked["p_value"] < 0.05 / len(asked)].index[-1]
            row = asked.loc[top]
            meaning = Both(f"{top:,} 的整数倍有 {row['count']:,.0f} 笔,占 {percent(row['share'])},自然情况下约 {percent(row['expected'])}:这些金额可能是估计、凑整或协商出来的,看有无计价依据。",
                           f"{row['count']:,.0f} amounts are multiples of {top:,}, {percent(row['share'])} where nature makes about {percent(row['expected'])}: they may be estimated or agreed; look for how they were priced.")
        else:
            meaning = Both("整数金额没有多到超出偶然。", "There are no more round amounts than chance makes.")
        return Paper(
            title=Both("整数金额", "Round numbers"), asked=Both("整数金额是否过多", "Are there too many round amounts"),
            method=Both("逐级条件二项检验:上一级整数中,再圆一级的期望占十分之一",
                        "Binomial test level by level: of amounts round on one level a tenth is expected to be round on the next"),
            source="Nigrini (2011), Forensic Analytics, chapter 8; Hill (1995), Statistical Science 10",
            inputs=[(Both("笔数", "amounts"), self.n)], result=[(Both("各级整数", "levels"), self.levels)], meaning=meaning,
        )


def round_numbers_test(amounts, *, places=0, sign="positive", least=None, levels=(1, 10, 100, 1_000, 10_000)):
    """Count multiples of 1, 10, 100, ... currency units, and test each level against the level before.

    Of the multiples of 100 that are at least 1,000 one in ten is a multiple of 1,000, if nobody rounds; each level is asked only of
    amounts that are round on the one before, so cheap whole amounts do not make all levels look bad. levels: each ten times the one
    before; the first is expected in 10 ** -places of the amounts (skipped if amounts are whole by nature and the first level is 1).
    Other parameters as in `leading.first_two`. Returns RoundNumbers; reasons not to apply: too_few, fixed_amounts (rates are round).
    Source: the round-numbers test is Nigrini's (2011), Forensic Analytics, chapter 8; later digits tend to uniformity, Hill (1995); to
    condition on the level before is ours.
    """
    sized = exact(amounts, places).sized(sign, least)
    rows, base, share = {}, np.ones(len(sized), dtype=bool), 10.0**-sized.places
    for level in levels:
        unit = level * 10**sized.places
        if share < 1:
            asked = base & (sized.whole >= unit).astype(bool)
            round_ = asked & (sized.whole % unit == 0).astype(bool)
            of, count = int(asked.sum()), int(round_.sum())
            rows[level] = (of, count, count / of if of else np.nan, share, float(stats.binom.sf(count - 1, of, share)) if of else np.nan)
            base = round_
        share = 0.1
    times = np.unique(sized.whole, return_counts=True)[1]
    reason = "nothing_known" if len(sized) == 0 else "fixed_amounts" if few_different(times) else ""
    return RoundNumbers(len(sized), pd.DataFrame.from_dict(rows, orient="index", columns=["of", "count", "share", "expected", "p_value"]),
                        reason)
