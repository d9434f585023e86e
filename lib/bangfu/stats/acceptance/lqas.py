"""Does a village reach the standard? A few interviews and one number decide (lot quality assurance sampling)."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.paper import Both, Paper, WorkingPaper, percent


@dataclass(frozen=True)
class Rule(WorkingPaper):
    """Interview n households: the standard counts as reached if at least `reached` of them have it.

    upper: the share that should be found sufficient; lower: the share that should be found insufficient.
    provider_risk: the chance to miss a village at the upper share; consumer_risk: to pass a village at the lower share.
    """

    n: int
    reached: int
    upper: float
    lower: float
    provider_risk: float
    consumer_risk: float
    lot: int | None = None

    @property
    def failures_allowed(self):
        """The most households without it with which the standard still counts as reached."""
        return self.n - self.reached

    def outcome(self, having):
        """"reached" or "not_reached" for the number of households that have it."""
        if not 0 <= having <= self.n:
            raise ValueError("the count must lie between 0 and n")
        return "reached" if having >= self.reached else "not_reached"

    def _paper(self):
        return Paper(
            title=Both("批质量抽样判定规则", "Decision rule of lot quality assurance sampling"),
            asked=Both("访问多少户、几户达到才算达标", "How many households to ask and how many must have it"),
            method=Both("批质量保证抽样" + ("(超几何分布)" if self.lot else "(二项分布)"),
                        "Lot quality assurance sampling " + ("(hypergeometric)" if self.lot else "(binomial)")),
            source="Lemeshow and Taber (1991), World Health Statistics Quarterly 44, 115-132",
            inputs=[(Both("应判达标的比例", "share that should pass"), percent(self.upper)), (Both("应判不达标的比例", "share that should fail"), percent(self.lower)),
                    (Both("总户数", "households in all"), self.lot)],
            result=[(Both("访问户数", "households to ask"), self.n), (Both("至少达到户数", "must have it"), self.reached),
                    (Both("误判不达标的风险", "risk of failing a good one"), percent(self.provider_risk)),
                    (Both("误判达标的风险", "risk of passing a bad one"), percent(self.consumer_risk))],
            meaning=Both(f"随机访问{self.n}户,有{self.reached}户及以上达到即判为达标,否则判为不达标;这是分类,不是对比例的估计。",
                         f"Ask {self.n} households drawn at random: {self.reached} or more that have it pass, fewer fail; this sorts, it does not estimate a share."),
        )


def risk_table(n, upper, lower, *, lot=None):
    """Both risks of every rule for n interviews.

    provider_risk = P(X < reached | upper), consumer_risk = P(X >= reached | lower), X binomial, or hypergeometric with `lot` households
    (shares then to the nearest whole household).
    Returns a DataFrame, one row per failures_allowed 0..n: failures_allowed, reached, provider_risk, consumer_risk, total.
    Source: Lemeshow and Taber (1991); Robertson and Valadez (2006), Vaccine 24.
    """
    if not 0 <= lower < upper <= 1:
        raise ValueError("give shares with 0 <= lower < upper <= 1")
    allowed = np.arange(n + 1)
    good, bad = _counts(n, upper, lot), _counts(n, lower, lot)
    provider, consumer = good.cdf(n - allowed - 1), bad.sf(n - allowed - 1)
    return pd.DataFrame({"failures_allowed": allowed, "reached": n - allowed, "provider_risk": provider, "consumer_risk": consumer,
                         "total": provider + consumer})


def best_rule(n, upper, lower, *, lot=None):
    """The rule for n interviews with the smallest sum of both risks (of equal ones the stricter).

    Source: Valadez (1991), Assessing Child Survival Programs in Developing Countries; its table for 19 interviews.
    """
    table = risk_table(n, upper, lower, lot=lot)
    return _rule(n, upper, lower, lot, table.iloc[int(table["total"].argmin())])


def find_rule(upper, lower, *, provider_risk=0.10, consumer_risk=0.10, lot=None):
    """The fewest interviews, with their rule, that keep both risks.

    n = 1, 2, ... until a rule has both risks at or under what is allowed (exact distribution); of several the one with the smallest sum.
    Raises ValueError if that takes all households of the lot.
    """
    for n in range(1, (lot or 100_000) + 1 - (lot is not None)):
        # the strictest rule that the provider can bear is the best for the consumer
        good = _counts(n, upper, lot)
        reached = int(good.ppf(provider_risk))
        while reached <= n and good.cdf(reached - 1) <= provider_risk:
            reached += 1
        reached -= 1
        if _counts(n, lower, lot).sf(reached - 1) <= consumer_risk:
            table = risk_table(n, upper, lower, lot=lot)
            kept = table[(table["provider_risk"] <= provider_risk) & (table["consumer_risk"] <= consumer_risk)]
            return _rule(n, upper, lower, lot, kept.loc[kept["total"].idxmin()])
    raise ValueError("no sample short of all households keeps both risks; ask all")


def _rule(n, upper, lower, lot, row):
    return Rule(n, int(row["reached"]), upper, lower, float(row["provider_risk"]), float(row["consumer_risk"]), lot)


def _counts(n, share, lot):
    if lot is None:
        return stats.binom(n, share)
    return stats.hypergeom(lot, round(Fraction(str(share)) * lot), n)
