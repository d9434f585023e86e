"""Id numbers of made-up people, with area digits 999 that belong to nobody."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.identity import check_characters


def id_numbers(code: str, born_on: np.ndarray, sex: np.ndarray) -> np.ndarray:
    """Different id numbers by GB 11643 for people born on those days; odd sequence numbers are men's, even ones women's.

    code: the six digits of the area. At most 500 people of one sex can be born on one day in one area.
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
