"""Rules about pairings and visits, held against their definitions written out day by day and row by row, on random small registers."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest

from bangfu.audit import apply
from bangfu.duty import paired_all_year
from bangfu.params import read_pack

YEAR = 2019
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
FOREVER = date(2100, 1, 1)
RULES = read_pack("laizhou-2018-8").rules
HOMES, HELPERS = ["H1", "H2", "H3"], ["R1", "R2"]
EDGES = [FIRST, FIRST - timedelta(1), LAST, LAST + timedelta(1), date(YEAR, 2, 28), date(YEAR, 3, 1), date(YEAR, 6, 30), date(YEAR, 7, 1)]


def a_day(rng):
    return rng.choice([*EDGES, *(date(2018, 6, 1) + timedelta(rng.randrange(700)) for _ in range(4))])


def register(seed):
    """Up to six pairings and sixty contacts of three households and two helpers, with dates at the edges of periods."""
    rng = random.Random(seed)
    pairings = []
    for _ in range(rng.randint(1, 6)):
        start = a_day(rng)
        end = rng.choice([None, max(start, a_day(rng)), start + timedelta(rng.randrange(300))])
        pairings.append({"household_id": rng.choice(HOMES), "helper_id": rng.choice(HELPERS), "role": rng.choice(["first", "first", "second"]), "start_on": start, "end_on": end})
    visits = [
        {"visit_id": f"V{i}", "household_id": rng.choice(HOMES), "helper_id": rng.choice(HELPERS), "visited_at": a_day(rng), "mode": rng.choice(["home", "telephone"])}
        for i in range(rng.randrange(60))
    ]
    return pairings, visits


def holds(pairing, day):
    return pairing["start_on"] <= day <= (pairing["end_on"] or FOREVER)


def in_year(pairing):
    return pairing["start_on"] <= LAST and (pairing["end_on"] or FOREVER) >= FIRST


def of(rows, **equal):
    return [row for row in rows if all(row[name] == value for name, value in equal.items())]


def missed(pairings, visits, role, mode, months):
    """The helpers of a pairing that covers a period in which they did not see or call the household."""
    starts = [date(YEAR, month, 1) for month in range(1, 13, months)] + [LAST + timedelta(1)]
    spans = [(first, following - timedelta(1)) for first, following in zip(starts, starts[1:], strict=False)]
    return {
        p["helper_id"]
        for p in of(pairings, role=role)
        for first, last in spans
        if p["start_on"] <= first and last <= (p["end_on"] or FOREVER)
        and not any(first <= v["visited_at"] <= last for v in of(visits, household_id=p["household_id"], helper_id=p["helper_id"], mode=mode))
    }  # fmt: skip


def without_first(pairings, visits):
    return {home for home in HOMES if not any(in_year(p) for p in of(pairings, household_id=home, role="first"))}


def interrupted(pairings, visits):
    """Between the starts of two pairings that reach into the year a day is nobody's, or 31 December is."""
    found = set()
    for home in HOMES:
        first = [p for p in of(pairings, household_id=home, role="first") if in_year(p)]
        starts = [p["start_on"] for p in first]
        days = [min(starts) + timedelta(i) for i in range((max(starts) - min(starts)).days)] + [LAST] if starts else []
        if not all(any(holds(p, day) for p in first) for day in days):
            found.add(home)
    return found


def several(role, most):
    def helpers(pairings, visits):
        days = {p["start_on"] for p in pairings}
        return {h for h in HELPERS for day in days if len({p["household_id"] for p in of(pairings, helper_id=h, role=role) if holds(p, day)}) > most}

    return helpers


def unpaired(pairings, visits):
    return {v["visit_id"] for v in visits if not any(holds(p, v["visited_at"]) for p in of(pairings, household_id=v["household_id"], helper_id=v["helper_id"]))}


DEFINITIONS = {
    "HP-01": without_first,
    "HP-03": interrupted,
    "HP-05": several("first", 1),
    "HV-01": lambda pairings, visits: missed(pairings, visits, "first", "home", 2),
    "HV-02": lambda pairings, visits: missed(pairings, visits, "first", "telephone", 1),
    "HV-03": lambda pairings, visits: missed(pairings, visits, "second", "home", 1),
    "HV-05": unpaired,
}


def table(rows, columns):
    frame = pd.DataFrame(rows, columns=columns)
    for name in columns:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]") if name.endswith(("_on", "_at")) else frame[name].astype("str")
    return frame.assign(origin=range(len(frame)))


@pytest.mark.parametrize("rule_id", DEFINITIONS)
def test_the_rule_finds_what_its_definition_says(rule_id):
    findings = 0
    for seed in range(60):
        pairings, visits = register(seed)
        tables = {
            "households": table([{"household_id": home} for home in HOMES], ["household_id"]),
            "pairings": table(pairings, ["household_id", "helper_id", "role", "start_on", "end_on"]),
            "visits": table(visits, ["visit_id", "household_id", "helper_id", "visited_at", "mode"]),
        }
        found = set(apply(RULES[rule_id], tables, YEAR).found.rows["subject"])
        assert found == DEFINITIONS[rule_id](pairings, visits), f"seed {seed}"
        findings += len(found)
    assert findings > 20


def test_paired_all_year_is_paired_on_every_day():
    year, found = [FIRST + timedelta(i) for i in range(365)], 0
    for seed in range(60):
        pairings, _ = register(seed)
        expected = {home for home in HOMES if all(any(holds(p, day) for p in of(pairings, household_id=home)) for day in year)}
        assert set(paired_all_year(table(pairings, ["household_id", "helper_id", "role", "start_on", "end_on"]), YEAR)) == expected, f"seed {seed}"
        found += len(expected)
    assert 20 < found < 160
