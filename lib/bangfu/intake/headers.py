"""Recognising a sheet: which row is the header, which table it is, and which column is which."""

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from bangfu.intake.cells import UNITS, without_blanks
from bangfu.intake.dictionary import Table, normalised
from bangfu.intake.raw import RawSheet

HEADER_WITHIN = 60  # rows from the top in which a header is looked for
LABELS_ABOVE = 2  # a label merged downwards, or one over a group, stands at most so many rows above the header row
# A sheet with the key columns of a table is that table when most of the table or a fair part of the sheet is recognised:
# a village's code stands in many sheets.
_OF_THE_SHEET, _OF_THE_TABLE = Fraction(3, 10), Fraction(1, 2)
_STATED = re.compile(r"(?<!填报)(?<!编制)(?<!制表)单位:\S{0,12}?(百万元|亿元|万元|千元|百元|元)")


@dataclass
class Label:
    """What stands over a column: its own text, or that of the cell merged down from above; and the group's before it."""

    text: str
    name: str
    unit: str | None
    grouped: str | None
    group_unit: str | None


@dataclass
class Header:
    """A recognised header: its row (position in the sheet), the table, and where each canonical column stands."""

    row: int
    table: Table
    labels: dict[int, Label]
    columns: dict[str, int]
    units: dict[str, str | None]
    rows: list[list[str | None]]

    @property
    def unknown(self) -> list[str]:
        """Headers that the table has no column for."""
        return [label.text for position, label in self.labels.items() if position not in self.columns.values()]


def find_header(raw: RawSheet, tables: dict[str, Table]) -> Header | None:
    """The row that matches most columns of a table; None where no table's key columns are there."""
    accepted = _accepted(tables)
    top = [raw.row(r) for r in range(min(len(raw), HEADER_WITHIN))]
    best, best_score = None, (0, 0)
    for row in range(len(top)):
        labels = _labels(top, row)
        for name, columns in _matches(labels, accepted).items():
            table = tables[name]
            if not all(k in columns for k in table.key):
                continue
            if len(columns) < _OF_THE_SHEET * len(labels) and len(columns) <= _OF_THE_TABLE * len(table.columns):
                continue
            # Where two tables match alike (a register's three columns stand in many sheets), the usual place decides.
            usual = (raw.sheet in (table.sheet, table.title)) + (raw.file.rsplit("/", 1)[-1] == table.file.rsplit("/", 1)[-1])
            if (len(columns), usual) > best_score:
                best, best_score = (row, table, labels, columns), (len(columns), usual)
    if best is None:
        return None
    row, table, labels, columns = best
    stated = _stated_unit(top[:row])
    units = {c: labels[p].unit or labels[p].group_unit or (stated if table.columns[c].type == "yuan" else None) for c, p in columns.items()}
    # In the order of the dictionary: the same table whatever order the sheet has.
    ordered = {c: columns[c] for c in table.columns if c in columns}
    return Header(row, table, labels, ordered, units, [top[r] for r in range(max(0, row - LABELS_ABOVE), row + 1)])


def _accepted(tables: dict[str, Table]) -> dict[str, list[tuple[str, str, int]]]:
    """Normalised header -> (table, column, how far down the column's list it stands)."""
    found = defaultdict(list)
    for table in tables.values():
        for column in table.columns.values():
            for rank, header in enumerate((*column.headers, column.name)):
                found[normalised(header)[0]].append((table.name, column, rank))
    return found


def _labels(top: list[list[str | None]], row: int) -> dict[int, Label]:
    here = top[row]
    if sum(text is not None for text in here) < 2:
        return {}
    above = [top[r] for r in range(row - 1, max(-1, row - 1 - LABELS_ABOVE), -1)]
    found = {}
    for position, text in enumerate(here):
        # Merged downwards: the text stands above, and nothing here.
        text = text or next((r[position] for r in above if r[position]), None)
        if text is None:
            continue
        name, unit = normalised(text)
        group = next((t for t in reversed(above[0][: position + 1]) if t), None) if above and here[position] else None
        grouped, group_unit = normalised(group) if group and sum(t is not None for t in above[0]) > 1 else (None, None)
        found[position] = Label(text, name, unit, grouped + name if grouped else None, group_unit)
    return found


def _matches(labels: dict[int, Label], accepted: dict) -> dict[str, dict[str, int]]:
    """Table -> canonical column -> position, the column's first accepted header going before its others."""
    ranked: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for position, label in labels.items():
        own = [a for a in accepted.get(label.name, ()) if _fits(a[1], label.unit)]
        tables = {a[0] for a in own}
        # A label that says nothing by itself (金额) may be known together with its group's (下达).
        own += [a for a in accepted.get(label.grouped, ()) if a[0] not in tables and _fits(a[1], label.unit or label.group_unit)]
        for table, column, rank in own:
            if column.name not in ranked[table] or (rank, position) < ranked[table][column.name]:
                ranked[table][column.name] = (rank, position)
    return {table: {c: position for c, (_, position) in columns.items()} for table, columns in ranked.items()}


def _fits(column, unit: str | None) -> bool:
    """An amount is not known by a header whose brackets hold something else than a unit of money."""
    return unit is None or (column.type == "yuan") == (unit in UNITS)


def _stated_unit(above: list[list[str | None]]) -> str | None:
    """The unit of money that a row above the header states for the whole sheet (单位:万元)."""
    found = [m.group(1) for row in above for text in row if text and (m := _STATED.search(without_blanks(text)))]
    return found[-1] if found else None
