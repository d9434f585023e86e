"""Id numbers by GB 11643, with the area digits 999 that belong to nobody."""
from __future__ import annotations

import numpy as np
import pandas as pd

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECK = np.array(list("10X98765432"))


def check_characters(bodies: np.ndarray) -> np.ndarray:
    """The 18th character of id numbers whose first 17 digits are given as integers (GB 11643-1999, 6)."""
    digits = bodies[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    return CHECK[(digits * WEIGHTS).sum(axis=1) % 11]


def id_numbers(code: str, born_on: np.ndarray, sex: np.ndarray) -> np.ndarray:
    """Different id numbers for people born on those days; odd sequence numbers are men's, even ones women's.

    At most 500 people of one sex can be born on one day in one area.
    """
    born = pd.DatetimeIndex(born_on)
    day = born.year.to_numpy(np.int64) * 10000 + born.month.to_numpy() * 100 + born.day.to_numpy()
    male = np.asarray(sex) == "男"
    turn = pd.Series(day * 2 + male).groupby(day * 2 + male).cumcount().to_numpy()
    if len(turn) and turn.max() >= 500:
        raise ValueError("more than 500 people of one sex born on one day: spread the birth dates")
    order = 2 * ((day * 31 % 500 + turn * 7) % 500) + male
    bodies = int(code) * 10**11 + day * 1000 + order
    return np.array([f"{body}{check}" for body, check in zip(bodies, check_characters(bodies))], dtype=object)
