"""Is the share of suspect households of a village above what is tolerated? Clear it, screen it again, or look at more households."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.paper import Both, Paper, WorkingPaper, percent

OUTCOMES = {"clear": Both("不需重新排查", "clear"), "rescreen": Both("须全面重新排查", "re-screen"), "extend": Both("扩大抽样", "extend the sample"),
            "not_assessed": Both("不能判定", "not assessed")}
REASONS = {"census": Both("全部核查,直接计算", "every household was screened: counted, not inferred"),
           "certain": Both("已查出的户数足以确定,无须推断", "what was found settles it whatever the rest may be"),
           "sample": Both("按抽样推断", "inferred from the sample"),
           "not_random": Both("样本不是随机抽取,不能推断", "the sample was not drawn at random, so it says nothing about the rest"),
           "no_sample": Both("没有核查", "nothing was screened")}


@dataclass(frozen=True)
class Decision(WorkingPaper):
    """The decision on one village with what it rests on; see `decide`."""

    households: int
    screened: int
    suspects: int
    tolerated_share: float
    producer_risk: float
    consumer_risk: float
    looks: int
    outcome: str
    basis: str
    tolerated: int  # the most suspect households of the village that are within the share
    chance_if_above: float  # so few or fewer found, if the village had one more than that
    chance_if_within: float  # so many or more found, if the village had just that
    further: int | None  # households to screen besides before the village can be cleared

    def _paper(self):
        said = OUTCOMES[self.outcome]
        meaning = {
            "clear": Both(f"村内疑似户不超过{self.tolerated}户(容许比例{percent(self.tolerated_share)}),不需全面重新排查。",
                          f"The village has no more than {self.tolerated} suspect households ({percent(self.tolerated_share)}); it need not be screened again."),
            "rescreen": Both(f"村内疑似户超过{self.tolerated}户(容许比例{percent(self.tolerated_share)}),须全面重新排查。",
                             f"The village has more than {self.tolerated} suspect households ({percent(self.tolerated_share)}); screen all of it again."),
            "extend": Both(f"现有样本既不能放行也不能定为超标;再随机核查{self.further}户,若不再查出疑似户,即可放行。",
                           f"The sample neither clears nor condemns; screen {self.further} more, drawn at random: without another suspect the village is cleared."),
            "not_assessed": Both("不能据此对全村下结论,也不等于没有问题。", "Nothing can be said of the village; that is not the same as clean."),
        }[self.outcome]
        inferred = self.basis == "sample"
        return Paper(
            title=Both("疑似率判定", "Decision on the share of suspect households"),
            asked=Both(f"全村疑似户比例是否超过{percent(self.tolerated_share)}", f"Is the village's share of suspect households above {percent(self.tolerated_share)}"),
            method=Both("超几何分布验收抽样,三种结论", "Acceptance sampling with three outcomes (hypergeometric)"),
            source="Schilling and Neubauer (2009), Acceptance Sampling in Quality Control, ch. 5",
            inputs=[(Both("全村户数", "households"), self.households), (Both("核查户数", "screened"), self.screened),
                    (Both("疑似户数", "suspects found"), self.suspects), (Both("误判超标的风险", "risk of condemning a village within"), percent(self.producer_risk)),
                    (Both("误判放行的风险", "risk of clearing a village above"), percent(self.consumer_risk)), (Both("计划判定次数", "decisions planned"), self.looks)],
            result=[(Both("结论", "decision"), said), (Both("依据", "basis"), REASONS[self.basis]),
                    (Both("若全村超标,只查出这么少的概率", "chance of so few if above"), percent(self.chance_if_above) if inferred else None),
                    (Both("若全村未超标,查出这么多的概率", "chance of so many if within"), percent(self.chance_if_within) if inferred else None)],
            meaning=meaning,
        )


def decide(households, screened, suspects, tolerated_share, *, producer_risk=0.05, consumer_risk=0.10, looks=1, drawn_at_random=True):
    """Decide on one village from the households screened so far: clear, re-screen, extend the sample.

    T = the most suspect households that are within the tolerated share (T / households <= share, exactly). With x suspects among n
    screened of N, hypergeometric:
    clear      if P(X <= x | T + 1 suspects in the village) <= consumer_risk / looks: if it were above, so few would hardly be found;
    rescreen   if P(X >= x | T suspects) <= producer_risk / looks: if it were within, so many would hardly be found;
    extend     otherwise. Never by x / n > share alone: 1 of 30 is 3.3% and says next to nothing.
    If every household was screened, or x > T, or even all the others could not bring it above T, nothing is inferred.

    households, screened, suspects: whole numbers. tolerated_share: from the rule's settings. looks: how many decisions (samples, one
    after the other extended) are planned; both risks hold over all of them (Bonferroni). drawn_at_random: False if the
    screened were chosen in another way; the village is then not assessed, unless nothing needs to be inferred.
    Returns a Decision. Raises ValueError if the counts contradict each other.
    Source: Schilling and Neubauer (2009), Acceptance Sampling in Quality Control, chapter 5 (hypergeometric plans, both risks).
    """
    found = decide_all([households], [screened], [suspects], tolerated_share, producer_risk=producer_risk, consumer_risk=consumer_risk,
                       looks=looks, drawn_at_random=drawn_at_random).iloc[0]
    further = None if pd.isna(found["further"]) else int(found["further"])
    return Decision(int(households), int(screened), int(suspects), float(tolerated_share), producer_risk, consumer_risk, looks, found["outcome"],
                    found["basis"], int(found["tolerated"]), float(found["chance_if_above"]), float(found["chance_if_within"]), further)


def decide_all(households, screened, suspects, tolerated_share, *, producer_risk=0.05, consumer_risk=0.10, looks=1, drawn_at_random=True):
    """Decide on many villages at once; see `decide`.

    households, screened, suspects: whole numbers, shape (k,); a Series keeps its index. drawn_at_random: one value or one per village.
    Returns a DataFrame, one row per village: households, screened, suspects, tolerated, outcome ("clear", "rescreen", "extend",
    "not_assessed"), basis ("census", "certain", "sample", "not_random", "no_sample"), chance_if_above, chance_if_within (NaN unless
    inferred) and further (households to screen besides, without finding another suspect, before the village can be cleared; missing
    unless the outcome is "extend").
    """
    index = households.index if isinstance(households, pd.Series) else None
    N, n, x = (np.asarray(values, dtype=np.int64) for values in (households, screened, suspects))
    if ((x < 0) | (n < x) | (N < n) | (N < 1)).any():
        raise ValueError("suspects must not exceed the screened, nor the screened the households of a village")
    if not (0 < producer_risk < 0.5 and 0 < consumer_risk < 0.5) or looks < 1:
        raise ValueError("risks must lie between 0 and 0.5 and looks be 1 or more")
    share = Fraction(str(tolerated_share))
    if not 0 <= share < 1:
        raise ValueError("the tolerated share must be at least 0 and below 1")
    T = N * share.numerator // share.denominator
    random = np.broadcast_to(np.asarray(drawn_at_random, dtype=bool), N.shape)
    above, within = stats.hypergeom.cdf(x, N, T + 1, n), stats.hypergeom.sf(x - 1, N, T, n)
    census, over, under = n == N, x > T, x + (N - n) <= T
    inferred = ~census & ~over & ~under & random & (n > 0)
    outcome = np.select([over, census | under, ~inferred, within <= producer_risk / looks, above <= consumer_risk / looks],
                        ["rescreen", "clear", "not_assessed", "rescreen", "clear"], "extend")
    basis = np.select([census, over | under, n == 0, ~random], ["census", "certain", "no_sample", "not_random"], "sample")
    further = [_further(*row, consumer_risk / looks) if what == "extend" else pd.NA for row, what in zip(zip(N, n, x, T), outcome)]
    return pd.DataFrame({"households": N, "screened": n, "suspects": x, "tolerated": T, "outcome": outcome, "basis": basis,
                         "chance_if_above": np.where(inferred, above, np.nan), "chance_if_within": np.where(inferred, within, np.nan),
                         "further": pd.array(further, dtype="Int64")}, index=index)


def operating_characteristic(households, screened, tolerated_share, *, producer_risk=0.05, consumer_risk=0.10, looks=1):
    """What the decision does to villages of this size, for every number of suspects that the village may really have.

    Returns a DataFrame, one row per true number of suspects 0..households: suspects, share, clear, rescreen, extend (probabilities of the
    first decision). The risks hold: rescreen at `tolerated` and clear above it never exceed what was given.
    """
    x = np.arange(screened + 1)
    k = len(x)
    outcome = decide_all([households] * k, [screened] * k, x, tolerated_share, producer_risk=producer_risk,
                         consumer_risk=consumer_risk, looks=looks)["outcome"].to_numpy()
    true = np.arange(households + 1)
    chances = stats.hypergeom.pmf(x[None, :], households, true[:, None], screened)
    return pd.DataFrame({"suspects": true, "share": true / households, **{what: chances[:, outcome == what].sum(axis=1) for what in ("clear", "rescreen", "extend")}})


def _further(N, n, x, T, risk):
    """The fewest households more, without another suspect, with which the village would be cleared."""
    low, high = n + 1, N
    while low < high:
        middle = (low + high) // 2
        cleared = x + (N - middle) <= T or stats.hypergeom.cdf(x, N, T + 1, middle) <= risk
        low, high = (low, middle) if cleared else (middle + 1, high)
    return int(low - n)
