"""Hand-overs of raw files: each is kept by digest, row by row, and compared with the one before it.

So that an office cannot make a finding disappear by deleting or changing a row: what changed is listed.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bangfu.intake import dictionary
from bangfu.intake.tables import Intake

ROWS = ["table", "key", "file", "sheet", "row", "cells"]
CHANGES = ["table", "key", "change", "columns", "file_then", "sheet_then", "row_then", "file_now", "sheet_now", "row_now"]


@dataclass
class HandOver:
    """One hand-over as it is kept.

    rows      table, key (its key columns, joined by a bar), file, sheet, row, and `cells`: a 64-bit digest of each cell
    columns   table -> the columns that `cells` are the digests of, in order
    files     file -> SHA-256
    reading   the digest of headers and code by which the files were read: under another, cells can differ though files do not
    """

    rows: pd.DataFrame
    columns: dict[str, list[str]]
    files: dict[str, str]
    reading: str

    @classmethod
    def of(cls, intake: Intake, files: dict[str, str], reading: str) -> "HandOver":
        """A county's tables as a hand-over."""
        known, parts, columns = dictionary(), [], {}
        for name, frame in sorted(intake.tables.items()):
            content = frame.drop(columns="origin")
            columns[name] = list(content.columns)
            keys = [c for c in known[name].key if c in content]
            places = pd.DataFrame([intake.where(o) for o in frame["origin"].tolist()], columns=["file", "sheet", "row"])
            digests = np.column_stack([pd.util.hash_pandas_object(content[c], index=False).to_numpy() for c in content]) if len(content) else np.empty((0, 0))
            key = content[keys[0]].astype("str").fillna("") if keys else pd.Series("", index=content.index)
            for column in keys[1:]:
                key = key + "|" + content[column].astype("str").fillna("")
            parts.append(places.assign(table=name, key=key.to_numpy(), cells=list(digests))[ROWS])
        rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=ROWS)
        return cls(rows, columns, files, reading)

    def keep(self, path: Path) -> None:
        """Writes the hand-over as one Parquet file, with its files and their digests in the metadata."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([("table", pa.string()), ("key", pa.string()), ("file", pa.string()), ("sheet", pa.string()), ("row", pa.int64()), ("cells", pa.list_(pa.uint64()))])
        told = {k: json.dumps(getattr(self, k), ensure_ascii=False, sort_keys=True) for k in ("columns", "files", "reading")}
        path.parent.mkdir(parents=True, exist_ok=True)
        own = path.with_suffix(".part")
        pq.write_table(pa.Table.from_pandas(self.rows, schema=schema, preserve_index=False).replace_schema_metadata(told), own)
        own.replace(path)  # whole or not at all

    @classmethod
    def kept(cls, path: Path) -> "HandOver | None":
        """A hand-over that was kept; None where there is none."""
        import pyarrow.parquet as pq

        if not path.exists():
            return None
        table = pq.read_table(path)
        told = {k.decode(): json.loads(v) for k, v in table.schema.metadata.items()}
        return cls(table.to_pandas(), told["columns"], told["files"], told["reading"])


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
    old, new = _side(name, then, common, "then"), _side(name, now, common, "now")
    same = old.merge(new, on=["key", "digest", "equal"])
    old, new = old[~old["at_then"].isin(same["at_then"])], new[~new["at_now"].isin(same["at_now"])]
    old, new = old.assign(place=old.groupby("key").cumcount()), new.assign(place=new.groupby("key").cumcount())
    rows = old.merge(new, on=["key", "place"], how="outer", indicator="change", suffixes=("_then", "_now"))
    rows["change"] = rows["change"].astype("str").map({"both": "changed", "left_only": "deleted", "right_only": "added"})
    rows["columns"] = [
        [c for c, a, b in zip(common, r.cells_then, r.cells_now, strict=True) if a != b] if r.change == "changed" else [] for r in rows.itertuples(index=False)
    ]
    rows["table"] = name
    order = rows["change"].map({"deleted": 0, "changed": 1, "added": 2})
    return rows.assign(_o=order).sort_values(["_o", "file_then", "sheet_then", "row_then", "file_now", "sheet_now", "row_now"], kind="stable")[CHANGES]


def _side(name: str, handover: HandOver, common: list[str], side: str) -> pd.DataFrame:
    """The rows of a table with a digest over the columns that both hand-overs have, and the how-manieth equal row of its key each is."""
    rows = handover.rows[handover.rows["table"] == name].reset_index(drop=True)
    at = [handover.columns[name].index(c) for c in common]
    cells = np.stack(rows["cells"].to_list())[:, at] if len(rows) else np.empty((0, len(at)), dtype="uint64")
    digest = [hashlib.blake2b(c.tobytes(), digest_size=8).hexdigest() for c in np.ascontiguousarray(cells)]
    told = rows[["file", "sheet", "row"]].add_suffix(f"_{side}")
    told = told.assign(**{"key": rows["key"], "digest": pd.Series(digest, dtype="str"), f"cells_{side}": list(cells), f"at_{side}": range(len(rows))})
    return told.assign(equal=told.groupby(["key", "digest"]).cumcount()).rename(columns={"digest": "digest"})


def read_otherwise(then: HandOver, now: HandOver) -> bool:
    """Were the two read by other headers or code? Then cells can differ though nobody changed them."""
    return then.reading != now.reading
