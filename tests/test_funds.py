"""The money of the fund audit: the reconciliation closes to the fen, and money at risk counts each fen once."""

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.audit import Outcome, apply_all
from bangfu.findings import Found
from bangfu.funds.at_risk import MoneyAtRisk, at_risk
from bangfu.funds.reconciliation import reconcile
from bangfu.funds.records import records
from bangfu.intake import read_county
from bangfu.params import read_pack
from bangfu.sample.making import make_county
from conftest import TESTS, read_fixture_table

PACK = read_pack("laizhou-2018-8")
YEAR = SimpleNamespace(pack=PACK, year=2019)
NOTHING = MoneyAtRisk(pd.DataFrame({"kind": [], "txn": [], "amount": []}).astype({"amount": "Int64"}), pd.DataFrame())


def fixture(name: str) -> dict[str, pd.DataFrame]:
    return {p.stem: read_fixture_table(p) for p in sorted((TESTS / "funds" / name).glob("*.csv"))}


def yuan(amounts) -> list:
    """Fen as whole yuan (the examples have no fen), missing as None."""
    return [None if pd.isna(a) else int(a) / 100 for a in amounts]


# Reconciliation ------------------------------------------------------------------------------------------------------


def doubt(tables, **of_transaction) -> MoneyAtRisk:
    """So much (yuan) of these transactions is in question."""
    token = tables["ledger"].set_index("txn_id")["origin"]
    parts = pd.DataFrame({"kind": "spent", "txn": [token[t] for t in of_transaction], "amount": [100 * a for a in of_transaction.values()]})
    return MoneyAtRisk(parts.astype({"amount": "Int64"}), pd.DataFrame())


def test_reconciliation_by_fund():
    tables = fixture("reconciliation")
    done = reconcile(tables, doubt(tables, L8=200), YEAR)
    columns = ["issued", "table_received", "received", "moved_in", "spent", "in_question", "passed_on", "left", "overspent", "not_arrived", "unmatched", "gap"]
    told = {(None if f != f else f): yuan(row) for f, row in zip(done.funds["fund_id"], done.funds[columns].to_numpy(), strict=True)}
    assert told == {
        # Z1: 1000 arrived; the 700 to T stand twice and are neither received again nor spent; 100 went to U; 600 spent
        "Z1": [1000, 1000, 1000, 0, 400, 200, 100, 300, 0, 0, 0, 0],
        # Z2: 400 of 500 arrived, on B; 160 spent from T and 20 from B
        "Z2": [500, 400, 400, 0, 180, 0, 0, 220, 0, 100, 0, 0],
        # Z3: the fund table says 300, the ledger 250; 300 spent
        "Z3": [300, 300, 250, 0, 300, 0, 0, 0, 50, 0, 50, 0],
        # interest
        None: [None, None, 5, 0, 0, 0, 0, 5, 0, None, None, 0],
    }
    assert done.closes and done.reason is None


def test_reconciliation_as_a_statement():
    tables = fixture("reconciliation")
    done = reconcile(tables, doubt(tables, L8=200), YEAR)
    assert dict(zip(done.lines["step"], yuan(done.lines["amount"]), strict=True)) == {
        "issued": 1800, "not_arrived": 100, "unmatched": 50, "incomplete": 0,
        "received": 1650,  # 1000 + 400 + 250
        "moved_in": 0, "spent": 880, "in_question": 200, "passed_on": 100, "overspent": 50,
        "left": 520,  # 300 + 220
        "less_overspent": 50, "without_fund": 5,
        "elsewhere": 230,  # on B: 400 received, 150 moved on, 20 spent
        "opening": 70,  # C 50, T 20
        "expected": 315,  # 520 - 50 + 5 - 230 + 70
        "closing": 315,  # C 250, T 65
        "difference": 0,
    }  # fmt: skip
    assert_adds_up(done)
    assert dict(zip(done.waterfall["label_en"], yuan(done.waterfall["amount"]), strict=True)) == {
        "Received": 1650, "Spent: 产业发展": 180, "Spent: 基础设施": 400, "Spent: 社会事业": 300, "Spent, in question": 200,
        "Passed to special accounts whose books do not show it": 100, "Spent beyond receipts (out of other money)": -50, "Left": 520,
    }  # fmt: skip


