"""What an inspector can set of the views on traced money; a policy pack gives the values under `tracing`."""

from pydantic import BaseModel, ConfigDict

from bangfu.parameters import Count, Days, Share, Yuan


class TracingSettings(BaseModel):
    """transit_days: how long a transfer may be under way. pass_days, pass_share: a receipt passes through where so much of it goes on within so
    many days. fan: how many others make a fan. limit (fen inside, yuan in the pack), limit_days: payments kept below a limit.
    year_end_days: the end of the year. orders: how many orders of a day's entries are tried.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    transit_days: Days
    pass_days: Days
    pass_share: Share
    fan: Count
    limit: Yuan
    limit_days: Days
    year_end_days: Days
    orders: Count
