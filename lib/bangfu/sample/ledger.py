"""The bank's side: accounts, and a ledger in which every yuan received is spent or left, balance by balance."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bangfu.sample import names
from bangfu.sample.money import OFFICERS, officers
from bangfu.sample.names import text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

SPECIAL = "扶贫资金专户"
BASIC = "基本存款账户"
TREASURY = ("8099000000000001", "省级国库支付中心")
OFFICE_COSTS = ["办公费", "差旅费", "公务接待费", "车辆运行费"]  # of the office's own budget, from its own account
COLUMNS = ["txn_id", "account_no", "posted_on", "direction", "amount", "counterparty_account", "counterparty_name", "fund_id",
           "project_id", "expense_type", "memo", "voucher_no", "balance", "applied_by", "approved_by"]


def accounts_table(population: Population) -> pd.DataFrame:
    """Two special accounts of the county, one of each town, and the office's basic account."""
    county, towns = population.name, population.town_names
    owners = [county + "财政局", county + "扶贫办", *[town + "财政所" for town in towns], county + "扶贫办"]
    kinds = [SPECIAL] * (2 + len(towns)) + [BASIC]
    return pd.DataFrame({"account_no": text(names.accounts("8099", 1_000, len(owners))),
                         "account_name": text([f"{owner}{'扶贫资金专户' if kind == SPECIAL else ''}" for owner, kind in zip(owners, kinds)]),
                         "account_kind": text(kinds), "owner": text(owners)})


def special_accounts(accounts: pd.DataFrame) -> np.ndarray:
    return accounts.loc[accounts["account_kind"] == SPECIAL, "account_no"].to_numpy()


def openings(population: Population, accounts: pd.DataFrame) -> dict[str, int]:
    """What stood on each account when the books open, in fen."""
    rng = np.random.default_rng(stream(population.seed, "openings"))
    return dict(zip(accounts["account_no"], (rng.integers(2_000, 300_000, len(accounts)) * 100 + rng.integers(0, 100, len(accounts))).tolist()))


