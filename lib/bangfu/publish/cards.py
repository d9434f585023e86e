"""Findings as cards: what was found, against which standard, how much money, and the very rows it rests on."""

from html import escape

import pandas as pd

from bangfu.publish import figures
from bangfu.publish.tables import WHERE, badge, cols, more, plain, sources
from bangfu.publish.words import known, word


def gravest_first(findings: pd.DataFrame) -> pd.DataFrame:
    """Findings by severity, then by amount (largest first, without amount last), then by id."""
    rank = {severity: place for place, severity in enumerate(known("severity"))}
    order = pd.DataFrame({
        "severity": findings["severity"].map(rank).fillna(len(rank)),
        "amount": [-(figures.exact_yuan(a) or 0) for a in findings["amount"]],
        "finding_id": findings["finding_id"],
    }).reset_index(drop=True).sort_values(["severity", "amount", "finding_id"])
    return findings.iloc[order.index]


def in_language(findings: pd.DataFrame, column: str, lang: str) -> pd.Series:
    """A text of the findings in `lang`, in Chinese where the English is missing."""
    english = f"{column}_en"
    if lang != "en" or english not in findings:
        return findings[column]
    return findings[english].where(findings[english].notna() & (findings[english] != ""), findings[column])


class Cards:
    """One card per finding, gravest first; `limit` cards, then a sentence says how many more stand in the ledger."""

    def __init__(self, findings: pd.DataFrame, *, limit: int | None = 20, where: str = WHERE, lang: str = "zh",
                 level: int = 4):
        self.findings, self.limit, self.where, self.lang, self.level = findings, limit, where, lang, level

    def __repr__(self) -> str:
        return f"{len(self.findings)} findings"

    def _repr_html_(self) -> str:
        if self.findings.empty:
            return _nothing(self.lang)
        ordered = gravest_first(self.findings)
        shown = ordered if self.limit is None else ordered.head(self.limit)
        cards = "".join(self._card(row) for row in _records(shown, self.lang))
        return f'<div class="cards">{cards}</div>' + more(len(shown), len(ordered), self.where, self.lang, "more_findings")

    def _card(self, row: dict) -> str:
        lines = [("subject", escape(str(row["subject"]))), ("condition", escape(str(row["condition"]))),
                 ("criteria", escape(str(row["criteria"])))]
        if _present(row.get("explanation")):
            lines.append(("explanation", escape(row["explanation"])))
        if _present(row.get("offence")):
            lines.append(("offence", escape(word("offence", row["offence"], self.lang))))
        if figures.exact_yuan(row["amount"]) is not None:
            lines.append(("money", f'<span class="amount">{figures.yuan(row["amount"])}</span> {word("report", "yuan", self.lang)}'))
        lines.append(("sources", sources(row["sources"], self.lang)))
        if _present(row.get("status")):
            lines.append(("status", escape(word("status", row["status"], self.lang))))
        terms = "".join(f"<dt>{escape(word('finding', key, self.lang))}</dt><dd>{content}</dd>" for key, content in lines)
        identity = escape(str(row["finding_id"]))
        return (f'<article class="card {escape(str(row["severity"]))}" id="{identity}">'
                f'<h{self.level} class="card-title"><span class="rule">{escape(str(row["rule_id"]))}</span> '
                f'{escape(str(row["title"]))} {badge(row["severity"], self.lang)}'
                f'<a class="self" href="#{identity}">{identity}</a></h{self.level}><dl>{terms}</dl></article>')


