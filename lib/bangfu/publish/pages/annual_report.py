"""What the notebook `annual_report` shows: the conclusions first, then figures, findings by severity, limits and method."""

from functools import cached_property

import pandas as pd

from bangfu import satisfaction
from bangfu.publish.cards import CardsByRule
from bangfu.publish.figures import wan
from bangfu.publish.judged import shares_confirmed
from bangfu.publish.pages.common import Pages
from bangfu.publish.pages.data_quality import DataQuality
from bangfu.publish.pages.fund_audit import FundAudit
from bangfu.publish.pages.helper_assessment import HelperAssessment
from bangfu.publish.pages.satisfaction import Satisfaction
from bangfu.publish.tables import Figures, Notice, Sentences, Table


class AnnualReport(Pages):
    in_word = True

    @cached_property
    def helpers(self) -> HelperAssessment:
        return HelperAssessment(self.county)

    @cached_property
    def funds(self) -> FundAudit:
        return FundAudit(self.county)

    @cached_property
    def survey(self) -> Satisfaction:
        return Satisfaction(self.county)

    @cached_property
    def quality(self) -> DataQuality:
        return DataQuality(self.county)

    def conclusions(self) -> Sentences:
        """What the audit says, each sentence computed, gravest first."""
        return Sentences([s for s in (self._findings(), self._helpers(), self._exits(), self._money(), self._satisfied(), self._limits()) if s])

    def _findings(self) -> str:
        rows = self.assessment.open
        high, rules = int((rows["severity"] == "high").sum()), rows.loc[rows["severity"] == "high", "rule_id"].nunique()
        return self.say(f"共发现疑点{len(rows):,}个,其中重大疑点{high:,}个,涉及{rules}条规则;均须核实后才能定性。", f"{len(rows):,} findings, {high:,} of them high, by {rules} rules; all of them are to be verified.")

    def _helpers(self) -> str:
        h = self.county.helpers
        first = h[h["role"] == "first"]
        due, made = int(first["visits_due"].sum()), int(first["visits_made"].sum())
        if not due:
            return self.say("没有可评估的第一帮扶责任人入户时段。", "No home visit of a first helper was due.")
        missed, proposed = int((first["visits_missed"] > 0).sum()), int((first["sanction"].notna() & ~first["sanction_in_force"]).sum())
        return self.say(
            f"第一帮扶责任人应入户{due:,}次,记录到位{made:,}次({made / due:.1%});{missed:,}人有缺访,拟作处理{proposed:,}人。",
            f"First helpers owed {due:,} home visits and the record shows {made:,} ({made / due:.1%}); {missed:,} of them missed at least one, sanctions are proposed for {proposed:,}.",
        )

    def _exits(self) -> str:
        exited = int((self.county.tables["households"].drop_duplicates("household_id")["status"] == "已脱贫").sum())
        doubted = self.assessment.open.loc[self.assessment.open["rule_id"].isin(["EX-01", "EX-02"]), "subject"].nunique()
        share = f"{doubted / exited:.2%}" if exited else "–"
        lacking = self.assessment.coverage[self.assessment.coverage["rule_id"].isin(["EX-01", "EX-02"]) & self.assessment.coverage["reason"].notna()]
        if len(lacking):
            zh = ";".join(f"{r.rule_id}未评估:{r.reason}" for r in lacking.itertuples())
            en = "; ".join(f"{r.rule_id} was not assessed: {r.reason_en}" for r in lacking.itertuples())
            found = self.say(f"已评估的部分有{doubted:,}户与退出标准不符({zh})", f"of what was assessed {doubted:,} do not meet the standard ({en})")
            return self.say(f"登记已脱贫{exited:,}户,{found}。", f"{exited:,} households are registered as exited; {found}.")
        return self.say(f"登记已脱贫{exited:,}户,其中{doubted:,}户({share})的收入或保障与退出标准不符。", f"{exited:,} households are registered as exited; for {doubted:,} of them ({share}) income or guarantees do not meet the standard.")

    def _money(self) -> str:
        return self.funds.sentence()

    def _satisfied(self) -> str:
        if not self.survey.assessable:
            return self.say("没有满意度调查,群众满意度未评估。", "There is no survey: satisfaction was not assessed.")
        whole = satisfaction.by_town(self.county.tables).iloc[-1]
        low = self.assessment.open.loc[self.assessment.open["rule_id"] == "SS-01", "subject"].tolist()
        towns = self.say(f";显著低于标准的镇街:{'、'.join(low)}", f"; below the standard: {', '.join(low)}") if low else self.say(";没有镇街显著低于标准", "; no town is significantly below the standard")
        return self.say(f"群众满意率估计为{whole['estimate']:.1%}(95%区间{whole['low']:.1%}至{whole['high']:.1%}){towns}。", f"Households satisfied: {whole['estimate']:.1%} (95% interval {whole['low']:.1%} to {whole['high']:.1%}){towns}.")

    def _limits(self) -> str:
        whole = self.assessment.coverage["reason"].notna().sum()
        rows = int(self.assessment.coverage["unassessed"].sum())
        rejects = len(self.county.intake.rejects)
        zh, en = (f"未评估的规则{whole}条", f"{whole} rules were not assessed") if whole else ("各条规则均已评估", "Every rule was assessed")
        return self.say(f"{zh};另有{rows:,}项次因缺少判断依据未评估,{rejects:,}个单元格未能识别。", f"{en}; {rows:,} items lacked a deciding value, {rejects:,} cells could not be read.")

    def figures(self) -> Figures:
        t = self.county.tables
        at_risk = self.funds.total_at_risk
        boxes = [
            (self.say("建档立卡户", "Households"), f"{t['households']['household_id'].nunique():,}", self.say("户", "")),
            (self.say("家庭成员", "Members"), f"{len(t['members']):,}", self.say("人", "")),
            (self.say("帮扶责任人", "Helpers"), f"{self.county.helpers['helper_id'].nunique():,}", self.say("人", "")),
            (self.say("走访联系记录", "Visits and calls"), f"{len(t['visits']):,}", self.say("条", "")),
        ]
        if at_risk is not None:
            boxes.append((self.say("存疑支出(含到户补助)", "Spending in question, with benefits"), wan(at_risk), self.say("万元", "× 10,000 yuan")))
        return Figures(boxes)

    def graded(self, severity: str, limit: int = 5) -> CardsByRule:
        """The findings of a severity, a card per rule."""
        return CardsByRule(self.masked(self.assessment.open[self.assessment.open["severity"] == severity]), limit=limit, lang=self.lang)

    def judged(self) -> Table | Notice:
        """How often each rule's findings proved true when people looked at them."""
        rows = shares_confirmed(self.county)
        if rows.empty:
            return Notice(self.say("疑点尚未核实,各规则的属实率未知。", "No finding was judged yet: how often rules are right is not known."))
        columns = {
            "rule_id": (self.say("规则", "Rule"), "id"),
            "title": (self.say("名称", "Title"), "text"),
            "judged": (self.say("已判定", "Judged"), "count"),
            "confirmed": (self.say("属实", "Confirmed"), "count"),
            "rejected": (self.say("不属实", "Rejected"), "count"),
            "precision": (self.say("属实率", "Share confirmed"), "id"),
            "interval": (self.say("95%区间", "95% interval"), "id"),
        }
        note = self.say(
            "属实率=属实/(属实+不属实),区间为Clopper-Pearson精确区间,以已判定的疑点为随机样本计;核实有先后选择的,只说明已判定的部分。豁免不计。",
            "Confirmed / (confirmed + rejected), with the exact interval of Clopper and Pearson, as if those judged were drawn at random; where they were chosen, it holds for them alone. Exempt ones do not count.",
        )
        return Table(rows, columns, caption=self.say("各规则疑点的属实率", "How often findings were confirmed, by rule"), note=note, lang=self.lang)

    def inputs(self) -> Table:
        """The raw files by digest: with them, the params and the code named in the record, the run can be made again."""
        rows = pd.DataFrame({"file": list(self.county.inputs), "sha256": [d[:16] for d in self.county.inputs.values()]})
        columns = {"file": (self.say("原始文件", "Raw file"), "text"), "sha256": (self.say("SHA-256前16位", "SHA-256 (first 16)"), "id")}
        note = self.say("用 bangfu verify 可核对报告是否原样、能否重现。", "`bangfu verify` says whether the reports are unchanged and can be made again.")
        return Table(rows, columns, caption=self.say("本次使用的原始文件", "Raw files of this run"), note=note, lang=self.lang)

    def finish(self) -> Table:
        counts = self.assessment.open["severity"].value_counts()
        self.leave("annual_report.json", {"run": self.county.run_id, "findings": {s: int(counts.get(s, 0)) for s in ("high", "medium", "low")}, "conclusions": self.conclusions().sentences})
        rows = pd.DataFrame([(self.say("政策包", "Policy pack"), self.county.settings.pack.title_en if self.lang == "en" else self.county.settings.pack.title), (self.say("运行编号", "Run"), self.county.run_id)], columns=["what", "value"])
        return Table(rows, {"what": ("", "text"), "value": ("", "long")}, lang=self.lang)
