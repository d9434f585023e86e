"""Do the first digits of the amounts occur as Benford's law expects?"""

import numpy as np

from bangfu.stats.digits.amounts import POWERS, exact
from bangfu.stats.digits.applicability import benford_reason
from bangfu.stats.digits.conformity import conform


def leading_digits(whole, k):
    """The first k significant digits of whole numbers above zero, as a whole number with k digits: 5 has the first two digits 50."""
    if whole.dtype == object:
        return np.array([int(str(v)[:k].ljust(k, "0")) for v in whole], dtype=np.int64)
    length = np.searchsorted(POWERS, whole, side="right")
    return np.where(length >= k, whole // POWERS[np.maximum(length - k, 0)], whole * POWERS[np.clip(k - length, 0, None)])


def benford_shares(k):
    """What Benford's law expects of the first k digits d = 10^(k-1) ... 10^k - 1: log10(1 + 1/d)."""
    return np.log10(1 + 1 / np.arange(10 ** (k - 1), 10**k))


def second_digit_shares():
    """What Benford's law expects of the second digit d = 0 ... 9: sum over first digits c of log10(1 + 1 / (10 c + d))."""
    return benford_shares(2).reshape(9, 10).sum(axis=0)


def first(amounts, *, places=0, sign="positive", least=None):
    """Test the first digits, 1 to 9. Parameters as in `first_two`."""
    return _leading("first", 1, amounts, places, sign, least)


def second(amounts, *, places=0, sign="positive", least=None):
    """Test the second digits, 0 to 9. Parameters as in `first_two`; an amount of one digit counts as followed by 0 (5 is 5.0)."""
    return _leading("second", 2, amounts, places, sign, least)


def first_two(amounts, *, places=0, sign="positive", least=None):
    """Test the first two digits, 10 to 99, against Benford's law: P(d) = log10(1 + 1/d).

    amounts: numbers, Decimals, or Amounts; missing values are left out and counted. places: 2 if they are fen or cents.
    sign: "positive", "negative" or "both" (sizes). least: leave out amounts below so many currency units (Nigrini: 10).
    Returns a DigitTest; it says whether the test applies. Digits are taken from the exact decimals.
    Source: Benford (1938), Proceedings of the American Philosophical Society 78; Nigrini (2011), Forensic Analytics, chapters 5 and 6.
    """
    return _leading("first_two", 2, amounts, places, sign, least)


def first_three(amounts, *, places=0, sign="positive", least=None):
    """Test the first three digits, 100 to 999. Parameters as in `first_two`."""
    return _leading("first_three", 3, amounts, places, sign, least)


def _leading(test, k, amounts, places, sign, least):
    every = exact(amounts, places)
    sized = every.sized(sign, least)
    shares = second_digit_shares() if test == "second" else benford_shares(k)
    found = leading_digits(sized.whole, k)
    start = 0 if test == "second" else 10 ** (k - 1)
    found = found % 10 if test == "second" else found - start
    return conform(test, np.bincount(found, minlength=len(shares)), shares, range(start, start + len(shares)),
                   reason=benford_reason(sized, shares.min()), missing=every.missing, left_out=len(every) - len(sized))
