"""A package as it is handed on: a folder, or a zip with the same bytes whoever makes it; read without being unpacked.

A zip from outside is judged before anything of it is used: a name that leads out of its folder, a link, two names that are one on some
systems, a file that swells beyond reason: refused in a sentence.
"""

import os
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn, Protocol

from bangfu.package import SIGNATURE, SIGNER, STATEMENT
from bangfu.package.portable import portable
from bangfu.problems import NothingToVerify

_WHEN = (1980, 1, 1, 0, 0, 0)  # the first day a zip can name: no clock time
_MOST_FILES = 200_000
_SWELLS, _SMALL = 200, 64 << 20  # what packs tighter than 1:200 and is larger than 64 MiB is no table and no report
_BAG = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", STATEMENT, SIGNATURE, SIGNER)


class Refused(NothingToVerify):
    """What was handed in as a package is none, or must not be opened."""


class Damaged(Exception):
    """A file in a zip cannot be read as it was written."""


class Opened(Protocol):
    """A package: its file names (relative to its top folder, `/` between parts) and their content."""

    names: list[str]

    def open(self, name: str) -> AbstractContextManager[BinaryIO]: ...


class Folder:
    """A package that stands unpacked."""

    def __init__(self, folder: Path):
        self._folder = folder
        paths = sorted(folder.rglob("*"))
        for path in paths:
            if path.is_symlink():
                _refuse(folder.name, f"其中 {path.relative_to(folder).as_posix()} 是链接", f"{path.relative_to(folder).as_posix()} in it is a link")
        self.names = [p.relative_to(folder).as_posix() for p in paths if p.is_file()]

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with (self._folder / name).open("rb") as stream:
            yield stream


class Zip:
    """A package in a zip, judged before anything of it is used."""

    def __init__(self, path: Path):
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            _refuse(path.name, "不是完整的zip文件(可能没有传完)", "is no complete zip (it may have been cut off)")
        entries = [i for i in self._zip.infolist() if not i.is_dir()]
        _demand_harmless(path.name, entries)
        tops = {i.filename.partition("/")[0] for i in entries}
        if len(tops) != 1 or any("/" not in i.filename for i in entries):
            _refuse(path.name, "不是证据包(应只含一个文件夹)", "is no evidence package (which holds a single folder)")
        self._entries = {i.filename.partition("/")[2]: i for i in entries}
        self.names = sorted(self._entries)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        try:
            with self._zip.open(self._entries[name]) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as wrong:
            raise Damaged(name) from wrong


def _refuse(name: str, zh: str, en: str) -> NoReturn:
    raise Refused.of(f"{name} {zh},不予打开。", f"{name}: {en}; it was not opened.")


def _demand_harmless(name: str, entries: list[zipfile.ZipInfo]) -> None:
    """Refuses names that lead elsewhere or mean the same file, links, passwords, and what swells."""
    if len(entries) > _MOST_FILES:
        _refuse(name, f"所含文件超过{_MOST_FILES:,}个", f"it holds more than {_MOST_FILES:,} files")
    seen = set()
    for entry in entries:
        file, one = entry.filename, unicodedata.normalize("NFC", entry.filename).casefold()
        parts = file.split("/")
        if file != entry.orig_filename or file.startswith("/") or {"", ".", ".."} & set(parts) or any(portable(p.replace("=", "")) != p.replace("=", "") for p in parts):
            _refuse(name, f"其中的文件名“{file[:60]}”不安全(可能写到文件夹之外)", f"the file name “{file[:60]}” in it is unsafe (it may lead out of its folder)")
        if one in seen:
            _refuse(name, f"其中“{file[:60]}”出现两次", f"“{file[:60]}” stands in it twice")
        seen.add(one)
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            _refuse(name, f"其中“{file[:60]}”是链接或设备,不是文件", f"“{file[:60]}” in it is a link or device, no file")
        if entry.flag_bits & 1:
            _refuse(name, "加了密码", "it has a password")
        if entry.file_size > _SMALL and entry.file_size > _SWELLS * max(entry.compress_size, 1):
            _refuse(name, f"其中“{file[:60]}”解压后异常膨胀", f"“{file[:60]}” in it swells beyond reason when unpacked")


def package_at(path: Path) -> Path | None:
    """The evidence package at a path, whole or not: a file, a folder, or the one folder in a folder that it was unpacked into; None where there is none."""
    if path.is_file() or _is_bag(path):
        return path
    inside = list(path.iterdir()) if path.is_dir() else []
    return inside[0] if len(inside) == 1 and _is_bag(inside[0]) else None


def _is_bag(folder: Path) -> bool:
    return (folder / "data").is_dir() and any((folder / name).is_file() for name in _BAG)


def opened(path: Path) -> Opened:
    """The package at a path; Refused where it is none or would do harm."""
    return Zip(path) if path.is_file() else Folder(path)


def unpack(package: Opened, folder: str, to: Path) -> None:
    """Writes the files below a folder of the payload (`data/<folder>/`) into another."""
    beginning = f"data/{folder}/"
    for name in package.names:
        if name.startswith(beginning):
            target = to / name.removeprefix(beginning)
            target.parent.mkdir(parents=True, exist_ok=True)
            with package.open(name) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)


def write_zip(folder: Path, to: Path) -> None:
    """A folder as a zip with that folder at its top: names in order, no times, no owners; whole or not at all."""
    own = to.with_name(f"{to.name}.part")
    with zipfile.ZipFile(own, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for path in sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.relative_to(folder).as_posix()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _WHEN)
            entry.create_system, entry.external_attr, entry.compress_type = 3, (stat.S_IFREG | 0o644) << 16, zipfile.ZIP_DEFLATED
            entry.file_size = path.stat().st_size  # from it zipfile knows whether 64-bit sizes are needed
            with path.open("rb") as source, packed.open(entry, "w") as out:
                shutil.copyfileobj(source, out, 1 << 20)
    os.replace(own, to)
