"""How a sample size is shared among strata."""

from fractions import Fraction

import pandas as pd


def allocated(sizes, n, rule="proportional"):
    """The sample size of each stratum, summing to n.

    proportional: n x size / total, whole numbers by largest remainder, at least one each. equal: n / strata likewise. A mapping is taken as it is.
    sizes: Series of whole numbers (items or money units) by stratum. Returns a dict. Raises ValueError where n is smaller than the number of strata.
    """
    if not isinstance(rule, str):
        missing = [s for s in sizes.index if s not in rule]
        if missing:
            raise ValueError(f"no sample size for stratum {missing[0]}")
        return {s: int(rule[s]) for s in sizes.index}
    weights = sizes if rule == "proportional" else pd.Series(1, index=sizes.index) if rule == "equal" else None
    if weights is None:
        raise ValueError("allocation must be proportional, equal or a mapping from stratum to sample size")
    return largest_remainder(weights, n)


def neyman(sizes, deviations, n):
    """The sample sizes that make the stratified estimate of a total most precise: proportional to size x standard deviation.

    Source: Neyman (1934), Journal of the Royal Statistical Society 97; Cochran (1977), 5.5. Returns a dict summing to n, at least one each.
    """
    return largest_remainder(pd.Series({s: Fraction(int(sizes[s])) * Fraction(str(float(deviations[s]))) for s in sizes.index}), n)


def largest_remainder(weights, n):
    """n shared in proportion to the weights: whole numbers, at least one each, the rest by the largest remainders (ties: first)."""
    if n < len(weights):
        raise ValueError(f"a sample of {n} cannot reach {len(weights)} strata")
    total = sum(Fraction(w) for w in weights)
    quotas = {s: n * Fraction(w) / total if total else Fraction(n, len(weights)) for s, w in weights.items()}
    given = {s: max(1, int(q)) for s, q in quotas.items()}
    order = sorted(quotas, key=lambda s: quotas[s] - given[s], reverse=True)
    while sum(given.values()) < n:
        for s in order[: n - sum(given.values())]:
            given[s] += 1
    while sum(given.values()) > n:
        most = max((s for s in given if given[s] > 1), key=lambda s: given[s] - quotas[s])
        given[most] -= 1
    return given
