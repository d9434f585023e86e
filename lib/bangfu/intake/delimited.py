"""Opening CSV files: encoding and separator by what is there, rows numbered as a spreadsheet shows them."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice, zip_longest

import numpy as np
import pyarrow as pa

from bangfu.intake.raw import Notice, RawSheet, cannot, reserve, some

_SEPARATORS = ",\t;|"
_LOOKED_AT = 8000  # characters by which the separator is told
_WIDE_WITHIN = 100  # rows from the top that say how wide the file is
_BAD_CHARACTERS = 0.001  # of a file in which single characters were cut in two; beyond, the encoding is another one
_BATCH = 20_000
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


def _mended(text: str, separator: str) -> tuple[list[list[str]], dict[int, str]]:
    """The rows of a text whose quotes are not as they should be, and those that do not come apart (position -> text)."""
    lenient = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    # A quote too many within a row is harmless; one that opens a cell and is never closed swallows the rows below it.
    if not any("\n" in cell or "\r" in cell for row in lenient for cell in row):
        return lenient, {}
    rows, broken = [], {}
    for line in text.splitlines():
        if line.count('"') % 2:
            broken[len(rows)] = line
            rows.append([])
        else:
            rows.append(next(csv.reader([line], delimiter=separator), []))
    return rows, broken


def read_text(content: bytes, file: str) -> Iterator[RawSheet | Notice]:
    """The one sheet of a CSV file, and notices about its encoding and its quotes."""
    text, bad = _decoded(content)
    if text is None or "\x00" in text:
        yield cannot(file, "的编码既不是UTF-8也不是GB18030,请用表格软件另存为“CSV UTF-8”。", "is neither UTF-8 nor GB18030; save it as CSV UTF-8.")
        return
    if bad:
        yield reserve(file, f"有{bad}个字符残缺,已用“\ufffd”代替,请核对。", f"has {bad} broken characters, read as “\ufffd”; check them.")
    separator = _separator(text)
    try:
        sheet = _sheet(file, csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), separator, {})
        broken = {}
    except csv.Error:
        rows, broken = _mended(text, separator)
        sheet = _sheet(file, iter(rows), separator, broken)
    if broken:
        numbers = [position + 1 for position in broken]
        yield reserve(
            file,
            f"有{len(numbers)}行的引号不成对(第{some(numbers)}行),这些行列入未能识别清单,请检查后重新导出。",
            f"has {len(numbers)} rows with a quote that is never closed (rows {some(numbers, 'en')}); they are among the rejects, check them and export it again.",
        )
    yield sheet


def _sheet(file: str, rows: Iterator[list[str]], separator: str, broken: dict[int, str]) -> RawSheet:
    """The rows as columns; in batches, for a row as a list of texts takes ten times its room in the file."""
    broken, widths, batches, width, done = dict(broken), [], [], 0, 0
    while batch := list(islice(rows, _BATCH)):
        width = width or max(map(len, batch[:_WIDE_WITHIN]))
        for at, row in enumerate(batch):
            if len(row) > width:
                broken[done + at] = separator.join(row)
                batch[at] = []
        widths.append(np.array([len(row) for row in batch], dtype="int64"))
        columns = [pa.array(column, pa.string()) for column in zip_longest(*batch)]
        batches.append(columns + [pa.nulls(len(batch), pa.string())] * (width - len(columns)))
        done += len(batch)
    columns = [pa.concat_arrays(parts) for parts in zip(*batches, strict=True)]
    return RawSheet(file, "", columns, widths=np.concatenate(widths) if widths else np.zeros(0, "int64"), broken=broken)
