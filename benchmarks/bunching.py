"""How often `stats.bunching` calls a clean town, and how often it finds a planted one: `python benchmarks/bunching.py [samples]`.

Eight towns per county, Holm at 5%. Line 3,800 yuan. Densities by the line: lognormal and gamma on either side of it, a step at the
line (of the households under it a share has its exit confirmed only above), a hole around the line, heaping on round figures.
Bunched: one town, in which a share of the households below the line is moved to 0-3% above it (where nobody is below the line there
is nobody to move, and nothing to find).
"""

import sys

import numpy as np

from bangfu.stats.bunching import bunching
from bangfu.stats.multiplicity import holm

LINE = 380_000  # fen


def lognormal(median, sigma):
    return lambda rng, n: median * np.exp(sigma * rng.standard_normal(n))


def gamma(shape, mean):
    return lambda rng, n: rng.gamma(shape, mean / shape, n)


def stepped(draw, kept):
    """Below the line only a share of the households is left: the density jumps up at the line."""
    def drawn(rng, n):
        x = draw(rng, 12 * n)
        return x[(x >= 1) | (rng.random(len(x)) < kept)][:n]
    return drawn


def holed(rng, n):
    """Poor households spread evenly up to 3% below the line, the others from 15% above it."""
    poor = rng.random(n) < 0.3
    well_off = 1.9 + 0.4 * rng.standard_normal(4 * n)
    well_off = well_off[well_off > 1.15][:n]
    return np.where(poor, rng.uniform(0.45, 0.97, n), well_off)


def heaped(draw, share):
    """A share of the households states whole hundreds."""
    def drawn(rng, n):
        x = draw(rng, n)
        return np.where(rng.random(n) < share, np.round(x * 38) / 38, x)
    return drawn


DENSITIES = {
    "lognormal, median 1.8 lines": lognormal(1.8, 0.5),
    "lognormal, median 1.0": lognormal(1.0, 0.5),
    "lognormal, median 1.0, narrow": lognormal(1.0, 0.3),
    "lognormal, median 0.6": lognormal(0.6, 0.5),
    "gamma, mean 1.0, shape 4": gamma(4, 1.0),
    "gamma, mean 0.8, shape 2": gamma(2, 0.8),
    "step x2, lognormal 1.8": stepped(lognormal(1.8, 0.5), 0.5),
    "step x5, lognormal 1.0": stepped(lognormal(1.0, 0.5), 0.2),
    "step, nobody below, gamma 0.9": stepped(gamma(4, 0.9), 0.0),
    "step, nobody below, lognormal 0.7": stepped(lognormal(0.7, 0.5), 0.0),
    "hole around the line": holed,
    "heaped, lognormal 1.0": heaped(lognormal(1.0, 0.5), 0.3),
}


def county(rng, draw, households, towns=8, moved=0.0):
    x = np.concatenate([draw(rng, households) for _ in range(towns)])
    town = np.repeat(np.arange(towns), households)
    lifted = (town == 0) & (x < 1) & (rng.random(len(x)) < moved)
    x[lifted] = 1 + rng.uniform(0, 0.03, lifted.sum())
    return np.floor(x * LINE).astype(np.int64), town


def rates(rng, draw, households, samples, moved=0.0, **how):
    """The share of counties in which a clean town is called, and in which the bunched one is."""
    wrong = found = 0
    for _ in range(samples):
        income, town = county(rng, draw, households, moved=moved)
        called = holm(bunching(income, town, LINE, **how)["p_value"]) <= 0.05
        wrong += called[1 if moved else 0:].any()
        found += called[0]
    return wrong / samples, found / samples


def main(samples):
    print(f"{'density':36}{'households':>11}{'false alarm':>12}{'found, 15% moved':>18}{'30%':>7}{'50%':>7}")
    for name, draw in DENSITIES.items():
        for households in (60, 150, 400, 1000, 5000):
            rng = np.random.default_rng(households)
            n = samples if households < 5000 else samples // 4
            alarm, _ = rates(rng, draw, households, n)
            power = [rates(rng, draw, households, n // 4, moved)[1] for moved in (0.15, 0.3, 0.5)] if "nobody" not in name else ["-"] * 3
            cells = [cell if cell == "-" else f"{cell:.2f}" for cell in power]
            print(f"{name:36}{households:11}{alarm:12.3f}{cells[0]:>18}{cells[1]:>7}{cells[2]:>7}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
