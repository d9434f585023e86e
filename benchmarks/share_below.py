"""Which test of a town's satisfied share holds its level with four villages per town: `python benchmarks/share_below.py [samples]`.

For each intra-class correlation of the answers in a village: the chance of at least one false alarm when every town stands exactly at the
standard of 90% (Holm at 5%), and the chance of finding one town at 72% among towns at 96.5%.
"""

import sys

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.multiplicity import holm
from bangfu.stats.proportion_interval import binomial_tail
from bangfu.stats.proportion_test import share_below
from bangfu.stats.survey import Design

STANDARD = 0.9


def villages(rng, samples, towns, drawn, asked, share, icc):
    """Satisfied answers (samples, towns, drawn), beta-binomial within villages."""
    share = np.broadcast_to(np.asarray(share, dtype=float), (towns,))[None, :, None] * np.ones((samples, towns, drawn))
    if icc:
        share = rng.beta(share * (1 - icc) / icc, (1 - share) * (1 - icc) / icc)
    return rng.binomial(asked, share)


def spread(counts, asked):
    """The observed and the binomially expected differences between villages, (samples, towns); the same for equal villages as
    the design-based variance of `survey.proportion`."""
    drawn = counts.shape[2]
    n = drawn * asked
    p = counts.sum(axis=2) / n
    return asked * ((counts / asked - p[..., None]) ** 2).sum(axis=2), (drawn - 1) * p * (1 - p) * n / (n - 1)


def tested(counts, asked, deff, standard):
    n = counts.shape[2] * asked
    effective = n / np.maximum(deff, 1)
    return binomial_tail(counts.sum(axis=2) / n * effective, effective, standard)


def naive(counts, asked, standard):
    return tested(counts, asked, np.ones(counts.shape[:2]), standard)


def wald(counts, asked, standard):
    """The estimate against the standard in units of its own design-based error, taken as normal; without any error it is certain."""
    n = counts.shape[2] * asked
    observed, _ = spread(counts, asked)
    p = counts.sum(axis=2) / n
    error = np.sqrt(observed / (counts.shape[2] - 1) / n)
    apart = np.where(np.isclose(p, standard), 0.0, p - standard)
    return np.where(error > 0, stats.norm.cdf(apart / np.where(error > 0, error, 1.0)), np.where(apart < 0, 0.0, 1.0))


def own(counts, asked, standard):
    observed, expected = spread(counts, asked)
    return tested(counts, asked, observed / np.where(expected > 0, expected, 1), standard)


def pooled_mean(counts, asked, standard):
    observed, expected = spread(counts, asked)
    varied = expected > 0
    deff = np.where(varied, observed / np.where(varied, expected, 1), 0).sum(axis=1) / np.maximum(varied.sum(axis=1), 1)
    return tested(counts, asked, deff[:, None], standard)


def pooled_ratio(counts, asked, standard, quantile=None, student=False):
    observed, expected = spread(counts, asked)
    total = expected.sum(axis=1)
    freedom = np.maximum(total**2 * (counts.shape[2] - 1) / np.maximum((expected**2).sum(axis=1), 1e-300), 1)
    deff = np.where(total > 0, observed.sum(axis=1) / np.where(total > 0, total, 1), 1)
    if quantile:
        deff = deff * freedom / stats.chi2.ppf(quantile, freedom)
    p = tested(counts, asked, deff[:, None], standard)
    return stats.t.cdf(stats.norm.ppf(p), freedom[:, None]) if student else p


WAYS = {
    "plain binomial": naive,
    "Wald": wald,
    "each town its own design effect": own,
    "pooled mean of the towns": pooled_mean,
    "pooled ratio": pooled_ratio,
    "pooled ratio, Student": lambda *a: pooled_ratio(*a, student=True),
    "pooled ratio, upper 70%": lambda *a: pooled_ratio(*a, quantile=0.3),
    "pooled ratio, median (chosen)": lambda *a: pooled_ratio(*a, quantile=0.5),
}


def rates(rng, way, samples, *, towns=8, drawn=4, asked=16, icc=0.0):
    """The chance of a false alarm with all towns at the standard, and of finding one town at 72%."""
    def called(share):
        p_values = WAYS[way](villages(rng, samples, towns, drawn, asked, share, icc), asked, STANDARD)
        return np.array([holm(row) <= 0.05 for row in p_values])
    return called(STANDARD).any(axis=1).mean(), called([0.72] + [0.965] * (towns - 1))[:, 0].mean()


def unequal(rng, share, icc, towns=8):
    """A survey of 4 of 6 villages in each town, with 12 to 49 households, of which 16 or all are asked; weights to the town's households."""
    there = rng.integers(12, 50, (towns, 6))[:, :4].ravel()  # the four drawn of six villages alike at random
    asked = np.minimum(there, 16)
    true = villages(rng, 1, towns, 4, 1_000_000, share, icc).ravel() / 1_000_000
    data = pd.DataFrame({"town": np.repeat(np.arange(towns), 4), "village": np.arange(4 * towns), "weight": 6 / 4 * there / asked, "true": true})
    data = data.loc[data.index.repeat(asked)].reset_index(drop=True)
    return Design(data.assign(satisfied=rng.random(len(data)) < data["true"]), "town", "village", "weight")


def unequal_rates(rng, samples, icc, towns=8):
    """As `rates`, for villages of different size and weights."""
    def called(share):
        return np.array([holm(share_below(unequal(rng, share, icc, towns), "satisfied", STANDARD)["p_value"]) <= 0.05 for _ in range(samples)])
    return called([STANDARD] * towns).any(axis=1).mean(), called([0.72] + [0.965] * (towns - 1))[:, 0].mean()


def main(samples):
    for towns, drawn, asked in [(8, 4, 16), (1, 4, 16), (3, 4, 16), (16, 4, 16), (30, 4, 16), (8, 4, 8), (12, 4, 10)]:
        print(f"\n{towns} towns, {drawn} villages of {asked}; false alarms | found")
        print(f"{'':34}" + "".join(f"icc {icc:<11}" for icc in (0, 0.02, 0.05, 0.1)))
        for way in WAYS:
            cells = [rates(np.random.default_rng(7), way, samples, towns=towns, drawn=drawn, asked=asked, icc=icc)
                     for icc in (0, 0.02, 0.05, 0.1)]
            print(f"{way:34}" + "".join(f"{alarm:.3f} | {found:.2f}   " for alarm, found in cells), flush=True)
    print("\n8 towns, villages of 12 to 49 households, weighted; false alarms | found")
    for icc in (0, 0.02, 0.05, 0.1):
        alarm, found = unequal_rates(np.random.default_rng(7), samples // 4, icc)
        print(f"as chosen, icc {icc:<19}{alarm:.3f} | {found:.2f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
