"""Opening what county offices hand over: workbooks, CSV files and databases, as sheets of cell texts.

A reader keeps every cell as text and the row numbers that a spreadsheet shows. A file that cannot be opened is one
sentence among the notices, and the rest is still read.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bangfu.problems import Sentence

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"}
TEXTS = {".csv", ".txt", ".tsv"}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"


@dataclass
class RawSheet:
    """One sheet as cell texts: `cells` has a row per spreadsheet row, beginning with row number `first_row`.

    `ragged` lists (row, texts) of rows that do not fit the header and were left out; sheet is empty for CSV.
    """

    file: str
    sheet: str
    cells: pd.DataFrame
    first_row: int = 1
    ragged: tuple[tuple[int, str], ...] = ()


@dataclass
class Notice:
    """Something about a file that people must know: it could not be read, or was read with reservations."""

    file: str
    sentence: Sentence
    unusable: bool


def _cannot(file: str, zh: str, en: str) -> Notice:
    return Notice(file, Sentence(f"文件《{file}》{zh}", f"File “{file}” {en}"), unusable=True)


def files_of(folder: Path) -> list[Path]:
    """Every file below the folder in a fixed order, but for lock files and hidden ones."""
    return sorted(
        p
        for p in folder.rglob("*")
        if p.is_file() and not any(part.startswith((".", "~$")) for part in p.relative_to(folder).parts) and p.name != "Thumbs.db"
    )


def read_file(path: Path, folder: Path) -> Iterator[RawSheet | Notice]:
    """The sheets of one file, and notices about it."""
    file = path.relative_to(folder).as_posix()
    kind = path.suffix.lower()
    if kind not in WORKBOOKS | TEXTS:
        yield Notice(file, Sentence(f"文件《{file}》不是工作簿也不是CSV,未读取。", f"File “{file}” is neither a workbook nor CSV and was not read."), unusable=False)
        return
    try:
        head = path.open("rb").read(8)
    except OSError as wrong:
        yield _cannot(file, f"打不开({wrong.strerror}),请检查文件权限或重新导出。", f"cannot be opened ({wrong.strerror}); check its permissions or export it again.")
        return
    if not head:
        yield _cannot(file, "是空文件,请重新导出。", "is empty; export it again.")
    elif kind in TEXTS and not head.startswith((_ZIP, _OLE)):
        yield from _read_text(path, file)
    else:
        yield from _read_workbook(path, file, head)


def _read_workbook(path: Path, file: str, head: bytes) -> Iterator[RawSheet | Notice]:
    import fastexcel

    kind = path.suffix.lower()
    if head.startswith(_OLE):
        content = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in content:
            yield _cannot(file, "有打开密码,请去掉密码后重新提交。", "is protected by a password; hand it in without one.")
            return
        if kind not in {".xls", ".et"}:
            yield Notice(file, Sentence(f"文件《{file}》实为旧版.xls改了扩展名,已按.xls读取,请另存为.xlsx。", f"File “{file}” is an old .xls with another extension; it was read as .xls, save it as .xlsx."), unusable=False)
    elif not head.startswith(_ZIP):
        if kind in {".xls", ".et"} and head.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
            yield _cannot(file, "是网页改了扩展名,请用表格软件打开后另存为.xlsx。", "is a web page with another extension; open it in a spreadsheet and save it as .xlsx.")
        else:
            yield _cannot(file, "不是工作簿(内容与扩展名不符),请用表格软件另存为.xlsx。", "is no workbook (its content does not fit its extension); save it as .xlsx.")
        return
    try:
        # By content, not by path: the extension may be wrong.
        workbook = fastexcel.read_excel(path.read_bytes())
        names = workbook.sheet_names
    except Exception as wrong:  # whatever the parser says, the person needs one sentence
        yield _cannot(file, "已损坏或不完整,打不开,请重新导出。", f"is damaged or incomplete and cannot be opened ({type(wrong).__name__}); export it again.")
        return
    for name in names:
        try:
            sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            batch, errors = sheet.to_arrow_with_errors()
        except Exception as wrong:
            yield Notice(
                file,
                Sentence(f"文件《{file}》的工作表“{name}”读不出来,请重新导出。", f"Sheet “{name}” of “{file}” cannot be read ({type(wrong).__name__}); export it again."),
                unusable=True,
            )
            continue
        cells = batch.to_pandas()
        cells.columns = range(cells.shape[1])
        cells = cells.astype("str")
        for error in errors.errors if errors else ():
            row, column = error.position
            if row < len(cells):
                cells.iat[row, column] = "#" + error.detail.split("Error(")[-1].rstrip(")'")
        yield RawSheet(file, name, cells)


def _decoded(content: bytes) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _read_text(path: Path, file: str) -> Iterator[RawSheet | Notice]:
    text = _decoded(path.read_bytes())
    if text is None or "\x00" in text:
        yield _cannot(file, "的编码既不是UTF-8也不是GB18030,请用表格软件另存为“CSV UTF-8”。", "is neither UTF-8 nor GB18030; save it as CSV UTF-8.")
        return
    first = text[: text.find("\n", 4000) if len(text) > 4000 else None]
    delimiter = max(",\t;|", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as wrong:
        yield _cannot(file, "的引号或分隔符有误,读不下去,请重新导出。", f"has broken quotes or separators ({wrong}); export it again.")
        return
    width = _usual_width(rows)
    kept, ragged, short = [], [], 0
    for number, row in enumerate(rows, start=1):
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            ragged.append((number, delimiter.join(row)))
            kept.append([None] * width)
            continue
        short += 1 < len(row) < width
        kept.append(row[:width] + [None] * (width - len(row)))
    cells = pd.DataFrame(kept, columns=range(width), dtype="str")
    cells = cells.where(cells != "")
    if ragged:
        numbers = "、".join(str(n) for n, _ in ragged[:5]) + ("等" if len(ragged) > 5 else "")
        yield Notice(
            file,
            Sentence(
                f"文件《{file}》有{len(ragged)}行的列数多于表头(第{numbers}行),这些行列入未能识别清单,请检查其中的逗号和引号。",
                f"“{file}” has {len(ragged)} rows with more columns than the header (rows {', '.join(str(n) for n, _ in ragged[:5])}); they are among the rejects, check their commas and quotes.",
            ),
            unusable=False,
        )
    if short:
        yield Notice(
            file,
            Sentence(f"文件《{file}》有{short}行的列数少于表头,缺少的单元格按空白读取,请核对。", f"“{file}” has {short} rows with fewer columns than the header; their missing cells were read as empty."),
            unusable=False,
        )
    yield RawSheet(file, "", cells, ragged=tuple(ragged))


def _usual_width(rows: list[list[str]]) -> int:
    """The width that most rows have; a title row above or a note below is narrower."""
    widths = pd.Series([len(r) for r in rows if len(r) > 1])
    return int(widths.mode().max()) if len(widths) else max((len(r) for r in rows), default=1)


def read_database(url: str, wanted: dict[str, tuple[str, ...]]) -> Iterator[RawSheet | Notice]:
    """The tables of a database as sheets of texts: `wanted` is canonical table -> names it may have there.

    The file of a source is `数据库`, its sheet the table's name there, its row the position in the table's own order.
    """
    import sqlalchemy

    try:
        engine = sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            present = set(sqlalchemy.inspect(connection).get_table_names()) | set(sqlalchemy.inspect(connection).get_view_names())
            for names in wanted.values():
                for name in names:
                    if name in present:
                        rows = pd.read_sql_query(f"SELECT * FROM {engine.dialect.identifier_preparer.quote(name)}", connection, dtype=object)
                        header = pd.DataFrame([list(rows.columns)])
                        body = rows.set_axis(range(rows.shape[1]), axis=1)
                        body = body.map(lambda v: None if v is None or v is pd.NaT or v != v else str(v))
                        yield RawSheet("数据库", name, pd.concat([header, body], ignore_index=True).astype("str"), first_row=0)
                        break
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as wrong:
        shown = sqlalchemy.engine.make_url(url).render_as_string(hide_password=True) if "://" in url else url
        yield Notice(
            "数据库",
            Sentence(f"数据库 {shown} 连不上或读不出,请检查地址、账号和驱动。", f"Database {shown} cannot be read ({type(wrong).__name__}); check its address, account and driver."),
            unusable=True,
        )
