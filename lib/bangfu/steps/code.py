"""Which of the workbench's own files a step rests on: the modules that it imports, those that they import, and so on.

Read from the text of the modules, wherever an import stands (also within a function): what may be imported counts as imported. A
package brings the files beside its modules (templates, words), and every step rests on the dictionary and the settings in params/.
"""

import re
import sys
from functools import cache
from pathlib import Path

from bangfu import digests, workbench

_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(bangfu[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)|import[ \t]+(bangfu[^\n#]*))", re.M)
_SHARED = ("params/dictionary.yml", "params/relations.yml")


def imported(text: str) -> set[str]:
    """The names below `bangfu` that a module's text may import: modules, and names within modules."""
    found = set()
    for module, names, plain in _IMPORT.findall(text):
        for name in re.sub(r"[()\\]|#[^\n]*", " ", names or plain).split(","):
            first = name.split()[0] if name.split() else ""
            found |= {module, f"{module}.{first}"} if module else {first} - {""}
    return found


@cache
def _modules(home: Path) -> dict[str, Path]:
    """Module -> its file."""
    lib = home / "lib"
    files = [p.relative_to(lib) for p in (lib / "bangfu").rglob("*.py")]
    return {".".join(p.parent.parts if p.name == "__init__.py" else p.with_suffix("").parts): lib / p for p in files}


@cache
def _imports(home: Path, module: str) -> frozenset[str]:
    """The modules that a module imports, with the packages in which it and they stand."""
    known = _modules(home)
    named = imported(known[module].read_text(encoding="utf-8")) | {module}
    parts = [name.split(".") for name in named]
    return frozenset(part for p in parts for n in range(1, len(p) + 1) if (part := ".".join(p[:n])) in known) - {module}


@cache
def _reached(home: Path, modules: frozenset[str]) -> frozenset[str]:
    found, waiting = set(), modules & _modules(home).keys()
    while waiting:
        found |= waiting
        waiting = {m for w in waiting for m in _imports(home, w)} - found
    return frozenset(found)


def modules_of(*modules: str) -> frozenset[str]:
    """The modules with all that they import, directly and through others."""
    return _reached(workbench.home(), frozenset(modules))


@cache
def _beside(home: Path, package: str) -> tuple[Path, ...]:
    """The files of a package that are no modules, also in folders below it that are no packages."""
    found, waiting = [], [_modules(home)[package].parent]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").exists():
                waiting.append(path)
            elif path.is_file() and path.suffix not in {".py", ".pyc"}:
                found.append(path)
    return tuple(found)


@cache
def _digest(path: Path) -> str:
    return digests.of_file(path)


@cache
def _of(home: Path, modules: frozenset[str]) -> str:
    known, named = _modules(home), sorted(modules)
    files = [known[m] for m in named] + [p for m in named if known[m].name == "__init__.py" for p in _beside(home, m)]
    return digests.of_value([[p.relative_to(home).as_posix(), _digest(p)] for p in [*files, *(home / s for s in _SHARED)]])


def of_modules(*modules: str) -> str:
    """The digest of everything of the workbench that these modules rest on."""
    return _of(workbench.home(), modules_of(*modules))


@cache
def of_libraries() -> str:
    """The digest of Python's version and of the versions of all libraries installed, by the folders that say them."""
    places = [Path(p) for p in sys.path if Path(p).is_dir() and Path(p).name in {"site-packages", "dist-packages"}]
    return digests.of_value([sys.version, sorted({d.name for p in places for d in p.glob("*.dist-info")})])
