"""Helpers and pairings: a first helper for each household, a second one for at most five, and orderly handovers."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample import names
from bangfu.sample.identity import id_numbers
from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

DEADLINE = np.datetime64("2018-03-25", "us")  # laizhou-2018-8 四(二)
HANDOVERS = 0.02  # first helpers relieved in each year
TITLES = ["科员", "副科长", "科长", "主任科员", "教师", "医师", "工程师", "副主任", "站长"]


def draw(population: Population) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Helpers (one row each) and pairings (all of the run, with the dates as they will turn out)."""
    rng = np.random.default_rng(stream(population.seed, "pairs"))
    homes = population.households
    n = len(homes)
    start = _starts(rng, homes, population.first_year)
    first = pd.DataFrame({"household_id": homes["household_id"], "helper": np.arange(n), "start_on": start})
    first["end_on"], first["change_filed_on"] = pd.NaT, pd.NaT
    chains, next_helper = [], n
    for year in range(population.first_year, population.first_year + population.years):
        ripe = np.flatnonzero((first["start_on"] < pd.Timestamp(year, 1, 1)).to_numpy())
        leaving = np.sort(rng.permutation(ripe)[: max(1, round(len(ripe) * HANDOVERS))])
        end = pd.to_datetime(np.array([np.datetime64(f"{year}-03-20")] * len(leaving)) + rng.integers(0, 200, len(leaving)).astype("m8[D]"))
        early = np.where(rng.random(len(leaving)) < 0.4, 0, rng.integers(1, 30, len(leaving)))
        filed = pd.to_datetime([day - pd.DateOffset(months=2) - pd.Timedelta(days=int(e)) for day, e in zip(end, early)])
        past = first.iloc[leaving].copy()
        past["end_on"], past["change_filed_on"] = end, filed
        chains.append(past)
        first.loc[leaving, "helper"] = next_helper + np.arange(len(leaving))
        first.loc[leaving, "start_on"] = end + pd.Timedelta(days=1)
        next_helper += len(leaving)
    first = pd.concat([*chains, first], ignore_index=True)
    second, n_second = _second(homes, start, next_helper)
    first["role"], second["role"] = "first", "second"
    pairings = pd.concat([first, second], ignore_index=True)
    helpers = _helpers(rng, population, next_helper, n_second, second)
    pairings["helper_id"] = text(helpers["helper_id"].to_numpy()[pairings["helper"]])
    pairings["helper_name"] = text(helpers["name"].to_numpy()[pairings["helper"]])
    pairings["household_name"] = text(homes.set_index("household_id")["head_name"].reindex(pairings["household_id"]).to_numpy())
    for column in ("start_on", "end_on", "change_filed_on"):
        pairings[column] = pd.to_datetime(pairings[column]).dt.as_unit("us")
    pairings["role"] = text(pairings["role"])
    columns = ["household_id", "household_name", "helper_id", "helper_name", "role", "start_on", "end_on", "change_filed_on"]
    return helpers, pairings[columns]


def pairings_of(pairings: pd.DataFrame, year: int) -> pd.DataFrame:
    """The register of pairings as it stands at the end of the year: what begins or ends later is not in it yet."""
    close = pd.Timestamp(year, 12, 31)
    seen = pairings[(pairings["start_on"] <= close)].copy()
    later = seen["end_on"] > close
    seen.loc[later, ["end_on", "change_filed_on"]] = pd.NaT
    return seen.reset_index(drop=True)


def _starts(rng, homes, first_year) -> pd.Series:
    """Paired in March of the year before the first, or within three weeks of being identified later than that; by the deadline of 2018 who was known by then."""
    campaign = np.datetime64(f"{first_year - 1}-03-12") + rng.integers(0, 10, len(homes)).astype("m8[D]")
    own = homes["identified_on"].to_numpy() + rng.integers(0, 21, len(homes)).astype("m8[D]")
    known = homes["identified_on"].to_numpy() <= DEADLINE
    own = np.where(known, np.minimum(own, DEADLINE), own)
    return pd.Series(np.maximum(campaign.astype("M8[us]"), own.astype("M8[us]")))


def _second(homes, start, first_free) -> tuple[pd.DataFrame, int]:
    """Village by village, five households to a second helper."""
    order = np.argsort(homes["village_code"].to_numpy(), kind="stable")
    village = homes["village_code"].to_numpy()[order]
    turn = pd.Series(village).groupby(village).cumcount().to_numpy() // 5
    helper, _ = pd.factorize(pd.MultiIndex.from_arrays([village, turn]))
    frame = pd.DataFrame({"household_id": homes["household_id"].to_numpy()[order], "helper": helper + first_free,
                          "start_on": start.to_numpy()[order]})
    frame["end_on"], frame["change_filed_on"] = pd.NaT, pd.NaT
    return frame, int(helper.max()) + 1


def _helpers(rng, population, n_first, n_second, second) -> pd.DataFrame:
    n = n_first + n_second
    sex = np.where(rng.random(n) < 0.55, "男", "女")
    born = np.datetime64(f"{population.first_year - 57}-01-01") + rng.integers(0, 32 * 365, n).astype("m8[D]")
    units = names.units(population.name, population.town_names, max(12, n_first // 10))
    villages = population.villages.set_index("village_code")
    homes = population.households.set_index("household_id")
    at = homes["village_code"].reindex(second.drop_duplicates("helper").sort_values("helper")["household_id"]).to_numpy()
    committee = [f"{town}{village}村民委员会".replace("村村民", "村民") for town, village in
                 villages.loc[at, ["town", "village"]].itertuples(index=False)]
    return pd.DataFrame({
        "helper_id": text([f"ZR{i:06d}" for i in range(1, n + 1)]),
        "name": text(names.people(rng, sex)),
        "id_number": text(id_numbers(_next_area(population.code), born, sex)),
        "unit": text(np.concatenate([np.array(units, object)[rng.integers(0, len(units), n_first)], committee])),
        "title": text(np.concatenate([rng.choice(TITLES, n_first), np.full(n_second, "村干部")])),
        "phone": text(names.phones(5_000_000, n)),
    })


def _next_area(code: str) -> str:
    """Officials come from the area next door, so that no number of theirs is a household member's."""
    return f"{int(code) + 1:06d}"
