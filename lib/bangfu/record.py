"""The record of a run: what went in, with which parameters and code, what came out; signed by the one who ran it."""

import json
import os
import platform
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bangfu import digests

FILE = "record.json"
SIGNATURE = "record.sig.json"
_PACKAGES = ("bangfu", "pandas", "numpy", "scipy", "statsmodels", "great-expectations", "papermill", "nbconvert", "pyarrow", "fastexcel", "matplotlib", "weasyprint")
# What a run keeps for itself and makes again from its inputs.
_INTERNAL = ("tables/", "work/", "previous/")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def outputs_of(folder: Path) -> dict[str, str]:
    """File -> SHA-256 of everything that the run left to be relied on."""
    return {
        name: digests.of_file(p)
        for p in sorted(folder.rglob("*"))
        if p.is_file() and (name := p.relative_to(folder).as_posix()) not in {FILE, SIGNATURE} and not name.startswith(_INTERNAL)
    }


def write(folder: Path, county, params_file: Path, *, notebooks: list[str], steps: dict[str, float], at: str) -> dict:
    """Writes and signs the record; times stand here and nowhere else."""
    settings = county.settings
    told = {
        "run": county.run_id,
        "county": settings.county.code,
        "name": settings.county.name,
        "year": settings.year,
        "language": settings.lang,
        "edition": county.edition,
        "notebooks": notebooks,
        "params": {"file": os.path.relpath(params_file, folder).replace(os.sep, "/"), "sha256": digests.of_file(params_file)},
        "judged by": county.judged_by,
        "inputs": county.inputs,
        "goes on from": county.previous.digests,
        "code": digests.of_code(*digests.CODE),
        "versions": _versions(),
        "outputs": outputs_of(folder),
        "finished at": at,
        "seconds": {k: round(v, 3) for k, v in steps.items()},
    }
    key = _key()
    told["signed by"] = fingerprint(key.public_key()) if key else None
    content = json.dumps(told, ensure_ascii=False, indent=1, default=str).encode()
    (folder / FILE).write_bytes(content)
    if key:
        (folder / SIGNATURE).write_text(json.dumps(_signed(content, key), indent=1), encoding="utf-8")
    return told


def key_file() -> Path:
    """Where the signer's key stands: `BANGFU_KEY`, or the user's own configuration folder. It never leaves the signer."""
    named = os.environ.get("BANGFU_KEY")
    return Path(named) if named else Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "bangfu" / "signing-key.pem"


def _key():
    """The signer's key, made at the first run; None where there is none and none can be written (the record says so)."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = key_file()
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Two runs may start at once: the first to link its key wins.
            fd, own = tempfile.mkstemp(dir=path.parent)
        except OSError:
            return None
        with os.fdopen(fd, "wb") as f:
            f.write(pem)
        try:
            os.link(own, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(own)
    return serialization.load_pem_private_key(path.read_bytes(), password=None)


def _raw_public(key) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def fingerprint(public_key) -> str:
    """By what a signer is known: the beginning of the SHA-256 of the public key."""
    return digests.of_bytes(_raw_public(public_key))[:32]


def _signed(content: bytes, key) -> dict:
    public = key.public_key()
    return {"algorithm": "Ed25519", "public key": _raw_public(public).hex(), "fingerprint": fingerprint(public), "signature": key.sign(content).hex()}
