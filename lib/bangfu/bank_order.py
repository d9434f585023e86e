"""The order in which the bank booked the entries of an account, and whether each balance follows from the one before.

An account may be handed over in several sheets, each from the first entry to the last or the other way round, and some of it twice.
Entries follow each other by date, within a day as in the sheet; where the balances then do not follow, another order is looked for.
"""

from collections import defaultdict
from itertools import groupby

import pandas as pd

from bangfu.intake.tables import ROW_BITS
from bangfu.matching import in_order

_ENTRY = ["account_no", "txn_id", "posted_on", "direction", "amount", "balance"]


def in_the_banks_order(ledger: pd.DataFrame) -> pd.DataFrame:
    """The entries of each account in the order that explains most of its balances; entries without account are left out.

    ledger, each entry once (see `handed_over_again`): account_no, posted_on, direction (in, out), amount and balance (fen); where known origin (row token: sheet and row;
    else the rows are one sheet as they stand) and order (the bank's within a day or time, which then counts and not the balances).
    Orders looked for, where balances do not follow by date: within the day the other way round; as the sheets have it against the dates,
    where that fits throughout (a date is mistyped); days linked by their balances.
    Added: `expected` (fen, by the last balance known and the amounts since), `judged` (there is such a balance, and no amount since is
    unknown), `broken` (judged, and the balance is another), `opens` (the first known balance of its account), `new_sheet` (the entry
    before stands in another sheet), `certain` (the sheets tell the account's entries by date, so that their order is the bank's),
    `turned` (its sheet tells the account from the latest entry to the first), `origin_before` (row token of the entry whose balance was
    the last known).
    """
    filed = _as_filed(ledger.dropna(subset="account_no"))
    by_date = ~(filed["day"] < filed.groupby("account_no")["day"].shift())
    filed["certain"] = by_date.groupby(filed["account_no"]).transform("all")
    chosen = _followed(in_order(filed, ["account_no", "day", "order"]).reset_index(drop=True))
    for another in (_other_way_within_the_day, _against_the_dates, _days_linked):
        doubtful = chosen["account_no"].isin(chosen.loc[chosen["broken"], "account_no"])
        if doubtful.any():
            chosen = _fewer_breaks(chosen, another(chosen[doubtful]))
    return chosen.drop(columns=["day", "since", "place", "ordered"] + ["order"] * ("order" not in ledger))


def handed_over_again(ledger: pd.DataFrame) -> pd.Series:
    """Whether a row was handed over before: an entry with a number that stood before, or one without that another sheet has as well.

    ledger: as for `in_the_banks_order`, and txn_id; where known counterparty_account, which tells entries without a number apart.
    """
    entry = [*_ENTRY, "counterparty_account"]
    rows = ledger.reindex(columns=entry).assign(origin=_origins(ledger)).sort_values("origin")
    rows = rows[rows["txn_id"].isna() | rows["txn_id"].duplicated(keep=False)]
    rows["sheet"], without = rows["origin"] // (1 << ROW_BITS), rows["txn_id"].isna()
    rows["counterparty_account"] = rows["counterparty_account"].where(without)
    rows["again"] = rows[without].groupby(["sheet", *entry], dropna=False).cumcount().reindex(rows.index, fill_value=0)
    return rows.duplicated([*entry, "again"]).reindex(ledger.index, fill_value=False)


def _origins(ledger: pd.DataFrame) -> pd.Series:
    """The row tokens, or where there are none the rows as they stand."""
    return ledger["origin"] if "origin" in ledger else pd.Series(range(len(ledger)), index=ledger.index, dtype="int64")


