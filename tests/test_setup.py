"""Set-up gives the same environment everywhere: the lock, pyproject.toml and environment.yml agree, and name no host."""

import importlib.machinery
import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DIRECT = PROJECT["dependencies"] + [line for extra in PROJECT["optional-dependencies"].values() for line in extra]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def locked(text: str) -> list[str]:
    """The requirements of a lock, each with its hashes, as one line."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#") and not line.startswith("-"))
    return [line for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


PINS = [(Requirement(line.split(" --hash=")[0].strip()), line.count("--hash=sha256:")) for line in locked(LOCK)]


# --- what the package takes along

def test_every_file_beside_the_code_goes_into_the_package():
    """Style sheets, templates, words and fonts: what no pattern covers is missing once bangfu is installed."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]["bangfu"]
    package = ROOT / "lib" / "bangfu"
    covered = {path for pattern in patterns for path in package.glob(pattern)}
    beside = {path for path in package.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert sorted(str(path.relative_to(package)) for path in beside - covered) == []
    assert len(beside) > 10 and all(any(package.glob(pattern)) for pattern in patterns)


# --- the lock, pyproject.toml and environment.yml

@pytest.mark.parametrize("line", DIRECT)
def test_direct_dependency_is_locked_at_a_version_it_accepts(line):
    wanted = Requirement(line)
    pins = [pin for pin, _ in PINS if canonicalize_name(pin.name) == canonicalize_name(wanted.name)]
    versions = [next(iter(pin.specifier)).version for pin in pins]
    assert versions, f"{wanted.name} is not in requirements.lock: run `make lock`"
    assert all(wanted.specifier.contains(version, prereleases=True) for version in versions), versions


def test_lock_pins_exactly_and_with_hashes():
    loose = [str(pin) for pin, _ in PINS if [clause.operator for clause in pin.specifier] != ["=="]]
    bare = [str(pin) for pin, hashes in PINS if not hashes]
    assert (loose, bare) == ([], [])
    assert len(PINS) > len(DIRECT)  # a lock that reads as empty would pass everything above


def test_lock_names_no_source():
    assert [line for line in LOCK.splitlines() if "://" in line or line.startswith("-") or " @ " in line] == []


def test_lock_says_why_each_package_is_there():
    """A package that nothing asks for any more shows as a pin without `# via`."""
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK.split("make lock\n", 1)[1])
    assert [block.split("==")[0] for block in blocks if "# via" not in block] == []


def test_direct_dependencies_of_the_lock_are_those_of_pyproject():
    """The lock was made from this pyproject.toml: what it attributes to bangfu is what bangfu declares."""
    via = {block.split("==")[0] for block in re.split(r"\n(?=[a-z0-9])", LOCK) if re.search(r"(#   |# via )bangfu", block)}
    assert via == {canonicalize_name(Requirement(line).name) for line in DIRECT}


def test_conda_installs_the_lock_and_nothing_else_through_pip():
    through_pip = [item["pip"] for item in CONDA["dependencies"] if isinstance(item, dict)]
    assert through_pip == [["-r requirements.lock"]]


def test_conda_names_a_python_that_the_project_accepts():
    python = next(item for item in CONDA["dependencies"] if str(item).startswith("python"))
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))


def test_conda_takes_no_python_package_past_the_lock():
    names = {re.split(r"[=<> ]", item)[0] for item in CONDA["dependencies"] if isinstance(item, str)}
    assert names & {canonicalize_name(pin.name) for pin, _ in PINS} == set()


# --- no host, no path of one machine

# Written in pieces, so that this file is not its own first finding.
NOT_OURS = re.compile(
    r"--(?:extra-)?index" r"-url|--find" r"-links|pypi\." r"org|python" r"hosted|registry\.npm" r"js"
    r"|deb\.deb" r"ian\.org|(?:^|[^\w.])/(?:wo" r"rk|fa" r"rm)/"
)


@pytest.mark.parametrize(("line", "caught"), [
    ("--index" + "-url https://example.invalid/simple", True),
    ("--find" + "-links wheels", True),
    ("https://pypi" + ".org/simple", True),
    ("URIs: http://deb." + "debian.org/debian", True),
    ("open('/wo" + "rk/raw/x.csv')", True),
    ("PIP_INDEX_URL", False),
    ("network/farms", False),
    ("a/work" + "/b", False),
])
def test_what_counts_as_naming_a_host(line, caught):
    assert bool(NOT_OURS.search(line)) is caught


