"""Visits spread too evenly: equal intervals, always the same day of the month or of the week, the last days of the month."""

import numpy as np

from bangfu.assessment.fabrication.records import Records, kept
from bangfu.assessment.fabrication.reference import Reading, against_peers, against_rate
from bangfu.assessment.fabrication.signal import Signal, alike, most_common

LEAST_GAPS = 5
LEAST_DAYS = 6
LAST_DAYS = 3


def signals() -> tuple[Signal, ...]:
    return (
        Signal(
            "even_gaps", "dates", even_gaps,
            "对同一户前后两次联系的间隔过于均匀:{n:.0f}个间隔的离散程度(对数)为{value:.2f},同类责任人为{usual:.2f},越大越均匀",
            "intervals between contacts with the same household are too even: evenness (log) {value:.2f} over {n:.0f} intervals, usual {usual:.2f}",
            lambda records, own: own,
        ),
        Signal(
            "same_date", "dates", same_date,
            "对同一户的各次联系,两两之间日期(几号)相同的占{value:.0%},同类责任人为{usual:.0%}({n:.0f}次联系)",
            "of contacts with the same household {value:.0%} of the pairs fall on the same day of the month; usual {usual:.0%} ({n:.0f} contacts)",
            lambda records, own: most_common(own, day_of_month(records)[own]),
        ),
        Signal(
            "same_weekday", "dates", same_weekday,
            "对同一户的各次联系,两两之间星期相同的占{value:.0%},同类责任人为{usual:.0%}({n:.0f}次联系)",
            "of contacts with the same household {value:.0%} of the pairs fall on the same weekday; usual {usual:.0%} ({n:.0f} contacts)",
            lambda records, own: most_common(own, records.day[own] % 7),
        ),
        Signal(
            "month_end", "dates", month_end,
            "{n:.0f}次联系中{value:.0f}次在月末最后三天,按全县比例应为{usual:.1f}次",
            "of {n:.0f} contacts {value:.0f} fall on the last three days of a month; {usual:.1f} at the county's rate",
            lambda records, own: own[at_month_end(records)[own]],
        ),
    )  # fmt: skip


def even_gaps(records: Records) -> Reading:
    """Minus the logarithm of the coefficient of variation of the days between contacts with one household in one mode."""
    # Within a helper the records are in the order of time, and stay so.
    order = np.argsort(records.sequence, kind="stable")
    group, day = records.sequence[order], records.day[order]
    next_one = np.diff(group) == 0
    gap, of_gap, owner = np.diff(day)[next_one].astype(float), group[1:][next_one], records.helper[order][1:][next_one]
    n = np.bincount(of_gap, minlength=group.max(initial=-1) + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(of_gap, gap, len(n)) / n
        variation = np.sqrt(np.maximum(np.bincount(of_gap, gap**2, len(n)) / n - mean**2, 0)) / np.maximum(mean, 0.5)
    # Half a day of rounding keeps a single sequence without any variation from being infinitely even.
    evenness = -np.log(variation + 0.02)
    enough = (n >= 3)[of_gap]
    counts = np.bincount(owner[enough], minlength=len(records.helpers))
    with np.errstate(invalid="ignore"):
        value = np.bincount(owner[enough], evenness[of_gap[enough]], len(records.helpers)) / counts
    return against_peers(value, counts, LEAST_GAPS)


def same_date(records: Records) -> Reading:
    return _same(records, day_of_month(records))


def same_weekday(records: Records) -> Reading:
    return _same(records, records.day % 7)


def month_end(records: Records) -> Reading:
    return against_rate(records.per_helper(at_month_end(records)), records.per_helper(), LEAST_DAYS)


@kept
def at_month_end(records: Records) -> np.ndarray:
    day = records.day.astype("M8[D]")
    after = (day.astype("M8[M]") + np.timedelta64(1, "M")).astype("M8[D]")
    return (after - day).astype("int64") <= LAST_DAYS


@kept
def day_of_month(records: Records) -> np.ndarray:
    """0 for the first day of a month."""
    day = records.day.astype("M8[D]")
    return (day - day.astype("M8[M]").astype("M8[D]")).astype("int64")


def _same(records: Records, value: np.ndarray) -> Reading:
    same, of = alike(records.sequence, value, records.helper, len(records.helpers))
    with np.errstate(invalid="ignore"):
        return against_peers(same / of, np.where(of > 0, records.per_helper(), 0), LEAST_DAYS)
