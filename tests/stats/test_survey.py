"""Survey estimates, against the figures that R's survey prints for its Californian schools, and against hand arithmetic."""

import numpy as np
import pandas as pd
import pytest

from bangfu.stats import survey
from bangfu.stats.paper import Both

# apiclus1: 15 school districts drawn of 757, every school in them. District: elementary, high, middle schools.
DISTRICTS = {61: (10, 0, 3), 135: (34, 0, 0), 178: (2, 1, 1), 197: (10, 0, 3), 255: (13, 0, 3), 406: (2, 0, 0), 413: (1, 0, 0),
             437: (2, 1, 1), 448: (9, 1, 2), 510: (16, 2, 3), 568: (4, 4, 1), 637: (8, 1, 2), 716: (30, 3, 4), 778: (1, 0, 1),
             815: (2, 1, 1)}


@pytest.fixture
def schools():
    rows = [(district, kind) for district, counts in DISTRICTS.items() for kind, count in zip("EHM", counts) for _ in range(count)]
    table = pd.DataFrame(rows, columns=["district", "kind"]).assign(districts=757)
    return table.assign(**{kind: table["kind"] == kind for kind in "EHM"})


@pytest.mark.parametrize("kind, share, se", [("E", 0.786885, 0.0463), ("H", 0.076503, 0.0268), ("M", 0.136612, 0.0296)])
def test_cluster_sample_as_r_prints_it(schools, kind, share, se):
    # svymean(~api00+api99+stype, dclus1), "Survey analysis in R: summary statistics", the manual of R's survey package
    design = survey.Design(schools, clusters="district", clusters_total="districts")
    found = survey.proportion(design, kind).loc["all"]
    assert (found["estimate"], found["se"]) == (pytest.approx(share, abs=5e-7), pytest.approx(se, abs=5e-5))
    assert (found["n"], found["clusters"], found["df"]) == (183, 15, 14)


TWO_TOWNS = pd.DataFrame({
    # town A: villages with 2 of 4, 4 of 4 yes; town B: 1 of 2, 2 of 2, 0 of 2
    "town": ["A"] * 8 + ["B"] * 6,
    "village": ["a1"] * 4 + ["a2"] * 4 + ["b1"] * 2 + ["b2"] * 2 + ["b3"] * 2,
    "yes": [1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0],
    "weight": [10.0] * 8 + [20.0] * 6,
    "villages": [10] * 8 + [12] * 6,
})


def test_towns_by_hand():
    found = survey.proportion(survey.Design(TWO_TOWNS, strata="town", clusters="village", weights="weight"), "yes", by="town")
    # A: p = 6/8. Village sums of (y - p) / 8: a1 (2 - 3) / 8, a2 (4 - 3) / 8; 2/1 x (1/64 + 1/64) = 1/16
    # B: p = 3/6. Village sums: 0, 1/6, -1/6; 3/2 x (2/36) = 1/12
    np.testing.assert_allclose(found["estimate"], [0.75, 0.5])
    np.testing.assert_allclose(found["se"] ** 2, [1 / 16, 1 / 12])
    # against p (1 - p) / (n - 1): A 0.1875 / 7, B 0.25 / 5
    np.testing.assert_allclose(found["deff"], [(1 / 16) / (0.1875 / 7), (1 / 12) / 0.05])
    assert found["df"].tolist() == [1, 2]


def test_whole_county_by_hand():
    found = survey.mean(survey.Design(TWO_TOWNS, strata="town", clusters="village", weights="weight"), "yes").loc["all"]
    # p = (10 x 6 + 20 x 3) / (80 + 120) = 0.6
    # village sums of w (y - p) / 200: A 10 (2 - 2.4), 10 (4 - 2.4) = -4, 16: mean 6, 2/1 x 2 x 100 = 400
    # B: 20 (1 - 1.2), 20 (2 - 1.2), 20 (0 - 1.2) = -4, 16, -24: mean -4, 3/2 x (0 + 400 + 400) = 1200; V = 1600 / 200^2
    assert found["estimate"] == pytest.approx(0.6)
    assert found["se"] == pytest.approx(np.sqrt(1600) / 200)
    assert found["df"] == 3


def test_finite_population_by_hand():
    design = survey.Design(TWO_TOWNS, strata="town", clusters="village", weights="weight", clusters_total="villages")
    found = survey.proportion(design, "yes", by="town")
    np.testing.assert_allclose(found["se"] ** 2, [1 / 16 * (1 - 2 / 10), 1 / 12 * (1 - 3 / 12)])


def test_second_stage_by_hand():
    # all villages drawn, so only the draw of households within them is left: 4 of 8 in a1, all 4 of 4 in a2
    town = TWO_TOWNS[TWO_TOWNS["town"] == "A"].assign(villages=2, households=[8] * 4 + [4] * 4)
    found = survey.proportion(survey.Design(town, clusters="village", clusters_total="villages", households_total="households"), "yes")
    # a1: (y - p) / 8 = 0.25/8, 0.25/8, -0.75/8, -0.75/8: squares about their mean 4 x (0.5/8)^2; x (1 - 1/2) x 4/3
    assert found["se"].iloc[0] ** 2 == pytest.approx(4 * (0.5 / 8) ** 2 * 0.5 * 4 / 3)


