"""The notebooks of the workbench: what each needs and leaves, and running one with Papermill.

A notebook says in its metadata (`bangfu`) what it leaves and after which others it runs; success is never read from the
executed notebook, which marks cells of a killed run as completed, but from what it left.
"""

import json
import logging
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from bangfu import workbench
from bangfu.problems import Problem, WrongParams, did_you_mean


@dataclass(frozen=True)
class Notebook:
    """A notebook of the workbench: `leaves` are files in the run's folder, `after` other notebooks."""

    name: str
    path: Path
    title: str
    title_en: str
    leaves: tuple[str, ...]
    after: tuple[str, ...]
    order: int

    def label(self, lang: str = "zh") -> str:
        return self.title_en if lang == "en" else self.title


class NotebookFailed(Problem):
    """A notebook did not leave what it declares."""


def all_notebooks() -> dict[str, Notebook]:
    """The notebooks that every county-year runs, in their order."""
    found = []
    for path in sorted(workbench.notebooks().glob("*.ipynb")):
        told = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("bangfu")
        if told:
            found.append(Notebook(path.stem, path, told["title"], told["title_en"], tuple(told["leaves"]), tuple(told.get("after", ())), told["order"]))
    return {n.name: n for n in sorted(found, key=lambda n: n.order)}


def chosen(only: list[str] | None) -> list[Notebook]:
    """The notebooks named, or all; WrongParams for a name that there is none of."""
    known = all_notebooks()
    for name in only or ():
        if name not in known:
            zh, en = did_you_mean(name, known)
            raise WrongParams.of(f"没有名为“{name}”的笔记本{zh}", f"No notebook “{name}”{en}")
    return [n for n in known.values() if not only or n.name in only]


def _check_parameters(notebook: Notebook, given: dict) -> None:
    # Papermill only warns of a parameter that the notebook does not know.
    import papermill

    known = papermill.inspect_notebook(str(notebook.path))
    for name in given:
        if name not in known:
            zh, en = did_you_mean(name, known)
            raise WrongParams.of(f"笔记本 {notebook.name} 没有参数“{name}”{zh}", f"Notebook {notebook.name} has no parameter “{name}”{en}")


def _readable_parameters() -> None:
    """Parameters stand in the executed notebook as people write them, not as \\u escapes."""
    from papermill.translators import PythonTranslator, papermill_translators

    class Readable(PythonTranslator):
        @classmethod
        def translate_str(cls, val):
            return json.dumps(val, ensure_ascii=False)

    papermill_translators.register("python", Readable)
    papermill_translators.register("python3", Readable)


def execute(notebook: Notebook, folder: Path, parameters: dict) -> Path:
    """Runs a notebook with Papermill; returns the executed one. NotebookFailed where it did not leave what it declares."""
    import papermill

    _readable_parameters()
    _check_parameters(notebook, parameters)
    for name in notebook.leaves:
        (folder / name).unlink(missing_ok=True)
    executed = folder / f"{notebook.name}.ipynb"
    logging.getLogger("papermill").setLevel(logging.ERROR)
    why = ("", "")
    try:
        with _private_channel() as channel:
            papermill.execute_notebook(
                str(_in_language(notebook, folder, parameters.get("lang", "zh"))),
                str(executed),
                parameters=parameters,
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                start_timeout=120,
                config=channel,
            )
    except papermill.PapermillExecutionError as wrong:
        why = (f",第{wrong.exec_count}个单元格报 {wrong.ename}:{_first_line(wrong.evalue)}", f": cell {wrong.exec_count} raised {wrong.ename}: {_first_line(wrong.evalue)}")
    except Exception as wrong:  # a kernel that died or did not start
        why = (f",内核中断({type(wrong).__name__})", f": the kernel stopped ({type(wrong).__name__})")
    missing = [n for n in notebook.leaves if not (folder / n).exists()]
    if why[0] or missing:
        left = ("", "") if not missing or why[0] else (f",没有留下 {'、'.join(missing)}", f": it did not leave {', '.join(missing)}")
        raise NotebookFailed.of(f"笔记本“{notebook.title}”({notebook.name})没有完成{why[0]}{left[0]}。", f"Notebook {notebook.name} did not finish{why[1]}{left[1]}.")
    _without_times(executed)
    return executed


def _in_language(notebook: Notebook, folder: Path, lang: str) -> Path:
    """The notebook with its texts in the language of the run: a text cell carries its English in its metadata."""
    if lang != "en":
        return notebook.path
    told = nbformat.read(notebook.path, as_version=4)
    for cell in told.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.metadata.get("en", cell.source)
    path = folder / "work" / f"{notebook.name}.en.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(told, path)
    return path


@contextmanager
def _private_channel():
    """The configuration by which a kernel talks over files that only this user can open, where the system has such.

    On a port, which is the default, anybody on the machine could listen or speak.
    """
    from traitlets.config import Config

    with tempfile.TemporaryDirectory(prefix="bf-") as folder:
        if os.name != "posix" or len(folder) > 80:  # the path of such a file may have 107 characters
            yield Config()
        else:
            yield Config({"KernelManager": {"transport": "ipc", "ip": os.path.join(folder, "k")}})


def _file_name_only(line: str) -> str:
    name, _, path = line.partition(" = ")
    return f"{name} = {json.dumps(Path(json.loads(path)).name, ensure_ascii=False)}"


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0][:200]


def _without_times(path: Path) -> None:
    """Takes clock times and machine paths out of an executed notebook: the same run leaves the same file."""
    notebook = nbformat.read(path, as_version=4)
    told = notebook.metadata.get("papermill", {})
    notebook.metadata["papermill"] = {"parameters": {k: v for k, v in told.get("parameters", {}).items() if k not in {"params", "reports"}}}
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            # The folders of this machine are nobody's business; the name of the params file says which county it was.
            lines = [line for line in cell.source.splitlines() if not line.startswith("reports =")]
            cell.source = "\n".join(_file_name_only(line) if line.startswith("params =") else line for line in lines)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:03d}"
    nbformat.write(notebook, path)
