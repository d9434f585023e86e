"""A sum is shared out in whole fen, none lost and none made."""

from collections.abc import Sequence


def apportioned(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` fen shared out in proportion to `weights` (whole numbers, not all zero), by largest remainders.

    Everyone gets the whole fen of his exact share; the fen that are then left go one each to the largest remainders, to the
    earlier of equal ones. The shares sum to `amount`; where the amount is no more than the weights together, no share is
    above its weight. Source: Hamilton's method, as in Balinski and Young, Fair Representation (1982) [recalled, not read].
    """
    whole = sum(weights)
    if amount and not whole:
        raise ValueError("nothing to share in proportion to")
    if not amount:
        return [0] * len(weights)
    shares, remainders = [], []
    for weight in weights:
        share, remainder = divmod(amount * weight, whole)
        shares.append(share)
        remainders.append(remainder)
    left = amount - sum(shares)
    if left:
        for place in sorted(range(len(weights)), key=lambda p: -remainders[p])[:left]:
            shares[place] += 1
    return shares
