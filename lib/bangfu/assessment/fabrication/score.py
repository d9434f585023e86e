"""Whom to visit first: the signals of a helper's records combined into one score.

The rule of combination was fixed beforehand and has no weights, so nothing was fitted to any way of fabricating:

1. a signal's distance becomes a p-value by the county's own reference (`reference`),
2. within a family the smallest counts, corrected for their number (Sidak 1967), so that one fact seen by several signals counts once,
3. the families are combined by Fisher's method (1932) over those that could be assessed.

The score is minus the decimal logarithm of what comes out. It orders helpers for a visit. It is no probability of guilt, since families
are not independent and habits differ; it proposes no sanction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu import digests
from bangfu.assessment.fabrication import answers, clock, dates, entry, figures, journeys, photographs, texts
from bangfu.assessment.fabrication.matches import Matches
from bangfu.assessment.fabrication.records import Records, records_of
from bangfu.assessment.fabrication.reference import Reading, p_value
from bangfu.assessment.fabrication.settings import FabricationSettings
from bangfu.assessment.fabrication.signal import FAMILIES, Signal


@dataclass(frozen=True)
class Scores:
    """table: one row per helper with a record of the year, the most suspicious first:

    helper_id, score (missing where too few families could be assessed), rank, percentile (0 to 100, of helpers assessed), families (how many
    were assessed), records, then the p-value of each family (missing = not assessed).
    seed: of the shuffles, made of county and year. readings: by name of the signal, in the order of records.helpers.
    """

    table: pd.DataFrame
    seed: int
    records: Records
    signals: tuple[Signal, ...]
    readings: dict[str, Reading]


def score(tables: Mapping[str, pd.DataFrame], year: int, settings: FabricationSettings, *, county: str = "", findings: Mapping[str, Iterable[str]] = {}) -> Scores:
    """Scores every helper with a record in the year.

    tables: visits and households, survey where there is one. findings: rule of `journeys.RULES` -> numbers of the records it found; a rule
    that is not among them was not applied, and is not assessed here either. county: its code, which with the year makes the seed.
    """
    seed = int(digests.of_value(["fabrication", county, year])[:12], 16)
    records = records_of(tables, year)
    signals = (
        *texts.signals(Matches(records, seed)), *photographs.signals(), *dates.signals(), *clock.signals(), *journeys.signals(settings, findings),
        *entry.signals(), *figures.signals(), *answers.signals(tables.get("survey")),
    )  # fmt: skip
    readings = {signal.name: signal.read(records) for signal in signals}
    families = {family: family_p([readings[s.name] for s in signals if s.family == family], len(records.helpers)) for family in FAMILIES}
    combined, assessed = fisher(np.column_stack(list(families.values())))
    combined[assessed < settings.least_families] = np.nan
    table = pd.DataFrame({"helper_id": records.helpers, "score": combined, "families": assessed, "records": records.per_helper(), **families})
    table.insert(2, "rank", table["score"].rank(method="min", ascending=False).astype("Int64"))
    table.insert(3, "percentile", table["score"].rank(pct=True) * 100)
    return Scores(table.sort_values(["score", "helper_id"], ascending=[False, True], ignore_index=True), seed, records, signals, readings)


def family_p(readings: list[Reading], helpers: int) -> np.ndarray:
    """The smallest p-value of a family's signals, corrected for how many could be assessed; missing where none could."""
    if not readings:
        return np.full(helpers, np.nan)
    p = np.column_stack([p_value(reading.z) for reading in readings])
    n = np.isfinite(p).sum(axis=1)
    smallest = np.where(np.isfinite(p), p, 1.0).min(axis=1)
    return np.where(n > 0, -np.expm1(n * np.log1p(-np.minimum(smallest, 1 - 1e-12))), np.nan)


def fisher(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fisher's combination of each row as -log10 p, and how many were combined; missing ones are left out."""
    n = np.isfinite(p).sum(axis=1)
    statistic = -2 * np.log(np.where(np.isfinite(p), p, 1.0)).sum(axis=1)
    return np.where(n > 0, -stats.chi2.logsf(statistic, 2 * np.maximum(n, 1)) / np.log(10), np.nan), n
