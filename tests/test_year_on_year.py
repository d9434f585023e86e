"""Two years of the same helpers side by side: what changed, why, and whether the years can be compared at all."""

import json

import pandas as pd
import pytest

from bangfu import findings
from bangfu.assessment.year_on_year import changes, keep_years, kept_years, of_year, rules_changed, side_by_side, transitions

GRADES = ["优秀", "称职", "基本称职", "不称职"]
JUDGED = {"policy": "pack", "scorecard": {"title": "卡"}, "rules": {"HV-01": "每两个月", "HV-02": "每月"}, "county": {"corrections": []}}


def helpers(*rows):
    columns = ["helper_id", "grade", "score", "households", "visits_due", "visits_missed", "calls_missed"]
    return pd.DataFrame(rows, columns=columns).assign(role="first", unit="甲局")


POINTS = pd.DataFrame(
    [("A", "daily", 45.0, 50.0), ("A", "satisfaction", 15.0, 20.0), ("B", "daily", 50.0, 50.0), ("B", "outcomes", 20.0, 20.0)], columns=["helper_id", "dimension", "earned", "possible"]
).assign(role="first")
NO_FINDINGS = pd.DataFrame(columns=[f.name for f in findings.SCHEMA])
BEFORE = of_year(
    2018,
    helpers(("A", "称职", 80.0, 1, 6, 0, 0), ("B", "优秀", 95.0, 1, 6, 0, 0), ("C", "资料不足", None, 1, 0, 0, 0), ("D", "称职", 82.0, 1, 6, 0, 0), ("E", "不称职", 50.0, 1, 6, 4, 9)),
    POINTS,
    NO_FINDINGS,
    JUDGED,
)
AFTER = of_year(
    2019,
    helpers(("A", "基本称职", 65.0, 2, 12, 5, 0), ("B", "优秀", 95.0, 1, 6, 0, 0), ("C", "称职", 85.0, 1, 6, 0, 0), ("E", "优秀", 92.0, 1, 6, 0, 0), ("F", "称职", 80.0, 1, 6, 0, 0)),
    pd.DataFrame(
        [("A", "daily", 30.0, 50.0), ("A", "satisfaction", 15.0, 20.0), ("A", "plan", 5.0, 5.0), ("B", "daily", 50.0, 50.0)], columns=["helper_id", "dimension", "earned", "possible"]
    ).assign(role="first"),
    pd.DataFrame({"rule_id": ["HV-06", "HV-01", "HV-06"], "subject": ["A", "A", "甲局"], "status": ["confirmed", "new", "confirmed"]}),
    JUDGED,
)


def test_each_kind_of_change():
    table = changes([AFTER, BEFORE], GRADES)
    assert table.set_index("helper_id")["change"].to_dict() == {"A": "down", "B": "same", "C": "newly_graded", "D": "left", "E": "up", "F": "came"}
    assert table["helper_id"].iloc[0] == "A" and table["comparable"].all()
    assert (table["year_before"] == 2018).all() and (table["year"] == 2019).all()


def test_why_a_grade_changed_names_duties_dimensions_and_confirmed_findings():
    why = changes([BEFORE, AFTER], GRADES).set_index("helper_id")
    # daily 45/50 = 90% to 30/50 = 60%, 15 points; plan not assessed before, 5 of 5 now; satisfaction as it was
    assert why.loc["A", "why_en"] == "households 1→2; visits due 6→12; visits missed 0→5; daily work 90%→60%; plan made and carried out not assessed→100%; newly confirmed: HV-06"
    assert why.loc["A", "why"] == "结对户数1→2;应入户6→12;缺访0→5;日常工作90%→60%;帮扶计划制定与落实未评估→100%;新增属实疑点HV-06"
    assert pd.isna(why.loc["B", "why"])  # the grade is the same: nothing to explain
    assert why.loc["E", "why_en"] == "visits missed 4→0; calls missed 9→0"


