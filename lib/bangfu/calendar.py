"""The calendar of an audit year: its days and its duty periods."""

from collections.abc import Iterable
from datetime import date

import pandas as pd


def first_day(year: int) -> pd.Timestamp:
    return pd.Timestamp(year, 1, 1)


def last_day(year: int) -> pd.Timestamp:
    return pd.Timestamp(year, 12, 31)


def periods(year: int, months: int) -> pd.DataFrame:
    """The year cut into periods of so many months: `period` (1-based), `first`, `last` (days, both included)."""
    starts = pd.date_range(first_day(year), periods=12 // months, freq=pd.DateOffset(months=months), unit="us")
    return pd.DataFrame({"period": range(1, len(starts) + 1), "first": starts, "last": [*(starts[1:] - pd.Timedelta(days=1)), last_day(year)]})


def months_before(days: pd.Series, months: int) -> pd.Series:
    """The day so many calendar months before each day (31 August minus 2 is 30 June)."""
    return days - pd.DateOffset(months=months)


def days_off(years: Iterable[int]) -> tuple[list[date], list[date]]:
    """China's public holidays of the years with the days off taken for them, and the Saturdays and Sundays worked instead.

    Source: the yearly notices of the State Council on holidays, as the library `holidays` holds them; for years of which it holds no
    notice only the holidays by law are known.
    """
    import holidays

    calendar = holidays.China(years=sorted(set(years)))
    return sorted(calendar), sorted(d for d in calendar.weekend_workdays if d.year in calendar.years)
