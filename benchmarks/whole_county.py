"""A made-up county with every table, its cases planted, as large as asked: 31,500 households have a million visits and calls.

The sample county has few payments beside its visits; its books (funds, projects, claims, accounts, ledger) are repeated under other
numbers and firms until the ledger has as many transactions as asked, so that each copy holds together and has the same cases.
"""

import math
import shutil
from pathlib import Path

import pandas as pd

from bangfu.sample.making import POLICY, clean_counties
from bangfu.sample.planting import plant

YEAR = 2019
KEPT = Path(__file__).resolve().parents[1] / "build" / "benchmarks"
BOOKS = ("accounts", "funds", "projects", "claims", "ledger")
NUMBERS = (
    "account_no", "fund_id", "project_id", "claim_id", "txn_id", "invoice_no", "voucher_no", "counterparty_account", "payee_account",
    "contractor_account", "contractor", "payee", "project_name", "notice_url",
)  # fmt: skip


def whole_county(households: int, transactions: int = 0, seed: int = 1) -> dict[str, pd.DataFrame]:
    """The tables as intake would give them, with `origin`; made once and kept as Parquet under build/benchmarks."""
    folder = kept(households, transactions, seed)
    return {file.stem: pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}


def kept(households: int, transactions: int = 0, seed: int = 1) -> Path:
    """The folder with a Parquet file for each table of such a county."""
    folder = KEPT / f"county-{households}-{transactions}-{seed}"
    if not folder.exists():
        county = next(clean_counties(households, seed, YEAR, policy=POLICY))
        plant(county)
        making = folder.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        for number, (name, frame) in enumerate(with_transactions({n: f for n, f in county.tables.items()}, transactions).items()):
            frame = frame.reset_index(drop=True)
            frame["origin"] = (number << 32) + pd.Series(range(len(frame)), dtype="int64")
            frame.to_parquet(making / f"{name}.parquet")
        making.rename(folder)
    return folder


def with_transactions(tables: dict[str, pd.DataFrame], transactions: int) -> dict[str, pd.DataFrame]:
    """The tables with their books repeated until the ledger has so many rows, or a few more."""
    times = max(1, math.ceil(transactions / len(tables["ledger"])))
    return tables | {name: pd.concat([_copy(tables[name], k) for k in range(times)], ignore_index=True) for name in BOOKS}


def _copy(frame: pd.DataFrame, k: int) -> pd.DataFrame:
    """The books under other numbers; the first copy as it is."""
    return frame.assign(**{c: frame[c] + f"-{k}" for c in NUMBERS if k and c in frame})
