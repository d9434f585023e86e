"""Findings kept between the notebooks of a run: exactly as they were made, and only as long as what they were made from is the same."""

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from bangfu import digests, findings
from bangfu.county import County
from bangfu.sample.making import make_county
from bangfu.steps import code

ROW = {c: "x" for c in findings.SCHEMA.names} | {"amount": Decimal("1.50"), "sources": [{"file": "a.csv", "sheet": "", "row": 2}], "money_sources": []}


def ledger() -> pd.DataFrame:
    """Findings as they come together: what is missing is told as None here and as NaN there."""
    rows = [ROW, ROW | {"amount": None, "offence": None, "explanation": float("nan")}, ROW | {"offence": float("nan"), "explanation": None, "reason": None}]
    return pd.DataFrame(rows, columns=findings.SCHEMA.names).astype({"offence": "object", "explanation": "object", "reason": "str", "exemption": "str"})


def test_what_is_kept_comes_back_exactly_as_it_was(tmp_path):
    made = findings.uniform(ledger())
    assert [*made["offence"]] == ["x", None, None] and [*made["explanation"]] == ["x", None, None]
    findings.keep(made, tmp_path, "basis")
    kept = findings.kept(tmp_path, "basis")
    pd.testing.assert_frame_equal(made, kept, check_exact=True)
    assert {c: [*map(type, made[c])] for c in made} == {c: [*map(type, kept[c])] for c in kept}
    assert kept["sources"].iat[0] == [{"file": "a.csv", "sheet": "", "row": 2}] and kept["money_sources"].iat[0] == []


def test_on_another_basis_or_altered_nothing_is_kept(tmp_path):
    assert findings.kept(tmp_path, "basis") is None
    findings.keep(findings.uniform(ledger()), tmp_path, "basis")
    assert findings.kept(tmp_path, "another") is None
    (tmp_path / "findings.parquet").write_bytes((tmp_path / "findings.parquet").read_bytes() + b" ")
    assert findings.kept(tmp_path, "basis") is None


@pytest.fixture
def params(tmp_path) -> Path:
    make_county(tmp_path / "county", households=12, seed=1)
    return tmp_path / "county" / "params.yml"


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
