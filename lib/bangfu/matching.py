"""Whether and where values of one column stand in another, matched in Arrow: pandas would go through the other column value by value."""

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


def _strings(values: pd.Series) -> pa.Array:
    return pa.array(values, type=pa.large_string(), from_pandas=True)
