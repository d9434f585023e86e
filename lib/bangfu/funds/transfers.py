"""Transfers between special accounts: money that moves, not money received or spent.

A transfer stands in the ledger twice (once in the books of either account) or once (where the books of the other account
are not there). Both rows of a transfer that stands twice are set aside; of one that stands once, the arrival is a receipt
into the books, and the departure has no counterpart.
"""

import pandas as pd

from bangfu.accounts import is_special

RECEIPT, SPENT, MOVED, PASSED, OUTSIDE = "receipt", "spent", "moved", "passed", "outside"


def classified(ledger: pd.DataFrame, accounts: pd.DataFrame, funds: pd.DataFrame, special_account: tuple[str, ...]) -> pd.DataFrame:
    """The ledger with what each row is to the funds.

    Adds `flow`   receipt: money of a fund arrives from outside; spent: it goes to an account that is not special;
                  moved: one of the two rows of a transfer into a special account; passed: the same without its counterpart;
                  outside: a row of another account than the special ones and the one that the fund was received on,
                  or a row without amount or direction
          `fund`  the fund of the row: its own, else that of the other row of the transfer; missing without either
          `special` whether the row stands in the books of a special account
    """
    rows = ledger.reset_index(drop=True)
    rows["special"] = is_special(rows["account_no"], accounts, special_account).fillna(False).astype(bool)
    to_special = is_special(rows["counterparty_account"], accounts, special_account).fillna(False).astype(bool)
    receiving = funds["account_no"].dropna().unique()
    inside = rows["special"] | rows["account_no"].isin(receiving)
    known = rows["direction"].notna() & rows["amount"].notna()
    leaving = known & inside & rows["direction"].eq("out") & to_special
    arriving = known & rows["special"] & rows["direction"].eq("in")
    pairs = _pairs(rows[leaving], rows[arriving])
    rows["fund"] = rows["fund_id"]
    for one, other in (("leaving", "arriving"), ("arriving", "leaving")):
        label = pairs[[one]].assign(label=rows["fund_id"].reindex(pairs[other]).to_numpy()).set_index(one)["label"]
        rows["fund"] = rows["fund"].fillna(label)
    moved = rows.index.isin(pairs["leaving"]) | rows.index.isin(pairs["arriving"])
    own = funds.dropna(subset=["fund_id", "account_no"]).set_index(["fund_id", "account_no"]).index
    of_fund = rows["special"] | (rows["fund"].notna() & rows.set_index(["fund", "account_no"]).index.isin(own))
    rows["flow"] = OUTSIDE
    rows.loc[known & of_fund & rows["direction"].eq("in"), "flow"] = RECEIPT
    rows.loc[known & of_fund & rows["direction"].eq("out"), "flow"] = SPENT
    rows.loc[leaving & of_fund, "flow"] = PASSED
    rows.loc[moved, "flow"] = MOVED
    return rows


def _pairs(leaving: pd.DataFrame, arriving: pd.DataFrame) -> pd.DataFrame:
    """The two rows of each transfer: the same two accounts and amount, the first departure with the first arrival."""
    left = leaving.assign(sender=leaving["account_no"], receiver=leaving["counterparty_account"])
    came = arriving.assign(sender=arriving["counterparty_account"], receiver=arriving["account_no"])
    sides = []
    for rows, name in ((left, "leaving"), (came, "arriving")):
        rows = rows.dropna(subset=["sender", "receiver"]).sort_values(["posted_on", "txn_id", "origin"], kind="stable")
        rows = rows.assign(turn=rows.groupby(["sender", "receiver", "amount"]).cumcount())
        sides.append(rows[["sender", "receiver", "amount", "turn"]].rename_axis(name).reset_index())
    return sides[0].merge(sides[1], on=["sender", "receiver", "amount", "turn"])[["leaving", "arriving"]]
