"""The gain that assistance is to bring: by how much the income of a paired household rose in the year."""

import pandas as pd

from bangfu import income
from bangfu.calendar import first_day, last_day
from bangfu.duty import dated, overlapping, paired_all_year
from bangfu.findings import Found, found
from bangfu.matching import stands_in
from bangfu.parameters import Yuan, named
from bangfu.rules.catalogue import rule
from bangfu.rules.pairing import steady
from bangfu.sample.planting import planted

BEYOND_THE_TARGET = "blue"  # left to the minimum living guarantee


@rule(
    "TG-02",
    title="结对户年增收未达2000元",
    topic="targets",
    severity="low",
    subject="household_id",
    reads={
        "pairings": ["household_id", "start_on", "end_on"],
        "incomes": ["household_id", "year", *income.form_columns()],
        "households": ["household_id", "card"],
    },
    optional=["households"],
)
def gain_below_the_target(pairings, incomes, households, *, annual_gain: named(Yuan, "每户每年增收", "gain of a household in a year"), year) -> Found:
    """The income of a household that was paired all year rose by less than the target.

    查什么:全年结对的户,审计年度比上一年度的增收没有达到规定数额。
    方法:两个年度的家庭年纯收入都按收入明细重新计算,相减即为增收,按户计总数,不按人均;少于规定数额的为发现,正好等于的不算;收入减少的也算。全年结对指1月1日至12月31日每天都有帮扶责任人(不分第一、第二),中途换人而前后衔接的仍是全年。
    理由:方案要求所帮扶的贫困户每户每年增收达到规定数额;增收不够,说明帮扶措施没有见效,要看措施是否对路、是否落实。
    不含:贫困户表注明卡别的,只查黄卡户和红卡户,蓝卡户实行最低生活保障,不查;只结对一段时间或结对时间不明的户(全年的增收说不清是不是帮扶的结果),缺少一个年度收入行、收入来源或支出的户,同一年度有几个不同收入的户,卡别不明的户,计为未评估。
    前提:没有卡别列时全部结对户都查,方案所说的蓝卡户(五保户和丧失劳动能力的户)也在内,研判时请排除;不看脱贫状态;家庭人口增减不作调整。增收少有多种原因,只是帮扶成效的线索,不等于责任人失职。
    """
    named_cards = households is not None and households["card"].notna().any()
    paired = _paired(pairings, year)
    if named_cards:
        cards = households.dropna(subset="household_id").drop_duplicates("household_id").rename(columns={"origin": "origin_household"})
        paired = paired.merge(cards, on="household_id", how="left")
        paired = paired[(paired["card"] != BEYOND_THE_TARGET).fillna(True)]
    judged = paired.merge(income.gains(incomes, year), on="household_id", how="left")
    known = judged["all_year"] & judged["gain"].notna() & (judged["card"].notna() if named_cards else True)
    rows = judged[known & (judged["gain"] < annual_gain).fillna(False).astype(bool)].copy()
    rows["change"] = rows["gain"].abs()
    fell = rows["gain"] < 0
    rows["how"] = pd.Series("增收", index=rows.index, dtype="str").mask(fell, "减收")
    rows["how_en"] = pd.Series("a gain of", index=rows.index, dtype="str").mask(fell, "a loss of")
    evidence = pairings[overlapping(pairings, first_day(year), last_day(year))][["household_id", "origin"]]
    return found(
        rows.merge(evidence, on="household_id"),
        subject="household_id",
        zh="全年结对,家庭年纯收入{before}年重算为{net_before:yuan},{year}年重算为{net_now:yuan},{how}{change:yuan},未达到每户每年增收{target:yuan}。",
        en="Paired all year; the net income of the household recomputes to {net_before:yuan} in {before} and {net_now:yuan} in {year}, {how_en} {change:yuan}, below the target of {target:yuan} a year.",
        origins=["origin", "origin_now", "origin_before", *(["origin_household"] if named_cards else [])],
        assessed=int(known.sum()),
        unassessed=int((~known).sum()),
        notes=_notes(incomes, named_cards, year),
        before=year - 1,
        year=year,
        target=annual_gain,
    )


def _paired(pairings: pd.DataFrame, year: int) -> pd.DataFrame:
    """household_id, all_year: households that were paired in the year or may have been, each once, and whether on every day of it."""
    perhaps = ~dated(pairings) | overlapping(pairings, first_day(year), last_day(year))
    homes = pairings.loc[perhaps, ["household_id"]].dropna().drop_duplicates()
    return homes.assign(all_year=stands_in(homes["household_id"], paired_all_year(pairings, year)))


def _notes(incomes: pd.DataFrame, named_cards: bool, year: int) -> list[tuple[str, str]]:
    """What the tables do not let be judged, or not as the plan means it."""
    if income.of_year(incomes, year - 1).empty:
        return [(f"收入表没有{year - 1}年的收入,没有评估增收。", f"The table of incomes has none of {year - 1}: gains were not assessed.")]
    if not named_cards:
        return [("贫困户表没有卡别,蓝卡户没有排除。", "The register of households tells no cards: households with a blue card were not left out.")]
    return []


@planted("TG-02", share=0.003)
def gained_too_little(county, n):
    """Households gained a fen less than the target; one more gained just the target."""
    pairings, incomes = county.tables["pairings"], county.tables["incomes"]
    target = county.parameter("TG-02", "annual_gain", 200000)
    kept = incomes["household_id"].isin(pairings.loc[steady(pairings, county.year), "household_id"])
    homes = county.take("incomes", n + 1, where=kept & (incomes["reported_net"] > target))
    gain = pd.Series(target - 1, index=homes.index, dtype="Int64")
    gain.iloc[n:] = target
    net = homes["reported_net"] - gain
    county.add("incomes", homes, year=county.year - 1, expenses=homes["expenses"] + gain, reported_net=net, reported_per_capita=(2 * net + homes["family_size"]) // (2 * homes["family_size"]))
    return homes["household_id"].iloc[:n]
