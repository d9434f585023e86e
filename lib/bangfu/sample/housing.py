"""Homes built anew and homes made safe: the subsidies of relocated households and for dangerous housing, by standard."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

RELOCATED, RENOVATED = 0.02, 0.03  # of the households
BY_HEAD = {"subsidy": 350000, "from_province": 300000, "from_city": 40000, "from_county": 10000, "for_public_works": 50000}  # fen; work-plans 篇3 七1
PARTS = {"foundation": 30, "first_floor": 30, "second_floor": 30, "demolished": 10}  # per cent; work-plans 篇3 六2
BY_GRADE = {"C": 1_000_000, "D": 2_300_000}  # fen; helper-training-outline 二(二)3(7)


def relocations_table(population: Population, households: pd.DataFrame, year: int) -> pd.DataFrame:
    """Households moved in the year, each paid at its milestones so far, some of them on the very day of acceptance."""
    rng = np.random.default_rng(stream(population.seed, "relocations", year))
    homes = _some(rng, households, RELOCATED)
    n = len(homes)
    persons = homes["family_size"].to_numpy("int64")
    frame = pd.DataFrame({"household_id": text(homes["household_id"].to_numpy()), "persons": pd.array(persons, dtype="Int64")})
    for column, each in BY_HEAD.items():
        frame[column] = pd.array(persons * each, dtype="Int64")
    due = persons * (BY_HEAD["subsidy"] - BY_HEAD["for_public_works"])
    reached = np.where(np.arange(n) % 4 == 3, rng.integers(1, len(PARTS), n), len(PARTS))
    accepted = np.datetime64(f"{year}-03-01") + rng.integers(0, 60, n).astype("m8[D]")
    for step, (milestone, share) in enumerate(PARTS.items()):
        accepted = accepted + rng.integers(20, 60, n).astype("m8[D]")
        paid = accepted + rng.integers(0, 8, n).astype("m8[D]")
        there = reached > step
        frame[f"{milestone}_on"] = pd.Series(accepted.astype("M8[us]")).where(there)
        frame[f"{milestone}_amount"] = pd.Series(due * share // 100, dtype="Int64").where(there)
        frame[f"{milestone}_paid_on"] = pd.Series(paid.astype("M8[us]")).where(there)
    return frame


def renovations_table(population: Population, households: pd.DataFrame, year: int) -> pd.DataFrame:
    """Homes repaired (grade C) or rebuilt (D) in the year: single subsidies differ by need, their average is the standard."""
    rng = np.random.default_rng(stream(population.seed, "renovations", year))
    homes = _some(rng, households, RENOVATED)
    n = len(homes)
    grade = np.where(np.arange(n) < (n + 1) // 2, "C", "D")
    amount = np.array([BY_GRADE[g] for g in grade])
    for letter in BY_GRADE:
        at = np.flatnonzero(grade == letter)
        pairs = at[: len(at) // 2 * 2].reshape(-1, 2)
        more = rng.integers(0, 20, len(pairs)) * 10_000
        amount[pairs[:, 0]] += more
        amount[pairs[:, 1]] -= more
    paid = np.datetime64(f"{year}-06-01") + rng.integers(0, 150, n).astype("m8[D]")
    return pd.DataFrame({"household_id": text(homes["household_id"].to_numpy()), "grade": text(grade), "subsidy": pd.array(amount, dtype="Int64"), "paid_on": pd.Series(paid.astype("M8[us]"))})


def _some(rng, households: pd.DataFrame, share: float) -> pd.DataFrame:
    n = max(6, round(share * len(households)))
    return households.iloc[np.sort(rng.permutation(len(households))[:n])].reset_index(drop=True)
