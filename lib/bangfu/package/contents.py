"""What goes into the package of a county-year: the run as it was recorded, and everything that is needed to make it again."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from bangfu import digests, findings, workbench
from bangfu.package import CODE, ENVIRONMENT, INPUTS, PAPERS, PARAMS, REVIEWS, RUN, WORKFLOW, source
from bangfu.package.portable import portable
from bangfu.package.recorded import CannotPack, RecordedRun
from bangfu.publish.papers.issue import issue
from bangfu.publish.papers.matter import of_findings
from bangfu.record import FILE, SIGNATURE
from bangfu.review.entries import Entry


def put_run(run: RecordedRun, data: Path) -> None:
    """The run's folder: record, signature, everything it lists, and what the run went on from."""
    names = [FILE, SIGNATURE, *run.record["outputs"], *(f"previous/{name}" for name in run.record["goes on from"])]
    for name in names:
        if (run.folder / name).is_file():
            _put(run.folder / name, data / RUN / name)


def put_params(run: RecordedRun, data: Path) -> None:
    """The county params, as they were read."""
    _put(run.params, data / PARAMS / "counties" / run.params.name)


def put_standards(run: RecordedRun, data: Path) -> None:
    """What the county was judged by that is nobody's secret: policy pack, scorecard, dictionary."""
    _put(run.pack_file, data / PARAMS / "policies" / run.pack_file.name)
    card = f"{run.county.settings.pack.scorecard}.yml"
    _put(workbench.params() / "scorecards" / card, data / PARAMS / "scorecards" / card)
    _put(workbench.params() / "dictionary.yml", data / PARAMS / "dictionary.yml")


def put_workflow(run: RecordedRun, data: Path) -> None:
    """The pipeline, and each notebook as it was before it ran."""
    _put(Path(__file__).parents[1] / "pipeline.py", data / WORKFLOW / "pipeline.py")
    for name in run.record["notebooks"]:
        _put(workbench.notebooks() / f"{name}.ipynb", data / WORKFLOW / "notebooks" / f"{name}.ipynb")


def put_environment(run: RecordedRun, data: Path, *, with_code: bool = False) -> None:
    """Which code and which libraries made it; the source itself where it is asked for. CannotPack where it is the code of then no more."""
    same = digests.of_code(*digests.CODE) == run.record["code"]
    told = {"code": run.record["code"], "commit": source.commit() if same else None, "versions": run.record["versions"]}
    _json(told, data / ENVIRONMENT / "versions.json")
    lock = workbench.home() / "requirements.lock"
    if lock.is_file():
        _put(lock, data / ENVIRONMENT / lock.name)
    if with_code:
        if not same:
            raise CannotPack.of("程序在运行后改过,源代码不能随包(--with-code);请重新运行后再打包。", "The code was changed after the run: its source cannot travel (--with-code); run again, then pack.")
        source.copy(data / CODE)


def put_reviews(entries: list[Entry], handovers: list[tuple[str, str]], data: Path) -> None:
    """What people judged until now, edit by edit, and when each hand-over was first read."""
    _json([asdict(e) for e in entries], data / REVIEWS / "history.json")
    _json([{"digest": d, "first seen": seen} for d, seen in handovers], data / REVIEWS / "handovers.json")


def put_papers(rows: pd.DataFrame, run: RecordedRun, recipient: str, data: Path) -> None:
    """The working papers of findings (columns of `Ledger.rows`) for a named recipient."""
    county = run.county
    matters = of_findings(rows, county.settings.pack, county.intake, code=county.code, year=county.year, name=county.name, lang=county.lang)
    issue(matters, data / PAPERS, code=county.code, year=county.year, recipient=recipient, lang=county.lang)


def put_inputs(run: RecordedRun, data: Path, *, travel: bool) -> None:
    """The digests of the raw files, in the form that `sha256sum -c` reads in their folder; the files themselves where they are to travel."""
    data.mkdir(parents=True, exist_ok=True)
    if run.from_database and not travel:
        return  # digests of tables, which stand in the record
    lines = [f"{digest}  {name}\n" for name, digest in run.record["inputs"].items()]
    (data / "inputs.sha256").write_bytes("".join(lines).encode())
    if travel:
        run.demand_inputs()
        for name in run.record["inputs"]:
            _put(Path(run.county.settings.raw) / name, data / INPUTS / portable(name))


def open_ones(rows: pd.DataFrame) -> pd.DataFrame:
    """Of the findings (columns of `Ledger.rows`) those that count as they stand now."""
    return rows[rows["finding_id"].isin(findings.open_ones(rows.assign(status=rows["now"]))["finding_id"])]


def _put(source_file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source_file, target)


def _json(told, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps(told, ensure_ascii=False, indent=1).encode())
