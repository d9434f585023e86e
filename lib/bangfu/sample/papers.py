"""What stands beside a project: the papers of its kind of work, and its progress as confirmed on site."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

KINDS = {"村内道路硬化": "硬化道路", "小型桥涵": "桥梁", "排水沟渠": "安全饮水", "厕所改造": "危房改造"}  # the work that a project stands for here


def papers_table(population: Population, projects: pd.DataFrame, year: int) -> pd.DataFrame:
    """The papers of finished works, all there; water of central supply was tested in the year."""
    rng = np.random.default_rng(stream(population.seed, "papers", year))
    kind = projects["content"].str.extract(f"({'|'.join(KINDS)})")[0].map(KINDS)
    done = projects[kind.notna() & projects["accepted_on"].notna()].reset_index(drop=True)
    kind = kind[kind.notna() & projects["accepted_on"].notna()].to_numpy()
    n = len(done)
    yes = pd.array([True] * n, dtype="boolean")
    water = kind == "安全饮水"
    central = water & (rng.random(n) < 0.7)
    tested = pd.Series((np.datetime64(f"{year}-01-01") + rng.integers(0, 330, n).astype("m8[D]")).astype("M8[us]"))
    return pd.DataFrame({
        "project_id": text(done["project_id"].to_numpy()), "kind": text(kind),
        **{column: yes for column in ("has_appraisal", "has_construction", "has_completion", "has_approval", "has_inspection", "has_supervision")},
        "central_supply": pd.Series(central, dtype="boolean").where(water), "water_tested_on": tested.where(central),
    })


def progress_table(population: Population, claims: pd.DataFrame, year: int) -> pd.DataFrame:
    """For each claim ahead of the last one, its progress confirmed within the fortnight before."""
    rng = np.random.default_rng(stream(population.seed, "progress", year))
    under_way = claims[~claims["is_final"].fillna(True).astype(bool)].reset_index(drop=True)
    confirmed = under_way["claimed_on"] - pd.to_timedelta(rng.integers(0, 14, len(under_way)), unit="D")
    return pd.DataFrame({"project_id": text(under_way["project_id"].to_numpy()), "progress": under_way["progress"].astype("Int64"), "confirmed_on": confirmed.astype("datetime64[us]")})
