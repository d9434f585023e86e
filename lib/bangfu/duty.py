"""Helpers' duty against the record: who was due to visit or call whom in which period, and whether the record shows it.

A period is due when one pairing covers it from its first day to its last (source: rule catalogue, HV-01 to HV-03). A pairing
of which the start is unknown, or which ends before it starts, holds on no day that can be told.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from bangfu import calendar
from bangfu.corrections import NONE, Corrections
from bangfu.matching import places
from bangfu.parameters import Step

@dataclass(frozen=True)
class Duty:
    """What helpers of a role owe a household once in every so many months: a home visit or a call."""

    role: str
    mode: str
    months: int


def duties(first_visit_months: int) -> dict[str, Duty]:
    """The three duties: home visits and monthly calls of first helpers, monthly home visits of second helpers."""
    return {
        "first_home": Duty("first", "home", first_visit_months),
        "first_call": Duty("first", "telephone", 1),
        "second_home": Duty("second", "home", 1),
    }


def dated(pairings: pd.DataFrame) -> pd.Series:
    """Pairings whose days can be told: a start, and no end before it."""
    return pairings["start_on"].notna() & ~(pairings["end_on"] < pairings["start_on"])


def overlapping(pairings: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    """Pairings that hold on at least one day from `first` to `last`, both included."""
    return dated(pairings) & (pairings["start_on"] <= last) & ~(pairings["end_on"] < first)


def held_in(pairings: pd.DataFrame, year: int) -> pd.DataFrame:
    """The pairings that hold on at least one day of the year, each helper, role and household once (the earliest row)."""
    held = pairings[overlapping(pairings, calendar.first_day(year), calendar.last_day(year))].sort_values("origin", kind="stable")
    return held.dropna(subset=["helper_id", "household_id", "role"]).drop_duplicates(["helper_id", "role", "household_id"])


def paired_all_year(pairings: pd.DataFrame, year: int) -> pd.Series:
    """Households that were paired on every day of the year, whoever their helpers were: a change of helpers without a gap does not matter."""
    first, last = calendar.first_day(year), calendar.last_day(year)
    held = pairings[overlapping(pairings, first, last)].dropna(subset="household_id").sort_values("start_on", kind="stable")
    home = held["household_id"]
    until = held["end_on"].fillna(last).clip(upper=last)
    before = until.groupby(home).cummax().groupby(home).shift().fillna(first - pd.Timedelta(days=1))
    follows = (held["start_on"] <= before + pd.Timedelta(days=1)).groupby(home).all()
    reached = until.groupby(home).max() == last
    return pd.Series(follows.index[follows & reached], dtype="str")


def pair_codes(pairings: pd.DataFrame, records: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The number of the pair of helper and household, from 0, for pairings and for records; -1 where a side is missing or the two are never paired."""
    helpers, households = (pairings[c].dropna().drop_duplicates() for c in ("helper_id", "household_id"))

    def both(frame: pd.DataFrame) -> np.ndarray:
        helper, household = places(frame["helper_id"], helpers), places(frame["household_id"], households)
        return np.where((helper < 0) | (household < 0), -1, helper * len(households) + household)

    paired = both(pairings)
    pairs = pd.Index(np.unique(paired[paired >= 0]))
    return pairs.get_indexer(paired), pairs.get_indexer(both(records))


@dataclass(frozen=True)
class Approved:
    """What a county has approved: corrections, and from which share of its days on a leave takes a period from what is due."""

    corrections: Corrections = NONE
    leave_share: Fraction = Fraction(1)


@dataclass(frozen=True)
class Kept:
    """A duty held against the record.

    periods  every due period, one row per helper, household and period, however many pairing rows cover it: helper_id, household_id,
             period (from 1), first, last (days), made (bool), records (how many visits or calls kept it), undated (records of that
             pair whose date or mode is unknown: they keep no period), origin (the earliest pairing row that covers it)
    records  the visits and calls that keep due periods: helper_id, household_id, period, visited_at, origin (of the visit row; minus
             the number of the correction that stands for one), at (the position of its period in `periods`)
    """

    periods: pd.DataFrame
    records: pd.DataFrame


def due(pairings: pd.DataFrame, visits: pd.DataFrame, duty: Duty, year: int, approved: Approved = Approved()) -> pd.DataFrame:
    """Every due period of a duty, and whether it was kept (`Kept.periods`)."""
    return _held(pairings, visits, duty, year, approved)[0]


