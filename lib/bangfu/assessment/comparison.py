"""When a helper's results may be compared with others': settings of the county, under `comparison` of its scorecard."""

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Comparison(BaseModel):
    """min_households   fewer households say nothing of a helper (资料不足)
    min_reliability  share of the helper's effect that must be known: 1 - (uncertainty / variance between helpers)
    confidence       of intervals and inner control limits
    child_under, elder_from   ages by which members count as dependants
    trimmed          share of incomes pulled in at either end, so that one windfall does not judge a helper
    winsorised       share of z pulled in at either end for the over-dispersion
    draws, seed      of the simulated intervals on ranks
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    min_households: int = Field(ge=2)
    min_reliability: float = Field(gt=0, lt=1)
    confidence: float = Field(gt=0.5, lt=1)
    child_under: int = Field(ge=0)
    elder_from: int = Field(ge=1)
    trimmed: float = Field(ge=0, lt=0.5)
    winsorised: float = Field(ge=0, lt=0.5)
    draws: int = Field(ge=200)
    seed: int = Field(ge=0)

    @model_validator(mode="after")
    def _ages(self):
        if self.child_under >= self.elder_from:
            raise ValueError("child_under must be below elder_from")
        return self


class Sensitivity(BaseModel):
    """weight_changes  by what share each dimension's points are raised and lowered, one at a time
    cutoff_points   by how many points the cut-offs are moved
    draws, seed     of random sets of weights
    concentration   how close random weights keep to the card's: a weight w varies with variance w (1 - w) / (concentration + 1)
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    weight_changes: list[float] = Field(min_length=1)
    cutoff_points: int = Field(gt=0)
    draws: int = Field(ge=100)
    seed: int = Field(ge=0)
    concentration: float = Field(gt=0)

    @model_validator(mode="after")
    def _shares(self):
        if any(not 0 < c < 1 for c in self.weight_changes):
            raise ValueError("weight_changes must lie between 0 and 1")
        return self
