"""Photographs that stand in several home visits (the fact of rule HV-07)."""

import numpy as np

from bangfu.assessment.fabrication.records import Records, kept
from bangfu.assessment.fabrication.reference import Reading, against_rate
from bangfu.assessment.fabrication.signal import Signal

LEAST = 4


def signals() -> tuple[Signal, ...]:
    return (
        Signal(
            "photo_again", "photographs", photo_again,
            "{n:.0f}次带照片的入户走访中,{value:.0f}次的照片也用在别处,按全县比例应为{usual:.1f}次",
            "of {n:.0f} home visits with a photograph {value:.0f} have one that stands elsewhere too; {usual:.1f} at the county's rate",
            lambda records, own: own[used_again(records)[own]],
        ),
    )  # fmt: skip


@kept
def used_again(records: Records) -> np.ndarray:
    """Home visits whose photograph stands in another record of the year."""
    known = records.photo >= 0
    times = np.bincount(records.photo[known], minlength=1)
    return records.home & known & (times[records.photo] > 1)


def photo_again(records: Records) -> Reading:
    return against_rate(records.per_helper(used_again(records)), records.per_helper(records.home & (records.photo >= 0)), LEAST)
