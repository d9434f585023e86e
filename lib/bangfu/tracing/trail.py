"""The result of tracing: the legs of the money, where it stands or ended, and that no fen was lost or made on the way."""

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from bangfu.tracing.holdings import OWN, Parts
from bangfu.tracing.ledger import Books
from bangfu.tracing.methods import Method

FOLLOWED, NO_LEDGER, NOT_THERE, OVERDRAFT, FAR, EARLY = "", "no_ledger", "not_in_ledger", "overdraft", "hops", "out_of_order"
ENDS = {
    NO_LEDGER: ("对方账户的流水不在手", "the ledger of that account is not at hand"),
    NOT_THERE: ("对方账户的流水在手,但没有这笔收入", "the ledger of that account is at hand but does not show the arrival"),
    OVERDRAFT: ("用于归还透支,至此无法追踪", "went to repay an overdraft: not traceable further"),
    FAR: ("到达时已是限定的最后一跳,未再往下追", "arrived at the last hop asked for: not followed further"),
    EARLY: ("两本流水的先后互相矛盾,到账排在付出之前", "the books put the arrival before the departure"),
}
_LEGS = {"claimant": "str", "hop": "int64", "posted_on": "datetime64[us]", "txn_id": "str", "from_account": "str", "to_account": "str", "amount": "Int64", "of": "Int64", "end": "str"}


class NotConserved(AssertionError):
    """Fen were lost or made: a defect of the workbench, never of the ledger."""


@dataclass(frozen=True)
class Trace:
    """What a method says of the claimed money. All amounts in fen, Int64.

    method    by which it was traced
    books     through which
    record    what was written down on the way
    holdings  account -> whose money stands on it at the end
    """

    method: Method
    books: Books
    record: "Record"
    holdings: dict[str, Parts]

    @cached_property
    def legs(self) -> pd.DataFrame:
        """A row per payment and claimant (and hop) whose money it carries.

        claimant, hop (1 = the first payment on), posted_on, txn_id, from_account, to_account (missing = unknown), amount (the
        claimant's part), of (the whole payment), end (key of ENDS; empty = followed on), label and label_in (the rows of the
        ledger: departure, arrival).
        """
        legs = pd.DataFrame(self.record.legs, columns=["claimant", "hop", "row", "row_in", "from_account", "to_account", "amount", "end"])
        row, row_in, rows = legs["row"].astype("Int64"), legs["row_in"].astype("Int64"), self.books.rows
        legs["claimant"] = legs["claimant"].map(dict(enumerate(self.record.names)))
        for name, column in (("posted_on", "posted_on"), ("txn_id", "txn_id"), ("of", "amount"), ("label", "label")):
            legs[name] = row.map(rows[column])
        legs["label_in"] = row_in.map(rows["label"])
        return legs.reindex(columns=[*_LEGS, "label", "label_in"]).astype(_LEGS)

    @cached_property
    def balances(self) -> pd.DataFrame:
        """What is left at the end on accounts whose ledger is at hand: claimant, account_no, amount."""
        left = sorted((self.record.names[c], account, amount) for account, parts in self.holdings.items() for c, amount in by_claimant(parts).items())
        return pd.DataFrame(left, columns=["claimant", "account_no", "amount"]).astype({"claimant": "str", "account_no": "str", "amount": "Int64"})

    @cached_property
    def by_claimant(self) -> pd.DataFrame:
        """claimant, claimed, held (left on accounts at hand), and a column per key of ENDS; claimed is the sum of the others."""
        sums = pd.DataFrame({"claimant": self.record.names, "claimed": self.record.claimed, "held": self._held, **self.record.ended})
        return sums.astype({c: "str" if c == "claimant" else "Int64" for c in sums})

    @cached_property
    def history(self) -> pd.DataFrame:
        """With `history=True`: what of each claimant stands on an account after each of its entries, from the first on which there is any.

        label, account_no, balance, claimant, amount.
        """
        labels, names = self.books.rows["label"].tolist(), self.record.names
        return pd.DataFrame([(labels[r], a, b, names[c], m) for r, a, b, c, m in self.record.history], columns=["label", "account_no", "balance", "claimant", "amount"])

    @property
    def _held(self) -> list[int]:
        held = [0] * len(self.record.names)
        for parts in self.holdings.values():
            for claimant, amount in by_claimant(parts).items():
                held[claimant] += amount
        return held

    @property
    def conserved(self) -> bool:
        """Whether every claimed fen is accounted for: left on an account, or at one of the ends."""
        return self.record.claimed == [sum(parts) for parts in zip(self._held, *self.record.ended.values(), strict=True)]

    def held(self, claimant: str, account: str | None = None) -> int:
        """What is left of a claimant's money, on one account or all."""
        rows = self.balances[(self.balances["claimant"] == claimant) & (account is None or self.balances["account_no"] == account)]
        return int(rows["amount"].sum())

    def paid(self, txn: str, claimant: str | None = None) -> int:
        """How much of a payment was a claimant's money (or all claimants')."""
        rows = self.legs[(self.legs["txn_id"] == txn) & (claimant is None or self.legs["claimant"] == claimant)]
        return int(rows["amount"].sum())

    @property
    def to_request(self) -> pd.DataFrame:
        """The ledgers to ask for next, those that received most first: account_no, payments, amount, first, last."""
        ends = self.legs[(self.legs["end"] == NO_LEDGER) & self.legs["to_account"].notna()]
        asked = ends.groupby("to_account").agg(payments=("label", "nunique"), amount=("amount", "sum"), first=("posted_on", "min"), last=("posted_on", "max"))
        return asked.rename_axis("account_no").reset_index().sort_values(["amount", "account_no"], ascending=[False, True], ignore_index=True)


