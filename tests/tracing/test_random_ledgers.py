"""On random ledgers: no fen is lost or made, no claim rises above the lowest balance since, and simpler programs give the same."""

import random
from collections import deque
from fractions import Fraction
from itertools import accumulate

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import account, random_case

from bangfu import tracing

AMOUNTS = st.integers(-300, 300).filter(bool)
ENTRIES = st.lists(AMOUNTS, min_size=1, max_size=14)


def demand_conserved(ledger, claims, opening) -> None:
    """Of every method: each claimed fen is somewhere; no payment carries more than itself; no account holds more claims than money."""
    books = tracing.Books.of(ledger, opening=opening)
    signed = books.rows["amount"].where(books.rows["direction"].eq("in"), -books.rows["amount"])
    closing = {a: o + int(signed[books.rows["account_no"] == a].sum()) for a, o in books.opening.items()}
    for method in tracing.METHODS:
        trace = tracing.trace(books, claims, method)
        ended = dict.fromkeys(trace.record.names, 0)
        for claimant, _, row, _, _, _, amount, end in trace.record.legs:
            assert amount > 0
            ended[trace.record.names[claimant]] += amount if end else 0
        carried = pd.Series([leg[6] for leg in trace.record.legs if leg[7] != tracing.OVERDRAFT], index=[leg[2] for leg in trace.record.legs if leg[7] != tracing.OVERDRAFT], dtype="int64")
        assert (carried.groupby(level=0).sum() <= books.rows["amount"].reindex(carried.index.unique().sort_values()).astype("int64")).all(), method
        for name, claimed in zip(trace.record.names, trace.record.claimed, strict=True):
            assert claimed == ended[name] + trace.held(name), (method, name)
        for number, parts in trace.holdings.items():
            assert all(a > 0 for a in parts.values())
            assert sum(a for p, a in parts.items() if p[0] >= 0) <= max(closing[number], 0), method


@pytest.mark.parametrize("seed", range(10))
def test_conservation(seed):
    rng = random.Random(seed)
    for _ in range(20):
        demand_conserved(*random_case(rng))


@pytest.mark.long
def test_conservation_on_ten_thousand_ledgers():
    rng = random.Random("ten thousand")
    for _ in range(10_000):
        demand_conserved(*random_case(rng))


def lowest_since(entries: list[int], opening: int, place: int) -> list[int]:
    """After each entry from `place` on, the lowest balance since; an overdrawn account holds nothing."""
    balances = [max(b, 0) for b in accumulate(entries, initial=opening)][1:]
    return list(accumulate(balances[place:], min))


def demand_no_claim_above_the_lowest_balance(entries: list[int], opening: int, place: int) -> None:
    """LIBR with one claimant, against its published recursion: traceable after = min(traceable before, balance after)."""
    named = [(f"t{i}", e) for i, e in enumerate(entries)]
    trace = tracing.trace(account(*named), {"c": f"t{place}"}, "libr", opening={"X": opening}, history=True)
    # An overdraft is repaid out of the deposit before anything can be traced.
    found = trace.history["amount"].tolist()
    expected = [min(entries[place], low) for low in lowest_since(entries, opening, place)]
    assert found == expected[len(expected) - len(found):] and not any(expected[: len(expected) - len(found)])


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.integers(-200, 400), st.data())
def test_lowest_balance(entries, opening, data):
    deposits = [i for i, e in enumerate(entries) if e > 0]
    if deposits:
        demand_no_claim_above_the_lowest_balance(entries, opening, data.draw(st.sampled_from(deposits)))


@pytest.mark.long
def test_lowest_balance_on_ten_thousand_ledgers():
    rng = random.Random("lowest balance")
    for _ in range(10_000):
        entries = [rng.choice([-1, 1]) * rng.randint(1, 500) for _ in range(rng.randint(1, 20))] + [rng.randint(1, 500)]
        demand_no_claim_above_the_lowest_balance(entries, rng.randint(-200, 400), rng.choice([i for i, e in enumerate(entries) if e > 0]))


@settings(max_examples=40, deadline=None)
@given(ENTRIES, st.integers(0, 400))
def test_no_claimant_is_above_the_lowest_balance_since_his_deposit(entries, opening):
    """LIBR with a claimant to every second deposit: each alone, and all together, after every entry."""
    deposits = [i for i, e in enumerate(entries) if e > 0][::2]
    if not deposits:
        return
    trace = tracing.trace(account(*[(f"t{i}", e) for i, e in enumerate(entries)]), {f"c{i}": f"t{i}" for i in deposits}, "libr", opening={"X": opening}, history=True)
    for i in deposits:
        low = dict(enumerate(lowest_since(entries, opening, i), start=i))
        mine = trace.history[trace.history["claimant"] == f"c{i}"]
        assert all(amount <= low[label] for label, amount in zip(mine["label"], mine["amount"], strict=True))
    assert (trace.history.groupby("label")["amount"].sum() <= trace.history.groupby("label")["balance"].first().clip(lower=0)).all()


