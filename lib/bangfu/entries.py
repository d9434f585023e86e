"""Entries of a register or ledger: the same entry handed over twice is still one entry."""

import pandas as pd


def once(rows: pd.DataFrame, number: str) -> pd.DataFrame:
    """The rows without those whose number (of the record, the payment, ...) has stood before; rows without a number stay."""
    return rows[rows[number].isna() | ~rows[number].duplicated()]
