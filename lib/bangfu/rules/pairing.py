"""Pairing: who helps whom from when to when, and whether the dates of it can be right."""

import numpy as np
import pandas as pd

from bangfu.calendar import first_day, last_day, months_before
from bangfu.duty import dated, overlapping
from bangfu.findings import Found, found
from bangfu.matching import stands_in
from bangfu.parameters import Days, Months, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

PAIRINGS = ["household_id", "helper_id", "role", "start_on", "end_on"]
FOREVER = pd.Timestamp(9999, 12, 31)


def of_role(pairings: pd.DataFrame, role: str) -> pd.DataFrame:
    """The pairings of first or of second helpers; those whose role is unknown are neither's."""
    return pairings[(pairings["role"] == role).fillna(False)]


def _doubtful_households(pairings: pd.DataFrame) -> pd.Series:
    """Households with a pairing that may be a first helper's on days that cannot be told."""
    unknown = pairings["role"].isna() | ((pairings["role"] == "first").fillna(False) & ~dated(pairings))
    return pairings.loc[unknown, "household_id"].dropna()


@rule(
    "HP-01",
    title="无第一帮扶责任人",
    severity="high",
    subject="household_id",
    reads={"households": ["household_id"], "pairings": ["household_id", "role", "start_on", "end_on"]},
)
def without_first_helper(households, pairings, *, year) -> Found:
    """The household has no first helper in the year.

    查什么:贫困户在审计年度内没有第一帮扶责任人。
    方法:该户没有一条第一帮扶责任人的结对关系与年度(1月1日至12月31日)有重叠。
    理由:实施意见要求每户落实第一帮扶责任人;没有责任人,入户、计划、考勤都无从谈起。
    不含:只有起始时间不明、起止颠倒或责任人类别不明的结对关系的户(计为未评估)。
    前提:不看脱贫状态,名册内各户都应有第一帮扶责任人;只要年内有一天结对即不算,中断由 HP-03 查。
    """
    first = of_role(pairings, "first")
    helped = first.loc[overlapping(first, first_day(year), last_day(year)), "household_id"].dropna()
    has = stands_in(households["household_id"], helped)
    known = households["household_id"].notna() & (has | ~households["household_id"].isin(_doubtful_households(pairings)))
    return found(
        households[known & ~has],
        subject="household_id",
        zh="{year}年内没有第一帮扶责任人的结对关系。",
        en="There is no pairing with a first helper in {year}.",
        assessed=known,
        year=year,
    )


@planted("HP-01", share=0.003)
def never_paired(county, n):
    homes = county.take("households", n)["household_id"]
    _end_pairings(county, homes, ended=None)
    return homes


@planted("HP-01", share=0.001)
def pairing_ended_with_the_year_before(county, n):
    homes = county.take("pairings", n, where=lambda p: steady(p, county.year))["household_id"]
    _end_pairings(county, homes, ended=first_day(county.year) - pd.Timedelta(days=1))
    return homes


def _end_pairings(county, homes, ended: pd.Timestamp | None) -> None:
    """Takes the first helpers of the households out, or ends their pairings on a day; no visit or plan of theirs remains after it."""
    pairings, visits, plans = county.tables["pairings"], county.tables["visits"], county.tables["plans"]
    rows = pairings[(pairings["role"] == "first") & pairings["household_id"].isin(homes)]
    for name, table in (("visits", visits), ("plans", plans)):
        county.drop(name, table["household_id"].isin(homes) & table["helper_id"].isin(rows["helper_id"]))
    if ended is None:
        county.drop("pairings", rows)
    else:
        county.set("pairings", rows, end_on=ended, change_filed_on=months_before(pd.Series([ended] * len(rows)), 3).tolist())


def steady(pairings: pd.DataFrame, year: int) -> pd.Series:
    """First-helper pairings that hold all year, the only one of their household and of their helper."""
    first = pairings["role"] == "first"
    alone = ~pairings["household_id"].where(first).duplicated(keep=False) & ~pairings["helper_id"].duplicated(keep=False)
    return first & alone & (pairings["start_on"] < first_day(year)) & pairings["end_on"].isna()


