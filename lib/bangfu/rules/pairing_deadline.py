"""The day by which every household was to be paired."""

import pandas as pd

from bangfu.duty import dated
from bangfu.findings import Found, found
from bangfu.parameters import Count, Day, named
from bangfu.rules.catalogue import rule
from bangfu.rules.pairing import of_role, steady
from bangfu.sample.planting import planted

ROLES = {"first": ("第一帮扶责任人", "first helper"), "second": ("第二帮扶责任人", "second helper")}


@rule(
    "HP-09",
    topic="pairing",
    title="未按期到岗结对",
    severity="low",
    subject="household_id",
    reads={"households": ["household_id", "identified_on"], "pairings": ["household_id", "role", "start_on", "end_on"]},
)
def paired_after_the_deadline(
    households, pairings, *, year,
    paired_by: named(Day, "到岗结对的期限", "day by which helpers are to be paired"),
    deadline_years: named(Count, "期限适用的审计年度数", "audit years in which the deadline is looked at"),
) -> Found:
    """The first pairing of a household starts after the deadline.

    查什么:期限以前已经识别的户,最早的结对关系到期限以后才开始。
    方法:按第一、第二帮扶责任人分别取该户最早的结对开始时间,晚于期限的为发现;正好在期限当天的不算。识别时间晚于期限的户不适用这一期限。
    理由:实施意见要求在期限前把第一、第二帮扶责任人全部配齐,全部到户结对见面。
    不含:期限以后才识别的户;从未有过某一类责任人的户(第一帮扶责任人见HP-01);识别时间不明,或有结对关系的类别、开始时间不明、起止颠倒的户(计为未评估)。期限只在所在年度和其后规定的年度核对,其他审计年度不评估。
    前提:结对台账保留已经结束的结对关系;只留现任责任人的台账,换过人的户看起来像结对晚了,应先核对备案。离期限已远的年度,晚结对的问题早已过去,而台账可能已经重新结对,不再用这一期限判断;县里另定期限的,按日期列出各年度的期限。本规则不影响考核得分。
    """
    homes = households.dropna(subset="household_id").drop_duplicates("household_id")
    limit = pd.Timestamp(paired_by)
    homes = homes[~(homes["identified_on"] > limit)]
    doubtful = pairings.loc[pairings["role"].isna() | ~dated(pairings), "household_id"].dropna()
    in_term = paired_by.year <= year < paired_by.year + deadline_years
    known = homes["identified_on"].notna() & ~homes["household_id"].isin(doubtful) & in_term
    late = []
    for role, (zh, en) in ROLES.items():
        earliest = of_role(pairings, role).dropna(subset=["household_id", "start_on"]).sort_values("start_on", kind="stable").drop_duplicates("household_id")
        late.append(homes[known].merge(earliest[earliest["start_on"] > limit], on="household_id", suffixes=("_household", "")).assign(of=zh, of_en=en))
    rows = pd.concat(late, ignore_index=True)
    said = [
        (
            f"到岗结对的期限{paired_by.isoformat()}不适用于{year}年度,没有评估。",
            f"The deadline of {paired_by.isoformat()} is not looked at in the audit of {year}: not assessed.",
        )
    ]
    return found(
        rows,
        subject="household_id",
        zh="识别时间为{identified_on:day},{of}最早的结对自{start_on:day}开始,晚于期限{limit:day}。",
        en="Identified on {identified_on:day}; the earliest pairing with a {of_en} starts on {start_on:day}, after the deadline of {limit:day}.",
        origins=["origin", "origin_household"],
        assessed=known,
        notes=() if in_term else said,
        limit=limit,
    )


@planted("HP-09", share=0.004)
def paired_late(county, n):
    """In the year after the deadline. The only first-helper pairing begins on the day after the deadline, or up to two months later; one on the very day is no case."""
    limit = pd.Timestamp(county.parameter("HP-09", "paired_by", pd.Timestamp(2018, 3, 25)))
    if not limit.year < county.year < limit.year + county.parameter("HP-09", "deadline_years", 2):
        return []
    homes = county.tables["households"].set_index("household_id")["identified_on"]
    pairs = county.take("pairings", n + 1, where=lambda p: steady(p, county.year) & (p["household_id"].map(homes) <= limit) & (p["start_on"] <= limit))
    days = [limit + pd.Timedelta(days=1 if i == 0 else int(d)) for i, d in enumerate(county.rng.integers(2, 60, len(pairs)))]
    days[n:] = [limit] * len(days[n:])
    county.set("pairings", pairs, start_on=days)
    return pairs["household_id"].iloc[:n]
