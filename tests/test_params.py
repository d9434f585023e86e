"""County params and packs: what is accepted, which value goes before which, and what editors are told."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from bangfu import parameters, workbench
from bangfu.params import CountyParams, Exemption, open_settings, read_pack, schema
from bangfu.parameters import Count, Dated, Days, Minutes, Points, Share, Texts, Yuan, YuanByName, parse, shown
from bangfu.problems import Problem, Sentence, UnusableInput, WrongParams, did_you_mean, without_id_numbers
from handed_over import PARAMS

PACK = """
title: 甲
title_en: A
texts: {law: {title: 法, title_en: Law, force: binding}, habit: {title: 惯例, title_en: Practice, force: reference}}
parameters: {poverty_line: 3000, notice_days: 7}
scorecard: example
unverified: {poverty_line: 示例}
rules:
  HV-06: {basis: [law 三, habit], same_text: 4}
  EX-01: {basis: [law]}
"""


@pytest.fixture
def county(tmp_path):
    """Writes a county's params beside a pack of its own; returns a reader of its settings."""
    (tmp_path / "counties").mkdir()
    (tmp_path / "policies").mkdir()

    def settings(params: str = "", pack: str = PACK, year: int = 2019):
        (tmp_path / "policies" / "own.yml").write_text(pack, encoding="utf-8")
        path = tmp_path / "counties" / "mine.yml"
        path.write_text(PARAMS.replace("laizhou-2018-8", "own") + params, encoding="utf-8")
        return open_settings(path, year)

    return settings


def test_a_county_needs_four_keys_and_the_others_may_be_empty(county):
    for params in ("", "overrides:\nheaders:\nexemptions:\n", "overrides: {}\nheaders: {}\nexemptions: []\n"):
        settings = county(params)
        assert (settings.county.code, settings.county.name, settings.county.overrides, settings.county.headers, settings.county.exemptions) == ("999001", "云岭县", {}, {}, [])


def test_raw_is_relative_to_the_params_with_the_year_in_it(county, tmp_path):
    assert county().raw == str(tmp_path / "counties" / "raw")
    path = tmp_path / "counties" / "mine.yml"
    for raw, expected in (("../r-{year}/{year}", str(tmp_path / "r-2019/2019")), ("/r/{year}", "/r/2019"), ("sqlite:///r-{year}.db", "sqlite:///r-2019.db")):
        path.write_text(PARAMS.replace("laizhou-2018-8", "own").replace("raw: raw", f"raw: {raw}"), encoding="utf-8")
        assert open_settings(path, 2019).raw == expected


def test_a_pack_beside_the_county_goes_before_the_workbenchs_own(county):
    assert county().pack.title == "甲" and set(county().pack.rules) == {"HV-06", "EX-01"}


@pytest.mark.parametrize(
    ("params", "value"),
    [("", 3000_00), ("overrides: {poverty_line: 3500}\n", 3500_00), ("overrides: {EX-01: {poverty_line: 3600}}\n", 3600_00), ("overrides: {poverty_line: 3500, EX-01: {poverty_line: 3600}}\n", 3600_00)],
    ids=["pack", "by name", "by rule", "by rule before by name"],
)
def test_which_value_goes_before_which(params, value, county):
    assert county(params).pack.rules["EX-01"].settings(2019)["poverty_line"] == value


def test_an_overridden_value_is_no_longer_unverified(county):
    assert county().pack.unverified == {"poverty_line": "示例"}
    assert county("overrides: {poverty_line: 3500}\n").pack.unverified == {}


def test_the_basis_says_title_section_and_force_and_no_file(county):
    criteria = county().pack.rules["HV-06"].criteria("zh")
    assert "法三[依据]" in criteria and "惯例[参考]" in criteria and "law" not in criteria
    assert "Law 三[binding]" in county().pack.rules["HV-06"].criteria("en").replace(" [", "[")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("HV-06:", "HV-66:", "HV-66"),
        ("same_text: 4", "same_texts: 4", "same_texts"),
        (", same_text: 4", "", "same_text"),
        ("same_text: 4", "same_text: 四", "四"),
        ("basis: [law]", "basis: [laws]", "laws"),
        ("{basis: [law]}", "{}", "basis"),
        ("basis: [law]", "basis: law", "basis"),
        ("force: binding", "force: strong", "texts.law.force"),
        ("scorecard: example\n", "", "scorecard"),
        ("title: 法, ", "", "texts.law.title"),
        ("parameters: {poverty_line: 3000", "parameters: {poverty_line: 很低", "poverty_line"),
        ("EX-01: {basis: [law]}", "EX-01:", "rules.EX-01"),
        ("scorecard: example", "scorecard: example\nrule: {}", "rule"),
    ],
)
def test_what_is_wrong_in_a_pack_is_one_sentence_that_names_the_file(old, new, named, county):
    assert old in PACK
    with pytest.raises(WrongParams) as told:
        county(pack=PACK.replace(old, new))
    assert len(told.value.sentences) == 1, told.value.say()
    for lang in ("zh", "en"):
        assert "own.yml" in told.value.say(lang) and named in told.value.say(lang)


def test_values_with_dates_hold_from_their_day(county):
    pack = PACK.replace("poverty_line: 3000", "poverty_line: [{from: 2019-07-01, value: 3700}, {from: 2018-01-01, value: 3400}]")
    assert [county(pack=pack, year=y).pack.rules["EX-01"].settings(y)["poverty_line"] for y in (2018, 2019, 2020)] == [3400_00, 3700_00, 3700_00]
    with pytest.raises(WrongParams, match="2017年还没有值"):
        county(pack=pack, year=2017)