def test_a_balance_that_the_rows_do_not_explain_is_a_difference_of_its_own():
    tables = fixture("reconciliation")
    ledger = tables["ledger"]
    # The 300 of L11 went out by the balances, but the row is not in the ledger.
    done = reconcile(tables | {"ledger": ledger[ledger["txn_id"] != "L11"]}, NOTHING, YEAR)
    assert yuan(done.lines.set_index("step").loc[["expected", "closing", "difference"], "amount"]) == [615, 315, -300]
    assert yuan(done.accounts.set_index("account_no").loc[["C", "T", "B"], "difference"]) == [0, -300, 0]
    assert not done.closes


def test_without_balances_nothing_is_said_to_close():
    tables = fixture("reconciliation")
    tables["ledger"] = tables["ledger"].drop(columns="balance")
    done = reconcile(tables, NOTHING, YEAR)
    assert not done.closes and (done.funds["gap"] == 0).all()


def test_a_row_without_amount_is_counted_and_stands_in_no_sum():
    tables = fixture("reconciliation")
    tables["ledger"]["amount"] = tables["ledger"]["amount"].mask(tables["ledger"]["txn_id"] == "L8")
    done = reconcile(tables, NOTHING, YEAR)
    assert done.unreadable == 1
    assert yuan(done.funds.set_index("fund_id").loc[["Z1"], "spent"]) == [0]
    assert yuan(done.lines.set_index("step").loc[["difference"], "amount"]) == [-600]


def test_without_the_accounts_there_is_no_reconciliation_and_a_reason():
    tables = fixture("reconciliation")
    del tables["accounts"]
    done = reconcile(tables, NOTHING, YEAR)
    assert not done.closes and "账户" in done.reason.zh


def test_benefits_are_reconciled_only_where_the_ledger_shows_the_payment():
    tables = fixture("at_risk")
    tables["benefits"] = tables["benefits"].assign(account_no=["6217", "6218"])
    tables["ledger"] = tables["ledger"].assign(counterparty_account=["6217", None, None, None, None], amount=pd.array([300_000, 1, 1, 1, 1], dtype="Int64"))
    row = reconcile(tables, NOTHING, YEAR).not_reconciled.iloc[0]
    assert (row["programme"], row["benefits"], *yuan(row[["amount", "in_ledger", "not_reconciled"]])) == ("雨露计划", 2, 5500, 3000, 2500)


def assert_adds_up(done):
    """Every result of the statement is the sum of the lines since the one before it."""
    running = 0
    for line in done.lines.itertuples():
        if line.step == "closing":
            break
        running += line.sign * line.amount
        if line.result:
            assert running == line.amount, line.step
    whole = done.waterfall.loc[done.waterfall["kind"] == "whole", "amount"].sum()
    assert whole == done.waterfall.loc[done.waterfall["kind"] != "whole", "amount"].sum()


def assert_closes(tables, year):
    outcomes = apply_all(PACK, tables, year, ("earmark", "reimbursement", "projects", "benefits"))
    risk = at_risk(tables, outcomes)
    done = reconcile(tables, risk, SimpleNamespace(pack=PACK, year=year))
    assert done.closes
    assert_adds_up(done)
    total = done.total
    assert total["received"] + total["overspent"] == total["spent"] + total["in_question"] + total["passed_on"] + total["left"]
    assert total["in_question"] == risk.of_transactions()["amount"].sum() > 0
    assert (done.accounts["difference"] == 0).all()
    return done


def test_reconciliation_closes_on_yunling(yunling):
    assert_closes(read_county(str(yunling.raw)).tables, 2019)


def test_reconciliation_closes_on_the_sample_county(tmp_path):
    make_county(tmp_path, households=200, seed=3, year=2019)
    done = assert_closes(read_county(str(tmp_path / "2019" / "raw")).tables, 2019)
    assert done.unreadable == 0


# Money at risk -------------------------------------------------------------------------------------------------------


def finding(rule_id: str, subject: str, amount: int, money: list[int], origins: list[int] | None = None) -> Outcome:
    """A finding of a rule over an amount (yuan) on rows."""
    row = {"subject": subject, "condition": "", "condition_en": "", "amount": 100 * amount, "origins": origins or money, "money": money}
    return Outcome(PACK.rules[rule_id], Found(pd.DataFrame([row]).astype({"amount": "Int64"})))


