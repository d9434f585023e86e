"""Digit tests: every amount exactly, the laws by hand, published figures on the real payments, and when they do not apply."""

from decimal import Decimal
from itertools import product
from math import factorial, log10, prod

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.stats import digits
from bangfu.stats.digits import kolmogorov

EVERY = np.arange(1, 1_000_000)  # cents: 0.01 to 9,999.99


def lognormal(n, sigma=2.0, mean=6.0):
    return np.round(np.random.default_rng(20190101).lognormal(mean, sigma, n), 2)


# Reading amounts


def test_every_amount_from_1_cent_to_9999_99_is_read_exactly_from_floats():
    read = digits.exact(EVERY / 100)
    assert read.places == 2
    assert (read.whole == EVERY).all()


@pytest.mark.parametrize("k", [1, 2, 3])
def test_every_amount_has_the_first_digits_that_it_is_written_with(k):
    written = np.char.ljust(EVERY.astype("U6"), 3, "0").astype(f"U{k}").astype(int)
    assert (digits.leading_digits(digits.exact(EVERY / 100).whole, k) == written).all()


@pytest.mark.parametrize("value, places, whole", [
    (0.29, 2, 29), (1.10, 1, 11), (0.58, 2, 58), (1.15, 2, 115), (4.35, 2, 435), (1e15, 0, 10**15), (1300000.0, 0, 1300000),
    (0.1 + 0.2, 17, 30000000000000004), (1e-7, 7, 1), (123456789.01, 2, 12345678901), (-0.29, 2, -29), (9007199254740993.0, 0, 9007199254740992),
    (Decimal("0.290"), 3, 290), (Decimal("1E+3"), 0, 1000), ("12.50", 2, 1250), (np.float32(0.29), 2, 29), (10**25, 0, 10**25),
])
def test_a_value_is_the_shortest_decimal_that_reads_back(value, places, whole):
    read = digits.exact([value] if not isinstance(value, np.float32) else np.array([value]))
    assert (read.places, int(read.whole[0])) == (places, whole)


def test_fen_missing_values_and_labels_are_kept():
    read = digits.exact(pd.Series([2900, pd.NA, 110], index=["a", "b", "c"], dtype="Int64"), places=2)
    assert (read.decimals(read.whole), read.index.tolist(), read.missing) == ([Decimal("29.00"), Decimal("1.10")], ["a", "c"], 1)


@pytest.mark.parametrize("amounts, words", [([1.0, float("inf")], "infinite"), (["1,000"], "plain decimal"), ([True, False], "truth values")])
def test_what_is_no_amount_is_refused(amounts, words):
    with pytest.raises(ValueError, match=words):
        digits.exact(amounts)


def test_sums_beyond_64_bits_are_exact():
    table = digits.summation_test([Decimal("90000000000000000.01")] * 200 + [1]).digits
    assert table.loc[90, "sum"] == 200 * Decimal("90000000000000000.01")


# The laws


def test_expected_shares_as_published():
    # Nigrini (2012), Benford's Law, table 1.1; also R's benford.analysis, p.this.digit.at.n
    assert np.round(digits.benford_shares(1), 5).tolist() == [0.30103, 0.17609, 0.12494, 0.09691, 0.07918, 0.06695, 0.05799, 0.05115, 0.04576]
    assert np.round(digits.second_digit_shares(), 5).tolist() == [0.11968, 0.11389, 0.10882, 0.10433, 0.10031, 0.09668, 0.09337, 0.09035, 0.08757, 0.08500]
    assert digits.benford_shares(2)[1] == pytest.approx(0.03778856, abs=1e-8)
    assert digits.benford_shares(3).sum() == pytest.approx(1)


@pytest.mark.parametrize("test, mad, expected", [
    # Nigrini (2012), Benford's Law, table 7.1
    ("first", 0.006, "close"), ("first", 0.0061, "acceptable"), ("first", 0.0121, "marginal"), ("first", 0.0151, "nonconformity"),
    ("second", 0.008, "close"), ("second", 0.0099, "acceptable"), ("second", 0.0119, "marginal"), ("second", 0.0121, "nonconformity"),
    ("first_two", 0.0012, "close"), ("first_two", 0.0018, "acceptable"), ("first_two", 0.0022, "marginal"), ("first_two", 0.0023, "nonconformity"),
    ("first_three", 0.00036, "close"), ("first_three", 0.00044, "acceptable"), ("first_three", 0.0005, "marginal"), ("first_three", 0.00051, "nonconformity"),
    ("last_two", 0.1, None),
])
def test_conformity_classes_as_published(test, mad, expected):
    assert digits.conformity(test, mad) == expected


