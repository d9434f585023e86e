"""Who got the benefits: alive, registered, and each household into its own account."""

import pandas as pd

from bangfu.entries import not_reversals, once
from bangfu.findings import Found, found
from bangfu.parameters import Count, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


@rule("BE-03", title="多户补助发入同一账户", severity="high", subject="account_no", topic="benefits", offence="冒领", reads={"benefits": ["benefit_id", "household_id", "account_no", "amount"]})
def shared_account(benefits, *, shared_households: named(Count, "同一账户的户数界限", "households sharing an account")) -> Found:
    """The benefits of several households go to one account.

    查什么:一个银行账户收了多户贫困户的补助。
    方法:同一发放账号下,户编号不同的户数达到规定户数;涉及金额为该账户收到的全部补助。
    理由:补助应打入各户自己的一卡通,多户补助进一个账户,可能是代领、冒领或截留。
    不含:没有账号或户编号的发放记录不计入户数(计为未评估)。
    前提:不分年度和补助项目;同户几口人用一个账户是正常的。
    """
    benefits = once(benefits, "benefit_id")
    known = benefits["account_no"].notna() & benefits["household_id"].notna()
    paid = benefits[benefits["account_no"].notna()].sort_values(["account_no", "benefit_id"])
    accounts = paid.groupby("account_no")
    paid = paid.assign(households=accounts["household_id"].transform("nunique"), paid=accounts["amount"].transform("sum"))
    return found(
        paid[paid["households"] >= shared_households],
        subject="account_no",
        zh="{households}户的补助共{count}笔、合计{paid:yuan}发入这一个账户(达到{limit}户即须核查)。",
        en="{count} benefits of {households} households, {paid:yuan} in all, went to this one account ({limit} households or more are looked into).",
        amount="paid",
        assessed=known,
        limit=shared_households,
    )


@planted("BE-03", share=0.0025)
def collected_in_one_account(county, n):
    """The benefits of so many households as make a case go to the account of the first of them."""
    size = int(county.parameter("BE-03", "shared_households", 3))
    payments = county.tables["benefits"]
    homes = county.take("households", n * size, where=county.tables["households"]["household_id"].isin(payments["household_id"]))
    accounts = []
    for start in range(0, len(homes) - size + 1, size):
        group = homes.iloc[start : start + size]
        account = group["account_no"].iloc[0]
        county.set("benefits", payments["household_id"].isin(group["household_id"]), account_no=account, account_name=group["head_name"].iloc[0])
        accounts.append(account)
    return accounts


@rule(
    "BE-04",
    title="死亡后发放",
    severity="high",
    subject="benefit_id",
    topic="benefits",
    offence="虚报冒领",
    reads={"benefits": ["benefit_id", "programme", "id_number", "amount", "paid_on"], "deaths": ["id_number", "died_on"]},
)
def paid_after_death(benefits, deaths) -> Found:
    """A benefit was paid after the death of its beneficiary.

    查什么:受益人死亡之后仍发放的补助。
    方法:按证件号码与死亡登记比对,发放日期晚于死亡日期;死亡当天发放的不算。
    理由:人死后补助应停发,继续发放的钱多被他人领走。
    不含:没有证件号码的发放记录;受益人在死亡登记中而发放日期或死亡日期缺失的记录(计为未评估);退回(负数)的记录。
    前提:同一人有几条死亡登记的,取最早的日期;证件号码有误的人比对不上,见DQ-01、BE-05。
    """
    registered = deaths.dropna(subset="id_number").sort_values(["died_on", "origin"]).drop_duplicates("id_number")
    benefits = not_reversals(benefits)
    paid = benefits.merge(registered, on="id_number", how="left", suffixes=("", "_death"))
    known = paid["id_number"].notna() & (paid["origin_death"].isna() | (paid["paid_on"].notna() & paid["died_on"].notna()))
    late = paid[paid["id_number"].notna() & (paid["paid_on"] > paid["died_on"])].copy()
    late["days"] = (late["paid_on"] - late["died_on"]).dt.days
    return found(
        late,
        subject="benefit_id",
        zh="受益人{died_on:day}死亡,{programme}{amount:yuan}于{paid_on:day}发放,在其死亡{days}天之后。",
        en="The beneficiary died on {died_on:day}; {amount:yuan} of {programme} was paid on {paid_on:day}, {days} days later.",
        amount="amount",
        origins=["origin", "origin_death"],
        assessed=known,
    )


@planted("BE-04", share=0.004)
def dead_beneficiary(county, n):
    """Payments from the day after the death on; one more died on the day of the payment, which is no case."""
    payments = county.tables["benefits"]
    size = county.tables["members"]["household_id"].value_counts()
    living = ~payments["id_number"].isin(county.tables["deaths"]["id_number"]) & payments["household_id"].map(size).gt(1)
    taken = county.take("benefits", n + 1, where=living & ~payments["id_number"].duplicated(keep=False))
    days = [0 if i == n else 1 if i == 0 else int(d) for i, d in enumerate(county.rng.integers(1, 200, len(taken)))]
    county.add("deaths", id_number=taken["id_number"].tolist(), name=taken["name"].tolist(), died_on=(taken["paid_on"] - pd.to_timedelta(days, unit="D")).tolist())
    return taken["benefit_id"].iloc[:n]


@rule(
    "BE-05",
    title="向非建档立卡人员发放",
    severity="high",
    subject="benefit_id",
    topic="benefits",
    offence="虚报冒领",
    reads={"benefits": ["benefit_id", "programme", "id_number", "amount", "paid_on"], "members": ["id_number"]},
)
def not_registered(benefits, members) -> Found:
    """A benefit was paid to somebody who is not a member of a registered household.

    查什么:受益人不是建档立卡贫困人口的补助。
    方法:受益人证件号码不在家庭成员表中。
    理由:扶贫补助只发给建档立卡人员,发给名册以外的人属于虚报冒领。
    不含:没有受益人证件号码的发放记录(计为未评估);退回(负数)的记录。
    前提:成员表是审计年度的完整名册;成员号码填错也会比对不上,先看DQ-01。
    """
    benefits = not_reversals(benefits)
    known = benefits["id_number"].notna()
    registered = members.dropna(subset="id_number").drop_duplicates("id_number")
    paid = benefits[known].merge(registered, on="id_number", how="left", suffixes=("", "_member"))
    return found(
        paid[paid["origin_member"].isna()],
        subject="benefit_id",
        zh="{programme}{amount:yuan}于{paid_on:day}发放,受益人证件号码不在家庭成员表中。",
        en="{amount:yuan} of {programme} was paid on {paid_on:day} to an id number that no registered member has.",
        amount="amount",
        assessed=known,
    )


@planted("BE-05", share=0.004)
def paid_to_an_outsider(county, n):
    """Somebody who stands in no household; the payment looks like any other."""
    programme = "残疾人生活补贴"
    people = county.outsiders(n)
    days = county.rng.integers(0, 100, len(people))
    accounts = [f"6299{number:012d}" for number in county.rng.integers(10**11, 10**12, len(people))]
    added = county.add(
        "benefits",
        programme=programme,
        year=county.year,
        id_number=people["id_number"].tolist(),
        name=people["name"].tolist(),
        amount=county.parameter("BE-01", "standard", {}).get(programme, 96_000),
        paid_on=[county.day(7, 1) + pd.Timedelta(days=int(d)) for d in days],
        account_no=accounts,
        account_name=people["name"].tolist(),
    )
    county.touch("benefits", added)
    return added["benefit_id"]
