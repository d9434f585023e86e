"""Assistance plans: what the first helper undertook to do for the household in the year."""

import numpy as np

from bangfu.calendar import last_day
from bangfu.duty import dated, overlapping, pair_codes
from bangfu.findings import Found, found
from bangfu.rules.catalogue import rule
from bangfu.rules.pairing import steady
from bangfu.sample.planting import planted


@rule(
    "HL-01",
    title="未制定帮扶计划(责任清单)",
    severity="medium",
    subject="household_id",
    reads={
        "pairings": ["household_id", "helper_id", "role", "start_on", "end_on"],
        "plans": ["household_id", "helper_id", "year"],
    },
)
def without_plan(pairings, plans, *, year) -> Found:
    """The first helper has no plan for the household and the year.

    查什么:年底在任的第一帮扶责任人没有为结对户制定当年的帮扶计划(责任清单)。
    方法:12月31日有效的第一帮扶责任人结对关系,在责任清单中没有同一户、同一责任人、审计年度的一行。
    理由:实施意见要求第一帮扶责任人逐户逐人制定帮扶计划和责任清单,并向贫困户公示。
    不含:年底没有第一帮扶责任人的户(见 HP-01、HP-03);起始时间不明、起止颠倒、编号或类别不明的结对关系,以及清单年度读不出、该户有清单未写责任人编号的(计为未评估)。
    前提:前任责任人的清单不能代替现任的;一户年底有几名第一帮扶责任人的,各须有清单。
    """
    first = pairings[(pairings["role"] == "first").fillna(False) | pairings["role"].isna()]
    whole = first[["household_id", "helper_id", "role"]].notna().all(axis=1) & dated(first)
    at_close = overlapping(first, last_day(year), last_day(year)) | ~whole
    judged, whole = first[at_close], whole[at_close]
    pairs, planned = pair_codes(judged, plans)
    of_year = (plans["year"] == year).fillna(False).to_numpy(bool)
    undated = plans["year"].isna().to_numpy(bool)
    has = judged["household_id"].notna() & _among(pairs, planned[of_year])
    nameless = plans[(of_year | undated) & plans["helper_id"].isna()]
    known = whole & (has | ~(_among(pairs, planned[undated]) | judged["household_id"].isin(nameless["household_id"].dropna())))
    return found(
        judged[known & ~has],
        subject="household_id",
        zh="第一帮扶责任人{helper_id}自{start_on:day}起结对,{year}年没有该户的帮扶计划(责任清单)。",
        en="First helper {helper_id}, paired since {start_on:day}, has no plan for the household for {year}.",
        assessed=known,
        year=year,
    )


@planted("HL-01", share=0.005)
def plan_missing_or_of_last_year(county, n):
    pairs = county.take("pairings", n, where=lambda p: steady(p, county.year))
    plans = county.tables["plans"]
    rows = plans[plans["household_id"].isin(pairs["household_id"]) & plans["helper_id"].isin(pairs["helper_id"])]
    old = rows[rows["household_id"].isin(pairs["household_id"].iloc[::3])]
    county.set("plans", old, year=county.year - 1)
    county.drop("plans", rows.drop(index=old.index))
    return pairs["household_id"]


def _among(pairs: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.isin(pairs, others[others >= 0])
