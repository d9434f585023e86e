"""Weighted regression: the published fit of the Copenhagen housing survey, weights that count, and what cannot be fitted."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from bangfu.stats import survey

# Madsen (1976), Scandinavian Journal of Statistics 3, 97-106; MASS::housing. Satisfaction low, medium, high of 1,681 residents, by contact
# (two halves), type of dwelling (four blocks), influence (three rows).
ORDER = {"contact": ["low", "high"], "type": ["tower", "apartment", "atrium", "terrace"], "influence": ["low", "medium", "high"],
         "satisfaction": ["low", "medium", "high"]}
RESIDENTS = """
21 21 28  34 22 36  10 11 36    61 23 17  43 35 40  26 18 54    13 9 10  8 8 12  6 7 9    18 6 7  15 13 13  7 5 11
14 19 37  17 23 40  3 5 23    78 46 43  48 45 86  15 25 62    20 23 20  10 22 24  7 10 21    57 23 13  31 21 13  5 6 13
"""
PREDICTORS = ["influence", "type", "contact"]


@pytest.fixture(scope="module")
def housing():
    table = pd.DataFrame(list(product(*ORDER.values())), columns=list(ORDER))
    for column, answers in ORDER.items():
        table[column] = pd.Categorical(table[column], answers, ordered=True)
    return table.assign(residents=[int(number) for number in RESIDENTS.split()])


def test_housing_as_mass_prints_it(housing):
    assert housing["residents"].sum() == 1681
    found = survey.ordinal(survey.Design(housing, weights="residents"), "satisfaction", PREDICTORS)
    # Venables and Ripley (2002), Modern Applied Statistics with S, 7.3: summary(polr(Sat ~ Infl + Type + Cont, weights = Freq))
    printed = {"influence[medium]": (0.5664, 0.10465), "influence[high]": (1.2888, 0.12716), "type[apartment]": (-0.5724, 0.11924),
               "type[atrium]": (-0.3662, 0.15517), "type[terrace]": (-1.0910, 0.15149), "contact[high]": (0.3603, 0.09554),
               "low|medium": (-0.4961, 0.1248), "medium|high": (0.6907, 0.1255)}
    for term, (value, error) in printed.items():
        assert found.coefficients.loc[term, "estimate"] == pytest.approx(value, abs=6e-5), term
        assert found.coefficients.loc[term, "model_se"] == pytest.approx(error, abs=6e-5), term
    assert found.deviance == pytest.approx(3479.149, abs=6e-4)


def doubled(table):
    return table.loc[table.index.repeat(table["times"])].reset_index(drop=True)


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"age": rng.normal(50, 10, 120), "kind": rng.choice(["a", "b", "c"], 120), "village": np.arange(120) // 6,
                          "times": rng.integers(1, 4, 120)})
    table["answer"] = 1 + (rng.random(120) < 0.7).astype(int) + (rng.random(120) < 1 / (1 + np.exp((55 - table["age"]) / 5))).astype(int)
    return table.assign(satisfied=table["answer"] >= 2)


@pytest.mark.parametrize("fit, outcome", [(survey.ordinal, "answer"), (survey.logistic, "satisfied"), (survey.linear, "answer")])
def test_weight_two_is_the_row_twice(fit, outcome, answers):
    weighted = fit(survey.Design(answers, clusters="village", weights="times"), outcome, ["age", "kind"])
    repeated = fit(survey.Design(doubled(answers), clusters="village"), outcome, ["age", "kind"])
    for column in ("estimate", "model_se", "se"):  # the villages are the same, so that the design's error is too
        np.testing.assert_allclose(weighted.coefficients[column], repeated.coefficients[column], rtol=1e-7, err_msg=column)
    plain = fit(survey.Design(answers, clusters="village"), outcome, ["age", "kind"])
    assert not np.allclose(plain.coefficients["estimate"], weighted.coefficients["estimate"], rtol=1e-3)  # weights are not ignored


def test_two_answers_are_logistic_regression(answers):
    design = survey.Design(answers, clusters="village", weights="times")
    two = survey.ordinal(survey.Design(answers.assign(higher=answers["satisfied"].astype(int)), clusters="village", weights="times"), "higher", ["age", "kind"])
    one = survey.logistic(design, "satisfied", ["age", "kind"])
    slopes = ["age", "kind[b]", "kind[c]"]
    for column in ("estimate", "se"):
        np.testing.assert_allclose(two.coefficients.loc[slopes, column], one.coefficients.loc[slopes, column], rtol=1e-8)
    assert two.coefficients.loc["0|1", "estimate"] == pytest.approx(-one.coefficients.loc["(constant)", "estimate"])


def test_odds_ratio_by_hand():
    # yes 8 of 10 with, 5 of 10 without: odds 4 and 1, so log-odds 0 and a slope of log 4; its model variance 1/8 + 1/2 + 1/5 + 1/5
    table = pd.DataFrame({"helped": [1] * 10 + [0] * 10, "yes": [1] * 8 + [0] * 2 + [1] * 5 + [0] * 5})
    found = survey.logistic(survey.Design(table), "yes", ["helped"])
    assert found.coefficients.loc["(constant)", "estimate"] == pytest.approx(0, abs=1e-12)
    assert found.odds_ratios().loc["helped", "estimate"] == pytest.approx(4)
    assert found.coefficients.loc["helped", "model_se"] == pytest.approx(np.sqrt(1 / 8 + 1 / 2 + 1 / 5 + 1 / 5))


def test_missing_values_are_left_out_and_counted(answers):
    holed = answers.assign(age=answers["age"].where(answers.index >= 5))
    found = survey.ordinal(survey.Design(holed, clusters="village"), "answer", ["age", "kind"])
    assert (found.n, found.left_out, found.df) == (115, 5, 19 - 3)
    assert "缺值未用:5" in str(found) and "left out, value missing: 5" in found.paper("en")


@pytest.mark.parametrize("fit, outcome, predictors, sentence", [
    (survey.logistic, "satisfied", ["answer"], "no finite estimate: answer"),  # satisfied is answer >= 2
    (survey.ordinal, "answer", ["satisfied"], "no finite estimate: satisfied"),
    (survey.logistic, "answer", ["age"], "yes or no"),
    (survey.ordinal, "kind", ["age"], "has no order"),
    (survey.linear, "answer", ["age", "years"], "explained by the others"),
])
def test_what_cannot_be_fitted_is_said(fit, outcome, predictors, sentence, answers):
    with pytest.raises(ValueError, match=sentence):
        fit(survey.Design(answers.assign(years=answers["age"] + 1)), outcome, predictors)
