"""(e) Time and peak memory of a county's arithmetic as it grows: read, validate, rules, assessment, each county in a fresh process.

    python benchmarks/growth.py [households[xcounties] ...]        1000 10000 100000 100000x10 where none is named

Several counties are one made-up county under codes of their own; they run one after the other, as a machine of the province would take them.
Peak memory is the resident set of the process. At most MOST cases of a kind are planted, so that a large county is made in minutes.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import results
from timing import machine

HERE = Path(__file__).resolve()
MOST = 100
STEPS = ("read", "validate", "rules", "assessment")


def one(params: str) -> dict:
    """A county from raw files to findings and helpers' points: seconds of each step (clock, processors), rows, and peak memory (MiB)."""
    from bangfu.county import County

    county = County.open(params, 2019)
    work = {"read": lambda: county.tables, "validate": lambda: county.quality, "rules": lambda: county.findings, "assessment": lambda: (county.helpers, county.points)}
    steps = {}
    for step in STEPS:
        began = time.perf_counter(), time.process_time()
        work[step]()
        steps[step] = [round(time.perf_counter() - began[0], 2), round(time.process_time() - began[1], 2)]
    raw = sum(f.stat().st_size for f in Path(county.settings.raw).rglob("*") if f.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"steps": steps, "rows": sum(map(len, county.tables.values())), "raw_mib": round(raw / 2**20, 1), "peak_mib": peak}


def measured(households: int, counties: list[int]) -> list[dict]:
    """A row for each number of counties of so many households; the largest number is run, the others are the first of them."""
    from bangfu.sample.making import make_county

    told = []
    with tempfile.TemporaryDirectory() as folder:
        make_county(folder, households=households, most=MOST, code="999210")
        params = Path(folder) / "params.yml"
        for number in range(max(counties)):
            of_its_own = params.with_name(f"params{number}.yml")
            of_its_own.write_text(params.read_text("utf-8").replace("999210", f"9992{10 + number}"), "utf-8")
            told.append(in_a_process(of_its_own))
    return [summed(households, told[:n]) for n in counties]


def summed(households: int, told: list[dict]) -> dict:
    sums = {step: [round(sum(t["steps"][step][kind] for t in told), 2) for kind in (0, 1)] for step in STEPS}
    return {"households": households, "counties": len(told), "steps": sums, "rows": sum(t["rows"] for t in told), "raw_mib": sum(t["raw_mib"] for t in told), "peak_mib": max(t["peak_mib"] for t in told)}


def in_a_process(params: Path) -> dict:
    return json.loads(subprocess.run([sys.executable, str(HERE), "--one", str(params)], check=True, capture_output=True, text=True).stdout)


def main(sizes: list[str]) -> None:
    wanted: dict[int, list[int]] = {}
    for size in sizes:
        households, _, counties = size.partition("x")
        wanted.setdefault(int(households), []).append(int(counties or 1))
    rows = []
    for households, counties in wanted.items():
        for row in measured(households, counties):
            rows.append(row)
            print(f"{households}x{row['counties']}", " ".join(f"{s} {t[1]}" for s, t in row["steps"].items()), f"seconds of processors; {row['peak_mib']} MiB", flush=True)
        results.write("growth", {"machine": machine(), "sizes": rows})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2])))
    else:
        main(sys.argv[1:] or ["1000", "10000", "100000", "100000x10"])
