"""Monitoring against falling back into poverty: its spot checks, and the register of monitored households."""
from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

SHARE = 0.3  # of the villages are checked
HOUSEHOLDS = 40  # at random in each of them; villages with fewer are checked in full
RISKS = ["因病", "因残", "因学", "因灾", "就业不稳"]
MULTIPLE = Fraction(3, 2)  # of the poverty line: below it a household is at risk


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


def monitored_table(population: Population, households: pd.DataFrame, incomes: pd.DataFrame, year: int, line: int) -> pd.DataFrame:
    """Every household that has exited: at risk, with a red warning, while its income is within the bound; the risk of the others is removed."""
    rng = np.random.default_rng(stream(population.seed, "monitored"))
    luck = rng.integers(0, len(RISKS), population.households["household_id"].str[-6:].astype(int).max() + 1)
    out = households[households["status"] == "已脱贫"].reset_index(drop=True)
    sheet = incomes.set_index("household_id").reindex(out["household_id"])
    at_risk = (sheet["reported_net"] * MULTIPLE.denominator < sheet["family_size"] * line * MULTIPLE.numerator).to_numpy(bool)
    since = out["exit_on"] + pd.Timedelta(days=30)
    return pd.DataFrame({
        "household_id": out["household_id"], "head_name": out["head_name"], "kind": "脱贫不稳定户",
        "risk": text(np.array(RISKS)[luck[out["household_id"].str[-6:].astype(int)]]), "included_on": since.dt.as_unit("us"),
        "warning_level": pd.Series("red", index=out.index, dtype="str").where(at_risk), "risk_removed": pd.array(~at_risk, dtype="boolean"),
        "removed_on": (since + pd.Timedelta(days=60)).dt.as_unit("us").where(~at_risk),
    }).astype({"kind": "str"})
