"""What was looked at of a county, noted as it is looked at: what a notebook read decides when it has to run again."""

import json
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


class Notes:
    """The parts that were looked at, by name (`table/visits`, `findings/funds`, `quality`; `table/` alone: all tables)."""

    def __init__(self):
        self.parts: set[str] = set()
        self._quiet = 0
        self._file: Path | None = None

    def note(self, part: str) -> None:
        if not self._quiet and part not in self.parts:
            self.parts.add(part)
            self._write()

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """What is looked at within is not noted: its result is a part of its own."""
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def keep(self, file: Path) -> None:
        """Keeps the notes in a file from here on, also those that are still to come."""
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        self._write()

    def _write(self) -> None:
        if self._file:
            self._file.write_text(json.dumps(sorted(self.parts)), encoding="utf-8")


def kept(file: Path) -> set[str] | None:
    """The notes kept in a file; None where there are none that can be relied on."""
    try:
        return set(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


class Noted(Mapping):
    """A mapping that notes which of its keys were asked for, also in vain; all of them where it is gone through or counted."""

    def __init__(self, items: Mapping, kind: str, note: Callable[[str], None]):
        self._items, self._kind, self._note = items, kind, note

    def __getitem__(self, key):
        self._note(f"{self._kind}/{key}")
        return self._items[key]

    def __contains__(self, key) -> bool:
        self._note(f"{self._kind}/{key}")
        return key in self._items

    def __iter__(self):
        self._note(f"{self._kind}/")
        return iter(self._items)

    def __len__(self) -> int:
        self._note(f"{self._kind}/")
        return len(self._items)

    def __or__(self, other: Mapping) -> "Noted":
        """With others in the place of some: what is asked of it is noted as before."""
        return Noted(ChainMap(dict(other), self._items), self._kind, self._note)

    def quietly(self) -> Mapping:
        """The mapping itself, for what is noted as a part of its own."""
        return self._items
