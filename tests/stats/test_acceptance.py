"""Acceptance sampling, against published plans and tables.

Montgomery's, Cameron's and the military standard's figures are recalled, not read; R's AcceptanceSampling, computed beside them for single, double and
threefold plans (272 chances), gives the same curves as ours to eight digits.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bangfu.stats.acceptance import decision, lqas, oc, plans
from bangfu.stats.acceptance.sprt import SequentialTest

# Montgomery, Introduction to Statistical Quality Control, table 15.2: n = 89, c = 2
MONTGOMERY = {0.005: 0.9897, 0.01: 0.9397, 0.02: 0.7366, 0.03: 0.4985, 0.04: 0.3042, 0.05: 0.1721, 0.06: 0.0919, 0.07: 0.0468, 0.08: 0.0230, 0.09: 0.0109}
# NIST/SEMATECH e-Handbook, 6.2.3.2: n = 52, c = 3
NIST = dict(zip(np.arange(1, 13) / 100, [0.998, 0.980, 0.930, 0.845, 0.739, 0.620, 0.502, 0.394, 0.300, 0.223, 0.162, 0.115]))
# Cameron (1952), Industrial Quality Control 9: n p accepted with 95% and with 10%, c = 0 to 5 (Poisson)
CAMERON = {0: (0.051, 2.303), 1: (0.355, 3.890), 2: (0.818, 5.322), 3: (1.366, 6.681), 4: (1.970, 7.994), 5: (2.613, 9.275)}
# MIL-STD-105D, tables X-J-1 and X-K-1, AQL 1.0 (binomial up to n = 80, Poisson above): per cent accepted: per cent defective
MIL_STD = {(80, 2, "binomial"): {99: 0.550, 95: 1.03, 90: 1.38, 75: 2.16, 50: 3.33, 25: 4.84, 10: 6.52, 5: 7.66, 1: 10.1},
           (125, 3, "poisson"): {99: 0.659, 95: 1.09, 90: 1.40, 75: 2.03, 50: 2.94, 25: 4.09, 10: 5.35, 5: 6.20, 1: 8.04}}
# Grant and Leavenworth (1988), as in PMC3013262, table 1: (n, failures): P(80% passes), P(50% fails); the table's 0.83 for (8, 2) is left
# out: 1 - (28 + 8 + 1) / 256 = 0.855
GRANT_LEAVENWORTH = {(8, 3): (0.94, 0.64), (12, 3): (0.80, 0.93), (12, 4): (0.93, 0.81), (14, 4): (0.87, 0.91), (14, 5): (0.96, 0.79),
                     (19, 4): (0.67, 0.99), (19, 5): (0.84, 0.97), (19, 6): (0.93, 0.92), (19, 7): (0.98, 0.82), (28, 8): (0.91, 0.98), (28, 9): (0.96, 0.96)}


def test_montgomery_characteristic():
    found = oc.characteristic(plans.single(89, 2), list(MONTGOMERY))["accept"]
    assert found.tolist() == pytest.approx(list(MONTGOMERY.values()), abs=5.1e-5)


def test_montgomery_items_inspected_with_rectification():
    # chapter 15: lot of 10,000, p = 0.01: ATI = 687
    assert round(oc.characteristic(plans.single(89, 2), 0.01, lot=10_000, distribution="binomial")["ati"].iloc[0]) == 687


def test_nist_characteristic():
    assert oc.characteristic(plans.single(52, 3), list(NIST))["accept"].tolist() == pytest.approx(list(NIST.values()), abs=1.01e-3)


def test_nist_average_sample_of_a_double_plan():
    # 6.2.3.3: n1 = 50, c1 = 2, n2 = 100, c2 = 6 at p = 0.06: a first sample decides with 0.416 + 0.029, so 106 on average
    assert oc.characteristic(plans.double(50, 2, 100, 6), 0.06)["asn"].iloc[0] == pytest.approx(0.445 * 50 + 0.555 * 150, abs=0.1)


@pytest.mark.parametrize("c", CAMERON)
def test_cameron_operating_points(c):
    plan = plans.single(1, c)
    found = oc.share_at(plan, 0.95, distribution="poisson"), oc.share_at(plan, 0.10, distribution="poisson")
    assert found == pytest.approx(CAMERON[c], abs=1.01e-3)


@pytest.mark.parametrize("n, c, distribution", MIL_STD)
def test_mil_std_105_operating_points(n, c, distribution):
    points = MIL_STD[n, c, distribution]
    found = [100 * oc.share_at(plans.single(n, c), chance / 100, distribution=distribution) for chance in points]
    assert found == pytest.approx(list(points.values()), rel=4e-3, abs=5.1e-3)


@pytest.mark.parametrize("good, bad, alpha, beta, n, c, producer, consumer", [
    # R package AccSamplingDesign, introduction (two versions of it)
    (0.01, 0.05, 0.05, 0.10, 132, 3, 0.04425251, 0.0992283),
    (0.01, 0.05, 0.02, 0.15, 144, 4, 0.01534843, 0.1487162),
])
def test_single_plans_found(good, bad, alpha, beta, n, c, producer, consumer):
    plan = plans.find_single(good, bad, producer_risk=alpha, consumer_risk=beta)
    assert (plan.n, plan.accept) == ((n,), (c,))
    assert oc.risks(plan, good, bad) == pytest.approx((producer, consumer), abs=5e-8)


@pytest.mark.parametrize("distribution, good, bad, alpha, beta, n, c", [
    # R package AcceptanceSampling, find.plan(), computed with R 4.2.2; lots of 1,000 where the distribution is hypergeometric
    ("binomial", 0.01, 0.05, 0.05, 0.1, 132, 3), ("binomial", 0.01, 0.05, 0.1, 0.1, 105, 2), ("binomial", 0.01, 0.05, 0.05, 0.05, 181, 4),
    ("binomial", 0.02, 0.08, 0.05, 0.1, 98, 4), ("binomial", 0.02, 0.08, 0.1, 0.1, 82, 3), ("binomial", 0.02, 0.08, 0.05, 0.05, 129, 5),
    ("binomial", 0.005, 0.03, 0.05, 0.1, 221, 3), ("binomial", 0.005, 0.03, 0.1, 0.1, 176, 2), ("binomial", 0.005, 0.03, 0.05, 0.05, 257, 3),
    ("hypergeometric", 0.01, 0.05, 0.05, 0.1, 128, 3), ("hypergeometric", 0.01, 0.05, 0.1, 0.1, 102, 2), ("hypergeometric", 0.01, 0.05, 0.05,
    0.05, 146, 3), ("hypergeometric", 0.02, 0.08, 0.05, 0.1, 96, 4), ("hypergeometric", 0.02, 0.08, 0.1, 0.1, 80, 3), ("hypergeometric", 0.02,
    0.08, 0.05, 0.05, 125, 5), ("hypergeometric", 0.005, 0.03, 0.05, 0.1, 167, 2), ("hypergeometric", 0.005, 0.03, 0.1, 0.1, 167, 2),
    ("hypergeometric", 0.005, 0.03, 0.05, 0.05, 237, 3), ("poisson", 0.01, 0.05, 0.05, 0.1, 134, 3), ("poisson", 0.01, 0.05, 0.1, 0.1, 107, 2),
    ("poisson", 0.01, 0.05, 0.05, 0.05, 184, 4), ("poisson", 0.02, 0.08, 0.05, 0.1, 116, 5), ("poisson", 0.02, 0.08, 0.1, 0.1, 84, 3), ("poisson",
    0.02, 0.08, 0.05, 0.05, 149, 6), ("poisson", 0.005, 0.03, 0.05, 0.1, 223, 3), ("poisson", 0.005, 0.03, 0.1, 0.1, 178, 2), ("poisson", 0.005,
    0.03, 0.05, 0.05, 259, 3)])
def test_single_plans_of_the_r_package(distribution, good, bad, alpha, beta, n, c):
    plan = plans.find_single(good, bad, producer_risk=alpha, consumer_risk=beta, distribution=distribution, lot=1000 if distribution == "hypergeometric" else None)
    assert (plan.n, plan.accept) == ((n,), (c,))


def test_a_hypergeometric_plan_is_the_smallest():
    # by trying every n and c with scipy's distribution: 1 bad of 100 accepted with 95%, 8 of 100 with 5% at most
    every = [(n, c) for n in range(1, 100) for c in range(3)
             if stats.hypergeom.cdf(c, 100, 1, n) >= 0.95 and stats.hypergeom.cdf(c, 100, 8, n) <= 0.05]
    plan = plans.find_single(0.01, 0.08, consumer_risk=0.05, lot=100)
    assert (plan.n[0], plan.accept[0]) == min(every)


@pytest.mark.parametrize("distribution, lot", [("binomial", None), ("poisson", None), ("hypergeometric", 200)])
def test_a_single_plan_accepts_as_its_characteristic_says(distribution, lot):
    for n, c, share in ((20, 0, 0.05), (50, 3, 0.1), (80, 7, 0.02)):
        whole = oc.characteristic(plans.single(n, c), share, lot=lot, distribution=distribution)["accept"].iloc[0]
        assert oc.single_accepts(n, c, share, lot, distribution) == pytest.approx(whole, rel=1e-10)


def test_a_double_plan_draws_less_on_average_and_keeps_both_risks():
    once, twice = plans.find_single(0.01, 0.06), plans.find_double(0.01, 0.06)
    producer, consumer = oc.risks(twice, 0.01, 0.06)
    assert producer <= 0.05 and consumer <= 0.10
    assert oc.characteristic(twice, 0.01)["asn"].iloc[0] < once.n[0]


def test_double_plan_by_enumeration_in_a_lot():
    # first 5 of 20 with 3 bad: 0 accepts, 3 refuses; then 4 more, accept at 1 in all
    plan = plans.double(5, 0, 4, 1, reject1=3)
    first = stats.hypergeom(20, 3, 5)
    by_hand = first.pmf(0) + first.pmf(1) * stats.hypergeom(15, 2, 4).pmf(0)
    found = oc.characteristic(plan, 0.15, lot=20).iloc[0]
    assert found["accept"] == pytest.approx(by_hand, rel=1e-12) and found["accept"] + found["reject"] == pytest.approx(1, abs=1e-12)
    assert found["asn"] == pytest.approx(5 + 4 * (first.pmf(1) + first.pmf(2)), rel=1e-12)


@pytest.mark.parametrize("errors, outcome", [([0], "accept"), ([1], "continue"), ([3], "reject"), ([1, 0], "accept"), ([1, 1], "reject")])
def test_outcomes_of_a_double_plan(errors, outcome):
    assert plans.double(5, 0, 4, 1, reject1=3).outcome(errors) == outcome


@given(st.integers(1, 80), st.integers(0, 5), st.floats(0.001, 0.5), st.floats(0.001, 0.3))
def test_acceptance_falls_with_the_error_rate(n, c, p, more):
    accept = oc.characteristic(plans.single(n, min(c, n)), [p, min(p + more, 1)])["accept"]
    assert accept[1] <= accept[0] + 1e-12


@pytest.mark.parametrize("good, bad, slope, accept, reject", [
    # NIST e-Handbook 6.2.3.6: -0.939 + 0.0397 n, 1.205 + 0.0397 n; Montgomery 15.3: 1.22, 1.57, 0.028
    (0.01, 0.10, 0.0397, 0.939, 1.205), (0.01, 0.06, 0.028, 1.22, 1.57)])
def test_sequential_lines(good, bad, slope, accept, reject):
    test = SequentialTest(good, bad)
    assert (test.slope, test.accept_intercept, test.reject_intercept) == pytest.approx((slope, accept, reject), abs=3e-3)


def test_nist_sequential_worksheet():
    # 6.2.3.6: two errors refuse among the first 14, none accept at 24, three refuse there
    sheet = SequentialTest(0.01, 0.10).worksheet(26).set_index("items")
    assert sheet.loc[[14, 24, 26], "reject_at"].tolist() == [2, 3, 3] and sheet.loc[24, "accept_at"] == 0 and pd.isna(sheet.loc[23, "accept_at"])


def test_wald_approximation_and_the_exact_test():
    test = SequentialTest(0.02, 0.08)
    shares = [0.0, 0.02, test.slope, 0.08, 1.0]
    wald, exact = test.characteristic(shares), test.exact(shares, stop_at=1500)
    # Wald (1947), 5.5: the chances at the two points are the risks themselves; at the slope h2 / (h1 + h2) and h1 h2 / (s (1 - s))
    h1, h2, s = test.accept_intercept, test.reject_intercept, test.slope
    assert wald["accept"].tolist() == pytest.approx([1, 0.95, h2 / (h1 + h2), 0.10, 0], abs=1e-9)
    assert wald["asn"].iloc[2] == pytest.approx(h1 * h2 / (s * (1 - s)), rel=1e-9)
    # Wald (1947), 3.3: the true risks add up to no more than those asked for
    assert exact["reject"].iloc[1] + exact["accept"].iloc[3] <= 0.15 and (exact["undecided"] < 1e-3).all()


@pytest.mark.parametrize("n, failures", GRANT_LEAVENWORTH)
def test_lqas_table(n, failures):
    row = lqas.risk_table(n, 0.8, 0.5).iloc[failures]
    assert (1 - row["provider_risk"], 1 - row["consumer_risk"]) == pytest.approx(GRANT_LEAVENWORTH[n, failures], abs=0.0101)


def test_lqas_optimal_rules():
    # the same table marks the optimal rule of each sample size; Valadez et al. (2003), A Trainer's Guide: 19 interviews at targets of 35% to 95%
    assert [lqas.best_rule(n, 0.8, 0.5).failures_allowed for n in (8, 12, 14, 19, 28)] == [2, 4, 4, 6, 9]
    assert [lqas.best_rule(19, target / 100, (target - 30) / 100).reached for target in range(35, 100, 5)] == list(range(4, 17))


def test_lqas_needs_19_for_10_percent_risks():
    rule = lqas.find_rule(0.8, 0.5)
    assert (rule.n, rule.reached) == (19, 13) and max(rule.provider_risk, rule.consumer_risk) <= 0.10


@pytest.mark.parametrize("households, screened, suspects, random, outcome, basis", [
    (300, 30, 1, True, "extend", "sample"),  # 3.3%, and says next to nothing
    (300, 30, 0, True, "extend", "sample"),
    (300, 120, 0, True, "clear", "sample"),
    (300, 30, 3, True, "rescreen", "sample"),
    (300, 30, 3, False, "not_assessed", "not_random"),
    (300, 300, 6, False, "clear", "census"),  # 2% exactly is not above
    (300, 300, 7, False, "rescreen", "census"),
    (150, 150, 3, True, "clear", "census"),  # 0.02 x 150 is 3 and not 2.9999
    (300, 30, 7, False, "rescreen", "certain"),
    (300, 297, 3, False, "clear", "certain"),
    (300, 0, 0, True, "not_assessed", "no_sample"),
])
def test_decisions(households, screened, suspects, random, outcome, basis):
    found = decision.decide(households, screened, suspects, 0.02, drawn_at_random=random)
    assert (found.outcome, found.basis) == (outcome, basis)


def test_the_extension_asked_for_clears_and_one_household_less_does_not():
    first = decision.decide(300, 30, 1, 0.02)
    assert decision.decide(300, 30 + first.further, 1, 0.02).outcome == "clear"
    assert decision.decide(300, 30 + first.further - 1, 1, 0.02).outcome == "extend"


@given(st.integers(20, 400), st.floats(0.05, 0.95), st.sampled_from(["0.01", "0.02", "0.05", "0.1"]), st.integers(1, 3))
def test_both_risks_hold_in_every_village(households, part, share, looks):
    table = decision.operating_characteristic(households, max(1, int(part * households)), share, looks=looks)
    within = int(households * float(share) + 1e-9)
    assert (table["rescreen"][:within + 1] <= 0.05 / looks + 1e-12).all()
    assert (table["clear"][within + 1:] <= 0.10 / looks + 1e-12).all()


def test_papers_in_both_languages():
    for result in (plans.single(89, 2), SequentialTest(0.01, 0.10), lqas.find_rule(0.8, 0.5), decision.decide(300, 30, 1, 0.02)):
        assert "含义" in str(result) and "Meaning" in result.paper("en")


@pytest.mark.parametrize("wrong", [
    lambda: plans.find_single(0.06, 0.01), lambda: plans.find_single(0.5, 0.55, lot=20), lambda: plans.single(0, 1),
    lambda: decision.decide(10, 12, 0, 0.02), lambda: decision.decide(10, 5, 6, 0.02), lambda: oc.characteristic(plans.single(20, 1), 0.1, lot=10),
    lambda: SequentialTest(0.1, 0.1), lambda: lqas.risk_table(10, 0.5, 0.8)])
def test_contradictions_are_refused(wrong):
    with pytest.raises(ValueError):
        wrong()
