"""Results as tables, exactly as they were made, with the digest of all that they rest on."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bangfu import digests
from bangfu.parquet import read_table
from bangfu.steps.stamps import write_whole


class Results:
    """The results kept in a folder (None: nothing is kept).

    basis: gives the digest of everything that any of them rests on; what was kept on another one is not taken.
    """

    def __init__(self, folder: Path | None, basis: Callable[[], str]):
        self.folder, self.basis = folder, basis

    def table(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """A result of one table: as it was kept, or made and kept."""
        kept = self.take(name)
        if kept:
            return kept[0][name]
        made = make()
        self.put(name, {name: made})
        return made

    def take(self, name: str) -> tuple[dict[str, pd.DataFrame], dict] | None:
        """The tables of a result by name, and what goes with them; None where none are kept, or not as they were put."""
        if self.folder is None:
            return None
        try:
            told = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
            if told["basis"] != self.basis() or any(digests.of_file(self._file(name, t)) != kept["rows"] for t, kept in told["tables"].items()):
                return None
            return {t: _read(self._file(name, t), kept["types"]) for t, kept in told["tables"].items()}, told["with"]
        except (OSError, ValueError, KeyError):
            return None

    def put(self, name: str, tables: Mapping[str, pd.DataFrame], **told) -> None:
        """Keeps tables, which are numbered from 0 and have None for what is missing in columns of objects, and plain values with them."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {}
        for table, frame in tables.items():
            file = self._file(name, table)
            own = file.with_name(f"{file.name}.{os.getpid()}.part")
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), own)
            kept[table] = {"rows": digests.of_file(own), "types": {c: str(t) for c, t in frame.dtypes.items()}}
            own.replace(file)
        write_whole(self.folder / f"{name}.json", json.dumps({"basis": self.basis(), "tables": kept, "with": told}, ensure_ascii=False))

    def _file(self, name: str, table: str) -> Path:
        return self.folder / f"{name}.{table}.parquet"


def _read(file: Path, types: dict[str, str]) -> pd.DataFrame:
    # Arrow makes arrays of lists and strings of objects: those columns come as Python's own values, as they were.
    table = read_table(file)
    plain = table.drop_columns([c for c, t in types.items() if t == "object"]).to_pandas()
    return pd.DataFrame({c: pd.Series(table[c].to_pylist(), dtype="object") if t == "object" else plain[c].astype(t) for c, t in types.items()}, columns=list(types))
