"""The figures that benchmarks leave: benchmarks/results/<name>.json, from which docs/performance.md and docs/scale.md are made."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "results"


def write(name: str, told: dict) -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(name: str) -> dict | None:
    """The figures of a benchmark; None where it has not run."""
    file = FOLDER / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
