"""What went into a run, as digests: a run is named by them and carries no clock time."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from bangfu import workbench


def of_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def of_file(path: Path) -> str:
    with Path(path).open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def of_value(value) -> str:
    """The digest of anything that JSON can hold (dates and fractions as text)."""
    return of_bytes(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode())


_KINDS = {".py", ".yml", ".json", ".j2", ".css", ".ipynb"}


def code_files(*folders: str) -> list[Path]:
    """The workbench's own files below the folders (relative to its home): code, notebooks, suites, dictionary; in a fixed order."""
    named = [workbench.home() / f for f in folders]
    return [p for f in named for p in ([f] if f.is_file() else sorted(f.rglob("*"))) if p.suffix in _KINDS and ".ipynb_checkpoints" not in p.parts]


@lru_cache
def of_code(*folders: str) -> str:
    """The digest of those files and their names."""
    return of_value([[p.relative_to(workbench.home()).as_posix(), of_file(p)] for p in code_files(*folders)])


CODE = ("lib/bangfu", "notebooks", "expectations", "params/dictionary.yml", "params/scorecards", "params/relations.yml")
