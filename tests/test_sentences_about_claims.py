"""Sentences of findings about claims: what an auditor needs to see that the limit was passed, and what speaks for the office."""

from bangfu.audit import apply
from bangfu.params import read_pack
from conftest import TESTS, RuleFixture


def told(rule_id: str, subject: str) -> tuple[str, str]:
    fixture = RuleFixture(TESTS / "rules" / rule_id)
    rows = apply(read_pack("laizhou-2018-8").rules[rule_id], fixture.tables, fixture.year).found.rows.set_index("subject")
    return rows.at[subject, "condition"], rows.at[subject, "condition_en"]


def test_a_share_beyond_its_limit_is_told_beyond_it():
    """60000.01 of 100000 at a progress of 50% and a tolerance of 10 points: 60.00001% is no 60%."""
    zh, en = told("RA-02", "BZ2")
    assert "占合同金额100,000.00元的60.01%" in zh and "60.01% of the contract" in en


def test_a_payment_of_several_claims_is_told_as_one():
    """3000 + 4000 = 7000: the transaction paid both."""
    zh, en = told("RA-11", "BZ7")
    assert zh == "报账3,000.00元,流水L6支付7,000.00元,相差4,000.00元。该流水共支付2张报账单,合计7,000.00元。"
    assert en.endswith("the transaction paid 2 claims, 7,000.00 yuan in all.")
    assert "共支付" not in told("RA-11", "BZ1")[0]
