"""Warm kernels: nothing of one notebook is seen by the next, and what ends a kernel is said in a sentence."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import pytest

from bangfu import notebooks
from bangfu.kernels import nursery
from bangfu.kernels.apart import apart
from bangfu.kernels.provisioner import WarmKernelManager
from bangfu.notebooks import Limits, Notebook, NotebookFailed
from bangfu.problems import WrongParams

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


def written(folder: Path, *cells: str, name: str = "small") -> Path:
    told = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    told.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(told, path)
    return path


def run(folder: Path, *cells: str, name: str = "small", **options) -> list:
    """The outputs of the last cell, run in a kernel of the engine."""
    path = written(folder, *cells, name=name)
    executed = papermill.execute_notebook(str(path), str(folder / f"{name}.out.ipynb"), engine_name="bangfu-warm", progress_bar=False, **options)
    return executed.cells[-1].outputs


def shown(outputs: list) -> str:
    return "".join(o["text"] if o.output_type == "stream" else o["data"]["text/plain"] for o in outputs)


DEFILE = """
import asyncio, locale, os, random, signal, statistics, sys, threading, time, warnings
import matplotlib, numpy, pandas
import bangfu.money
left_behind = 1
statistics.mean = lambda *a: "patched"
bangfu.money.yuan = None
pandas.DataFrame.left_behind = 1
sys.left_behind = 1
sys.path.append("/left/behind")
warnings.simplefilter("error", UserWarning)
random.seed(1); numpy.random.seed(1); numpy.seterr(all="raise")
pandas.set_option("display.max_rows", 3)
matplotlib.rcParams["font.size"] = 33
os.environ["LEFT_BEHIND"] = "1"; os.environ["TZ"] = "Asia/Shanghai"; time.tzset()
os.chdir("/"); os.umask(0o077)
signal.signal(signal.SIGUSR1, lambda *a: None)
locale.setlocale(locale.LC_NUMERIC, "C.UTF-8")
asyncio.set_event_loop_policy(type("Policy", (asyncio.DefaultEventLoopPolicy,), {})())
kept_open = open("/etc/hostname")
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""
LOOK = """
import asyncio, locale, os, random, signal, statistics, sys, threading, time, warnings
import matplotlib, numpy, pandas
import bangfu.money
print("left_behind" in globals(), "Out" in globals(), statistics.mean([1]), bangfu.money.yuan.__name__, hasattr(pandas.DataFrame, "left_behind"))
print(hasattr(sys, "left_behind"), "/left/behind" in sys.path, sys.argv[0].rsplit("/")[-1], __name__, sys.modules["__main__"].__dict__ is globals())
print([f[0] for f in warnings.filters if f[0] == "error"], numpy.geterr(), pandas.get_option("display.max_rows"))
print(matplotlib.rcParams["font.size"], matplotlib.get_backend(), "LEFT_BEHIND" in os.environ, time.tzname, os.getcwd(), oct(os.umask(0o022)))
print({n: str(signal.getsignal(n)).partition(" at ")[0] for n in (signal.SIGUSR1, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP)})
print(locale.setlocale(locale.LC_ALL), type(asyncio.get_event_loop_policy()).__name__)
print([p for fd in os.listdir("/proc/self/fd") if (p := os.path.realpath(f"/proc/self/fd/{fd}")).startswith("/etc")], sorted(t.name for t in threading.enumerate() if "sleep" in t.name))
print(os.getsid(0) == os.getpid(), os.environ["JPY_PARENT_PID"], len(get_ipython().history_manager.input_hist_parsed))
"""


def test_a_kernel_sees_what_a_fresh_interpreter_would_see(tmp_path, monkeypatch):
    run(tmp_path, DEFILE, name="first")
    forked = shown(run(tmp_path, LOOK))
    monkeypatch.setenv("BANGFU_KERNELS", "ordinary")
    assert forked.splitlines() == shown(run(tmp_path, LOOK)).splitlines()
    assert forked.startswith("False True 1 yuan False")


def test_random_numbers_differ_from_kernel_to_kernel(tmp_path):
    draw = "import random, uuid, numpy; print(random.random(), numpy.random.random(), uuid.uuid4())"
    one, other = (shown(run(tmp_path, draw)).split() for _ in range(2))
    assert all(a != b for a, b in zip(one, other, strict=True))


def test_the_zygote_has_one_thread_and_no_file_of_a_county_open(tmp_path):
    run(tmp_path, "1 + 1")
    pid = nursery.zygote().process.pid
    assert nursery.zygote().ask(threads=True) == {"threads": []}
    assert os.listdir(f"/proc/{pid}/task") == [str(pid)]
    held = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd") if int(fd) > 2]
    assert len(held) == 1 and held[0].startswith("socket:")


def test_kernels_come_from_the_zygote_and_share_its_imports(tmp_path):
    parent = shown(run(tmp_path, "import os; print(os.getppid())"))
    assert int(parent) == nursery.zygote().process.pid


