"""One run at a time in a county-year's folder: two would write over each other's reports."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.problems import Problem

FILE = "work/lock"


class Busy(Problem):
    """Another run is at work in the folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds the folder while the run lasts; Busy where another one does. The system lets go of it however the run ends."""
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        if not _taken(file):
            raise Busy.of(
                f"另一次运行正在写 {folder.parent.name}/{folder.name} 的报告,请等它结束后再运行。",
                f"Another run is writing the reports in {folder.parent.name}/{folder.name}; wait for its end and run again.",
            )
        yield


def is_held(folder: Path) -> bool:
    """Is a run at work in the folder?"""
    path = folder / FILE
    if not path.exists():
        return False
    try:
        with path.open("a") as file:
            return not _taken(file)
    except OSError:  # a folder that may only be read: nobody can tell
        return False


def _taken(file) -> bool:
    """Takes the lock until the file is closed; False where another process has it."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
