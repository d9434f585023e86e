"""What reports say where tables are missing: not assessed is never shown as clean, and never as a nought."""

import shutil

import pytest

from bangfu.publish.pages import AnnualReport

REQUIRED = ("建档立卡基础信息.xlsx", "结对帮扶.xlsx", "走访记录.csv")


@pytest.fixture(scope="module")
def bare(yunling, tmp_path_factory) -> AnnualReport:
    """Yunling with the required tables alone: no money, no incomes, no survey, no registers."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "raw").mkdir()
    for name in REQUIRED:
        shutil.copy(yunling.raw / name, folder / "raw")
    (folder / "bare.yml").write_text('code: "999001"\nname: 云岭县\nraw: raw\npolicy: laizhou-2018-8\n', encoding="utf-8")
    report = AnnualReport.open(folder / "bare.yml", 2019, reports=folder / "reports")
    report.county.folder.mkdir(parents=True)
    return report


def test_conclusions_say_what_was_not_assessed(bare):
    said = "\n".join(bare.conclusions().sentences)
    assert "存疑支出未知" in said and "EX-01未评估" in said and "群众满意度未评估" in said
    assert "0.00" not in said


def test_no_amount_is_shown_where_no_rule_about_money_was_applied(bare):
    assert bare.funds.total_at_risk is None
    assert "存疑" not in repr(bare.figures())
    assert "未评估" in repr(bare.funds.at_risk_method()) and bare.funds.at_risk_kinds() is None and bare.funds.at_risk_chart("town") is None


def test_no_number_of_findings_is_shown_where_no_rule_was_applied(bare):
    of_money = [r for r in bare.county.settings.pack.rules.values() if r.rule.topic in ("earmark", "reimbursement", "projects", "benefits")]
    assert "重大疑点 —" in repr(bare.funds.key_figures()) and f"0/{len(of_money)}" in repr(bare.funds.key_figures())


def test_every_rule_without_its_tables_is_listed_with_the_reason(bare):
    listed = bare.not_assessed().frame
    whole = listed[listed["reason"].notna()]
    assert {"EX-01", "FE-01", "SS-01", "CM-01", "BE-01"} <= set(whole["rule_id"])
    assert whole["why"].str.startswith("缺少").all()


def test_exits_in_doubt_are_said_to_be_of_what_was_assessed(bare):
    assert "EX-01" in bare.helpers.outcomes().note


def test_what_a_rule_says_it_left_out_is_listed(yunling_county):
    from bangfu.audit import Outcome, coverage
    from bangfu.findings import found

    in_force = yunling_county.settings.pack.rules["SS-04"]
    empty = yunling_county.tables["survey"].head(0)
    left = found(empty, subject="interviewer", zh="", en="", unassessed=2, notes=[("3份问卷没有时长,未计入。", "3 interviews without a length were left out.")])
    row = coverage([Outcome(in_force, left)]).iloc[0]
    assert row["gap"] == "2项缺少判断所需的值。3份问卷没有时长,未计入。" and row["gap_en"].endswith("3 interviews without a length were left out.")
    assert coverage([Outcome(in_force, found(empty, subject="interviewer", zh="", en=""))])["gap"].isna().all()


def test_values_that_nobody_approved_are_counted_first_and_listed_with_the_rules_that_go_by_them(bare):
    pack = bare.county.settings.pack
    listed = bare.unverified().frame.set_index("label")
    assert len(listed) == len(pack.unverified) and f"有{len(pack.unverified)}项" in repr(bare.unverified_in_short())
    leave = listed.loc[pack.label("leave_share")]
    assert leave["why"] == pack.unverified["leave_share"] and leave["rules"].split(", ") == [r.rule.id for r in pack.rules.values() if "leave_share" in r.rule.parameters]
    assert "leave_share" not in {n for n in pack.unverified if pack.label(n) in set(bare.funds.unverified().frame["label"])}
