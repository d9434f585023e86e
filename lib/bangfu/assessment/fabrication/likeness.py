"""How alike texts are: the share of their three-character sequences that they have in common.

Figures count as one mark and punctuation as none, so that a changed number or comma hides no copy. Each text is kept as a set of
256 bits, one for each of its sequences by a hash; the likeness of two texts is shared bits over bits of either (Jaccard 1912). Bits
that fall together by chance make unlike texts look a little alike, the same for everybody in a county.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

BITS = 256
LENGTH = 3
CHUNK = 1 << 13  # texts read at a time
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype="uint64")
_SALTS = np.array([0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB], dtype="uint64")


@dataclass(frozen=True)
class Likeness:
    """Texts as sets of bits (one row of words per text), how many bits each has, and three keys by which like texts are found.

    Two texts have the same key with the probability that they are alike (min-wise hashing: Broder 1997).
    """

    bits: np.ndarray
    sizes: np.ndarray
    keys: np.ndarray

    @classmethod
    def of(cls, texts: np.ndarray) -> "Likeness":
        """Of different texts; a text of fewer than three characters that count is a set without elements, like nothing."""
        meanings = _Meanings()
        parts = [_chunk(texts[start : start + CHUNK], meanings) for start in range(0, len(texts), CHUNK)] or [_chunk(texts, meanings)]
        bits, keys = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        return cls(bits, np.bitwise_count(bits).sum(axis=1).astype("int16"), keys)

    def along(self, texts: np.ndarray, farthest: int) -> Iterator[np.ndarray]:
        """The likeness of each of a row of texts to the next one, then to the next but one, up to the farthest, 0 to 1; the same text is wholly alike."""
        bits, sizes = self.bits[texts], self.sizes[texts].astype("float32")
        for apart in range(1, farthest + 1):
            count = np.bitwise_count(bits[:-apart] & bits[apart:])
            shared = sum(count.T.astype("float32"))
            alike = shared / np.maximum(sizes[:-apart] + sizes[apart:] - shared, 1)
            alike[texts[:-apart] == texts[apart:]] = 1
            yield alike

    def nearest(self, texts: np.ndarray) -> np.ndarray:
        """For each of several texts how alike the one most alike among the others is; sets of texts (..., n) each by itself."""
        bits, sizes = self.bits[texts], self.sizes[texts].astype("float32")
        shared = np.zeros((*texts.shape, texts.shape[-1]), "uint16")
        for word in np.moveaxis(bits, -1, 0):
            shared += np.bitwise_count(word[..., :, None] & word[..., None, :])
        alike = shared / np.maximum(sizes[..., :, None] + sizes[..., None, :] - shared, 1)
        if not sizes.all():  # texts without elements are like themselves only
            alike[texts[..., :, None] == texts[..., None, :]] = 1
        alike[..., np.arange(texts.shape[-1]), np.arange(texts.shape[-1])] = 0
        return alike.max(axis=-1)


def _chunk(texts: np.ndarray, meanings: "_Meanings") -> tuple[np.ndarray, np.ndarray]:
    begins, marks = code_points(texts)
    owner = np.repeat(np.arange(len(texts), dtype="int32"), np.diff(begins, append=len(marks) + 1))[: len(marks)]
    marks = meanings.of(marks)
    counts = marks > 0
    counts[1:] &= ~((marks[1:] == ord("0")) & (marks[:-1] == ord("0")))
    owner, marks = owner[counts], marks[counts].astype("uint64")
    n = max(len(marks) - LENGTH + 1, 0)
    whole = owner[:n] == owner[LENGTH - 1 :][:n]
    hashed = sum(marks[i : i + n] * factor for i, factor in enumerate(_FACTORS))[whole] if n else np.zeros(0, "uint64")
    owner = owner[:n][whole]
    hashed ^= hashed >> np.uint64(29)
    hashed *= _SALTS[0]
    flags = np.zeros((len(texts), BITS), bool)
    flags[owner, (hashed >> np.uint64(56)).astype("intp")] = True
    keys = np.full((len(texts), len(_SALTS)), np.iinfo("uint64").max)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    for i, salt in enumerate(_SALTS):
        if len(first):
            keys[owner[first], i] = np.minimum.reduceat((hashed ^ (hashed >> np.uint64(31))) * salt, first)
    return np.packbits(flags, axis=1).view("uint64"), keys


def code_points(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All characters of the texts one after the other with a line's end between two texts: where each text begins, and the code points."""
    lengths = np.fromiter(map(len, texts), "int64", len(texts))
    return np.cumsum(lengths + 1) - lengths - 1, np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")


class _Meanings:
    """Marks as they count, each looked up once: all digits as 0, what is neither letter nor figure (punctuation, blanks, symbols) as nothing."""

    UNKNOWN = 0x110000

    def __init__(self):
        self.known = np.full(0x110000, self.UNKNOWN, "uint32")

    def of(self, marks: np.ndarray) -> np.ndarray:
        found = self.known[marks]
        new = np.unique(marks[found == self.UNKNOWN])
        if not len(new):
            return found
        self.known[new] = [_as_it_counts(chr(mark)) for mark in new]
        return self.known[marks]


def _as_it_counts(mark: str) -> int:
    if "0" <= mark <= "9" or "０" <= mark <= "９":
        return ord("0")
    return ord(mark) if unicodedata.category(mark)[0] in "LNM" else 0
