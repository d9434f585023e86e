"""Helpers and villages told apart: against the definitions with dense matrices, against statsmodels, and counts by hand."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from bangfu.stats.profiling import expected_share, helpers_in_places, random_intercept


def made_up(villages=12, helpers=40, seed=3):
    rng = np.random.default_rng(seed)
    helper = np.repeat(np.arange(helpers), rng.integers(1, 7, helpers))
    village = rng.integers(0, villages, helpers)[helper]
    cases = pd.DataFrame({"a": rng.normal(size=len(helper)), "b": (rng.random(len(helper)) < 0.3).astype(float)})
    y = 2 + cases.to_numpy() @ [0.5, 0.3] + rng.normal(0, 0.8, helpers)[helper] + rng.normal(0, 0.6, villages)[village] + rng.normal(size=len(helper))
    return y, helper, village, cases


def test_variances_and_coefficients_are_those_of_statsmodels():
    y, helper, village, cases = made_up()
    ours = helpers_in_places.fit(y, helper, village, cases)
    frame = cases.assign(y=y, helper=helper, village=village)
    theirs = sm.MixedLM.from_formula("y ~ a + b", groups="village", re_formula="1", vc_formula={"helper": "0 + C(helper)"}, data=frame).fit()
    assert ours.criterion == pytest.approx(-2 * theirs.llf, abs=1e-4)
    assert ours.between == pytest.approx(theirs.vcomp[0], rel=5e-3) and ours.places == pytest.approx(theirs.cov_re.iloc[0, 0], rel=5e-3)
    assert ours.coefficients.to_numpy() == pytest.approx(theirs.fe_params.to_numpy(), abs=1e-4)


def test_without_places_it_is_the_random_intercept_model():
    y, helper, _, cases = made_up()
    ours, plain = helpers_in_places.fit(y, helper, None, cases), random_intercept.fit(y, helper, cases)
    assert ours.between == pytest.approx(plain.between, rel=1e-5)
    for column in ("effect", "se"):
        assert ours.effects[column].to_numpy() == pytest.approx(plain.effects[column].to_numpy(), abs=1e-5)
    assert ours.places == 0


def test_effects_scores_and_their_errors_are_those_of_the_definitions():
    """V = R + Z G Z', P = V^-1 - V^-1 X (X' V^-1 X)^-1 X' V^-1; effect = G Z' P y, its prediction error G - G Z' P Z G."""
    y, helper, village, cases = made_up()
    m = helpers_in_places.fit(y, helper, village, cases)
    X, Z, W = np.column_stack([np.ones(len(y)), cases]), np.eye(40)[helper], np.eye(12)[village]

    def projection(within, places, between):
        inverse = np.linalg.inv(within * np.eye(len(y)) + places * W @ W.T + between * Z @ Z.T)
        return inverse - inverse @ X @ np.linalg.inv(X.T @ inverse @ X) @ X.T @ inverse

    P = projection(m.within, m.places, m.between)
    assert m.effects["effect"].to_numpy() == pytest.approx(m.between * Z.T @ P @ y, abs=1e-9)
    error = m.between - m.between**2 * np.diag(Z.T @ P @ Z)
    assert m.effects["se"].to_numpy() ** 2 == pytest.approx(error, abs=1e-9)
    assert m.effects["reliability"].to_numpy() == pytest.approx(1 - error / m.between, abs=1e-9)
    null = projection(m.chance, m.places_without, 0)
    information = np.diag(Z.T @ null @ Z)
    assert m.effects["z"].to_numpy() == pytest.approx(Z.T @ null @ y / np.sqrt(information), abs=1e-9)
    assert m.effects["effective_n"].to_numpy() == pytest.approx(m.chance * information, abs=1e-8)
    assert m.effects["adjusted"].to_numpy() == pytest.approx(Z.T @ null @ y / information, abs=1e-8)


