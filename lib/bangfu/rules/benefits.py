"""Benefits paid to households: the right person, the right amount, once, alive, and nobody forgotten."""

from datetime import date

import pandas as pd

from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.parameters import Count, Dated, Share, Texts, YuanByName
from bangfu.rules.catalogue import rule

PAYMENT = ["benefit_id", "programme", "year", "id_number", "amount"]
INPATIENT, CHRONIC = "住院", "慢病门诊"


@rule("BE-01", title="补助未按标准发放", severity="medium", subject="benefit_id", reads={"benefits": ["benefit_id", "programme", "year", "amount"]})
def not_the_standard(benefits, *, standard: Dated[YuanByName]) -> Found:
    """A benefit was not paid at the programme's standard.

    查什么:一笔补助的发放金额与该项目的标准不同,多发少发都算。
    方法:发放金额 ≠ 该补助项目在补助年度年末有效的标准。
    理由:补助按人按年有固定标准,少发是克扣或拖欠,多发要收回。
    不含:没有标准的补助项目,没有年度或金额的发放记录(计为未评估)。
    前提:每人每年一次发足;分次发放的,县里应在参数中改用单次的标准。
    """
    due = _standard(benefits["programme"], benefits["year"], standard)
    paid = benefits.assign(due=due, difference=(benefits["amount"] - due).abs())
    wrong = (paid["difference"] > 0).fillna(False).astype(bool)
    return found(
        paid[wrong],
        subject="benefit_id",
        zh="{programme}{year}年度发放{amount:yuan},标准为{due:yuan},相差{difference:yuan}。",
        en="{amount:yuan} was paid for {programme} of {year}, the standard is {due:yuan}, a difference of {difference:yuan}.",
        amount="difference",
        assessed=paid["difference"].notna(),
    )


def _standard(programmes: pd.Series, years: pd.Series, standard: Dated) -> pd.Series:
    """What a programme pays per person in each row's year (fen); missing without a standard or a year."""
    due = pd.Series(pd.NA, index=programmes.index, dtype="Int64")
    for year in years.dropna().unique():
        amounts = pd.Series(standard.at(date(int(year), 12, 31)) or {}, dtype="Int64")
        rows = (years == year).fillna(False)
        due[rows] = programmes[rows].map(amounts).astype("Int64")
    return due


@rule("BE-02", title="雨露计划与交通生活补助重复享受", severity="medium", subject="member id number", reads={"benefits": PAYMENT})
def exclusive_programmes(benefits, *, exclusive: Texts) -> Found:
    """One person received two programmes that exclude each other in one year.

    查什么:同一人同一年度既领雨露计划又领交通生活补助。
    方法:按受益人证件号码和补助年度,互斥的补助项目(参数exclusive)都有发放记录;涉及金额取各项目年度合计中较小的一项。
    理由:两项补助针对同一负担,政策规定不重复享受。
    不含:没有证件号码、补助项目或年度的发放记录(计为未评估)。
    前提:同一年度按补助年度算,不按发放日期算。
    """
    benefits = once(benefits, "benefit_id")
    known = benefits[["id_number", "programme", "year"]].notna().all(axis=1)
    mine = benefits[known & benefits["programme"].isin(exclusive)]
    sums = mine.groupby(["id_number", "year", "programme"], as_index=False).agg(paid=("amount", "sum"))
    sums = sums.sort_values(["id_number", "year", "paid", "programme"])
    sums["rank"] = sums.groupby(["id_number", "year"]).cumcount()
    both = sums[sums.groupby(["id_number", "year"])["programme"].transform("nunique") == len(exclusive)]
    smaller = both[both["rank"] == 0].rename(columns={"paid": "less", "programme": "smaller"})
    larger = both[both["rank"] == len(exclusive) - 1].rename(columns={"paid": "more", "programme": "larger"})
    pairs = smaller.drop(columns="rank").merge(larger.drop(columns="rank"), on=["id_number", "year"])
    rows = mine.merge(pairs, on=["id_number", "year"])
    rows["in_question"] = rows["origin"].where(rows["programme"] == rows["smaller"])
    return found(
        rows.sort_values(["id_number", "year", "benefit_id"]),
        subject="id_number",
        zh="{year}年度同时领取{larger}{more:yuan}和{smaller}{less:yuan}。",
        en="In {year} both {larger} ({more:yuan}) and {smaller} ({less:yuan}) were received.",
        amount="less",
        origins=["in_question", "origin"],
        assessed=known,
    )


