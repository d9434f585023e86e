"""Where the bank gives dates without times, the order within a day is open: the answer is then a range, not a number."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial, prod

import pandas as pd

from bangfu.tracing.claims import Claims, as_claims
from bangfu.tracing.ledger import Books
from bangfu.tracing.trail import by_claimant


@dataclass(frozen=True)
class SameDay:
    """How far what a method says depends on the order of entries of one moment.

    ranges     claimant, account_no, banks (in the bank's order), low, high: fen of the claimant left on the account, or ended there
               (an empty account_no: paid to an account that the ledger does not name, or to the bank for an overdraft)
    orders     how many orders were tried; exact: whether these are all that there are
    """

    ranges: pd.DataFrame
    orders: int
    exact: bool


def same_day_range(ledger: pd.DataFrame | Books, claims: Claims, method: str = "libr", *, most: int = 720, opening=None, **options) -> SameDay:
    """The lowest and highest amount of each claimant at each account over the orders of entries of the same account and moment.

    All orders are tried where there are no more than `most`, and low and high are exact bounds. Otherwise three are tried: the
    bank's, all deposits first, all payments first; the true range can be wider. A row without a time is of that day's moment.
    So too where balances or `order` tell in which order the bank booked a day: banks book a day together, and the range says what hangs on it.
    Orders by which a transfer would arrive in one ledger before it left another are impossible and left out.
    """
    from bangfu.tracing import trace

    books = ledger if isinstance(ledger, Books) else Books.of(ledger, opening=opening)
    given = as_claims(claims)
    count = prod(factorial(len(g)) for g in _open_groups(books))
    exact = count <= most
    tried = []
    for order in _all_orders(books) if exact else _three_orders(books):
        reordered = books.reordered(order)
        if len(reordered.sequence[1]) <= len(books.sequence[1]):
            tried.append(_amounts(trace(reordered, given, method, **options)))
    table = pd.concat(tried, axis=1).fillna(0).astype("Int64")
    ranges = pd.DataFrame({"banks": table.iloc[:, 0], "low": table.min(axis=1), "high": table.max(axis=1)})
    return SameDay(ranges.sort_index().reset_index(), len(tried), exact)


def _open_groups(books: Books) -> list[list[int]]:
    """The rows of one account and moment that follow each other, where there are several (a mistyped date is no moment of another day)."""
    rows = books.rows
    change = rows["posted_on"].ne(rows["posted_on"].groupby(rows["account_no"]).shift())
    groups = rows.groupby(["account_no", "posted_on", change.groupby(rows["account_no"]).cumsum()], sort=True).indices.values()
    return [list(map(int, g)) for g in groups if len(g) > 1]


def _placed(books: Books, groups: list[list[int]], orders) -> list[int]:
    """All rows, those of each group in the order given, at the places of the group."""
    order = list(range(len(books.rows)))
    for group, chosen in zip(groups, orders, strict=True):
        for at, row in zip(group, chosen, strict=True):
            order[at] = row
    return order


def _all_orders(books: Books) -> Iterator[list[int]]:
    groups = _open_groups(books)
    return (_placed(books, groups, orders) for orders in product(*(permutations(g) for g in groups)))


def _three_orders(books: Books) -> Iterator[list[int]]:
    groups, leaves = _open_groups(books), books.rows["direction"].eq("out").tolist()
    yield _placed(books, groups, groups)
    for payments_first in (False, True):
        yield _placed(books, groups, [sorted(g, key=lambda r: leaves[r] != payments_first) for g in groups])


def _amounts(trace) -> pd.Series:
    """Fen by claimant and account: left there, or ended there."""
    found: dict[tuple, int] = {}
    names = trace.record.names
    for account, parts in trace.holdings.items():
        for claimant, amount in by_claimant(parts).items():
            found[names[claimant], account] = found.get((names[claimant], account), 0) + amount
    for claimant, _, _, _, _, to, amount, end in trace.record.legs:
        if end:
            found[names[claimant], to or ""] = found.get((names[claimant], to or ""), 0) + amount
    return pd.Series(found, dtype="Int64").rename_axis(["claimant", "account_no"]) if found else pd.Series(dtype="Int64", index=pd.MultiIndex.from_arrays([[], []], names=["claimant", "account_no"]))
