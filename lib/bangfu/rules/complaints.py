"""Complaints: whether what was reported was dealt with in time and answered."""

import numpy as np
import pandas as pd

from bangfu.calendar import last_day
from bangfu.findings import Found, found
from bangfu.parameters import Days, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


@rule(
    "CP-01",
    title="举报未按期办结或未反馈",
    severity="medium",
    subject="complaint_id",
    reads={"complaints": ["complaint_id", "received_on", "closed_on", "feedback_on"]},
)
def complaint_overdue(complaints, *, handling_days: named(Days, "举报办理期限", "time allowed for handling"), year) -> Found:
    """A complaint was not closed in time, or closed without feedback.

    查什么:举报超过办理期限未办结、逾期办结,或办结后没有反馈。
    方法:没有办结日期且至12月31日已超过办理期限(默认60天);或办结日期比受理日期晚出期限以上;或有办结日期而没有反馈日期。
    理由:举报要件件有回音;久拖不办、办而不告,监督就落了空。
    不含:年底仍在期限内的;受理日期不明、无从计算期限的(计为未评估),但办结未反馈不受此限。
    前提:办结或反馈日期为空,视为未办结、未反馈;恰好在期限当天的不算超期;年度以后办结的按实际办结日期计算。
    """
    received, closed = complaints["received_on"], complaints["closed_on"]
    silent = closed.notna() & complaints["feedback_on"].isna()
    open_days = (last_day(year) - received).dt.days
    taken = (closed - received).dt.days
    pending = closed.isna() & (open_days > handling_days)
    late = taken > handling_days
    known = complaints["complaint_id"].notna() & (received.notna() | silent)
    hit = known & (pending | late | silent)
    rows = complaints[hit].copy()
    days = open_days.where(closed.isna(), taken)[hit].fillna(0).astype("int64").astype("str")
    closed_day = rows["closed_on"].dt.strftime("%Y-%m-%d")
    pending, late, silent = pending[hit], late[hit], silent[hit]
    rows["what"] = np.where(pending, "至12月31日已" + days + "天未办结", closed_day + "办结")
    rows["what"] += np.where(late, ",历时" + days + "天", "") + np.where(silent, ",没有反馈", "")
    rows["what_en"] = np.where(pending, "not closed " + days + " days after receipt, by 31 December", "closed on " + closed_day)
    rows["what_en"] += np.where(late, " after " + days + " days", "") + np.where(silent, ", without feedback", "")
    return found(
        rows,
        subject="complaint_id",
        zh="受理于{received_on:day},{what};办理期限{handling_days}天。",
        en="Received on {received_on:day}, {what_en}; {handling_days} days allowed.",
        assessed=known,
        handling_days=handling_days,
    )


@planted("CP-01", share=0.003)
def complaint_left_lying(county, n):
    days = pd.Timedelta(days=county.parameter("CP-01", "handling_days", 60))
    chosen = county.take("complaints", n, where=lambda c: c["received_on"] < last_day(county.year) - days)
    pending, late, silent = chosen.iloc[::3], chosen.iloc[1::3], chosen.iloc[2::3]
    county.set("complaints", pending, closed_on=None, feedback_on=None, outcome=None)
    closed = late["received_on"] + days + pd.to_timedelta(county.rng.integers(1, 30, len(late)), unit="D")
    county.set("complaints", late, closed_on=closed.tolist(), feedback_on=(closed + pd.Timedelta(days=3)).tolist())
    county.set("complaints", silent, closed_on=(silent["received_on"] + pd.Timedelta(days=20)).tolist(), feedback_on=None)
    return chosen["complaint_id"]
