"""Are the mantissas of the logarithms spread evenly, as those of natural amounts are?"""

from dataclasses import dataclass

import numpy as np

from bangfu.stats.digits.amounts import exact
from bangfu.stats.digits.applicability import REASONS, benford_reason
from bangfu.stats.digits.conformity import p_text
from bangfu.stats.digits.leading import benford_shares, leading_digits
from bangfu.stats.paper import Both, Paper, WorkingPaper


@dataclass(frozen=True, eq=False)
class Mantissas(WorkingPaper):
    """What the mantissas of n amounts look like: mean (0.5 expected), variance (1/12), skewness (0), excess_kurtosis (-1.2), and the
    arc test: arc_length (L2, 0 expected), arc_p. distortion: the mean size of the significands against Benford's, as a share
    (0.01: 1% too large). reason: "" if the test applies."""

    n: int
    mean: float
    variance: float
    skewness: float
    excess_kurtosis: float
    arc_length: float
    arc_p: float
    distortion: float
    reason: str

    @property
    def applies(self):
        return not self.reason

    def _paper(self):
        if self.reason:
            why = REASONS[self.reason]
            meaning = Both(f"本检验不适用:{why.zh}。", f"The test does not apply: {why.en}.")
        elif self.arc_p < 0.05:
            meaning = Both("金额的对数尾数分布不均匀,数字总体上与本福特定律有出入;笔数很多时,极小的出入也会显出来,以 MAD 为准。",
                           "The mantissas are not spread evenly: as a whole the digits differ from Benford's law; with many amounts the smallest difference shows, so go by the MAD.")
        else:
            meaning = Both("金额的对数尾数分布均匀,总体上看不出与本福特定律的出入。",
                           "The mantissas are spread evenly: as a whole no difference from Benford's law is seen.")
        return Paper(
            title=Both("对数尾数检验", "Mantissa test"),
            asked=Both("金额总体上是否合乎本福特定律", "Do the amounts as a whole follow Benford's law"),
            method=Both("尾数放在圆周上,重心离圆心的距离(Mantissa Arc);均值、方差与均匀分布比较",
                        "Mantissas on a circle, distance of their centre from the middle (mantissa arc); mean and variance against the uniform"),
            source="Alexander (2009), Remarks on the Use of Benford's Law; Nigrini (1996), JATA 18 (distortion factor)",
            inputs=[(Both("笔数", "amounts"), self.n)],
            result=[
                (Both("均值(期望 0.5)", "mean (0.5 expected)"), self.mean),
                (Both("方差(期望 0.0833)", "variance (0.0833 expected)"), self.variance),
                (Both("偏度(期望 0)", "skewness (0 expected)"), self.skewness),
                (Both("超额峰度(期望 -1.2)", "excess kurtosis (-1.2 expected)"), self.excess_kurtosis),
                (Both("圆弧检验 L²", "arc test L2"), f"{self.arc_length:.7f} ({p_text(self.arc_p)})"),
                (Both("失真系数", "distortion factor"), self.distortion),
            ],
            meaning=meaning,
        )


def mantissa_test(amounts, *, places=0, sign="positive", least=None):
    """Test whether the mantissas m = log10(amount) - [log10(amount)] are uniform on [0, 1).

    Arc test: with x = cos(2 pi m), y = sin(2 pi m), L2 = mean(x)^2 + mean(y)^2 and p = exp(-n L2) (Rayleigh's test; asymptotic).
    Variance with n - 1; skewness and kurtosis are of the moments about the mean, divided by n.
    Distortion: (AM - EM) / EM, AM the mean of the significands, EM = 9 / ln 10 their expectation (Nigrini's EM of a geometric sequence of
    n amounts, 9 / (n (10^(1/n) - 1)), tends to it).
    Parameters as in `leading.first_two`. Returns Mantissas.
    Source: Alexander (2009), Remarks on the Use of Benford's Law, Case Western Reserve University; Nigrini (2012), Benford's Law,
    chapter 1; Nigrini (1996), A Taxpayer Compliance Application of Benford's Law, JATA 18(1), 72-91.
    """
    sized = exact(amounts, places).sized(sign, least)
    n = len(sized)
    reason = benford_reason(sized, benford_shares(1).min())
    if n < 2:
        return Mantissas(n, *[np.nan] * 7, reason)
    significands = leading_digits(sized.whole, 17) / 1e16  # in [1, 10), to the last bit of a double
    mantissas = np.log10(significands)
    centred = mantissas - mantissas.mean()
    m2, m3, m4 = (float((centred**power).mean()) for power in (2, 3, 4))
    arc = float(np.cos(2 * np.pi * mantissas).mean() ** 2 + np.sin(2 * np.pi * mantissas).mean() ** 2)
    return Mantissas(n, float(mantissas.mean()), m2 * n / (n - 1), m3 / m2**1.5 if m2 else np.nan, m4 / m2**2 - 3 if m2 else np.nan, arc,
                     float(np.exp(-n * arc)), float(significands.mean() * np.log(10) / 9 - 1), reason)
