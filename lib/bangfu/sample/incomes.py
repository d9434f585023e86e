"""Incomes of the households over the years, and what they do to a household's status.

Income per head is lognormal in every town and smooth around the poverty line, but for the one step that honest
assistance causes: some households below the line are lifted to anywhere above it. Within a town the values are spread
evenly over the distribution (stratified), so that a test of bunching has nothing to find but what is planted.
"""
from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

MEDIAN = 1.65  # of the poverty line, in the first year
SPREAD = 0.45
GROWTH = 1.06
STEADINESS = 0.95  # correlation of a household's place in its town from year to year
LIFTED = 0.25
SOURCES = ["dividends", "project_wages", "land_rent", "house_rent", "other_property", "farming", "trade", "other_business",
           "wages", "subsistence", "five_guarantees", "old_age", "disability", "family_planning", "filial_support",
           "education_aid", "rain_dew", "condolence", "ecology", "veterans", "grain", "donations", "migration", "other_transfers"]
# how often a household has a source, and its usual weight in the income
COMMON = {"dividends": (0.6, 0.5), "project_wages": (0.2, 0.6), "land_rent": (0.4, 0.3), "house_rent": (0.02, 0.4),
          "other_property": (0.03, 0.2), "trade": (0.1, 1.0), "other_business": (0.03, 0.5), "family_planning": (0.08, 0.1),
          "filial_support": (0.25, 0.4), "condolence": (0.5, 0.1), "ecology": (0.2, 0.2), "veterans": (0.03, 0.5),
          "grain": (0.7, 0.15), "donations": (0.04, 0.1), "migration": (0.02, 0.2), "other_transfers": (0.1, 0.2)}


def histories(population: Population, line: int) -> dict[int, pd.DataFrame]:
    """For each year one row per household: income per head (fen), status and exit_on.

    line: the poverty line in fen per head. Households that have exited are never below it: those that fall are 返贫.
    """
    result, place, known = {}, pd.Series(dtype=float), None
    for year in range(population.first_year, population.first_year + population.years):
        rng = np.random.default_rng(stream(population.seed, "incomes", year))
        homes = population.households_of(year).set_index("household_id")
        fresh = rng.standard_normal(len(homes))
        before = place.reindex(homes.index).to_numpy()
        moved = np.where(np.isnan(before), fresh, STEADINESS * np.nan_to_num(before) + np.sqrt(1 - STEADINESS**2) * fresh)
        share = _even(rng, moved, homes["town"].to_numpy())
        median = MEDIAN * line * GROWTH ** (year - population.first_year)
        below = ndtr(np.log(line / median) / SPREAD)
        lifted = (share < below) & (rng.random(len(homes)) < LIFTED)
        share = np.where(lifted, below + (1 - below) * rng.random(len(homes)), share)
        place = pd.Series(ndtri(share), index=homes.index)
        frame = pd.DataFrame({"income": median * np.exp(SPREAD * ndtri(share))}, index=homes.index)
        known = _status(rng, frame, homes, known, year, line)
        result[year] = known.copy()
    return result


def _even(rng, values, town) -> np.ndarray:
    """Ranks within the town as shares between 0 and 1, one in each equal slice."""
    rank = pd.Series(values).groupby(town).rank().to_numpy()
    count = pd.Series(values).groupby(town).transform("size").to_numpy()
    return (rank - 1 + rng.uniform(0.05, 0.95, len(rank))) / count