def test_a_helper_alone_in_a_village_has_next_to_no_information():
    """Thirty villages with a great effect of their own; in the last one a helper alone: its households tell of the village."""
    rng = np.random.default_rng(1)
    helper = np.repeat(np.arange(59), 5)
    village = np.minimum(helper // 2, 29)
    y = rng.normal(0, 3, 30)[village] + rng.normal(size=len(helper))
    effects = helpers_in_places.fit(y, helper, village).effects
    assert effects["effective_n"].iloc[-1] < 0.2  # of two helpers with 5 each in a village: 5 - 5 x 5/10 = 2.5, a little more by shrinkage
    assert effects["effective_n"].iloc[:-1].between(2.5, 2.7).all()


def test_covariates_that_are_constant_or_follow_from_others_are_named_and_change_nothing():
    y, helper, village, cases = made_up()
    more = cases.assign(always=1.0, twice=2 * cases["a"] + 1)
    ours = helpers_in_places.fit(y, helper, village, more)
    assert ours.dropped == ("always", "twice")
    assert ours.effects["effect"].to_numpy() == pytest.approx(helpers_in_places.fit(y, helper, village, cases).effects["effect"].to_numpy(), abs=1e-9)


@pytest.mark.parametrize("y, helper", [([1, 2, 3], ["a", "b", "c"]), ([1, 2], ["a", "a"]), ([1, 1, 1, 1], ["a", "a", "b", "b"]), ([1, np.nan, 2], ["a", "a", "b"])])
def test_what_cannot_be_told_apart_is_an_error(y, helper):
    with pytest.raises(ValueError):
        helpers_in_places.fit(y, helper)


def test_tails_by_hand():
    """a: trials 1/2 and 1/4: P(0) = 1/2 x 3/4 = 3/8, P(2) = 1/8, so with one success P(<= 1) = 7/8 and P(>= 1) = 5/8. b: one trial of 0.9, none."""
    t = expected_share.tails([1, 0, 0], [0.5, 0.25, 0.9], ["a", "a", "b"])
    assert t.loc["a", ["n", "count", "expected", "lower", "upper"]].tolist() == [2, 1, 0.75, 0.875, 0.625]
    assert t.loc["b", ["lower", "upper"]].tolist() == pytest.approx([0.1, 1.0])


def test_tails_of_equal_chances_are_binomial():
    t = expected_share.tails([1] * 7 + [0] * 13, [0.6] * 20, ["x"] * 20).loc["x"]
    assert (t["lower"], t["upper"]) == (pytest.approx(stats.binom.cdf(7, 20, 0.6)), pytest.approx(stats.binom.sf(6, 20, 0.6)))


def test_chances_are_the_shares_of_the_groups_and_survive_separation():
    ill = np.repeat([0.0, 1.0], [60, 60])
    y = np.concatenate([np.repeat([1, 0], [45, 15]), np.repeat([1, 0], [30, 30])])
    p = expected_share.chances(y, pd.DataFrame({"ill": ill, "always": 1.0}))
    assert p[0] == pytest.approx(0.75, abs=0.005) and p[-1] == pytest.approx(0.5, abs=0.005)  # the wide prior moves them by next to nothing
    apart = expected_share.chances((ill == 0).astype(int), pd.DataFrame({"ill": ill}))
    assert ((apart > 0) & (apart < 1)).all() and apart[0] > 0.99 and apart[-1] < 0.01
    with pytest.raises(ValueError):
        expected_share.chances(np.ones(4))


def test_many_villages_are_solved_as_sparse_equations_with_the_same_results():
    """More villages than are solved as they are: V, P and their use as above, written out with dense matrices; sums of `b` cancel."""
    rng = np.random.default_rng(11)
    villages, helpers = 230, 300
    helper = np.repeat(np.arange(helpers), rng.integers(1, 4, helpers))
    village = np.where(rng.random(len(helper)) < 0.2, rng.integers(0, villages, len(helper)), (helper * villages // helpers))
    cases = pd.DataFrame({"a": rng.normal(size=len(helper)), "b": rng.choice([-1.0, 0.0, 1.0], len(helper))})
    y = cases.to_numpy() @ [0.5, 0.3] + rng.normal(0, 0.8, helpers)[helper] + rng.normal(0, 0.6, villages)[village] + rng.normal(size=len(helper))
    m = helpers_in_places.fit(y, helper, village, cases)
    assert m.between > 0 and m.places > 0 and len(set(village)) > helpers_in_places.SMALL
    X, Z, W = np.column_stack([np.ones(len(y)), cases]), np.eye(helpers)[helper], np.eye(villages)[village]
    inverse = np.linalg.inv(m.within * np.eye(len(y)) + m.places * W @ W.T + m.between * Z @ Z.T)
    middle = X.T @ inverse @ X
    P = inverse - inverse @ X @ np.linalg.inv(middle) @ X.T @ inverse
    criterion = -np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(middle)[1] + y @ P @ y + (len(y) - 3) * np.log(2 * np.pi)
    assert m.criterion == pytest.approx(criterion, abs=1e-7)
    assert m.effects["effect"].to_numpy() == pytest.approx(m.between * Z.T @ P @ y, abs=1e-9)
    assert m.effects["se"].to_numpy() ** 2 == pytest.approx(m.between - m.between**2 * np.diag(Z.T @ P @ Z), abs=1e-9)
    null = np.linalg.inv(m.chance * np.eye(len(y)) + m.places_without * W @ W.T)
    null = null - null @ X @ np.linalg.inv(X.T @ null @ X) @ X.T @ null
    assert m.effects["effective_n"].to_numpy() == pytest.approx(m.chance * np.diag(Z.T @ null @ Z), abs=1e-8)
