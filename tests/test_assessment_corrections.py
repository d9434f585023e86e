"""Approved corrections: what they change in duty, findings and score, by hand on the county of `assessed.py`; and what is said of those that change nothing."""

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from assessed import assess, card, county
from bangfu import audit
from bangfu.assessment import Standards, assess_helpers
from bangfu.assessment.corrected import corrected
from bangfu.corrections import Correction, Corrections, mistakes
from bangfu.params import open_settings, read_pack
from bangfu.problems import WrongParams

PACK = read_pack("laizhou-2018-8")


def correction(kind, helper, **keys) -> Correction:
    given = {"reason": "核实", "approved_by": "县扶贫办", "approved on": date(2019, 12, 20), "valid until": date(2019, 12, 31)} | keys
    return Correction(kind=kind, helper_id=helper, **given)


LEAVE = correction("leave", "R06", **{"from": date(2019, 3, 1), "to": date(2019, 4, 30)})
LATE = correction("late_record", "R07", household_id="H07", date=date(2019, 5, 20))
HANDOVER = correction("handover", "R11", household_id="H10", date=date(2019, 7, 1), successor="R12")


def after(*entries):
    return assess(corrections=Corrections.of(entries, 2019)).helpers.set_index("helper_id")


def rule(rule_id, *entries, tables=None):
    outcome = audit.apply(PACK.rules[rule_id], tables or county(), 2019, Corrections.of(entries, 2019))
    return outcome.found.rows.set_index("subject")["condition"]


def test_leave_takes_periods_from_what_is_due():
    """March and April are not due: 5 of 5 visits, 10 of 10 calls, and with signatures, plan and guarantees 80 of 80."""
    r06 = after(LEAVE).loc["R06"]
    assert r06[["visits_due", "visits_made", "visits_missed", "calls_due", "calls_made", "score"]].tolist() == [5, 5, 0, 10, 10, 100.0]
    assert pd.isna(r06["sanction"])
    assert "R06" in rule("HV-01") and "R06" not in rule("HV-01", LEAVE)
    assert "R06" in rule("HV-02") and "R06" not in rule("HV-02", LEAVE)


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [
        (date(2019, 3, 1), date(2019, 3, 31), 5),  # 31 of the 61 days of March and April: more than half
        (date(2019, 3, 1), date(2019, 3, 30), 6),  # 30 of 61: less than half, still due
        (date(2019, 4, 1), date(2019, 4, 30), 6),  # 30 of 61
    ],
)
def test_a_leave_excuses_from_half_of_the_days_on(first, last, due):
    assert after(correction("leave", "R06", **{"from": first, "to": last})).loc["R06", "visits_due"] == due


def test_two_leaves_add_up_and_do_not_count_a_day_twice():
    parts = [correction("leave", "R06", **{"from": a, "to": b}) for a, b in ((date(2019, 3, 1), date(2019, 3, 20)), (date(2019, 3, 11), date(2019, 3, 30)))]
    assert after(*parts).loc["R06", "visits_due"] == 6  # 30 different days of 61
    parts.append(correction("leave", "R06", **{"from": date(2019, 4, 30), "to": date(2019, 5, 1)}))
    assert after(*parts).loc["R06", "visits_due"] == 5  # 31 of 61


def test_a_leave_from_one_household_leaves_the_other_due():
    r04 = after(correction("leave", "R04", household_id="H04", **{"from": date(2019, 7, 1), "to": date(2019, 12, 31)})).loc["R04"]
    assert r04[["visits_due", "visits_made", "calls_due", "calls_made"]].tolist() == [9, 9, 18, 18]


def test_a_visit_recorded_late_counts_as_made_with_the_correction_as_its_source():
    assessed = assess(corrections=Corrections.of([LEAVE, LATE], 2019))
    r07 = assessed.helpers.set_index("helper_id").loc["R07"]
    assert r07[["visits_due", "visits_made", "score"]].tolist() == [6, 6, 100.0] and pd.isna(r07["sanction"])
    p = assessed.points.set_index(["helper_id", "indicator", "quarter"]).loc[("R07", "visits", 2)]
    assert list(p["corrections"]) == [2] and all(o > 0 for o in p["origins"]) and "更正第2条" in p["reason"]
    assert "R07" in rule("HV-01") and "R07" not in rule("HV-01", LATE)
    assert assessed.points.query("helper_id == 'R07' and indicator == 'signed'")["of"].sum() == 5  # it adds no signature


