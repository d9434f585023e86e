"""County params and policy packs: checked when read, every mistake one sentence that names file, key and what is accepted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, get_origin

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from bangfu import corrections, parameters, workbench
from bangfu.corrections import Correction
from bangfu.crossmatch.grounds import checked_grounds
from bangfu.fleet import places
from bangfu.intake.dictionary import dictionary
from bangfu.parameters import Dated
from bangfu.params_file import checked, read_yaml, shortened
from bangfu.problems import Problem, Sentence, WrongParams, did_you_mean
from bangfu.rules.catalogue import Rule, catalogue
from bangfu.third_party import ReviewStandards
from bangfu.tracing.settings import TracingSettings


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Header = Annotated[str, Field(min_length=1)]


class Exemption(_Strict):
    """A finding that does not count, with who approved it and until when."""

    # People write `approved by`; `approved_by` is the same.
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    rule: str
    subject: str
    reason: str = Field(min_length=1)
    approved_by: str = Field(alias="approved by", min_length=1)
    valid_until: date = Field(alias="valid until")

    @field_validator("valid_until", mode="before")
    @classmethod
    def _day(cls, value: Any) -> date:
        # A number would be taken for seconds since 1970.
        if isinstance(value, datetime) or not isinstance(value, (date, str)):
            raise PydanticCustomError("date_type", "not a date")
        return value


class CountyParams(_Strict):
    """`params/counties/<name>.yml`."""

    code: str = Field(pattern=r"^[0-9]{6}$", description="县代码,六位数字,加引号 / county code, six digits, in quotes")
    name: str = Field(min_length=1, description="县名 / the county's name")
    raw: str = Field(
        min_length=1,
        description="原始文件夹(相对于本文件,可用 {year})或数据库地址 / folder of raw files relative to this file, with {year} allowed; or a database URL",
    )
    policy: str = Field(min_length=1, description="params/policies/ 下的政策包 / a pack under params/policies/")
    overrides: dict[str, Any] = Field({}, description="参数: 值,或 规则: {参数: 值} / parameter: value, or rule: {parameter: value}")
    headers: dict[str, list[_Header]] = Field({}, description="另外认可的表头,如 households.phone: [手机] / extra accepted headers by table.column")
    exemptions: list[Exemption] = Field([], description="豁免的疑点 / findings that do not count")
    corrections: list[Correction] = Field([], description="经批准的更正:补记走访、请假、更换责任人 / approved corrections: late records, leave, handovers")
    reviews: str | None = Field(
        None,
        min_length=1,
        description="核实记录库:文件(相对于本文件)或 postgresql:// 地址;不写则放在报告文件夹里 / store of reviews: a file relative to this one, or a postgresql:// URL; beside the reports by default",
    )

    @field_validator("overrides", "headers", "exemptions", "corrections", mode="before")
    @classmethod
    def _empty(cls, value: Any, info) -> Any:
        return ([] if info.field_name in ("exemptions", "corrections") else {}) if value is None else value


class _PolicyText(_Strict):
    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    force: str = Field(pattern="^(binding|reference)$")


class _PackFile(_Strict):
    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    texts: dict[str, _PolicyText]
    parameters: dict[str, Any] = {}
    unverified: dict[str, str] = {}
    scorecard: str = Field(min_length=1)
    tracing: TracingSettings | None = None
    third_party: ReviewStandards | None = None
    grounds: dict[str, dict[str, Any] | None] = {}
    rules: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Basis:
    """Where a rule comes from: a text's title and section, and whether it binds the county."""

    title: str
    title_en: str
    section: str
    binding: bool

    def say(self, lang: str = "zh") -> str:
        force = ("binding" if self.binding else "reference") if lang == "en" else ("依据" if self.binding else "参考")
        title = self.title_en if lang == "en" else self.title
        return f"{title}{' ' + self.section if self.section else ''}[{force}]" if lang == "en" else f"{title}{self.section}[{force}]"


