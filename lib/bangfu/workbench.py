"""Where the workbench stands: its notebooks, params, expectations and reports."""

import os
from functools import lru_cache
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]


def home() -> Path:
    """The top folder of the workbench: `BANGFU_HOME`, or the checkout that this package is installed from."""
    named = os.environ.get("BANGFU_HOME")
    return _resolved(named, os.getcwd()) if named else _CHECKOUT


@lru_cache
def _resolved(named: str, folder: str) -> Path:
    return Path(folder, named).resolve()


def params() -> Path:
    return home() / "params"


def notebooks() -> Path:
    return home() / "notebooks"


def expectations() -> Path:
    return home() / "expectations"


def reports() -> Path:
    return home() / "reports"
