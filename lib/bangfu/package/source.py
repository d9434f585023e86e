"""The code of a run: its digest, its commit where the checkout stands exactly at one, and the source itself."""

import shutil
import subprocess
from pathlib import Path

from bangfu import digests, workbench

_ABOUT = ("pyproject.toml", "requirements.lock", "LICENSE", "README.md", "README.zh-CN.md")


def commit() -> str | None:
    """The commit of the code as it stands; None where there is no git, no checkout, or code that was changed since."""
    try:
        changed = _git("status", "--porcelain", "--", *digests.CODE)
        return None if changed else _git("rev-parse", "HEAD")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(workbench.home()), *words], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.strip()


def copy(to: Path) -> None:
    """Copies what the digest of the code is made of, with the lock and the licence, into a folder."""
    about = [p for name in _ABOUT if (p := workbench.home() / name).is_file()]
    for path in [*digests.code_files(*digests.CODE), *about]:
        target = to / path.relative_to(workbench.home())
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