def test_a_dated_value_is_taken_on_the_day_of_each_event():
    value = parse(Dated[Yuan], [{"from": date(2018, 6, 1), "value": 400000}, {"from": date(2000, 1, 1), "value": 200000}])
    days = pd.Series(pd.to_datetime(["1999-12-31", "2018-05-31", "2018-06-01", None]))
    assert value.on(days).tolist() == [pd.NA, 200000_00, 400000_00, pd.NA]
    assert [value.at(d) for d in (date(1999, 12, 31), date(2018, 5, 31), date(2018, 6, 1))] == [None, 200000_00, 400000_00]
    assert shown(Dated[Yuan], value) == "自2000-01-01起200,000.00元;自2018-06-01起400,000.00元"


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (Days, 7, 7), (Days, 0, 0), (Count, 1, 1), (Minutes, 7.5, Decimal("7.5")), (Points, 10, Decimal(10)), (Share, 0.7, Fraction(7, 10)), (Share, 1, Fraction(1)), (Share, "0.05", Fraction(1, 20)),
        (Yuan, 3800, 380000), (Yuan, 0.01, 1), (Yuan, "3800.50", 380050), (Texts, ["甲"], ("甲",)), (YuanByName, {"雨露计划": 3000}, {"雨露计划": 300000}),
    ],
)  # fmt: skip
def test_values_of_each_kind(kind, given, value):
    assert parse(kind, given).at(date(2019, 1, 1)) == value


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Days, -1), (Days, 1.0), (Days, "7"), (Days, True), (Days, None), (Count, 0), (Minutes, "半小时"), (Minutes, -1), (Points, 101), (Points, float("nan")), (Share, 1.01), (Share, -0.1), (Share, "一半"), (Share, float("inf")),
        (Yuan, -1), (Yuan, 0.001), (Yuan, "三千"), (Yuan, float("nan")), (Yuan, [1]), (Texts, []), (Texts, "甲"), (Texts, [1]), (Texts, [""]), (YuanByName, {}), (YuanByName, [1]), (YuanByName, {"甲": "多"}),
        (Days, [{"from": "2018-01-01", "value": 1}]), (Days, [{"from": date(2018, 1, 1), "value": -1}]), (Days, [{"from": date(2018, 1, 1)}]), (Days, []),
    ],
)  # fmt: skip
def test_values_of_another_kind(kind, given):
    with pytest.raises(ValueError):
        parse(kind, given)


def test_every_pack_of_the_workbench_can_be_read_for_every_year_of_its_time():
    for path in sorted((workbench.params() / "policies").glob("*.yml")):
        pack = read_pack(path.stem)
        assert pack.rules and all(v.at(date(2019, 12, 31)) is not None for r in pack.rules.values() for v in r.values.values())


def test_the_schema_for_editors_is_up_to_date():
    written = json.loads((workbench.params() / "county.schema.json").read_text(encoding="utf-8"))
    assert written == schema(), "write it anew: .venv/bin/python -m bangfu.params > params/county.schema.json"


def test_the_schema_knows_every_key_and_no_other():
    told = schema()
    assert set(told["properties"]) == set(CountyParams.model_fields) and told["additionalProperties"] is False
    assert set(told["required"]) == {"code", "name", "raw", "policy"}
    assert set(told["$defs"]["Exemption"]["required"]) == {"rule", "subject", "reason", "approved by", "valid until"}


def test_the_example_in_the_readme_is_accepted(tmp_path):
    text = (workbench.params() / "counties" / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "example.yml"
    path.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    settings = open_settings(path, 2019)
    assert settings.pack.rules["HV-06"].settings(2019)["same_text"] == 5 and settings.county.exemptions[0].valid_until == date(2020, 12, 31)


# -- sentences -----------------------------------------------------------------------------------------------------


def test_no_id_number_is_said():
    for text, said in (
        ("a 999001195001011235 b", "a 999001****** b"), ("99900119500101123X", "999001******"), ("999001500101123", "999001******"), ("6210000000000000001", "621000******"), ("2019年 12345678901234 H0001", "2019年 12345678901234 H0001"),
    ):  # fmt: skip
        assert without_id_numbers(text) == said and Sentence(text, text).say("en") == said


def test_a_problem_crosses_to_another_process_whole():
    import pickle

    again = pickle.loads(pickle.dumps(UnusableInput(Sentence("甲", "a"), Sentence("乙", "b"))))
    assert isinstance(again, Problem) and again.status == 2 and again.say() == "甲\n乙" and again.say("en") == "a\nb"


def test_did_you_mean_names_the_nearest_or_all():
    assert did_you_mean("polisy", ["policy", "raw"]) == (",是否想写 policy?", "; did you mean policy?")
    assert did_you_mean("x", ["policy", "raw"]) == (",可用的有:policy、raw。", "; accepted: policy, raw.")
    assert did_you_mean("~", map(str, range(40)))[1].endswith(", ....")


def test_every_kind_says_what_it_accepts_in_both_languages():
    for kind in (Days, Count, Minutes, Points, Share, Yuan, Texts, YuanByName, parameters.Months):
        assert parameters.accepted(kind) != parameters.accepted(kind, "en")


@pytest.mark.parametrize("keys", [("approved by", "valid until"), ("approved_by", "valid_until")])
def test_an_exemption_is_read_with_blanks_or_bars_in_its_keys(keys):
    given = {"rule": "CM-01", "subject": "H1", "reason": "残疾人代步车", keys[0]: "县扶贫办", keys[1]: "2020-12-31"}
    read = Exemption.model_validate(given)
    assert (read.approved_by, read.valid_until.isoformat()) == ("县扶贫办", "2020-12-31")
