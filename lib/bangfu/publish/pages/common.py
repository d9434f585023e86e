"""What the pages of every notebook share: findings, coverage and parameters, masked as the edition demands."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu import charts
from bangfu.audit import Assessment
from bangfu.county import County
from bangfu.intake import dictionary
from bangfu.publish.cards import Cards, CardsByRule
from bangfu.publish.lab import show_charts_as_svg_alone, show_style
from bangfu.publish.masking import Masker
from bangfu.publish.tables import Figures, Notice, Table
from bangfu.publish.words import known, word


class Pages:
    """Displays of one county-year in the language and edition of its run."""

    topics: tuple[str, ...] = ()
    in_word = False  # whether the notebook is filed as a Word document as well

    def __init__(self, county: County):
        self.county = county
        self.lang = county.lang

    @classmethod
    def open(cls, params: str, year: int, *, reports: str, lang: str = "zh", edition: str = "public"):
        """Opens the county-year that a notebook's parameters name; its displays have their style from here on."""
        show_style()
        if not cls.in_word:
            show_charts_as_svg_alone()
        return cls(County.open(params, year, reports=reports, lang=lang, edition=edition))

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    @cached_property
    def masker(self) -> Masker | None:
        return self.county.masker if self.county.edition == "public" else None

    def masked(self, findings: pd.DataFrame) -> pd.DataFrame:
        return self.masker.findings(findings) if self.masker else findings

    def masked_frame(self, frame: pd.DataFrame, personal: dict[str, str]) -> pd.DataFrame:
        return self.masker.frame(frame, personal) if self.masker else frame

    @cached_property
    def assessment(self) -> Assessment:
        return self.county.assess(*self.topics)

    def key_figures(self, more: list[tuple[str, str, str]] = ()) -> Figures:
        """How many findings of which severity, how many rules were applied, and what the notebook adds."""
        counts = self.assessment.open["severity"].value_counts()
        unit = self.say("个", "")
        applied = int(self.assessment.coverage["reason"].isna().sum())
        # Where nothing was applied there is no number of findings, not a nought of them.
        boxes = [(word("severity", s, self.lang) + self.say("疑点", " findings"), f"{counts.get(s, 0):,}" if applied else "—", unit if applied else "") for s in known("severity")]
        boxes.append((self.say("已评估规则", "Rules applied"), f"{applied}/{len(self.assessment.coverage)}", self.say("条", "")))
        return Figures([*boxes, *more], grave=[boxes[0][0]] if counts.get("high", 0) else [])

    def by_rule(self) -> Table:
        """A row per rule with findings. Amounts of different rules can rest on the same money and are not added up."""
        rows = self.assessment.by_rule
        rows = rows.assign(title=rows["title_en"] if self.lang == "en" else rows["title"])
        return Table(
            rows,
            {
                "rule_id": (self.say("规则", "Rule"), "id"),
                "title": (self.say("疑点", "Issue"), "text"),
                "severity": (self.say("程度", "Severity"), "severity"),
                "topic": (self.say("主题", "Topic"), "topic"),
                "findings": (self.say("疑点数", "Findings"), "count"),
                "amount": (self.say("涉及金额(元)", "Amount (yuan)"), "yuan"),
            },
            caption=self.say("各规则发现的疑点", "Findings by rule"),
            note=self.say("各规则的金额可能涉及同一笔资金,不得相加。", "Amounts of different rules can rest on the same money and must not be added up."),
            lang=self.lang,
        )

    def findings_chart(self) -> charts.Chart:
        by = "topic" if self.assessment.open["topic"].nunique() > 3 else ("title_en" if self.lang == "en" else "title")
        return charts.findings_by_severity_and_topic(self.assessment.open, by=by, lang=self.lang)

    def findings(self, *topics: str, limit: int = 5) -> CardsByRule:
        """The findings with their evidence, a card per rule, some findings of each; all of them stand in the working papers."""
        rows = self.assessment.open
        rows = rows[rows["topic"].isin(topics)] if topics else rows
        return CardsByRule(self.masked(rows), limit=limit, lang=self.lang)

    def gravest(self, limit: int = 12) -> Cards:
        return Cards(self.masked(self.assessment.open[self.assessment.open["severity"] == "high"]), limit=limit, lang=self.lang)

    def changed(self) -> Table | Notice:
        """Findings whose status is not simply new: exempt, persisting, no longer found."""
        rows = self.assessment.findings[self.assessment.findings["status"] != "new"]
        if rows.empty:
            return Notice(self.say("本次没有豁免、延续或未再出现的疑点。", "No finding is exempt, persisting or no longer found."))
        counts = rows.groupby(["status", "rule_id"]).size().rename("findings").reset_index()
        columns = {"status": (self.say("状态", "Status"), "status"), "rule_id": (self.say("规则", "Rule"), "id"), "findings": (self.say("个数", "Number"), "count")}
        return Table(counts, columns, caption=self.say("与上次相比的状态", "Status beside the previous run"), lang=self.lang)

    def not_assessed(self) -> Table | Notice:
        """What was not assessed and why: whole rules, and rows without a deciding value."""
        rows = self.assessment.not_assessed
        if rows.empty:
            return Notice(self.say("本部分所有规则都已评估,没有缺少判断依据的记录。", "Every rule was assessed, and no record lacked a deciding value."))
        rows = rows.assign(why=rows["gap_en" if self.lang == "en" else "gap"], name=rows["title_en" if self.lang == "en" else "title"])
        return Table(
            rows,
            {
                "rule_id": (self.say("规则", "Rule"), "id"),
                "name": (self.say("名称", "Title"), "text"),
                "why": (self.say("未评估的内容和原因", "What was not assessed, and why"), "long"),
                "assessed": (self.say("已评估记录", "Records assessed"), "count"),
            },
            caption=self.say("未评估不等于没有问题", "Not assessed is not clean"),
            lang=self.lang,
        )

    def parameters(self) -> Table:
        """The rules with their parameter values and basis."""
        rules = self.county.rules_of(*self.topics)
        rows = pd.DataFrame(
            {
                "rule_id": [r.rule.id for r in rules],
                "title": [r.rule.title_en if self.lang == "en" else r.rule.title for r in rules],
                "values": [self.say(",", "; ").join(r.told(self.lang)) for r in rules],
                "basis": ["; ".join(b.say(self.lang) for b in r.basis) for r in rules],
            }
        )
        columns = {
            "rule_id": (self.say("规则", "Rule"), "id"),
            "title": (self.say("名称", "Title"), "text"),
            "values": (self.say("参数", "Parameters"), "long"),
            "basis": (self.say("依据", "Basis"), "long"),
        }
        return Table(rows, columns, caption=self.say("规则、参数与依据", "Rules, parameters and basis"), lang=self.lang)

    def methods(self) -> Table:
        """How each rule looks, in the words of its page."""
        rules = [r.rule for r in self.county.rules_of(*self.topics)]
        if self.lang == "en":
            return self._looked_at(rules)
        rows = pd.DataFrame({"rule_id": [r.id for r in rules], "title": [r.title_en if self.lang == "en" else r.title for r in rules], "method": [r.sections["方法"] for r in rules], "excluded": [r.sections["不含"] for r in rules]})
        columns = {
            "rule_id": (self.say("规则", "Rule"), "id"),
            "title": (self.say("名称", "Title"), "text"),
            "method": (self.say("方法", "Method"), "long"),
            "excluded": (self.say("不含", "Exclusions"), "long"),
        }
        return Table(rows, columns, caption=self.say("各规则的方法", "Methods"), lang=self.lang)

    def _looked_at(self, rules: list) -> Table:
        """The English edition of the methods: the pages of the rules, which hold them in full, are Chinese."""
        known = dictionary()
        rows = pd.DataFrame({"rule_id": [r.id for r in rules], "title": [r.title_en for r in rules], "tables": [", ".join(known[t].label("en") for t in r.reads) for r in rules]})
        note = "Methods, exclusions and assumptions of each rule stand, in Chinese, on its page in docs/rules."
        return Table(rows, {"rule_id": ("Rule", "id"), "title": ("What it finds", "long"), "tables": ("Tables it looks at", "long")}, caption="Rules", note=note, lang="en")

    def unverified_in_short(self) -> Notice:
        """How many parameter values nobody has checked against an official text, and where they stand."""
        n = len(self.county.settings.pack.unverified)
        if not n:
            return self._all_verified()
        return Notice(
            self.say(
                f"有{n}项参数值未经核准,逐项列在“方法、参数与依据”中;以这些参数得出的疑点,应先核准参数再下结论。",
                f"{n} parameter values have been approved by nobody; they are listed with the methods. Approve them before concluding anything from the findings that rest on them.",
            ),
            "grave",
        )

    def unverified(self) -> Table | Notice:
        """The parameter values that nobody has checked against an official text, the rules that go by them, and why."""
        pack, rules = self.county.settings.pack, [r.rule for r in self.county.rules_of(*self.topics)]
        used = {name: ", ".join(r.id for r in rules if name in r.parameters) for name in pack.unverified}
        # A value that no rule goes by (of the scorecard, say) belongs to the whole, not to a topic.
        rows = [(by, pack.label(name, self.lang), pack.unverified[name]) for name, by in used.items() if by or not self.topics]
        if not rows:
            return self._all_verified()
        rows = pd.DataFrame(rows, columns=["rules", "label", "why"]).sort_values("rules", kind="stable")
        columns = {"rules": (self.say("规则", "Rules"), "long"), "label": (self.say("参数", "Parameter"), "text"), "why": (self.say("为什么未经核准", "Why nobody has approved it"), "long")}
        return Table(rows, columns, caption=self.say("未经核准的参数值", "Parameter values that nobody has approved"), lang=self.lang)

    def _all_verified(self) -> Notice:
        return Notice(self.say("本报告用到的参数值中,没有未经核准的。", "No value that this report goes by is one that nobody has approved."))

    def leave(self, name: str, content: pd.DataFrame | dict) -> None:
        """Leaves what the notebook declares, in the run's folder."""
        path: Path = self.county.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str), encoding="utf-8")
        else:
            content.to_parquet(path, index=False)
        self.county.notes.keep(self.county.folder / "work" / "looked-at" / name)
