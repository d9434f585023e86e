"""Tables as reports print them: figures aligned, amounts with their separators, long lists cut with a sentence."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from html import escape, unescape
from typing import NamedTuple

import pandas as pd

from bangfu.publish import figures
from bangfu.typography import chinese_marks
from bangfu.publish.words import word

WHERE = "workpapers.xlsx"


class Column(NamedTuple):
    """How a column is headed and written; `kind` is a key of `KINDS`, None = by the column's type."""

    label: str
    kind: str | None = None


class Kind(NamedTuple):
    write: Callable
    style: str  # class of its cells: num (right-aligned figures), id, text, mark


KINDS: dict[str, Kind] = {
    "text": Kind(figures.text, "text"),
    "long": Kind(figures.text, "long"),
    "id": Kind(figures.text, "id"),
    "yuan": Kind(figures.yuan, "num"),
    "wan": Kind(figures.wan, "num"),
    "share": Kind(figures.percent, "num"),
    "basis_points": Kind(figures.basis_points, "num"),
    "count": Kind(figures.count, "num"),
    "number": Kind(figures.number, "num"),
    "written": Kind(figures.text, "num"),  # figures already in words, such as `<5`
    "date": Kind(figures.day, "id"),
    "severity": Kind(lambda v, lang="zh": badge(v, lang), "mark"),
    "status": Kind(lambda v, lang="zh": word("status", v, lang), "mark"),
    "topic": Kind(lambda v, lang="zh": word("topic", v, lang), "text"),
    "flag": Kind(lambda v, lang="zh": figures.MISSING if pd.isna(v) else ("✓" if v else "✗"), "mark"),
    "sources": Kind(lambda v, lang="zh": sources(v, lang), "long"),
    "link": Kind(lambda v, lang="zh": f'<a href="{escape(v[1])}">{escape(v[0])}</a>', "text"),
}
_BY_LANG = {"severity", "status", "topic", "flag", "sources", "link"}
_MARKUP = {"severity", "sources", "link"}
_BY_NAME = {"severity": "severity", "status": "status", "topic": "topic", "sources": "sources", "condition": "long",
            "criteria": "long", "finding_id": "id", "rule_id": "id", "subject": "id"}


def badge(severity: str, lang: str = "zh") -> str:
    """The severity as a mark: a word, never a colour alone."""
    return f'<span class="badge {escape(str(severity))}">{escape(word("severity", severity, lang))}</span>'


def sources(records: Iterable[Mapping], lang: str = "zh", limit: int = 6) -> str:
    """Where the evidence stands: `走访记录.csv · 第12、15行`, one line per file and sheet, as HTML."""
    places: dict[tuple, list[int]] = {}
    for record in records if records is not None else ():
        places.setdefault((record["file"], record.get("sheet") or ""), []).append(record.get("row"))
    lines = []
    for (file, sheet), rows in places.items():
        numbers = sorted({int(r) for r in rows if r is not None and not pd.isna(r)})
        shown = ("、" if lang == "zh" else ", ").join(map(str, numbers[:limit]))
        where = escape(" · ".join(filter(None, (file, sheet))))
        if numbers:
            said = word("report", "row" if len(numbers) == 1 else "rows", lang).format(row=shown, rows=shown)
            where += f' · <span class="one">{said}</span>' if len(numbers) == 1 else f" · {said}"
        if len(numbers) > limit:
            where += " " + word("report", "more_sources", lang).format(total=len(numbers))
        lines.append(f'<span class="place">{where}</span>')
    return "".join(lines) or figures.MISSING


