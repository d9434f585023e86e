"""Sanctions of units: proposed until confirmed, of the unit that helped on the day, and never published where they tell a household's answer."""

from types import SimpleNamespace

import pandas as pd
import pytest

from assessed import assess, card, county, days, found
from bangfu.assessment.statement import StatementBook
from bangfu.assessment.unit_sanctions import unit_sanctions
from bangfu.findings import SCHEMA
from bangfu.intake import dictionary
from bangfu.params import read_pack
from bangfu.publish.masking import WITHHELD, Masker
from bangfu.publish.statements.summary import Summaries

RULES = read_pack("laizhou-2018-8").rules
SANCTION = "通报批评该单位,约谈主要领导"


def tables():
    """H01 (甲局), H03 and H04 (丙局) are dissatisfied; so is H02, asked on 30 June, the last day of R03 of 乙局, and H05, whose helper has no unit."""
    survey = pd.DataFrame({"household_id": ["H01", "H02", "H03", "H04", "H05"], "q_helper": pd.array([2, 1, 1, 2, 2], dtype="Int64")}).astype({"household_id": "str"})
    survey["response_id"] = "D" + survey["household_id"]
    survey["interviewed_at"] = days(["2019-11-03", "2019-06-30", "2019-11-03", "2019-11-03", "2019-11-03"])
    survey["origin"] = range(len(survey))
    return county() | {"survey": survey}


def findings(*rows):
    table = found(*rows).reindex(columns=[f.name for f in SCHEMA])
    return table.assign(finding_id=[f"F{i}" for i in range(len(table))], condition=[f"{s}不满意" for s in table["subject"]], condition_en=[f"{s} dissatisfied" for s in table["subject"]], severity="medium", title="题", title_en="title", sources=[[{"file": "问卷.xlsx", "sheet": "问卷", "row": 7}]] * len(table))


def said(*rows):
    return unit_sanctions(tables(), findings(*rows), RULES, 2019)[["unit", "rule_id", "status", "fact", "sanction"]].values.tolist()


def test_a_sanction_is_proposed_until_the_finding_is_confirmed():
    assert said(("SS-02", "H01", "new")) == [["甲局", "SS-02", "new", "受访户对帮扶责任人不满意的有1户。", f"拟{SANCTION}(须经核实确认)"]]
    assert said(("SS-02", "H01", "confirmed"))[0][-1] == SANCTION
    assert said(("SS-02", "H01", "rejected"))[0][-1] == "不作处理"
    assert said(("SS-02", "H01", "vanished")) == []


def test_households_are_counted_for_the_unit_by_the_state_of_their_findings():
    rows = said(("SS-02", "H03", "new"), ("SS-02", "H04", "new"), ("SS-02", "H01", "confirmed"), ("HV-11", "丙局", "confirmed"))
    assert [(unit, rule, status, fact) for unit, rule, status, fact, _ in rows] == [
        ("丙局", "HV-11", "confirmed", "丙局不满意"), ("丙局", "SS-02", "new", "受访户对帮扶责任人不满意的有2户。"), ("甲局", "SS-02", "confirmed", "受访户对帮扶责任人不满意的有1户。"),
    ]  # fmt: skip


def test_the_unit_is_that_of_the_first_helper_on_the_day_of_the_interview():
    """R03 held H02 until 30 June, R02 from 1 July: both are of 乙局, so R02 is moved to another unit."""
    moved = tables()
    moved["helpers"].loc[moved["helpers"]["helper_id"] == "R02", "unit"] = "戊局"
    assert unit_sanctions(moved, findings(("SS-02", "H02", "new")), RULES, 2019)["unit"].tolist() == ["乙局"]


def test_a_household_whose_helper_has_no_unit_is_nobodys():
    assert said(("SS-02", "H05", "new")) == []


def test_without_the_survey_only_missed_visits_count():
    without = {name: table for name, table in tables().items() if name != "survey"}
    assert unit_sanctions(without, findings(("SS-02", "H01", "new"), ("HV-11", "丙局", "new")), RULES, 2019)["rule_id"].tolist() == ["HV-11"]


def summaries(edition: str, lang: str = "zh") -> Summaries:
    told, by, here = findings(("SS-02", "H01", "confirmed"), ("HV-11", "丙局", "new")), card(statements={"answer_days": 10, "smallest": 3}), tables()
    book = StatementBook(here, assess(here, by, told), told)
    place = SimpleNamespace(assessed=book.assessed, card=by, tables=here, findings=told, edition=edition, lang=lang, year=2019, settings=SimpleNamespace(pack=read_pack("laizhou-2018-8")))
    pages = Summaries(place, book)
    pages.masker = Masker.of(here, dictionary()) if edition == "public" else None
    return pages


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_published_edition_says_nothing_of_units_that_rests_on_an_answer(lang):
    inside, outside = (summaries(edition, lang).unit_sanctions() for edition in ("internal", "public"))
    assert inside.frame["rule_id"].tolist() == ["HV-11", "SS-02"]
    assert outside.frame["rule_id"].tolist() == ["HV-11"] and "甲局" not in outside.frame.to_string()
    nothing = summaries("public", lang).unit_sanctions("甲局")
    assert "甲局" not in nothing.sentence and "不满意的有" not in nothing.sentence


def test_a_published_finding_tells_neither_the_household_nor_its_answer():
    shown = Masker().findings(findings(("HV-11", "丙局", "new"), ("SS-02", "H01", "new"), ("SS-02", "H03", "new")))
    assert shown["subject"].tolist() == ["丙局", WITHHELD.zh, WITHHELD.zh] and shown["finding_id"].tolist() == ["F0", "SS-02-1", "SS-02-2"]
    assert shown["condition"].tolist() == ["丙局不满意", WITHHELD.zh, WITHHELD.zh] and shown["condition_en"].tolist()[1] == WITHHELD.en
    assert [len(s) for s in shown["sources"]] == [1, 0, 0]


def test_a_households_page_row_names_the_rule_only_inside():
    for edition, told in (("internal", "SS-02"), ("public", "—")):
        pages = summaries(edition)
        assert pages.households(pages.book.statement("R01")).frame["rules"].tolist() == [told]


def test_a_dissatisfied_household_costs_its_helper_no_point_beyond_the_answer():
    """The card counts the answer itself (q_helper); the finding changes neither score nor grade nor veto."""
    here = tables()
    without, given = assess(here, findings=found()), assess(here, findings=found(("SS-02", "H01", "confirmed"), ("SS-02", "H03", "new")))
    pd.testing.assert_frame_equal(without.helpers, given.helpers)
    assert given.vetoes.empty
