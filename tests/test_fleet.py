"""Fleets: counties on several workers, files in an object store, and what happens when either breaks half-way."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import cloudpickle
import pytest

from bangfu import cli, workbench
from bangfu.fleet import cluster, done, places
from bangfu.fleet.dispatch import dispatch, run_counties
from bangfu.fleet.errand import Errand
from bangfu.fleet.folders import Overtaken, StoreFolder
from bangfu.params import open_settings
from bangfu.pipeline import Result, run_county
from bangfu.problems import UnusableInput, WrongParams
from bangfu.sample.making import make_county

BUCKET = "s3://audit"


@pytest.fixture(scope="module")
def s3():
    """An S3-speaking server on loopback, as workers find it: by environment variables."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        files().mkdir("audit")
        yield settings
    server.stop()


def files():
    import fsspec

    return fsspec.filesystem("s3", use_listings_cache=False)


@pytest.fixture(autouse=True)
def own_scratch(tmp_path, monkeypatch):
    monkeypatch.setenv("BANGFU_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.setenv("BANGFU_KEY", str(tmp_path / "key.pem"))


# --- places


def test_a_url_has_one_place_in_the_scratch_folder_and_what_is_relative_to_it_keeps_its_place(tmp_path):
    root = tmp_path / "scratch"
    assert places.copy_of("s3://audit/params/counties/a.yml") == root / "s3/audit/params/counties/a.yml"
    assert places.beside("s3://audit/params/counties/a.yml", "../../raw/2019") == "s3://audit/raw/2019"
    assert places.beside("/home/params/a.yml", "../raw") == "/home/raw"
    assert places.beside("/home/a.yml", "s3://audit/raw") == "s3://audit/raw"
    assert places.beside("/home/a.yml", "postgresql://server/county") == "postgresql://server/county"
    assert not places.in_store("postgresql://server/county") and not places.in_store("s3") and not places.in_store("/s3/a")


@pytest.mark.parametrize("url", ["s3://../etc", "s3:///etc", "s3://", "s3://a/../../etc"])
def test_a_url_does_not_lead_out_of_the_scratch_folder(url):
    with pytest.raises(WrongParams) as e:
        places.copy_of(url)
    assert url in e.value.say("en")


# --- folders in a store


def written(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def read(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def in_the_store(url: str) -> dict[str, str]:
    top = len(url.removeprefix("s3://")) + 1
    return {p[top:]: files().cat_file(p).decode() for p in files().find(url)}


@pytest.fixture
def store(s3, request):
    return StoreFolder(f"{BUCKET}/{request.node.name}")


def test_what_is_published_is_what_is_fetched_elsewhere(store, monkeypatch, tmp_path):
    written(store.copy, **{"a": "1", "b/c d": "2", "县": "3"})
    store.publish()
    (store.copy / "a").unlink()
    written(store.copy, **{"b/c d": "changed"})
    store.publish()
    assert in_the_store(store.url) == {"b/c d": "changed", "县": "3"}
    monkeypatch.setenv("BANGFU_SCRATCH", str(tmp_path / "elsewhere"))
    there = StoreFolder(store.url)
    there.fetch()
    assert there.copy.is_relative_to(tmp_path / "elsewhere") and read(there.copy) == {"b/c d": "changed", "县": "3"}


def test_only_what_changed_is_fetched_again_and_a_copy_that_was_touched_is(store, monkeypatch):
    for name in "abc":
        files().pipe_file(f"{store.url}/{name}", name.encode())
    store.fetch()
    fetched = []
    get = StoreFolder._get
    monkeypatch.setattr(StoreFolder, "_get", lambda self, name, path: (fetched.append(name), get(self, name, path)))
    files().pipe_file(f"{store.url}/b", b"changed")
    written(store.copy, c="touched", d="not there")
    store.fetch()
    assert fetched == ["b", "c"] and read(store.copy) == {"a": "a", "b": "changed", "c": "c"}


@pytest.mark.parametrize("breaks_at", [0, 1, 2, 3, 4, 5, 6, 7])
def test_a_publication_that_breaks_leaves_the_old_or_the_new_and_no_mixture(store, monkeypatch, breaks_at):
    """Three files put, one list, three copies, one removal: whichever request is the first to fail, the next to look finds a whole."""
    old, new = {"a": "old", "b": "old", "gone": "old"}, {"a": "new", "b": "new", "c": "new"}
    for name, text in old.items():
        files().pipe_file(f"{store.url}/{name}", text.encode())
    store.fetch()
    shutil.rmtree(store.copy)
    written(store.copy, **new)
    requests = iter(range(100))

    def breaking(call):
        def attempt(*args, **kwargs):
            if next(requests) >= breaks_at:
                raise ConnectionError("the worker is gone")
            return call(*args, **kwargs)

        return attempt

    with monkeypatch.context() as patch:
        for name in ("put_file", "pipe_file", "cp_file", "rm_file"):
            patch.setattr(store._fs, name, breaking(getattr(store._fs, name)))
        with pytest.raises(UnusableInput) as e:
            store.publish()
    assert "ConnectionError" in e.value.say("en")
    next_one = StoreFolder(store.url)
    next_one.fetch()
    assert read(next_one.copy) == (old if breaks_at <= 3 else new)
    assert breaks_at <= 3 or in_the_store(store.url) == new


@pytest.mark.parametrize("meanwhile", ["changed", "added", "removed"])
def test_what_others_did_in_the_folder_meanwhile_is_not_written_over(store, meanwhile):
    files().pipe_file(f"{store.url}/a", b"1")
    files().pipe_file(f"{store.url}/reviews", b"one")
    store.fetch()
    written(store.copy, a="2")
    if meanwhile == "removed":
        files().rm_file(f"{store.url}/reviews")
    else:
        files().pipe_file(f"{store.url}/{'reviews' if meanwhile == 'changed' else 'more'}", b"somebody's")
    left = in_the_store(store.url)
    with pytest.raises(Overtaken) as e:
        store.publish()
    assert store.url in e.value.say() and in_the_store(store.url) == left


def test_a_store_that_does_not_answer_is_said_in_a_sentence(store, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    files().clear_instance_cache()
    try:
        with pytest.raises(UnusableInput) as e:
            StoreFolder(store.url).fetch()
    finally:
        files().clear_instance_cache()
    assert store.url in e.value.say() and "对象存储" in e.value.say()


# --- one errand


PARAMS = 'code: "{code}"\nname: 样县\nraw: {raw}\npolicy: own\n'


@pytest.fixture
def runs(monkeypatch):
    """Counties that leave a page with what stood in their raw folder; the runs that were made of them."""
    made = []

    def run(params, year, reports, *, progress, **options):
        settings = open_settings(params, year)
        folder = Path(reports) / settings.county.code / str(year)
        made.append(settings.county.code)
        written(folder, **{"page.html": str(read(Path(settings.raw))), "record.json": "{}"})
        return Result(str(params), settings.county.name, 0, folder=folder, report=folder / "page.html", counts={"high": 1})

    monkeypatch.setattr("bangfu.fleet.errand.run_county", run)
    return made


@pytest.fixture
def at_the_store(s3, request):
    """A county whose params, policy pack and raw files stand in the store: the URL of all that."""
    home = f"{BUCKET}/{request.node.name}"
    pack = (workbench.params() / "policies" / "laizhou-2018-8.yml").read_bytes()
    files().pipe_file(f"{home}/params/policies/own.yml", pack)
    files().pipe_file(f"{home}/params/counties/a.yml", PARAMS.format(code="999001", raw="../../raw/{year}").encode())
    files().pipe_file(f"{home}/raw/2019/走访[1].csv", b"x")
    return home


def test_a_county_is_read_and_reported_by_url_on_a_machine_that_has_nothing_of_it(at_the_store, runs, monkeypatch, tmp_path):
    errand = Errand.of(f"{at_the_store}/params/counties/a.yml", 2019, f"{at_the_store}/reports", {})
    assert (errand.code, errand.name, set(errand.sent)) == ("999001", "样县", {"a.yml", "../policies/own.yml"})
    monkeypatch.setenv("BANGFU_SCRATCH", str(tmp_path / "worker"))
    result = errand.run()
    assert (result.status, result.report, result.params) == (0, f"{at_the_store}/reports/999001/2019/page.html", errand.params)
    assert files().cat_file(f"{at_the_store}/reports/999001/2019/page.html").decode() == "{'走访[1].csv': 'x'}"
    assert (tmp_path / "worker").stat().st_mode & 0o077 == 0


def test_params_of_this_machine_are_sent_along_with_the_pack_beside_them(at_the_store, runs, monkeypatch, tmp_path):
    home = tmp_path / "home"
    written(home, **{"counties/b.yml": PARAMS.format(code="999002", raw=f"{at_the_store}/raw/{{year}}")})
    (home / "policies").mkdir()
    shutil.copy(workbench.params() / "policies" / "laizhou-2018-8.yml", home / "policies" / "own.yml")
    errand = Errand.of(home / "counties" / "b.yml", 2019, f"{at_the_store}/reports", {})
    home.rename(tmp_path / "another machine")
    monkeypatch.setenv("BANGFU_SCRATCH", str(tmp_path / "worker"))
    assert errand.run().status == 0 and runs == ["999002"]


def change_nothing(home: str) -> None:
    pass


def change_raw(home: str) -> None:
    files().pipe_file(f"{home}/raw/2019/new.csv", b"y")


def change_params(home: str) -> None:
    files().pipe_file(f"{home}/params/counties/a.yml", PARAMS.format(code="999001", raw="../../raw/{year}").encode() + b"overrides: {poverty_line: 1}\n")


def change_report(home: str) -> None:
    files().pipe_file(f"{home}/reports/999001/2019/page.html", b"touched")


def lose_report(home: str) -> None:
    files().rm_file(f"{home}/reports/999001/2019/page.html")


@pytest.mark.parametrize(("change", "again"), [(change_nothing, False), (change_raw, True), (change_params, True), (change_report, True), (lose_report, True)])
def test_a_county_that_is_done_is_not_run_again_unless_something_changed(at_the_store, runs, monkeypatch, tmp_path, change, again):
    first = Errand.of(f"{at_the_store}/params/counties/a.yml", 2019, f"{at_the_store}/reports", {}).run()
    change(at_the_store)
    monkeypatch.setenv("BANGFU_SCRATCH", str(tmp_path / "another worker"))
    second = Errand.of(f"{at_the_store}/params/counties/a.yml", 2019, f"{at_the_store}/reports", {}).run()
    assert len(runs) == (2 if again else 1)
    assert (second.status, second.name, second.report, second.counts) == (0, "样县", first.report, {"high": 1})


def test_of_two_workers_that_ran_the_same_county_the_first_counts(at_the_store, runs, monkeypatch, tmp_path):
    errand = Errand.of(f"{at_the_store}/params/counties/a.yml", 2019, f"{at_the_store}/reports", {})
    publish = StoreFolder.publish

    def after_the_other(self):
        monkeypatch.setattr(StoreFolder, "publish", publish)
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("BANGFU_SCRATCH", str(tmp_path / "the other"))
            assert errand.run().status == 0
        publish(self)

    monkeypatch.setattr(StoreFolder, "publish", after_the_other)
    assert (errand.run().status, len(runs)) == (0, 2)


def test_a_finding_that_was_reviewed_since_is_a_reason_to_run_again(tmp_path):
    from bangfu.review.entries import Entry
    from bangfu.review.store import Store

    written(tmp_path, **{"a.yml": PARAMS.format(code="999001", raw="raw").replace("own", "laizhou-2018-8")})
    settings, reports = open_settings(tmp_path / "a.yml", 2019), tmp_path / "reports"
    before = done.goes_by(settings, reports)
    store = Store.of(settings, reports)
    assert done.goes_by(settings, reports) == before
    fields = {f: "" for f in Entry.__dataclass_fields__} | {"year": 2019, "version": 1, "base": 0, "more": {}}
    store.add([Entry(**fields)])
    store.close()
    assert done.goes_by(settings, reports) != before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_fetched_or_seen_is_said_of_that_county(at_the_store, runs, tmp_path, lang):
    missing = Errand.of(f"{at_the_store}/params/counties/none.yml", 2019, f"{at_the_store}/reports", {}).run()
    other_year = Errand.of(f"{at_the_store}/params/counties/a.yml", 2018, f"{at_the_store}/reports", {}).run()
    written(tmp_path, **{"c.yml": PARAMS.format(code="999003", raw="raw").replace("own", "laizhou-2018-8")})
    unseen = Errand.of(tmp_path / "c.yml", 2019, tmp_path / "reports", {})
    unseen = type(unseen)(**{**unseen.__dict__, "mark": str(tmp_path / "no such mark")}).run()
    assert [r.status for r in (missing, other_year, unseen)] == [2, 2, 2] and runs == []
    said = [r.sentences[0].say(lang) for r in (missing, other_year, unseen)]
    assert "none.yml" in said[0] and "raw/2018" in said[1] and "reports" in said[2]


# --- handing out


class Outstanding:
    """Stands in for a Dask client with three workers: it keeps the most that was ever given to them at a time."""

    def __init__(self):
        self.most, self.under_way = 0, []

    def nthreads(self):
        return {"a": 1, "b": 1, "c": 1}

    def subscribe_topic(self, *_):
        pass

    def unsubscribe_topic(self, _):
        pass

    def submit(self, work, errand, *_, key, pure):
        future = Future()
        future.key, future.release = key, lambda: None
        self.under_way.append((future, errand))
        self.most = max(self.most, len(self.under_way))
        if len(self.under_way) == 3 or errand.last:
            threading.Timer(0.05, self._end_all).start()
        return future

    def _end_all(self):
        ended, self.under_way = self.under_way[::-1], []
        for future, errand in ended:
            future.set_result(Result(errand.name, errand.name, 0))


def test_workers_are_given_no_more_than_they_can_take_and_results_keep_their_order():
    client = Outstanding()
    errands = [Errand("", 2019, "", name=str(n)) for n in range(8)]
    for e in errands:
        object.__setattr__(e, "last", e.name == "7")
    assert [r.name for r in dispatch(errands, client)] == [str(n) for n in range(8)]
    assert client.most == 3


def test_when_the_scheduler_is_lost_what_had_no_result_is_said_to_be_run_again(monkeypatch):
    client = Outstanding()
    errands = [Errand("", 2019, "", name=str(n)) for n in range(8)]
    for e in errands:
        object.__setattr__(e, "last", False)
    ended = []

    def nthreads():
        if ended:
            raise OSError("closed")
        return {"a": 1, "b": 1, "c": 1}

    monkeypatch.setattr(client, "nthreads", nthreads)
    results = dispatch(errands, client, lambda county, step: ended.append(county))
    assert sorted(r.status for r in results) == [0] + [1] * 7 and ended == [r.name for r in sorted(results, key=lambda r: r.status)]
    assert all("调度器" in r.sentences[0].zh for r in results if r.status)


class Fatal(Errand):
    """A county that ends whatever process runs it."""

    def run(self, progress):
        os._exit(1)


class Quick(Errand):
    def run(self, progress):
        from bangfu.problems import Sentence

        progress(self.name, Sentence("一步", "a step"))
        if self.name == "defect":
            raise KeyError("of ours")
        return Result(self.name, self.name, 0)


def test_a_county_that_ends_its_workers_is_given_up_and_the_others_run_and_nothing_is_reached_from_outside():
    import psutil

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    steps = []
    try:
        with cluster.workers(2, None) as client:
            ours = [psutil.Process(), *psutil.Process().children(recursive=True)]
            open_ports = {c.laddr.ip for p in ours for c in p.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
            errands = [Fatal("", 2019, "", name="fatal"), *(Quick("", 2019, "", name=n) for n in ("a", "defect", "b"))]
            results = dispatch(errands, client, lambda county, step: steps.append((county, step.en)))
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    assert open_ports and all(ip.startswith("127.") for ip in open_ports)
    assert [(r.name, r.status) for r in results] == [("fatal", 1), ("a", 0), ("defect", 1), ("b", 0)]
    assert "内存" in results[0].sentences[0].zh and "KeyError" in results[2].sentences[0].zh
    assert {("a", "a step"), ("a", "done"), ("b", "a step"), ("b", "done"), ("fatal", "failed"), ("defect", "failed")} <= set(steps)


@pytest.mark.parametrize("scheduler", ["nonsense://nowhere", "tcp://127.0.0.1:9"])
def test_a_scheduler_that_cannot_be_reached_is_said_in_a_sentence(scheduler, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cluster, "_WAIT", 1)
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", str(tmp_path / "a.yml"), "--year", "2019", "--reports", str(tmp_path / "reports"), "--scheduler", scheduler])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and scheduler in said and said.count("\n") == 1


# --- a scheduler and three machines


class Machines:
    """A Dask scheduler and workers, each a process of its own with a folder, a home and a scratch folder of its own."""

    def __init__(self, place: Path, settings: dict[str, str]):
        self.place, self.settings, self.started = place, settings, []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.start("scheduler", "distributed.cli.dask_scheduler", "--host", self.address, "--no-dashboard", "--no-show", "--idle-timeout", "5 minutes")
        self.workers = [self.start(f"worker{n}", "distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1") for n in range(3)]

    def start(self, name: str, module: str, *words: str) -> subprocess.Popen:
        folder = self.place / name
        folder.mkdir()
        env = {**os.environ, **self.settings, "HOME": str(folder), "BANGFU_SCRATCH": str(folder / "scratch"), "PYTHONPATH": str(workbench.home() / "lib")}
        with (folder / "log").open("w") as log:
            self.started.append(subprocess.Popen([sys.executable, "-m", module, *words], cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True))
        return self.started[-1]

    def lose(self, process: subprocess.Popen) -> None:
        """As when a machine loses its current: the worker and what it started end at once."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                self.lose(process)


@pytest.fixture
def machines(s3, tmp_path):
    there = Machines(tmp_path, s3)
    yield there
    there.close()


@pytest.mark.long
def test_three_machines_one_of_which_is_lost_half_way_leave_what_one_machine_leaves(machines, tmp_path, request):
    """Four counties by URL and one without raw files; nothing is shared but the store."""
    from bangfu.record import outputs_of

    home, only, codes = f"{BUCKET}/{request.node.name}", ["data_quality"], [f"99930{n}" for n in range(1, 5)]
    sent = []
    for n, code in enumerate(codes):
        make_county(tmp_path / code, households=60, seed=n + 1, code=code, name=f"样县{code[-1]}")
        files().put(str(tmp_path / code / "2019" / "raw"), f"{home}/raw/{code}/2019", recursive=True)
        text = (tmp_path / code / "params.yml").rename(tmp_path / code / f"{code}.yml").read_text("utf-8")
        sent.append(tmp_path / "sent" / f"{code}.yml")
        written(tmp_path / "sent", **{sent[-1].name: text.replace("'{year}/raw'", f"{home}/raw/{code}/{{year}}")})
    sent.append(tmp_path / "sent" / "empty.yml")
    sent[-1].write_text(f'code: "999309"\nname: 空县\nraw: {home}/raw/none\npolicy: laizhou-2018-8\n', "utf-8")

    steps, lost = [], []

    def watch(county, step):
        steps.append((county, step.en))
        if len([s for s in steps if s[1] == "validating"]) == 3 and not lost:
            lost.append(machines.workers[0])
            machines.lose(machines.workers[0])

    def run():
        steps.clear()
        return run_counties(sent, 2019, f"{home}/reports", scheduler=machines.address, only=only, progress=watch)

    results = run()
    assert [r.status for r in results] == [0] * 4 + [2], [r.sentences for r in results]
    begun = [county for county, step in steps if step == "reading raw files"]
    assert lost and len(begun) == 5 and len(set(begun)) == 4, "the county of the machine that was lost was begun again by another"

    for code in codes:
        alone = run_county(tmp_path / code / f"{code}.yml", 2019, tmp_path / "alone", only=only)
        assert alone.status == 0, alone.sentences
        expected = outputs_of(alone.folder)
        fetched = tmp_path / "fetched" / code
        files().get(f"{home}/reports/{code}/2019", str(fetched), recursive=True)
        assert outputs_of(fetched) == expected and len(expected) > 10

    again = run()
    assert [(r.name, r.status, r.report, r.counts) for r in again] == [(r.name, r.status, r.report, r.counts) for r in results]
    assert {step for _, step in steps} == {"done", "failed"}, "what is done is not run again"
    files().rm_file(f"{home}/raw/{codes[1]}/2019/满意度调查.xlsx")
    assert [r.status for r in run()] == [0] * 4 + [2]
    assert {county for county, step in steps if step == "reading raw files"} == {"样县2"}