@dataclass(frozen=True)
class InForce:
    """A rule as a pack puts it in force: its basis and the values of its parameters."""

    rule: Rule
    basis: tuple[Basis, ...]
    values: dict[str, Dated]

    def settings(self, year: int) -> dict[str, Any]:
        """The keyword arguments of the rule: dated where it asks for that, else the value in force at the end of the year."""
        end = date(year, 12, 31)
        return {n: v if get_origin(self.rule.parameters[n]) is Dated else v.at(end) for n, v in self.values.items()}

    def told(self, lang: str = "zh", *, codes: bool = False) -> list[str]:
        """Each parameter with its value in words; with its code name too, where people look up what they can override."""
        said = []
        for name, value in self.values.items():
            kind = self.rule.parameters[name]
            code = "" if not codes else f" ({name})" if lang == "en" else f"({name})"
            said.append(f"{parameters.label(kind, lang)}{code}{': ' if lang == 'en' else ':'}{parameters.shown(kind, value, lang)}")
        return said

    def criteria(self, lang: str = "zh") -> str:
        """The rule, its parameter values and its basis, in a sentence."""
        title = self.rule.title_en if lang == "en" else self.rule.title
        values = ("; " if lang == "en" else ",").join(self.told(lang))
        basis = "; ".join(b.say(lang) for b in self.basis) if lang == "en" else ";".join(b.say() for b in self.basis)
        if lang == "en":
            return f"{self.rule.id} {title}" + (f" (parameters: {values})" if values else "") + f". Basis: {basis}."
        return f"{self.rule.id} {title}" + (f"(参数:{values})" if values else "") + f"。依据:{basis}。"


@dataclass(frozen=True)
class PolicyPack:
    """Which rules are in force, on what basis, with what thresholds; `unverified` says which values nobody has checked."""

    name: str
    title: str
    title_en: str
    rules: Mapping[str, InForce]
    unverified: dict[str, str]
    scorecard: str
    grounds: dict[str, dict]
    tracing: TracingSettings | None = None
    third_party: ReviewStandards | None = None

    @property
    def views(self) -> dict[str, dict | None]:
        """The settings of what is shown beside the rules, as plain values: grounds, tracing, third_party."""
        return {"grounds": self.grounds, "tracing": self.tracing and self.tracing.model_dump(), "third_party": self.third_party and self.third_party.model_dump()}

    def label(self, name: str, lang: str = "zh") -> str:
        """What readers call a parameter of the pack's rules; its name where no rule has it."""
        kinds = (r.rule.parameters[name] for r in self.rules.values() if name in r.rule.parameters)
        kind = next(kinds, None)
        return name if kind is None else parameters.label(kind, lang)


@dataclass(frozen=True)
class Settings:
    """Everything that says how a county-year is judged."""

    county: CountyParams
    year: int
    raw: str
    pack: PolicyPack
    file: str
    lang: str = "zh"
    folder: Path = Path()  # in which the county's params stand


def packs_beside(county_file: Path | None) -> list[Path]:
    """The folders in which packs are looked for: beside the county's params first, then the workbench's own."""
    beside = [county_file.resolve().parent.parent / "policies"] if county_file else []
    return list(dict.fromkeys([*beside, workbench.params() / "policies"]))


