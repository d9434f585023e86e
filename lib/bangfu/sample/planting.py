"""Planted cases: what is wrong on purpose in a made-up county, and the truth table of it.

Next to each rule stands its planting, so that a rule, its fixtures and its cases are one place:

    from bangfu.sample.planting import planted

    @planted("CM-01", share=0.008)
    def poor_household_with_a_car(county, n):
        homes = county.take("households", n)
        heads = county.tables["members"]
        owners = heads[heads["household_id"].isin(homes["household_id"]) & (heads["relation"] == "户主")]
        county.add("vehicles", id_number=owners["id_number"], plate=..., vehicle_type="小型轿车",
                   registered_on=county.day(3, 5))
        return homes["household_id"]

A planting returns the subjects (text) that its rule must now report, or a dict
{rule_id: subjects} when a case truthfully causes findings of other rules too. It gets

    n                  how many cases: `share` of the households (at least 1), or the fixed `n` of the decorator
    county.tables      the canonical typed tables (params/dictionary.yml), money in fen, Int64; change them
                       only through set, add and drop
    county.year, county.code, county.name, county.poverty_line (fen)
    county.rng         numpy Generator of this planting alone: a new rule changes no other planting
    county.rng_of(key) Generator that depends on the subject and not on the year, for details (a plate, an
                       address) that have to stay the same while the case persists from year to year
    county.parameter(rule_id, name, default)     a parameter of the policy pack
    county.day(month, day[, hour, minute])       a Timestamp of the audit year
    county.outsiders(n)  people who stand in no table yet: name, id_number, sex, born_on, phone

    county.take(table, n, where=None, one_per=None) -> DataFrame
        n rows that no planting has touched, with the index labels of the table, marked as touched with
        everything that hangs together with them:
          a household (or any row with household_id): the household and its first helpers
          a helper (or any row with helper_id): the helper, its households and their first helpers
          a project, claim or ledger row: the project; a ledger row without project: the row
          a fund: the fund and all its projects
          "towns", "units", "interviewers", "contractors": one row per value, itself only
        where: a boolean Series over county.tables[table], or a function table -> such a Series.
        one_per: at most one row for each value of that column, over all plantings that ask for the same
        (one_per="unit" keeps the missed visits of two helpers out of one unit).
        A county too small has fewer rows than asked: take returns what there is (perhaps none).
    county.rows(table, helper_id=..., mode="home") the rows with these values, looked up by the first of them without
                                                   going through the table: use it in a loop over cases, where
                                                   county.tables["visits"] costs a copy of all visits after each drop
    county.touch(table, rows)                      marks further rows the same way
    county.set(table, rows, column=value, ...)     value: scalar or one per row
    county.add(table, [rows,] column=value, ...)   new rows: copies of `rows` (if given) with new ids and the given
                                                   columns replaced; without `rows` the other columns are missing.
                                                   Values: scalars or equally long lists. Returns the new rows
    county.drop(table, rows)
        rows: a DataFrame of take or of county.tables, a boolean Series over the table, or ids (text or list) of
        the table's first column (members, vehicles, ...: id_number).

Try it: python -m bangfu.sample.trial CM-01 (plants the cases, applies every rule, prints what differs).

How many: a county of 1,200 households has about 140 projects, 60 funds and 20 complaints, so that rules on money
want share=0.0025 (three cases), others 0.005 or so; every rule of the catalogue has to find its share of room.

Things that hold in the clean county and that a planting has to leave true elsewhere: dropping a pairing leaves its
visits outside any pairing (drop them too); an id number that is changed no longer matches benefits and registers
(take members without them); a benefit that is dropped may be an entitlement; a claim is paid by the ledger row of its
txn_id with the same amount, project and fund. Balances of the ledger are computed again after all plantings.

Over several years a case lives on: of the subjects that a planting took in the year before, LASTING (70%) are taken
again, the others are mended; of those mended a year earlier, RETURNING (30%) come back; new ones fill up to n.
"""
from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

LASTING = 0.7
RETURNING = 0.3

_PLANTINGS: dict[str, "Planting"] = {}


@dataclass(frozen=True)
class Planting:
    """One kind of case: the rule it is for, how often it is planted, and the function that plants it."""

    rule_id: str
    plant: Callable
    share: float
    n: int | None = None

    @property
    def name(self) -> str:
        return f"{self.rule_id}:{self.plant.__name__}"

    def cases(self, households: int) -> int:
        """How many cases a county of that many households gets (at least 1)."""
        return self.n if self.n is not None else max(1, round(self.share * households))


def planted(rule_id: str, share: float = 0.005, n: int | None = None) -> Callable:
    """Registers a function (county, n) as a planting of the rule; several plantings of one rule are allowed.

    share: cases per household of the county (0.005 = one in 200). n: a fixed number instead, whatever the size.
    """

    def register(plant: Callable) -> Callable:
        planting = Planting(rule_id, plant, share, n)
        _PLANTINGS[planting.name] = planting
        return plant

    return register


def plantings() -> list[Planting]:
    """Every planting registered so far, in order of rule id and then of function name."""
    return [_PLANTINGS[name] for name in sorted(_PLANTINGS)]


def plant(county, only: set[str] | None = None, most: int | None = None) -> list[tuple[str, str]]:
    """Plants all cases (or those of the rules in `only`; at most `most` of a kind) and returns the truth: (rule_id, subject), sorted, each once."""
    truth: set[tuple[str, str]] = set()
    households = len(county.tables["households"])
    for planting in plantings():
        if only is not None and planting.rule_id not in only:
            continue
        county.begin(planting.name)
        cases = planting.cases(households)
        found = planting.plant(county, cases if most is None else min(cases, most))
        if not isinstance(found, dict):
            found = {planting.rule_id: found}
        for rule_id, subjects in found.items():
            truth.update((rule_id, str(subject)) for subject in subjects)
    county.settle()
    return sorted(truth)


def stream(*parts: object) -> list[int]:
    """Seeds for an independent random stream, named by its parts: the same on every machine and in every run."""
    return [part if isinstance(part, int) else zlib.crc32(str(part).encode()) for part in parts]
