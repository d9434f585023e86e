"""Where a county's time goes: seconds of processors of every step of a run, and of every cell of its notebooks.

    python benchmarks/county_profile.py [households]

All in one process, one after the other, on a fresh folder; each notebook opens the county anew, as its kernel would. What kernels cost
beside their cells is that of a notebook without any, times the number of notebooks.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in kernels

import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import cells
import nbformat
import results
import small_county
from timing import machine

from bangfu import findings, notebooks
from bangfu.county import County
from bangfu.kernels import nursery
from bangfu.publish.documents import publish_docx, publish_pdf
from bangfu.publish.html import publish_html
from bangfu.publish.publication import FILED, particulars, publish_workpapers
from bangfu.sample.making import make_county

YEAR = small_county.YEAR


class Profile:
    """Seconds of processors by step and by what was done in it; the cells of notebooks by themselves as well."""

    def __init__(self):
        self.parts: dict[tuple[str, str], float] = defaultdict(float)
        self.cells: dict[tuple[str, str], float] = defaultdict(float)

    def timed(self, step: str, what: str, work):
        began = time.process_time()
        result = work()
        self.parts[step, what] += time.process_time() - began
        return result

    def run(self, notebook: notebooks.Notebook, params: Path, reports: Path) -> None:
        for line, what, seconds in cells.run(notebook, params, reports):
            self.parts[f"notebook {notebook.name}", what] += seconds
            self.cells[notebook.name, line] += seconds


def kernel(place: Path) -> float:
    """Seconds of processors of a notebook that does nothing: the second one, so that nothing is imported for the first time."""
    told = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("nothing = None", metadata={"tags": ["parameters"]})])
    told.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(told, place / "nothing.ipynb")
    nothing = replace(notebooks.chosen(None)[0], path=place / "nothing.ipynb", name="nothing.out", leaves=())
    nursery.zygote().ready()
    return [small_county.seconds(lambda: notebooks.execute(nothing, place, {}))[1] for _ in range(2)][1]


def profile(params: Path, place: Path) -> Profile:
    told, reports, chosen = Profile(), place / "reports", notebooks.chosen(None)
    # The steps of a run, which leave the executed notebooks as well: what is published below.
    result = small_county.pipeline.run_county(params, YEAR, place / "before")
    assert result.status == 0, result.sentences
    before = result.folder
    county = County.open(params, YEAR, reports=reports)
    county.folder.mkdir(parents=True)
    told.timed("read", "raw files → typed tables", lambda: county.tables)
    told.timed("validate", "suites (Great Expectations)", lambda: county.quality)
    told.timed("rules", "applying rules", county.outcomes)
    told.timed("rules", "the table of findings", lambda: county.findings)
    told.timed("rules", "the assessment of helpers", lambda: (county.helpers, county.points))
    told.timed("rules", "the money in question, the reconciliation", lambda: county.money)
    findings.write(county.findings, county.folder / "findings.parquet")
    for n in chosen:
        told.run(n, params, reports)
    told.parts["kernels", f"beside their cells, {len(chosen)}"] = kernel(place) * len(chosen)
    about = particulars(county)
    for n in chosen:
        told.timed("publish", "pages (HTML)", lambda n=n: publish_html(before / f"{n.name}.ipynb", place / f"{n.name}.html", meta=about | {"title": n.title}))
    told.timed("publish", "the annual report as PDF", lambda: publish_pdf(place / f"{FILED}.html", place / f"{FILED}.pdf"))
    told.timed("publish", "the annual report as Word", lambda: publish_docx(before / f"{FILED}.ipynb", place / f"{FILED}.docx", meta=about | {"title": FILED}))
    told.timed("publish", "working papers (Excel)", lambda: publish_workpapers(county))
    return told


def main(households: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make_county(place / "county", households=households, seed=1)
        told = profile(place / "county" / "params.yml", place)
    whole = sum(told.parts.values())
    parts = [[step, what, round(s, 3), round(s / whole, 4)] for (step, what), s in sorted(told.parts.items(), key=lambda p: -p[1])]
    dearest = [[name, line, round(s, 3)] for (name, line), s in sorted(told.cells.items(), key=lambda c: -c[1])[:12]]
    for step, what, s, share in parts:
        print(f"{step:<28}{what:<44}{s:>8.3f}{share:>8.1%}")
    results.write("county_profile", {"households": households, "seconds": round(whole, 2), "parts": parts, "cells": dearest, "machine": machine()})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
