"""The register of poor households as it stands at the end of a year: households, members, procedures, plans."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

GUARANTEES = ["food", "clothing", "education", "medical", "housing", "water"]
MEASURES = ["产业帮扶", "就业帮扶", "教育帮扶", "健康帮扶", "住房修缮", "饮水改造", "金融帮扶", "消费帮扶"]


def members_table(population: Population, year: int) -> pd.DataFrame:
    """Members with what they are in that year: at school, able to work, insured."""
    members = population.members_of(year)
    age, luck = year - members["born_on"].dt.year, members["luck"]
    frail = members["disability_grade"].notna()
    stage = np.select(
        [(age < 3), (age < 6) & (luck < 0.85), (age >= 6) & (age < 15), age.between(15, 17) & (luck < 0.5),
         age.between(15, 17) & (luck < 0.85), age.between(18, 21) & (luck < 0.5)],
        ["学龄前", "学前教育", "义务教育", "普通高中", "中职", "大专及以上"], "非在校生")
    able = np.select([(age < 16) | (age > 65), frail, luck < 0.15], ["无劳动力", "弱劳动力", "技能劳动力"], "普通劳动力")
    frame = members[["household_id", "name", "id_number", "relation", "sex", "born_on"]].copy()
    frame["student_stage"], frame["health"] = text(stage).to_numpy(), members["health"]
    frame["disability_grade"], frame["labour"] = members["disability_grade"], text(able).to_numpy()
    frame["insured"] = pd.array([True] * len(frame), dtype="boolean")
    return frame.reset_index(drop=True)


def households_table(population: Population, year: int, history: pd.DataFrame, size: pd.Series) -> pd.DataFrame:
    """The household sheet: whoever has exited has the two worries and three guarantees solved."""
    rng = np.random.default_rng(stream(population.seed, "households", year))
    homes = population.households_of(year).set_index("household_id")
    status = history["status"].reindex(homes.index)
    frame = homes.reset_index()[["household_id", "village_code", "town", "village", "head_name", "head_id_number", "phone"]]
    frame["family_size"] = pd.array(size.reindex(homes.index).to_numpy(), dtype="Int64")
    frame["category"], frame["cause"] = homes["support"].to_numpy(), homes["cause"].to_numpy()
    frame["category"] = text(frame["category"])
    frame["cause"] = text(frame["cause"])
    frame["identified_on"] = homes["identified_on"].to_numpy()
    frame["status"], frame["exit_on"] = text(status.to_numpy()), history["exit_on"].reindex(homes.index).to_numpy()
    for guarantee in GUARANTEES:
        open_share = {"housing": 0.25, "water": 0.2, "medical": 0.1}.get(guarantee, 0.03)
        frame[guarantee] = pd.array((status.to_numpy() == "已脱贫") | (rng.random(len(frame)) >= open_share), dtype="boolean")
    frame["account_no"] = text(homes["account_no"].to_numpy())
    return frame


def procedures_table(population: Population, households: pd.DataFrame) -> pd.DataFrame:
    """Papers of every identification and exit, each step after the one ahead, many notices of exactly seven days.

    They do not depend on the year, so that the same papers are handed over every year.
    """
    exits = households[households["exit_on"].notna()]
    parts = []
    for kind, homes, on in (("识别", households, "identified_on"), ("退出", exits, "exit_on")):
        rng = np.random.default_rng(stream(population.seed, "procedures", kind))
        number = homes["household_id"].str[-6:].astype(int).to_numpy()
        steps = rng.integers(0, 6, (int(number.max(initial=0)) + 1, 7))[number]
        announced = homes[on].to_numpy().astype("M8[D]")
        county_on = announced - (steps[:, 0] + 1).astype("m8[D]")
        township_on = county_on - (2 * steps[:, 1] + 1).astype("m8[D]")
        notice_to = township_on - steps[:, 2].astype("m8[D]")
        notice_from = notice_to - (7 + np.maximum(0, steps[:, 3] - 2)).astype("m8[D]")
        reviewed_on = notice_from - np.maximum(0, steps[:, 4] - 1).astype("m8[D]")
        applied_on = reviewed_on - (3 + 2 * steps[:, 5]).astype("m8[D]")
        part = pd.DataFrame({"household_id": homes["household_id"].to_numpy(), "kind": kind, "applied_on": applied_on,
                             "reviewed_on": reviewed_on, "reviewers": 30 + steps[:, 6] * 4, "notice_from": notice_from,
                             "notice_to": notice_to, "township_on": township_on, "county_on": county_on, "announced_on": announced})
        part["acknowledged"] = pd.array([True if kind == "退出" else None] * len(part), dtype="boolean")
        parts.append(part)
    frame = pd.concat(parts).sort_values(["household_id", "announced_on"], ignore_index=True)
    for column in frame.columns[frame.columns.str.endswith("_on") | frame.columns.str.startswith("notice_")]:
        frame[column] = frame[column].astype("datetime64[us]")
    frame["household_id"], frame["kind"] = text(frame["household_id"]), text(frame["kind"])
    frame["reviewers"] = frame["reviewers"].astype("Int64")
    return frame


def plans_table(population: Population, pairings: pd.DataFrame, year: int) -> pd.DataFrame:
    """A plan of the first helper for every pairing that touches the year."""
    rng = np.random.default_rng(stream(population.seed, "plans", year))
    opening, close = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    first = pairings[(pairings["role"] == "first") & (pairings["start_on"] <= close)
                     & ~(pairings["end_on"] < opening)].reset_index(drop=True)
    n = len(first)
    words = np.array(MEASURES)
    picks = np.sort(rng.integers(0, len(words), (n, 3)), axis=1)
    measures = ["、".join(dict.fromkeys(words[row])) for row in picks]
    begin = first["start_on"].clip(lower=opening)
    signed = (begin + pd.to_timedelta(rng.integers(3, 40, n), unit="D")).clip(upper=close)
    return pd.DataFrame({
        "household_id": first["household_id"], "helper_id": first["helper_id"],
        "year": pd.array([year] * n, dtype="Int64"), "measures": text(measures),
        "expected_gain": pd.array(rng.integers(20, 70, n) * 10000, dtype="Int64"), "signed_on": signed.dt.as_unit("us"),
    })


def exit_targets_table(households: pd.DataFrame, year: int) -> pd.DataFrame:
    """What each town was to bring out of poverty in the year and in the two before: somewhat less than it did."""
    return pd.concat([_targets_of(households, y) for y in range(year - 2, year + 1)], ignore_index=True)


def _targets_of(households: pd.DataFrame, year: int) -> pd.DataFrame:
    done = households[(households["status"] == "已脱贫") & (households["exit_on"].dt.year == year)].groupby("town").agg(homes=("household_id", "size"), people=("family_size", "sum"))
    done = done.reindex(sorted(households["town"].unique()), fill_value=0)
    return pd.DataFrame({
        "year": pd.array([year] * len(done), dtype="Int64"), "town": text(done.index.to_numpy()),
        "planned_households": pd.array((done["homes"] * 4 // 5).to_numpy(), dtype="Int64"),
        "planned_people": pd.array((done["people"] * 4 // 5 - 5).clip(lower=0).to_numpy(), dtype="Int64"),
    })
