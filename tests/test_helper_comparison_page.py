"""How far grades can be relied on, as the report shows it: what cannot be compared is said with its reason, and years stand side by side."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from bangfu.assessment import Standards, assess_helpers, read_scorecard
from bangfu.assessment.case_mix import compare_all
from bangfu.assessment.sensitivity import of_assessment
from bangfu.assessment.year_on_year import of_year
from bangfu.publish.pages.helper_comparison import HelperComparison
from bangfu.publish.tables import Notice, Table


@pytest.fixture(scope="module")
def results(yunling_county) -> dict:
    """Yunling by the example card, without findings."""
    card, tables = read_scorecard("example"), yunling_county.tables
    assessed = assess_helpers(tables, 2019, card, Standards.of(yunling_county.settings.pack, card, 2019))
    county = {"helpers": assessed.helpers, "points": assessed.points, "findings": None, "judged_by": {}, "year": 2019, "folder": None, "card": card}
    return county | {"sensitivity": of_assessment(assessed, card.sensitivity), "compared": compare_all(tables, 2019, card.comparison, card.held_months)}


@pytest.fixture(params=["zh", "en"])
def page(request, results) -> HelperComparison:
    return HelperComparison(SimpleNamespace(lang=request.param, **results))


def test_every_subject_has_one_verdict_and_what_was_not_compared_has_its_reason(page):
    shown = page.comparison_summary()
    frame = shown.frame
    # Four kinds of subjects; of five results the rise of incomes is missing, since yunling handed over one year.
    assert len(frame) == 16 and (frame[["above", "below", "average", "insufficient"]].sum(axis=1) == frame["n"]).all()
    assert ("收入明细表只有一年" if page.lang == "zh" else "the income table has one year") in shown.note
    assert ("无法调整：起点人均收入" if page.lang == "zh" else "Could not be adjusted for: starting income per head") in shown.note


def test_a_result_that_was_not_compared_is_a_notice_and_no_empty_chart(page):
    assert isinstance(page.comparison_chart("unit", "income_gain"), Notice) and not isinstance(page.comparison_chart("unit", "q_helper"), Notice)
    # One household each: nobody can be compared, and the funnel says why.
    said = page.adjusted_funnel("first", "q_helper")
    assert isinstance(said, Notice) and (f"户数均少于{page.card.comparison.min_households}户" if page.lang == "zh" else "nobody has") in repr(said)


def test_a_county_without_second_helpers_is_told_so(results):
    none = [replace(c, table=c.table.iloc[:0]) for c in results["compared"]["second"]]
    page = HelperComparison(SimpleNamespace(lang="zh", **results | {"compared": results["compared"] | {"second": none}}))
    assert "本年没有第二帮扶责任人" in repr(page.adjusted_funnel("second", "guarantees")) and isinstance(page.comparison_chart("second", "guarantees"), Notice)


def test_grades_that_hang_on_the_weights_are_marked_as_of_an_unapproved_card(page):
    shown = page.unstable_grades()
    assert ("示例" if page.lang == "zh" else "example, not approved") in shown.caption and str(page.card.sensitivity.seed) in shown.note
    assert shown.frame["stable"].is_monotonic_increasing and ((shown.frame["stable"] < 1) | (shown.frame["changed_under"] > 0)).all()


def test_without_settings_nothing_is_compared_and_that_is_said(results):
    card = results["card"].model_copy(update={"comparison": None, "sensitivity": None})
    page = HelperComparison(SimpleNamespace(lang="zh", **results | {"card": card, "compared": {}, "sensitivity": None}))
    assert all("未" in repr(shown) and isinstance(shown, Notice) for shown in (page.comparison_summary(), page.comparison_chart(), page.unstable_grades(), page.other_weights_chart()))


def test_years_stand_side_by_side_from_three_years_on(page):
    assert isinstance(page.years_compared(), Notice) and isinstance(page.years_side_by_side(), Notice)

    def year(number, *grades):
        return of_year(number, pd.DataFrame([(h, "first", "甲局", g, 80.0) for h, g in zip("ABC", grades) if g], columns=["helper_id", "role", "unit", "grade", "score"]), None, None, {})

    page.__dict__["_years"] = [year(2017, "称职", "称职", "称职"), year(2018, "优秀", "称职", None), year(2019, "称职", "称职", "称职")]
    shown = page.years_side_by_side()
    # B had the same grade in all three; C was not assessed in 2018.
    assert isinstance(shown, Table) and shown.frame["helper_id"].tolist() == ["A", "C"]
    assert list(shown.frame.filter(like="grade_")) == ["grade_2017", "grade_2018", "grade_2019"] and shown.frame["grade_2018"].isna().tolist() == [False, True]
