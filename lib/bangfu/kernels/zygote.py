"""The process that kernels are forked from: it has imported what notebooks and reports need, computes nothing and holds no county.

`nursery` starts it as `python -m bangfu.kernels.zygote FD`, FD being its end of a pair of sockets that nobody else can open.
Requests and answers are a line of JSON each: {"kernel": {argv, cwd, env}} or {"work": file} → {"pid": …}, {"ended": pid} →
{"status": … or null}, {"threads": true} → {"threads": [those beside the first]}.
It ends when its owner does, and what was forked from it ends with it.
"""

import atexit
import gc
import json
import locale
import logging
import os
import random
import signal
import socket
import sys
import time
from importlib import import_module
from importlib.util import find_spec

# What notebooks of the workbench import, what reading and writing Parquet and pictures import by and by, and what an IPython kernel
# does. Not matplotlib.pyplot: with which backend it draws is decided in the kernel.
IMPORTED = (
    "bangfu.publish.pages", "bangfu.quality", "scipy.stats", "pandas.core.methods.to_dict", "pandas.core.reshape.reshape", "pyarrow.dataset", "pyarrow.pandas_compat", "pyarrow.parquet",
    "holidays.countries.china", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
    "ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "importlib.resources.readers", "sqlite3", "tornado.platform.asyncio", "zmq.utils.garbage",
)
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def main(descriptor: int) -> None:
    channel = socket.socket(fileno=descriptor)
    _import_everything()
    # Kernels write to no page of what is imported merely because the collector looks at it.
    gc.collect()
    gc.freeze()
    request = _serve(channel, _prctl())
    channel.close()
    if "kernel" in request:
        _become_kernel(request["kernel"])
    elif "work" in request:
        from bangfu.kernels.apart import do

        do(request["work"])
        os._exit(0)


def _import_everything() -> None:
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]
    for name in IMPORTED:
        import_module(name)
    rules = import_module("bangfu.rules.catalogue").catalogue()  # which imports all of them
    checked_by = import_module("bangfu.parameters").checked_by
    for annotation in {a for rule in rules.values() for a in rule.parameters.values()}:
        checked_by(annotation)
    _know_the_code([rule.function.__module__ for rule in rules.values()])
    import_module("bangfu.charts.style").load_fonts()
    import_module("bangfu.publish.words").known("severity")
    # By its text: a kernel that finds another dictionary in its place parses that one.
    file = import_module("bangfu.workbench").params() / "dictionary.yml"
    import_module("bangfu.intake.dictionary").parsed(file.read_text(encoding="utf-8"), file.name)
    import_module("PIL.Image").preinit()
    try:
        import_module("weasyprint")
    except OSError:  # whoever draws with it says what is missing
        pass


def _know_the_code(rules: list[str]) -> None:
    """The digests of the code that has just been imported, by which a kernel knows whether results that were kept still hold."""
    digests, code = import_module("bangfu.digests"), import_module("bangfu.steps.code")
    digests.of_code(*digests.CODE)
    code.of_libraries()
    for module in rules:
        code.of_modules(module, "bangfu.audit")


def _prctl():
    import ctypes

    return ctypes.CDLL(None, use_errno=True).prctl


def _serve(channel: socket.socket, prctl) -> dict:
    """Answers requests until the owner is gone; in a forked process it returns at once, with the request that it was forked for."""
    parent = os.getpid()
    for line in channel.makefile("rb"):
        asked = json.loads(line)
        if "ended" in asked:
            answer = {"status": _ended(asked["ended"])}
        elif "threads" in asked:
            answer = {"threads": others()}
        elif threads := others():
            answer = {"refused": f"threads beside the first: {', '.join(threads)}"}
        else:
            pid = os.fork()
            if pid == 0:
                prctl(_DIE_WITH_PARENT, signal.SIGKILL)
                if os.getppid() != parent:  # it ended in between
                    os._exit(1)
                return asked
            answer = {"pid": pid}
        channel.sendall(json.dumps(answer).encode() + b"\n")
    return {}


def others() -> list[str]:
    """The threads of this process beside its first, those of libraries too: none, or nothing can be forked."""
    own = str(os.getpid())
    return [_named(t) for t in os.listdir("/proc/self/task") if t != own]


def _named(thread: str) -> str:
    with open(f"/proc/self/task/{thread}/comm", encoding="utf-8") as f:
        return f.read().strip()


def _ended(pid: int) -> int | None:
    """The exit status of a forked process as `subprocess` gives it (a signal is negative); None while it runs."""
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def _become_kernel(request: dict) -> None:
    """Makes of this process what a fresh interpreter would be that runs `ipykernel_launcher`, but for what is imported."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the zygote ignores it; the others are as its owner's are
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    locale.setlocale(locale.LC_CTYPE, "")
    os.chdir(request["cwd"])
    sys.argv = [find_spec("ipykernel_launcher").origin, *request["argv"]]
    random.seed()
    sys.modules["numpy"].random.seed()
    from ipykernel.kernelapp import IPKernelApp

    # 1: it watches no parent itself, the system ends it with the zygote; nor does it tell a terminal how to reach it. What it
    # would log there (that it was interrupted, say, as every kernel is before it ends) is nothing that its user could mend.
    IPKernelApp.launch_instance(parent_handle=1, log_level=logging.CRITICAL)
    # It stops by itself once it has answered. Closed while it still answers, it would wait for what is closed already, and the
    # owner for the kernel, seconds that nobody needs.
    IPKernelApp.instance().control_thread.join(timeout=2)
    # What was left for the end is done; taking every module apart, or looking for garbage, would take longer than many a notebook.
    gc.freeze()
    atexit._run_exitfuncs()
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the terminal is for the owner
    main(int(sys.argv[1]))
