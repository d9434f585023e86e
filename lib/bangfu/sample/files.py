"""The raw files of a county-year, as untidy as county offices hand them over (spec/intake.md).

Tables of a folder's workbook become sheets of it, the others CSV files. The same county gives the same bytes.
"""
from __future__ import annotations

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from bangfu.intake.dictionary import Table, dictionary
from bangfu.sample.county import SampleCounty
from bangfu.sample.planting import stream
from bangfu.sample.tables import ID_COLUMN

IN_WAN = {("funds", "issued"), ("funds", "received"), ("businesses", "registered_capital")}  # 万元, as such forms have it
TOTALS = {"villages": ["households_total", "population_total"], "funds": ["issued", "received"], "claims": ["amount"], "incomes": ["reported_total"]}
GROUPS = {"A": "A扶贫产业项目收入", "B": "B财产性收入", "C": "C经营性收入", "D": "D工资性收入", "E": "E转移性收入", "F": "F支出"}
NOTES = ["注:本表由各镇街汇总上报。", "注:以上数据截至当年年底。", "填表人:"]
DATES = ["{y}-{m:02d}-{d:02d}", "{y}年{m}月{d}日", "{y}.{m}.{d}"]
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def write_files(county: SampleCounty, folder: Path, untidy: bool = True) -> pd.DataFrame:
    """Writes the raw files of the county-year below the folder.

    Returns the planted cells that cannot be read: file, row_key (id of the row), column (header as it stands there).
    """
    books: dict[str, list[Table]] = {}
    for table in dictionary().values():
        books.setdefault(table.file, []).append(table)
    rejects = []
    for file, tables in books.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        sheets = [(table, _Sheet(county, table, untidy, as_text=file.endswith(".csv"))) for table in tables]
        if file.endswith(".csv"):
            _write_csv(path, sheets[0][1])
        else:
            _write_workbook(path, sheets, county, untidy)
        rejects += [(file, key, header) for _, sheet in sheets for key, header in sheet.unreadable]
    return pd.DataFrame(rejects, columns=["file", "row_key", "column"])


class _Sheet:
    """A table as it will stand in a file: headers, and columns of cells."""

    def __init__(self, county: SampleCounty, table: Table, untidy: bool, as_text: bool):
        self.table, self.untidy, self.as_text = table, untidy, as_text
        self.rng = np.random.default_rng(stream(county.seed, county.year, "files", table.name))
        frame = county.tables[table.name]
        self.size = len(frame)
        columns = self._order([name for name, column in table.columns.items() if not column.optional])
        self.headers = [self._header(table.columns[name]) for name in columns]
        cells = [self._cells(frame[name], table.columns[name]) for name in columns]
        self.unreadable = []
        position = {label: i for i, label in enumerate(frame.index)}
        for name, label, column, text in county.raw_cells:
            if name == table.name and label in position:
                cells[columns.index(column)][position[label]] = text
                self.unreadable.append((frame.at[label, ID_COLUMN[name]], self.headers[columns.index(column)]))
        self.totals = {columns.index(c): c for c in TOTALS.get(table.name, [])}
        self.total_of = {i: _number(frame[c].sum(), table, table.columns[c]) for i, c in self.totals.items()}
        self.groups = [table.columns[name].group for name in columns]
        if untidy and not as_text and self.rng.random() < 0.6:
            self.headers, cells = ["序号", *self.headers], [list(range(1, self.size + 1)), *cells]
            self.groups, self.total_of = [None, *self.groups], {i + 1: v for i, v in self.total_of.items()}
        if untidy and self.rng.random() < 0.5:
            self.headers, cells, self.groups = [*self.headers, "备注"], [*cells, [None] * self.size], [*self.groups, None]
        self.cells = cells

    def _order(self, columns: list[str]) -> list[str]:
        """Sometimes a column stands elsewhere than in the form."""
        if self.untidy and self.table.name != "incomes" and self.rng.random() < 0.4:
            moved = columns.pop(int(self.rng.integers(1, len(columns))))
            columns.insert(int(self.rng.integers(1, len(columns) + 1)), moved)
        return columns

    def _header(self, column) -> str:
        header = column.headers[0]
        if self.untidy and len(column.headers) > 1 and self.rng.random() < 0.25:
            header = column.headers[int(self.rng.integers(1, len(column.headers)))]
        if (self.table.name, column.name) in IN_WAN:
            return header + "(万元)"
        if column.type == "percent":
            return header + "(%)"
        if column.type == "yuan" and self.untidy and self.rng.random() < 0.5:
            return header + "(元)"
        return header

    def _cells(self, values: pd.Series, column) -> list:
        """The cells of a column: None, text, number or datetime."""
        kind = column.type
        if kind in ("date", "datetime"):
            return self._dates(values, kind == "datetime")
        if kind == "yuan":
            return self._amounts(values, column)
        if kind == "flag":
            yes, no = ("有", "无") if column.name.startswith("has_") else ("是", "否")
            return [None if v is pd.NA else yes if v else no for v in values]
        if kind == "code":
            words = {code: word for word, code in reversed(column.codes.items())}
            return [None if pd.isna(v) else words[v] for v in values]
        if kind in ("int", "likert", "number", "percent"):
            return [None if pd.isna(v) else _plain(Decimal(int(v)) / 100 if kind == "percent" else v) for v in values]
        texts = [None if pd.isna(v) else v for v in values.astype(object)]
        return self._worn(texts, column) if self.untidy else texts

    def _worn(self, texts: list, column) -> list:
        """Ids in full-width digits or with blanks, names with a blank inside, 无 for no telephone."""
        luck = self.rng.random(len(texts))
        if column.personal == "id_number":
            for i in np.flatnonzero(luck < 0.03):
                if (text := texts[i]) is not None:
                    texts[i] = text.translate(FULL_WIDTH) if luck[i] < 0.008 else text[:6] + " " + text[6:] if luck[i] < 0.016 else text.lower() + " "
        elif column.type == "name":
            for i in np.flatnonzero(luck < 0.02):
                if texts[i] is not None:
                    texts[i] = texts[i][:1] + " " + texts[i][1:]
        elif column.personal == "phone":
            texts = ["无" if text is None and chance < 0.7 else text for text, chance in zip(texts, luck)]
        return texts

    def _dates(self, values: pd.Series, with_time: bool) -> list:
        if not self.as_text and (not self.untidy or self.rng.random() < 0.4):
            return [None if v is pd.NaT else v for v in values.dt.to_pydatetime()] if len(values) else []
        days = values.dt
        forms = self.rng.choice(len(DATES), len(values), p=[0.5, 0.25, 0.25]) if self.untidy else np.zeros(len(values), int)
        parts = zip(days.year, days.month, days.day, days.hour, days.minute, forms)
        if with_time:
            return [None if y != y else f"{DATES[f].format(y=int(y), m=int(m), d=int(d))} {int(h):02d}:{int(i):02d}" for y, m, d, h, i, f in parts]
        return [None if y != y else DATES[f].format(y=int(y), m=int(m), d=int(d)) for y, m, d, _, _, f in parts]

    def _amounts(self, values: pd.Series, column) -> list:
        plain = [None if v is pd.NA else _number(v, self.table, column) for v in values]
        if self.as_text or not self.untidy:
            separated = self.untidy and self.table.name == "ledger"
            return [None if v is None else f"{v:,.2f}" if separated else v for v in plain]
        written = self.rng.random(len(plain)) < (0.15 if (self.table.name, column.name) not in IN_WAN else 0)
        return [f"{v:,.2f}" if as_text and v is not None else v for v, as_text in zip(plain, written)]


