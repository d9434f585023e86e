"""Rows put beside and after each other by their texts, in Arrow: pandas would go through a column value by value, or number all of its values first."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def stands_in(values: pd.Series, others: pd.Series) -> pd.Series:
    """Which values stand among the others (bool, the index of `values`); a missing value never does."""
    if not (values.dtype == others.dtype == "str"):
        return values.isin(others.dropna())
    found = pc.is_in(_strings(values), value_set=_strings(others.dropna()))
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index)


def places(values: pd.Series, others: pd.Series) -> np.ndarray:
    """Where each value stands first among the others, none of which is missing (int64); -1 where it is missing or stands nowhere."""
    return pc.fill_null(pc.index_in(_strings(values), value_set=_strings(others)), -1).to_numpy().astype("int64")


def beside(rows: pd.DataFrame, register: pd.DataFrame, on: str, suffix: str) -> pd.DataFrame:
    """Each row with the first entry of the register that has its text in column `on`; missing where none has.

    Rows are numbered anew. Columns of the register that the rows have as well get the suffix.
    """
    entries = register.dropna(subset=on)
    at = places(rows[on], entries[on])
    entries = entries.drop(columns=on).reset_index(drop=True).reindex(at)
    entries.columns = [f"{c}{suffix}" if c in rows else c for c in entries]
    return pd.concat([rows.reset_index(drop=True), entries.reset_index(drop=True)], axis=1)


def in_order(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The rows sorted by these columns (texts, numbers or days), what is missing last; rows that are alike in them stay as they stand."""
    columns = pa.table({c: pa.array(rows[c], from_pandas=True) for c in by})
    return rows.take(pc.sort_indices(columns, sort_keys=[(c, "ascending") for c in by]))


def _strings(values: pd.Series) -> pa.Array:
    return pa.array(values, type=pa.large_string(), from_pandas=True)
