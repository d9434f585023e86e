"""Every rule on its own fixture, and the promises that every rule keeps."""

from decimal import Decimal

import pytest

from bangfu import money
from bangfu.audit import apply
from bangfu.params import read_pack
from bangfu.rules.catalogue import SECTIONS, catalogue
from conftest import TESTS, RuleFixture

RULES = list(catalogue())
PACK = "laizhou-2018-8"


@pytest.mark.parametrize("rule_id", RULES)
def test_fixture(rule_id):
    fixture = RuleFixture(TESTS / "rules" / rule_id)
    pack = read_pack(PACK, {rule_id: fixture.settings} if fixture.settings else None)
    outcome = apply(pack.rules[rule_id], fixture.tables, fixture.year)
    assert outcome.reason is None, outcome.reason
    rows = outcome.found.rows
    assert rows["subject"].tolist() == sorted(fixture.expected["subject"])
    expected = fixture.expected.sort_values("subject")
    if "amount" in expected:
        amounts = [None if a != a else Decimal(a) for a in expected["amount"]]
        assert [None if a is None else money.yuan(a) for a in rows["amount"].astype(object).where(rows["amount"].notna(), None)] == amounts
    else:
        assert rows["amount"].isna().all(), "the rule gives amounts that the fixture does not expect"
    assert all(rows["origins"].map(len) > 0), "a finding without a source"
    if fixture.unassessed is not None:
        assert outcome.found.unassessed == fixture.unassessed
    for sentence in [*rows["condition"], *rows["condition_en"]]:
        assert sentence and "{" not in sentence and "nan" not in sentence.lower().split() and "<NA>" not in sentence


@pytest.mark.parametrize("rule_id", RULES)
def test_fixture_shows_a_hit_a_near_miss_and_an_exclusion(rule_id):
    cases = " ".join(RuleFixture(TESTS / "rules" / rule_id).cases)
    for kind in ("hit", "near miss", "exclusion"):
        assert kind in cases, f"tests/rules/{rule_id} shows no {kind}"


@pytest.mark.parametrize("rule_id", RULES)
def test_without_a_column_the_rule_is_not_assessed_and_says_which(rule_id):
    fixture = RuleFixture(TESTS / "rules" / rule_id)
    rule = catalogue()[rule_id]
    table, columns = next((t, c) for t, c in rule.reads.items())
    tables = fixture.tables | {table: fixture.tables[table].drop(columns=columns[0])}
    outcome = apply(read_pack(PACK).rules[rule_id], tables, fixture.year)
    assert outcome.found is None and columns[0] in outcome.reason.en


@pytest.mark.parametrize("rule_id", RULES)
def test_docstring_says_it_all(rule_id):
    rule = catalogue()[rule_id]
    assert list(rule.sections) == list(SECTIONS)
    assert all(rule.sections.values()) and rule.title_en.isascii()
