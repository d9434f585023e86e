"""Signing: the signer's own Ed25519 key, which never leaves them, and whose signature something carries."""

import os
import tempfile
from functools import cached_property
from pathlib import Path

from bangfu import digests
from bangfu.problems import WrongParams


def key_file() -> Path:
    """Where the signer's key stands: `BANGFU_KEY`, or the user's own configuration folder. Another signer names another key."""
    named = os.environ.get("BANGFU_KEY")
    return Path(named) if named else Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "bangfu" / "signing-key.pem"


class Signer:
    """One who signs, known by the fingerprint of the public key."""

    def __init__(self, key):
        self._key = key

    @classmethod
    def own(cls) -> "Signer | None":
        """The signer of this machine's user, with a key made at the first use; None where there is none and none can be written.

        WrongParams where the key file holds no Ed25519 key that opens without a passphrase.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        path = key_file()
        if not path.exists() and not _make(path):
            return None
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise WrongParams.of(
                f"签名密钥 {path.name} 不能使用,应为不加口令的Ed25519私钥(PEM),请检查环境变量 BANGFU_KEY。",
                f"The signing key {path.name} cannot be used: it must be an Ed25519 private key (PEM) without passphrase; check BANGFU_KEY.",
            )
        return cls(key)

    def sign(self, content: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._key.sign(content)

    @cached_property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public)


def _make(path: Path) -> bool:
    """Writes a new key; False where it cannot be written."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem = Ed25519PrivateKey.generate().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two runs may start at once: the first to link its key wins.
        fd, own = tempfile.mkstemp(dir=path.parent)
    except OSError:
        return False
    with os.fdopen(fd, "wb") as f:
        f.write(pem)
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(own)
    return True


def fingerprint(public: bytes) -> str:
    """By what a signer is known: the first 32 hex digits of the SHA-256 of the public key."""
    return digests.of_bytes(public)[:32]


def signed_by(public: bytes, signature: bytes, content: bytes) -> str | None:
    """The fingerprint of the one who signed the content; None where it is not that key's signature of it."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return None
    return fingerprint(public)


def pem_of(public: bytes) -> bytes:
    """A public key as a PEM file, which any tool reads."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return Ed25519PublicKey.from_public_bytes(public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_of(pem: bytes) -> bytes | None:
    """The public key in a PEM file; None where the file is not one exactly as `pem_of` writes it."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, Ed25519PublicKey):
        return None
    public = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return public if pem_of(public) == pem else None
