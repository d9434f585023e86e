"""The four measures of the third-party review, as far as the tables that a county hands over can give them."""

from collections.abc import Collection

import pandas as pd
from pydantic import BaseModel, ConfigDict

from bangfu import satisfaction
from bangfu.parameters import Share, Words
from bangfu.stats.poverty import Measure, approval, composite_poverty_rate, missed_rate, wrong_exit_rate

EXITED = "已脱贫"
WRONG_EXIT_RULES = ("EX-01", "EX-02")


class ReviewStandards(BaseModel):
    """The official thresholds: three rates that must stay below theirs, approval that must reach its own; basis: where they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    composite_poverty_rate: Share
    wrong_exit_rate: Share
    missed_rate: Share
    approval: Share
    basis: Words


def measures(tables: dict[str, pd.DataFrame], wrong_exits: Collection[str] | None, standards: ReviewStandards) -> list[Measure]:
    """Approval, wrong-exit rate, missed rate and composite poverty rate, each beside its threshold.

    approval: of the households that answered how satisfied they are overall, those who said 满意 or 很满意; its interval is of the effective
    sample, by the design effect of the whole county. wrong_exits: the households (ids) whose exit the rules doubt, counted by persons among
    all exited ones, so without sampling error; None where those rules were not applied, and then the rate is not assessed. Households that
    were not registered stand in no table: the missed rate, and with it the composite rate, is not assessed.
    Source: the measures are those of 国开办发〔2017〕56号, read in public excerpts only.
    """
    persons = tables["members"].dropna(subset="household_id").groupby("household_id").size()
    homes = tables["households"].dropna(subset="household_id").drop_duplicates("household_id")
    persons = homes.set_index("household_id")["status"].to_frame().assign(persons=homes["household_id"].map(persons).fillna(0).astype(int).to_numpy())
    exited = persons.loc[(persons["status"] == EXITED).fillna(False), "persons"]
    doubted = 0 if wrong_exits is None else int(exited[exited.index.isin(list(wrong_exits))].sum())
    looked_at = 0 if wrong_exits is None else int(exited.sum())
    remaining = int(persons.loc[(persons["status"] != EXITED).fillna(False) & persons["status"].notna(), "persons"].sum())
    population = int(tables["villages"]["population_total"].sum()) if "population_total" in tables["villages"] else 0
    measured = [
        approval(*_answers(tables), deff=_design_effect(tables), threshold=standards.approval),
        wrong_exit_rate(doubted, looked_at, standards.wrong_exit_rate, census=True),
        missed_rate(0, 0, standards.missed_rate),
    ]
    if population > int(persons["persons"].sum()):
        missed = (0, 0, population - int(persons["persons"].sum()))
        measured.append(composite_poverty_rate(remaining, (doubted, looked_at, int(exited.sum())), missed, population, standards.composite_poverty_rate))
    return measured


def _answers(tables: dict[str, pd.DataFrame]) -> tuple[int, int]:
    """How many households approve, and how many were asked and answered."""
    if "survey" not in tables:
        return 0, 0
    satisfied = satisfaction.sample(tables)["satisfied"].dropna()
    return int(satisfied.sum()), len(satisfied)


def _design_effect(tables: dict[str, pd.DataFrame]) -> float:
    """How much wider than of a simple random sample the interval is; 1 where the survey cannot say."""
    towns = satisfaction.by_town(tables) if "survey" in tables else pd.DataFrame()
    effect = float("nan") if towns.empty else float(towns.iloc[-1]["deff"])
    return max(1.0, effect) if effect == effect else 1.0
