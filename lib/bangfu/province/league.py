"""A league table with what chance makes of it: no rate without its interval, no rank without how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.province.indicators import Indicator
from bangfu.province.rules import drawn_funnel
from bangfu.province.settings import ProvinceSettings
from bangfu.stats.columns import floats
from bangfu.stats.profiling import ranks
from bangfu.stats.profiling.funnel import Funnel
from bangfu.stats.proportion_interval import clopper_pearson, korn_graubard


@dataclass(frozen=True)
class League:
    """Counties by an indicator. table: county, count, size, rate, low, high, rank, rank_low, rank_high (1 = lowest rate), tied (others have the same
    rate), judgement (against exact limits), widened (against limits widened for over-dispersion), reason, reason_en; highest rate first,
    counties that could not be compared last, in the order of their codes, with the reason.

    exact, widened: the funnels; None where there is none to draw (yuan, or fewer than two counties, or nothing found).
    """

    indicator: Indicator
    table: pd.DataFrame
    exact: Funnel | None
    widened: Funnel | None

    @property
    def compared(self) -> pd.DataFrame:
        return self.table[self.table["reason"].isna()]


def league(indicator: Indicator, settings: ProvinceSettings) -> League:
    """The league table of an indicator.

    Intervals are exact (Clopper-Pearson) where each case stands by itself; where cases come in clusters (visits of a helper, yuan
    of a payment) they are Korn and Graubard's, exact on the effective number of cases. Intervals of ranks compare every pair of
    counties (`ranks.compare_pairs`) with the half width of a rate's interval as its standard error, so that a county without any
    finding is not taken for certain.
    """
    rows = indicator.rows.set_index("county")
    mine = rows[rows["reason"].isna()]
    table = rows[["count", "size", "reason", "reason_en"]].copy()
    exact = widened = None
    if len(mine):
        count, size = mine["count"].astype("int64"), mine["size"].astype("int64")
        low, high = _interval(mine, settings.confidence)
        table["rate"], table["low"], table["high"] = count / size, pd.Series(low, mine.index), pd.Series(high, mine.index)
        error = (table["high"] - table["low"]) / (2 * stats.norm.isf((1 - settings.confidence) / 2))
        few = (rows["units"] < settings.least_size).fillna(True)
        ranked = ranks.compare_pairs(table["rate"], error, confidence=settings.confidence, best="low", insufficient=few).table
        table["rank"], table["rank_low"], table["rank_high"] = ranked["rank"], ranked["lower"], ranked["upper"]
        table["tied"] = ranked["rank"].duplicated(keep=False) & ranked["rank"].notna()
        if not indicator.money:
            exact = drawn_funnel(count, size, settings)
            widened = drawn_funnel(count, size, settings, "additive")
    for name, drawn in (("judgement", exact), ("widened", widened)):
        table[name] = drawn.units["judgement"].reindex(table.index) if drawn else pd.Series(None, index=table.index, dtype="str")
    table = table.reindex(columns=["count", "size", "rate", "low", "high", "rank", "rank_low", "rank_high", "tied", "judgement", "widened", "reason", "reason_en"]).reset_index()
    absent = table["reason"].notna()
    table = table.assign(_absent=absent).sort_values(["_absent", "rate", "county"], ascending=[True, False, True], kind="stable", ignore_index=True)
    return League(indicator, table.drop(columns="_absent"), exact, widened)


def _interval(rows: pd.DataFrame, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """(low, high) of each county's rate; the design effect of all counties together stands in where a county found nothing (or everything)."""
    count, size, units = floats(rows["count"]), floats(rows["size"]), floats(rows["units"])
    variance = floats(rows["variance"])
    alone = np.isnan(variance) & rows["clusters"].isna().to_numpy()
    low, high = clopper_pearson(count, size, confidence)
    if alone.all():
        return low, high
    rate = count / size
    by_itself = rate * (1 - rate) / units
    told = ~np.isnan(variance) & (variance > 0) & (by_itself > 0)
    effect = max(1.0, variance[told].sum() / by_itself[told].sum()) if told.any() else 1.0
    clustered = korn_graubard(rate, np.nan_to_num(variance), units, floats(rows["clusters"]) - 1, confidence, deff=effect)
    return np.where(alone, low, clustered[0]), np.where(alone, high, clustered[1])
