"""Do the differences between neighbouring amounts look natural?"""

import numpy as np

from bangfu.stats.digits.amounts import exact
from bangfu.stats.digits.conformity import conform
from bangfu.stats.digits.leading import benford_shares, leading_digits


def second_order_test(amounts, *, places=0, sign="positive", least=None, min_expected=5):
    """Test the first two digits of the differences between the sorted amounts, zero differences left out, against Benford's law.

    It needs no Benford amounts: the differences of nearly any continuous distribution come close to the law. Rounded amounts, or many in
    a narrow range, show in spikes at 10, 20, ..., 90, because the smallest differences have a single digit.
    Parameters as in `leading.first_two`. Returns a DigitTest whose n is the number of differences; reason too_few if the rarest digits
    are expected fewer than min_expected times.
    Source: Nigrini and Miller (2009), Data Diagnostics Using Second-Order Tests of Benford's Law, Auditing 28(2), 305-324.
    """
    every = exact(amounts, places)
    sized = every.sized(sign, least)
    gaps = np.diff(np.sort(sized.whole))
    gaps = gaps[(gaps > 0).astype(bool)]
    shares = benford_shares(2)
    return conform("second_order", np.bincount(leading_digits(gaps, 2) - 10, minlength=90), shares, range(10, 100),
                   reason="too_few" if len(gaps) * shares.min() < min_expected else "", missing=every.missing, left_out=len(every) - len(gaps))
