"""The notebooks of the workbench: what each needs and leaves, and running one with Papermill.

A notebook says in its metadata (`bangfu`) what it leaves and after which others it runs; success is never read from the
executed notebook, which marks cells of a killed run as completed, but from what it left.
"""

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from bangfu import workbench
from bangfu.jupyter import nbformat
from bangfu.problems import Problem, WrongParams, did_you_mean


@dataclass(frozen=True)
class Notebook:
    """A notebook of the workbench: `leaves` are files in the run's folder, `after` other notebooks; one not `by_default` runs only when named.

    about: what it is run on, "county" (a county-year) or "province" (all county-years of a reports folder).
    cells: how many cells of code it has, by which one knows roughly which takes longest.
    """

    name: str
    path: Path
    title: str
    title_en: str
    leaves: tuple[str, ...]
    after: tuple[str, ...]
    order: int
    by_default: bool = True
    about: str = "county"
    cells: int = 0

    def label(self, lang: str = "zh") -> str:
        return self.title_en if lang == "en" else self.title


class NotebookFailed(Problem):
    """A notebook did not leave what it declares."""


def all_notebooks(about: str = "county") -> dict[str, Notebook]:
    """The notebooks that a county-year can run (or a province), in their order."""
    found = []
    for path in sorted(workbench.notebooks().glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        told = notebook["metadata"].get("bangfu")
        if told:
            cells = sum(c["cell_type"] == "code" for c in notebook["cells"])
            found.append(Notebook(path.stem, path, told["title"], told["title_en"], tuple(told["leaves"]), tuple(told.get("after", ())), told["order"], told.get("by_default", True), told.get("about", "county"), cells))
    return {n.name: n for n in sorted(found, key=lambda n: n.order) if n.about == about}


def chosen(only: list[str] | None) -> list[Notebook]:
    """The notebooks named, or those that every county-year runs; WrongParams for a name that there is none of."""
    known = all_notebooks()
    for name in only or ():
        if name not in known:
            zh, en = did_you_mean(name, known)
            raise WrongParams.of(f"没有名为“{name}”的笔记本{zh}", f"No notebook “{name}”{en}")
    return [n for n in known.values() if (n.name in only if only else n.by_default)]


def in_waves(chosen: list[Notebook]) -> list[list[Notebook]]:
    """The notebooks in groups that can run side by side, each after those that it waits for; the longest of a group first, so that none is left to run alone."""
    names, waiting, done, waves = {n.name for n in chosen}, list(chosen), set(), []
    while ready := [n for n in waiting if not (set(n.after) & names) - done]:
        waves.append(sorted(ready, key=lambda n: -n.cells))
        done |= {n.name for n in ready}
        waiting = [n for n in waiting if n.name not in done]
    if waiting:
        left = [n.name for n in waiting]
        raise NotebookFailed.of(f"笔记本 {'、'.join(left)} 互相等待,都无法运行,请改正其元数据中的 after。", f"The notebooks {', '.join(left)} wait for one another, so that none can run; mend `after` in their metadata.")
    return waves


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


@dataclass(frozen=True)
class Limits:
    """What a notebook may take: seconds of one cell, MiB of memory; None where there is no limit."""

    cell_seconds: int | None = None
    memory: int | None = None

    @classmethod
    def of_the_environment(cls) -> "Limits":
        """As BANGFU_CELL_SECONDS and BANGFU_KERNEL_MIB say; WrongParams where one is no whole number above nought."""
        return cls(*(_whole(name) for name in ("BANGFU_CELL_SECONDS", "BANGFU_KERNEL_MIB")))


def _whole(name: str) -> int | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) == 0:
        raise WrongParams.of(f"环境变量 {name} 应为正整数,不能是“{text}”。", f"The environment variable {name} must be a whole number above 0, not “{text}”.")
    return int(text)


def execute(notebook: Notebook, folder: Path, parameters: dict, limits: Limits | None = None) -> Path:
    """Runs a notebook with Papermill; returns the executed one. NotebookFailed where it did not leave what it declares.

    limits: those of the environment where none are given.
    """
    import papermill

    limits = limits or Limits.of_the_environment()
    _readable_parameters()
    _check_parameters(notebook, parameters)
    for name in notebook.leaves:
        (folder / name).unlink(missing_ok=True)
    executed = folder / f"{notebook.name}.ipynb"
    logging.getLogger("papermill").setLevel(logging.ERROR)
    ran, why = None, ("", "")
    try:
        ran = papermill.execute_notebook(
            str(_in_language(notebook, folder, parameters.get("lang", "zh"))),
            str(executed),
            parameters=parameters,
            engine_name="bangfu-warm",
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            start_timeout=120,
            execution_timeout=limits.cell_seconds,
            memory=limits.memory and limits.memory << 20,
            # Written once, at its end: saving it before and after every cell costs as much as a small notebook.
            request_save_on_cell_execute=False,
        )
    except Exception as wrong:
        why = _why(wrong, limits)
    missing = [n for n in notebook.leaves if not (folder / n).exists()]
    if why[0] or missing:
        left = ("", "") if not missing or why[0] else (f",没有留下 {'、'.join(missing)}", f": it did not leave {', '.join(missing)}")
        raise NotebookFailed.of(f"笔记本“{notebook.title}”({notebook.name})没有完成{why[0]}{left[0]}。", f"Notebook {notebook.name} did not finish{why[1]}{left[1]}.")
    _without_times(ran, executed)
    return executed


def _why(wrong: Exception, limits: Limits) -> tuple[str, str]:
    """Why a notebook did not finish, in both languages, as the end of a sentence."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill import PapermillExecutionError

    if isinstance(wrong, PapermillExecutionError):
        cell, said = wrong.exec_count, f"{wrong.ename}: {_first_line(wrong.evalue)}"
        if wrong.ename == "MemoryError" and limits.memory:
            return f",第{cell}个单元格所需内存超过上限{limits.memory:,} MiB", f": cell {cell} needed more memory than the {limits.memory:,} MiB allowed"
        return f",第{cell}个单元格报 {wrong.ename}:{_first_line(wrong.evalue)}", f": cell {cell} raised {said}"
    if isinstance(wrong, CellTimeoutError):
        return f",有单元格超过时限{limits.cell_seconds}秒", f": a cell took longer than the {limits.cell_seconds} seconds allowed"
    if isinstance(wrong, DeadKernelError):
        return ",内核被中止(常因内存不足)", ": its kernel was ended (often for lack of memory)"
    return f",内核没有启动({type(wrong).__name__})", f": its kernel did not start ({type(wrong).__name__})"


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


def _file_name_only(line: str) -> str:
    name, _, path = line.partition(" = ")
    return f"{name} = {json.dumps(Path(json.loads(path)).name, ensure_ascii=False)}"


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0][:200]


def _without_times(notebook, path: Path) -> None:
    """Writes an executed notebook without clock times and machine paths: the same run leaves the same file."""
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
