"""The spot checks of the monitoring against falling back into poverty."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

SHARE = 0.3  # of the villages are checked
HOUSEHOLDS = 40  # at random in each of them; villages with fewer are checked in full


def spot_checks_table(population: Population, year: int) -> pd.DataFrame:
    """A third of the villages, in each some households drawn at random, none of them suspect."""
    rng = np.random.default_rng(stream(population.seed, "spot checks", year))
    villages = population.villages.sort_values("village_code", ignore_index=True)
    drawn = villages.iloc[np.sort(rng.permutation(len(villages))[: max(2, round(SHARE * len(villages)))])]
    return pd.DataFrame({
        "village_code": text(drawn["village_code"].to_numpy()), "town": text(drawn["town"].to_numpy()),
        "checked": pd.array(drawn["households_total"].clip(upper=HOUSEHOLDS), dtype="Int64"),
        "suspects": pd.array(np.zeros(len(drawn), dtype=int), dtype="Int64"),
        "at_random": pd.array(np.ones(len(drawn), dtype=bool), dtype="boolean"),
    })
