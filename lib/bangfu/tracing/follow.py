"""Money followed through the accounts in order of time, one entry after the other."""

from bangfu.tracing.claims import PlacedClaims
from bangfu.tracing.holdings import OWN, Parts, Pool, Queue, split, together
from bangfu.tracing.ledger import Books
from bangfu.tracing.methods import Method
from bangfu.tracing.trail import EARLY, FAR, FOLLOWED, NO_LEDGER, NOT_THERE, NotConserved, Record, Trace, by_claimant

COUNTED = 20  # hops beyond these are not told apart where no number of hops is asked for


class _Account:
    """An account: whose money stands on it, and its balance, which the entries alone make."""

    def __init__(self, number: str, holding: Queue | Pool, opening: int):
        self.number, self.holding, self.balance = number, holding, min(opening, 0)

    def receive(self, parts: Parts, row: int | None, record: Record) -> None:
        """Money comes in; what the account owes its bank is repaid first, out of all parts of the deposit in proportion."""
        amount = sum(parts.values())
        repaid = min(max(-self.balance, 0), amount)
        if repaid:
            lost, parts = split(parts, repaid)
            record.overdraft(row, self.number, lost)
        self.holding.put(parts)
        self.balance += amount
        self._demand_conserved()

    def pay(self, amount: int, *, claims_first: bool) -> Parts:
        """Money goes out; what the account does not have is the bank's credit, and nobody's claim."""
        there = min(amount, self.holding.total)
        parts = self.holding.take(there, claims_first=claims_first)
        if amount > there:
            parts = together(parts, {OWN: amount - there})
        self.balance -= amount
        if sum(parts.values()) != amount or min(parts.values()) < 0:
            raise NotConserved(f"{amount} fen left, {parts} were taken")
        self._demand_conserved()
        return parts

    def _demand_conserved(self) -> None:
        if self.holding.total != max(self.balance, 0):
            raise NotConserved(f"{self.holding.total} fen are held where the balance is {self.balance}")


def follow(books: Books, claims: PlacedClaims, method: Method, *, hops: int | None, claims_first: set[int] | None, history: bool) -> Trace:
    """The trace of the claims by a method that looks at payments in their order.

    claims_first: rows whose payment is taken from the claimants first (None = all); methods that have no such choice do not ask.
    """
    record = Record(books, claims.names)
    accounts = {a: _Account(a, method.holding(), o) for a, o in books.opening.items()}
    for number, opening in books.opening.items():
        if opening > 0:
            accounts[number].receive(_claimed({OWN: opening}, claims.on_openings.get(number, ()), record), None, record)
    rows, counterparty = books.rows, books.rows["counterparty_account"].isin(books.accounts).tolist()
    number, amount, leaves = (rows["account_no"].tolist(), rows["amount"].tolist(), rows["direction"].eq("out").tolist())
    sequence, early = books.sequence
    ahead, under_way, seen = set(early), {}, set()
    for row in sequence:
        account = accounts[number[row]]
        if leaves[row]:
            parts = account.pay(amount[row], claims_first=claims_first is None or row in claims_first)
            parts = _claimed(parts, claims.on_rows.get(row, ()), record)
            arrival = books.partner.get(row)
            end = way_on(arrival, ahead, at_hand=counterparty[row])
            if len(parts) > 1 or OWN not in parts:
                near = parts if hops is None else {p: a for p, a in parts.items() if p == OWN or p[1] + 1 < hops}
                record.leg(row, arrival, near if end == FOLLOWED else parts, end)
                if end == FOLLOWED:
                    record.leg(row, arrival, {p: a for p, a in parts.items() if p not in near}, FAR)
                    under_way[arrival] = _one_hop_on(near, amount[row])
        else:
            parts = under_way.pop(row, None) or {OWN: amount[row]}
            account.receive(_claimed(parts, claims.on_rows.get(row, ()), record), row, record)
        if history:
            _write_down(record, account, row, seen)
    if under_way:
        raise NotConserved(f"{len(under_way)} transfers left and did not arrive")
    return record.trace(method, {n: a.holding.parts for n, a in accounts.items()})


def way_on(arrival: int | None, early: set[int], *, at_hand: bool) -> str:
    """Whether a payment can be followed to the other side, or why not (key of ENDS); at_hand: whether the other side's ledger is."""
    if arrival is None:
        return NOT_THERE if at_hand else NO_LEDGER
    return EARLY if arrival in early else FOLLOWED


def _claimed(parts: Parts, claims, record: Record) -> Parts:
    """The parts with what is claimed of them: claims go on money that is nobody's yet."""
    for claimant, amount in claims:
        taken = min(amount, parts.get(OWN, 0))
        if taken:
            record.claimed[claimant] += taken
            rest = {p: a - taken if p == OWN else a for p, a in parts.items()}
            parts = together({p: a for p, a in rest.items() if a}, {(claimant, 0): taken})
    return parts


def _one_hop_on(parts: Parts, whole: int) -> Parts:
    """The parts as they arrive: each claimant's a hop further; the rest of the payment is nobody's claim."""
    arrived: Parts = {}
    for (claimant, hop), amount in parts.items():
        if claimant != OWN[0]:
            arrived = together(arrived, {(claimant, min(hop + 1, COUNTED)): amount})
    rest = whole - sum(arrived.values())
    return together(arrived, {OWN: rest}) if rest else arrived


def _write_down(record: Record, account: _Account, row: int, seen: set[tuple[str, int]]) -> None:
    held = by_claimant(account.holding.parts)
    seen |= {(account.number, c) for c in held}
    for claimant in range(len(record.names)):
        if (account.number, claimant) in seen:
            record.history.append((row, account.number, account.balance, claimant, held.get(claimant, 0)))
