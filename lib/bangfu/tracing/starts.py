"""Where tracing starts: from a fund, from an account, or from a transaction of a county's ledger."""

from collections.abc import Iterable

import pandas as pd

from bangfu.problems import Sentence
from bangfu.tracing.claims import Claim
from bangfu.tracing.ledger import WrongLedger


def starting_at(starts: Iterable[str], ledger: pd.DataFrame, *, leaving: pd.Series | None = None) -> list[Claim]:
    """Claims for starts, each an id of a fund, an account or a transaction; the claimant is the start. WrongLedger for one that is none.

    ledger: as `tracing.trace` takes it, with `fund_id` where funds are named. From an account: all payments out of it. From a
    fund: the payments that the books charge to it (`leaving`, a mask of rows, says which accounts' books count); where they
    charge none, its receipts. From a transaction: its money. A payment that two starts name belongs to the first of them.
    """
    out = ledger["direction"].eq("out") & ledger["amount"].gt(0).fillna(False)
    claims, taken, wrong = [], set(), []
    for start in dict.fromkeys(starts):
        of_fund = ledger["fund_id"].eq(start) if "fund_id" in ledger else pd.Series(False, index=ledger.index)
        counted = of_fund if leaving is None else of_fund & leaving
        candidates = [ledger["account_no"].eq(start) & out, counted & out, of_fund & ledger["direction"].eq("in"), ledger["txn_id"].eq(start) & out, ledger["txn_id"].eq(start)]
        rows = next((mask for mask in candidates if mask.any()), None)
        if rows is None:
            wrong.append(Sentence("起点既不是流水中的账号、指标编号,也不是流水号;请核对起点参数。", "A start is no account, fund or transaction of the ledger: check the parameter."))
            continue
        claims += [Claim(start, row=label) for label in ledger.index[rows] if label not in taken]
        taken |= set(ledger.index[rows])
    if wrong:
        raise WrongLedger.all(dict.fromkeys(wrong))
    return claims
