"""A helper's year month by month: what was due, whether the record shows it, and every contact on record."""

from dataclasses import replace

import pandas as pd

from bangfu import calendar, duty
from bangfu.assessment.standards import Standards
from bangfu.corrections import Corrections

STATES = ("kept", "missed", "excused")
_PERIOD = ["helper_id", "role", "household_id", "mode", "first", "last", "state"]


def periods(tables: dict[str, pd.DataFrame], year: int, standards: Standards) -> pd.DataFrame:
    """Every period of every duty: helper_id, role, household_id, mode (home, telephone), first and last month, state.

    state: kept or missed of what was due; excused where only an approved leave took it from what was due. What is not due has no row.
    """
    parts = []
    approved = standards.approved
    present = {n: c for n, c in approved.corrections.entries.items() if c.kind != "leave"}
    for owed in duty.duties(standards.first_visit_months).values():
        due = duty.due(tables["pairings"], tables["visits"], owed, year, approved)
        due["state"] = due["made"].map({True: "kept", False: "missed"})
        if len(present) < len(approved.corrections.entries):
            due = pd.concat([due, _excused(tables, year, owed, replace(approved, corrections=Corrections(present)), due)], ignore_index=True)
        parts.append(due.assign(role=owed.role, mode=owed.mode, first=due["first"].dt.month, last=due["last"].dt.month)[_PERIOD])
    return pd.concat(parts, ignore_index=True).sort_values(_PERIOD[:5], ignore_index=True)


def _excused(tables: dict[str, pd.DataFrame], year: int, owed: duty.Duty, without_leave: duty.Approved, due: pd.DataFrame) -> pd.DataFrame:
    """The periods that would be due if nobody had been on leave, and are not."""
    key = ["helper_id", "household_id", "period"]
    every = duty.due(tables["pairings"], tables["visits"], owed, year, without_leave)
    also = every.merge(due[key], on=key, how="left", indicator=True)
    return also[also["_merge"] == "left_only"].drop(columns="_merge").assign(state="excused")


def contacts(tables: dict[str, pd.DataFrame], year: int, standards: Standards) -> pd.DataFrame:
    """Visits and calls of the year by helper_id, household_id, mode, month and paired, with their number `n` (those recorded late with approval too).

    paired: whether a pairing of the two, in any role, holds on the day. What has no readable date, or no mode, stands in no month.
    """
    given = standards.approved.corrections
    visits = given.with_late_records(tables["visits"][["helper_id", "household_id", "visited_at", "mode", "origin"]])
    visits = visits[(visits["visited_at"].dt.year == year).fillna(False)].dropna(subset=["helper_id", "household_id", "mode"])
    day = visits["visited_at"].dt.normalize()
    visits = visits[["helper_id", "household_id", "mode"]].assign(day=day, month=day.dt.month, at=range(len(visits)))
    held = given.handed_over(tables["pairings"])
    held = held[duty.overlapping(held, calendar.first_day(year), calendar.last_day(year))][["helper_id", "household_id", "start_on", "end_on"]]
    both = visits.merge(held, on=["helper_id", "household_id"])
    inside = both.loc[(both["start_on"] <= both["day"]) & ~(both["end_on"] < both["day"]), "at"]
    visits["paired"] = visits["at"].isin(set(inside))
    return visits.groupby(["helper_id", "household_id", "mode", "month", "paired"]).size().rename("n").reset_index()
