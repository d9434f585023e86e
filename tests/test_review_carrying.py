"""Judgements carried from run to run, hand-overs compared row by row, why a finding vanished, precision per rule."""

import pandas as pd
import pytest

from bangfu import handovers
from bangfu.findings import SCHEMA
from bangfu.handovers import HandOver
from bangfu.params import read_pack
from bangfu.previous import Previous, take_earlier
from bangfu.publish.changes import masked_keys
from bangfu.publish.masking import Masker
from bangfu.review.entries import Entry
from bangfu.review.life import CHOICES, FIELDS, JUDGED, NEEDS, NEXT, lacking, possible
from bangfu.review.precision import precision
from bangfu.review.standing import carried_over, linked, standing
from bangfu.vanished import Reasons
from handed_over import FILES, read

IN_FORCE = read_pack("laizhou-2018-8").rules


def entry(**given) -> Entry:
    return Entry(**{"finding_id": "F1", "rule_id": "HP-01", "year": 2019, "version": 1, "base": 0, "was": "new", "became": "confirmed", "evidence": "e1", "by": "张审计", "at": "2020-03-01T00:00:00+00:00"} | given)


# ---------------------------------------------------------------- the life


def test_the_life_goes_from_finding_over_verifying_and_rectifying_to_closing_and_back():
    for was, becomes in [("new", "confirmed"), ("confirmed", "rectified"), ("rectified", "closed"), ("closed", "reopened"), ("reopened", "confirmed")]:
        assert possible(was, becomes)


@pytest.mark.parametrize(("was", "becomes"), [("new", "rectified"), ("new", "closed"), ("confirmed", "closed"), ("rejected", "closed"), ("closed", "rejected"), ("exempt", "closed"), ("vanished", "rectified")])
def test_no_step_is_skipped(was, becomes):
    assert not possible(was, becomes)


def test_each_state_of_the_contract_has_its_steps_and_each_field_that_is_asked_for_exists():
    assert set(NEXT) == {"new", "persisting", "reopened", "confirmed", "rejected", "exempt", "rectified", "closed", "vanished"}
    assert {s for steps in NEXT.values() for s in steps} == set(CHOICES) == {*JUDGED, "reopened"}
    assert {f for needed in NEEDS.values() for f in needed} <= set(FIELDS)
    assert lacking("rectified", {"measure": "追回", "deadline": ""}) == ["responsible", "deadline"]


# ---------------------------------------------------------------- carried over


@pytest.mark.parametrize("became", ["confirmed", "rejected", "exempt", "rectified", "closed"])
def test_a_judgement_holds_while_the_evidence_is_the_same(became):
    status, reason = standing("persisting", None, "e1", [entry(became=became, note="已核对")], 2019)
    assert status == became and "张审计" in reason and "已核对" in reason and "2020" not in reason


@pytest.mark.parametrize("became", ["confirmed", "rejected", "exempt", "rectified", "closed"])
def test_changed_evidence_opens_it_again_and_the_judgement_before_is_shown(became):
    status, reason = standing("persisting", None, "e2", [entry(became=became)], 2019)
    assert status == "reopened" and "此前判定为" in reason and "张审计" in reason


def test_what_is_found_no_more_stays_vanished_until_a_person_closes_it():
    judged = entry()
    assert standing("vanished", "行已删除", "e1", [judged], 2019) == ("vanished", "行已删除;此前判定为属实(张审计)")
    closed = entry(version=2, base=1, was="vanished", became="closed")
    assert standing("vanished", "行已删除", "e1", [judged, closed], 2019)[0] == "closed"
    assert standing("vanished", "行已删除", "e1", [judged, entry(version=2, base=1, was="vanished", became="confirmed", note="有底稿")], 2019)[0] == "confirmed"


def test_what_was_closed_as_vanished_and_is_found_again_is_open_again():
    closed = entry(was="vanished", became="closed")
    assert standing("reopened", None, "e1", [closed], 2019)[0] == "reopened"


def test_what_comes_back_in_a_later_year_is_linked_to_the_year_and_judgement_before():
    status, reason = standing("new", None, "e9", [entry(year=2018, became="closed", was="rectified")], 2019)
    assert status == "reopened" and "2018年度" in reason and "已销号" in reason and "F1" in reason
    assert standing("new", None, "e1", [entry(year=2018, became="rejected", note="核对无误")], 2019)[0] == "rejected"
    assert standing("new", None, "e2", [entry(year=2018, became="rejected", note="核对无误")], 2019)[0] == "reopened"
    table = pd.DataFrame([dict.fromkeys(SCHEMA.names) | {"finding_id": "F1", "status": "new", "evidence": "e1"}])
    assert carried_over(table, [entry(year=2020)], 2019)["status"].tolist() == ["new"]


