"""The bank's balances: whether each follows from the one before."""

from bangfu.bank_order import handed_over_again, in_the_banks_order
from bangfu.findings import Found, found
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


@rule(
    "LG-01",
    title="账户流水余额不连续",
    severity="high",
    subject="txn_id",
    topic="ledger",
    reads={"ledger": ["txn_id", "account_no", "posted_on", "direction", "amount", "balance"]},
)
def balance_that_does_not_follow(ledger) -> Found:
    """The balance of an account does not follow from the one before.

    查什么:一笔流水的余额不等于该账户上一笔余额加(减)本笔金额。
    方法:逐账户按银行记账顺序,上一笔余额加收入、减支出,与本笔余额逐分比较。顺序以文件为准:同一天的按文件中的先后(按此不能相连而换一种先后当天全部能相连的,以能相连的为准);自动识别从新到旧的文件;账户分几张表提交的,按各表起始日期接续,重复提交的流水只算一次;上一笔余额空白的,以更早的余额和其间各笔金额推算。
    理由:银行余额逐笔相连,不相连说明流水被删、被改,或者提交不全。
    不含:各账户的第一笔;余额、金额或收支方向空白,金额为负(红字冲销)而不能推算的流水;两张表衔接处不相连的(可能漏交其间流水);文件不按日期排列、怎样排都不能全部相连的账户(以上计为未评估)。
    前提:流水来自银行,未经重新排序;透支余额以负数表示。
    """
    rows = in_the_banks_order(ledger[~handed_over_again(ledger)])
    seam = rows["broken"] & rows["new_sheet"] & rows["certain"]
    unsorted = rows.loc[rows["broken"] & ~rows["certain"], "account_no"].unique()
    apart = rows["account_no"].isin(unsorted)
    named = rows["txn_id"].notna() | ~rows["broken"]
    judged = rows["judged"] & ~seam & ~apart & named
    broken = rows[judged & rows["broken"]].copy()
    broken["off"] = (broken["balance"] - broken["expected"]).abs()
    broken["way"] = broken["direction"].map({"in": "收入", "out": "支出"})
    return found(
        broken,
        subject="txn_id",
        zh="本笔{way}{amount:yuan},按上一笔余额推算余额应为{expected:yuan},流水记为{balance:yuan},相差{off:yuan}。",
        en="After this entry of {amount:yuan} ({direction}) the balance should be {expected:yuan} by the one before; the ledger has {balance:yuan}, {off:yuan} apart.",
        origins=["origin", "origin_before"],
        assessed=judged[~rows["opens"]],
        notes=_told(rows.loc[seam, "account_no"].nunique(), len(unsorted)),
    )


def _told(seams: int, unsorted: int) -> list[tuple[str, str]]:
    told = []
    if seams:
        told.append((f"{seams}个账户分几张表提交,衔接处余额不相连,请补交其间的流水。", f"{seams} accounts were handed over in several sheets whose balances do not meet; ask for the entries between them."))
    if unsorted:
        told.append((f"{unsorted}个账户的流水不按日期排列,看不出银行的先后,请按银行原样提交。", f"The entries of {unsorted} accounts do not stand by date, so that the bank's order is not known; ask for them as the bank has them."))
    return told


@planted("LG-01", n=1)
def balance_altered(county, n):
    """The balance of one entry is a fen too high: neither it nor the next one follows."""
    order = county.tables["ledger"].sort_values(["posted_on", "txn_id"])
    following = order.groupby("account_no")["txn_id"].shift(-1)
    inner = order["account_no"].duplicated() & following.notna() & order["posted_on"].dt.year.eq(county.year) & order["memo"].eq("日常开支")
    entries = county.take("ledger", n, where=inner)
    county.misprinted |= dict.fromkeys(entries["txn_id"], 1)
    return [*entries["txn_id"], *following[entries.index]]
