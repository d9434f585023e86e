"""From the text of a cell to a value of its type; what has no value of its type is told apart from what is empty.

Each reader takes a column of cell texts and gives (values, unreadable): the typed column and a mask of cells that hold
text which is no value of that type. Cells are read once per distinct text.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

UNITS = {"亿元": 10**8, "千万元": 10**7, "百万元": 10**6, "万元": 10**4, "千元": 10**3, "百元": 10**2, "元": 1}
ERRORS = frozenset({"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!", "#ERROR!"})
_YES = {"是", "有", "√", "✓", "✔", "☑", "Y", "YES", "TRUE", "1", "1.0"}
_NO = {"否", "无", "×", "✗", "✘", "N", "NO", "FALSE", "0", "0.0"}
_LIKERT = {
    "很不满意": 1, "非常不满意": 1, "不满意": 2, "不太满意": 2, "一般": 3, "满意": 4, "比较满意": 4, "很满意": 5, "非常满意": 5,
}  # fmt: skip
# What offices write into a cell of which there is nothing to say, and where they do not know.
_NOTHING = {"无", "没有", "暂无", "无电话", "/", "-", "--"}
_NOT_KNOWN = {"不详", "未知", "不明"}

_TIME = (
    r"(?:[T ]*(?:(?P<noon>上午|下午|AM|PM) ?)?(?P<h>\d{1,2})(?:[:时点](?:(?P<i>\d{1,2})(?:分|(?=:)|(?=\.)|(?=Z)|(?= ?[AP]M)|$)"
    r"(?::?(?P<s>\d{1,2})(?:\.\d+)?秒?)?)?)(?: ?(?P<noon2>AM|PM))?Z?)?"
)
_WEEKDAY = r"(?: ?\(?(?:星期|周)[一二三四五六日天]\)?)?"
_DATE = re.compile(r"(?P<y>\d{4})(?:(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})|年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})[日号]?)" + _WEEKDAY + _TIME)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?: ?(?P<h>\d{2}):?(?P<i>\d{2})(?::?(?P<s>\d{2}))?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EXCEL_DAY_ZERO = datetime(1899, 12, 30)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_AMOUNT = re.compile(
    r"(?:RMB|CNY|人民币)?(?P<sign>[-+]?)[¥]?(?P<sign2>[-+]?)(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?P<e>E[-+]?\d{1,3})?"
    r"(?:(?P<unit>亿|千万|百万|万|千|百)?元?整?)",
    re.I,
)
_PLAIN = re.compile(r"-?\d{1,12}(?:\.\d{1,3})?", re.ASCII)
# What a spreadsheet makes of digits that it takes for a number: 9.99E+17.
_SCIENTIFIC = re.compile(r"\d\.\d+E\+?\d{2}|\dE\+\d{2}", re.I)
_COUNTED = re.compile(r"(?<=[\d.])(?:人|口|户|次|个|年|岁|天|分钟|m2|平方米|平米)$")


class Unreadable(ValueError):
    """The text is no value of the type."""


def _half_width(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def without_blanks(text: str) -> str:
    """The text in half-width characters, without blanks and marks that nobody sees."""
    return re.sub(r"[\s\u200b-\u200f\ufeff]", "", _half_width(text))


def read_moment(text: str) -> datetime:
    """A date with or without a time, in any form that offices write (2019-03-05, 2019年3月5日, 2019.3.5, 20190305, a day number)."""
    if len(text) in (10, 16, 19) and text[4] == text[7] == "-" and text.isascii():
        try:
            moment = datetime.fromisoformat(text)
            if 1900 <= moment.year <= 2100:
                return moment
        except ValueError:
            pass
    plain = re.sub(r"[\s\u200b-\u200f\ufeff]+", " ", _half_width(text).translate(_DASHES)).strip(" '").upper()
    found = _DATE.fullmatch(re.sub(r" *([年月日号/.-]) *", r"\1", plain)) or _COMPACT.fullmatch(plain)
    try:
        if found:
            part = found.groupdict()
            y, m, d = int(part["y"]), int(part["m"] or part["m2"]), int(part["d"] or part["d2"])
            hour = int(part["h"] or 0)
            noon = part.get("noon") or part.get("noon2")
            if noon in {"下午", "PM"} and hour < 12:
                hour += 12
            elif noon in {"上午", "AM"} and hour == 12:
                hour = 0
            moment = datetime(y, m, d, hour, int(part["i"] or 0), int(part["s"] or 0))
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
    """A number with optional thousands separators, currency sign and unit (as in UNITS); brackets mean negative."""
    if _PLAIN.fullmatch(text):
        return Decimal(text), None
    plain = without_blanks(text).translate(_DASHES).strip("'")
    negative = plain.startswith("(") and plain.endswith(")")
    found = _AMOUNT.fullmatch(plain[1:-1] if negative else plain)
    if not found or (found["sign"] and found["sign2"]):
        raise Unreadable(text)
    digits = found["n"].replace(",", "")
    # A workbook stores doubles: 17 digits are its noise, the shortest text of the same double is what was typed.
    if len(digits.replace(".", "").lstrip("0")) > 15 and ("." in digits or found["e"]):
        digits = repr(float(digits + (found["e"] or "")))
    elif found["e"]:
        digits += found["e"]
    value = Decimal(digits)
    named = found["unit"] or ("" if re.search("[元整]", plain) else None)
    return (-value if negative or "-" in (found["sign"], found["sign2"]) else value), None if named is None else named + "元"


def _amount_reader(header_unit: str | None) -> Callable[[str], int]:
    factor = UNITS[header_unit or "元"]

    def read_amount(text: str) -> int:
        value, unit = read_decimal(text)
        in_yuan = value * (UNITS[unit] if unit else factor)
        if abs(in_yuan) >= 10**14:
            raise Unreadable(text)
        return int((in_yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    return read_amount


def _plain_number(text: str) -> Decimal:
    value, unit = read_decimal(_COUNTED.sub("", without_blanks(text)))
    if unit:
        raise Unreadable(text)
    return value


def read_whole(text: str) -> int:
    """A whole number, with or without what is counted (4人, 2019年)."""
    value = _plain_number(text)
    if abs(value) >= 10**15 or value != value.to_integral_value():
        raise Unreadable(text)
    return int(value)


def read_number(text: str) -> float:
    """A number, with or without what is counted (120平方米)."""
    return float(_plain_number(text))


def read_percent(text: str) -> int:
    """A percentage (30, 30%, 33.5) in basis points."""
    value, unit = read_decimal(without_blanks(text).removesuffix("%"))
    points = value * 100
    if unit or abs(points) >= 10**9 or abs(points - points.to_integral_value()) > Decimal("1e-6"):
        raise Unreadable(text)
    return int(points.to_integral_value())


def _read_share(text: str) -> int:
    """A percentage that the workbook holds as a share (0.3 shown as 30%), in basis points."""
    return read_percent(text if "%" in text else str(_plain_number(text) * 100))


def written_as_shares(texts: pd.Series) -> bool:
    """Are all of these percentages shares (0.3 for 30%), as a workbook holds what it shows with a percent sign?"""
    bare = pd.to_numeric(texts.dropna().drop_duplicates().str.strip(), errors="coerce").dropna()
    return len(bare) > 0 and bool(bare.between(0, 1).all() and (bare % 1 > 0).any())


def read_flag(text: str) -> bool:
    plain = without_blanks(text).upper()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Unreadable(text)


def read_likert(text: str) -> int:
    plain = without_blanks(text)
    value = _LIKERT[plain] if plain in _LIKERT else read_whole(plain)
    if not 1 <= value <= 5:
        raise Unreadable(text)
    return value


def read_id(text: str) -> str:
    """An identifier: half-width, without blanks; digits that a spreadsheet turned into 9.99E+17 are lost and unreadable."""
    plain = without_blanks(text).strip("'`\u2018\u2019")
    if _SCIENTIFIC.fullmatch(plain):
        raise Unreadable(text)
    return re.sub(r"(?<=\d)\.0+$", "", plain) if plain.replace(".", "").isdigit() else plain


def read_name(text: str) -> str:
    """A person's or a body's name without the blanks that people put into it."""
    return without_blanks(text)


def read_text(text: str) -> str:
    return text.strip()


DTYPES = {
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
    elif column.type == "percent" and written_as_shares(texts):
        reader = _read_share
    elif column.type == "code":
        codes = column.codes
        reader = lambda text: _code(text, codes)  # noqa: E731
    elif column.personal == "id_number":
        reader = lambda text: read_id(text).upper()  # noqa: E731
    else:
        reader = _READERS[column.type]
    if column.type in _CLEAN:
        clean = texts.str.fullmatch(_CLEAN[column.type], na=True)
        if _may_be_none(column):
            clean &= ~texts.isin(_NOTHING | _NOT_KNOWN)
        dirty = texts[~clean]
        values, bad = _read_distinct(dirty, reader, column)
        typed, unreadable = texts.where(clean), pd.Series(False, index=texts.index)
        typed[dirty.index], unreadable[dirty.index] = values, bad
        return typed, unreadable
    return _read_distinct(texts, reader, column)


# What stands for itself and need not be looked at text by text.
_CLEAN = {"id": r"[0-9A-Z][0-9A-Z-]*", "text": r"(?s)[^\s#](?:.*\S)?", "name": "[\u4e00-\u9fff]+"}


def _read_distinct(texts: pd.Series, reader: Callable[[str], object], column) -> tuple[pd.Series, pd.Series]:
    positions, distinct = pd.factorize(texts)
    values, bad = [], []
    may_be_none = _may_be_none(column)
    for text in distinct:
        value, unreadable = None, False
        if text.strip() and not (may_be_none and says_nothing(text)):
            try:
                if is_error(text) or (may_be_none and says_not_known(text)):
                    raise Unreadable(text)
                value = reader(text)
            except Unreadable:
                unreadable = True
        values.append(None if value == "" else value)
        bad.append(unreadable)
    lookup = pd.Series([*values, None], dtype=DTYPES[column.type])
    unreadable = pd.Series([*bad, False], dtype=bool)
    return lookup.take(positions).set_axis(texts.index), unreadable.take(positions).set_axis(texts.index)


def _may_be_none(column) -> bool:
    """May 无 or a stroke stand in the column for nothing? In ids and names always (two of them name nobody, and never the same)."""
    return column.type in {"id", "name"} or column.none


def says_nothing(text: str) -> bool:
    """Does the cell say that there is nothing: 无, or a stroke?"""
    return without_blanks(text).translate(_DASHES) in _NOTHING


def says_not_known(text: str) -> bool:
    """Does the cell say that it is not known?"""
    return without_blanks(text) in _NOT_KNOWN


def is_error(text: str) -> bool:
    """Is it what a spreadsheet shows where a formula failed?"""
    return text.strip().upper() in ERRORS


def _code(text: str, codes: dict[str, str]) -> str:
    plain = without_blanks(text)
    if plain in codes:
        return codes[plain]
    if plain in codes.values():
        return plain
    raise Unreadable(text)


_REASONS = {
    "id": "编号被存成科学计数,位数已丢失", "date": "不是有效日期", "datetime": "不是有效时间", "int": "不是整数", "likert": "不在1至5之间",
    "percent": "不是百分数", "yuan": "不是金额", "number": "不是数字", "flag": "不是“是/否”或“有/无”", "code": "不是规定的类别",
}  # fmt: skip


def reason(kind: str, text: str) -> str:
    """Why a cell's text is no value of a column's type."""
    if is_error(text):
        return "单元格是公式错误"
    return "注明不详,没有可用的内容" if kind in {"id", "name", "text"} and says_not_known(text) else _REASONS[kind]
