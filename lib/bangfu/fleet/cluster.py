"""The workers that run counties: processes of this machine, or those that a Dask scheduler knows.

A worker runs one county at a time; its kernels are processes of its own. Nothing is shown on a web page and nothing listens but on
loopback, encrypted with keys made for this one run, unless a scheduler was named.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bangfu.fleet.errand import workbench_identity
from bangfu.problems import Problem, WrongParams

_WAIT = 60  # seconds that a scheduler and its first worker are waited for

# A worker that holds too much is ended and its county tried again elsewhere; half measures would leave it waiting for ever, since what
# a county holds cannot be put on disk. One that has ended two workers is given up.
_CONFIG = {
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    "distributed.scheduler.allowed-failures": 1,
    "distributed.admin.tick.limit": "10 minutes",  # a county's arithmetic may hold the interpreter for seconds: no cause for a warning
    "distributed.worker.profile.enabled": False,  # it would keep what every thread was at, a hundred times a second, for an hour
    "distributed.comm.timeouts.connect": f"{_WAIT}s",
    # Pages that show what goes on, to anybody who asks.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


@contextmanager
def workers(jobs: int, scheduler: str | None) -> Iterator:
    """A Dask client whose workers run this very workbench; Problem where they do not, or cannot be reached."""
    import dask
    from distributed import Client, LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what people can mend is said in sentences
    with dask.config.set(_CONFIG):
        if scheduler:
            with _client(Client, scheduler) as client:
                _demand_same(client, scheduler)
                yield client
            return
        options = {"n_workers": jobs, "threads_per_worker": 1, "host": "127.0.0.1", "protocol": "tls://", "security": True}
        quiet = {"dashboard_address": None, "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"}, "silence_logs": logging.CRITICAL}
        with LocalCluster(**options, **quiet) as local, Client(local, set_as_default=False) as client:
            yield client


def _client(client, scheduler: str):
    try:
        return client(scheduler, timeout=_WAIT, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as wrong:
        raise WrongParams.of(
            f"调度器 {scheduler} 连接不上({type(wrong).__name__}),请检查地址(如 tcp://主机:8786)、网络和证书。",
            f"The scheduler {scheduler} cannot be reached ({type(wrong).__name__}); check the address (such as tcp://host:8786), the network and certificates.",
        ) from None


class OtherWorkbench(Problem):
    """Workers run other code than whoever sends them counties."""


def _demand_same(client, scheduler: str) -> None:
    """OtherWorkbench where a worker's code or versions are not ours: its findings could be others."""
    try:
        client.wait_for_workers(1, timeout=_WAIT)
    except TimeoutError:
        raise WrongParams.of(f"调度器 {scheduler} 没有工作机,请先在各机器上启动 dask worker。", f"The scheduler {scheduler} has no worker; start dask worker on the machines first.") from None
    theirs = client.run(workbench_identity, on_error="return")
    other = sorted(where for where, code in theirs.items() if code != workbench_identity())
    if other:
        raise other_workbench(other)


def other_workbench(where: list[str]) -> OtherWorkbench:
    return OtherWorkbench.of(
        f"工作机 {'、'.join(where)} 上的程序、政策包或库版本与本机不同,请在各机器上装同一版本。",
        f"The workers {', '.join(where)} have other code, policy packs or versions of libraries than this machine; install the same on all.",
    )
