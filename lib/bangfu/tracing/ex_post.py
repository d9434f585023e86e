"""Pari passu ex post: the order of payments does not count, each is shared by what everybody paid in.

Of each account, from the first claimed money on it: what was there then and all that came in later is what was paid in; all
that went out later, and what is left at the end, bears every contribution in proportion. Through several accounts money goes
hop by hop, until none is under way.
"""

from dataclasses import dataclass

from bangfu.tracing.apportionment import apportioned
from bangfu.tracing.claims import PlacedClaims
from bangfu.tracing.follow import COUNTED
from bangfu.tracing.holdings import Parts, together
from bangfu.tracing.ledger import Books
from bangfu.tracing.methods import Method
from bangfu.tracing.trail import EARLY, FAR, FOLLOWED, NO_LEDGER, NOT_THERE, NotConserved, Record, Trace


@dataclass
class _Account:
    """What the contributions to an account are shared over: `left` fen of each place that nobody's claim fills yet.

    places: rows of payments, HELD (what is left at the end), OWED (what the account owed its bank at first).
    """

    number: str
    places: list
    left: list[int]
    held: Parts

    def share(self, party: tuple[int, int], amount: int) -> list[tuple[object, int]]:
        """A contribution shared over the places, each in proportion to what nobody has filled of it."""
        if amount > sum(self.left):
            raise NotConserved(f"{amount} fen came to an account where {sum(self.left)} can be theirs")
        shares = apportioned(amount, self.left)
        self.left = [was - s for was, s in zip(self.left, shares, strict=True)]
        return [(place, s) for place, s in zip(self.places, shares, strict=True) if s]


HELD, OWED = "held", "owed"


def share_ex_post(books: Books, claims: PlacedClaims, method: Method, *, hops: int | None) -> Trace:
    """The trace of the claims where all contributions to an account bear its payments in proportion, whatever their order."""
    record = Record(books, claims.names)
    accounts = _mixtures(books, claims)
    ways = _Ways(books, record, accounts, hops)
    arrivals: dict[str, Parts] = {}
    for number, wanted in claims.on_openings.items():
        for claimant, amount in wanted:
            ways.begin(arrivals, number, claimant, amount)
    later = []
    for row, wanted in sorted(claims.on_rows.items()):
        for claimant, amount in wanted:
            # Money of another ledger at hand is claimed where it leaves that ledger, and after what is traced into it.
            if ways.leaves[row] or row in books.partner:
                later.append((row, claimant, amount))
            else:
                ways.begin(arrivals, ways.number[row], claimant, amount)
    ways.go(arrivals)
    arrivals = {}
    for row, claimant, amount in later:
        ways.claim_payment(arrivals, row, claimant, amount)
    ways.go(arrivals)
    return record.trace(method, {a.number: a.held for a in accounts.values()})


def _mixtures(books: Books, claims: PlacedClaims) -> dict[str, _Account]:
    """The accounts that claimed money reaches, each with what its contributions are shared over."""
    rows = books.rows
    number, amounts, leaves = rows["account_no"].tolist(), rows["amount"].tolist(), rows["direction"].eq("out").tolist()
    reached = {a for a in claims.on_openings}
    balance, arriving = dict(books.opening), set()
    accounts = {a: _account(a, balance[a]) for a in reached}
    for row in books.sequence[0]:
        account = number[row]
        if account not in reached and (row in claims.on_rows or row in arriving):
            reached.add(account)
            accounts[account] = _account(account, balance[account])
        balance[account] += -amounts[row] if leaves[row] else amounts[row]
        if account in reached and leaves[row]:
            accounts[account].places.append(row)
            accounts[account].left.append(amounts[row])
            if row in books.partner:
                arriving.add(books.partner[row])
    for a in accounts.values():
        a.places.append(HELD)
        a.left.append(max(balance[a.number], 0))
    return accounts


def _account(number: str, balance: int) -> _Account:
    return _Account(number, [OWED], [max(-balance, 0)], {})


class _Ways:
    """The ways from account to account, and the money on them."""

    def __init__(self, books: Books, record: Record, accounts: dict[str, _Account], hops: int | None):
        rows = books.rows
        self.number, self.leaves = rows["account_no"].tolist(), rows["direction"].eq("out").tolist()
        self._known = rows["counterparty_account"].isin(books.accounts).tolist()
        self._books, self._record, self._accounts, self._hops = books, record, accounts, hops
        self._early = set(books.sequence[1])
        self._place = {row: (a, at) for a in accounts.values() for at, row in enumerate(a.places) if isinstance(row, int)}

    def begin(self, arrivals: dict[str, Parts], number: str, claimant: int, amount: int) -> None:
        """Claimed money is on an account from here on."""
        self._record.claimed[claimant] += amount
        arrivals[number] = together(arrivals.get(number, {}), {(claimant, 0): amount})

    def claim_payment(self, arrivals: dict[str, Parts], row: int, claimant: int, amount: int) -> None:
        """Claimed money is what a payment carries, as far as nobody's traced money fills it."""
        departure = row if self.leaves[row] else self._books.partner[row]
        account, at = self._place.get(departure, (None, 0))
        amount = amount if account is None else min(amount, account.left[at])
        if account is not None:
            account.left[at] -= amount
        if not amount:
            return
        if self.leaves[row]:
            self._record.claimed[claimant] += amount
            self._send(arrivals, row, {(claimant, 0): amount})
        else:
            self.begin(arrivals, self.number[row], claimant, amount)

    def go(self, arrivals: dict[str, Parts]) -> None:
        """Sends what has arrived on its ways, hop by hop, until nothing is under way."""
        while arrivals:
            onward: dict[str, Parts] = {}
            for number, parts in sorted(arrivals.items()):
                account = self._accounts[number]
                for party, amount in sorted(parts.items()):
                    for place, share in account.share(party, amount):
                        if place == HELD:
                            account.held = together(account.held, {party: share})
                        elif place == OWED:
                            self._record.overdraft(None, number, {party: share})
                        else:
                            self._send(onward, place, {party: share})
            arrivals = onward

    def _send(self, onward: dict[str, Parts], row: int, parts: Parts) -> None:
        arrival = self._books.partner.get(row)
        (claimant, hop), amount = next(iter(parts.items()))
        if arrival is None:
            end = NOT_THERE if self._known[row] else NO_LEDGER
        else:
            end = EARLY if arrival in self._early else FAR if self._hops is not None and hop + 1 >= self._hops else FOLLOWED
        self._record.leg(row, arrival, parts, end)
        if end == FOLLOWED:
            to = self.number[arrival]
            onward[to] = together(onward.get(to, {}), {(claimant, min(hop + 1, COUNTED)): amount})


