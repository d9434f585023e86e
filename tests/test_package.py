"""A county-year and a case as packages: what is in them, checked with the tools that others have, and run again."""

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace

import bagit
import pytest

from bangfu import findings, notebooks, pipeline
from bangfu.cli import main
from bangfu.package import archive, checking
from bangfu.package.packing import pack
from bangfu.package.recorded import CannotPack, recorded_run
from bangfu.params_file import read_yaml
from bangfu.pipeline import run_county
from bangfu.problems import WrongParams
from bangfu.publish import publication
from bangfu.sample.making import make_county

RECIPIENT = "县纪委 王主任"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A small county, run without notebooks and pages, which take most of the time; and a signing key of the tests' own."""
    folder = tmp_path_factory.mktemp("county")
    make_county(folder, households=60, seed=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BANGFU_KEY", str(folder / "key.pem"))
        patch.setattr(pipeline.nursery, "warm_up", lambda: None)
        patch.setattr(notebooks, "execute", _executed)
        patch.setattr(publication, "publish_page", lambda *_: [])
        patch.setattr(publication, "publish_workpapers", lambda county: (county.folder / "workpapers.xlsx").write_bytes(b""))
        result = run_county(folder / "params.yml", 2019, folder / "reports", only=["satisfaction"])
        assert result.status == 0, result.sentences
        yield folder


def _executed(notebook, folder, given) -> None:
    for name in (f"{notebook.name}.ipynb", *notebook.leaves):
        (folder / name).write_text('{"executed": true}')


@pytest.fixture(scope="module")
def run(place):
    return recorded_run(place / "params.yml", 2019, place / "reports")


@pytest.fixture(scope="module")
def package(place, run):
    """The county-year with its raw files."""
    pack(run, place / "all", with_inputs=True)
    return place / "all"


@pytest.fixture(scope="module")
def ids(run):
    table = findings.read(run.folder / "findings.parquet")
    of_visits = [any(s["file"] == "走访记录.csv" for s in found) for found in table["sources"]]
    return [table.loc[of_visits, "finding_id"].iloc[0], table.loc[table["rule_id"] == "HV-01", "finding_id"].iloc[0]]


@pytest.fixture(scope="module")
def case(place, run, ids):
    pack(run, place / "case", case=ids, recipient=RECIPIENT)
    return place / "case"


def command(*words) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(w) for w in words])
    return stop.value.code or 0


def test_the_package_of_a_county_year_holds_what_it_rests_on(package, run, place):
    data = package / "data"
    raw = place / "2019" / "raw"
    for name in run.record["outputs"]:
        assert (data / "run" / name).read_bytes() == (run.folder / name).read_bytes()
    for path in (p for p in raw.rglob("*") if p.is_file()):
        assert (data / "inputs" / path.relative_to(raw)).read_bytes() == path.read_bytes()
    assert (data / "params" / "counties" / "params.yml").read_bytes() == (place / "params.yml").read_bytes()
    expected = ["params/policies/laizhou-2018-8.yml", "params/scorecards/example.yml", "README.md", "reviews/history.json"]
    expected += ["environment/requirements.lock", "workflow/notebooks/satisfaction.ipynb", "run/satisfaction.ipynb", "run/record.sig.json"]
    assert all((data / name).is_file() for name in expected)
    assert json.loads((data / "environment" / "versions.json").read_text())["code"] == run.record["code"]


def test_the_source_travels_where_it_is_asked_for_and_has_the_digest_of_the_run(run, place, tmp_path, monkeypatch):
    from bangfu import digests, workbench

    pack(run, tmp_path / "p", with_code=True)
    monkeypatch.setattr(workbench, "home", lambda: tmp_path / "p" / "data" / "code")
    assert digests.of_code.__wrapped__(*digests.CODE) == run.record["code"]
    monkeypatch.undo()
    other = replace(run, record=run.record | {"code": "0" * 64})
    with pytest.raises(CannotPack, match="--with-code"):
        pack(other, tmp_path / "q", with_code=True)
    assert list(tmp_path.iterdir()) == [tmp_path / "p"]


