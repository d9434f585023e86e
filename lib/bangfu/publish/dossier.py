"""A dossier as one page: internal, not masked, with the name of whom it is for on every page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bangfu.dossier import Dossier
from bangfu.dossier.subject import SUBJECTS
from bangfu.intake import dictionary
from bangfu.publish.cards import Cards
from bangfu.publish.html import publish_shown
from bangfu.publish.publication import particulars
from bangfu.publish.tables import KINDS, Notice, Sentences, Table
from bangfu.publish.words import word

# How a column of the dictionary is written; texts and ids stand as they are.
_KIND = {"yuan": "yuan", "percent": "basis_points", "date": "date", "datetime": "date", "flag": "flag", "number": "number", "int": "count", "id": "id"}
_WIDE, _FEW = 8, 3  # more columns than these on no more rows than those are set upright


class DossierPage:
    """The parts of a dossier's page, in the language of the county-year."""

    def __init__(self, dossier: Dossier):
        self.dossier = dossier
        self.lang = dossier.county.lang

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    @property
    def title(self) -> str:
        subject = self.dossier.subject
        return self.say(f"核查卷:{SUBJECTS[subject.kind][0]} {subject.id}", f"Dossier: {SUBJECTS[subject.kind][1]} {subject.id}")

    def parts(self) -> list[tuple[str, list]]:
        """Headings and what stands under each."""
        d = self.dossier
        return [
            (self.say("举报", "Complaints"), [self.complaints()]),
            (self.say("疑点", "Findings"), self.findings()),
            (self.say("走访", "Visits"), self.visits()) if d.subject.kind in ("helper", "household") else ("", []),
            (self.say("资金往来", "Money"), [self.money()]) if d.subject.kind != "helper" else ("", []),
            (self.say("关联", "Relations"), [self.relations()]),
            (self.say("各表记录", "Records"), [self.absent(), *(self.table(name) for name in d.rows)]),
        ]

    def complaints(self) -> Table | Notice:
        rows = self.dossier.complaints
        if rows.empty:
            return Notice(self.say("举报台账中没有反映该对象的举报。", "No complaint on record is about this subject."))
        rows = rows.assign(state=rows["state_en" if self.lang == "en" else "state"], sources=self.dossier.sources(rows))
        columns = {
            "complaint_id": (self.say("举报编号", "Complaint"), "id"), "received_on": (self.say("受理日期", "Received"), "date"), "category": (self.say("类别", "Category"), "text"),
            "state": (self.say("办理期限", "Deadline"), "long"), "outcome": (self.say("核查结果", "Outcome"), "text"), "sources": (word("finding", "sources", self.lang), "sources"),
        }  # fmt: skip
        return Table(rows, {c: label for c, label in columns.items() if c in rows}, lang=self.lang)

    def findings(self) -> list:
        rows = self.dossier.findings
        if rows.empty:
            return [Notice(self.say("没有涉及该对象的疑点。未评估的规则见年度报告,未评估不等于没有问题。", "No finding bears on this subject. Rules that were not assessed stand in the annual report: not assessed is not clean."))]
        shown = [Cards(rows[rows["direct"]], limit=None, lang=self.lang)] if rows["direct"].any() else []
        rest = rows[~rows["direct"]]
        if len(rest):
            shown += [Notice(self.say(f"另有{len(rest)}个疑点的对象不是它,但依据了它的记录:", f"{len(rest)} more findings are about others but rest on its records:")), Cards(rest, limit=None, lang=self.lang)]
        return shown

    def visits(self) -> list:
        rows, undated = self.dossier.visits_by_month, self.dossier.undated_visits
        columns = {
            "month": (self.say("月份", "Month"), "count"), "home": (self.say("入户走访", "Home visits"), "count"), "telephone": (self.say("电话联系", "Calls"), "count"),
            "households": (self.say("联系户数", "Households"), "count"),
        }  # fmt: skip
        note = self.say(f"另有{undated}条记录的日期无法识别,不在任何月份。", f"{undated} records without a readable date stand in no month.") if undated else ""
        shown = [Table(rows, columns, total=["home", "telephone"], note=note, lang=self.lang)]
        if self.dossier.subject.kind == "helper":
            duty = self.dossier.county.helpers
            mine = duty[duty["helper_id"] == self.dossier.subject.id]
            names = ["role", "households", "visits_due", "visits_made", "visits_missed", "calls_due", "calls_made"]
            roles = {"first": self.say("第一帮扶责任人", "First helper"), "second": self.say("第二帮扶责任人", "Second helper")}
            shown.insert(0, Table(mine.assign(role=mine["role"].map(roles)), {n: word("workpapers", n, self.lang) for n in names}, lang=self.lang))
        return shown

    def money(self) -> Table:
        rows = self.dossier.money
        rows = rows.assign(direction=rows["direction"].map({"in": self.say("收入", "In"), "out": self.say("支出", "Out")}))
        columns = {
            "account_no": (self.say("账号", "Account"), "id"), "direction": (self.say("收支", "Direction"), "text"), "other_side": (self.say("对方或项目", "Other side"), "text"),
            "times": (self.say("笔数", "Entries"), "count"), "amount": (self.say("金额(元)", "Amount (yuan)"), "yuan"), "first": (self.say("最早", "First"), "date"), "last": (self.say("最晚", "Last"), "date"),
        }  # fmt: skip
        return Table(rows, columns, lang=self.lang)

    def relations(self) -> Sentences | Notice:
        found = self.dossier.relations
        if not found:
            return Notice(self.say("按证件号码、账号、电话等没有发现与帮扶责任人或财政供养人员的其他关联;没有登记的关系不在其中。", "By id numbers, accounts and telephones no other link to a helper or the public payroll was found; relations that stand in no table are not among these."))
        return Sentences(s.en if self.lang == "en" else s.zh for s in found)

    def absent(self) -> Notice:
        known = dictionary()
        absent = [t for t in known if t not in self.dossier.county.tables]
        if not absent:
            return Notice(self.say("以下是各表中该对象的全部记录;没有列出的表中没有它的记录。", "All records of the subject; tables that are not listed hold none."))
        names = (", " if self.lang == "en" else "、").join(known[t].label(self.lang) for t in absent)
        return Notice(self.say(f"以下是各表中该对象的全部记录。没有提交、因而没有查的表:{names}。", f"All records of the subject. Tables that were not handed in and could not be searched: {names}."))

    def table(self, name: str) -> Table:
        """The subject's rows of a table, every column that holds something, each row with its file, sheet and row."""
        rows, known = self.dossier.rows[name], dictionary()[name]
        rows = rows[[c for c in known.columns if c in rows and rows[c].notna().any()] + ["origin"]]
        columns = {c: (c if self.lang == "en" else known.columns[c].headers[0], "text" if c == "year" else _KIND.get(known.columns[c].type, "text")) for c in rows if c != "origin"}
        for c in columns:
            if known.columns[c].codes:
                rows = rows.assign(**{c: rows[c].map({code: said for said, code in reversed(known.columns[c].codes.items())})})
        rows = rows.assign(sources=self.dossier.sources(rows))
        columns = {"sources": (word("finding", "sources", self.lang), "sources")} | columns
        caption = f"{known.label(self.lang)} ({len(rows)})"
        if len(columns) > _WIDE and len(rows) <= _FEW:
            return self._upright(rows, columns, caption)
        return Table(rows, columns, caption=caption, lang=self.lang)

    def _upright(self, rows: pd.DataFrame, columns: dict, caption: str) -> Table:
        """A few rows of many columns, a line per column: what lies beside each other on the sheet stands below each other here."""
        lines = {"item": [label for label, _ in columns.values()]}
        for place, (_, row) in enumerate(rows.iterrows(), start=1):
            lines[f"row{place}"] = [self._written(row[c], kind) for c, (_, kind) in columns.items()]
        heads = {"item": (self.say("栏目", "Column"), "text")} | {f"row{i}": (self.say(f"第{i}条", f"Record {i}"), "long") for i in range(1, len(rows) + 1)}
        return Table(pd.DataFrame(lines), heads, caption=caption, lang=self.lang)

    def _written(self, value, kind: str) -> str:
        if kind != "sources":
            return KINDS[kind].write(value)
        return "; ".join(" · ".join(filter(None, (p["file"], p["sheet"], word("report", "row", self.lang).format(row=p["row"])))) for p in value)


def publish_dossier(dossier: Dossier, folder: Path, recipient: str) -> Path:
    """Writes the page of a dossier below the county-year's folder of reports: `dossiers/<kind>-<id>.html`."""
    page = DossierPage(dossier)
    county = dossier.county
    meta = particulars(county) | {"title": page.title, "recipient": recipient, "subtitle": page.say("供核查举报使用:各表中与该对象有关的全部记录及其出处", "For checking complaints: all records that bear on the subject, with their sources")}
    out = folder / county.code / str(county.year) / "dossiers" / f"{dossier.subject.kind}-{dossier.subject.id}.html"
    return publish_shown(page.parts(), out, meta=meta, lang=county.lang, edition="internal")
