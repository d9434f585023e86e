"""A county as large as the mean of the country, from raw files to published reports: seconds of each step, memory, and what it takes on disk.

    python benchmarks/mean_county.py [households]

Memory is the sum of the unique set sizes of all processes of the tree, read five times a second. Another size is printed, not kept.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import results
import scale
from timing import machine, memory_held

from bangfu.sample.making import make_county

YEAR, MIB, MEAN = 2019, 2**20, round(scale.HOUSEHOLDS / scale.COUNTIES)


def watched(command: list[str]) -> tuple[float, float, int]:
    """Seconds by the clock and of processors (of all processes that end with it), and the peak of the tree's memory in bytes."""
    began, before, peak = time.perf_counter(), os.times(), 0
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        root = psutil.Process(run.pid)
        while not ended.wait(0.2):
            try:
                tree = [root, *root.children(recursive=True)]
            except psutil.Error:  # it has just ended
                return
            peak = max(peak, memory_held(tree))

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = run.wait()
    clock, after = time.perf_counter() - began, os.times()
    ended.set()
    watcher.join()
    assert status == 0, f"exit status {status}"
    return clock, after.children_user + after.children_system - before.children_user - before.children_system, peak


def size(folder: Path) -> float:
    return round(sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / MIB, 1)


def main(households: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_county(folder / "county", households=households, seed=1)
        clock, processors, peak = watched([sys.executable, "-m", "bangfu.cli", "run", str(folder / "county" / "params.yml"), "--year", str(YEAR), "--reports", str(folder / "reports")])
        of_year = next((folder / "reports").glob(f"*/{YEAR}"))
        told = {
            "households": households,
            "rows": sum(pq.read_metadata(p).num_rows for p in (of_year / "tables").glob("[!_]*.parquet")),
            "clock": round(clock, 1),
            "processors": round(processors, 1),
            "seconds": json.loads((of_year / "record.json").read_text(encoding="utf-8"))["seconds"],
            "peak_mib": round(peak / MIB),
            "raw_mib": size(folder / "county"),
            "reports_mib": size(folder / "reports"),
            "machine": machine(),
        }
    print(*(f"{k} {v}" for k, v in told.items()), sep="\n")
    if households == MEAN:
        results.write("mean_county", told)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MEAN)
