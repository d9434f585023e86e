"""What the notebook `fund_audit` shows: the reconciliation, the money in question each fen once, and the findings about money."""

from __future__ import annotations

from datetime import date

import pandas as pd

from bangfu import calendar, charts
from bangfu.funds.at_risk import METHOD, MoneyAtRisk
from bangfu.funds.audited import TOPICS
from bangfu.funds.reconciliation import Reconciliation
from bangfu.publish.figures import wan, yuan
from bangfu.publish.pages.common import Pages
from bangfu.publish.tables import Figures, Notice, Table
from bangfu.stats import digits

class FundAudit(Pages):
    topics = TOPICS

    @property
    def risk(self) -> MoneyAtRisk:
        """Money in question by the findings that count."""
        return self.county.money.risk

    @property
    def balance(self) -> Reconciliation:
        return self.county.money.balance

    @property
    def total_at_risk(self) -> int | None:
        """Fen of money spent that is in question, each fen once; None where no rule about money could be applied."""
        return self.risk.total("spent") if self.assessment.coverage["reason"].isna().any() else None

    def _risk_absent(self) -> Notice | None:
        """Not assessed is not clean: without rules no amount, not a nought, is shown."""
        if self.total_at_risk is not None:
            return None
        return Notice(self.say("资金规则均因缺少表或列未评估,存疑金额未知。", "No rule about money could be applied for want of tables or columns: the money in question is unknown."), "absent")

    def _in_question(self) -> str:
        """The money in question in words, with how many rules about money were not applied."""
        if self.total_at_risk is None:
            return self.say("资金规则均未评估,存疑支出未知", "no rule about money was applied, spending in question is unknown")
        lacking = int(self.assessment.coverage["reason"].notna().sum())
        rest = self.say(f"(有{lacking}条资金规则未评估)", f" ({lacking} rules about money were not applied)") if lacking else ""
        return self.say(f"存疑支出{wan(self.total_at_risk)}万元{rest}", f"{wan(self.total_at_risk)} × 10,000 yuan of spending are in question{rest}")

    def _absent(self) -> Notice | None:
        reason = self.balance.reason
        return Notice(self.say(f"资金核对未评估:{reason.zh}。", f"No reconciliation: {reason.en}."), "absent") if reason else None

    def sentence(self) -> str:
        """The audit of the money in one sentence."""
        if self.balance.reason:
            return self.say(f"{self._in_question()};资金核对未评估:{self.balance.reason.zh}。", f"{self._in_question()[0].upper()}{self._in_question()[1:]}; no reconciliation: {self.balance.reason.en}.")
        t = self.balance.total
        closes = self.say("核对到分无差额", "it closes to the fen") if self.balance.closes else self.say("核对有差额,见资金核对表", "there are differences, shown line by line")
        over = self.say(f"(其中{yuan(t['overspent'])}元超过到账,占用其他款项)", f" ({yuan(t['overspent'])} yuan of the spending went beyond receipts)") if t["overspent"] else ""
        return self.say(
            f"账面到账{wan(t['received'])}万元,无疑点支出{wan(t['spent'])}万元,存疑支出{wan(t['in_question'])}万元{over},结余{wan(t['left'])}万元,{closes}。",
            f"{wan(t['received'])} × 10,000 yuan were received: {wan(t['spent'])} spent without objection, {wan(t['in_question'])} in question{over}, {wan(t['left'])} left; {closes}.",
        )

    def conclusion(self) -> Figures | Notice:
        absent = self._absent()
        if absent:
            return absent
        t, unit = self.balance.total, self.say("万元", "× 10,000 yuan")
        question = self.say("存疑支出", "In question")
        return Figures(
            [
                (self.say("指标下达", "Issued"), wan(t["issued"]), unit),
                (self.say("账面到账", "Received"), wan(t["received"]), unit),
                (self.say("无疑点支出", "Spent without objection"), wan(t["spent"]), unit),
                (question, wan(t["in_question"]), unit),
                (self.say("结余", "Left"), wan(t["left"]), unit),
            ],
            grave=[question] if t["in_question"] else [],
        )

    def reconciliation_chart(self) -> charts.Chart | Notice:
        absent = self._absent()
        if absent:
            return absent
        rows = self.balance.waterfall
        return charts.reconciliation(rows.assign(label=rows["label_en"] if self.lang == "en" else rows["label"]), lang=self.lang)

    def reconciliation(self) -> Table | None:
        """The statement, line by line."""
        if self.balance.reason:
            return None  # said once, in the place of the chart
        rows = self.balance.lines
        rows = rows.assign(label=rows["label_en"] if self.lang == "en" else rows["label"], mark=rows["sign"].map({1: "+", -1: "−"}).fillna("=").where(rows["amount"].notna(), ""))
        columns = {"mark": ("", "id"), "label": (self.say("项目", "Line"), "long"), "amount": (self.say("金额(元)", "Amount (yuan)"), "yuan")}
        note = self.say("金额精确到分;差额单列,不作调节。", "Exact to the fen; differences stand in lines of their own.")
        if self.balance.unreadable:
            note += self.say(f"有{self.balance.unreadable}行流水的金额或方向读不出,不在任何合计中。", f" {self.balance.unreadable} ledger rows have no readable amount or direction and stand in no sum.")
        return Table(rows, columns, caption=self.say("资金核对表", "Reconciliation"), note=note, lang=self.lang)

    def by_fund(self) -> Table | None:
        if self.balance.reason:
            return None  # said once, in the place of the chart
        rows = self.balance.funds
        rows = rows.assign(fund_id=rows["fund_id"].fillna(self.say("(无指标编号)", "(no fund id)")))
        columns = {"fund_id": (self.say("指标", "Fund"), "id"), "purpose": (self.say("专项用途", "Purpose"), "text")} | {
            name: (self.say(zh, en), "wan")
            for name, zh, en in [
                ("issued", "下达", "Issued"), ("received", "账面到账", "Received"), ("moved_in", "调入", "Moved in"), ("spent", "无疑点支出", "Spent"),
                ("in_question", "存疑支出", "In question"), ("passed_on", "转出", "Passed on"), ("left", "结余", "Left"), ("overspent", "超支", "Overspent"), ("unmatched", "表账不符", "Table − ledger"),
            ]
        }  # fmt: skip
        money = [c for c in columns if c not in ("fund_id", "purpose")]
        return Table(rows, columns, total=money, limit=80, caption=self.say("各项指标(万元)", "By fund (10,000 yuan)"), lang=self.lang)

    def accounts(self) -> Table | None:
        if self.balance.reason:
            return None  # said once, in the place of the chart
        rows = self.balance.accounts
        rows = self.masked_frame(rows, {"account_no": "account"})
        rows = rows.assign(account_name=rows["account_name"].map(self.masker.text, na_action="ignore")) if self.masker else rows
        columns = {
            "account_no": (self.say("账号", "Account"), "id"), "account_name": (self.say("户名", "Name"), "text"), "account_kind": (self.say("性质", "Kind"), "text"), "opening": (self.say("期初", "Opening"), "yuan"),
            "inflow": (self.say("收入", "In"), "yuan"), "outflow": (self.say("支出", "Out"), "yuan"), "closing": (self.say("期末(银行)", "Closing (bank)"), "yuan"), "difference": (self.say("差额", "Difference"), "yuan"),
        }  # fmt: skip
        return Table(rows, columns, limit=40, caption=self.say("账户余额核对", "Accounts"), lang=self.lang)

    def not_reconciled(self) -> Table | Notice:
        """Benefits paid to households, which have no counterpart in the accounts of the ledger."""
        rows = self.balance.not_reconciled
        if rows.empty:
            return Notice(self.say("没有到户补助表,这一项未核对。", "There is no table of benefits: nothing to reconcile."), "absent")
        columns = {
            "programme": (self.say("补助项目", "Programme"), "text"), "benefits": (self.say("笔数", "Payments"), "count"), "amount": (self.say("发放金额(元)", "Paid (yuan)"), "yuan"),
            "in_ledger": (self.say("流水中有对应(元)", "In the ledger (yuan)"), "yuan"), "not_reconciled": (self.say("未核对(元)", "Not reconciled (yuan)"), "yuan"),
        }  # fmt: skip
        note = self.say("到户补助由流水之外的账户发放的,没有对方记录,不能视为已核对。", "Benefits paid from accounts outside the ledger have no counterpart and are not reconciled.")
        return Table(rows, columns, total=["benefits", "amount", "in_ledger", "not_reconciled"], caption=self.say("未能核对:到户补助", "Not reconciled: benefits"), note=note, lang=self.lang)

    def at_risk_method(self) -> Notice:
        return self._risk_absent() or Notice(self.say(*METHOD))

    def at_risk_kinds(self) -> Table | None:
        if self.total_at_risk is None:
            return None  # said in the place of the method
        rows = self.risk.kinds()
        rows = rows.assign(label=rows["label_en"] if self.lang == "en" else rows["label"])
        return Table(rows, {"label": (self.say("性质", "Kind"), "text"), "amount": (self.say("金额(元)", "Amount (yuan)"), "yuan")}, caption=self.say("按性质(不得相加)", "By kind (not to be added)"), lang=self.lang)

    def at_risk_chart(self, by: str) -> charts.Chart | None:
        """Money spent that is in question, by offence, town or fund."""
        if self.total_at_risk is None:
            return None
        column = {"fund": "fund_id", "offence": "offence_en" if self.lang == "en" else "offence"}.get(by, by)
        rows = self.risk.by(column)
        rows = rows.assign(label=rows["label"].fillna(self.say("(未注明)", "(not stated)")))
        return charts.money_at_risk(rows, by=by, lang=self.lang, total=self.total_at_risk)

    def spending_chart(self) -> charts.Chart | Notice:
        t = self.county.tables
        if "ledger" not in t:
            return Notice(self.say("没有账户流水表,本项未评估。", "There is no ledger: not assessed."), "absent")
        out = t["ledger"][(t["ledger"]["direction"] == "out") & t["ledger"]["project_id"].notna() & (t["ledger"]["posted_on"].dt.year == self.county.year)]
        return charts.spending_by_month(pd.DataFrame({"month": out["posted_on"], "amount": out["amount"]}), self.county.year, lang=self.lang)

    def forensics(self) -> Table | Notice:
        """What the amounts themselves say: digits, repeats, round sums, days off; with the tests that do not apply here."""
        t = self.county.tables
        if "ledger" not in t:
            return Notice(self.say("没有账户流水表,本项未评估。", "There is no ledger: not assessed."), "absent")
        rules = self.county.settings.pack.rules
        limit = rules["PJ-01"].values["tender_threshold"].at(date(self.county.year, 12, 31)) if "PJ-01" in rules else None
        holidays, workdays = calendar.days_off(t["ledger"]["posted_on"].dropna().dt.year.unique())
        rows = digits.of_ledger(t, limit=limit, holidays=holidays, workdays=workdays).summary(self.lang)
        rows = rows.assign(meaning=rows["meaning"].map(self.masker.text)) if self.masker else rows
        columns = {"title": (self.say("检验", "Test"), "text"), "applies": (self.say("适用", "Applies"), "flag"), "meaning": (self.say("说明", "What it means"), "long")}
        note = self.say("统计特征只提示先看哪里,本身不是疑点。", "What the figures look like says where to look first; it is no finding.")
        return Table(rows, columns, caption=self.say("支出金额的统计检查", "Forensic tests of the payments"), note=note, lang=self.lang)

    def finish(self) -> Notice:
        at_risk = None if self.total_at_risk is None else {r.kind: str(yuan(r.amount)) for r in self.risk.kinds().itertuples()}
        told = {"at risk": at_risk, "closes": None if self.balance.reason else self.balance.closes}
        if self.balance.reason is None:
            told["totals"] = {n: str(yuan(v)) for n, v in self.balance.total.items()}
        self.leave("fund_audit.json", told)
        return Notice(self.sentence())