def _as_filed(ledger: pd.DataFrame) -> pd.DataFrame:
    """The entries account by account and sheet by sheet, each sheet from its first entry to its last.

    Added: `sheet`, `day` (an entry without date has that of the one before), `since` (the first day of the sheet), `turned`, `place` (the
    number of the row), `ordered` (the caller tells the order of the account), and `order` and `origin` where they are not there.
    """
    rows = ledger.assign(origin=_origins(ledger), order=ledger["order"] if "order" in ledger else pd.Series(pd.NA, index=ledger.index, dtype="Int64"))
    rows = rows.sort_values("origin", ignore_index=True)
    rows["sheet"] = rows["origin"] // (1 << ROW_BITS)
    of_sheet = [rows["account_no"], rows["sheet"]]
    told = rows["posted_on"].groupby(of_sheet).ffill()
    rows["day"] = told.fillna(rows["posted_on"].groupby(of_sheet).bfill()) if told.isna().any() else told
    days = rows["day"].groupby(of_sheet)
    rows["since"], before = days.transform("min"), days.shift()
    steps = (rows["day"] > before).astype("int64") - (rows["day"] < before).astype("int64")
    rows["turned"] = steps.groupby(of_sheet).transform("sum") < 0
    rows["place"] = rows["origin"].where(~rows["turned"], -rows["origin"])
    rows["ordered"] = rows["account_no"].isin(rows.loc[rows["order"].notna(), "account_no"])
    rows = in_order(rows, ["account_no", "since", "sheet", "place"]).reset_index(drop=True)
    return rows.assign(place=range(len(rows)))


def _other_way_within_the_day(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(turned=~rows["turned"]).sort_values(["account_no", "day", "order", "place"], ascending=[True, True, True, False], kind="stable")
    return _followed(rows.reset_index(drop=True))


def _against_the_dates(rows: pd.DataFrame) -> pd.DataFrame:
    """The accounts that follow throughout as their sheets have them, whatever the dates."""
    rows = _followed(rows[~rows["ordered"]].sort_values("place", ignore_index=True))
    return rows[~rows["broken"].groupby(rows["account_no"]).transform("any")]


def _days_linked(rows: pd.DataFrame) -> pd.DataFrame:
    """The entries of a day put so that each follows from another, where all of the day can be."""
    rows = rows[~rows["ordered"]].reset_index(drop=True)
    before = rows["balance"] - rows["amount"].where(rows["direction"].eq("in"), -rows["amount"])
    entries = zip(rows["account_no"].tolist(), rows["day"].tolist(), range(len(rows)), before.tolist(), rows["balance"].tolist(), strict=True)
    order = []
    for _, of_account in groupby(entries, key=lambda entry: entry[0]):
        closing = None
        for _, of_day in groupby(of_account, key=lambda entry: entry[1]):
            steps = [entry[2:] for entry in of_day]
            if len(steps) > 1 and not any(pd.isna(start) for _, start, _ in steps):
                steps = _chain(steps, closing) or steps
            order += [row for row, _, _ in steps]
            closing = steps[-1][2]
    return _followed(rows.iloc[order].reset_index(drop=True))


def _chain(steps: list[tuple[int, int, int]], start: int | None) -> list[tuple[int, int, int]] | None:
    """The steps (row, balance before, balance after) in an order in which each begins where the one ahead ended: a walk over all edges
    of a directed graph (Hierholzer), from `start`, else from where more steps begin than end; None where there is none."""
    leaving, surplus = defaultdict(list), defaultdict(int)
    for step in reversed(steps):
        leaving[step[1]].append(step)
        surplus[step[1]] += 1
        surplus[step[2]] -= 1
    if start is None or pd.isna(start):
        start = next((balance for balance, more in surplus.items() if more > 0), steps[0][1])
    trail, walk = [], [(start, None)]
    while walk:
        if leaving[walk[-1][0]]:
            step = leaving[walk[-1][0]].pop()
            walk.append((step[2], step))
        else:
            trail.append(walk.pop()[1])
    chain = trail[-2::-1]
    follows = len(chain) == len(steps) and chain[0][1] == start and all(a[2] == b[1] for a, b in zip(chain, chain[1:], strict=False))
    return chain if follows else None


def _fewer_breaks(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The rows, those of an account in the other order where fewer balances do not follow in it; account by account."""
    breaks = rows.groupby("account_no")["broken"].sum()
    fewer = others.groupby("account_no")["broken"].sum()
    better = fewer.index[fewer < breaks.reindex(fewer.index)]
    if better.empty:
        return rows
    both = [rows[~rows["account_no"].isin(better)], others[others["account_no"].isin(better)]]
    return pd.concat(both).sort_values("account_no", kind="stable", ignore_index=True)


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
