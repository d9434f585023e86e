"""What the digits, the repetition and the timing of payments give away.

    from bangfu.stats import digits

    suite = digits.forensic_suite(payments["amount"], payments["date"], payments["vendor"], payments["invoice"])
    suite.summary()              # every test: does it apply, what does it mean
    print(suite["first_two"])    # the working paper of one

    digits.first_two(payments["amount"]).digits      # counts, expected counts and Z per combination
"""

from bangfu.stats.digits.amounts import Amounts, exact
from bangfu.stats.digits.calendar_entries import weekend_and_holiday_entries
from bangfu.stats.digits.conformity import DigitTest, conformity, mad_by_chance
from bangfu.stats.digits.duplication import exact_duplicates, near_duplicates, number_duplication, relative_size_factor, same_same_different
from bangfu.stats.digits.last_two import last_two_digits
from bangfu.stats.digits.leading import benford_shares, first, first_three, first_two, leading_digits, second, second_digit_shares
from bangfu.stats.digits.ledger import of_ledger
from bangfu.stats.digits.mantissa import mantissa_test
from bangfu.stats.digits.names import clean_name, clean_number
from bangfu.stats.digits.round_numbers import round_numbers_test
from bangfu.stats.digits.second_order import second_order_test
from bangfu.stats.digits.splitting import just_under, split_purchases
from bangfu.stats.digits.suite import ForensicSuite, forensic_suite
from bangfu.stats.digits.summation import summation_test

__all__ = [
    "Amounts", "DigitTest", "ForensicSuite", "benford_shares", "clean_name", "clean_number", "conformity", "exact", "exact_duplicates",
    "first", "first_three", "first_two", "forensic_suite", "just_under", "last_two_digits", "leading_digits", "mad_by_chance",
    "mantissa_test", "near_duplicates", "number_duplication", "of_ledger", "relative_size_factor", "round_numbers_test", "same_same_different",
    "second",
    "second_digit_shares", "second_order_test", "split_purchases", "summation_test", "weekend_and_holiday_entries",
]
