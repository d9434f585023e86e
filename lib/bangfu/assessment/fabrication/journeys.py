"""Sequences of visits that cannot have been made as they are written."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from bangfu.assessment.fabrication.records import MISSING, Records, kept
from bangfu.assessment.fabrication.reference import OF_ROOTS, Reading, against_peers, against_rate
from bangfu.assessment.fabrication.settings import FabricationSettings
from bangfu.assessment.fabrication.signal import Signal, most_common

LEAST = 4
RULES = {"HV-05": ("不在结对期内(HV-05)", "outside a pairing (HV-05)"), "HV-10": ("唯一成员死亡后仍有签字(HV-10)", "signed after the only member's death (HV-10)")}


def signals(settings: FabricationSettings, findings: Mapping[str, Iterable[str]]) -> tuple[Signal, ...]:
    """findings: rule -> numbers of the records it found (HV-05, HV-10); rules that were not applied are left out."""
    minutes, night = settings.village_minutes, settings.night
    signals = [
        _counted("two_places", lambda r: two_places(r, minutes),
                 f"同一时刻在两户,或不到{minutes}分钟从一村到另一村", f"in two homes at the same minute, or from one village to another in less than {minutes} minutes"),
        _counted("at_night", lambda r: at_night(r, night), "夜间入户", "home visits at night"),
        _counted("entered_before", entered_before, "录入早于走访", "entered before the visit"),
        Signal("crowded_day", "journeys", crowded_day,
               "一天最多入户{value:.0f}次,同类责任人为{usual:.1f}次(共{n:.0f}次入户)", "up to {value:.0f} home visits on one day; usual {usual:.1f} ({n:.0f} home visits)",
               lambda records, own: most_common(own[records.home[own]], records.day[own[records.home[own]]])),
    ]  # fmt: skip
    return (*signals, *(_counted(rule, _found(findings[rule]), *said) for rule, said in RULES.items() if rule in findings))


def two_places(records: Records, minutes: int) -> np.ndarray:
    """Records at the minute of another of the same helper with another household, or minutes from a visit in another village."""
    same = (records.helper[1:] == records.helper[:-1]) & (records.clock[1:] >= 0) & (records.clock[:-1] >= 0)
    elsewhere = records.household[1:] != records.household[:-1]
    apart = records.minute[1:] - records.minute[:-1]
    far = records.home[1:] & records.home[:-1] & (records.village[1:] != records.village[:-1]) & (records.village[1:] >= 0) & (records.village[:-1] >= 0)
    with_next = same & elsewhere & ((apart == 0) | (far & (apart < minutes)))
    found = np.zeros(len(records.helper), bool)
    found[1:] |= with_next
    found[:-1] |= with_next
    return found


def at_night(records: Records, night: tuple[int, int]) -> np.ndarray:
    """Home visits from the first hour of the night to the last (exclusive)."""
    begins, ends = night
    return records.home & ((records.clock >= begins * 60) | ((records.clock >= 0) & (records.clock < ends * 60)))


def entered_before(records: Records) -> np.ndarray:
    return (records.entered != MISSING) & (records.entered < records.day)


def crowded_day(records: Records) -> Reading:
    """The most home visits that a helper has on one day."""
    at, days = pd.factorize(records.helper[records.home].astype("int64") << 32 | records.day[records.home])
    most = np.zeros(len(records.helpers))
    np.maximum.at(most, days >> 32, np.bincount(at, minlength=len(days)))
    reading = against_peers(np.sqrt(most), records.per_helper(records.home), LEAST, floor=OF_ROOTS)
    return reading._replace(value=most, usual=reading.usual**2)


def _found(ids: Iterable[str]):
    return lambda records: pd.Index(records.visit_id).isin(list(ids))


def _counted(name: str, which, zh: str, en: str) -> Signal:
    which = kept(which)
    return Signal(
        name, "journeys", lambda records: against_rate(records.per_helper(which(records)), records.per_helper(), LEAST),
        "{n:.0f}条记录中{value:.0f}条" + zh + ",按全县比例应为{usual:.1f}条", "of {n:.0f} records {value:.0f}: " + en + "; {usual:.1f} at the county's rate",
        lambda records, own: own[which(records)[own]],
    )  # fmt: skip
