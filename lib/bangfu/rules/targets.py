"""Targets of the year: how many people were to leave poverty, and how many poor may remain."""

from fractions import Fraction

import pandas as pd

from bangfu.calendar import first_day, last_day
from bangfu.findings import Found, found
from bangfu.parameters import Dated, Share, named
from bangfu.rules.catalogue import rule
from bangfu.rules.exit import EXITED
from bangfu.sample.planting import planted

POOR, POOR_AGAIN = "未脱贫", "返贫"


@rule(
    "TG-01",
    title="年度减贫任务未完成",
    severity="medium",
    subject="town",
    reads={
        "exit_targets": ["year", "town", "planned_people"],
        "households": ["household_id", "town", "family_size", "identified_on", "status", "exit_on"],
        "villages": ["village_code", "town", "population_total"],
    },
)
def town_behind_its_target(exit_targets, households, villages, *, year, poverty_rate: Dated[named(Share, "贫困发生率上限", "ceiling of the poverty rate")]) -> Found:
    """A town brought fewer people out of poverty than planned, or its poverty rate is above the ceiling.

    查什么:镇街当年实际脱贫的人数少于计划,或者年底的贫困发生率高于上限。
    方法:实际脱贫为已脱贫且脱贫时间在审计年度内各户的家庭人口数之和,少于年度减贫计划的人数即为未完成;贫困发生率为年底仍贫困(未脱贫、返贫,或年后才脱贫)各户的家庭人口数之和÷镇街各村总人口,高于上限即为超标,正好等于的不算,用整数乘法比较。脱贫状态、时间或人口数不明的户,按最有利和最不利两种情形计算,两种情形结论一致才作结论。
    理由:年度任务要求分年减少贫困人口,到期把贫困发生率降到上限以下。
    不含:没有年度计划、或同一年有几个不同计划数的镇街的计划部分,总人口不全的镇街的贫困发生率部分,以及情况不明的户足以改变结论的(计为未评估);上限生效以前的年度不查贫困发生率。
    前提:计划以人数为准,一个镇街一年一行;人口数取贫困户表的家庭人口数,总人口取行政村表;没有计划表时整条规则不评估。
    """
    towns = pd.DataFrame({"town": sorted(set(villages["town"].dropna()) | set(exit_targets["town"].dropna()))}, dtype="str")
    plans, homes = _plans_of(exit_targets, year), households.dropna(subset=["household_id", "town"]).drop_duplicates("household_id")
    out, poor = _people(homes, *_exits(homes, year)), _people(homes, *_still_poor(homes, year))
    towns = towns.merge(plans, on="town", how="left").join(out, on="town").join(poor.add_suffix("_poor"), on="town")
    counts = ["sure", "most", "sure_poor", "most_poor"]
    towns[counts] = towns[counts].fillna(0)
    towns["population"] = towns["town"].map(_population(villages)).astype("Int64")
    behind, reached = towns["planned"] > towns["most"], towns["planned"] <= towns["sure"]
    ceiling = poverty_rate.at(last_day(year).date())
    above, within = (_above(towns[c], towns["population"], ceiling) for c in ("sure_poor", "most_poor"))
    within = ~within
    bounded = ~towns["open"].fillna(False).astype(bool), ~towns["open_poor"].fillna(False).astype(bool)
    behind, above = (behind & bounded[0]).fillna(False).astype(bool), above.fillna(False).astype(bool)
    settled = behind | reached.fillna(False).astype(bool), above | (within.fillna(False).astype(bool) & bounded[1])
    parts = 1 if ceiling is None else 2
    assessed = int(settled[0].sum()) + (int(settled[1].sum()) if parts == 2 else 0)
    rows = towns[behind | above].copy()
    for language, column in enumerate(("what", "what_en")):
        rows[column] = pd.Series([_said(row, b, a, year, ceiling)[language] for row, b, a in zip(rows.itertuples(), behind[rows.index], above[rows.index], strict=True)], index=rows.index, dtype="str")
    evidence = pd.concat([plans, villages, homes[_exits(homes, year)[0]], homes[_still_poor(homes, year)[0]]])[["town", "origin"]]
    return found(
        rows[["town", "what", "what_en"]].merge(evidence, on="town"),
        subject="town",
        zh="{what}。",
        en="{what_en}.",
        assessed=assessed,
        unassessed=parts * len(towns) - assessed,
    )


