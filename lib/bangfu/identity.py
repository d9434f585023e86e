"""Citizen identity numbers: are they written as GB 11643 requires?"""

import numpy as np
import pandas as pd

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHARACTERS = np.array(list("10X98765432"))


def check_characters(bodies: np.ndarray) -> np.ndarray:
    """The 18th character of id numbers whose first 17 digits are given as int64: ISO 7064 MOD 11-2 (GB 11643-1999)."""
    places = 10 ** np.arange(16, -1, -1, dtype=np.int64)
    remainders = (np.asarray(bodies, dtype=np.int64)[:, None] // places % 10 * WEIGHTS).sum(axis=1) % 11
    return CHARACTERS[remainders]


def valid(id_numbers: pd.Series) -> pd.Series:
    """Is it 17 digits and a digit or X, with the right check character? Missing stays missing: unknown is not invalid.

    id_numbers: text as intake cleans it (trimmed, half-width, upper case). Returns "boolean" with the same index.
    Whether the digits name a real area and a real day of birth is not asked.
    Source: GB 11643-1999.
    """
    answer = pd.Series(False, index=id_numbers.index, dtype="boolean").mask(id_numbers.isna(), pd.NA)
    shaped = id_numbers.astype("str").str.fullmatch("[0-9]{17}[0-9X]").fillna(False).astype(bool)
    if shaped.any():
        numbers = id_numbers[shaped]
        bodies = numbers.str.slice(0, 17).astype("int64").to_numpy()
        answer[shaped] = check_characters(bodies) == numbers.str.slice(17).to_numpy(dtype=object)
    return answer
