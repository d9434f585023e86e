"""What, if anything, was changed in a package since it was signed: each file that was changed, added, removed or renamed, and the signer."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from bangfu.package import SIGNATURE, SIGNER, STATEMENT, statement
from bangfu.package.archive import Damaged, Opened
from bangfu.package.bag import ALGORITHMS, DATA, digests_of, manifest, read_info, read_manifest, tag_manifest
from bangfu.problems import Sentence
from bangfu.signing import fingerprint, public_of, signed_by

Differ = Callable[[str, str], None]
_UNREADABLE = {a: "" for a in ALGORITHMS}


@dataclass
class Seal:
    """What a check of a package found: whose signature it carries, what the statement says, and every difference."""

    signer: str | None = None
    told: dict = field(default_factory=dict)
    differences: list[Sentence] = field(default_factory=list)

    def differ(self, zh: str, en: str) -> None:
        self.differences.append(Sentence(zh, en))

    def said(self) -> list[Sentence]:
        """Who signed what, when and for whom; nothing where there is no valid signature."""
        if not self.signer:
            return []
        t = self.told
        about = Sentence(f"证据包 {t.get('county')}-{t.get('year')}-{t.get('run')}", f"Package {t.get('county')}-{t.get('year')}-{t.get('run')}")
        to = t.get("recipient")
        zh = f"{about.zh},签名人 {self.signer},签署时间 {t.get('signed at')},领取人 {to or '未指定'}。"
        return [Sentence(zh, f"{about.en}, signed by {self.signer} at {t.get('signed at')}, for {to or 'nobody named'}.")]


def check(package: Opened, signer: str | None = None) -> Seal:
    """Checks every file of a package against its manifests, the manifests against the statement, and the statement against its signature.

    signer: the fingerprint that is demanded, if one is.
    """
    seal = Seal()
    present = _by_name(package.names)
    found = {name: _digests(package, real) for name, real in present.items()}
    small = {name: _content(package, present[name]) for name in _SEALS if name in present}
    _check_signature(small, signer, seal)
    told = statement.read(small.get(STATEMENT, b"")) or {"digests": {}}
    trusted = [a for a in ALGORITHMS if seal.signer and statement.fits(told, tag_manifest(a), small.get(tag_manifest(a), b""))]
    for algorithm in ALGORITHMS:
        name = tag_manifest(algorithm)
        if name in small and seal.signer and algorithm not in trusted:
            _changed(name, seal)
    listed = _listed(small, tag_manifest, trusted or ALGORITHMS)
    _compare(listed, {n: d for n, d in found.items() if not n.startswith(DATA) and n not in _UNLISTED}, seal)
    if "bag-info.txt" in listed and _same(listed["bag-info.txt"], found.get("bag-info.txt", _UNREADABLE)):
        _check_signer(small, signer, seal)
    whole = [a for a in ALGORITHMS if manifest(a) in listed and found.get(manifest(a)) and _same(listed[manifest(a)], found[manifest(a)])]
    payload = _listed(small, manifest, whole or ALGORITHMS)
    if payload:
        _compare(payload, {n: d for n, d in found.items() if n.startswith(DATA)}, seal)
    else:
        seal.differ("清单不可用,data 中的文件无法逐一核对。", "No manifest can be read: the files in data cannot be compared.")
    for name in sorted(_UNLISTED - small.keys()):
        _missing(name, seal)
    return seal


# What the signature is made of and signs; the manifests that those list; nothing else of a package is ever held in memory.
_UNLISTED = {STATEMENT, SIGNATURE, SIGNER, *(tag_manifest(a) for a in ALGORITHMS)}
_SEALS = _UNLISTED | {"bag-info.txt", *(manifest(a) for a in ALGORITHMS)}
_LONGEST = 128 << 20  # bytes of a manifest: half a million files


def _by_name(names: list[str]) -> dict[str, str]:
    """Each file by its name as manifests write it: some systems take letters with marks apart when they unpack."""
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda n: unicodedata.normalize("NFC", n) != n):
        composed = unicodedata.normalize("NFC", name)
        found[name if composed in found else composed] = name
    return found


def _digests(package: Opened, name: str) -> dict[str, str]:
    try:
        with package.open(name) as stream:
            return digests_of(stream)
    except Damaged:
        return _UNREADABLE


def _content(package: Opened, name: str) -> bytes:
    try:
        with package.open(name) as stream:
            content = stream.read(_LONGEST + 1)
            return content if len(content) <= _LONGEST else b""
    except Damaged:
        return b""


def _listed(small: dict[str, bytes], named: Callable[[str], str], algorithms) -> dict[str, dict[str, str]]:
    """File -> its digests by algorithm, as the manifests say that are to be believed."""
    found: dict[str, dict[str, str]] = {}
    for algorithm in algorithms:
        for name, digest in (read_manifest(small.get(named(algorithm), b""), algorithm) or {}).items():
            found.setdefault(unicodedata.normalize("NFC", name), {})[algorithm] = digest
    return found


def _same(listed: dict[str, str], found: dict[str, str]) -> bool:
    return all(found[a] == digest for a, digest in listed.items())


def _compare(listed: dict[str, dict[str, str]], found: dict[str, dict[str, str]], seal: Seal) -> None:
    """Names each file that is not as it is listed."""
    missing, added = sorted(listed.keys() - found.keys()), sorted(found.keys() - listed.keys())
    for name in sorted(listed.keys() & found.keys()):
        if not _same(listed[name], found[name]):
            _changed(name, seal)
    for old in list(missing):
        new = next((n for n in added if _same(listed[old], found[n])), None)
        if new:
            seal.differ(f"{old} 被改名为 {new}。", f"{old} was renamed to {new}.")
            missing.remove(old)
            added.remove(new)
    for name in missing:
        _missing(name, seal)
    for name in added:
        seal.differ(f"{name} 是后来添加的。", f"{name} was added.")


def _changed(name: str, seal: Seal) -> None:
    seal.differ(f"{name} 已被改动。", f"{name} was changed.")


def _missing(name: str, seal: Seal) -> None:
    seal.differ(f"{name} 缺失。", f"{name} is missing.")


def _check_signature(small: dict[str, bytes], demanded: str | None, seal: Seal) -> None:
    """Whose signature the statement carries."""
    if not {STATEMENT, SIGNATURE, SIGNER} <= small.keys():
        return  # said as missing
    public, content = public_of(small[SIGNER]), small[STATEMENT]
    by = public and signed_by(public, small[SIGNATURE], content)
    told = (statement.read(content) or {}).get("predicate", {})
    if not public or not by and fingerprint(public) not in (told.get("signed by"), _closed_by(small)):
        _changed(SIGNER, seal)
    elif by and not told:
        seal.differ(f"{STATEMENT} 不是证据包的签名声明。", f"{STATEMENT} is no statement of an evidence package.")
    elif not by:
        seal.differ(f"{STATEMENT} 与签名 {SIGNATURE} 不符:其中之一已被改动。", f"{STATEMENT} does not fit its signature {SIGNATURE}: one of them was changed.")
    else:
        seal.signer, seal.told = by, told
        if demanded and demanded.lower() != by:
            seal.differ(f"{STATEMENT} 的签名人是 {by},不是要求的 {demanded}。", f"{STATEMENT} was signed by {by}, not by {demanded}.")


def _closed_by(small: dict[str, bytes]) -> str | None:
    return read_info(small.get("bag-info.txt", b"")).get("Signer")


def _check_signer(small: dict[str, bytes], demanded: str | None, seal: Seal) -> None:
    """Is the one who signed the one who closed the package? Who is demanded by name may have signed it again."""
    by, closed_by = seal.signer, _closed_by(small)
    if by and not demanded and closed_by and closed_by != by:
        seal.differ(f"{STATEMENT} 由另一密钥重新签署:封包人是 {closed_by},现签名人是 {by}。", f"{STATEMENT} was signed again with another key: {closed_by} closed the package, the signature is by {by}.")
    elif by and seal.told.get("signed by") != by:
        seal.differ(f"{STATEMENT} 所说的签名人不是实际签名人 {by}。", f"{STATEMENT} names another signer than {by}, who signed it.")
