"""Steps: which code they rest on, what notebooks looked at, when a step is done again, and what is kept of it."""

import ast
import json

import pytest

from bangfu import previous, workbench
from bangfu.problems import Problem, Sentence
from bangfu.steps import code, lock, noting
from bangfu.steps.noting import Noted, Notes
from bangfu.steps.parts import changed
from bangfu.steps.stamps import Stamps
from bangfu.steps.step import ASIDE, Left, Step, bring_back, do, why


def test_what_a_module_may_import_is_at_least_what_python_says():
    for path in (workbench.home() / "lib" / "bangfu").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: a relative import"
                if node.module.split(".")[0] == "bangfu":
                    named |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
            elif isinstance(node, ast.Import):
                named |= {a.name for a in node.names if a.name.split(".")[0] == "bangfu"}
        assert named <= code.imported(text), path


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A workbench in which `one` imports `two` within a function, `two` a package with words beside it, and nobody imports `other`."""

    def make(name: str, **changes: str):
        texts = {
            "lib/bangfu/__init__.py": "", "lib/bangfu/one.py": "def f():\n    from bangfu import (\n        two,  # of the field\n    )\n",
            "lib/bangfu/two/__init__.py": "from bangfu.two.three import a\n", "lib/bangfu/two/three.py": "a = 1\n", "lib/bangfu/two/words/w.yml": "x: 1\n",
            "lib/bangfu/other.py": "", "params/dictionary.yml": "", "params/relations.yml": "",
        }  # fmt: skip
        for file, text in (texts | {f"lib/bangfu/{k}": v for k, v in changes.items()}).items():
            (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / file).write_text(text)
        monkeypatch.setenv("BANGFU_HOME", str(tmp_path / name))

    return make


@pytest.mark.parametrize(
    ("changes", "same"),
    [({}, True), ({"other.py": "b = 2\n"}, True), ({"two/three.py": "a = 2\n"}, False), ({"two/words/w.yml": "x: 2\n"}, False), ({"one.py": "c = 3\n"}, False), ({"two/new.yml": ""}, False)],
)
def test_a_module_rests_on_what_it_imports_through_others_and_on_no_other(home, changes, same):
    home("then")
    then = code.of_modules("bangfu.one")
    assert code.modules_of("bangfu.one") == {"bangfu", "bangfu.one", "bangfu.two", "bangfu.two.three"}
    home("now", **changes)
    assert (code.of_modules("bangfu.one") == then) is same


def test_looking_is_noted_also_in_vain_and_all_of_it_where_it_is_gone_through(tmp_path):
    notes = Notes()
    tables = Noted({"visits": 1, "funds": 2}, "table", notes.note)
    assert tables["visits"] == 1 and "deaths" not in tables and tables.get("helpers") is None
    assert notes.parts == {"table/visits", "table/deaths", "table/helpers"}
    with notes.quietly():
        assert len(tables) == 2
    assert (tables | {"visits": 3})["visits"] == 3
    assert "table/" not in notes.parts
    notes.keep(tmp_path / "n.json")
    assert sorted(tables.items()) == [("funds", 2), ("visits", 1)]
    assert tables | {"a": 3} == {"visits": 1, "funds": 2, "a": 3}
    assert noting.kept(tmp_path / "n.json") == notes.parts == {"table/visits", "table/deaths", "table/helpers", "table/", "table/funds", "table/a"}
    assert noting.kept(tmp_path / "none.json") is None


@pytest.mark.parametrize("path", sorted(workbench.notebooks().glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_notebook_that_is_a_step_ends_with_what_it_leaves(path):
    # What it looked at is kept from there on.
    told = json.loads(path.read_text(encoding="utf-8"))
    cells = ["".join(c["source"]) for c in told["cells"] if c["cell_type"] == "code"]
    assert "bangfu" not in told["metadata"] or cells[-1] == "report.finish()"


def test_what_changed_is_said_in_words():
    then = {"table/": "1", "table/visits": "1", "table/funds": "1", "raw/a.csv": "1"}
    assert changed(then, then | {"table/": "2", "table/visits": "2"}).zh == "走访记录变了"
    assert changed(then, {k: v for k, v in then.items() if k != "raw/a.csv"}).zh == "《a.csv》变了"
    assert changed(then, then | {"table/": "2"}).zh == "原始数据表变了"


class Kitchen:
    """A step `soup` that goes by water and its own recipe, and counts how often it is done."""

    def __init__(self, folder):
        self.folder, self.recipe, self.fails, self.cooked = folder, "r1", False, 0
        (folder / "work").mkdir()
        self.step = Step("soup", Sentence("汤", "soup"), self.cook, lambda: {"code": self.recipe}, lambda parts: {"intake"}, lambda: ["soup.txt"])

    def cook(self) -> Left:
        if self.fails:
            raise Problem.of("水开不了。", "The water does not boil.")
        self.cooked += 1
        (self.folder / "soup.txt").write_text("soup")
        return Left({"quality": "good"})

    def attend(self, parts: dict) -> Sentence | None:
        """As a new process would: from what is kept alone."""
        stamps = Stamps(self.folder)
        reason = why(self.step, parts, stamps)
        if reason:
            do(self.step, parts, stamps, reason)
        return reason


def test_a_step_is_done_once_for_the_same_and_again_for_any_change(tmp_path):
    kitchen, water = Kitchen(tmp_path), {"intake": "w1", "settings": "s1"}
    assert kitchen.attend(water).zh == "从未运行" and kitchen.attend(water) is None and kitchen.cooked == 1
    assert kitchen.attend(water | {"settings": "s2"}) is None  # it does not go by them
    assert "读取结果" in kitchen.attend(water | {"intake": "w2"}).zh
    kitchen.recipe = "r2"
    assert kitchen.attend(water | {"intake": "w2"}).zh == "程序变了" and kitchen.cooked == 3
    (tmp_path / "soup.txt").write_text("salt")
    assert "soup.txt" in kitchen.attend(water | {"intake": "w2"}).zh and (tmp_path / "soup.txt").read_text() == "soup"
    (tmp_path / "soup.txt").unlink()
    assert "soup.txt" in kitchen.attend(water | {"intake": "w2"}).zh and kitchen.cooked == 5


def test_a_failure_keeps_its_sentence_and_an_interruption_is_known(tmp_path):
    kitchen, water = Kitchen(tmp_path), {"intake": "w1"}
    kitchen.fails = True
    with pytest.raises(Problem):
        kitchen.attend(water)
    kept = Stamps(tmp_path).of["soup"]
    assert kept.state == "failed" and kept.said == [Sentence("水开不了。", "The water does not boil.")] and not kept.outputs
    kitchen.fails = False
    assert kitchen.attend(water).zh == "上次没有完成" and Stamps(tmp_path).of["soup"].gives == {"quality": "good"}
    stamps = Stamps(tmp_path)
    kept = stamps.of["soup"]
    kept.state = "begun"
    stamps.put("soup", kept)
    assert kitchen.attend(water).zh == "上次运行中断" and kitchen.cooked == 2
    (tmp_path / "work" / "steps.json").write_text("{ half of")
    assert kitchen.attend(water).zh == "从未运行" and kitchen.cooked == 3


def test_what_was_set_aside_comes_back_only_as_it_was_left(tmp_path):
    kitchen, water = Kitchen(tmp_path), {"intake": "w1"}
    kitchen.attend(water)
    (tmp_path / ASIDE).mkdir()
    (tmp_path / "soup.txt").replace(tmp_path / ASIDE / "soup.txt")
    assert why(kitchen.step, water, Stamps(tmp_path)) is None
    bring_back(tmp_path, Stamps(tmp_path).of["soup"].outputs)
    assert (tmp_path / "soup.txt").read_text() == "soup" and not (tmp_path / ASIDE / "soup.txt").exists()
    (tmp_path / "soup.txt").replace(tmp_path / ASIDE / "soup.txt")
    (tmp_path / ASIDE / "soup.txt").write_text("salt")
    assert kitchen.attend(water) and (tmp_path / "soup.txt").read_text() == "soup"


def test_one_run_at_a_time_in_a_folder(tmp_path):
    folder = tmp_path / "999210" / "2019"
    with lock.held(folder):
        assert lock.is_held(folder)
        with pytest.raises(lock.Busy) as e, lock.held(folder):
            raise AssertionError("held twice")
        assert "999210/2019" in e.value.say() and len(e.value.sentences) == 1
    assert not lock.is_held(folder)
    with lock.held(folder):
        pass


@pytest.mark.parametrize("ended_after", ["copies", "findings gone", "stamp"])
def test_findings_set_aside_are_those_of_their_own_basis_wherever_a_run_was_ended(tmp_path, monkeypatch, ended_after):
    reports, stamp = tmp_path / "2019", tmp_path / "2019" / "work" / "basis.json"
    stamp.parent.mkdir(parents=True)
    basis = {n: {"handover": n, "code": "c"} for n in "ABC"}
    previous.set_aside(reports, stamp, basis["A"], tmp_path)
    (reports / previous.FINDINGS).write_text("findings of A")
    with monkeypatch.context() as patch:
        if ended_after == "copies":
            patch.setattr(type(reports), "unlink", _ended)
        elif ended_after == "findings gone":
            patch.setattr(previous, "write_whole", _ended)
        try:
            previous.set_aside(reports, stamp, basis["B"], tmp_path)
        except KeyboardInterrupt:
            pass
    previous.set_aside(reports, stamp, basis["C"], tmp_path)  # before there were findings of B
    assert (reports / "previous" / previous.FINDINGS).read_text() == "findings of A"
    assert json.loads((reports / "previous" / previous.BASIS).read_text()) == basis["A"]
    assert json.loads(stamp.read_text()) == basis["C"]


def _ended(*args, **kwargs):
    raise KeyboardInterrupt