def read_pack(name: str, overrides: dict[str, Any] | None = None, *, county_file: Path | None = None) -> PolicyPack:
    """A policy pack with a county's overrides; WrongParams with every mistake in it."""
    folders = packs_beside(county_file)
    path = next((f / f"{name}.yml" for f in folders if (f / f"{name}.yml").is_file()), None)
    said_by = county_file.name if county_file else "policy"
    if path is None:
        zh, en = did_you_mean(name, {p.stem for f in folders for p in f.glob("*.yml")})
        raise WrongParams.of(f"{said_by}:没有名为“{name}”的政策包{zh}", f"{said_by}: no policy pack “{name}”{en}")
    pack = checked(_PackFile, read_yaml(path), path.name)
    wrong: list[Sentence] = []
    known = catalogue()
    by_rule, by_name = _overrides(overrides or {}, pack, known, said_by, wrong)
    rules = {}
    for rule_id, entry in pack.rules.items():
        if rule_id not in known:
            zh, en = did_you_mean(rule_id, known)
            wrong.append(Sentence(f"{path.name}:规则目录中没有“{rule_id}”{zh}", f"{path.name}: no rule “{rule_id}” in the catalogue{en}"))
            continue
        rule = known[rule_id]
        entry = dict(entry)
        basis = _basis(entry.pop("basis", None), pack, f"{path.name} {rule_id}", wrong)
        unknown = sorted(set(entry) - set(rule.parameters))
        for key in unknown:
            zh, en = did_you_mean(key, ["basis", *rule.parameters])
            wrong.append(Sentence(f"{path.name}:规则 {rule_id} 没有参数“{key}”{zh}", f"{path.name}: rule {rule_id} has no parameter “{key}”{en}"))
        values = {}
        for name_, annotation in rule.parameters.items():
            layers = [(said_by, by_rule.get(rule_id, {})), (said_by, by_name), (path.name, entry), (path.name, pack.parameters)]
            file, given = next(((f, layer[name_]) for f, layer in layers if name_ in layer), (None, None))
            if file is None:
                # A key that is not known is told above, and most likely is this one.
                if not unknown:
                    wrong.append(Sentence(f"{path.name}:规则 {rule_id} 缺少参数“{name_}”({parameters.accepted(annotation)})。", f"{path.name}: rule {rule_id} lacks parameter “{name_}” ({parameters.accepted(annotation, 'en')})."))
                continue
            try:
                values[name_] = parameters.parse(annotation, given)
            except ValueError:
                # A value that several rules share is wrong once, whichever rules read it.
                shared = name_ not in by_rule.get(rule_id, {}) and (name_ in by_name or name_ not in entry)
                of = ("", "") if shared else (f"规则 {rule_id} 的", f" of rule {rule_id}")
                wrong.append(
                    Sentence(
                        f"{file}:{of[0]}参数“{name_}”的值“{shortened(given)}”不对,应为{parameters.accepted(annotation)}{_DATED[0]}。",
                        f"{file}: parameter “{name_}”{of[1]} is “{shortened(given)}” but must be {parameters.accepted(annotation, 'en')}{_DATED[1]}.",
                    )
                )
        rules[rule_id] = InForce(rule, basis, values)
    grounds = checked_grounds(pack.grounds, path.name, wrong)
    if wrong:
        raise WrongParams.all(dict.fromkeys(wrong))
    overridden = set(by_name) | {p for values in by_rule.values() for p in values}
    return PolicyPack(name, pack.title, pack.title_en, dict(sorted(rules.items())), {k: v for k, v in pack.unverified.items() if k not in overridden}, pack.scorecard, grounds, tracing=pack.tracing, third_party=pack.third_party)


_DATED = (",或带日期的列表 [{from: 2018-06-01, value: …}]", ", or a list with dates, [{from: 2018-06-01, value: …}]")


def _overrides(given: dict, pack: _PackFile, known: dict[str, Rule], file: str, wrong: list[Sentence]) -> tuple[dict, dict]:
    by_rule, by_name = {}, {}
    names = {p for r in pack.rules if r in known for p in known[r].parameters}
    for key, value in given.items():
        if key in pack.rules and key in known:
            if not isinstance(value, dict):
                wrong.append(Sentence(f"{file}:overrides.{key} 应为“参数: 值”的对照。", f"{file}: overrides.{key} must be parameters and values."))
                continue
            for name in set(value) - set(known[key].parameters):
                zh, en = did_you_mean(name, known[key].parameters)
                wrong.append(Sentence(f"{file}:overrides.{key} 没有参数“{name}”{zh}", f"{file}: overrides.{key} has no parameter “{name}”{en}"))
            by_rule[key] = value
        elif key in names:
            by_name[key] = value
        else:
            zh, en = did_you_mean(key, names | set(pack.rules))
            wrong.append(Sentence(f"{file}:overrides 中没有规则或参数“{key}”{zh}", f"{file}: overrides names no rule or parameter “{key}”{en}"))
    return by_rule, by_name


