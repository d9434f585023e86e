"""Registers of other departments: mostly people outside the households, and members in ways that are no finding."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample.money import firms, firms_needed
from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

CARS = ["小型轿车", "小型普通客车", "轻型货车", "微型面包车"]
MOTORCYCLES = ["普通二轮摩托车", "正三轮摩托车", "轻便摩托车"]
SHARE = 0.08  # of the households: how many outsiders stand in each register


def outsiders_in_registers(population: Population) -> int:
    """How many of the outsiders are in use; the rest are free for plantings."""
    return firms_needed(population) + 5 * _each(population)


def register_tables(population: Population, members: pd.DataFrame, helpers: pd.DataFrame, year: int) -> dict[str, pd.DataFrame]:
    """vehicles, properties, businesses, payroll and deaths as they stand at the end of the year.

    Drawn without the year, so that an entry stays the same; members who die or join come and go.
    """
    rng = np.random.default_rng(stream(population.seed, "registers"))
    each, skip = _each(population), firms_needed(population)
    outside = [population.outsiders.iloc[skip + i * each: skip + (i + 1) * each] for i in range(5)]
    everybody = population.members
    adults = everybody[(everybody["born_on"] < pd.Timestamp(population.first_year - 19, 1, 1)) & everybody["died_on"].isna()]
    riders, owners, former = (adults.iloc[rng.permutation(len(adults))[: max(2, len(adults) * share // 100)]] for share in (6, 5, 1))
    owners = owners.drop_duplicates("household_id")
    present = members["id_number"]
    tables = {
        "vehicles": _vehicles(rng, population, outside[0]["id_number"], riders["id_number"]),
        "properties": _properties(rng, population, outside[1]["id_number"], owners["id_number"]),
        "businesses": _businesses(rng, population, outside[2], former),
    }
    inside = set(everybody["id_number"]) - set(present)
    tables = {name: frame[~frame["id_number"].isin(inside)].reset_index(drop=True) for name, frame in tables.items()}
    officials = helpers[helpers["title"] != "村干部"]
    units = helpers.loc[helpers["title"] != "村干部", "unit"].drop_duplicates().to_numpy()
    staff = outside[3].assign(unit=text(units[rng.integers(0, len(units), each)]).to_numpy())
    tables["payroll"] = pd.concat([officials[["id_number", "name", "unit"]], staff[["id_number", "name", "unit"]]], ignore_index=True)
    tables["deaths"] = _deaths(rng, population, outside[4], year)
    return tables


def _each(population) -> int:
    return max(6, round(len(population.households) * SHARE))


def _days(rng, first, n, span) -> pd.Series:
    return pd.Series((np.datetime64(f"{first}-01-04") + rng.integers(0, span, n).astype("m8[D]")).astype("M8[us]"))


def _vehicles(rng, population, drivers, riders):
    n = len(drivers) + len(riders)
    plates = (np.arange(n) * 7919 + 1207) % 99_991
    kinds = np.concatenate([rng.choice(CARS, len(drivers)), rng.choice(MOTORCYCLES, len(riders))])
    letters = np.array(list("ABCDEFGHJK"))[np.arange(n) // 99_991 % 10]
    return pd.DataFrame({"id_number": text(np.concatenate([drivers, riders])),
                         "plate": text([f"{population.name[0]}{letter}{p:05d}" for letter, p in zip(letters, plates)]),
                         "vehicle_type": text(kinds), "registered_on": _days(rng, population.first_year - 9, n, 365 * 9)})


def _properties(rng, population, outside, owners):
    people = np.concatenate([outside, outside[::3], owners])
    n = len(people)
    return pd.DataFrame({"id_number": text(people), "certificate_no": text([f"不动产{i:07d}" for i in (np.arange(n) * 6_661 + 31) % 9_999_991]),
                         "area": rng.integers(45, 170, n).astype(float),
                         "location": text([f"{population.name}{town}{i}号" for town, i in zip(rng.choice(population.town_names, n), rng.integers(1, 400, n))]),
                         "registered_on": _days(rng, population.first_year - 15, n, 365 * 15)})


def _businesses(rng, population, outside, former):
    crew = firms(population)
    shops = pd.concat([outside, former])
    n, kinds = len(shops), ["杂货店", "农资店", "养殖场", "早餐店", "家庭农场", "修理铺"]
    own = pd.DataFrame({"id_number": text(shops["id_number"].to_numpy()),
                        "business_name": text([f"{name}{kind}{i}" for name, kind, i in zip(shops["name"], rng.choice(kinds, n), range(1, n + 1))]),
                        "position": text(["经营者"] * n), "registered_capital": pd.array(rng.integers(1, 40, n) * 1_000_000, dtype="Int64"),
                        "founded_on": _days(rng, population.first_year - 12, n, 365 * 11),
                        "registration_status": text(np.where(np.arange(n) < len(outside), "存续", rng.choice(["注销", "吊销"], n)))})
    led = pd.DataFrame({"id_number": crew["legal_representative_id"], "business_name": crew["contractor"], "position": text(["法定代表人"] * len(crew)),
                        "registered_capital": pd.array(rng.integers(100, 900, len(crew)) * 1_000_000, dtype="Int64"),
                        "founded_on": _days(rng, population.first_year - 12, len(crew), 365 * 10), "registration_status": text(["存续"] * len(crew))})
    return pd.concat([led, own], ignore_index=True)


def _deaths(rng, population, outside, year):
    span = 365 * (population.years + 1)
    elsewhere = pd.DataFrame({"id_number": outside["id_number"].to_numpy(), "name": outside["name"].to_numpy(),
                              "died_on": _days(rng, population.first_year - 1, len(outside), span)})
    members = population.members[population.members["died_on"].notna()]
    frame = pd.concat([elsewhere, members[["id_number", "name", "died_on"]]], ignore_index=True)
    return frame[frame["died_on"] <= pd.Timestamp(year, 12, 31)].reset_index(drop=True)
