"""The parameters that a county may override: their names, by rule and by name alone, and what readers call them."""

from fractions import Fraction

import pytest

from bangfu import parameters
from bangfu.params import read_pack
from bangfu.rules.catalogue import catalogue, rule

PACK = "laizhou-2018-8"
NAMES = [
    (rule_id, name)
    for rule_id, names in {
        "HP-03": "gap_days",
        "HP-05": "max_first",
        "HP-06": "max_second",
        "HP-07": "notice_months",
        "HV-01": "first_visit_months",
        "HV-06": "same_text",
        "HV-08": "backfill_records backfill_days",
        "HV-09": "max_per_day",
        "HV-11": "first_visit_months unit_missed",
        "PC-01": "notice_days",
        "PC-03": "min_reviewers",
        "EX-01": "poverty_line",
        "IN-04": "poverty_line",
        "FE-02": "negative_list",
        "FE-03": "negative_list",
        "FE-04": "idle_days idle_share",
        "FE-06": "arrival_days",
        "RA-02": "progress_tolerance",
        "PJ-01": "tender_threshold",
        "PJ-02": "tender_threshold split_days",
        "BE-01": "standard",
        "BE-03": "shared_households",
        "BE-07": "standard",
        "BE-08": "inpatient chronic",
        "SS-01": "satisfied_share",
        "SS-04": "min_minutes",
        "CP-01": "handling_days",
    }.items()
    for name in names.split()
]


def another(value, accepted):
    """A value of the same kind that the pack does not hold, as a county writes it and as it is read (yuan as fen)."""
    if isinstance(value, tuple):
        return ["另一项"], ("另一项",)
    if isinstance(value, dict):
        return {"雨露计划": 3001}, {"雨露计划": 300_100}
    if isinstance(value, Fraction):
        return 0.25, Fraction(1, 4)
    return 11, 1100 if accepted == "an amount in yuan" else 11


@pytest.mark.parametrize(("rule_id", "name"), NAMES)
@pytest.mark.parametrize("by_rule", [True, False], ids=["by rule", "by name"])
def test_a_county_overrides_the_parameter(rule_id, name, by_rule):
    before = read_pack(PACK).rules[rule_id].values[name].steps[-1][1]
    given, read = another(before, parameters.accepted(catalogue()[rule_id].parameters[name], "en"))
    pack = read_pack(PACK, {rule_id: {name: given}} if by_rule else {name: given})
    after = pack.rules[rule_id].values[name].steps[-1][1]
    assert after == read != before


@pytest.mark.parametrize("rule_id", [r for r, known in catalogue().items() if known.parameters])
def test_every_parameter_has_a_chinese_and_an_english_label(rule_id):
    for name, kind in catalogue()[rule_id].parameters.items():
        zh, en = parameters.label(kind, "zh"), parameters.label(kind, "en")
        assert zh and not zh.isascii(), name
        assert en and en.isascii(), name


def test_a_name_has_one_label_in_all_rules():
    labels = {}
    for checked in catalogue().values():
        for name, kind in checked.parameters.items():
            labels.setdefault(name, set()).add((parameters.label(kind), parameters.label(kind, "en")))
    assert {name: given for name, given in labels.items() if len(given) > 1} == {}


def test_criteria_speak_in_labels():
    gap = read_pack(PACK, {"HP-03": {"gap_days": 4}}).rules["HP-03"]
    assert "(参数:容许断档:4天)" in gap.criteria() and "gap_days" not in gap.criteria()
    assert "(parameters: allowed gap: 4 days)" in gap.criteria("en") and "gap_days" not in gap.criteria("en")
    assert gap.told(codes=True) == ["容许断档(gap_days):4天"]


def test_a_pack_names_its_parameters_in_words():
    assert read_pack(PACK).label("poverty_line") == "收入标准线"
    assert read_pack(PACK).label("poverty_line", "en") == "poverty line"
    assert read_pack(PACK).label("of no rule") == "of no rule"


def test_a_rule_with_a_parameter_that_has_no_label_is_refused():
    def some_rule(helpers, *, days: parameters.Days):
        """Some rule."""

    with pytest.raises(TypeError, match="XX-01: parameter days has no label"):
        rule("XX-01", title="某规则", severity="low", subject="helper_id", reads={"helpers": ["helper_id"]})(some_rule)
