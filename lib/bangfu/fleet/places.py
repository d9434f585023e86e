"""Where files stand: at a path of this machine, or at a URL of an object store whose copy stands in this machine's scratch folder.

A URL has one place in the scratch folder (`s3://audit/raw/2019` is `<scratch>/s3/audit/raw/2019`), so that what is written relative to
a file there is found relative to its copy.
"""

import os
import posixpath
from pathlib import Path

from bangfu.problems import WrongParams

STORES = ("s3",)


def in_store(place: str) -> bool:
    """Whether it is a URL of an object store (and neither a path nor a database)."""
    return place.partition("://")[0] in STORES and "://" in place


def scratch() -> Path:
    """Where copies are kept: `BANGFU_SCRATCH`, or the user's own cache folder. They hold personal data: nobody else may look."""
    named = os.environ.get("BANGFU_SCRATCH")
    return Path(named).resolve() if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bangfu"


def made_private(folder: Path) -> Path:
    """The folder, made where it is not there, in a scratch folder that only its user can open."""
    if not scratch().exists():
        scratch().mkdir(parents=True, mode=0o700)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def copy_of(url: str) -> Path:
    """The place of a URL in the scratch folder; WrongParams where it leads out of its bucket."""
    scheme, _, path = url.partition("://")
    clean = posixpath.normpath(path)
    if not clean.strip("/") or clean.startswith(("/", ".")):
        raise WrongParams.of(f"地址 {url} 不对,应如 s3://存储桶/文件夹。", f"The URL {url} must be like s3://bucket/folder.")
    return scratch() / scheme / clean


def on_this_machine(place: str | Path) -> Path:
    """The path where it stands or is to stand on this machine."""
    return copy_of(str(place)) if in_store(str(place)) else Path(place)


def beside(place: str, relative: str) -> str:
    """What a path written in the file at `place` means: a path or a URL of its own is itself."""
    if "://" in relative or os.path.isabs(relative):
        return relative
    scheme, mark, path = place.rpartition("://") if in_store(place) else ("", "", os.path.abspath(place))
    return f"{scheme}{mark}{posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))}"
