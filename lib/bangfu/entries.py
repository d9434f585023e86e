"""Entries of a register or ledger: the same entry handed over twice is still one entry."""

import pandas as pd


def once(rows: pd.DataFrame, number: str) -> pd.DataFrame:
    """The rows without those whose number (of the record, the payment, ...) has stood before; rows without a number stay."""
    again = rows[number].notna() & rows[number].duplicated()
    return rows[~again] if again.any() else rows.copy(deep=False)
