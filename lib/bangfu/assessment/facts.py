"""What the tables say about each indicator: one row per fact, met or not, with the helper it counts for and the rows it rests on.

Every function returns rows with helper_id, role, day (the day by which the fact is known; the last of the year for annual
indicators), met, of (whole numbers) and origin columns; or None where the tables do not carry the indicator.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bangfu import calendar, duty, income
from bangfu.assessment.standards import Standards

GUARANTEES = ("food", "clothing", "education", "medical", "housing", "water")


@dataclass(frozen=True)
class YearOfWork:
    """A county-year's tables as the assessment sees them, with approved corrections taken into account."""

    tables: dict[str, pd.DataFrame]
    year: int
    standards: Standards

    @cached_property
    def pairings(self) -> pd.DataFrame:
        """Pairings that hold on some day of the year, each helper, role and household once."""
        handed_over = self.standards.approved.corrections.handed_over(self.tables["pairings"])
        return duty.held_in(handed_over, self.year)[["helper_id", "role", "household_id", "origin"]]

    @cached_property
    def at_close(self) -> pd.DataFrame:
        """Pairings on 31 December, each helper, role and household once (the one that began first)."""
        last = calendar.last_day(self.year)
        p = self.standards.approved.corrections.handed_over(self.tables["pairings"])
        p = p[duty.overlapping(p, last, last)].dropna(subset=["helper_id", "household_id", "role"]).sort_values(["start_on", "origin"])
        return p.drop_duplicates(["helper_id", "role", "household_id"])[["helper_id", "role", "household_id", "start_on", "origin"]]

    @cached_property
    def answerable(self) -> pd.DataFrame:
        """Pairings on 31 December that have held for `held_months` whole months of the year: their households' results count."""
        first = pd.Timestamp(self.year, 13 - self.standards.held_months, 1) if self.standards.held_months else calendar.last_day(self.year)
        held = self.at_close
        return held[held["start_on"] <= first]

    @cached_property
    def duty(self) -> dict[str, duty.Kept]:
        """The three duties of the year held against the record."""
        return duty.year_of_duty(self.tables["pairings"], self.tables["visits"], self.year, self.standards.first_visit_months, self.standards.approved)

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        return duty.pair_codes(self.pairings, self.tables["visits"])

    @property
    def pair_of_pairing(self) -> np.ndarray:
        """The pair of each of `pairings` as a number."""
        return self._pairs[0]

    @property
    def pair_of_visit(self) -> np.ndarray:
        """The pair of each visit; -1 where it is of no helper and household that are paired in the year."""
        return self._pairs[1]

    @cached_property
    def of_year(self) -> np.ndarray:
        """Which visits lie in the year."""
        return (self.tables["visits"]["visited_at"].dt.year == self.year).to_numpy(bool)

    def has(self, table: str, *columns: str) -> bool:
        return table in self.tables and set(columns) <= set(self.tables[table])


def visits(work: YearOfWork) -> pd.DataFrame:
    """Home visits due and made; a period counts in the quarter in which it ends."""
    return pd.concat([_kept(work, "first_home"), _kept(work, "second_home")], ignore_index=True)


def calls(work: YearOfWork) -> pd.DataFrame:
    return _kept(work, "first_call")


def _kept(work: YearOfWork, duty_name: str) -> pd.DataFrame:
    """A row per due period; periods kept rest on the visits (a row each, beyond the first with `of` 0), missed ones on the pairing."""
    periods, records = work.duty[duty_name].periods, work.duty[duty_name].records
    missed = periods[~periods["made"]]
    first = (~records["at"].duplicated()).to_numpy().astype("int64")
    columns = ["helper_id", "day", "met", "of", "origin"]
    made = pd.DataFrame({"helper_id": records["helper_id"], "day": periods["last"].to_numpy()[records["at"]], "met": first, "of": first, "origin": records["origin"]})
    lacking = missed.assign(day=missed["last"], met=0, of=1, start=missed["first"])[[*columns, "start"]]
    return pd.concat([lacking, made], ignore_index=True).assign(role=duty_name.split("_")[0])


def signed(work: YearOfWork) -> pd.DataFrame | None:
    """Home visits signed by both; what HV-04 cannot judge is left out."""
    if not work.has("visits", "household_signed", "helper_signed"):
        return None
    v = work.tables["visits"]
    witnessed = v["witness"].notna().astype("boolean") if "witness" in v else pd.Series(False, index=v.index, dtype="boolean")
    both = v["helper_signed"] & (v["household_signed"] | witnessed)
    return _of_pairs(work, (v["mode"] == "home").fillna(False) & both.notna(), both)


def entered(work: YearOfWork) -> pd.DataFrame | None:
    """Visits and calls entered within the days of rule HV-08."""
    if not work.has("visits", "entered_on") or work.standards.entry_days is None:
        return None
    v = work.tables["visits"]
    late = (v["entered_on"].dt.normalize() - v["visited_at"].dt.normalize()).dt.days > work.standards.entry_days
    return _of_pairs(work, v["entered_on"].notna() & v["mode"].notna(), ~late)


def _of_pairs(work: YearOfWork, judged: pd.Series, met: pd.Series) -> pd.DataFrame | None:
    """The judged visits of the year of pairs that are paired in the year, in the role (or roles) of the pair."""
    v = work.tables["visits"]
    judged = judged.to_numpy(bool) & work.of_year
    parts = []
    for role in work.pairings["role"].unique():
        ours = judged & np.isin(work.pair_of_visit, work.pair_of_pairing[(work.pairings["role"] == role).to_numpy(bool)])
        parts.append(pd.DataFrame({"helper_id": v["helper_id"][ours], "role": role, "day": v["visited_at"][ours], "met": met[ours].astype("int64"), "of": 1, "origin": v["origin"][ours]}))
    return pd.concat(parts, ignore_index=True) if parts else None


