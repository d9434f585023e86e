"""The notebook `relations`: names are masked in the public edition, links are explained all the same."""

import pandas as pd
import pytest

from bangfu import charts, workbench
from bangfu.problems import WrongParams
from bangfu.publish.pages import Relations
from bangfu.relations import read_settings
from handed_over import PARAMS, hand_over

FIRMS = {"XM20190027", "XM20190043", "XM20190089"}  # planted in yunling: their representatives are helpers (PJ-05)


@pytest.fixture(scope="module")
def page(yunling, tmp_path_factory) -> Relations:
    page = Relations.open(yunling.params, 2019, reports=tmp_path_factory.mktemp("reports"))
    page.county.folder.mkdir(parents=True)
    return page


def test_names_are_masked_and_links_are_told(page, yunling_county):
    told = page.contractors()._repr_html_()
    projects = yunling_county.tables["projects"]
    theirs = projects[projects["project_id"].isin(FIRMS)]
    assert not any(name in told for name in theirs["legal_representative"])
    assert all(firm in told for firm in theirs["contractor"]) and "法定代表人" in told and "证件号码相同" in told and "项目库第" in told


def test_accounts_and_holders_are_masked(page, yunling_county):
    told = page.receivers()._repr_html_()
    holders = yunling_county.tables["benefits"].groupby("account_no").agg(households=("household_id", "nunique"), name=("account_name", "first"))
    shared = holders[holders["households"] >= 3]
    assert len(shared) == 3  # BE-03 was planted three times
    assert not any(n in told for n in [*shared.index, *shared["name"]]) and all(number[-4:] in told for number in shared.index)


def test_the_receivers_are_those_that_were_planted(page, yunling):
    planted = yunling.planted[yunling.planted["rule_id"] == "BE-03"]["subject"]
    assert {a for r in page._receivers.itertuples() for a in planted if a in r.explanation} == set(planted) and len(page._receivers) == len(planted)


def test_the_contractors_are_those_that_were_planted(page, yunling):
    assert {p for projects in page._behind["projects"] for p in projects} == set(yunling.planted[yunling.planted["rule_id"] == "PJ-05"]["subject"]) == FIRMS


def test_what_was_not_looked_for_is_said(page):
    assert "没有比对" in repr(page.two_counties()) and "没有指定" in repr(page.path())


def test_a_chain_between_two_that_are_named(page, yunling_county):
    projects = yunling_county.tables["projects"].set_index("project_id")
    page.start, page.goal = projects.at["XM20190027", "contractor"], "XM20190027"
    assert [s.kind for s in page.between.steps] == ["contract"] and "承建项目XM20190027" in repr(page.path_in_words())
    with pytest.raises(WrongParams, match="没有“无此企业”"):
        page._node("无此企业")


def test_the_table_to_confirm_stays_inside(page):
    page.finish()
    assert [p.name for p in page.county.folder.iterdir() if p.name.startswith("relations")] == ["relations.json"]


def chains(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["nodes", "links", "status", "end"])


def test_chains_are_drawn_with_every_node_and_link_in_words():
    drawn = charts.relation_chains(chains((["甲公司", "张*", "贫困户H1", "电话199", "李*"], ["法定代表人", "户成员", "电话", "电话"], "suggested", "帮扶责任人"), (["乙公司", "王*"], ["任职"], "exact", "财政供养人员")))
    assert "2条关联链" in drawn.title and "1条待确认" in drawn.title and "甲公司 – 张* – 贫困户H1 – 电话199 – 李*" in drawn.alt
    assert drawn.svg == charts.relation_chains(chains((["甲公司", "张*", "贫困户H1", "电话199", "李*"], ["法定代表人", "户成员", "电话", "电话"], "suggested", "帮扶责任人"), (["乙公司", "王*"], ["任职"], "exact", "财政供养人员"))).svg


def test_no_chain_is_a_sentence():
    assert charts.relation_chains(chains()).figure is None


@pytest.fixture
def bare(tmp_path) -> Relations:
    """A county of one household with the required tables alone."""
    hand_over(tmp_path / "raw")
    (tmp_path / "bare.yml").write_text(PARAMS, encoding="utf-8")
    (tmp_path / "other.yml").write_text(PARAMS.replace("999001", "999002"), encoding="utf-8")
    page = Relations.open(tmp_path / "bare.yml", 2019, reports=tmp_path / "reports", others=[tmp_path / "other.yml"])
    page.county.folder.mkdir(parents=True)
    return page


def test_without_the_tables_of_money_it_is_said_what_was_not_looked_for(bare):
    assert "没有查,不等于没有".replace(",", "\uff0c") in repr(bare.absent()) and "项目库" in repr(bare.absent())
    for shown in (bare.conclusion(), bare.contractors(), bare.receivers(), bare.suggestions(), bare.hubs(), bare.finish()):
        assert shown._repr_html_()


def test_the_same_household_in_two_counties_is_found_by_its_numbers(bare):
    # Both counties read the same files: member 张三 stands in both, and nobody else is a member.
    rows = bare.two_counties().frame
    assert rows[["county", "household", "other_county", "other_household"]].values.tolist() == [["999001", "H1", "999002", "H1"]]
    assert "张三" not in rows["chain"].iloc[0] and "家庭成员.csv第2行" in rows["chain"].iloc[0]


@pytest.mark.parametrize(("old", "new", "said"), [("max_links: 4", "max_links: 0", "max_links"), ("minor_age: 18", "minor_ages: 18", "minor_age"), ("[0.95, 0.03]", "[0.95, 0.3]", "stated")])
def test_a_mistake_in_the_settings_is_a_sentence(old, new, said, tmp_path):
    path = tmp_path / "relations.yml"
    path.write_text((workbench.params() / "relations.yml").read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WrongParams, match=said):
        read_settings(path)