def _plans_of(targets: pd.DataFrame, year: int) -> pd.DataFrame:
    """town, planned, origin: the towns that have one plan for the year; the same row handed over twice is one."""
    own = targets[(targets["year"] == year).fillna(False).astype(bool)].dropna(subset=["town", "planned_people"]).drop_duplicates(["town", "planned_people"])
    own = own[~own["town"].duplicated(keep=False)]
    return own[["town", "origin"]].assign(planned=own["planned_people"])


def _exits(homes: pd.DataFrame, year: int) -> tuple[pd.Series, pd.Series]:
    """Households that left poverty in the year, and those that may have: two masks that do not meet."""
    out, status = homes["status"] == EXITED, homes["status"]
    in_year = homes["exit_on"].between(first_day(year), last_day(year))
    sure = out & in_year
    perhaps = ~sure & ((out & homes["exit_on"].isna()) | (~out & in_year) | (status.isna() & homes["exit_on"].isna()))
    return sure.fillna(False).astype(bool), perhaps.fillna(False).astype(bool)


def _still_poor(homes: pd.DataFrame, year: int) -> tuple[pd.Series, pd.Series]:
    """Households that were poor at the end of the year, and those that may have been: two masks that do not meet."""
    status, exit_on = homes["status"], homes["exit_on"]
    here = ~(homes["identified_on"] > last_day(year))
    sure = here & ((status == POOR_AGAIN) | ((status == POOR) & exit_on.isna()) | (exit_on > last_day(year)))
    perhaps = here & ~sure & (status.isna() | ~status.isin([EXITED, POOR, POOR_AGAIN]) | (status == POOR))
    return sure.fillna(False).astype(bool), perhaps.fillna(False).astype(bool)


def _people(homes: pd.DataFrame, sure: pd.Series, perhaps: pd.Series) -> pd.DataFrame:
    """By town: sure (people at the least), most (people at the most), open (a household whose size is unknown may add to them)."""
    size = homes["family_size"]
    table = pd.DataFrame({"sure": size.where(sure), "most": size.where(sure | perhaps), "open": (sure | perhaps) & size.isna()}).groupby(homes["town"])
    return pd.DataFrame({"sure": table["sure"].sum(), "most": table["most"].sum(), "open": table["open"].any()})


def _population(villages: pd.DataFrame) -> pd.Series:
    """The people of each town, each village once; missing where a village's number is."""
    known = villages.dropna(subset=["village_code", "town"]).drop_duplicates("village_code")
    whole = known.groupby("town")["population_total"].agg(lambda p: p.sum() if p.notna().all() and p.sum() > 0 else pd.NA)
    return whole.astype("Int64")


def _above(people: pd.Series, population: pd.Series, ceiling: Fraction | None) -> pd.Series:
    """people / population > ceiling, without dividing; missing where the population or the ceiling is."""
    if ceiling is None:
        return pd.Series(pd.NA, index=people.index, dtype="boolean")
    return people.astype("Int64") * ceiling.denominator > population * ceiling.numerator


def _said(row, behind: bool, above: bool, year: int, ceiling: Fraction | None) -> tuple[str, str]:
    """What a town did not reach, in both languages."""
    zh, en = [], []
    if behind:
        at_most, at_most_en = ("至多", "at most ") if row.most > row.sure else ("", "")
        zh.append(f"{year}年计划脱贫{row.planned}人,实际脱贫{at_most}{row.most:g}人")
        en.append(f"Planned for {year} were {row.planned} people out of poverty, {at_most_en}{row.most:g} left it")
    if above:
        zh.append(f"年底仍贫困{row.sure_poor:g}人,占总人口{row.population}人的比例高于上限{float(ceiling):.1%}")
        en.append(f"{'at' if en else 'At'} the end of the year {row.sure_poor:g} of {row.population} people were poor, above the ceiling of {float(ceiling):.1%}")
    return ";".join(zh), "; ".join(en)


@planted("TG-01", n=1)
def planned_more_than_was_done(county, n):
    """One more person was planned than left poverty in the town; another town reached its plan to the person."""
    homes = county.tables["households"]
    done = _people(homes, *_exits(homes, county.year))["most"]
    towns = county.take("towns", n + 1)["town"].tolist()
    for i, town in enumerate(towns):
        plan = (county.tables["exit_targets"]["town"] == town) & (county.tables["exit_targets"]["year"] == county.year)
        reached = _people(homes, *_exits(homes, county.year))["sure"].get(town, 0)
        county.set("exit_targets", plan, planned_people=int(done.get(town, 0)) + 1 if i < n else int(reached))
    return towns[:n]
