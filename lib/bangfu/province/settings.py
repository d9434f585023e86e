"""How counties are put beside each other: `params/province.yml`."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bangfu import workbench
from bangfu.params_file import checked, read_yaml


class ProvinceSettings(BaseModel):
    """Everything in `params/province.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_mib: int = Field(ge=64)
    threads: int = Field(ge=1)
    least_cell: int = Field(ge=1)
    confidence: float = Field(gt=0, lt=1)
    limits: tuple[float, float]
    least_size: int = Field(ge=1)
    core_share: float = Field(gt=0, le=1)
    public_accounts: tuple[str, ...]

    @model_validator(mode="after")
    def _in_order(self):
        if not 0 < self.limits[0] < self.limits[1] < 1:
            raise ValueError("limits are two shares below 1, the wider one last")
        return self


@lru_cache
def read_settings(path: Path | None = None) -> ProvinceSettings:
    """The settings of a file (default: the workbench's own); WrongParams with every mistake in it."""
    path = path or workbench.params() / "province.yml"
    return checked(ProvinceSettings, read_yaml(path), path.name)