def test_domain_within_villages_keeps_the_villages_that_miss_it():
    table = TWO_TOWNS[TWO_TOWNS["town"] == "B"].assign(low_income=[True, True, True, True, False, False])
    found = survey.mean(survey.Design(table, clusters="village"), "yes", by="low_income").loc[True]
    # p = 3/4; village sums of (y - p) / 4: -0.5/4, 0.5/4, 0 for the village without any: 3/2 x 2/64
    assert (found["estimate"], found["se"] ** 2) == (0.75, pytest.approx(3 / 2 * 2 * (0.5 / 4) ** 2))
    assert found["clusters"] == 2


def test_unanimous_town_has_an_interval_from_the_design_effect_of_the_others():
    table = pd.concat([TWO_TOWNS, pd.DataFrame({"town": "C", "village": ["c1"] * 4 + ["c2"] * 4, "yes": 1, "weight": 10.0, "villages": 5})])
    found = survey.proportion(survey.Design(table, strata="town", clusters="village"), "yes", by="town")
    # pooled: weights df p (1 - p): A 1 x 0.1875 with deff 7/3, B 2 x 0.25 with deff 5/3
    deff = (0.1875 * 7 / 3 + 0.5 * 5 / 3) / 0.6875
    assert found.loc["C", "hi"] == 1 and found.loc["C", "lo"] == pytest.approx(0.025 ** (deff / 8))
    logit = survey.proportion(survey.Design(table, strata="town", clusters="village"), "yes", by="town", interval="logit")
    assert logit.loc["C", "lo"] == found.loc["C", "lo"] and logit.loc["A", "lo"] != found.loc["A", "lo"]


def test_missing_answers_leave_the_interview_out():
    table = TWO_TOWNS.assign(yes=pd.array([1, 1, 0, 0, 1, 1, 1, pd.NA, 1, 0, 1, 1, 0, 0], dtype="Int64"))
    found = survey.proportion(survey.Design(table, strata="town", clusters="village"), "yes", by="town")
    assert found.loc["A", "n"] == 7 and found.loc["A", "estimate"] == pytest.approx(5 / 7)


def test_order_of_rows_does_not_matter():
    design = dict(strata="town", clusters="village", weights="weight")
    turned = TWO_TOWNS.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(survey.proportion(survey.Design(TWO_TOWNS, **design), "yes", by="town"),
                                  survey.proportion(survey.Design(turned, **design), "yes", by="town"))


def test_single_village_in_a_town_is_not_taken_as_certainty():
    table = TWO_TOWNS[TWO_TOWNS["village"].isin(["a1", "b1", "b2", "b3"])]
    found = survey.proportion(survey.Design(table, strata="town", clusters="village"), "yes")
    within_b = survey.variance_of_total(survey.Design(table[table["town"] == "B"], clusters="village"), [0.04, -0.06, 0.04, 0.04, -0.06, -0.06])
    assert found["se"].iloc[0] > 0 and within_b > 0 and found["df"].iloc[0] == 2


@pytest.mark.parametrize("change, error", [
    (dict(strata="county"), KeyError),
    (dict(weights="yes"), ValueError),  # a weight of 0
    (dict(clusters="village", households_total="villages"), ValueError),
])
def test_designs_that_cannot_be_are_refused(change, error):
    with pytest.raises(error):
        survey.Design(TWO_TOWNS, **change)


def test_more_villages_than_there_are_is_refused():
    with pytest.raises(ValueError, match="more villages were drawn"):
        survey.mean(survey.Design(TWO_TOWNS.assign(villages=1), strata="town", clusters="village", clusters_total="villages"), "yes")


@pytest.mark.parametrize("villages", [[10] * 8 + [12] * 5 + [13], [10] * 8 + [12] * 5 + [None]])
def test_a_town_has_one_number_of_villages(villages):
    design = survey.Design(TWO_TOWNS.assign(villages=villages), strata="town", clusters="village", clusters_total="villages")
    with pytest.raises(ValueError, match="the number of villages there are is missing somewhere, or differs"):
        survey.mean(design, "yes")


def test_shares_of_what_is_no_share_are_refused():
    with pytest.raises(ValueError, match="yes or no"):
        survey.proportion(survey.Design(TWO_TOWNS), "weight")
    with pytest.raises(ValueError, match="interval"):
        survey.proportion(survey.Design(TWO_TOWNS), "yes", interval="wald")


def test_an_estimate_prints_as_a_working_paper():
    design = survey.Design(TWO_TOWNS, strata="town", clusters="village", weights="weight", clusters_total="villages")
    paper = survey.EstimatePaper(design, survey.mean(design, "yes"), Both("满意率是多少", "How many are satisfied"))
    # 8 x 10 + 6 x 20 households; 0.6 -+ t(3) 3.18245 x sqrt(400 (1 - 2/10) + 1200 (1 - 3/12)) / 200
    half = 3.182446 * np.sqrt(320 + 900) / 200
    for text in ("层数:2", "群数:5", "加权后代表的户数:200", "作了有限总体修正:是", "真实值最可能在 0.6 左右", f"{0.6 - half:.4f}"[:6], f"{0.6 + half:.4f}"[:5]):
        assert text in str(paper), text
    assert "How many are satisfied" in paper.paper("en") and "standard error" in paper.paper("en")
    alone = survey.EstimatePaper(design, survey.mean(design, "yes", by="village"), Both("各村如何", "And the villages"))
    assert "5 个估计没有区间" in str(alone)
