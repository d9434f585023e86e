"""The helper assessment on cards computed by hand; the county stands in `assessed.py`, the arithmetic beside each score."""

from fractions import Fraction

import pandas as pd
import pytest

from assessed import CONTENT, assess, card, county, found
from bangfu.assessment import Standards, assess_helpers, by_cut_offs, measure, read_scorecard, score
from bangfu.assessment import points
from bangfu.params import read_pack

# Of a first helper: visits 30, calls 10, signed 10, plan 20, guarantees 10, answers 20; of a second: visits 50, answers 50.
CARDS = {
    # everything done; the household answers 4, that is 3 of 4 points
    "R01": (30 + 10 + 10 + 20 + 10 + 20 * Fraction(3, 4), 100, "优秀"),
    # took over on 1 July: 2 of 3 visits, 3 of 6 calls, 1 of 2 signed, no plan, no safe water; nobody asked
    "R02": (30 * Fraction(2, 3) + 10 * Fraction(3, 6) + 10 * Fraction(1, 2) + 0 + 0, 80, "不称职"),
    # left on 30 June: all done until then; no plan, results or answers are held against who left: half of the card, just enough
    "R03": (30 + 10 + 10, 50, "优秀"),
    # two households: 6 + 3 of 12 visits, 12 + 6 of 24 calls, 9 of 9 signed, 1 plan of 2, answers 5 and 3 (4 + 2 of 8): just 75
    "R04": (30 * Fraction(9, 12) + 10 * Fraction(18, 24) + 10 + 20 * Fraction(1, 2) + 10 + 20 * Fraction(6, 8), 100, "称职"),
    # no plan; nobody asked
    "R05": (30 + 10 + 10 + 0 + 10, 80, "称职"),
    # away in March and April without an approved leave: 5 of 6 visits, 10 of 12 calls
    "R06": (30 * Fraction(5, 6) + 10 * Fraction(10, 12) + 10 + 20 + 10, 80, "优秀"),
    # no visit in May and June
    "R07": (30 * Fraction(5, 6) + 10 + 10 + 20 + 10, 80, "优秀"),
    "R08": (30 + 10 + 10 + 20 + 10, 80, "优秀"),
    # second helper of two: 12 + 6 of 24 visits; H01 answers 4
    "R10": (50 * Fraction(18, 24) + 50 * Fraction(3, 4), 100, "称职"),
    # handed H10 over in July, which the register does not say: 3 of 6 visits, 6 of 12 calls, 3 of 3 signed, the plan is another's
    "R11": (30 * Fraction(3, 6) + 10 * Fraction(6, 12) + 10 + 0 + 10, 80, "不称职"),
}


@pytest.mark.parametrize("helper", sorted(CARDS))
def test_card_by_hand(helper):
    earned, of, grade = CARDS[helper]
    assessed = assess()
    i = assessed.measured.helpers["helper_id"].tolist().index(helper)
    row = assessed.helpers.iloc[i]
    assert assessed.scores.fraction(i) == 100 * earned / of
    assert row["score"] == int(1000 * Fraction(earned) / of) / 10  # cut after one decimal
    assert (row["grade"], row["assessable"]) == (grade, of / 100)


def test_too_little_to_judge_gives_no_score():
    """R09 came on 15 December: nothing was due, results are not held against him; only the plan (20 of 100) could be assessed."""
    row = assess().helpers.set_index("helper_id").loc["R09"]
    assert (row["visits_due"], row["assessable"], row["grade"]) == (0, 0.2, "资料不足") and pd.isna(row["score"])


def test_duty_columns_of_a_partial_year_and_of_two_households():
    h = assess().helpers.set_index("helper_id")
    columns = ["role", "households", "visits_due", "visits_made", "visits_missed", "calls_due", "calls_made"]
    assert h.loc["R02", columns].tolist() == ["first", 1, 3, 2, 1, 6, 3]
    assert h.loc["R04", columns].tolist() == ["first", 2, 12, 9, 3, 24, 18]
    assert h.loc["R10", columns].tolist() == ["second", 2, 24, 18, 6, 0, 0]


