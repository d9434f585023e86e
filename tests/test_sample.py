"""The sample county: clean where it must be clean, the same for the same seed, and its truth is what the rules find."""

import hashlib
import math
import re

import numpy as np
import pandas as pd
import pytest

from bangfu import audit, identity
from bangfu.county import County
from bangfu.intake import read_county
from bangfu.params import read_pack
from bangfu.rules.catalogue import catalogue
from bangfu.sample.incomes import SOURCES
from bangfu.sample.ledger import SPECIAL, with_balances
from bangfu.sample.making import POLICY, clean_counties, make_county
from bangfu.sample.planting import Planting, plant, planted, plantings
from bangfu.sample.trial import differences


@pytest.fixture(scope="module")
def clean():
    """Two years of a county of 300 households, without a case."""
    return list(clean_counties(300, seed=5, year=2019, years=2))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A county of 1,200 households with its cases, in untidy files; the folder and its truth."""
    folder = tmp_path_factory.mktemp("sample")
    return folder, make_county(folder, households=1200, seed=3, year=2019)


def digest(folder):
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


# -- the clean county, without the rules ---------------------------------------------------------------------------


@pytest.mark.parametrize("households", [60, 300, 1200])
def test_the_county_has_the_size_that_was_asked_for(households):
    county = next(clean_counties(households, seed=2))
    size = {name: len(frame) for name, frame in county.tables.items()}
    assert size["households"] == size["incomes"] == households
    assert 0.15 * households < size["helpers"] - households < 0.45 * households  # second helpers, five households each, and some relieved first ones
    assert 28 * households < size["visits"] < 36 * households
    assert all(size.values()), "a table is empty"


def test_every_id_number_is_well_formed_and_one_persons(clean):
    for county in clean:
        for table in ("members", "helpers"):
            numbers = county.tables[table]["id_number"]
            assert identity.valid(numbers).all() and numbers.is_unique and numbers.str.startswith("999").all()
        assert not set(county.tables["members"]["id_number"]) & set(county.tables["helpers"]["id_number"])


def test_members_agree_with_the_family_size(clean):
    for county in clean:
        counted = county.tables["members"].groupby("household_id").size()
        homes = county.tables["households"].set_index("household_id")
        assert (counted.reindex(homes.index) == homes["family_size"]).all()


def test_incomes_add_up_and_nobody_out_of_poverty_is_below_the_line(clean):
    for county in clean:
        sheet = county.tables["incomes"].set_index("household_id")
        total = sheet[SOURCES].sum(axis=1)
        assert ((total - sheet["reported_total"]).abs() <= 100).all()  # one yuan of tolerance
        assert (total - sheet["expenses"] == sheet["reported_net"]).all()
        out = county.tables["households"].set_index("household_id")["status"] == "已脱贫"
        assert (sheet["reported_net"] >= county.poverty_line * sheet["family_size"])[out].all()


def test_every_balance_follows_from_the_one_before(clean):
    for county in clean:
        ledger = county.tables["ledger"]
        signed = ledger["amount"].where(ledger["direction"] == "in", -ledger["amount"])
        for account, rows in ledger.groupby("account_no"):
            balances = [county.opening[account], *rows["balance"]]
            assert [b - a for a, b in zip(balances, balances[1:], strict=False)] == signed[rows.index].tolist()
            assert min(balances) >= 0


def test_every_yuan_received_is_spent_or_left(clean):
    for county in clean:
        ledger, accounts = county.tables["ledger"], county.tables["accounts"]
        special = accounts.loc[accounts["account_kind"] == SPECIAL, "account_no"]
        rows = ledger[ledger["account_no"].isin(special)]
        came = rows.loc[(rows["direction"] == "in") & ~rows["counterparty_account"].isin(special), "amount"].sum()
        went = rows.loc[(rows["direction"] == "out") & ~rows["counterparty_account"].isin(special), "amount"].sum()
        left = rows.groupby("account_no")["balance"].last().sum()
        assert sum(county.opening[a] for a in special) + came - went == left
        assert rows.loc[rows["fund_id"].notna() & (rows["direction"] == "in"), "amount"].sum() == county.tables["funds"]["received"].sum()


def test_every_claim_is_paid_once_by_its_own_transaction(clean):
    for county in clean:
        paid = county.tables["claims"].merge(county.tables["ledger"], on="txn_id", suffixes=("", "_paid"), validate="one_to_one")
        assert len(paid) == len(county.tables["claims"])
        assert (paid["amount"] == paid["amount_paid"]).all() and (paid["project_id"] == paid["project_id_paid"]).all()


def test_households_and_helpers_go_on_from_year_to_year(clean):
    first, second = clean
    for table, column in (("households", "household_id"), ("helpers", "helper_id"), ("projects", "project_id"), ("ledger", "txn_id")):
        assert set(first.tables[table][column]) < set(second.tables[table][column])
    assert not set(first.tables["visits"]["visit_id"]) & set(second.tables["visits"]["visit_id"])


# -- the files -----------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        make_county(tmp_path / name, households=60, seed=seed, years=2)
    one, again, other = (digest(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert set(one) == set(other) and not {f for f in one if "/raw/" in f and one[f] == other[f]}


@pytest.mark.parametrize("untidy", [True, False])
def test_what_is_written_is_what_is_read(tmp_path, untidy):
    make_county(tmp_path, households=300, seed=4, plant=False, untidy=untidy)
    read = read_county(str(tmp_path / "2019" / "raw"))
    rejects = pd.read_csv(tmp_path / "2019" / "rejects.csv", dtype="str")
    assert sorted(zip(rejects["file"], rejects["column"], strict=True)) == sorted(zip(read.rejects["file"], read.rejects["column"], strict=True))
    county = next(clean_counties(300, seed=4))
    for name, frame in county.tables.items():
        if not untidy:
            pd.testing.assert_frame_equal(read.tables[name].drop(columns="origin"), frame.reset_index(drop=True), check_like=True)
        else:  # but for the cells that nobody can read, and the visits added to carry them
            got = read.tables[name].drop(columns="origin")[list(frame.columns)].head(len(frame))
            lost = (got.isna() & frame.reset_index(drop=True).notna()).sum().sum()
            assert lost <= (rejects["file"] != "走访记录.csv").sum()
            assert got.notna().sum().sum() + lost == frame.notna().sum().sum()


# -- the plantings -------------------------------------------------------------------------------------------------


def test_taking_leaves_what_another_planting_has_touched(clean):
    county = next(clean_counties(60, seed=1))
    county.begin("first")
    mine = county.take("households", 40)
    county.begin("second")
    theirs = county.take("members", 100)
    assert len(mine) == 40 and not set(mine["household_id"]) & set(theirs["household_id"])
    assert theirs["household_id"].is_unique and len(theirs) == 20  # one row of each of the twenty households left
    assert county.take("households", 1).empty


def test_a_taken_helper_brings_its_households():
    county = next(clean_counties(60, seed=1))
    county.begin("first")
    pairs = county.tables["pairings"]
    second = set(pairs.loc[pairs["role"] == "second", "helper_id"])
    helper = county.take("helpers", 1, where=lambda helpers: helpers["helper_id"].isin(second))
    homes = set(pairs.loc[pairs["helper_id"] == helper["helper_id"].iloc[0], "household_id"])
    assert not homes & set(county.take("households", 60)["household_id"])


def test_adding_copies_rows_under_new_ids():
    county = next(clean_counties(60, seed=1))
    county.begin("any")
    one = county.take("visits", 1)
    new = county.add("visits", one, content="另写一条")
    assert new["visit_id"].iloc[0] not in set(one["visit_id"]) and new["helper_id"].iloc[0] == one["helper_id"].iloc[0]
    assert county.tables["visits"]["visit_id"].is_unique
    with pytest.raises(KeyError, match="visits has no column colour"):
        county.add("visits", one, colour="red")


def test_rows_are_found_by_id_after_dropping_adding_and_changing():
    county = next(clean_counties(60, seed=1))
    helper = county.tables["pairings"]["helper_id"].iloc[0]
    mine = county.rows("visits", helper_id=helper)
    visits = county.tables["visits"]
    assert mine.equals(visits[visits["helper_id"] == helper]) and len(mine) > 5
    county.drop("visits", mine.iloc[:2])
    county.add("visits", mine.iloc[[2]])
    county.set("visits", mine.iloc[[3]], helper_id="ZR999999")
    visits = county.tables["visits"]
    assert county.rows("visits", helper_id=helper).equals(visits[visits["helper_id"] == helper])
    assert len(county.rows("visits", helper_id=helper)) == len(mine) - 2 + 1 - 1
    county.drop("visits", visits["helper_id"] == helper)
    assert county.rows("visits", helper_id=helper).empty and county.rows("visits", helper_id="nobody", mode="home").empty
    assert county.rows("visits", helper_id="ZR999999", mode=mine["mode"].iloc[3])["visit_id"].tolist() == [mine["visit_id"].iloc[3]]


def test_balances_are_computed_again_after_planting():
    county = next(clean_counties(60, seed=1))
    rows = county.tables["ledger"].iloc[:1]
    before = county.tables["ledger"]["balance"].copy()
    county.set("ledger", rows, amount=int(rows["amount"].iloc[0]) + 700)
    county.settle()
    account = rows["account_no"].iloc[0]
    moved = county.tables["ledger"]["balance"] - before.reindex(county.tables["ledger"].index)
    assert set(moved[county.tables["ledger"]["account_no"] == account]) == {700} and (moved[county.tables["ledger"]["account_no"] != account] == 0).all()
    assert with_balances(county.tables["ledger"], county.opening).equals(county.tables["ledger"])


def test_cases_last_are_mended_and_come_back():
    taken = []
    for county in clean_counties(300, seed=6, years=3):
        county.begin("the same planting")
        taken.append(set(county.take("households", 60)["household_id"]))
    one, two, three = taken
    assert 0.5 * 60 < len(one & two) < 0.9 * 60  # about 70% last
    assert (one - two) & three, "nothing mended came back"
    assert all(len(year) == 60 for year in taken)


def test_a_planting_knows_how_many_cases_it_has():
    assert Planting("HP-01", print, share=0.01).cases(1200) == 12
    assert Planting("HP-01", print, share=0.001).cases(60) == 1
    assert Planting("SS-01", print, share=0, n=2).cases(60) == 2
    assert callable(planted("XX-00"))


# -- the rules on it -----------------------------------------------------------------------------------------------


def findings(folder, year):
    """(rule, subject) of every finding of the rules in force, and the reasons of rules that were not assessed."""
    outcomes = County.open(folder / "params.yml", year).outcomes()
    found = {(o.in_force.rule.id, subject) for o in outcomes if o.found is not None for subject in o.found.rows["subject"]}
    return found, {o.in_force.rule.id: o.reason for o in outcomes if o.found is None}


@pytest.mark.parametrize(("households", "seed", "year", "years"), [(60, 1, 2019, 1), (300, 2, 2020, 2), (1200, 3, 2019, 1)])
def test_no_rule_finds_anything_in_the_clean_county(tmp_path, households, seed, year, years):
    make_county(tmp_path, households=households, seed=seed, year=year, years=years, plant=False)
    for current in range(year, year + years):
        assert findings(tmp_path, current) == (set(), {})


def test_the_rules_find_what_was_planted_and_nothing_else(written):
    folder, truth = written
    found, not_assessed = findings(folder, 2019)
    planted_ones = set(zip(truth["rule_id"], truth["subject"], strict=True))
    assert not not_assessed
    assert found - planted_ones == set(), "reported, but not planted"
    assert planted_ones - found == set(), "planted, but not reported"


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_tiny_county_is_planted_where_there_is_room(seed):
    county = next(clean_counties(60, seed, year=2018 + seed % 3, policy=POLICY))
    truth = plant(county)
    assert truth and differences(county, truth).empty


def test_a_helper_who_takes_over_has_a_telephone_of_their_own():
    county = next(clean_counties(300, seed=3, policy=POLICY))
    helpers = len(county.tables["helpers"])
    plant(county, {"HP-03", "HP-07"})
    assert len(county.tables["helpers"]) > helpers
    assert not county.tables["helpers"]["phone"].dropna().duplicated().any()


def test_the_rules_find_what_was_planted_in_years_in_a_row(tmp_path):
    truth = make_county(tmp_path, households=400, seed=9, year=2020, years=3)
    for year, rows in truth.groupby("year"):
        assert findings(tmp_path, year)[0] == set(zip(rows["rule_id"], rows["subject"], strict=True))


def test_every_rule_has_a_planting_beside_it():
    assert set(catalogue()) - {planting.rule_id for planting in plantings()} == set()


@pytest.mark.parametrize("twice", [0.0, 0.01, 0.2])
def test_rows_in_another_order_or_handed_over_twice_change_nothing_else(twice):
    county = next(clean_counties(300, seed=6, policy=POLICY))
    plant(county)
    tables, rng = numbered(county.tables), np.random.default_rng(6)
    muddled = {}
    for name, frame in tables.items():
        again = frame.iloc[rng.permutation(len(frame))[: math.ceil(len(frame) * twice)]]
        every = pd.concat([frame, again.assign(origin=again["origin"] + len(frame))])
        muddled[name] = every.iloc[rng.permutation(len(every))].reset_index(drop=True)
    # What a repeated row is itself evidence of: members and entries of the property register are counted as they stand.
    about = {"DQ-02", "CM-02"} if twice else set()
    for rule_id, in_force in read_pack(POLICY).rules.items():
        before, after = (audit.apply(in_force, t, county.year).found.rows for t in (tables, muddled))
        if rule_id not in about:
            pd.testing.assert_frame_equal(before[["subject", "amount"]], after[["subject", "amount"]], obj=rule_id)


def spoilt(column, what, rng):
    """The column with three cells of ten blank, or replaced by a value as odd as a typing error can make it."""
    odd = {"zero": 0, "negative": -5, "huge": 10**13} if column.dtype in ("Int64", "float64") else {}
    odd |= {"long ago": pd.Timestamp(1900, 1, 1), "far ahead": pd.Timestamp(2199, 12, 31)} if column.dtype.kind == "M" else {}
    return column.mask(rng.random(len(column)) < 0.3, odd.get(what)) if what in odd or what == "blank" else column


@pytest.mark.parametrize("what", ["blank", "zero", "negative", "huge", "long ago", "far ahead", "no rows"])
def test_no_rule_breaks_on_cells_that_are_blank_or_odd(what):
    county = next(clean_counties(60, seed=6, policy=POLICY))
    plant(county)
    tables, rng = numbered(county.tables), np.random.default_rng(6)
    for name, frame in tables.items():
        tables[name] = frame[:0] if what == "no rows" else frame.apply(lambda column: column if column.name == "origin" else spoilt(column, what, rng))
    for rule_id, in_force in read_pack(POLICY).rules.items():
        for sentence in audit.apply(in_force, tables, county.year).found.rows[["condition", "condition_en"]].to_numpy().ravel():
            assert not {"nan", "NaT", "<NA>", "None"} & set(re.findall(r"<?\w+>?", sentence)), (rule_id, sentence)


def numbered(tables):
    """The tables as a rule gets them, with a number for each row."""
    return {name: frame.reset_index(drop=True).assign(origin=range(place << 32, (place << 32) + len(frame))) for place, (name, frame) in enumerate(tables.items())}
