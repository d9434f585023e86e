"""Account and id numbers that a workbook holds as numbers: from the 17th digit on they are no longer what was typed.

A spreadsheet stores numbers as doubles, so 6228480012345678901 in a cell that is not text comes back as another number of as many
digits. The parser does not say which cells were numbers; the sheet's XML does. Only .xlsx and .xlsm have one.
"""

import io
import re
import zipfile
from collections import defaultdict
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.compute as pc

_EXACT = 2**53  # whole numbers below are exact in a double
_LONG = re.compile(rb"<v>(\d{16,19}|\d\.\d+E\+?01[5-8]|\d\.\d+E\+?1[5-8])</v>", re.I)
_CELL = re.compile(rb'<c r="[A-Z]+(\d+)"([^>]*)>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?$')
_MAIN, _LINK = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}", "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def as_written(columns: list[pa.Array], content: bytes, sheet: str) -> list[pa.Array]:
    """The columns of a workbook's sheet, with numbers too long for a double as `6.22848001234568E+18`.

    A spreadsheet keeps fifteen digits of what is typed; a number with more of them was written by something else, digit by digit, and stays as
    it was written.
    """
    if not any(_may_be_doubles(c) for c in columns):
        return columns
    lost = _long_numbers(content, sheet)
    return [_replaced(c, lost) for c in columns] if lost else columns


def _may_be_doubles(column: pa.Array) -> bool:
    digits = column.filter(pc.match_substring_regex(column, r"^[1-9][0-9]{15,18}$").fill_null(False))
    numbers = digits.cast(pa.uint64()).to_numpy(zero_copy_only=False)
    return bool(((numbers >= _EXACT) & (numbers.astype("float64").astype("uint64") == numbers)).any())


def _long_numbers(content: bytes, sheet: str) -> dict[int, dict[str, str]]:
    """Row (from 0) -> the parser's text of a long number -> the text to read instead."""
    xml, found = _xml(content, sheet), defaultdict(dict)
    for long in _LONG.finditer(xml):
        cell = _CELL.search(xml, xml.rfind(b"<c ", 0, long.start()), long.start())
        number = float(long[1])
        if cell and not re.search(rb' t="(?!n")', cell[2]) and number >= _EXACT:
            typed = long[1].decode()
            kept = typed.isdigit() and typed[15:].strip("0") != ""
            found[int(cell[1]) - 1][str(int(number))] = typed if kept else f"{number:.14E}"
    return found


def _xml(content: bytes, sheet: str) -> bytes:
    """The XML of a sheet; empty where the workbook has none."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return b""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(parts.namelist()):
            return b""
        listed = ElementTree.fromstring(parts.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        link = next((s.get(_LINK) for s in listed if s.get("name") == sheet), None)
        targets = {r.get("Id"): r.get("Target") for r in ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))}
        part = "xl/" + (targets.get(link) or "").removeprefix("/").removeprefix("xl/")
        return parts.read(part) if part in parts.namelist() else b""


def _replaced(column: pa.Array, lost: dict[int, dict[str, str]]) -> pa.Array:
    texts = column.to_pylist()
    for row, instead in lost.items():
        if row < len(texts) and texts[row] in instead:
            texts[row] = instead[texts[row]]
    return pa.array(texts, pa.string())