def fen_by_fen(entries: list[int], opening: int, newest_first: bool) -> dict[int, int]:
    """First or last in, first out with every single fen as an object: what is left of each deposit."""
    fen, debt = deque(), max(-opening, 0)
    fen.extend([-1] * max(opening, 0))
    for place, entry in enumerate(entries):
        if entry > 0:
            repaid = min(debt, entry)
            debt -= repaid
            fen.extend([place] * (entry - repaid))
        for _ in range(-entry):
            if fen:
                fen.pop() if newest_first else fen.popleft()
            else:
                debt += 1
    return {place: sum(f == place for f in fen) for place in range(len(entries))}


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.integers(-200, 400), st.booleans())
def test_queues_against_single_fen(entries, opening, newest_first):
    ledger = account(*[(f"t{i}", e) for i, e in enumerate(entries)])
    deposits = {f"c{i}": f"t{i}" for i, e in enumerate(entries) if e > 0}
    trace = tracing.trace(ledger, deposits, "lifo" if newest_first else "fifo", opening={"X": opening})
    left = fen_by_fen(entries, opening, newest_first)
    assert {name: trace.held(name) for name in deposits} == {f"c{i}": left[i] for i, e in enumerate(entries) if e > 0}


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.integers(0, 400))
def test_rolling_shares_against_exact_fractions(entries, opening):
    """The rolling charge in exact fractions; in whole fen it is off by less than a fen a payment."""
    exact: dict[int, Fraction] = {-1: Fraction(opening)}
    for place, entry in enumerate(entries):
        balance = sum(exact.values())
        if entry > 0:
            exact[place] = Fraction(entry)
        elif balance + entry <= 0:
            return  # overdrafts have their own tests
        else:
            exact = {p: a * (balance + entry) / balance for p, a in exact.items()}
    deposits = {f"c{i}": f"t{i}" for i in exact if i >= 0}
    if deposits:
        trace = tracing.trace(account(*[(f"t{i}", e) for i, e in enumerate(entries)]), deposits, "pro_rata", opening={"X": opening})
        payments = sum(e < 0 for e in entries)
        assert all(abs(trace.held(f"c{i}") - exact[i]) <= payments for i in exact if i >= 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 500), min_size=2, max_size=8), st.lists(st.integers(1, 300), max_size=6), st.randoms())
def test_ex_post_the_order_does_not_count(deposits, payments, rng):
    """Pari passu ex post: after the first deposit any order gives the same, but for single fen; and exactly the share of what was paid in."""
    payments = [p for p, so_far in zip(payments, accumulate(payments), strict=True) if so_far <= sum(deposits)]
    entries = [(f"t{i}", a) for i, a in enumerate(deposits)] + [(f"p{i}", -a) for i, a in enumerate(payments)]
    later = entries[1:]
    rng.shuffle(later)
    left = sum(deposits) - sum(payments)
    claims = {f"c{i}": f"t{i}" for i in range(len(deposits))}
    for ledger in (account(*entries), account(entries[0], *later)):
        trace = tracing.trace(ledger, claims, "pari_passu", opening={"X": 0})
        for i, amount in enumerate(deposits):
            assert abs(trace.held(f"c{i}") - Fraction(amount * left, sum(deposits))) <= len(deposits)
        assert sum(trace.held(c) for c in claims) == left


@pytest.mark.parametrize("method", tracing.METHODS)
def test_the_order_of_rows_in_the_table_does_not_count(method):
    """Where every entry has its own time, the table may be shuffled, and claimants may have other names."""
    rng = random.Random(7)
    for _ in range(6):
        ledger, claims, opening = random_case(rng)
        ledger = ledger.assign(posted_on=pd.Timestamp("2019-01-01") + pd.to_timedelta(range(len(ledger)), unit="h"))
        shuffled = ledger.sample(frac=1, random_state=rng.randint(0, 99))
        renamed = [tracing.Claim(f"other {c.claimant}", account=c.account, amount=c.amount, row=c.row) for c in claims]
        one, two = tracing.trace(ledger, claims, method, opening=opening), tracing.trace(shuffled, renamed, method, opening=opening)
        assert one.legs["amount"].tolist() == two.legs["amount"].tolist() and one.legs["label"].tolist() == two.legs["label"].tolist()
        assert [f"other {c}" for c in one.balances["claimant"]] == two.balances["claimant"].tolist()
