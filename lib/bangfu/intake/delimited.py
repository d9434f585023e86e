"""Opening CSV files: encoding and separator by what is there, rows numbered as a spreadsheet shows them."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import zip_longest

import numpy as np
import pyarrow as pa

from bangfu.intake.raw import Notice, RawSheet, cannot, reserve, some

_SEPARATORS = ",\t;|"
_LOOKED_AT = 8000  # characters by which the separator is told
_WIDE_WITHIN = 100  # rows from the top that say how wide the file is
_BAD_CHARACTERS = 0.001  # of a file in which single characters were cut in two; beyond, the encoding is another one
csv.field_size_limit(2**31 - 1)


def _decoded(content: bytes) -> tuple[str | None, int]:
    """The text (None where no encoding fits), and how many characters could not be read."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding), 0
        except UnicodeDecodeError:
            continue
    # Systems that cut texts at so many bytes leave half a character behind.
    text, bad = min(((t := content.decode(e, errors="replace"), t.count("\ufffd")) for e in encodings), key=lambda found: found[1])
    return (text, bad) if bad <= max(1, _BAD_CHARACTERS * len(text)) else (None, bad)


def _separator(text: str) -> str:
    head = re.sub(r'"[^"]*"', "", text[:_LOOKED_AT])
    return max(_SEPARATORS, key=head.count)


def _split(text: str, separator: str) -> tuple[list[list[str]], dict[int, str]]:
    """The rows, and those that do not come apart because a quote is never closed (row position -> text)."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)), {}
    except csv.Error:
        pass
    lenient = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    # A quote within a text is harmless; one that opens a cell and is never closed swallows the rows below it.
    if not any(cell.count("\n") > 20 for row in lenient for cell in row) and not _open_quote(text, separator):
        return lenient, {}
    rows, broken = [], {}
    for line in text.splitlines():
        if line.count('"') % 2:
            broken[len(rows)] = line
            rows.append([])
        else:
            rows.append(next(csv.reader([line], delimiter=separator), []))
    return rows, broken


def _open_quote(text: str, separator: str) -> bool:
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            pass
    except csv.Error as wrong:
        return "unexpected end of data" in str(wrong) or text.count('"') % 2 == 1
    return False


def read_text(content: bytes, file: str) -> Iterator[RawSheet | Notice]:
    """The one sheet of a CSV file, and notices about its encoding and its quotes."""
    text, bad = _decoded(content)
    if text is None or "\x00" in text:
        yield cannot(file, "的编码既不是UTF-8也不是GB18030,请用表格软件另存为“CSV UTF-8”。", "is neither UTF-8 nor GB18030; save it as CSV UTF-8.")
        return
    if bad:
        yield reserve(file, f"有{bad}个字符残缺,已用“\ufffd”代替,请核对。", f"has {bad} broken characters, read as “\ufffd”; check them.")
    separator = _separator(text)
    rows, broken = _split(text, separator)
    if broken:
        numbers = [position + 1 for position in broken]
        yield reserve(
            file,
            f"有{len(numbers)}行的引号不成对(第{some(numbers)}行),这些行列入未能识别清单,请检查后重新导出。",
            f"has {len(numbers)} rows with a quote that is never closed (rows {some(numbers, 'en')}); they are among the rejects, check them and export it again.",
        )
    widths = np.array([len(row) for row in rows], dtype="int64")
    width = int(widths[:_WIDE_WITHIN].max(initial=0))
    for position in (widths > width).nonzero()[0]:
        broken[int(position)] = separator.join(rows[position])
        rows[position] = []
    columns = [pa.array(column, pa.string()) for column in zip_longest(*rows)]
    yield RawSheet(file, "", columns, widths=widths, broken=broken)
