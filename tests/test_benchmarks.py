"""The pages on speed show what the benchmarks measured, and the arithmetic of a country follows from it."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    yield
    for name in ("pages", "tables", "scale", "results"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", ["performance.md", "scale.md"])
def test_tables_of_the_page_are_those_of_the_figures(benchmarks, name):
    import pages

    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == pages.filled(page)


def test_a_country_by_hand(benchmarks):
    """36,000 households took 360 s by the clock, 10 ms each; 30,000,000 take 300,000 s = 83.3 hours, in 24 hours on 3.47 machines."""
    import scale

    needs = scale.needs({"households": 36_000, "clock": 360.0, "processors": 540.0, "rows": 72_000, "raw_mib": 36.0, "reports_mib": 72.0})
    assert needs["hours"] == pytest.approx(300_000 / 3600) and needs["core_hours"] == pytest.approx(450_000 / 3600)
    assert needs["machines"] == pytest.approx(300_000 / 3600 / 24)
    assert needs["rows"] == pytest.approx(60_000_000)  # two of each household
    assert needs["raw_gib"] == pytest.approx(30_000 / 1024) and needs["reports_gib"] == pytest.approx(60_000 / 1024)  # one and two thousandths of a MiB each
