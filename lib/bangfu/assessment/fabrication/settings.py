"""What a county may set about whom to visit first."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Hour = Annotated[int, Field(strict=True, ge=0, le=24)]


class FabricationSettings(BaseModel):
    """visit_first: how many are listed; village_minutes: the least minutes between homes in two villages; night: from and to which hour
    home visits are unusual; least_families: from how many families of signals on a score is given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    visit_first: int = Field(ge=0)
    village_minutes: int = Field(ge=1)
    night: tuple[Hour, Hour]
    least_families: int = Field(ge=1)
