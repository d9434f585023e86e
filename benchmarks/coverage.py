"""How often do the 95% bounds of bangfu.stats.sampling cover the true error: 12 error profiles, 2,000 money-unit samples each.

    python benchmarks/coverage.py [samples] > benchmarks/coverage.txt

A profile is a population of money units: a share of them in error, with taints of a distribution. A sample of 60 or 100 units is drawn
with replacement (one unit, one taint). Coverage is the share of samples whose upper bound reaches the true mean taint. Bounds marked *
claim a nominal confidence only in large samples or by a model: where they fall short, the table says so.
"""

import sys

import numpy as np

from bangfu.stats import sampling
from bangfu.stats.sampling.modified_stringer import bickel_rate, pap_van_zuijlen_rate
from bangfu.stats.sampling.moment import moment_quantiles
from bangfu.stats.sampling.stringer import stringer_rate

SEED = 20190601
# name: (share of money units in error, taints of those in error)
PROFILES = {
    "1 1% all of 100%": (0.01, lambda r, k: np.ones(k)),
    "2 5% all of 100%": (0.05, lambda r, k: np.ones(k)),
    "3 1% small (beta 1,9)": (0.01, lambda r, k: r.beta(1, 9, k)),
    "4 5% small (beta 1,9)": (0.05, lambda r, k: r.beta(1, 9, k)),
    "5 20% small (beta 1,9)": (0.20, lambda r, k: r.beta(1, 9, k)),
    "6 5% uniform": (0.05, lambda r, k: r.uniform(0, 1, k)),
    "7 20% uniform": (0.20, lambda r, k: r.uniform(0, 1, k)),
    "8 50% of 5%": (0.50, lambda r, k: np.full(k, 0.05)),
    "9 10%, a tenth of it 100%": (0.10, lambda r, k: np.where(r.random(k) < 0.1, 1.0, 0.05)),
    "10 3%, half of it 100%": (0.03, lambda r, k: np.where(r.random(k) < 0.5, 1.0, 0.2)),
    "11 10% over 30%, under 30%": (0.10, lambda r, k: np.where(r.random(k) < 0.7, 0.3, -0.3)),
    "12 30% beta(2,2)": (0.30, lambda r, k: r.beta(2, 2, k)),
}
BOUNDS = {
    "Stringer, binomial": lambda z, n: stringer_rate(z, n),
    "Stringer, Poisson": lambda z, n: stringer_rate(z, n, factors="poisson"),
    "Stringer, LTA": lambda z, n: stringer_rate(z, n) + np.minimum(z, 0).sum() / n,
    "Stringer, Meikle *": lambda z, n: (
        sampling.stringer(sampling.from_taints(z, n, amount=10**9), offset="meikle").upper_rate if (z < 0).any() else stringer_rate(z, n)
    ),
    "Pap, van Zuijlen *": lambda z, n: pap_van_zuijlen_rate(z, n) + np.minimum(z, 0).sum() / n,
    "same, integrated *": lambda z, n: pap_van_zuijlen_rate(z, n, integral=True) + np.minimum(z, 0).sum() / n,
    "Bickel *": lambda z, n: bickel_rate(z, n) + np.minimum(z, 0).sum() / n,
    "moment, accounts *": lambda z, n: float(moment_quantiles(z, n, 0.95)),
    "moment, inventory *": lambda z, n: float(moment_quantiles(z, n, 0.95, "inventory")),
    "binomial of sum of taints *": lambda z, n: float(sampling.rate_bounds(max(z.sum(), 0.0), n)[1]),
    "beta, uniform prior *": lambda z, n: sampling.bayesian(max(float(z.sum()), 0.0), n).upper,
    "gamma(1, 1) prior *": lambda z, n: sampling.bayesian(max(float(z.sum()), 0.0), n, family="gamma").upper,
    "mean taint, t *": lambda z, n: sampling.mean_taint(sampling.from_taints(z, n, amount=10**9), side="upper").upper_rate,
}


def truth(share, taints):
    """The true mean taint of a profile, from ten million draws of its taints (closed forms give the same to the fourth digit)."""
    return share * float(taints(np.random.default_rng(1), 10_000_000).mean())


def cover(name, n, number, samples):
    """For every bound: (coverage in percent, median bound in percent)."""
    share, taints = PROFILES[name]
    mean = truth(share, taints)
    random = np.random.default_rng([SEED, n, number])
    drawn = [np.sort(taints(random, k)) for k in random.binomial(n, share, samples)]
    told = {}
    for bound_name, bound in BOUNDS.items():
        known = {}
        upper = np.empty(samples)
        for i, z in enumerate(drawn):
            key = z.tobytes()
            if key not in known:
                known[key] = bound(np.concatenate([z, np.zeros(n - len(z))]), n)
            upper[i] = known[key]
        told[bound_name] = (100 * float((upper >= mean * (1 - 1e-4)).mean()), 100 * float(np.median(upper)))
    return mean, told


def main(samples):
    print(f"Coverage of one-sided 95% upper bounds of money-unit samples, in percent of {samples:,} samples; below 94.5 marked !")
    print("Profiles (share of units in error, their taints):")
    print("\n".join(f"  {name}" for name in PROFILES))
    for n in (60, 100):
        means, told = zip(*(cover(name, n, number, samples) for number, name in enumerate(PROFILES)), strict=True)
        head = f"{'profile':28s}" + "".join(f"{name.split()[0]:>8s}" for name in PROFILES)
        print(f"\nn = {n}: coverage, %\n{head}{'lowest':>9s}")
        for bound in BOUNDS:
            row = [t[bound][0] for t in told]
            print(f"{bound:28s}" + "".join(f"{v:7.1f}{'!' if v < 94.5 else ' '}" for v in row) + f"{min(row):8.1f}{'!' if min(row) < 94.5 else ' '}")
        print(f"\nn = {n}: median bound, % of the amount\n{head}\n{'true error':28s}" + "".join(f"{100 * m:8.2f}" for m in means))
        for bound in BOUNDS:
            print(f"{bound:28s}" + "".join(f"{t[bound][1]:8.2f}" for t in told), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
