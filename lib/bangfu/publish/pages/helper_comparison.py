"""How much the grades hang on weights, how results compare once households are allowed for, and how grades changed since the years before."""

from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from bangfu import charts
from bangfu.assessment.case_mix import VERDICTS, CaseMix
from bangfu.assessment.household_results import HouseholdResult
from bangfu.assessment.year_on_year import KeptYear, changes, kept_years, of_year, rules_changed, side_by_side, transitions
from bangfu.publish.pages.helper_grades import HelperGrades
from bangfu.publish.tables import Notice, Table
from bangfu.publish.words import word

BY = {"unit": ("单位(第一责任人)", "Units (first helpers)"), "town": ("镇街(第一责任人)", "Towns (first helpers)"), "first": ("第一帮扶责任人", "First helpers"), "second": ("第二帮扶责任人", "Second helpers")}


class HelperComparison(HelperGrades):
    """Displays that say how far grades and figures can be relied on. None of them proposes a sanction."""

    def other_weights_chart(self) -> charts.Chart | Notice:
        """How many grades would change under each other set of weights or cut-offs."""
        if self.county.sensitivity is None:
            return Notice(self.say("评分卡没有 sensitivity 一节,未试算其他权重。", "The scorecard has no `sensitivity`, so no other weights were tried."), "absent")
        s = self.county.sensitivity.scenarios
        drawn = s.assign(scenario=s["scenario_en"] if self.lang == "en" else s["scenario"], other=s["gained"] + s["lost"])
        return charts.grades_under_other_weights(drawn, lang=self.lang)

    def unstable_grades(self) -> Table | Notice:
        """Whose grade hangs on the weights most: the share of random weights that leave it as it is."""
        if self.county.sensitivity is None:
            return Notice(self.say("评分卡没有 sensitivity 一节,未试算其他权重。", "The scorecard has no `sensitivity`, so no other weights were tried."), "absent")
        told = self.county.sensitivity
        graded = told.helpers.dropna(subset="stable")
        rows = graded[(graded["stable"] < 1) | (graded["changed_under"] > 0)].sort_values(["stable", "helper_id", "role"])
        if rows.empty:
            return Notice(self.say("换用其他权重和分数线,没有人的等次会变。", "No grade would change under other weights or cut-offs."))
        rows = rows.assign(role=[self._role(r) for r in rows["role"]], **{c: self._grade(rows[c]) for c in ("grade", "worst", "best")})
        columns = {
            "helper_id": (self.say("帮扶人编号", "Helper"), "id"), "role": (self.say("责任人类别", "Role"), "text"), "grade": (self.say("按得分的等次", "Grade by score"), "text"), "worst": (self.say("最低可能", "Worst"), "text"),
            "best": (self.say("最高可能", "Best"), "text"), "changed_under": (self.say("会变的方案数", "Scenarios that change it"), "count"), "stable": (self.say("随机权重下不变", "Unchanged in draws"), "share"),
        }  # fmt: skip
        steady = (graded["stable"] >= 0.95).mean()
        note = self.say(
            f"随机抽取{told.draws}组权重(种子{told.seed},围绕评分卡的权重),{steady:.0%}的人在其中95%以上的权重下等次不变。等次只按得分,未计比例限制和否决。",
            f"{told.draws} random sets of weights around the card's (seed {told.seed}); {steady:.0%} of helpers keep their grade in 95% of them or more. Grades by score alone, before ceiling and vetoes.",
        )
        return Table(rows, columns, caption=self.say("最依赖权重的等次", "Grades that hang on the weights most") + self._mark, limit=20, note=note, lang=self.lang)

    def comparison_summary(self) -> Table | Notice:
        """Of each result and each kind of subject: how many can be judged, how many lie outside before and after adjustment."""
        if not self.county.compared:
            return Notice(self.say("评分卡没有 comparison 一节,未作比较。", "The scorecard has no `comparison`, so nothing was compared."), "absent")
        rows, absent, lacking = [], {}, {}
        for by, results in self.county.compared.items():
            for c in results:
                if c.absent:
                    absent[c.result.name] = f"{self._label(c.result)}{self.say(':', ': ')}{c.absent.say(self.lang)}"
                    continue
                lacking |= dict.fromkeys(s.say(self.lang) for s in c.not_adjusted_for)
                outside = [int(c.table[p].isin(["above", "below"]).sum()) for p in ("unadjusted_position", "position")]
                counts = c.table["verdict"].value_counts()
                rows.append({"by": self._of(BY[by]), "result": self._label(c.result), "n": len(c.table), "raw": outside[0], "adjusted": outside[1], **{v: int(counts.get(v, 0)) for v in VERDICTS}})
        columns = {
            "by": (self.say("比较对象", "Compared"), "text"), "result": (self.say("结果", "Result"), "text"), "n": (self.say("个数", "Number"), "count"), "raw": (self.say("调整前界外", "Outside as it is"), "count"),
            "adjusted": (self.say("调整后界外", "Outside adjusted"), "count"), **{v: (word("comparison", v, self.lang), "count") for v in VERDICTS},
        }  # fmt: skip
        told = [self.say("界外指超出95%控制限:即使彼此毫无差别,也会有约5%在界外。", "Outside the limits of chance: about 5% would be even if nobody differed.").replace("95%", f"{self.card.comparison.confidence:.0%}")]
        told += [self.say(f"无法调整:{'、'.join(lacking)}。", f"Could not be adjusted for: {', '.join(lacking)}.")] if lacking else []
        told += [self.say(f"未比较:{';'.join(absent.values())}。", f"Not compared: {'; '.join(absent.values())}.")] if absent else []
        return Table(pd.DataFrame(rows, columns=list(columns)), columns, caption=self.say("考虑服务对象差异的比较", "Comparison allowing for households"), note=self.say("", " ").join(told), lang=self.lang)

    def comparison_meaning(self) -> Notice:
        return Notice(
            self.say(
                "各人帮扶的户难易不同。比较时先扣除家庭人口、劳动力、疾病、残疾、类别、起点收入和所在村的影响,调整前的数并列。一人只有几户时,资料通常不足以评价个人,列为资料不足;高于或低于平均只提示先了解原因,不作为处理或扣分的依据。",
                "Households differ in difficulty. Composition, labour, illness, disability, category, starting income and village are allowed for; the figure as it is stands beside. With a few households the data seldom carry a judgement of a person; a verdict asks for the reason and is no ground for a sanction or for points.",
            )
        )

    def comparison_chart(self, by: str = "unit", result: str = "q_helper") -> charts.Chart | Notice:
        """One result as it is and adjusted, of units, towns or helpers."""
        c = self._one(by, result)
        if isinstance(c, Notice):
            return c
        return charts.adjusted_beside_unadjusted(c.table.rename(columns={"subject": "label"}), c.overall, self._label(c.result), lang=self.lang, share=c.result.share)

    def adjusted_funnel(self, by: str = "second", result: str = "q_helper") -> charts.Chart | Notice:
        """The adjusted figures over the number of households they are worth, with the limits of chance."""
        c = self._one(by, result)
        if isinstance(c, Notice) or c.table["adjusted"].isna().all():
            return c if isinstance(c, Notice) else Notice(self.say(f"{self._label(c.result)}:{c.table['reason'].iloc[0]}。", f"{self._label(c.result)}: {c.table['reason_en'].iloc[0]}."), "absent")
        t = c.table.dropna(subset="adjusted")
        confidence = self.card.comparison.confidence
        sizes = np.linspace(max(0.25, 0.9 * t["effective_households"].min()), 1.02 * t["effective_households"].max(), 80)
        half = stats.norm.ppf(0.5 + confidence / 2) * np.sqrt(c.chance / sizes)
        ends = (0.0, 1.0) if c.result.share else (None, None)
        limits = pd.DataFrame({"n": sizes, "low": np.clip(c.overall - half, *ends) if c.result.share else c.overall - half, "high": np.clip(c.overall + half, *ends) if c.result.share else c.overall + half, "level": confidence})
        units = pd.DataFrame({"label": t["subject"], "n": t["effective_households"], "rate": t["adjusted"], "outside": t["position"] != "inside"})
        size = self.say("有效户数(扣除与村和家庭情况分不清的部分)", "households it is worth")
        return charts.funnel_plot(units, limits, c.overall, what=self._label(c.result) + self.say("(调整后)", ", adjusted"), lang=self.lang, share=c.result.share, size=size)

    def judged(self) -> Table | Notice:
        """Everybody who can be told to lie above or below the average, with both figures."""
        parts = [c.table[c.table["verdict"].isin(["above", "below"])].assign(by=self._of(BY[by]), result=self._label(c.result), share=c.result.share) for by, results in self.county.compared.items() for c in results if len(c.table)]
        rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        if rows.empty:
            return Notice(self.say("没有可判为高于或低于平均的单位、镇街或责任人。", "No unit, town or helper can be told to lie above or below the average."))
        for c in ("unadjusted", "adjusted", "estimate", "low", "high"):
            rows[c] = [f"{v:.0%}" if s else f"{v:,.0f}" for v, s in zip(rows[c], rows["share"], strict=True)]
        rows = rows.assign(interval=rows["low"] + "—" + rows["high"], place=rows["rank_low"].astype("Int64").astype("str") + "—" + rows["rank_high"].astype("Int64").astype("str"), said=[word("comparison", v, self.lang) for v in rows["verdict"]])
        columns = {
            "by": (self.say("比较对象", "Compared"), "text"), "subject": (self.say("名称", "Name"), "text"), "result": (self.say("结果", "Result"), "text"), "households": (self.say("户数", "Households"), "count"),
            "unadjusted": (self.say("调整前", "As it is"), "id"), "adjusted": (self.say("调整后", "Adjusted"), "id"), "estimate": (self.say("收缩估计", "Shrunken"), "id"), "interval": (self.say("区间", "Interval"), "id"),
            "reliability": (self.say("可靠性", "Reliability"), "share"), "place": (self.say("名次区间", "Rank"), "id"), "said": (self.say("判断", "Verdict"), "text"),
        }  # fmt: skip
        return Table(rows, columns, caption=self.say("可判为高于或低于平均的", "Above or below the average"), limit=30, note=self.say("名次1为最高。不作为处理依据。", "Rank 1 is the highest. No ground for a sanction."), lang=self.lang)

    def _label(self, result: HouseholdResult) -> str:
        return result.label.say(self.lang)

    def _one(self, by: str, name: str) -> CaseMix | Notice:
        c = next((c for c in self.county.compared.get(by, []) if c.result.name == name), None)
        if c is None or c.absent:
            why = c.absent.say(self.lang) if c else self.say("评分卡没有 comparison 一节", "the scorecard has no `comparison`")
            return Notice(self.say(f"{c and self._label(c.result) or ''}未作比较:{why}。", f"{c and self._label(c.result) or ''} not compared: {why}."), "absent")
        if c.table.empty:
            return Notice(self.say(f"{self._label(c.result)}未作比较:本年没有{self._of(BY[by])}。", f"{self._label(c.result)} not compared: nothing to compare by {self._of(BY[by])} in the year."), "absent")
        return c

    @cached_property
    def _years(self) -> list[KeptYear]:
        county = self.county
        before = kept_years(county.folder) if county.folder else []
        return [*before, of_year(county.year, county.helpers, county.points, county.findings, county.judged_by)]

    def years_compared(self) -> Notice:
        """Which years there are, and whether they were judged by the same rules."""
        if len(self._years) < 2:
            return Notice(self.say("报告文件夹中没有往年的考核结果,不作年度对照。", "The reports folder holds no assessment of an earlier year, so years are not compared."), "absent")
        told = rules_changed(*self._years[-2:])
        years = self.say("、", ", ").join(str(y.year) for y in self._years)
        said = self.say("", " ").join(s.say(self.lang) for s in told) or self.say("两年的评分卡、政策包和规则标准相同。", "Scorecard, policy pack and rules are the same in both years.")
        return Notice(self.say(f"有考核结果的年度:{years}。{said}", f"Years with an assessment: {years}. {said}"), "grave" if told else "plain")

    def grades_by_year(self) -> charts.Chart | Notice:
        if len(self._years) < 2:
            return Notice(self.say("只有一个年度。", "There is one year only."), "absent")
        counts = transitions(self._changes, self._grade_names)
        counts = counts.rename(index=lambda g: word("grade", g, self.lang), columns=lambda g: word("grade", g, self.lang))
        return charts.grades_from_year_to_year(counts, (self._years[-2].year, self._years[-1].year), lang=self.lang)

    def changed_since(self) -> Table | Notice:
        """Whose grade is another than in the year before, and what changed behind it."""
        if len(self._years) < 2:
            return Notice(self.say("只有一个年度。", "There is one year only."), "absent")
        rows = self._changes[self._changes["change"].isin(["down", "up", "no_longer_graded", "newly_graded"])]
        came, left = ((self._changes["change"] == c).sum() for c in ("came", "left"))
        note = self.say(f"另有新任{came}人次、离任{left}人次(按责任人类别计)。", f"Besides, {came} came and {left} left (by role).")
        note += "" if self._changes["comparable"].all() else self.say("两年标准不同或没有记录,变化可能来自标准而非本人。", " Judged by other or unrecorded rules: a change may come from them.")
        if rows.empty:
            return Notice(self.say("没有人的等次与上年不同。", "No grade is another than the year before.") + note)
        rows = rows.assign(role=[self._role(r) for r in rows["role"]], said=rows["why_en" if self.lang == "en" else "why"], **{c: self._grade(rows[c]) for c in ("grade_before", "grade")})
        columns = {
            "helper_id": (self.say("帮扶人编号", "Helper"), "id"), "role": (self.say("责任人类别", "Role"), "text"), "unit": (self.say("单位", "Unit"), "text"), "grade_before": (str(self._years[-2].year), "text"),
            "score_before": (self.say("得分", "Score"), "number"), "grade": (str(self._years[-1].year), "text"), "score": (self.say("得分", "Score"), "number"), "said": (self.say("变化及原因", "What changed"), "long"),
        }  # fmt: skip
        return Table(rows, columns, caption=self.say("与上年不同的等次", "Grades that changed since the year before") + self._mark, limit=30, note=note, lang=self.lang)

    def years_side_by_side(self) -> Table | Notice:
        """Grade and score of every year of whoever's grade was not the same in all of them, where there are more than the two compared above."""
        if len(self._years) < 3:
            return Notice(self.say("有考核结果的不足三年,不另列各年等次。", "There are fewer than three years with an assessment, so years are not listed side by side."), "absent")
        grades = [f"grade_{y.year}" for y in self._years]
        rows = side_by_side(self._years)
        rows = rows[rows[grades].nunique(axis=1, dropna=False) > 1]
        rows = rows.assign(role=[self._role(r) for r in rows["role"]], **{g: self._grade(rows[g]) for g in grades})
        columns = {"helper_id": (self.say("帮扶人编号", "Helper"), "id"), "role": (self.say("责任人类别", "Role"), "text"), "unit": (self.say("单位", "Unit"), "text")}
        for y in self._years:
            columns |= {f"grade_{y.year}": (str(y.year), "text"), f"score_{y.year}": (self.say("得分", "Score"), "number")}
        note = self.say("空白是该年没有考核。各年标准不同的,等次不可直接比较。", "Blank: no assessment in that year. Where rules differ between years, grades cannot be compared as they stand.")
        return Table(rows, columns, caption=self.say("各年等次并列(有变化的)", "Grades of all years side by side (where they differ)") + self._mark, limit=30, note=note, lang=self.lang)

    @property
    def _grade_names(self) -> list[str]:
        return [g.grade for g in self.card.grades]

    @cached_property
    def _changes(self) -> pd.DataFrame:
        return changes(self._years[-2:], self._grade_names)
