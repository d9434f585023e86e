"""How often do 95% bounds of strata evaluated each by itself and put together cover the true error: 12 profiles, 2,000 samples each.

    python benchmarks/coverage_combined.py [samples] > benchmarks/coverage_combined.txt

Three strata hold 50, 30 and 20% of the money; 40, 30 and 30 units are drawn in each, with replacement. In columns "all" every stratum has the
profile; in columns "one" the first alone has it and the others have no error. Stringer by hypergeometric factors: one stratum of 2,000 units,
60 drawn without replacement. Putting together by squares is exact for none of these bounds (see `sampling.combined`).
"""

import sys

import numpy as np
from coverage import PROFILES, SEED, truth

from bangfu.stats import sampling
from bangfu.stats.sampling.stringer import stringer_rate

AMOUNTS, N = [500_000_000, 300_000_000, 200_000_000], [40, 30, 30]
BOUNDS = {
    "Stringer": lambda sample: sampling.stringer(sample),
    "moment": lambda sample: sampling.moment(sample),
    "mean taint, t": lambda sample: sampling.mean_taint(sample, side="upper"),
}
UNITS, DRAWN = 2_000, 60


def put_together(name, share_of, taints, mean, random, samples):
    """The share of samples whose combined bound reaches the true error, in percent."""
    true = sum(a * s * mean for a, s in zip(AMOUNTS, share_of, strict=True))
    reached = 0
    for _ in range(samples):
        parts = []
        for amount, n, share in zip(AMOUNTS, N, share_of, strict=True):
            k = random.binomial(n, share)
            parts.append(BOUNDS[name](sampling.from_taints(np.concatenate([taints(random, k), np.zeros(n - k)]), n, amount=amount)))
        reached += sampling.combined(parts).upper >= true * (1 - 1e-4)
    return 100 * reached / samples


def without_replacement(share, taints, random, samples):
    units = np.concatenate([taints(random, round(share * UNITS)), np.zeros(UNITS - round(share * UNITS))])
    true = units.mean()
    upper = [stringer_rate(units[random.choice(UNITS, DRAWN, replace=False)], DRAWN, factors="hypergeometric", population=UNITS) for _ in range(samples)]
    return 100 * float((np.array(upper) >= true * (1 - 1e-4)).mean())


def main(samples):
    print(f"Coverage of one-sided 95% upper bounds, in percent of {samples:,} samples; below 94.5 marked !\n")
    print(f"{'bound':28s}" + "".join(f"{number + 1:>7d} " for number in range(len(PROFILES))) + "   worst")
    rows = [
        (f"{name}, {where}", lambda number, share, taints, name=name, i=i: put_together(
            name, ([share] * 3, [share, 0, 0])[i], taints, truth(1, taints), np.random.default_rng([SEED, number, i]), samples))
        for name in BOUNDS for i, where in enumerate(("all strata", "one stratum"))
    ]
    rows.append(("Stringer, hypergeometric", lambda number, share, taints: without_replacement(share, taints, np.random.default_rng([SEED, number, 9]), samples)))
    for name, coverage in rows:
        told = [coverage(number, *profile) for number, profile in enumerate(PROFILES.values())]
        print(f"{name:28s}" + "".join(f"{v:>7.1f}{'!' if v < 94.5 else ' '}" for v in [*told, min(told)]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
