"""Planted relations are found, each link with its rows; what only seems one is not."""

import pandas as pd
import pytest

from bangfu.relations import Network, read_settings
from bangfu.relations.contractors import behind_contractors, not_followed
from bangfu.relations.counties import registered_twice
from bangfu.relations.decisions import Decision, decided, read_decisions, to_confirm, write_to_confirm
from bangfu.relations.likeness import suggest
from bangfu.relations.names import persons, written_alike
from bangfu.relations.receivers import receivers
from bangfu.sample.making import clean_counties
from bangfu.sample.relations import plant_in_two_counties, plant_receivers, plant_relations


def in_hand(county) -> tuple[dict[str, pd.DataFrame], object]:
    """The tables of a made-up county with row tokens, and where a token stands: the table's name and the row."""
    names = list(county.tables)
    tables = {n: f.reset_index(drop=True) for n, f in county.tables.items()}
    for number, frame in enumerate(tables.values()):
        frame["origin"] = (number << 32) + pd.Series(range(2, len(frame) + 2), dtype="int64")
    return tables, lambda origin: {"file": names[origin >> 32], "sheet": "", "row": origin & 0xFFFFFFFF}


@pytest.fixture(scope="module")
def planted():
    """A county of 700 households with relations planted; (network with suggestions, likeness, truths, tables)."""
    county = next(clean_counties(700, seed=5))
    truth, collected = plant_relations(county), plant_receivers(county)
    tables, where = in_hand(county)
    plain = Network.of({county.code: tables}, {county.code: where})
    likeness = suggest(plain)
    network, _ = decided(plain, likeness)
    return network, likeness, truth, collected, tables


@pytest.fixture(scope="module")
def behind(planted):
    return behind_contractors(planted[0])


PLANTED = ["himself", "member", "same_household", "same_telephone", "same_account", "same_company", "without_number", "other_name", "village_telephone"]


@pytest.mark.parametrize("relation", PLANTED)
def test_planted_relations_and_no_others_are_found_behind_a_contractor(relation, planted, behind):
    truth = planted[2][planted[2]["relation"] == relation]
    mine = behind[behind["contractor"] == truth["contractor"].iloc[0]]
    found = {(next((p for p in truth["person"] if p in b.person), b.person), b.steps, b.status) for b in mine.itertuples()}
    assert found == set(truth[["person", "steps", "status"]].itertuples(index=False, name=None))


def test_nobody_is_found_behind_other_contractors_nor_one_who_merely_bears_a_helpers_name(planted, behind):
    network, _, truth, _, tables = planted
    helpers = set(tables["helpers"]["name"])
    namesakes = tables["projects"][tables["projects"]["legal_representative"].isin(helpers) & ~tables["projects"]["contractor"].isin(truth["contractor"])]
    assert len(namesakes) and set(behind["contractor"]) == set(truth["contractor"])


def test_every_link_names_the_rows_on_both_sides(planted, behind):
    """In each row named, what the link says stands indeed: the contractor, the person, or what joins them."""
    network, _, truth, _, tables = planted
    for found in behind.itertuples():
        chain = network.path(found.company, found.person, dealings=False)
        assert [s.kind for s in chain.steps] and len(chain.steps) == found.steps
        for step in chain.steps:
            assert step.rows
            for county, origin in step.rows:
                row = _row(tables, origin)
                if step.kind not in ("same",):
                    for node in (step.a, step.b):
                        assert _stands_in(node, network, row), (step, row)
        assert {r for s in chain.steps for r in s.rows} <= set(found.evidence)


def _row(tables, origin):
    frame = list(tables.values())[origin >> 32]
    return frame[frame["origin"] == origin].iloc[0]


def _stands_in(node, network, row) -> bool:
    values = set(row.dropna().astype(str))
    if node in network.persons.index:
        person = network.persons.loc[node]
        return person["id_number"] in values or person["name"] in values
    return node.split(":")[-1] in values