def test_what_an_earlier_year_had_is_linked_without_a_review_too():
    table = pd.DataFrame([dict.fromkeys(SCHEMA.names) | {"finding_id": f"F{n}", "status": s, "evidence": "e"} for n, s in enumerate(("new", "new", "new", "vanished"))])
    earlier = pd.DataFrame({"finding_id": ["F0", "F1", "F3"], "status": ["vanished", "new", "closed"], "year": 2018})
    now = linked(table, earlier)
    assert now["status"].tolist() == ["reopened", "new", "new", "vanished"]
    assert now["reason"].tolist() == ["反弹:2018年度也有此疑点(F0),当时为未再出现", "2018年度也有此疑点(F1),当时为新发现", None, None]
    assert linked(table, None) is table


def test_the_last_earlier_year_beside_a_run_is_taken_and_no_later_one(tmp_path):
    for year, status in (("2016", "new"), ("2017", "closed"), ("2020", "rejected")):
        (tmp_path / year).mkdir()
        pd.DataFrame({"finding_id": ["F1"], "status": [status]}).to_parquet(tmp_path / year / "findings.parquet")
    (tmp_path / "2019").mkdir()
    take_earlier(tmp_path / "2019")
    assert Previous(tmp_path / "2019").earlier.values.tolist() == [["F1", "closed", 2017]] and Previous(tmp_path / "2016").earlier is None
    take_earlier(tmp_path / "2016")
    assert Previous(tmp_path / "2016").earlier is None


def test_an_exemption_of_the_county_params_stays_and_an_edit_that_lost_counts_for_nothing():
    assert standing("exempt", "经批准", "e1", [entry()], 2019) == ("exempt", "经批准")
    table = pd.DataFrame([dict.fromkeys(SCHEMA.names) | {"finding_id": "F1", "status": "new", "evidence": "e1"}])
    assert carried_over(table, [entry(version=None)], 2019)["status"].tolist() == ["new"]


# ---------------------------------------------------------------- hand-overs


def handed(tmp_path, name: str, files: dict[str, str]) -> HandOver:
    return HandOver.of(read(tmp_path / name, files), {}, "r")


VISIT = FILES["走访记录.csv"]
TWO = VISIT + "V2,H1,B2,2019-05-06 10:00,入户,讲解政策,是,是,,2019-05-06,cd34\n"


def test_a_deleted_row_is_listed_with_its_key_and_place(tmp_path):
    found = handovers.changes(handed(tmp_path, "then", {"走访记录.csv": TWO}), handed(tmp_path, "now", {}))
    assert found[["table", "change", "file_then", "row_then"]].values.tolist() == [["visits", "deleted", "走访记录.csv", 3]]
    assert found["key"].iloc[0].startswith("V2|H1|B2") and pd.isna(found["row_now"].iloc[0])


def test_a_changed_row_is_listed_with_the_columns_that_changed(tmp_path):
    then = handed(tmp_path, "then", {"走访记录.csv": TWO})
    now = handed(tmp_path, "now", {"走访记录.csv": TWO.replace("讲解政策,是,是,,2019-05-06", "送化肥,否,是,,2019-05-06")})
    (row,) = handovers.changes(then, now).to_dict("records")
    assert (row["change"], row["columns"], row["row_then"], row["row_now"]) == ("changed", ["content", "household_signed"], 3, 3)


def test_rows_that_only_moved_or_stand_in_another_file_are_no_change(tmp_path):
    head, first, second = TWO.splitlines(keepends=True)
    then = handed(tmp_path, "then", {"走访记录.csv": TWO})
    now = handed(tmp_path, "now", {"走访记录.csv": head + second, "补交/走访2.csv": head + first})
    assert handovers.changes(then, now).empty


def test_of_two_equal_rows_one_that_is_deleted_is_missed(tmp_path):
    head, first, second = TWO.splitlines(keepends=True)
    found = handovers.changes(handed(tmp_path, "then", {"走访记录.csv": TWO + second}), handed(tmp_path, "now", {"走访记录.csv": TWO}))
    assert found["change"].tolist() == ["deleted"]


def test_a_table_that_is_handed_over_no_more_is_deleted_row_by_row(tmp_path):
    cars = {"车辆.csv": "证件号码,姓名,号牌号码,登记日期\n999001195001011235,张三,云A12345,2018-01-01\n"}
    found = handovers.changes(handed(tmp_path, "then", cars), handed(tmp_path, "now", {}))
    assert found[["table", "change"]].values.tolist() == [["vehicles", "deleted"]]
    assert handovers.changes(handed(tmp_path, "now2", {}), handed(tmp_path, "then2", cars))["change"].tolist() == ["added"]


def test_a_hand_over_is_kept_without_a_single_value_of_it_but_its_keys(tmp_path):
    then = handed(tmp_path, "then", {"走访记录.csv": TWO})
    then.keep(tmp_path / "h.parquet")
    again = HandOver.kept(tmp_path / "h.parquet")
    assert handovers.changes(then, again).empty and again.columns == then.columns and again.reading == "r"
    assert "讲解政策" not in str(again.rows.to_dict("list")) and HandOver.kept(tmp_path / "none.parquet") is None