def kind_of(name: str, column: pd.Series) -> str:
    """The kind that a column has by its name or type: decimals are yuan, whole numbers counts, dates dates."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if pd.api.types.is_bool_dtype(column):
        return "flag"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    if pd.api.types.is_integer_dtype(column):
        return "count"
    if pd.api.types.is_float_dtype(column):
        return "number"
    return "yuan" if any(isinstance(v, Decimal) for v in column.head(50)) else "text"


class Table:
    """A table of a report, shown in a notebook and published as it is shown there.

    columns: name -> label, `(label, kind)` or `Column`; kinds in `KINDS` (`yuan` and `wan` take fen as whole numbers or
    yuan as decimals, `link` a pair of words and address). total: columns to be summed in a last row. limit: rows shown; a sentence says how many more stand
    in `where`.
    """

    def __init__(self, frame: pd.DataFrame, columns: Mapping | Iterable[str] | None = None, *, caption: str = "",
                 total: Iterable[str] = (), limit: int | None = None, where: str = WHERE, note: str = "",
                 lang: str = "zh"):
        if columns is None:
            columns = list(frame.columns)
        if not isinstance(columns, Mapping):
            columns = {name: word("finding", name, lang) for name in columns}
        self.columns: dict[str, Column] = {}
        for name, given in columns.items():
            column = Column(given) if isinstance(given, str) else Column(*given)
            self.columns[name] = column._replace(kind=column.kind or kind_of(name, frame[name]))
        self.frame, self.caption, self.total = frame, chinese_marks(caption), tuple(total)
        self.limit, self.where, self.note, self.lang = limit, where, chinese_marks(note), lang

    def __repr__(self) -> str:
        return self.caption or f"{len(self.frame)} × {len(self.columns)}"

    def _repr_html_(self) -> str:
        if self.frame.empty:
            caption = f"<strong>{escape(self.caption)}</strong> " if self.caption else ""
            return f'<p class="empty">{caption}{escape(word("report", "none", self.lang))}</p>'
        shown = self.frame if self.limit is None else self.frame.head(self.limit)
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        head = "".join(f'<th scope="col" class="{KINDS[c.kind].style}">{escape(c.label)}</th>'
                       for c in self.columns.values())
        written = [self._column(c.kind, shown[name]) for name, c in self.columns.items()]
        widths = cols([[c.label, *map(plain, cells)] for c, cells in zip(self.columns.values(), written)],
                      [KINDS[c.kind].style in WHOLE for c in self.columns.values()])
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*written))
        short = " short" if len(shown) <= 12 else ""
        return (f'<table class="bf{short}">{caption}{widths}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{self._total()}</table>'
                + more(len(shown), len(self.frame), self.where, self.lang) + (f'<p class="note">{escape(self.note)}</p>' if self.note else ""))

    def _column(self, kind: str, values: pd.Series) -> list[str]:
        if kind != "number":
            return [self._cell(kind, value) for value in values]
        decimals = figures.places(values)
        return [f'<td class="num">{figures.number(value, decimals)}</td>' for value in values]

    def _cell(self, kind: str, value) -> str:
        if kind in _BY_LANG:
            content = KINDS[kind].write(value, self.lang)
            content = content if kind in _MARKUP else escape(content)
        else:
            content = escape(KINDS[kind].write(value))
        return f'<td class="{KINDS[kind].style}">{content}</td>'

    def _total(self) -> str:
        if not self.total:
            return ""
        cells = []
        for place, (name, c) in enumerate(self.columns.items()):
            if name in self.total:
                cells.append(self._cell(c.kind, _sum(self.frame[name])))
            elif place == 0:
                cells.append(f'<th scope="row">{escape("合计" if self.lang == "zh" else "Total")}</th>')
            else:
                cells.append("<td></td>")
        return f"<tfoot><tr>{''.join(cells)}</tr></tfoot>"


def more(shown: int, total: int, where: str, lang: str, sentence: str = "more_rows") -> str:
    """The sentence under a list that was cut: how many more there are, and where; empty where nothing was cut."""
    if total <= shown:
        return ""
    said = word("report", sentence, lang).format(shown=f"{shown:,}", rest=f"{total - shown:,}", total=f"{total:,}",
                                                 where=where)
    return f'<p class="note">{escape(said)}</p>'


WHOLE = {"num", "id", "mark", "subject"}  # cells that stay on one line
_LINE = 58  # Chinese characters that a line of a printed table holds


def shares(columns: list[list[str]], whole: list[bool], line: float = _LINE) -> list[float]:
    """The share of the width for each column of texts: figures and ids get what one line needs, sentences the rest.

    line: Chinese characters that a line of the whole table holds.
    """
    needs = [min(max(max(map(em, texts), default=0) + 2.2, 4.5), 60.0) for texts in columns]
    fixed = [min(need, 20) if one_line else 0.0 for need, one_line in zip(needs, whole)]
    rest = [0.0 if one_line else max(need, 6) ** 0.7 for need, one_line in zip(needs, whole)]
    left = line - sum(fixed)
    if not any(rest) or left < 6 * sum(r > 0 for r in rest):
        return [need ** 0.8 / sum(n ** 0.8 for n in needs) for need in needs]
    return [(f or left * r / sum(rest)) / line for f, r in zip(fixed, rest)]


def cols(columns: list[list[str]], whole: list[bool]) -> str:
    """The columns' widths for print, where tables are laid out once and not by trial."""
    return "<colgroup>" + "".join(f'<col style="--w:{share:.1%}">' for share in shares(columns, whole)) + "</colgroup>"


def em(text: str) -> float:
    """The width of a text in Chinese characters; a Latin letter or figure is a little over half of one."""
    return sum(1 if ord(c) > 0x2E7F else 0.56 for c in text)


def plain(cell: str) -> str:
    """A cell's words; of several lines, the longest."""
    return max((unescape(re.sub(r"<[^>]+>", "", line)) for line in cell.split("<span class=\"place\">")), key=em)


def _sum(column: pd.Series):
    present = [v for v in column if v is not None and not pd.isna(v)]
    return sum(present[1:], present[0]) if present else None


class Figures:
    """The key figures of a report in a row: [(label, figure as written, unit), …]; `grave` marks those to look at."""

    def __init__(self, figures_: Iterable[tuple[str, str, str]], grave: Iterable[str] = ()):
        self.figures, self.grave = list(figures_), set(grave)

    def __repr__(self) -> str:
        return "; ".join(f"{label} {figure}{unit}" for label, figure, unit in self.figures)

    def _repr_html_(self) -> str:
        boxes = "".join(
            f'<div class="figure{" grave" if label in self.grave else ""}"><dt>{escape(label)}</dt>'
            f'<dd>{escape(str(figure))}<span class="unit">{escape(unit)}</span></dd></div>'
            for label, figure, unit in self.figures)
        return f'<dl class="figures">{boxes}</dl>'


class Notice:
    """A sentence that must not be overlooked; kind `plain`, `grave`, or `absent` for what was not assessed."""

    def __init__(self, sentence: str, kind: str = "plain"):
        self.sentence, self.kind = chinese_marks(sentence), kind

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return f'<p class="notice {self.kind}" role="note">{escape(self.sentence)}</p>'


class Sentences:
    """The conclusions of a report, one numbered sentence each."""

    def __init__(self, sentences: Iterable[str]):
        self.sentences = [chinese_marks(sentence) for sentence in sentences]

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return f'<ol class="conclusions">{"".join(f"<li>{escape(s)}</li>" for s in self.sentences)}</ol>'
