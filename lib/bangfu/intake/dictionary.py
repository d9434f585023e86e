"""The dictionary of raw tables: canonical names, types, accepted headers, and what is personal."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import yaml

from bangfu import workbench
from bangfu.problems import Sentence, WrongParams, did_you_mean

TYPES = {"id", "text", "name", "date", "datetime", "int", "number", "yuan", "percent", "flag", "likert", "code"}
# Headers are compared in half-width characters; ㎡ has become m2 there.
_UNIT = re.compile(r"[(\[【〔](?:(?:金额)?单位:?|人民币:?)*(亿元|千万元|百万元|万元|千元|百元|元|%|百分比|分钟|平方米|m2|人|口|户|次|个|天)[)\]】〕]$")


@dataclass(frozen=True)
class Column:
    """A canonical column: its type (see `params/dictionary.yml`), accepted headers, codes, kind of personal data."""

    name: str
    type: str
    headers: tuple[str, ...]
    personal: str | None = None
    codes: dict[str, str] = field(default_factory=dict)
    group: str | None = None
    optional: bool = False  # counties that do not keep it lack nothing
    none: bool = False  # 无 or a stroke in it means nothing, as it always does in ids and names


@dataclass(frozen=True)
class Table:
    """A canonical table: where it usually stands, and the columns that a sheet must have to be it."""

    name: str
    title: str
    title_en: str
    file: str
    sheet: str
    required: bool
    key: tuple[str, ...]
    columns: dict[str, Column]

    def label(self, lang: str = "zh") -> str:
        return self.title_en if lang == "en" else self.title


@lru_cache(10_000)
def normalised(header: str) -> tuple[str, str | None]:
    """A header without blanks, line ends, marks and its unit in brackets, and that unit (None where there is none)."""
    text = re.sub(r"[\s*＊]", "", unicodedata.normalize("NFKC", header))
    unit = _UNIT.search(text)
    return (text[: unit.start()], unit.group(1)) if unit and unit.start() else (text, None)


@lru_cache
def _load(path: Path) -> dict[str, Table]:
    return parsed(path.read_text(encoding="utf-8"), path.name)


@lru_cache(2)
def parsed(text: str, file: str) -> dict[str, Table]:
    """The tables that the text of a dictionary describes; WrongParams where it contradicts itself."""
    tables = {}
    for name, t in yaml.load(text, Loader=yaml.CSafeLoader).items():
        columns = {
            c: Column(
                name=c,
                type=spec["type"],
                headers=tuple(spec["headers"]),
                personal=spec.get("personal"),
                codes=spec.get("codes", {}),
                group=spec.get("group"),
                optional=spec.get("optional", False),
                none=spec.get("none", False),
            )
            for c, spec in t["columns"].items()
        }
        unknown = {c.type for c in columns.values()} - TYPES
        if unknown or set(t["key"]) - set(columns):
            raise WrongParams.of(
                f"{file}:{name} 的列类型 {unknown} 或关键列 {t['key']} 有误,请对照文件开头的说明。",
                f"{file}: {name} has unknown types {unknown} or key columns {t['key']}; see the head of the file.",
            )
        tables[name] = Table(
            name=name,
            title=t["title"],
            title_en=t["title_en"],
            file=t["file"],
            sheet=t.get("sheet", ""),
            required=t.get("required", False),
            key=tuple(t["key"]),
            columns=columns,
        )
    return tables


def dictionary(headers: dict[str, list[str]] | None = None, *, where: str = "headers") -> dict[str, Table]:
    """Every canonical table by name, with a county's own headers (`table.column` -> list) added.

    Raises WrongParams with one sentence for each unknown table or column.
    """
    tables = dict(_load(workbench.params() / "dictionary.yml"))
    wrong = []
    for path, extra in (headers or {}).items():
        name, _, column = path.partition(".")
        if name not in tables:
            zh, en = did_you_mean(name, tables)
            wrong.append(Sentence(f"{where}:没有名为“{name}”的表{zh}", f"{where}: no table “{name}”{en}"))
        elif column not in tables[name].columns:
            zh, en = did_you_mean(column, tables[name].columns)
            wrong.append(Sentence(f"{where}:表 {name} 没有列“{column}”{zh}", f"{where}: table {name} has no column “{column}”{en}"))
        elif taken := [(h, c) for h in extra for c in tables[name].columns.values() if c.name != column and normalised(h)[0] in {normalised(o)[0] for o in c.headers}]:
            header, other = taken[0]
            wrong.append(
                Sentence(
                    f"{where}:{path} 的表头“{header}”已是 {name}.{other.name} 的表头,请换一个。",
                    f"{where}: header “{header}” of {path} already belongs to {name}.{other.name}; name another.",
                )
            )
        else:
            old = tables[name].columns[column]
            new = replace(old, headers=old.headers + tuple(extra))
            tables[name] = replace(tables[name], columns=tables[name].columns | {column: new})
    if wrong:
        raise WrongParams.all(wrong)
    return tables


def personal_columns() -> dict[tuple[str, str], str]:
    """(table, column) -> kind of personal data, for every personal column."""
    return {(t.name, c.name): c.personal for t in dictionary().values() for c in t.columns.values() if c.personal}
