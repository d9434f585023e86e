"""A county-year of twelve helpers whose cards can be computed by hand, and the card by which they are."""

from fractions import Fraction

import pandas as pd

from bangfu.assessment import Scorecard, Standards, assess_helpers
from bangfu.assessment.facts import GUARANTEES
from bangfu.corrections import NONE, Corrections
from bangfu.duty import Approved
from bangfu.parameters import Step

LADDER = (Step(1, "约谈", "talk"), Step(2, "通报批评", "criticism"))
# The year's points of a first helper: visits 30, calls 10, signed 10, plan 20, guarantees 10, answers 20; of a second: visits 50, answers 50.
CONTENT = {
    "title": "卡", "title_en": "card", "approved": True, "weights": {"regular": 50, "annual": 50}, "enough": 0.5, "held_months": 6,
    "cards": {
        "first": {
            "regular": {"daily": {"visits": 60, "calls": 20, "signed": 20}},
            "annual": {"plan": {"plan_made": 40}, "outcomes": {"guarantees": 20}, "satisfaction": {"q_helper": 40}},
        },
        "second": {"regular": {"daily": {"visits": 100}}, "annual": {"satisfaction": {"q_helper": 100}}},
    },
    "grades": [{"grade": "优秀", "from": 90}, {"grade": "称职", "from": 75}, {"grade": "基本称职", "from": 60}, {"grade": "不称职", "from": 0}],
    "vetoes": [{"rules": ["HV-06", "HV-07", "SS-05"], "cap": "不称职", "zh": "弄虚作假", "en": "fabrication"}],
    "rectification": {"days": 30, "zh": "限期整改", "en": "put right", "failing_zh": "取消资格", "failing_en": "removal"},
}  # fmt: skip
PAIRINGS = [
    ("H01", "R01", "first", "2018-03-20", None), ("H02", "R02", "first", "2019-07-01", None), ("H02", "R03", "first", "2018-03-20", "2019-06-30"),
    ("H03", "R04", "first", "2018-03-20", None), ("H04", "R04", "first", "2018-03-20", None), ("H05", "R05", "first", "2018-03-20", None),
    ("H06", "R06", "first", "2018-03-20", None), ("H07", "R07", "first", "2018-03-20", None), ("H08", "R08", "first", "2018-03-20", None),
    ("H09", "R09", "first", "2019-12-15", None), ("H01", "R10", "second", "2018-03-20", None), ("H05", "R10", "second", "2018-03-20", None),
    ("H10", "R11", "first", "2018-03-20", None),
]  # fmt: skip
ODD, ALL = (1, 3, 5, 7, 9, 11), tuple(range(1, 13))
# household, helper: months of home visits, months of calls
CONTACTS = {
    ("H01", "R01"): (ODD, ALL),
    ("H02", "R02"): ((7, 9), (7, 8, 9)),
    ("H02", "R03"): ((1, 3, 5), ALL[:6]),
    ("H03", "R04"): (ODD, ALL),
    ("H04", "R04"): ((1, 3, 5), ALL[:6]),
    ("H05", "R05"): (ODD, ALL),
    ("H06", "R06"): ((1, 5, 7, 9, 11), (1, 2, *ALL[4:])),
    ("H07", "R07"): ((1, 3, 7, 9, 11), ALL),
    ("H08", "R08"): (ODD, ALL),
    ("H01", "R10"): (ALL, ()),
    ("H05", "R10"): (ALL[:6], ()),
    ("H10", "R11"): ((1, 3, 5), ALL[:6]),
    ("H10", "R12"): ((7, 9, 11), ALL[6:]),
}
UNITS = {"R01": "甲局", "R02": "乙局", "R03": "乙局", "R04": "丙局", "R07": "丁局", "R10": "南镇政府"}


def card(**changes) -> Scorecard:
    return Scorecard.checked(CONTENT | changes, "test.yml")


def days(texts) -> pd.Series:
    return pd.to_datetime(pd.Series(list(texts), dtype="object")).astype("datetime64[us]")


def county() -> dict[str, pd.DataFrame]:
    """The tables; H02 has no safe water, one visit of R02 is not signed by the household, R05 and R02 have no plan, R04 one of two."""
    visits = [(h, r, f"2019-{m:02d}-10", "home") for (h, r), (homes, _) in CONTACTS.items() for m in homes]
    visits += [(h, r, f"2019-{m:02d}-20", "telephone") for (h, r), (_, calls) in CONTACTS.items() for m in calls]
    v = pd.DataFrame(visits, columns=["household_id", "helper_id", "visited_at", "mode"]).astype("str")
    unsigned = (v["helper_id"] == "R02") & (v["visited_at"] == "2019-09-10")
    v = v.assign(visit_id=[f"V{i:03d}" for i in range(len(v))], visited_at=days(v["visited_at"]), helper_signed=pd.array([True] * len(v), dtype="boolean"), household_signed=(~unsigned).astype("boolean"))
    homes = sorted({h for h, *_ in PAIRINGS})
    people = sorted({r for _, r in CONTACTS} | {r for _, r, *_ in PAIRINGS})
    p = pd.DataFrame(PAIRINGS, columns=["household_id", "helper_id", "role", "start_on", "end_on"])
    planned = [("H01", "R01"), ("H03", "R04"), ("H06", "R06"), ("H07", "R07"), ("H08", "R08"), ("H10", "R12")]
    tables = {
        "households": pd.DataFrame({"household_id": homes, "town": "南镇"} | {g: pd.array([not (h == "H02" and g == "water") for h in homes], dtype="boolean") for g in GUARANTEES}),
        "helpers": pd.DataFrame({"helper_id": people, "unit": pd.Series([UNITS.get(r) for r in people], dtype="str")}),
        "pairings": p[["household_id", "helper_id", "role"]].astype("str").assign(start_on=days(p["start_on"]), end_on=days(p["end_on"])),
        "visits": v,
        "plans": pd.DataFrame(planned, columns=["household_id", "helper_id"]).assign(year=pd.array([2019] * len(planned), dtype="Int64")),
        "survey": pd.DataFrame({"household_id": ["H01", "H03", "H04"], "q_helper": pd.array([4, 5, 3], dtype="Int64")}),
    }
    for number, frame in enumerate(tables.values()):
        frame["origin"] = (number << 32) + pd.Series(range(2, len(frame) + 2), dtype="int64")
    return tables


def assess(tables=None, by=None, findings=None, corrections: Corrections = NONE):
    by = by or card()
    standards = Standards(2, LADDER, held_months=by.held_months, approved=Approved(corrections, Fraction(1, 2)))
    return assess_helpers(tables or county(), 2019, by, standards, findings)


def found(*rows) -> pd.DataFrame:
    """A finding table of (rule, subject, status)."""
    return pd.DataFrame(rows, columns=["rule_id", "subject", "status"])
