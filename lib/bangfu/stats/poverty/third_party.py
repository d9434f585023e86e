"""The measures of the third-party review, each beside its official threshold and with its interval."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bangfu.stats.paper import Both, Paper, WorkingPaper, percent
from bangfu.stats.proportion_interval import clopper_pearson

NAMES = {"composite_poverty_rate": Both("综合贫困发生率", "Composite poverty rate"), "wrong_exit_rate": Both("错退率", "Wrong-exit rate"),
         "missed_rate": Both("漏评率", "Missed rate"), "approval": Both("群众认可度", "Approval")}
VERDICTS = {"met": Both("达标", "met"), "not_met": Both("未达标", "not met"), "met_unsure": Both("点估计达标,但抽样误差内不能确定", "met by the estimate, but not surely"),
            "not_met_unsure": Both("点估计未达标,但抽样误差内不能确定", "not met by the estimate, but not surely"), "not_assessed": Both("没有资料,不能判定", "not assessed, no data")}


@dataclass(frozen=True)
class Measure(WorkingPaper):
    """One measure: estimate, interval, threshold and what follows; made by the functions of this module."""

    code: str
    estimate: float
    lower: float
    upper: float
    threshold: float
    at_least: bool  # True: the estimate must reach the threshold; False: it must stay below it
    met: bool | None  # by the estimate, as the official rule has it; None without data
    sure: bool  # the whole interval lies on the same side
    confidence: float
    inputs: tuple

    @property
    def verdict(self):
        """"met", "not_met", the same with "_unsure" where the interval holds the threshold, or "not_assessed"."""
        if self.met is None:
            return "not_assessed"
        return ("met" if self.met else "not_met") + ("" if self.sure else "_unsure")

    def _paper(self):
        sign = "≥" if self.at_least else "<"
        said = VERDICTS[self.verdict]
        return Paper(
            title=NAMES[self.code],
            asked=Both(f"{NAMES[self.code].zh}是否达到官方标准({sign}{percent(self.threshold)})", f"Does it keep the official threshold ({sign}{percent(self.threshold)})"),
            method=Both("样本比率,Clopper-Pearson 精确区间" + (";合成按 MOVER" if self.code == "composite_poverty_rate" else ""),
                        "Sample share, exact interval (Clopper-Pearson)" + ("; combined by MOVER" if self.code == "composite_poverty_rate" else "")),
            source="Clopper and Pearson (1934), Biometrika 26" + ("; Zou and Donner (2008), Statistics in Medicine 27" if self.code == "composite_poverty_rate" else ""),
            inputs=list(self.inputs),
            result=[(Both("估计值", "estimate"), percent(self.estimate)), (Both(f"{percent(self.confidence, 0)}区间", f"{percent(self.confidence, 0)} interval"),
                     f"{percent(self.lower)} – {percent(self.upper)}"), (Both("标准", "threshold"), f"{sign}{percent(self.threshold)}"), (Both("结论", "verdict"), said)],
            meaning=Both("没有调查资料,不能判定,也不等于达标。", "No data, so nothing can be said; that is not the same as met.") if self.met is None else
            Both(f"{NAMES[self.code].zh}估计为{percent(self.estimate)},真实值大致在{percent(self.lower)}到{percent(self.upper)}之间:{said.zh}。",
                 f"Estimated at {percent(self.estimate)}, the true value lies about between {percent(self.lower)} and {percent(self.upper)}: {said.en}."),
        )


def wrong_exit_rate(wrong_exits, exited, threshold, *, deff=1.0, census=False, confidence=0.95):
    """The share of wrong exits among the exited persons looked at, beside the official threshold, below which it must stay.

    Estimate wrong_exits / exited, exact interval on the effective sample exited / deff (`deff`: design effect, 1 or more, where whole villages
    were drawn). census: all were looked at, so that the interval is the estimate itself. threshold: a share, from the rule's settings.
    Without anybody looked at the measure is not assessed. Returns a Measure.
    Source: 国开办发〔2017〕56号; Clopper and Pearson (1934), Biometrika 26, 404-413.
    """
    return _share("wrong_exit_rate", wrong_exits, exited, threshold, False, deff, census, confidence, Both("错退人数", "wrong exits"), Both("抽查脱贫人数", "exited persons looked at"))


def missed_rate(missed, unregistered, threshold, *, deff=1.0, census=False, confidence=0.95):
    """The share of missed poor among the non-registered persons looked at; as `wrong_exit_rate`."""
    return _share("missed_rate", missed, unregistered, threshold, False, deff, census, confidence, Both("漏评人数", "missed"), Both("抽查非建档人数", "non-registered persons looked at"))


def approval(approving, surveyed, threshold, *, deff=1.0, census=False, confidence=0.95):
    """The share of approving households among those surveyed, which must reach the official threshold; as `wrong_exit_rate`."""
    return _share("approval", approving, surveyed, threshold, True, deff, census, confidence, Both("认可户数", "approving"), Both("调查户数", "surveyed"))


def composite_poverty_rate(remaining_poor, wrong_exits, missed, rural_population, threshold, *, confidence=0.95):
    """The remaining poor, the wrong exits and the missed together as a share of the rural population, below the official threshold or not.

    estimate = (remaining + e p + u q) / population: remaining poor as registered, p the share of wrong exits found in a sample,
    raised to all e exited persons, q the share of missed raised to all u non-registered persons. Interval: the distances of the exact
    limits of p and q are combined as root of the sum of their squares (MOVER), so that it holds with nothing found too.

    remaining_poor, rural_population: persons. wrong_exits: (found, looked at, all exited), missed: (found, looked at, all non-registered);
    where all were looked at nothing is raised. threshold: a share. Returns a Measure; not assessed if a sample is empty while there is
    somebody to be looked at. Raises ValueError if counts contradict each other.
    Source: 国开办发〔2017〕56号 (the measure); Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (the interval).
    """
    if not rural_population > 0 or remaining_poor < 0:
        raise ValueError("the rural population must be positive and the remaining poor not negative")
    inputs = [(Both("剩余贫困人口", "remaining poor"), remaining_poor), (Both("乡村人口", "rural population"), rural_population)]
    estimate, below, above, known = Fraction(int(remaining_poor)), 0.0, 0.0, True
    for (found, looked_at, whole), name in ((wrong_exits, Both("错退(查出/抽查/总数)", "wrong exits (found/looked at/all)")),
                                            (missed, Both("漏评(查出/抽查/总数)", "missed (found/looked at/all)"))):
        if not 0 <= found <= looked_at <= whole:
            raise ValueError("found must not exceed the looked at, nor these all of them")
        inputs.append((name, f"{found:,} / {looked_at:,} / {whole:,}"))
        known = known and (looked_at > 0 or whole == 0)
        if looked_at:
            estimate += Fraction(int(found), int(looked_at)) * int(whole)
            if looked_at < whole:
                low, high = clopper_pearson(found, looked_at, confidence)
                below += (whole * (found / looked_at - low)) ** 2
                above += (whole * (high - found / looked_at)) ** 2
    share = estimate / int(rural_population)
    centre = float(share)
    limits = max(centre - np.sqrt(below) / rural_population, 0.0), min(centre + np.sqrt(above) / rural_population, 1.0)
    return _held("composite_poverty_rate", share if known else None, limits, threshold, False, confidence, inputs)


def _share(code, count, n, threshold, at_least, deff, census, confidence, counted, of):
    if not 0 <= count <= n or deff < 1:
        raise ValueError("the count must lie between 0 and the number looked at, and the design effect be 1 or more")
    inputs = [(counted, count), (of, n), (Both("设计效应", "design effect"), deff)]
    if n == 0:
        return _held(code, None, (np.nan, np.nan), threshold, at_least, confidence, inputs)
    limits = (count / n, count / n) if census else clopper_pearson(count / deff, n / deff, confidence)
    return _held(code, Fraction(int(count), int(n)), limits, threshold, at_least, confidence, inputs)


def _held(code, share, limits, threshold, at_least, confidence, inputs):
    if share is None:
        return Measure(code, np.nan, np.nan, np.nan, float(threshold), at_least, None, False, confidence, tuple(inputs))
    exact = Fraction(str(threshold))
    met = share >= exact if at_least else share < exact
    low, high = map(float, limits)
    sure = (low >= threshold if met else high < threshold) if at_least else (high < threshold if met else low >= threshold)
    return Measure(code, float(share), low, high, float(threshold), at_least, met, bool(sure or low == high), confidence, tuple(inputs))
