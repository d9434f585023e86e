"""Reading a county-year whole: typed tables, rejects, and everything that was not recognised."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from bangfu.intake import cells, readers
from bangfu.intake.dictionary import Table, dictionary
from bangfu.intake.readers import Notice, RawSheet
from bangfu.intake.sheets import Recognised, recognise
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
    """

    tables: dict[str, pd.DataFrame]
    sheets: list[tuple[str, str]]
    rejects: pd.DataFrame
    unrecognised: pd.DataFrame
    dropped: pd.DataFrame
    notices: list[Notice]
    absent: list[str]
    digests: dict[str, str]

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
        for old in folder.glob("*.parquet"):
            old.unlink()
        for name, table in self.tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
        for name in ("rejects", "unrecognised", "dropped"):
            getattr(self, name).to_parquet(folder / f"_{name}.parquet", index=False)
        rest = {
            "stamp": stamp,
            "sheets": self.sheets,
            "absent": self.absent,
            "digests": self.digests,
            "notices": [[n.file, *n.sentence, n.unusable] for n in self.notices],
        }
        (folder / "intake.json").write_text(json.dumps(rest, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def kept(cls, folder: Path, stamp: str) -> "Intake | None":
        """The tables kept in a folder, where they were made from the same things."""
        try:
            rest = json.loads((folder / "intake.json").read_text(encoding="utf-8"))
            if rest["stamp"] != stamp:
                return None
            frames = {p.stem: pd.read_parquet(p) for p in sorted(folder.glob("*.parquet"))}
            return cls(
                tables={n: f for n, f in frames.items() if not n.startswith("_")},
                sheets=[tuple(s) for s in rest["sheets"]],
                rejects=frames["_rejects"],
                unrecognised=frames["_unrecognised"],
                dropped=frames["_dropped"],
                notices=[Notice(f, Sentence(zh, en), unusable) for f, zh, en, unusable in rest["notices"]],
                absent=rest["absent"],
                digests=rest["digests"],
            )
        except (OSError, ValueError, KeyError):
            return None


@dataclass
class _Gathering:
    """What the sheets read so far have brought."""

    tables: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    sheets: list[tuple[str, str]] = field(default_factory=list)
    rejects: list[dict] = field(default_factory=list)
    unrecognised: list[dict] = field(default_factory=list)
    dropped: list[dict] = field(default_factory=list)

    def add(self, raw: RawSheet, known: Recognised | None) -> None:
        place = {"file": raw.file, "sheet": raw.sheet}
        if known is None:
            if raw.cells.notna().any(axis=None):
                self.unrecognised.append(place | {"column": ""})
            return
        number = len(self.sheets)
        self.sheets.append((raw.file, raw.sheet))
        rows = known.data.index.to_numpy() + raw.first_row
        typed = {}
        for name, position in known.columns.items():
            column = known.table.columns[name]
            texts = known.data[position]
            values, unreadable = cells.read_cells(texts, column, known.units[name])
            typed[name] = values.to_numpy() if values.dtype == "datetime64[us]" else values.array
            for at in unreadable.to_numpy().nonzero()[0]:
                self.rejects.append(place | {"row": int(rows[at]), "column": known.headers[name], "raw": texts.iat[at], "reason": cells.REASONS[column.type][0]})
        frame = pd.DataFrame(typed)
        frame["origin"] = (number << ROW_BITS) | pd.Series(rows, dtype="int64")
        self.tables.setdefault(known.table.name, []).append(frame)
        self.unrecognised += [place | {"column": c} for c in known.unknown]
        self.dropped += [place | {"row": row, "kind": kind, "text": text} for row, kind, text in known.dropped]
        self.rejects += [place | {"row": row, "column": "", "raw": text, "reason": "整行列数与表头不符"} for row, text in raw.ragged]


def _digest(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def digests_of(raw: str) -> dict[str, str]:
    """File -> SHA-256, for every file below a raw folder; empty for a database."""
    if "://" in raw:
        return {}
    folder = Path(raw)
    return {p.relative_to(folder).as_posix(): _digest(p) for p in readers.files_of(folder)}


def read_county(raw: str, headers: dict[str, list[str]] | None = None, *, lang: str = "zh") -> Intake:
    """Every table of a county-year from its raw folder (or database URL).

    Raises UnusableInput where the folder is not there or a required table is absent.
    """
    known = dictionary(headers)
    gathering, notices = _Gathering(), []
    for item in _items(raw, known):
        if isinstance(item, Notice):
            notices.append(item)
        else:
            gathering.add(item, recognise(item, known))
    intake = Intake(
        tables={n: pd.concat(parts, ignore_index=True) for n, parts in sorted(gathering.tables.items())},
        sheets=gathering.sheets,
        rejects=_frame(gathering.rejects, _REJECTS),
        unrecognised=_frame(gathering.unrecognised, ["file", "sheet", "column"]),
        dropped=_frame(gathering.dropped, ["file", "sheet", "row", "kind", "text"]),
        notices=notices,
        absent=[n for n in known if n not in gathering.tables],
        digests=digests_of(raw),
    )
    _demand_required(intake, known, raw)
    return intake


def _items(raw: str, known: dict[str, Table]):
    if "://" in raw:
        yield from readers.read_database(raw, {n: (n, t.title) for n, t in known.items()})
        return
    folder = Path(raw)
    if not folder.is_dir():
        raise UnusableInput.of(f"原始数据文件夹不存在:{folder.name},请检查县参数中的 raw。", f"No folder of raw files: {folder.name}; check `raw` in the county params.")
    for path in readers.files_of(folder):
        yield from readers.read_file(path, folder)


def _frame(rows: list[dict], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({c: ("int64" if c == "row" else "str") for c in columns}).sort_values(columns[:3], ignore_index=True, kind="stable")


def _demand_required(intake: Intake, known: dict[str, Table], raw: str) -> None:
    missing = [known[n] for n in intake.absent if known[n].required]
    if not missing:
        return
    reasons = [n.sentence for n in intake.notices if n.unusable]
    zh = "、".join(f"{t.title}(通常在《{t.file}》{'·' + t.sheet if t.sheet else ''})" for t in missing)
    en = ", ".join(f"{t.title_en} (usually in {t.file}{' · ' + t.sheet if t.sheet else ''})" for t in missing)
    headers = "、".join(dict.fromkeys(t.columns[k].headers[0] for t in missing for k in t.key))
    raise UnusableInput.all(
        [
            *reasons,
            Sentence(f"缺少必需的表:{zh};请补交,或检查表头是否有:{headers}。", f"Required tables are absent: {en}; hand them in, or check that their headers are there: {headers}."),
        ]
    )
