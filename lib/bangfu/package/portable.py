"""Names of files that every system can keep: what Windows cannot write stands as `=` and two hex digits of each byte, and back.

Letters of any script, blanks and most marks stay as they are, so that people find their files again.
"""

import re

_UNSAFE = re.compile(r'[<>:"|?*\\=\x00-\x1f\x7f-\x9f\u2028\u2029]')
_ENDING = re.compile(r"[. ]$")
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_WRITTEN = re.compile(r"(?:=[0-9A-F]{2})+")


def portable(name: str) -> str:
    """A path (parts joined by `/`) as it can be kept anywhere; `unportable` gives the name back."""
    return "/".join(_part(part) for part in name.split("/"))


def _part(part: str) -> str:
    safe = _UNSAFE.sub(_written, part)
    if _RESERVED.match(safe):
        safe = _written(safe[0]) + safe[1:]
    return _ENDING.sub(_written, safe)


def _written(found: re.Match | str) -> str:
    character = found if isinstance(found, str) else found.group()
    return "".join(f"={byte:02X}" for byte in character.encode())


def unportable(name: str) -> str:
    """The name that a portable one stands for."""
    return _WRITTEN.sub(lambda found: bytes.fromhex(found.group().replace("=", "")).decode(errors="replace"), name)
