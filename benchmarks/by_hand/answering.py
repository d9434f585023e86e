"""Answers the checks of one library in a process of its own: a line of JSON, rule -> subjects, seconds by the clock and of processors."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from timing import timed  # noqa: E402


def answer(checks: dict[str, Callable], tables, settings: dict, rounds: int) -> None:
    """checks: rule id -> a function of tables and settings that gives the subjects found."""
    told = {}
    for rule, check in checks.items():
        times = []
        for _ in range(rounds):
            subjects, clock, processors = timed(lambda: check(tables, settings))
            times.append((clock, processors))
        told[rule] = {"subjects": sorted(set(subjects)), "seconds": times}
    print(json.dumps(told, ensure_ascii=False))


def asked() -> tuple[Path, dict, int]:
    """The folder of tables, the settings and the number of rounds, from the command line."""
    folder, settings, rounds = sys.argv[1:]
    return Path(folder), json.loads(settings), int(rounds)