def test_z_and_chi_square_by_hand():
    # 400 ones and 100 nines: Z of 1 = (|0.8 - 0.30103| - 1/1000) / sqrt(0.30103 x 0.69897 / 500) = 0.49797 / 0.020514 = 24.275;
    # chi2 = 500 x (0.8^2 / 0.30103 + 0.2^2 / 0.045757 - 1) = 500 x (2.12603 + 0.87418 - 1) = 1000.11
    found = digits.first([1.5] * 400 + [9.1] * 100)
    assert found.digits.loc[1, "z"] == pytest.approx(24.275, abs=1e-3)
    assert found.chi_square == pytest.approx(1000.11, abs=0.01)
    # MAD = (0.49897 + 0.154243 + the seven others' shares 0.653212) / 9
    assert found.mad == pytest.approx((0.8 - log10(2) + 0.2 - log10(10 / 9) + 1 - log10(2) - log10(10 / 9)) / 9)


def test_continuity_correction_only_where_it_is_smaller_than_the_difference():
    # one amount in two: |0.5 - 0.30103| = 0.19897 < 1 / 4, so no correction: 0.19897 / sqrt(0.30103 x 0.69897 / 2)
    found = digits.first([1, 2])
    assert found.digits.loc[1, "z"] == pytest.approx(0.19897 / np.sqrt(0.30103 * 0.69897 / 2), rel=1e-4)


def test_mad_by_chance():
    # one toss of a fair coin deviates by 1/2 for certain; two tosses by 1/2, 0, 0, 1/2
    assert digits.mad_by_chance([0.5, 0.5], 1) == pytest.approx(0.5)
    assert digits.mad_by_chance([0.5, 0.5], 2) == pytest.approx(0.25)
    # Barney and Schulzke (2016), Journal of Forensic Accounting Research 1: about 1 / sqrt(158.8 n) for first two digits
    assert digits.mad_by_chance(digits.benford_shares(2), 100_000) == pytest.approx(1 / np.sqrt(158.8 * 100_000), rel=1e-3)


@pytest.mark.parametrize("n", [3, 5, 8])
def test_kolmogorov_smirnov_is_exact_for_digits(n):
    # every outcome of n draws from four cells, with its multinomial probability
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    outcomes = [c for c in product(range(n + 1), repeat=4) if sum(c) == n]
    chance = np.array([factorial(n) / prod(factorial(i) for i in c) * prod(shares**c) for c in outcomes])
    gaps = np.array([kolmogorov.largest_gap(c, shares) for c in outcomes])
    for gap in np.unique(gaps.round(9)):
        assert kolmogorov.p_value(gap, shares, n) == pytest.approx(chance[gaps >= gap - 1e-8].sum(), abs=1e-10)


@pytest.mark.parametrize("root_n_d, level", [(1.012, 0.10), (1.148, 0.05), (1.420, 0.01)])
def test_kolmogorov_smirnov_of_first_digits_as_published(root_n_d, level):
    # Morrow (2014), table 1: asymptotic critical values of sqrt(n) D for first digits (continuous data: 1.224, 1.358, 1.628)
    n = 2_000_000
    assert kolmogorov.p_value(root_n_d / np.sqrt(n), digits.benford_shares(1), n) == pytest.approx(level, rel=0.02)


# Published figures on the real data


@pytest.fixture
def payments(shared_data):
    return pd.read_csv(shared_data / "corporate_payment_2010.csv.gz")["Amount"]