def test_a_veto_is_a_reason():
    told = helpers(("A", "不称职", 80.0, 1, 6, 0, 0)).assign(grade_reason="经核实确认:弄虚作假。", grade_reason_en="Confirmed: fabricated.")
    table = changes([BEFORE, of_year(2019, told, None, None, JUDGED)], GRADES).set_index("helper_id")
    assert table.loc["A", "why"].endswith(";经核实确认:弄虚作假") and table.loc["A", "why_en"].endswith("; Confirmed: fabricated")


def test_side_by_side_has_everybody_of_any_year():
    table = side_by_side([BEFORE, AFTER]).set_index("helper_id")
    assert table.loc["A", ["grade_2018", "grade_2019"]].tolist() == ["称职", "基本称职"]
    assert pd.isna(table.loc["D", "grade_2019"]) and pd.isna(table.loc["F", "grade_2018"]) and len(table) == 6


def test_counts_from_grade_to_grade():
    counts = transitions(changes([BEFORE, AFTER], GRADES), GRADES)
    assert list(counts.index) == ["优秀", "称职", "不称职", "资料不足"] and list(counts.columns) == ["优秀", "称职", "基本称职"]
    assert counts.to_numpy().tolist() == [[1, 0, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("key", ["scorecard", "policy"])
def test_another_scorecard_or_pack_is_not_comparable_and_said(key):
    other = of_year(2019, AFTER.helpers, None, None, JUDGED | {key: "another"})
    assert not changes([BEFORE, other], GRADES)["comparable"].any()
    assert any("不可直接比较" in s.zh for s in rules_changed(BEFORE, other))


def test_what_is_not_recorded_is_not_taken_for_the_same():
    other = of_year(2019, AFTER.helpers, None, None, {})
    assert not changes([BEFORE, other], GRADES)["comparable"].any()
    assert sum("没有记录" in s.zh for s in rules_changed(BEFORE, other)) == 2


def test_single_rules_and_corrections_are_named():
    other = JUDGED | {"rules": {"HV-01": "每月", "HV-02": "每月", "HV-04": "双签字"}, "county": {"corrections": [{}, {}]}}
    told = rules_changed(BEFORE, of_year(2019, AFTER.helpers, None, None, other))
    assert "HV-01、HV-04" in told[0].zh and "2019年2条" in told[1].zh and len(told) == 2
    assert rules_changed(BEFORE, AFTER) == []


def test_a_confirmed_finding_that_is_gone_is_named():
    was = of_year(2018, BEFORE.helpers, None, pd.DataFrame({"rule_id": ["HV-06"], "subject": ["E"], "status": ["confirmed"]}), JUDGED)
    assert changes([was, AFTER], GRADES).set_index("helper_id").loc["E", "why_en"].endswith("confirmed in 2018, not in 2019: HV-06")


def test_earlier_years_are_set_aside_with_the_run_and_later_ones_are_left(tmp_path):
    told = helpers(("A", "称职", 80.0, 1, 6, 0, 0))
    for year in (2017, 2018, 2020):
        folder = tmp_path / str(year)
        folder.mkdir()
        told.to_parquet(folder / "helpers.parquet")
        (folder / "record.json").write_text(json.dumps({"judged by": JUDGED}), encoding="utf-8")
    POINTS.to_parquet(tmp_path / "2018" / "points.parquet")
    findings.write(NO_FINDINGS, tmp_path / "2018" / "findings.parquet")
    for other in ("2016", "handovers"):
        (tmp_path / other).mkdir()
    reports = tmp_path / "2019"
    keep_years(reports)
    years = kept_years(reports)
    assert [y.year for y in years] == [2017, 2018] and years[1].judged == JUDGED
    assert "daily_earned" not in years[0].helpers and years[1].helpers["daily_earned"].tolist() == [45.0] and years[1].helpers["confirmed"].tolist() == [""]
    (tmp_path / "2017" / "helpers.parquet").unlink()
    keep_years(reports)
    assert [y.year for y in kept_years(reports)] == [2018]
    assert kept_years(tmp_path / "2016") == [] and changes(years[:1], GRADES).empty
