"""Intervals for a share, against published tables and the closed forms at 0% and 100%."""

import numpy as np
import pytest
from scipy import stats

from bangfu.stats.proportion_interval import binomial_tail, clopper_pearson, korn_graubard, logit


@pytest.mark.parametrize("x, n, lower, upper", [
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 5 (Clopper-Pearson)
    (81, 263, 0.2527, 0.3676),
    (15, 148, 0.0578, 0.1617),
    (0, 20, 0.0000, 0.1684),
    (1, 29, 0.0009, 0.1776),
])
def test_clopper_pearson_as_published(x, n, lower, upper):
    np.testing.assert_allclose(clopper_pearson(x, n), (lower, upper), atol=5e-5)


def test_rule_of_three_and_its_mirror():
    # nothing found among n: 1 - upper = 0.025 ** (1 / n)
    assert clopper_pearson(0, 64)[1] == pytest.approx(1 - 0.025 ** (1 / 64))
    assert clopper_pearson(64, 64) == (pytest.approx(0.025 ** (1 / 64)), 1.0)


@pytest.mark.parametrize("x, n, share", [(46, 64, 0.9), (0, 12, 0.5), (12, 12, 0.9), (57, 64, 0.9)])
def test_tail_is_the_binomial_one_for_whole_counts(x, n, share):
    assert binomial_tail(x, n, share) == pytest.approx(stats.binom.cdf(x, n, share), rel=1e-12)


def test_tail_runs_smoothly_between_whole_counts():
    low, between, high = binomial_tail([46, 46.4, 47], 64, 0.9)
    assert low < between < high
    with pytest.raises(ValueError):
        binomial_tail(65, 64, 0.9)


def test_korn_graubard_is_clopper_pearson_on_the_effective_sample():
    # p = 0.75, variance twice that of 120 independent interviews; with as many degrees of freedom as interviews no further shrinking
    lo, hi = korn_graubard(0.75, 2 * 0.75 * 0.25 / 120, n=120, df=119)
    np.testing.assert_allclose((lo, hi), clopper_pearson(45, 60))
    # 3 degrees of freedom: the effective sample shrinks by (1.9801 / 3.1824) ** 2 = 0.3871 (Student's table), to 23.23
    lo, hi = korn_graubard(0.75, 2 * 0.75 * 0.25 / 120, n=120, df=3)
    np.testing.assert_allclose((lo, hi), clopper_pearson(0.75 * 23.23, 23.23), atol=2e-4)


def test_korn_graubard_never_takes_more_than_the_interviews():
    np.testing.assert_allclose(korn_graubard(0.5, 0.5 * 0.5 / 400, n=100, df=99), clopper_pearson(50, 100))


@pytest.mark.parametrize("estimate", [0.0, 1.0])
def test_korn_graubard_holds_at_the_ends(estimate):
    np.testing.assert_allclose(korn_graubard(estimate, 0.0, n=64, df=3), clopper_pearson(64 * estimate, 64))
    np.testing.assert_allclose(korn_graubard(estimate, 0.0, n=64, df=3, deff=2.0), clopper_pearson(32 * estimate, 32))


def test_logit_by_hand():
    # p = 0.8: log-odds 1.386294; se 0.04 becomes 0.04 / 0.16 = 0.25; t(10) = 2.228139: 1.386294 -+ 0.557035
    np.testing.assert_allclose(logit(0.8, 0.04**2, df=10), (1 / (1 + np.exp(-0.829259)), 1 / (1 + np.exp(-1.943329))), atol=1e-6)
    assert np.isnan(logit(1.0, 0.0, df=10)).all()