def test_parts_and_quarters():
    """R06 without leave: regular 25 + 8 1/3 + 10 of 50 = 86.6; its second quarter has 1 of 2 visits (5 of 10), 2 of 3 calls, 1 of 1
    signed. The annual part is whole: plan and guarantees."""
    row = assess().helpers.set_index("helper_id").loc["R06"]
    # weights of a quarter are the shares of what is due in it: visits 2 of 6, calls 3 of 12, signed 1 of 5
    visits, calls, signed = 30 * Fraction(2, 6), 10 * Fraction(3, 12), 10 * Fraction(1, 5)
    second = (visits * Fraction(1, 2) + calls * Fraction(2, 3) + signed) / (visits + calls + signed)
    assert (row["regular"], row["annual"]) == (86.6, 100.0)
    assert row["regular_q2"] == int(1000 * second) / 10
    assert row["regular_q4"] == 100.0


def test_points_add_up_to_the_score_and_say_why():
    assessed = assess()
    p = assessed.points
    exact = [Fraction(int(w) * int(m), 100 * int(o)) if o else Fraction(0) for w, m, o in zip(p["weight"], p["met"], p["of_year"], strict=True)]
    earned = pd.Series(exact).groupby(p["helper_id"]).sum()
    assert {h: earned[h] for h in CARDS} == {h: e for h, (e, _, _) in CARDS.items()}
    assert p.groupby("helper_id")["possible"].sum().round(9).to_dict() == {h: float(of) for h, (_, of, _) in CARDS.items()} | {"R09": 20.0}
    row = p[(p["helper_id"] == "R07") & (p["indicator"] == "visits") & (p["quarter"] == 2)].iloc[0]
    assert (row["met"], row["of"], row["of_year"], row["weight"], row["earned"], row["possible"]) == (1, 2, 6, 3000, 5.0, 10.0)
    assert row["reason"] == "应入户2次,做到1次(缺5—6月)" and row["reason_en"] == "home visits due 2, made 1 (missed: month 5-6)"
    unasked = p[(p["helper_id"] == "R07") & (p["indicator"] == "q_helper")].iloc[0]
    assert (unasked["of"], unasked["possible"]) == (0, 0) and "不计分" in unasked["reason"]


def test_points_rest_on_rows_that_exist():
    tables = county()
    p = assess(tables).points.set_index(["helper_id", "indicator", "quarter"])
    v, pairings = tables["visits"], tables["pairings"]
    march = v.loc[(v["helper_id"] == "R07") & (v["visited_at"] == "2019-03-10"), "origin"].tolist()
    held = pairings.loc[pairings["helper_id"] == "R07", "origin"].tolist()
    assert sorted(p.loc[("R07", "visits", 2), "origins"]) == sorted(march + held)  # the visit of March-April, the pairing for the missed May-June
    known = set().union(*(t["origin"] for t in tables.values()))
    assert {o for origins in p["origins"] for o in origins} <= known
    assert all(len(o) > 0 for o, of in zip(p["origins"], p["of"], strict=True) if of)


def test_points_are_read_back_from_parquet(tmp_path):
    table = assess().points
    points.write(table, tmp_path / "points.parquet")
    back = pd.read_parquet(tmp_path / "points.parquet")
    assert list(back) == points.COLUMNS and [list(o) for o in back["origins"]] == table["origins"].tolist()
    assert back["reason"].tolist() == table["reason"].tolist()


def test_a_missed_visit_costs_points_once_whatever_rules_see_it():
    """R04's three missed visits are seen by HV-01 and, for the unit, by HV-11; the score loses 30 x 3/12 and no more."""
    seen = found(("HV-01", "R04", "new"), ("HV-11", "丙局", "confirmed"), ("HV-01", "R04", "confirmed"))
    with_findings, without = assess(findings=seen), assess()
    assert with_findings.helpers["score"].equals(without.helpers["score"])
    lost = with_findings.points.assign(lost=lambda p: p["possible"] - p["earned"])
    of_visits = lost[(lost["helper_id"] == "R04") & lost["reason"].str.contains("缺")].groupby("indicator")["lost"].sum()
    assert of_visits["visits"] == pytest.approx(7.5)  # 30 x 3/12
    assert "signed" not in of_visits  # a visit that was not made is not held against the signatures


