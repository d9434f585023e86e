"""Benefits paid to households: the right amount, once, and nobody forgotten."""

from datetime import date

import pandas as pd

from bangfu.entries import not_reversals, once, standing
from bangfu.findings import Found, found
from bangfu.matching import stands_in
from bangfu.parameters import Dated, Texts, YuanByName, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

Standard = named(YuanByName, "补助标准", "standards of benefits")

PAYMENT = ["benefit_id", "programme", "year", "id_number", "amount"]
_OF = ["id_number", "programme", "year"]  # whose payment of what a returned one (a negative amount) takes back


@rule("BE-01", title="补助未按标准发放", severity="medium", subject="benefit_id", reads={"benefits": ["benefit_id", "programme", "year", "amount"]})
def not_the_standard(benefits, *, standard: Dated[Standard]) -> Found:
    """A benefit was not paid at the programme's standard.

    查什么:一笔补助的发放金额与该项目的标准不同,多发少发都算。
    方法:发放金额 ≠ 该补助项目在补助年度年末有效的标准。
    理由:补助按人按年有固定标准,少发是克扣或拖欠,多发要收回。
    不含:没有标准的补助项目,没有年度或金额的发放记录(计为未评估);退回(负数)的记录。
    前提:每人每年一次发足;分次发放的,县里应在参数中改用单次的标准。
    """
    benefits = not_reversals(benefits)
    due = standard_of(benefits["programme"], benefits["year"], standard)
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


def standard_of(programmes: pd.Series, years: pd.Series, standard: Dated) -> pd.Series:
    """What a programme pays per person in each row's year (fen); missing without a standard or a year."""
    due = pd.Series(pd.NA, index=programmes.index, dtype="Int64")
    for year in years[years.between(1, 9999).fillna(False)].unique():  # the years that a date can have
        amounts = pd.Series(standard.at(date(int(year), 12, 31)) or {}, dtype="Int64")
        rows = (years == year).fillna(False)
        due[rows] = programmes[rows].map(amounts).astype("Int64")
    return due


@planted("BE-01", share=0.006)
def paid_off_the_standard(county, n):
    """A fen short, or some hundreds of yuan off."""
    payments = county.take("benefits", n)
    off = [-1 if i == 0 else int(k) * 10_000 * (-1 if i % 2 else 1) for i, k in enumerate(county.rng.integers(1, 9, len(payments)))]
    county.set("benefits", payments, amount=payments["amount"] + off)
    return payments["benefit_id"]


@rule("BE-02", title="雨露计划与交通生活补助重复享受", severity="medium", subject="member id number", reads={"benefits": PAYMENT})
def exclusive_programmes(benefits, *, exclusive: named(Texts, "不能同享的补助项目", "programmes that exclude each other")) -> Found:
    """One person received two programmes that exclude each other in one year.

    查什么:同一人同一年度既领雨露计划又领交通生活补助。
    方法:按受益人证件号码和补助年度,不能同享的补助项目(见参数)都有发放记录;涉及金额取各项目年度合计中较小的一项。
    理由:两项补助针对同一负担,政策规定不重复享受。
    不含:没有证件号码、补助项目或年度的发放记录(计为未评估);发放后又退回(同额负数)的。
    前提:同一年度按补助年度算,不按发放日期算。
    """
    benefits = standing(once(benefits, "benefit_id"), _OF)
    known = benefits[_OF].notna().all(axis=1)
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


