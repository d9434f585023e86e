"""One small county: its notebooks and pages beside the `papermill` and `nbconvert` commands, and `bangfu run` from a cold shell.

    python benchmarks/small_county.py [households] [rounds]

(a) From a county that has been read, validated and judged: all notebooks executed and published as HTML, in warm kernels and by
    the commands, at equal parallelism. Every output of every cell, and every page, must be the same, or there is no figure.
(g) `bangfu run` from raw files to all reports in a fresh process, beside one fresh process that imports what is needed and does
    the same arithmetic and rendering one after the other, without any kernel.
Both are ratios of two times taken in turn in one run; the table shows the median and the range, the JSON beside this file all of them.
Beside the times of the clock stand those of the processors, which a machine that others use as well does not change much.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import cells
import nbformat
import results
from timing import machine

from bangfu import notebooks, pipeline
from bangfu.county import County
from bangfu.kernels import nursery
from bangfu.publish.publication import particulars
from bangfu.publish.html import publish_html
from bangfu.sample.making import make_county

YEAR, HERE = 2019, Path(__file__).resolve()
PAGES = "BANGFU_BENCHMARK_PAGES"  # notebook -> what its page says of the run, for the exporter below


class ReportPage:
    """For `jupyter nbconvert --to small_county.ReportPage`: the page that bangfu publishes, made by the command."""

    def __new__(cls, **kwargs):
        from nbconvert import HTMLExporter

        class Exporter(HTMLExporter):
            def from_filename(self, filename, resources=None, **kw):
                with tempfile.TemporaryDirectory() as folder:
                    page = publish_html(Path(filename), Path(folder) / "page.html", meta=json.loads(os.environ[PAGES])[Path(filename).stem])
                    return page.read_text(encoding="utf-8"), {**(resources or {}), "output_extension": ".html"}

        return Exporter(**kwargs)


def seconds(work) -> tuple[float, float]:
    """What the work takes: by the clock, and of processors, with all processes that it started and kernels of the zygote."""
    began = time.perf_counter(), _processor()
    work()
    return time.perf_counter() - began[0], _processor() - began[1]


def _processor() -> float:
    own = os.times()
    fields = Path(f"/proc/{nursery.zygote().process.pid}/stat").read_text().rpartition(")")[2].split()
    return own.user + own.system + own.children_user + own.children_system + sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class Judged:
    """A county that has been read, validated and judged, in copies that are published in one way or the other."""

    def __init__(self, place: Path, params: Path):
        self.place, self.params, self.chosen = place, params, notebooks.chosen(None)
        result = pipeline.run_county(params, YEAR, place / "judged")
        assert result.status == 0, result.sentences
        self.pages = {n.name: particulars(County.open(params, YEAR, reports=place / "judged")) | {"title": n.title} for n in self.chosen}

    def copy(self, name: str) -> tuple[Path, Path]:
        """(the folder of reports, the folder of the county-year in it), as before its notebooks ran."""
        reports = self.place / name
        shutil.rmtree(reports, ignore_errors=True)
        shutil.copytree(self.place / "judged", reports)
        folder = next(reports.glob(f"*/{YEAR}"))
        for n in self.chosen:
            for left in [*n.leaves, f"{n.name}.ipynb", f"{n.name}.html"]:
                (folder / left).unlink(missing_ok=True)
        return reports, folder

    def in_order(self, publish, at_once: int) -> None:
        """Publishes notebooks as a run does: several at once, in the same order on both sides."""
        with ThreadPoolExecutor(at_once) as pool:
            for ready in notebooks.in_waves(self.chosen):
                list(pool.map(publish, ready))

    def warm(self, at_once: int) -> tuple[tuple[float, float], Path]:
        reports, folder = self.copy("warm")
        given = {"params": str(self.params), "year": YEAR, "reports": str(reports), "lang": "zh", "edition": "public"}

        def publish(n) -> None:
            notebooks.execute(n, folder, given)
            publish_html(folder / f"{n.name}.ipynb", folder / f"{n.name}.html", meta=self.pages[n.name])

        return seconds(lambda: self.in_order(publish, at_once)), folder

    def by_commands(self, at_once: int) -> tuple[tuple[float, float], Path]:
        reports, folder = self.copy("commands")
        env = {**os.environ, PAGES: json.dumps(self.pages), "PYTHONPATH": os.pathsep.join([str(HERE.parent), *sys.path])}

        def command(*words) -> None:
            subprocess.run([sys.executable, "-m", *map(str, words)], check=True, env=env, capture_output=True)

        def publish(n) -> None:
            command("papermill", n.path, folder / f"{n.name}.ipynb", "-k", "python3", "--no-progress-bar", "-p", "params", self.params, "-p", "reports", reports)

            command("nbconvert", "--to", "small_county.ReportPage", "--output-dir", folder, folder / f"{n.name}.ipynb")

        return seconds(lambda: self.in_order(publish, at_once)), folder

    def demand_same(self, warm: Path, commands: Path) -> None:
        for n in self.chosen:
            one, other = (nbformat.read(f / f"{n.name}.ipynb", as_version=4).cells for f in (warm, commands))
            shown = [[c.outputs for c in cells if c.cell_type == "code" and c.metadata.get("tags") != ["injected-parameters"]] for cells in (one, other)]
            assert shown[0] == shown[1], f"{n.name}: other outputs"
            one, other = ((f / f"{n.name}.html").read_bytes() for f in (warm, commands))
            assert one == other, f"{n.name}: another page"


def cold(params: Path, place: Path) -> tuple[float, float]:
    """`bangfu run` in a fresh process, from raw files."""
    shutil.rmtree(place / "cold", ignore_errors=True)
    command = [sys.executable, "-m", "bangfu.cli", "run", str(params), "--year", str(YEAR), "--reports", str(place / "cold")]
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def parts(params: Path, place: Path) -> tuple[float, float]:
    """The same arithmetic and rendering in one fresh process, on the executed notebooks of the run before."""
    reports = place / "parts"
    shutil.rmtree(reports, ignore_errors=True)
    folder = reports / next((place / "cold").glob(f"*/{YEAR}")).relative_to(place / "cold")
    folder.mkdir(parents=True)
    for n in notebooks.chosen(None):
        shutil.copy(place / "cold" / folder.relative_to(reports) / f"{n.name}.ipynb", folder)
    return seconds(lambda: subprocess.run([sys.executable, str(HERE), "--parts", str(params), str(reports)], check=True))


def in_one_process(params: Path, reports: Path) -> None:
    """Reading, validating, judging, what every notebook computes and draws, and publishing: no kernel, no second process."""
    from bangfu import findings
    from bangfu.publish import publish

    county = County.open(params, YEAR, reports=reports)
    county.tables, county.quality
    findings.write(county.findings, county.folder / "findings.parquet")
    for n in notebooks.chosen(None):
        deque(cells.run(n, params, reports), maxlen=0)
    publish(notebooks.chosen(None), county)


def line(name: str, pairs: list[tuple[tuple, tuple]], inverse: bool = False) -> dict:
    """Two rows of the table, clock and processors: both medians, and their ratio with its range."""
    told = {}
    for place, kind in enumerate(("clock", "processors")):
        times = [(ours[place], others[place]) for ours, others in pairs]
        ratios = sorted(b / a if inverse else a / b for a, b in times)
        print(f"{f'{name}, {kind}':<66}{median(a for a, _ in times):>8.1f}{median(b for _, b in times):>8.1f}{median(ratios):>8.2f}  {ratios[0]:.2f} – {ratios[-1]:.2f}")
        told[kind] = {"seconds": [[round(x, 2) for x in pair] for pair in times], "ratio": round(median(ratios), 2), "range": [round(ratios[0], 2), round(ratios[-1], 2)]}
    return told


def main(households: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make_county(place / "county", households=households, seed=1)
        params = place / "county" / "params.yml"
        began = time.perf_counter()
        nursery.zygote().ready()
        start = time.perf_counter() - began
        judged = Judged(place, params)
        beside, cold_ones, at_once = [], [], pipeline.NOTEBOOKS_AT_ONCE
        for _ in range(rounds):
            (ours, warm), (theirs, commands) = judged.warm(at_once), judged.by_commands(at_once)
            judged.demand_same(warm, commands)
            beside.append((ours, theirs))
            cold_ones.append((cold(params, place), parts(params, place)))
    print(f"{households} households, {len(judged.chosen)} notebooks, {rounds} rounds, {os.cpu_count()} cores; the zygote is ready {start:.1f} s after it is asked for, once")
    print(f"{'seconds':<66}{'ours':>8}{'other':>8}{'ratio':>8}  range")
    told = {"households": households, "notebooks": len(judged.chosen), "machine": machine(), "zygote_seconds": round(start, 2)}
    told["a"] = line(f"(a) papermill, nbconvert commands over ours, {at_once} at once", beside, inverse=True)
    told["g"] = line("(g) bangfu run, cold, over its parts in one process", cold_ones)
    results.write("small_county", told)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--parts"]:
        in_one_process(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