@pytest.fixture
def county():
    tables = fixture("at_risk")
    tokens = {}
    for name, key in (("ledger", "txn_id"), ("claims", "claim_id"), ("projects", "project_id"), ("funds", "fund_id"), ("benefits", "benefit_id"), ("settlements", "settlement_id"), ("members", "id_number")):
        tokens |= dict(zip(tables[name][key], tables[name]["origin"], strict=True))
    return SimpleNamespace(tables=tables, row=tokens)


def told(risk: MoneyAtRisk, column="rule_id", kind="spent") -> dict:
    sums = risk.by(column, kind)
    return {None if label != label else label: amount for label, amount in zip(sums["label"], yuan(sums["amount"]), strict=True)}


def test_records_hold_each_fen_once(county):
    table = records(county.tables).table.sort_values(["family", "on", "amount"])
    # K3 was paid by no transaction; L2 is K2 and 50 more; L3, L4 and L5 have no claim
    assert list(zip(table["txn_id"].fillna(""), table["claim_id"].fillna(""), yuan(table["amount"]), strict=True)) == [
        ("", "", 3000), ("", "", 2500),
        ("L3", "", 500), ("L1", "K1", 400), ("L2", "", 50), ("L2", "K2", 250), ("", "K3", 80), ("L5", "", 60), ("L4", "", 120),
    ]  # fmt: skip


def test_a_claim_and_its_payment_are_one_money(county):
    r = county.row
    both = at_risk(county.tables, [finding("RA-04", "K1", 400, [r["K1"]]), finding("FE-08", "L1", 400, [r["L1"]])])
    assert both.total() == 40_000
    assert told(both) == {"FE-08": 400}  # high before medium


def test_the_largest_part_of_a_record_counts_and_the_gravest_finding_comes_first(county):
    r = county.row
    risk = at_risk(county.tables, [finding("RA-04", "K1", 400, [r["K1"]]), finding("RA-05", "K1", 150, [r["K1"]])])
    assert risk.total() == 40_000
    assert told(risk) == {"RA-04": 250, "RA-05": 150}
    assert told(risk, "offence") == {"报账资料不全": 250, "虚报冒领": 150}


def test_what_was_paid_beyond_the_claim_is_more_money(county):
    r = county.row
    risk = at_risk(county.tables, [finding("RA-09", "K2", 250, [r["K2"]]), finding("RA-11", "K2", 50, [r["L2"]])])
    assert told(risk) == {"RA-09": 250, "RA-11": 50}


def test_a_finding_on_several_records_is_counted_from_the_latest_back(county):
    r = county.row
    # 730 claimed, 130 beyond the budget: the 80 of May and 50 of the 250 of March
    risk = at_risk(county.tables, [finding("RA-01", "P1", 130, [r["K1"], r["K2"], r["K3"]]), finding("RA-09", "K2", 250, [r["K2"]])])
    assert told(risk) == {"RA-01": 130, "RA-09": 200}
    assert risk.parts.set_index(["rule_id", "claim_id"])["amount"].to_dict() == {("RA-01", "K3"): 8_000, ("RA-01", "K2"): 5_000, ("RA-09", "K2"): 20_000}


def test_a_contract_is_its_payments_and_what_is_not_paid_yet(county):
    r = county.row
    risk = at_risk(county.tables, [finding("PJ-01", "P1", 2000, [r["P1"]]), finding("PJ-05", "P1", 1900, [r["P1"]]), finding("FE-02", "L4", 120, [r["L4"]])])
    # paid: K1 400, K2 250, 50 more of L2, K3 80, L3 500 = 1280; the contract is for 2000
    assert told(risk) == {"PJ-01": 1280, "FE-02": 120}
    assert told(risk, kind="unpaid") == {"PJ-01": 720}


def test_where_the_money_belongs(county):
    r = county.row
    risk = at_risk(county.tables, [finding("FE-02", t, a, [r[t]]) for t, a in (("L4", 120), ("L5", 60))] + [finding("RA-06", "K1", 400, [r["K1"]]), finding("BE-04", "BT1", 3000, [r["BT1"]])])
    assert told(risk, "fund_id") == {"Z1": 400, "Z2": 180, None: 3000}
    assert told(risk, "town") == {"甲镇": 3520, None: 60}


