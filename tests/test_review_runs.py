"""Judgements through runs: carried over, opened again by changed evidence, vanished with the reason, verified by the reviews of then."""

import shutil
from pathlib import Path

import pytest

from bangfu import findings, notebooks, verification
from bangfu.pipeline import run_county
from bangfu.publish import publication
from bangfu.review.ledger import Edit, Ledger
from bangfu.review.life import FIELDS
from bangfu.sample.making import make_county


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A small county that can be spoiled."""
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("runs")
    patch.setenv("BANGFU_KEY", str(folder / "key.pem"))
    make_county(folder, households=60, seed=5)
    yield folder
    patch.undo()


def run(place: Path, **options):
    result = run_county(place / "params.yml", 2019, place / "reports", only=["data_quality"], **options)
    assert result.status == 0, result.sentences
    return findings.read(result.folder / "findings.parquet").set_index("finding_id", drop=False), result.folder


def judge(place: Path, finding, state: str, by: str = "张审计", **fields):
    ledger = Ledger.open(place / "params.yml", 2019, place / "reports")
    edit = Edit(finding["finding_id"], ledger.version(finding["finding_id"]), finding["evidence"], state, dict.fromkeys(FIELDS, "") | fields)
    taken = ledger.take([edit], by)
    assert len(taken.entries) == 1, [s.zh for _, s in taken.refused]


def lines_of(place: Path, finding) -> tuple[Path, str, list[str], int]:
    """The file of the first source among the visits, its encoding, its lines, and which of them is the source."""
    source = next(s for s in finding["sources"] if "走访" in s["file"])
    path = place / "2019" / "raw" / source["file"]
    encoding = "utf-8-sig" if path.read_bytes().startswith(b"\xef\xbb\xbf") else "gb18030"
    return path, encoding, path.read_text(encoding=encoding).splitlines(keepends=True), source["row"] - 1


@pytest.mark.long
def test_judgements_are_carried_opened_again_and_verified_by_the_reviews_of_then(place):
    first, _ = run(place)
    visits = first[first["rule_id"] == "HV-05"]
    keeps, goes = visits.iloc[0], visits.iloc[1]
    judge(place, keeps, "confirmed", note="已核对签到")
    judge(place, goes, "confirmed")
    second, folder = run(place)
    assert second.at[keeps["finding_id"], "status"] == "confirmed" == second.at[goes["finding_id"], "status"]
    assert set(second["status"]) == {"new", "confirmed"}

    # what people judge later leaves the run verifiable: it is run again by the reviews that it went by
    judge(place, keeps, "rejected", note="补录", by="李审计")
    assert [d.sentence.zh for d in verification.changed_files(folder) + verification.rerun_differences(folder)] == []
    before = (folder / "findings.parquet").read_bytes()
    third, _ = run(place)
    assert third.at[keeps["finding_id"], "status"] == "rejected" and (folder / "findings.parquet").read_bytes() != before
    again = (folder / "findings.parquet").read_bytes(), (folder / "workpapers.xlsx").read_bytes(), (folder / "data_quality.html").read_bytes()
    run(place)
    assert again == ((folder / "findings.parquet").read_bytes(), (folder / "workpapers.xlsx").read_bytes(), (folder / "data_quality.html").read_bytes())

    # the office deletes the row of one and changes that of the other
    path, encoding, lines, at = lines_of(place, goes)
    other = lines_of(place, keeps)[3]
    cells = lines[other].split(",")
    cells[lines[0].split(",").index("帮扶内容")] = "事后改写"
    lines[other] = ",".join(cells)
    del lines[at]
    path.write_text("".join(lines), encoding=encoding)
    fourth, folder = run(place)
    gone = fourth.loc[goes["finding_id"]]
    assert gone["status"] == "vanished" and f"所依据的行已删除:{path.name}第{at + 1}行" in gone["reason"] and "判定为属实(张审计)" in gone["reason"]
    opened = fourth.loc[keeps["finding_id"]]
    assert opened["status"] == "reopened" and opened["reason"] == "所依据的行在判定后有变化,须重新核实;此前判定为不属实(李审计,补录)"
    page = (folder / "data_quality.html").read_text(encoding="utf-8")
    assert "删除1行，变更1行，增加0行" in page
    assert verification.rerun_differences(folder) == [] == verification.changed_files(folder)

    # only a person closes it, and it stays listed; what the run went on from cannot be exchanged unnoticed
    judge(place, gone, "closed", result="原件为证,已追缴", approver="王组长")
    fifth, folder = run(place)
    assert fifth.at[goes["finding_id"], "status"] == "closed"
    (folder / "previous" / "reviews.json").write_text("[]")
    assert any("previous/reviews.json" in d.sentence.zh for d in verification.changed_files(folder))


@pytest.fixture
def bare(monkeypatch):
    """Runs without notebooks and pages, which take most of the time."""
    monkeypatch.setattr(notebooks, "execute", lambda *_: None)
    monkeypatch.setattr(publication, "publish_page", lambda *_: [])


def test_a_standard_that_moves_is_the_reason_and_a_store_that_is_not_there_stops_the_run_before_it_clears_anything(bare, place, tmp_path):
    shutil.copytree(place / "2019" / "raw", tmp_path / "2019" / "raw")
    params = (place / "params.yml").read_text(encoding="utf-8")
    (tmp_path / "params.yml").write_text(params, encoding="utf-8")
    first, folder = run(tmp_path)
    late = first[first["rule_id"] == "CP-01"].iloc[0]
    (tmp_path / "params.yml").write_text(params.replace("overrides:\n", "overrides:\n  CP-01: {handling_days: 3000}\n"), encoding="utf-8")
    moved, _ = run(tmp_path)
    gone = moved.loc[late["finding_id"]]
    assert gone["status"] == "vanished" and gone["reason"].startswith("标准已调整:原为“CP-01") and "3000" in gone["reason"].replace(",", "")
    assert set(moved.drop(late["finding_id"])["status"]) == {"persisting"}
    (tmp_path / "params.yml").write_text(params + "reviews: postgresql://nobody@/x?host=/nowhere\n", encoding="utf-8")
    left = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    result = run_county(tmp_path / "params.yml", 2019, tmp_path / "reports", only=["data_quality"])
    assert result.status == 2 and "核实记录库" in result.sentences[0].zh
    assert left == {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
