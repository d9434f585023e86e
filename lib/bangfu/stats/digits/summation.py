"""Do a few first two digits carry most of the money?"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from bangfu.stats.digits.amounts import LARGEST, exact
from bangfu.stats.digits.applicability import REASONS, benford_reason
from bangfu.stats.digits.leading import benford_shares, leading_digits
from bangfu.stats.paper import Both, Paper, WorkingPaper, percent


@dataclass(frozen=True, eq=False)
class Summation(WorkingPaper):
    """Money by first two digits.

    digits: one row per combination 10 ... 99: count, sum (exact Decimal), share, excess (share minus 1/90), largest (the largest amount).
    n, total (exact Decimal), mad (mean of |excess|), reason ("" if the test applies).
    """

    n: int
    total: Decimal
    digits: pd.DataFrame
    mad: float
    reason: str

    @property
    def applies(self):
        return not self.reason

    def largest(self, how_many=5):
        """The combinations whose sums are furthest from the mean sum, above or below."""
        order = np.argsort(-self.digits["excess"].abs().to_numpy(), kind="stable")[:how_many]
        return self.digits.iloc[order]

    def _paper(self):
        if self.reason:
            why = REASONS[self.reason]
            meaning = Both(f"本检验不适用:{why.zh}。", f"The test does not apply: {why.en}.")
        else:
            top = self.digits["share"].idxmax()
            row = self.digits.loc[top]
            meaning = Both(
                f"以 {top} 开头的款项占总金额 {percent(row['share'])},各组本应约 1.11%;先看其中最大的一笔({row['largest']:,}),再看重复的大额。",
                f"Amounts that start with {top} carry {percent(row['share'])} of the money, where each group should carry about 1.11%; look at its largest amount ({row['largest']:,}) first, then at repeated large ones.",
            )
        return Paper(
            title=Both("金额加总检验", "Summation test"),
            asked=Both("是否有少数大额或重复的大额撑起了某些数字", "Do a few large amounts, or repeated large ones, stand behind some digits"),
            method=Both("按前两位数字加总金额,各组期望相等", "Sums by first two digits, expected to be equal"),
            source="Nigrini (2011), Forensic Analytics, chapter 7; Allaart (1997), Journal of Applied Probability 34",
            inputs=[(Both("笔数", "amounts"), self.n), (Both("总金额", "total"), self.total)],
            result=[(Both("偏离最大的数字", "digits furthest from equal sums"), self.largest()[["count", "sum", "share", "largest"]])],
            meaning=meaning,
        )


def summation_test(amounts, *, places=0, sign="positive", least=None):
    """Add up the money by first two digits; under Benford's law all 90 sums are equal.

    Real amounts rarely have equal sums (large ones are few), so there is no p-value: the test finds large and repeated large amounts.
    Parameters as in `leading.first_two`; sums are exact. Returns a Summation.
    Source: Nigrini (2011), Forensic Analytics, chapter 7; Allaart (1997), Journal of Applied Probability 34, 288-291.
    """
    every = exact(amounts, places)
    sized = every.sized(sign, least)
    shares = benford_shares(2)
    group = leading_digits(sized.whole, 2) - 10
    total = sized.total()
    whole = sized.whole if total <= LARGEST else sized.whole.astype(object)
    sums, tops = np.zeros(90, dtype=whole.dtype), np.zeros(90, dtype=whole.dtype)
    np.add.at(sums, group, whole)
    np.maximum.at(tops, group, whole)
    share = np.array([int(s) / total for s in sums]) if total else np.full(90, np.nan)
    table = pd.DataFrame({"count": np.bincount(group, minlength=90), "sum": sized.decimals(sums), "share": share,
                          "excess": share - 1 / 90, "largest": sized.decimals(tops)}, index=range(10, 100))
    return Summation(len(sized), sized.decimal(total), table, float(np.abs(share - 1 / 90).mean()), benford_reason(sized, shares.min()))
