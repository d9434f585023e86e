"""The ledger of problems as a workbook that an auditor edits: what was found is locked, what people decide is yellow."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bangfu.problems import Sentence
from bangfu.publish.cards import gravest_first, in_language
from bangfu.publish.figures import exact_yuan
from bangfu.publish.words import word
from bangfu.publish.workbook import Papers, new_book, row_height, written_sources
from bangfu.review.ledger import Ledger
from bangfu.review.life import CHOICES

FOUND = {"finding_id": 17, "version": 6, "year": 7, "rule_id": 8, "severity": 7, "title": 22, "subject": 22, "condition": 46, "criteria": 46, "amount": 15, "sources": 36, "now": 10,
         "reason": 30, "waiting": 26}  # fmt: skip
OWN = {"state": 11, "note": 30, "responsible": 16, "measure": 30, "deadline": 12, "result": 30, "approver": 14}
HIDDEN = {"evidence": 18}
FREE = 8  # columns at the right for what the editor wants to add


def head(column: str, lang: str) -> str:
    """How a column of the ledger is headed."""
    return word("review", column, lang) if column not in _OF_FINDINGS else word("finding", column, lang)


_OF_FINDINGS = {"finding_id", "rule_id", "severity", "title", "subject", "condition", "criteria", "amount", "sources"}


def write_ledger(out: Path, ledger: Ledger, *, lang: str = "zh", only: Sequence[str] | None = None) -> Path:
    """Writes the ledger (all findings, or those of some ids); it is not masked, and says so. The same ledger gives the same bytes."""
    rows = ledger.rows()
    rows = gravest_first(rows if only is None else rows[rows["finding_id"].isin(set(only))])
    book = new_book(out, word("review", "ledger", lang))
    papers = Papers(book, lang)
    _sheet(book, papers, rows.assign(year=ledger.year), lang)
    _guide(book, papers, ledger.county, ledger.year, len(rows), lang)
    told = book.add_worksheet(word("review", "exported", lang))
    # One id a cell: a cell ends at 32,767 characters.
    told.write_string(0, 0, json.dumps({"county": ledger.store.county, "year": ledger.year}))
    for at, finding_id in enumerate(rows["finding_id"], start=1):
        told.write_string(at, 0, finding_id)
    told.protect()
    told.hide()
    book.close()
    return out


def _sheet(book, papers: Papers, rows: pd.DataFrame, lang: str) -> None:
    columns = {**FOUND, **OWN, **HIDDEN}
    own, own_day = (book.add_format({"font_name": "微软雅黑", "font_size": 10, "valign": "top", "text_wrap": True, "bg_color": "#FDF8E8", "border": 1, "border_color": "#D9DFE5",
                                     "locked": False, "num_format": form}) for form in ("@", "yyyy-mm-dd"))  # fmt: skip
    free = book.add_format({"text_wrap": True, "valign": "top", "locked": False, "num_format": "@"})
    sheet = papers.sheet(word("review", "ledger", lang), [(head(c, lang), w) for c, w in FOUND.items()], [(head(c, lang), w) for c, w in OWN.items()], freeze=1)
    place = {c: at for at, c in enumerate(columns)}
    sheet.write_string(0, place["evidence"], head("evidence", lang), papers.head)
    sheet.set_column(place["evidence"], place["evidence"], HIDDEN["evidence"], None, {"hidden": True})
    sheet.set_column(len(columns), len(columns) + FREE - 1, 18, free)
    texts = {c: in_language(rows, c, lang) for c in ("title", "condition", "criteria")}
    for at, row in enumerate(rows.assign(**texts).to_dict("records"), start=1):
        written = {**row, "sources": "\n".join(written_sources(row["sources"])), "severity": word("severity", row["severity"], lang), "now": word("status", row["now"], lang),
                   "state": word("status", row["state"], lang) if row["state"] else ""}  # fmt: skip
        sheet.set_row(at, row_height([(written[c], w) for c, w in (FOUND | OWN).items()]))
        for column in columns:
            value = written[column]
            if column == "amount":
                amount = exact_yuan(value)
                sheet.write_blank(at, place[column], None, papers.money) if amount is None else sheet.write_number(at, place[column], amount, papers.money)
            elif column in ("version", "year"):
                sheet.write_number(at, place[column], value, papers.whole)
            elif column == "deadline" and value:
                sheet.write_datetime(at, place[column], pd.Timestamp(value).to_pydatetime(), own_day)
            elif column in OWN:
                form = own_day if column == "deadline" else own
                sheet.write_string(at, place[column], value, form) if value else sheet.write_blank(at, place[column], None, form)
            else:
                papers.text_cell(sheet, at, place[column], value)
    last = max(len(rows), 1)
    sheet.data_validation(1, place["state"], last, place["state"], {
        "validate": "list", "source": [word("status", s, lang) for s in CHOICES], "ignore_blank": True,
        "error_title": head("state", lang), "error_message": word("review", "choose", lang)})
    sheet.data_validation(1, place["deadline"], last, place["deadline"], {
        "validate": "date", "criteria": ">=", "value": pd.Timestamp(2000, 1, 1).to_pydatetime(), "ignore_blank": True, "error_type": "warning",
        "error_title": head("deadline", lang), "error_message": word("workpapers", "date_error", lang)})
    sheet.protect("", {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True, "format_cells": True})
    sheet.set_paper(8)


def _guide(book, papers: Papers, county: str, year: int, count: int, lang: str) -> None:
    sheet = book.add_worksheet(word("workpapers", "cover", lang))
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, word("workpapers", "unmasked", lang), papers.warning)
    sheet.write_string(1, 0, f"{county} {year} · {count:,}", papers.plain)
    for at, line in enumerate(word("review", "guide", lang).split("|"), start=3):
        sheet.write_string(at, 0, line, papers.plain)
        sheet.set_row(at, row_height([(line, 110)]))


def write_refused(out: Path, heads: Sequence[str], lines: Sequence[tuple[Sequence[str | None], Sentence]], lang: str = "zh") -> Path:
    """Writes the lines that were not taken, as they stood in the workbook, each with the sentence that says why."""
    book = new_book(out, word("review", "refused", lang))
    papers = Papers(book, lang)
    sheet = papers.sheet(word("review", "refused", lang), [(word("workpapers", "reason", lang), 60), *((h, 20) for h in heads)])
    for at, (cells, why) in enumerate(lines, start=1):
        for place, value in enumerate([why.say(lang), *cells]):
            papers.text_cell(sheet, at, place, value)
    book.close()
    return out
