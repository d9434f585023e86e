"""A folder in an object store and its copy on this machine: fetching what is new, publishing all or nothing.

A store has no way to change several files at once. `publish` therefore sends new files to a place of their own, then one list that says
what goes where, and only then moves them; whoever opens the folder next finishes what a lost worker left in between.
"""

import json
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from bangfu import digests
from bangfu.fleet import places
from bangfu.problems import Problem, UnusableInput

# The list of a publication that is under way, and the folder of its files. (A store may take no file and folder of one name.)
LIST, PARCELS = ".arriving.json", ".arriving"
_KNOWN = ".copied.json"  # beside a copy: name -> [what the store calls this state of the file, SHA-256 of the copy]


class Overtaken(Problem):
    """Somebody else changed the folder meanwhile."""


class StoreFolder:
    """A folder at a URL (`s3://bucket/folder`) and its copy in the scratch folder. UnusableInput where the store cannot be reached."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        self.copy = places.copy_of(self.url)

    @cached_property
    def _fs(self):
        import fsspec

        return fsspec.filesystem(self.url.partition("://")[0], use_listings_cache=False)

    def _at(self, name: str) -> str:
        return f"{self.url}/{name}"

    def listing(self) -> dict[str, str]:
        """File -> what the store calls its present state; none where there is no such folder."""
        try:
            found = self._fs.find(self.url, detail=True)
        except FileNotFoundError:
            return {}
        except Exception as wrong:
            raise self._unreachable(wrong) from None
        top = len(self._fs._strip_protocol(self.url)) + 1
        return {path[top:]: f"{told.get('ETag', '')} {told['size']}" for path, told in sorted(found.items()) if path[top:] and not path.endswith("/")}

    def fetch(self) -> dict[str, str]:
        """Makes the copy what the folder is; what the copy holds already is not fetched again. Returns the listing."""
        there = self._settled()
        known = self._known()
        for name in self._copied():
            if name not in there:
                (self.copy / name).unlink()
        for name, state in there.items():
            path = self.copy / name
            if known.get(name, [None])[0] == state and path.is_file() and digests.of_file(path) == known[name][1]:
                continue
            self._get(name, path)
            known[name] = [state, digests.of_file(path)]
        self._remember({n: known[n] for n in there})
        return there

    def _settled(self) -> dict[str, str]:
        """The listing when what a lost worker left to be done has been done."""
        there = self.listing()
        if LIST in there:
            self.settle()
            there = self.listing()
        return {n: state for n, state in there.items() if n.partition("/")[0] != PARCELS}

    def fetch_one(self, name: str) -> Path | None:
        """Fetches one file, whatever else the folder holds; its copy, or None where there is none."""
        path = self.copy / name
        try:
            self._get(name, path)
        except FileNotFoundError:
            path.unlink(missing_ok=True)
            return None
        return path

    def publish(self) -> None:
        """Makes the folder what its copy is: whoever looks, and whatever breaks in between, it is as it was or as it is to be.

        Overtaken where the folder is no longer what was fetched: what others did meanwhile is not written over.
        """
        there, known = self._settled(), self._known()
        if there != {n: state for n, (state, _) in known.items()}:
            raise Overtaken.of(
                f"运行期间有人改动了 {self.url} 下的文件,本次结果没有写入,请再运行一次。",
                f"The files below {self.url} were changed during the run; its results were not written, run it again.",
            )
        mine = {n: digests.of_file(self.copy / n) for n in self._copied()}
        fresh, gone = [n for n, digest in mine.items() if n not in known or known[n][1] != digest], [n for n in there if n not in mine]
        if fresh or gone:
            parcel = f"{PARCELS}/{uuid4().hex}"
            try:
                for name in fresh:
                    self._fs.put_file(str(self.copy / name), self._at(f"{parcel}/{name}"))
                self._fs.pipe_file(self._at(LIST), json.dumps({"parcel": parcel, "fresh": fresh, "gone": gone}).encode())
            except Exception as wrong:
                raise self._unreachable(wrong) from None
            self.settle()
        there = self._settled()
        self._remember({n: [there[n], digest] for n, digest in mine.items() if n in there})

    def settle(self) -> None:
        """Puts the files of a publication in their places; it can be done again and comes to the same."""
        try:
            told = json.loads(self._fs.cat_file(self._at(LIST)))
            for name in told["fresh"]:
                self._fs.cp_file(self._at(f"{told['parcel']}/{name}"), self._at(name))
            for name in told["gone"]:
                if self._fs.exists(self._at(name)):
                    self._fs.rm_file(self._at(name))
            self._fs.rm_file(self._at(LIST))  # it is done: what follows only clears up
            for path in self._fs.find(self._at(PARCELS)):
                self._fs.rm_file(path)
        except Exception as wrong:
            raise self._unreachable(wrong) from None

    def _get(self, name: str, path: Path) -> None:
        places.made_private(path.parent)
        own = path.with_name(f"{path.name}.{uuid4().hex}")
        try:
            self._fs.get_file(self._at(name), str(own))
        except FileNotFoundError:
            own.unlink(missing_ok=True)
            raise
        except Exception as wrong:
            own.unlink(missing_ok=True)
            raise self._unreachable(wrong) from None
        own.replace(path)

    def _copied(self) -> list[str]:
        return sorted(p.relative_to(self.copy).as_posix() for p in self.copy.rglob("*") if p.is_file())

    @property
    def _note(self) -> Path:
        return self.copy.with_name(self.copy.name + _KNOWN)

    def _known(self) -> dict[str, list[str]]:
        try:
            return json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def _remember(self, known: dict[str, list[str]]) -> None:
        places.made_private(self._note.parent)
        own = self._note.with_name(f"{self._note.name}.{uuid4().hex}")
        own.write_text(json.dumps(known, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        own.replace(self._note)

    def _unreachable(self, wrong: Exception) -> UnusableInput:
        return UnusableInput.of(
            f"对象存储 {self.url} 不能读写({type(wrong).__name__}),请检查地址、网络和访问权限。",
            f"The object store {self.url} cannot be read or written ({type(wrong).__name__}); check the URL, the network and its permissions.",
        )


def fetch_file(url: str) -> Path | None:
    """The copy of one file at a URL, fetched now; None where there is none."""
    folder, _, name = url.rpartition("/")
    return StoreFolder(folder).fetch_one(name)
