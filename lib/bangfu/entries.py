"""Entries of a register or ledger: the same entry handed over twice is still one entry."""

import pandas as pd


def once(rows: pd.DataFrame, number: str) -> pd.DataFrame:
    """The rows without those whose number (of the record, the payment, ...) has stood before; rows without a number stay."""
    again = rows[number].notna() & rows[number].duplicated()
    return rows[~again] if again.any() else rows.copy(deep=False)


def not_reversals(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without red entries (红字冲销): a negative `amount` takes back an entry and is none of its own; a missing amount stays."""
    red = (rows["amount"] < 0).fillna(False)
    return rows[~red] if red.any() else rows


def standing(rows: pd.DataFrame, of: list[str]) -> pd.DataFrame:
    """The entries that were not taken back: every red entry is left out, and with each an entry of the same `of` over the same amount, the first in order."""
    if not (rows["amount"] < 0).any():
        return rows
    key = [*of, "amount"]
    positive = not_reversals(rows)
    red = rows.loc[(rows["amount"] < 0).fillna(False)].dropna(subset=of)
    taken_back = red[of].assign(amount=-red["amount"]).value_counts()
    turn = positive.groupby(key).cumcount()
    taken = pd.MultiIndex.from_frame(positive[key]).map(taken_back.to_dict())
    return positive[~(turn.to_numpy() < pd.Series(taken, dtype="float64").fillna(0).to_numpy())]
