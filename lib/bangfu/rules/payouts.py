"""Benefits paid, held against what left the accounts that pay them."""

import pandas as pd

from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.money import in_words
from bangfu.parameters import Days, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


@rule(
    "LG-03",
    title="到户补助无对应支出",
    severity="medium",
    subject="programme",
    topic="ledger",
    reads={
        "benefits": ["benefit_id", "programme", "amount", "paid_on"],
        "ledger": ["account_no", "posted_on", "direction", "amount", "project_id", "expense_type"],
        "paying_accounts": ["programme", "account_no"],
    },
)
def benefits_without_payment(benefits, ledger, paying_accounts, *, batch_days: named(Days, "批量代发前后相差天数", "days between list and batch")) -> Found:
    """More was paid by the benefit list than left the accounts that pay the programme.

    查什么:一个补助项目某月按名册发放的合计,大于发放账户同期的支出合计。
    方法:按补助项目和月份,名册发放合计与该项目发放账户当月(前后各放宽规定天数)没有对应工程项目的支出合计比较;一个账户发放几个项目的,以流水的支出类别等于补助项目名称来区分。名册大于支出的月份列出,涉及金额为各月差额之和。
    理由:名册上已发放而账户没有支出,钱可能没有发到户,或者名册是虚报的。
    不含:没有注明发放账户的项目;发放账户没有流水,或流水起止日期没有覆盖该月发放日期的;几个项目共用一个账户、有支出没有注明是哪个项目的;账户支出的日期、金额或方向有空白的(以上按项目和月份计为未评估);发放金额或日期空白的补助(计为未评估);支出大于名册的。
    前提:补助发放账户表由县里提供;名册上的日期是实际发放日期;同一发放编号重复登记的只计一次。
    """
    listed = once(benefits, "benefit_id").dropna(subset="programme")
    paid = listed.dropna(subset=["amount", "paid_on"])
    paid = paid.assign(month=paid["paid_on"] - pd.to_timedelta(paid["paid_on"].dt.day - 1, unit="D"))
    due = paid.groupby(["programme", "month"], as_index=False).agg(due=("amount", "sum"), first_day=("paid_on", "min"), last_day=("paid_on", "max"))
    links = paying_accounts.dropna(subset=["programme", "account_no"]).drop_duplicates(["programme", "account_no"])
    due = due.merge(_assessable(due, links, ledger, batch_days), on=["programme", "month"], how="left")
    judged = due["sure"].eq(True).fillna(False).astype(bool)
    short = due[judged & (due["due"] > due["left"]).fillna(False).astype(bool)].copy()
    short["lacking"] = short["due"] - short["left"]
    short["told"] = [f"{m:%Y-%m}发放{in_words(d)}、支出{in_words(o)}" for m, d, o in zip(short["month"], short["due"], short["left"], strict=True)]
    short["told_en"] = [f"{m:%Y-%m}: {in_words(d, 'en')} listed, {in_words(o, 'en')} left" for m, d, o in zip(short["month"], short["due"], short["left"], strict=True)]
    of_programme = short.groupby("programme")
    told = of_programme.agg(lacking=("lacking", "sum"), told=("told", ";".join), told_en=("told_en", "; ".join)).reset_index()
    evidence = paid.merge(short[["programme", "month"]], on=["programme", "month"]).merge(told, on="programme")
    evidence = evidence.merge(links.drop_duplicates("programme"), on="programme", suffixes=("", "_link"))
    return found(
        evidence,
        subject="programme",
        zh="名册发放多于发放账户支出,相差{lacking:yuan}:{told}。",
        en="The list exceeds what left the paying accounts by {lacking:yuan}: {told_en}.",
        amount="lacking",
        origins=["origin", "origin_link"],
        assessed=judged,
        unassessed=len(listed) - len(paid),
        notes=_not_held(sorted(set(due.loc[~judged, "programme"]))),
    )


def _not_held(programmes: list[str]) -> list[tuple[str, str]]:
    if not programmes:
        return []
    zh = f"有月份没有核对的补助项目:{'、'.join(programmes)},请提供发放账户及其覆盖发放日期、注明补助项目的流水。"
    return [(zh, f"Programmes with months that were not held against the bank: {', '.join(programmes)}; ask for their accounts, and for ledgers that cover the days and name the programme.")]


def _assessable(due: pd.DataFrame, links: pd.DataFrame, ledger: pd.DataFrame, batch_days: int) -> pd.DataFrame:
    """Of each programme and month: `left` its accounts (fen), and whether that is `sure`."""
    entries = ledger[ledger["account_no"].isin(links["account_no"])]
    of_account = entries.assign(unclear=entries[["posted_on", "direction", "amount"]].isna().any(axis=1)).groupby("account_no", as_index=False)
    books = of_account.agg(begins=("posted_on", "min"), ends=("posted_on", "max"), unclear=("unclear", "any"))
    shared = links["account_no"].duplicated(keep=False)
    rows = due.merge(links.assign(shared=shared)[["programme", "account_no", "shared"]], on="programme").merge(books, on="account_no", how="left")
    rows["covered"] = rows["begins"].le(rows["first_day"]) & rows["ends"].ge(rows["last_day"]) & rows["unclear"].eq(False)
    outflows = entries.loc[entries["direction"].eq("out") & entries["project_id"].isna(), ["account_no", "posted_on", "amount", "expense_type"]]
    named_ones = links[["account_no", "programme"]].rename(columns={"programme": "expense_type"}).assign(named=True)
    outflows = outflows.merge(named_ones, on=["account_no", "expense_type"], how="left")
    near = rows.merge(outflows, on="account_no")
    days = pd.Timedelta(days=batch_days)
    near = near[near["posted_on"].between(near["month"] - days, near["month"] + pd.offsets.MonthEnd(1) + days)]
    near["own"] = ~near["shared"] | near["expense_type"].eq(near["programme"])
    near["stray"] = near["shared"] & near["named"].isna()
    near["counted"] = near["amount"].where(near["own"], 0)
    sums = near.groupby(["programme", "month"], as_index=False).agg(left=("counted", "sum"), stray=("stray", "any"))
    answer = rows.groupby(["programme", "month"], as_index=False).agg(sure=("covered", "all")).merge(sums, on=["programme", "month"], how="left")
    answer["left"] = answer["left"].fillna(0)
    answer["sure"] &= answer["stray"].ne(True).fillna(True)
    return answer[["programme", "month", "left", "sure"]]


@planted("LG-03", n=1)
def batches_that_never_left(county, n):
    """The list says that a programme was paid all year; the bank knows nothing of it."""
    benefits = county.tables["benefits"]
    first = benefits.loc[benefits["paid_on"].dt.month.le(8), "programme"].value_counts()
    county.unpaid |= set(first.index[:n])
    return sorted(county.unpaid)
