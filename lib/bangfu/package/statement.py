"""The signed statement: which package, of which run, for whom, by whom and when; its form is an in-toto statement.

The signature is of the file's bytes as they stand (raw Ed25519, 64 bytes, beside it), so that openssl alone can check it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from bangfu import digests
from bangfu.package import SIGNATURE, SIGNER, STATEMENT
from bangfu.package.bag import ALGORITHMS, digests_of, tag_manifest
from bangfu.signing import Signer, pem_of

TYPE, KIND = "https://in-toto.io/Statement/v1", "urn:bangfu:evidence-package:1"


def sign(folder: Path, told: Mapping, signer: Signer, at: str) -> None:
    """Signs the bag in a folder by the digests of its tag manifests; what another signer signed before is replaced.

    told: what the package is (county, year, run, what it holds, recipient). at: the time of signing, which stands here and nowhere else.
    """
    subject = []
    for algorithm in ALGORITHMS:
        with (folder / tag_manifest(algorithm)).open("rb") as stream:
            subject.append({"name": tag_manifest(algorithm), "digest": digests_of(stream)})
    predicate = {**told, "signed by": signer.fingerprint, "signed at": at}
    content = json.dumps({"_type": TYPE, "subject": subject, "predicateType": KIND, "predicate": predicate}, ensure_ascii=False, indent=1).encode()
    (folder / STATEMENT).write_bytes(content)
    (folder / SIGNATURE).write_bytes(signer.sign(content))
    (folder / SIGNER).write_bytes(pem_of(signer.public))


def read(content: bytes) -> dict | None:
    """The statement as told; None where it is none of ours."""
    try:
        told = json.loads(content)
        known = told["_type"] == TYPE and told["predicateType"] == KIND and isinstance(told["predicate"], dict)
        told["digests"] = {s["name"]: s["digest"]["sha256"] for s in told["subject"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return told if known else None


def fits(told: dict, name: str, content: bytes) -> bool:
    """Is a file of the package the one that the statement names?"""
    return told["digests"].get(name) == digests.of_bytes(content)
