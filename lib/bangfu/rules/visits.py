"""Visits and calls that helpers owe: duty against the record."""

import pandas as pd

from bangfu import calendar
from bangfu.corrections import Corrections
from bangfu.duty import Approved, consequence, dated, due, duties
from bangfu.findings import Found, found
from bangfu.matching import stands_in
from bangfu.parameters import Count, Ladder, Months, Share, UnitSanction, named
from bangfu.rules.catalogue import rule
from bangfu.rules.pairing import steady
from bangfu.sample.planting import planted

FirstVisitMonths = named(Months, "第一帮扶责任人入户间隔", "interval of first helpers' visits")
LeaveShare = named(Share, "请假占时段天数多少即不计应访", "share of a period's days on leave from which it is not due")

PAIRINGS = ["household_id", "helper_id", "role", "start_on", "end_on"]
VISITS = ["household_id", "helper_id", "visited_at", "mode"]


def _by_helper(periods: pd.DataFrame, corrections: Corrections) -> pd.DataFrame:
    """The missed periods, each row knowing how many its helper missed of how many, when, how many records have no date or mode, and
    which corrections are taken into account."""
    periods = periods[stands_in(periods["helper_id"], periods.loc[~periods["made"], "helper_id"])]
    helper = periods["helper_id"]
    periods = periods.assign(
        due=periods.groupby(helper)["made"].transform("size"),
        missed=(~periods["made"]).groupby(helper).transform("sum"),
        without_date=periods["undated"].where(~periods.duplicated(["helper_id", "household_id"]), 0).groupby(helper).transform("sum"),
    )
    missed = periods[~periods["made"]].sort_values(["helper_id", "period", "household_id"], kind="stable")
    named = missed.drop_duplicates(["helper_id", "period"])
    start, end = named["first"].dt.month.astype("str"), named["last"].dt.month.astype("str")
    months = start.where(start == end, start + "—" + end)
    when = months.groupby(named["helper_id"]).agg("、".join)
    missed["when"] = missed["helper_id"].map(when) + "月"
    missed["when_en"] = "month " + missed["helper_id"].map(when).str.replace("、", ", ").str.replace("—", "-")
    some = missed["without_date"] > 0
    missed["note"] = ("另有" + missed["without_date"].astype("str") + "条记录日期或方式不明,未计入,请先核实。").where(some, "")
    missed["note_en"] = (" Further records whose date or mode is unknown, which count for no period and should be checked first: " + missed["without_date"].astype("str") + ".").where(some, "")
    if corrections:
        numbers = {h: "、".join(map(str, ns)) for h, ns in corrections.by_helper.items()}
        of_helper = missed["helper_id"].map(numbers).astype("str")
        missed["note"] += ("已计入经批准的更正第" + of_helper + "条。").fillna("")
        missed["note_en"] += (" Approved corrections taken into account: no. " + of_helper.str.replace("、", ", ") + ".").fillna("")
    return missed


def _unassessed(pairings: pd.DataFrame, visits: pd.DataFrame, role: str, mode: str) -> int:
    """Pairings and visits of which it cannot be told whom or when they concern."""
    of_role = (pairings["role"] == role).fillna(False) | pairings["role"].isna()
    whole = pairings[["household_id", "helper_id", "role"]].notna().all(axis=1) & dated(pairings)
    of_mode = (visits["mode"] == mode).fillna(False) | visits["mode"].isna()
    readable = visits[VISITS].notna().all(axis=1)
    return int((of_role & ~whole).sum() + (of_mode & ~readable).sum())


@rule(
    "HV-01",
    title="第一帮扶责任人入户次数不足",
    severity="high",
    subject="helper_id",
    reads={"pairings": PAIRINGS, "visits": VISITS},
)
def first_helper_missed_visits(
    pairings, visits, *,
    first_visit_months: FirstVisitMonths,
    sanctions: named(Ladder, "缺访处理", "sanctions for missed visits"),
    leave_share: LeaveShare,
    corrections, year,
) -> Found:
    """First helpers did not visit as often as due.

    查什么:第一帮扶责任人在应入户的时段内没有入户走访。
    方法:把年度按规定月数(默认两个月)分段;一条结对关系覆盖整段的,该段应入户一次;该责任人对该户在该段没有入户记录,计缺1次。经批准的请假达到时段天数规定比例的不计应访,经批准补记的走访计为已访,经批准更换责任人的按更换日分段。每名责任人一条,写明缺访次数和按参数“缺访处理”应拟的处理。
    理由:实施意见要求第一帮扶责任人每2个月至少入户1次;不入户,帮扶就停留在名册上。
    不含:结对未覆盖整段的时段;电话联系;起止时间不明或颠倒的结对关系,以及户、责任人、方式或日期不明的走访记录(计为未评估)。
    前提:同一责任人与同一户的结对关系重复登记的,同一时段只计一次;每条结对关系单独看是否覆盖整段,前后相接的两条不合并;日期或方式不明的记录不抵任何时段,有此情形的在说明中写明。
    """
    missed = _by_helper(due(pairings, visits, duties(first_visit_months)["first_home"], year, Approved(corrections, leave_share)), corrections)
    missed[["consequence", "consequence_en"]] = consequence(missed["missed"], sanctions)
    missed["proposed"] = ("拟:" + missed["consequence"] + "。").fillna("")
    missed["proposed_en"] = (" Proposed: " + missed["consequence_en"] + ".").fillna("")
    return found(
        missed,
        subject="helper_id",
        zh="全年应入户{due}次,缺{missed}次({when})。{note}{proposed}",
        en="Home visits due in the year: {due}, missed: {missed} ({when_en}).{note_en}{proposed_en}",
        assessed=pairings.loc[(pairings["role"] == "first").fillna(False) & dated(pairings), "helper_id"].nunique(),
        unassessed=_unassessed(pairings, visits, "first", "home"),
    )


