"""How far relations are followed, and from when on a likeness is shown to a person: `params/relations.yml`."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bangfu import workbench
from bangfu.params_file import checked, read_yaml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hub(_Strict):
    """More neighbours than these, and a telephone, account, address or company tells of no relation."""

    phone: int = Field(ge=2)
    account: int = Field(ge=2)
    address: int = Field(ge=2)
    company: int = Field(ge=2)


class Stated(_Strict):
    """Stated weights of a comparison: for each level but the last, how often it comes out so in rows of one person (m) and of two (u)."""

    m: list[float]
    u: list[float]

    @model_validator(mode="after")
    def _shares(self):
        if len(self.m) != len(self.u) or any(not 0 < x < 1 for x in (*self.m, *self.u)) or sum(self.m) >= 1 or sum(self.u) >= 1:
            raise ValueError("m and u are shares, as many in both, that together stay below 1")
        return self


class Levels(_Strict):
    """The stated weights of each comparison."""

    name: Stated
    born: Stated
    sex: Stated
    village: Stated
    unit: Stated


class Suggestion(_Strict):
    """From when on, and with which weights, two rows without a common number are suggested to be one person."""

    threshold: float = Field(gt=0, lt=1)
    seed: int
    least_records: int = Field(ge=1)
    least_pairs: int = Field(ge=1)
    stated: Levels


class Names(_Strict):
    """How names are written: endings of units, and characters that stand for another."""

    unit_endings: list[str]
    variants: dict[str, str]


class RelationSettings(_Strict):
    """Everything in `params/relations.yml`."""

    hub: Hub
    max_links: int = Field(ge=1, le=8)
    receiver_households: int = Field(ge=1)
    minor_age: int = Field(ge=0, le=30)
    suggestion: Suggestion
    names: Names


@lru_cache
def read_settings(path: Path | None = None) -> RelationSettings:
    """The settings of a file (default: the workbench's own); WrongParams with every mistake in it."""
    path = path or workbench.params() / "relations.yml"
    return checked(RelationSettings, read_yaml(path), path.name)
