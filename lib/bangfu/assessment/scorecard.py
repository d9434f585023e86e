"""Scorecards: points of each indicator, grades, ceiling and vetoes, settings of the county under `params/scorecards/`."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bangfu import parameters, workbench
from bangfu.assessment.comparison import Comparison, Sensitivity
from bangfu.assessment.fabrication.settings import FabricationSettings
from bangfu.assessment.indicators import INDICATORS, PARTS, ROLES
from bangfu.params_file import checked, read_yaml
from bangfu.problems import Sentence, WrongParams, did_you_mean
from bangfu.rules.catalogue import catalogue

WITHIN = ("county", "town", "unit")
ATTRIBUTABLE = ("helper_id", "visit_id", "household_id")
_WHOLE = Field(strict=True, ge=0)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Grade(_Strict):
    grade: str = Field(min_length=1)
    start: parameters.Points = Field(alias="from")


class Ceiling(_Strict):
    """The largest share of helpers of a role with the best grade, within the county or each town or unit."""

    share: parameters.Share
    within: str


class Veto(_Strict):
    """Rules a finding of which allows no better grade than `cap`."""

    rules: list[str] = Field(min_length=1)
    cap: str
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Rectification(_Strict):
    """What the last grade entails: a time limit to put things right, what follows if that fails, and the text that says so."""

    days: int = _WHOLE
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    failing_zh: str = Field(min_length=1)
    failing_en: str = Field(min_length=1)
    basis: str = ""
    basis_en: str = ""


class Answering(_Strict):
    """Statements of helpers: days to answer from the day of receipt; fewest persons of whom a published summary gives figures."""

    answer_days: int = Field(strict=True, ge=1)
    smallest: int = Field(strict=True, ge=2)


class Scorecard(_Strict):
    """Points by role, part, dimension and indicator; grades from the best down; ceiling, vetoes, rectification."""

    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    approved: bool = Field(strict=True)
    weights: dict[str, int]
    enough: parameters.Share
    held_months: int = Field(strict=True, ge=0, le=12)
    cards: dict[str, dict[str, dict[str, dict[str, int]]]]
    grades: list[Grade] = Field(min_length=2)
    ceiling: Ceiling | None = None
    vetoes: list[Veto] = []
    rectification: Rectification | None = None
    comparison: Comparison | None = None
    sensitivity: Sensitivity | None = None
    fabrication: FabricationSettings | None = None
    statements: Answering | None = None

    def weights_of(self, role: str) -> dict[str, int]:
        """Indicator -> its weight in ten-thousandths of the year's score; empty for a role without a card."""
        return {
            indicator: self.weights[part] * points
            for part, dimensions in self.cards.get(role, {}).items()
            for indicators in dimensions.values()
            for indicator, points in indicators.items()
        }

    def marked(self, lang: str = "zh") -> str:
        """The title, with the mark of a card that nobody has approved."""
        title, mark = (self.title_en, " (example, not approved)") if lang == "en" else (self.title, "(示例,未经核准)")
        return title + ("" if self.approved else mark)

    @property
    def best(self) -> str:
        return self.grades[0].grade

    @property
    def last(self) -> str:
        return self.grades[-1].grade

    @classmethod
    def checked(cls, content: dict[str, Any], file: str) -> "Scorecard":
        """A card from the content of a file; WrongParams with every mistake in a sentence."""
        card = checked(cls, content, file)
        wrong = [Sentence(f"评分卡 {file}:{s.zh}", f"Scorecard {file}: {s.en}") for s in _mistakes(card)]
        if wrong:
            raise WrongParams.all(wrong)
        return card


def _mistakes(card: Scorecard) -> list[Sentence]:
    return [*_weights(card), *_points(card), *_grades(card), *_ceiling(card), *_vetoes(card)]


def _unknown(what: tuple[str, str], name: str, accepted) -> Sentence:
    zh, en = did_you_mean(name, accepted)
    return Sentence(f"{what[0]}“{name}”不认识{zh}", f"unknown {what[1]} “{name}”{en}")


def _weights(card: Scorecard) -> list[Sentence]:
    wrong = [_unknown(("weights 中的", "key of weights"), part, PARTS) for part in card.weights if part not in PARTS]
    if any(w < 0 for w in card.weights.values()) or sum(card.weights.values()) != 100 or set(card.weights) != set(PARTS):
        wrong.append(Sentence("weights 应写明 regular 和 annual 两项,都不为负,合计100。", "weights must give regular and annual, neither negative, together 100."))
    return wrong


