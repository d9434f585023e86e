"""What became of a helper's households: their satisfaction, guarantees, exit and income, one row per helper and household."""

from dataclasses import dataclass

import pandas as pd

from bangfu import calendar, duty
from bangfu.assessment.circumstances import per_head, trimmed
from bangfu.assessment.comparison import Comparison
from bangfu.assessment.facts import GUARANTEES
from bangfu.problems import Sentence
from bangfu.satisfaction import SATISFIED


@dataclass(frozen=True)
class HouseholdResult:
    """A result of households that helpers are compared by.

    rows: helper_id, role, household_id, value: a share of 0 or 1, or a number in `unit`; of several years one mean, less what the
    years had in common. share: each value is 0 or 1. years: pooled. absent: why there are no rows.
    """

    name: str
    label: Sentence
    rows: pd.DataFrame
    share: bool = True
    years: tuple[int, ...] = ()
    absent: Sentence | None = None


def household_results(tables: dict[str, pd.DataFrame], year: int, limits: Comparison, held_months: int) -> list[HouseholdResult]:
    """Every result by which helpers can be compared, of all years up to `year` that the tables hold.

    A result is a helper's who has the household on its day (the interview; else 31 December) and has had it for `held_months` whole months by the
    end of that day (from 1 July to 31 December: six).
    """
    pairings = tables["pairings"]
    held = pairings[duty.dated(pairings)].dropna(subset=["helper_id", "household_id", "role"])[["helper_id", "household_id", "role", "start_on", "end_on"]]
    held = held.assign(answers_from=held["start_on"] + pd.DateOffset(months=held_months) - pd.Timedelta(days=1))
    return [
        _answered(tables, held, year, "q_helper", Sentence("对帮扶责任人满意", "satisfied with the helper")),
        _answered(tables, held, year, "overall", Sentence("总体满意", "satisfied overall")),
        _secure(tables, held, year),
        _exited(tables, held, year),
        _gained(tables, held, year, limits),
    ]


def _with_helpers(rows: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """The rows with the helpers who answer for the household on the row's day, each helper once a year."""
    day = rows["day"].dt.normalize()
    both = rows.assign(day=day).merge(held, on="household_id")
    both = both[(both["answers_from"] <= both["day"]) & ~(both["end_on"] < both["day"])]
    return both.drop_duplicates(["helper_id", "role", "household_id", "year"])


def _answered(tables: dict[str, pd.DataFrame], held: pd.DataFrame, year: int, item: str, label: Sentence) -> HouseholdResult:
    """Whether the household answered 4 or 5, on the day of the interview (without a date: on 31 December)."""
    if "survey" not in tables or item not in tables["survey"]:
        return _absent(item, label, Sentence("没有这一项的入户调查", "there is no survey with this item"))
    asked = tables["survey"].dropna(subset=["household_id", item])
    last = pd.Series(calendar.last_day(year), index=asked.index)
    day = asked["interviewed_at"].where(asked["interviewed_at"].notna(), last) if "interviewed_at" in asked else last
    rows = asked[["household_id"]].assign(day=day, year=day.dt.year, value=(asked[item] >= SATISFIED).astype("float64"))
    rows = rows[rows["year"] <= year].drop_duplicates(["household_id", "year"])
    return _pooled(item, label, _with_helpers(rows, held))


def _secure(tables: dict[str, pd.DataFrame], held: pd.DataFrame, year: int) -> HouseholdResult:
    """Whether all six guarantees are secure on 31 December; households of which a flag is missing are left out."""
    label, homes = Sentence("两不愁三保障", "guarantees secure"), tables["households"].drop_duplicates("household_id")
    if not set(GUARANTEES) <= set(homes):
        return _absent("guarantees", label, Sentence("贫困户表缺少保障的列", "the table of households lacks guarantees"))
    flags = homes[list(GUARANTEES)]
    known = homes[flags.notna().all(axis=1)]
    rows = _on_last_day(known, year, known[list(GUARANTEES)].all(axis=1))
    return _pooled("guarantees", label, _with_helpers(rows, held))


def _exited(tables: dict[str, pd.DataFrame], held: pd.DataFrame, year: int) -> HouseholdResult:
    """Whether a household that was still poor when the helper came had exited by 31 December."""
    label, homes = Sentence("脱贫退出", "exited"), tables["households"].drop_duplicates("household_id")
    if not {"status", "exit_on"} <= set(homes):
        return _absent("exited", label, Sentence("贫困户表缺少脱贫状态或退出日期", "the table of households lacks status or date of exit"))
    gone = (homes["status"] == "已脱贫").fillna(False).astype(bool)
    known = homes[homes["status"].notna() & ~(gone & homes["exit_on"].isna())]
    rows = _on_last_day(known, year, gone[known.index]).assign(exit_on=known["exit_on"])
    told = _with_helpers(rows, held)
    return _pooled("exited", label, told[~(told["exit_on"] < told["start_on"])])


def _gained(tables: dict[str, pd.DataFrame], held: pd.DataFrame, year: int, limits: Comparison) -> HouseholdResult:
    """Yuan per head by which a household's income rose in a year."""
    label = Sentence("人均收入增加(元)", "rise of income per head (yuan)")
    if "incomes" not in tables:
        return _absent("income_gain", label, Sentence("没有收入明细表", "there is no income table"))
    rows = per_head(tables["incomes"])
    rows = rows[rows["year"] <= year].sort_values(["household_id", "year"], kind="stable")
    before = rows.groupby("household_id")[["year", "per_head"]].shift()
    rows = rows.assign(value=rows["per_head"] - before["per_head"])[before["year"] == rows["year"] - 1]
    if rows.empty:
        return _absent("income_gain", label, Sentence("收入明细表只有一年,缺起点收入,无法调整,不作比较", "the income table has one year: without a starting income nothing can be adjusted for, so nothing is compared"))
    rows["value"] = rows.groupby("year")["value"].transform(trimmed, limits.trimmed)
    rows["day"] = pd.to_datetime(rows["year"].astype(str) + "-12-31")
    return _pooled("income_gain", label, _with_helpers(rows, held), share=False)


def _on_last_day(homes: pd.DataFrame, year: int, value: pd.Series) -> pd.DataFrame:
    return homes[["household_id"]].assign(day=calendar.last_day(year), year=year, value=value.astype("float64"))


def _pooled(name: str, label: Sentence, rows: pd.DataFrame, *, share: bool = True) -> HouseholdResult:
    """One row per helper and household, whatever the number of years: a household's years are not so many households."""
    if rows.empty:
        return _absent(name, label, Sentence("没有可归到责任人的资料", "nothing can be told to be of a helper's households"))
    years = tuple(sorted(int(y) for y in rows["year"].unique()))
    if len(years) > 1:
        rows = rows.assign(value=rows["value"] - rows.groupby("year")["value"].transform("mean") + rows["value"].mean())
    one = rows.groupby(["helper_id", "role", "household_id"], as_index=False)["value"].mean()
    return HouseholdResult(name, label, one, share and len(years) == 1, years)


def _absent(name: str, label: Sentence, why: Sentence) -> HouseholdResult:
    return HouseholdResult(name, label, pd.DataFrame(columns=["helper_id", "role", "household_id", "value"]), absent=why)
