"""Shared by all tests: where the fixtures stand, and reading a rule's fixture."""

import tarfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import settings

from bangfu.intake import cells, dictionary

TESTS = Path(__file__).parent
# The same examples in every run, and no time limit on a single one: machines are busy.
settings.register_profile("bangfu", deadline=None, derandomize=True)
settings.load_profile("bangfu")


def read_fixture_table(path: Path) -> pd.DataFrame:
    """A table of a rule's fixture: canonical column names, values as in raw files, amounts in yuan; `case` says what a row shows."""
    texts = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    table = dictionary()[path.stem]
    typed = {}
    for name in texts.columns.drop("case", errors="ignore"):
        values, unreadable = cells.read_cells(texts[name], table.columns[name])
        assert not unreadable.any(), f"{path}: {name} holds {texts[name][unreadable].tolist()}"
        typed[name] = values
    frame = pd.DataFrame(typed)
    frame["origin"] = list(dictionary()).index(path.stem) << 32 | pd.Series(range(2, len(frame) + 2), dtype="int64")
    return frame


class RuleFixture:
    """`tests/rules/<id>/`: a CSV per table, expected.csv (subject and, where the rule has money, amount in yuan; and more
    columns of `Found.rows`), and settings.yml for a year or parameter values other than the pack's."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.tables = {p.stem: read_fixture_table(p) for p in sorted(folder.glob("*.csv")) if p.stem != "expected"}
        self.expected = pd.read_csv(folder / "expected.csv", dtype="str")
        settings = folder / "settings.yml"
        self.settings = yaml.safe_load(settings.read_text(encoding="utf-8")) if settings.exists() else {}
        self.year = self.settings.pop("year", 2019)
        self.unassessed = self.settings.pop("unassessed", None)

    @property
    def cases(self) -> list[str]:
        """What the rows of the fixture show, as their `case` column says."""
        found = []
        for path in sorted(self.folder.glob("*.csv")):
            frame = pd.read_csv(path, dtype="str")
            if "case" in frame:
                found += frame["case"].dropna().tolist()
        return found


class Yunling:
    """The files of yunling 2019, with what was planted in them (rule_id, subject) and which cells cannot be read."""

    year = 2019

    def __init__(self, folder: Path):
        self.raw = folder / "yunling-2019"
        self.planted = pd.read_csv(folder / "yunling-2019-planted.csv", dtype="str")
        self.rejects = pd.read_csv(folder / "yunling-2019-rejects.csv", dtype="str")
        self.params = folder / "yunling.yml"
        self.params.write_text('code: "999001"\nname: 云岭县\nraw: yunling-{year}\npolicy: laizhou-2018-8\n', encoding="utf-8")


@pytest.fixture(scope="session")
def yunling(tmp_path_factory) -> Yunling:
    """Yunling's files themselves, unpacked once."""
    folder = tmp_path_factory.mktemp("yunling")
    with tarfile.open(TESTS / "data" / "yunling-2019.tar.xz") as packed:
        # Python 3.11.2, which Debian 12 has, knows no filters yet; the archive is our own.
        packed.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return Yunling(folder)


@pytest.fixture(scope="session")
def yunling_county(yunling):
    """Yunling 2019 as a County that leaves no reports; read once, each rule applied once."""
    from bangfu.county import County

    return County.open(yunling.params, yunling.year)


SHARED_DATA = TESTS.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Data beside the repository; a test that needs it is left out, and counted, in a clone that stands alone."""
    if not SHARED_DATA.is_dir():
        pytest.skip(LEFT_OUT)
    return SHARED_DATA


LEFT_OUT = "the shared data do not stand beside this clone"


def pytest_terminal_summary(terminalreporter):
    left_out = [r for r in terminalreporter.stats.get("skipped", []) if LEFT_OUT in str(r.longrepr)]
    if left_out:
        terminalreporter.write_line(f"left out: {len(left_out)} tests on data of ../shared/data that are not there.")
