"""Poverty measures, against the World Bank's handbook and by hand."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from bangfu.stats.poverty import foster_greer_thorbecke


def test_handbook_country_c():
    # Haughton and Khandker (2009), Handbook on Poverty and Inequality, chapter 4: country C, line 125
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
