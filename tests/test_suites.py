"""The suites as they stand in `expectations/`: in the library's form, in two languages, beside the rules, and never misread."""

import json
import shutil
from pathlib import Path

import pytest

from bangfu import quality, workbench
from bangfu.intake import dictionary
from bangfu.problems import WrongParams
from bangfu.sample.making import clean_counties

SUITES = quality.read_suites()
DECLARED = {e.id: e for s in SUITES.values() for e in s.expectations}
NULL, UNIQUE, COMPOUND = "expect_column_values_to_not_be_null", "expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"
REGEX, RANGE, SET = "expect_column_values_to_match_regex", "expect_column_values_to_be_between", "expect_column_values_to_be_in_set"
ORDER, COLUMNS = "expect_column_pair_values_a_to_be_greater_than_b", "expect_table_columns_to_match_set"



@pytest.mark.parametrize("table", dictionary())
def test_suite_is_in_the_librarys_own_form(table):
    from great_expectations import ExpectationSuite

    content = json.loads((workbench.expectations() / f"{table}.json").read_text(encoding="utf-8"))
    assert ExpectationSuite(**content).to_json_dict() == content
    assert content["name"] == table


def test_every_expectation_has_a_stable_id_a_severity_and_two_sentences():
    library = {"critical": "critical", "high": "warning", "medium": "warning", "low": "info"}
    for e in DECLARED.values():
        table, number = e.id.removeprefix("GX-").rsplit("-", 1)
        assert table == e.table and number.isdigit(), e.id
        assert e.config["severity"] == library[e.severity], e.id
        assert any("一" <= c <= "鿿" for c in e.sentence.zh) and e.sentence.en[0].isascii(), e.id
        assert not e.sentence.zh.endswith("。") and not e.sentence.en.endswith("."), e.id
    assert len(DECLARED) == sum(len(s.expectations) for s in SUITES.values())


def test_only_required_tables_can_stop_a_county():
    critical = {e.table for e in DECLARED.values() if e.severity == "critical"}
    assert critical == {t.name for t in dictionary().values() if t.required}


@pytest.mark.parametrize("table", dictionary())
def test_the_columns_expected_are_those_of_the_dictionary(table):
    expected = [e.config["kwargs"]["column_set"] for e in SUITES[table].expectations if e.kind == COLUMNS]
    assert expected == [[name for name, column in dictionary()[table].columns.items() if not column.optional]]


# What the rules of the catalogue judge within one table: table, columns, and the kinds of expectation that would say it again.
OF_RULES = [
    ("DQ-01", "members", ["id_number"], ["id_number", REGEX]),
    ("DQ-02", "households", ["family_size"], ["listed", "agrees"]),
    ("DQ-03", "households", ["exit_on"], [NULL]),
    ("DQ-03", "households", ["exit_on", "identified_on"], [ORDER]),
    ("DQ-03", "households", ["status", "exit_on"], ["complete"]),
    ("HP-02", "pairings", ["end_on", "start_on"], [ORDER]),
    ("HP-07", "pairings", ["change_filed_on"], [NULL]),
    ("HP-07", "pairings", ["end_on", "change_filed_on"], [ORDER]),
    *(("HP-08", "helpers", [c], [NULL, "complete"]) for c in ("unit", "title", "phone")),
    *(("HV-04", "visits", [c], [NULL, SET]) for c in ("household_signed", "helper_signed", "witness")),
    ("HV-05", "visits", ["household_id", "helper_id"], ["agrees"]),
    ("HV-06", "visits", ["content"], [UNIQUE]),
    ("HV-07", "visits", ["photo_fingerprint"], [UNIQUE]),
    ("IN-01", "incomes", ["reported_total", "reported_net"], [ORDER]),
    *(("EX-02", "households", [c], [SET, NULL]) for c in ("food", "clothing", "education", "medical", "housing", "water")),
    *(("PC-02", "procedures", [c], [NULL]) for c in ("applied_on", "reviewed_on", "notice_from", "notice_to", "township_on", "county_on", "announced_on")),
    *(("PC-02", "procedures", [b, a], [ORDER]) for a, b in (("applied_on", "reviewed_on"), ("notice_from", "notice_to"), ("township_on", "county_on"), ("county_on", "announced_on"))),
    ("PC-04", "procedures", ["acknowledged"], [NULL, SET]),
    ("FE-05", "funds", ["received", "issued"], [ORDER]),
    *(("FE-08", "ledger", [c], [NULL, "complete"]) for c in ("applied_by", "approved_by")),
    ("RA-03", "claims", ["invoice_no"], [UNIQUE]),
    *(("RA-04", "claims", [c], [NULL, SET]) for c in ("has_contract", "has_invoice", "has_acceptance")),
    ("RA-05", "claims", ["invoice_amount", "amount"], [ORDER]),
    ("RA-06", "claims", ["project_id", "payee"], ["agrees"]),
    ("RA-10", "claims", ["txn_id", "project_id"], ["agrees"]),
    ("RA-11", "claims", ["txn_id", "amount"], ["agrees"]),
    *(("PJ-03", "projects", [c], [NULL]) for c in ("content", "started_on", "notice_url", "notice_amount")),
    ("PJ-04", "projects", ["accepted_on", "completed_on"], [ORDER]),
    ("BE-05", "benefits", ["id_number"], ["listed"]),
    ("BE-06", "benefits", ["id_number", "programme"], [COMPOUND]),
    *(("CP-01", "complaints", [c], [NULL]) for c in ("closed_on", "feedback_on")),
]