@rule("BE-03", title="多户补助发入同一账户", severity="high", subject="account_no", offence="冒领", reads={"benefits": ["benefit_id", "household_id", "account_no", "amount"]})
def shared_account(benefits, *, shared_households: Count) -> Found:
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


@rule(
    "BE-04",
    title="死亡后发放",
    severity="high",
    subject="benefit_id",
    offence="虚报冒领",
    reads={"benefits": ["benefit_id", "programme", "id_number", "amount", "paid_on"], "deaths": ["id_number", "died_on"]},
)
def paid_after_death(benefits, deaths) -> Found:
    """A benefit was paid after the death of its beneficiary.

    查什么:受益人死亡之后仍发放的补助。
    方法:按证件号码与死亡登记比对,发放日期晚于死亡日期;死亡当天发放的不算。
    理由:人死后补助应停发,继续发放的钱多被他人领走。
    不含:没有证件号码的发放记录;受益人在死亡登记中而发放日期或死亡日期缺失的记录(计为未评估)。
    前提:同一人有几条死亡登记的,取最早的日期;证件号码有误的人比对不上,见DQ-01、BE-05。
    """
    registered = deaths.dropna(subset="id_number").sort_values(["died_on", "origin"]).drop_duplicates("id_number")
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


@rule(
    "BE-05",
    title="向非建档立卡人员发放",
    severity="high",
    subject="benefit_id",
    offence="虚报冒领",
    reads={"benefits": ["benefit_id", "programme", "id_number", "amount", "paid_on"], "members": ["id_number"]},
)
def not_registered(benefits, members) -> Found:
    """A benefit was paid to somebody who is not a member of a registered household.

    查什么:受益人不是建档立卡贫困人口的补助。
    方法:受益人证件号码不在家庭成员表中。
    理由:扶贫补助只发给建档立卡人员,发给名册以外的人属于虚报冒领。
    不含:没有受益人证件号码的发放记录(计为未评估)。
    前提:成员表是审计年度的完整名册;成员号码填错也会比对不上,先看DQ-01。
    """
    known = benefits["id_number"].notna()
    outside = benefits[known & ~benefits["id_number"].isin(members["id_number"].dropna())]
    return found(
        outside,
        subject="benefit_id",
        zh="{programme}{amount:yuan}于{paid_on:day}发放,受益人证件号码不在家庭成员表中。",
        en="{amount:yuan} of {programme} was paid on {paid_on:day} to an id number that no registered member has.",
        amount="amount",
        assessed=known,
    )


@rule(
    "BE-06",
    title="重复发放",
    severity="high",
    subject="member id number|programme",
    reads={"benefits": [*PAYMENT, "paid_on"]},
)
def paid_twice(benefits, *, year) -> Found:
    """One person got one programme's benefit more than once in the year.

    查什么:同一人同一补助项目在一个年度内发放了两次以上。
    方法:补助年度为审计年度的发放记录,按受益人证件号码和补助项目分组,超过一笔;涉及金额为第一笔(按发放日期)以外各笔之和。
    理由:补助按年发放,重复发放是多付,往往伴随重复申报。
    不含:没有证件号码、补助项目或年度的发放记录(计为未评估);其他补助年度的记录。
    前提:按补助年度而不按发放日期,上年度的补助拖到今年发的不算重复;分次发放的项目应由县里说明。
    """
    benefits = once(benefits, "benefit_id")
    known = benefits[["id_number", "programme", "year"]].notna().all(axis=1)
    ours = benefits[known & (benefits["year"] == year).fillna(False)].sort_values(["paid_on", "benefit_id"], kind="stable")
    person = ours.groupby(["id_number", "programme"])
    ours = ours.assign(times=person["benefit_id"].transform("size"), turn=person.cumcount())
    again = ours[ours["times"] > 1].copy()
    extra = again["turn"] > 0
    again["in_question"] = again["origin"].where(extra)
    key = [again["id_number"], again["programme"]]
    again["excess"] = again["amount"].where(extra, 0).groupby(key).transform("sum")
    again["whole"] = again["amount"].groupby(key).transform("sum")
    return found(
        again,
        subject=["id_number", "programme"],
        zh="{year}年度{programme}发放{times}次,共{whole:yuan},第一次以外的有{excess:yuan}。",
        en="{programme} of {year} was paid {times} times, {whole:yuan} in all, {excess:yuan} beyond the first.",
        amount="excess",
        origins=["in_question", "origin"],
        assessed=known,
    )


