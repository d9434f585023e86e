"""What money is to be traced: whose, and with which entry of the ledger or opening balance it begins."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bangfu.problems import Sentence
from bangfu.tracing.ledger import Books, WrongLedger


@dataclass(frozen=True)
class Claim:
    """A claimant's money: what came in or went out with a transaction, or an account's opening balance.

    txn       a transaction id: the money of that entry (of both its sides, if it is a transfer between ledgers at hand)
    row       instead of it, the label of a row of the ledger
    account   with txn, the ledger in which the entry stands; alone, the account whose opening balance is claimed
    amount    fen; None = all of it
    """

    claimant: str
    txn: str | None = None
    account: str | None = None
    amount: int | None = None
    row: object = None


Claims = Iterable[Claim] | Mapping[str, str | Iterable[str]]


@dataclass(frozen=True)
class PlacedClaims:
    """Claims at their places in the books: names of claimants in order, and (claimant number, fen) by row or account."""

    names: tuple[str, ...]
    on_rows: dict[int, list[tuple[int, int]]]
    on_openings: dict[str, list[tuple[int, int]]]


def as_claims(claims: Claims) -> list[Claim]:
    """Claims as a list; also from `{claimant: transaction id or ids}`."""
    if not isinstance(claims, Mapping):
        return list(claims)
    return [Claim(name, txn) for name, txns in claims.items() for txn in ([txns] if isinstance(txns, str) else txns)]


def placed(claims: Claims, books: Books) -> PlacedClaims:
    """The claims placed in the books; WrongLedger where one names what is not there, or more is claimed than there is."""
    given = as_claims(claims)
    names = tuple(dict.fromkeys(c.claimant for c in given))
    amounts, wrong = books.rows["amount"].tolist(), []
    on_rows, on_openings = defaultdict(list), defaultdict(list)
    entries = _Entries(books)
    for claim in given:
        if claim.txn is None and claim.row is None:
            account = str(claim.account)
            there, places, place = max(books.opening.get(account, 0), 0), on_openings, account
            if account not in books.accounts:
                wrong.append(Sentence(f"“{claim.claimant}”主张的账户不在流水中。", f"The account that “{claim.claimant}” claims is not in the ledger."))
                continue
        else:
            rows = entries.of(claim)
            if len(rows) != 1:
                zh, en = ("不在流水中", "is not in the ledger") if not rows else ("在流水中不止一笔,请注明账户", "stands in the ledger more than once: name the account")
                wrong.append(Sentence(f"“{claim.claimant}”主张的交易 {claim.txn or claim.row} {zh}。", f"Transaction {claim.txn or claim.row}, claimed by “{claim.claimant}”, {en}."))
                continue
            there, places, place = amounts[rows[0]], on_rows, rows[0]
        wanted = there if claim.amount is None else claim.amount
        if wanted < 0 or wanted + sum(a for _, a in places[place]) > there:
            wrong.append(Sentence(f"“{claim.claimant}”主张的金额超过该笔金额。", f"“{claim.claimant}” claims more than there is."))
            continue
        places[place].append((names.index(claim.claimant), wanted))
    if wrong:
        raise WrongLedger.all(dict.fromkeys(wrong))
    return PlacedClaims(names, dict(on_rows), dict(on_openings))


def rows_of(txns: Iterable[str], books: Books) -> set[int]:
    """The rows of transactions, both sides of a transfer; WrongLedger for an id that is not there."""
    wanted = {str(t) for t in txns}
    absent = wanted - set(books.rows["txn_id"].dropna())
    if absent:
        raise WrongLedger.all(Sentence(f"流水中没有交易 {t}。", f"The ledger has no transaction {t}.") for t in sorted(absent))
    rows = books.rows.index[books.rows["txn_id"].isin(wanted)].tolist()
    return set(rows) | {books.partner[r] for r in rows if r in books.partner}


class _Entries:
    """Looks entries up by transaction id or label; a transfer between ledgers at hand is its departure."""

    def __init__(self, books: Books):
        self._books = books
        self._accounts, self._out = books.rows["account_no"].tolist(), books.rows["direction"].eq("out").tolist()
        self._by_txn, self._by_label = defaultdict(list), {}
        for row, (txn, label) in enumerate(zip(books.rows["txn_id"].tolist(), books.rows["label"].tolist(), strict=True)):
            self._by_txn[txn].append(row)
            self._by_label[label] = row

    def of(self, claim: Claim) -> list[int]:
        if claim.row is not None:
            return [self._by_label[claim.row]] if claim.row in self._by_label else []
        rows = [r for r in self._by_txn.get(str(claim.txn), []) if claim.account is None or str(claim.account) == self._accounts[r]]
        arrivals = {self._books.partner[r] for r in rows if self._out[r] and r in self._books.partner}
        return [r for r in rows if r not in arrivals]
