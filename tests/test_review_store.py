"""The store of reviews: one file by default, PostgreSQL for a team; entries are added, never changed."""

import os
import pwd
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bangfu.params import open_settings
from bangfu.problems import Problem
from bangfu.review.entries import Entry, keep, kept
from bangfu.review.ledger import Edit, Ledger
from bangfu.review.life import FIELDS
from bangfu.review.store import Overtaken, Store, address
from test_review_ledger import table


def entry(**given) -> Entry:
    return Entry(**{"finding_id": "F1", "rule_id": "HP-01", "year": 2019, "version": 1, "base": 0, "was": "new", "became": "confirmed", "evidence": "e1", "by": "张审计", "at": "t"} | given)


def _programs() -> Path | None:
    """Where initdb and postgres stand: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    kept_by_debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).resolve().parent if found else kept_by_debian[-1].parent if kept_by_debian else None


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    """The URL of a PostgreSQL server of our own, on a private socket; it refuses to run as root, hence as another user."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (scripts/system-packages postgresql)")
    user = {}
    if os.geteuid() == 0:
        name = next((n for n in ("postgres", "nobody") if any(p.pw_name == n for p in pwd.getpwall())), None)
        if name is None:
            pytest.skip("there is no user other than root to run PostgreSQL as")
        user = {"user": name}
    import tempfile

    # The path of a socket may have 107 characters, and the other user must reach it.
    with tempfile.TemporaryDirectory(prefix="bf-pg-", dir="/tmp") as folder:
        if user:
            shutil.chown(folder, user["user"])
        data, log = f"{folder}/data", f"{folder}/log"
        run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "env": {**os.environ, "LC_ALL": "C"}, **user}
        try:
            subprocess.run([programs / "initdb", "-D", data, "-U", "auditor", "-A", "trust", "-E", "UTF8", "--no-sync"], **run)
            subprocess.run([programs / "pg_ctl", "-D", data, "-w", "-l", log, "-o", f"-k {folder} -c listen_addresses= -c fsync=off", "start"], **run | {"stderr": subprocess.DEVNULL})
        except (OSError, subprocess.CalledProcessError) as wrong:
            pytest.skip(f"PostgreSQL could not be started: {getattr(wrong, 'stderr', wrong)}")
        try:
            yield f"postgresql://auditor@/postgres?host={folder}"
        finally:
            subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run | {"check": False})


@pytest.fixture(params=["file", "postgresql"])
def url(request, tmp_path):
    """A store of either kind, empty."""
    if request.param == "file":
        return f"sqlite:///{tmp_path / 'reviews.sqlite'}"
    server = request.getfixturevalue("postgresql")
    with sa.create_engine(server.replace("postgresql:", "postgresql+psycopg:")).begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS bangfu_reviews, bangfu_handovers"))
    return server


def test_entries_come_back_as_they_were_added_county_by_county(url):
    told = [entry(note="有底稿\n“第二行”", more={"联系人": "赵六"}), entry(finding_id="F2", year=2018), entry(version=None, by="李审计")]
    Store(url, "999001").add(told)
    Store(url, "999002").add([entry(by="外县")])
    again = Store(url, "999001")
    assert again.entries() == told and again.entries(2018) == told[1:2] and len(Store(url, "999002").entries()) == 1


def test_history_is_only_added_to(url):
    store = Store(url, "999001")
    store.add([entry()])
    for statement in ("UPDATE bangfu_reviews SET note = 'x'", "DELETE FROM bangfu_reviews"):
        with pytest.raises(sa.exc.DBAPIError, match="only added to"), store._engine.begin() as connection:
            connection.execute(sa.text(statement))
    assert store.entries() == [entry()]


def test_one_version_of_a_finding_is_written_once_and_a_batch_whole_or_not_at_all(url):
    store = Store(url, "999001")
    store.add([entry(version=None), entry(version=None), entry()])
    with pytest.raises(Overtaken):
        store.add([entry(finding_id="F2"), entry(by="李审计")])
    assert [e.finding_id for e in store.entries()] == ["F1"] * 3


def test_of_many_who_edit_at_once_one_is_first_and_no_edit_is_lost(url):
    names = [f"审计员{n}" for n in range(6)]

    def edit(name: str) -> tuple[int, int]:
        ledger = Ledger(table(), Store(url, "999001"), (), 2019)
        taken = ledger.take([Edit("F1", 0, "e1", "rejected", dict.fromkeys(FIELDS, "") | {"note": name})], name)
        return len(taken.entries), len(taken.conflicts)

    with ThreadPoolExecutor(6) as pool:
        ended = list(pool.map(edit, names))
    assert sorted(ended) == [(0, 1)] * 5 + [(1, 0)]
    history = Store(url, "999001").entries()
    assert {e.by for e in history} == set(names) and sorted(str(e.version) for e in history) == ["1"] + ["None"] * 5


def test_the_day_of_a_hand_over_is_the_day_it_was_first_seen(url):
    store = Store(url, "999001")
    store.note_handover(2019, "aa")
    first = store.handovers(2019)
    store.note_handover(2019, "aa")
    store.note_handover(2019, "bb")
    assert store.handovers(2019)[:1] == first and [d for d, _ in store.handovers(2019)] == ["aa", "bb"]


@pytest.mark.parametrize(
    ("named", "ends"),
    [("", "sqlite:///{tmp}/reports/999001/reviews.sqlite"), ("reviews: ../team/核实.sqlite\n", "sqlite:///{parent}/team/核实.sqlite"), ("reviews: postgresql://db/audit\n", "postgresql://db/audit")],
)
def test_the_store_stands_where_the_params_say(tmp_path, named, ends):
    (tmp_path / "mine.yml").write_text('code: "999001"\nname: 云岭县\nraw: raw\npolicy: laizhou-2018-8\n' + named, encoding="utf-8")
    assert address(open_settings(tmp_path / "mine.yml", 2019), tmp_path / "reports") == ends.format(tmp=tmp_path, parent=tmp_path.parent)


@pytest.mark.parametrize("wrong", ["postgresql://auditor:secret@/postgres?host=/nowhere/at/all", "nosuch://x/y", "sqlite:////proc/nowhere/r.sqlite"])
def test_a_store_that_cannot_be_opened_is_one_sentence_without_its_password(wrong):
    with pytest.raises(Problem) as said:
        Store(wrong, "999001")
    assert len(said.value.sentences) == 1 and said.value.status == 2 and "secret" not in said.value.say() + said.value.say("en")


def test_what_a_run_went_by_is_kept_beside_it(tmp_path):
    told = [entry(more={"a": "b"}), entry(version=None)]
    keep(told, tmp_path / "reviews.json")
    assert kept(tmp_path / "reviews.json") == told and kept(tmp_path / "none.json") == []
