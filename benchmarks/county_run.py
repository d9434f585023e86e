"""One county from raw files to published reports: seconds per step and the peak memory of the whole process tree.

    python benchmarks/county_run.py [households]

Memory is the sum of the unique set sizes of all processes of the tree, read five times a second.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from bangfu.sample.making import make_county


def tree_memory(root: psutil.Process) -> int:
    """Bytes that the tree holds and shares with nobody."""
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().uss
        except psutil.Error:
            continue
    return total


def main(households: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_county(folder / "county", households=households, seed=1)
        command = [sys.executable, "-m", "bangfu.cli", "run", str(folder / "county" / "params.yml"), "--year", "2019", "--reports", str(folder / "reports")]
        began = time.perf_counter()
        run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        peak, root = [0], psutil.Process(run.pid)

        def watch() -> None:
            while run.poll() is None:
                try:
                    peak[0] = max(peak[0], tree_memory(root))
                except psutil.Error:
                    return
                time.sleep(0.2)

        watcher = threading.Thread(target=watch)
        watcher.start()
        said = run.communicate()[0]
        watcher.join()
        print(said.strip().splitlines()[-2])
        print(f"{households} households: {time.perf_counter() - began:.1f} s, peak of the process tree {peak[0] / 2**20:.0f} MiB, exit status {run.returncode}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1200)
