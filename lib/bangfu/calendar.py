"""The calendar of an audit year: its days and its duty periods."""

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