def test_no_tracked_file_names_a_package_host_or_a_path_of_one_machine():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git clone: there is no list of tracked files")
    named = []
    for name in filter(None, tracked.stdout.split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            lines = content.decode("utf-8", "replace").splitlines()
            named += [f"{name}:{number}" for number, line in enumerate(lines, 1) if NOT_OURS.search(line)]
    assert named == []


# --- make, the Python it picks, and bytecode

def test_help_lists_every_target():
    declared = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)[1].split()
    shown = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\S+) +\S", shown, re.M) == declared
    assert {"setup", "demo", "test", "help"} <= set(declared)  # relied on from outside


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def test_set_up_says_so_in_one_sentence_when_no_python_suits(tmp_path):
    program(tmp_path, "python3", "exit 1")  # what the check of an older Python comes to
    run = subprocess.run(["/bin/sh", ROOT / "scripts/set-up"], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1 and "3.11" in run.stderr


def test_installed_packages_are_compiled():
    """Modules that no test imports: had set-up not compiled them, nothing would have."""
    modules = list(Path(sysconfig.get_path("purelib"), "statsmodels").rglob("tests/test_*.py"))
    assert modules
    assert [module.name for module in modules if not Path(importlib.util.cache_from_source(str(module))).exists()] == []


# --- what pip cannot bring

@pytest.fixture
def system_packages(monkeypatch):
    loader = importlib.machinery.SourceFileLoader("system_packages", str(ROOT / "scripts/system-packages"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("system_packages", loader))
    loader.exec_module(module)
    return module


BRINGS_CHROMIUM = 'case "$*" in *install*chromium*) printf "#!/bin/sh\\n" >"${0%/*}/chromium"; /bin/chmod +x "${0%/*}/chromium";; esac'
FAILS = 'echo "E: Unable to fetch" >&2; exit 100'


@pytest.mark.parametrize(("user", "apt", "need", "status", "says"), [
    # user, what apt-get does, need, exit status, in the one sentence (None: silent)
    (0, BRINGS_CHROMIUM, "chromium", 0, None),
    (0, FAILS, "chromium", 0, "Unable to fetch"),
    (0, None, "chromium", 0, "chromium"),               # root, but not on Debian
    (1000, BRINGS_CHROMIUM, "chromium", 0, "chromium"),  # apt is there and may not be used
    (1000, None, "pdf", 0, "PDF"),
    (0, FAILS, "venv", 1, "python3"),                   # without it nothing works
    (1000, None, "venv", 1, "python3"),
])
def test_what_is_missing_is_installed_or_named(system_packages, monkeypatch, tmp_path, capsys, user, apt, need, status, says):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system_packages, "_modules", lambda *names: False)
    monkeypatch.setattr(system_packages, "_libraries", lambda *names: False)
    if apt:
        program(tmp_path, "apt-get", apt)

    assert system_packages.main([need]) == status

    sentences = capsys.readouterr().err.splitlines()
    assert len(sentences) == (says is not None)
    assert says is None or says in sentences[0]


def test_nothing_is_asked_of_apt_when_nothing_is_missing(system_packages, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "soffice", "")
    program(tmp_path, "apt-get", f'echo called >"{tmp_path}/called"')
    assert system_packages.main(["libreoffice"]) == 0
    assert not (tmp_path / "called").exists()
    assert capsys.readouterr() == ("", "")


# --- the check that machines run

@pytest.mark.parametrize("status", [0, 2])
def test_ci_ends_with_the_closing_lines_and_the_status_of_the_tests(tmp_path, status):
    program(tmp_path, "make", f'test "$1" = test || exit 9; cat; echo "5 passed in 1s"; echo "make: *** Error" >&2; exit {status}')
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run([ROOT / ".ci/run"], env=environment, capture_output=True, text=True, input="typed\n")
    assert run.returncode == status
    assert run.stdout.splitlines()[-1] == "5 passed in 1s"
    assert "typed" not in run.stdout  # nobody is there to answer


def test_the_running_environment_is_the_locked_one():
    """Each pin that applies to this Python is installed at its version."""
    installed = {canonicalize_name(package.name): package.version for package in importlib.metadata.distributions()}
    applies = [pin for pin, _ in PINS if pin.marker is None or pin.marker.evaluate()]
    wrong = {str(pin): installed.get(canonicalize_name(pin.name)) for pin in applies
             if not pin.specifier.contains(installed.get(canonicalize_name(pin.name), "0"), prereleases=True)}
    assert wrong == {}