def test_money_of_another_kind_stands_apart(county):
    r = county.row
    risk = at_risk(
        county.tables,
        [
            finding("FE-05", "Z1", 100, [r["Z1"]]),
            finding("FE-07", "Z1", 1900, [r["Z1"]]),
            finding("FE-04", "Z1", 700, [r["Z1"]]),
            finding("BE-08", "S1", 40, [r["S1"]]),
            finding("BE-07", "999001197001010017|雨露计划", 3000, [], [r["999001197001010017"]]),
            finding("BE-01", "BT2", 500, [r["BT2"]]),  # 2500 where the standard is 3000: owed
        ],
    )
    assert dict(zip(risk.kinds()["kind"], yuan(risk.kinds()["amount"]), strict=True)) == {
        "spent": 0, "unpaid": 0, "idle": 700, "withheld": 100, "outside": 1900, "owed": 3540,
    }  # fmt: skip
    assert told(risk, "town", "owed") == {"甲镇": 3540}
    assert told(risk, "fund_id", "idle") == {"Z1": 700}


def test_findings_that_do_not_count_and_findings_without_an_amount(county):
    r = county.row
    silent = finding("RA-03", "K2", 0, [r["K2"]])
    silent.found.rows = pd.concat([silent.found.rows.assign(amount=pd.array([pd.NA], dtype="Int64")), finding("RA-03", "K1", 400, [r["K1"]]).found.rows], ignore_index=True)
    risk = at_risk(county.tables, [silent, finding("FE-02", "L4", 120, [r["L4"]])], left_out={("FE-02", "L4")})
    assert told(risk) == {"RA-03": 400}
    assert risk.unpriced.to_dict("records") == [{"rule_id": "RA-03", "findings": 1}]


def test_no_finding_no_money(county):
    assert at_risk(county.tables, []).total() == 0
    assert at_risk({}, []).parts.empty


# What holds whatever the findings are

RULES = ["FE-01", "FE-08", "FE-09", "RA-01", "RA-04", "RA-05", "RA-11", "PJ-01", "BE-03"]
TOKENS = fixture("at_risk")
SPENT = [int(o) for name in ("ledger", "claims", "projects", "benefits") for o in TOKENS[name]["origin"]]
claims_on_money = st.lists(
    st.tuples(st.sampled_from(RULES), st.sampled_from("甲乙丙丁"), st.integers(1, 5000), st.lists(st.sampled_from(SPENT), min_size=1, max_size=4, unique=True)),
    max_size=8,
    unique_by=lambda f: f[:2],
)


def outcomes_of(findings) -> list[Outcome]:
    return [finding(*f) for f in findings]


@given(claims_on_money)
@settings(max_examples=25, deadline=None)
def test_total_is_at_most_what_the_records_hold_and_every_breakdown_adds_up_to_it(findings):
    risk = at_risk(TOKENS, outcomes_of(findings))
    held = records(TOKENS)
    touched = held.links[held.links["origin"].isin([t for f in findings for t in f[3]])]["record"]
    of_records = held.table.set_index("record")["amount"]
    assert risk.total() <= of_records[touched.unique()].sum()
    by_record = risk.parts[risk.parts["kind"] == "spent"].groupby("record")["amount"].sum()
    assert (by_record <= of_records.reindex(by_record.index)).all()
    for column in ("fund_id", "town", "offence", "rule_id", "severity"):
        assert risk.by(column)["amount"].sum() == risk.total()
    assert risk.total() >= max([min(100 * a, of_records[held.links.loc[held.links["origin"].isin(m), "record"].unique()].sum()) for _, _, a, m in findings], default=0)


@given(claims_on_money, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_telling_a_finding_again_or_in_another_order_changes_nothing(findings, chance):
    once = at_risk(TOKENS, outcomes_of(findings))
    again = [*findings, *findings[:3]]
    chance.shuffle(again)
    shuffled = {name: table.sample(frac=1, random_state=chance.randrange(1000)) for name, table in TOKENS.items()}
    twice = at_risk(shuffled, outcomes_of(again))
    pd.testing.assert_frame_equal(once.parts, twice.parts)
