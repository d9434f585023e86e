"""The owner's side of the zygote: starting it, asking it for a process, and what that process is to its owner.

There is one zygote per process that runs notebooks (and per setting of the environment variables that Python reads at its start); it is a process
of its own, not a child by `multiprocessing`, because the workers of a cluster may have none.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from importlib.util import find_spec

# By these a fresh interpreter would find other modules or behave otherwise than a zygote that was started under others.
_OF_THE_INTERPRETER = ("PYTHON", "BANGFU_HOME", "MPLBACKEND", "LC_ALL", "LANG")

# A second thread would not live on in a fork, and a lock that it held would stay locked: one BLAS thread, none of Arrow's.
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


class NoZygote(Exception):
    """The zygote ended, or will not fork."""


class Zygote:
    """A running zygote. Requests can come from several threads."""

    def __init__(self):
        own, its = socket.socketpair()
        with its:
            command = [sys.executable, "-Xfrozen_modules=off", "-m", "bangfu.kernels.zygote", str(its.fileno())]
            env = {**os.environ, **_ONE_THREAD}
            env.pop("JPY_PARENT_PID", None)  # ipykernel would take it for the parent of every kernel
            env.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as a kernel sets it before it imports Matplotlib
            self.process = subprocess.Popen(command, env=env, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, start_new_session=True)
        self.socket, self.answers, self.asking = own, own.makefile("rb"), threading.Lock()

    def ask(self, **request) -> dict:
        """Its answer; the first waits until everything is imported. NoZygote where there is none."""
        with self.asking:
            try:
                self.socket.sendall(json.dumps(request).encode() + b"\n")
                line = self.answers.readline()
            except (OSError, ValueError):
                line = b""
        if not line:
            raise NoZygote("the zygote has ended")
        answer = json.loads(line)
        if "refused" in answer:
            raise NoZygote(answer["refused"])
        return answer

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ready(self) -> None:
        """Waits until everything is imported."""
        self.ask(threads=True)

    def fork(self, argv: list[str], cwd: str, env: dict[str, str]) -> "Forked":
        """A kernel."""
        return Forked(self, self.ask(kernel={"argv": argv, "cwd": cwd, "env": env})["pid"])

    def begin(self, file: str) -> "Forked":
        """A process that does the work which a file names (`apart`)."""
        return Forked(self, self.ask(work=file)["pid"])

    def close(self) -> None:
        """Ends it, and what was forked from it and still runs."""
        self.answers.close()
        self.socket.close()
        self.process.kill()
        self.process.wait()


class Forked:
    """A forked process as `subprocess.Popen` would show it, though it is no child of this one."""

    stdin = stdout = stderr = None

    def __init__(self, zygote: Zygote, pid: int):
        self.zygote, self.pid, self.returncode = zygote, pid, None

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                self.returncode = self.zygote.ask(ended=self.pid)["status"]
            except NoZygote:
                self.returncode = -signal.SIGKILL  # it died with the zygote
        return self.returncode

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


_zygotes: dict[tuple, Zygote] = {}
_starting = threading.Lock()


def possible() -> bool:
    """Whether kernels are forked here: on Linux, unless BANGFU_KERNELS=ordinary."""
    return sys.platform == "linux" and os.environ.get("BANGFU_KERNELS") != "ordinary" and find_spec("ipykernel") is not None


def zygote() -> Zygote:
    """The zygote of this process, started when first asked for."""
    settings = tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith(_OF_THE_INTERPRETER)))
    key = (os.getpid(), settings)  # a forked process has no zygote yet
    with _starting:
        if key not in _zygotes or not _zygotes[key].alive:
            _zygotes[key] = Zygote()
        return _zygotes[key]


def warm_up() -> None:
    """Starts the zygote and does not wait for it: it imports while its owner does something else."""
    if possible():
        zygote()


@atexit.register
def close() -> None:
    for (pid, _), each in _zygotes.items():
        if pid == os.getpid():
            each.close()
    _zygotes.clear()
