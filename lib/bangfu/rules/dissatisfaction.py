"""What a household's dissatisfaction with its helper means for the helper's unit."""

import pandas as pd

from bangfu.calendar import last_day
from bangfu.duty import dated
from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.parameters import Count, UnitSanction, named
from bangfu.rules.catalogue import rule
from bangfu.rules.pairing import of_role, steady
from bangfu.sample.planting import planted


def first_helpers_when_asked(survey: pd.DataFrame, pairings: pd.DataFrame, helpers: pd.DataFrame, year: int) -> pd.DataFrame:
    """Who was the first helper on the day of each interview (31 December where the day is unknown), and of which unit.

    response_id, household_id, helper_id, unit (trimmed; missing where none is on record), origin_pairing; a row per interview and helper.
    """
    asked = survey.dropna(subset="household_id").assign(day=survey["interviewed_at"].dt.normalize().fillna(last_day(year)))
    first = of_role(pairings, "first").dropna(subset=["household_id", "helper_id"])
    both = asked[["response_id", "household_id", "day"]].merge(first[dated(first)].rename(columns={"origin": "origin_pairing"}), on="household_id")
    both = both[(both["start_on"] <= both["day"]) & ~(both["end_on"] < both["day"])].drop_duplicates(["response_id", "helper_id"])
    units = helpers.dropna(subset="helper_id").assign(unit=lambda h: h["unit"].str.strip().replace("", pd.NA)).groupby("helper_id")["unit"].first()
    return both.assign(unit=both["helper_id"].map(units).astype("str"))[["response_id", "household_id", "helper_id", "unit", "origin_pairing"]]


@rule(
    "SS-02",
    topic="satisfaction",
    title="帮扶对象不满意,通报所在单位",
    severity="medium",
    subject="household_id",
    reads={
        "survey": ["response_id", "household_id", "interviewed_at", "q_helper"],
        "pairings": ["household_id", "helper_id", "role", "start_on", "end_on"],
        "helpers": ["helper_id", "unit"],
    },
    answers=True,
)
def dissatisfied_with_the_helper(
    survey, pairings, helpers, *, year,
    dissatisfied: named(Count, "算作不满意的最高分值", "highest answer that counts as dissatisfied"),
    unit_sanction: UnitSanction,
) -> Found:
    """A surveyed household is dissatisfied with its helper; the policy attaches a consequence to the helper's unit.

    查什么:受访户对帮扶责任人的评价为不满意或很不满意。
    方法:问卷“对帮扶责任人满意度”的分值(1很不满意、2不满意)不高于规定分值;访谈当天(日期不明的按年底)在任的第一帮扶责任人所在单位,列为拟通报的单位。
    理由:实施意见规定,检查中帮扶对象对结对帮扶工作不满意的,由领导小组对第一帮扶责任人所在单位通报批评,约谈单位主要领导。
    不含:没有户编号或没有回答这一项的问卷(计为未评估);“一般”不算不满意。
    前提:一户的评价只是线索,须由人核实属实后才作处理;受访户不应因其评价受到任何影响,公开版不显示户、原话和出处。第一帮扶责任人或其单位不明的,只列该户。考核得分只按评价本身计(评分卡的对责任人的评价),本规则不另扣分、不否决等次。
    """
    survey = once(survey, "response_id")
    known = survey["household_id"].notna() & survey["q_helper"].notna()
    unhappy = survey[known & (survey["q_helper"] <= dissatisfied).fillna(False)]
    rows = unhappy.merge(first_helpers_when_asked(unhappy, pairings, helpers, year).drop(columns="household_id"), on="response_id", how="left")
    rows = rows.astype({"origin_pairing": "Int64"}).sort_values(["household_id", "q_helper", "response_id", "helper_id"], kind="stable")
    by = rows.groupby("household_id")["unit"].agg(lambda units: sorted(set(units.dropna())))
    for column, mark, none in (("units", "、", "(单位不明)"), ("units_en", ", ", "(unit unknown)")):
        rows[column] = pd.Series([mark.join(by[home]) or none for home in rows["household_id"]], index=rows.index, dtype="str")
    return found(
        rows,
        subject="household_id",
        zh="受访户对帮扶责任人的评价为{q_helper}分(1很不满意,2不满意)。如经核实属实,拟对第一帮扶责任人所在单位{units}:{sanction}。",
        en="The household answered {q_helper} on its helper (1 very dissatisfied, 2 dissatisfied). If confirmed, proposed for the unit of its first helper, {units_en}: {sanction_en}.",
        origins=["origin", "origin_pairing"],
        assessed=known,
        sanction=unit_sanction.zh,
        sanction_en=unit_sanction.en,
    )


@planted("SS-02", n=1)
def dissatisfied_household(county, n):
    """An answer of 2 on the helper; one of 3 by another household is no case."""
    pairings = county.tables["pairings"]
    kept = pairings.loc[steady(pairings, county.year), "household_id"]
    asked = county.take("survey", n + 1, where=county.tables["survey"]["household_id"].isin(kept))
    county.set("survey", asked.iloc[:n], q_helper=2)
    county.set("survey", asked.iloc[n:], q_helper=3)
    return asked["household_id"].iloc[:n]
