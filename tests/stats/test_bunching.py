"""Bunching just above the line: counts by hand, exactness at the edges, and how often it errs on made-up counties."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bangfu.stats.bunching import bunching
from bangfu.stats.multiplicity import holm

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import bunching as benchmark  # noqa: E402

LINE = 380_000


def town(*shares_of_line, name="A"):
    income = [int(Fraction(str(share)) * LINE) + 1 for share in shares_of_line]  # a fen more: no round figures
    return income, [name] * len(income)


def test_counts_and_p_value_by_hand():
    # 5 in the strip of 3%; 5 below it down to 25%, 4 above from 5% to 25%; one in the gap, one out of reach on either side
    income, name = town(1.0, 1.01, 1.015, 1.02, 1.029, 0.76, 0.8, 0.85, 0.9, 0.99, 1.06, 1.1, 1.2, 1.24, 1.04, 0.5, 1.9)
    found = bunching(income, name, LINE, steepness=0).loc["A"]
    assert found[["households", "in_window", "below", "above"]].tolist() == [17, 5, 5, 4]
    # expected in the strip: 5 x 0.03 / 0.25 = 0.6 by the side below, 4 x 0.03 / 0.20 = 0.6 by the side above
    assert found["expected"] == pytest.approx(0.6) and found["excess"] == pytest.approx(4.4)
    # the strip's share of the exposure: 3 / 28 and 3 / 23; P(X >= 5) of 10 and of 9, summed by hand over the binomial terms
    def tail(n, q):
        return sum(Fraction(n_over(n, k)) * q**k * (1 - q) ** (n - k) for k in range(5, n + 1))
    assert found["p_value"] == pytest.approx(float(max(tail(10, Fraction(3, 28)), tail(9, Fraction(3, 23)))))


def n_over(n, k):
    return 1 if k == 0 else n_over(n, k - 1) * (n - k + 1) // k


def test_steepness_allows_more_above_the_line():
    # integral of u^-3: over [1, 1.03) (1 - 1/1.0609) / 2 = 0.028702, over [1.05, 1.25) (1/1.1025 - 1/1.5625) / 2 = 0.133515
    income, name = town(1.01, 1.1, 1.12, 1.2, 1.21, 1.22, 1.23, 1.24)
    assert bunching(income, name, LINE)["expected"].iloc[0] == pytest.approx(7 * 0.028702 / 0.133515, rel=1e-4)


@pytest.mark.parametrize("net, members, column", [
    (3 * LINE, 3, "in_window"),            # exactly on the line
    (3 * LINE - 1, 3, "below"),            # a third of a fen under it per head
    (3 * 391_400, 3, None),                # exactly 1.03 lines: no longer in the strip
    (3 * 391_400 - 1, 3, "in_window"),
    (7 * 399_000, 7, "above"),             # exactly 1.05 lines
    (7 * 399_000 - 1, 7, None),            # still in the gap
    (7 * 475_000, 7, None),                # exactly 1.25 lines: out of reach
    (7 * 285_000, 7, "below"),             # exactly 0.75 lines
    (7 * 285_000 - 1, 7, None),
])
def test_edges_are_exact_without_division(net, members, column):
    found = bunching([net], ["A"], LINE, members=[members], heap=None)[["in_window", "below", "above"]].iloc[0]
    assert found.to_dict() == {name: int(name == column) for name in found.index}


@pytest.mark.parametrize("per_head, heaped", [(385_000, 1), (400_000, 0), (385_001, 0), (390_000, 1), (900_000, 0)])
def test_round_incomes_near_the_line_are_set_aside(per_head, heaped):
    found = bunching([per_head * 3], ["A"], LINE, members=[3])
    # 3,850 and 3,900 yuan are multiples of 50 yuan; 4,000 too, and it is counted below; 9,000 is far from the line
    assert found["heaped"].iloc[0] == (1 if per_head == 400_000 else heaped)


def test_town_with_few_households_near_the_line_is_not_assessed():
    income, name = town(1.01, 1.02, 1.015, 1.018, 1.012, 1.013, 1.014)
    few = bunching(income, name, LINE).loc["A"]
    assert np.isnan(few["p_value"]) and few["reason"] == "few_near_line"
    enough = bunching(*town(1.01, 1.02, 1.015, 1.018, 1.012, 1.013, 1.014, 1.016), LINE).loc["A"]
    assert enough["p_value"] < 1e-5 and enough["reason"] == ""


def test_missing_incomes_and_towns_are_counted_or_left_out():
    income = pd.array([LINE + 1, pd.NA, LINE + 1, LINE + 1], dtype="Int64")
    members = pd.array([1, 2, 0, pd.NA], dtype="Int64")
    found = bunching(income, pd.Series(["A", "A", "A", "B"]), LINE, members=members)
    assert found["households"].to_dict() == {"A": 1, "B": 0} and found["missing"].to_dict() == {"A": 2, "B": 1}
    assert bunching([LINE, LINE], ["A", None], LINE)["households"].to_dict() == {"A": 1}


def test_a_deficit_is_no_finding():
    below_and_above = np.r_[np.linspace(0.76, 0.99, 100), np.linspace(1.06, 1.24, 100)]
    assert bunching(*town(*below_and_above.round(4)), LINE)["p_value"].iloc[0] == 1


def test_order_of_households_does_not_matter():
    income, name = benchmark.county(np.random.default_rng(5), benchmark.lognormal(1.0, 0.5), 100, moved=0.3)
    turned = np.random.default_rng(6).permutation(len(income))
    pd.testing.assert_frame_equal(bunching(income, name, LINE), bunching(income[turned], name[turned], LINE))


@pytest.mark.parametrize("wrong", [dict(window=0.3), dict(gap=0.0), dict(reach=1.0), dict(steepness=-1)])
def test_windows_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError):
        bunching([LINE], ["A"], LINE, **wrong)


def test_incomes_that_are_not_whole_are_refused():
    with pytest.raises(ValueError, match="whole numbers"):
        bunching([3800.5], ["A"], LINE)


@pytest.mark.parametrize("density", ["lognormal, median 1.0", "gamma, mean 0.8, shape 2", "step x5, lognormal 1.0", "hole around the line",
                                     "heaped, lognormal 1.0"])
@pytest.mark.parametrize("households", [60, 300])
def test_clean_counties_are_called_seldom(density, households):
    # 60 counties of 8 towns; at a true rate of 5% more than 8 alarms have a chance of 1 in 500
    alarm, _ = benchmark.rates(np.random.default_rng(1), benchmark.DENSITIES[density], households, 60)
    assert alarm * 60 <= 8


@pytest.mark.parametrize("density, households, moved, at_least", [
    ("lognormal, median 1.0", 150, 0.30, 0.9),
    ("lognormal, median 1.0", 400, 0.15, 0.9),
    ("hole around the line", 400, 0.30, 0.9),
    ("step x2, lognormal 1.8", 5000, 0.30, 0.9),
])
def test_planted_bunching_is_found(density, households, moved, at_least):
    _, found = benchmark.rates(np.random.default_rng(2), benchmark.DENSITIES[density], households, 25, moved)
    assert found >= at_least


def test_many_on_a_round_line_alone_is_taken_for_heaping():
    rng = np.random.default_rng(3)
    income = (rng.lognormal(np.log(1.2), 0.4, 400) * 400_000).astype(int)
    income[:40] = 400_000
    assert holm(bunching(income, ["A"] * 400, 400_000)["p_value"])[0] > 0.05
