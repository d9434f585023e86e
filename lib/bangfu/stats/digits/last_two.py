"""Do all last two digits occur about equally often, as digits that nobody chose would?"""

import numpy as np

from bangfu.stats.digits.amounts import exact
from bangfu.stats.digits.applicability import few_different
from bangfu.stats.digits.conformity import conform


def last_two_digits(amounts, *, places=0, decimals=None, sign="positive", least=10, whole_share=0.9, min_expected=5):
    """Test the last two digits, 00 to 99, each expected in 1% of the amounts.

    decimals: digits after the point that amounts are written with: 2 takes the cents (12.5 is 12.50: 50), 0 the last two digits of whole
    numbers. Without it: 2 if any amount has decimals, otherwise 0.
    least: amounts below so many currency units are left out (their last digits are first digits too). Other parameters as in
    `leading.first_two`. Returns a DigitTest without a class (Nigrini gives none). Reasons not to apply: fixed_amounts, too_few, finer_than_cents
    (amounts with parts of the last digit), whole_only (at least whole_share of the amounts end in 00 although they have decimals).
    Source: Nigrini (2011), Forensic Analytics, chapter 8 (the last-two digits test); for uniformity of last digits Hill (1995),
    Statistical Science 10.
    """
    every = exact(amounts, places)
    sized = every.sized(sign, least)
    places = every.places
    if decimals is None:
        decimals = 2 if places else 0
    finer = np.zeros(len(sized), dtype=bool)
    if places > decimals:
        finer = (sized.whole % 10 ** (places - decimals) != 0).astype(bool)
        found = sized.whole // 10 ** (places - decimals) % 100
    elif decimals - places == 1:
        found = sized.whole % 10 * 10
    else:
        found = sized.whole % 100 if decimals == places else np.zeros(len(sized), dtype=np.int64)
    counts = np.bincount(found[~finer].astype(np.int64), minlength=100)
    n = int(counts.sum())
    if n and few_different(np.unique(sized.whole, return_counts=True)[1]):
        reason = "fixed_amounts"
    elif finer.any():
        reason = "finer_than_cents"
    elif n < 100 * min_expected:
        reason = "too_few"
    else:
        reason = "whole_only" if decimals and counts[0] >= whole_share * n else ""
    return conform("last_two", counts, np.full(100, 0.01), [f"{d:02d}" for d in range(100)],
                   reason=reason, missing=every.missing, left_out=len(every) - n)
