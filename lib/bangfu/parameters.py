"""The kinds of values that a rule can have as parameters, what reports call them, and values that change with time.

A rule says kind and label in its signature (`gap_days: named(Days, "容许断档", "allowed gap")`); a policy pack gives the value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin

import pandas as pd
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from bangfu import money
from bangfu.problems import Sentence

T = TypeVar("T")


@dataclass(frozen=True)
class Kind:
    """What people are told about a kind of value: what is accepted, and how a value reads."""

    zh: str
    en: str
    show: Callable[[Any, str], str] = lambda value, lang: str(value)


@dataclass(frozen=True)
class Label:
    """What readers of reports call a parameter."""

    zh: str
    en: str


def named(kind: Any, zh: str, en: str) -> Any:
    """A kind of value with the label of the parameter that has it."""
    return Annotated[kind, Label(zh, en)]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not a whole number")
    return value


def _exact(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise ValueError("not a number")
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not exact.is_finite():
        raise ValueError("not a number")
    return exact


def _share(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    share = Fraction(_exact(value))
    if not 0 <= share <= 1:
        raise ValueError("not between 0 and 1")
    return share


def _multiple(value: Any) -> Fraction:
    if not (times := Fraction(_exact(value))) > 0:
        raise ValueError("not above 0")
    return times


def _day(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("not a date")
    return value


def _fen(value: Any) -> int:
    if not (amount := _exact(value)) >= 0:
        raise ValueError("negative")
    return money.fen(amount)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(v, str) and v for v in value):
        raise ValueError("not a list of texts")
    return tuple(value)


def _amounts(value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not value:
        raise ValueError("not a table of amounts")
    return {str(k): _fen(v) for k, v in value.items()}


@dataclass(frozen=True)
class Step:
    """A step of a ladder of sanctions: from so many missed visits on, what the policy attaches to them."""

    missed: int
    zh: str
    en: str


def _words(value: Any) -> Sentence:
    if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(isinstance(v, str) and v for v in value.values()):
        raise ValueError("not a text in both languages")
    return Sentence(value["zh"], value["en"])


def _ladder(value: Any) -> tuple[Step, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) and set(v) == {"missed", "zh", "en"} for v in value):
        raise ValueError("not a list of steps")
    steps = tuple(Step(_whole(v["missed"]), *_words({"zh": v["zh"], "en": v["en"]})) for v in value)
    counts = [s.missed for s in steps]
    if counts[0] < 1 or counts != sorted(set(counts)):
        raise ValueError("steps not in rising order")
    return steps


def _climbed(value: tuple[Step, ...], lang: str) -> str:
    return ("; " if lang == "en" else ";").join(f"from {s.missed} on, {s.en}" if lang == "en" else f"满{s.missed}次,{s.zh}" for s in value)


def _number(unit_zh: str, unit_en: str) -> Callable[[Any, str], str]:
    return lambda value, lang: f"{value} {unit_en.removesuffix('s') if value == 1 else unit_en}" if lang == "en" else f"{value}{unit_zh}"


def _percent(value: Fraction, lang: str) -> str:
    return f"{float(value * 100):g}%"


def _list(value: tuple[str, ...], lang: str) -> str:
    return (", " if lang == "en" else "、").join(value)


def _priced(value: dict[str, int], lang: str) -> str:
    return ("; " if lang == "en" else ";").join(f"{k} {money.in_words(v, lang)}" for k, v in value.items())


Days = Annotated[int, BeforeValidator(_whole), Field(ge=0), Kind("天数(整数)", "whole days", _number("天", "days"))]
Months = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=12), Kind("月数(整数)", "whole months", _number("个月", "months"))]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=1), Kind("个数(正整数)", "a positive whole number")]
Minutes = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0), Kind("分钟数", "minutes", _number("分钟", "minutes"))]
Points = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=100), Kind("百分点", "percentage points", _number("个百分点", "points"))]
Share = Annotated[Fraction, BeforeValidator(_share), Kind("0到1之间的比例", "a share between 0 and 1", _percent)]
Multiple = Annotated[Fraction, BeforeValidator(_multiple), Kind("倍数(大于0)", "a multiple above 0", lambda value, lang: f"{float(value):g}{' times' if lang == 'en' else '倍'}")]
Day = Annotated[date, BeforeValidator(_day), Kind("日期(如 2018-03-25)", "a date (such as 2018-03-25)", lambda value, lang: value.isoformat())]
Yuan = Annotated[int, BeforeValidator(_fen), Kind("金额(元)", "an amount in yuan", money.in_words)]
Texts = Annotated[tuple, BeforeValidator(_texts), Kind("文字列表", "a list of texts", _list)]
YuanByName = Annotated[dict, BeforeValidator(_amounts), Kind("名称到金额(元)的对照", "a table of amounts in yuan by name", _priced)]

Words = Annotated[Sentence, BeforeValidator(_words), Kind("两种语言的文字 {zh: …, en: …}", "a text in both languages, {zh: …, en: …}", lambda value, lang: value.say(lang))]
Ladder = Annotated[
    tuple,
    BeforeValidator(_ladder),
    Kind("由轻到重的处理 [{missed: 1, zh: …, en: …}, …]", "sanctions from the lightest up, [{missed: 1, zh: …, en: …}, …]", _climbed),
]

PovertyLine = named(Yuan, "收入标准线", "poverty line")
UnitSanction = named(Words, "对单位的处理", "sanction for the unit")
Significance = named(Share, "显著性水平", "significance level")


class Dated(Generic[T]):
    """A value that changes with time: `on` takes the one in force on the date of each event."""

    def __init__(self, steps: list[tuple[date, Any]]):
        self.steps = sorted(steps, key=lambda step: step[0])

    def at(self, day: date) -> Any:
        """The value in force on a day; None before the first."""
        holding = [value for start, value in self.steps if start <= day]
        return holding[-1] if holding else None

    def on(self, days: pd.Series) -> pd.Series:
        """The whole-number values (fen, days, ...) in force on the days; missing where a day is missing or before the first."""
        values = pd.Series(pd.NA, index=days.index, dtype="Int64")
        for start, value in self.steps:
            values[days >= pd.Timestamp(start)] = value
        return values


ALWAYS = date(1, 1, 1)


def _inner(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Dated else annotation


def kind_of(annotation: Any) -> Kind:
    return next(m for m in _inner(annotation).__metadata__ if isinstance(m, Kind))


def label(annotation: Any, lang: str = "zh") -> str | None:
    """What readers call the parameter; None where its rule gives no label."""
    given = next((m for m in getattr(_inner(annotation), "__metadata__", ()) if isinstance(m, Label)), None)
    return given and (given.en if lang == "en" else given.zh)


def accepted(annotation: Any, lang: str = "zh") -> str:
    kind = kind_of(annotation)
    return kind.en if lang == "en" else kind.zh


@lru_cache(maxsize=None)
def checked_by(annotation: Any) -> TypeAdapter:
    """What checks a value of the kind, made once: many rules have parameters of one kind, and every county-year reads the pack."""
    return TypeAdapter(_inner(annotation), config={"arbitrary_types_allowed": True})


def parse(annotation: Any, given: Any) -> Dated:
    """A value, or a list of {from, value}, as it stands in a pack; ValueError where it is not of the kind."""
    adapter = checked_by(annotation)
    try:
        if isinstance(given, list) and given and all(isinstance(g, dict) and set(g) == {"from", "value"} for g in given):
            days = [g["from"] for g in given]
            if not all(isinstance(d, date) and not isinstance(d, datetime) for d in days):
                raise ValueError("`from` is not a date")
            if len(set(days)) < len(days):
                raise ValueError("`from` has the same date twice")
            return Dated([(g["from"], adapter.validate_python(g["value"])) for g in given])
        return Dated([(ALWAYS, adapter.validate_python(given))])
    except ValidationError as wrong:
        raise ValueError(wrong.errors()[0]["msg"]) from wrong


def shown(annotation: Any, value: Dated, lang: str = "zh") -> str:
    """How a parameter reads in a report, with the dates from which its values hold."""
    kind = kind_of(annotation)
    if len(value.steps) == 1 and value.steps[0][0] == ALWAYS:
        return kind.show(value.steps[0][1], lang)
    phrase = "{v} from {d}" if lang == "en" else "自{d}起{v}"
    return ("; " if lang == "en" else ";").join(phrase.format(v=kind.show(v, lang), d=d.isoformat()) for d, v in value.steps)