@rule(
    "BE-07",
    title="应享未享",
    severity="medium",
    subject="member id number|programme",
    reads={"members": ["id_number", "student_stage", "disability_grade"], "benefits": ["id_number", "programme", "year"]},
)
def entitled_but_not_paid(
    members, benefits, *, year, standard: YuanByName, vocational_stage: Texts, vocational_programme: Texts, no_disability: Texts, disability_programme: Texts
) -> Found:
    """Somebody entitled to a benefit did not get it in the year.

    查什么:中职在校生没有雨露计划,或有残疾等级的人没有残疾人生活补贴。
    方法:成员的在校生状况属于中职,而补助年度为审计年度的发放记录中没有其雨露计划;或有残疾等级,而没有其残疾人生活补贴。涉及金额为应发的标准。
    理由:符合条件的贫困人口应当应享尽享,漏发说明排查或申报不到位。
    不含:没有证件号码的成员,没有在校生状况的成员的教育补助(计为未评估);没有残疾等级或填“无”的成员。
    前提:按补助年度而不按发放日期;发放记录是完整的;残疾等级为空表示没有残疾;年内死亡、毕业的由审计人员核实。
    """
    ours = benefits[(benefits["year"] == year).fillna(False) & benefits["id_number"].notna()]
    people = members[members["id_number"].notna()].drop_duplicates(["id_number", "student_stage", "disability_grade"])
    grade = people["disability_grade"]
    entitled = [
        (vocational_programme, people["student_stage"].isin(vocational_stage), "在校生状况为" + people["student_stage"], "in the stage " + people["student_stage"]),
        (disability_programme, grade.notna() & ~grade.isin(no_disability), "残疾等级为" + grade, "with the disability grade " + grade),
    ]
    owed = []
    for programmes, mask, why, why_en in entitled:
        paid = ours.loc[ours["programme"].isin(programmes), "id_number"]
        without = people[mask & ~people["id_number"].isin(paid)]
        owed.append(without.assign(programme=programmes[0], owed=standard.get(programmes[0]), why=why, why_en=why_en))
    rows = pd.concat(owed, ignore_index=True)
    rows["owed"] = rows["owed"].astype("Int64")
    return found(
        rows,
        subject=["id_number", "programme"],
        zh="{why},应享受{programme},{year}年度没有发放记录,标准为{owed:yuan}。",
        en="A member {why_en} is entitled to {programme}; no payment of {year} is on record, the standard is {owed:yuan}.",
        amount="owed",
        money=[],
        assessed=members["id_number"].notna() & members["student_stage"].notna(),
        year=year,
    )


@rule(
    "BE-08",
    title="医疗报销比例未达标",
    severity="medium",
    subject="settlement_id",
    reads={"settlements": ["settlement_id", "kind", "total", "reimbursed"]},
)
def reimbursed_below_the_ratio(settlements, *, inpatient: Share, chronic: Share) -> Found:
    """A medical bill was reimbursed below the promised ratio.

    查什么:住院或慢病门诊的报销比例低于规定。
    方法:报销金额 ÷ 总费用 < 住院或慢病门诊的规定比例,以分为单位用乘法比较;正好等于的不算;差额为补到规定比例所差的金额,不足一分的进到分。
    理由:健康扶贫承诺了报销比例,没有报够,费用就由贫困户自己承担。
    不含:没有类别、总费用或报销金额的结算,总费用不大于0的结算,以及其他类别的结算(计为未评估)。
    前提:总费用为可报销的总费用;一单一算,不作年度合计。
    """
    ratios = {INPATIENT: inpatient, CHRONIC: chronic}
    share, parts = (settlements["kind"].map({k: getattr(r, part) for k, r in ratios.items()}).astype("Int64") for part in ("numerator", "denominator"))
    bills = settlements.assign(required=share * 10_000 // parts, actual=settlements["reimbursed"] * 10_000 // settlements["total"].where(settlements["total"] > 0))
    lacking = settlements["total"] * share - settlements["reimbursed"] * parts
    bills["shortfall"] = -(-lacking // parts)
    known = lacking.notna() & (settlements["total"] > 0).fillna(False)
    return found(
        bills[known & (lacking > 0).fillna(False)],
        subject="settlement_id",
        zh="{kind}总费用{total:yuan},报销{reimbursed:yuan},比例{actual:percent},低于{required:percent},差{shortfall:yuan}。",
        en="{kind}: of {total:yuan} {reimbursed:yuan} was reimbursed, {actual:percent} where {required:percent} is due; {shortfall:yuan} short.",
        amount="shortfall",
        assessed=known,
    )
