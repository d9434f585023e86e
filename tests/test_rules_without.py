"""Rules that can do without a table: what they judge then, and that they say what they did not."""

from datetime import date

import pandas as pd
import pytest

from bangfu.audit import apply, coverage
from bangfu.params import read_pack
from bangfu.rules.catalogue import catalogue, rule
from conftest import TESTS, RuleFixture

RULES = read_pack("laizhou-2018-8").rules


def without(rule_id: str, table: str):
    fixture = RuleFixture(TESTS / "rules" / rule_id)
    return apply(RULES[rule_id], {name: frame for name, frame in fixture.tables.items() if name != table}, fixture.year)


def test_without_medical_bills_incomes_are_judged_alone():
    """H05 is below only after its bills; H09, whose bill is not clear, has 12000 for two, above 11400."""
    outcome = without("MO-01", "settlements")
    assert outcome.found.rows["subject"].tolist() == ["H01", "H12"]
    assert outcome.found.unassessed == 3 and "没有核对医疗等刚性支出" in outcome.found.notes[0][0]


def test_a_register_that_names_nobody_condemns_nobody():
    fixture = RuleFixture(TESTS / "rules" / "MO-01")
    outcome = apply(RULES["MO-01"], fixture.tables | {"monitored": fixture.tables["monitored"].tail(1)}, fixture.year)
    assert outcome.found.rows.empty and (outcome.found.assessed, outcome.found.unassessed) == (0, 12) and "没有评估" in outcome.found.notes[0][0]


@pytest.mark.parametrize(("rule_id", "more"), [("IS-01", ["H2|丁某"]), ("EX-03", ["H11"])])
def test_without_deaths_the_dead_are_not_left_out(rule_id, more):
    outcome, whole = without(rule_id, "deaths"), apply(RULES[rule_id], RuleFixture(TESTS / "rules" / rule_id).tables, 2019)
    assert set(outcome.found.rows["subject"]) - set(whole.found.rows["subject"]) == set(more)
    assert "没有死亡登记表" in coverage([outcome])["gap"].iloc[0] and whole.found.notes == []


@pytest.mark.parametrize(("rule_id", "table"), [("MO-01", "monitored"), ("MO-02", "monitored"), ("TG-01", "exit_targets"), ("IS-01", "members")])
def test_without_a_table_that_it_needs_a_rule_is_not_assessed(rule_id, table):
    outcome = without(rule_id, table)
    assert outcome.found is None and "absent" in outcome.reason.en


def test_only_tables_that_a_rule_reads_beside_others_are_optional():
    for optional in (["deaths"], ["members"]):
        with pytest.raises(TypeError, match="optional"):
            rule("XX-00", title="题", severity="low", subject="x", reads={"members": ["name"]}, optional=optional)(lambda members: None)
    assert "XX-00" not in catalogue()


@pytest.mark.parametrize(("year", "assessed"), [(2017, 0), (2018, 6), (2019, 6), (2020, 0)])
def test_the_deadline_of_pairing_is_looked_at_in_its_year_and_the_next(year, assessed):
    outcome = apply(RULES["HP-09"], RuleFixture(TESTS / "rules" / "HP-09").tables, year)
    # H4 came after the deadline; of the eight others H7 and H8 cannot be told.
    assert outcome.found.assessed == assessed and bool(outcome.found.notes) == (assessed == 0)
    assert (outcome.found.rows["subject"].tolist() == ["H1", "H3", "H6"]) == (assessed > 0)


def test_before_its_ceiling_is_in_force_only_the_plan_is_judged():
    """The ceiling of the poverty rate holds from the end of 2017 on; in 2016 丙镇, above it in 2019, is judged by its plan alone."""
    tables = RuleFixture(TESTS / "rules" / "TG-01").tables
    outcome = apply(RULES["TG-01"], tables, 2016)
    assert RULES["TG-01"].values["poverty_rate"].at(date(2016, 12, 31)) is None
    assert outcome.found.rows.empty and outcome.found.assessed == 0 and outcome.found.unassessed == 8


def test_without_cards_every_paired_household_is_held_to_its_gain():
    """H09, of a blue card, and H10, of an unknown one, gained 500; a register that tells nobody's card is as good as none."""
    fixture = RuleFixture(TESTS / "rules" / "TG-02")
    blank = fixture.tables["households"].assign(card=pd.Series(pd.NA, index=fixture.tables["households"].index, dtype="str"))
    for outcome in (without("TG-02", "households"), apply(RULES["TG-02"], fixture.tables | {"households": blank}, 2019)):
        assert outcome.found.rows["subject"].tolist() == ["H01", "H03", "H04", "H09", "H10", "H12"]
        assert (outcome.found.assessed, outcome.found.unassessed) == (8, 7) and "没有卡别" in outcome.found.notes[0][0]


def test_without_incomes_of_the_year_before_no_gain_is_assessed():
    tables = RuleFixture(TESTS / "rules" / "TG-02").tables
    outcome = apply(RULES["TG-02"], tables | {"incomes": tables["incomes"][tables["incomes"]["year"] == 2019]}, 2019)
    # Of the sixteen households H13 was not paired in the year, and H09 has a blue card.
    assert outcome.found.rows.empty and (outcome.found.assessed, outcome.found.unassessed) == (0, 14)
    assert outcome.found.notes == [("收入表没有2018年的收入,没有评估增收。", "The table of incomes has none of 2018: gains were not assessed.")]


def visits(month_of_photos: int, photos: int, of: int) -> pd.DataFrame:
    """`of` home visits by R1 in a month, `photos` of them with a photograph."""
    days = pd.to_datetime([f"2019-{month_of_photos:02d}-{i + 1:02d}" for i in range(of)]).astype("datetime64[us]")
    prints = pd.Series([f"{i:04x}" if i < photos else None for i in range(of)], dtype="str")
    return pd.DataFrame({"visit_id": [f"Z{i}" for i in range(of)], "helper_id": "R1", "visited_at": days, "mode": "home", "photo_fingerprint": prints, "origin": range(of)}).astype({"visit_id": "str", "helper_id": "str", "mode": "str"})


@pytest.mark.parametrize(
    ("photos", "subjects", "note"),
    [(0, [], "全县入户记录没有照片"), (4, [], "全县入户记录没有照片,或"), (5, ["R1"], None), (8, [], None), (10, [], None)],
)
def test_photographs_are_asked_for_only_where_the_system_is_in_use(photos, subjects, note):
    """Of ten visits none, or four, have one: below one half, not in use. Five: in use, and 50% are without. Eight: just 20% without."""
    outcome = apply(RULES["HV-12"], {"visits": visits(3, photos, 10)}, 2019)
    assert outcome.found.rows["subject"].tolist() == subjects
    assert (note is None and outcome.found.notes == []) or outcome.found.notes[0][0].startswith(note)
    assert (outcome.found.assessed, outcome.found.unassessed) == ((0, 1) if note else (1, 0))
