"""Money through accounts: whose money a mixed account paid out, what of it is left, and where it went, by every method side by side.

Usable by itself on a table of bank entries: `account_no`, `posted_on` (date, or date and time), `direction` (in, out), `amount`
(whole fen); and where known `counterparty_account`, `txn_id`, `balance` (fen), `order` (the bank's order within a time; without it,
the order of the rows, or the one in which the balances follow, see `bank_order`).

    >>> import pandas as pd
    >>> from bangfu import tracing
    >>> ledger = pd.DataFrame(
    ...     [("X", "2019-01-01", "in", 10_000, "t1"),   # the claimant's 100.00 yuan
    ...      ("X", "2019-01-02", "out", 6_000, "t2"),
    ...      ("X", "2019-01-03", "in", 5_000, "t3")],   # the account holder's own
    ...     columns=["account_no", "posted_on", "direction", "amount", "txn_id"])
    >>> found = tracing.trace(ledger, {"county": "t1"}, method="libr")
    >>> found.held("county"), found.paid("t2"), found.conserved
    (4000, 6000, True)

`trace` follows claims by one method of METHODS and gives a `Trace`: legs, balances, by_claimant. `side_by_side` does so by
several methods. `same_day_range` says how far the answer depends on the order of entries of one day. Accounts whose ledger
is among the rows are followed through, any number of hops; at the others the trail ends (`Trace.to_request`).
"""

from collections.abc import Iterable, Mapping

import pandas as pd

from bangfu.tracing.claims import Claim, Claims, placed, rows_of
from bangfu.tracing.ex_post import share_ex_post
from bangfu.tracing.follow import follow
from bangfu.tracing.ledger import LEFT_OUT, Books, WrongLedger
from bangfu.tracing.methods import DIFFERENCE, ELECTION, METHODS, Method, method_named
from bangfu.tracing.orderings import SameDay, same_day_range
from bangfu.tracing.trail import EARLY, ENDS, FAR, NO_LEDGER, NOT_THERE, OVERDRAFT, NotConserved, Trace

__all__ = [
    "EARLY", "ENDS", "FAR", "LEFT_OUT", "METHODS", "NOT_THERE", "NO_LEDGER", "OVERDRAFT", "Books", "Claim", "Method", "NotConserved", "SameDay", "Trace", "WrongLedger",
    "same_day_range", "side_by_side", "trace",
]  # fmt: skip


def trace(
    ledger: pd.DataFrame | Books,
    claims: Claims,
    method: str = "libr",
    *,
    hops: int | None = None,
    opening: Mapping[str, int] | None = None,
    elected: Iterable[str] | None = None,
    proper: Iterable[str] = (),
    history: bool = False,
) -> Trace:
    """Follows claimed money through the ledgers by one method.

    ledger: the table above, or `Books.of(table)`. claims: `Claim`s, or {claimant: transaction id or ids}. hops: how many payments
    far (None = any number). opening: account -> fen, where the ledger has no balance; what nobody claims of it is own money.
    elected (method "election"): the transactions that the claimant elects as his (None = every one). proper (method
    "difference"): the transactions for the fund's own purpose. history: also what stands on each account after each entry.
    Raises WrongLedger, WrongParams (no such method), NotConserved (a defect of ours). Same input, same answer.
    """
    chosen = method_named(method)
    books = ledger if isinstance(ledger, Books) else Books.of(ledger, opening=opening)
    where = placed(claims, books)
    if chosen.holding is None:
        return share_ex_post(books, where, chosen, hops=hops)
    first: set[int] | None = set()
    if method == ELECTION:
        first = None if elected is None else rows_of(elected, books)
    elif method == DIFFERENCE:
        first = rows_of(proper, books)
    return follow(books, where, chosen, hops=hops, claims_first=first, history=history)


def side_by_side(ledger: pd.DataFrame | Books, claims: Claims, methods: Iterable[str] = tuple(METHODS), *, opening: Mapping[str, int] | None = None, **options) -> dict[str, Trace]:
    """The traces of the same claims by several methods, in the order of the methods; options as for `trace`."""
    books = ledger if isinstance(ledger, Books) else Books.of(ledger, opening=opening)
    return {m: trace(books, claims, m, **options) for m in methods}
