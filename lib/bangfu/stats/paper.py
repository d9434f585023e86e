"""The working paper of a result: what was asked, by which method, with which inputs, what came out, and what that means.

@dataclass(frozen=True)
class Bound(WorkingPaper):
    errors: int
    upper: float

    def _paper(self):
        return Paper(
            title=Both("差错率上限", "Upper bound of the error rate"),
            asked=Both("总体差错率最高可能是多少", "How high may the error rate of the population be"),
            method=Both("二项分布精确上限", "Exact binomial upper bound"),
            source="Clopper and Pearson (1934), Biometrika 26",
            inputs=[(Both("差错数", "errors"), self.errors)],
            result=[(Both("上限", "upper bound"), percent(self.upper))],
            meaning=Both("有 95% 的把握……", "With 95% confidence ..."),
        )

print(bound)                # in Chinese
print(bound.paper("en"))
"""

import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np


class Both(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str

    def say(self, lang="zh"):
        return self.en if lang == "en" else self.zh


Line = tuple[Both, Any]  # what a value is called, and the value: a number, a text, a Both, a DataFrame or Series, None for "not known"


@dataclass(frozen=True)
class Paper:
    """The parts of a working paper; `text` sets them one below the other. Notes say what the reader must know besides."""

    title: Both
    asked: Both
    method: Both
    source: str
    inputs: Sequence[Line]
    result: Sequence[Line]
    meaning: Both
    notes: Sequence[Both] = ()

    def text(self, lang="zh"):
        """The paper as plain text, without a closing line break."""
        english = lang == "en"
        colon = ": " if english else ":"
        lines = [self.title.say(lang), "=" * _columns(self.title.say(lang))]
        lines.append(("Asked" if english else "问题") + colon + self.asked.say(lang))
        lines.append(("Method" if english else "方法") + colon + self.method.say(lang))
        lines.append(("Source" if english else "来源") + colon + self.source)
        for head, values in ((("Inputs" if english else "输入"), self.inputs), (("Result" if english else "结果"), self.result)):
            lines.append(head + colon.rstrip())
            lines += [_line(name.say(lang), value, lang, colon) for name, value in values]
        lines += [("Note" if english else "说明") + colon + note.say(lang) for note in self.notes]
        lines.append(("Meaning" if english else "含义") + colon + self.meaning.say(lang))
        return "\n".join(lines)


class WorkingPaper:
    """For results: print() gives the working paper in Chinese, `paper(lang)` in either language. Implement `_paper() -> Paper`."""

    def _paper(self) -> Paper:
        raise NotImplementedError

    def paper(self, lang="zh"):
        """The working paper as text, lang "zh" or "en"."""
        return self._paper().text(lang)

    def __str__(self):
        return self.paper()


def percent(share, digits=2):
    """A share as text in percent, with a fixed number of decimals: 0.0123 -> `1.23%`; None or NaN -> `—`."""
    return "—" if share is None or share != share else f"{100 * float(share):.{digits}f}%"


def money(fen):
    """Fen as text in yuan, to the fen: 123450 -> `1,234.50`; None or NaN -> `—`. Estimates (floats) are rounded to a fen."""
    if fen is None or fen != fen:
        return "—"
    return f"{Decimal(round(fen)).scaleb(-2):,.2f}"


def written(value, lang="zh"):
    """A value as text: whole numbers and decimals in full with thousands separated, estimates with six digits, texts as they are."""
    if value is None or (isinstance(value, float) and value != value):
        return "—"
    if isinstance(value, Both):
        return value.say(lang)
    if isinstance(value, (bool, np.bool_)):
        return ("yes" if value else "no") if lang == "en" else ("是" if value else "否")
    if isinstance(value, numbers.Integral):
        return f"{int(value):,}"
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, numbers.Real):
        return f"{float(value):,.6g}"
    if hasattr(value, "to_string"):
        return value.to_string()
    if isinstance(value, (list, tuple)):
        return (", " if lang == "en" else "、").join(written(v, lang) for v in value)
    return str(value)


def _line(name, value, lang, colon):
    text = written(value, lang)
    if "\n" in text:
        return f"  {name}{colon.rstrip()}\n" + "\n".join("    " + row for row in text.splitlines())
    return f"  {name}{colon}{text}"


def _columns(text):
    """How wide a text stands: a Chinese character takes two columns."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