def by_claimant(parts: Parts) -> dict[int, int]:
    """Fen by claimant, whatever the hops; own money left out."""
    sums: dict[int, int] = {}
    for (claimant, _), amount in parts.items():
        if claimant != OWN[0]:
            sums[claimant] = sums.get(claimant, 0) + amount
    return sums


@dataclass
class Record:
    """What is written down while money is followed, and where every claimed fen is at any moment."""

    books: Books
    names: tuple[str, ...]
    legs: list[tuple] = field(default_factory=list)
    history: list[tuple] = field(default_factory=list)

    def __post_init__(self):
        rows = self.books.rows
        self._counterparty = [None if pd.isna(c) else c for c in rows["counterparty_account"]]
        self._account = rows["account_no"].tolist()
        self.claimed = [0] * len(self.names)
        self.ended = {end: [0] * len(self.names) for end in ENDS}

    def leg(self, row: int, arrival: int | None, parts: Parts, end: str) -> None:
        """A payment that carries claimants' money to the other side, or to an end."""
        to = self._account[arrival] if arrival is not None else self._counterparty[row]
        for (claimant, hop), amount in parts.items():
            if claimant != OWN[0]:
                self.legs.append((claimant, hop + 1, row, arrival, self._account[row], to, amount, end))
                if end:
                    self.ended[end][claimant] += amount

    def overdraft(self, row: int | None, account: str, parts: Parts) -> None:
        """Claimants' money that repaid what the account owed its bank."""
        for (claimant, hop), amount in parts.items():
            if claimant != OWN[0]:
                self.legs.append((claimant, hop, row, None, account, None, amount, OVERDRAFT))
                self.ended[OVERDRAFT][claimant] += amount

    def trace(self, method: Method, holdings: dict[str, Parts]) -> Trace:
        """The trace, once the last entry is behind; NotConserved where a fen is lacking."""
        trace = Trace(method, self.books, self, holdings)
        if not trace.conserved:
            raise NotConserved(f"{method.name}: {trace.by_claimant.to_dict('records')}")
        return trace