def _number(fen, table: Table, column):
    """The amount as a cell: in yuan or, where the header says so, in 10,000 yuan; whole numbers without a point."""
    if column.type != "yuan":
        return int(fen)
    return _plain(Decimal(int(fen)) / (1_000_000 if (table.name, column.name) in IN_WAN else 100))


def _plain(value):
    value = float(value)
    return int(value) if value.is_integer() else value


def _write_csv(path: Path, sheet: _Sheet) -> None:
    encoding = ("gb18030" if sheet.rng.random() < 0.5 else "utf-8-sig") if sheet.untidy else "utf-8-sig"
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(sheet.headers)
        writer.writerows(zip(*sheet.cells))


def _write_workbook(path: Path, sheets: list, county: SampleCounty, untidy: bool) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"author": county.name, "created": datetime(county.year, 12, 31)})
    formats = {"date": book.add_format({"num_format": "yyyy-mm-dd"}), "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
               "title": book.add_format({"bold": True, "align": "center"})}
    for table, sheet in sheets:
        _write_sheet(book.add_worksheet(table.sheet), table, sheet, county, formats)
    if untidy and any(sheet.rng.random() < 0.3 for _, sheet in sheets):
        extra = book.add_worksheet("填表说明")
        for row, text in enumerate(["填表说明", "一、本表一式两份。", "二、如有疑问请与县扶贫办联系。"]):
            extra.write_string(row, 0, text)
    book.close()


def _write_sheet(page, table: Table, sheet: _Sheet, county: SampleCounty, formats) -> None:
    row, width = 0, len(sheet.headers)
    if sheet.untidy:
        row = int(sheet.rng.integers(0, 3))
        page.merge_range(row, 0, row, width - 1, f"{county.name}{county.year}年{table.title}", formats["title"])
        page.write_string(row + 1, 0, f"填报单位:{county.name}扶贫开发办公室")
        row += 2 + int(sheet.rng.integers(0, 2))
        if any(sheet.groups):
            row = _write_groups(page, row, sheet, formats)
    for column, header in enumerate(sheet.headers):
        page.write_string(row, column, header)
    gap = sheet.size // 2 if sheet.untidy and sheet.rng.random() < 0.3 else None
    for number, cells in enumerate(zip(*sheet.cells)):
        row += 1 + (number == gap)
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, str):
                page.write_string(row, column, cell)
            elif isinstance(cell, datetime):
                page.write_datetime(row, column, cell, formats["moment" if cell.hour or cell.minute else "date"])
            else:
                page.write_number(row, column, cell)
    if not sheet.untidy:
        return
    if sheet.total_of:
        row += 1
        page.write_string(row, 0, "合计")
        for column, value in sorted(sheet.total_of.items()):
            page.write_number(row, column, value)
    page.write_string(row + 2, 0, NOTES[int(sheet.rng.integers(0, len(NOTES)))])


def _write_groups(page, row: int, sheet: _Sheet, formats) -> int:
    """A row of merged group labels above the header row, with the labels of ungrouped columns in both."""
    column = 0
    while column < len(sheet.groups):
        group = sheet.groups[column]
        end = column
        while end + 1 < len(sheet.groups) and group is not None and sheet.groups[end + 1] == group:
            end += 1
        label = GROUPS[group] if group else sheet.headers[column]
        if end > column:
            page.merge_range(row, column, row, end, label, formats["title"])
        else:
            page.write_string(row, column, label)
        column = end + 1
    return row + 1
