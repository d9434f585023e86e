"""The ledgers at hand as one sequence of events: what can be used of them, both sides of a transfer linked, in order of time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heapify, heappop, heappush

import pandas as pd
from pandas.api.types import is_integer_dtype

from bangfu.bank_order import handed_over_again, in_the_banks_order
from bangfu.problems import Problem, Sentence
from bangfu.tracing.transfers import linked

NEEDED = ("account_no", "posted_on", "direction", "amount")
OPTIONAL = {"counterparty_account": "str", "txn_id": "str", "balance": "Int64", "order": "Int64"}
LEFT_OUT = {
    "unreadable": Sentence("缺账号、日期、方向或金额", "without account, date, direction or amount"),
    "negative": Sentence("金额为零或负数(红字冲销须人工核对)", "amount of nought or less (a reversal: to be looked at by hand)"),
    "repeated": Sentence("重复提交的同一笔流水", "the same entry of the same account again"),
}


class WrongLedger(Problem):
    """A ledger that cannot be traced through, or claims that do not fit it."""

    status = 2


@dataclass(frozen=True)
class Books:
    """Ledgers made ready for tracing; `Books.of(ledger)`. Rows are numbered 0, 1, … in the order of each account's bank.

    rows      NEEDED and OPTIONAL columns, `label` (the row's label in the ledger given); of each account in the bank's order (`bank_order`)
    opening   account -> fen before its first row (negative = overdrawn)
    partner   row -> the row of the same transfer in the other account's ledger
    left_out  label, reason (key of LEFT_OUT): rows that stand in no sum
    breaks    label, account_no, expected, found: where the bank's balance does not follow from the row before
    assumed   accounts whose opening balance nobody told: taken as nought
    reversed_ accounts whose rows stood from the latest to the first
    """

    rows: pd.DataFrame
    opening: dict[str, int]
    partner: dict[int, int]
    left_out: pd.DataFrame
    breaks: pd.DataFrame
    assumed: tuple[str, ...]
    reversed_: tuple[str, ...]

    @classmethod
    def of(cls, ledger: pd.DataFrame, *, opening: Mapping[str, int] | None = None, transit_days: int = 7) -> "Books":
        """Makes ledgers ready; WrongLedger where a column is missing or an amount is no whole number of fen.

        opening: account -> fen, for accounts whose ledger has no balance. transit_days: within how many days the two sides of
        a transfer without a common id are looked for.
        """
        checked = _checked(ledger)
        usable, left_out = _usable(checked)
        booked = _at_the_places_by_time(in_the_banks_order(usable))
        told, assumed = _openings(booked, {str(a): int(fen) for a, fen in (opening or {}).items()})
        rows = booked[[*NEEDED, *OPTIONAL, "label"]]
        backwards = tuple(sorted(booked.loc[booked["turned"], "account_no"].unique()))
        return cls(rows, told, linked(rows, transit_days), left_out, _breaks(booked, told), assumed, backwards)

    @property
    def accounts(self) -> set[str]:
        """The accounts whose own ledger is at hand."""
        return set(self.opening)

    @cached_property
    def sequence(self) -> tuple[list[int], tuple[int, ...]]:
        """The rows in the order in which they are followed, and the arrivals that the books put before their departure.

        By time; of each account in the bank's order; a transfer leaves before it arrives. Where the books contradict
        themselves an arrival goes ahead of its departure: nothing is known of whose money it is.
        """
        posted = self.rows["posted_on"].astype("int64").tolist()
        waits, after = [0] * len(posted), defaultdict(list)
        before: dict[str, int] = {}
        for row, account in enumerate(self.rows["account_no"].tolist()):
            if account in before:
                after[before[account]].append(row)
                waits[row] += 1
            before[account] = row
        arrivals = {i for o, i in self.partner.items() if self._leaves[o]}
        for arrival in arrivals:
            after[self.partner[arrival]].append(arrival)
            waits[arrival] += 1
        order, done, early = [], set(), []
        ready = [(posted[r], r) for r in range(len(posted)) if not waits[r]]
        heapify(ready)
        stuck = sorted((posted[r], r) for r in arrivals)
        while len(order) < len(posted):
            if not ready:
                # Only arrivals wait for another account: the first that waits for nothing else goes ahead.
                stuck = [(at, r) for at, r in stuck if r not in done]
                at, row = next((at, r) for at, r in stuck if waits[r] == 1 and self.partner[r] not in done)
                early.append(row)
                heappush(ready, (at, row))
            _, row = heappop(ready)
            if row in done:
                continue
            order.append(row)
            done.add(row)
            for later in after[row]:
                waits[later] -= 1
                if not waits[later] and later not in done:
                    heappush(ready, (posted[later], later))
        return order, tuple(early)

    @cached_property
    def _leaves(self) -> list[bool]:
        return self.rows["direction"].eq("out").tolist()

    def reordered(self, order: list[int]) -> "Books":
        """The same books with the rows in another order (`order`: the present numbers), as one of the orders of a day."""
        place = {row: at for at, row in enumerate(order)}
        rows = self.rows.iloc[order].reset_index(drop=True)
        return replace(self, rows=rows, partner={place[a]: place[b] for a, b in self.partner.items()})


def _checked(ledger: pd.DataFrame) -> pd.DataFrame:
    """The columns that tracing knows, in their types; every mistake at once."""
    wrong = [Sentence(f"流水缺少“{c}”列。", f"The ledger has no column “{c}”.") for c in NEEDED if c not in ledger]
    if wrong:
        raise WrongLedger.all(wrong)
    known = ledger.reindex(columns=[*NEEDED, *OPTIONAL])
    for column in ("amount", "balance", "order"):
        try:
            known[column] = known[column].astype("Int64")
        except (TypeError, ValueError):
            wrong.append(Sentence(f"流水的“{column}”列应为整数(金额以分计)。", f"Column “{column}” of the ledger must be whole numbers (amounts in fen)."))
    directions = set(ledger["direction"].dropna()) - {"in", "out"}
    if directions:
        wrong.append(Sentence("流水的“direction”列只能是 in 或 out。", "Column “direction” of the ledger must be in or out."))
    if wrong:
        raise WrongLedger.all(wrong)
    posted = pd.to_datetime(known["posted_on"], errors="coerce", format="ISO8601").astype("datetime64[us]")
    texts = {c: known[c].astype("str") for c in ("account_no", "direction", "counterparty_account", "txn_id")}
    sheets = {"origin": ledger["origin"]} if _has_row_tokens(ledger) else {}
    return known.assign(posted_on=posted, label=ledger.index, **texts, **sheets).reset_index(drop=True)


def _has_row_tokens(ledger: pd.DataFrame) -> bool:
    """Whether the ledger is one of a county, whose rows know their sheets; a table from elsewhere can have such a column of its own."""
    return "origin" in ledger and is_integer_dtype(ledger["origin"]) and ledger["origin"].notna().all() and ledger["origin"].is_unique


def _usable(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    reason = pd.Series(pd.NA, index=rows.index, dtype="str")
    reason[handed_over_again(rows)] = "repeated"
    reason[rows["amount"].le(0).fillna(False)] = "negative"
    reason[rows[list(NEEDED)].isna().any(axis=1)] = "unreadable"
    left_out = pd.DataFrame({"label": rows["label"], "reason": reason})[reason.notna()].reset_index(drop=True)
    return rows[reason.isna()].reset_index(drop=True), left_out


def _at_the_places_by_time(booked: pd.DataFrame) -> pd.DataFrame:
    """All accounts in one table by time; at the places that fall to an account, its rows in the bank's order."""
    booked = booked.sort_values("account_no", kind="stable", ignore_index=True)
    by_time = booked.sort_values(["posted_on", "order", "origin"], kind="stable", ignore_index=True)
    places = by_time["account_no"].sort_values(kind="stable").index
    return booked.set_axis(places).sort_index()


def _signed(rows: pd.DataFrame) -> pd.Series:
    return rows["amount"].where(rows["direction"].eq("in"), -rows["amount"])


def _openings(rows: pd.DataFrame, told: dict[str, int]) -> tuple[dict[str, int], tuple[str, ...]]:
    """What was on each account before its first row: as told, else by the first balance of the bank, else nought."""
    so_far = _signed(rows).groupby(rows["account_no"]).cumsum()
    by_bank = (rows["balance"] - so_far).groupby(rows["account_no"]).first()
    wanted = [a for a in by_bank.index if a not in told]
    found = {a: int(by_bank[a]) for a in wanted if pd.notna(by_bank[a])}
    return {**{a: 0 for a in wanted}, **found, **told}, tuple(a for a in wanted if a not in found)


def _breaks(booked: pd.DataFrame, opening: dict[str, int]) -> pd.DataFrame:
    """Where the bank's balance does not follow from the balance before, or from the opening told: a row is lacking or misplaced there."""
    so_far = _signed(booked).groupby(booked["account_no"]).cumsum() + booked["account_no"].map(opening).astype("Int64")
    expected = booked["expected"].fillna(so_far)
    found = booked.assign(expected=expected, found=booked["balance"])[(booked["balance"] != expected).fillna(False).astype(bool)]
    return found[["label", "account_no", "expected", "found"]].reset_index(drop=True)
