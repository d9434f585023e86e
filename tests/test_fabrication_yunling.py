"""Whom to visit first in yunling, a county made without our own generator: the ranks of those with planted cases, and the page that tells them."""

import pytest
from scipy import stats

from bangfu import workbench
from bangfu.assessment import fabrication, read_scorecard

RULES = ("HV-05", "HV-06", "HV-07", "HV-08", "HV-09", "HV-10", "SS-05")


@pytest.fixture(scope="module")
def scored(yunling_county):
    found = {o.in_force.rule.id: o.found.rows["subject"] for o in yunling_county.outcomes("visits") if o.in_force.rule.id in fabrication.RULES}
    assert set(found) == set(fabrication.RULES)
    return fabrication.score(yunling_county.tables, 2019, read_scorecard("example").fabrication, county=yunling_county.code, findings=found).table.set_index("helper_id")


@pytest.fixture(scope="module")
def planted(yunling, yunling_county) -> dict[str, set[str]]:
    """Rule -> helpers: whose the planted record is, who is planted, or whose household it is as a first helper."""
    tables = yunling_county.tables
    of_visit = tables["visits"].dropna(subset="visit_id").drop_duplicates("visit_id").set_index("visit_id")["helper_id"].to_dict()
    first = tables["pairings"].query("role == 'first'").groupby("household_id")["helper_id"].agg(set).to_dict()
    helpers = {}
    for case in yunling.planted[yunling.planted["rule_id"].isin(RULES)].itertuples():
        whose = first.get(case.subject) or {of_visit.get(case.subject, case.subject)}
        helpers.setdefault(case.rule_id, set()).update(whose)
    return helpers


def test_the_page_tells_the_ranks_of_those_with_planted_cases(scored, planted):
    told = (workbench.home() / "docs" / "fabrication.md").read_text(encoding="utf-8")
    for rule in RULES:
        ranks = sorted(int(scored.loc[helper, "rank"]) for helper in planted[rule])
        assert f"| {rule} | {len(ranks)} | {'、'.join(map(str, ranks))} |" in told


def test_the_page_tells_how_many_are_scored_and_found_and_the_area_under_the_curve(scored, planted):
    told = (workbench.home() / "docs" / "fabrication.md").read_text(encoding="utf-8")
    wrong = scored.index.isin(set.union(*planted.values()))
    score = scored["score"].fillna(0)
    # The area under the curve is the Mann-Whitney statistic over the number of pairs.
    area = stats.mannwhitneyu(score[wrong], score[~wrong]).statistic / (wrong.sum() * (~wrong).sum())
    first_ones = int(wrong[: read_scorecard("example").fabrication.visit_first].sum())
    assert f"{len(scored):,}名有记录的责任人中{int(scored['score'].notna().sum()):,}名有得分,有埋设情形的{wrong.sum()}名,得分前30名中有其中{first_ones}名。" in told
    assert f"AUC为{area:.3f}" in told
    assert area > 0.9
