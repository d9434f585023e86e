"""The bag (BagIt 1.0, RFC 8493): every packed file with its digests, written and read.

Written here and not by the bagit library, which orders its tag manifests as the folder happens to list them and writes the day into the
bag: the same package must have the same bytes. What is written is then checked by that library.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from bangfu.problems import Problem

ALGORITHMS = ("sha256", "sha512")
DATA = "data/"
_BLOCK = 1 << 20
_LENGTH = {"sha256": 64, "sha512": 128}


class NotSound(Problem):
    """A package that was just written does not hold what it should: the disk or the system lost something."""


def manifest(algorithm: str) -> str:
    return f"manifest-{algorithm}.txt"


def tag_manifest(algorithm: str) -> str:
    return f"tagmanifest-{algorithm}.txt"


def digests_of(stream: BinaryIO) -> dict[str, str]:
    """The digests of what a stream holds, by every algorithm, read once and a block at a time."""
    hashes = {a: hashlib.new(a) for a in ALGORITHMS}
    while block := stream.read(_BLOCK):
        for h in hashes.values():
            h.update(block)
    return {a: h.hexdigest() for a, h in hashes.items()}


def write_bag(folder: Path, info: Mapping[str, str]) -> None:
    """Makes a bag of a folder whose payload stands in `data`: declaration, information, manifests. NotSound where it cannot be read back."""
    payload = sorted(p.relative_to(folder).as_posix() for p in (folder / "data").rglob("*") if p.is_file())
    size = sum((folder / name).stat().st_size for name in payload)
    _write(folder / "bagit.txt", ["BagIt-Version: 1.0", "Tag-File-Character-Encoding: UTF-8"])
    _write(folder / "bag-info.txt", [f"{k}: {v}" for k, v in sorted({**info, "Payload-Oxum": f"{size}.{len(payload)}"}.items())])
    _write_manifests(folder, payload, manifest)
    _write_manifests(folder, ["bag-info.txt", "bagit.txt", *(manifest(a) for a in ALGORITHMS)], tag_manifest)
    _check(folder)


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def _write_manifests(folder: Path, names: list[str], named) -> None:
    found = {}
    for name in names:
        with (folder / name).open("rb") as stream:
            found[name] = digests_of(stream)
    for algorithm in ALGORITHMS:
        _write(folder / named(algorithm), [f"{digests[algorithm]}  {name}" for name, digests in found.items()])


def _check(folder: Path) -> None:
    """Reads the bag back with the library that others will check it with."""
    import logging

    import bagit

    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagError as wrong:
        raise NotSound.of(
            f"证据包写出后校验不通过({type(wrong).__name__}),请检查磁盘后重新打包。",
            f"The package as written does not check ({type(wrong).__name__}); check the disk and pack again.",
        ) from None


def read_manifest(content: bytes, algorithm: str) -> dict[str, str] | None:
    """File -> digest of a manifest; None where it is not one."""
    told = {}
    try:
        lines = content.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        return None
    for line in lines:
        digest, _, name = line.partition("  ")
        if len(digest) != _LENGTH[algorithm] or not set(digest) <= set("0123456789abcdef") or not name or name in told:
            return None
        told[name] = digest
    return told


def read_info(content: bytes) -> dict[str, str]:
    """The keys and values of `bag-info.txt`."""
    pairs = (line.partition(": ") for line in content.decode(errors="replace").split("\n"))
    return {key: value for key, _, value in pairs if key}
