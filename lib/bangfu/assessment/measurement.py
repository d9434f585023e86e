"""How much of what was owed was done: `met` of `of` by helper, role, quarter and indicator, before any card puts points on it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bangfu import duty
from bangfu.assessment.facts import FACTS, YearOfWork
from bangfu.assessment.indicators import INDICATORS
from bangfu.assessment.standards import Standards

NAMES = list(INDICATORS)
KEYS = ["row", "indicator", "quarter"]


@dataclass(frozen=True)
class Measured:
    """A county-year measured, whatever the card.

    helpers   a row per helper and role (columns of `duty.by_helper`), ordered by both; every `row` below is a position in it
    shares    a row per helper, indicator (position in NAMES) and quarter (1 to 4; 0 for annual indicators): met, of (of > 0)
    evidence  row, indicator, quarter and the origins of the rows behind it, ordered by these; an origin below 0 is minus the number
              of a correction
    missed    row, indicator, quarter and `first`, `last` (days) of due periods that were missed
    absent    indicators that the tables do not carry
    """

    year: int
    standards: Standards
    helpers: pd.DataFrame
    shares: pd.DataFrame
    evidence: pd.DataFrame
    missed: pd.DataFrame
    absent: tuple[str, ...]

    @cached_property
    def met(self) -> np.ndarray:
        """Met over the year: helpers x indicators, whole numbers."""
        return self._over_year("met")

    @cached_property
    def of(self) -> np.ndarray:
        """Owed over the year: helpers x indicators, whole numbers; 0 where an indicator cannot be assessed."""
        return self._over_year("of")

    def _over_year(self, column: str) -> np.ndarray:
        total = np.zeros((len(self.helpers), len(NAMES)), "int64")
        np.add.at(total, (self.shares["row"].to_numpy(), self.shares["indicator"].to_numpy()), self.shares[column].to_numpy())
        return total


def measure(tables: dict[str, pd.DataFrame], year: int, standards: Standards) -> Measured:
    """What the tables of a county-year say of each helper, by the standards in force."""
    work = YearOfWork(tables, year, standards)
    helpers = duty.by_helper(tables["pairings"], work.duty, tables["helpers"], tables["households"], year, standards.approved)
    helpers = helpers.sort_values(["helper_id", "role"], ignore_index=True)
    shares, evidence, missed, absent = [], [], [], []
    for code, (name, indicator) in enumerate(INDICATORS.items()):
        rows = FACTS[name](work)
        if rows is None:
            absent.append(name)
            continue
        at = _position(rows, helpers)
        rows, at = rows[at >= 0], at[at >= 0]
        quarter = rows["day"].dt.quarter.to_numpy("int64") if indicator.part == "regular" else np.zeros(len(rows), "int64")
        slot = slot_of(at, code, quarter)
        shares.append(_summed(slot, rows))
        evidence += [(slot[known], rows[c].to_numpy()[known].astype("int64")) for c in rows if c.startswith("origin") for known in [rows[c].notna().to_numpy()]]
        if "start" in rows:
            lacking = rows["start"].notna().to_numpy()
            missed.append(_unfolded(slot[lacking]).assign(first=rows["start"].to_numpy()[lacking], last=rows["day"].to_numpy()[lacking]))
    return Measured(year, standards, helpers, pd.concat(shares).sort_values(KEYS, ignore_index=True), _ordered(evidence), pd.concat(missed, ignore_index=True), tuple(absent))


def _position(rows: pd.DataFrame, helpers: pd.DataFrame) -> np.ndarray:
    """The position of each fact's helper and role in the table of helpers; -1 where there is none."""
    at = np.full(len(rows), -1)
    for role, ours in helpers.groupby("role"):
        of_role = (rows["role"] == role).fillna(False).to_numpy(bool)
        found = pd.Index(ours["helper_id"]).get_indexer(rows["helper_id"][of_role])
        at[of_role] = np.where(found < 0, -1, ours.index.to_numpy()[found])
    return at


def slot_of(row: np.ndarray, indicator: int, quarter: np.ndarray) -> np.ndarray:
    """Helper, indicator and quarter as one number, in that order."""
    return (row * len(NAMES) + indicator) * 5 + quarter


def _unfolded(slot: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"row": slot // (5 * len(NAMES)), "indicator": slot // 5 % len(NAMES), "quarter": slot % 5})


def _summed(slot: np.ndarray, rows: pd.DataFrame) -> pd.DataFrame:
    """met and of of each slot in which something was owed."""
    slots, inverse = np.unique(slot, return_inverse=True)
    sums = {c: np.zeros(len(slots), "int64") for c in ("met", "of")}
    for c, total in sums.items():
        np.add.at(total, inverse, np.asarray(rows[c], "int64"))
    table = _unfolded(slots).assign(**sums)
    return table[table["of"] > 0]


def _ordered(evidence: list[tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Each origin of each slot once, in order."""
    slot, origin = (np.concatenate([part[i] for part in evidence]) for i in (0, 1))
    order = np.lexsort((origin, slot))
    slot, origin = slot[order], origin[order]
    again = np.r_[False, (slot[1:] == slot[:-1]) & (origin[1:] == origin[:-1])] if len(slot) else np.zeros(0, bool)
    return _unfolded(slot[~again]).assign(origin=origin[~again])
