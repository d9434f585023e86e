"""Scorecards: points of each dimension and grades, settings of the county under `params/scorecards/`."""

from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bangfu import workbench
from bangfu.params_file import read_yaml
from bangfu.problems import WrongParams, did_you_mean

DIMENSIONS = ("plan", "visits", "calls", "records", "outcomes", "satisfaction")


class _Grade(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    grade: str = Field(min_length=1)
    start: Fraction = Field(alias="from")


class Scorecard(BaseModel):
    """Points by role and dimension, grades from the highest down, and the share of points that must be assessable."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    approved: bool
    enough: Fraction
    cards: dict[str, dict[str, int]]
    grades: list[_Grade] = Field(min_length=1)

    @field_validator("enough", mode="before")
    @classmethod
    def _exact(cls, value):
        return Fraction(str(value))

    @field_validator("cards")
    @classmethod
    def _known(cls, cards):
        for role, points in cards.items():
            if role not in ("first", "second"):
                raise ValueError(f"role {role}: first or second")
            for dimension, n in points.items():
                if dimension not in DIMENSIONS or n <= 0:
                    raise ValueError(f"{role}.{dimension}: one of {', '.join(DIMENSIONS)} with positive points")
        return cards

    def grade(self, score: Fraction) -> str:
        """The highest grade whose start the score reaches."""
        return next(g.grade for g in sorted(self.grades, key=lambda g: g.start, reverse=True) if score >= g.start)


@lru_cache
def _read(path: Path) -> Scorecard:
    try:
        return Scorecard.model_validate(read_yaml(path))
    except ValidationError as wrong:
        e = wrong.errors()[0]
        key = ".".join(str(p) for p in e["loc"])
        raise WrongParams.of(f"评分卡 {path.name} 的“{key}”不对({e['msg']}),请对照文件开头的说明。", f"Scorecard {path.name}: “{key}” is wrong ({e['msg']}); see the head of the file.") from None


def read_scorecard(name: str = "example") -> Scorecard:
    """A scorecard by name; WrongParams where there is none or it is wrong."""
    folder = workbench.params() / "scorecards"
    path = folder / f"{name}.yml"
    if not path.is_file():
        zh, en = did_you_mean(name, {p.stem for p in folder.glob("*.yml")})
        raise WrongParams.of(f"没有名为“{name}”的评分卡{zh}", f"No scorecard “{name}”{en}")
    return _read(path)
