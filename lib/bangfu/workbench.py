"""Where the workbench stands: its notebooks, params, expectations and reports."""

import os
from pathlib import Path


def home() -> Path:
    """The top folder of the workbench: `BANGFU_HOME`, or the checkout that this package is installed from."""
    named = os.environ.get("BANGFU_HOME")
    return Path(named).resolve() if named else Path(__file__).resolve().parents[2]


def params() -> Path:
    return home() / "params"


def notebooks() -> Path:
    return home() / "notebooks"


def expectations() -> Path:
    return home() / "expectations"


def reports() -> Path:
    return home() / "reports"
