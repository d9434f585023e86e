"""Is a town below the standard: by hand, and how often it errs with few villages in each town."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bangfu.stats.proportion_test import share_below
from bangfu.stats.survey import Design

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import share_below as benchmark  # noqa: E402


def interviews(**towns):
    """town=[(yes, interviews) of each village]"""
    rows = [(town, f"{town}{v}", i < yes) for town, villages in towns.items() for v, (yes, n) in enumerate(villages) for i in range(n)]
    return Design(pd.DataFrame(rows, columns=["town", "village", "satisfied"]), strata="town", clusters="village")


def test_villages_alike_leave_the_plain_binomial_test():
    found = share_below(interviews(A=[(11, 16), (12, 16), (11, 16), (12, 16)], B=[(15, 16), (16, 16), (15, 16), (15, 16)]), "satisfied", 0.9)
    assert found["deff"].tolist() == [1, 1]
    np.testing.assert_allclose(found["p_value"], stats.binom.cdf([46, 61], 64, 0.9))


def test_pooled_design_effect_by_hand():
    # A: p = 0.5; village sums of (y - p) / 64 = +-8 / 64, so v = 4/3 x 4 x (1/8)^2 = 1/12; n (c - 1) v = 64 x 3 / 12 = 16
    #    expected (c - 1) p (1 - p) n / (n - 1) = 3 x 0.25 x 64 / 63 = 0.761905
    # B: p = 0.75, all villages alike: observed 0, expected 3 x 0.1875 x 64 / 63 = 0.571429
    # ratio 16 / 1.333333 = 12; freedom (1.333333)^2 / (0.761905^2 + 0.571429^2) x 3 = 5.88; median of chi-square(5.88) = 5.2297
    design = interviews(A=[(16, 16), (0, 16), (16, 16), (0, 16)], B=[(12, 16)] * 4)
    deff = share_below(design, "satisfied", 0.9)["deff"]
    assert deff.iloc[0] == deff.iloc[1]
    assert deff.iloc[0] == pytest.approx(12 * 5.88 / stats.chi2.median(5.88), rel=1e-6)


def test_unequal_villages_by_hand():
    # one town: villages with 1 of 1 and 1 of 3 satisfied, p = 1/2, Q = 1/4; z = (1 - 1/2) / 4 and (1 - 3/2) / 4: v = 2 x 2/64 = 1/16
    # shares of the weight a = 1/4, 3/4; q = 1/16, 3/16; expected square sums q (1 - 2 a) + a^2 Q of z: 1/32 + 1/64 and -3/32 + 9/64,
    # in all 3/32; expected v = 2 x 3/32 x (1/4) / (1 - 1/4) = 1/16, so the ratio is 1; two villages have one degree of freedom,
    # chi-square(1) the median 0.454936 (tables), so the excess is 1 / 0.454936 = 2.198110, and n Q = 1
    found = share_below(interviews(A=[(1, 1), (1, 3)]), "satisfied", 0.9)
    assert found["deff"].iloc[0] == pytest.approx(2.198110, rel=1e-5)
    assert found["n_effective"].iloc[0] == pytest.approx(4 / 2.198110, rel=1e-5)


def test_unequal_weights_reduce_the_effective_sample():
    # villages alike, weights 1 and 3 for 8 interviews each: Q = (8 + 72) / 32^2, effective n = 1024 / 80 = 12.8
    design = interviews(A=[(4, 8), (4, 8)], B=[(8, 8), (8, 8)])
    weighted = Design(design.data.assign(weight=design.data["village"].map({"A0": 1, "A1": 3, "B0": 2, "B1": 2})), "town", "village", "weight")
    found = share_below(weighted, "satisfied", 0.9)
    assert found["n_effective"].to_dict() == {"A": pytest.approx(12.8), "B": pytest.approx(16)}


def test_a_town_that_differs_does_not_raise_the_design_effect():
    low = share_below(interviews(A=[(8, 16)] * 4, B=[(15, 16)] * 4), "satisfied", 0.9)
    assert low["deff"].iloc[0] == 1 and low.loc["A", "p_value"] < 1e-6


def test_unanimous_county():
    found = share_below(interviews(A=[(16, 16)] * 4, B=[(16, 16)] * 4), "satisfied", 0.9)
    assert found["p_value"].tolist() == [1, 1] and found["deff"].tolist() == [1, 1]


def test_not_assessed_is_said():
    one_village = share_below(interviews(A=[(10, 16)]), "satisfied", 0.9)
    assert one_village["reason"].tolist() == ["one_cluster"] and np.isnan(one_village["p_value"].iloc[0])
    # with a second town of several villages the design effect is known for both
    borrowed = share_below(interviews(A=[(10, 16)], B=[(16, 16), (15, 16)]), "satisfied", 0.9)
    assert borrowed["reason"].tolist() == ["", ""]
    design = interviews(A=[(10, 16), (11, 16)], B=[(3, 4), (4, 4)])
    silent = Design(design.data.assign(satisfied=design.data["satisfied"].astype("boolean").mask(design.data["town"] == "B")), "town", "village")
    assert share_below(silent, "satisfied", 0.9)["reason"].tolist() == ["", "no_answers"]


def test_order_of_interviews_does_not_matter():
    design = interviews(A=[(11, 16), (9, 16), (14, 16)], B=[(15, 16), (16, 16), (12, 16)])
    turned = Design(design.data.sample(frac=1, random_state=3), "town", "village")
    pd.testing.assert_frame_equal(share_below(design, "satisfied", 0.9), share_below(turned, "satisfied", 0.9))


def test_a_standard_that_is_no_share_is_refused():
    with pytest.raises(ValueError):
        share_below(interviews(A=[(1, 2)] * 2), "satisfied", 90)
    with pytest.raises(ValueError):
        share_below(Design(pd.DataFrame({"satisfied": [1]})), "satisfied", 0.9)


def test_the_benchmark_simulates_this_very_test():
    rng = np.random.default_rng(8)
    counts = benchmark.villages(rng, 1, 5, 4, 16, 0.8, 0.05)
    towns = {f"T{t}": [(int(x), 16) for x in counts[0, t]] for t in range(5)}
    np.testing.assert_allclose(benchmark.WAYS["pooled ratio, median (chosen)"](counts, 16, 0.9)[0],
                               share_below(interviews(**towns), "satisfied", 0.9)["p_value"])


@pytest.mark.parametrize("icc", [0, 0.02, 0.05])
def test_false_alarms_and_power_with_eight_towns(icc):
    # 2,000 counties: a rate of 5% shows as more than 6.2% once in 100
    alarm, found = benchmark.rates(np.random.default_rng(11), "pooled ratio, median (chosen)", 2000, icc=icc)
    assert alarm <= 0.062
    assert found >= 0.5


@pytest.mark.long
def test_false_alarms_and_power_with_villages_of_different_size():
    # 600 counties: a rate of 5% shows as more than 7.2% once in 100
    alarm, found = benchmark.unequal_rates(np.random.default_rng(12), 600, 0.05)
    assert alarm <= 0.072
    assert found >= 0.5
