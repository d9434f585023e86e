"""A county that has not changed: what running it again costs beside its first run, start-up of Python apart.

    python benchmarks/unchanged.py [households] [rounds]

Each run is a process of its own, as a person starts it; its seconds are those of `run_county`, from the moment that what it imports is
there. The clock includes what it waits for; the seconds of processors are those of the process and of the kernels that it started.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bangfu.sample.making import make_county

import results
from timing import machine, median

YEAR = 2019
_RUN = """
import json, os, sys, time
from pathlib import Path
import bangfu.review.store
from bangfu.kernels import nursery
from bangfu.pipeline import run_county
began = time.perf_counter()
result = run_county(Path(sys.argv[1]), {year}, Path(sys.argv[2]))
took = time.perf_counter() - began
nursery.close()
own = os.times()
assert result.status == 0, result.sentences
print(json.dumps([took, sum(own[:4]), result.steps]))
"""


def run(params: Path, reports: Path) -> list:
    """[seconds by the clock, seconds of processors of the whole process, seconds of each kind of step]"""
    said = subprocess.run([sys.executable, "-c", _RUN.format(year=YEAR), str(params), str(reports)], check=True, capture_output=True, text=True)
    return json.loads(said.stdout.splitlines()[-1])


def main(households: int, rounds: int) -> None:
    pairs = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_county(folder / "county", households=households, seed=1)
        for number in range(rounds):
            first = run(folder / "county" / "params.yml", folder / f"reports-{number}")
            again = run(folder / "county" / "params.yml", folder / f"reports-{number}")
            assert set(again[2]) <= {"read", "validate"}, again[2]
            pairs.append((first[0], again[0]))
    share = statistics.median(a / f for f, a in pairs)
    print(f"{households} households, {rounds} rounds: first run {median(f for f, _ in pairs)} s, unchanged {median(a for _, a in pairs)} s, {100 * share:.2f}% (aim: under 2%)")
    results.write("unchanged", {"households": households, "seconds": [[round(f, 3), round(a, 3)] for f, a in pairs], "share": round(share, 5), "machine": machine()})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
