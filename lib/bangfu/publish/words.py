"""The words that reports, charts and working papers share, in both languages."""

from functools import lru_cache
from pathlib import Path

import yaml

from bangfu.typography import chinese_marks


@lru_cache
def _words() -> dict[str, dict[str, list[str]]]:
    groups = yaml.load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name: {key: [chinese_marks(zh), en] for key, (zh, en) in words.items()} for name, words in groups.items()}


def word(group: str, key, lang: str = "zh") -> str:
    """The word for `key` of `group` in `words.yml`; a word that is missing is the key itself."""
    pair = _words()[group].get(key)
    return str(key) if pair is None else pair[lang == "en"]


def label(group: str, lang: str = "zh") -> dict:
    """All words of a group, in the order of `words.yml`."""
    return {key: pair[lang == "en"] for key, pair in _words()[group].items()}


def known(group: str) -> list:
    """The keys of a group, in the order of `words.yml` (severity: gravest first)."""
    return list(_words()[group])
