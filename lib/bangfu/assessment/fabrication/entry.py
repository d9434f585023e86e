"""Records entered in a few sittings, long after the visits (the fact behind rule HV-08)."""

import numpy as np
import pandas as pd

from bangfu.assessment.fabrication.records import MISSING, Records, kept
from bangfu.assessment.fabrication.reference import OF_ROOTS, Reading, against_peers
from bangfu.assessment.fabrication.signal import Signal, different, most_common

LEAST = 5


def signals() -> tuple[Signal, ...]:
    return (
        Signal(
            "few_sittings", "entry", few_sittings,
            "{n:.0f}天的走访集中录入,平均每个录入日补{value:.1f}天的走访,同类责任人为{usual:.1f}天",
            "visits of {n:.0f} days were entered in few sittings: {value:.1f} days of visits for each day of entry; usual {usual:.1f}",
            _longest,
        ),
        Signal(
            "long_sitting", "entry", long_sitting,
            "一天录入了{value:.0f}天的走访,同类责任人最多{usual:.1f}天(共走访{n:.0f}天)",
            "visits of {value:.0f} days were entered on one day; usual at most {usual:.1f} (visits on {n:.0f} days)",
            _longest,
        ),
        Signal(
            "late_entry", "entry", late_entry,
            "{n:.0f}条记录通常在走访后{value:.0f}天录入,同类责任人为{usual:.0f}天",
            "{n:.0f} records are typically entered {value:.0f} days after the visit; usual {usual:.0f}",
            lambda records, own: own[np.argsort(-_delay(records)[own], kind="stable")],
        ),
    )  # fmt: skip


def few_sittings(records: Records) -> Reading:
    """Days with visits for each day of entry."""
    known = records.entered != MISSING
    visited, entered = (_different(records.helper[known], day[known], len(records.helpers)) for day in (records.day, records.entered))
    with np.errstate(invalid="ignore", divide="ignore"):
        reading = against_peers(np.log((visited + 0.5) / (entered + 0.5)), visited, LEAST)
        return reading._replace(value=visited / entered, usual=np.exp(reading.usual))


def long_sitting(records: Records) -> Reading:
    """The most days with visits that were entered on one day."""
    known = records.entered != MISSING
    at, sitting = pd.factorize(records.helper[known].astype("int64") << 32 | records.entered[known])
    days = _different(at, records.day[known], len(sitting))
    most = np.zeros(len(records.helpers))
    np.maximum.at(most, sitting >> 32, days)
    reading = against_peers(np.sqrt(most), _different(records.helper[known], records.day[known], len(records.helpers)), LEAST, floor=OF_ROOTS)
    return reading._replace(value=most, usual=reading.usual**2)


def late_entry(records: Records) -> Reading:
    """The delay between visit and entry (mean of logarithms, so that one slip of the date counts little)."""
    known = records.entered != MISSING
    n = records.per_helper(known)
    with np.errstate(invalid="ignore"):
        reading = against_peers(records.per_helper(known, np.log1p(_delay(records)[known])) / n, n, LEAST)
    return reading._replace(value=np.expm1(reading.value), usual=np.expm1(reading.usual))


def _longest(records: Records, own: np.ndarray) -> np.ndarray:
    entered = own[records.entered[own] != MISSING]
    return most_common(entered, records.entered[entered])


@kept
def _delay(records: Records) -> np.ndarray:
    return np.where(records.entered == MISSING, 0, np.maximum(records.entered - records.day, 0))


def _different(helper: np.ndarray, day: np.ndarray, helpers: int) -> np.ndarray:
    return np.bincount(different(helper.astype("int64") << 32 | day) >> 32, minlength=helpers)