@rule(
    "HP-02",
    title="结对时间早于识别时间或起止颠倒",
    severity="medium",
    subject="household_id",
    reads={"pairings": PAIRINGS, "households": ["household_id", "identified_on"]},
)
def paired_before_identified(pairings, households) -> Found:
    """The pairing starts before the household was identified, or ends before it starts.

    查什么:结对时间在逻辑上不成立。
    方法:结对开始时间早于该户识别时间,或结对结束时间早于开始时间;两类责任人都查,不限年度。
    理由:还未识别就已结对,说明台账是倒填的,或识别时间被改动;时间不可靠,履职次数就算不准。
    不含:缺少开始时间,或识别时间和结束时间都缺、无从比较的结对关系(计为未评估)。
    前提:同一天识别、同一天结对视为正常;同一户登记多次的,以第一行的识别时间为准。
    """
    register = households.dropna(subset="household_id").drop_duplicates("household_id")
    pairings = pairings.merge(register, on="household_id", how="left", suffixes=("", "_household"))
    early = pairings["start_on"] < pairings["identified_on"]
    inverted = pairings["end_on"] < pairings["start_on"]
    known = pairings["household_id"].notna() & pairings["start_on"].notna() & (pairings["identified_on"].notna() | inverted)
    wrong = pairings[known & (early | inverted)].copy()
    days = [wrong[c].dt.strftime("%Y-%m-%d") for c in ("start_on", "identified_on", "end_on")]
    early = early[wrong.index]
    wrong["what"] = ("结对开始于" + days[0] + ",早于识别时间" + days[1]).where(early, "结对开始于" + days[0] + ",结束于" + days[2] + ",起止颠倒")
    wrong["what_en"] = ("The pairing starts on " + days[0] + ", before the household was identified on " + days[1]).where(
        early, "The pairing starts on " + days[0] + " and ends on " + days[2] + ", before it starts"
    )
    return found(wrong, subject="household_id", zh="{what}。", en="{what_en}.", origins=["origin", "origin_household"], assessed=known)


@planted("HP-02", share=0.004)
def paired_before_known(county, n):
    homes = county.tables["households"].set_index("household_id")["identified_on"]
    pairs = county.take("pairings", n, where=lambda p: steady(p, county.year) & (p["household_id"].map(homes) < first_day(county.year)))
    days = county.rng.integers(1, 120, len(pairs))
    county.set("pairings", pairs, start_on=(pairs["household_id"].map(homes) - pd.to_timedelta(days, unit="D")).tolist())
    return pairs["household_id"]


@planted("HP-02", share=0.001)
def ended_before_it_started(county, n):
    pairs = county.take("pairings", n, where=lambda p: (p["role"] == "second") & (p["start_on"] < first_day(county.year)) & p["end_on"].isna())
    county.set("pairings", pairs, end_on=(pairs["start_on"] - pd.Timedelta(days=7)).tolist())
    return pairs["household_id"]


