"""The people of the made-up county: villages, registered households, their members, and outsiders.

They are drawn once for all years of a run, so that the same households go on; every year shows the part of it that
exists by its 31 December (`members_of`, bangfu.sample.status for what changes with income).
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bangfu.sample import names
from bangfu.sample.identity import id_numbers
from bangfu.sample.names import text
from bangfu.sample.planting import stream

NEWCOMERS = 0.01  # households newly identified in each year, as a share of the registered ones
CAUSES = ["因病", "因残", "因学", "因灾", "缺技术", "缺资金", "缺劳力", "缺土地", "交通条件落后", "自身发展力不足"]


@dataclass(frozen=True)
class Population:
    """Everybody: villages, households (identified_on within the run for newcomers), members, outsiders."""

    code: str
    name: str
    seed: int
    first_year: int
    years: int
    villages: pd.DataFrame
    households: pd.DataFrame
    members: pd.DataFrame
    outsiders: pd.DataFrame

    @property
    def town_names(self) -> list[str]:
        return list(dict.fromkeys(self.villages["town"]))

    def households_of(self, year: int) -> pd.DataFrame:
        """The households identified by the end of the year."""
        return self.households[self.households["identified_on"] <= pd.Timestamp(year, 12, 31)]

    def members_of(self, year: int) -> pd.DataFrame:
        """The members alive on 1 January of the year, of the households of that year."""
        members = self.members
        alive = members["died_on"].isna() | (members["died_on"] >= pd.Timestamp(year, 1, 1))
        return members[alive & members["household_id"].isin(self.households_of(year)["household_id"])]


def draw(households: int, seed: int, first_year: int, years: int, code: str, name: str) -> Population:
    """Draws the population: `households` registered by the end of the first year, and newcomers in each later one."""
    rng = np.random.default_rng(stream(seed, "population"))
    villages = _villages(rng, households, code)
    homes = _households(rng, households, first_year, years, code, villages)
    members = _members(rng, homes, first_year, years)
    outsiders = _outsiders(rng, 400 + int(households * 0.6), first_year)
    born = np.concatenate([members["born_on"].to_numpy(), outsiders["born_on"].to_numpy()])
    sex = np.concatenate([members["sex"].to_numpy(), outsiders["sex"].to_numpy()])
    numbers = id_numbers(code, born, sex)
    members["id_number"], outsiders["id_number"] = text(numbers[: len(members)]), text(numbers[len(members):])
    heads = members[members["relation"] == "户主"].set_index("household_id")
    homes["head_name"] = text(heads["name"].reindex(homes["household_id"]).to_numpy())
    homes["head_id_number"] = text(heads["id_number"].reindex(homes["household_id"]).to_numpy())
    homes["town"] = text(villages.set_index("village_code")["town"].reindex(homes["village_code"]).to_numpy())
    homes["village"] = text(villages.set_index("village_code")["village"].reindex(homes["village_code"]).to_numpy())
    return Population(code, name, seed, first_year, years, villages, homes, members, outsiders)


def _villages(rng, households, code) -> pd.DataFrame:
    n_towns = int(np.clip(round(households / 240), 3, 45))
    per_town = int(np.clip(round(households / n_towns / 34), 5, 60))
    rows = []
    for t, town in enumerate(names.towns(rng, n_towns), 1):
        count = per_town + int(rng.integers(0, 3))
        rows += [(f"{code}1{t:02d}{v:03d}", town, village) for v, village in enumerate(names.villages(rng, count), 1)]
    frame = pd.DataFrame(rows, columns=["village_code", "town", "village"]).astype("str")
    frame["poor_village"] = pd.array(rng.random(len(frame)) < 0.3, dtype="boolean")
    total = rng.integers(180, 700, len(frame)) + households // len(frame) * 3
    frame["households_total"] = pd.array(total, dtype="Int64")
    frame["population_total"] = pd.array((total * rng.uniform(2.6, 3.6, len(frame))).astype(int), dtype="Int64")
    return frame


def _households(rng, households, first_year, years, code, villages) -> pd.DataFrame:
    fresh = max(1, round(NEWCOMERS * households))
    n = households + fresh * (years - 1)
    weight = rng.uniform(0.5, 1.5, len(villages))
    at = rng.choice(len(villages), n, p=weight / weight.sum())
    since = rng.choice(np.arange(first_year - 6, first_year), n, p=[0.3, 0.25, 0.2, 0.12, 0.08, 0.05])
    since[households - fresh : households] = first_year
    for later in range(1, years):
        since[households + fresh * (later - 1) : households + fresh * later] = first_year + later
    start = np.array([np.datetime64(f"{year}-02-10") for year in since]) + rng.integers(0, 130, n).astype("m8[D]")
    frame = pd.DataFrame({
        "household_id": text([f"{code}H{i:06d}" for i in range(1, n + 1)]),
        "village_code": text(villages["village_code"].to_numpy()[at]),
        "phone": text(names.phones(0, n)),
        "cause": text(rng.choice(CAUSES, n)),
        "identified_on": pd.Series(start.astype("M8[us]")),
        "account_no": text(names.accounts("6299", 1, n)),
    })
    frame["size"] = rng.choice([1, 2, 3, 4, 5, 6], n, p=[0.15, 0.29, 0.25, 0.18, 0.09, 0.04])
    frame["support"] = rng.choice(["一般贫困户", "低保贫困户", "五保贫困户"], n, p=[0.52, 0.38, 0.10])
    frame.loc[frame["size"] > 2, "support"] = frame["support"].replace("五保贫困户", "低保贫困户")
    return frame


def _members(rng, homes, first_year, years) -> pd.DataFrame:
    size = homes["size"].to_numpy()
    home = np.repeat(np.arange(len(homes)), size)
    slot = np.arange(len(home)) - np.repeat(np.cumsum(size) - size, size)
    n = len(home)
    head_age = np.where(homes["support"] == "五保贫困户", rng.integers(60, 86, len(homes)), rng.integers(29, 80, len(homes)))
    of_head = head_age[home]
    draw_of = rng.random(n)
    relation = np.full(n, "子女", object)
    relation[(slot == 2) & (draw_of < 0.25) | (slot > 2) & (draw_of < 0.15)] = "父母"
    relation[(slot > 2) & (draw_of > 0.8)] = "孙子女"
    relation[(slot == 1) & (draw_of < 0.78)] = "配偶"
    relation[slot == 0] = "户主"
    relation[(relation == "父母") & (of_head > 62)] = "子女"
    relation[(relation == "孙子女") & (of_head < 52)] = "子女"
    age = np.select(
        [relation == "户主", relation == "配偶", relation == "父母", relation == "孙子女"],
        [of_head, np.maximum(24, of_head + rng.integers(-6, 5, n)), of_head + rng.integers(21, 30, n),
         np.maximum(1, of_head - rng.integers(46, 60, n))],
        np.maximum(1, of_head - rng.integers(21, 40, n)))
    head_sex = np.where(rng.random(len(homes)) < 0.72, "男", "女")
    sex = np.where(rng.random(n) < 0.5, "男", "女")
    sex = np.where(relation == "户主", head_sex[home], np.where(relation == "配偶", np.where(head_sex[home] == "男", "女", "男"), sex))
    born = np.array([np.datetime64(f"{first_year - 1}-01-01")] * n) - (age * 365.25).astype("m8[D]") + rng.integers(0, 365, n).astype("m8[D]")
    surname = rng.choice(names.SURNAMES, len(homes))[home]
    surname = np.where(relation == "配偶", rng.choice(names.SURNAMES, n), surname)
    name = names.people(rng, sex, surname)
    while (again := pd.DataFrame({"home": home, "name": name}).duplicated().to_numpy()).any():
        name[again] = names.people(rng, sex[again], surname[again])
    impaired = rng.random(n)
    frame = pd.DataFrame({
        "household_id": text(homes["household_id"].to_numpy()[home]), "name": text(name), "relation": text(relation),
        "sex": text(sex), "born_on": pd.Series(born.astype("M8[us]")), "luck": rng.random(n),
    })
    grades = np.where(impaired < 0.02, "二级", np.where(impaired < 0.05, "三级", np.where(impaired < 0.07, "四级", "一级")))
    frame["disability_grade"] = text(np.where(impaired < 0.08, grades, None))
    frail = frame["disability_grade"].notna()
    frame["health"] = text(np.where(frail, "残疾", np.where(impaired > 0.93, "患有大病", np.where(impaired > 0.78, "长期慢性病", "健康"))))
    dying = (rng.random(n) < 0.004 * years) & (age > 58) & (relation != "户主") & ~frail
    when = np.array([np.datetime64(f"{first_year + i}-11-10") for i in range(years)])[rng.integers(0, years, n)]
    when = when + rng.integers(0, 45, n).astype("m8[D]")
    frame["died_on"] = pd.Series(np.where(dying, when, np.datetime64("NaT")).astype("M8[us]"))
    return frame


def _outsiders(rng, n, first_year) -> pd.DataFrame:
    sex = np.where(rng.random(n) < 0.6, "男", "女")
    born = np.datetime64(f"{first_year - 62}-01-01") + rng.integers(0, 38 * 365, n).astype("m8[D]")
    return pd.DataFrame({
        "name": text(names.people(rng, sex)), "sex": text(sex), "born_on": pd.Series(born.astype("M8[us]")), "phone": text(names.phones(8_000_000, n)),
    })