def _points(card: Scorecard) -> list[Sentence]:
    wrong = [_unknown(("cards 中的责任人类别", "role in cards"), role, ROLES) for role in card.cards if role not in ROLES]
    for role, parts in card.cards.items():
        for part, dimensions in parts.items():
            where = f"cards.{role}.{part}"
            if part not in PARTS:
                wrong.append(_unknown((f"cards.{role} 中的", f"part in cards.{role}"), part, PARTS))
                continue
            for dimension, indicators in dimensions.items():
                known = {i.name for i in INDICATORS.values() if i.dimension == dimension and i.part == part and role in i.roles}
                if not known:
                    wrong.append(_unknown((f"{where} 中的维度", f"dimension in {where}"), dimension, {i.dimension for i in INDICATORS.values() if i.part == part and role in i.roles}))
                    continue
                wrong += [_unknown((f"{where}.{dimension} 中的指标", f"indicator in {where}.{dimension}"), i, known) for i in indicators if i not in known]
                wrong += [Sentence(f"{where}.{dimension}.{i} 的分值应为正整数。", f"{where}.{dimension}.{i} must be positive.") for i, n in indicators.items() if n <= 0]
            total = sum(sum(indicators.values()) for indicators in dimensions.values())
            if total != 100:
                wrong.append(Sentence(f"{where} 的分值合计{total},应为100。", f"{where} adds up to {total} and must be 100."))
    return wrong


def _grades(card: Scorecard) -> list[Sentence]:
    starts = [g.start for g in card.grades]
    wrong = []
    if any(later >= earlier for earlier, later in zip(starts, starts[1:], strict=False)) or starts[-1] != 0:
        wrong.append(Sentence("grades 应从最好的等次往下写,from 逐级降低,最后一级从0开始。", "grades must go from the best down, with falling `from`, the last from 0."))
    if any(s * 10 % 1 for s in starts):
        wrong.append(Sentence("grades 的 from 最多一位小数。", "`from` of grades may have one decimal at most."))
    if len({g.grade for g in card.grades}) < len(card.grades):
        wrong.append(Sentence("grades 中有重复的等次。", "grades has a grade twice."))
    return wrong


def _ceiling(card: Scorecard) -> list[Sentence]:
    if card.ceiling is None or card.ceiling.within in WITHIN:
        return []
    return [_unknown(("ceiling.within 的值", "value of ceiling.within"), card.ceiling.within, WITHIN)]


def _vetoes(card: Scorecard) -> list[Sentence]:
    grades, rules, wrong = [g.grade for g in card.grades], catalogue(), []
    counted = {rule: i for role in ROLES for i in card.weights_of(role) if i in INDICATORS for rule in INDICATORS[i].rules}
    for number, veto in enumerate(card.vetoes, 1):
        if veto.cap not in grades:
            wrong.append(_unknown((f"vetoes[{number}].cap 的等次", f"grade in vetoes[{number}].cap"), veto.cap, grades))
        for rule in veto.rules:
            if rule not in rules:
                wrong.append(_unknown((f"vetoes[{number}] 中的规则", f"rule in vetoes[{number}]"), rule, rules))
            elif rules[rule].subject not in ATTRIBUTABLE:
                wrong.append(Sentence(f"vetoes[{number}]:{rule} 的疑点不指向某一责任人、走访或户,不能据以否决个人。", f"vetoes[{number}]: findings of {rule} name no helper, visit or household and can veto nobody."))
            elif rule in counted:
                zh, en = INDICATORS[counted[rule]].zh, INDICATORS[counted[rule]].en
                wrong.append(Sentence(f"vetoes[{number}]:{rule} 的事实已在指标“{zh}”中扣分,同一事实不得重复追究。", f"vetoes[{number}]: the fact of {rule} already costs points as “{en}”; one fact counts once."))
    return wrong


@lru_cache
def _read(path: Path) -> Scorecard:
    return Scorecard.checked(read_yaml(path), path.name)


def read_scorecard(name: str = "example") -> Scorecard:
    """A scorecard by name; WrongParams where there is none or with every mistake in it."""
    folder = workbench.params() / "scorecards"
    path = folder / f"{name}.yml"
    if not path.is_file():
        zh, en = did_you_mean(name, {p.stem for p in folder.glob("*.yml")})
        raise WrongParams.of(f"没有名为“{name}”的评分卡{zh}", f"No scorecard “{name}”{en}")
    return _read(path)
