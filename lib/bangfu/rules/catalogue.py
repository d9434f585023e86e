"""`@rule` and the catalogue of all rules.

A rule takes tables (by name, as positional parameters) and settings (keyword parameters, with their kind from
`bangfu.parameters`; `year` is the audit year, `corrections` what the county has approved to correct) and returns `found(...)`. Nothing else names a rule in code: modules of
this package are found by discovery.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from bangfu import parameters

SEVERITIES = ("high", "medium", "low")
GIVEN = frozenset({"year", "corrections"})
SECTIONS = ("查什么", "方法", "理由", "不含", "前提")


@dataclass(frozen=True)
class Rule:
    """One check that an auditor can name, cite and defend.

    reads: table -> columns without which the rule is not assessed. parameters: name -> kind of value.
    optional: which of these tables the rule can do without: it gets None for one that is absent or lacks a column, and says so.
    answers: a finding tells what a household answered: published editions show neither the household nor the words (`publish/masking.py`).
    given: which of `year` (the audit year) and `corrections` (approved ones) the run itself gives it.
    subject: what a finding names, in the words of the dictionary. offence: the policy texts' word for it, if any.
    """

    id: str
    topic: str
    title: str
    severity: str
    subject: str
    offence: str | None
    reads: dict[str, tuple[str, ...]]
    parameters: dict[str, object]
    given: frozenset[str]
    function: Callable
    optional: frozenset[str] = frozenset()
    answers: bool = False

    @property
    def title_en(self) -> str:
        return inspect.getdoc(self.function).split("\n", 1)[0].rstrip(".")

    @property
    def sections(self) -> dict[str, str]:
        """The Chinese sections of the docstring: what it finds, method, why it matters, exclusions, assumptions."""
        text = inspect.getdoc(self.function)
        parts = re.split(rf"^({'|'.join(SECTIONS)})[:\uff1a]", text, flags=re.M)
        return {name: " ".join(body.split()) for name, body in zip(parts[1::2], parts[2::2], strict=True)}


_catalogue: dict[str, Rule] = {}


def rule(id: str, *, title: str, severity: str, subject: str, reads: dict[str, list[str]], optional: Collection[str] = (), answers: bool = False, topic: str | None = None, offence: str | None = None):
    """Registers a function as a rule. The topic is the module's name unless given."""

    def register(function: Callable) -> Callable:
        signature = inspect.signature(function)
        tables = [p.name for p in signature.parameters.values() if p.kind is not p.KEYWORD_ONLY]
        settings = {p.name: p.annotation for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY}
        if tables != list(reads):
            raise TypeError(f"{id}: the function takes {tables} but reads {list(reads)}")
        for name, annotation in settings.items():
            if name not in GIVEN and parameters.label(annotation) is None:
                raise TypeError(f'{id}: parameter {name} has no label; annotate it with named(<kind>, "中文", "English")')
        if not set(optional) < set(reads):
            raise TypeError(f"{id}: optional tables {sorted(optional)} are not among those that it reads beside others, {list(reads)}")
        if severity not in SEVERITIES:
            raise TypeError(f"{id}: severity {severity!r} is none of {SEVERITIES}")
        if id in _catalogue and _catalogue[id].function.__module__ != function.__module__:
            raise TypeError(f"{id} is defined twice: {_catalogue[id].function.__module__} and {function.__module__}")
        _catalogue[id] = Rule(
            id=id,
            topic=topic or function.__module__.rsplit(".", 1)[-1],
            title=title,
            severity=severity,
            subject=subject,
            offence=offence,
            reads={t: tuple(c) for t, c in reads.items()},
            parameters={n: a for n, a in settings.items() if n not in GIVEN},
            given=GIVEN & set(settings),
            function=function,
            optional=frozenset(optional),
            answers=answers,
        )
        return function

    return register


@cache
def _discover() -> None:
    import bangfu.rules

    for module in pkgutil.iter_modules(bangfu.rules.__path__):
        importlib.import_module(f"bangfu.rules.{module.name}")


def catalogue() -> dict[str, Rule]:
    """Every rule by id, in the order of ids."""
    _discover()
    return dict(sorted(_catalogue.items()))


def of_answers() -> frozenset[str]:
    """The rules whose findings tell what a household answered."""
    return frozenset(r.id for r in catalogue().values() if r.answers)


def topics() -> list[str]:
    return sorted({r.topic for r in catalogue().values()})
