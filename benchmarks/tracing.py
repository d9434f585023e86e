"""Tracing 100,000 ledger rows over four hops by every method, beside one plain pass of pandas over the same table: seconds and their ratio.

    python benchmarks/tracing.py [rows] [accounts] [claimants]

Made up: accounts with their ledgers at hand, a tenth of them special; each payment goes to another account at hand (both sides
stand in the ledgers) or to one that is not; amounts are lognormal, dates without times. Claims are what leaves special accounts.
"""

import sys
from time import process_time

import numpy as np
import pandas as pd

from bangfu import tracing


def ledgers(rows: int, accounts: int) -> pd.DataFrame:
    """About so many rows of so many accounts, by date."""
    rng = np.random.default_rng(1)
    n = rows * 2 // 3
    special = accounts // 10
    sender = rng.integers(0, accounts, n)
    receiver = rng.integers(special, accounts * 2, n)
    receiver = np.where(receiver == sender, accounts * 2, receiver)
    day = np.sort(rng.integers(0, 365, n))
    paid = pd.DataFrame({"sender": sender, "receiver": receiver, "posted_on": pd.Timestamp(2019, 1, 1) + pd.to_timedelta(day, unit="D"), "amount": np.exp(rng.normal(12, 2, n)).astype("int64") + 1})
    paid["txn_id"] = [f"t{i}" for i in range(n)]
    out = paid.assign(account_no=paid["sender"].astype(str), counterparty_account=paid["receiver"].astype(str), direction="out")
    came = paid[paid["receiver"] < accounts]
    came = came.assign(account_no=came["receiver"].astype(str), counterparty_account=came["sender"].astype(str), direction="in")
    both = pd.concat([out, came]).sort_values("posted_on", kind="stable", ignore_index=True)
    return both[["account_no", "posted_on", "direction", "amount", "counterparty_account", "txn_id"]]


def main(rows: int = 100_000, accounts: int = 1_000, claimants: int = 1) -> None:
    ledger = ledgers(rows, accounts)
    special = ledger[ledger["direction"].eq("out") & ledger["account_no"].astype(int).lt(accounts // 10)]
    claims = [tracing.Claim(f"c{int(a) % claimants}", row=i) for i, a in zip(special.index, special["account_no"], strict=True)]
    opening = {str(a): 10**8 for a in range(accounts)}
    start = process_time()
    ledger.sort_values(["account_no", "posted_on"]), ledger.groupby("account_no")["amount"].cumsum(), ledger.merge(ledger, on=["txn_id"])
    plain = process_time() - start
    start = process_time()
    books = tracing.Books.of(ledger, opening=opening)
    books.sequence
    ready = process_time() - start
    print(f"{len(ledger):,} rows, {accounts:,} ledgers, {len(books.partner) // 2:,} transfers between them, {len(claims):,} claims of {claimants}; pandas sort, sums and a join: {plain:.2f} s CPU")
    print(f"{'made ready':12} {ready:6.2f} s  ×{ready / plain:.0f}")
    whole = ready
    for method in tracing.METHODS:
        start = process_time()
        found = tracing.trace(books, claims, method, hops=4)
        legs = found.legs
        took = process_time() - start
        whole += took
        print(f"{method:12} {took:6.2f} s  ×{took / plain:.0f}  {len(legs):,} legs, conserved: {found.conserved}")
    print(f"{'together':12} {whole:6.2f} s  ×{whole / plain:.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
