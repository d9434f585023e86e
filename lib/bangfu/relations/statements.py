"""What rows say of two of them: a member of a household, a telephone of a helper, an account of a company.

A statement rests on one row. Persons are the nodes of `persons.mentions`; everything else is known by its number or name.
"""

from collections.abc import Iterator

import pandas as pd

from bangfu.relations.names import persons, written_alike
from bangfu.relations.settings import Names

COLUMNS = ["a", "b", "kind", "county", "table", "origin"]
# Statements about work and payments: shown, but nobody is related by them (a beneficiary does not stand behind the receiver).
DEALINGS = ("helps", "contract", "applied", "approved", "paid_into")


def statements(tables: dict[str, pd.DataFrame], county: str, found: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Every statement of a county's tables, a row each (columns `COLUMNS`); a and b are nodes, kind a word of `words.STEP`.

    found: the county's mentions of persons.
    """
    person = {(table, role): rows.set_index("origin")["node"] for (table, role), rows in found.groupby(["table", "role"])}
    parts = []
    for table, kind, a, b in _pairs(tables, county, person, names):
        frame = tables[table]
        part = pd.DataFrame({"a": a, "b": b, "origin": frame["origin"]}).dropna(subset=["a", "b"])
        parts.append(part.assign(kind=kind, county=county, table=table))
    return pd.concat(parts, ignore_index=True)[COLUMNS].astype({"a": "str", "b": "str"})


def _pairs(tables, county, person, names) -> Iterator[tuple[str, str, pd.Series, pd.Series]]:
    """(table, kind of statement, node, node), each node a series along the table's rows; missing where the row says nothing."""

    def who(table: str, role: str) -> pd.Series:
        known = person.get((table, role))
        return tables[table]["origin"].map(known) if known is not None else _none(tables[table])

    def node(table: str, kind: str, column: str, *, local: bool = False) -> pd.Series:
        frame = tables[table]
        return _none(frame) if column not in frame else _node(kind, frame[column], county if local else None)

    def company(table: str, column: str) -> pd.Series:
        frame = tables[table]
        if column not in frame:
            return _none(frame)
        written = written_alike(frame[column], names)
        return _node("company", written.mask(persons(written, names)))

    for table, role in (("members", "member"), ("households", "head")):
        if table in tables:
            yield table, "member_of", who(table, role), node(table, "household", "household_id", local=True)
    if "households" in tables:
        yield "households", "phone_of", node("households", "household", "household_id", local=True), _phone(tables["households"])
        yield "households", "account_of", node("households", "household", "household_id", local=True), node("households", "account", "account_no")
    if "helpers" in tables:
        yield "helpers", "phone_of", who("helpers", "helper"), _phone(tables["helpers"])
    if "benefits" in tables:
        yield "benefits", "paid_into", who("benefits", "beneficiary"), node("benefits", "account", "account_no")
        yield "benefits", "account_of", who("benefits", "holder"), node("benefits", "account", "account_no")
    if "accounts" in tables:
        yield "accounts", "account_of", who("accounts", "holder"), node("accounts", "account", "account_no")
        yield "accounts", "account_of", company("accounts", "account_name"), node("accounts", "account", "account_no")
    if "ledger" in tables:
        yield "ledger", "account_of", who("ledger", "holder"), node("ledger", "account", "counterparty_account")
        yield "ledger", "account_of", company("ledger", "counterparty_name"), node("ledger", "account", "counterparty_account")
    if "projects" in tables:
        yield "projects", "contract", company("projects", "contractor"), node("projects", "project", "project_id", local=True)
        yield "projects", "represents", who("projects", "representative"), company("projects", "contractor")
        yield "projects", "account_of", company("projects", "contractor"), node("projects", "account", "contractor_account")
    if "claims" in tables:
        yield "claims", "account_of", company("claims", "payee"), node("claims", "account", "payee_account")
    for table in ("claims", "ledger"):
        if table in tables:
            yield table, "applied", who(table, "applicant"), node(table, "project", "project_id", local=True)
            yield table, "approved", who(table, "approver"), node(table, "project", "project_id", local=True)
    if "businesses" in tables:
        yield "businesses", "position_in", who("businesses", "business"), company("businesses", "business_name")
    if "properties" in tables:
        yield "properties", "property_at", who("properties", "property"), node("properties", "address", "location", local=True)
    if "pairings" in tables and "helpers" in tables:
        helper = tables["helpers"].dropna(subset="helper_id").drop_duplicates("helper_id")
        known = helper.set_index("helper_id")["origin"].map(person.get(("helpers", "helper"), pd.Series(dtype="str")))
        yield "pairings", "helps", tables["pairings"]["helper_id"].map(known), node("pairings", "household", "household_id", local=True)


def _node(kind: str, values: pd.Series, county: str | None = None) -> pd.Series:
    return f"{kind}:" + (f"{county}:" if county else "") + values.astype("str")


def _phone(frame: pd.DataFrame) -> pd.Series:
    """The telephone's node: digits alone; fewer than seven, or one digit all along, are no number."""
    if "phone" not in frame:
        return _none(frame)
    digits = frame["phone"].str.replace(r"\D", "", regex=True)
    return _node("phone", digits.where((digits.str.len() >= 7) & ~digits.str.fullmatch(r"(\d)\1*")))


def _none(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(None, index=frame.index, dtype="str")
