"""The forensic suite on many payments, beside one plain pass of pandas over the same table: seconds of each and their ratio.

    python benchmarks/digits.py [payments.csv.gz]      (columns VendorNum, Date, InvNum, Amount)

Without a file the payments are made up: 190,000 of 10,000 vendors, lognormal.
"""

import sys
from time import process_time

import numpy as np
import pandas as pd

from bangfu.stats import digits


def payments(path: str | None) -> pd.DataFrame:
    if path:
        return pd.read_csv(path, dtype={"VendorNum": "str", "InvNum": "str"})
    rng = np.random.default_rng(1)
    n = 190_000
    days = pd.Timestamp(2019, 1, 1) + pd.to_timedelta(rng.integers(0, 365, n), unit="D")
    return pd.DataFrame({"VendorNum": rng.integers(0, 10_000, n).astype(str), "Date": days, "InvNum": np.arange(n).astype(str), "Amount": np.exp(rng.normal(5.5, 2, n)).round(2)})


def main(path: str | None) -> None:
    paid = payments(path)
    start = process_time()
    found = digits.forensic_suite(paid["Amount"], paid["Date"], paid["VendorNum"], paid["InvNum"], limit=5000)
    ours = process_time() - start
    start = process_time()
    paid.duplicated(["Amount", "Date", "VendorNum", "InvNum"]).sum(), paid.groupby("VendorNum")["Amount"].max(), paid["Amount"].value_counts(), paid.sort_values("Amount")
    plain = process_time() - start
    print(f"{len(paid):,} payments, {len(found.summary())} tests: {ours:.2f} s CPU; duplicates, maxima, counts and a sort in pandas: {plain:.2f} s; ratio {ours / plain:.1f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
