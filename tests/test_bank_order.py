"""The bank's order: accounts in several sheets, from the latest entry to the first, handed over twice."""

import pandas as pd

from bangfu.audit import apply
from bangfu.params import read_pack

RULE = read_pack("laizhou-2018-8").rules["LG-01"]


def ledger(*sheets):
    """A ledger from sheets of (txn_id, account, day of May, signed fen, balance), each with the row tokens of its own sheet."""
    rows = [
        {"txn_id": txn, "account_no": account, "posted_on": pd.Timestamp(2019, 5, day), "direction": "in" if fen > 0 else "out", "amount": abs(fen), "balance": balance, "origin": (number << 32) + row}
        for number, sheet in enumerate(sheets)
        for row, (txn, account, day, fen, balance) in enumerate(sheet, 2)
    ]
    return pd.DataFrame(rows).astype({"amount": "Int64", "balance": "Int64", "posted_on": "datetime64[us]"})


def judged(*sheets):
    outcome = apply(RULE, {"ledger": ledger(*sheets)}, 2019)
    return outcome.found.rows["subject"].tolist(), outcome.found.unassessed, outcome.found.notes


EARLY = [("1", "A", 1, 100, 100), ("2", "A", 3, -20, 80), ("3", "A", 3, 50, 130)]
LATE = [("4", "A", 9, -30, 100), ("5", "A", 20, 7, 107)]


def test_sheets_follow_each_other_whatever_their_order_and_direction():
    for first in (EARLY, EARLY[::-1]):
        for second in (LATE, LATE[::-1]):
            assert judged(first, second) == judged(second, first) == ([], 0, [])


def test_within_a_day_the_order_is_that_of_the_sheet():
    """100, -20, +50 on the third gives 80 and 130; told the other way round in a sheet by rising date it gives 130, 80 and a break nowhere."""
    assert judged([EARLY[0], EARLY[2], EARLY[1]]) == ([], 0, [])
    wrong = [("1", "A", 1, 100, 100), ("2", "A", 3, -20, 81), ("3", "A", 3, 50, 131)]
    assert judged(wrong) == (["2"], 0, [])  # 100 - 20 = 80, not 81; 81 + 50 = 131
    assert judged(wrong[::-1]) == (["2"], 0, [])


def test_a_day_that_stands_in_no_order_of_the_bank_is_linked_by_its_balances():
    """From 100: -20 gives 80, +50 gives 130, -10 gives 120; the sheet has the second first, and neither way round fits."""
    day = [("3", "A", 3, 50, 130), ("2", "A", 3, -20, 80), ("4", "A", 3, -10, 120)]
    assert judged([EARLY[0], *day, ("5", "A", 9, -30, 90)]) == ([], 0, [])
    assert judged([EARLY[0], *day, ("5", "A", 9, -30, 91)]) == (["5"], 0, [])  # 120 - 30 = 90


def test_balances_that_come_back_within_a_day():
    """100 + 5 = 105, - 5 = 100, + 7 = 107, - 7 = 100, + 1 = 101: four of the five stand elsewhere in the sheet, and all can be walked."""
    day = [("5", "A", 3, 1, 101), ("2", "A", 3, -5, 100), ("3", "A", 3, 7, 107), ("1", "A", 3, 5, 105), ("4", "A", 3, -7, 100)]
    assert judged([EARLY[0], *day, ("6", "A", 4, 1, 102)]) == ([], 0, [])


def test_what_was_handed_over_twice_counts_once():
    assert judged(EARLY, [*EARLY[1:], *LATE]) == ([], 0, [])
    without = [(None, *row[1:]) for row in EARLY]
    assert judged(without, without) == ([], 0, [])


def test_the_same_movement_twice_without_a_number_is_two_movements():
    """+100, -100, +100: the third row reads as the first does and is no copy of it, so that the fourth follows: 100 - 40 = 60."""
    rows = [(None, "A", 1, 100, 100), (None, "A", 1, -100, 0), (None, "A", 1, 100, 100), ("4", "A", 1, -40, 60)]
    assert judged(rows) == ([], 0, [])


def test_sheets_that_do_not_meet_are_no_finding():
    """107 stands at the end of the first sheet; the second begins with 500 - 10 = 490."""
    found, unassessed, notes = judged([*EARLY, *LATE], [("9", "A", 28, -10, 490), ("10", "A", 29, -90, 400)])
    assert found == [] and unassessed == 1 and "1 accounts" in notes[0][1]


def test_one_mistyped_date_breaks_no_chain():
    typo = [*EARLY[:2], ("3", "A", 30, 50, 130), *LATE]
    assert judged(typo) == ([], 0, [])


def test_no_rows_and_no_balances():
    empty = ledger(EARLY)[:0]
    assert apply(RULE, {"ledger": empty}, 2019).found.rows.empty
    blank = ledger(EARLY).assign(balance=pd.array([pd.NA] * 3, dtype="Int64"))
    outcome = apply(RULE, {"ledger": blank}, 2019)
    assert outcome.found.rows.empty and (outcome.found.assessed, outcome.found.unassessed) == (0, 3)
