"""A fleet of small counties: counties a minute with one worker and with two, and what the workers hold from the first county to the last.

    python benchmarks/fleet.py [counties] [households] [notebooks,...]

The counties are copies of a few made-up ones under codes of their own; each is read, validated, judged, its notebooks run and its pages
published. Memory is that of the whole tree of processes (workers, the processes that kernels are forked from), taken whenever a county
ends: its mean over the first and the last quarter of the counties after each worker's first two, and the trend per hundred counties.
Two workers take all counties, one takes an eighth of them.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from results import write
from timing import machine, memory_held

from bangfu.fleet.cluster import workers
from bangfu.fleet.dispatch import dispatch
from bangfu.fleet.errand import Errand
from bangfu.fleet.progress import DONE
from bangfu.sample.making import make_county

YEAR, DIFFERENT = 2019, 4
MIB = 2**20


def make_fleet(place: Path, counties: int, households: int) -> list[Path]:
    """The params of the counties."""
    made = [place / f"made{n}" for n in range(min(DIFFERENT, counties))]
    for seed, folder in enumerate(made, 1):
        make_county(folder, households=households, seed=seed)
    params = []
    for n in range(counties):
        folder = place / f"county{n}"
        shutil.copytree(made[n % len(made)], folder)
        text = (folder / "params.yml").read_text("utf-8").replace("999210", f"{990000 + n}")
        (folder / "params.yml").write_text(text, "utf-8")
        params.append(folder / "params.yml")
    return params


def held() -> float:
    """MiB that the processes which this one started hold and share with nobody."""
    return memory_held(psutil.Process().children(recursive=True)) / MIB


def run(params: list[Path], reports: Path, jobs: int, only: list[str] | None) -> dict:
    ended: list[tuple[float, float]] = []
    errands = [Errand.of(p, YEAR, reports, {"only": only, "lang": "zh", "edition": "public"}) for p in params]
    began = time.perf_counter()
    with workers(jobs, None) as client:
        ready = time.perf_counter() - began
        results = dispatch(errands, client, lambda county, step: ended.append((time.perf_counter() - began, held())) if step == DONE else None)
    assert [r.status for r in results] == [0] * len(params), [s.zh for r in results for s in r.sentences]
    whole = time.perf_counter() - began
    times, memory = np.array(ended).T
    times, memory = times[2 * jobs :], memory[2 * jobs :]
    quarter = max(len(memory) // 4, 1)
    return {
        "workers": jobs,
        "counties": len(params),
        "seconds": round(whole, 1),
        "ready": round(ready, 1),
        "per_minute": round(60 * len(params) / whole, 2),
        "warm_per_minute": round(60 * (len(times) - 1) / (times[-1] - times[0]), 2),
        "memory_first": round(float(memory[:quarter].mean())),
        "memory_last": round(float(memory[-quarter:].mean())),
        "memory_per_100": round(float(np.polyfit(np.arange(len(memory)), memory, 1)[0] * 100)),
        "memory": [round(m) for m in memory],
    }


def main(counties: int, households: int, only: list[str] | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        params = make_fleet(place, counties, households)
        print(f"{counties} counties of {households} households, {', '.join(only) if only else 'all notebooks'}")
        print(f"{'workers':>8}{'seconds':>10}{'a minute':>10}{'warm':>8}{'MiB first':>11}{'last':>7}{'per 100':>9}", flush=True)
        told = []
        for jobs, some in ((1, params[: max(counties // 8, 3)]), (2, params)):
            t = run(some, place / f"reports{jobs}", jobs, only)
            print(f"{jobs:>8}{t['seconds']:>10}{t['per_minute']:>10}{t['warm_per_minute']:>8}{t['memory_first']:>11}{t['memory_last']:>7}{t['memory_per_100']:>9}", flush=True)
            told.append(t)
    print(f"two workers over one: {told[1]['warm_per_minute'] / told[0]['warm_per_minute']:.2f} times the counties a minute")
    write("fleet", {"counties": counties, "households": households, "only": only, "machine": machine(), "runs": told})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 30, sys.argv[3].split(",") if len(sys.argv) > 3 else None)