def test_no_plan_costs_the_plan_alone():
    """Without a plan neither its signature nor the planned gain is held against the helper: they cannot be assessed."""
    by = card(cards=CONTENT["cards"] | {"first": {"regular": {"daily": {"visits": 100}}, "annual": {"plan": {"plan_made": 40, "plan_signed": 30}, "measures": {"gain": 30}}}})
    tables = county()
    tables["plans"] = tables["plans"].assign(signed_on=pd.Timestamp(2019, 2, 1), expected_gain=pd.array([100_000] * 6, dtype="Int64"))
    p = assess(tables, by).points.set_index(["helper_id", "indicator"])
    assert p.loc[("R05", "plan_made"), ["met", "of"]].tolist() == [0, 1]
    assert [p.loc[("R05", i), "of"] for i in ("plan_signed", "gain")] == [0, 0]
    assert p.loc[("R01", "plan_signed"), ["met", "of"]].tolist() == [1, 1]


def test_vetoes_are_proposed_until_confirmed():
    def judged(status, helper="R08", rule="HV-06", subject="R08"):
        return assess(findings=found((rule, subject, status))).helpers.set_index("helper_id").loc[helper]

    new = judged("new")
    assert (new["grade"], new["grade_proposed"]) == ("优秀", "不称职") and new["grade_reason"].startswith("拟") and new["rectification"].startswith("拟")
    sure = judged("confirmed")
    assert (sure["grade"], sure["grade_by_score"]) == ("不称职", "优秀") and pd.isna(sure["grade_proposed"])
    assert sure["grade_reason"] == "经核实确认:弄虚作假(HV-06×1),等次最高为不称职。" and sure["rectification"] == "限期整改(限30天);取消资格"
    for settled in ("rejected", "exempt", "closed", "rectified", "vanished"):
        none = judged(settled)
        assert none["grade"] == "优秀" and pd.isna(none["grade_proposed"]) and pd.isna(none["grade_reason"])
    assert sure["score"] == new["score"] == 100.0


def test_a_veto_reaches_the_helper_of_a_visit_or_the_first_helper_of_a_household():
    tables = county()
    visit = tables["visits"].loc[tables["visits"]["helper_id"] == "R08", "visit_id"].iloc[0]
    h = assess(tables, findings=found(("HV-07", visit, "confirmed"), ("SS-05", "H07", "confirmed"), ("SS-05", "H02", "confirmed"))).helpers.set_index("helper_id")
    assert h[h["grade"] != h["grade_by_score"]].index.tolist() == ["R07", "R08"]  # H02 had two first helpers: it cannot be told which


def test_a_rule_that_the_card_does_not_name_vetoes_nothing():
    h = assess(findings=found(("IN-04", "南镇", "confirmed"), ("HV-08", "R08", "confirmed"))).helpers
    assert h["grade"].equals(h["grade_by_score"])


def test_sanctions_follow_the_ladder_and_the_finding():
    alone = assess().helpers.set_index("helper_id")
    assert alone["sanction"].dropna().to_dict() == {"R02": "拟约谈", "R04": "拟通报批评", "R06": "拟约谈", "R07": "拟约谈", "R11": "拟通报批评"}
    assert not alone["sanction_in_force"].any()
    judged = assess(findings=found(("HV-01", "R02", "confirmed"), ("HV-01", "R04", "persisting"), ("HV-01", "R06", "rejected"), ("HV-01", "R07", "exempt"))).helpers.set_index("helper_id")
    assert judged["sanction"].dropna().to_dict() == {"R02": "约谈", "R04": "拟通报批评"}
    assert judged.index[judged["sanction_in_force"]].tolist() == ["R02"] and judged.loc["R02", "sanction_en"] == "talk"