async def started(tmp_path: Path) -> tuple:
    manager = WarmKernelManager(kernel_name="python3", transport="ipc", ip=str(tmp_path / "k"))
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    return manager, client


@pytest.mark.parametrize("kind", ["forked", "ordinary"])
def test_of_a_kernel_that_is_ready_nothing_is_left_to_be_read(tmp_path, monkeypatch, kind):
    monkeypatch.setenv("BANGFU_KERNELS", kind)

    async def asked() -> tuple[str, list[dict]]:
        manager, client = await started(tmp_path)
        await client.wait_for_ready(timeout=60)
        request, told = client.execute("2 + 3"), []
        while not told or told[-1]["content"].get("execution_state") != "idle":
            told.append(await client.get_iopub_msg(timeout=60))
        client.stop_channels()
        await manager.shutdown_kernel()
        return request, told

    request, told = asyncio.run(asked())
    assert {m["parent_header"]["msg_id"] for m in told} == {request}
    assert [m["content"]["data"]["text/plain"] for m in told if m["msg_type"] == "execute_result"] == ["5"]


def test_a_kernel_that_ends_before_it_is_ready_is_not_waited_for(tmp_path):
    async def waited() -> None:
        manager, client = await started(tmp_path)
        await manager.provisioner.kill()
        try:
            await client.wait_for_ready(timeout=60)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    with pytest.raises(RuntimeError, match="ended before it was ready"):
        asyncio.run(waited())


def test_a_kernel_ends_by_itself_when_it_is_asked_to(tmp_path, monkeypatch):
    ended = []
    monkeypatch.setattr(nursery.Forked, "wait", lambda forked, wait=nursery.Forked.wait: ended.append(wait(forked)) or ended[-1])
    # Several: it depends on which of the kernel's threads is quicker.
    for _ in range(8):
        run(tmp_path, "print(1)")
    assert ended == [0] * 8


def test_work_apart_is_done_in_a_process_of_its_own():
    assert apart(os.getppid) == nursery.zygote().process.pid
    assert apart(os.getpid) not in (os.getpid(), nursery.zygote().process.pid)
    assert apart(divmod, 17, 5) == (3, 2)


def test_what_goes_wrong_apart_is_raised_here(tmp_path):
    with pytest.raises(ZeroDivisionError):
        apart(divmod, 1, 0)
    with pytest.raises(WrongParams) as wrong:
        apart(notebooks.chosen, ["no such notebook"])
    assert wrong.value.say("en").startswith("No notebook “no such notebook”")
    with pytest.raises(RuntimeError, match="abort in a process of its own ended with status -6"):
        apart(os.abort)


def test_where_nothing_can_be_forked_the_work_is_done_here(monkeypatch):
    monkeypatch.setenv("BANGFU_KERNELS", "ordinary")
    assert apart(os.getpid) == os.getpid()


def test_a_plot_is_shown_as_in_an_ordinary_kernel(tmp_path, monkeypatch):
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2], [3, 4]);"
    forked = run(tmp_path, plot)
    monkeypatch.setenv("BANGFU_KERNELS", "ordinary")
    assert forked == run(tmp_path, plot) and "image/png" in forked[0]["data"]


def test_the_channel_is_open_to_this_user_alone(tmp_path):
    told = json.loads(shown(run(tmp_path, "import json, os; from ipykernel.connect import get_connection_info as info\ntold = info(unpack=True)\nprint(json.dumps([told['transport'], oct(os.stat(os.path.dirname(told['ip'])).st_mode)]))")))
    assert told == ["ipc", "0o40700"]


def small(tmp_path: Path, *cells: str) -> Notebook:
    return Notebook("small", written(tmp_path, "# parameters", *cells), "小", "small", (), (), 1)


def failure(tmp_path: Path, *cells: str, **limits) -> tuple[str, str]:
    (tmp_path / "run").mkdir()
    with pytest.raises(NotebookFailed) as wrong:
        notebooks.execute(small(tmp_path, *cells), tmp_path / "run", {}, Limits(**limits))
    return wrong.value.say("zh"), wrong.value.say("en")


