"""Hand-overs of raw files: each is kept by digest, row by row, and compared with the one before it.

So that an office cannot make a finding disappear by deleting or changing a row: what changed is listed.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bangfu.intake import dictionary
from bangfu.intake.tables import ROW_BITS, Intake

ROWS = ["table", "key", "file", "sheet", "row"]
CHANGES = ["table", "key", "change", "columns", "file_then", "sheet_then", "row_then", "file_now", "sheet_now", "row_now"]
_MIX = np.uint64(1099511628211)  # the FNV prime: mixes digests of cells into one of their row


@dataclass
class HandOver:
    """One hand-over as it is kept.

    rows      table, key (its key columns, joined by a bar), file, sheet, row; the rows of a table stand together
    cells     table -> a 64-bit digest of each cell, a row per row of the table and a column per column
    columns   table -> the names of those columns
    files     file -> SHA-256
    reading   the digest of headers and code by which the files were read: under another, cells can differ though files do not
    """

    rows: pd.DataFrame
    cells: dict[str, np.ndarray]
    columns: dict[str, list[str]]
    files: dict[str, str]
    reading: str

    @classmethod
    def of(cls, intake: Intake, files: dict[str, str], reading: str) -> "HandOver":
        """A county's tables as a hand-over."""
        known, parts, cells, columns = dictionary(), [pd.DataFrame(columns=ROWS)], {}, {}
        file, sheet = (np.array([place[at] for place in intake.sheets], dtype=object) for at in (0, 1))
        for name, frame in sorted(intake.tables.items()):
            content, origin = frame.drop(columns="origin"), frame["origin"].to_numpy()
            columns[name] = list(content.columns)
            cells[name] = np.column_stack([pd.util.hash_pandas_object(content[c], index=False).to_numpy() for c in content])
            keys = [content[c].astype("str").fillna("") for c in known[name].key if c in content]
            key = keys[0].str.cat(keys[1:], sep="|") if keys else pd.Series("", index=content.index)
            number = origin >> ROW_BITS
            parts.append(pd.DataFrame({"table": name, "key": key.to_numpy(), "file": file[number], "sheet": sheet[number], "row": origin & ((1 << ROW_BITS) - 1)}))
        return cls(pd.concat([p for p in parts if len(p)] or parts, ignore_index=True), cells, columns, files, reading)

    def keep(self, path: Path) -> None:
        """Writes the hand-over as one Parquet file (`cells` a list in each row), with its files and their digests in the metadata."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([("table", pa.string()), ("key", pa.string()), ("file", pa.string()), ("sheet", pa.string()), ("row", pa.int64())])
        table = pa.Table.from_pandas(self.rows, schema=schema, preserve_index=False)
        widths = self.rows["table"].map({name: len(c) for name, c in self.columns.items()}).to_numpy(dtype="int32")
        values = np.concatenate([np.empty(0, "uint64"), *(self.cells[name].ravel() for name in sorted(self.cells))])
        lists = pa.ListArray.from_arrays(np.concatenate([[0], np.cumsum(widths)]).astype("int32"), values)
        told = {k: json.dumps(getattr(self, k), ensure_ascii=False, sort_keys=True) for k in ("columns", "files", "reading")}
        path.parent.mkdir(parents=True, exist_ok=True)
        own = path.with_suffix(".part")
        pq.write_table(table.append_column("cells", lists).replace_schema_metadata(told), own)
        own.replace(path)  # whole or not at all

    @staticmethod
    def reading_of(path: Path) -> str | None:
        """By which headers and code a hand-over that was kept was read; None where there is none."""
        import pyarrow.parquet as pq

        return json.loads(pq.read_schema(path).metadata[b"reading"]) if path.exists() else None

    @classmethod
    def kept(cls, path: Path) -> "HandOver | None":
        """A hand-over that was kept; None where there is none."""
        import pyarrow.parquet as pq

        if not path.exists():
            return None
        table = pq.read_table(path)
        told = {k.decode(): json.loads(v) for k, v in table.schema.metadata.items()}
        values, rows = table["cells"].combine_chunks().flatten().to_numpy(), table.drop_columns("cells").to_pandas()
        counts, cells, start = rows["table"].value_counts(), {}, 0
        for name, columns in sorted(told["columns"].items()):
            end = start + int(counts.get(name, 0)) * len(columns)
            cells[name], start = values[start:end].reshape(-1, len(columns)), end
        return cls(rows, cells, told["columns"], told["files"], told["reading"])


def changes(then: HandOver, now: HandOver) -> pd.DataFrame:
    """What became of the rows of an earlier hand-over: a row per row that was changed, deleted or added since (columns of CHANGES).

    Rows are paired by their table's key; of several with one key, those that are equal first, the others in their order. `columns` names the
    columns whose cells differ; columns that only one hand-over has are compared with nothing.
    """
    parts = [_of_table(name, then, now) for name in sorted(then.columns.keys() | now.columns.keys())]
    found = pd.concat([p for p in parts if len(p)], ignore_index=True) if any(len(p) for p in parts) else pd.DataFrame(columns=CHANGES)
    return found[CHANGES].astype({"row_then": "Int64", "row_now": "Int64"})


def _of_table(name: str, then: HandOver, now: HandOver) -> pd.DataFrame:
    common = [c for c in then.columns.get(name, []) if c in now.columns.get(name, [])]
    (old, cells_then), (new, cells_now) = _side(name, then, common, "then"), _side(name, now, common, "now")
    same = old.merge(new, on=["key", "digest", "equal"])
    old, new = old[~old["at_then"].isin(same["at_then"])], new[~new["at_now"].isin(same["at_now"])]
    old, new = old.assign(place=old.groupby("key").cumcount()), new.assign(place=new.groupby("key").cumcount())
    rows = old.merge(new, on=["key", "place"], how="outer", indicator="change", suffixes=("_then", "_now"))
    rows["change"] = rows["change"].astype("str").map({"both": "changed", "left_only": "deleted", "right_only": "added"})
    rows["table"] = name
    rows["columns"] = [
        [c for c, differs in zip(common, cells_then[int(r.at_then)] != cells_now[int(r.at_now)], strict=True) if differs] if r.change == "changed" else []
        for r in rows.itertuples(index=False)
    ]
    order = rows["change"].map({"deleted": 0, "changed": 1, "added": 2})
    return rows.assign(_o=order).sort_values(["_o", "file_then", "sheet_then", "row_then", "file_now", "sheet_now", "row_now"], kind="stable")[CHANGES]


def _side(name: str, handover: HandOver, common: list[str], side: str) -> tuple[pd.DataFrame, np.ndarray]:
    """The rows of a table with a digest over the columns that both hand-overs have, and the how-manieth equal row of its key each is; and those cells."""
    rows = handover.rows[handover.rows["table"] == name].reset_index(drop=True)
    cells = handover.cells[name][:, [handover.columns[name].index(c) for c in common]] if len(rows) else np.empty((0, len(common)), "uint64")
    digest = np.zeros(len(rows), "uint64")
    for column in cells.T:
        digest = digest * _MIX ^ column
    told = rows[["file", "sheet", "row"]].add_suffix(f"_{side}").assign(key=rows["key"], digest=digest)
    return told.assign(equal=told.groupby(["key", "digest"]).cumcount(), **{f"at_{side}": range(len(rows))}), cells


def read_otherwise(then: HandOver, now: HandOver) -> bool:
    """Were the two read by other headers or code? Then cells can differ though nobody changed them."""
    return then.reading != now.reading
