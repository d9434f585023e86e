"""The satisfaction survey and the book of complaints."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

VILLAGES_PER_TOWN = 4
HOUSEHOLDS_PER_VILLAGE = 16
SATISFIED = 0.955  # answers 4 and 5 to the overall question
STRAIGHT = 0.10  # honest respondents who give five equal answers
ITEMS = ["q_helper", "q_measures", "q_results", "q_fairness", "q_policy"]


def survey_table(population: Population, households: pd.DataFrame, visits: pd.DataFrame, first: pd.DataFrame, year: int) -> pd.DataFrame:
    """Strata are towns, four villages in each, up to sixteen households in a village; three interviewers to a town.

    The shares of satisfied and of equal answers are the same for every village and interviewer but for rounding, so
    that no test has anything to find. first: the first-helper pairings, whose home visits the respondents remember.
    """
    rng = np.random.default_rng(stream(population.seed, "survey", year))
    drawn = []
    for number, town in enumerate(population.town_names):
        villages = np.sort(households.loc[households["town"] == town, "village_code"].unique())
        for village in rng.permutation(villages)[:VILLAGES_PER_TOWN]:
            homes = households[households["village_code"] == village]
            drawn.append(homes.iloc[rng.permutation(len(homes))[:HOUSEHOLDS_PER_VILLAGE]].assign(team=number))
    homes = pd.concat(drawn, ignore_index=True)
    n = len(homes)
    answers = pd.DataFrame({item: rng.choice([5, 4, 3], n, p=[0.62, 0.33, 0.05]) for item in ITEMS})
    interviewer = homes["team"] * 3 + homes.groupby("team").cumcount() % 3 + 1
    _straighten(rng, answers, interviewer.to_numpy())
    pleased = _in_each(rng, homes["village_code"].to_numpy(), SATISFIED)
    overall = np.where(pleased, rng.choice([5, 4], n, p=[0.6, 0.4]), rng.choice([3, 2], n, p=[0.8, 0.2]))
    keys = pd.MultiIndex.from_frame(first[["household_id", "helper_id"]])
    home = visits[visits["mode"] == "home"]
    made = home[pd.MultiIndex.from_frame(home[["household_id", "helper_id"]]).isin(keys)].groupby("household_id").size()
    made = made.reindex(homes["household_id"]).fillna(0).to_numpy(int)
    told = np.where((made <= 2) & (rng.random(n) < 0.3), 0, np.maximum(1, made + rng.integers(-2, 4, n)))
    at = np.datetime64(f"{year}-11-03") + rng.integers(0, 26, n).astype("m8[D]") + (rng.integers(8 * 60, 17 * 60, n)).astype("m8[m]")
    frame = pd.DataFrame({
        "response_id": text([f"DC{year}-{i:06d}" for i in range(1, n + 1)]), "household_id": homes["household_id"], "town": homes["town"],
        "village_code": homes["village_code"], "interviewer": text([f"访员{i:03d}" for i in interviewer]),
        "interviewed_at": pd.Series(at.astype("M8[us]")), "minutes": np.clip(np.round(np.exp(rng.normal(np.log(17), 0.35, n))), 4, 70),
    })
    for item in ITEMS:
        frame[item] = answers[item].astype("Int64")
    frame["overall"] = pd.array(overall, dtype="Int64")
    frame["knows_helper"] = pd.array(rng.random(n) < 0.97, dtype="boolean")
    frame["reported_visits"] = pd.array(told, dtype="Int64")
    return frame


def complaints_table(population: Population, households: pd.DataFrame, projects: pd.DataFrame, year: int) -> pd.DataFrame:
    """Complaints closed in up to sixty days and answered; the latest ones are still open and within their time."""
    rng = np.random.default_rng(stream(population.seed, "complaints", year))
    n = max(4, len(households) // 60)
    about = np.where(rng.random(n) < 0.6, rng.choice(households["household_id"].to_numpy(), n), rng.choice(projects["project_id"].to_numpy(), n))
    received = np.datetime64(f"{year}-01-04") + rng.integers(0, 300, n).astype("m8[D]")
    took = np.where(rng.random(n) < 0.15, 60, rng.integers(4, 60, n)).astype("m8[D]")
    feedback = received + took + rng.integers(0, 9, n).astype("m8[D]")
    still = rng.random(n) < 0.1
    received = np.where(still, np.datetime64(f"{year}-12-31") - rng.integers(0, 61, n).astype("m8[D]"), received)
    late = (received + took > np.datetime64(f"{year}-12-31")) | still
    nothing = np.datetime64("NaT")
    return pd.DataFrame({
        "complaint_id": text([f"XF{year}-{i:05d}" for i in range(1, n + 1)]), "received_on": pd.Series(received.astype("M8[us]")),
        "about": text(about), "category": text(rng.choice(["资金发放", "识别退出", "项目质量", "干部作风"], n)),
        "closed_on": pd.Series(np.where(late, nothing, received + took).astype("M8[us]")),
        "feedback_on": pd.Series(np.where(late, nothing, feedback).astype("M8[us]")),
        "outcome": text(np.where(late, None, rng.choice(["属实", "部分属实", "不属实"], n))),
    })


def _in_each(rng, groups, share) -> np.ndarray:
    """True for the share of every group, rounded at random to a whole number of rows."""
    order = rng.permutation(len(groups))
    turn = pd.Series(groups[order]).groupby(groups[order]).cumcount().to_numpy()
    start = pd.Series(groups[order]).map(dict(zip(np.unique(groups), rng.random(len(np.unique(groups)))))).to_numpy()
    result = np.empty(len(groups), bool)
    result[order] = np.floor((turn + 1) * share + start) > np.floor(turn * share + start)
    return result


def _straighten(rng, answers, interviewer) -> None:
    """Five equal answers for the same share of each interviewer's respondents, and for nobody else."""
    straight = _in_each(rng, interviewer, STRAIGHT)
    level = rng.choice([4, 5], len(answers))
    equal = answers.nunique(axis=1).to_numpy() == 1
    for item in ITEMS:
        answers.loc[straight, item] = level[straight]
    broken = equal & ~straight
    answers.loc[broken, "q_policy"] = np.where(answers.loc[broken, "q_helper"] == 4, 5, 4)
