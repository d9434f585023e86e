"""Opening workbooks: every cell as text, rows numbered as a spreadsheet shows them."""

import io
import zipfile
from collections.abc import Iterator

import pyarrow as pa

from bangfu.intake import long_numbers
from bangfu.intake.raw import Notice, RawSheet, cannot, reserve

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
_OLD = {".xls", ".et"}
# What the parser calls an error cell -> what a spreadsheet shows.
ERRORS = {
    "NA": "#N/A", "Div0": "#DIV/0!", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!", "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


def is_workbook(content: bytes) -> bool:
    return content.startswith((_ZIP, _OLE))


def read_workbook(content: bytes, file: str, kind: str) -> Iterator[RawSheet | Notice]:
    """The sheets of a workbook, whatever its extension (`kind`) says."""
    import fastexcel

    wrong = _why_not(content, file, kind)
    if wrong:
        yield wrong
        return
    if content.startswith(_OLE) and kind not in _OLD:
        yield reserve(file, f"实为旧版.xls改了扩展名({kind}),已按.xls读取,请另存为.xlsx。", "is an old .xls with another extension; it was read as .xls, save it as .xlsx.")
    elif content.startswith(_ZIP) and kind in _OLD | {".csv", ".txt", ".tsv"}:
        yield reserve(file, f"实为工作簿改了扩展名({kind}),已按工作簿读取,请改回.xlsx。", "is a workbook with another extension; it was read as a workbook, name it .xlsx.")
    try:
        # By content, not by path: the extension may be wrong.
        workbook = fastexcel.read_excel(content)
        names = workbook.sheet_names
    except Exception as failure:  # whatever the parser says, the person needs one sentence
        yield cannot(file, "已损坏或不完整,打不开,请重新导出。", f"is damaged or incomplete and cannot be opened ({type(failure).__name__}); export it again.")
        return
    if _counts_from_1904(content):
        yield reserve(
            file,
            "使用1904日期系统:日期格式的单元格已换算;没有日期格式的日期数字仍按1900系统读取,请核对。",
            "counts days from 1904: cells formatted as dates were converted, bare day numbers were read as counted from 1900; check them.",
        )
    for name in names:
        try:
            sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            batch, errors = sheet.to_arrow_with_errors()
        except Exception as failure:
            yield cannot(file, f"的工作表“{name}”读不出来,请重新导出。", f"has a sheet “{name}” that cannot be read ({type(failure).__name__}); export it again.")
            continue
        columns = _with_errors([c.cast(pa.string()) for c in batch.columns], errors.errors if errors else ())
        columns = long_numbers.as_written(columns, content, name)
        if sheet.visible != "visible" and columns:
            yield reserve(file, f"的工作表“{name}”是隐藏的,已一并读取,请核对是否为旧数据。", f"has a hidden sheet “{name}”; it was read as well, check that it is not an old copy.")
        yield RawSheet(file, name, columns)


def _why_not(content: bytes, file: str, kind: str) -> Notice | None:
    """Why something is no workbook that can be read."""
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return cannot(file, "有打开密码,请去掉密码后重新提交。", "is protected by a password; hand it in without one.")
        if "WordDocument".encode("utf-16-le") in content:
            return cannot(file, "是Word文档改了扩展名,请提交表格文件。", "is a Word document with another extension; hand in a spreadsheet.")
        return None
    if content.startswith(_ZIP):
        try:
            parts = zipfile.ZipFile(io.BytesIO(content)).namelist()
        except (zipfile.BadZipFile, ValueError, OSError):
            return cannot(file, "已损坏或不完整,打不开,请重新导出。", "is damaged or incomplete and cannot be opened; export it again.")
        if not any(p.startswith("xl/") or p == "content.xml" for p in parts):
            return cannot(file, "不是工作簿(是压缩包或Word文档改了扩展名),请提交表格文件。", "is no workbook (an archive or a Word document with another extension); hand in a spreadsheet.")
        return None
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return cannot(file, "是网页改了扩展名,请用表格软件打开后另存为.xlsx。", "is a web page with another extension; open it in a spreadsheet and save it as .xlsx.")
    return cannot(file, "不是工作簿(内容与扩展名不符),请用表格软件打开后另存为.xlsx。", "is no workbook (its content does not fit its extension); open it in a spreadsheet and save it as .xlsx.")


def _counts_from_1904(content: bytes) -> bool:
    if not content.startswith(_ZIP):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "xl/workbook.xml" in parts.namelist() and any(said in parts.read("xl/workbook.xml") for said in (b'date1904="1"', b'date1904="true"'))


def _with_errors(columns: list[pa.Array], errors) -> list[pa.Array]:
    """The columns with the texts of error cells, which the parser leaves empty."""
    by_column: dict[int, dict[int, str]] = {}
    for error in errors:
        row, column = error.position
        by_column.setdefault(column, {})[row] = ERRORS.get(error.detail.split("Error(")[-1].rstrip(")'"), "#ERROR!")
    for column, texts in by_column.items():
        cells = columns[column].to_pylist()
        for row, text in texts.items():
            cells[row] = text
        columns[column] = pa.array(cells, pa.string())
    return columns
