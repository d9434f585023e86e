"""The data rows of a recognised sheet, apart from totals, notes, repeated headers and rows that do not fit."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from bangfu.intake.cells import without_blanks
from bangfu.intake.dictionary import Table, normalised
from bangfu.intake.headers import Header, find_header
from bangfu.intake.raw import RawSheet

_TOTAL = re.compile(r"(?:\S{0,12}[(]?)?(?:合计|总计|小计|累计|共计)(?:[(]\S{0,12}[)])?:?(?:[\d,.]+\S{0,2})?")
_NOTE = re.compile(
    r"(?:注|备注|附注|说明|填报说明|填报人|填表人|填报单位|编制单位|填报日期|填表日期|填报时间|制表人?|制表日期|审核人?|复核人?|负责人|单位负责人|分管领导"
    r"|联系人|联系电话|经办人|日期)\d*:.*|(?:注|备注|说明)\d*(?:[、..].*)?|[※*★].*",
    re.S,
)
_ODD = "[计注说:\uff1a※★*]"  # what a total or a note has in its first cell
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_COLUMN_NUMBER = re.compile(r"[(]?\d{1,2}[)]?(?:=.*)?|[甲乙丙丁戊]")
_MONEY_OR_COUNT = re.compile(r"[-\d.,%¥\s]+")


@dataclass
class Recognised:
    """A sheet known as a table.

    texts    canonical column -> cell texts of the data rows; rows -> their numbers as a spreadsheet shows them
    headers  canonical column -> header as it stands in the file; units -> unit that it (or the sheet) states
    dropped  (row, kind, text) of rows that are no data
    ragged   (row, text) of rows of a CSV file that have more cells than the header; short counts those that have fewer
    """

    table: Table
    texts: dict[str, pd.Series]
    rows: np.ndarray
    headers: dict[str, str]
    units: dict[str, str | None]
    unknown: list[str]
    dropped: list[tuple[int, str, str]]
    ragged: list[tuple[int, str]]
    short: int


def recognise(raw: RawSheet, tables: dict[str, Table]) -> Recognised | None:
    """The table that a sheet is, with its data rows; None where no table's key columns are there."""
    header = find_header(raw, tables)
    return _with_rows(raw, header) if header else None


def _with_rows(raw: RawSheet, header: Header) -> Recognised:
    start = header.row + 1
    body = [c.slice(start) for c in raw.columns]
    bare = [_bare(c) for c in body]
    keep, dropped = _data_rows(bare, header)
    ragged = _ragged_rows(raw, header, bare, keep)
    for position, _ in ragged:
        keep[position] = False
    rows = np.flatnonzero(keep)
    first = raw.first_row + start
    widths = raw.widths[start:][rows] if raw.widths is not None else None
    nameless = [
        f"(第{p + 1}列无表头)"
        for p, c in enumerate(bare)
        if p not in header.labels and p < _header_width(raw, header) and c.take(pa.array(rows)).null_count < len(rows)
    ]
    # Rows above the header can be broken too, and are told all the same.
    lost = [(raw.first_row + at, text) for at, text in raw.broken.items() if at < start]
    return Recognised(
        table=header.table,
        texts={c: pd.Series(body[p].take(pa.array(rows)), dtype="str") for c, p in header.columns.items()},
        rows=rows + first,
        headers={c: header.labels[p].text for c, p in header.columns.items()},
        units=header.units,
        unknown=header.unknown + nameless,
        dropped=[(first + at, kind, text) for at, kind, text in dropped],
        ragged=lost + [(first + at, text) for at, text in ragged],
        short=int(((widths > 1) & (widths < _header_width(raw, header))).sum()) if widths is not None else 0,
    )


def _bare(column: pa.Array) -> pa.Array:
    """Cell texts without the blanks around them, null where nothing is left."""
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _header_width(raw: RawSheet, header: Header) -> int:
    return int(raw.widths[header.row]) if raw.widths is not None else len(raw.columns)


def _data_rows(bare: list[pa.Array], header: Header) -> tuple[np.ndarray, list[tuple[int, str, str]]]:
    """Which rows are data, and the others with what they are; rows of blanks are not told.

    Only rows that look odd are looked at one by one: those without their first key, with a single cell, or with a first
    cell that a header, a total or a note could begin with.
    """
    size = len(bare[0]) if bare else 0
    filled = sum(np.asarray(c.is_valid()).astype("int64") for c in bare) if bare else np.zeros(0, "int64")
    keep = filled > 0
    if not size:
        return keep, []
    key = bare[header.columns[header.table.key[0]]]
    first = pc.coalesce(*bare)
    odd = keep & (np.asarray(key.is_null()) | (filled == 1))
    for texts in (first, key):
        odd |= np.asarray(pc.fill_null(pc.match_substring_regex(texts, _ODD), False))
    odd |= np.asarray(pc.fill_null(pc.match_substring_regex(key, _again(header)), False))
    odd[:1] = keep[:1]
    dropped = []
    for at in np.flatnonzero(odd & keep):
        texts = [c[at].as_py() for c in bare]
        kind = _kind(texts, header, first_row=at == 0)
        if kind:
            keep[at] = False
            if kind != "空行":
                dropped.append((int(at), kind, next(t for t in texts if t)))
    return keep, dropped


def _again(header: Header) -> str:
    """A pattern of what stands over the first key, however its characters are spaced."""
    above = [r[header.columns[header.table.key[0]]] for r in header.rows]
    spaced = [r"\s*".join(re.escape(c) for c in re.sub(r"\s", "", text)) for text in above if text]
    return f"^(?:{'|'.join(spaced)})$"


def _kind(texts: list[str | None], header: Header, first_row: bool) -> str | None:
    """What a row is that is no data; None for data."""
    filled = [t for t in texts if t]
    plain = [without_blanks(t) for t in filled]
    key = texts[header.columns[header.table.key[0]]]
    totals = [p for p in plain if _TOTAL.fullmatch(p)]
    if totals and (key is None or _TOTAL.fullmatch(without_blanks(key))):
        return "合计"
    if any(_same(texts, above) for above in header.rows):
        return "重复表头"
    if first_row and len(filled) > 2 and all(_COLUMN_NUMBER.fullmatch(p) for p in plain):
        return "栏次"
    if _NOTE.fullmatch(plain[0]) or (len(filled) == 1 and _CHINESE.search(plain[0])):
        return "注"
    if not any(texts[p] for p in header.columns.values()):
        # Numbered rows of a form that nobody filled in.
        return "空行" if all(_MONEY_OR_COUNT.fullmatch(p) for p in plain) else "无数据"
    return None


def _same(texts: list[str | None], above: list[str | None]) -> bool:
    """Does a row of the header stand again, as it does at the head of each printed page?"""
    pairs = [(t, a) for t, a in zip(texts, above, strict=True) if t or a]
    return len(pairs) > 1 and all(t and a and normalised(t) == normalised(a) for t, a in pairs)


def _ragged_rows(raw: RawSheet, header: Header, bare: list[pa.Array], keep: np.ndarray) -> list[tuple[int, str]]:
    """Data rows of a CSV file with something in cells beyond the header, and rows that do not come apart."""
    start, width = header.row + 1, _header_width(raw, header)
    found = {at - start: text for at, text in raw.broken.items() if at >= start}
    for column in bare[width:]:
        for at in np.flatnonzero(np.asarray(column.is_valid()) & keep):
            found.setdefault(int(at), ",".join(c[at].as_py() or "" for c in bare[: raw.widths[start + at]]))
    return sorted(found.items())