def test_a_killed_kernel_is_said_in_a_sentence(tmp_path):
    zh, en = failure(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert "没有完成" in zh and "内核被中止" in zh and en == "Notebook small did not finish: its kernel was ended (often for lack of memory)."


def test_a_cell_has_its_time(tmp_path):
    zh, en = failure(tmp_path, "import time; time.sleep(60)", cell_seconds=1)
    assert "超过时限1秒" in zh and "longer than the 1 seconds allowed" in en


def test_a_kernel_has_its_memory(tmp_path):
    zh, en = failure(tmp_path, "much = bytearray(3 << 30)", memory=2048)
    assert "内存超过上限2,048 MiB" in zh and "cell 2 needed more memory than the 2,048 MiB allowed" in en


@pytest.mark.parametrize("kind", ["forked", "ordinary"])
def test_memory_is_limited_in_either_kind_of_kernel(tmp_path, monkeypatch, kind):
    monkeypatch.setenv("BANGFU_KERNELS", kind)
    asked = run(tmp_path, "import resource; print(resource.getrlimit(resource.RLIMIT_DATA))", memory=5 << 30)
    assert shown(asked).strip() == f"({5 << 30}, {5 << 30})"


@pytest.mark.parametrize("value", ["0", "-1", "much", "1.5"])
def test_a_limit_is_a_whole_number(monkeypatch, value):
    monkeypatch.setenv("BANGFU_CELL_SECONDS", value)
    with pytest.raises(notebooks.WrongParams, match="BANGFU_CELL_SECONDS"):
        Limits.of_the_environment()


def test_an_interrupted_cell_ends_and_the_kernel_goes_on(tmp_path):
    from jupyter_client.utils import run_sync

    from bangfu.kernels.provisioner import WarmKernelManager

    async def interrupted() -> tuple[str, str]:
        manager = WarmKernelManager(kernel_name="python3")
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            asked = client.execute("import time; print('begun', flush=True); time.sleep(60)", stop_on_error=False)  # else what follows at once is given up
            while (await client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
                pass
            await manager.interrupt_kernel()
            first = await client._async_recv_reply(asked, timeout=60)
            second = await client._async_recv_reply(client.execute("1 + 1"), timeout=60)
            return first["content"]["ename"], second["content"]["status"]
        finally:
            client.stop_channels()
            await manager.shutdown_kernel()

    assert run_sync(interrupted)() == ("KeyboardInterrupt", "ok")


def test_without_a_zygote_a_notebook_runs_in_an_ordinary_kernel(tmp_path, monkeypatch, caplog):
    def gone():
        raise nursery.NoZygote("gone")

    monkeypatch.setattr(nursery, "zygote", gone)
    assert shown(run(tmp_path, "print(1 + 1)")) == "2\n"
    assert "an ordinary kernel instead of a forked one: gone" in caplog.text


def test_after_its_zygote_was_killed_the_next_notebook_gets_another(tmp_path):
    run(tmp_path, "1")
    first = nursery.zygote().process
    first.kill()
    first.wait()
    parent = shown(run(tmp_path, "import os; print(os.getppid())"))
    assert int(parent) == nursery.zygote().process.pid != first.pid


def test_a_zygote_with_a_second_thread_forks_nothing():
    asked = "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); from bangfu.kernels import zygote; print(len(zygote.others()))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "1\n"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_zygote_and_kernels_end_with_their_owner(tmp_path):
    notebook = written(tmp_path, f"import os, time\nopen({str(tmp_path / 'pids')!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}.')\ntime.sleep(60)")
    owner = subprocess.Popen([sys.executable, "-c", f"import papermill; papermill.execute_notebook({str(notebook)!r}, None, engine_name='bangfu-warm', progress_bar=False)"])
    try:
        pids = tmp_path / "pids"
        until(lambda: pids.exists() and pids.read_text().endswith("."))
        both = [int(p) for p in pids.read_text().rstrip(".").split()]
        assert all(map(alive, both))
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        until(lambda: not any(map(alive, both)))
    finally:
        owner.kill()
        owner.wait()


def until(holds, seconds: float = 60) -> None:
    """Waits for what another process does; fails where it does not come to hold."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)


def test_nbformat_comes_without_the_grammar_of_addresses():
    asked = "import sys; from bangfu.jupyter import nbformat; print('rfc3987_syntax' in sys.modules, 'lark' in sys.modules); nbformat.validate(nbformat.v4.new_notebook()); import rfc3987_syntax; print(rfc3987_syntax.is_valid_syntax('iri', 'http://example.org/'))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split() == ["False", "False", "True"]


@pytest.mark.long
def test_every_notebook_of_a_run_shows_the_same_in_either_kind_of_kernel(tmp_path, monkeypatch):
    from bangfu import pipeline
    from bangfu.sample.making import make_county

    make_county(tmp_path / "county", households=120, seed=3)
    executed = {}
    for kind in ("forked", "ordinary"):
        monkeypatch.setenv("BANGFU_KERNELS", kind)
        result = pipeline.run_county(tmp_path / "county" / "params.yml", 2019, tmp_path / kind)
        assert result.status == 0, result.sentences
        executed[kind] = {path.name: json.loads(path.read_bytes()) for path in result.folder.glob("*.ipynb")}
    assert set(executed["forked"]) == {f"{n.name}.ipynb" for n in notebooks.chosen(None)}
    for name, ordinary in executed["ordinary"].items():
        for place, (forked, cell) in enumerate(zip(executed["forked"][name]["cells"], ordinary["cells"], strict=True)):
            # The second parameter cell names the run's folder, which is another.
            assert forked == cell, f"{name}, cell {place}"
