"""Benefits by standard for everyone who is entitled, and medical settlements at or above the ratios."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

STANDARD = {"雨露计划": 300000, "交通生活补助": 300000, "学前教育助学金": 120000, "残疾人生活补贴": 96000, "残疾人护理补贴": 96000}  # fen a year
RATIO = {"住院": 90, "慢病门诊": 80}  # per cent; work-plans 篇2 三(二)5


def benefits_table(population: Population, members: pd.DataFrame, households: pd.DataFrame, year: int,
                   standard: dict[str, int] | None = None) -> pd.DataFrame:
    """Each programme once for each person entitled, paid between July and October to the household's account.

    standard: fen by programme, from the policy pack; what it does not name is taken from STANDARD.
    """
    rng = np.random.default_rng(stream(population.seed, "benefits", year))
    standard = STANDARD | (standard or {})
    grade, stage = members["disability_grade"], members["student_stage"]
    entitled = {"雨露计划": stage == "中职", "交通生活补助": stage == "大专及以上", "学前教育助学金": stage == "学前教育",
                "残疾人生活补贴": grade.notna(), "残疾人护理补贴": grade.isin(["一级", "二级"])}
    parts = [members.loc[who, ["household_id", "id_number", "name"]].assign(programme=programme) for programme, who in entitled.items()]
    frame = pd.concat(parts, ignore_index=True)
    homes = households.set_index("household_id")
    n = len(frame)
    account_of = _accounts(rng, homes)
    day = np.datetime64(f"{year}-07-01") + rng.integers(0, 120, n).astype("m8[D]")
    return pd.DataFrame({
        "benefit_id": text([f"BF{year}-{i:06d}" for i in range(1, n + 1)]), "programme": text(frame["programme"]),
        "year": pd.array([year] * n, dtype="Int64"), "household_id": frame["household_id"],
        "id_number": frame["id_number"], "name": frame["name"],
        "amount": pd.array([standard[programme] for programme in frame["programme"]], dtype="Int64"),
        "paid_on": pd.Series(day.astype("M8[us]")),
        "account_no": text(account_of.reindex(frame["household_id"]).to_numpy()),
        "account_name": text(homes["head_name"].reindex(frame["household_id"]).to_numpy()),
    })


def _accounts(rng, homes) -> pd.Series:
    """Each household's own account; now and then a relative's, shared by two households and no more."""
    account = homes["account_no"].copy()
    pairs = rng.permutation(len(homes))[: 2 * max(1, len(homes) // 100)].reshape(-1, 2)
    account.iloc[pairs[:, 0]] = account.iloc[pairs[:, 1]].to_numpy()
    return account


def settlements_table(population: Population, members: pd.DataFrame, year: int) -> pd.DataFrame:
    """Hospital stays of the gravely ill and outpatient bills of the chronically ill, some exactly at the ratio."""
    rng = np.random.default_rng(stream(population.seed, "settlements", year))
    bills = []
    for kind, health, times, typical in (("住院", "患有大病", 1, 16_000), ("慢病门诊", "长期慢性病", 2, 1_800)):
        ill = members.loc[members["health"] == health, "id_number"].to_numpy()
        ill = np.concatenate([ill, ill[rng.random(len(ill)) < 0.3 * times]])
        total = (np.exp(rng.normal(np.log(typical), 0.6, len(ill))) / 10).astype(np.int64) * 1000 + 1000
        ratio = np.where(rng.random(len(ill)) < 0.1, RATIO[kind] * 100, rng.integers(RATIO[kind] * 100 + 10, 9_900, len(ill)))
        bills.append(pd.DataFrame({"id_number": ill, "kind": kind, "total": total, "reimbursed": -(-total * ratio // 10_000)}))
    frame = pd.concat(bills, ignore_index=True)
    frame = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    n = len(frame)
    day = np.datetime64(f"{year}-01-08") + rng.integers(0, 290, n).astype("m8[D]")
    return pd.DataFrame({
        "settlement_id": text([f"YB{year}-{i:06d}" for i in range(1, n + 1)]), "id_number": text(frame["id_number"]),
        "kind": text(frame["kind"]), "settled_on": pd.Series(day.astype("M8[us]")),
        "total": frame["total"].astype("Int64"), "reimbursed": frame["reimbursed"].astype("Int64"),
    })
