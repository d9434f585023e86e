"""Ledgers for the tests of tracing: a few entries written by hand, and random ones."""

import random

import pandas as pd

from bangfu import tracing


def account(*entries: tuple[str, int], name: str = "X", start: str = "2019-01-01") -> pd.DataFrame:
    """One account, an entry a day: (transaction id, fen; negative = out)."""
    days = pd.date_range(start, periods=len(entries), freq="D")
    return pd.DataFrame(
        [(name, day, "in" if amount > 0 else "out", abs(amount), txn) for day, (txn, amount) in zip(days, entries, strict=True)],
        columns=["account_no", "posted_on", "direction", "amount", "txn_id"],
    )


def network(*payments: tuple[str, str, str, str, int], at_hand: set[str]) -> pd.DataFrame:
    """Ledgers of the accounts at hand: (transaction id, day, from, to, fen), each side where its ledger is at hand."""
    rows = []
    for txn, day, sender, receiver, amount in payments:
        rows += [(sender, day, "out", amount, receiver, txn)] if sender in at_hand else []
        rows += [(receiver, day, "in", amount, sender, txn)] if receiver in at_hand else []
    return pd.DataFrame(rows, columns=["account_no", "posted_on", "direction", "amount", "counterparty_account", "txn_id"])


def random_case(rng: random.Random) -> tuple[pd.DataFrame, list[tracing.Claim], dict[str, int]]:
    """A random network of up to four accounts at hand and two that are not, with overdrafts, loops and same-day entries; claims; openings."""
    inside = ["A", "B", "C", "D"][: rng.randint(1, 4)]
    payments = []
    for number in range(rng.randint(2, 24)):
        sender, receiver = rng.sample([*inside, "Y", "Z"], 2)
        payments.append((f"t{number}", f"2019-01-{rng.randint(1, 12):02d}", sender, receiver, rng.choice([1, 2, 3, 7, 50, 99, 100, 1_000, rng.randint(1, 10_000)])))
    ledger = network(*payments, at_hand=set(inside))
    opening = {a: rng.choice([0, 0, -120, rng.randint(1, 3_000)]) for a in inside if a in set(ledger["account_no"])}
    claims, used = [], set()
    for number in range(rng.randint(1, 4)):
        row = rng.choice(ledger.index.tolist()) if len(ledger) else None
        if row is None or ledger.at[row, "txn_id"] in used:
            continue
        used.add(ledger.at[row, "txn_id"])
        claims.append(tracing.Claim(f"claimant {number % 3}", row=row, amount=rng.choice([None, rng.randint(0, int(ledger.at[row, "amount"]))])))
    claims += [tracing.Claim("opening", account=a, amount=rng.randint(0, o)) for a, o in opening.items() if o > 0 and rng.random() < 0.3]
    return ledger, claims, opening
