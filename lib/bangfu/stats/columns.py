"""Columns of any kind as plain floats, so that a method sees one sort of missing value."""

import numpy as np
import pandas as pd


def floats(values, missing=np.nan):
    """A column as floats: whole numbers, booleans and decimals alike, with `missing` (NaN) wherever a value is missing.

    values: any sequence, array or Series, nullable or not. Returns an array of the same length. Raises ValueError for text that is no number.
    """
    column = pd.Series(np.asarray(values)) if isinstance(values, (list, tuple)) else pd.Series(values)
    return pd.to_numeric(column).astype("Float64").to_numpy(dtype=float, na_value=missing)
