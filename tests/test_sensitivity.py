"""Grades under other weights, by hand on three helpers, and the same grades as the assessment gives."""

import numpy as np
import pandas as pd
import pytest

from bangfu.assessment import by_cut_offs, read_scorecard, score
from bangfu.assessment.comparison import Sensitivity
from bangfu.assessment.helpers import HelpersAssessed
from bangfu.assessment.indicators import INDICATORS
from bangfu.assessment.measurement import NAMES, Measured
from bangfu.assessment.sensitivity import of_assessment, sensitivity

LIMITS = Sensitivity(weight_changes=[0.5], cutoff_points=2, draws=400, seed=1, concentration=50)
GRADES = [("好", 80), ("差", 0), ("中", 60)]
WEIGHTS = {"first": {"visits": 60.0, "answers": 40.0}}


def points(*rows):
    return pd.DataFrame([("first", *r) for r in rows], columns=["role", "helper_id", "dimension", "earned", "possible"])


# A: visits all, answers half: 60 + 20 = 80, 好. B: visits half, answers all: 30 + 40 = 70, 中. C: visits only, 33 of 60: 55, 差.
THREE = points(("A", "visits", 60, 60), ("A", "answers", 20, 40), ("B", "visits", 30, 60), ("B", "answers", 40, 40), ("C", "visits", 33, 60), ("C", "answers", 0, 0))


def scenarios(enough=0.5, limits=LIMITS):
    told = sensitivity(THREE, WEIGHTS, GRADES, enough, limits)
    return told, told.scenarios.set_index("scenario_en")


def test_each_scenario_by_hand():
    told, s = scenarios()
    assert told.helpers.set_index("helper_id")["grade"].to_dict() == {"A": "好", "B": "中", "C": "差"}
    counts = s[["up", "down", "gained", "lost"]]
    # visits x 1.5: A (90 + 20) / 130 = 84.6, B (45 + 40) / 130 = 65.4, C 55: no change
    assert counts.loc["weight of visits +50%"].tolist() == [0, 0, 0, 0]
    # visits x 0.5: A (30 + 20) / 70 = 71.4 down, B (15 + 40) / 70 = 78.6; of C 30 / 70 = 0.43 is assessable, less than half: lost
    assert counts.loc["weight of visits -50%"].tolist() == [0, 1, 0, 1]
    # answers x 1.5: A (60 + 30) / 120 = 75 down, B (30 + 60) / 120 = 75; C 60 / 120 = exactly half: stays
    assert counts.loc["weight of answers +50%"].tolist() == [0, 1, 0, 0]
    # answers x 0.5: A (60 + 10) / 80 = 87.5, B (30 + 20) / 80 = 62.5
    assert counts.loc["weight of answers -50%"].tolist() == [0, 0, 0, 0]
    # without visits: A 50 down, B 100 up, C nothing left: lost
    assert counts.loc["without visits"].tolist() == [1, 1, 0, 1]
    # without answers: A 100, B 50 down, C 55
    assert counts.loc["without answers"].tolist() == [0, 1, 0, 0]
    # equal: A (50 + 25) = 75 down, B 75; C half: stays
    assert counts.loc["all dimensions of equal weight"].tolist() == [0, 1, 0, 0]
    # cut-offs 82 and 62: A down; 78 and 58: none up (B 70, C 55)
    assert counts.loc["cut-offs +2 points"].tolist() == [0, 1, 0, 0] and counts.loc["cut-offs -2 points"].tolist() == [0, 0, 0, 0]
    assert (s["changed"] == counts.sum(axis=1)).all() and (s["of"] == 3).all()


def test_of_each_helper_the_worst_and_best_grade_and_how_many_scenarios_change_it():
    h = scenarios()[0].helpers.set_index("helper_id")
    # A: 50 without visits is 差; changed by visits -50%, answers +50%, without visits, equal, cut-offs +2
    assert h.loc["A", ["worst", "best", "changed_under"]].tolist() == ["差", "好", 5]
    assert h.loc["B", ["worst", "best", "changed_under"]].tolist() == ["差", "好", 2]
    assert h.loc["C", ["worst", "best", "changed_under"]].tolist() == ["差", "差", 2]


