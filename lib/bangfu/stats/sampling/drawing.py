"""Random numbers that anyone can draw again: from a recorded seed by SHA-256, the same in every version of every library.

Number i of a seed is SHA-256 of the text "seed,i" as a whole number, reduced to the range wanted; numbers beyond the last full multiple
of the range are passed over, so that every outcome has exactly the same chance. As in risk-limiting audits of elections: Rivest (2011),
Reference implementation code for pseudo-random sampler for election audits; Stark (2009), Auditing, conservative random selection.
"""

import hashlib

SPACE = 1 << 256


class Draw:
    """The stream of random whole numbers of a seed (any text or whole number)."""

    def __init__(self, seed):
        if seed is None or str(seed).strip() == "":
            raise ValueError("a seed must be given: it is recorded, so that the sample can be drawn again")
        self.seed = str(seed)
        self.used = 0

    def below(self, limit):
        """A whole number from 0 to limit - 1, each with the same chance; limit up to 2**256."""
        full = SPACE - SPACE % limit
        while True:
            self.used += 1
            number = int.from_bytes(hashlib.sha256(f"{self.seed},{self.used}".encode()).digest(), "big")
            if number < full:
                return number % limit

    def without_replacement(self, limit, n):
        """n different whole numbers from 0 to limit - 1, every set with the same chance, in the order drawn (Fisher-Yates, kept sparse)."""
        moved = {}
        drawn = []
        for i in range(n):
            j = i + self.below(limit - i)
            drawn.append(moved.get(j, j))
            moved[j] = moved.get(i, i)
        return drawn
