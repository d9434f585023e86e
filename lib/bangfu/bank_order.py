"""The order in which the bank booked the entries of an account, and whether each balance follows from the one before.

An account may be handed over in several sheets, each from the first entry to the last or the other way round, and some of it twice.
Within a day the order is that of the sheet; where it does not fit and another order of the day fits throughout, that one.
"""

from collections import defaultdict
from collections.abc import Sequence

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
    chosen = _fewest_breaks([_followed(each) for each in (filed, by_day, other_way)])
    if chosen["broken"].any():
        chosen = _fewest_breaks([chosen, _followed(_days_linked(chosen))])
    return chosen.assign(certain=chosen["account_no"].map(certain).astype(bool)).drop(columns=["day", "since", "place"])


def _fewest_breaks(readings: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Of each account the reading in which the fewest balances do not follow; the first of several."""
    best = pd.DataFrame({at: rows.groupby("account_no")["broken"].sum() for at, rows in enumerate(readings)}).idxmin(axis=1)
    return pd.concat([rows[rows["account_no"].map(best).eq(at)] for at, rows in enumerate(readings)], ignore_index=True)


def _days_linked(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the entries of a day put so that each follows from another, where all of the day can be."""
    rows = rows.sort_values(["account_no", "day"], kind="stable", ignore_index=True)
    doubtful = rows[rows["account_no"].isin(rows.loc[rows["broken"], "account_no"])]
    after = doubtful["balance"]
    before = after - doubtful["amount"].where(doubtful["direction"].eq("in"), -doubtful["amount"])
    order = rows.index.to_numpy().copy()
    for _, of_account in doubtful.groupby("account_no").groups.items():
        closing = None
        for _, day in doubtful.loc[of_account].groupby("day").groups.items():
            steps = list(zip(day, before[day], after[day], strict=True))
            if before[day].notna().all():
                steps = _chain(steps, closing) or steps
                order[day.to_numpy()] = [label for label, _, _ in steps]
            closing = steps[-1][2]
    return rows.loc[order].reset_index(drop=True)


def _chain(steps: list[tuple[int, int, int]], start: int | None) -> list[tuple[int, int, int]] | None:
    """The steps (label, balance before, balance after) in an order in which each begins where the one ahead ended: a walk over all edges
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