def test_a_call_recorded_late_keeps_the_call_and_not_the_visit():
    call = correction("late_record", "R06", household_id="H06", date=date(2019, 3, 5), mode="telephone")
    assert after(call).loc["R06", ["visits_made", "calls_made"]].tolist() == [5, 11]


def test_a_handover_divides_the_duty():
    """R11 owed January to June and did it, R12 the rest and did it; the plan (R12's) and the guarantees are R12's."""
    h = after(HANDOVER)
    columns = ["role", "visits_due", "visits_made", "calls_due", "calls_made", "score"]
    assert h.loc["R11", columns].tolist() == ["first", 3, 3, 6, 6, 100.0] and h.loc["R11", "assessable"] == 0.5
    assert h.loc["R12", columns].tolist() == ["first", 3, 3, 6, 6, 100.0] and h.loc["R12", "assessable"] == 0.8
    assert "R11" in rule("HV-01") and not {"R11", "R12"} & set(rule("HV-01", HANDOVER).index)


def test_a_handover_without_a_successor_only_ends():
    h = after(correction("handover", "R11", household_id="H10", date=date(2019, 7, 1)))
    assert h.loc["R11", "visits_due"] == 3 and "R12" not in h.index


def test_the_unit_is_relieved_with_its_helpers():
    """Unit 丁局: R07 alone, made to miss three visits; one of them recorded late leaves two, below the three of HV-11."""
    tables = county()
    v = tables["visits"]
    tables["visits"] = v[~((v["helper_id"] == "R07") & (v["mode"] == "home") & (v["visited_at"] > "2019-08-01"))]
    assert "丁局" in rule("HV-11", tables=tables) and "丁局" not in rule("HV-11", LATE, tables=tables)
    assert "缺3次" in rule("HV-01", tables=tables)["R07"]
    said = rule("HV-01", LATE, tables=tables)["R07"]
    assert "缺2次" in said and "更正第1条" in said


def test_no_correction_is_no_change():
    for rule_id in ("HV-01", "HV-02", "HV-03", "HV-11"):
        assert "更正" not in "".join(rule(rule_id))
    pd.testing.assert_frame_equal(after(), assess().helpers.set_index("helper_id"))


def told(*entries) -> pd.DataFrame:
    tables, in_force = county(), Corrections.of(entries, 2019)
    by = card()
    assessed = assess_helpers(tables, 2019, by, Standards.of(PACK, by, 2019, in_force))
    outcomes = [audit.apply(PACK.rules[r], tables, 2019, in_force) for r in ("HV-01", "HV-02", "HV-03", "HV-11")]
    return corrected(entries, tables, PACK, assessed, outcomes)


def test_the_run_says_what_each_correction_changed():
    table = told(LEAVE, LATE, HANDOVER)
    leave, late, handover = (table.iloc[i] for i in range(3))
    assert leave["effect"] == "不再应访:R06 H06 电话3、4月,R06 H06 入户3—4月。" and leave["findings"] == "消除:HV-01 R06、HV-02 R06"
    assert leave["score"] == "R06 91.6→100.0"  # 25 + 8 1/3 + 10 + 20 + 10 of 80
    assert late["effect"] == "计为已做:R07 H07 入户5—6月。" and late["effect_en"] == "now kept: R07 H07 visits of month 5-6."
    assert late["findings"] == "消除:HV-01 R07" and late["score"] == "R07 93.7→100.0"
    assert handover["effect"].startswith("不再应访:R11 H10 电话7、8、9、10、11、12月,R11 H10 入户7—8、9—10、11—12月;改为应访:R12 H10 电话7")
    assert handover["score"] == "R11 50.0→100.0、R12 —→100.0"  # before: 15 + 5 + 10 + 0 + 10 of 80
    assert table["counted"].all()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (correction("leave", "R99", **{"from": date(2019, 3, 1), "to": date(2019, 4, 30)}), "资料中没有责任人R99"),
        (correction("late_record", "R07", household_id="H01", date=date(2019, 5, 20)), "没有可适用的时段"),
        (correction("late_record", "R01", household_id="H01", date=date(2019, 5, 20)), "没有可适用的时段"),
        (LATE.model_copy(update={"valid_until": date(2019, 12, 30)}), "有效期至2019-12-30"),
        (LATE.model_copy(update={"day": date(2018, 5, 20)}), "不在2019年"),
    ],
)
def test_a_correction_that_does_not_count_is_told(entry, why):
    row = told(entry).iloc[0]
    assert not row["counted"] and why in row["effect"] and row["score"] == row["findings"] == "—"


