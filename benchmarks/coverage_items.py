"""How often do the two-sided 95% intervals of bangfu.stats.sampling hold the truth: samples of items, and of money units.

    python benchmarks/coverage_items.py [samples] > benchmarks/coverage_items.txt

The twelve profiles of coverage.py. Items: 1,000 with lognormal book values (sigma 1), the profile's share of them in error; 100 are drawn
without replacement. The intervals of the error in money must hold the true error, those of the error rate the true share of items in
error. Money units: 100 drawn as in coverage.py. Intervals marked * claim a nominal confidence only in large samples or by a model.
"""

import sys

import numpy as np
from coverage import PROFILES, SEED, truth

from bangfu.stats import sampling
from bangfu.stats.sampling.moment import moment_quantiles
from bangfu.stats.sampling.stringer import stringer_rate

ITEMS, DRAWN = 1000, 100
CLASSICAL = {"mean per unit *": sampling.mean_per_unit, "difference *": sampling.difference, "ratio *": sampling.ratio, "regression *": sampling.regression}
RATES = {
    "rate, hypergeometric": lambda k: sampling.rate_bounds(k, DRAWN, method="hypergeometric", population=ITEMS, side="two"),
    "rate, binomial": lambda k: sampling.rate_bounds(k, DRAWN, side="two"),
    "rate, Poisson": lambda k: sampling.rate_bounds(k, DRAWN, method="poisson", side="two"),
    "rate, beta-binomial *": lambda k: _limits(sampling.bayesian(k, DRAWN, family="beta_binomial", population=ITEMS, side="two")),
}
MONEY_UNITS = {
    "Stringer": lambda z: (-stringer_rate(-z, DRAWN, 0.975), stringer_rate(z, DRAWN, 0.975)),
    "moment, accounts *": lambda z: moment_quantiles(z, DRAWN, [0.025, 0.975]),
    "mean taint, t *": lambda z: (lambda e: (e.lower_rate, e.upper_rate))(sampling.mean_taint(sampling.from_taints(z, DRAWN, amount=10**9))),
    "beta, uniform prior *": lambda z: _limits(sampling.bayesian(max(float(z.sum()), 0.0), DRAWN, side="two")),
}


def _limits(evaluation):
    return evaluation.lower, evaluation.upper


def of_items(name, number, samples):
    """For every interval by items, in how many percent of the samples it holds the truth."""
    share, taints = PROFILES[name]
    random = np.random.default_rng([SEED, DRAWN, number, 1])
    book = np.rint(np.exp(random.normal(7, 1, ITEMS)) * 100).astype(np.int64)
    taint = np.zeros(ITEMS)
    wrong = round(share * ITEMS)
    taint[random.permutation(ITEMS)[:wrong]] = taints(random, wrong)
    value = np.rint(book * (1 - taint)).astype(np.int64)
    error, known = int((book - value).sum()), {k: {n: bounds(k) for n, bounds in RATES.items()} for k in range(DRAWN + 1)}
    held = dict.fromkeys([*CLASSICAL, *RATES], 0)
    for _ in range(samples):
        drawn = random.permutation(ITEMS)[:DRAWN]
        sample = sampling.audited(book[drawn], value[drawn], amount=int(book.sum()), items=ITEMS)
        for method, evaluate in CLASSICAL.items():
            found = evaluate(sample)
            held[method] += found.lower <= error <= found.upper
        for method, (low, high) in known[int((taint[drawn] != 0).sum())].items():
            held[method] += low - 1e-12 <= wrong / ITEMS <= high + 1e-12
    return {method: 100 * count / samples for method, count in held.items()}


def of_money_units(name, number, samples):
    share, taints = PROFILES[name]
    mean = truth(share, taints)
    random = np.random.default_rng([SEED, DRAWN, number, 2])
    held, known = dict.fromkeys(MONEY_UNITS, 0), {}
    for k in random.binomial(DRAWN, share, samples):
        z = np.concatenate([np.sort(taints(random, k)), np.zeros(DRAWN - k)])
        if z.tobytes() not in known:
            known[z.tobytes()] = {method: interval(z) for method, interval in MONEY_UNITS.items()}
        for method, (low, high) in known[z.tobytes()].items():
            held[method] += low - 1e-4 * abs(mean) <= mean <= high + 1e-4 * abs(mean)
    return {method: 100 * count / samples for method, count in held.items()}


def main(samples):
    print(f"Coverage of two-sided 95% intervals, in percent of {samples:,} samples of {DRAWN}; below 94.5 marked !")
    for title, cover in ((f"by items ({ITEMS:,}, drawn without replacement)", of_items), ("by money units", of_money_units)):
        told = [cover(name, number, samples) for number, name in enumerate(PROFILES)]
        print(f"\n{title}\n{'profile':28s}" + "".join(f"{name.split()[0]:>8s}" for name in PROFILES) + f"{'lowest':>9s}")
        for method in told[0]:
            row = [t[method] for t in told]
            print(f"{method:28s}" + "".join(f"{v:7.1f}{'!' if v < 94.5 else ' '}" for v in row) + f"{min(row):8.1f}{'!' if min(row) < 94.5 else ' '}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
