"""Seconds of a piece of work, by the clock and of processors (all threads of this process)."""

import os
import statistics
import time
from collections.abc import Callable


def timed(work: Callable):
    """(what the work gives, seconds by the clock, seconds of processors)"""
    began = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - began[0], time.process_time() - began[1]


def memory_held(processes) -> int:
    """Bytes that processes (of psutil) hold and share with nobody; one that has ended holds none."""
    import psutil  # which the environment of the peers has not

    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().uss
        except psutil.Error:
            continue
    return total


def median(values) -> float:
    return round(statistics.median(values), 3)


def machine() -> dict:
    """What the figures were measured on: cores, memory (GiB), and how many processes wanted a core meanwhile."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": os.cpu_count(), "memory_gib": round(memory / 2**30), "load": round(os.getloadavg()[0], 1)}