def kept(pairings: pd.DataFrame, visits: pd.DataFrame, duty: Duty, year: int, approved: Approved = Approved()) -> Kept:
    """The due periods of a duty, and the records that keep them.

    Approved corrections are taken into account: a period of leave is not due (one that was kept all the same stays, so that a leave
    never costs), visits recorded late keep theirs, a handover ends one pairing and begins another.
    """
    periods, visits, at = _held(pairings, visits, duty, year, approved)
    records = visits[at >= 0].reset_index(drop=True)
    records.insert(2, "period", periods["period"].to_numpy()[at[at >= 0]])
    return Kept(periods, records.assign(at=at[at >= 0]))


def year_of_duty(pairings: pd.DataFrame, visits: pd.DataFrame, year: int, first_visit_months: int, approved: Approved = Approved()) -> dict[str, Kept]:
    """All three duties of a year, by their names in `duties`."""
    return {name: kept(pairings, visits, duty, year, approved) for name, duty in duties(first_visit_months).items()}


def consequence(missed: pd.Series, ladder: tuple[Step, ...]) -> pd.DataFrame:
    """What a policy attaches to so many missed visits, in words: zh, en (missing below the first step of its ladder)."""
    reached = np.searchsorted([step.missed for step in ladder], missed.to_numpy(), side="right")
    words = pd.DataFrame([(None, None), *((step.zh, step.en) for step in ladder)], columns=["zh", "en"], dtype="str")
    return words.iloc[reached].set_axis(missed.index)


def by_helper(pairings: pd.DataFrame, year_kept: dict[str, Kept], helpers: pd.DataFrame, households: pd.DataFrame, year: int, approved: Approved = Approved()) -> pd.DataFrame:
    """Each helper's duty of the year (as `year_of_duty` gives it): one row per helper and role with a pairing that overlaps the year.

    helper_id, role, unit, town (of most of the helper's households), households, visits_due, visits_made, visits_missed,
    calls_due, calls_made, calls_missed, undated (records whose date or mode is unknown, which keep no period).
    Second helpers owe no calls.
    """
    in_year = held_in(approved.corrections.handed_over(pairings), year)
    table = in_year.groupby(["helper_id", "role"])["household_id"].size().rename("households").reset_index()
    visited = pd.concat([year_kept["first_home"].periods.assign(role="first"), year_kept["second_home"].periods.assign(role="second")])
    called = year_kept["first_call"].periods.assign(role="first")
    for name, periods in (("visits", visited), ("calls", called)):
        sums = periods.groupby(["helper_id", "role"])["made"].agg(["size", "sum"]).set_axis([f"{name}_due", f"{name}_made"], axis=1)
        table = table.merge(sums, on=["helper_id", "role"], how="left")
        table[sums.columns] = table[sums.columns].fillna(0).astype("int64")
        table[f"{name}_missed"] = table[f"{name}_due"] - table[f"{name}_made"]
    table["undated"] = _undated_of(table, visited, called)
    units = helpers.reindex(columns=["helper_id", "unit"]).dropna(subset="helper_id").groupby("helper_id")["unit"].first()
    table.insert(2, "unit", table["helper_id"].map(units).astype("str"))
    table.insert(3, "town", _town_of(table, in_year, households))
    return table


