"""The helper assessment on cards computed by hand."""

from fractions import Fraction

import pandas as pd
import pytest

from bangfu.assessment import assess_helpers, read_scorecard
from bangfu.assessment.scorecard import Scorecard
from bangfu.problems import WrongParams

CARD = Scorecard.model_validate(
    {
        "title": "卡", "title_en": "card", "approved": True, "enough": 0.5,
        "cards": {"first": {"plan": 20, "visits": 40, "calls": 10, "records": 10, "outcomes": 10, "satisfaction": 10}, "second": {"visits": 60, "records": 40}},
        "grades": [{"grade": "优秀", "from": 90}, {"grade": "称职", "from": 75}, {"grade": "基本称职", "from": 60}, {"grade": "不称职", "from": 0}],
    }
)  # fmt: skip


def days(*texts):
    return pd.to_datetime(pd.Series(texts, dtype="object")).astype("datetime64[us]")


def flags(*values):
    return pd.array(values, dtype="boolean")


def county() -> dict[str, pd.DataFrame]:
    """R1 did everything for H1; R2 took H2 over on 1 July, missed November-December, has no plan; R3 is second helper of H1."""
    months = range(1, 13)
    visits = [("H1", "R1", f"2019-{m:02d}-10", "home", True, True) for m in (1, 3, 5, 7, 9, 11)]
    visits += [("H1", "R1", f"2019-{m:02d}-20", "telephone", None, True) for m in months]
    visits += [("H2", "R2", "2019-07-05", "home", True, True), ("H2", "R2", "2019-09-05", "home", False, True)]
    visits += [("H2", "R2", f"2019-{m:02d}-20", "telephone", None, True) for m in (7, 8, 9)]
    visits += [("H1", "R3", f"2019-{m:02d}-15", "home", True, True) for m in range(1, 10)]
    v = pd.DataFrame(visits, columns=["household_id", "helper_id", "visited_at", "mode", "household_signed", "helper_signed"])
    v = v.assign(visited_at=days(*v["visited_at"]), household_signed=flags(*v["household_signed"]), helper_signed=flags(*v["helper_signed"]), witness=pd.Series([None] * len(v), dtype="str"), origin=range(len(v)))
    return {
        "villages": pd.DataFrame({"village_code": ["V1"], "town": ["甲镇"]}),
        "households": pd.DataFrame(
            {"household_id": ["H1", "H2"], "town": ["甲镇", "甲镇"], "village_code": ["V1", "V1"]} | {g: flags(True, g != "water") for g in ("food", "clothing", "education", "medical", "housing", "water")}
        ),
        "helpers": pd.DataFrame({"helper_id": ["R1", "R2", "R3"], "unit": ["甲局", "乙局", "丙镇"]}),
        "pairings": pd.DataFrame(
            {"household_id": ["H1", "H2", "H1"], "helper_id": ["R1", "R2", "R3"], "role": ["first", "first", "second"], "start_on": days("2018-03-20", "2019-07-01", "2018-03-20"), "end_on": days(None, None, None), "origin": [1, 2, 3]}
        ),
        "visits": v,
        "plans": pd.DataFrame({"household_id": ["H1"], "helper_id": ["R1"], "year": pd.array([2019], dtype="Int64"), "origin": [1]}),
        "survey": pd.DataFrame({"household_id": ["H1"], "q_helper": pd.array([4], dtype="Int64")}),
    }


def assess(tables, card=CARD):
    return assess_helpers(tables, 2019, card, first_visit_months=2, criticism_missed=2).set_index("helper_id")


def test_a_first_helper_who_did_everything():
    r1 = assess(county()).loc["R1"]
    assert (r1["visits"], r1["calls"], r1["plan"], r1["records"], r1["outcomes"], r1["satisfaction"]) == ("6/6", "12/12", "1/1", "6/6", "1/1", "3/4")
    assert r1["score"] == 97.5  # 20+40+10+10+10 + 10 × 3/4
    assert r1["grade"] == "优秀" and pd.isna(r1["sanction"])


def test_a_partial_year_counts_only_periods_that_the_pairing_covers():
    r2 = assess(county()).loc["R2"]
    assert (r2["visits_due"], r2["visits_made"], r2["visits_missed"], r2["calls_due"], r2["calls_made"]) == (3, 2, 1, 6, 3)
    # plan 0/1, visits 2/3, calls 3/6, records 1/2, outcomes 0/1; nobody was asked: of 90 points
    assert r2["score"] == round(float(Fraction(100, 90) * (40 * Fraction(2, 3) + 5 + 5)), 1) == 40.7
    assert r2["grade"] == "不称职" and r2["sanction"] == "拟约谈本人并通报单位"
    assert pd.isna(r2["satisfaction"]) and r2["assessable"] == 0.9


def test_a_second_helper_has_a_card_of_its_own_and_no_sanction():
    r3 = assess(county()).loc["R3"]
    assert (r3["visits"], r3["calls_due"], r3["score"], r3["grade"]) == ("9/12", 0, 85.0, "称职")  # 60 × 9/12 + 40
    assert pd.isna(r3["sanction"])


def test_two_missed_visits_propose_the_heavier_sanction():
    tables = county()
    tables["visits"] = tables["visits"][~((tables["visits"]["helper_id"] == "R2") & (tables["visits"]["visited_at"] >= "2019-09-01") & (tables["visits"]["mode"] == "home"))]
    assert assess(tables).loc["R2", "sanction"] == "拟公开通报批评并取消年度评先树优资格"


def test_too_little_to_judge_gives_no_score():
    tables = county()
    tables["pairings"].loc[1, "start_on"] = pd.Timestamp(2019, 12, 15)
    tables["visits"] = tables["visits"][tables["visits"]["helper_id"] != "R2"]
    r2 = assess(tables).loc["R2"]
    assert r2["visits_due"] == 0 and r2["assessable"] == 0.3  # plan and outcomes only
    assert pd.isna(r2["score"]) and r2["grade"] == "资料不足"


def test_order_of_rows_and_another_town_change_no_score():
    tables = county()
    shuffled = {n: t.sample(frac=1, random_state=3) for n, t in tables.items()}
    pd.testing.assert_frame_equal(assess(tables), assess(shuffled))
    more = county()
    more["households"] = pd.concat([more["households"], more["households"].assign(household_id=["X1", "X2"], town="乙镇")], ignore_index=True)
    pd.testing.assert_frame_equal(assess(tables), assess(more))


def test_the_shipped_card_is_not_approved_and_says_so():
    assert read_scorecard("example").approved is False


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
