"""Whatever is done to a package is said, by the name of the file it was done to."""

import shutil
import unicodedata
import zipfile
from pathlib import Path

import pytest

from bangfu.package import archive, statement
from bangfu.package.bag import write_bag
from bangfu.package.checking import check
from packages import files_of, make_package, signer

SIGNED = ["statement.json", "statement.sig"]  # of these two a change of one cannot be told from that of the other


def said(path: Path, demanded: str | None = None) -> list[str]:
    return [s.en for s in check(archive.opened(path), demanded).differences]


@pytest.fixture
def package(tmp_path) -> Path:
    return make_package(tmp_path / "p", signer())


def test_an_untouched_package_has_no_differences_and_names_its_signer(package):
    seal = check(archive.opened(package), signer().fingerprint)
    assert seal.differences == [] and seal.signer == signer().fingerprint
    assert "2020-01-01" in seal.said()[0].zh


def test_one_byte_of_any_file_is_named_and_nothing_else(package):
    names = [n for n in files_of(package) if (package / n).stat().st_size]
    assert len(names) == 4 + 9  # of the payload those that hold something; bagit.txt, bag-info.txt, four manifests, three of the statement
    for name in names:
        path = package / name
        content = path.read_bytes()
        for place in {0, len(content) // 2, len(content) - 1}:
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            found = said(package)
            assert len(found) == 1 and name in found[0], (name, place, found)
        path.write_bytes(content)
    assert said(package) == []


def test_one_byte_of_a_file_in_a_zip_is_named(package, tmp_path):
    archive.write_zip(package, tmp_path / "p.zip")
    content = (tmp_path / "p.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "p.zip") as z:
        entries = [i for i in z.infolist() if i.file_size]
    for entry in entries:
        at = entry.header_offset + 30 + len(entry.filename.encode()) + entry.compress_size // 2
        (tmp_path / "q.zip").write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        found = said(tmp_path / "q.zip")
        assert found and any(entry.filename.removeprefix("p/") in s for s in found), entry.filename


def test_added_missing_and_renamed_files_are_named(package):
    (package / "data" / "多出.txt").write_text("x")
    assert said(package) == ["data/多出.txt was added."]
    (package / "data" / "多出.txt").unlink()
    (package / "fetch.txt").write_text("x")
    assert said(package) == ["fetch.txt was added."]
    (package / "fetch.txt").unlink()
    (package / "data/run/报告.html").rename(package / "data/run/新.html")
    assert said(package) == ["data/run/报告.html was renamed to data/run/新.html."]
    (package / "data/run/新.html").unlink()
    assert said(package) == ["data/run/报告.html is missing."]


def test_every_missing_file_is_named(package, tmp_path):
    for name in files_of(package):
        shutil.copytree(package, tmp_path / "c")
        (tmp_path / "c" / name).unlink()
        assert f"{name} is missing." in said(tmp_path / "c"), name
        shutil.rmtree(tmp_path / "c")


def test_swapped_manifests_are_both_named(package):
    a, b = (package / f"manifest-{n}.txt" for n in ("sha256", "sha512"))
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)
    found = said(package)
    assert found[:2] == ["manifest-sha256.txt was changed.", "manifest-sha512.txt was changed."]
    assert not any("added" in s for s in found)


def test_a_file_changed_with_its_manifests_shows_in_the_manifests(package):
    """Who changes a file and writes the manifests anew cannot sign for them."""
    kept = {n: (package / n).read_bytes() for n in (*SIGNED, "signer.pem")}
    (package / "data/run/报告.html").write_text("<p>别的</p>")
    write_bag(package, {"External-Identifier": "p", "Signer": signer().fingerprint})
    assert all((package / n).read_bytes() == content for n, content in kept.items())
    assert {s.split(" ")[0] for s in said(package)} == {"tagmanifest-sha256.txt", "tagmanifest-sha512.txt"}


def test_signing_again_with_another_key_is_said(package):
    statement.sign(package, {"county": "999001"}, signer(2), "2020-01-02T00:00:00+08:00")
    first, second = signer().fingerprint, signer(2).fingerprint
    (only,) = said(package)
    assert "signed again with another key" in only and first in only and second in only
    assert any(second in s and first in s for s in said(package, first))
    assert said(package, second) == []  # who is demanded by name may take the place of the one before


def test_a_package_made_anew_by_another_is_known_by_the_signer_demanded(package):
    write_bag(package, {"External-Identifier": "p", "Signer": signer(2).fingerprint})
    statement.sign(package, {"county": "999001"}, signer(2), "2020-01-02T00:00:00+08:00")
    assert said(package) == []
    (only,) = said(package, signer().fingerprint)
    assert signer(2).fingerprint in only


def test_another_public_key_beside_the_signature_is_named(package):
    other = make_package(package.parent / "o", signer(2))
    shutil.copyfile(other / "signer.pem", package / "signer.pem")
    assert said(package) == ["signer.pem was changed."]


def test_a_signature_of_something_else_is_no_statement(package):
    content = b'{"_type": "x"}'
    (package / "statement.json").write_bytes(content)
    (package / "statement.sig").write_bytes(signer().sign(content))
    assert said(package)[0] == "statement.json is no statement of an evidence package."


def test_names_that_a_system_takes_apart_are_the_same_names(tmp_path):
    composed = "é报告.txt"
    package = make_package(tmp_path / "p", signer(), {composed: "x", "b.txt": "y"})
    (package / "data" / composed).rename(package / "data" / unicodedata.normalize("NFD", composed))
    assert said(package) == []
    (package / "data" / composed).write_text("another")
    assert [s.split(" ")[-1] for s in said(package)] == ["changed.", "added."]  # both stand there now, and neither passes for the other