@rule(
    "HP-03",
    title="结对断档",
    severity="medium",
    subject="household_id",
    reads={"pairings": PAIRINGS},
)
def pairing_interrupted(pairings, *, gap_days: named(Days, "容许断档", "allowed gap"), year) -> Found:
    """The household was without a first helper between two pairings, or to the end of the year.

    查什么:第一帮扶责任人更换时前后不衔接,或年底前中断。
    方法:取与年度有重叠的第一帮扶责任人结对关系,按开始时间排序;后一条的开始时间比此前各条最晚的结束时间晚出容许天数(默认1天,即次日接上)以上;或各条最晚的结束时间早于12月31日。
    理由:实施意见要求保持帮扶责任人连续性;断档期间无人履责。
    不含:年初尚未结对的时段(不是中断);整年没有第一帮扶责任人的户(见 HP-01);有起始时间不明、起止颠倒或类别不明的结对关系的户(计为未评估)。
    前提:结束当天仍在结对期内;几条重叠时,以最晚结束的一条为准,没有结束时间的视为仍在结对。
    """
    pairings = pairings[pairings["household_id"].notna()]
    doubtful = _doubtful_households(pairings)
    first = of_role(pairings, "first")
    first = first[overlapping(first, first_day(year), last_day(year)) & ~first["household_id"].isin(doubtful)]
    first = first.assign(until=first["end_on"].fillna(FOREVER)).sort_values(["household_id", "start_on", "until"], kind="stable")
    home = first["household_id"]
    first["so_far"] = first.groupby(home)["until"].cummax()
    first["holder"] = first["origin"].astype("Int64").where(first["until"] == first["so_far"]).groupby(home).ffill()
    first["since"] = first["so_far"].groupby(home).shift()
    first["origin_before"] = first["holder"].groupby(home).shift()
    end = first[~first.duplicated("household_id", keep="last") & (first["so_far"] < last_day(year))]
    columns = ["household_id", "day", "what", "what_en", "origin", "origin_next"]
    gap = first[(first["start_on"] - first["since"]).dt.days > gap_days]
    gap = gap.assign(
        day=gap["since"],
        what="结束,下一任" + gap["start_on"].dt.strftime("%Y-%m-%d") + "才开始",
        what_en="the next starts only on " + gap["start_on"].dt.strftime("%Y-%m-%d"),
        origin_next=gap["origin"],
        origin=gap["origin_before"],
    )
    end = end.assign(day=end["so_far"], what="结束,此后至12月31日没有第一帮扶责任人", what_en="nobody follows by 31 December", origin=end["holder"])
    return found(
        pd.concat([gap.reindex(columns=columns), end.reindex(columns=columns)]),
        subject="household_id",
        zh="第一帮扶责任人结对于{day:day}{what}。",
        en="The pairing with the first helper ended on {day:day}; {what_en}.",
        origins=["origin", "origin_next"],
        assessed=home.nunique(),
        unassessed=doubtful.nunique(),
    )


@planted("HP-03", share=0.003)
def successor_came_late(county, n):
    pairs = county.take("pairings", n, where=lambda p: steady(p, county.year))
    gap = county.parameter("HP-03", "gap_days", 1)
    for i, pair in enumerate(pairs.index):
        ended = county.day(2, 10) + pd.Timedelta(days=int(county.rng.integers(0, 150)))
        _hand_over(county, pairs.loc[[pair]], ended, ended + pd.Timedelta(days=gap + (1, 20, 75)[i % 3]), filed=ended - pd.DateOffset(months=4))
    return pairs["household_id"]


@planted("HP-03", share=0.001)
def nobody_followed(county, n):
    pairs = county.take("pairings", n, where=lambda p: steady(p, county.year))
    for i, pair in enumerate(pairs.index):
        ended = county.day(12, 30) if i == 0 else county.day(9, 15)
        _hand_over(county, pairs.loc[[pair]], ended, None, filed=ended - pd.DateOffset(months=4))
    return pairs["household_id"]


def _hand_over(county, pair: pd.DataFrame, ended: pd.Timestamp, start: pd.Timestamp | None, filed: pd.Timestamp | None) -> None:
    """Ends a pairing, and lets a new helper of the same unit take over, with the visits from that day on and a plan; or nobody."""
    whose = pair.iloc[0][["household_id", "helper_id"]]
    visits = county.rows("visits", **whose)
    after = visits["visited_at"].dt.normalize() > ended
    county.set("pairings", pair, end_on=ended, change_filed_on=filed)
    if start is None:
        county.drop("visits", visits[after])
        return
    taken_over = visits["visited_at"] >= start
    county.drop("visits", visits[after & ~taken_over])
    person = county.outsiders(1).iloc[0]
    new = county.add("helpers", county.rows("helpers", helper_id=whose["helper_id"]).iloc[[0]], **person[["name", "id_number", "phone"]]).iloc[0]
    county.add("pairings", pair, helper_id=new["helper_id"], helper_name=new["name"], start_on=start, end_on=None, change_filed_on=None)
    county.set("visits", visits[taken_over], helper_id=new["helper_id"])
    plans = county.rows("plans", **whose)
    county.add("plans", plans[plans["year"] == county.year].iloc[[0]], helper_id=new["helper_id"], signed_on=start)


