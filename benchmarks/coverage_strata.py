"""How often do the 95% bounds of a stratified sample cover the true error rate: 8 sets of stratum rates, 2,000 samples each.

    python benchmarks/coverage_strata.py [samples] > benchmarks/coverage_strata.txt

Three strata of 1,000, 600 and 400 items, 40, 30 and 30 drawn without replacement. Partial pooling is a posterior and claims no coverage where
strata differ as its model does not expect; complete pooling claims none unless the sample is proportional.
"""

import sys

import numpy as np

from bangfu.stats import sampling

SIZES, N = [1000, 600, 400], [40, 30, 30]
RATES = [
    (0.01, 0.01, 0.01),
    (0.05, 0.05, 0.05),
    (0.2, 0.2, 0.2),
    (0.0, 0.0, 0.1),
    (0.1, 0.0, 0.0),
    (0.02, 0.05, 0.1),
    (0.3, 0.05, 0.01),
    (0.0, 0.3, 0.0),
]
WAYS = {
    "none, hypergeometric": ("none", "hypergeometric"),
    "none, binomial": ("none", "binomial"),
    "none, Poisson": ("none", "poisson"),
    "complete, binomial": ("complete", "binomial"),
    "partial, binomial": ("partial", "binomial"),
}


def main(samples):
    print(f"Coverage of one-sided 95% upper bounds of three strata, in percent of {samples:,} samples (median bound, %); below 94.5 marked !\n")
    print(f"{'stratum rates':22s}{'true %':>8s}" + "".join(f"{way:>24s}" for way in WAYS))
    for number, rates in enumerate(RATES):
        bad = [round(r * s) for r, s in zip(rates, SIZES, strict=True)]
        truth = sum(bad) / sum(SIZES)
        random = np.random.default_rng([20190601, number])
        drawn = np.column_stack([random.hypergeometric(b, s - b, n, samples) for b, s, n in zip(bad, SIZES, N, strict=True)])
        seen, place = np.unique(drawn, axis=0, return_inverse=True)
        row = []
        for pooling, method in WAYS.values():
            upper = np.array([sampling.stratified(x, N, SIZES, pooling=pooling, method=method).upper for x in seen])[place.ravel()]
            covered = 100 * (upper >= truth - 1e-9).mean()
            row.append(f"{covered:.1f}{'!' if covered < 94.5 else ' '} ({100 * np.median(upper):.1f})")
        print(f"{'  '.join(f'{r:.0%}' for r in rates):22s}{100 * truth:8.2f}" + "".join(f"{cell:>24s}" for cell in row), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