def test_the_chain_says_each_link_in_both_languages(planted, behind):
    case = planted[2].groupby("relation").last().loc["same_telephone"]
    told = behind[behind["contractor"] == case["contractor"]].iloc[-1]
    # Company, representative, household, telephone, helper: four links, and the row that calls him a helper.
    links = told["chain"].removesuffix("。").split(";")[:5]
    assert [next(w for w in ("法定代表人", "的成员", "联系方式是电话", "帮扶责任人") if w in link) for link in links] == ["法定代表人", "的成员", "联系方式是电话", "联系方式是电话", "帮扶责任人"]
    assert all("第" in link and "行" in link for link in links) and "证件号码相同" in links[1]
    assert told["chain_en"].count("has telephone") == 2 and "legal representative" in told["chain_en"]


def test_a_telephone_of_many_is_a_hub_and_leads_nowhere(planted):
    network = planted[0]
    # Twelve households and one helper: 13 neighbours.
    assert network.hubs.loc[network.hubs["kind"] == "phone", ["neighbours", "helpers"]].values.tolist() == [[13, 1]]


def test_an_unconfirmed_likeness_never_makes_a_relation_exact(planted, behind):
    network = planted[0]
    for found in behind[behind["status"].isin(["exact", "doubtful"])].itertuples():
        assert all(s.status == "stated" for s in network.path(found.company, found.person, dealings=False).steps)


def test_suggestions_are_true_and_say_their_weights(planted):
    network, likeness, truth, _, _ = planted
    assert likeness.estimated and likeness.check["right"] == likeness.check["suggested"] > 0
    person = truth.set_index("relation").loc["without_number", "person"]
    pair = likeness.pairs[likeness.pairs["a"].str.contains(person, regex=False) | likeness.pairs["b"].str.contains(person, regex=False)]
    assert len(pair) >= 1
    p = pair.iloc[0]
    weights = [p[c] for c in ("prior", "name", "born", "sex", "village", "unit") if pd.notna(p[c])]
    assert p["bits"] == pytest.approx(sum(weights)) and p["probability"] == pytest.approx(1 / (1 + 2 ** -p["bits"]))
    assert "姓名相同" in p["why"] and "出生日期相同" in p["why"] and "same day of birth" in p["why_en"]


def test_the_same_rows_give_the_same_suggestions(planted):
    again = suggest(Network.of(planted[0].tables, planted[0].where))
    pd.testing.assert_frame_equal(again.pairs, planted[1].pairs)


def test_benefits_that_end_with_one_household_are_counted_to_the_fen(planted):
    network, _, _, collected, _ = planted
    found = receivers(network)
    case = collected.iloc[0]
    assert found[["households", "amount", "helpers"]].values.tolist() == [[case["households"], case["amount"], 1]]
    assert found["receiver"].iloc[0].endswith(case["receiver"]) and "帮扶责任人" in found["chain"].iloc[0]


def test_households_in_two_counties():
    first, second = next(clean_counties(250, seed=5)), next(clean_counties(250, seed=6, code="999311", name="青屿县"))
    truth = plant_in_two_counties(first, second)
    (one, where_one), (two, where_two) = in_hand(first), in_hand(second)
    plain = Network.of({first.code: one, second.code: two}, {first.code: where_one, second.code: where_two})
    network, _ = decided(plain, suggest(plain))
    found = registered_twice(network)
    pairs = {frozenset(p) for p in found[["household", "other_household"]].values.tolist()}
    assert pairs == {frozenset(p) for p in truth[["household", "other_household"]].values.tolist()}
    assert sorted(found["status"]) == ["exact", "suggested"]