def test_the_ceiling_takes_the_best_grade_from_those_below_the_line():
    """Of nine first helpers with a grade at most floor(0.5 x 9) = 4 may be 优秀. By score: R08 100 of 80 points, R03 100 of 50, R01 95,
    R07 93.75, R06 91 2/3: the fifth loses it."""
    h = assess(by=card(ceiling={"share": 0.5, "within": "county"})).helpers.set_index("helper_id")
    assert h.index[(h["grade"] == "优秀")].tolist() == ["R01", "R03", "R07", "R08"]
    assert h.loc["R06", ["grade_by_score", "grade"]].tolist() == ["优秀", "称职"] and "不超过50%" in h.loc["R06", "grade_reason"]
    assert (h["score"].fillna(-1) == assess().helpers.set_index("helper_id")["score"].fillna(-1)).all()


def test_equal_scores_stand_or_fall_together_at_the_ceiling():
    """floor(0.12 x 9) = 1: R08 and R03 both have 100, but more of R08's card could be assessed. With R03's card as fully assessed as R08's
    neither could be told from the other."""
    h = assess(by=card(ceiling={"share": 0.12, "within": "county"})).helpers.set_index("helper_id")
    assert h.index[h["grade"] == "优秀"].tolist() == ["R08"]
    tables = county()
    for name, columns in (("pairings", ["start_on"]), ("visits", []), ("plans", [])):
        twin = tables[name][tables[name]["helper_id"] == "R08"]
        tables[name] = pd.concat([tables[name], twin.assign(helper_id="R13", household_id="H13")], ignore_index=True)
    tables["households"] = pd.concat([tables["households"], tables["households"].iloc[:1].assign(household_id="H13")], ignore_index=True)
    h = assess(tables, by=card(ceiling={"share": 0.1, "within": "county"})).helpers.set_index("helper_id")
    assert h.loc[["R08", "R13"], "score"].tolist() == [100.0, 100.0] and not (h["grade"] == "优秀").any()  # floor(0.1 x 10) = 1, two are equal


def test_no_rounding_decides_a_grade():
    """30 x 2/3 + 10 x 2/3 + ...: thirds that add up to 90 exactly reach 90; a hair less does not, though it may print as 89.9."""
    by = card(grades=[{"grade": "优秀", "from": 37.5}, {"grade": "不称职", "from": 0}])
    assert assess(by=by).helpers.set_index("helper_id").loc["R02", ["score", "grade"]].tolist() == [37.5, "优秀"]
    by = card(grades=[{"grade": "优秀", "from": 91.7}, {"grade": "不称职", "from": 0}])
    assert assess(by=by).helpers.set_index("helper_id").loc["R06", ["score", "grade"]].tolist() == [91.6, "不称职"]  # 91 2/3


def test_other_weights_need_no_measuring():
    assessed = assess()
    weights = {"first": {"visits": 1, "plan_made": 2}, "second": {"visits": 1}}
    scores = score(assessed.measured, weights)
    at = assessed.measured.helpers["helper_id"].tolist().index
    assert scores.fraction(at("R04")) == 100 * (Fraction(9, 12) + 2 * Fraction(1, 2)) / 3
    assert scores.fraction(at("R10")) == 100 * Fraction(18, 24)
    assert by_cut_offs(scores, assessed.card)[at("R05")] == "不称职"  # (1 + 0) / 3


def test_order_of_rows_changes_nothing():
    tables = county()
    for seed in (1, 2):
        shuffled = {n: t.sample(frac=1, random_state=seed) for n, t in tables.items()}
        pd.testing.assert_frame_equal(assess(tables).helpers, assess(shuffled).helpers)
        one, other = assess(tables).points, assess(shuffled).points
        pd.testing.assert_frame_equal(one.drop(columns=["origins", "corrections"]), other.drop(columns=["origins", "corrections"]))
        assert one["origins"].tolist() == other["origins"].tolist()


def test_an_unrelated_town_changes_no_score():
    tables, more = county(), county()
    for name in more:
        there = more[name].copy()
        for column in ("household_id", "helper_id", "visit_id"):
            if column in there:
                there[column] = "X" + there[column]
        if "town" in there:
            there["town"] = "北镇"
        more[name] = pd.concat([more[name], there.assign(origin=there["origin"] + 1000)], ignore_index=True)
    before, after = assess(tables).helpers, assess(more).helpers
    ours = after[~after["helper_id"].str.startswith("X")].reset_index(drop=True)
    pd.testing.assert_frame_equal(before, ours)


