"""The three forms, described once: what stands on them, in which order; Word and Excel are two ways of writing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bangfu.publish.papers.matter import Matter
from bangfu.publish.words import word


@dataclass(frozen=True)
class Pairs:
    """Labels with their values, two to a line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Block:
    """A label with a text under it; lines: how much room is left for a hand where the text is empty."""

    label: str
    text: str
    lines: int = 2


@dataclass(frozen=True)
class Grid:
    """A labelled table: heads, the width of each column as a share, rows of texts."""

    label: str
    heads: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Form:
    """One form: its name, its number, and its parts from top to bottom."""

    name: str
    number: str
    parts: Sequence[Pairs | Block | Grid]
    landscape: bool = False


def _w(key: str, lang: str) -> str:
    return word("papers", key, lang)


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def evidence_form(index: str, m: Matter, lang: str = "zh") -> Form:
    """审计取证单: the facts of a matter with voucher, date, amount and attachments, and room for what the audited unit says of them."""
    facts = [(str(n), f.text, f.about, f.voucher, f.date, _yuan(f.amount), f.attachments) for n, f in enumerate(m.facts, start=1)]
    evidence = [(str(n), e.name, e.source, e.content) for n, e in enumerate(m.evidence, start=1)]
    return Form(
        _w("evidence_form", lang),
        _number("QZ", m),
        [
            Pairs([(_w("project", lang), m.project), (_w("number", lang), _number("QZ", m)), (_w("unit", lang), m.unit), (_w("index", lang), index), (_w("title", lang), m.title),
                   (_w("period", lang), m.period)]),
            Grid(_w("facts", lang), _heads(("n", "fact", "about", "voucher", "date", "amount", "attachments"), lang), (0.06, 0.36, 0.16, 0.12, 0.1, 0.12, 0.08), facts or [("",) * 7] * 4),
            Block(_w("total", lang), _yuan(m.amount), 1),
            Grid(_w("attached", lang), _heads(("n", "name", "source", "content"), lang), (0.06, 0.16, 0.3, 0.48), evidence or [("",) * 4] * 3),
            Block(_w("opinion", lang), _w("opinion_text", lang), 1),
            Pairs([(_w("unit_signs", lang), ""), (_w("date", lang), ""), (_w("auditor_1", lang), ""), (_w("auditor_2", lang), ""), (_w("taken_on", lang), ""), (_w("pages", lang), "")]),
        ],
    )  # fmt: skip


def working_paper(index: str, m: Matter, lang: str = "zh") -> Form:
    """审计工作底稿: what was done and found, in the frame of criteria, condition, cause, effect and recommendation, and its review in three steps."""
    evidence = [(str(n), e.name, e.source, e.date) for n, e in enumerate(m.evidence, start=1)]
    asked = [(_w(f"review_{point}", lang), "", "", "") for point in ("facts", "evidence", "qualification", "law", "responsibility")]
    return Form(
        _w("working_paper", lang),
        _number("DG", m),
        [
            Pairs([(_w("project", lang), m.project), (_w("number", lang), _number("DG", m)), (_w("unit", lang), m.unit), (_w("index", lang), index), (_w("title", lang), m.title),
                   (_w("period", lang), m.period), (_w("category", lang), m.category), (_w("amount", lang), _yuan(m.amount))]),
            Block(_w("process", lang), m.process),
            Block(_w("criteria", lang), "\n".join(m.criteria)),
            Block(_w("condition", lang), "\n".join([m.condition, *(f.text for f in m.facts)] if len(m.facts) > 1 else [m.condition or "".join(f.text for f in m.facts)])),
            Block(_w("cause", lang), m.cause),
            Block(_w("effect", lang), m.effect),
            Block(_w("recommendation", lang), m.recommendation),
            Grid(_w("evidence", lang), _heads(("n", "name", "source", "date"), lang), (0.06, 0.24, 0.52, 0.18), evidence or [("",) * 4] * 3),
            Pairs([(_w("prepared_by", lang), ""), (_w("date", lang), "")]),
            Grid(_w("review", lang), (_w("reviewed", lang), *(_w(f"level_{n}", lang) for n in (1, 2, 3))), (0.34, 0.22, 0.22, 0.22), asked),
            Pairs([(_w(f"reviewer_{n}", lang), "") for n in (1, 2, 3)] + [(_w("date", lang), "")]),
        ],
    )  # fmt: skip


def ledger(matters: Sequence[tuple[str, Matter]], number: str, lang: str = "zh") -> Form:
    """问题台账: a line per matter: problem, basis, amount, who is responsible, by when, by what measure, with what result, closed or not."""
    heads = _heads(("n", "problem", "basis", "amount", "responsible", "deadline", "measure", "result", "closed", "paper"), lang)
    rows = [
        (str(n), f"{m.title}\n{m.condition}", "\n".join(m.criteria), _yuan(m.amount), m.responsible, m.deadline, m.measure, m.result, m.state, f"{index}\n{_number('DG', m)}")
        for n, (index, m) in enumerate(matters, start=1)
    ]
    widths = (0.04, 0.16, 0.2, 0.09, 0.09, 0.09, 0.1, 0.08, 0.06, 0.09)
    return Form(_w("ledger", lang), number, [Grid("", heads, widths, rows or [("",) * 10] * 8)], landscape=True)


def summary(matters: Sequence[tuple[str, Matter]], number: str, lang: str = "zh") -> Form:
    """汇总底稿: a line per working paper: category, what it says, its index, where the report has it, what is to be done."""
    heads = _heads(("n", "category", "says", "index", "in_report", "opinion_on_it"), lang)
    rows = [(str(n), m.category, f"{m.title}: {m.condition}" if lang == "en" else f"{m.title}:{m.condition}", f"{index} {_number('DG', m)}", "", "") for n, (index, m) in enumerate(matters, start=1)]
    return Form(_w("summary", lang), number, [Grid("", heads, (0.05, 0.13, 0.42, 0.14, 0.12, 0.14), rows or [("",) * 6] * 8)], landscape=True)


def _heads(columns: Sequence[str], lang: str) -> list[str]:
    return [_w(f"head_{c}", lang) for c in columns]


def _number(kind: str, m: Matter) -> str:
    return f"{kind}-{m.number}" if m.number else ""