@planted("HV-01", share=0.01)
def did_not_go(county, n):
    chosen = county.take("helpers", n, where=lambda h: h["helper_id"].isin(_steady_helpers(county)), one_per="unit")
    most = county.parameter("HV-11", "unit_missed", 3)
    missed = [_miss(county, "first_home", helper, min(1 + i % 2, most - 1)) for i, helper in enumerate(chosen["helper_id"])]
    return chosen["helper_id"][[m > 0 for m in missed]]


def _steady_helpers(county) -> pd.Series:
    pairings = county.tables["pairings"]
    return pairings.loc[steady(pairings, county.year), "helper_id"]


def _miss(county, duty: str, helper: str, periods: int) -> int:
    """Drops the visits or calls by which the helper served the first household of his in so many periods of the year."""
    owed = duties(county.parameter("HV-01", "first_visit_months", 2))[duty]
    spans = calendar.periods(county.year, owed.months)
    home = county.rows("pairings", helper_id=helper)["household_id"].min()
    theirs = county.rows("visits", helper_id=helper, household_id=home, mode=owed.mode)
    chosen = county.rng.permutation(len(spans))[:periods]
    for span in spans.iloc[chosen].itertuples():
        county.drop("visits", theirs[theirs["visited_at"].between(span.first, span.last + pd.Timedelta(days=1), inclusive="left")])
    return len(chosen)


@rule(
    "HV-02",
    title="第一帮扶责任人电话联系不足",
    severity="medium",
    subject="helper_id",
    reads={"pairings": PAIRINGS, "visits": VISITS},
)
def first_helper_missed_calls(pairings, visits, *, leave_share: LeaveShare, corrections, year) -> Found:
    """First helpers did not call every month.

    查什么:第一帮扶责任人当月没有电话联系结对户。
    方法:一条结对关系覆盖整个自然月的,该月应电话联系一次;该责任人对该户当月没有电话记录,计缺1次。每名责任人一条,写明次数和月份。
    理由:实施意见要求第一帮扶责任人每月至少电话联系1次。
    不含:结对未覆盖整月的月份;起止时间不明或颠倒的结对关系,以及户、责任人、方式或日期不明的记录(计为未评估)。
    前提:入户走访不能代替电话联系;结对关系重复登记的,同一月只计一次。
    """
    missed = _by_helper(due(pairings, visits, duties(1)["first_call"], year, Approved(corrections, leave_share)), corrections)
    return found(
        missed,
        subject="helper_id",
        zh="全年应电话联系{due}次,缺{missed}次({when})。{note}",
        en="Calls due in the year: {due}, missed: {missed} ({when_en}).{note_en}",
        assessed=pairings.loc[(pairings["role"] == "first").fillna(False) & dated(pairings), "helper_id"].nunique(),
        unassessed=_unassessed(pairings, visits, "first", "telephone"),
    )


@planted("HV-02", share=0.005)
def did_not_call(county, n):
    chosen = county.take("helpers", n, where=lambda h: h["helper_id"].isin(_steady_helpers(county)))
    for i, helper in enumerate(chosen["helper_id"]):
        _miss(county, "first_call", helper, 1 + i % 3)
    return chosen["helper_id"]


@rule(
    "HV-03",
    title="第二帮扶责任人入户次数不足",
    severity="medium",
    subject="helper_id",
    reads={"pairings": PAIRINGS, "visits": VISITS},
)
def second_helper_missed_visits(pairings, visits, *, leave_share: LeaveShare, corrections, year) -> Found:
    """Second helpers did not visit every month.

    查什么:第二帮扶责任人当月没有入户走访。
    方法:一条结对关系覆盖整个自然月的,该月应入户一次;该责任人对该户当月没有入户记录,计缺1次。每名责任人一条,写明次数和月份。
    理由:实施意见要求第二帮扶责任人每月至少入户1次,并由其汇总第一帮扶责任人的考勤。
    不含:结对未覆盖整月的月份;起止时间不明或颠倒的结对关系,以及户、责任人、方式或日期不明的记录(计为未评估)。
    前提:一人帮扶几户的,各户分别计次;结对关系重复登记的,同一月只计一次。
    """
    missed = _by_helper(due(pairings, visits, duties(1)["second_home"], year, Approved(corrections, leave_share)), corrections)
    return found(
        missed,
        subject="helper_id",
        zh="全年应入户{due}户次,缺{missed}户次({when})。{note}",
        en="Home visits due in the year: {due}, missed: {missed} ({when_en}).{note_en}",
        assessed=pairings.loc[(pairings["role"] == "second").fillna(False) & dated(pairings), "helper_id"].nunique(),
        unassessed=_unassessed(pairings, visits, "second", "home"),
    )


