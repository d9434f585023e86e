"""Entries on days when nobody should be at work."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bangfu.stats.digits.applicability import REASONS, unassessed
from bangfu.stats.paper import Both, Paper, WorkingPaper, percent


@dataclass(frozen=True, eq=False)
class CalendarEntries(WorkingPaper):
    """Entries by day of the week, and those on weekends and holidays.

    by_weekday: entries on Monday (1) to Sunday (7). rows: date and kind ("holiday" or "weekend") of the entries on days off.
    n entries with a date; missing: without one; weekend, holiday: how many; holidays_known: was a list of holidays given.
    reason: "" if the dates tell the day.
    """

    n: int
    missing: int
    weekend: int
    holiday: int
    holidays_known: bool
    by_weekday: pd.Series
    rows: pd.DataFrame
    reason: str

    @property
    def applies(self):
        return not self.reason

    def _paper(self):
        off = self.weekend + self.holiday
        if self.reason:
            meaning = Both(f"本检验不适用:{REASONS[self.reason].zh}。", f"The test does not apply: {REASONS[self.reason].en}.")
        elif off:
            meaning = Both(f"有 {off:,} 笔({percent(off / self.n)})记在休息日:看是谁在什么情况下办理的。",
                           f"{off:,} entries ({percent(off / self.n)}) fall on days off: see who made them and why.")
        else:
            rest = unassessed(self.missing)
            meaning = Both(f"没有记在休息日的款项{rest.zh}。", f"No entry falls on a day off{rest.en}.")
        return Paper(
            title=Both("周末与节假日记账", "Weekend and holiday entries"), asked=Both("哪些款项记在不办公的日子", "Which entries were made on days off"),
            method=Both("按日历计数;调休上班的周末算工作日", "Counts by the calendar; weekends declared working days are working days"),
            source="ISA 240; 中国注册会计师审计准则第1141号",
            inputs=[(Both("有日期的款项", "entries with a date"), self.n), (Both("缺日期、未评", "without a date, not assessed"), self.missing)],
            result=[(Both("周末", "weekend"), self.weekend), (Both("节假日", "holiday"), self.holiday),
                    (Both("按星期(1 为周一)", "by weekday (1 is Monday)"), self.by_weekday)],
            meaning=meaning,
            notes=[] if self.holidays_known else [Both("没有给出节假日和调休安排,只能看周末。",
                                                       "No list of holidays was given: weekends only, shifted working days unknown.")],
        )


def weekend_and_holiday_entries(dates, *, holidays=(), workdays=(), by_period=0.5):
    """Count entries on Saturdays, Sundays and holidays.

    dates: anything pandas reads as dates; missing ones are not assessed. holidays: days off besides weekends (a holiday on a weekend
    counts as a holiday). workdays: Saturdays and Sundays worked to make up for a holiday. Both are lists of days, as a YAML file holds
    them. by_period: if at least this share of the dates is the first or last day of a month (and a week of other days would make
    about 7%), they were written by month and the test does not apply. Returns CalendarEntries.
    """
    column = pd.Series(dates)
    column = pd.to_datetime(column).dt.normalize()
    given = column[column.notna()]
    off = given.isin(pd.to_datetime(list(holidays)))
    weekend = (given.dt.day_of_week >= 5) & ~off & ~given.isin(pd.to_datetime(list(workdays)))
    edge = (given.dt.is_month_start | given.dt.is_month_end).mean() if len(given) else 0
    kind = np.where(off, "holiday", "weekend")[(off | weekend).to_numpy()]
    rows = pd.DataFrame({"date": given[off | weekend], "kind": kind})
    counts = (given.dt.day_of_week + 1).value_counts().reindex(range(1, 8), fill_value=0).rename_axis("weekday").rename("count")
    reason = "nothing_known" if not len(given) else "dates_by_period" if edge >= by_period else ""
    return CalendarEntries(len(given), int(column.isna().sum()), int(weekend.sum()), int(off.sum()), len(list(holidays)) > 0, counts, rows,
                           reason)
