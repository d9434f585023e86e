"""A county run again: what is done again, that it comes out as in a fresh folder, and that a run that was ended goes on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bangfu import workbench
from bangfu.cli import main
from bangfu.pipeline import run_county
from bangfu.sample.making import make_county
from bangfu.steps.status import standings

ONLY = ["data_quality", "satisfaction"]
ALL = {"read", "quality", "findings", "workpapers", "record", *(f"{kind}/{n}" for kind in ("notebook", "page") for n in ONLY)}


class CountyRun:
    """A small county whose reports of two notebooks are made again and again."""

    def __init__(self, place: Path):
        self.place, self.params, self.reports = place, place / "params.yml", place / "reports"
        self.folder = self.reports / "999210" / "2019"

    def run(self, **options) -> set[str]:
        """Runs it and returns the steps that were done."""
        before = self.stamps()
        result = run_county(self.params, 2019, self.reports, only=ONLY, **options)
        assert result.status == 0, result.sentences
        return {name for name, s in self.stamps().items() if s != before.get(name)}

    def stamps(self) -> dict:
        file = self.folder / "work" / "steps.json"
        return json.loads(file.read_text(encoding="utf-8"))["steps"] if file.exists() else {}

    def left(self, folder: Path | None = None) -> dict[str, bytes]:
        """Everything that is published, but for the record with its times; of that, what it says came out."""
        folder = folder or self.folder
        found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.relative_to(folder).parts[0] not in {"work", "tables", "previous"}}
        told = json.loads(found.pop("record.json"))
        found.pop("record.sig.json")
        return found | {"outputs": told["outputs"], "run": told["run"], "inputs": told["inputs"]}

    def from_scratch(self) -> dict[str, bytes]:
        """What a fresh folder gives that goes on from the same."""
        fresh = CountyRun(self.place)
        fresh.reports = self.place / "fresh"
        fresh.folder = fresh.reports / "999210" / "2019"
        if (self.folder / "previous").exists():
            shutil.copytree(self.folder / "previous", fresh.folder / "previous")
        assert fresh.run(as_before=True) == ALL
        left = fresh.left()
        shutil.rmtree(fresh.reports)
        return left

    def change(self, name: str) -> None:
        """Takes the last line from a raw file of text."""
        path = next((self.place / "2019" / "raw").rglob(f"*{name}*.csv"))
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BANGFU_KEY", str(tmp_path_factory.mktemp("key") / "key.pem"))
        place = tmp_path_factory.mktemp("first")
        make_county(place, households=60, seed=5)
        county = CountyRun(place)
        assert county.run() == ALL
        yield county


@pytest.fixture
def county(first, tmp_path):
    """That county, already run, in a place of its own."""
    shutil.copytree(first.place, tmp_path / "county")
    return CountyRun(tmp_path / "county")


def test_an_unchanged_county_is_left_alone(county):
    before = {p: p.stat().st_mtime_ns for p in county.folder.iterdir() if p.is_file()}
    assert county.run() == set()
    assert {p: p.stat().st_mtime_ns for p in county.folder.iterdir() if p.is_file()} == before
    assert {s.state for s in standings(county.reports)} == {"done"} and len(standings(county.reports)) == len(ALL)


def test_what_is_altered_or_missing_is_made_again_as_it_was(county):
    before = county.left()
    (county.folder / "satisfaction.html").write_text("altered")
    (county.folder / "workpapers.xlsx").unlink()
    assert [(s.step, s.state, "satisfaction.html" in s.why.zh) for s in standings(county.reports) if s.step.startswith("page/")] == [
        ("page/data_quality", "done", False),
        ("page/satisfaction", "stale", True),
    ]
    assert county.run() == {"page/satisfaction", "workpapers"}
    assert county.left() == before


def test_status_says_what_changed_in_words_and_changes_nothing(county, capsys):
    county.change("走访记录")
    before = {p: p.read_bytes() for p in county.folder.rglob("*") if p.is_file()}
    with pytest.raises(SystemExit) as stop:
        main(["status", str(county.reports), str(county.params), "--json"])
    assert stop.value.code == 0
    told = {s["step"]: s for s in json.loads(capsys.readouterr().out)}
    assert told.keys() == ALL and told["read"]["state"] == "stale" and told["read"]["why"] == "《走访记录.csv》变了"
    assert told["notebook/satisfaction"]["state"] == "stale" and "读取原始文件" in told["notebook/satisfaction"]["why"]
    assert told["read"]["seconds"] > 0 and told["read"]["at"].startswith("20")
    assert {p: p.read_bytes() for p in county.folder.rglob("*") if p.is_file()} == before
    with pytest.raises(SystemExit) as stop:
        main(["status", str(county.place / "nowhere")])
    assert stop.value.code == 2 and "nowhere" in capsys.readouterr().err


@pytest.mark.long
def test_a_changed_table_makes_again_what_looks_at_it_and_comes_out_as_from_scratch(county):
    county.change("车辆")
    done = county.run()
    # After this, findings are no longer new but persisting.
    assert {"read", "quality", "findings", "notebook/data_quality", "record"} <= done
    assert county.left() == county.from_scratch()
    county.change("车辆")
    again = county.run()
    assert "notebook/satisfaction" not in again and {"notebook/data_quality", "page/satisfaction", "workpapers", "record"} <= again
    assert county.left() == county.from_scratch()
    assert county.run() == set()


@pytest.mark.long
def test_a_changed_parameter_comes_out_as_from_scratch(county):
    county.params.write_text(county.params.read_text(encoding="utf-8").replace("poverty_line: 3800", "poverty_line: 3700"), encoding="utf-8")
    done = county.run()
    assert "findings" in done and not {"read", "quality"} & done
    assert county.left() == county.from_scratch()


@pytest.mark.long
def test_changed_code_of_a_rule_is_seen_and_comes_out_as_from_scratch(county, tmp_path):
    home = tmp_path / "workbench"
    for part in ("lib", "notebooks", "params", "expectations"):
        shutil.copytree(workbench.home() / part, home / part, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.rmtree(county.reports)
    before = _in_another(home, county)
    rule = home / "lib" / "bangfu" / "rules" / "complaints.py"
    rule.write_text(rule.read_text(encoding="utf-8").replace("举报未按期办结或未反馈", "举报没有按期办结"), encoding="utf-8")
    after = _in_another(home, county)
    assert before == ALL and "findings" in after and not {"read", "quality"} & after
    left = county.left()
    shutil.move(county.folder / "previous", tmp_path / "previous")
    shutil.rmtree(county.reports)
    shutil.copytree(tmp_path / "previous", county.folder / "previous")
    assert _in_another(home, county, as_before=True) == ALL
    assert county.left() == left


def _in_another(home: Path, county: CountyRun, as_before: bool = False) -> set[str]:
    """The steps that a run with a workbench of its own does."""
    before = county.stamps()
    text = f"from pathlib import Path\nfrom bangfu.pipeline import run_county\nr = run_county(Path({str(county.params)!r}), 2019, Path({str(county.reports)!r}), only={ONLY!r}, as_before={as_before})\nassert r.status == 0, r.sentences"
    subprocess.run([sys.executable, "-c", text], check=True, env={**os.environ, "PYTHONPATH": str(home / "lib"), "BANGFU_HOME": str(home)})
    return {name for name, s in county.stamps().items() if s != before.get(name)}


@pytest.mark.long
def test_a_run_ended_at_any_step_goes_on_and_comes_out_as_from_scratch(county):
    county.change("车辆")
    for step in ("read", "quality", "findings", "notebook/data_quality", "page/data_quality", "workpapers", "record"):
        _end_at(county, step)
    ended = {s.step: s.state for s in standings(county.reports)}
    assert ended["read"] == ended["quality"] == ended["findings"] == "done" and ended["record"] in {"interrupted", "done"}
    county.run()
    assert county.left() == county.from_scratch() and county.run() == set()
    assert not (county.folder / "work" / "aside").exists()


def _end_at(county: CountyRun, step: str) -> None:
    """Runs the county and ends it, by the signal that nothing can catch, as soon as a step has begun (or it is through)."""
    command = [sys.executable, "-m", "bangfu.cli", "run", str(county.params), "--year", "2019", "--reports", str(county.reports), "--only", ",".join(ONLY)]
    before = county.stamps().get(step)
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None:
        now = county.stamps().get(step)
        if now and now != before:
            running.send_signal(signal.SIGKILL)
            break
        time.sleep(0.005)
    running.wait()
