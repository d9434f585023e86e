"""A made-up county in which some stand behind others on purpose, and some only seem to: the truth about it.

    county = next(clean_counties(households=1200))
    truth = plant_relations(county)          # contractor, person, steps, status of each planted relation
"""

from __future__ import annotations

import pandas as pd

from bangfu.sample.county import SampleCounty

SHARED_BY_MANY = 12  # households that give the village office's telephone as theirs
COLLECTED = 5  # households whose benefits end with one


def plant_relations(county: SampleCounty) -> pd.DataFrame:
    """Plants relations between contractors and officials and returns the truth: relation, contractor, person, steps, status.

    person: id number (of one without: household number) of who stands behind the contractor. Each planting has a contractor
    of its own; the last one's representative only bears a helper's name, so that nobody stands behind it.
    """
    county.begin("relations")
    plantings = [_himself, _member, _same_household, _same_telephone, _same_account, _same_company, _without_number, _other_name, _village_telephone, _namesake]
    firms = county.take("contractors", len(plantings))["contractor"].tolist()
    rows = [(plant.__name__[1:], firm, *case) for plant, firm in zip(plantings, firms, strict=True) for case in plant(county, firm)]
    return pd.DataFrame(rows, columns=["relation", "contractor", "person", "steps", "status"])


def plant_receivers(county: SampleCounty) -> pd.DataFrame:
    """Plants benefits of several households that end with one, and payments that only look so: receiver, households, amount (fen).

    One more household's benefit goes to an account in the name of its own member: no case.
    """
    county.begin("receivers")
    paid = county.tables["benefits"]
    homes = county.take("households", COLLECTED + 2, where=county.tables["households"]["household_id"].isin(paid["household_id"]))
    receiver, theirs, family = homes.iloc[0], homes.iloc[1 : COLLECTED + 1], homes.iloc[COLLECTED + 1]
    moved = paid["household_id"].isin(theirs["household_id"])
    county.set("benefits", moved, account_no=receiver["account_no"], account_name=receiver["head_name"])
    county.set("benefits", paid["household_id"].eq(family["household_id"]), account_no="6299999999999", account_name=family["head_name"])
    helper = county.rows("pairings", household_id=theirs["household_id"].iloc[0])["helper_id"].iloc[0]
    county.set("helpers", helper, phone=receiver["phone"])
    amount = int(county.tables["benefits"].loc[moved, "amount"].sum())
    return pd.DataFrame([{"receiver": receiver["household_id"], "households": COLLECTED, "amount": amount, "helper": helper}])


def plant_in_two_counties(first: SampleCounty, second: SampleCounty) -> pd.DataFrame:
    """Registers two members of the first county in the second as well, one of them without an id number there.

    Returns household (first), other_household, status. A third has but the name in common with somebody there: no case.
    """
    for county in (first, second):
        county.begin("two counties")
    mine, theirs = (_adults(c, 3) for c in (first, second))
    second.set("members", theirs.index[:1], **_of(mine.iloc[0], "name", "id_number", "born_on", "sex"))
    second.set("members", theirs.index[1:2], **_of(mine.iloc[1], "name", "born_on", "sex"), id_number=None)
    second.set("members", theirs.index[2:3], name=mine.iloc[2]["name"])
    pairs = [(mine.iloc[i]["household_id"], theirs.iloc[i]["household_id"], status) for i, status in enumerate(["exact", "suggested"])]
    return pd.DataFrame(pairs, columns=["household", "other_household", "status"])


def _himself(county: SampleCounty, firm: str):
    helper = _helper(county)
    _represented_by(county, firm, helper)
    return [(helper["id_number"], 1, "exact")]


def _member(county: SampleCounty, firm: str):
    member = _adults(county, 1).iloc[0]
    _represented_by(county, firm, member)
    return [(member["id_number"], 1, "exact")]


def _same_household(county: SampleCounty, firm: str):
    one, other = _adults(county, 2, together=True).to_dict("records")
    _represented_by(county, firm, one)
    _is_helper(county, other)
    return [(one["id_number"], 1, "exact"), (other["id_number"], 3, "exact")]


