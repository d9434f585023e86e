"""Who is named where: each place of a row that names a person, and which of these places name the same person.

A person with an id number is known by it. Without one, a person is known within a place only: a member by household and
name, a helper by the helper's number, an applicant by the name as written. Two such are joined to others as a suggestion
at most (see `likeness`).
"""

from dataclasses import dataclass

import pandas as pd

from bangfu import identity
from bangfu.relations.names import persons, written_alike
from bangfu.relations.settings import Names


@dataclass(frozen=True)
class Place:
    """Columns of a table that name a person, and the role in which they do; `own` tells one from another without an id number."""

    table: str
    role: str
    own: tuple[str, ...]
    id_number: str | None = None
    name: str | None = None
    household: str | None = None
    unit: str | None = None
    born_on: str | None = None
    sex: str | None = None
    only_persons: bool = False  # the column holds units as well


PLACES = [
    Place("members", "member", ("household_id", "name"), "id_number", "name", "household_id", born_on="born_on", sex="sex"),
    Place("households", "head", ("household_id", "head_name"), "head_id_number", "head_name", "household_id"),
    Place("helpers", "helper", ("helper_id",), "id_number", "name", unit="unit"),
    Place("payroll", "payroll", ("unit", "name"), "id_number", "name", unit="unit"),
    Place("projects", "representative", ("contractor", "legal_representative"), "legal_representative_id", "legal_representative"),
    Place("businesses", "business", (), "id_number"),
    Place("vehicles", "vehicle", (), "id_number"),
    Place("properties", "property", (), "id_number"),
    Place("deaths", "dead", ("name",), "id_number", "name"),
    Place("benefits", "beneficiary", ("household_id", "name"), "id_number", "name", "household_id"),
    Place("benefits", "holder", ("account_no", "account_name"), name="account_name", only_persons=True),
    Place("accounts", "holder", ("account_no", "account_name"), name="account_name", only_persons=True),
    Place("ledger", "holder", ("counterparty_account", "counterparty_name"), name="counterparty_name", only_persons=True),
    Place("claims", "applicant", ("applied_by",), name="applied_by"),
    Place("claims", "approver", ("approved_by",), name="approved_by"),
    Place("ledger", "applicant", ("applied_by",), name="applied_by"),
    Place("ledger", "approver", ("approved_by",), name="approved_by"),
]

COLUMNS = ["node", "county", "table", "role", "origin", "name", "written", "id_number", "sound", "household_id", "unit", "born_on", "sex"]


def mentions(tables: dict[str, pd.DataFrame], county: str, names: Names) -> pd.DataFrame:
    """Every place that names a person, a row each (columns `COLUMNS`).

    node is the person (text), name the name as it stands, written its form for comparison (`written_alike`), id_number of
    18 characters or missing, sound whether its check character is right.
    """
    households = _households_by_account(tables)
    parts = [_of(place, tables[place.table], county, names, households) for place in PLACES if place.table in tables]
    found = pd.concat(parts, ignore_index=True)
    found["node"] = _nodes(found)
    return found.dropna(subset="node")[COLUMNS].reset_index(drop=True)


def _households_by_account(tables: dict[str, pd.DataFrame]) -> pd.Series:
    """The household of each account that one household alone has; it may be its own member that holds it."""
    if "households" not in tables or "account_no" not in tables["households"]:
        return pd.Series(dtype="str")
    known = tables["households"][["account_no", "household_id"]].dropna().drop_duplicates()
    return known[~known["account_no"].duplicated(keep=False)].set_index("account_no")["household_id"]


