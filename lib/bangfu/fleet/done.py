"""Whether a county's run has been made already: from the same things, with nothing changed of what it left."""

import json
from dataclasses import asdict
from pathlib import Path

from bangfu import digests
from bangfu.params import Settings
from bangfu.pipeline import Result
from bangfu.previous import FINDINGS
from bangfu.problems import Sentence
from bangfu.record import FILE as RECORD, outputs_of
from bangfu.review.store import Store, address

FILE = "work/done.json"


def keep(folder: Path, stamp: str, result: Result) -> None:
    """Notes a run that ended well; `stamp` says what it was made from."""
    told = {
        "stamp": stamp,
        "left": _left(folder),
        "name": result.name,
        "sentences": result.sentences,
        "report": Path(result.report).relative_to(folder).as_posix() if result.report else None,
        "counts": {k: int(v) for k, v in result.counts.items()},
    }
    (folder / FILE).parent.mkdir(exist_ok=True)
    (folder / FILE).write_text(json.dumps(told, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def kept(folder: Path, stamp: str) -> Result | None:
    """The result of the run that the folder holds, where it was made from the same things; it has no steps."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if told["stamp"] != stamp or told["left"] != _left(folder):
            return None
        report = folder / told["report"] if told["report"] else None
        return Result("", told["name"], 0, [Sentence(*s) for s in told["sentences"]], folder, report, counts=told["counts"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _left(folder: Path) -> dict[str, str]:
    """Everything that the run left to be relied on, and its record, with digests."""
    return outputs_of(folder) | {RECORD: digests.of_file(folder / RECORD)}


def goes_by(settings: Settings, reports: Path) -> str:
    """The digest of what a run finds beside its inputs: what people judged up to the year, and the findings of earlier years."""
    url, county = address(settings, reports), reports / settings.county.code
    judged = []
    if not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).is_file():
        store = Store.of(settings, reports)
        judged = [asdict(e) for e in store.entries(settings.year)]
        store.close()
    earlier = [p / FINDINGS for p in sorted(county.glob("[0-9]*")) if p.name.isdecimal() and int(p.name) < settings.year and (p / FINDINGS).is_file()]
    return digests.of_value([judged, {p.parent.name: digests.of_file(p) for p in earlier}])
