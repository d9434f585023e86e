"""The records that hold the money: each fen spent stands in exactly one of them.

A claim and the transaction that paid it are one and the same money. A transaction is therefore cut into its claims, in
order of date, and what is left of it after them; a claim that no transaction paid is a record by itself.
"""

from dataclasses import dataclass

import pandas as pd

from bangfu.entries import once

COLUMNS = ["record", "family", "amount", "on", "txn", "txn_id", "claim_id", "benefit_id", "fund_id", "project_id", "town"]
_NEEDED = {
    "ledger": ["txn_id", "account_no", "posted_on", "direction", "amount", "fund_id", "project_id"],
    "claims": ["claim_id", "project_id", "claimed_on", "amount", "txn_id"],
    "projects": ["project_id", "village_code", "fund_id"],
    "benefits": ["benefit_id", "household_id", "id_number", "amount", "paid_on"],
    "funds": ["fund_id", "account_no"],
    "accounts": ["account_no", "owner"],
    "villages": ["village_code", "town"],
    "households": ["household_id", "town"],
    "members": ["household_id", "id_number"],
    "settlements": ["id_number"],
}


@dataclass(frozen=True)
class Records:
    """Every record of money spent, and the rows of the raw tables that it stands for.

    table   columns COLUMNS: `family` is payment or benefit, `amount` in fen, `on` the date by which records are ordered,
            `txn` the row token of the transaction (missing where none paid it)
    links   `origin` (row token of a transaction, claim, project or benefit) and `record`: a row may stand for several
    places  where other rows belong (funds, projects, benefits, members, households, settlements): origin, fund_id, project_id, town
    """

    table: pd.DataFrame
    links: pd.DataFrame
    places: pd.DataFrame


def records(tables: dict[str, pd.DataFrame]) -> Records:
    """The records of a county-year; tables that are absent hold none."""
    t = given(tables)
    payments, links = _payments(t)
    benefits = t["benefits"].assign(town=_town_of_household(t["benefits"], t))
    paid = benefits[benefits["amount"].notna()]
    paid = paid.assign(family="benefit", on=paid["paid_on"], record="B" + paid["origin"].astype("str"))
    table = pd.concat([payments.reindex(columns=COLUMNS), paid.reindex(columns=COLUMNS)], ignore_index=True)
    links = pd.concat([links, paid[["origin", "record"]]], ignore_index=True).drop_duplicates()
    types = {"amount": "Int64", "txn": "Int64", "on": "datetime64[us]"} | {c: "str" for c in COLUMNS if c not in ("amount", "txn", "on")}
    return Records(table.astype(types), links.astype({"origin": "int64", "record": "str"}), _places(t, benefits))