def test_too_few_rows_use_the_stated_weights_and_say_so():
    members = pd.DataFrame({"household_id": ["H1", "H2"], "name": ["欧阳青禾", "李伟"], "id_number": [None, "999001197305250971"], "born_on": pd.to_datetime(["1980-01-02", None]).as_unit("us"), "origin": [2, 3]})
    helpers = pd.DataFrame({"helper_id": ["B1"], "name": ["李伟"], "id_number": [None], "unit": ["财政局"], "phone": [None], "origin": [1 << 32]})
    told = suggest(Network.of({"999001": {"members": members.astype({"id_number": "str"}), "helpers": helpers.astype({"id_number": "str", "phone": "str"})}}, {}))
    assert not told.estimated and "给定权重" in told.reason[0]
    assert told.pairs.empty  # a name alone is not enough


def test_only_a_confirmed_suggestion_stands(planted, tmp_path):
    network, likeness, truth, _, _ = planted
    plain = Network.of(network.tables, network.where)
    table = to_confirm(network, likeness)
    assert table["rows_a"].str.contains("第").all() and table["verdict"].eq("").all()
    one = truth.set_index("relation").loc["without_number"]
    mine = likeness.pairs[likeness.pairs["a"].str.contains(one["person"], regex=False) | likeness.pairs["b"].str.contains(one["person"], regex=False)]["id"]
    for verdict, status in (("是", ["confirmed"]), ("不是", [])):
        filled = table.assign(verdict=table["id"].isin(mine).map({True: verdict, False: ""}), by="甲", on="2020-03-01")
        write_to_confirm(filled, tmp_path / "确认.csv")
        after, unsaid = decided(plain, likeness, read_decisions(tmp_path / "确认.csv"))
        found = behind_contractors(after)
        assert not unsaid and found.loc[found["contractor"] == one["contractor"], "status"].tolist() == status


def test_a_decision_on_other_evidence_is_open_again(planted):
    network, likeness, *_ = planted
    plain = Network.of(network.tables, network.where)
    first = likeness.pairs.iloc[0]
    old = Decision(first["id"], "confirmed", "甲", "2020-03-01", "", "another")
    gone = Decision("S000000000000", "confirmed", "甲", "2020-03-01", "", "x")
    after, said = decided(plain, likeness, [old, gone])
    assert len(said) == 2 and "重新确认" in said[0].zh and (after.links["kind"] == "same_confirmed").sum() == 0


def test_mistakes_in_the_confirmations_are_all_said(tmp_path):
    path = tmp_path / "确认.csv"
    path.write_text("编号,依据摘要,结论(是/不是),确认人,确认日期\nS1,d,对,,去年\n", encoding="utf-8-sig")
    with pytest.raises(Exception) as wrong:
        read_decisions(path)
    assert len(wrong.value.sentences) == 3 and all("第2行" in s.zh for s in wrong.value.sentences)


def test_contractors_whose_representative_is_not_known_are_counted(planted):
    network = planted[0]
    tables = {c: dict(t) for c, t in network.tables.items()}
    code = next(iter(tables))
    projects = tables[code]["projects"]
    firm = sorted(projects["contractor"].dropna().unique())[0]
    tables[code]["projects"] = projects.assign(**{c: projects[c].mask(projects["contractor"] == firm) for c in ("legal_representative", "legal_representative_id")})
    told, before = not_followed(Network.of(tables, network.where)), not_followed(network)
    assert told["without_representative"] == before["without_representative"] + 1 and told["contractors"] == before["contractors"]


@pytest.mark.parametrize(
    ("name", "alike", "person"),
    [("李 德", "李德", True), ("張三丰", "张三丰", True), ("阿依·古丽", "阿依·古丽", True), ("阿依•古丽", "阿依·古丽", True), ("福香宾馆", "福香宾馆", False), ("云岭县财政局", "云岭县财政局", False),
     ("  ", None, False), (None, None, False)],
)  # fmt: skip
def test_names_as_they_are_written(name, alike, person):
    settings = read_settings().names
    written = written_alike(pd.Series([name], dtype="str"), settings)
    assert (None if written.isna().iloc[0] else written.iloc[0]) == alike
    assert persons(written, settings).tolist() == [person]
