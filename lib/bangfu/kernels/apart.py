"""Work done in a process that is forked for it and ends with it: what libraries would keep in this one is given back."""

import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path

from bangfu.kernels import nursery


def apart(work: Callable, *given):
    """What `work(*given)` returns, or raises, done in a process forked from the zygote; in this one where none can be forked.

    work: a function of a module; it, what it is given and what it gives have to be such as can be pickled. RuntimeError where the process was killed.
    """
    if not nursery.possible():
        return work(*given)
    descriptor, file = tempfile.mkstemp(prefix="bf-")
    os.close(descriptor)
    try:
        Path(file).write_bytes(pickle.dumps((work, given)))
        try:
            process = nursery.zygote().begin(file)
        except nursery.NoZygote:
            return work(*given)
        if status := process.wait():
            raise RuntimeError(f"{work.__qualname__} in a process of its own ended with status {status}")
        went_well, outcome = pickle.loads(Path(file).read_bytes())
    finally:
        os.unlink(file)
    if went_well:
        return outcome
    raise outcome


def do(file: str) -> None:
    """The work that a file names, in the forked process: its outcome takes the place of its name."""
    work, given = pickle.loads(Path(file).read_bytes())
    try:
        outcome = True, work(*given)
    except Exception as wrong:
        outcome = False, wrong
    Path(file).write_bytes(pickle.dumps(outcome))
