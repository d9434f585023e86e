"""An entry of the history of reviews: who said what of which finding, when, on what evidence."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One edit of one finding, never changed afterwards.

    version   1, 2, … for edits in force; None for one that lost against another's and waits for a decision
    base      the version that the editor had before them
    was       the state of the finding then; became: the state that the editor set (or left)
    evidence  the digest of the rows that were judged
    more      what stood in columns of the editor's own: header -> text
    """

    finding_id: str
    rule_id: str
    year: int
    version: int | None
    base: int
    was: str
    became: str
    evidence: str
    by: str
    at: str
    note: str = ""
    responsible: str = ""
    measure: str = ""
    deadline: str = ""
    result: str = ""
    approver: str = ""
    more: dict[str, str] = field(default_factory=dict)


def by_finding(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries of each finding, in the order in which they were made."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.finding_id, []).append(entry)
    return found


def in_force(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count: those that lost against another's do not."""
    return [e for e in entries if e.version is not None]


def waiting(entries: list[Entry]) -> list[Entry]:
    """The edits of one finding that lost against another's and that nobody has decided since."""
    last = max((at for at, e in enumerate(entries) if e.version is not None), default=-1)
    return [e for e in entries[last + 1 :] if e.version is None]


def keep(entries: Iterable[Entry], path: Path) -> None:
    """Writes the entries that a run goes by, so that it can be run again by the same ones."""
    path.write_text(json.dumps([asdict(e) for e in entries], ensure_ascii=False, indent=1), encoding="utf-8")


def kept(path: Path) -> list[Entry]:
    """The entries that a run went by; none where it had none."""
    return [Entry(**e) for e in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
