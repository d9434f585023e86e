"""Routes by which money can have come back: payments one after the other, each leaving after the one before has arrived.

A route is a possibility that the entries leave open, whatever the method; how much of a payment on it was the claimed money is
for the methods to say.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from bangfu.tracing.ledger import Books

_STEPS = {"start": "str", "route": "int64", "step": "int64", "posted_on": "datetime64[us]", "txn_id": "str", "from_account": "str", "to_account": "str", "amount": "Int64", "most": "Int64"}


@dataclass(frozen=True)
class Routes:
    """Routes back: those through others' accounts first, of these the ones on which most can have gone.

    steps     a row per payment of a route: start (account), route (1, 2, …), step, posted_on, txn_id, from_account, to_account,
              amount (the payment), most (the least payment of the route: more cannot have gone round), label, label_in
    complete  whether these are all routes of so many hops
    """

    steps: pd.DataFrame
    complete: bool


def routes_back(books: Books, payments: Iterable[object], related: pd.DataFrame, *, hops: int, limit: int = 1000) -> Routes:
    """Routes from payments (labels of rows that leave an account) back to that account, or to one of the same person.

    related: account_no, person: who is behind the accounts (an account can have several persons, a person several accounts).
    limit: how many routes are looked for from one account.
    """
    rows_of = {label: row for row, label in enumerate(books.rows["label"].tolist())}
    starts = defaultdict(set)
    account = books.rows["account_no"].tolist()
    for label in payments:
        starts[account[rows_of[label]]].add(rows_of[label])
    found, complete = [], True
    for start, rows in sorted(starts.items()):
        routes, all_of_them = _routes(books, rows, _same_person(start, related), hops, limit)
        found += [(start, route) for route in routes]
        complete = complete and all_of_them
    return Routes(_steps(books, found), complete)


def _same_person(account: str, related: pd.DataFrame) -> set[str]:
    persons = related.loc[related["account_no"] == account, "person"].dropna()
    return {account, *related.loc[related["person"].isin(persons), "account_no"].dropna()}


def _routes(books: Books, starts: set[int], targets: set[str], hops: int, limit: int) -> tuple[list[list[int]], bool]:
    account, counterparty = books.rows["account_no"].tolist(), books.rows["counterparty_account"].tolist()
    place = {row: at for at, row in enumerate(books.sequence[0])}
    onward = _leading(books, targets, hops)
    leaving = defaultdict(list)
    for row in books.sequence[0]:
        if row in onward:
            leaving[account[row]].append(row)
    routes, open_ = [], [[row] for row in sorted(starts & onward.keys(), key=place.get, reverse=True)]
    while open_:
        route = open_.pop()
        last = route[-1]
        if counterparty[last] in targets:
            routes.append(route)
            if len(routes) == limit:
                return routes, not open_
            continue
        arrival = books.partner[last]
        been = {account[r] for r in route}
        more = [r for r in leaving[account[arrival]] if place[r] > place[arrival] and onward[r] + len(route) <= hops and (counterparty[r] in targets or counterparty[r] not in been)]
        open_ += [[*route, r] for r in reversed(more)]
    return routes, True


def _leading(books: Books, targets: set[str], hops: int) -> dict[int, int]:
    """Payments from which the money can get to a target: row -> in how many payments at least, itself counted."""
    account, counterparty = books.rows["account_no"].tolist(), books.rows["counterparty_account"].tolist()
    leaves = books.rows["direction"].eq("out").tolist()
    fewest: dict[str, int] = {}  # from an account, after the entry looked at
    on_arrival: dict[int, int] = {}
    leading = {}
    for row in reversed(books.sequence[0]):
        if not leaves[row]:
            if account[row] in fewest:
                on_arrival[row] = fewest[account[row]]
            continue
        needed = 1 if counterparty[row] in targets else on_arrival.get(books.partner.get(row, -1), hops) + 1
        if needed <= hops:
            leading[row] = needed
            fewest[account[row]] = min(needed, fewest.get(account[row], needed))
    return leading


def _steps(books: Books, routes: list[tuple[str, list[int]]]) -> pd.DataFrame:
    amount = books.rows["amount"].tolist()
    ranked = sorted(routes, key=lambda found: (len(found[1]) == 1, -min(amount[r] for r in found[1]), found[1]))
    steps = pd.DataFrame(
        [(start, number, step, row, min(amount[r] for r in route)) for number, (start, route) in enumerate(ranked, 1) for step, row in enumerate(route, 1)],
        columns=["start", "route", "step", "row", "most"],
    )
    rows, at = books.rows, steps["row"].astype("Int64")
    for name, column in (("posted_on", "posted_on"), ("txn_id", "txn_id"), ("from_account", "account_no"), ("to_account", "counterparty_account"), ("amount", "amount"), ("label", "label")):
        steps[name] = at.map(rows[column])
    steps["label_in"] = at.map(books.partner).map(rows["label"])
    return steps.reindex(columns=[*_STEPS, "label", "label_in"]).astype(_STEPS)
