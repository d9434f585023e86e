"""Shapes that money takes: it gathers, it spreads, it passes through, it stays below a limit, it moves at the end of the year.

Views for an inspector, each with the rows it rests on. None is a finding: a busy account has many of them.
"""

from bisect import bisect_left, bisect_right
from datetime import date
from fractions import Fraction

import pandas as pd

from bangfu.stats.digits import split_purchases
from bangfu.tracing.ledger import Books


def fans(legs: pd.DataFrame, *, fan: int) -> pd.DataFrame:
    """Accounts to which traced money comes from at least `fan` others (in), or from which it goes to as many (out).

    legs: of a trace. account_no, shape (in, out), others, payments, amount (fen, traced).
    """
    found = []
    for shape, here, there in (("in", "to_account", "from_account"), ("out", "from_account", "to_account")):
        sums = legs.dropna(subset=[here, there]).groupby(here).agg(others=(there, "nunique"), payments=("label", "nunique"), amount=("amount", "sum"))
        found.append(sums[sums["others"] >= fan].rename_axis("account_no").reset_index().assign(shape=shape))
    columns = ["account_no", "shape", "others", "payments", "amount"]
    return pd.concat(found)[columns].sort_values(["amount", "account_no", "shape"], ascending=[False, True, True], ignore_index=True)


def pass_through(books: Books, legs: pd.DataFrame, *, days: int, share: Fraction) -> pd.DataFrame:
    """Traced receipts that go on within `days`, nearly whole, to one other account.

    Nearly whole: the payments to it in those days sum to at least `share` of the receipt and to no more than it. account_no,
    received_on, received, to_account, paid_on (the last), paid, payments, label (of the receipt), labels (of the payments).
    """
    rows = books.rows
    out = rows[rows["direction"].eq("out")].sort_values("posted_on", kind="stable")
    leaving = {a: (g["posted_on"].tolist(), g) for a, g in out.groupby("account_no")}
    came = rows[rows["label"].isin(legs["label_in"].dropna()) & rows["direction"].eq("in")]
    found = []
    for receipt in came.itertuples():
        times, payments = leaving.get(receipt.account_no, ([], None))
        first, last = bisect_left(times, receipt.posted_on), bisect_right(times, receipt.posted_on + pd.Timedelta(days=days))
        if first == last:
            continue
        for other, paid in payments.iloc[first:last].groupby("counterparty_account"):
            amount = int(paid["amount"].sum())
            if share * receipt.amount <= amount <= receipt.amount:
                found.append((receipt.account_no, receipt.posted_on, receipt.amount, other, paid["posted_on"].max(), amount, len(paid), receipt.label, paid["label"].tolist()))
    columns = ["account_no", "received_on", "received", "to_account", "paid_on", "paid", "payments", "label", "labels"]
    return pd.DataFrame(found, columns=columns).astype({"received": "Int64", "paid": "Int64"})


def below_limit(legs: pd.DataFrame, *, limit: int, days: int) -> pd.DataFrame:
    """Payments with traced money to one account that are each below the limit (fen) and reach it together within `days`.

    to_account, first, last, payments, amount (fen), labels.
    """
    payments = legs.dropna(subset=["to_account"]).drop_duplicates("label").reset_index(drop=True)
    if payments.empty:
        return pd.DataFrame(columns=["to_account", "first", "last", "payments", "amount", "labels"])
    split = split_purchases(payments["of"], payments["posted_on"], payments["to_account"], limit, days=days)
    groups = split.groups.rename(columns={"vendor": "to_account", "purchases": "payments", "total": "amount"})
    labels = payments["label"].reindex(split.rows.index).groupby(split.rows["group"]).agg(list)
    return groups.assign(amount=groups["amount"].map(int).astype("Int64"), labels=labels.reindex(groups.index)).reset_index(drop=True)


def at_year_end(legs: pd.DataFrame, *, year: int, days: int) -> pd.DataFrame:
    """Per paying account, what of its traced payments of the year falls in the last `days` of it: account_no, payments, amount, whole_year (fen)."""
    of_year = legs[legs["posted_on"].dt.year == year]
    late = of_year["posted_on"] > pd.Timestamp(date(year, 12, 31)) - pd.Timedelta(days=days - 1) - pd.Timedelta(1, "us")
    sums = of_year[late].groupby("from_account").agg(payments=("label", "nunique"), amount=("amount", "sum"))
    sums["whole_year"] = of_year.groupby("from_account")["amount"].sum().reindex(sums.index)
    return sums.rename_axis("account_no").reset_index().sort_values(["amount", "account_no"], ascending=[False, True], ignore_index=True)
