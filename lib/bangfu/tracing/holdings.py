"""Whose money stands on an account, and whose goes out with the next payment.

A part of money belongs to a party: a claimant with the number of hops that it has come, or the account holder's own (or
unknown) money, `OWN`. A holding is given parts and asked for amounts; what it gives out sums to what it was asked for.
"""

from collections import deque

from bangfu.tracing.apportionment import apportioned

Party = tuple[int, int]  # claimant, hops
Parts = dict[Party, int]  # fen by party, without noughts
OWN: Party = (-1, 0)


def split(parts: Parts, amount: int) -> tuple[Parts, Parts]:
    """`amount` fen out of the parts, in proportion to them; and what remains."""
    if len(parts) == 1:
        (party, held), = parts.items()
        return _without_noughts({party: amount}), _without_noughts({party: held - amount})
    parties = sorted(parts)
    out = dict(zip(parties, apportioned(amount, [parts[p] for p in parties]), strict=True))
    return _without_noughts(out), _without_noughts({p: parts[p] - out[p] for p in parties})


def together(one: Parts, other: Parts) -> Parts:
    """Two lots of parts put together."""
    return {**one, **{p: a + one.get(p, 0) for p, a in other.items()}}


def _without_noughts(parts: Parts) -> Parts:
    return {p: a for p, a in parts.items() if a}


class Queue:
    """Money that goes out in the order in which it came, or in the reverse; within one deposit in proportion."""

    def __init__(self, *, newest_first: bool):
        self._deposits: deque[tuple[int, Parts]] = deque()
        d = self._deposits
        self._next, self._put_back = (d.pop, d.append) if newest_first else (d.popleft, d.appendleft)
        self.total = 0

    def put(self, parts: Parts) -> None:
        amount = sum(parts.values())
        if amount:
            self._deposits.append((amount, parts))
            self.total += amount

    def take(self, amount: int, *, claims_first: bool) -> Parts:
        """The next `amount` fen; the queue does not ask whose turn it is, so `claims_first` changes nothing."""
        self.total -= amount
        out: Parts = {}
        while amount:
            size, parts = self._next()
            if size > amount:
                taken, rest = split(parts, amount)
                self._put_back((size - amount, rest))
                return together(out, taken)
            out, amount = together(out, parts), amount - size
        return out

    @property
    def parts(self) -> Parts:
        held: Parts = {}
        for _, parts in self._deposits:
            held = together(held, parts)
        return held


class Pool:
    """Money that has no order: all parties pay together in proportion, or own money and claims pay one after the other.

    ranked: whether own money and the claims pay one after the other (which first is asked with each payment); between
    claimants a payment is always shared in proportion to what each has left.
    """

    def __init__(self, *, ranked: bool):
        self._ranked = ranked
        self.parts: Parts = {}
        self.total = 0

    def put(self, parts: Parts) -> None:
        self.parts = together(self.parts, parts)
        self.total += sum(parts.values())

    def take(self, amount: int, *, claims_first: bool) -> Parts:
        self.total -= amount
        if not self._ranked:
            out, self.parts = split(self.parts, amount)
            return out
        own = {p: a for p, a in self.parts.items() if p == OWN}
        claims = {p: a for p, a in self.parts.items() if p != OWN}
        first, last = (claims, own) if claims_first else (own, claims)
        from_first = min(amount, sum(first.values()))
        out, first = split(first, from_first) if from_first else ({}, first)
        more, last = split(last, amount - from_first) if amount > from_first else ({}, last)
        self.parts = first | last
        return out | more
