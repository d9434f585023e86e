"""An audit matter (审计事项): what one set of working papers is about, from findings or written by hand.

It keeps apart what a paper of evidence must keep apart: criteria, condition, cause, effect, recommendation. What nobody has said is empty,
and stands on the paper as a blank to be filled in; nothing is made up for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pandas as pd

from bangfu import digests
from bangfu.intake import Intake, dictionary
from bangfu.params import PolicyPack
from bangfu.publish.cards import in_language
from bangfu.publish.figures import exact_yuan
from bangfu.publish.words import word

# What of a source row is told on a paper: by what it can be found again, when, and how much.
_TOLD = ("id", "name", "date", "datetime", "yuan")


@dataclass(frozen=True)
class Fact:
    """One fact: what was found, with voucher, date, amount (yuan) and number of attachments where known."""

    text: str
    about: str = ""
    voucher: str = ""
    date: str = ""
    amount: Decimal | None = None
    attachments: str = ""


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: its name, where it stands (file, sheet, row), what it says, and of when it is."""

    name: str
    source: str = ""
    content: str = ""
    date: str = ""


@dataclass(frozen=True)
class Matter:
    """Everything the three forms ask for. number is the same for the same matter; amount is in yuan."""

    number: str
    title: str
    category: str = ""
    unit: str = ""
    project: str = ""
    period: str = ""
    process: str = ""
    facts: Sequence[Fact] = ()
    criteria: Sequence[str] = ()
    condition: str = ""
    cause: str = ""
    effect: str = ""
    recommendation: str = ""
    amount: Decimal | None = None
    responsible: str = ""
    deadline: str = ""
    measure: str = ""
    result: str = ""
    state: str = ""
    evidence: Sequence[Evidence] = field(default_factory=tuple)


def numbered(code: str, year: int, kind: str, content) -> str:
    """A number that is the same for the same matter and another for another: county, year, kind, six characters of a digest."""
    return f"{code}-{year}-{kind}-{digests.of_value(content)[:6].upper()}"


def project(name: str, year: int, lang: str = "zh") -> str:
    """What the audit of a county-year is called."""
    return f"{name} {year}: audit of paired assistance" if lang == "en" else f"{name}{year}年度结对帮扶审计"


def of_findings(rows: pd.DataFrame, pack: PolicyPack, intake: Intake, *, code: str, year: int, name: str, lang: str = "zh") -> list[Matter]:
    """A matter for each rule of the findings (columns of `Ledger.rows`), in the order of rule ids."""
    return [_of_rule(rule, group, pack, intake, code, year, name, lang) for rule, group in rows.groupby("rule_id", sort=True)]


def _of_rule(rule: str, rows: pd.DataFrame, pack: PolicyPack, intake: Intake, code: str, year: int, name: str, lang: str) -> Matter:
    english = lang == "en"
    conditions = in_language(rows, "condition", lang)
    amounts = [exact_yuan(a) for a in rows["amount"]]
    facts = [Fact(f"{i} {c}", about=s, amount=a) for i, c, s, a in zip(rows["finding_id"], conditions, rows["subject"], amounts, strict=True)]
    known = [a for a in amounts if a is not None]
    in_force = pack.rules.get(rule)
    method = in_force.rule.sections.get("方法", "") if in_force and not english else ""
    texts = {f: _joined(rows[f]) for f in ("responsible", "measure", "deadline", "result")}
    return Matter(
        number=numbered(code, year, rule, sorted(rows["finding_id"])),
        title=in_language(rows, "title", lang).iloc[0],
        category=word("topic", rows["topic"].iloc[0], lang),
        project=project(name, year, lang),
        period=f"{year}-01-01 – {year}-12-31" if english else f"{year}年1月1日至{year}年12月31日",
        process=(f"Rule {rule} applied to the raw files handed over; {len(rows)} findings." if english else f"对所提交的原始文件适用规则{rule},得到疑点{len(rows)}个。{method}"),
        facts=facts,
        criteria=list(dict.fromkeys(in_language(rows, "criteria", lang))),
        condition=conditions.iloc[0] if len(rows) == 1 else (f"{len(rows)} cases, see the facts." if english else f"共{len(rows)}项,见审计事实。"),
        amount=sum(known, Decimal(0)) if known else None,
        state=_joined(word("status", s, lang) for s in dict.fromkeys(rows["now"])),
        evidence=_evidence(rows["sources"], intake, lang),
        **texts,
    )


def _joined(texts: Iterable[str]) -> str:
    return ";".join(dict.fromkeys(t for t in texts if t))


def _evidence(sources: Iterable, intake: Intake, lang: str) -> list[Evidence]:
    """Each source row once: the table it is of, its place, and what of it can be looked up again."""
    rows = _Rows(intake, lang)
    places = dict.fromkeys((s["file"], s["sheet"] or "", s["row"]) for found in sources for s in found)
    return [rows.evidence(*place) for place in places]


class _Rows:
    """The rows of a county by file, sheet and row."""

    def __init__(self, intake: Intake, lang: str):
        self.lang = lang
        self.sheets = {(file, sheet or ""): number for number, (file, sheet) in enumerate(intake.sheets)}
        self.tables = {name: frame.set_index("origin") for name, frame in intake.tables.items()}
        self.intake = intake

    def evidence(self, file: str, sheet: str, row: int) -> Evidence:
        source = f"{file}{' · ' + sheet if sheet else ''} · {word('report', 'row', self.lang).format(row=row)}"
        number = self.sheets.get((file, sheet))
        name = next((n for n, t in self.tables.items() if number is not None and (number << 32 | row) in t.index), None)
        if name is None:
            return Evidence(file, source)
        table, values = dictionary()[name], self.tables[name].loc[number << 32 | row]
        told = [(c, v) for c, v in values.items() if table.columns[c].type in _TOLD and not pd.isna(v)]
        dates = [_written(v) for c, v in told if table.columns[c].type in ("date", "datetime")]
        content = (", " if self.lang == "en" else ",").join(f"{table.columns[c].headers[0]} {_written(v, table.columns[c].type)}" for c, v in told)
        return Evidence(table.label(self.lang), source, content, dates[0] if dates else "")


def _written(value, kind: str = "") -> str:
    if kind == "yuan":
        return f"{exact_yuan(int(value)):,}"
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)


def with_index(matters: Sequence[Matter]) -> list[tuple[str, Matter]]:
    """The matters of a set with their index numbers (索引号): A-1, A-2, …"""
    return [(f"A-{n}", m) for n, m in enumerate(matters, start=1)]


def blank(year: int, name: str, lang: str = "zh") -> Matter:
    """A matter of which nothing is known yet: the forms to be filled in by hand."""
    return Matter(number="", title="", project=project(name, year, lang))