class CardsByRule:
    """One card per rule, gravest first: its standard once, then its findings in rows, `limit` of each rule."""

    def __init__(self, findings: pd.DataFrame, *, limit: int | None = 5, where: str = WHERE, lang: str = "zh",
                 level: int = 3):
        self.findings, self.limit, self.where, self.lang, self.level = findings, limit, where, lang, level

    def __repr__(self) -> str:
        return f"{len(self.findings)} findings of {self.findings['rule_id'].nunique()} rules"

    def _repr_html_(self) -> str:
        if self.findings.empty:
            return _nothing(self.lang)
        ordered = gravest_first(self.findings)
        of = ordered["rule_id"].to_numpy()
        told = pd.DataFrame({
            "criteria": in_language(ordered, "criteria", self.lang).to_numpy(),
            "priced": [figures.exact_yuan(a) is not None for a in ordered["amount"]],
        }).groupby(of).agg(number=("priced", "size"), standards=("criteria", "nunique"), priced=("priced", "any"))
        shown = ordered if self.limit is None else ordered.groupby("rule_id").head(self.limit)
        records: dict[str, list[dict]] = {}
        for row in _records(shown, self.lang):
            records.setdefault(row["rule_id"], []).append(row)
        rank = {severity: place for place, severity in enumerate(known("severity"))}
        rules = sorted(told.itertuples(), key=lambda r: (rank.get(records[r.Index][0]["severity"], len(rank)), -r.number, r.Index))
        return f'<div class="cards">{"".join(self._card(r.Index, records[r.Index], r.number, r.standards == 1, r.priced) for r in rules)}</div>'

    def _card(self, rule: str, records: list[dict], number: int, alike: bool, money: bool) -> str:
        """The card of a rule: `records` of its `number` findings; whether one standard is that of all, and whether any names money."""
        first = records[0]
        columns = ["subject", "condition"] + ([] if alike else ["criteria"]) + (["amount"] if money else []) + ["sources"]
        head = "".join(f'<th scope="col" class="{"num" if c == "amount" else c}">{escape(word("finding", c, self.lang))}</th>'
                       for c in columns)
        cells = [[self._cell(c, r) for c in columns] for r in records]
        rows = "".join(f'<tr id="{escape(str(r["finding_id"]))}">{"".join(row)}</tr>' for r, row in zip(records, cells))
        widths = cols([[word("finding", c, self.lang), *map(plain, column)] for c, column in zip(columns, zip(*cells))],
                      [c in ("subject", "amount") for c in columns])
        counted = f"{number:,} {'个' if self.lang == 'zh' else ('finding' if number == 1 else 'findings')}"
        terms = ""
        if alike:
            terms += f"<dt>{escape(word('finding', 'criteria', self.lang))}</dt><dd>{escape(str(first['criteria']))}</dd>"
        if _present(first.get("offence")):
            terms += f"<dt>{escape(word('finding', 'offence', self.lang))}</dt><dd>{escape(word('offence', first['offence'], self.lang))}</dd>"
        identity = escape(rule)
        short = " short" if len(records) <= 2 else ""
        return (f'<section class="card rule-card{short} {escape(str(first["severity"]))}" id="rule-{identity}">'
                f'<h{self.level} class="card-title" id="{identity}"><span class="rule">{identity}</span> '
                f'{escape(str(first["title"]))} {badge(first["severity"], self.lang)}'
                f'<span class="number">{counted}</span></h{self.level}>'
                + (f"<dl>{terms}</dl>" if terms else "")
                + f'<table class="bf rows">{widths}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
                + more(len(records), number, self.where, self.lang, "more_of_rule") + "</section>")

    def _cell(self, column: str, row: dict) -> str:
        if column == "amount":
            return f'<td class="num">{figures.yuan(row["amount"])}</td>'
        if column == "sources":
            return f'<td class="sources">{sources(row["sources"], self.lang)}</td>'
        told = f'<p class="explanation">{escape(row["explanation"])}</p>' if column == "condition" and _present(row.get("explanation")) else ""
        return f'<td class="{column}">{escape(figures.text(row[column]))}{told}</td>'


def _records(findings: pd.DataFrame, lang: str):
    texts = {c: in_language(findings, c, lang) for c in ("title", "condition", "criteria", "explanation") if c in findings}
    return findings.assign(**texts).to_dict("records")


def _present(value) -> bool:
    return value is not None and not pd.isna(value) and value != ""


def _nothing(lang: str) -> str:
    return f'<p class="empty">{escape(word("report", "none", lang))}</p>'

