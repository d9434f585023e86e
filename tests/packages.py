"""Small packages of a made-up payload, signed by a key of the tests' own."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bangfu.package import statement
from bangfu.package.bag import write_bag
from bangfu.signing import Signer

PAYLOAD = {"run/疑点 清单.txt": "一\n", "run/报告.html": "<p>二</p>", "params/counties/县.yml": "code: x\n", "inputs/=3A年度.csv": "三,四\n", "空.txt": ""}


def signer(number: int = 1) -> Signer:
    """One signer per number."""
    return Signer(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


def make_package(folder: Path, by: Signer, payload: dict[str, str] | None = None) -> Path:
    """A package in a folder."""
    for name, text in (PAYLOAD if payload is None else payload).items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write_bag(folder, {"External-Identifier": folder.name, "Signer": by.fingerprint})
    statement.sign(folder, {"county": "999001", "year": 2019, "run": "r", "holds": "county-year", "recipient": None}, by, "2020-01-01T00:00:00+08:00")
    return folder


def files_of(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
