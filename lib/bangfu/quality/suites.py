"""The suites as declared: what each table is expected to be, with its severity and its sentence."""

import json
from dataclasses import dataclass
from pathlib import Path

from bangfu import workbench
from bangfu.intake import dictionary
from bangfu.problems import Sentence, WrongParams, did_you_mean
from bangfu.quality.flags import KINDS

SEVERITIES = ("critical", "high", "medium", "low")


@dataclass(frozen=True)
class Declared:
    """One expectation of a table.

    config  as it stands in the suite: type, kwargs, meta, severity
    flag    how to compute the flag column that it looks at (None: it looks at the table's own columns)
    """

    table: str
    config: dict

    @property
    def id(self) -> str:
        return self.config["meta"]["id"]

    @property
    def severity(self) -> str:
        return self.config["meta"]["severity"]

    @property
    def sentence(self) -> Sentence:
        return Sentence(self.config["meta"]["zh"], self.config["meta"]["en"])

    @property
    def flag(self) -> dict | None:
        return self.config["meta"].get("flag")

    @property
    def kind(self) -> str:
        """What it asks: the kind of its flag, or else the library's type."""
        return self.flag["kind"] if self.flag else self.config["type"]

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns that it is about; none for an expectation about the table as a whole."""
        if self.flag:
            return tuple(self.flag["columns"])
        given = self.config["kwargs"]
        named = [given[k] for k in ("column", "column_A", "column_B") if k in given]
        return (*named, *given.get("column_list", ()))

    @property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """Every (table, column) without which it cannot be assessed."""
        other = [(self.flag["table"], c) for c in self.flag["match"]] if self.flag and "table" in self.flag else []
        return (*((self.table, c) for c in self.columns), *other)


@dataclass(frozen=True)
class Suite:
    """The expectations of one canonical table, in the order of its file."""

    table: str
    expectations: tuple[Declared, ...]


def read_suites(folder: Path | None = None) -> dict[str, Suite]:
    """Table -> suite, in the order of the dictionary.

    Raises WrongParams with one sentence for each file that is absent or no JSON, and for each expectation that lacks
    something or names an unknown table, column, severity or kind of flag.
    """
    folder = folder or workbench.expectations()
    suites, wrong, seen = {}, [], set()
    for table in dictionary():
        file = f"expectations/{table}.json"
        try:
            content = json.loads((folder / f"{table}.json").read_text(encoding="utf-8"))
            declared = tuple(Declared(table, e) for e in content["expectations"])
        except FileNotFoundError:
            wrong.append(Sentence(f"缺少 {file},请从版本库恢复。", f"{file} is absent; restore it from the repository."))
            continue
        except json.JSONDecodeError as bad:
            wrong.append(Sentence(f"{file} 第{bad.lineno}行不是有效的JSON,请检查引号和逗号。", f"{file} line {bad.lineno} is no valid JSON; check quotes and commas."))
            continue
        except (UnicodeDecodeError, KeyError, TypeError):
            wrong.append(Sentence(f"{file} 不是期望套件,应有 expectations 列表。", f"{file} is no expectation suite; it needs a list `expectations`."))
            continue
        for n, expectation in enumerate(declared, 1):
            wrong += _wrong(expectation, f"{file}#{n}", seen)
        suites[table] = Suite(table, declared)
    if wrong:
        raise WrongParams.all(wrong)
    return suites


def _wrong(e: Declared, place: str, seen: set[str]) -> list[Sentence]:
    """What is wrong with a declared expectation."""
    config = e.config if isinstance(e.config, dict) else {}
    meta = config.get("meta") or {}
    lacking = [k for k in ("type", "kwargs", "meta") if not config.get(k)] + [f"meta.{k}" for k in ("id", "severity", "zh", "en") if not meta.get(k)]
    if lacking:
        return [Sentence(f"{place} 缺少 {'、'.join(lacking)}。", f"{place} lacks {', '.join(lacking)}.")]
    wrong = []
    if e.id in seen:
        wrong.append(Sentence(f"{place} 的 id “{e.id}”已被使用,请另起一个。", f"{place}: id “{e.id}” is taken; choose another."))
    seen.add(e.id)
    if e.severity not in SEVERITIES:
        zh, en = did_you_mean(e.severity, SEVERITIES)
        wrong.append(Sentence(f"{place}:没有“{e.severity}”这一严重程度{zh}", f"{place}: no severity “{e.severity}”{en}"))
    flag = e.flag
    if flag is not None:
        if flag.get("kind") not in KINDS:
            zh, en = did_you_mean(flag.get("kind"), KINDS)
            return [*wrong, Sentence(f"{place}:没有“{flag.get('kind')}”这种标记{zh}", f"{place}: no kind of flag “{flag.get('kind')}”{en}")]
        lacking = [k for k in ("columns", *(("table", "match") if KINDS[flag["kind"]].other else ())) if not flag.get(k)]
        if lacking:
            return [*wrong, Sentence(f"{place}:meta.flag 缺少 {'、'.join(lacking)}。", f"{place}: meta.flag lacks {', '.join(lacking)}.")]
    known = dictionary()
    for table, column in e.needs:
        if table not in known:
            zh, en = did_you_mean(table, known)
            wrong.append(Sentence(f"{place}:没有名为“{table}”的表{zh}", f"{place}: no table “{table}”{en}"))
        elif column not in known[table].columns:
            zh, en = did_you_mean(column, known[table].columns)
            wrong.append(Sentence(f"{place}:表 {table} 没有列“{column}”{zh}", f"{place}: table {table} has no column “{column}”{en}"))
    return wrong
