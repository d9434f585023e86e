"""Opening the files that county offices hand over: each by what it is, whatever its extension says.

A file that cannot be opened is one sentence among the notices, and the rest is still read.
"""

from collections.abc import Iterator
from pathlib import Path

from bangfu.intake import delimited, workbooks
from bangfu.intake.raw import Notice, RawSheet, cannot, reserve

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"}
TEXTS = {".csv", ".txt", ".tsv"}
_NOBODYS = {"Thumbs.db", "desktop.ini"}


def _handed_over(path: Path, folder: Path) -> bool:
    """Lock files, hidden files and what file managers leave are nobody's data."""
    return path.name not in _NOBODYS and not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)


def files_of(folder: Path) -> list[Path]:
    """Every file below the folder in a fixed order, but for lock files and hidden ones."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and _handed_over(p, folder))


def read_folder(folder: Path) -> Iterator[RawSheet | Notice]:
    """The sheets of every file below the folder, and notices about what could not be read."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in WORKBOOKS | TEXTS and _handed_over(path, folder) and not path.is_file():
            name = path.relative_to(folder).as_posix()
            if path.is_dir():
                yield cannot(name, "是文件夹,不是表格文件,请检查是否解压有误。", "is a folder, no spreadsheet; check how it was unpacked.")
            else:
                yield cannot(name, "是失效的链接,请提交文件本身。", "is a link that leads nowhere; hand in the file itself.")
    for path in files_of(folder):
        yield from read_file(path, folder)


def read_file(path: Path, folder: Path) -> Iterator[RawSheet | Notice]:
    """The sheets of one file, and notices about it."""
    file = path.relative_to(folder).as_posix()
    kind = path.suffix.lower()
    if kind not in WORKBOOKS | TEXTS:
        yield reserve(file, "不是工作簿也不是CSV,未读取。", "is neither a workbook nor CSV and was not read.")
        return
    try:
        content = path.read_bytes()
    except OSError as wrong:
        yield cannot(file, f"打不开({wrong.strerror}),请检查文件权限或重新导出。", f"cannot be opened ({wrong.strerror}); check its permissions or export it again.")
        return
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        yield cannot(file, "是空文件,请重新导出。", "is empty; export it again.")
    elif workbooks.is_workbook(content) or kind in WORKBOOKS:
        yield from workbooks.read_workbook(content, file, kind)
    else:
        yield from delimited.read_text(content, file)
