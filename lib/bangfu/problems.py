"""What can be wrong with what people hand in: each problem is a sentence for the person who can mend it."""

import re
from collections.abc import Iterable
from typing import NamedTuple


_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{9,13}[0-9Xx]?(?![0-9A-Za-z])")


def without_id_numbers(text: str) -> str:
    """A message in which of each run of digits as long as an id number only the area code stays."""
    return _ID_NUMBER.sub(r"\1******", text)


class Sentence(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str

    def say(self, lang: str = "zh") -> str:
        """The sentence in a language, without the id numbers that a wrong value may have brought into it."""
        return without_id_numbers(self.en if lang == "en" else self.zh)


class Problem(Exception):
    """Something a person can mend; carries every sentence about it and the exit status of the command."""

    status = 1

    def __init__(self, *sentences: Sentence):
        self.sentences: tuple[Sentence, ...] = sentences
        super().__init__("\n".join(s.zh for s in sentences))

    @classmethod
    def of(cls, zh: str, en: str) -> "Problem":
        return cls(Sentence(zh, en))

    @classmethod
    def all(cls, sentences: Iterable[Sentence]) -> "Problem":
        return cls(*sentences)

    def say(self, lang: str = "zh") -> str:
        return "\n".join(s.say(lang) for s in self.sentences)

    # An exception crosses process borders by its arguments: they are the sentences.
    def __reduce__(self):
        return type(self), self.sentences


class WrongParams(Problem):
    """County params, a policy pack or a command's arguments are wrong."""

    status = 2


class UnusableInput(Problem):
    """The raw files of a county-year cannot be used."""

    status = 2


class NothingToVerify(Problem):
    """There is no run where one was asked to be verified."""

    status = 2


def did_you_mean(word: str, accepted: Iterable[str]) -> tuple[str, str]:
    """The end of a sentence about an unknown word: the nearest accepted one, else all of them (zh, en)."""
    from difflib import get_close_matches

    accepted = sorted(map(str, accepted))
    near = get_close_matches(str(word), accepted, n=1, cutoff=0.6)
    if near:
        return f",是否想写 {near[0]}?", f"; did you mean {near[0]}?"
    shown, more = accepted[:_SHOWN], len(accepted) > _SHOWN
    return f",可用的有:{'、'.join(shown)}{'等' if more else ''}。", f"; accepted: {', '.join(shown)}{', ...' if more else ''}."


_SHOWN = 30  # more names than these nobody reads in a sentence
