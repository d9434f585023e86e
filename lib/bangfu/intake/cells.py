"""From the text of a cell to a value of its type; what has no value of its type is told apart from what is empty.

Each reader takes a column of cell texts and gives (values, unreadable): the typed column and a mask of cells that hold
text which is no value of that type. Cells are read once per distinct text.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import pandas as pd

UNITS = {"亿元": 10**8, "万元": 10**4, "千元": 10**3, "元": 1}
_YES = {"是", "有", "√", "Y", "YES", "TRUE", "1", "1.0"}
_NO = {"否", "无", "×", "N", "NO", "FALSE", "0", "0.0"}
_LIKERT = {"很不满意": 1, "不满意": 2, "一般": 3, "满意": 4, "很满意": 5}
_NO_TELEPHONE = {"无", "没有", "无电话"}

_DATE = re.compile(
    r"(?P<y>\d{4})(?:(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})|年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})[日号])"
    r"(?:[T ]*(?P<h>\d{1,2})[:时](?:(?P<i>\d{1,2})(?:分|(?=:)|(?=\.)|$)(?::?(?P<s>\d{1,2})(?:\.\d+)?秒?)?)?)?"
)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EXCEL_DAY_ZERO = datetime(1899, 12, 30)
_AMOUNT = re.compile(r"(?P<sign>[-+]?)[¥￥]?(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?P<e>[Ee][-+]?\d+)?(?P<unit>亿元|亿|万元|万|千元|元)?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{2}")


class Unreadable(ValueError):
    """The text is no value of the type."""


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _without_blanks(text: str) -> str:
    return re.sub(r"[\s\u200b-\u200f\ufeff]", "", _half_width(text))


def read_moment(text: str) -> datetime:
    """A date with or without a time, in any form that offices write (2019-03-05, 2019年3月5日, 2019.3.5, 20190305, a day number)."""
    plain = re.sub(r"\s+", " ", _half_width(text)).strip()
    found = _DATE.fullmatch(re.sub(r"\s*([年月/.-])\s*", r"\1", plain)) or _COMPACT.fullmatch(plain)
    try:
        if found:
            part = {k: int(v) for k, v in found.groupdict().items() if v and k != "sep"}
            moment = datetime(part["y"], part.get("m", part.get("m2", 0)), part.get("d", part.get("d2", 0)), part.get("h", 0), part.get("i", 0), part.get("s", 0))
        elif _SERIAL.fullmatch(plain):
            moment = _EXCEL_DAY_ZERO + timedelta(days=float(plain))
            moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
        else:
            raise Unreadable(text)
    except ValueError as wrong:
        raise Unreadable(text) from wrong
    if not 1900 <= moment.year <= 2100:
        raise Unreadable(text)
    return moment


def read_day(text: str) -> datetime:
    """The day of a moment."""
    return read_moment(text).replace(hour=0, minute=0, second=0)


def read_decimal(text: str) -> tuple[Decimal, str | None]:
    """A number with optional thousands separators, currency sign and unit; brackets mean negative."""
    plain = _without_blanks(text)
    negative = plain.startswith("(") and plain.endswith(")")
    found = _AMOUNT.fullmatch(plain[1:-1] if negative else plain)
    if not found:
        raise Unreadable(text)
    digits = found["n"].replace(",", "") + (found["e"] or "")
    # A workbook stores doubles: 17 digits are its noise, the shortest text of the same double is what was typed.
    if len(re.sub(r"\D", "", digits)) > 15 and "." in digits:
        digits = repr(float(digits))
    try:
        value = Decimal(digits)
    except InvalidOperation as wrong:
        raise Unreadable(text) from wrong
    return (-value if negative or found["sign"] == "-" else value), found["unit"]


def _amount_reader(header_unit: str | None) -> Callable[[str], int]:
    factor = UNITS.get(header_unit or "元", 1)

    def read_amount(text: str) -> int:
        value, unit = read_decimal(text)
        in_yuan = value * (UNITS[unit if unit.endswith("元") else unit + "元"] if unit else factor)
        fen = int((in_yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        if abs(fen) >= 10**16:
            raise Unreadable(text)
        return fen

    return read_amount


def read_whole(text: str) -> int:
    value, unit = read_decimal(text)
    if unit or value != value.to_integral_value():
        raise Unreadable(text)
    return int(value)


def read_number(text: str) -> float:
    value, unit = read_decimal(text)
    if unit:
        raise Unreadable(text)
    return float(value)


def read_percent(text: str) -> int:
    """A percentage (30, 30%, 33.5) in basis points."""
    plain = _without_blanks(text)
    value, unit = read_decimal(plain.removesuffix("%"))
    points = value * 100
    if unit or points != points.to_integral_value():
        raise Unreadable(text)
    return int(points)


def read_flag(text: str) -> bool:
    plain = _without_blanks(text).upper()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Unreadable(text)


def read_likert(text: str) -> int:
    plain = _without_blanks(text)
    value = _LIKERT[plain] if plain in _LIKERT else read_whole(plain)
    if not 1 <= value <= 5:
        raise Unreadable(text)
    return value


def read_id(text: str) -> str:
    """An identifier: half-width, without blanks; digits that a spreadsheet turned into 9.99E+17 are lost and unreadable."""
    plain = _without_blanks(text).strip("'`‘’")
    if _SCIENTIFIC.fullmatch(plain):
        raise Unreadable(text)
    return re.sub(r"(?<=\d)\.0+$", "", plain) if plain.replace(".", "").isdigit() else plain


def read_name(text: str) -> str:
    """A person's or a body's name without the blanks that people put into it."""
    return _without_blanks(text)


def read_text(text: str) -> str:
    return text.strip()


_DTYPES = {
    "id": "str", "text": "str", "name": "str", "code": "str", "date": "datetime64[us]", "datetime": "datetime64[us]",
    "int": "Int64", "likert": "Int64", "percent": "Int64", "yuan": "Int64", "number": "float64", "flag": "boolean",
}  # fmt: skip
_READERS: dict[str, Callable[[str], object]] = {
    "id": read_id, "text": read_text, "name": read_name, "date": read_day, "datetime": read_moment, "int": read_whole,
    "likert": read_likert, "percent": read_percent, "number": read_number, "flag": read_flag,
}  # fmt: skip


def read_cells(texts: pd.Series, column, unit: str | None = None) -> tuple[pd.Series, pd.Series]:
    """A column of cell texts as typed values, and the mask of cells whose text is no value of the type.

    `column` is a dictionary Column; `unit` is the unit that the header (or the sheet) states for amounts.
    """
    if column.type == "yuan":
        reader = _amount_reader(unit)
    elif column.type == "code":
        codes = column.codes
        reader = lambda text: _code(text, codes)  # noqa: E731
    elif column.personal == "id_number":
        reader = lambda text: read_id(text).upper()  # noqa: E731
    else:
        reader = _READERS[column.type]
    positions, distinct = pd.factorize(texts)
    values, bad = [], []
    for text in distinct:
        value, unreadable = None, False
        if text.strip() and not (column.personal == "phone" and _without_blanks(text) in _NO_TELEPHONE):
            try:
                value = reader(text)
            except Unreadable:
                unreadable = True
        values.append(value if value != "" else None)
        bad.append(unreadable)
    lookup = pd.Series([*values, None], dtype=_DTYPES[column.type])
    unreadable = pd.Series([*bad, False], dtype=bool)
    typed = lookup.take(positions).set_axis(texts.index)
    return typed, unreadable.take(positions).set_axis(texts.index)


def _code(text: str, codes: dict[str, str]) -> str:
    plain = _without_blanks(text)
    if plain in codes:
        return codes[plain]
    if plain in codes.values():
        return plain
    raise Unreadable(text)


REASONS = {
    "id": ("编号被存成科学计数,位数已丢失", "stored in scientific notation, digits are lost"),
    "date": ("不是有效日期", "not a date"),
    "datetime": ("不是有效时间", "not a time"),
    "int": ("不是整数", "not a whole number"),
    "likert": ("不在1至5之间", "not within 1 to 5"),
    "percent": ("不是百分数", "not a percentage"),
    "yuan": ("不是金额", "not an amount"),
    "number": ("不是数字", "not a number"),
    "flag": ("不是“是/否”或“有/无”", "neither yes nor no"),
    "code": ("不是规定的类别", "not one of the categories"),
}