def test_more_needed_makes_c_insufficient_and_gives_it_a_grade_where_visits_weigh_more():
    told, s = scenarios(enough=0.65)
    c = told.helpers.set_index("helper_id").loc["C"]
    assert c["grade"] == "资料不足" and np.isnan(c["stable"])
    assert s.loc["weight of visits +50%", "gained"] == 1  # 90 / 130 = 0.69
    assert c["best"] == "差" and c["worst"] == "差"


def test_random_weights_keep_a_grade_as_often_as_the_beta_distribution_says():
    """Two dimensions: the weight of visits w is Beta(30, 20). A scores 100 w + 50 (1 - w), 80 or more where w >= 0.6."""
    from scipy import stats

    h = sensitivity(THREE, WEIGHTS, GRADES, 0.5, LIMITS.model_copy(update={"draws": 4000})).helpers.set_index("helper_id")
    true = stats.beta.sf(0.6, 30, 20)
    assert h.loc["A", "stable"] == pytest.approx(true, abs=4 * (true * (1 - true) / 4000) ** 0.5)
    # B scores 50 w + 100 (1 - w): below 80 where w > 0.4, at least 60 where w <= 0.8
    true = stats.beta.cdf(0.8, 30, 20) - stats.beta.cdf(0.4, 30, 20)
    assert h.loc["B", "stable"] == pytest.approx(true, abs=0.005)


def test_the_same_seed_gives_the_same_and_order_changes_nothing():
    one = sensitivity(THREE, WEIGHTS, GRADES, 0.5, LIMITS)
    mixed = sensitivity(THREE.sample(frac=1, random_state=2), WEIGHTS, GRADES, 0.5, LIMITS)
    pd.testing.assert_frame_equal(one.helpers, mixed.helpers)
    pd.testing.assert_frame_equal(one.scenarios, mixed.scenarios)
    assert sensitivity(THREE.head(0), WEIGHTS, GRADES, 0.5, LIMITS).helpers.empty


def test_the_grades_as_they_are_are_those_of_the_assessment():
    """On random facts, with many scores exactly at a cut-off: floats must not decide a grade that fractions decide."""
    card = read_scorecard("example")
    rng = np.random.default_rng(8)
    rows = 400
    helpers = pd.DataFrame({"helper_id": [f"R{i:03d}" for i in range(rows)], "role": np.where(np.arange(rows) % 4, "first", "second")})
    of = rng.choice([0, 1, 2, 4, 5, 6, 12, 20], (rows, len(NAMES)))
    of[:200] = rng.choice([0, 20, 60], (200, len(NAMES)))  # of these the same share of everything was met, without rounding
    met = np.minimum(of, np.round(of * rng.choice([0.5, 0.6, 0.75, 0.9, 1.0], (rows, 1))).astype(int))
    second = np.array(["second" in INDICATORS[n].roles for n in NAMES])
    of[np.ix_(helpers["role"] == "second", ~second)] = 0
    row, code = np.nonzero(of)
    shares = pd.DataFrame({"row": row, "indicator": code, "quarter": 0, "met": np.minimum(met, of)[row, code], "of": of[row, code]})
    measured = Measured(2019, None, helpers, shares, None, None, ())
    weights = {role: card.weights_of(role) for role in card.cards}
    assessed = HelpersAssessed(measured, card, score(measured, weights), pd.DataFrame(), None)
    told = of_assessment(assessed, card.sensitivity)
    expected = pd.Series(by_cut_offs(assessed.scores, card), index=helpers["helper_id"])
    assert told.helpers.set_index("helper_id")["grade"].to_dict() == expected.to_dict()
    exact = [assessed.scores.fraction(i) for i in range(rows) if assessed.scores.denominator[i]]
    assert sum(s in (60, 75, 90) for s in exact) >= 50