def test_results_count_for_whoever_held_the_household_long_enough():
    """R02 has held H02 since 1 July, six whole months: its guarantees count; from 2 July on they would not, nor with seven months asked."""
    assert not assess().points.query("helper_id == 'R02' and indicator == 'guarantees'")["of"].eq(0).any()
    assert assess(by=card(held_months=7)).points.query("helper_id == 'R02' and indicator == 'guarantees'")["of"].tolist() == [0]
    tables = county()
    tables["pairings"].loc[tables["pairings"]["helper_id"] == "R02", "start_on"] = pd.Timestamp(2019, 7, 2)
    assert assess(tables).points.query("helper_id == 'R02' and indicator == 'guarantees'")["of"].tolist() == [0]


def test_income_and_gain_are_compared_in_fen():
    """H01 earned 20,000 yuan net (2 heads, line 10,000: just reached) after 19,000: a gain of 1,000 where 1,000.01 was planned."""
    from bangfu.income import form_columns

    tables = county()
    income = dict.fromkeys(form_columns(), 0)
    rows = [{"household_id": "H01", "year": y, "family_size": 2} | income | {"wages": w} for y, w in ((2018, 1_900_000), (2019, 2_000_000))]
    tables["incomes"] = pd.DataFrame(rows).astype({c: "Int64" for c in ("year", "family_size", *form_columns())}).assign(origin=[9 << 32, 9 << 32 | 1])
    by = card(cards=CONTENT["cards"] | {"first": {"regular": {"daily": {"visits": 100}}, "annual": {"measures": {"gain": 50}, "outcomes": {"income": 50}}}})

    def met(planned, line):
        tables["plans"]["expected_gain"] = pd.array([planned] * 6, dtype="Int64")
        p = assess_helpers(tables, 2019, by, Standards(2, poverty_line=line, held_months=6)).points.set_index(["helper_id", "indicator"])
        return [int(p.loc[("R01", i), "met"].sum()) for i in ("gain", "income")]

    assert met(100_000, 1_000_000) == [1, 1]
    assert met(100_001, 1_000_001) == [0, 0]


def test_a_household_that_gained_too_little_costs_its_helper_no_point():
    """A gain counts only on a card that gives points for it, against the plan (`gain`); findings of TG-02 change no score, grade or veto."""
    without, given = assess(findings=found()), assess(findings=found(("TG-02", "H01", "confirmed"), ("TG-02", "H02", "new")))
    pd.testing.assert_frame_equal(without.helpers, given.helpers)
    assert given.vetoes.empty


def test_records_entered_in_time_are_held_to_the_days_of_hv_08():
    tables = county()
    v = tables["visits"]
    tables["visits"] = v.assign(entered_on=v["visited_at"] + pd.to_timedelta([60 if m <= 6 else 61 for m in v["visited_at"].dt.month], unit="D"))
    by = card(cards=CONTENT["cards"] | {"first": {"regular": {"daily": {"visits": 50, "entered": 50}}, "annual": {"plan": {"plan_made": 100}}}})
    days = read_pack("laizhou-2018-8").rules["HV-08"].settings(2019)["backfill_days"]
    measured = measure(tables, 2019, Standards(2, entry_days=days, held_months=6))
    p = assess_helpers(tables, 2019, by, measured.standards).points
    assert days == 60 and p[(p["helper_id"] == "R01") & (p["indicator"] == "entered")][["met", "of"]].sum().tolist() == [9, 18]  # 3 + 6 until June


def test_the_shipped_card_is_not_approved_and_says_so():
    shipped = read_scorecard("example")
    assert shipped.approved is False and "示例,未经核准" in shipped.marked() and "not approved" in shipped.marked("en")
    assert assess(by=shipped).helpers["card"].str.contains("示例,未经核准").all()