def plan_made(work: YearOfWork) -> pd.DataFrame | None:
    """Of the households that a first helper has on 31 December, for which there is a plan of the year by him (as HL-01)."""
    plans = _plans(work)
    if plans is None:
        return None
    held = work.at_close[work.at_close["role"] == "first"]
    made = held.merge(plans.drop_duplicates(["helper_id", "household_id"]), on=["helper_id", "household_id"], how="left", suffixes=("", "_plan"))
    return made.assign(met=made["origin_plan"].notna().astype("int64"), of=1)


def plan_signed(work: YearOfWork) -> pd.DataFrame | None:
    """Of those plans, which carry a date of signing."""
    plans = _plans(work, "signed_on")
    if plans is None:
        return None
    held = work.at_close[work.at_close["role"] == "first"].merge(plans, on=["helper_id", "household_id"], suffixes=("_pairing", ""))
    return held.assign(met=held["signed_on"].notna().astype("int64"), of=1)


def _plans(work: YearOfWork, *columns: str) -> pd.DataFrame | None:
    if not work.has("plans", "helper_id", "household_id", "year", *columns):
        return None
    plans = work.tables["plans"].sort_values("origin", kind="stable")
    return plans[(plans["year"] == work.year).fillna(False)][["helper_id", "household_id", "origin", *columns]].dropna(subset=["helper_id", "household_id"])


def gain(work: YearOfWork) -> pd.DataFrame | None:
    """Did the household's net income rise by at least what the plan set out? Without a plan or the incomes of two years: left out."""
    plans = _plans(work, "expected_gain")
    if plans is None or not work.has("incomes", "household_id", "year", *income.form_columns()):
        return None
    incomes = work.tables["incomes"]
    if income.of_year(incomes, work.year - 1).empty:
        return None
    planned = work.answerable.merge(plans.dropna(subset="expected_gain"), on=["helper_id", "household_id"], suffixes=("", "_plan"))
    risen = planned.merge(income.gains(incomes, work.year), on="household_id")
    return risen.assign(met=(risen["gain"] >= risen["expected_gain"]).astype("int64"), of=1)


def income_above(work: YearOfWork) -> pd.DataFrame | None:
    """Is the recomputed net income per head at the line or above? Compared without dividing (as EX-01)."""
    now = _incomes(work, work.year)
    if now is None or work.standards.poverty_line is None:
        return None
    known = now[(now["family_size"] > 0).fillna(False) & now["net"].notna()]
    above = known["net"] >= known["family_size"] * work.standards.poverty_line
    return _of_households(work, known.assign(met=above.astype("int64")))


def _incomes(work: YearOfWork, year: int) -> pd.DataFrame | None:
    """household_id, net (fen), family_size, origin of the year's income rows; a household with several rows is left out."""
    if not work.has("incomes", "household_id", "year", "family_size", *income.form_columns()):
        return None
    rows = income.of_year(work.tables["incomes"], year)
    rows = rows[rows["household_id"].notna() & ~rows["household_id"].duplicated(keep=False)]
    return rows[["household_id", "family_size", "origin"]].assign(net=income.recomputed(rows)["net"])


def guarantees(work: YearOfWork) -> pd.DataFrame | None:
    """Are all six guarantees there (as EX-02)? A household with a missing flag is left out."""
    if not work.has("households", "household_id", *GUARANTEES):
        return None
    homes = work.tables["households"].sort_values("origin", kind="stable").drop_duplicates("household_id")
    known = homes[homes[list(GUARANTEES)].notna().all(axis=1)]
    return _of_households(work, known[["household_id", "origin"]].assign(met=known[list(GUARANTEES)].all(axis=1).astype("int64")))


def q_helper(work: YearOfWork) -> pd.DataFrame | None:
    return _answers(work, "q_helper")


def q_measures(work: YearOfWork) -> pd.DataFrame | None:
    return _answers(work, "q_measures")


def _answers(work: YearOfWork, question: str) -> pd.DataFrame | None:
    """Answers 1 to 5 as 0 to 4 of 4 points."""
    if not work.has("survey", "household_id", question):
        return None
    asked = work.tables["survey"].dropna(subset=["household_id", question])
    return _of_households(work, asked[["household_id", "origin"]].assign(met=(asked[question] - 1).astype("int64")), 4)


def known(work: YearOfWork) -> pd.DataFrame | None:
    if not work.has("survey", "household_id", "knows_helper"):
        return None
    asked = work.tables["survey"].dropna(subset=["household_id", "knows_helper"])
    return _of_households(work, asked[["household_id", "origin"]].assign(met=asked["knows_helper"].astype("int64")))


def _of_households(work: YearOfWork, facts: pd.DataFrame, of: int = 1) -> pd.DataFrame:
    """What is known of households, for the helpers who answer for them."""
    return work.answerable.merge(facts, on="household_id", suffixes=("_pairing", "")).assign(of=of)


FACTS = {
    "visits": visits, "calls": calls, "signed": signed, "entered": entered, "plan_made": plan_made, "plan_signed": plan_signed,
    "gain": gain, "q_measures": q_measures, "guarantees": guarantees, "income": income_above, "q_helper": q_helper, "known": known,
}  # fmt: skip
