"""What the notebook `satisfaction` shows: estimates by town, items, who was asked, how interviewers worked, the review's measures."""

from functools import cached_property

from bangfu import charts, satisfaction
from bangfu.publish.pages.review_measures import ReviewMeasures
from bangfu.publish.tables import Figures, Notice, Table


class Satisfaction(ReviewMeasures):
    topics = ("satisfaction",)

    @cached_property
    def assessable(self) -> bool:
        return "survey" in self.county.tables and len(satisfaction.sample(self.county.tables)) > 0

    @property
    def _standard(self) -> float:
        rules = self.county.settings.pack.rules
        return float(rules["SS-01"].settings(self.county.year)["satisfied_share"]) if "SS-01" in rules else float("nan")

    def _absent(self) -> Notice:
        return Notice(self.say("没有满意度调查表,本项未评估。", "There is no satisfaction survey: not assessed."), "absent")

    def conclusion(self) -> Figures | Notice:
        if not self.assessable:
            return self._absent()
        whole = satisfaction.by_town(self.county.tables).iloc[-1]
        return Figures(
            [
                (self.say("全县满意率(估计)", "Satisfied (estimate)"), f"{whole['estimate']:.1%}", ""),
                (self.say("95%区间", "95% interval"), f"{whole['low'] * 100:.1f}–{whole['high']:.1%}", ""),
                (self.say("受访户", "Interviews"), f"{whole['n']:,}", self.say("户", "")),
                (self.say("抽中的村", "Villages drawn"), f"{whole['clusters']:,}", self.say("个", "")),
                (self.say("标准", "Standard"), f"{self._standard:.0%}", ""),
            ]
        )

    def meaning(self) -> Notice:
        return Notice(
            self.say(
                "满意率是按抽样设计(镇街分层、抽村、抽户)推算到全体建档立卡户的估计值;区间表示抽样带来的不确定,若反复抽样,约95%的区间会包含真实值。区间跨过标准线,只能说“不能断定低于标准”。",
                "The share is an estimate for all registered households, by the design of the sample (towns, villages, households). The interval is the uncertainty of sampling: of repeated samples some 95% would give intervals that hold the true value. Where the interval holds the standard, the town cannot be said to miss it.",
            )
        )

    def towns_chart(self) -> charts.Chart | Notice:
        if not self.assessable:
            return self._absent()
        rows = satisfaction.by_town(self.county.tables).iloc[:-1]
        flagged = set(self.assessment.open.loc[self.assessment.open["rule_id"] == "SS-01", "subject"])
        return charts.interval_plot(rows.assign(flagged=rows["label"].isin(flagged)), threshold=self._standard, lang=self.lang)

    def towns(self) -> Table | Notice:
        if not self.assessable:
            return self._absent()
        rows = satisfaction.by_town(self.county.tables)
        rows["label"] = rows["label"].replace("all", self.say("全县", "County"))
        columns = {
            "label": (self.say("镇街", "Town"), "text"), "estimate": (self.say("满意率", "Satisfied"), "share"), "low": (self.say("区间下限", "Lower"), "share"), "high": (self.say("区间上限", "Upper"), "share"),
            "n": (self.say("受访户", "Interviews"), "count"), "clusters": (self.say("村数", "Villages"), "count"), "deff": (self.say("设计效应", "Design effect"), "number"),
        }  # fmt: skip
        note = self.say(
            "区间和设计效应按各镇街自己的样本计算(Korn-Graubard区间,含有限总体校正);规则SS-01的检验用各镇街合并的设计效应且不作这一校正,因此其有效样本和设计效应与本表不同。",
            "Intervals and design effects are of each town's own sample (Korn-Graubard, with finite-population correction); the test of rule SS-01 pools the design effect over the towns without that correction, so that its effective sample and design effect differ from this table.",
        )
        return Table(rows, columns, caption=self.say("各镇街满意率及95%区间", "Satisfied by town, with 95% intervals"), note=note, lang=self.lang)

    def items_chart(self) -> charts.Chart | Notice:
        return charts.likert_bars(satisfaction.answers(self.county.tables), lang=self.lang) if self.assessable else self._absent()

    def who_was_asked(self) -> Table | Notice:
        if not self.assessable:
            return self._absent()
        columns = {
            "town": (self.say("镇街", "Town"), "text"), "households": (self.say("建档立卡户", "Registered"), "count"), "asked": (self.say("受访户", "Asked"), "count"), "share": (self.say("受访比例", "Share asked"), "share"),
            "villages": (self.say("有建档立卡户的村", "Villages"), "count"), "villages_drawn": (self.say("抽中的村", "Villages drawn"), "count"),
        }  # fmt: skip
        return Table(satisfaction.who_was_asked(self.county.tables), columns, total=["households", "asked", "villages", "villages_drawn"], caption=self.say("各镇街受访情况", "Households asked, by town"), lang=self.lang)

    def representation(self) -> Table | Notice:
        if not self.assessable or "category" not in self.county.tables["households"]:
            return self._absent()
        columns = {"kind": (self.say("贫困户属性", "Kind of household"), "text"), "registered": (self.say("建档立卡户中", "Among registered"), "share"), "asked": (self.say("受访户中", "Among asked"), "share"), "weighted": (self.say("加权后", "Weighted"), "share")}
        return Table(satisfaction.representation(self.county.tables), columns, caption=self.say("样本与总体的构成", "Composition of the sample and of the whole"), lang=self.lang)

    def interviewers(self) -> Table | Notice:
        if not self.assessable:
            return self._absent()
        columns = {
            "interviewer": (self.say("调查员", "Interviewer"), "id"), "interviews": (self.say("份数", "Interviews"), "count"), "median_minutes": (self.say("时长中位数(分)", "Median minutes"), "number"),
            "straight_lined": (self.say("五项全同", "All five alike"), "share"), "satisfied": (self.say("满意比例(未加权)", "Satisfied (unweighted)"), "share"),
        }  # fmt: skip
        return Table(satisfaction.interviewers(self.county.tables), columns, caption=self.say("各调查员的访谈情况", "Interviews by interviewer"), lang=self.lang)

    def knows_helper(self) -> Notice:
        if not self.assessable or "knows_helper" not in self.county.tables["survey"]:
            return self._absent()
        whole = satisfaction.by_town(self.county.tables, "knows_helper").iloc[-1]
        return Notice(self.say(f"知道自己帮扶责任人的户占{whole['estimate']:.1%}(95%区间{whole['low']:.1%}至{whole['high']:.1%})。", f"{whole['estimate']:.1%} of the households know their helper (95% interval {whole['low']:.1%} to {whole['high']:.1%})."))

    def finish(self) -> Notice:
        empty = satisfaction.by_town(self.county.tables) if self.assessable else None
        self.leave("satisfaction.json", {"assessed": self.assessable, "towns": [] if empty is None else empty.to_dict("records")})
        return Notice(self.say("各镇街估计值另存于 satisfaction.json,可供复算核对。", "The estimates by town are kept in satisfaction.json as well, for checking."))