def test_two_corrections_of_one_visit_both_count():
    table = told(LATE, LATE.model_copy(update={"day": date(2019, 6, 2)}))
    assert table["counted"].tolist() == [True, True]


def params(tmp_path, corrections: str):
    file = tmp_path / "county.yml"
    file.write_text(f'code: "999001"\nname: 云岭县\nraw: raw\npolicy: laizhou-2018-8\ncorrections:\n{corrections}', encoding="utf-8")
    return file


GOOD = "  - {kind: leave, helper_id: R06, from: 2019-03-01, to: 2019-04-30, reason: 学习, approved by: 县扶贫办, approved on: 2019-02-20, valid until: 2019-12-31}\n"


def test_corrections_of_the_params_are_read(tmp_path):
    entry = open_settings(params(tmp_path, GOOD), 2019).county.corrections[0]
    assert (entry.kind, entry.helper_id, entry.days) == ("leave", "R06", (date(2019, 3, 1), date(2019, 4, 30)))
    assert open_settings(params(tmp_path, ""), 2019).county.corrections == []


def test_every_mistake_in_corrections_is_told_at_once(tmp_path):
    wrong = GOOD + (
        "  - {kind: leav, helper_id: R06, reason: 学习, approved by: 办, approved on: 2019-02-20, valid until: 2019-12-31}\n"
        "  - {kind: leave, helper_id: R06, from: 2019-04-30, to: 2019-03-01, date: 2019-03-01, reason: 学习, approved by: 办, approved on: 2019-02-20, valid until: 2019-01-31}\n"
        "  - {kind: late_record, helper_id: R07, mode: email, reason: 漏记, approved by: 办, approved on: 2019-02-20, valid until: 2019-12-31}\n"
        "  - {kind: handover, helper_id: R07, household_id: H07, date: 2019-03-01, successor: R07, reason: 调动, approved by: 办, approved on: 2019-02-20, valid until: 2019-12-31}\n"
    )
    with pytest.raises(WrongParams) as e:
        open_settings(params(tmp_path, wrong), 2019)
    said = [s.en for s in e.value.sentences]
    assert len(said) == 8 and all("corrections[" in s for s in said)
    for part in ("did you mean leave", "no use for “date”", "ends (2019-03-01) before", "before it was approved", "lacks “household_id”", "lacks “date”", "mode “email”", "successor and helper_id"):
        assert sum(part in s for s in said) == 1, part


def test_a_correction_without_approval_is_refused(tmp_path):
    with pytest.raises(WrongParams) as e:
        open_settings(params(tmp_path, "  - {kind: leave, helper_id: R06, from: 2019-03-01, to: x, reason: 学习}\n"), 2019)
    keys = " ".join(s.en for s in e.value.sentences)
    assert all(k in keys for k in ("corrections[1].approved by", "corrections[1].approved on", "corrections[1].valid until", "corrections[1].to"))


def test_mistakes_of_right_corrections_are_none():
    assert mistakes([LEAVE, LATE, HANDOVER], "x.yml") == []


def test_scores_stay_exact_with_corrections():
    """R04 without H04 from July on: visits 9 of 9, calls 18 of 18, 9 of 9 signed, 1 plan of 2, guarantees, answers 6 of 8."""
    leave = correction("leave", "R04", household_id="H04", **{"from": date(2019, 7, 1), "to": date(2019, 12, 31)})
    assessed = assess(corrections=Corrections.of([leave], 2019))
    at = assessed.measured.helpers["helper_id"].tolist().index("R04")
    assert assessed.scores.fraction(at) == 30 + 10 + 10 + 20 * Fraction(1, 2) + 10 + 20 * Fraction(6, 8)
