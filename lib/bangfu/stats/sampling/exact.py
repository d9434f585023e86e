"""Decisions about tail probabilities that hold exactly, also where a float cannot tell.

A sample size or a critical number follows from "is P(X <= k) at most the risk?". The tails are computed in floating point and, where
they come within TIE of the risk, once more in whole numbers, so that a plan never depends on the last digit of a float.
"""

from decimal import Decimal
from fractions import Fraction
from math import ceil, comb

import numpy as np
from scipy import stats

TIE = 1e-9


def exact(number):
    """A number as the fraction that was meant: 0.07 is 7/100, and so is 0.07 from arithmetic on floats (15 significant digits).

    number: whole number, Fraction, Decimal, text or float. Raises ValueError where it is none.
    """
    if isinstance(number, (Fraction, Decimal, str)):
        return Fraction(number)
    if isinstance(number, (int, np.integer)):
        return Fraction(int(number))
    return Fraction(format(float(number), ".15g"))


def share(number, name):
    """A share strictly between 0 and 1 as a fraction; ValueError with its name otherwise."""
    value = exact(number)
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie between 0 and 1, not {number}")
    return value


def critical_count(rate, population):
    """The fewest errors in the population that reach a rate: the smallest whole number >= rate x population."""
    return ceil(exact(rate) * population)


def binomial_at_most(k, n, rate, risk):
    """Is P(X <= k) <= risk for X binomial(n, rate)? rate and risk are Fractions."""
    tail = stats.binom.cdf(k, n, float(rate))
    if abs(tail - float(risk)) > TIE:
        return bool(tail <= float(risk))
    hit, base = rate.numerator, rate.denominator
    ways = sum(comb(n, i) * hit**i * (base - hit) ** (n - i) for i in range(k + 1))
    return ways * risk.denominator <= risk.numerator * base**n


def hypergeometric_cdf(k, population, bad, n):
    """P(X <= k) for X the errors in n drawn without replacement from `population` with `bad` errors; for any size of population.

    Sum of the probabilities from the smallest possible count up, each by its ratio to the one before:
    P(x + 1) / P(x) = (bad - x) (n - x) / ((x + 1) (population - bad - n + x + 1)). The first is a product of n (or bad) factors, summed as logs,
    so that a population of 10**13 fen loses no digits, as differences of log-gammas would.
    """
    first = max(0, n - (population - bad))
    if k < first:
        return 0.0
    if k >= min(n, bad):
        return 1.0
    if first == 0:
        few, many = sorted((n, bad))
        start = np.log1p(-many / (population - np.arange(few, dtype=float))).sum()
    else:  # P(first) counts from the other side: all that is right is in the sample
        right = population - bad
        start = np.log((n - np.arange(right, dtype=float)) / (population - np.arange(right, dtype=float))).sum()
    x = np.arange(first, k, dtype=float)
    ratios = (bad - x) * (n - x) / ((x + 1) * (population - bad - n + x + 1))
    logs = start + np.concatenate([[0.0], np.cumsum(np.log(ratios))])
    return float(min(1.0, np.exp(logs).sum()))


def hypergeometric_at_most(k, population, bad, n, risk):
    """Is P(X <= k) <= risk when n are drawn from `population` with `bad` errors? risk is a Fraction."""
    tail = hypergeometric_cdf(k, population, bad, n)
    # Beyond this size a tie would need more digits than it could matter by.
    if abs(tail - float(risk)) > TIE or population > 10**6:
        return tail <= float(risk)
    ways = sum(comb(bad, i) * comb(population - bad, n - i) for i in range(min(k, n, bad) + 1))
    return ways * risk.denominator <= risk.numerator * comb(population, n)
