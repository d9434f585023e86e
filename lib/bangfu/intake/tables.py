"""Reading a county-year whole: typed tables, rejects, and everything that was not recognised."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from bangfu import digests
from bangfu.intake import cells, readers
from bangfu.intake.databases import read_database
from bangfu.intake.dictionary import Table, dictionary
from bangfu.intake.raw import Notice, RawSheet, reserve, some
from bangfu.intake.sheets import Recognised, recognise
from bangfu.parquet import read_frame
from bangfu.problems import Sentence, UnusableInput

ROW_BITS = 32
_REJECTS = ["file", "sheet", "row", "column", "raw", "reason"]


@dataclass
class Intake:
    """What was read.

    tables        canonical name -> DataFrame of typed columns and `origin` (int64: sheet number << 32 | row)
    sheets        sheet number -> (file, sheet)
    rejects       file, sheet, row, column (header as in the file), raw, reason
    unrecognised  file, sheet, column: sheets (column empty) and columns that no table knows
    dropped       file, sheet, row, kind, text: totals, notes and repeated headers that are no data
    notices       sentences about files
    absent        canonical tables that no file holds
    digests       file -> SHA-256 of its bytes
    contents      table -> digest of its rows and of where they stand; empty unless the tables are kept
    """

    tables: Mapping[str, pd.DataFrame]
    sheets: list[tuple[str, str]]
    rejects: pd.DataFrame
    unrecognised: pd.DataFrame
    dropped: pd.DataFrame
    notices: list[Notice]
    absent: list[str]
    digests: dict[str, str]
    contents: dict[str, str] = field(default_factory=dict)

    def where(self, origin: int) -> dict:
        """The source of a row: file, sheet and row number as a spreadsheet shows it."""
        file, sheet = self.sheets[int(origin) >> ROW_BITS]
        return {"file": file, "sheet": sheet, "row": int(origin) & ((1 << ROW_BITS) - 1)}

    def files_of(self, table: str) -> list[str]:
        """The files that a table's rows came from; none where the table is absent."""
        if table not in self.tables:
            return []
        return sorted({self.sheets[int(n)][0] for n in set((self.tables[table]["origin"].to_numpy() >> ROW_BITS).tolist())})

    def keep(self, folder: Path, stamp: str) -> None:
        """Keeps the typed tables as Parquet; `stamp` says what they were made from."""
        folder.mkdir(parents=True, exist_ok=True)
        # First of all: half of a new set beside an old stamp would pass for the old one.
        (folder / "intake.json").unlink(missing_ok=True)
        for old in folder.glob("*.parquet"):
            old.unlink()
        for name, table in self.tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
        for name in ("rejects", "unrecognised", "dropped"):
            getattr(self, name).to_parquet(folder / f"_{name}.parquet", index=False)
        files = {p.stem: digests.of_file(p) for p in sorted(folder.glob("*.parquet"))}
        self.contents = _contents(files, self.sheets)
        rest = {
            "stamp": stamp,
            "files": files,
            "sheets": self.sheets,
            "absent": self.absent,
            "digests": self.digests,
            "notices": [[n.file, *n.sentence, n.unusable] for n in self.notices],
        }
        (folder / "intake.json").write_text(json.dumps(rest, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def kept(cls, folder: Path, stamp: str) -> "Intake | None":
        """The tables kept in a folder, where they were made from the same things and are as they were kept."""
        try:
            rest = json.loads((folder / "intake.json").read_text(encoding="utf-8"))
            if rest["stamp"] != stamp or rest["files"] != {p.stem: digests.of_file(p) for p in folder.glob("*.parquet")}:
                return None
            return cls(
                tables=KeptTables(folder, {n: d for n, d in sorted(rest["files"].items()) if not n.startswith("_")}),
                sheets=[tuple(s) for s in rest["sheets"]],
                **{n: read_frame(folder / f"_{n}.parquet") for n in ("rejects", "unrecognised", "dropped")},
                notices=[Notice(f, Sentence(zh, en), unusable) for f, zh, en, unusable in rest["notices"]],
                absent=rest["absent"],
                digests=rest["digests"],
                contents=_contents(rest["files"], rest["sheets"]),
            )
        except (OSError, ValueError, KeyError):
            return None


class KeptTables(Mapping):
    """Tables kept as Parquet, each read when it is first asked for; UnusableInput where it has become another since they were opened.

    files: table -> digest of its file.
    """

    def __init__(self, folder: Path, files: Mapping[str, str]):
        self._folder, self._files, self._read = folder, files, {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            digest, file = self._files[name], self._folder / f"{name}.parquet"
            if not file.is_file() or digests.of_file(file) != digest:
                raise UnusableInput.of(f"已读取的表 {name} 在使用中被改动,可能有另一次运行刚读入新的文件,请重新打开。", f"The kept table {name} has changed while it was in use, perhaps by another run that has read new files; open the county again.")
            self._read[name] = read_frame(file)
        return self._read[name]

    def __contains__(self, name) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _contents(files: dict[str, str], sheets: list) -> dict[str, str]:
    """Table -> digest of its rows and of where they stand."""
    return {name: digests.of_value([digest, sheets]) for name, digest in files.items() if not name.startswith("_")}


@dataclass
class _Gathering:
    """What the sheets read so far have brought."""

    tables: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    sheets: list[tuple[str, str]] = field(default_factory=list)
    rejects: list[dict] = field(default_factory=list)
    unrecognised: list[dict] = field(default_factory=list)
    dropped: list[dict] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def add(self, raw: RawSheet, known: Recognised | None) -> None:
        place = {"file": raw.file, "sheet": raw.sheet}
        if known is None:
            if any(text for row in range(len(raw)) for text in raw.row(row)):
                self.unrecognised.append(place | {"column": ""})
            self.rejects += [place | {"row": raw.first_row + at, "column": "", "raw": text, "reason": _NO_CELLS} for at, text in raw.broken.items()]
            return
        number = len(self.sheets)
        self.sheets.append((raw.file, raw.sheet))
        typed = {}
        for name, texts in known.texts.items():
            column = known.table.columns[name]
            values, unreadable = cells.read_cells(texts, column, known.units[name])
            typed[name] = values
            for at in unreadable.to_numpy().nonzero()[0]:
                text = texts.iat[at]
                self.rejects.append(place | {"row": int(known.rows[at]), "column": known.headers[name], "raw": text, "reason": cells.reason(column.type, text)})
            if column.type == "percent" and cells.written_as_shares(texts):
                self.notices.append(_about(raw, f"的“{known.headers[name]}”都不大于1,按比例读取(0.3即30%),请核对。", f"has shares in “{known.headers[name]}”; 0.3 was read as 30%, check it."))
        frame = pd.DataFrame(typed)
        frame["origin"] = (number << ROW_BITS) | pd.Series(known.rows, dtype="int64")
        self.tables.setdefault(known.table.name, []).append(frame)
        self.unrecognised += [place | {"column": c} for c in known.unknown]
        self.dropped += [place | {"row": row, "kind": kind, "text": text} for row, kind, text in known.dropped]
        self._tell_misfits(raw, known, place)

    def _tell_misfits(self, raw: RawSheet, known: Recognised, place: dict) -> None:
        self.rejects += [place | {"row": row, "column": "", "raw": text, "reason": _NO_CELLS} for row, text in known.ragged]
        beyond = [row for row, _ in known.ragged if row - raw.first_row not in raw.broken or raw.widths[row - raw.first_row]]
        if beyond:
            self.notices.append(
                _about(
                    raw,
                    f"有{len(beyond)}行的列数多于表头(第{some(beyond)}行),这些行列入未能识别清单,请检查其中的逗号和引号。",
                    f"has {len(beyond)} rows with more cells than the header (rows {some(beyond, 'en')}); they are among the rejects, check their commas and quotes.",
                )
            )
        if known.short:
            self.notices.append(
                _about(
                    raw,
                    f"有{known.short}行的列数少于表头,缺少的单元格按空白读取,请核对。",
                    f"has {known.short} rows with fewer cells than the header; the missing ones were read as empty, check them.",
                )
            )

    def whole(self, known: dict[str, Table]) -> dict[str, pd.DataFrame]:
        """The tables, each put together from its sheets; a column that only some of them have is missing in the others."""
        found = {}
        for name, parts in sorted(self.tables.items()):
            columns = [c for c in known[name].columns if any(c in p for p in parts)]
            for part in parts:
                absent = [c for c in columns if c not in part]
                if absent and len(part):
                    file, sheet = self.sheets[int(part["origin"].iat[0]) >> ROW_BITS]
                    headers = [known[name].columns[c].headers[0] for c in absent]
                    self.notices.append(
                        reserve(
                            file,
                            f"{_sheet(sheet)}没有其他{known[name].title}表有的列“{'、'.join(headers)}”,这些行的相关内容不作评估,请补齐。",
                            f"lacks columns that other sheets of {known[name].title_en} have ({', '.join(headers)}); what needs them is not assessed for its rows.",
                        )
                    )
                for c in absent:
                    part[c] = pd.Series(pd.NA, index=part.index).astype(cells.DTYPES[known[name].columns[c].type])
            found[name] = pd.concat([p[[*columns, "origin"]] for p in parts], ignore_index=True)
        return found


_NO_CELLS = "整行列数或引号与表头不符"


def _sheet(sheet: str) -> str:
    return f"的工作表“{sheet}”" if sheet else ""


def _about(raw: RawSheet, zh: str, en: str) -> Notice:
    return reserve(raw.file, _sheet(raw.sheet) + zh, (f"(sheet “{raw.sheet}”) " if raw.sheet else "") + en)


def digests_of(raw: str) -> dict[str, str]:
    """File -> SHA-256, for every file below a raw folder; empty for a database."""
    if "://" in raw:
        return {}
    folder = Path(raw)
    return {p.relative_to(folder).as_posix(): _digest(p) for p in readers.files_of(folder)}


def _digest(path: Path) -> str:
    try:
        return digests.of_file(path)
    except OSError:
        return "unreadable"


def read_county(raw: str, headers: dict[str, list[str]] | None = None, *, lang: str = "zh") -> Intake:
    """Every table of a county-year from its raw folder (or database URL).

    Raises UnusableInput where the folder is not there or a required table is absent.
    """
    known = dictionary(headers)
    gathering = _Gathering()
    for item in _items(raw, known):
        if isinstance(item, Notice):
            gathering.notices.append(item)
        else:
            gathering.add(item, recognise(item, known))
    intake = Intake(
        tables=gathering.whole(known),
        sheets=gathering.sheets,
        rejects=_frame(gathering.rejects, _REJECTS),
        unrecognised=_frame(gathering.unrecognised, ["file", "sheet", "column"]),
        dropped=_frame(gathering.dropped, ["file", "sheet", "row", "kind", "text"]),
        notices=gathering.notices,
        absent=[n for n in known if n not in gathering.tables],
        digests=digests_of(raw),
    )
    _demand_required(intake, known)
    return intake


def _items(raw: str, known: dict[str, Table]) -> Iterator[RawSheet | Notice]:
    if "://" in raw:
        yield from read_database(raw, lambda head: recognise(head, known) is not None)
        return
    folder = Path(raw)
    if not folder.is_dir():
        raise UnusableInput.of(f"原始数据文件夹不存在:{folder.name},请检查县参数中的 raw。", f"No folder of raw files: {folder.name}; check `raw` in the county params.")
    if not readers.files_of(folder):
        raise UnusableInput.of(f"原始数据文件夹 {folder.name} 是空的,请放入县里提交的文件。", f"The folder of raw files {folder.name} is empty; put the county's files there.")
    yield from readers.read_folder(folder)


def _frame(rows: list[dict], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({c: ("int64" if c == "row" else "str") for c in columns}).sort_values(columns[:3], ignore_index=True, kind="stable")


def _demand_required(intake: Intake, known: dict[str, Table]) -> None:
    missing = [known[n] for n in intake.absent if known[n].required]
    if not missing:
        return
    reasons = [n.sentence for n in intake.notices if n.unusable]
    if reasons and not intake.sheets and not intake.digests:
        raise UnusableInput.all(reasons)  # a database that does not answer holds no table at all
    zh = "、".join(f"{t.title}(通常在《{t.file}》{'·' + t.sheet if t.sheet else ''})" for t in missing)
    en = ", ".join(f"{t.title_en} (usually in {t.file}{' · ' + t.sheet if t.sheet else ''})" for t in missing)
    headers = "、".join(dict.fromkeys(t.columns[k].headers[0] for t in missing for k in t.key))
    raise UnusableInput.all(
        [
            *reasons,
            Sentence(f"缺少必需的表:{zh};请补交,或检查表头是否有:{headers}。", f"Required tables are absent: {en}; hand them in, or check that their headers are there: {headers}."),
        ]
    )
