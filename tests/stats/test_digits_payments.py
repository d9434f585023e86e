"""Repetition, timing and limits: tables that can be checked by eye, and the real payments."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bangfu.stats import digits
from bangfu.stats.digits.names import same_names


def table(text, **types):
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pd.DataFrame(rows[1:], columns=rows[0]).replace("-", None).astype(types)


# Repetition


def test_number_duplication_by_hand():
    # 5 x 3, 7 x 2, 9: factor (9 + 4) / 36, average frequency (9 + 4 + 1) / 6; 0.1 + 0.2 is not 0.3
    found = digits.number_duplication([5, 7, 5, 9, 7, 5])
    assert list(zip(found.amounts["amount"], found.amounts["count"], strict=True)) == [(5, 3), (7, 2)]
    assert (found.n, found.distinct, found.factor, found.average_frequency) == (6, 3, pytest.approx(13 / 36), pytest.approx(14 / 6))
    assert digits.number_duplication([0.3, 0.1 + 0.2]).distinct == 2


def test_relative_size_factor_by_hand():
    found = digits.relative_size_factor(pd.Series([100.0, 5.0, 20.0, 7.0, 8.0, 8.0, -9.0, 3.0, np.nan], index=list("abcdefghi")),
                                        ["A", "A", "A", "B", "C", "C", "B", None, "A"])
    assert found.vendors.to_dict("index") == {
        "A": {"count": 3, "largest": 100, "second": 20, "factor": 5.0, "row": "a"},
        "C": {"count": 2, "largest": 8, "second": 8, "factor": 1.0, "row": "e"},
    }
    assert (found.single, found.missing) == (1, 2)


PAID = """
row | vendor                 | invoice  | date       | amount
1   | 云岭县建材有限公司       | 0012345  | 2019-03-01 | 800.00
2   | 云岭县建材有限公司       | 0012345  | 2019-03-01 | 800.00
3   | 云岭县建材有限责任公司    | 12345    | 2019-03-09 | 800.00
4   | 石桥运输队              | 0012345  | 2019-03-01 | 800.00
5   | 石桥运输队              | 77       | 2019-03-01 | 90.10
6   | 石桥运输队              | 77       | 2019-04-01 | 90.10
7   | -                      | 77       | 2019-04-01 | 90.10
8   | 石桥运输队              | 78       | 2019-04-01 | 90.11
9   | 石桥运输队              | -        | 2019-04-01 | 90.11
"""


@pytest.fixture
def paid():
    return table(PAID, amount=float).set_index("row")


def groups(found):
    return [sorted(part.index) for _, part in found.rows.groupby("group")]


def test_exact_duplicates_by_hand(paid):
    found = digits.exact_duplicates(paid, ["vendor", "invoice", "date", "amount"])
    assert (groups(found), found.at_stake, found.n, found.missing) == ([["1", "2"]], Decimal("800"), 7, 2)


@pytest.mark.parametrize("same, different, expected", [
    (["amount", "invoice"], "vendor", [["1", "2", "4"]]),  # 3 has another way of writing its number
    (["amount", "vendor", "invoice"], "date", [["5", "6"]]),
    (["amount", "vendor", "date"], "invoice", []),  # 9 has no number: not assessed
])
def test_same_same_different_by_hand(paid, same, different, expected):
    assert groups(digits.same_same_different(paid, same, different)) == expected


def test_near_duplicates_by_hand(paid):
    found = digits.near_duplicates(paid)
    assert (groups(found), found.n, found.missing) == ([["1", "2", "3"]], 7, 2)


@pytest.mark.parametrize("one, other, same", [
    ("Smith, John", "JOHN SMITH", True), ("ACME Inc.", "Acme, Incorporated", True), ("Johnson & Sons Ltd", "Johnson and Sons", True),
    ("ACME（Inc）", "acme", True), ("Brightwater Tools", "Brightwatr Tools", True), ("Brightwater Tools", "Brightwader Tools", True),
    ("Brightwater Tools", "Birghtwater Tools", False), ("Route 12 Haulage", "Route 13 Haulage", False), ("Kim", "Kam", False),
    ("P.P. Systems", "PDP Systems", False), ("FEDEX 12/10/09", "FEDEX 12/09/10", False), ("Home Depot 271", "The Home Depot #271", True),
    ("云岭县建材有限公司", "云岭县建材有限责任公司", True), ("云岭县东关中心小学", "云岭县西关中心小学", False), ("云岭县第一小学", "云岭县第二小学", False),
    ("云岭县惠民商贸", "云岭县惠明商贸", True), ("张伟", "张玮", False), ("", "", False),
])
def test_names_that_mean_the_same(one, other, same):
    numbers = same_names(pd.Series([one, other]))
    assert (numbers[0] == numbers[1] and numbers[0] >= 0) == same


def test_near_duplicates_without_numbers_need_the_same_day(paid):
    found = digits.forensic_suite(paid["amount"], paid["date"], paid["vendor"])["near_duplicates"]
    assert groups(found) == []
    same_day = paid["date"].mask(paid.index == "3", "2019-03-01")
    assert groups(digits.forensic_suite(paid["amount"], same_day, paid["vendor"])["near_duplicates"]) == [["1", "2", "3"]]


@pytest.mark.parametrize("one, other, same", [
    ("INV-0012", "inv 12", False), ("0012-34", "1234", True), ("A1O5", "al05", True), ("1234", "1234A", False), ("№12", "№ 12", True), ("000", "0", True)])
def test_numbers_that_mean_the_same(one, other, same):
    assert (digits.clean_number(one) == digits.clean_number(other)) == same


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["1", "01", ""]), st.integers(1, 2)), max_size=12), st.randoms())
def test_duplicates_do_not_depend_on_the_order_of_rows(rows, random):
    frame = pd.DataFrame(rows, columns=["vendor", "invoice", "amount"]).astype({"vendor": "str", "invoice": "str", "amount": "int64"})
    shuffled = frame.loc[random.sample(range(len(frame)), len(frame))]
    for made in (lambda t: digits.exact_duplicates(t, ["vendor", "invoice", "amount"]), digits.near_duplicates,
                 lambda t: digits.same_same_different(t, ["vendor", "amount"], "invoice")):
        assert sorted(groups(made(frame))) == sorted(groups(made(shuffled)))


# Round numbers


def test_round_numbers_by_hand():
    # whole: 3 of 5; multiples of 10 among the 3 whole ones from 10 on: 2; of 100: 1 of 1 (30 is below 100)
    found = digits.round_numbers_test([12.5, 13.25, 7, 30, 100], levels=(1, 10, 100))
    assert found.levels[["of", "count"]].to_numpy().tolist() == [[5, 3], [2, 2], [1, 1]]
    assert found.levels["p_value"].tolist() == pytest.approx([stats.binom.sf(2, 5, 0.01), 0.01, 0.1])


def test_round_numbers_of_fixed_rates_are_not_assessed():
    assert digits.round_numbers_test([300] * 60 + [500] * 60).reason == "fixed_amounts"


# Weekends and holidays


def test_weekend_and_holiday_entries_by_the_calendar():
    # 2019: 29 September was a Sunday worked for National Day, 1 and 5 October were holidays (a Tuesday, a Saturday), 13 October a Sunday
    dates = pd.Series(["2019-09-29", "2019-10-01", "2019-10-05", "2019-10-13", "2019-10-14", None], index=list("abcdef"))
    found = digits.weekend_and_holiday_entries(dates, holidays=["2019-10-01", "2019-10-05"], workdays=["2019-09-29"])
    assert found.rows["kind"].to_dict() == {"b": "holiday", "c": "holiday", "d": "weekend"}
    assert (found.n, found.missing, found.by_weekday.tolist()) == (5, 1, [1, 1, 0, 0, 0, 1, 2])
    assert "没有给出节假日" in digits.weekend_and_holiday_entries(dates).paper()


def test_dates_written_by_month_tell_no_day_of_the_week():
    assert digits.weekend_and_holiday_entries(["2019-06-30", "2019-09-01", "2019-03-15"]).reason == "dates_by_period"


# Limits


BOUGHT = """
row | vendor | date       | amount
a   | A      | 2019-03-01 | 30000.00
b   | A      | 2019-03-20 | 19999.99
c   | A      | 2019-03-31 | 0.01
d   | A      | 2019-04-01 | 49999.99
e   | B      | 2019-03-01 | 50000.00
f   | B      | 2019-03-01 | 49999.99
g   | C      | 2019-05-01 | 25000.00
h   | C      | 2019-06-01 | 25000.00
i   | -      | 2019-05-01 | 49000.00
j   | C      | -          | 49000.00
"""


def test_split_purchases_by_hand():
    # A reaches 50,000 to the fen from 1 to 31 March; what remains starts anew. B's other purchase is not below the limit; C's are 31 days apart
    bought = table(BOUGHT, amount=float).set_index("row")
    found = digits.split_purchases(bought["amount"], bought["date"], bought["vendor"], 50_000, days=30)
    assert (groups(found), found.n, found.missing) == ([["a", "b", "c"]], 7, 2)
    assert found.groups["total"].tolist() == [Decimal("50000.00")]
    assert groups(digits.split_purchases(bought["amount"], bought["date"], bought["vendor"], 50_000, days=31)) == [["a", "b", "c", "d"], ["g", "h"]]
    assert groups(digits.split_purchases(bought["amount"], bought["date"], bought["vendor"], 50_000, days=30, at_least=1)) == [["b", "d"]]


def test_just_under_by_hand():
    # limit 1000, strip [950, 1000), below [857.375, 950), above [1000, 1108.03...): 6, 2 and 1 amounts; P(6 or more of 8 with 1/3)
    amounts = [950, 999.99, 980, 990, 990, 960, 857.38, 949.99, 1000, 857.37, 1108.04]
    found = digits.just_under(amounts, 1000)
    assert (found.inside, found.below, found.above) == (6, 2, 1)
    assert found.p_value == pytest.approx(sum(c * 2**b for c, b in ((28, 2), (8, 1), (1, 0))) / 3**8)
    assert found.rows.tolist() == [0, 1, 2, 3, 4, 5]


def test_just_under_is_not_deceived_by_slopes_and_cut_offs():
    falling = 1000 * np.linspace(0.8, 1.2, 4000) ** -4
    assert digits.just_under(falling, 1000).p_value > 0.05
    assert digits.just_under(falling[falling < 1000], 1000).p_value > 0.05
    assert digits.just_under([990] * 5, 1000).reason == "few_near_limit"


# All together


def test_suite_says_what_was_not_assessed():
    found = digits.forensic_suite([12.5, 13.0, 99.9])
    assert {n: found[n].reason for n in found if not found[n].applies} == {
        "first": "too_few", "second": "too_few", "first_two": "too_few", "first_three": "too_few", "last_two": "too_few", "second_order": "too_few",
        "summation": "too_few", "mantissa": "too_few", "relative_size": "no_vendors", "exact_duplicates": "no_vendors", "different_vendor": "no_invoices",
        "different_date": "no_vendors", "different_invoice": "no_vendors", "near_duplicates": "no_vendors", "calendar": "no_dates",
        "split_purchases": "no_limit", "just_under": "no_limit"}


@pytest.mark.parametrize("amounts", [[], [None, None], [0, 0], [-5, -6]])
def test_suite_of_nothing_assesses_nothing(amounts):
    nothing = [None] * len(amounts)
    summary = digits.forensic_suite(pd.Series(amounts, dtype="float64"), nothing, nothing, nothing, limit=10).summary("en")
    assert summary.index[summary["applies"]].tolist() == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_test_of_the_suite_says_one_plain_sentence(lang, paid):
    found = digits.forensic_suite(paid["amount"], paid["date"], paid["vendor"], paid["invoice"], limit=1000)
    summary = found.summary(lang)
    assert len(summary) == 19 and summary["meaning"].str.contains("[。.]$").all()
    assert summary["meaning"].str.contains("[一-鿿]").all() == (lang == "zh")
    assert not summary["meaning"].str.contains("nan|None").any()
    assert all(title in found.paper(lang) for title in summary["title"])


def test_suite_keeps_rows_of_repeated_labels_apart(paid):
    same_label = paid.set_axis([0] * len(paid))
    found = digits.forensic_suite(same_label["amount"], same_label["date"], same_label["vendor"], same_label["invoice"])
    assert (found["exact_duplicates"].groups, len(found["near_duplicates"].rows)) == (1, 3)


def test_columns_must_stand_beside_each_other():
    with pytest.raises(ValueError, match="beside each other"):
        digits.forensic_suite([1, 2, 3], dates=["2019-01-01"])


def test_ledger_is_tested_on_what_was_paid_out():
    ledger = pd.DataFrame({"amount": pd.array([120000, 120000, 5], dtype="Int64"), "direction": ["out", "out", "in"], "counterparty_name": ["甲", "甲", "乙"],
                           "posted_on": pd.to_datetime(["2019-01-05"] * 3), "voucher_no": ["9", "9", "8"]})
    found = digits.of_ledger({"ledger": ledger})
    assert (found["number_duplication"].amounts["amount"].tolist(), found["exact_duplicates"].at_stake) == ([Decimal("1200.00")], Decimal("1200.00"))


def test_suite_makes_every_test_on_the_real_payments(shared_data):
    paid = pd.read_csv(shared_data / "corporate_payment_2010.csv.gz", dtype={"VendorNum": "str", "InvNum": "str"})
    found = digits.forensic_suite(paid["Amount"], paid["Date"], paid["VendorNum"], paid["InvNum"], limit=5000)
    assert found.summary()["applies"].all() and len(found.summary()) == 19