def test_standard_tools_check_it(package):
    bagit.Bag(str(package)).validate()
    for tool, names in {"sha256sum": ["manifest-sha256.txt", "tagmanifest-sha256.txt"], "sha512sum": ["manifest-sha512.txt", "tagmanifest-sha512.txt"]}.items():
        if shutil.which(tool):
            for name in names:
                subprocess.run([tool, "--check", "--strict", "--quiet", name], cwd=package, check=True)


def test_raw_files_are_checked_where_they_stand(package, place):
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", package / "data" / "inputs.sha256"], cwd=place / "2019" / "raw", check=True)


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine")
def test_openssl_checks_the_signature_and_the_fingerprint(package):
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "signer.pem", "-rawin", "-in", "statement.json", "-sigfile", "statement.sig"]
    assert subprocess.run(verify, cwd=package, capture_output=True).returncode == 0
    other = [w if w != "statement.json" else "bagit.txt" for w in verify]
    assert subprocess.run(other, cwd=package, capture_output=True).returncode != 0
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", "signer.pem", "-outform", "DER"], cwd=package, capture_output=True, check=True).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-r"], input=der[-32:], capture_output=True, check=True).stdout.decode()
    assert digest[:32] == checking.check(archive.opened(package)).signer


# What RO-Crate 1.1's context says of the terms used (read in ResearchObject/ro-crate, docs/_specification/1.1/context.jsonld): the validator
# asks for it by its address, which nothing here can reach.
_SCHEMA = (
    "ComputerLanguage CreateAction CreativeWork Dataset Person PropertyValue SoftwareSourceCode about actionStatus additionalType agent contentSize datePublished description "
    "encodingFormat endTime exampleOfWork hasPart identifier instrument license mainEntity mentions name object programmingLanguage propertyID result url value version workExample"
)
_BIO = "https://bioschemas.org/"
CONTEXT = {term: f"http://schema.org/{term}" for term in _SCHEMA.split()} | {
    "File": "http://schema.org/MediaObject", "conformsTo": "http://purl.org/dc/terms/conformsTo", "ComputationalWorkflow": f"{_BIO}ComputationalWorkflow",
    "FormalParameter": f"{_BIO}FormalParameter", "input": f"{_BIO}ComputationalWorkflow#input", "output": f"{_BIO}ComputationalWorkflow#output",
}  # fmt: skip


def broken_demands(data, monkeypatch) -> set[str]:
    """What the Provenance Run Crate profile demands and a crate does not do."""
    import requests
    from rocrate_validator import services
    from rocrate_validator.utils.http import HttpRequester

    def get(self, url, **_):
        assert url == "https://w3id.org/ro/crate/1.1/context"
        answer = requests.Response()
        answer.status_code, answer.url, answer._content = 200, url, json.dumps({"@context": CONTEXT}).encode()
        answer.headers["Content-Type"] = "application/ld+json"
        return answer

    monkeypatch.setattr(HttpRequester, "get", get, raising=False)
    result = services.validate({"rocrate_uri": str(data), "profile_identifier": "provenance-run-crate-0.5", "requirement_severity": "REQUIRED"})
    return {issue.message for issue in result.get_issues()}


