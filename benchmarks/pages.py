"""Writes the tables of docs/performance.md and docs/scale.md from benchmarks/results; `--check` only says whether they agree."""

import re
import sys
from pathlib import Path

import results
from tables import TABLES

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOT_RUN = "Not measured yet on this state of the code."
FIGURES = {"scale": "mean_county", "summary": None}  # of tables that have no figures of their own


def table(name: str) -> str:
    source = FIGURES.get(name, name)
    figures = source and results.read(source)
    return NOT_RUN if source and figures is None else TABLES[name](figures).strip()


def filled(page: str) -> str:
    """The page with each `<!-- name -->…<!-- /name -->` filled from the figures."""
    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", lambda m: f"<!-- {m[1]} -->\n{table(m[1])}\n<!-- /{m[1]} -->", page, flags=re.S)


def main(check: bool) -> int:
    stale = []
    for file in (DOCS / "performance.md", DOCS / "scale.md"):
        page = file.read_text(encoding="utf-8")
        if page != filled(page):
            stale.append(file.name)
            if not check:
                file.write_text(filled(page), encoding="utf-8")
    print(("not as measured: " if check else "written: ") + (", ".join(stale) or "nothing"))
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