@rule(
    "HP-07",
    title="调整帮扶责任人未提前备案",
    severity="medium",
    subject="household_id",
    reads={"pairings": [*PAIRINGS, "change_filed_on"]},
)
def change_not_filed(pairings, *, notice_months: named(Months, "调整备案提前期", "notice of a change"), year) -> Found:
    """A first helper was changed without filing it in advance.

    查什么:年内更换第一帮扶责任人,没有备案或备案不够提前。
    方法:第一帮扶责任人结对关系的结束时间在审计年度内,而备案时间为空,或晚于结束时间往前推规定月数(默认2个月)的那一天。
    理由:实施意见规定确需调整的要提前2个月报市扶贫办备案;自行调整的,检查中出现的问题由责任单位自负。
    不含:没有结束的结对关系;第二帮扶责任人;责任人类别或户编号不明的(计为未评估)。
    前提:备案时间为空本身就是问题,不算未评估;同一责任人到期续签、没有换人的也会列出,并在句中注明;往前推月数遇到没有的日子取当月最后一天(8月31日的两个月前是6月30日)。
    """
    known = pairings["role"].notna() & pairings["household_id"].notna()
    first = of_role(pairings[known], "first")
    ended = first[first["end_on"].between(first_day(year), last_day(year))]
    ended = ended.assign(latest=months_before(ended["end_on"], notice_months))
    late = ended[ended["change_filed_on"].isna() | (ended["change_filed_on"] > ended["latest"])].copy()
    filed = late["change_filed_on"].dt.strftime("%Y-%m-%d")
    late["filed"] = ("于" + filed + "备案").fillna("没有备案时间")
    late["filed_en"] = ("the change was filed on " + filed).fillna("no filing of the change is on record")
    renewed = late["origin"].isin(_renewed(late, first))
    late["renewed"] = np.where(renewed, "此后仍由同一责任人结对,没有换人的,请核实后排除。", "")
    late["renewed_en"] = np.where(renewed, " The same helper goes on; where nobody was changed, rule it out.", "")
    return found(
        late,
        subject="household_id",
        zh="第一帮扶责任人结对于{end_on:day}结束,最迟应在{latest:day}备案,实际{filed}。{renewed}",
        en="The pairing with the first helper ended on {end_on:day}, to be filed by {latest:day}; {filed_en}.{renewed_en}",
        assessed=known,
    )


def _renewed(ended: pd.DataFrame, pairings: pd.DataFrame) -> pd.Series:
    """The rows of pairings that ended while the same helper goes on with the household from the next day or before."""
    both = ended.merge(pairings.dropna(subset="helper_id"), on=["household_id", "helper_id"], suffixes=("", "_other"))
    goes_on = (both["start_on_other"] <= both["end_on"] + pd.Timedelta(days=1)) & ~(both["end_on_other"] <= both["end_on"])
    return both.loc[goes_on, "origin"]


@planted("HP-07", share=0.003)
def filed_late_or_never(county, n):
    pairs = county.take("pairings", n, where=lambda p: steady(p, county.year))
    months = county.parameter("HP-07", "notice_months", 2)
    for i, pair in enumerate(pairs.index):
        ended = county.day(3, 1) + pd.Timedelta(days=int(county.rng.integers(0, 280)))
        # By turns never, a day late, and filed on the very last day.
        filed = (None, ended - pd.DateOffset(months=months) + pd.Timedelta(days=1), ended)[i % 3]
        _hand_over(county, pairs.loc[[pair]], ended, ended + pd.Timedelta(days=1), filed)
    return pairs["household_id"]
