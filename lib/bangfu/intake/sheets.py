"""Recognising a sheet: which row is the header, which table it is, which rows below are data."""

import re
from dataclasses import dataclass

import pandas as pd

from bangfu.intake.dictionary import Table, normalised
from bangfu.intake.readers import RawSheet

HEADER_WITHIN = 60  # rows from the top in which a header is looked for
_LABELS_ABOVE = 2  # a label merged downwards stands at most so many rows above the header row
_SHEET_UNIT = re.compile(r"(?<!填报)单位[::]\s*(?:人民币)?(亿元|万元|千元|元)")
_TOTAL = re.compile(r"(本页|本表)?(合\s*计|总\s*计|小\s*计|累\s*计)[::]?")
_NOTE = re.compile(r"(注|备注|说明|填报人|填表人|填报单位|填报日期|制表人?|制表日期|审核人?|复核人?|负责人|单位负责人|联系电话|经办人)\d*\s*[::].*", re.S)


@dataclass
class Recognised:
    """A sheet known as a table: positions of its columns, the unit of each, and its data rows."""

    table: Table
    columns: dict[str, int]
    headers: dict[str, str]
    units: dict[str, str | None]
    data: pd.DataFrame
    unknown: list[str]
    dropped: list[tuple[int, str, str]]


def recognise(raw: RawSheet, tables: dict[str, Table]) -> Recognised | None:
    """The table that a sheet is, by the row that matches most of its columns; None where no table's key columns are there."""
    accepted: dict[str, list[tuple[str, str]]] = {}
    for table in tables.values():
        for column in table.columns.values():
            for header in (*column.headers, column.name):
                accepted.setdefault(normalised(header)[0], []).append((table.name, column.name))
    best, best_score = None, (0, 0)
    top = raw.cells.head(HEADER_WITHIN)
    for row in range(len(top)):
        labels = _labels(top, row)
        if not labels:
            continue
        matches: dict[str, dict[str, int]] = {}
        for position, (text, _) in labels.items():
            for table, column in accepted.get(text, ()):
                matches.setdefault(table, {}).setdefault(column, position)
        for name, columns in matches.items():
            table = tables[name]
            # Where two tables match alike (a register's three columns stand in many sheets), the usual place decides.
            usual = (raw.sheet == table.sheet or raw.sheet == table.title) + (raw.file.rsplit("/", 1)[-1] == table.file.rsplit("/", 1)[-1])
            score = (len(columns), usual)
            if all(k in columns for k in table.key) and score > best_score:
                best, best_score = (row, table, columns, labels), score
    return _with_rows(raw, *best) if best else None


def _labels(top: pd.DataFrame, row: int) -> dict[int, tuple[str, str | None]]:
    """Position -> (header, unit) of a row; a cell merged downwards lends its label from above."""
    found = {}
    here = top.iloc[row]
    if here.notna().sum() < 2:
        return found
    for position, text in enumerate(here):
        above = row
        while pd.isna(text) and above > max(0, row - _LABELS_ABOVE):
            above -= 1
            text = top.iat[above, position]
        if pd.notna(text) and text.strip():
            found[position] = normalised(text)
    return found


def _with_rows(raw: RawSheet, row: int, table: Table, columns: dict[str, int], labels: dict) -> Recognised:
    above = " ".join(t for t in raw.cells.head(row).to_numpy().ravel() if isinstance(t, str))
    stated = _SHEET_UNIT.search(above)
    used = set(columns.values())
    header_row = raw.cells.iloc[row]
    body = raw.cells.iloc[row + 1 :]
    texts = body.apply(lambda c: c.str.strip()).where(lambda c: c != "")
    first = texts.bfill(axis=1).iloc[:, 0] if len(texts) else pd.Series(dtype="str")
    blank = first.isna()
    leading = texts.iloc[:, : max((columns[k] for k in table.key), default=0) + 1]
    total = leading.apply(lambda c: c.str.fullmatch(_TOTAL.pattern, na=False)).any(axis=1) if len(texts) else blank
    note = first.str.fullmatch(_NOTE.pattern, flags=re.S, na=False)
    again = _repeats_header(texts, header_row, columns)
    ragged = {number for number, _ in raw.ragged}
    kinds = {"合计": total, "注": note & ~total, "重复表头": again & ~total & ~note}
    dropped = [(raw.first_row + int(i), kind, first[i]) for kind, mask in kinds.items() for i in texts.index[mask]]
    keep = ~(blank | total | note | again)
    body = body[keep]
    if ragged:
        body = body[~(body.index + raw.first_row).isin(ragged)]
    return Recognised(
        table=table,
        columns=columns,
        headers={c: _header_text(raw.cells, row, p) for c, p in columns.items()},
        units={c: labels[p][1] or (stated.group(1) if stated else None) for c, p in columns.items()},
        data=body,
        unknown=[_header_text(raw.cells, row, p) for p in labels if p not in used],
        dropped=sorted(dropped),
    )


def _header_text(cells: pd.DataFrame, row: int, position: int) -> str:
    text = cells.iat[row, position]
    while pd.isna(text) and row > 0:
        row -= 1
        text = cells.iat[row, position]
    return text.strip()


def _repeats_header(texts: pd.DataFrame, header: pd.Series, columns: dict[str, int]) -> pd.Series:
    """Rows in which the header stands again, as it does at the head of each printed page."""
    same = pd.Series(True, index=texts.index)
    for position in columns.values():
        if pd.notna(header[position]):
            same &= texts[position] == header[position].strip()
    return same
