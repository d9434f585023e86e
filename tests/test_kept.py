"""What is kept between the notebooks of a run: exactly as it was made, and only as long as what it was made from is the same."""

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from bangfu import digests, findings
from bangfu.county import County
from bangfu.intake import dictionary
from bangfu.kept import Results
from bangfu.publish.masking import Masker
from bangfu.sample.making import make_county
from bangfu.steps import code

ROW = {c: "x" for c in findings.SCHEMA.names} | {"amount": Decimal("1.50"), "sources": [{"file": "a.csv", "sheet": "", "row": 2}], "money_sources": []}


def ledger() -> pd.DataFrame:
    """Findings as they come together: what is missing is told as None here and as NaN there."""
    rows = [ROW, ROW | {"amount": None, "offence": None, "explanation": float("nan")}, ROW | {"offence": float("nan"), "explanation": None, "reason": None}]
    return pd.DataFrame(rows, columns=findings.SCHEMA.names).astype({"offence": "object", "explanation": "object", "reason": "str", "exemption": "str"})


def exactly(made: pd.DataFrame, kept: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(made, kept, check_exact=True)
    # NaN and None are equal to that comparison, and lists to arrays.
    assert {c: [*map(type, made[c])] for c in made} == {c: [*map(type, kept[c])] for c in kept}


def test_what_is_kept_comes_back_exactly_as_it_was(tmp_path):
    made = findings.uniform(ledger())
    assert [*made["offence"]] == ["x", None, None] and [*made["explanation"]] == ["x", None, None]
    Results(tmp_path, lambda: "basis").put("findings", {"all": made}, rest=["甲", None, 3])
    tables, told = Results(tmp_path, lambda: "basis").take("findings")
    exactly(made, tables["all"])
    assert tables["all"]["sources"].iat[0] == [{"file": "a.csv", "sheet": "", "row": 2}] and tables["all"]["money_sources"].iat[0] == []
    assert told == {"rest": ["甲", None, 3]}


def test_on_another_basis_or_altered_nothing_is_kept(tmp_path):
    kept = Results(tmp_path, lambda: "basis")
    assert kept.take("findings") is None
    kept.put("findings", {"all": findings.uniform(ledger())})
    assert kept.take("findings") is not None and kept.take("others") is None
    assert Results(tmp_path, lambda: "another").take("findings") is None
    file = next(tmp_path.glob("*.parquet"))
    file.write_bytes(file.read_bytes() + b" ")
    assert kept.take("findings") is None


def test_where_no_folder_is_nothing_is_kept():
    nowhere = Results(None, lambda: "basis")
    nowhere.put("findings", {"all": ledger()})
    assert nowhere.take("findings") is None


@pytest.fixture
def params(tmp_path) -> Path:
    make_county(tmp_path / "county", households=12, seed=1)
    return tmp_path / "county" / "params.yml"


def test_helpers_money_and_outcomes_come_back_as_they_were_made(params, tmp_path):
    made = County.open(params, 2019, reports=tmp_path / "reports")
    again = County.open(params, 2019, reports=tmp_path / "reports")
    exactly(made.helpers, again.helpers)
    exactly(made.findings, again.findings)
    assert made.money.rest == again.money.rest and made.money.tables.keys() == again.money.tables.keys()
    for name, table in made.money.tables.items():
        exactly(table, again.money.tables[name])
    one, other = made.outcomes(), again.outcomes()
    assert [o.in_force.rule.id for o in one] == [o.in_force.rule.id for o in other] and len(one) == len(made.rules)
    for before, kept in zip(one, other, strict=True):
        assert (before.reason, before.found is None) == (kept.reason, kept.found is None)
        if before.found:
            pd.testing.assert_frame_equal(before.found.rows, kept.found.rows, check_dtype=False)
            assert (before.found.assessed, before.found.unassessed, before.found.notes) == (kept.found.assessed, kept.found.unassessed, kept.found.notes)
    assert any(o.found is not None and len(o.found.rows) for o in other)


def test_a_kept_masker_knows_what_the_tables_know_and_reads_none(params, tmp_path, monkeypatch):
    made = County.open(params, 2019, reports=tmp_path / "reports")
    assert made.masker.knows == Masker.of(made.intake.tables, dictionary()).knows and made.masker.names and made.masker.internal
    again = County.open(params, 2019, reports=tmp_path / "reports")
    monkeypatch.setattr(Masker, "of", None)
    assert (again.masker.names, again.masker.internal) == (made.masker.names, made.masker.internal)
    assert "personal" in again.notes.parts and not [p for p in again.notes.parts if p.startswith("table/")]


def test_what_was_let_go_is_taken_from_what_is_kept_and_the_run_stays_the_run(params, tmp_path, monkeypatch):
    county = County.open(params, 2019, reports=tmp_path / "reports")
    tables = {name: frame.copy() for name, frame in county.tables.items()}
    found, helpers, money, run, inputs = county.findings.copy(), county.helpers.copy(), county.money, county.run_id, county.inputs
    county.let_go()
    assert not [name for name in ("_intake", "_findings", "assessed", "_money", "_handover") if name in vars(county)] and not county._outcomes
    # Somebody puts another file in the place of one that was read.
    raw = next(p for p in sorted(Path(county.settings.raw).rglob("*")) if p.is_file())
    raw.write_bytes(b"another")
    monkeypatch.setattr("bangfu.county.read_county", None)
    assert (county.run_id, county.inputs) == (run, inputs)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(county.tables[name], frame)
    exactly(found, county.findings)
    exactly(helpers, county.helpers)
    for name, frame in money.tables.items():
        exactly(frame, county.money.tables[name])


def test_what_is_kept_is_noted_as_looked_at(params, tmp_path):
    County.open(params, 2019, reports=tmp_path / "reports").helpers  # noqa: B018
    county = County.open(params, 2019, reports=tmp_path / "reports")
    county.helpers  # noqa: B018
    assert "helpers" in county.notes.parts and "table/visits" not in county.notes.parts
    county.money  # noqa: B018
    assert "money" in county.notes.parts


def made_from(params: Path, **how) -> str:
    return County.open(params, 2019, reports=params.parent / "reports", **how)._made_from


def test_another_table_parameter_edition_code_or_library_is_another_basis(params, monkeypatch):
    first = made_from(params)
    assert made_from(params) == first
    assert made_from(params, edition="internal") != first
    with monkeypatch.context() as changed:
        changed.setattr(digests, "of_code", lambda *folders: "other code")
        assert made_from(params) != first
    with monkeypatch.context() as changed:
        changed.setattr(code, "of_libraries", lambda: "another pandas")
        assert made_from(params) != first
    raw = next(p for p in sorted(Path(County.open(params, 2019).settings.raw).rglob("*")) if p.is_file())
    text = raw.read_bytes()
    raw.write_bytes(text + b"\n")
    assert made_from(params) != first
    raw.write_bytes(text)
    assert made_from(params) == first
    told = params.read_text(encoding="utf-8")
    exempt = f"{told}\nexemptions: [{{rule: HV-01, subject: X, reason: r, approved_by: b, valid_until: 2019-12-31}}]\n"
    for other in (exempt, told.replace("poverty_line: 3800", "poverty_line: 3801")):
        assert other != told
        params.write_text(other, encoding="utf-8")
        assert made_from(params) != first


def test_what_people_judged_since_is_another_basis(params):
    first = made_from(params)
    folder = County.open(params, 2019, reports=params.parent / "reports").folder / "previous"
    folder.mkdir(parents=True)
    (folder / "reviews.json").write_text(json.dumps([]), encoding="utf-8")
    assert made_from(params) != first
