"""Last digits of the figures in the texts, against those of the county's texts.

Invented figures avoid and prefer digits in their own way. What the county's texts prefer (round figures, years) is the reference, not
an even spread over ten digits.
"""

import numpy as np

from bangfu.assessment.fabrication.likeness import CHUNK, code_points
from bangfu.assessment.fabrication.records import Records, kept
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


@kept
def _figures(records: Records) -> tuple[np.ndarray, np.ndarray]:
    """Which text each figure of two digits or more stands in, and its last digit."""
    parts = [_ends(records.texts[start : start + CHUNK], start) for start in range(0, len(records.texts), CHUNK)] or [_ends(records.texts, 0)]
    return np.concatenate([text for text, _ in parts]), np.concatenate([digit for _, digit in parts])


def _ends(texts: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray]:
    """The ends of figures in some of the texts, numbered from `first`."""
    begins, marks = code_points(texts)
    is_digit = np.append((marks >= 0x30) & (marks <= 0x39), [False, False])  # texts are apart by a mark that is none
    ends = np.flatnonzero(is_digit[1:-1] & is_digit[:-2] & ~is_digit[2:]) + 1
    return first + np.searchsorted(begins, ends, side="right") - 1, marks[ends].astype("int64") - 0x30
