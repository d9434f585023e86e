"""Upper and lower error rates against the AICPA tables and other published figures (read in the tests of R's jfa, not in print)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.stats import sampling

# AICPA Audit Guide: Audit Sampling (2017), tables A-3 (5 percent risk) and A-4 (10 percent): upper rates in percent, rounded up to 0.1, for 0 to 10 deviations.
A3 = {
    20: "14.0 21.7 28.3 34.4 40.2 45.6 50.8 55.9 60.7 65.4 69.9",
    25: "11.3 17.7 23.2 28.2 33.0 37.6 42.0 46.3 50.4 54.4 58.4",
    60: "4.9 7.7 10.2 12.5 14.7 16.8 18.8 20.8 22.8 24.8 26.7",
    100: "3.0 4.7 6.2 7.6 9.0 10.3 11.5 12.8 14.0 15.2 16.4",
    200: "1.5 2.4 3.2 3.9 4.6 5.2 5.9 6.5 7.2 7.8 8.4",
    500: "0.6 1.0 1.3 1.6 1.9 2.1 2.4 2.7 2.9 3.2 3.4",
}
A4 = {
    20: "10.9 18.1 24.5 30.5 36.1 41.5 46.8 51.9 56.8 61.6 66.2",
    60: "3.8 6.4 8.7 10.8 12.9 15.0 16.9 18.9 20.8 22.7 24.6",
    100: "2.3 3.9 5.3 6.6 7.9 9.1 10.3 11.5 12.7 13.9 15.0",
    500: "0.5 0.8 1.1 1.4 1.6 1.9 2.1 2.4 2.6 2.9 3.1",
}


@pytest.mark.parametrize(("table", "confidence"), [(A3, 0.95), (A4, 0.90)])
def test_upper_rates_of_the_aicpa_guide(table, confidence):
    for n, row in table.items():
        upper = sampling.rate_bounds(np.arange(11), n, confidence=confidence)[1]
        assert np.ceil(upper * 1000).tolist() == [round(float(v) * 10) for v in row.split()], n


# AICPA Guide, appendix C, table of Poisson confidence factors, 5% risk: 3.00, 4.75, 6.30, 7.76, 9.16, 10.52 (rounded up).
def test_reliability_factors():
    assert np.ceil(sampling.reliability_factor(np.arange(6)) * 100).tolist() == [300, 475, 630, 776, 916, 1052]


# Touw and Hoogduin (2011), p. 125: n = 102 of 1,200 at 90%.
@pytest.mark.parametrize(("errors", "items"), [(0, 25), (1, 43), (2, 59), (3, 75)])
def test_hypergeometric_upper_bounds(errors, items):
    result = sampling.attribute(errors, 102, confidence=0.90, method="hypergeometric", population=1200)
    assert result.upper_items == items
    assert result.upper == pytest.approx([0.0208, 0.0358, 0.0492, 0.0625][errors], abs=5e-5)


# R documentation of jfa, evaluation(): x = 1 of n = 2 and 10, N = 10 and 20.
@pytest.mark.parametrize(("n", "population", "upper"), [(2, 10, 0.9), (10, 20, 0.3)])
def test_small_populations(n, population, upper):
    assert sampling.attribute(1, n, method="hypergeometric", population=population).upper == pytest.approx(upper)


def test_lower_bounds_by_hand():
    # One error in n: 1 - (1 - p)^n = 5%, so p = 1 - 0.95^(1/n).
    assert sampling.attribute(1, 40, side="lower").lower == pytest.approx(1 - 0.95 ** (1 / 40))
    # Poisson: 1 - exp(-n p) = 2.5% for the two-sided bound.
    assert sampling.attribute(1, 40, method="poisson", side="two").lower == pytest.approx(-np.log(0.975) / 40)
    # An error among 19 of 20 items: there is at least one, and the chance of finding it if it is the only one is not small.
    assert sampling.attribute(1, 19, method="hypergeometric", population=20, side="lower").lower == 1 / 20


def test_a_census_is_exact():
    result = sampling.attribute(3, 50, method="hypergeometric", population=50, side="two")
    assert (result.lower, result.most_likely, result.upper) == (0.06, 0.06, 0.06)


def test_a_bound_at_the_tolerable_rate_is_not_below_it():
    most = sampling.attribute(0, 10, method="hypergeometric", population=150)
    at, above = (sampling.attribute(0, 10, method="hypergeometric", population=150, tolerable=Fraction(most.upper_items + i, 150)) for i in (0, 1))
    assert not at.acceptable and above.acceptable
    # the same as shares that floats cannot hold
    for errors in range(4):
        items = sampling.attribute(errors, 60, method="hypergeometric", population=900).upper_items
        assert not sampling.attribute(errors, 60, method="hypergeometric", population=900, tolerable=Fraction(items, 900)).acceptable


def test_p_values_reject_exactly_where_the_bound_is_below():
    for method in ("binomial", "poisson", "hypergeometric"):
        for errors in range(6):
            result = sampling.attribute(errors, 90, tolerable=0.06, method=method, population=900)
            assert result.acceptable == (result.p_value <= 0.05), (method, errors)


@settings(max_examples=60)
@given(st.integers(0, 20), st.integers(25, 200), st.sampled_from(["binomial", "poisson", "hypergeometric"]))
def test_bounds_fall_with_n_and_rise_with_errors(errors, n, method):
    def upper(k, size):
        return sampling.rate_bounds(k, size, method=method, population=1000)[1]

    assert upper(errors, n + 10) < upper(errors, n) < upper(errors + 1, n)
    lower, high = sampling.rate_bounds(errors, n, method=method, population=1000, side="two")
    assert lower <= errors / n <= high
    assert high >= upper(errors, n)


@pytest.mark.parametrize(
    "arguments",
    [
        {"errors": 5, "n": 4},
        {"errors": -1, "n": 4},
        {"errors": 1, "n": 10, "method": "hypergeometric"},
        {"errors": 0.5, "n": 10, "method": "hypergeometric", "population": 20},
        {"errors": 1, "n": 10, "side": "both"},
        {"errors": 1, "n": 10, "confidence": 95},
    ],
)
def test_counts_that_cannot_be(arguments):
    with pytest.raises(ValueError):
        sampling.attribute(**arguments)


# jfa, article "Bayesian audit evidence": Derks et al. (2024), Auditing: A Journal of Practice & Theory, and (2022), An impartial Bayesian hypothesis test.
@pytest.mark.parametrize(
    ("n", "tolerable", "arguments", "what", "value"),
    [
        (160, 0.03, {}, "bayes_factor", 696.696),
        (50, 0.05, {}, "bayes_factor", 51.5513441),
        (50, 0.05, {"prior": "impartial"}, "bayes_factor", 4.98520198),
        (50, 0.05, {"prior": (1, 0)}, "odds", 2.578691368),
        (160, 0.03, {"prior": (1, 0), "family": "gamma"}, "odds", 19.95007199),
        (50, 0.05, {"prior": "impartial", "family": "gamma"}, "bayes_factor", 4.810668425),
        (160, 0.03, {"family": "beta_binomial", "population": 1000}, "bayes_factor", 943.4715321),
        (50, 0.05, {"family": "beta_binomial", "population": 1000}, "bayes_factor", 53.59899136),
    ],
)
def test_bayes_factors_of_one_error(n, tolerable, arguments, what, value):
    if arguments.get("prior") == "impartial":
        arguments = {**arguments, "prior": sampling.impartial_prior(tolerable, arguments.get("family", "beta"))}
    assert getattr(sampling.bayesian(1, n, tolerable=tolerable, **arguments), what) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(("n", "population", "upper"), [(2, 10, 0.9), (10, 20, 0.3)])
def test_beta_binomial_bounds(n, population, upper):
    assert sampling.bayesian(1, n, family="beta_binomial", population=population).upper == pytest.approx(upper)


def test_the_strict_prior_gives_the_classical_bound():
    for errors in (0, 1, 2.5):
        assert sampling.bayesian(errors, 60, prior=sampling.strict_prior()).upper == pytest.approx(sampling.attribute(errors, 60).upper)
        assert sampling.bayesian(errors, 60, prior=sampling.strict_prior("gamma"), family="gamma").upper == pytest.approx(
            sampling.attribute(errors, 60, method="poisson").upper
        )


# Derks et al. (2022), Bayesian generalized linear modeling for audit sampling, table 1: 2 of 6, 1 of 7, 0 of 7 in strata of 8, 11, 11.
@pytest.mark.parametrize(("method", "upper", "near"), [("binomial", 0.3945103587, 0.001), ("poisson", 0.5101278778, 0.002)])
def test_strata_put_together(method, upper, near):
    result = sampling.stratified([2, 1, 0], [6, 7, 7], [8, 11, 11], method=method)
    assert result.most_likely == pytest.approx((2 / 6 * 8 + 1 / 7 * 11) / 30)
    assert result.upper == pytest.approx(upper, abs=near)  # published from 100,000 random draws


def test_complete_pooling_is_one_sample():
    result = sampling.stratified([2, 1, 0], [6, 7, 7], [8, 11, 11], pooling="complete")
    assert (result.most_likely, result.upper) == (3 / 20, sampling.attribute(3, 20).upper)


def test_one_stratum_is_the_plain_bound():
    assert sampling.stratified([2], [60], [5000]).upper == pytest.approx(sampling.attribute(2, 60).upper, abs=1e-6)
    both = sampling.stratified([2], [60], [5000], side="two")
    assert (both.lower, both.upper) == pytest.approx(sampling.rate_bounds(2, 60, side="two"), abs=1e-6)


@pytest.mark.parametrize(("errors", "n", "population"), [(0, 20, 100), (2, 30, 400), (1, 10, 11)])
def test_one_stratum_of_a_finite_population_is_exact(errors, n, population):
    both = sampling.stratified([errors], [n], [population], method="hypergeometric", side="two")
    assert (both.lower, both.upper) == pytest.approx(sampling.rate_bounds(errors, n, method="hypergeometric", population=population, side="two"))


def test_finite_strata_put_together():
    # A stratum examined in full adds its errors and no doubt: 3 of 10, and 0 of 20 in 100.
    alone = sampling.attribute(0, 20, method="hypergeometric", population=100).upper_items
    assert sampling.stratified([3, 0], [10, 20], [10, 100], method="hypergeometric").upper == pytest.approx((3 + alone) / 110)
    # Strata drawn from large populations come to the binomial answer.
    large = sampling.stratified([2, 1], [60, 40], [60_000, 40_000], method="hypergeometric")
    assert large.upper == pytest.approx(sampling.stratified([2, 1], [60, 40], [60_000, 40_000]).upper, abs=1e-4)


def test_partial_pooling_lies_between():
    errors, n, sizes = [6, 1, 0, 2], [20, 20, 20, 20], [100, 100, 100, 100]
    partial = sampling.stratified(errors, n, sizes, pooling="partial").strata["most_likely"]
    assert (partial.iloc[0] < 6 / 20) and (partial.iloc[2] > 0)
    assert partial.mean() == pytest.approx(9 / 80, abs=0.02)
    assert sampling.stratified(errors, n, sizes, pooling="partial").upper == sampling.stratified(errors, n, sizes, pooling="partial").upper


def test_strata_are_held_against_the_tolerable_rate():
    below, above = (sampling.stratified([0, 0], [40, 40], [200, 200], method="hypergeometric", tolerable=t) for t in (0.08, 0.02))
    assert below.acceptable and not above.acceptable
    assert "可以接受" in str(below) and "cannot be accepted" in above.paper("en")