def _of(place: Place, frame: pd.DataFrame, county: str, names: Names, households: pd.Series) -> pd.DataFrame:
    def column(name: str | None) -> pd.Series:
        return frame[name] if name and name in frame else pd.Series(None, index=frame.index, dtype="str")

    rows = pd.DataFrame({"origin": frame["origin"], "name": column(place.name), "id_number": identity.eighteen(column(place.id_number))})
    rows["written"] = written_alike(rows["name"], names)
    rows["sound"] = identity.valid(rows["id_number"]).fillna(False).astype(bool)
    rows["id_number"] = rows["id_number"].where(rows["id_number"].str.fullmatch("[0-9]{17}[0-9X]").fillna(False).astype(bool))
    rows["household_id"], rows["unit"] = column(place.household), column(place.unit)
    stated = column(place.born_on) if place.born_on in frame else pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    rows["born_on"] = identity.born_on(rows["id_number"].where(rows["sound"])).fillna(stated)
    rows["sex"] = identity.sex(rows["id_number"].where(rows["sound"])).fillna(column(place.sex))
    # What tells one person from another where there is no id number: all of it, or nothing is told.
    own = pd.Series(f"{county}:{_PLACE_OF.get(place.role, place.role)}", index=frame.index, dtype="str") if place.own else column(None)
    for name in place.own:
        own = own + ":" + (rows["written"] if name == place.name else column(name))
    rows["own"] = own
    if place.role == "holder":
        home = column(place.own[0]).map(households).astype("str")
        rows["own"] = (f"{county}:household:" + home + ":" + rows["written"]).fillna(own)
    if place.only_persons:
        rows = rows[persons(rows["written"], names)]
    return rows.assign(county=county, table=place.table, role=place.role).dropna(subset=["id_number", "own"], how="all")


# The head and the beneficiary are members of a household, by whatever table they are named.
_PLACE_OF = {"member": "household", "head": "household", "beneficiary": "household"}


def _nodes(found: pd.DataFrame) -> pd.Series:
    """The person of each place: by the id number; with a wrong check character by number and name; else by its own place.

    A place of a household without an id number is the member of that household with that name, where one is known.
    """
    by_number = "person:" + found["id_number"]
    doubtful = found["id_number"].notna() & ~found["sound"]
    by_number = by_number.mask(doubtful, by_number + ":" + found["written"])
    known = found[by_number.notna() & found["own"].notna()]
    numbers = pd.DataFrame({"own": known["own"], "node": by_number[known.index]}).drop_duplicates()
    numbers = numbers[~numbers["own"].duplicated(keep=False)].set_index("own")["node"]
    return by_number.fillna(found["own"].map(numbers)).fillna("person:" + found["own"])


def profiles(found: pd.DataFrame) -> pd.DataFrame:
    """What is known of each person, by node: name (the most frequent), names (all, as compared), roles, born_on, doubt.

    doubt: the id number stands beside different names, or its check character is wrong (text zh; missing = none).
    """
    named = found.dropna(subset="written")
    counted = named.groupby(["node", "written"], sort=True).agg(name=("name", "first"), times=("origin", "size")).reset_index()
    counted = counted.sort_values(["node", "times", "written"], ascending=[True, False, True], kind="stable")
    first = counted.drop_duplicates("node").set_index("node")
    several = counted.groupby("node")["written"].agg(list)
    persons_ = found.drop_duplicates("node").set_index("node")
    table = pd.DataFrame({"name": first["name"].reindex(persons_.index), "written": first["written"].reindex(persons_.index)})
    table["names"] = several.reindex(persons_.index)
    table["id_number"] = persons_["id_number"]
    table["born_on"] = found.groupby("node")["born_on"].first().reindex(persons_.index)
    table["sound"] = persons_["sound"] & persons_["id_number"].notna()
    other_names = table["names"].str.len().fillna(1) > 1
    wrong = table["id_number"].notna() & ~table["sound"]
    table["doubt"] = pd.Series(None, index=table.index, dtype="str").mask(wrong, "check").mask(other_names & table["sound"], "names")
    roles = found.drop_duplicates(["node", "role"]).groupby("node")["role"].agg(tuple)
    table["roles"] = roles.reindex(table.index)
    return table
