"""The year's records of visits and calls as the signals read them: one entry per record, sorted by helper and time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps

import numpy as np
import pandas as pd

from bangfu.assessment.fabrication.likeness import Likeness
from bangfu.entries import once

MISSING = np.iinfo("int64").min


@dataclass(frozen=True)
class Records:
    """Arrays of equal length, sorted by helper, time, household and text, so that the order of rows changes nothing.

    helper, household, village, town   codes (village and town -1 where unknown)
    home, call                         the mode; both False where it is unknown
    minute, day                        minutes and days since 1970
    clock                              minute of the day, -1 where only a date is recorded (00:00)
    entered                            day of entry, MISSING where unknown
    text, photo                        codes, -1 where missing
    visit_id, origin                   of the row
    helpers, households, texts         what the codes stand for
    left_out                           rows without helper or date
    """

    helper: np.ndarray
    household: np.ndarray
    village: np.ndarray
    town: np.ndarray
    home: np.ndarray
    call: np.ndarray
    minute: np.ndarray
    clock: np.ndarray
    entered: np.ndarray
    text: np.ndarray
    photo: np.ndarray
    visit_id: np.ndarray
    origin: np.ndarray
    helpers: pd.Index
    households: pd.Index
    texts: np.ndarray
    left_out: int
    _kept: dict = field(default_factory=dict, repr=False)

    @cached_property
    def day(self) -> np.ndarray:
        return self.minute // 1440

    @cached_property
    def likeness(self) -> Likeness:
        return Likeness.of(self.texts)

    @cached_property
    def sequence(self) -> np.ndarray:
        """The contacts of a helper with a household in one mode, as whole numbers from 0."""
        return pd.factorize((self.helper * (len(self.households) + 1) + self.household + 1) * 2 + self.home)[0]

    @cached_property
    def bounds(self) -> np.ndarray:
        """Where each helper's records begin; one more entry for the end."""
        return np.searchsorted(self.helper, np.arange(len(self.helpers) + 1))

    def per_helper(self, which: np.ndarray | None = None, weights: np.ndarray | None = None) -> np.ndarray:
        """How many records (of those marked) each helper has, or the sum of the weights."""
        rows = self.helper if which is None else self.helper[which]
        return np.bincount(rows, weights=weights, minlength=len(self.helpers))

    def of(self, helper_id: str) -> np.ndarray:
        """The positions of a helper's records."""
        code = self.helpers.get_loc(helper_id)
        return np.arange(self.bounds[code], self.bounds[code + 1])


def kept(work: Callable) -> Callable:
    """Something worked out of the whole county's records (and of settings) once: signals of every helper ask for it."""

    @wraps(work)
    def once_for(records: Records, *settings):
        if (work, settings) not in records._kept:
            records._kept[work, settings] = work(records, *settings)
        return records._kept[work, settings]

    return once_for


def records_of(tables: dict[str, pd.DataFrame], year: int) -> Records:
    """The records of the year, each number once; rows without helper or date are left out and counted."""
    visits = once(tables["visits"], "visit_id")
    in_year = visits["visited_at"].isna() | (visits["visited_at"].dt.year == year)
    known = visits["helper_id"].notna() & visits["visited_at"].notna()
    left_out = int((in_year & ~known).sum())
    v = visits[known & in_year]
    helper, helpers = pd.factorize(v["helper_id"], sort=True)
    household, households = pd.factorize(v["household_id"], sort=True)
    text, texts = pd.factorize(_column(v, "content"))
    # Numbered by their hash: the same number whatever the order of rows.
    texts = np.asarray(texts, dtype=object)
    by_hash = np.argsort(pd.util.hash_array(texts, categorize=False), kind="stable")
    renumbered = np.full(len(texts) + 1, -1)
    renumbered[by_hash] = np.arange(len(texts))
    text, texts = renumbered[text], texts[by_hash]
    minute = v["visited_at"].to_numpy().astype("M8[m]").astype("int64")
    home, call = ((v["mode"] == mode).fillna(False).to_numpy(dtype=bool) for mode in ("home", "telephone"))
    order = np.lexsort((text, household * 2 + home, minute, helper))
    homes = tables["households"].dropna(subset="household_id").drop_duplicates("household_id").set_index("household_id")
    village, town = (_place(homes, place, households, household) for place in ("village_code", "town"))
    entered = _column(v, "entered_on").to_numpy().astype("M8[D]")
    arrays = {
        "helper": helper, "household": household, "village": village, "town": town, "home": home, "call": call, "minute": minute,
        "clock": np.where(minute % 1440 == 0, -1, minute % 1440), "entered": np.where(np.isnat(entered), MISSING, entered.astype("int64")),
        "text": text, "photo": pd.factorize(_column(v, "photo_fingerprint"))[0],
        "visit_id": v["visit_id"].to_numpy(dtype=object), "origin": v["origin"].to_numpy(),
    }  # fmt: skip
    return Records(**{name: values[order] for name, values in arrays.items()}, helpers=pd.Index(helpers), households=pd.Index(households), texts=texts, left_out=left_out)


def _column(visits: pd.DataFrame, name: str) -> pd.Series:
    return visits[name] if name in visits else pd.Series(pd.NaT if name == "entered_on" else None, index=visits.index)


def _place(homes: pd.DataFrame, place: str, households: pd.Index, household: np.ndarray) -> np.ndarray:
    """The code of each record's village or town."""
    if place not in homes:
        return np.full(len(household), -1)
    codes = np.append(pd.factorize(homes[place].reindex(households), sort=True)[0], -1)
    return codes[household]
