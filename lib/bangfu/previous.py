"""What a run goes on from: the findings before it, the hand-over before it, and what people judged since.

All of it stands in the run's folder, so that the run can be made again when the store of reviews has long moved on.
"""

import json
import shutil
from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu import digests, findings
from bangfu.handovers import HandOver
from bangfu.review import entries
from bangfu.steps.stamps import write_whole

FINDINGS, HANDOVER, BASIS, REVIEWS, EARLIER = "findings.parquet", "handover.parquet", "basis.json", "reviews.json", "earlier.parquet"


class Previous:
    """What stands in the folder `previous` of a county-year; nothing of it where there was no run before."""

    def __init__(self, reports: Path | None):
        self.folder = reports / "previous" if reports else None

    def _path(self, name: str) -> Path | None:
        path = self.folder / name if self.folder else None
        return path if path and path.exists() else None

    @cached_property
    def findings(self) -> pd.DataFrame | None:
        """The findings on the hand-over, the params or the code before."""
        path = self._path(FINDINGS)
        return findings.read(path) if path else None

    @cached_property
    def basis(self) -> dict:
        """What those findings rest on: digests of `handover`, `judged by` and `code`."""
        path = self._path(BASIS)
        return json.loads(path.read_text(encoding="utf-8")) if path else {}

    @cached_property
    def handover(self) -> HandOver | None:
        """The hand-over before, row by row."""
        path = self._path(HANDOVER)
        return HandOver.kept(path) if path else None

    @cached_property
    def reviews(self) -> list[entries.Entry]:
        """What people judged until this run."""
        path = self._path(REVIEWS)
        return entries.kept(path) if path else []

    @cached_property
    def earlier(self) -> pd.DataFrame | None:
        """Where the findings of the year before stood: finding_id, status, year; None where no earlier year stands beside this one."""
        path = self._path(EARLIER)
        return pd.read_parquet(path) if path else None

    @property
    def digests(self) -> dict[str, str]:
        """File -> SHA-256 of what the run goes on from."""
        return {p.name: digests.of_file(p) for p in sorted(self.folder.iterdir())} if self.folder and self.folder.is_dir() else {}


def set_aside(reports: Path, stamp: Path, basis: dict[str, str], handovers: Path) -> None:
    """Sets the findings of the last run aside where they rest on something else than `basis`, and the last hand-over where it is another.

    stamp: the file in which each run leaves its basis; handovers: the folder in which each hand-over is kept by its digest.
    The findings leave their place before the stamp changes: wherever the run is ended, the next one takes none for those of another basis.
    """
    last = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else None
    folder = reports / "previous"
    if last and last != basis and (reports / FINDINGS).exists():
        folder.mkdir(exist_ok=True)
        shutil.copyfile(reports / FINDINGS, folder / FINDINGS)
        (folder / BASIS).write_text(json.dumps(last, sort_keys=True), encoding="utf-8")
        if last["handover"] != basis["handover"] and (handovers / f"{last['handover']}.parquet").exists():
            shutil.copyfile(handovers / f"{last['handover']}.parquet", folder / HANDOVER)
        (reports / FINDINGS).unlink()
    write_whole(stamp, json.dumps(basis, sort_keys=True))


def take_reviews(reports: Path, known: list[entries.Entry]) -> None:
    """Keeps the reviews that this run goes by."""
    path = reports / "previous" / REVIEWS
    if known:
        path.parent.mkdir(exist_ok=True)
        entries.keep(known, path)
    else:
        path.unlink(missing_ok=True)


def take_earlier(reports: Path) -> None:
    """Keeps where the findings of the last earlier year stand that was run beside this one (`<reports>/../<year>`)."""
    path = reports / "previous" / EARLIER
    path.unlink(missing_ok=True)
    years = [int(p.name) for p in reports.parent.iterdir() if p.name.isdecimal() and int(p.name) < int(reports.name) and (p / FINDINGS).is_file()]
    if years:
        path.parent.mkdir(exist_ok=True)
        found = pd.read_parquet(reports.parent / str(max(years)) / FINDINGS, columns=["finding_id", "status"])
        found.assign(year=max(years)).to_parquet(path, index=False)
