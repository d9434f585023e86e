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


def eighteen(id_numbers: pd.Series) -> pd.Series:
    """Numbers of the first generation (15 digits) written out to 18; everything else as it stands.

    The year of birth gets its century 19 and the number its check character. The sequences 996 to 999 were kept for
    people born in the 19th century and stay as they are.
    Source: GB 11643-1989 and GB 11643-1999.
    """
    old = id_numbers.str.fullmatch("[0-9]{15}").fillna(False).astype(bool) & ~id_numbers.str.slice(12).isin(["996", "997", "998", "999"])
    if not old.any():
        return id_numbers
    bodies = id_numbers[old].str.slice(0, 6) + "19" + id_numbers[old].str.slice(6)
    longer = bodies + pd.Series(check_characters(bodies.astype("int64").to_numpy()), index=bodies.index, dtype="str")
    return id_numbers.mask(old, longer.reindex(id_numbers.index))


def born_on(id_numbers: pd.Series) -> pd.Series:
    """The day of birth in numbers of 18 characters (datetime64[us]); missing where there is none."""
    shaped = id_numbers.where(id_numbers.str.fullmatch("[0-9]{17}[0-9X]").fillna(False).astype(bool))
    return pd.to_datetime(shaped.str.slice(6, 14), format="%Y%m%d", errors="coerce").astype("datetime64[us]")


def sex(id_numbers: pd.Series) -> pd.Series:
    """男 or 女 by the 17th digit of numbers of 18 characters: odd is 男; missing where there is none."""
    shaped = id_numbers.where(id_numbers.str.fullmatch("[0-9]{17}[0-9X]").fillna(False).astype(bool))
    return shaped.str.slice(16, 17).map(lambda digit: "男" if int(digit) % 2 else "女", na_action="ignore").astype("str")
