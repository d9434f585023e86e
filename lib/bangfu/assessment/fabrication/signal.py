"""A signal: one way in which records may look invented, read for every helper of the county."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bangfu.assessment.fabrication.records import Records
from bangfu.assessment.fabrication.reference import Reading

FAMILIES = {
    "texts": ("文字", "texts"),
    "photographs": ("照片", "photographs"),
    "dates": ("走访日期", "dates of visits"),
    "clock": ("走访时刻", "times of day"),
    "journeys": ("行程", "journeys"),
    "entry": ("录入", "entry of records"),
    "figures": ("文中数字", "figures in texts"),
    "answers": ("群众答复", "households' answers"),
}


@dataclass(frozen=True)
class Signal:
    """Its name and family, how it is read, its sentence in both languages, and which of a helper's records show it.

    Sentences are filled with value, usual and n of the reading. rows(records, own) takes the positions of a helper's records and
    gives those that show the signal best.
    """

    name: str
    family: str
    read: Callable[[Records], Reading]
    zh: str
    en: str
    rows: Callable[[Records, np.ndarray], np.ndarray]


def pairs(n: np.ndarray) -> np.ndarray:
    """How many pairs n records make."""
    return n * (n - 1) // 2


def alike(group: np.ndarray, value: np.ndarray, owner: np.ndarray, owners: int) -> tuple[np.ndarray, np.ndarray]:
    """Per owner: pairs of records of one group that have the same value, and pairs of one group at all.

    group and value are whole numbers from 0, owner says whose group it is.
    """
    both = []
    for key in (group * (int(value.max(initial=0)) + 1) + value, group):
        code, different = pd.factorize(key)
        first = np.zeros(len(different), "int64")
        first[code] = np.arange(len(code))
        both.append(np.bincount(owner[first], weights=pairs(np.bincount(code, minlength=len(different))), minlength=owners))
    return both[0], both[1]


def different(keys: np.ndarray) -> np.ndarray:
    """The different ones of whole numbers, in order (sorting them is faster than looking each up)."""
    keys = np.sort(keys)
    return keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys


def most_common(own: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Of a helper's records those with the value that most of them have."""
    different, times = np.unique(values, return_counts=True)
    return own[values == different[times.argmax()]] if len(different) else own
