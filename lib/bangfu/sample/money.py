"""Funds, projects and claims that stand up to every check: earmarked, tendered, in step with the work, paid once.

A fund of a year pays one to four projects of its own purpose; the work is done in that year or by the next spring.
The books of a year hold everything since the year before the run began.
"""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample import names
from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

WORKS = {"基础设施": ["村内道路硬化", "排水沟渠", "小型桥涵"], "产业发展": ["蔬菜大棚", "果园滴灌", "扶贫车间"],
         "社会事业": ["卫生室改造", "幼儿园修缮", "文化广场"], "人居环境": ["厕所改造", "垃圾收集点", "村庄绿化"]}
GRANTS = ["中央专项扶贫资金", "省级专项扶贫资金", "市级专项扶贫资金", "县级配套资金", "东西部协作资金"]
OTHER_WAYS = ["询价采购", "竞争性谈判", "竞争性磋商"]
TENDER = 40_000_000  # fen; work-plans 篇1 三(五)
# progress in per cent and what has been claimed by then, in per cent of the contract
STAGES = [((30, 60, 100), (40, 70, 100)), ((40, 80, 100), (35, 75, 100)), ((30, 60, 95, 100), (30, 60, 90, 100)), ((50, 100), (50, 100))]
PROJECTS_PER_HOUSEHOLD = 1 / 18  # of each year; the books of the first year hold two years
OFFICERS = 12


def firms(population: Population) -> pd.DataFrame:
    """Contractors with their accounts and legal representatives (the first of the outsiders)."""
    n = firms_needed(population)
    bosses = population.outsiders.iloc[:n]
    return pd.DataFrame({"contractor": text(names.contractors(population.name, n)),
                         "contractor_account": text(names.accounts("6227", 500_000, n)),
                         "legal_representative": bosses["name"].to_numpy(), "legal_representative_id": bosses["id_number"].to_numpy()})


