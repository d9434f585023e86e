"""Making a county: a folder of raw files for each year, the truth about them, and params to run them with."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from bangfu.sample import benefits, housing, incomes, ledger, money, monitoring, opinion, pairs, papers, payouts, population, register, registers, visits
from bangfu.sample.county import SampleCounty
from bangfu.sample.files import write_files
from bangfu.sample.planting import plant as plant_cases
from bangfu.sample.unreadable import plant_unreadable

POLICY = "laizhou-2018-8"
CODE, NAME = "999210", "澜泊县"
POVERTY_LINE = 380000  # fen per head; a county's own line, see the params written beside the files


def clean_counties(households: int = 1200, seed: int = 1, year: int = 2019, years: int = 1, code: str = CODE, name: str = NAME,
                   poverty_line: int = POVERTY_LINE, policy: str | None = None) -> Iterator[SampleCounty]:
    """County-years in which no rule finds anything, one after the other; the same households and helpers go on.

    households: registered by the end of the first year. poverty_line: fen per head and year.
    policy: the pack whose parameters the county is made for (standards of benefits, thresholds of plantings).
    """
    people = population.draw(households, seed, year, years, code, name)
    helpers, pairings = pairs.draw(people)
    accounts = ledger.accounts_table(people)
    funds, projects, claims = money.books(people, ledger.special_accounts(accounts))
    transactions, claims = ledger.ledger_of(people, accounts, funds, projects, claims)
    opening = ledger.openings(people, accounts) | {payouts.ACCOUNT: 0}
    accounts = payouts.with_paying_account(accounts)
    paid: dict[int, pd.DataFrame] = {}
    history = incomes.histories(people, poverty_line)
    memory: dict = {}
    for current in range(year, year + years):
        parameters = pack_parameters(policy, current) if policy else {}
        tables = {"villages": people.villages.copy()}
        members = register.members_table(people, current)
        size = members.groupby("household_id").size()
        homes = tables["households"] = register.households_table(people, current, history[current], size)
        tables["members"] = members
        tables["incomes"] = incomes.income_table(people, current, history[current], size, poverty_line)
        paired = pairs.pairings_of(pairings, current)
        tables["helpers"] = helpers[helpers["helper_id"].isin(paired["helper_id"])]
        tables["pairings"] = paired
        tables["plans"] = register.plans_table(people, paired, current)
        tables["visits"] = visits.visits_table(people, paired, current)
        tables["funds"], tables["projects"], tables["claims"] = money.as_of(funds, projects, claims, current)
        tables["accounts"] = accounts.copy()
        standard = parameters.get("BE-01", {}).get("standard")
        paid[current] = tables["benefits"] = benefits.benefits_table(people, members, homes, current, standard)
        shown = transactions[transactions["posted_on"] <= pd.Timestamp(current, 12, 31)]
        for each in paid:
            shown = payouts.with_payouts(shown, paid[each], each)
        tables["ledger"] = ledger.with_balances(shown, opening)
        tables["settlements"] = benefits.settlements_table(people, members, current)
        tables |= registers.register_tables(people, members, tables["helpers"], current)
        tables["survey"] = opinion.survey_table(people, homes, tables["visits"], paired[paired["role"] == "first"], current)
        tables["procedures"] = register.procedures_table(people, homes)
        tables["complaints"] = opinion.complaints_table(people, homes, tables["projects"], current)
        tables["relocations"] = housing.relocations_table(people, homes, current)
        tables["renovations"] = housing.renovations_table(people, homes, current)
        tables["project_papers"] = papers.papers_table(people, tables["projects"], current)
        tables["progress_checks"] = papers.progress_table(people, tables["claims"], current)
        tables["paying_accounts"] = payouts.paying_accounts(tables["benefits"])
        tables["spot_checks"] = monitoring.spot_checks_table(people, current)
        tables["monitored"] = monitoring.monitored_table(people, homes, tables["incomes"], current, poverty_line)
        tables["exit_targets"] = register.exit_targets_table(homes, current)
        free = people.outsiders.iloc[registers.outsiders_in_registers(people):]
        yield SampleCounty(tables, code=code, name=name, year=current, seed=seed, people=free, poverty_line=poverty_line,
                           parameters=parameters, memory=memory, opening=opening)


def make_county(folder: str | Path, households: int = 1200, seed: int = 1, year: int = 2019, years: int = 1, code: str = CODE, name: str = NAME,
                plant: bool = True, most: int | None = None, untidy: bool = True, poverty_line: int = POVERTY_LINE, policy: str = POLICY) -> pd.DataFrame:
    """Writes a made-up county: params.yml, and for each year <year>/raw/ with <year>/truth.csv and rejects.csv beside it.

    plant: with the cases that the rules have beside them, at most `most` of a kind (a case costs a copy of its table's columns: for large
    counties that are to be made in minutes). untidy: as offices hand files over, with unreadable cells.
    Returns what the rules must find: year, rule_id, subject.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    truths = []
    for county in clean_counties(households, seed, year, years, code, name, poverty_line, policy):
        at = folder / str(county.year)
        truth = pd.DataFrame(plant_cases(county, most=most) if plant else [], columns=["rule_id", "subject"], dtype="str")
        if untidy:
            plant_unreadable(county)
        rejects = write_files(county, at / "raw", untidy)
        truth.to_csv(at / "truth.csv", index=False)
        rejects.to_csv(at / "rejects.csv", index=False)
        truths.append(truth.assign(year=county.year))
    line = poverty_line // 100 if poverty_line % 100 == 0 else poverty_line / 100
    params = {"code": code, "name": name, "raw": "{year}/raw", "policy": policy, "overrides": {"poverty_line": line}}
    (folder / "params.yml").write_text(yaml.safe_dump(params, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return pd.concat(truths, ignore_index=True)[["year", "rule_id", "subject"]]


def pack_parameters(policy: str, year: int) -> dict[str, dict]:
    """The parameters of every rule of a policy pack as they hold at the end of the year (money in fen).

    Reading a pack loads the rules, and with them their plantings; they import bangfu.sample.planting, so it is read here.
    """
    from bangfu.params import read_pack

    end = date(year, 12, 31)
    return {rule_id: {name: value.at(end) for name, value in rule.values.items()} for rule_id, rule in read_pack(policy).rules.items()}
