"""The record of a run: what went in, with which parameters and code, what came out; signed by the one who ran it."""

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bangfu import digests
from bangfu.signing import Signer

FILE = "record.json"
SIGNATURE = "record.sig.json"
_PACKAGES = ("bangfu", "pandas", "numpy", "scipy", "statsmodels", "great-expectations", "papermill", "nbconvert", "pyarrow", "fastexcel", "matplotlib", "weasyprint")
# What a run keeps for itself and makes again from its inputs.
_INTERNAL = ("tables/", "work/", "previous/")


def versions() -> dict[str, str]:
    """Python and the packages on which results depend, with their versions."""
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
        "versions": versions(),
        "outputs": outputs_of(folder),
        "finished at": at,
        "seconds": {k: round(v, 3) for k, v in steps.items()},
    }
    signer = Signer.own()
    told["signed by"] = signer.fingerprint if signer else None
    content = json.dumps(told, ensure_ascii=False, indent=1, default=str).encode()
    (folder / FILE).write_bytes(content)
    if signer:
        (folder / SIGNATURE).write_text(json.dumps(_signed(content, signer), indent=1), encoding="utf-8")
    return told


def _signed(content: bytes, signer: Signer) -> dict:
    return {"algorithm": "Ed25519", "public key": signer.public.hex(), "fingerprint": signer.fingerprint, "signature": signer.sign(content).hex()}
