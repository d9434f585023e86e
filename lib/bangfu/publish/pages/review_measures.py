"""What the notebook `satisfaction` says beyond satisfaction: the measures of the third-party review, and whether pairing raised incomes."""

import pandas as pd

from bangfu import pairing_effect, third_party
from bangfu.audit import Outcome
from bangfu.problems import Sentence
from bangfu.publish.pages.common import Pages
from bangfu.publish.tables import Notice, Sentences, Table
from bangfu.stats.impact.assumptions import ASSUMED, FEW_CLUSTERS, meaning
from bangfu.stats.poverty.third_party import NAMES, VERDICTS


class ReviewMeasures(Pages):
    """Sections that a page about households inherits."""

    def third_party(self) -> Table | Notice:
        """Each measure beside its official threshold, with its interval."""
        standards = self.county.settings.pack.third_party
        if standards is None:
            return Notice(self.say("政策包没有给出第三方评估的标准,未评估。", "The policy pack gives no standards of the third-party review: not assessed."), "absent")
        rows = [
            {
                "measure": NAMES[m.code].say(self.lang), "threshold": ("≥" if m.at_least else "<") + f"{m.threshold:.0%}",
                "estimate": m.estimate, "low": m.lower, "high": m.upper, "verdict": VERDICTS[m.verdict].say(self.lang),
            }
            for m in third_party.measures(self.county.tables, self._wrong_exits, standards)
        ]  # fmt: skip
        columns = {
            "measure": (self.say("指标", "Measure"), "text"), "threshold": (self.say("官方标准", "Threshold"), "text"), "estimate": (self.say("估计", "Estimate"), "share"),
            "low": (self.say("区间下限", "Lower"), "share"), "high": (self.say("区间上限", "Upper"), "share"), "verdict": (self.say("结论", "Verdict"), "long"),
        }  # fmt: skip
        unjudged = sum(o.found.unassessed for o in self._exit_rules if o.found)
        note = self.say(
            f"标准出自{standards.basis.zh}。错退率按规则EX-01、EX-02对全部已脱贫人口的核对结果计算,是资料中的疑点,不是入户抽查的结果,没有抽样误差;两条规则共有{unjudged}户次缺少判断依据,未计为错退。漏评率要抽查未建档的户才能算,县里没有交来,因此漏评率和综合贫困发生率未评估,不等于达标。",
            f"Thresholds: {standards.basis.en}. The wrong-exit rate counts what rules EX-01 and EX-02 doubt among all exited persons: doubts in the records, not found by visits, and without sampling error; {unjudged} times a household lacked what a rule needs and was not counted. The missed rate takes a sample of households that were not registered, which was not handed over; it and the composite rate are not assessed, which does not mean that they are met.",
        )
        return Table(pd.DataFrame(rows), columns, caption=self.say("第三方评估指标与官方标准", "Measures of the third-party review and their thresholds"), note=note, lang=self.lang)

    @property
    def _wrong_exits(self) -> set[str] | None:
        """The households whose exit is doubted; None unless both rules were applied."""
        if len(self._exit_rules) < len(third_party.WRONG_EXIT_RULES) or any(o.found is None for o in self._exit_rules):
            return None
        return {subject for o in self._exit_rules for subject in o.found.rows["subject"]}

    @property
    def _exit_rules(self) -> list[Outcome]:
        return [o for o in self.county.outcomes("exit") if o.in_force.rule.id in third_party.WRONG_EXIT_RULES]

    def pairing_effect(self) -> Table | Notice:
        """Did pairing raise incomes: the average effect and the effect by year since pairing began, or why it is not assessed."""
        found = pairing_effect.effect(self.county.tables, self.county.year)
        if isinstance(found, Sentence):
            return Notice(self.say(f"结对是否提高了收入:未评估。{found.zh}。", f"Whether pairing raised incomes: not assessed; {found.en}."), "absent")
        whole, study = found.simple(), found.event_study().table
        rows = pd.DataFrame({"when": [self.say(f"结对后第{e}年" if e >= 0 else f"结对前{-e}年", f"year {e:+d}") for e in study.index], "effect": study["att"].to_numpy(), "low": study["lower"].to_numpy(), "high": study["upper"].to_numpy()})
        average = pd.DataFrame({"when": [self.say("平均", "on average")], "effect": [whole.att], "low": [whole.lower], "high": [whole.upper]})
        columns = {"when": (self.say("时间", "When"), "text"), "effect": (self.say("人均纯收入变化(元)", "Change of net income per head (yuan)"), "number"), "low": (self.say("区间下限", "Lower"), "number"), "high": (self.say("区间上限", "Upper"), "number")}
        villages = len(set(found.clusters))
        few = self.say(f"只有{villages}个村,区间可能偏窄。", f"With only {villages} villages the intervals may be too short.") if villages < FEW_CLUSTERS else ""
        note = meaning(whole.att, whole.lower, whole.upper).say(self.lang) + few
        return Table(pd.concat([average, rows], ignore_index=True), columns, caption=self.say("结对对人均纯收入的影响", "Effect of pairing on net income per head"), note=note, lang=self.lang)

    def pairing_assumptions(self) -> Sentences:
        """What such a comparison takes for granted."""
        return Sentences([assumed.say(self.lang) for assumed in ASSUMED])
