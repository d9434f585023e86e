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
    helpers = duty.by_helper(
        tables["pairings"], tables["visits"], tables["helpers"], tables["households"],
        year=year, first_visit_months=standards.first_visit_months, approved=standards.approved,
    ).sort_values(["helper_id", "role"], ignore_index=True)  # fmt: skip
    work = YearOfWork(tables, year, standards)
    facts, absent = [], []
    for code, (name, indicator) in enumerate(INDICATORS.items()):
        rows = FACTS[name](work)
        if rows is None:
            absent.append(name)
        else:
            facts.append(_of_helpers(rows, helpers, code, indicator.part == "regular"))
    facts = pd.concat(facts, ignore_index=True)
    shares = facts.groupby(KEYS)[["met", "of"]].sum().reset_index()
    behind = pd.concat([facts[[*KEYS, c]].set_axis([*KEYS, "origin"], axis=1) for c in facts if c.startswith("origin")]).dropna(subset="origin")
    evidence = behind.astype({"origin": "int64"}).drop_duplicates().sort_values([*KEYS, "origin"], ignore_index=True)
    missed = facts.loc[(facts["met"] < facts["of"]) & facts["start"].notna(), [*KEYS, "start", "day"]].rename(columns={"start": "first", "day": "last"})
    return Measured(year, standards, helpers, shares[shares["of"] > 0].reset_index(drop=True), evidence, missed.reset_index(drop=True), tuple(absent))


def _of_helpers(rows: pd.DataFrame, helpers: pd.DataFrame, indicator: int, by_quarter: bool) -> pd.DataFrame:
    """Facts with the position of their helper and role, the indicator and the quarter; facts of nobody in the table are left out."""
    at = np.full(len(rows), -1)
    for role, ours in helpers.groupby("role"):
        of_role = (rows["role"] == role).fillna(False).to_numpy(bool)
        found = pd.Index(ours["helper_id"]).get_indexer(rows["helper_id"][of_role])
        at[of_role] = np.where(found < 0, -1, ours.index.to_numpy()[found])
    quarter = rows["day"].dt.quarter.to_numpy() if by_quarter else np.zeros(len(rows), "int64")
    origins = {c: rows[c].to_numpy() for c in rows if c.startswith("origin")}
    start = rows["start"] if "start" in rows else pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    day = rows["day"] if "day" in rows else start
    table = pd.DataFrame({"row": at, "indicator": indicator, "quarter": quarter, "met": rows["met"].to_numpy(), "of": np.asarray(rows["of"]), "start": start.to_numpy(), "day": day.to_numpy(), **origins})
    return table[table["row"] >= 0]