@planted("HV-03", share=0.003)
def second_helper_did_not_go(county, n):
    pairings = county.tables["pairings"]
    late = pairings.loc[~(pairings["start_on"] < calendar.first_day(county.year)) | pairings["end_on"].notna(), "helper_id"]
    second = pairings.loc[(pairings["role"] == "second") & ~pairings["helper_id"].isin(late), "helper_id"]
    chosen = county.take("helpers", n, where=lambda h: h["helper_id"].isin(second))
    for i, helper in enumerate(chosen["helper_id"]):
        _miss(county, "second_home", helper, 1 + i % 2)
    return chosen["helper_id"]


@rule(
    "HV-11",
    title="单位帮扶责任人累计缺访达到通报标准",
    severity="high",
    subject="unit name",
    reads={"pairings": PAIRINGS, "visits": VISITS, "helpers": ["helper_id", "unit"]},
)
def unit_missed_visits(
    pairings, visits, helpers, *,
    first_visit_months: FirstVisitMonths,
    unit_missed: named(Count, "通报批评单位的缺访人次", "missed visits for criticism of a unit"),
    unit_sanction: UnitSanction,
    leave_share: LeaveShare,
    corrections, year,
) -> Found:
    """A unit's first helpers together missed so many visits that the unit itself is criticised.

    查什么:一个单位的第一帮扶责任人缺访合计达到通报单位的标准。
    方法:按 HV-01 的缺访次数,对同一单位(名称去掉首尾空格后相同)的责任人求和,达到规定人次即为一条。
    理由:实施意见规定,单位有3人次以上未按要求入户的,由领导小组通报批评该单位并约谈主要领导。
    不含:没有登记单位的责任人(其中有缺访的计为未评估)。
    前提:单位名称写法不同的不合并;同一责任人登记多次的,取第一个不空的单位。
    """
    missed = due(pairings, visits, duties(first_visit_months)["first_home"], year, Approved(corrections, leave_share))
    missed = missed[~missed["made"]]
    register = helpers.dropna(subset="helper_id").assign(unit=lambda h: h["unit"].str.strip().replace("", pd.NA))
    register = register.groupby("helper_id").agg(unit=("unit", "first"), origin_helper=("origin", "first")).reset_index()
    missed = missed.merge(register, on="helper_id", how="left")
    homeless = missed.loc[missed["unit"].isna(), "helper_id"].nunique()
    missed = missed.dropna(subset="unit")
    missed["total"] = missed.groupby("unit")["helper_id"].transform("size")
    missed["people"] = missed.groupby("unit")["helper_id"].transform("nunique")
    reached = missed[missed["total"] >= unit_missed].sort_values(["unit", "helper_id", "period"], kind="stable")
    return found(
        reached,
        subject="unit",
        zh="第一帮扶责任人{people}人缺访合计{total}人次,达到{unit_missed}人次的通报标准。拟:{sanction}。",
        en="First helpers of the unit with missed home visits: {people}, missed in all: {total}; the unit is criticised from {unit_missed} on. Proposed: {sanction_en}.",
        origins=["origin", "origin_helper"],
        assessed=register["unit"].nunique(),
        unassessed=homeless,
        unit_missed=unit_missed,
        sanction=unit_sanction.zh,
        sanction_en=unit_sanction.en,
    )


@planted("HV-11", share=0.0025)
def unit_did_not_go(county, n):
    most = county.parameter("HV-11", "unit_missed", 3)
    guilty = {"HV-11": [], "HV-01": []}
    able = county.tables["helpers"]["helper_id"].isin(_steady_helpers(county))
    chosen = county.take("helpers", n, where=able, one_per="unit")
    for i, (helper, unit) in enumerate(zip(chosen["helper_id"], chosen["unit"], strict=True)):
        others = county.take("helpers", 1, where=able & (county.tables["helpers"]["unit"] == unit)) if i % 2 == 0 else chosen[:0]
        shares = [(helper, most - len(others)), *((other, 1) for other in others["helper_id"])]
        missed = {name: _miss(county, "first_home", name, times) for name, times in shares if times}
        guilty["HV-01"] += [name for name, times in missed.items() if times]
        guilty["HV-11"] += [unit] if sum(missed.values()) >= most else []
    return guilty