def _status(rng, frame, homes, known, year, line) -> pd.DataFrame:
    """Who has exited by the end of the year: from the second year on, those who pass the line in autumn."""
    n = len(frame)
    above = (frame["income"] >= line).to_numpy()
    identified = homes["identified_on"].dt.year.to_numpy()
    luck, day = rng.random(n), (rng.integers(0, 45, n)).astype("m8[D]")
    if known is None:
        out_year = np.maximum(identified + 1, year - rng.choice([0, 1, 2, 3], n, p=[0.35, 0.3, 0.2, 0.15]))
        exits = above & (identified < year) & (luck < 0.92)
        status = np.where(exits, "已脱贫", "未脱贫")
        exit_on = pd.Series(np.array([np.datetime64(f"{y}-10-25") for y in np.minimum(out_year, year)]) + day, index=frame.index)
        exit_on[~exits] = pd.NaT
    else:
        past = known.reindex(frame.index)
        was = past["status"].fillna("未脱贫").to_numpy()
        exits = (was != "已脱贫") & above & (identified < year) & (luck < 0.85)
        status = np.where(exits, "已脱贫", np.where((was == "已脱贫") & ~above, "返贫", was))
        exit_on = past["exit_on"].where(~exits, pd.Series(np.datetime64(f"{year}-10-25") + day, index=frame.index))
    frame["status"], frame["exit_on"] = text(status).to_numpy(), pd.to_datetime(exit_on).dt.as_unit("us")
    exact = rng.permutation(np.flatnonzero(status == "已脱贫"))[: max(1, n // 500)]
    frame.iloc[exact, frame.columns.get_loc("income")] = line
    return frame


def income_table(population: Population, year: int, history: pd.DataFrame, size: pd.Series, line: int) -> pd.DataFrame:
    """The income sheets of the year: 24 sources that add up to the fen, pensions on record but not counted."""
    rng = np.random.default_rng(stream(population.seed, "income sheets", year))
    homes = population.households_of(year).set_index("household_id")
    n, heads = len(homes), size.reindex(homes.index).to_numpy(np.int64)
    net = np.ceil(history["income"].reindex(homes.index).to_numpy() * heads - 1e-6).astype(np.int64)
    net = np.where(rng.random(n) < 0.5, -(-net // 100) * 100, net)  # half of the sheets are in whole yuan
    net = np.where(history["income"].reindex(homes.index).to_numpy() == line, line * heads, net)
    expenses = (net * rng.uniform(0.01, 0.2, n)).astype(np.int64) // 100 * 100
    total = net + expenses
    weights = np.zeros((n, len(SOURCES)))
    for source, (often, weight) in COMMON.items():
        weights[:, SOURCES.index(source)] = (rng.random(n) < often) * weight * rng.uniform(0.5, 1.5, n)
    support = homes["support"].to_numpy()
    weights[:, SOURCES.index("farming")] = rng.uniform(1, 3, n)
    weights[:, SOURCES.index("wages")] = np.where(support == "五保贫困户", 0, rng.uniform(0.5, 5, n))
    weights[:, SOURCES.index("subsistence")] = np.where(support == "低保贫困户", rng.uniform(1, 2, n), 0)
    weights[:, SOURCES.index("five_guarantees")] = np.where(support == "五保贫困户", rng.uniform(3, 5, n), 0)
    parts = (weights / weights.sum(axis=1, keepdims=True) * total[:, None]).astype(np.int64) // 1000 * 1000
    parts[:, SOURCES.index("farming")] += total - parts.sum(axis=1)
    frame = pd.DataFrame(parts, columns=SOURCES).astype("Int64")
    frame.insert(0, "household_id", text(homes.index.to_numpy()))
    frame.insert(1, "year", pd.array([year] * n, dtype="Int64"))
    frame["pension"] = pd.array(np.where(rng.random(n) < 0.35, rng.integers(1200, 1700, n) * 100, 0), dtype="Int64")
    frame["expenses"] = pd.array(expenses, dtype="Int64")
    rounding = np.where(rng.random(n) < 0.01, rng.choice([-100, -50, 50, 100], n), 0)  # within the tolerance of a yuan
    frame["reported_total"] = pd.array(total + rounding, dtype="Int64")
    frame["reported_net"] = pd.array(net, dtype="Int64")
    frame["family_size"] = pd.array(heads, dtype="Int64")
    frame["reported_per_capita"] = pd.array((2 * net + heads) // (2 * heads), dtype="Int64")
    return frame
