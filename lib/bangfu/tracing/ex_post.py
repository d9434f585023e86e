"""Pari passu ex post: the order of payments does not count, each is shared by what everybody paid in.

Of each account, from the first claimed money on it: what was there then and all that came in later is what was paid in; all
that went out later, and what is left at the end, bears every contribution in proportion. Through several accounts money goes
hop by hop, until none is under way. A claim on a payment goes on what of it is nobody's yet, as in every method: where traced
money turns out to need more room on the account than its claimed payments leave, those claims give way, the last first.
"""

from dataclasses import dataclass

from bangfu.tracing.apportionment import apportioned
from bangfu.tracing.claims import PlacedClaims
from bangfu.tracing.follow import COUNTED, way_on
from bangfu.tracing.holdings import Parts, together
from bangfu.tracing.ledger import Books
from bangfu.tracing.methods import Method
from bangfu.tracing.trail import FAR, FOLLOWED, NotConserved, Record, Trace


@dataclass
class _Account:
    """What the contributions to an account are shared over: `left` fen of each place that nobody's claim fills yet.

    places: rows of payments, HELD (what is left at the end), OWED (what the account owed its bank at first). lacking: fen that
    found no place, for claims on payments had taken it.
    """

    number: str
    places: list
    left: list[int]
    held: Parts
    lacking: int = 0

    def share(self, party: tuple[int, int], amount: int) -> list[tuple[object, int]]:
        """A contribution shared over the places, each in proportion to what nobody has filled of it."""
        room = sum(self.left)
        self.lacking += max(amount - room, 0)
        shares = apportioned(min(amount, room), self.left)
        self.left = [was - s for was, s in zip(self.left, shares, strict=True)]
        return [(place, s) for place, s in zip(self.places, shares, strict=True) if s]


HELD, OWED = "held", "owed"


def share_ex_post(books: Books, claims: PlacedClaims, method: Method, *, hops: int | None) -> Trace:
    """The trace of the claims where all contributions to an account bear its payments in proportion, whatever their order."""
    leaves = books.rows["direction"].eq("out").tolist()
    every = [(row, claimant, amount) for row, wanted in sorted(claims.on_rows.items()) for claimant, amount in wanted]
    # Money of another ledger at hand is claimed where it leaves that ledger.
    of_payments = [(row if leaves[row] else books.partner[row], row, c, a) for row, c, a in every if leaves[row] or row in books.partner]
    deposits = [(row, c, a) for row, c, a in every if not leaves[row] and row not in books.partner]
    while True:
        ways = _Ways(books, Record(books, claims.names), _mixtures(books, claims), hops)
        arrivals: dict[str, Parts] = {}
        for number, wanted in claims.on_openings.items():
            for claimant, amount in wanted:
                ways.begin(arrivals, number, claimant, amount)
        for row, claimant, amount in deposits:
            ways.begin(arrivals, ways.number[row], claimant, amount)
        ways.go(arrivals)
        arrivals = {}
        for departure, row, claimant, amount in of_payments:
            ways.claim_payment(arrivals, departure, row, claimant, amount)
        ways.go(arrivals)
        lacking = {a.number: a.lacking for a in ways.accounts.values() if a.lacking}
        if not lacking:
            return ways.record.trace(method, {a.number: a.held for a in ways.accounts.values()})
        of_payments = _giving_way(of_payments, lacking, ways.number)


def _giving_way(of_payments: list[tuple[int, int, int, int]], lacking: dict[str, int], number: list[str]) -> list[tuple[int, int, int, int]]:
    """The claims on payments, less what traced money lacks on the paying account, the last claim first."""
    kept = []
    for departure, row, claimant, amount in sorted(of_payments, reverse=True):
        less = min(amount, lacking.get(number[departure], 0))
        if less:
            lacking[number[departure]] -= less
        if amount > less:
            kept.append((departure, row, claimant, amount - less))
    if any(lacking.values()):
        raise NotConserved(f"{sum(lacking.values())} fen came to accounts where there is no place for them")
    return kept[::-1]


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
        self._books, self.record, self.accounts, self._hops = books, record, accounts, hops
        self._early = set(books.sequence[1])
        self._place = {row: (a, at) for a in accounts.values() for at, row in enumerate(a.places) if isinstance(row, int)}

    def begin(self, arrivals: dict[str, Parts], number: str, claimant: int, amount: int) -> None:
        """Claimed money is on an account from here on."""
        self.record.claimed[claimant] += amount
        arrivals[number] = together(arrivals.get(number, {}), {(claimant, 0): amount})

    def claim_payment(self, arrivals: dict[str, Parts], departure: int, row: int, claimant: int, amount: int) -> None:
        """Claimed money is what a payment carries, as far as nobody's traced money fills it; `row` is the side that is claimed."""
        account, at = self._place.get(departure, (None, 0))
        if account is not None:
            amount = min(amount, account.left[at])
            account.left[at] -= amount
        if not amount:
            return
        if self.leaves[row]:
            self.record.claimed[claimant] += amount
            self._send(arrivals, row, {(claimant, 0): amount})
        else:
            self.begin(arrivals, self.number[row], claimant, amount)

    def go(self, arrivals: dict[str, Parts]) -> None:
        """Sends what has arrived on its ways, hop by hop, until nothing is under way."""
        while arrivals:
            onward: dict[str, Parts] = {}
            for number, parts in sorted(arrivals.items()):
                account = self.accounts[number]
                for party, amount in sorted(parts.items()):
                    for place, share in account.share(party, amount):
                        if place == HELD:
                            account.held = together(account.held, {party: share})
                        elif place == OWED:
                            self.record.overdraft(None, number, {party: share})
                        else:
                            self._send(onward, place, {party: share})
            arrivals = onward

    def _send(self, onward: dict[str, Parts], row: int, parts: Parts) -> None:
        arrival = self._books.partner.get(row)
        (claimant, hop), amount = next(iter(parts.items()))
        end = way_on(arrival, self._early, at_hand=self._known[row])
        if end == FOLLOWED and self._hops is not None and hop + 1 >= self._hops:
            end = FAR
        self.record.leg(row, arrival, parts, end)
        if end == FOLLOWED:
            to = self.number[arrival]
            onward[to] = together(onward.get(to, {}), {(claimant, min(hop + 1, COUNTED)): amount})


