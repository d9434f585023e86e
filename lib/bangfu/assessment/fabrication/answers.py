"""Whether the households that were asked remember the visits on record (the fact behind rule SS-05)."""

import numpy as np
import pandas as pd

from bangfu.assessment.fabrication.records import Records
from bangfu.assessment.fabrication.reference import Reading, against_peers
from bangfu.assessment.fabrication.signal import Signal


def signals(survey: pd.DataFrame | None) -> tuple[Signal, ...]:
    """None without a survey that asks for the visits."""
    if survey is None or not {"household_id", "reported_visits"} <= set(survey):
        return ()
    asked = survey.dropna(subset=["household_id", "reported_visits"]).sort_values("reported_visits", kind="stable").drop_duplicates("household_id")
    return (
        Signal(
            "not_remembered", "answers", lambda records: not_remembered(records, asked),
            "受访户自述的入户次数是记录的{value:.0%},全县受访户一般为{usual:.0%}(记录入户{n:.0f}次)",
            "the households asked report {value:.0%} of the home visits on record; usual {usual:.0%} ({n:.0f} on record)",
            lambda records, own: own[records.home[own] & np.isin(records.household[own], records.households.get_indexer(asked["household_id"]))],
        ),
    )  # fmt: skip


def not_remembered(records: Records, asked: pd.DataFrame) -> Reading:
    """Home visits of all helpers on record in the households asked, against the visits that these report.

    The answer is for the household's home visits by whomever; each helper carries the household's difference in proportion to the own visits.
    """
    answers = np.full(len(records.households) + 1, np.nan)
    at = records.households.get_indexer(asked["household_id"])
    answers[at[at >= 0]] = asked["reported_visits"].to_numpy(dtype=float)[at >= 0]
    home = records.home & (records.household >= 0)
    recorded = np.bincount(records.household[home], minlength=len(answers)).astype(float)
    known = home & np.isfinite(answers[records.household])
    n = records.per_helper(known)
    with np.errstate(invalid="ignore", divide="ignore"):
        reported = records.per_helper(known, answers[records.household[known]] / recorded[records.household[known]])
        share = reported / n
    # The root of a count spreads alike whatever the count is.
    reading = against_peers(2 * (np.sqrt(n) - np.sqrt(reported)), n, 2, floor=1.0)
    with np.errstate(invalid="ignore"):
        usual = np.where(np.isfinite(reading.usual), np.maximum(np.sqrt(n) - reading.usual / 2, 0) ** 2 / n, np.nan)
    return reading._replace(value=share, usual=usual)