def _basis(given: Any, pack: _PackFile, where: str, wrong: list[Sentence]) -> tuple[Basis, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(g, str) for g in given):
        wrong.append(Sentence(f"{where}:basis 应为依据列表,如 [“laizhou-2018-8 三”]。", f"{where}: basis must be a list such as [\"laizhou-2018-8 三\"]."))
        return ()
    found = []
    for text in given:
        key, _, section = text.partition(" ")
        if key not in pack.texts:
            zh, en = did_you_mean(key, pack.texts)
            wrong.append(Sentence(f"{where}:依据“{key}”不在 texts 中{zh}", f"{where}: basis “{key}” is not among texts{en}"))
            continue
        t = pack.texts[key]
        found.append(Basis(t.title, t.title_en, section, t.force == "binding"))
    return tuple(found)


def open_settings(file: Path | str, year: int, *, lang: str = "zh") -> Settings:
    """A county's params, its raw files for a year and its policy pack; WrongParams with every mistake found."""
    file = Path(file)
    if not 2000 <= year <= 2100:
        raise WrongParams.of(f"年度“{year}”不对,应为2000至2100之间的年份。", f"Year “{year}” must be between 2000 and 2100.")
    county = checked(CountyParams, read_yaml(file), file.name)
    wrong: list[Sentence] = []
    pack = None
    try:
        dictionary(county.headers, where=f"{file.name} headers")
    except Problem as p:
        wrong += p.sentences
    try:
        pack = read_pack(county.policy, county.overrides, county_file=file)
    except WrongParams as p:
        wrong += p.sentences
    for e in county.exemptions:
        if e.rule not in catalogue():
            zh, en = did_you_mean(e.rule, catalogue())
            wrong.append(Sentence(f"{file.name}:exemptions 中的规则“{e.rule}”不存在{zh}", f"{file.name}: exemptions names an unknown rule “{e.rule}”{en}"))
    wrong += corrections.mistakes(county.corrections, file.name)
    if {"{", "}"} & set(county.raw.replace("{year}", "")):
        wrong.append(Sentence(f"{file.name}:raw 中只能用 {{year}},不能用其他花括号。", f"{file.name}: raw may contain {{year}} and no other braces."))
    wrong += _not_in_force(pack, year) if pack else []
    if wrong:
        raise WrongParams.all(wrong)
    raw = county.raw.replace("{year}", str(year))
    if places.in_store(raw):
        raw = str(places.copy_of(raw))
    elif "://" not in raw:
        raw = str((file.resolve().parent / raw).resolve())
    return Settings(county, year, raw, pack, file.name, lang, file.resolve().parent)


def _not_in_force(pack: PolicyPack, year: int) -> list[Sentence]:
    """Parameters that have dated values, but none yet at the end of the year."""
    end = date(year, 12, 31)
    return [
        Sentence(
            f"政策包 {pack.name} 中规则 {r.rule.id} 的参数“{name}”在{year}年还没有值(最早自{value.steps[0][0]}起),请补上更早的值或换政策包。",
            f"Policy pack {pack.name}: parameter “{name}” of rule {r.rule.id} has no value yet in {year} (the first holds from {value.steps[0][0]}); add an earlier one or name another pack.",
        )
        for r in pack.rules.values()
        for name, value in r.values.items()
        if value.at(end) is None
    ]


def schema() -> dict[str, Any]:
    """The JSON Schema of county params, by which editors complete and check them (`params/county.schema.json`)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **CountyParams.model_json_schema(by_alias=True)}


if __name__ == "__main__":
    print(json.dumps(schema(), ensure_ascii=False, indent=1))
