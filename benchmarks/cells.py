"""The cells of a notebook run one after the other in this process, without a kernel: what each computes, and what showing it takes."""

import time
from collections.abc import Iterator
from pathlib import Path

import nbformat

from bangfu.charts import Chart
from bangfu.notebooks import Notebook


def run(notebook: Notebook, params: Path, reports: Path) -> Iterator[tuple[str, str, float]]:
    """(the last line of a cell, what was done, seconds of processors): opening the county, computing, charts, pictures of charts for Word, tables and cards."""
    own: dict = {}
    for cell in (c for c in nbformat.read(notebook.path, as_version=4).cells if c.cell_type == "code"):
        *before, last = cell.source.strip().splitlines()
        began = time.process_time()
        exec("\n".join(before), own)
        if not last.startswith("report."):
            exec(last, own)
            own |= {"params": str(params), "reports": str(reports)}
            yield last, "opening the county", time.process_time() - began
            continue
        shown = eval(last, own)
        yield last, "charts, drawn" if isinstance(shown, Chart) else "computing", time.process_time() - began
        for kind, name in (("svg", "charts, written as SVG"), ("html", "tables and cards"), *([("png", "charts, pictures for Word")] if own["report"].in_word else [])):
            if (draw := getattr(shown, f"_repr_{kind}_", None)) is not None:
                began = time.process_time()
                draw()
                yield last, name, time.process_time() - began
