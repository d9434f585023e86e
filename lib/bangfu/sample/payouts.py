"""How benefits leave the bank: one account pays them all, a batch for each programme and month."""
from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from bangfu.sample.ledger import COLUMNS, TREASURY
from bangfu.sample.names import text

ACCOUNT, NAME, KIND = "8066000000000008", "惠农补贴代发户", "专用存款账户"
BATCH = ("8066000000000016", "一卡通批量代发")


def with_paying_account(accounts: pd.DataFrame) -> pd.DataFrame:
    """The accounts and the one that pays benefits, of the same owner as the first."""
    own = pd.DataFrame({"account_no": [ACCOUNT], "account_name": [NAME], "account_kind": [KIND], "owner": [accounts["owner"].iloc[0]]})
    return pd.concat([accounts, own.astype("str")], ignore_index=True)


def paying_accounts(benefits: pd.DataFrame) -> pd.DataFrame:
    """Which account pays which programme."""
    programmes = sorted(benefits["programme"].dropna().unique())
    return pd.DataFrame({"programme": text(programmes), "account_no": text([ACCOUNT] * len(programmes))})


def with_payouts(ledger: pd.DataFrame, benefits: pd.DataFrame, year: int, unpaid: Collection[str] = ()) -> pd.DataFrame:
    """The ledger with the batches that pay the benefits of a year, in place of those that it had of that year.

    Each month the treasury provides what the month's benefits come to, and what each programme comes to leaves on its last day.
    unpaid: programmes whose batches never left.
    """
    paid = benefits.dropna(subset=["programme", "amount", "paid_on"])
    paid = paid[paid["paid_on"].dt.year == year]
    paid = paid.assign(month=paid["paid_on"].dt.strftime("%Y%m"))
    provided = paid.groupby("month", as_index=False).agg(amount=("amount", "sum"), posted_on=("paid_on", "min"))
    batches = paid[~paid["programme"].isin(unpaid)].groupby(["month", "programme"], as_index=False).agg(amount=("amount", "sum"), posted_on=("paid_on", "max"))
    rows = pd.concat([
        provided.assign(direction="in", counterparty_account=TREASURY[0], counterparty_name=TREASURY[1], memo="惠农补贴资金"),
        batches.rename(columns={"programme": "expense_type"}).assign(direction="out", counterparty_account=BATCH[0], counterparty_name=BATCH[1], memo="批量代发"),
    ], ignore_index=True).sort_values(["month", "direction", "posted_on"], kind="stable", ignore_index=True)
    turn = rows.groupby("month").cumcount() + 1
    rows["txn_id"] = [f"DF{month}-{k:04d}" for month, k in zip(rows["month"], turn)]
    rows["voucher_no"] = [f"代{month}-{k:04d}" for month, k in zip(rows["month"], turn)]
    rows = rows.assign(account_no=ACCOUNT).reindex(columns=COLUMNS).astype(ledger.dtypes.to_dict())
    others = ledger[~((ledger["account_no"] == ACCOUNT) & (ledger["posted_on"].dt.year == year))]
    rows.index = range(ledger.index.max() + 1, ledger.index.max() + 1 + len(rows))
    return pd.concat([others, rows])
