"""Survey estimates against textbooks and manuals that print both the data and the figures."""

import numpy as np
import pandas as pd
import pytest

from bangfu.stats import survey

# Särndal, Swensson, Wretman (1992), Model Assisted Survey Sampling, p. 143: 5 of 50 clusters of Swedish municipalities, 3 in each
MUNICIPALITIES = pd.DataFrame({"cluster": [19, 45, 47, 50, 31] * 3, "municipalities": [5, 8, 5, 9, 7] * 3, "clusters": 50,
                               "y": [41, 49, 31, 39, 49, 49, 49, 31, 41, 51, 49, 45, 35, 61, 33]})
# Stata's manual, svyset and svy: mean, data set fpc; R's survey prints the same (example(fpc))
SMALL = pd.DataFrame({"stratum": [1] * 5 + [2] * 3, "unit": [1, 2, 3, 4, 5, 1, 2, 3], "weight": [3] * 5 + [4] * 3, "units": [15] * 5 + [12] * 3,
                      "x": [2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2]})
# T. Tsuchiya's ten firms, R's survey, tests/deff: turnover, weights of equal chances (1 of 100) and of chances by size
FIRMS = pd.DataFrame({"turnover": [15, 143, 21, 51, 337, 50, 274, 145, 15, 86], "equal": 100,
                      "by_size": [20, 200, 11, 25, 550, 30, 250, 100, 10, 55]})


def test_total_of_two_stages():
    drawn = survey.Design(MUNICIPALITIES, clusters="cluster", clusters_total="clusters", households_total="municipalities")
    design = survey.Design(MUNICIPALITIES.assign(weight=survey.weights_of_draw(drawn)), clusters="cluster", weights="weight",
                           clusters_total="clusters", households_total="municipalities")
    found = survey.total(design, "y").loc["all"]
    assert found["estimate"] == pytest.approx(15080)
    assert found["se"] ** 2 == pytest.approx(5172234, abs=0.5)


def test_two_stages_may_be_named_by_a_list():
    table = MUNICIPALITIES.assign(unit=[1] * 5 + [2] * 5 + [3] * 5)
    listed = survey.Design(table, clusters=["cluster", "unit"], clusters_total=["clusters", "municipalities"])
    weighted = survey.Design(table.assign(weight=survey.weights_of_draw(listed)), clusters=["cluster", "unit"], weights="weight",
                             clusters_total=["clusters", "municipalities"])
    assert survey.total(weighted, "y").loc["all", "se"] ** 2 == pytest.approx(5172234, abs=0.5)


@pytest.mark.parametrize("units, error", [(None, 0.7413), ("units", 0.6160)])
def test_mean_of_strata_with_and_without_finite_population(units, error):
    found = survey.mean(survey.Design(SMALL, strata="stratum", clusters="unit", weights="weight", clusters_total=units), "x").loc["all"]
    assert (found["estimate"], found["se"]) == (pytest.approx(5.4481, abs=5e-5), pytest.approx(error, abs=5e-5))


def test_design_effects_of_both_conventions():
    equal, by_size = survey.Design(FIRMS, weights="equal"), survey.Design(FIRMS, weights="by_size")
    for of in ("mean", "total"):  # a simple random sample, analysed as drawn with replacement: 1 against that, 1 / (1 - 10/1000) against the other
        assert survey.design_effect(equal, "turnover", of=of, against="without replacement").loc["all", "deff"] == pytest.approx(1.010101, abs=5e-7)
        assert survey.design_effect(equal, "turnover", of=of).loc["all", "deff"] == pytest.approx(1)
    assert survey.mean(by_size, "turnover").loc["all", ["estimate", "se", "deff"]].tolist() == [
        pytest.approx(243.914, abs=5e-4), pytest.approx(48.752, abs=5e-4), pytest.approx(1.974067, abs=5e-7)]
    assert survey.total(by_size, "turnover").loc["all", ["estimate", "se", "deff"]].tolist() == [
        pytest.approx(305136), pytest.approx(184965, abs=0.5), pytest.approx(18.15669, abs=5e-6)]


def test_effect_of_weights_by_hand():
    # weights 1, 1, 2: 3 x 6 / 16
    table = pd.DataFrame({"town": list("aaab"), "w": [1, 1, 2, 5]})
    assert survey.weighting_effect(survey.Design(table, weights="w"), by="town").tolist() == [18 / 16, 1]


