"""A scorecard is checked when read: every mistake at once, in sentences for the person who can mend it."""

import pytest

from assessed import CONTENT, card
from bangfu.assessment import Scorecard, read_scorecard
from bangfu.problems import WrongParams


def wrong(**changes) -> list[str]:
    with pytest.raises(WrongParams) as e:
        card(**changes)
    assert all("test.yml" in s.zh and "test.yml" in s.en for s in e.value.sentences)
    return [s.en for s in e.value.sentences]


def cards(**first):
    return CONTENT["cards"] | {"first": CONTENT["cards"]["first"] | first}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": {"regular": 50, "annual": 40}}, "together 100"),
        ({"cards": cards(regular={"daily": {"visits": 60, "calls": 20, "signed": 21}})}, "cards.first.regular adds up to 101"),
        ({"cards": cards(regular={"daily": {"visits": 60, "cals": 40}})}, "did you mean calls"),
        ({"cards": cards(regular={"daily": {"visits": 60, "guarantees": 40}})}, "guarantees"),
        ({"cards": cards(regular={"daily": {"visits": 110, "calls": -10}})}, "cards.first.regular.daily.calls must be positive"),
        ({"cards": cards(regular={"dialy": {"visits": 100}})}, "did you mean daily"),
        ({"cards": CONTENT["cards"] | {"second": {"regular": {"daily": {"calls": 100}}}}}, "indicator in cards.second.regular.daily"),
        ({"cards": CONTENT["cards"] | {"third": {}}}, "role in cards “third”"),
        ({"grades": [{"grade": "A", "from": 60}, {"grade": "B", "from": 90}, {"grade": "不称职", "from": 0}]}, "from the best down"),
        ({"grades": [{"grade": "优秀", "from": 90.25}, {"grade": "不称职", "from": 0}]}, "one decimal"),
        ({"grades": [{"grade": "不称职", "from": 90}, {"grade": "不称职", "from": 0}]}, "twice"),
        ({"ceiling": {"share": 0.2, "within": "village"}}, "ceiling.within"),
        ({"vetoes": [{"rules": ["HV-99"], "cap": "不称职", "zh": "x", "en": "x"}]}, "rule in vetoes[1] “HV-99”"),
        ({"vetoes": [{"rules": ["HV-06"], "cap": "差", "zh": "x", "en": "x"}]}, "grade in vetoes[1].cap"),
        ({"vetoes": [{"rules": ["IN-04"], "cap": "不称职", "zh": "x", "en": "x"}]}, "can veto nobody"),  # a statistical rule, of a town
        ({"vetoes": [{"rules": ["HV-01"], "cap": "不称职", "zh": "x", "en": "x"}]}, "one fact counts once"),
        ({"enough": 1.5}, "enough"),
        ({"held_months": 13}, "held_months"),
        ({"approved": "yes"}, "approved"),
        ({"ceilling": None}, "did you mean ceiling"),
    ],
)
def test_a_mistake_is_a_sentence(changes, said):
    told = wrong(**changes)
    assert len(told) == 1 and said in told[0], told


def test_all_mistakes_at_once():
    told = wrong(weights={"regular": 1, "annual": 1}, ceiling={"share": 0.2, "within": "x"}, vetoes=[{"rules": ["HV-01", "IN-04"], "cap": "差", "zh": "x", "en": "x"}])
    assert len(told) == 5


def test_one_fact_stands_under_one_indicator():
    from bangfu.assessment import INDICATORS

    rules = [r for i in INDICATORS.values() for r in i.rules]
    assert len(rules) == len(set(rules))


def test_an_unknown_card_is_named():
    with pytest.raises(WrongParams) as e:
        read_scorecard("exampel")
    assert "example" in e.value.say("en")


def test_a_card_that_is_no_yaml_is_one_sentence(tmp_path, monkeypatch):
    from bangfu import workbench

    (tmp_path / "scorecards").mkdir()
    (tmp_path / "scorecards" / "broken.yml").write_text("title: [", encoding="utf-8")
    monkeypatch.setattr(workbench, "params", lambda: tmp_path)
    with pytest.raises(WrongParams) as e:
        read_scorecard("broken")
    assert len(e.value.sentences) == 1 and "broken.yml" in e.value.say()


def test_weights_are_parts_times_points():
    assert card().weights_of("first") == {"visits": 3000, "calls": 1000, "signed": 1000, "plan_made": 2000, "guarantees": 1000, "q_helper": 2000}
    assert card().weights_of("second") == {"visits": 5000, "q_helper": 5000} and card().weights_of("nobody") == {}
    assert sum(read_scorecard("example").weights_of("first").values()) == 10_000


def test_the_content_of_the_tests_is_a_card():
    assert isinstance(card(), Scorecard)
