"""Last digits of the figures in the texts, against those of the county's texts.

Invented figures avoid and prefer digits in their own way. What the county's texts prefer (round figures, years) is the reference, not
an even spread over ten digits.
"""

import numpy as np

from bangfu.assessment.fabrication.likeness import characters
from bangfu.assessment.fabrication.records import Records
from bangfu.assessment.fabrication.reference import Reading, against_peers
from bangfu.assessment.fabrication.signal import Signal, different

LEAST = 20


def signals() -> tuple[Signal, ...]:
    return (
        Signal(
            "last_digits", "figures", last_digits,
            "文中{n:.0f}个数字的末位与全县分布相差{value:.1f}(卡方的平方根),同类责任人为{usual:.1f}",
            "the last digits of {n:.0f} figures in the texts differ from the county's by {value:.1f} (root of chi-square); usual {usual:.1f}",
            lambda records, own: own[np.isin(records.text[own], _figures(records)[0])],
        ),
    )  # fmt: skip


def last_digits(records: Records) -> Reading:
    """The root of chi-square over the last digits of figures of two digits or more; each text of a helper counts once."""
    text, digit = _figures(records)
    counts = np.bincount(text * 10 + digit, minlength=len(records.texts) * 10).reshape(-1, 10)
    known = records.text >= 0
    pair = different(records.helper[known].astype("int64") << 32 | records.text[known])
    helper, of_helper = pair >> 32, counts[pair & 0xFFFFFFFF]
    observed = np.stack([np.bincount(helper, of_helper[:, d], len(records.helpers)) for d in range(10)], axis=1)
    n = observed.sum(axis=1)
    share = observed.sum(axis=0) / max(observed.sum(), 1)
    expected = np.maximum(n[:, None] * share, 1e-9)
    chi_square = np.where(share > 0, (observed - expected) ** 2 / expected, 0).sum(axis=1)
    return against_peers(np.sqrt(chi_square), n, LEAST, floor=np.sqrt(0.5))


def _figures(records: Records) -> tuple[np.ndarray, np.ndarray]:
    """Which text each figure of two digits or more stands in, and its last digit."""
    owner, mark = characters(records.texts)
    is_digit = (mark >= 0x30) & (mark <= 0x39)
    before, after = np.zeros(len(mark), bool), np.zeros(len(mark), bool)
    if len(mark):
        neighbours = owner[1:] == owner[:-1]
        before[1:] = is_digit[:-1] & neighbours
        after[:-1] = is_digit[1:] & neighbours
    ends = np.flatnonzero(is_digit & before & ~after)
    return owner[ends], mark[ends] - 0x30
