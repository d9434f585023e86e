"""Interviewers who straight-line: Fisher's test as published, by hand, and on made-up counties."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bangfu.stats.multiplicity import holm
from bangfu.stats.outlying_share import fisher, outlying_share


def test_fisher_as_published():
    # The tea tasting lady, Fisher (1935), The Design of Experiments, chapter 2: 3 of 4 beside 1 of 4 has 17 of 70
    assert fisher(3, 4, 1, 4) == pytest.approx(17 / 70, rel=1e-6)
    assert fisher(4, 4, 0, 4) == pytest.approx(1 / 70, rel=1e-6)


@pytest.mark.parametrize("x, n, s, m", [(8, 10, 3, 20), (36, 36, 30, 210), (1, 30, 0, 200), (5, 30, 0, 2000), (300, 400, 5000, 9000), (2, 15, 14, 15)])
def test_fisher_is_the_hypergeometric_tail_for_whole_counts(x, n, s, m):
    assert fisher(x, n, s, m) == pytest.approx(stats.hypergeom.sf(x - 1, n + m, n, x + s), rel=1e-6)


@pytest.mark.parametrize("x, n, s, m", [(0, 20, 3, 50), (20, 20, 50, 50)])
def test_what_cannot_be_more_has_no_small_p_value(x, n, s, m):
    assert fisher(x, n, s, m) == 1


def test_middle_half_of_the_others_by_hand():
    # for E the others in order: 10%, 20%, 30%, 100%; a quarter left out at either end leaves B and C, 10 of 40
    found = outlying_share(pd.Series([2, 4, 6, 20, 20], index=list("ABCDE")), [20] * 5)
    assert found.loc["E", "reference"] == pytest.approx(10 / 40)
    assert found.loc["A", "reference"] == pytest.approx(26 / 40)


def test_spread_and_effective_interviews_by_hand():
    # others of D: 4, 6, 8 of 20; the middle one is 6 of 20; all residuals are +-0.976 or 0, median 0.976, x 1.4826 squared 2.094;
    # spread (2.094 - 1) / 19 = 0.0576; every 20 interviews count as 20 / (1 + 19 x 0.0576) = 20 / 2.0935 = 9.553
    found = outlying_share([4, 6, 8, 20], [20] * 4).iloc[3]
    assert found["spread"] == pytest.approx(0.0576, abs=1e-4)
    assert found["p_value"] == pytest.approx(fisher(9.553, 9.553, 0.3 * 9.553, 9.553), rel=1e-3)


def test_alike_interviewers_still_have_the_least_spread():
    # spread 0.03: 21 interviews count as 21 / 1.6
    found = outlying_share([7, 7, 7, 21], [21] * 4).iloc[3]
    assert found["spread"] == 0.03
    assert found["p_value"] == pytest.approx(fisher(21 / 1.6, 21 / 1.6, 7 / 1.6, 21 / 1.6))


def test_reference_of_nothing_does_not_make_one_interview_improbable():
    found = outlying_share([1] + [0] * 9, [30] * 10)
    assert found["reference"].iloc[0] == 0
    assert found["p_value"].iloc[0] > 0.05


def test_not_assessed_is_said():
    found = outlying_share([14, 3, 15, 2], [14, 20, 15, 25])
    assert found["reason"].tolist() == ["few_interviews", "", "", ""]
    assert outlying_share([15, 2], [15, 20])["reason"].tolist() == ["few_others", "few_others"]


def test_order_of_interviewers_does_not_matter():
    rng = np.random.default_rng(1)
    total = rng.integers(10, 45, 16)
    table = pd.DataFrame({"count": rng.binomial(total, 0.2), "total": total}, index=[f"i{i:02}" for i in range(16)])
    turned = table.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(outlying_share(table["count"], table["total"]),
                                  outlying_share(turned["count"], turned["total"]).loc[table.index])


def test_counts_above_their_total_are_refused():
    with pytest.raises(ValueError):
        outlying_share([16, 2], [15, 20])


@pytest.mark.parametrize("interviewers", [6, 16])
@pytest.mark.parametrize("rate, spread", [(0.02, 0.0), (0.15, 0.0), (0.15, 0.02), (0.4, 0.02)])
def test_honest_interviewers_are_called_seldom(interviewers, rate, spread):
    # at a true rate of 1% more than 5 of 120 counties with an alarm have a chance of 1 in 500
    assert sum(call.any() for call in counties(interviewers, rate, spread, 0, 120)) <= 5


@pytest.mark.parametrize("interviewers, share", [(16, 1.0), (16, 0.7), (40, 1.0), (6, 1.0)])
def test_a_straight_liner_is_found_and_nobody_else(interviewers, share):
    calls = list(counties(interviewers, 0.15, 0.01, share, 40))
    assert sum(call[0] for call in calls) >= 36
    assert sum(call[1:].any() for call in calls) <= 2


def counties(interviewers, rate, spread, cheated, samples):
    """Who is called (Holm at 1%); the first interviewer straight-lines the share `cheated` of 20 to 45 interviews on top."""
    rng = np.random.default_rng(interviewers)
    for _ in range(samples):
        total = rng.integers(20, 46, interviewers)
        true = rng.beta(rate * (1 - spread) / spread, (1 - rate) * (1 - spread) / spread, interviewers) if spread else np.full(interviewers, rate)
        true[0] += (1 - true[0]) * cheated
        yield holm(outlying_share(rng.binomial(total, true), total)["p_value"]) <= 0.01
