"""What is kept of each step of a county-year: what it went by, what it left, how long it took, and why it was done."""

import json
import os
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bangfu import digests
from bangfu.problems import Sentence

FILE = "work/steps.json"


@dataclass
class Stamp:
    """One step as it was last done.

    state     "done", "failed", or "begun" (it did not come to its end)
    inputs    part -> digest of what it went by; outputs: file -> digest of what it left; gives: part -> digest of what later steps go by
    seconds   how long it took; at: when it began (clock of the machine)
    why       why it was done; said: what it had to say, the reason of its failure among it
    """

    state: str
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    gives: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    at: str = ""
    why: Sentence = Sentence("", "")
    said: list[Sentence] = field(default_factory=list)


class Stamps:
    """The stamps of one county-year, in `work/steps.json` of its folder: written whole or not at all, after every change."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.writing = threading.Lock()
        try:
            kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
            self.about: dict = kept["about"]
            self.of: dict[str, Stamp] = {
                name: Stamp(**{**s, "why": Sentence(*s["why"]), "said": [Sentence(*x) for x in s["said"]]}) for name, s in kept["steps"].items()
            }
        except (OSError, ValueError, KeyError, TypeError):  # none yet, or of another version
            self.about, self.of = {}, {}

    def put(self, name: str, stamp: Stamp) -> None:
        with self.writing:
            self.of[name] = stamp
            self._write()

    def tell(self, about: dict) -> None:
        """Keeps what the run is about: county, year, params file, the options it was run with."""
        with self.writing:
            if self.about != about:
                self.about = about
                self._write()

    def _write(self) -> None:
        told = {"about": self.about, "steps": {name: asdict(s) for name, s in self.of.items()}}
        write_whole(self.folder / FILE, json.dumps(told, ensure_ascii=False, indent=1))


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that whoever reads it finds the old text or the new one, whenever the writer is ended."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}.part")
    own.write_text(text, encoding="utf-8")
    own.replace(path)


def digests_of(folder: Path, names) -> dict[str, str]:
    """File -> SHA-256 of those of the files that are there."""
    return {name: digests.of_file(folder / name) for name in names if (folder / name).is_file()}