def _same_telephone(county: SampleCounty, firm: str):
    member, helper = _adults(county, 1).iloc[0], _helper(county)
    _represented_by(county, firm, member)
    county.set("helpers", helper["helper_id"], phone=county.rows("households", household_id=member["household_id"])["phone"].iloc[0])
    return [(member["id_number"], 1, "exact"), (helper["id_number"], 4, "exact")]


def _same_account(county: SampleCounty, firm: str):
    member = _adults(county, 1).iloc[0]
    account = county.rows("households", household_id=member["household_id"])["account_no"].iloc[0]
    county.set("projects", county.tables["projects"]["contractor"].eq(firm), contractor_account=account)
    _is_helper(county, member)
    return [(member["id_number"], 3, "exact")]


def _same_company(county: SampleCounty, firm: str):
    helper = _helper(county)
    county.add("businesses", id_number=helper["id_number"], business_name=firm, position="监事", founded_on=county.day(1, 5), registration_status="存续")
    return [(helper["id_number"], 1, "exact")]


def _without_number(county: SampleCounty, firm: str):
    member = _adults(county, 1).iloc[[0]]
    _represented_by(county, firm, member.iloc[0])
    county.set("members", member.index, id_number=None)
    return [(member["household_id"].iloc[0], 2, "suggested")]


def _other_name(county: SampleCounty, firm: str):
    helper = _helper(county)
    _represented_by(county, firm, {"name": "甘沃", "id_number": helper["id_number"]})
    return [(helper["id_number"], 1, "doubtful")]


def _village_telephone(county: SampleCounty, firm: str):
    """The representative's household and a helper's have the village office's telephone, as many others do: it tells of nothing."""
    homes = county.take("households", SHARED_BY_MANY)
    members = county.tables["members"]
    representative = members[members["household_id"] == homes["household_id"].iloc[0]].iloc[0]
    outsider = county.outsiders(1).iloc[0]
    county.set("households", homes, phone=outsider["phone"])
    county.set("helpers", _helper(county)["helper_id"], phone=outsider["phone"])
    _represented_by(county, firm, representative)
    return [(representative["id_number"], 1, "exact")]


def _namesake(county: SampleCounty, firm: str):
    """The representative bears a helper's name and is somebody else."""
    helper, outsider = _helper(county), county.outsiders(1).iloc[0]
    _represented_by(county, firm, {"name": helper["name"], "id_number": outsider["id_number"]})
    return []


def _helper(county: SampleCounty) -> pd.Series:
    registered = county.tables["members"]["id_number"]
    return county.take("helpers", 1, where=lambda t: t["id_number"].notna() & ~t["id_number"].isin(registered)).iloc[0]


def _adults(county: SampleCounty, n: int, *, together: bool = False) -> pd.DataFrame:
    """n grown-up members who are in no other table, one each of n households, or all of one household; their households are taken."""
    members, elsewhere = county.tables["members"], ["benefits", "businesses", "vehicles", "properties", "payroll", "deaths", "settlements"]
    free = ~members["id_number"].isin(pd.concat([county.tables[t]["id_number"] for t in elsewhere])) & members["relation"].ne("户主")
    grown = members[free & (members["born_on"] < county.day(1, 1) - pd.DateOffset(years=20))]
    size = grown.groupby("household_id")["name"].transform("size")
    grown = grown[size >= (n if together else 1)]
    homes = county.take("households", 1 if together else n, where=county.tables["households"]["household_id"].isin(grown["household_id"]))
    mine = grown[grown["household_id"].isin(homes["household_id"])]
    return mine.head(n) if together else mine.drop_duplicates("household_id")


def _represented_by(county: SampleCounty, firm: str, person) -> None:
    of = county.tables["projects"]["contractor"].eq(firm)
    county.set("projects", of, legal_representative=person["name"], legal_representative_id=person["id_number"])


def _is_helper(county: SampleCounty, person) -> None:
    county.set("helpers", _helper(county)["helper_id"], name=person["name"], id_number=person["id_number"])


def _of(row: pd.Series, *columns: str) -> dict:
    return {c: row[c] for c in columns}
