"""The tables of a sample county under change: rows looked up by id, and leaving without copying for each."""
from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

# What identifies a row when a planting names rows by id: the table's own id, or the person or household it is about.
ID_COLUMN = {
    "villages": "village_code", "households": "household_id", "members": "id_number", "incomes": "household_id",
    "helpers": "helper_id", "pairings": "household_id", "plans": "household_id", "visits": "visit_id",
    "funds": "fund_id", "accounts": "account_no", "projects": "project_id", "claims": "claim_id",
    "ledger": "txn_id", "benefits": "benefit_id", "settlements": "settlement_id", "vehicles": "id_number",
    "properties": "id_number", "businesses": "id_number", "payroll": "id_number", "deaths": "id_number",
    "survey": "response_id", "procedures": "household_id", "complaints": "complaint_id",
    "spot_checks": "village_code", "relocations": "household_id", "renovations": "household_id",
    "project_papers": "project_id", "progress_checks": "project_id", "paying_accounts": "programme",
}
NUMBERED = ("helpers", "visits", "funds", "projects", "claims", "ledger", "benefits", "settlements", "survey",
            "complaints")

class Tables(dict):
    """The tables by name; rows that were dropped leave a table when it is next looked at, all at once.

    Copying millions of visits for every case would take hours in a large county.
    """

    def __init__(self, tables):
        super().__init__(tables)
        self._leaving: dict[str, list] = defaultdict(list)
        self.gone: dict[str, set] = defaultdict(set)
        self._places: dict[tuple[str, str], dict] = {}  # (table, column) -> value -> labels
        self._next_label = {name: len(frame) for name, frame in super().items()}

    def __getitem__(self, name):
        if labels := self._leaving.pop(name, None):
            frame = super().__getitem__(name)
            self[name] = frame[~np.isin(frame.index, labels)]
        return super().__getitem__(name)

    def items(self):
        return [(name, self[name]) for name in self]

    def values(self):
        return [self[name] for name in self]

    def whole(self, name) -> pd.DataFrame:
        """The table with the rows that are still to leave."""
        return super().__getitem__(name)

    def drop(self, name: str, labels: list) -> None:
        self._leaving[name] += labels
        self.gone[name].update(labels)

    def find(self, name: str, column: str, value) -> pd.DataFrame:
        """The rows with the value in the column, in the order of the table."""
        frame = self.whole(name)
        if (name, column) not in self._places:
            groups = frame.groupby(column, sort=False).indices
            self._places[name, column] = {key: frame.index[positions].tolist() for key, positions in groups.items()}
        gone = self.gone[name]
        return frame.loc[sorted(label for label in self._places[name, column].get(value, ()) if label not in gone)]

    def write(self, name: str, labels, column: str, values) -> None:
        frame = self.whole(name)
        if (places := self._places.get((name, column))) is not None:
            for label, old, new in zip(labels, frame.loc[labels, column], values, strict=True):
                if pd.notna(old):
                    places[old].remove(label)
                if pd.notna(new):
                    places.setdefault(new, []).append(label)
        frame.loc[labels, column] = values

    def labels_for(self, name: str, n: int) -> pd.RangeIndex:
        """Labels for n new rows, none used before."""
        start = self._next_label[name]
        self._next_label[name] += n
        return pd.RangeIndex(start, start + n)

    def append(self, name: str, new: pd.DataFrame) -> None:
        frame = self.whole(name)
        self[name] = pd.concat([frame, new[frame.columns]])
        for (table, column), places in self._places.items():
            if table == name:
                for label, value in new[column].dropna().items():
                    places.setdefault(value, []).append(label)


def is_many(value) -> bool:
    """Is it one value per row?"""
    return isinstance(value, (list, tuple, np.ndarray, pd.Series, pd.Index, pd.api.extensions.ExtensionArray))


def of_dtype(value, n: int, dtype):
    """A scalar or n values as an array of the column's dtype."""
    if is_many(value):
        value = list(value)
        if len(value) != n:
            raise ValueError(f"{len(value)} values for {n} rows")
    else:
        value = [value] * n
    return pd.array(value, dtype=dtype) if dtype != "datetime64[us]" else pd.to_datetime(pd.Series(value)).dt.as_unit("us").array
