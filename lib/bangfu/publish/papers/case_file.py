"""A case written by hand: a YAML file, or a workbook of two columns, checked when read."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bangfu.intake import cells, readers
from bangfu.intake.raw import Notice, RawSheet
from bangfu.params_file import checked, read_yaml
from bangfu.problems import Sentence, WrongParams, did_you_mean
from bangfu.publish.papers.matter import Evidence, Fact, Matter, numbered, project


def _yuan(value) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        amount, unit = cells.read_decimal(str(value))
    except cells.Unreadable:
        raise PydanticCustomError("amount", "not an amount") from None
    return (amount * cells.UNITS[unit or "元"]).quantize(Decimal("0.01"))


def _day(value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    try:
        return f"{cells.read_day(str(value)):%Y-%m-%d}"
    except cells.Unreadable:
        raise PydanticCustomError("date_type", "not a date") from None


def _text(value) -> str:
    return "" if value is None else str(value)


Text = Annotated[str, BeforeValidator(_text)]
Day = Annotated[str, BeforeValidator(_day)]
Yuan = Annotated[Decimal | None, BeforeValidator(_yuan)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactLine(_Strict):
    text: Text
    about: Text = ""
    voucher: Text = ""
    date: Day = ""
    amount: Yuan = None
    attachments: Text = ""


class EvidenceLine(_Strict):
    name: Text
    source: Text = ""
    content: Text = ""
    date: Day = ""


class Case(_Strict):
    """`case.yml`: everything but the title may be left out and is a blank on the papers."""

    title: str = Field(min_length=1)
    category: Text = ""
    unit: Text = ""
    project: Text = ""
    period: Text = ""
    process: Text = ""
    facts: list[FactLine] = []
    criteria: list[Text] = []
    condition: Text = ""
    cause: Text = ""
    effect: Text = ""
    recommendation: Text = ""
    amount: Yuan = None
    responsible: Text = ""
    deadline: Day = ""
    measure: Text = ""
    result: Text = ""
    evidence: list[EvidenceLine] = []

    def matter(self, code: str, year: int, county: str, lang: str = "zh") -> Matter:
        """The case as a matter, numbered by its content."""
        told = self.model_dump(exclude={"facts", "evidence"})
        told["project"] = told["project"] or project(county, year, lang)
        facts, evidence = [Fact(**f.model_dump()) for f in self.facts], [Evidence(**e.model_dump()) for e in self.evidence]
        return Matter(number=numbered(code, year, "AJ", [told, str(facts), str(evidence)]), facts=facts, evidence=evidence, **told)


# How the keys are called in a workbook; the English key is known as well.
KEYS = {
    "title": "审计事项", "category": "问题类别", "unit": "被审计单位", "project": "项目名称", "period": "审计期间", "process": "过程记录", "criteria": "标准", "condition": "事实",
    "cause": "原因", "effect": "影响", "recommendation": "建议", "amount": "涉及金额", "responsible": "责任单位和责任人", "deadline": "整改期限", "measure": "整改措施", "result": "整改结果",
}  # fmt: skip
LINES = {
    "facts": ("审计事实", {"text": "事实", "about": "对象", "voucher": "凭证号", "date": "日期", "amount": "金额", "attachments": "附件数"}),
    "evidence": ("证据", {"name": "名称", "source": "来源", "content": "内容", "date": "时间"}),
}


def read_case(path: Path) -> Case:
    """A case from a YAML file or a workbook; WrongParams with every mistake in it."""
    content = _of_workbook(path) if path.suffix.lower() in readers.WORKBOOKS else read_yaml(path)
    return checked(Case, content, path.name)


def _of_workbook(path: Path) -> dict:
    """The first sheet holds keys and values in two columns; the sheets 审计事实 and 证据, where they are there, hold a row each."""
    if not path.is_file():
        raise WrongParams.of(f"找不到案件文件 {path.name},请检查路径。", f"No case file {path.name}; check its path.")
    items = list(readers.read_file(path, path.parent))
    sheets = [i for i in items if isinstance(i, RawSheet) and len(i)]
    if not sheets:
        raise WrongParams(*([i.sentence for i in items if isinstance(i, Notice)] or [Sentence(f"{path.name} 是空的。", f"{path.name} is empty.")]))
    content, wrong = {}, []
    known = {zh: key for key, zh in KEYS.items()} | {key: key for key in KEYS}
    for at in range(len(sheets[0])):
        name, value = (*sheets[0].row(at), None, None)[:2]
        if name and name not in known:
            zh, en = did_you_mean(name, KEYS.values())
            wrong.append(Sentence(f"{path.name} 第{at + 1}行:没有项目“{name}”{zh}", f"{path.name}, row {at + 1}: no item “{name}”{en}"))
        elif name and value:
            content[known[name]] = value.splitlines() if known[name] == "criteria" else value
    for key, (title, columns) in LINES.items():
        sheet = next((s for s in sheets[1:] if s.sheet in (title, key)), None)
        if sheet is not None:
            content[key] = _lines(sheet, columns, path.name, wrong)
    if wrong:
        raise WrongParams.all(wrong)
    return content


def _lines(sheet: RawSheet, columns: dict[str, str], file: str, wrong: list[Sentence]) -> list[dict]:
    known = {zh: key for key, zh in columns.items()} | {key: key for key in columns}
    heads = sheet.row(0)
    for head in heads:
        if head and head not in known:
            zh, en = did_you_mean(head, columns.values())
            wrong.append(Sentence(f"{file} 的“{sheet.sheet}”表:没有列“{head}”{zh}", f"{file}, sheet “{sheet.sheet}”: no column “{head}”{en}"))
    rows = [sheet.row(at) for at in range(1, len(sheet))]
    return [{known[h]: v for h, v in zip(heads, row, strict=True) if h in known and v} for row in rows if any(row)]
