"""One county-year from its raw files to published reports, a step at a time; several of them are a `fleet`."""

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bangfu import findings, notebooks, previous, record
from bangfu.assessment import points
from bangfu.assessment.year_on_year import keep_years
from bangfu.county import County
from bangfu.kernels import nursery
from bangfu.problems import Problem, Sentence

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
    nursery.warm_up()  # it imports while the raw files are read
    county = County.open(params, year, reports=reports, lang=lang, edition=edition)
    result.name, result.folder = county.name, county.folder

    @contextmanager
    def step(name: str, zh: str, en: str):
        progress(county.name, Sentence(zh, en))
        began = time.perf_counter()
        yield
        result.steps[name] = result.steps.get(name, 0) + time.perf_counter() - began

    with step("read", "读取原始文件", "reading raw files"):
        county.tables
    with step("validate", "数据质量检验", "validating"):
        county.quality
    # Only now: a hand-over that cannot be used leaves the reports of the one before as they are.
    if not as_before:
        _go_on(county, reports)
    _make_room(county)
    with step("rules", "逐条规则评估", "applying rules"):
        ledger = county.findings
        county.assess()
    folder = county.folder
    with step("write", "写出疑点清单", "writing findings"):
        findings.write(ledger, folder / "findings.parquet")
        county.intake.rejects.to_parquet(folder / "rejects.parquet", index=False)
        county.helpers.to_parquet(folder / "helpers.parquet", index=False)
        county.assess().coverage.to_parquet(folder / "coverage.parquet", index=False)
        points.write(county.points, folder / "points.parquet")
    given = {"params": str(params), "year": year, "reports": str(reports), "lang": lang, "edition": edition}
    with step("notebooks", "运行笔记本", "running notebooks"):
        _run_notebooks(chosen, folder, given, lambda n: progress(county.name, Sentence(f"笔记本:{n.title}", f"notebook: {n.name}")))
    with step("publish", "发布报告", "publishing reports"):
        _publish(chosen, county, result)
    with step("record", "签署运行记录", "signing the record"):
        record.write(folder, county, params, notebooks=[n.name for n in chosen], steps=result.steps, at=datetime.now().astimezone().isoformat(timespec="seconds"))
    counted = findings.open_ones(ledger)
    result.counts = counted["severity"].value_counts().to_dict()


def _go_on(county: County, reports: Path) -> None:
    """Takes what people judged since, keeps the hand-over by its digest, and sets aside what the last run found on another basis."""
    from bangfu.review.store import Store

    store = Store.of(county.settings, reports)
    known = store.entries(county.year)
    store.note_handover(county.year, county.basis["handover"])
    store.close()
    county.folder.mkdir(parents=True, exist_ok=True)
    previous.set_aside(county.folder, county.folder / "work" / "basis.json", county.basis, county.handover_file.parent)
    previous.take_reviews(county.folder, known)
    previous.take_earlier(county.folder)
    keep_years(county.folder)
    county.handover.keep(county.handover_file)


def _make_room(county: County) -> None:
    """Clears the reports that an earlier run left."""
    county.folder.mkdir(parents=True, exist_ok=True)
    for path in county.folder.iterdir():
        if path.is_file():
            path.unlink()


def _run_notebooks(chosen: list[notebooks.Notebook], folder: Path, given: dict, say: Callable) -> None:
    """Runs notebooks that do not wait for one another side by side; every failure is said, not only the first."""
    names = {n.name for n in chosen}
    waiting, wrong, done = list(chosen), [], set()
    while waiting:
        ready = [n for n in waiting if not (set(n.after) & names) - done]
        for n in ready:
            say(n)
        with ThreadPoolExecutor(NOTEBOOKS_AT_ONCE) as pool:
            for n, outcome in zip(ready, pool.map(lambda n: _attempt(n, folder, given), ready), strict=True):
                done.add(n.name)
                if outcome:
                    wrong.append(outcome)
        waiting = [n for n in waiting if n.name not in done]
    if wrong:
        raise notebooks.NotebookFailed(*(s for p in wrong for s in p.sentences))


def _attempt(notebook: notebooks.Notebook, folder: Path, given: dict) -> Problem | None:
    try:
        notebooks.execute(notebook, folder, given)
    except Problem as wrong:
        return wrong
    return None


def _publish(chosen: list[notebooks.Notebook], county: County, result: Result) -> None:
    from bangfu.publish import publish

    result.report, said = publish(chosen, county)
    result.sentences += said


def exit_status(results: list[Result]) -> int:
    """0 when every county ran; 2 when params or inputs were unusable; 1 when a county failed otherwise (also with both)."""
    statuses = {r.status for r in results} - {0}
    return 1 if 1 in statuses else 2 if statuses else 0