def by_town(periods: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """Due periods (as `due` gives them) summed by town and period: town, period, due, done; households without a town are left out."""
    towns = households.dropna(subset="household_id").groupby("household_id")["town"].first()
    placed = periods.assign(town=periods["household_id"].map(towns))
    sums = placed.dropna(subset="town").groupby(["town", "period"])["made"].agg(["size", "sum"])
    return sums.set_axis(["due", "done"], axis=1).reset_index()


def _of_role(pairings: pd.DataFrame, duty: Duty) -> pd.DataFrame:
    known = pairings["helper_id"].notna() & pairings["household_id"].notna() & dated(pairings)
    return pairings[known & (pairings["role"] == duty.role).fillna(False)].sort_values("start_on", kind="stable")


def _held(pairings: pd.DataFrame, visits: pd.DataFrame, duty: Duty, year: int, approved: Approved) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """The due periods (`Kept.periods`), the visits or calls, and for each of these the position of the period that it keeps; -1 where it keeps none."""
    pairings = _of_role(approved.corrections.handed_over(pairings), duty)
    visits = approved.corrections.with_late_records(visits[["helper_id", "household_id", "visited_at", "mode", "origin"]])
    of_mode = (visits["mode"] == duty.mode).fillna(False)
    visits = visits.loc[of_mode | visits["mode"].isna()]
    spans = calendar.periods(year, duty.months)
    pairs, contacts = pair_codes(pairings, visits)
    doubtful, visits = (contacts >= 0) & _doubtful(visits, spans), visits[["helper_id", "household_id", "visited_at", "origin"]]
    keys, rows = _due_keys(pairings, pairs, spans)
    positions = np.full((pairs.max(initial=-1) + 1) * len(spans) + 1, -1)  # one more place, the last, for what lies in no period
    positions[keys] = np.arange(len(keys))
    at = positions[_period_keys(np.where(doubtful, -1, contacts), visits["visited_at"], spans)]
    undated = np.bincount(contacts[doubtful], minlength=pairs.max(initial=-1) + 1)
    periods = pairings.iloc[rows][["helper_id", "household_id", "origin"]].reset_index(drop=True)
    for column in spans:
        periods[column] = spans[column].to_numpy()[keys % len(spans)]
    periods["records"] = np.bincount(at[at >= 0], minlength=len(keys))
    periods["made"] = periods["records"] > 0
    periods["undated"] = undated[keys // len(spans)]
    if approved.corrections:
        stays = (periods["made"] | ~approved.corrections.excused(periods, approved.leave_share)).to_numpy()
        periods = periods[stays].reset_index(drop=True)
        at[at >= 0] = (np.cumsum(stays) - 1)[at[at >= 0]]
    return periods[["helper_id", "household_id", "period", "first", "last", "made", "records", "undated", "origin"]], visits, at


def _doubtful(visits: pd.DataFrame, spans: pd.DataFrame) -> np.ndarray:
    """Records that may keep a period or may not: their date is unknown, or lies in the year while their mode is unknown."""
    day = visits["visited_at"]
    in_year = (day >= spans["first"].iloc[0]) & (day < spans["last"].iloc[-1] + pd.Timedelta(days=1))
    return (day.isna() | (visits["mode"].isna() & in_year)).to_numpy(bool)


def _due_keys(pairings: pd.DataFrame, pairs: np.ndarray, spans: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Pair and period of every due period, each once, as one number; and the first pairing row that covers it."""
    start = pairings["start_on"].to_numpy()[:, None]
    end = pairings["end_on"].to_numpy()[:, None]
    covers = (start <= spans["first"].to_numpy()) & (np.isnat(end) | (end >= spans["last"].to_numpy()))
    row, period = np.nonzero(covers)
    keys, at = np.unique(pairs[row] * len(spans) + period, return_index=True)
    return keys, row[at]


def _period_keys(contacts: np.ndarray, days: pd.Series, spans: pd.DataFrame) -> np.ndarray:
    """Pair and period of each visit as one number; -1 where it lies in no pair or outside the year, or has no date."""
    day = days.to_numpy()
    period = np.searchsorted(spans["first"].to_numpy(), day, side="right") - 1
    outside = np.isnat(day) | (period < 0) | (day >= spans["last"].to_numpy()[-1] + np.timedelta64(1, "D"))
    return np.where((contacts < 0) | outside, -1, contacts * len(spans) + period)


def _undated_of(table: pd.DataFrame, *periods: pd.DataFrame) -> pd.Series:
    once = [p.drop_duplicates(["helper_id", "role", "household_id"]) for p in periods]
    sums = pd.concat(once).groupby(["helper_id", "role"])["undated"].sum()
    return sums.reindex(pd.MultiIndex.from_frame(table[["helper_id", "role"]])).fillna(0).astype("int64").to_numpy()


def _town_of(table: pd.DataFrame, in_year: pd.DataFrame, households: pd.DataFrame) -> pd.Series:
    """The town of most of a helper's households, the first by name where several have as many."""
    towns = households.reindex(columns=["household_id", "town"]).dropna(subset="household_id").groupby("household_id")["town"].first()
    placed = in_year.assign(town=in_year["household_id"].map(towns)).dropna(subset="town")
    counts = placed.groupby(["helper_id", "role", "town"]).size().rename("n").reset_index()
    most = counts.sort_values(["n", "town"], ascending=[False, True], kind="stable").drop_duplicates(["helper_id", "role"])
    return table.merge(most, on=["helper_id", "role"], how="left")["town"]
