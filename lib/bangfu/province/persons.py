"""Persons who appear in more than one county, by their id number: registered twice, helping twice, poor here and on the payroll there.

Two rows are of one person where their id numbers agree exactly (numbers of 15 digits written out to 18). Where the check
character is wrong the names must agree too, and where names differ beside one number it is to be checked: as `relations` holds.
Likeness without an id number is not looked for across a province; `relations` does that for chosen counties.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from bangfu import identity
from bangfu.province.tables import Tables, eighteen
from bangfu.relations import read_settings
from bangfu.relations.names import written_alike
from bangfu.relations.persons import PLACES


class Kind(NamedTuple):
    """A person of interest: in a role of `here` in one county and in one of `there` in another."""

    zh: str
    en: str
    here: tuple[str, ...]
    there: tuple[str, ...]


_POOR, _OFFICIAL = ("member", "head"), ("helper", "payroll")
KINDS = {
    "registered": Kind("两县同为贫困户成员", "Household members in two counties", _POOR, _POOR),
    "paid": Kind("两县都领取补助", "Paid benefits in two counties", ("beneficiary",), ("beneficiary",)),
    "official": Kind("一县登记为贫困户或领补助,另一县是帮扶责任人或财政供养人员", "Poor or paid in one county, a helper or on the payroll in another", (*_POOR, "beneficiary"), _OFFICIAL),
    "dead": Kind("一县登记死亡,另一县死后仍发补助", "Registered dead in one county, paid afterwards in another", ("dead",), ("beneficiary",)),
    "firm": Kind("一县施工单位法定代表人,另一县是帮扶责任人或财政供养人员", "A contractor's legal representative in one county, a helper or on the payroll in another", ("representative",), _OFFICIAL),
    "helper": Kind("两县同为帮扶责任人", "Helpers in two counties", ("helper",), ("helper",)),
    "payroll": Kind("两县同为财政供养人员", "On the payroll in two counties", ("payroll",), ("payroll",)),
    "representative": Kind("两县同为施工单位法定代表人", "Contractors' legal representatives in two counties", ("representative",), ("representative",)),
}  # fmt: skip

_ROLES = {role for kind in KINDS.values() for role in (*kind.here, *kind.there)}
_NUMBERED = [p for p in PLACES if p.id_number and p.role in _ROLES]
_DAY = {"dead": "died_on", "beneficiary": "paid_on"}
_SUBJECT = {"member": "household_id", "head": "household_id", "beneficiary": "household_id", "helper": "helper_id", "representative": "contractor", "payroll": "unit"}
COLUMNS = ["kind", "person", "name", "counties", "places", "rows", "amount", "status"]


def crossing(tables: Tables) -> pd.DataFrame:
    """A row per kind and person: kind (of `KINDS`), person (id number), name, counties (codes, text), places (list of (county, role, subject)),
    rows (list of (county, origin)), amount (fen of benefits concerned, missing where none), status (exact, doubtful).

    Only the rows of persons who stand in two counties are taken out of DuckDB. A place is told once however many rows it has.
    """
    found = _statements(tables)
    parts = [_of_kind(name, kind, found) for name, kind in KINDS.items()]
    return pd.DataFrame([row for part in parts for row in part], columns=COLUMNS).astype({"amount": "Int64"})


def _statements(tables: Tables) -> pd.DataFrame:
    """The rows that name, with an id number, a person named in two counties: county, role, id_number, name, written, subject, day, amount, origin, person, sound."""
    each = " UNION ALL ".join(
        f"SELECT county, '{p.role}' AS role, {eighteen(p.id_number)} AS id_number, {p.name or 'NULL'} AS name, {_SUBJECT.get(p.role, 'NULL')} AS subject, "
        f"{_DAY.get(p.role, 'CAST(NULL AS TIMESTAMP)')} AS day, {'amount' if p.role == 'beneficiary' else 'CAST(NULL AS BIGINT)'} AS amount, origin FROM table_{p.table} WHERE {p.id_number} IS NOT NULL"
        for p in _NUMBERED
    )
    tables.connection.execute(f"CREATE OR REPLACE VIEW _said AS {each}")
    rows = tables.ask(
        """
        WITH twice AS (SELECT id_number FROM _said WHERE regexp_full_match(id_number, '[0-9]{17}[0-9X]') GROUP BY id_number HAVING min(county) < max(county))
        SELECT s.* FROM _said AS s SEMI JOIN twice USING (id_number) ORDER BY id_number, county, role, origin
        """
    )
    rows["written"] = written_alike(rows["name"], read_settings().names)
    rows["sound"] = identity.valid(rows["id_number"]).fillna(False).astype(bool)
    rows["person"] = rows["id_number"].where(rows["sound"], rows["id_number"] + ":" + rows["written"])
    return rows.dropna(subset="person").reset_index(drop=True)


def _of_kind(name: str, kind: Kind, found: pd.DataFrame) -> list[dict]:
    row = ["person", "county", "role", "origin"]
    here, there = found[found["role"].isin(kind.here)], found[found["role"].isin(kind.there)]
    pairs = here[[*row, "day"]].merge(there[[*row, "day"]], on="person", suffixes=("", "_there"))
    pairs = pairs[pairs["county"] != pairs["county_there"]]
    if name == "dead":
        pairs = pairs[pairs["day_there"] > pairs["day"]]
    other = pairs[["person", *(f"{c}_there" for c in row[1:])]].set_axis(row, axis=1)
    concerned = found.merge(pd.concat([pairs[row], other]).drop_duplicates(), on=row)
    return [_told(name, person, rows) for person, rows in concerned.groupby("person", sort=True)]


def _told(kind: str, person: str, rows: pd.DataFrame) -> dict:
    names = rows["written"].dropna()
    places = list(dict.fromkeys(zip(rows["county"], rows["role"], rows["subject"].fillna(""), strict=True)))
    return {
        "kind": kind, "person": rows["id_number"].iat[0], "name": names.mode().iat[0] if len(names) else None, "counties": "|".join(sorted(rows["county"].unique())), "places": places,
        "rows": list(zip(rows["county"], rows["origin"].astype(int), strict=True)), "amount": rows["amount"].sum(min_count=1), "status": "exact" if rows["sound"].all() and names.nunique() <= 1 else "doubtful",
    }  # fmt: skip