def test_first_two_digits_of_the_payments_as_published(payments):
    # R benford.analysis, README: differences to the cent of the five largest, D and MAD. Its chi-square, 32094, is of digits
    # taken from floats, where 0.58 begins with 57 and 1,300,000 with 12
    found = digits.first_two(payments)
    gaps = (found.digits["count"] - found.digits["expected"]).abs().nlargest(5)
    assert found.n == 185_083
    assert gaps.round(2).to_dict() == {50: 5938.25, 11: 3331.98, 10: 2811.92, 14: 1043.68, 98: 889.95}
    assert (round(found.ks, 6), round(found.mad, 6), found.conformity) == (0.033195, 0.002337, "nonconformity")
    assert found.chi_square == pytest.approx(32094, rel=3e-4)


def test_payments_from_10_as_published(payments):
    # Nigrini (2011), Forensic Analytics, chapters 5 to 8, and R benford.analysis, tests: 177,763 amounts, MAD 0.01464 and
    # 0.00243, chi-square 32,659.05, 64,578 differences, the most frequent amounts, the sums furthest from equal
    assert round(digits.first(payments, least=10).mad, 5) == 0.01464
    two = digits.first_two(payments, least=10)
    assert (two.n, round(two.mad, 5), round(two.chi_square, 2)) == (177_763, 0.00243, 32_659.05)
    assert digits.second_order_test(payments, least=10).n == 64_578
    assert digits.second_order_test(payments).n == 65_504
    assert digits.summation_test(payments, least=10).largest(6).index.tolist() == [15, 26, 10, 14, 11, 50]
    often = digits.number_duplication(payments, least=10).amounts.head(6)
    assert dict(zip(often["amount"].astype(str), often["count"], strict=True)) == {
        "50.00": 6022, "1153.35": 2264, "1083.45": 1185, "150.00": 1056, "988.35": 1018, "1159.35": 976}


def test_mantissas_of_the_payments_as_published(payments):
    # R benford.analysis, README
    found = digits.mantissa_test(payments)
    assert [round(v, 3) for v in (found.mean, found.variance, found.excess_kurtosis, found.skewness)] == [0.496, 0.092, -1.257, -0.002]
    assert found.arc_length == pytest.approx(0.0039958, abs=5e-8)
    # published as -1.065467%, with 39.0685 for the divisor 39.0865 (rounded from 90 / ln 10)
    assert digits.mantissa_test(payments, least=10).distortion == pytest.approx(-0.01065467 * 39.0685 / 39.0865, abs=1e-7)


def test_town_populations_conform_as_published(shared_data):
    # Nigrini (2012), Benford's Law, chapters 1 and 7, and R benford.analysis, tests: 19,482 towns, chi-square 108, distortion 0.74%
    towns = pd.read_csv(shared_data / "census_2009.csv.gz")["pop.2009"]
    found = digits.first_two(towns, least=10)
    assert (found.n, round(found.chi_square), found.conformity, found.applies) == (19_482, 108, "close", True)
    assert digits.mantissa_test(towns, least=10).distortion == pytest.approx(0.0074, abs=5e-5)


def test_sino_forest_as_published(shared_data):
    # R jfa, tests (Derks et al., 2020): chi-square 7.65174 with 8 degrees, p 0.468206; R benford.analysis, tests: arc test
    values = pd.read_csv(shared_data / "sino_forest_2010.csv.gz")["value"]
    found = digits.first(values)
    assert (found.n, found.chi_square, found.freedom) == (772, pytest.approx(7.6517426989499855), 8)
    assert found.chi_square_p == pytest.approx(0.46820638130036729)
    arc = digits.mantissa_test(values)
    assert (arc.arc_length, arc.arc_p) == (pytest.approx(0.00216678894007925), pytest.approx(0.187728020755151))
    often = digits.number_duplication(values).amounts.set_index("amount")["count"]
    assert (often[87670], often[1670], often.index[0]) == (5, 4, 87670)
    assert digits.first_two(values).digits.loc[10, "count"] == 36


def test_average_frequency_of_invented_numbers_as_published(shared_data):
    # Simonsohn (2019), Data Colada 77; R jfa, tests: 1.5225
    values = pd.read_csv(shared_data / "sanitizer.csv.gz")["value"]
    assert digits.number_duplication(values, sign="both").average_frequency == pytest.approx(1.5225)


# When a test does not apply


