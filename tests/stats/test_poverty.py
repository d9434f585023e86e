"""Poverty and inequality, against the World Bank's handbook, R's ineq, Alkire and Foster's formulas by hand, and the official thresholds."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.stats.poverty import (alkire_foster, approval, composite_poverty_rate, foster_greer_thorbecke, gini, missed_rate,
                                  wrong_exit_rate)


def test_handbook_country_c():
    # Haughton and Khandker (2009), Handbook on Poverty and Inequality, chapter 4 (recalled, not read): country C, line 125
    found = foster_greer_thorbecke([100, 110, 150, 160], 125).loc["all"]
    assert (found["headcount"], found["gap"], found["severity"]) == (0.5, 0.08, pytest.approx(0.0136, abs=1e-15))


def test_households_are_counted_by_their_persons():
    # line 100: a household of 4 with 300 (25 short each), one of 1 with 100 (on the line), one of 5 with 1,000
    found = foster_greer_thorbecke([300, 100, 1000], 100, members=[4, 1, 5]).loc["all"]
    assert found[["households", "persons", "poor_households", "poor_persons", "shortfall"]].tolist() == [3, 10, 1, 4, 100]
    # 4/10; 4 x 0.25 / 10; 4 x 0.0625 / 10
    assert (found["headcount"], found["gap"], found["severity"]) == (0.4, 0.1, 0.025)


@pytest.mark.parametrize("total, poor", [(3 * 380_000, 0), (3 * 380_000 - 1, 1)])
def test_a_third_of_a_fen_under_the_line_is_poor(total, poor):
    assert foster_greer_thorbecke([total], 380_000, members=[3])["poor_households"].iloc[0] == poor


def test_negative_incomes_count_in_full():
    assert foster_greer_thorbecke([-50, 100], 100)["gap"].iloc[0] == 0.75


def test_towns_weighted_by_persons_give_the_county():
    rng = np.random.default_rng(1)
    members = rng.integers(1, 7, 300)
    found = foster_greer_thorbecke(rng.integers(100, 900, 300) * members, 400, members=members, groups=rng.choice(list("ABC"), 300))
    towns, county = found.iloc[:-1], found.loc["all"]
    for measure in ("headcount", "gap", "severity"):
        assert (towns[measure] * towns["persons"]).sum() / county["persons"] == pytest.approx(county[measure], rel=1e-12)
    assert towns["shortfall"].sum() == county["shortfall"]


def test_severity_is_not_rounded_on_the_way():
    short = [1, 3, 7, 379_999]
    found = foster_greer_thorbecke([380_000 - s for s in short], 380_000)["severity"].iloc[0]
    assert found == float(Fraction(sum(s * s for s in short), 4 * 380_000**2))


def test_missing_incomes_are_counted_and_towns_without_any_have_no_measure():
    found = foster_greer_thorbecke(pd.array([50, pd.NA, pd.NA], dtype="Int64"), 100, groups=["A", "A", "B"])
    assert found["missing"].to_dict() == {"A": 1, "B": 1, "all": 2}
    assert found.loc["A", "headcount"] == 1 and np.isnan(found.loc["B", "gap"])


@pytest.mark.parametrize("income, line", [([3800.5], 3800), ([3800], 0), ([3800], 3800.5)])
def test_what_is_not_whole_is_refused(income, line):
    with pytest.raises(ValueError):
        foster_greer_thorbecke(income, line)


def test_gini_of_the_r_package():
    # R package ineq, example of Gini(): ten Philippine incomes
    incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
    assert gini(incomes)["gini"].iloc[0] == pytest.approx(0.462091130267624, abs=1e-14)  # computed with ineq under R 4.2.2


@pytest.mark.parametrize("line, measures", [
    # the same incomes, pov(x, line, type = "Foster") of ineq
    (2000, [0.2, 0.0998, 0.06042625]), (5000, [0.5, 0.25352, 0.166711552]), (9000, [0.8, 0.439766666666667, 0.300400949382716])])
def test_foster_greer_thorbecke_of_the_r_package(line, measures):
    found = foster_greer_thorbecke([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261], line).loc["all", ["headcount", "gap", "severity"]]
    assert found.tolist() == pytest.approx(measures, rel=1e-13)


@pytest.mark.parametrize("income, members, expected", [
    ([5, 5, 5], None, 0.0),
    ([0, 0, 0, 8], None, 0.75),  # (N - 1) / N
    ([1, 3], None, 0.25),  # 2 x |1 - 3| / (2 x 4 x 2)
    ([2, 9], [2, 3], 24 / 110),  # persons with 1, 1, 3, 3, 3: ordered pairs 2 x 6 x 2 = 24; 2 x 25 x 11 / 5 = 110
])
def test_gini_by_hand(income, members, expected):
    assert gini(income, members=members)["gini"].iloc[0] == pytest.approx(expected, abs=1e-15)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 6)), min_size=2, max_size=30).filter(lambda rows: sum(r[0] for r in rows) > 0))
def test_gini_counts_households_by_persons_and_weights(rows):
    income, members = [r[0] * r[1] for r in rows], [r[1] for r in rows]
    persons = [r[0] for r in rows for _ in range(r[1])]
    whole = gini(income, members=members)["gini"].iloc[0]
    assert whole == pytest.approx(gini(persons)["gini"].iloc[0], abs=1e-12)
    assert whole == pytest.approx(gini([r[0] for r in rows], weights=members)["gini"].iloc[0], abs=1e-12)
    assert 0 <= whole < 1 and gini([3 * i for i in income], members=members)["gini"].iloc[0] == pytest.approx(whole, abs=1e-12)


# The example with which Alkire and Foster teach the method (OPHI, "Counting and multidimensional poverty measurement")
PERSONS = pd.DataFrame([[13.1, 14, 4, 1], [15.2, 7, 5, 0], [12.5, 10, 1, 0], [20, 11, 3, 1]], columns=["income", "schooling", "health", "insured"])
LINES = {"income": 13, "schooling": 12, "health": 3, "insured": 1}


def test_alkire_foster_example():
    found = alkire_foster(PERSONS, 2, lines=LINES)
    whole = found.measures.loc["all"]
    # the second and the third are poor, deprived in 2 and 4 of 4: H = 2/4, A = (2/4 + 4/4) / 2, M0 = 6/16
    assert whole[["H", "A", "M0"]].tolist() == [0.5, 0.75, 0.375]
    gaps = [5 / 12, 1, 0.5 / 13, 2 / 12, 2 / 3, 1]
    assert whole[["M1", "M2"]].tolist() == pytest.approx([sum(gaps) / 16, sum(g * g for g in gaps) / 16], rel=1e-14)
    # the fourth lacks schooling only: counted raw, not censored
    parts = found.dimensions.loc["all"]
    assert parts["headcount"].tolist() == [0.25, 0.75, 0.25, 0.5] and parts["censored_headcount"].tolist() == [0.25, 0.5, 0.25, 0.5]
    assert parts["contribution"].tolist() == pytest.approx([1 / 6, 1 / 3, 1 / 6, 1 / 3])


@pytest.mark.parametrize("cutoff, poor", [(1, 3), (2, 2), (3, 1), (4, 1)])
def test_union_to_intersection(cutoff, poor):
    assert alkire_foster(PERSONS, cutoff, lines=LINES).measures.loc["all", "poor_persons"] == poor


def test_weights_in_thirds_reach_a_cutoff_of_two_thirds():
    flags = pd.DataFrame({"food": [False, True], "water": [False, True], "housing": [True, False]})
    found = alkire_foster(flags, 2 / 3, weights=dict.fromkeys(flags, 1 / 3)).measures.loc["all"]
    assert found["H"] == 0.5 and found["M0"] == pytest.approx(1 / 3) and np.isnan(found["M1"])


def test_guarantees_by_town():
    rng = np.random.default_rng(2)
    flags = pd.DataFrame(rng.random((200, 5)) < 0.7, columns=["food", "clothing", "education", "medical", "housing"]).astype("boolean")
    flags.iloc[0, 0] = pd.NA
    members, towns = rng.integers(1, 6, 200), rng.choice(list("ABC"), 200)
    found = alkire_foster(flags, 2, members=members, groups=towns)
    parts, whole = found.measures.iloc[:-1], found.measures.loc["all"]
    assert whole["missing"] == 1 and parts["persons"].sum() == whole["persons"] == members[1:].sum()
    for measure in ("H", "M0"):
        assert (parts[measure] * parts["persons"]).sum() / whole["persons"] == pytest.approx(whole[measure], rel=1e-12)
    assert (whole["H"] * whole["A"], parts["contribution"].sum()) == pytest.approx((whole["M0"], 1.0))
    assert found.dimensions["contribution"].groupby("group").sum().tolist() == pytest.approx([1.0] * 4)


@pytest.mark.parametrize("wrong", [
    lambda: alkire_foster(PERSONS, 5, lines=LINES), lambda: alkire_foster(PERSONS, 2), lambda: alkire_foster(PERSONS > 5, 2, lines={"income": 3}),
    lambda: gini([1.5, 2]), lambda: gini([1, 2], weights=[1, 0]), lambda: wrong_exit_rate(5, 4, 0.02), lambda: composite_poverty_rate(1, (3, 2, 9), (0, 1, 1), 10, 0.02)])
def test_contradictions_are_refused(wrong):
    with pytest.raises(ValueError):
        wrong()


@pytest.mark.parametrize("measure, verdict, estimate", [
    (wrong_exit_rate(3, 1000, 0.02), "met", 0.003),
    (wrong_exit_rate(9, 500, 0.02), "met_unsure", 0.018),
    (wrong_exit_rate(10, 500, 0.02), "not_met_unsure", 0.02),  # below 2%, so 2% itself is not met
    (missed_rate(30, 500, 0.02), "not_met", 0.06),
    (wrong_exit_rate(9, 500, 0.02, census=True), "met", 0.018),
    (wrong_exit_rate(3, 1000, 0.02, deff=12), "met_unsure", 0.003),
    (approval(450, 500, 0.9), "met_unsure", 0.9),  # at least 90%, so 90% itself is met
    (approval(490, 500, 0.9), "met", 0.98),
    (approval(400, 500, 0.9), "not_met", 0.8),
    (composite_poverty_rate(1200, (3, 500, 20_000), (2, 600, 90_000), 120_000, 0.03), "met", (1200 + 120 + 300) / 120_000),
    (composite_poverty_rate(1200, (500, 20_000, 20_000), (1900, 90_000, 90_000), 120_000, 0.03), "not_met", 0.03),
])
def test_third_party_measures(measure, verdict, estimate):
    assert measure.verdict == verdict and measure.estimate == pytest.approx(estimate, rel=1e-14)
    assert measure.lower <= measure.estimate <= measure.upper and "标准" in str(measure) and "threshold" in measure.paper("en")


def test_without_a_sample_nothing_is_assessed():
    for measure in (approval(0, 0, 0.9), composite_poverty_rate(10, (0, 0, 50), (0, 20, 90), 1000, 0.02)):
        assert measure.verdict == "not_assessed" and np.isnan(measure.estimate)


def test_composite_interval_covers():
    rng = np.random.default_rng(4)
    p, q, exited, others = 0.01, 0.004, 20_000, 90_000
    true = (1000 + exited * p + others * q) / 120_000
    held = [(m := composite_poverty_rate(1000, (rng.binomial(500, p), 500, exited), (rng.binomial(600, q), 600, others), 120_000, 0.03)).lower <= true <= m.upper
            for _ in range(400)]
    assert np.mean(held) >= 0.945
