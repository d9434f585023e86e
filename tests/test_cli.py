"""The commands as scripts and people rely on them: names, exit statuses, languages, and what is said on the way."""

import shutil
import subprocess
import sys

import pandas as pd
import pytest
import typer

from bangfu import cli, notebooks, workbench
from bangfu.params import read_pack
from bangfu.problems import Sentence
from bangfu.publish import publication
from handed_over import PARAMS, hand_over


@pytest.fixture
def bangfu(capsys):
    """Runs a command in this process: (status, standard output, standard error)."""

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(w) for w in words])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


def words_of(command, *before):
    """The words of every command and of those below it."""
    for name, one in getattr(command, "commands", {}).items():
        yield (*before, name)
        yield from words_of(one, *before, name)


@pytest.mark.parametrize("words", list(words_of(typer.main.get_command(cli.app))), ids=" ".join)
def test_every_command_explains_itself_in_both_languages(words, bangfu):
    status, out, err = bangfu(*words, "--help")
    assert status == 0 and err == "" and f"bangfu {' '.join(words)}" in out and "/ " in out


def test_help_names_the_commands_and_no_word_is_help_too(bangfu):
    status, out, _ = bangfu("--help")
    assert status == 0 and all(c in out for c in ("run", "demo", "verify", "rules", "lab"))
    assert bangfu()[0] == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rules_lists_every_rule_in_force_with_its_basis(lang, bangfu):
    status, out, err = bangfu("rules", "--lang", lang)
    pack = read_pack("laizhou-2018-8")
    assert status == 0 and err == ""
    assert all(r in out for r in pack.rules) and ("[binding]" if lang == "en" else "[依据]") in out
    assert ".md" not in out and f"{len(pack.rules)}" in out.splitlines()[-1]


@pytest.fixture
def county(tmp_path, monkeypatch):
    """A county whose notebooks are not run: what a command says needs none of them."""
    hand_over(tmp_path / "raw")
    (tmp_path / "mine.yml").write_text(PARAMS, encoding="utf-8")
    monkeypatch.setattr(notebooks, "execute", lambda *_: None)
    monkeypatch.setattr(publication, "publish_page", lambda *_: [Sentence("甲。", "A.")])
    monkeypatch.setenv("BANGFU_KEY", str(tmp_path / "key.pem"))
    return tmp_path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_run_tells_its_steps_and_what_it_found(lang, bangfu, county):
    status, out, err = bangfu("run", county / "mine.yml", "--year", 2019, "--reports", county / "reports", "--only", "data_quality", "--lang", lang)
    assert (status, err) == (0, "")
    steps = ("reading raw files", "validating", "rules and assessment") if lang == "en" else ("读取原始文件", "数据质量检验", "规则评估和考核")
    assert [next(i for i, line in enumerate(out.splitlines()) if s in line) for s in steps] == [0, 1, 2]
    assert ("findings" if lang == "en" else "疑点") in out and ("A." if lang == "en" else "甲。") in out
    folder = county / "reports" / "999001" / "2019"
    assert {"findings.parquet", "rejects.parquet", "helpers.parquet", "record.json"} <= {p.name for p in folder.iterdir()}
    assert list(pd.read_parquet(folder / "rejects.parquet").columns) == ["file", "sheet", "row", "column", "raw", "reason"]


def test_files_only_verifies_and_names_each_change(bangfu, county):
    assert bangfu("run", county / "mine.yml", "--year", 2019, "--reports", county / "reports", "--only", "data_quality")[0] == 0
    assert bangfu("verify", county / "reports", "--files-only")[0] == 0
    (county / "reports/999001/2019/helpers.parquet").unlink()
    (county / "reports/999001/2019/more.html").write_text("x")
    status, _, err = bangfu("verify", county / "reports", "--files-only")
    assert status == 3 and [name in line for name, line in zip(("helpers.parquet", "more.html"), err.splitlines(), strict=True)] == [True, True]
    assert bangfu("verify", county / "reports", "--files-only", "--signer", "ab" * 16)[0] == 3


def test_several_counties_side_by_side_are_told_in_order(bangfu, county):
    """Each in a process of its own; both fail here, so that nothing has to be run."""
    for code, name in enumerate(("one", "two"), start=999002):
        (county / f"{name}.yml").write_text(PARAMS.replace("raw: raw", f"raw: not-{name}").replace("999001", str(code)), encoding="utf-8")
    status, _, err = bangfu("run", county / "one.yml", county / "two.yml", "--year", 2019, "--reports", county / "reports", "--jobs", 2)
    assert status == 2
    first, *rest = err.splitlines()
    assert "2" in first and ["not-one" in rest[0], "not-two" in rest[1], len(rest)] == [True, True, 2]


def test_the_command_stands_beside_the_interpreter():
    command = shutil.which("bangfu", path=str(workbench.Path(sys.executable).parent))
    if command is None:
        pytest.skip("bangfu is not installed beside this interpreter")
    ended = subprocess.run([command, "rnu"], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "rnu" in ended.stderr