def test_a_deleted_persons_key_is_masked_though_no_table_knows_the_name_any_more(tmp_path):
    cars = {"车辆.csv": "证件号码,姓名,号牌号码,登记日期\n999001196001011232,欧阳甲,云A12345,2018-01-01\n"}
    more = {"家庭成员.csv": FILES["家庭成员.csv"] + "H1,司马乙,999001198501011236,之子,男,1985-01-01,非在校生,健康,,普通劳动力,是\n"}
    then, now = handed(tmp_path, "then", cars | more), handed(tmp_path, "now", {})
    rows = handovers.changes(then, now)
    assert rows["key"].tolist() == ["H1|司马乙", "999001196001011232|云A12345"]
    assert masked_keys(rows, then, now, Masker()).tolist() == ["H1|司**", "999001**********32|云A***45"]


# ---------------------------------------------------------------- why it vanished


def gone(rule="HV-01", source=("走访记录.csv", "", 3), **more) -> dict:
    file, sheet, row = source
    return {"rule_id": rule, "subject": "B1", "criteria": IN_FORCE[rule].criteria("zh") if rule in IN_FORCE else "x", "sources": [{"file": file, "sheet": sheet, "row": row}]} | more


def reasons(tmp_path, files: dict[str, str], unassessed: dict | None = None, **more) -> Reasons:
    changes = handovers.changes(handed(tmp_path, "then", {"走访记录.csv": TWO}), handed(tmp_path, "now", files))
    return Reasons(changes, IN_FORCE, unassessed or {}, **more)


def test_a_finding_whose_row_was_deleted_or_changed_says_which(tmp_path):
    assert reasons(tmp_path / "a", {}).of(gone()) == "所依据的行已删除:走访记录.csv第3行"
    changed = {"走访记录.csv": TWO.replace("入户,讲解政策,是,是,,2019-05-06", "电话,讲解政策,是,是,,2019-05-06")}
    assert reasons(tmp_path / "b", changed).of(gone()) == "所依据的行已变更:走访记录.csv第3行的走访方式"


def test_a_standard_that_moved_is_told_with_both(tmp_path):
    said = reasons(tmp_path, {"走访记录.csv": TWO}).of(gone(criteria="HV-01 旧标准"))
    assert said.startswith("标准已调整:原为“HV-01 旧标准”现为“HV-01 ")


def test_a_rule_that_was_not_assessed_says_why_and_a_deleted_row_beside_it(tmp_path):
    said = reasons(tmp_path, {}, {"HV-01": "缺少表:走访记录"}).of(gone())
    assert said == "本次未评估该规则:缺少表:走访记录;所依据的行已删除:走访记录.csv第3行"


def test_rows_beside_it_the_code_or_nothing_known(tmp_path):
    elsewhere = gone(source=("结对关系.csv", "", 2))
    assert "走访记录有其他行" in reasons(tmp_path / "a", {}).of(elsewhere)
    same = {"走访记录.csv": TWO}
    assert "程序已更新" in reasons(tmp_path / "b", same, moved={"code"}).of(elsewhere)
    assert "请核查" in reasons(tmp_path / "c", same).of(elsewhere)
    assert reasons(tmp_path / "e", same, moved={"corrections", "code"}).of(elsewhere) == "县参数中经批准的更正有变动,该规则已按更正评估"
    assert "程序已更新" in reasons(tmp_path / "f", same, moved={"corrections", "code"}).of(gone(rule="CP-01", source=("结对关系.csv", "", 2)))
    assert "不再包含该规则" in reasons(tmp_path / "d", same).of(gone(rule="ZZ-99"))


# ---------------------------------------------------------------- precision


def test_precision_is_the_share_confirmed_of_those_judged_with_its_exact_interval():
    told = [entry(finding_id=f"F{n}", became="confirmed") for n in range(9)] + [entry(finding_id="F9", became="rejected")]
    told += [entry(finding_id="F10", became="exempt"), entry(finding_id="F11", version=None)]
    told += [entry(finding_id="F0", version=2, was="confirmed", became="rectified"), entry(finding_id="F0", version=3, was="rectified", became="closed")]
    told += [entry(rule_id="HP-02", finding_id="G1", became="confirmed"), entry(rule_id="HP-02", finding_id="G1", version=2, was="confirmed", became="rejected")]
    rows = precision(told).set_index("rule_id")
    assert rows.loc["HP-01", ["judged", "confirmed", "rejected", "precision"]].tolist() == [10, 9, 1, 0.9]
    # Clopper-Pearson for 9 of 10 solves P(X >= 9 | low) = 10 low^9 (1 - low) + low^10 = 0.025 and P(X <= 9 | high) = 1 - high^10 = 0.025.
    low, high = rows.loc["HP-01", "low"], rows.loc["HP-01", "high"]
    assert 10 * low**9 * (1 - low) + low**10 == pytest.approx(0.025, abs=1e-12) and 1 - high**10 == pytest.approx(0.025, abs=1e-12)
    assert rows.loc["HP-02", ["judged", "confirmed", "rejected"]].tolist() == [1, 0, 1]


def test_without_verdicts_there_is_no_precision():
    assert precision([]).empty and precision([entry(became="exempt")]).empty