@pytest.mark.parametrize(("rule", "table", "columns", "kinds"), OF_RULES)
def test_no_expectation_repeats_a_rule(rule, table, columns, kinds):
    assert [e.id for e in SUITES[table].expectations if e.kind in kinds and set(columns) == set(e.columns)] == []


def edited(tmp_path: Path, change) -> Path:
    folder = tmp_path / "expectations"
    shutil.copytree(workbench.expectations(), folder)
    content = json.loads((folder / "deaths.json").read_text(encoding="utf-8"))
    change(content["expectations"])
    (folder / "deaths.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


MISTAKES = [
    (lambda e: e[2]["meta"].pop("zh"), "expectations/deaths.json#3 缺少 meta.zh。"),
    (lambda e: e[2]["meta"].update(severity="hihg"), "expectations/deaths.json#3:没有“hihg”这一严重程度,是否想写 high?"),
    (lambda e: e[2]["meta"].update(id="GX-deaths-01"), "expectations/deaths.json#3 的 id “GX-deaths-01”已被使用,请另起一个。"),
    (lambda e: e[2]["kwargs"].update(column="id_numbr"), "expectations/deaths.json#3:表 deaths 没有列“id_numbr”,是否想写 id_number?"),
    (lambda e: e[3]["meta"]["flag"].update(kind="id_numbers"), "expectations/deaths.json#4:没有“id_numbers”这种标记,是否想写 id_number?"),
    (lambda e: e[3]["meta"].update(flag={"kind": "listed", "columns": ["id_number"]}), "expectations/deaths.json#4:meta.flag 缺少 table、match。"),
    (lambda e: e[3]["meta"].update(flag={"kind": "listed", "columns": ["id_number"], "table": "member", "match": ["id_number"]}), "expectations/deaths.json#4:没有名为“member”的表,是否想写 members?"),
]


@pytest.mark.parametrize(("change", "sentence"), MISTAKES)
def test_a_mistake_in_a_suite_is_one_sentence(tmp_path, change, sentence):
    with pytest.raises(WrongParams) as wrong:
        quality.read_suites(edited(tmp_path, change))
    assert [s.zh for s in wrong.value.sentences] == [sentence]


@pytest.mark.parametrize(("text", "sentence"), [(None, "缺少 expectations/deaths.json,请从版本库恢复。"), ("{\n1", "expectations/deaths.json 第2行不是有效的JSON,请检查引号和逗号。"), ("[]", "expectations/deaths.json 不是期望套件,应有 expectations 列表。")])
def test_a_suite_that_cannot_be_read_is_one_sentence(tmp_path, text, sentence):
    folder = edited(tmp_path, lambda e: None)
    (folder / "deaths.json").unlink()
    if text:
        (folder / "deaths.json").write_text(text, encoding="utf-8")
    with pytest.raises(WrongParams) as wrong:
        quality.read_suites(folder)
    assert [s.zh for s in wrong.value.sentences] == [sentence]


@pytest.mark.parametrize("change", [{"type": "expect_column_values_to_be_lucky"}, {"kwargs": {"column": "died_on", "mostly": 7}}, {"type": RANGE, "kwargs": {"column": "id_number", "min_value": 1}}, {"type": "expect_column_unique_value_count_to_be_between", "kwargs": {"column": "died_on", "min_value": 1}}])
def test_an_expectation_that_the_library_cannot_evaluate_is_one_sentence(tmp_path, monkeypatch, change):
    folder = edited(tmp_path, lambda e: e[5].update(change))
    deaths = next(iter(clean_counties(households=60))).tables["deaths"]
    monkeypatch.setattr(workbench, "expectations", lambda: folder)
    with pytest.raises(WrongParams) as wrong:
        quality.measured({"deaths": deaths})
    (sentence,) = wrong.value.sentences
    assert sentence.zh.startswith("expectations/deaths.json 的 GX-deaths-06 无法评估,请检查其 type 和 kwargs")