@planted("BE-02", share=0.004)
def both_programmes(county, n):
    """The other programme is paid too; one more person gets it for the year before, which is no case."""
    here, other = county.parameter("BE-02", "exclusive", ("雨露计划", "交通生活补助"))
    payments = county.take("benefits", n + 1, where=county.tables["benefits"]["programme"] == here)
    both, before = payments.iloc[:n], payments.iloc[n:]
    amount = county.parameter("BE-01", "standard", {}).get(other, 300_000)
    county.add("benefits", both, programme=other, amount=amount)
    county.add("benefits", before, programme=other, amount=amount, year=county.year - 1)
    return both["id_number"]


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
    不含:没有证件号码、补助项目或年度的发放记录(计为未评估);其他补助年度的记录;发放后又退回(同额负数)的。
    前提:按补助年度而不按发放日期,上年度的补助拖到今年发的不算重复;分次发放的项目应由县里说明。
    """
    benefits = standing(once(benefits, "benefit_id").sort_values(["paid_on", "benefit_id"], kind="stable"), _OF)
    known = benefits[_OF].notna().all(axis=1)
    ours = benefits[known & (benefits["year"] == year).fillna(False)]
    person = ours.groupby(["id_number", "programme"])
    ours = ours.assign(times=person["benefit_id"].transform("size"), turn=person.cumcount())
    again = ours[ours["times"] > 1].copy()
    extra = again["turn"] > 0
    again["in_question"] = again["origin"].where(extra)
    key = [again["id_number"], again["programme"]]
    again["excess"] = again["amount"].where(extra).groupby(key).transform("sum", min_count=1)
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


@planted("BE-06", share=0.004)
def paid_again(county, n):
    """The same benefit a month later; that of the year before, paid late, is no case."""
    payments = county.take("benefits", n + 1)
    again, late = payments.iloc[:n], payments.iloc[n:]
    county.add("benefits", again, paid_on=again["paid_on"] + pd.Timedelta(days=30))
    county.add("benefits", late, year=county.year - 1, paid_on=county.day(1, 15))
    return again["id_number"] + "|" + again["programme"]


@rule(
    "BE-07",
    title="应享未享",
    severity="medium",
    subject="member id number|programme",
    reads={"members": ["id_number", "student_stage", "disability_grade"], "benefits": ["id_number", "programme", "year", "amount"]},
)
def entitled_but_not_paid(
    members, benefits, *, year,
    standard: Standard,
    vocational_stage: named(Texts, "算作中职的在校生状况", "school stages that count as vocational"),
    vocational_programme: named(Texts, "中职在校生应享的补助", "programme for vocational students"),
    no_disability: named(Texts, "表示没有残疾的写法", "words for no disability"),
    disability_programme: named(Texts, "残疾人应享的补助", "programme for the disabled"),
) -> Found:
    """Somebody entitled to a benefit did not get it in the year.

    查什么:中职在校生没有雨露计划,或有残疾等级的人没有残疾人生活补贴。
    方法:成员的在校生状况属于中职,而补助年度为审计年度的发放记录中没有其雨露计划(发放后又退回的算没有);或有残疾等级,而没有其残疾人生活补贴。涉及金额为应发的标准。
    理由:符合条件的贫困人口应当应享尽享,漏发说明排查或申报不到位。
    不含:没有证件号码的成员,没有在校生状况的成员的教育补助(计为未评估);没有残疾等级或填“无”的成员。
    前提:按补助年度而不按发放日期;发放记录是完整的;残疾等级为空表示没有残疾;年内死亡、毕业的由审计人员核实。
    """
    paid = standing(benefits, _OF)
    ours = paid[(paid["year"] == year).fillna(False) & paid["id_number"].notna()]
    people = members[members["id_number"].notna()].drop_duplicates(["id_number", "student_stage", "disability_grade"])
    grade = people["disability_grade"]
    entitled = [
        (vocational_programme, people["student_stage"].isin(vocational_stage), "在校生状况为" + people["student_stage"], "in the stage " + people["student_stage"]),
        (disability_programme, grade.notna() & ~grade.isin(no_disability), "残疾等级为" + grade, "with the disability grade " + grade),
    ]
    owed = []
    for programmes, mask, why, why_en in entitled:
        paid = ours.loc[ours["programme"].isin(programmes), "id_number"]
        without = people[mask & ~stands_in(people["id_number"], paid)]
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


@planted("BE-07", share=0.005)
def benefit_forgotten(county, n):
    """The payment is not there; of one more it is there for the year before only."""
    owed = [*county.parameter("BE-07", "vocational_programme", ("雨露计划",)), *county.parameter("BE-07", "disability_programme", ("残疾人生活补贴",))]
    payments = county.take("benefits", n, where=county.tables["benefits"]["programme"].isin(owed))
    county.set("benefits", payments.iloc[:1], year=county.year - 1)
    county.drop("benefits", payments.iloc[1:])
    return payments["id_number"] + "|" + payments["programme"]
