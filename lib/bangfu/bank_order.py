"""The order in which the bank booked the entries of an account, and whether each balance follows from the one before.

An account may be handed over in several sheets, each from the first entry to the last or the other way round, and some of it twice.
Within a day the order is that of the sheet.
"""

import pandas as pd

from bangfu.intake.tables import ROW_BITS

_ENTRY = ["account_no", "txn_id", "posted_on", "direction", "amount", "balance"]


def in_the_banks_order(ledger: pd.DataFrame) -> pd.DataFrame:
    """The entries of each account in the order that explains most of its balances, each entry once; entries without account are left out.

    ledger: account_no, txn_id, posted_on, direction (in, out), amount and balance (fen), origin (row token: sheet and row).
    Added: `expected` (fen, by the last balance known and the amounts since), `judged` (there is such a balance, and no amount since is
    unknown), `broken` (judged, and the balance is another), `opens` (the first known balance of its account), `new_sheet` (the entry
    before stands in another sheet), `certain` (the sheets tell the account's entries by date, so that their order is the bank's),
    `origin_before` (row token of the entry whose balance was the last known).
    """
    rows = _each_once(ledger.dropna(subset="account_no").sort_values("origin"))
    rows = rows.assign(sheet=rows["origin"] // (1 << ROW_BITS))
    of_sheet = rows.groupby(["account_no", "sheet"])["posted_on"]
    rows["day"] = of_sheet.bfill().where(of_sheet.ffill().isna(), of_sheet.ffill())
    days = rows.groupby(["account_no", "sheet"])["day"]
    rows["since"] = days.transform("min")
    turned = days.transform("first") > days.transform("last")
    rows["place"] = rows["origin"].where(~turned, -rows["origin"])
    filed = rows.sort_values(["account_no", "since", "sheet", "place"], kind="stable")
    by_date = ~(filed["day"] < filed.groupby("account_no")["day"].shift())
    certain = by_date.groupby(filed["account_no"]).all()
    by_day = filed.sort_values(["account_no", "day"], kind="stable")
    other_way = filed[::-1].sort_values(["account_no", "day"], kind="stable")
    readings = [_followed(each) for each in (filed, by_day, other_way)]
    breaks = pd.DataFrame({at: each.groupby("account_no")["broken"].sum() for at, each in enumerate(readings)})
    best = breaks.idxmin(axis=1)
    chosen = pd.concat([each[each["account_no"].map(best).eq(at)] for at, each in enumerate(readings)], ignore_index=True)
    return chosen.assign(certain=chosen["account_no"].map(certain).astype(bool)).drop(columns=["day", "since", "place"])


def _each_once(rows: pd.DataFrame) -> pd.DataFrame:
    """Without what was handed over again: an entry with a number that stood before, or one without that another sheet has as well."""
    without = rows["txn_id"].isna()
    again = rows.assign(sheet=rows["origin"] // (1 << ROW_BITS)).groupby(["sheet", *_ENTRY], dropna=False).cumcount().where(without, 0)
    return rows[~rows.assign(again=again).duplicated([*_ENTRY, "again"])]


def _followed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, in this order, with what each balance should be by the last one known."""
    known_way = rows["direction"].isin(["in", "out"]) & rows["amount"].ge(0).fillna(False).astype(bool)
    signed = rows["amount"].where(rows["direction"].eq("in"), -rows["amount"]).where(known_way)
    account = rows["account_no"]
    so_far = signed.fillna(0).groupby(account).cumsum()
    gaps = signed.isna().groupby(account).cumsum()
    told = pd.DataFrame({"account_no": account, "off": rows["balance"] - so_far, "gaps": gaps, "origin": rows["origin"]})[rows["balance"].notna()]
    before = told.groupby("account_no")[["off", "gaps", "origin"]].shift().reindex(rows.index)
    rows = rows.assign(expected=(before["off"] + so_far).astype("Int64"), origin_before=before["origin"].astype("Int64"))
    rows["judged"] = (rows["expected"].notna() & before["gaps"].eq(gaps)).astype(bool)
    rows["broken"] = rows["judged"] & (rows["balance"] != rows["expected"]).fillna(False).astype(bool)
    rows["opens"] = rows.index.isin(told.index[~told["account_no"].duplicated()])
    rows["new_sheet"] = rows["sheet"].ne(rows.groupby("account_no")["sheet"].shift()) & rows["account_no"].duplicated()
    return rows
