"""The workbook of working papers: the findings, what people judged of them, and everything they rest on."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from pathlib import Path

import pandas as pd

from bangfu.publish.cards import gravest_first, in_language
from bangfu.publish.figures import exact_yuan
from bangfu.publish.tables import em
from bangfu.publish.words import known, label, word

ROWS = 1_048_000  # data rows of one sheet; Excel ends at 1,048,576
CELL = 32_767  # characters of one cell
_EPOCH = datetime(2000, 1, 1)  # a workbook states when it was made; a run is named by its digest instead


# Columns of the sheet of helpers, and how wide they are.
HELPERS = {"helper_id": 13, "role": 15, "unit": 26, "town": 12, "households": 8, "visits_due": 8, "visits_made": 8, "visits_missed": 8, "calls_due": 8,
           "calls_made": 8, "plan": 9, "measures": 9, "outcomes": 9, "satisfaction": 9, "daily": 9, "regular": 8, "annual": 8, "score": 8, "grade": 10, "card": 26,
           "grade_reason": 44, "sanction": 40, "rectification": 44}

CHANGES = {"table": 14, "change": 8, "key": 36, "columns": 24, "findings": 24, "file_then": 30, "sheet_then": 14, "row_then": 8, "file_now": 30, "sheet_now": 14, "row_now": 8}
PRECISION = {"rule_id": 10, "title": 34, "judged": 10, "confirmed": 10, "rejected": 10, "precision": 10, "interval": 18}
HISTORY = {"finding_id": 17, "rule_id": 8, "year": 7, "version": 7, "by": 14, "at": 20, "was": 10, "became": 10, "note": 30, "responsible": 16, "measure": 30,
           "deadline": 12, "result": 30, "approver": 14, "more": 30, "evidence": 18}


def write_workpapers(out: Path, findings: pd.DataFrame, *, meta: Mapping, not_assessed: pd.DataFrame | None = None,
                     rejects: pd.DataFrame | None = None, rules: pd.DataFrame | None = None,
                     helpers: pd.DataFrame | None = None, changes: pd.DataFrame | None = None, precision: pd.DataFrame | None = None,
                     history: pd.DataFrame | None = None, lang: str = "zh") -> Path:
    """Write `workpapers.xlsx`; it is not masked, and its first sheet says so.

    findings: the finding table. not_assessed: `rule_id`, `title`, `reason`. rejects: `file`, `sheet`, `row`, `column`,
    `raw`, `reason`. rules: the catalogue (`rule_id`, `topic`, `severity`, `title`, `basis`, `parameters`). helpers: a row
    per helper and role with the columns of HELPERS. changes: rows changed, deleted and added since the hand-over before (columns of CHANGES).
    precision, history: what people judged, per rule and edit by edit (PRECISION, HISTORY). meta: `county`, `code`, `year`, `run_id`, `policy`. No text becomes a formula or a link; the same input gives the same bytes.
    """
    book = new_book(out, _w("title", lang))
    ordered = gravest_first(findings)
    papers = Papers(book, lang)
    papers.cover(ordered, meta, {"helpers": helpers, "not_assessed": not_assessed, "rejects": rejects, "changes": changes, "rules": rules})
    papers.ledger(ordered)
    papers.listing("helpers", helpers, list(HELPERS), list(HELPERS.values()))
    papers.listing("not_assessed", not_assessed, ["rule_id", "title", "reason"], [10, 34, 70])
    papers.listing("rejects", rejects, ["file", "sheet", "row", "column", "raw", "reason"], [34, 16, 8, 22, 30, 44])
    papers.listing("rules", rules, ["rule_id", "topic", "severity", "title", "basis", "parameters"], [10, 14, 8, 34, 70, 44])
    papers.evidence(ordered)
    for name, frame, columns in (("changes", changes, CHANGES), ("precision", precision, PRECISION), ("history", history, HISTORY)):
        if frame is not None and (name == "changes" or len(frame)):
            papers.listing(name, frame, list(columns), list(columns.values()))
    book.close()
    return Path(out)


def write_crossing(out: Path, lists: Mapping[str, pd.DataFrame], lang: str = "zh") -> Path:
    """Write what crosses from one county to another, a sheet per list headed as its columns are; not masked, and the first sheet says so."""
    book = new_book(out, "Between counties" if lang == "en" else "跨县名单")
    papers = Papers(book, lang)
    front = book.add_worksheet("!")
    front.set_column(0, 0, 60)
    front.write_string(0, 0, _w("unmasked", lang), papers.warning)
    for row, (name, frame) in enumerate(lists.items(), start=1):
        front.write_string(row, 0, f"{name}: {len(frame):,}", papers.plain)
        papers.listing(name, frame, list(frame.columns), [18] * len(frame.columns))
    book.close()
    return Path(out)


def new_book(out: Path, title: str):
    """A workbook in which no text becomes a formula or a link, and which says no time at which it was made."""
    import xlsxwriter

    Path(out).parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False,
                                          "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": title, "created": _EPOCH})
    return book


def _w(key: str, lang: str) -> str:
    return word("workpapers", key, lang)


def _head(column: str, lang: str) -> str:
    """How a column is headed, by the first group of words that knows it."""
    return next((word(group, column, lang) for group in ("finding", "workpapers", "review") if column in label(group)), column)


class Papers:
    """One workbook in the making: its formats and its sheets."""

    def __init__(self, book, lang: str):
        base = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
        line = {"border": 1, "border_color": "#D9DFE5"}
        self.book, self.lang = book, lang
        make = lambda **more: book.add_format({**base, **more})  # noqa: E731
        self.title = make(font_size=20, bold=True, font_color="#1D2733")
        self.warning = make(bold=True, font_color="#FFFFFF", bg_color="#8C1C1C", font_size=12, valign="vcenter", indent=1)
        self.term = make(font_color="#56626F")
        self.plain = make(text_wrap=True)
        self.head = make(bold=True, font_color="#FFFFFF", bg_color="#1F3F66", text_wrap=True, valign="vcenter", **line)
        self.own_head = make(bold=True, font_color="#1D2733", bg_color="#ECC877", text_wrap=True, valign="vcenter", **line)
        self.text = make(text_wrap=True, num_format="@", **line)
        self.money = make(num_format="#,##0.00", **line)
        self.whole = make(num_format="0", **line)
        self.decimal = make(num_format="0.0", **line)
        self.severity = {"high": make(bold=True, font_color="#8C1C1C", **line), "medium": make(font_color="#9A4A14", **line),
                         "low": make(font_color="#6B5210", **line)}

    def cover(self, findings: pd.DataFrame, meta: Mapping, others: Mapping) -> None:
        sheet = self.book.add_worksheet(_w("cover", self.lang))
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90)
        sheet.set_row(0, 34)
        sheet.write_string(0, 0, _w("title", self.lang), self.title)
        sheet.set_row(1, 26)
        sheet.merge_range(1, 0, 1, 1, "", self.warning)
        sheet.write_string(1, 0, _w("unmasked", self.lang), self.warning)
        words = label("report", self.lang)
        county = f"{meta.get('county', '')} {meta.get('code', '')}".strip()
        lines = [(words["county"], county), (words["year"], meta.get("year", "")), (words["policy"], meta.get("policy", "")),
                 (words["run"], meta.get("run_id", "")), ("", "")]
        counts = findings["severity"].value_counts()
        lines.append((_w("ledger", self.lang), f"{len(findings):,}  (" + "  ".join(
            f"{word('severity', s, self.lang)} {counts.get(s, 0):,}" for s in known("severity")) + ")"))
        lines += [(_w(name, self.lang), f"{len(frame):,}") for name, frame in others.items() if frame is not None]
        lines += [("", "")] + [(_w("how", self.lang) if not place else "", sentence)
                               for place, sentence in enumerate(_w("guide", self.lang).split("|"))]
        for row, (term, text) in enumerate(lines, start=3):
            sheet.write_string(row, 0, str(term), self.term)
            sheet.write_string(row, 1, str(text), self.plain)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def ledger(self, findings: pd.DataFrame) -> None:
        """The findings, gravest first, with where each stands and why."""
        columns = [("finding_id", 17), ("rule_id", 8), ("title", 24), ("severity", 7), ("topic", 11), ("subject", 24),
                   ("condition", 48), ("explanation", 40), ("criteria", 48), ("offence", 10), ("amount", 16), ("sources", 40), ("status", 10), ("reason", 36), ("exemption", 30)]
        columns = [(c, w) for c, w in columns if c not in ("explanation", "exemption", "reason") or c in findings and findings[c].notna().any()]
        sheet = self.sheet(_w("ledger", self.lang), [(_head(c, self.lang), w) for c, w in columns], freeze=3)
        texts = {c: in_language(findings, c, self.lang) for c in ("title", "condition", "explanation", "criteria") if c in findings}
        shown = findings.assign(**texts)
        for row, record in enumerate(shown[[c for c, _ in columns]].to_dict("records"), start=1):
            written = {**record, "sources": "\n".join(written_sources(record["sources"]))}
            sheet.set_row(row, row_height([(written[c], width) for c, width in columns]))
            for place, (name, _) in enumerate(columns):
                value = record[name]
                if name == "amount":
                    amount = exact_yuan(value)
                    sheet.write_blank(row, place, None, self.money) if amount is None else sheet.write_number(
                        row, place, amount, self.money)
                elif name == "severity":
                    sheet.write_string(row, place, word("severity", value, self.lang), self.severity.get(value, self.text))
                elif name in ("topic", "status", "offence") and not pd.isna(value):
                    self.text_cell(sheet, row, place, word(name, value, self.lang))
                elif name == "sources":
                    self.text_cell(sheet, row, place, written["sources"])
                else:
                    self.text_cell(sheet, row, place, value)
        sheet.set_paper(8)  # A3: the ledger is wide

    def listing(self, name: str, frame: pd.DataFrame | None, columns: list[str], widths: list[int]) -> None:
        """A plain table: rules not assessed, what could not be read, the catalogue."""
        frame = pd.DataFrame(columns=columns) if frame is None else frame
        there = [(c, w) for c, w in zip(columns, widths) if c in frame]
        heads = [(_head(c, self.lang), w) for c, w in there]
        for part, start in enumerate(range(0, max(len(frame), 1), ROWS)):
            sheet = self.sheet(_w(name, self.lang) + (str(part + 1) if part else ""), heads)
            for row, values in enumerate(frame[[c for c, _ in there]].iloc[start:start + ROWS].itertuples(index=False), start=1):
                sheet.set_row(row, row_height([(value, width) for (_, width), value in zip(there, values)]))
                for place, ((column, _), value) in enumerate(zip(there, values)):
                    if column in ("severity", "topic"):
                        value = word(column, value, self.lang)
                    self._any(sheet, row, place, value)

    def evidence(self, findings: pd.DataFrame) -> None:
        """One row per finding and source row, so that a filter shows what a finding rests on, or what rests on a file."""
        rows = [(f.finding_id, f.rule_id, f.subject, s["file"], s.get("sheet") or "", s.get("row"))
                for f in findings[["finding_id", "rule_id", "subject", "sources"]].itertuples(index=False)
                for s in (f.sources if f.sources is not None else ())]
        frame = pd.DataFrame(rows, columns=["finding_id", "rule_id", "subject", "file", "sheet", "row"])
        self.listing("evidence", frame, list(frame.columns), [17, 8, 28, 40, 18, 10])

    def sheet(self, name: str, heads: list[tuple[str, int]], own: list[tuple[str, int]] = (), freeze: int = 1):
        """A sheet with its heads; those of `own` columns, which people fill in, are yellow."""
        sheet = self.book.add_worksheet(name)
        sheet.set_row(0, 30)
        for place, (head, width) in enumerate([*heads, *own]):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, head, self.head if place < len(heads) else self.own_head)
        sheet.freeze_panes(1, freeze)
        sheet.autofilter(0, 0, 0, len(heads) + len(own) - 1)
        sheet.repeat_rows(0)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def text_cell(self, sheet, row: int, place: int, value) -> None:
        """Writes a text as it is, or an empty cell where there is none."""
        missing = value is None or (pd.api.types.is_scalar(value) and pd.isna(value))
        sheet.write_blank(row, place, None, self.text) if missing else sheet.write_string(row, place, str(value)[:CELL], self.text)

    def _any(self, sheet, row: int, place: int, value) -> None:
        if pd.api.types.is_integer(value):
            sheet.write_number(row, place, int(value), self.whole)
        elif isinstance(value, float) and value == value:
            sheet.write_number(row, place, value, self.decimal)
        else:
            self.text_cell(sheet, row, place, value)


def row_height(cells: list[tuple[object, int]]) -> float:
    """Points of a row in which every text is seen whole; not every program works that out when it opens a workbook."""
    lines = max(sum(max(1, ceil(em(line) / (0.5 * width))) for line in str(text).split("\n")) for text, width in cells)
    return min(15.0 * lines + 1, 409)


def written_sources(sources, limit: int = 60) -> list[str]:
    """Each source as `file|sheet|row`; of a very long list the first `limit`, then how many there are in all."""
    written = [f"{s['file']}|{s.get('sheet') or ''}|{'' if s.get('row') is None else s['row']}"
               for s in (sources if sources is not None else ())]
    return written if len(written) <= limit else [*written[:limit], f"… ({len(written)})"]