def test_the_crates_do_what_the_profile_demands(package, case, monkeypatch, tmp_path):
    assert broken_demands(case / "data", monkeypatch) == set()
    assert broken_demands(package / "data", monkeypatch) == set()
    shutil.copytree(case / "data", tmp_path / "data")
    crate = json.loads((tmp_path / "data" / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    terms = {t for e in crate["@graph"] for t in [*e, *([e["@type"]] if isinstance(e["@type"], str) else e["@type"])]}
    assert terms <= CONTEXT.keys() | {"@id", "@type"}
    for entity in crate["@graph"]:
        if entity["@type"] == "CreateAction":
            del entity["instrument"]
    (tmp_path / "data" / "ro-crate-metadata.json").write_text(json.dumps(crate), encoding="utf-8")
    assert any("instrument" in message for message in broken_demands(tmp_path / "data", monkeypatch))


def test_every_file_of_the_payload_is_described(package):
    from urllib.parse import unquote

    crate = json.loads((package / "data" / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    described = {unquote(e["@id"]) for e in crate["@graph"] if "File" in e["@type"]}
    assert described == {p.relative_to(package / "data").as_posix() for p in (package / "data").rglob("*") if p.is_file()} - {"ro-crate-metadata.json"}


def test_packing_again_differs_in_nothing_but_the_statement(package, run, place, tmp_path):
    pack(run, tmp_path / "again", with_inputs=True)
    for path in (p for p in package.rglob("*") if p.is_file()):
        name = path.relative_to(package).as_posix()
        assert name in ("statement.json", "statement.sig") or (tmp_path / "again" / name).read_bytes() == path.read_bytes(), name


def test_a_case_holds_its_own_findings_rows_and_papers_only(case, ids, place):
    data = case / "data"
    table = findings.read(data / "case" / "findings.parquet")
    assert sorted(table["finding_id"]) == sorted(ids)
    assert not (data / "run").exists() and not (data / "inputs").exists() and not (data / "params" / "counties").exists()
    assert {p.suffix for p in (data / "papers").iterdir()} == {".docx", ".xlsx"}
    subjects = set(table["subject"]) | {str(s["row"]) for found in table["sources"] for s in found}
    assert subjects and json.loads((data / "reviews" / "history.json").read_text()) == []


def test_the_rows_of_a_case_stand_as_they_are_in_the_raw_files(case, place):
    import fastexcel

    book = fastexcel.read_excel(case / "data" / "case" / "rows.xlsx")
    wanted = {(s["file"], s["sheet"] or "", s["row"]) for found in findings.read(case / "data" / "case" / "findings.parquet")["sources"] for s in found}
    seen, compared = set(), 0
    for name in book.sheet_names:
        rows = book.load_sheet(name, header_row=None, dtypes="string").to_pandas().fillna("").astype("str").to_numpy().tolist()
        for file, sheet, row, *cells in rows[1:]:
            seen.add((file, sheet, int(row)))
            if file.endswith(".csv"):
                raw = (place / "2019" / "raw" / file).read_bytes()
                text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gb18030")
                line = list(csv.reader(io.StringIO(text, newline="")))[int(row) - 1]
                assert cells[: len(line)] == line and not any(cells[len(line) :])
                compared += 1
    assert seen == wanted and compared


def test_verify_says_yes_no_and_nothing_there(package, case, place, tmp_path, capsys):
    assert command("verify", package, "--files-only") == 0
    assert command("verify", case) == 0
    assert "案件包" in capsys.readouterr().out
    shutil.copytree(case, tmp_path / "changed")
    (tmp_path / "changed" / "data" / "case" / "findings.parquet").write_bytes(b"x")
    assert command("verify", tmp_path / "changed") == 3
    assert capsys.readouterr().err == "data/case/findings.parquet 已被改动。\n"
    (tmp_path / "no.zip").write_bytes(b"no zip")
    assert command("verify", tmp_path / "no.zip") == 2
    assert command("verify", case, "--signer", "0" * 32) == 3
    assert command("verify", case, "--signer", checking.check(archive.opened(case)).signer.upper()) == 0


def test_raw_files_that_are_not_found_are_named(run, place, tmp_path, capsys):
    pack(run, tmp_path / "p.zip")
    (tmp_path / "some").mkdir()
    raw = place / "2019" / "raw"
    kept, *lost = sorted(run.record["inputs"])
    shutil.copyfile(raw / kept, tmp_path / "some" / "另一个名字.bin")
    assert command("verify", tmp_path / "p.zip", "--inputs", tmp_path / "some") == 3
    err = capsys.readouterr().err
    assert f"《{kept}》" not in err and all(f"《{name}》没有找到" in err for name in lost)
    assert command("verify", tmp_path / "p.zip") == 0
    assert "未重新运行" in capsys.readouterr().out
    assert command("verify", tmp_path / "p.zip", "--inputs", tmp_path / "nowhere") == 2


def test_the_command_packs_a_case_of_a_run_by_its_folder(run, ids, tmp_path, capsys):
    assert command("pack", run.folder, "--to", tmp_path / "案件.zip", "--case", ids[0], "--case", ids[1].lower(), "--recipient", RECIPIENT, "--lang", "en") == 0
    assert "Packed" in capsys.readouterr().out
    package = archive.opened(tmp_path / "案件.zip")
    seal = checking.check(package)
    assert seal.differences == [] and seal.told["recipient"] == RECIPIENT and seal.told["holds"] == "case"
    assert not any(name.startswith(("data/run/", "data/inputs/", "data/params/counties/")) for name in package.names)


def test_what_cannot_be_packed_is_said(run, place, ids, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    for options, words in [
        ({"to": run.folder / "p.zip"}, "运行结果的文件夹"),
        ({"to": tmp_path / "full" / "x" / "p.zip"}, "不能写出"),
        ({"to": tmp_path / "full"}, "已存在"),
        ({"case": ids}, "--recipient"),
        ({"case": ids, "recipient": "x", "with_inputs": True}, "--with-inputs"),
        ({"case": ["F0"], "recipient": "x"}, "F0"),
    ]:
        with pytest.raises(WrongParams, match=words):
            pack(run, **{"to": tmp_path / "p", **options})
    assert command("pack", place / "params.yml", "--to", tmp_path / "p") == 2
    assert command("pack", tmp_path / "full", "--to", tmp_path / "p") == 2
    assert command("pack", place / "params.yml", "--year", 2018, "--reports", place / "reports", "--to", tmp_path / "p") == 2
    assert all("运行记录" in line or "--year" in line for line in capsys.readouterr().err.splitlines())
    assert not (tmp_path / "p").exists()


def test_a_run_that_is_not_as_recorded_is_not_signed(run, place, tmp_path):
    shutil.copytree(place / "reports", tmp_path / "reports")
    shutil.copyfile(place / "params.yml", tmp_path / "params.yml")
    (tmp_path / "2019").symlink_to(place / "2019")
    folder = tmp_path / "reports" / "999210" / "2019"
    told = read_yaml(tmp_path / "params.yml")
    (tmp_path / "params.yml").write_text((place / "params.yml").read_text(encoding="utf-8") + "exemptions: []\n", encoding="utf-8")
    assert told.keys() != read_yaml(tmp_path / "params.yml").keys()
    with pytest.raises(CannotPack, match="在运行后改过"):
        recorded_run(tmp_path / "params.yml", 2019, tmp_path / "reports")
    (folder / "helpers.parquet").write_bytes(b"x")
    with pytest.raises(CannotPack, match="helpers.parquet 已被改动"):
        recorded_run(folder)


def test_papers_are_in_it_for_a_named_recipient_only(package, run, tmp_path, monkeypatch):
    from bangfu.package import contents

    assert not (package / "data" / "papers").exists()
    monkeypatch.setattr(contents, "open_ones", lambda rows: rows.head(1))  # one matter's papers: each takes a second
    pack(run, tmp_path / "p", recipient=RECIPIENT)
    assert (tmp_path / "p" / "data" / "papers" / "A-1 审计取证单.docx").is_file()
    assert f"Contact-Name: {RECIPIENT}" in (tmp_path / "p" / "bag-info.txt").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "p" / "statement.json").read_text(encoding="utf-8"))["predicate"]["recipient"] == RECIPIENT
