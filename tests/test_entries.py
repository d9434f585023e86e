"""Entries of registers and ledgers: what stands twice, what was taken back."""

import pandas as pd

from bangfu.entries import not_reversals, standing


def test_a_red_entry_takes_back_one_entry_of_the_same_kind_and_amount():
    rows = pd.DataFrame(
        [
            ("A", 3000), ("A", -3000), ("A", 3000),  # paid, returned, paid again: the last stands
            ("B", 3000), ("B", -2000),  # no entry over 2000: what was paid stands
            ("C", 3000), ("C", None), ("D", -3000),
        ],
        columns=["of", "amount"],
    ).astype({"amount": "Int64"})  # fmt: skip
    assert standing(rows, ["of"]).index.tolist() == [2, 3, 5, 6]
    assert not_reversals(rows).index.tolist() == [0, 2, 3, 5, 6]