def test_three_stages_by_hand():
    # both counties and both villages of each are drawn, and 2 of 4 households in each of 4 villages, so only it leaves an error
    table = pd.DataFrame({"county": [1, 1, 1, 1, 2, 2, 2, 2], "village": [1, 1, 2, 2, 1, 1, 2, 2], "y": [0, 2, 1, 1, 3, 5, 0, 4],
                          "counties": 2, "villages": 2, "households": 4, "w": 2.0})
    design = survey.Design(table, clusters=["county", "village"], weights="w", clusters_total=["counties", "villages"], households_total="households")
    # per village M^2 (1 - 1/2) s^2 / 2 = 4 s^2, s^2 = 2, 0, 2, 8
    assert survey.total(design, "y").loc["all", "se"] ** 2 == pytest.approx(4 * (2 + 0 + 2 + 8))
    half = survey.Design(table.assign(villages=4, w=4.0), clusters=["county", "village"], weights="w", clusters_total=["counties", "villages"],
                         households_total="households")
    # villages: N^2 (1 - 1/2) s^2 / 2 of the village totals 4, 4 and 16, 8 (s^2 = 0, 32) = 4 s^2; households: N / n = 2 times 4 s^2
    assert survey.total(half, "y").loc["all", "se"] ** 2 == pytest.approx(4 * (0 + 32) + 2 * 4 * (2 + 0 + 2 + 8))


def test_goodness_of_fit_by_hand():
    # villages with 1, 3, 4, 4 of 4 yes: p = 12/16; sums of (y - p) / 16 are -2/16, 0, 1/16, 1/16: V = 4/3 x 6/256 = 1/32
    table = pd.DataFrame({"village": np.repeat([1, 2, 3, 4], 4), "yes": [1, 0, 0, 0] + [1, 1, 1, 0] + [1] * 8})
    found = survey.goodness_of_fit(survey.Design(table, clusters="village"), "yes", {1: 0.5, 0: 0.5})
    # X^2 = 16 x 0.0625 / 0.25 = 4; effect V / (0.25 / 16) = 2; corrected 2 = (0.25)^2 / V, on 1 and 3 degrees of freedom
    assert found.pearson == pytest.approx(4) and found.effects == pytest.approx([2])
    assert found.first == (pytest.approx(2), 1, pytest.approx(0.15729921, abs=1e-8))  # chi-square above 2: erfc(1)
    assert found.f[:3] == (pytest.approx(2), pytest.approx(1), pytest.approx(3))
    # F(1, 3) above 2 is t(3) above sqrt 2 in absolute value: 1 - 2 (u / (1 + u^2) + arctan u) / pi with u = sqrt(2 / 3)
    u = np.sqrt(2 / 3)
    assert found.p_value == pytest.approx(1 - 2 * (u / (1 + u**2) + np.arctan(u)) / np.pi)


def test_independence_of_a_simple_random_sample_is_pearsons():
    # 10, 20 / 30, 40: Pearson 100 (10 x 40 - 20 x 30)^2 / (30 x 70 x 40 x 60) = 0.79365; every interview drawn by itself: effect n / (n - 1)
    table = pd.DataFrame({"a": [0] * 30 + [1] * 70, "b": [0] * 10 + [1] * 20 + [0] * 30 + [1] * 40})
    found = survey.independence(survey.Design(table), "a", "b")
    assert found.pearson == pytest.approx(0.7936508)
    assert found.effects == pytest.approx([100 / 99])
    assert "拉奥-斯科特检验" in str(found) and found.paper("en").startswith("Rao-Scott test")


def test_quantiles_by_hand():
    # weights 1, 1, 2, 4 on 10, 20, 30, 40: F = 1/8, 2/8, 4/8, 1
    design = survey.Design(pd.DataFrame({"y": [40, 10, 30, 20], "w": [4, 1, 2, 1]}), weights="w")
    lowest = survey.quantile(design, "y", [0.125, 0.25, 0.3, 0.5, 0.75])["estimate"].tolist()
    middle = survey.quantile(design, "y", [0.125, 0.25, 0.3, 0.5, 0.75], rule="middle")["estimate"].tolist()
    assert lowest == [10, 20, 30, 30, 40] and middle == [15, 25, 30, 35, 40]
    assert survey.quantile(design, "y", [0.75], rule="interpolated")["estimate"].tolist() == [35]


@pytest.mark.parametrize("table, sentence", [
    ({"a": [0, 1, 0, 1], "b": [0, 0, None, None]}, "fewer than two different answers"),
    ({"a": [0, 1, 2, 0, 1, 2], "b": [0, 1, 2, 0, 1, 2]}, "too many cells of the table are empty"),
])
def test_tables_that_cannot_be_tested_are_said(table, sentence):
    with pytest.raises(ValueError, match=sentence):
        survey.independence(survey.Design(pd.DataFrame(table)), "a", "b")


def test_answers_without_a_given_share_are_said():
    with pytest.raises(ValueError, match="no share is given for kind = c"):
        survey.goodness_of_fit(survey.Design(pd.DataFrame({"kind": list("abc")})), "kind", {"a": 1, "b": 1})