def firms_needed(population: Population) -> int:
    return max(14, len(population.households) // 60)


def officers(population: Population) -> np.ndarray:
    """Those who apply for payments (first half) and those who approve them (second half)."""
    rng = np.random.default_rng(stream(population.seed, "officers"))
    drawn = np.empty(0, object)
    while len(drawn) < OFFICERS:
        drawn = pd.unique(np.concatenate([drawn, names.people(rng, np.array(["男", "女"] * OFFICERS))]))
    return drawn[:OFFICERS]


def books(population: Population, special: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Funds, projects and claims of all fund years up to the last; special: the special accounts that receive."""
    years = range(population.first_year - 1, population.first_year + population.years)
    parts = [_fund_year(population, special, year) for year in years]
    funds, projects, claims = (pd.concat(part, ignore_index=True) for part in zip(*parts))
    turn = projects.groupby("village_code").cumcount().to_numpy()
    crew = firms(population)
    at = (pd.factorize(projects["village_code"])[0] * 5 + turn) % len(crew)
    for column in crew:
        projects[column] = crew[column].to_numpy()[at]
    of = projects.set_index("project_id")
    claims["payee"] = of["contractor"].reindex(claims["project_id"]).to_numpy()
    claims["payee_account"] = of["contractor_account"].reindex(claims["project_id"]).to_numpy()
    claims["invoice_no"] = text(names.accounts("", 7_000_000, len(claims)))
    return funds, projects, claims


def as_of(funds, projects, claims, year: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The books at the end of the year: later funds, steps and payments are not in them yet."""
    close = pd.Timestamp(year, 12, 31)
    funds = funds[funds["issued_on"] <= close]
    projects = projects[projects["fund_id"].isin(funds["fund_id"])].copy()
    claims = claims[claims["paid_on"] <= close]
    projects.loc[projects["accepted_on"] > close, "acceptance_result"] = np.nan
    for column in ("contracted_on", "started_on", "completed_on", "accepted_on"):
        projects.loc[projects[column] > close, column] = pd.NaT
    return funds.reset_index(drop=True), projects.reset_index(drop=True), claims.reset_index(drop=True)


def _fund_year(population, special, year):
    rng = np.random.default_rng(stream(population.seed, "money", year))
    funds = _funds(rng, population, special, year)
    projects = _projects(rng, population, funds, year)
    spent = projects.groupby("fund_id")["budget"].sum().reindex(funds["fund_id"]).to_numpy(np.int64)
    spare = rng.choice([0, 0, 1, 2, 3], len(funds))
    funds["issued"] = pd.array(spent * (100 + spare) // 100, dtype="Int64")
    funds["received"] = funds["issued"]
    return funds, projects, _claims(rng, population, projects, year)


def _funds(rng, population, special, year):
    wanted = max(9, round(len(population.households) * PROJECTS_PER_HOUSEHOLD / 2.2))
    day = np.datetime64(f"{year}-01-12") + rng.integers(0, 90, wanted).astype("m8[D]")
    delay = np.where(rng.random(wanted) < 0.15, 30, rng.integers(3, 30, wanted))
    purpose = rng.permutation(np.resize(np.array(list(WORKS), object), wanted))
    return pd.DataFrame({
        "fund_id": text([f"ZJ{year}-{i:04d}" for i in range(1, wanted + 1)]),
        "source": text(rng.choice(GRANTS, wanted)),
        "document_no": text([f"{population.name[0]}财扶〔{year}〕{i}号" for i in range(3, wanted + 3)]),
        "purpose": text(purpose),
        "issued_on": pd.Series(day.astype("M8[us]")), "issued": pd.array([0] * wanted, dtype="Int64"),
        "received_on": pd.Series((day + delay.astype("m8[D]")).astype("M8[us]")), "received": pd.array([0] * wanted, dtype="Int64"),
        "account_no": text(special[rng.integers(0, len(special), wanted)]),
    })


def _projects(rng, population, funds, year):
    count = rng.choice([1, 2, 3, 4], len(funds), p=[0.3, 0.35, 0.2, 0.15])
    fund = np.repeat(np.arange(len(funds)), count)
    n = len(fund)
    village = rng.integers(0, len(population.villages), n)
    category = funds["purpose"].to_numpy()[fund]
    work = np.array([WORKS[kind][i] for kind, i in zip(category, rng.integers(0, 3, n))], object)
    budget = np.exp(rng.normal(np.log(300_000), 0.7, n)).clip(30_000, 3_000_000).astype(np.int64) // 100 * 10_000
    budget[rng.random(n) < 0.03] = TENDER - 100
    budget[rng.random(n) < 0.03] = TENDER
    procurement = np.where((budget >= TENDER) | (rng.random(n) < 0.1), "公开招标", rng.choice(OTHER_WAYS, n))
    contract = np.where(rng.random(n) < 0.1, budget, (budget * rng.uniform(0.9, 1, n)).astype(np.int64) // 10_000 * 10_000)
    received = funds["received_on"].to_numpy().astype("M8[D]")[fund]
    contracted = received + rng.integers(10, 70, n).astype("m8[D]")
    started = contracted + rng.integers(0, 20, n).astype("m8[D]")
    completed = started + rng.integers(50, 220, n).astype("m8[D]")
    accepted = completed + rng.integers(0, 20, n).astype("m8[D]")
    place = population.villages["village"].to_numpy()[village]
    frame = pd.DataFrame({
        "project_id": text([f"XB{year}-{i:05d}" for i in range(1, n + 1)]),
        "project_name": text([f"{p}{w}项目" for p, w in zip(place, work)]), "category": text(category),
        "village_code": text(population.villages["village_code"].to_numpy()[village]),
        "fund_id": text(funds["fund_id"].to_numpy()[fund]),
        "content": text([f"{w}{quantity}{unit}" for w, quantity, unit in zip(work, rng.integers(1, 90, n), rng.choice(["处", "座", "套"], n))]),
        "budget": pd.array(budget, dtype="Int64"),
        "approved_on": pd.Series((contracted - rng.integers(10, 60, n).astype("m8[D]")).astype("M8[us]")),
        "procurement": text(procurement), "contractor": text([None] * n), "contractor_account": text([None] * n),
        "legal_representative": text([None] * n), "legal_representative_id": text([None] * n),
        "contracted_on": pd.Series(contracted.astype("M8[us]")), "contract_amount": pd.array(contract, dtype="Int64"),
        "started_on": pd.Series(started.astype("M8[us]")), "completed_on": pd.Series(completed.astype("M8[us]")),
        "accepted_on": pd.Series(accepted.astype("M8[us]")), "acceptance_result": text(["合格"] * n),
        "notice_url": text([f"公示栏/{year}/{i:05d}" for i in range(1, n + 1)]), "notice_amount": pd.array(contract, dtype="Int64"),
    })
    return frame


def _claims(rng, population, projects, year):
    clerks = officers(population)
    half = OFFICERS // 2
    plan = rng.integers(0, len(STAGES), len(projects))
    rows = []
    columns = projects[["project_id", "contract_amount", "started_on", "completed_on", "accepted_on"]]
    for row, kind in zip(columns.itertuples(index=False), plan):
        progress, shares = STAGES[kind]
        before = 0
        for step, (done, share) in enumerate(zip(progress, shares)):
            upto = int(row.contract_amount) * share // 100
            final = step == len(progress) - 1
            on = row.accepted_on if final else row.started_on + (row.completed_on - row.started_on) * (step + 1) / len(progress)
            rows.append((row.project_id, on, upto - before, done * 100, final))
            before = upto
    frame = pd.DataFrame(rows, columns=["project_id", "claimed_on", "amount", "progress", "is_final"])
    n = len(frame)
    claimed = frame["claimed_on"].dt.normalize() + pd.to_timedelta(np.where(frame["is_final"], rng.integers(0, 12, n), 0), unit="D")
    approved = claimed + pd.to_timedelta(rng.integers(0, 4, n), unit="D")
    paid = approved + pd.to_timedelta(rng.integers(0, 9, n), unit="D")
    over = np.where(rng.random(n) < 0.05, rng.integers(1, 50, n) * 100_00, 0)
    yes = pd.array([True] * n, dtype="boolean")
    return pd.DataFrame({
        "claim_id": text([f"BX{year}-{i:05d}" for i in range(1, n + 1)]), "project_id": text(frame["project_id"]),
        "claimed_on": claimed.astype("datetime64[us]"), "amount": frame["amount"].astype("Int64"),
        "progress": frame["progress"].astype("Int64"), "invoice_no": text([None] * n),
        "invoice_amount": (frame["amount"] + over).astype("Int64"), "payee": text([None] * n), "payee_account": text([None] * n),
        "has_contract": yes, "has_invoice": yes, "has_acceptance": yes,
        "applied_by": text(clerks[rng.integers(0, half, n)]), "approved_by": text(clerks[rng.integers(half, OFFICERS, n)]),
        "approved_on": approved.astype("datetime64[us]"), "paid_on": paid.astype("datetime64[us]"), "txn_id": text([None] * n),
        "is_final": pd.array(frame["is_final"], dtype="boolean"),
    })
