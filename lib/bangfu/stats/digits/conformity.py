"""How well do counted digits agree with the expected ones?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from bangfu.stats.digits import kolmogorov
from bangfu.stats.digits.applicability import REASONS
from bangfu.stats.paper import Both, Paper, WorkingPaper

# Nigrini (2012), Benford's Law, table 7.1, as other software that cites it has it (but R's benford.analysis 0.011 for the last of the second digit):
# up to the first close, second acceptable, third marginally acceptable conformity
CUT_OFFS = {
    "first": (0.006, 0.012, 0.015),
    "second": (0.008, 0.010, 0.012),
    "first_two": (0.0012, 0.0018, 0.0022),
    "first_three": (0.00036, 0.00044, 0.00050),
}
CLASSES = {
    "close": Both("高度符合", "close conformity"),
    "acceptable": Both("可接受的符合", "acceptable conformity"),
    "marginal": Both("勉强可接受", "marginally acceptable conformity"),
    "nonconformity": Both("不符合", "nonconformity"),
}
TITLES = {
    "first": Both("首位数字检验", "First digits"),
    "second": Both("第二位数字检验", "Second digits"),
    "first_two": Both("前两位数字检验", "First two digits"),
    "first_three": Both("前三位数字检验", "First three digits"),
    "last_two": Both("末两位数字检验", "Last two digits"),
    "second_order": Both("二阶检验(排序后差额的前两位数字)", "Second order: first two digits of the differences of sorted amounts"),
}


@dataclass(frozen=True, eq=False)
class DigitTest(WorkingPaper):
    """Counted digits held against expected ones.

    digits: table with one row per digit or combination: count, expected, share, expected_share, z.
    chi_square, freedom, chi_square_p; ks (largest gap of cumulative shares), ks_p (exact for digits, see kolmogorov), ks_critical
    (1.36 / sqrt(n), the continuous 5% point that Nigrini uses); mad (mean absolute deviation of the shares), mad_by_chance (its
    expectation if the law holds), conformity (Nigrini's class, None where he gives none). n amounts counted; missing: without an
    amount; left_out: zero, of the other sign, or below the least amount.
    applies, reason: if the test does not apply the figures are there, but say nothing.
    """

    test: str
    n: int
    missing: int
    left_out: int
    digits: pd.DataFrame
    chi_square: float
    freedom: int
    chi_square_p: float
    ks: float
    ks_p: float
    ks_critical: float
    mad: float
    mad_by_chance: float
    conformity: str | None
    reason: str

    @property
    def applies(self):
        return not self.reason

    def largest(self, how_many=5):
        """The digits that occur most above or below expectation, by Z."""
        order = np.argsort(-self.digits["z"].to_numpy(), kind="stable")[:how_many]
        return self.digits.iloc[order]

    def _paper(self):
        result = [(Both("平均绝对偏差(MAD)", "mean absolute deviation (MAD)"), self.mad)] if self.n else []
        if self.conformity and self.applies:
            result.append((Both("符合程度(Nigrini)", "conformity (Nigrini)"), CLASSES[self.conformity]))
        if self.n:
            result += [
                (Both("仅由偶然产生的 MAD", "MAD by chance alone"), self.mad_by_chance),
                (Both("卡方", "chi-square"), f"{self.chi_square:.2f} (df {self.freedom}, {p_text(self.chi_square_p)})"),
                (Both("K-S(按离散数字精确计算)", "Kolmogorov-Smirnov (exact for digits)"), f"{self.ks:.5f} ({p_text(self.ks_p)})"),
                (Both("偏离最大的数字", "digits that deviate most"), self.largest()[["count", "expected", "z"]].round(2)),
            ]
        return Paper(
            title=TITLES[self.test],
            asked=Both("金额中各数字出现的次数是否合乎预期", "Do the digits of the amounts occur as often as expected"),
            method=Both("与期望频数比较:MAD、卡方、K-S、逐个数字的 Z(连续性校正)",
                        "Counts against expected counts: MAD, chi-square, Kolmogorov-Smirnov, Z per digit with continuity correction"),
            source="Nigrini (2012), Benford's Law, Wiley; Conover (1972), JASA 67",
            inputs=[(Both("笔数", "amounts"), self.n), (Both("缺金额", "missing"), self.missing),
                    (Both("未计入(零、负数或过小)", "left out (zero, other sign, too small)"), self.left_out)],
            result=result,
            meaning=self._meaning(),
            notes=self._notes(),
        )

    def _notes(self):
        if not self.n:
            return []
        notes = [Both("MAD 是各数字实际占比与应有占比之差的平均值,越小越符合;笔数很多时卡方和 K-S 总会显著,以 MAD 为准。",
                      "The MAD is the average difference between the share a digit has and the share it should have; with many amounts chi-square and Kolmogorov-Smirnov always alarm, so go by the MAD.")]
        if self.conformity and self.applies and self.mad_by_chance > CUT_OFFS[self.test][0]:
            notes.append(Both(f"笔数不多,单凭偶然 MAD 就约为 {self.mad_by_chance:.4f},达不到高度符合,等级偏严。",
                              f"With so few amounts chance alone makes a MAD of about {self.mad_by_chance:.4f}, above close conformity: the class is too strict."))
        return notes

    def _meaning(self):
        if not self.applies:
            why = REASONS[self.reason]
            return Both(f"本检验不适用:{why.zh},不能据此说正常或异常。", f"The test does not apply: {why.en}; it says neither clean nor suspicious.")
        beyond = self.digits[self.digits["z"] > stats.norm.isf(0.025 / len(self.digits))]
        often = beyond[beyond["count"] > beyond["expected"]]
        if len(often):
            row = often.loc[often["z"].idxmax()]
            return Both(
                f"数字 {row.name} 出现 {row['count']:,.0f} 次,预期约 {row['expected']:,.0f} 次,多得超出偶然:先查这些款项;这是线索,不是结论。",
                f"Digits {row.name} occur {row['count']:,.0f} times where about {row['expected']:,.0f} are expected, more than chance explains: look at these payments first; it is a lead, not a verdict.")
        if len(beyond):
            row = beyond.loc[beyond["z"].idxmax()]
            return Both(
                f"数字 {row.name} 只出现 {row['count']:,.0f} 次,预期约 {row['expected']:,.0f} 次,少得超出偶然:看是否有限额或标准使金额避开这里。",
                f"Digits {row.name} occur only {row['count']:,.0f} times where about {row['expected']:,.0f} are expected, fewer than chance explains: see whether a limit or a rate keeps amounts away.")
        return Both("没有哪个数字的次数多得或少得超出偶然。", "No digit occurs more or less often than chance explains.")


def p_text(p):
    """A p-value for a paper: `p = 0.0312`, `p < 0.0001`."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}"


def conform(test, counts, shares, labels, *, reason, missing=0, left_out=0):
    """Hold counts of digits against expected shares.

    chi^2 = sum of (O - E)^2 / E with cells - 1 degrees of freedom; D = largest gap of cumulative shares; MAD = mean of |share - expected
    share|; Z = (|share - expected| - 1 / 2n) / sqrt(expected (1 - expected) / n), the correction only where it is smaller than
    the difference. MAD by chance is the mean of E|O/n - p| for binomial O, by De Moivre's formula.

    counts: whole numbers per cell; shares: expected, sum 1; labels: what the cells are called. Returns a DigitTest.
    Source: Nigrini (2011), Forensic Analytics, chapter 6, and (2012), Benford's Law, table 7.1; Barney and
    Schulzke (2016), Journal of Forensic Accounting Research 1 (MAD grows with fewer records); Diaconis and Zabell (1991), Statistical Science 6 (De Moivre).
    """
    counts, shares = np.asarray(counts, dtype=np.int64), np.asarray(shares, dtype=float)
    n = int(counts.sum())
    if n == 0:
        nothing = pd.DataFrame({"count": counts, "expected": 0.0, "share": np.nan, "expected_share": shares, "z": np.nan}, index=labels)
        return DigitTest(test, 0, missing, left_out, nothing, np.nan, len(counts) - 1, *[np.nan] * 6, None, reason or "too_few")
    expected = n * shares
    gaps = np.abs(counts / n - shares)
    corrected = gaps - np.where(1 / (2 * n) < gaps, 1 / (2 * n), 0)
    table = pd.DataFrame({"count": counts, "expected": expected, "share": counts / n, "expected_share": shares,
                          "z": corrected / np.sqrt(shares * (1 - shares) / n)}, index=labels)
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    gap, mad = kolmogorov.largest_gap(counts, shares), float(gaps.mean())
    chi_square_p = float(stats.chi2.sf(chi_square, len(counts) - 1))
    return DigitTest(test, n, missing, left_out, table, chi_square, len(counts) - 1, chi_square_p,
                     gap, kolmogorov.p_value(gap, shares, n), 1.36 / np.sqrt(n), mad, mad_by_chance(shares, n), conformity(test, mad), reason)


def conformity(test, mad):
    """Nigrini's class for a MAD: close, acceptable, marginal or nonconformity; None for tests he gives no cut-offs for."""
    if test not in CUT_OFFS:
        return None
    return list(CLASSES)[int(np.searchsorted(CUT_OFFS[test], mad, side="left"))]


def mad_by_chance(shares, n):
    """The MAD to be expected of n amounts that follow the law: mean over cells of E|O - np| / n = 2 v C(n, v) p^v q^(n-v+1) / n, v = [np] + 1."""
    p = np.asarray(shares, dtype=float)
    v = np.floor(n * p) + 1
    logs = special.gammaln(n + 1) - special.gammaln(v + 1) - special.gammaln(n - v + 1) + special.xlogy(v, p) + special.xlogy(n - v + 1, 1 - p)
    return float((2 * v * np.exp(logs) / n).mean())