@pytest.mark.parametrize("amounts, reason", [
    (lognormal(100), "too_few"),
    (np.repeat([300.0, 1200.0, 4000.0, 90.0], 500), "fixed_amounts"),
    (np.round(np.random.default_rng(1).uniform(1000, 9999, 2000), 2), "narrow_range"),
    (np.arange(1, 2001), "assigned_numbers"),
    (20190001 + 2 * np.arange(2000), "assigned_numbers"),
    (lognormal(2000), ""),
])
def test_first_digits_say_when_they_do_not_apply(amounts, reason):
    found = digits.first(amounts)
    assert (found.reason, found.applies) == (reason, not reason)
    assert ("不适用" in found.paper()) == bool(reason)


@pytest.mark.parametrize("amounts, reason", [
    (lognormal(400), "too_few"), (np.repeat([300.0, 1200.0, 4000.5], 500), "fixed_amounts"), (np.arange(1000, 3000) + 0.001, "finer_than_cents"),
    (np.append(np.arange(1000.0, 3000), 50.25), "whole_only"), (lognormal(2000), ""), (np.arange(1000, 3000), ""),
])
def test_last_two_digits_say_when_they_do_not_apply(amounts, reason):
    assert digits.last_two_digits(amounts).reason == reason


@pytest.mark.parametrize("amount, decimals, last", [
    (12.5, 2, "50"), (12.34, None, "34"), (1205, None, "05"), (1205, 2, "00"), (54.04, None, "04"), (40, None, "40"), (12.5, None, "50"),
])
def test_last_two_digits_by_hand(amount, decimals, last):
    found = digits.last_two_digits([amount] * 3, decimals=decimals)
    assert found.digits["count"].idxmax() == last


def test_no_amounts_at_all_is_not_clean():
    for made in (digits.first_two, digits.last_two_digits, digits.second_order_test, digits.summation_test, digits.mantissa_test, digits.round_numbers_test):
        found = made(pd.Series([], dtype="float64"))
        assert found.reason in ("too_few", "nothing_known") and "不适用" in found.paper()


def test_signs_are_tested_apart():
    values = [-11.0, -12.0, 0.0, 13.0, np.nan]
    found = {sign: digits.first_two(values, sign=sign) for sign in ("positive", "negative", "both")}
    assert {s: f.digits["count"][f.digits["count"] > 0].index.tolist() for s, f in found.items()} == {
        "positive": [13], "negative": [11, 12], "both": [11, 12, 13]}
    assert (found["positive"].missing, found["positive"].left_out) == (1, 3)


# Properties


cents = st.lists(st.integers(1, 10**9), min_size=1, max_size=60)


@settings(max_examples=25)
@given(cents, st.randoms())
def test_results_do_not_depend_on_the_order_of_rows(values, random):
    shuffled = random.sample(values, len(values))
    for made in (digits.first_two, digits.second_order_test, digits.summation_test, digits.mantissa_test):
        assert made(values).paper("en") == made(shuffled).paper("en")


@settings(max_examples=25)
@given(cents, st.integers(0, 6))
def test_first_digits_do_not_depend_on_the_unit(values, power):
    one, other = digits.first_three(values), digits.first_three([v * 10**power for v in values])
    assert one.digits["count"].tolist() == other.digits["count"].tolist()


@settings(max_examples=25)
@given(cents)
def test_floats_decimals_and_fen_say_the_same(values):
    as_fen = digits.first_two(pd.Series(values, dtype="Int64"), places=2).digits["count"].tolist()
    assert as_fen == digits.first_two([v / 100 for v in values]).digits["count"].tolist()
    assert as_fen == digits.first_two([Decimal(v).scaleb(-2) for v in values]).digits["count"].tolist()


@given(st.integers(1, 400), st.floats(0.001, 0.9))
def test_p_value_of_the_largest_gap_falls_as_the_gap_grows(n, gap):
    shares = digits.benford_shares(1)
    assert 0 <= kolmogorov.p_value(gap + 0.05, shares, n) <= kolmogorov.p_value(gap, shares, n) + 1e-9 <= 1 + 1e-9


def test_few_amounts_make_the_class_too_strict_and_the_paper_says_so():
    # first digits of 200 amounts: by chance about 0.232 / sqrt(200) = 0.0164, above close conformity (0.006); of 100,000 about 0.0007
    assert "too strict" in digits.first(lognormal(200)).paper("en")
    assert "too strict" not in digits.first(lognormal(100_000)).paper("en")
