"""Several counties: each an errand of its own, handed to workers as they become free; one that fails does not stop the others."""

from __future__ import annotations

import ctypes
import gc
import os
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue
from uuid import uuid4

from bangfu.fleet import places
from bangfu.fleet.errand import Errand, workbench_identity
from bangfu.fleet.progress import DONE, FAILED, silent
from bangfu.pipeline import Progress, Result, run_county
from bangfu.problems import Problem, Sentence, WrongParams

AT_ONCE = 1  # counties that a worker is given at a time: one that waits at a worker would be blamed for the worker's end as well


def run_counties(params: list[str | Path], year: int, reports: str | Path, *, jobs: int = 1, scheduler: str | None = None, only: list[str] | None = None, lang: str = "zh", edition: str = "public", progress: Progress = silent) -> list[Result]:
    """Runs one or more counties, each from its params (a path or URL); results in the order of `params`.

    reports    path or URL of the folder for reports
    jobs       counties at once on this machine; scheduler: the address of a Dask scheduler, whose workers run them instead
    Raises WrongParams for what concerns all counties; what is wrong with one is in its result.
    """
    errands = [Errand.of(p, year, reports, {"only": only, "lang": lang, "edition": edition}) for p in params]
    _demand_different(errands)
    if scheduler or min(jobs, len(errands)) > 1:
        from bangfu.fleet.cluster import workers

        with _mark(str(reports), scheduler) as mark, workers(min(jobs, len(errands)), scheduler) as client:
            # Workers that this process started are of its own installation.
            return dispatch([replace(e, mark=mark) for e in errands], client, progress, code=workbench_identity() if scheduler else None)
    results = []
    for errand in errands:
        results.append(_here(errand, progress))
        if len(errands) > 1:
            _tell_end(results[-1], progress)
    return results


def _tell_end(result: Result, progress: Progress) -> None:
    progress(result.name, FAILED if result.status else DONE)


def _here(errand: Errand, progress: Progress) -> Result:
    if not errand.by_url:
        return run_county(Path(errand.params), errand.year, Path(errand.reports), **errand.options, progress=progress)
    try:
        return errand.run(progress)
    except Exception as wrong:
        return _lost(errand, wrong)


def dispatch(errands: list[Errand], client, progress: Progress = silent, *, code: str | None = None) -> list[Result]:
    """Hands errands to the workers of a Dask client, no more than they can take; results in the order of `errands`.

    code: the workbench that every worker must be (`workbench_identity`); None where that is known.
    A county whose worker is lost is given to another. Workers may come and go meanwhile.
    """
    topic = f"bangfu-{uuid4().hex}"
    waiting, under_way, ended, results = deque(range(len(errands))), {}, Queue(), {}

    def note(number: int, result: Result) -> None:
        results[number] = result
        _tell_end(result, progress)

    try:
        client.subscribe_topic(topic, lambda event: progress(event[1]["county"], Sentence(*event[1]["step"])))
        while waiting or under_way:
            room = AT_ONCE * sum(client.nthreads().values())
            while waiting and len(under_way) < max(room, 1):
                number = waiting.popleft()
                future = client.submit(_at_worker, errands[number], code, topic, key=f"{topic}-{number}", pure=False)
                under_way[future.key] = number
                future.add_done_callback(ended.put)
            try:
                future = ended.get(timeout=1)
            except Empty:
                continue
            number = under_way.pop(future.key)
            note(number, _result(future, errands[number]))
            future.release()
        client.unsubscribe_topic(topic)
    except OSError as wrong:  # the scheduler does not answer
        for number in sorted({*range(len(errands))} - {*results}):
            note(number, _lost(errands[number], ConnectionError(wrong)))
    return [results[n] for n in range(len(errands))]


def _at_worker(errand: Errand, code: str | None, topic: str) -> Result:
    """Runs an errand where Dask puts it, telling each step to whoever sent it."""
    from distributed import get_worker

    from bangfu.fleet.cluster import other_workbench

    worker = get_worker()
    if code and workbench_identity() != code:  # it came after the others were asked
        raise other_workbench([worker.address])
    try:
        return errand.run(lambda county, step: worker.log_event(topic, {"county": county, "step": list(step)}))
    finally:
        _let_go()


def _let_go() -> None:
    """Gives back what a county held: left alone, Python collects cycles late, and the C library keeps what threads have freed."""
    gc.collect()
    with suppress(OSError, AttributeError, TypeError):  # a C library that has no such thing
        ctypes.CDLL(None).malloc_trim(0)


def _result(future, errand: Errand) -> Result:
    try:
        return future.result()
    except Exception as wrong:
        return _lost(errand, wrong)


def _lost(errand: Errand, wrong: Exception) -> Result:
    """The result of a county that brought none: its workers died, or ours is the fault."""
    if isinstance(wrong, Problem):
        return Result(errand.params, errand.name, wrong.status, list(wrong.sentences))
    kind = type(wrong).__name__
    if kind == "KilledWorker":
        said = Sentence(
            "运行它的进程一再中断(多因内存不足),请减少 --jobs 或换内存更大的机器后重试。",
            "The processes that ran it ended again and again (mostly for lack of memory); try fewer --jobs, or a machine with more memory.",
        )
    elif kind in ("ConnectionError", "FutureCancelledError"):
        said = Sentence("与调度器的连接中断,请恢复后重新运行:已完成的县不再运行。", "The connection to the scheduler was lost; run again when it is back: counties that are done are not run again.")
    else:
        said = Sentence(f"程序出错({kind}:{wrong}),请把此句和运行记录交给维护人员。", f"An error of the workbench ({kind}: {wrong}); please report this sentence.")
    return Result(errand.params, errand.name, 1, [said])


@contextmanager
def _mark(reports: str, scheduler: str | None):
    """A file in the folder for reports by which workers elsewhere see that it is the same folder."""
    if not scheduler or places.in_store(reports):
        yield None
        return
    path = Path(os.path.abspath(reports)) / f".bangfu-{uuid4().hex}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    try:
        yield str(path)
    finally:
        path.unlink(missing_ok=True)


def _demand_different(errands: list[Errand]) -> None:
    """Two counties with one code would write over each other's reports."""
    first: dict[str, Errand] = {}
    for errand in errands:
        if errand.code is None:
            continue  # what is wrong with its params is said when its turn comes
        if errand.code in first:
            one, other = (Path(e.params).name for e in (first[errand.code], errand))
            raise WrongParams.of(
                f"{one} 和 {other} 的县代码都是“{errand.code}”,报告会互相覆盖,请改其中一个。",
                f"{one} and {other} both have the county code “{errand.code}”: their reports would overwrite each other; change one.",
            )
        first[errand.code] = errand
