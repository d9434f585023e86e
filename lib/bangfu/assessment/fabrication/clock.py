"""Times of day that are rounder than the county's, or the same again and again."""

import numpy as np
import pandas as pd

from bangfu.assessment.fabrication.records import Records, kept
from bangfu.assessment.fabrication.reference import Reading, against_peers, against_rate
from bangfu.assessment.fabrication.signal import Signal, alike, most_common

LEAST = 6


def signals() -> tuple[Signal, ...]:
    return (
        Signal(
            "round_times", "clock", round_times,
            "{n:.0f}条记录中{value:.0f}条的时刻正好是整点或半点,按全县比例应为{usual:.1f}条",
            "of {n:.0f} records {value:.0f} are timed on the hour or half hour; {usual:.1f} at the county's rate",
            lambda records, own: own[_round(records)[own]],
        ),
        Signal(
            "same_time", "clock", same_time,
            "{n:.0f}条记录两两之间时刻(几时几分)完全相同的占{value:.1%},同类责任人为{usual:.1%}",
            "of {n:.0f} records {value:.1%} of the pairs have the very same time of day; usual {usual:.1%}",
            lambda records, own: most_common(own, records.clock[own]),
        ),
    )  # fmt: skip


def round_times(records: Records) -> Reading:
    return against_rate(records.per_helper(_round(records)), records.per_helper(records.clock >= 0), LEAST)


def same_time(records: Records) -> Reading:
    """Pairs of records on different days with the same hour and minute; those of one day are a matter of journeys."""
    known = np.flatnonzero(records.clock >= 0)
    # One record for each day and time: two households entered at the same minute are counted as a journey that cannot be.
    known = known[~pd.Series(records.helper[known].astype("int64") << 32 | records.minute[known]).duplicated().to_numpy()]
    helper = records.helper[known]
    same, of = alike(helper, records.clock[known], helper, len(records.helpers))
    with np.errstate(invalid="ignore"):
        share = same / of
    # The root spreads alike whatever the share is, as for counts.
    reading = against_peers(np.sqrt(share), np.bincount(helper, minlength=len(records.helpers)), LEAST)
    return reading._replace(value=share, usual=reading.usual**2)


@kept
def _round(records: Records) -> np.ndarray:
    return (records.clock >= 0) & (records.clock % 30 == 0)
