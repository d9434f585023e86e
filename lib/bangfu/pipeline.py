"""One county-year from its raw files to published reports, a step at a time; several of them are a `fleet`."""

import ctypes
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from bangfu import findings, notebooks, previous
from bangfu.assessment.year_on_year import keep_years
from bangfu.county import County
from bangfu.kernels import nursery
from bangfu.problems import Problem, Sentence
from bangfu.publish.publication import first_page
from bangfu.steps.county_year import FINDINGS, QUALITY, READ, RECORD, WORKPAPERS, CountyYear
from bangfu.steps.lock import held

Progress = Callable[[str, Sentence], None]
NOTEBOOKS_AT_ONCE = 2  # a kernel costs some 400 MB; more of them than cores gain nothing


@dataclass
class Result:
    """How a county's run ended: status 0 (ran), 2 (params or input unusable), 1 (failed otherwise)."""

    params: str
    name: str
    status: int
    sentences: list[Sentence] = field(default_factory=list)
    folder: Path | None = None
    report: Path | None = None
    steps: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def _silent(county: str, step: Sentence) -> None:
    pass


def run_county(params: Path, year: int, reports: Path, *, only: list[str] | None = None, lang: str = "zh", edition: str = "public", as_before: bool = False, progress: Progress = _silent) -> Result:
    """Reads, validates, applies all rules, runs all notebooks and publishes all reports of one county-year.

    as_before: go on from what stands in the folder `previous`, as the run that is made again did, whatever the store of reviews says now.

    Never raises for what is wrong with the county: the result says it.
    """
    result = Result(str(params), Path(params).stem, 0)
    try:
        _run(Path(params).resolve(), year, Path(reports).resolve(), only, lang, edition, as_before, progress, result)
    except Problem as problem:
        result.status = problem.status
        result.sentences = list(problem.sentences)
    except Exception as wrong:  # a defect of ours must not stop the other counties
        result.status = 1
        result.sentences = [Sentence(f"程序出错({type(wrong).__name__}:{wrong}),请把此句和运行记录交给维护人员。", f"An error of the workbench ({type(wrong).__name__}: {wrong}); please report this sentence.")]
        if os.environ.get("BANGFU_TRACE"):
            raise
    return result


def _run(params: Path, year: int, reports: Path, only: list[str] | None, lang: str, edition: str, as_before: bool, progress: Progress, result: Result) -> None:
    chosen = notebooks.chosen(only)
    county = County.open(params, year, reports=reports, lang=lang, edition=edition)
    result.name, result.folder = county.name, county.folder
    with held(county.folder):
        of_year = CountyYear(county, chosen, params, reports)
        of_year.seconds = result.steps
        of_year.stamps.tell(of_year.about())
        if of_year.why(READ):
            nursery.warm_up()  # it imports while the raw files are read
        attended = Attended(of_year, result, progress)
        attended.step("read", READ)
        attended.step("validate", QUALITY)
        # Only now: a hand-over that cannot be used leaves the reports of the one before as they are.
        if not as_before:
            _go_on(county, reports)
        of_year.know()
        if attended.anything or any(of_year.plan().values()):
            _renew(of_year, attended)
        result.report = first_page(chosen, county.folder)
        result.sentences += [s for n in chosen for s in of_year.stamps.of[f"page/{n.name}"].said]
        result.counts = _counts(county.folder)


@dataclass
class Attended:
    """The steps of a county-year as they are attended to: what is said of each, and how long each kind took."""

    of_year: CountyYear
    result: Result
    progress: Progress
    anything: bool = False  # was any of them done?

    def step(self, kind: str, *names: str) -> None:
        """Attends to steps one after the other."""
        with self.timed(kind):
            for name in names:
                self.one(name)

    def one(self, name: str) -> None:
        title = self.of_year.steps[name].title
        self.anything |= self.of_year.attend(name, lambda: self.progress(self.of_year.county.name, title))

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.result.steps[kind] = self.result.steps.get(kind, 0) + time.perf_counter() - began


def _renew(of_year: CountyYear, attended: Attended) -> None:
    """Makes room, does again what has to be done, and brings back what still holds."""
    if any(of_year.why(f"notebook/{n.name}") for n in of_year.chosen):
        nursery.warm_up()
    of_year.make_room()
    attended.step("rules", FINDINGS)
    of_year.county.let_go()  # what comes next needs little of it, and kernels need the memory
    _return_memory()
    with attended.timed("notebooks"):
        _run_notebooks(of_year.chosen, attended)
    attended.step("publish", *(f"page/{n.name}" for n in of_year.chosen), WORKPAPERS)
    attended.step("record", RECORD)
    of_year.close()


def _return_memory() -> None:
    """Gives memory that is free back to the system: glibc keeps it for the process otherwise, half of what a large county took."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim:
            trim(0)


def _counts(folder: Path) -> dict[str, int]:
    """Severity -> how many findings count."""
    ledger = pd.read_parquet(folder / previous.FINDINGS, columns=["status", "severity"])
    return findings.open_ones(ledger)["severity"].value_counts().to_dict()


def _go_on(county: County, reports: Path) -> None:
    """Takes what people judged since, keeps the hand-over by its digest, and sets aside what the last run found on another basis."""
    from bangfu.review.store import Store

    store = Store.of(county.settings, reports)
    known = store.entries(county.year)
    store.note_handover(county.year, county.basis["handover"])
    store.close()
    previous.set_aside(county.folder, county.folder / "work" / "basis.json", county.basis, county.handover_file.parent)
    previous.take_reviews(county.folder, known)
    previous.take_earlier(county.folder)
    keep_years(county.folder)
    if not county.handover_is_kept:
        county.handover.keep(county.handover_file)


def _run_notebooks(chosen: list[notebooks.Notebook], attended: Attended) -> None:
    """Runs notebooks that do not wait for one another side by side; every failure is said, not only the first."""
    wrong: dict[str, Problem] = {}
    with ThreadPoolExecutor(NOTEBOOKS_AT_ONCE) as pool:
        for ready in notebooks.in_waves(chosen):
            wrong |= {n.name: problem for n, problem in zip(ready, pool.map(lambda n: _attempt(n, attended), ready), strict=True) if problem}
    if wrong:
        raise notebooks.NotebookFailed(*(s for n in chosen if n.name in wrong for s in wrong[n.name].sentences))


def _attempt(notebook: notebooks.Notebook, attended: Attended) -> Problem | None:
    try:
        attended.one(f"notebook/{notebook.name}")
    except Problem as wrong:
        return wrong
    return None


def exit_status(results: list[Result]) -> int:
    """0 when every county ran; 2 when params or inputs were unusable; 1 when a county failed otherwise (also with both)."""
    statuses = {r.status for r in results} - {0}
    return 1 if 1 in statuses else 2 if statuses else 0
