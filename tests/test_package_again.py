"""A package is run again from the raw files that travel with it, or that are found by what they hold."""

import shutil

import pytest

from bangfu import digests
from bangfu.cli import main
from bangfu.package.again import gather
from bangfu.package.packing import pack
from bangfu.package.recorded import recorded_run
from bangfu.pipeline import run_county
from bangfu.sample.making import make_county


def test_raw_files_are_found_by_what_they_hold_whatever_they_are_called(tmp_path):
    tree = tmp_path / "tree" / "深" / "处"
    tree.mkdir(parents=True)
    (tree / "b.bin").write_bytes(b"one")
    (tmp_path / "tree" / "c").write_bytes(b"two")
    wanted = {"资金/甲.csv": digests.of_bytes(b"one"), "乙.csv": digests.of_bytes(b"two"), "同甲.csv": digests.of_bytes(b"one"), "丙.csv": digests.of_bytes(b"three")}
    assert gather(wanted, tmp_path / "tree", tmp_path / "raw") == ["丙.csv"]
    assert {p.relative_to(tmp_path / "raw").as_posix(): p.read_bytes() for p in (tmp_path / "raw").rglob("*") if p.is_file()} == {"资金/甲.csv": b"one", "同甲.csv": b"one", "乙.csv": b"two"}


@pytest.mark.long
def test_a_package_runs_again_with_nothing_of_the_place_where_it_was_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BANGFU_KEY", str(tmp_path / "key.pem"))
    make_county(tmp_path / "county", households=60, seed=5)
    county = tmp_path / "county"
    result = run_county(county / "params.yml", 2019, tmp_path / "reports", only=["satisfaction"])
    assert result.status == 0, result.sentences
    run = recorded_run(result.folder)
    pack(run, tmp_path / "with.zip", with_inputs=True)
    pack(run, tmp_path / "without.zip")
    (county / "2019").rename(tmp_path / "elsewhere")
    shutil.rmtree(county)
    shutil.rmtree(tmp_path / "reports")
    for words in (["with.zip"], ["without.zip", "--inputs", str(tmp_path / "elsewhere")]):
        with pytest.raises(SystemExit) as stop:
            main(["verify", str(tmp_path / words[0]), *words[1:]])
        said = capsys.readouterr()
        assert stop.value.code in (0, None), said.err
        assert "重新运行，结果相同" in said.out
