"""The finding table: ids, sentences, exemptions, and how a run compares with the one before."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from bangfu import findings
from bangfu.findings import compared, finding_id, found, with_exemptions
from bangfu.params import Exemption


def rows(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_rows_of_one_subject_become_one_finding_with_all_their_sources():
    evidence = rows(claim=["A", "B", "A"], origin=[11, 12, 13], fen=pd.array([100, 200, 100], dtype="Int64"))
    result = found(evidence, subject="claim", zh="{claim}共{count}行,{fen:yuan}", en="{count} rows of {claim}, {fen:yuan}", amount="fen")
    assert result.rows["subject"].tolist() == ["A", "B"]
    assert result.rows["origins"].tolist() == [[11, 13], [12]]
    assert result.rows["condition"].tolist() == ["A共2行,1.00元", "B共1行,2.00元"]
    assert result.rows["condition_en"].iloc[0] == "2 rows of A, 1.00 yuan"
    assert result.rows["money"].tolist() == [[11, 13], [12]]


def test_a_subject_of_two_parts_is_joined_by_a_bar_and_an_empty_part_names_nothing():
    evidence = rows(home=["H1", "H2"], name=["王", None], origin=[1, 2])
    assert found(evidence, subject=["home", "name"], zh="x", en="x").rows["subject"].tolist() == ["H1|王"]


def test_assessed_mask_counts_what_could_not_be_judged():
    evidence = rows(a=["x"], origin=[1])
    result = found(evidence, subject="a", zh="x", en="x", assessed=pd.Series([True, False, False]))
    assert (result.assessed, result.unassessed) == (1, 2)


@pytest.mark.parametrize(
    ("value", "spec", "zh", "en"),
    [
        (123450, "yuan", "1,234.50元", "1,234.50 yuan"),
        (-5, "yuan", "-0.05元", "-0.05 yuan"),
        (pd.Timestamp(2019, 3, 5), "day", "2019-03-05", "2019-03-05"),
        (3350, "percent", "33.5%", "33.5%"),
        (0.123, "share", "12.3%", "12.3%"),
        (pd.NA, "yuan", "(缺)", "unknown"),
        (pd.NaT, "day", "(缺)", "unknown"),
    ],
)
def test_values_in_sentences(value, spec, zh, en):
    evidence = pd.DataFrame({"a": ["x"], "v": pd.Series([value], dtype=object), "origin": [1]})
    result = found(evidence, subject="a", zh="{v:" + spec + "}", en="{v:" + spec + "}").rows
    assert (result["condition"].iloc[0], result["condition_en"].iloc[0]) == (zh, en)


def test_the_id_is_the_same_for_the_same_rule_and_subject_and_no_other():
    assert finding_id("999001", "HP-01", "A") == finding_id("999001", "HP-01", "A")
    others = {finding_id(c, r, s) for c, r, s in [("999001", "HP-01", "B"), ("999001", "HP-02", "A"), ("999002", "HP-01", "A"), ("999001", "HP-0", "1A")]}
    assert len(others | {finding_id("999001", "HP-01", "A")}) == 5


def ledger(*subjects: str, status: str = "new") -> pd.DataFrame:
    base = {c: None for c in findings.SCHEMA.names}
    return pd.DataFrame(
        [base | {"finding_id": finding_id("999001", "HP-01", s), "rule_id": "HP-01", "subject": s, "status": status, "sources": [], "money_sources": [], "amount": Decimal("1.00")} for s in subjects],
        columns=findings.SCHEMA.names,
    )


def by_subject(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["subject"], table["status"], strict=True))


def test_beside_the_previous_run_findings_persist_vanish_and_come_back():
    before = pd.concat([ledger("stays", "goes"), ledger("comes back", status="vanished"), ledger("closed", status="closed")], ignore_index=True)
    now = compared(ledger("stays", "comes back", "fresh"), before, lambda gone: f"{gone['subject']}: row deleted")
    assert by_subject(now) == {"stays": "persisting", "comes back": "reopened", "fresh": "new", "goes": "vanished", "closed": "closed"}
    assert now.set_index("subject").loc["goes", "reason"] == "goes: row deleted"


def test_the_reason_of_one_that_vanished_earlier_stays():
    before = ledger("a", status="vanished").assign(reason="then")
    assert compared(ledger(), before, lambda _: "now")["reason"].tolist() == ["then"]


def test_without_a_previous_run_everything_is_new():
    assert by_subject(compared(ledger("a"), None, str)) == {"a": "new"}


@pytest.mark.parametrize(("until", "status"), [(date(2019, 12, 31), "exempt"), (date(2019, 12, 30), "new"), (date(2025, 1, 1), "exempt")])
def test_an_exemption_holds_to_its_last_day(until, status):
    e = Exemption.model_validate({"rule": "HP-01", "subject": "a", "reason": "经批准", "approved by": "某局", "valid until": until})
    marked = with_exemptions(ledger("a", "b"), [e], 2019)
    assert by_subject(marked) == {"a": status, "b": "new"}
    assert findings.open_ones(marked)["subject"].tolist() == (["b"] if status == "exempt" else ["a", "b"])


def test_written_and_read_again_it_is_the_same(tmp_path):
    table = ledger("a")
    table.at[0, "sources"] = [{"file": "资金/账户流水.csv", "sheet": "", "row": 7}]
    findings.write(table, tmp_path / "f.parquet")
    again = findings.read(tmp_path / "f.parquet")
    assert again.at[0, "sources"] == [{"file": "资金/账户流水.csv", "sheet": "", "row": 7}]
    assert again.at[0, "amount"] == Decimal("1.00")