def given(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables that hold money or say where it belongs, with every column that is asked of them; absent ones are empty."""
    kinds = {"amount": "Int64", "posted_on": "datetime64[us]", "claimed_on": "datetime64[us]", "paid_on": "datetime64[us]", "origin": "int64"}
    return {
        name: tables.get(name, pd.DataFrame({"origin": []})).reindex(columns=[*columns, "origin"]).astype({c: kinds.get(c, "str") for c in [*columns, "origin"]})
        for name, columns in _NEEDED.items()
    }


def town_of_account(numbers: pd.Series, t: dict[str, pd.DataFrame]) -> pd.Series:
    """The town in whose name an account is held; missing where its owner is not of a town."""
    owners = t["accounts"].dropna(subset=["account_no", "owner"]).drop_duplicates("account_no").set_index("account_no")["owner"]
    held = {}
    for town in sorted(t["villages"]["town"].dropna().unique(), key=len):
        held |= dict.fromkeys(owners.index[owners.str.startswith(town)], town)
    return numbers.map(held).astype("str")


def _places(t: dict[str, pd.DataFrame], benefits: pd.DataFrame) -> pd.DataFrame:
    funds = t["funds"].assign(town=town_of_account(t["funds"]["account_no"], t))
    projects = t["projects"].assign(town=_town_of_village(t["projects"]["village_code"], t))
    people = [t[name].assign(town=_town_of_person(t[name]["id_number"], t)) for name in ("members", "settlements")]
    rows = pd.concat([funds, projects, benefits, *people, t["households"]], ignore_index=True)
    return rows[["origin", "fund_id", "project_id", "town"]].drop_duplicates("origin")


def _looked_up(keys: pd.Series, table: pd.DataFrame, key: str, value: str) -> pd.Series:
    """What the table says of each key (the first row of a key that stands in it twice); missing where it stands in none."""
    return keys.map(table.dropna(subset=key).drop_duplicates(key).set_index(key)[value]).astype("str")


def _town_of_village(codes: pd.Series, t: dict[str, pd.DataFrame]) -> pd.Series:
    return _looked_up(codes, t["villages"], "village_code", "town")


def _town_of_person(numbers: pd.Series, t: dict[str, pd.DataFrame]) -> pd.Series:
    return _looked_up(_looked_up(numbers, t["members"], "id_number", "household_id"), t["households"], "household_id", "town")


def _payments(t: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    paid = t["ledger"][t["ledger"]["direction"].eq("out") & t["ledger"]["amount"].notna()].rename(columns={"origin": "txn", "amount": "paid"})
    claims = once(t["claims"].sort_values("origin"), "claim_id").rename(columns={"origin": "claim"})
    of_number = paid.dropna(subset="txn_id").sort_values("txn").drop_duplicates("txn_id").drop(columns="project_id")
    claims = claims.merge(of_number, on="txn_id", how="left").sort_values(["claimed_on", "claim_id"], kind="stable")
    # A transaction is used up by its claims in turn; a claim can hold no more than was paid on it.
    claims["amount"] = claims["amount"].fillna(0)
    before = claims.groupby("txn")["amount"].cumsum() - claims["amount"]
    room = (claims["paid"] - before).clip(lower=0)
    claims["amount"] = claims["amount"].where(claims["txn"].isna() | (claims["amount"] <= room), room)
    claims["record"], claims["on"] = "C" + claims["claim"].astype("str"), claims["posted_on"].fillna(claims["claimed_on"])
    rest = paid.merge(claims.groupby("txn", as_index=False)["amount"].sum(), on="txn", how="left")
    rest["amount"] = rest["paid"] - rest["amount"].fillna(0)
    rest["record"], rest["on"] = "L" + rest["txn"].astype("str"), rest["posted_on"]
    table = pd.concat([claims, rest[rest["amount"] > 0]], ignore_index=True)
    table = table.assign(family="payment")
    table["fund_id"] = table["fund_id"].fillna(_looked_up(table["project_id"], t["projects"], "project_id", "fund_id"))
    village = _looked_up(table["project_id"], t["projects"], "project_id", "village_code")
    table["town"] = _town_of_village(village, t).fillna(town_of_account(table["account_no"], t))
    links = [
        table[["txn", "record"]].dropna().rename(columns={"txn": "origin"}),
        _claim_rows(t["claims"], table),
        t["projects"].dropna(subset="project_id").merge(table.dropna(subset="project_id"), on="project_id")[["origin", "record"]],
    ]
    return table[table["amount"] > 0], pd.concat(links, ignore_index=True)


def _claim_rows(claims: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Every claim row with its record; a row that repeats a claim stands for the same record."""
    first = table.dropna(subset="claim")[["claim_id", "claim", "record"]]
    own = first[["claim", "record"]].rename(columns={"claim": "origin"})
    repeated = claims.dropna(subset="claim_id").merge(first.dropna(subset="claim_id"), on="claim_id")[["origin", "record"]]
    return pd.concat([own, repeated], ignore_index=True)


def _town_of_household(benefits: pd.DataFrame, t: dict[str, pd.DataFrame]) -> pd.Series:
    """The town of the household that a benefit went to; where no household is named, that of its beneficiary."""
    named = _looked_up(benefits["household_id"], t["households"], "household_id", "town")
    return named.fillna(_town_of_person(benefits["id_number"], t))