def ledger_of(population: Population, accounts, funds, projects, claims) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ledger of all fund years in the bank's order, without balances, and the claims with the rows that paid them.

    A fund received by the county's finance bureau is passed on to the special account of a town, whole, within days.
    """
    rng = np.random.default_rng(stream(population.seed, "ledger"))
    clerks, half = officers(population), OFFICERS // 2
    special = special_accounts(accounts)
    name_of = accounts.set_index("account_no")["account_name"]
    bureau, towns = special[0], special[2:]
    passed = (funds["account_no"] == bureau).to_numpy()
    payer = pd.Series(np.where(passed, towns[rng.integers(0, len(towns), len(funds))], funds["account_no"]), index=funds["fund_id"])
    income = pd.DataFrame({"account_no": funds["account_no"], "posted_on": funds["received_on"], "direction": "in", "amount": funds["received"],
                           "counterparty_account": TREASURY[0], "counterparty_name": TREASURY[1], "fund_id": funds["fund_id"], "memo": "收到专项扶贫资金"})
    move = funds[passed]
    moved_on = move["received_on"] + pd.to_timedelta(rng.integers(1, 6, len(move)), unit="D")
    to = payer.reindex(move["fund_id"]).to_numpy()
    out = pd.DataFrame({"account_no": bureau, "posted_on": moved_on, "direction": "out", "amount": move["received"], "counterparty_account": to,
                        "counterparty_name": name_of.reindex(to).to_numpy(), "expense_type": "专户间调拨", "memo": "拨付乡镇报账专户"})
    arrive = out.assign(account_no=to, direction="in", counterparty_account=bureau, counterparty_name=name_of[bureau], memo="收到县级专户调拨")
    arrive["expense_type"] = None
    of = projects.set_index("project_id").reindex(claims["project_id"])
    pay = pd.DataFrame({"account_no": payer.reindex(of["fund_id"]).to_numpy(), "posted_on": claims["paid_on"].to_numpy(), "direction": "out",
                        "amount": claims["amount"].to_numpy(), "counterparty_account": claims["payee_account"].to_numpy(),
                        "counterparty_name": claims["payee"].to_numpy(), "fund_id": of["fund_id"].to_numpy(), "project_id": of.index,
                        "expense_type": of["category"].to_numpy(), "memo": "支付工程款", "claim_id": claims["claim_id"].to_numpy()})
    frame = pd.concat([income, out, arrive, pay, _office(rng, population, accounts), _interest(rng, population, accounts)], ignore_index=True)
    frame = frame.sort_values("posted_on", kind="stable", ignore_index=True)
    spending = (frame["direction"] == "out").to_numpy()
    frame["applied_by"] = np.where(spending, clerks[rng.integers(0, half, len(frame))], None)
    frame["approved_by"] = np.where(spending, clerks[rng.integers(half, OFFICERS, len(frame))], None)
    frame["txn_id"] = [f"LB{population.first_year - 1}-{i:07d}" for i in range(1, len(frame) + 1)]
    month = frame["posted_on"].dt.strftime("%Y%m")
    turn = frame.groupby(["account_no", month]).cumcount() + 1
    frame["voucher_no"] = [f"凭{m}-{account[-4:]}-{k:04d}" for m, account, k in zip(month, frame["account_no"], turn)]
    paid_by = frame.dropna(subset="claim_id").set_index("claim_id")["txn_id"]
    claims = claims.assign(txn_id=text(paid_by.reindex(claims["claim_id"]).to_numpy()))
    frame["balance"] = pd.array([0] * len(frame), dtype="Int64")
    frame["amount"] = frame["amount"].astype("Int64")
    frame["posted_on"] = frame["posted_on"].astype("datetime64[us]")
    for column in set(COLUMNS) - {"posted_on", "amount", "balance"}:
        frame[column] = text(frame[column])
    return frame[COLUMNS], claims


def with_balances(ledger: pd.DataFrame, opening: dict[str, int], misprinted: Mapping[str, int] | None = None) -> pd.DataFrame:
    """The ledger in order of date and transaction number with the balance after each row; opening in fen by account.

    misprinted: txn_id -> fen by which the balance of that row alone is off.
    """
    ledger = ledger.sort_values(["posted_on", "txn_id"], kind="stable")
    change = ledger["amount"].where(ledger["direction"] == "in", -ledger["amount"])
    start = ledger["account_no"].map(opening).fillna(0).astype("Int64")
    off = ledger["txn_id"].map(misprinted or {}).fillna(0).astype("Int64")
    return ledger.assign(balance=change.groupby(ledger["account_no"]).cumsum() + start + off)


def _office(rng, population, accounts):
    """The office's own costs, paid from its basic account out of its own budget: no fund in it."""
    basic = accounts.loc[accounts["account_kind"] == BASIC].iloc[0]
    parts = []
    for year in range(population.first_year - 1, population.first_year + population.years):
        costs = rng.integers(300, 3000, 12) * 100
        parts.append(pd.DataFrame({"posted_on": pd.to_datetime([f"{year}-01-05"] + [f"{year}-{m:02d}-18" for m in range(1, 13)]),
                                   "direction": ["in"] + ["out"] * 12, "amount": [int(costs.sum()), *costs.tolist()],
                                   "counterparty_account": [TREASURY[0]] + ["8088000000000015"] * 12,
                                   "counterparty_name": [TREASURY[1]] + [population.name + "政府采购供应商"] * 12,
                                   "expense_type": [None, *rng.choice(OFFICE_COSTS, 12)], "memo": ["本年公用经费"] + ["日常开支"] * 12}))
    return pd.concat(parts).assign(account_no=basic["account_no"])


def _interest(rng, population, accounts):
    """Interest of the special accounts, each quarter."""
    days = [f"{year}-{month:02d}-21" for year in range(population.first_year - 1, population.first_year + population.years) for month in (3, 6, 9, 12)]
    grid = pd.MultiIndex.from_product([special_accounts(accounts), pd.to_datetime(days)], names=["account_no", "posted_on"]).to_frame(index=False)
    return grid.assign(direction="in", amount=rng.integers(500, 90_000, len(grid)), counterparty_account="8077000000000003",
                       counterparty_name="农村商业银行", memo="存款利息")
