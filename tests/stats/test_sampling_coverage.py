"""A small part of benchmarks/coverage.py: bounds of nominal 95% hold the true error often enough where they are tightest."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bangfu.stats import sampling
from bangfu.stats.sampling.modified_stringer import pap_van_zuijlen_rate
from bangfu.stats.sampling.stringer import stringer_rate


@pytest.mark.parametrize("method", ["binomial", "poisson", "hypergeometric"])
def test_exact_bounds_cover_at_every_rate(method):
    # No simulation: the chance of every possible count is known.
    n, population = 80, 500
    upper = sampling.rate_bounds(np.arange(n + 1), n, method=method, population=population)[1]
    for bad in range(1, 300, 3):
        rate = bad / population
        chance = (
            stats.hypergeom.pmf(np.arange(n + 1), population, bad, n) if method == "hypergeometric" else stats.binom.pmf(np.arange(n + 1), n, rate)
        )
        assert chance[upper >= rate].sum() >= 0.95 - 1e-9, rate


@pytest.mark.parametrize(
    ("share", "draw"),
    [(0.05, lambda r, k: np.ones(k)), (0.20, lambda r, k: r.uniform(0, 1, k)), (0.30, lambda r, k: r.beta(2, 2, k))],
    ids=["5% of 100%", "20% uniform", "30% beta(2,2)"],
)
@pytest.mark.parametrize("bound", [stringer_rate, lambda z, n: pap_van_zuijlen_rate(z, n, integral=True)], ids=["Stringer", "modified, integrated"])
def test_stringer_covers(share, draw, bound):
    random = np.random.default_rng(20190601)
    mean = share * {0.05: 1.0, 0.20: 0.5, 0.30: 0.5}[share]
    samples = 400
    covered = np.mean([bound(draw(random, k), 60) >= mean for k in random.binomial(60, share, samples)])
    assert covered > 0.95 - 3 * np.sqrt(0.95 * 0.05 / samples)


def printed(file):
    """The figures of a benchmark's tables, row by row."""
    lines = (Path(__file__).parents[2] / "benchmarks" / file).read_text(encoding="utf-8").splitlines()
    return [line[28:].split() for line in lines if re.match(r".{28}\s+\d+\.\d", line)]


def test_the_docs_show_what_the_simulations_printed():
    page = Path(__file__).parents[2] / "docs" / "sampling.md"
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if re.search(r"\| \*{0,2}\d+\.\d+\*{0,2} \|", line)]
    shown = [[re.sub(r"^\*\*(.*)\*\*$", r"\1!", cell.strip()) for cell in row.strip("|").split("|")[1:]] for row in rows]
    upper, both_sides, combined = printed("coverage.txt"), printed("coverage_items.txt"), printed("coverage_combined.txt")
    assert len(upper) == 2 * (13 + 14) and len(both_sides) == 8 + 4 and len(combined) == 7
    assert shown == [upper[i] for i in [*range(0, 13), *range(27, 40), *range(13, 27), *range(40, 54)]] + both_sides + combined
