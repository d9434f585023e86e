"""The two sides of a transfer: it leaves one ledger at hand and arrives in another, and is one payment."""

import pandas as pd


def linked(rows: pd.DataFrame, transit_days: int) -> dict[int, int]:
    """Row -> row of the other side, both ways.

    First by a common transaction id in the ledgers of the two accounts that name each other; then, of the same sender,
    receiver and amount, each departure with an arrival of the same day, and of the others with the first that is not before
    it and at most `transit_days` days later.
    """
    if rows["counterparty_account"].isna().all():
        return {}
    out = rows["direction"].eq("out")
    sides = pd.DataFrame(
        {
            "sender": rows["account_no"].where(out, rows["counterparty_account"]),
            "receiver": rows["counterparty_account"].where(out, rows["account_no"]),
            "amount": rows["amount"],
            "txn_id": rows["txn_id"],
            "day": rows["posted_on"].dt.normalize(),
            "out": out,
            "row": rows.index,
        }
    ).dropna(subset=["sender", "receiver"])
    at_hand = set(rows["account_no"])
    sides = sides[sides["sender"].isin(at_hand) & sides["receiver"].isin(at_hand) & sides["sender"].ne(sides["receiver"])]
    sides = sides.sort_values("day", kind="stable")  # a row with a mistyped date stands among others
    pairs = _by_id(sides)
    for days in (0, transit_days):
        rest = sides[~sides["row"].isin(set(pairs) | set(pairs.values()))]
        pairs |= _by_amount(rest, pd.Timedelta(days=days))
    return pairs | {arrival: departure for departure, arrival in pairs.items()}


def _by_id(sides: pd.DataFrame) -> dict[int, int]:
    keys = ["sender", "receiver", "amount", "txn_id"]
    named = sides.dropna(subset="txn_id")
    named = named.assign(turn=named.groupby([*keys, "out"]).cumcount())
    both = named[named["out"]].merge(named[~named["out"]], on=[*keys, "turn"], suffixes=("", "_in"))
    return dict(zip(both["row"].tolist(), both["row_in"].tolist(), strict=True))


def _by_amount(sides: pd.DataFrame, longest: pd.Timedelta) -> dict[int, int]:
    pairs = {}
    shared = sides.groupby(["sender", "receiver", "amount"])["out"].transform("nunique") == 2
    for _, group in sides[shared].groupby(["sender", "receiver", "amount"], sort=False):
        left = list(zip(group.loc[group["out"], "day"], group.loc[group["out"], "row"], strict=True))
        came = iter(zip(group.loc[~group["out"], "day"], group.loc[~group["out"], "row"], strict=True))
        arrival = next(came, None)
        for day, row in left:
            while arrival and arrival[0] < day:
                arrival = next(came, None)
            if arrival and arrival[0] - day <= longest:
                pairs[row] = int(arrival[1])
                arrival = next(came, None)
    return {int(departure): arrival for departure, arrival in pairs.items()}
