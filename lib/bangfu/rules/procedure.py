"""Identification and exit procedures: were the steps taken, in order, long enough, by enough people?"""

import pandas as pd

from bangfu.findings import Found, found
from bangfu.parameters import Count, Dated, Days, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

CASE = ["household_id", "kind"]
STEPS = {
    "applied_on": ("申请", "application"),
    "reviewed_on": ("民主评议", "democratic review"),
    "notice_from": ("公示开始", "start of the notice"),
    "notice_to": ("公示结束", "end of the notice"),
    "township_on": ("乡镇审核", "township review"),
    "county_on": ("县级审定", "county decision"),
    "announced_on": ("公告", "announcement"),
}
SUBJECT = "household_id|procedure kind"


@rule("PC-01", title="公示期不足", severity="medium", subject=SUBJECT, reads={"procedures": [*CASE, "notice_from", "notice_to"]})
def notice_too_short(procedures, *, notice_days: Dated[named(Days, "公示期", "days of public notice")]) -> Found:
    """The village notice was shorter than required.

    查什么:识别或退出的村级公示时间不够。
    方法:村公示结束日期减开始日期的天数 < 规定天数;正好等于的不算;规定天数取公示开始那天有效的值。
    理由:公示期不足,群众来不及提出异议,名单的公信力没有保证。
    不含:没有公示开始或结束日期的程序(计为未评估,缺失本身见PC-02)。
    前提:天数为两个日期之差;公示结束早于开始的也算不足。
    """
    lasted = (procedures["notice_to"] - procedures["notice_from"]).dt.days.astype("Int64")
    required = notice_days.on(procedures["notice_from"])
    short = (lasted < required).fillna(False).astype(bool)
    return found(
        procedures.assign(lasted=lasted, required=required)[short],
        subject=CASE,
        zh="村公示自{notice_from:day}至{notice_to:day},共{lasted}天,少于{required}天。",
        en="The village notice ran from {notice_from:day} to {notice_to:day}, {lasted} days, fewer than {required}.",
        assessed=lasted.notna() & required.notna(),
    )


@planted("PC-01", share=0.005)
def short_notice(county, n):
    """Notices of up to six days; the clean county is full of notices of exactly seven."""
    papers = county.take("procedures", n)
    days = county.rng.integers(1, int(county.parameter("PC-01", "notice_days", 7)), len(papers))
    county.set("procedures", papers, notice_to=papers["notice_from"] + pd.to_timedelta(days, unit="D"))
    return papers["household_id"] + "|" + papers["kind"]


@rule("PC-02", title="程序缺失或倒置", severity="medium", subject=SUBJECT, reads={"procedures": [*CASE, *STEPS]})
def steps_missing_or_out_of_order(procedures) -> Found:
    """A step of the procedure is missing, or dated before the one ahead of it.

    查什么:识别或退出程序少了步骤,或后一步的日期早于前一步。
    方法:依申请、民主评议、公示开始、公示结束、乡镇审核、县级审定、公告的次序,有一步没有日期,或日期早于前面最近一个有日期的步骤;同一天不算。
    理由:程序缺失或倒置,说明材料是事后补的或该走的程序没有走。
    不含:根本没有程序记录的户(由DQ-03从脱贫状态与时间的矛盾中反映)。
    前提:日期缺失本身就是本规则要查的问题;原表中写有而无法识别的日期也作缺失,见未识别单元格清单。
    """
    problems, problems_en = (pd.Series("", index=procedures.index, dtype="str") for _ in range(2))
    before = pd.Series(pd.NaT, index=procedures.index, dtype="datetime64[us]")
    for column, (zh, en) in STEPS.items():
        on = procedures[column]
        for wrong, why, why_en in ((on.isna(), f"缺{zh}", f"no {en}"), (on < before, f"{zh}早于前一步", f"{en} before the step ahead")):
            problems = problems.mask(wrong, problems + why + "、")
            problems_en = problems_en.mask(wrong, problems_en + why_en + ", ")
        before = on.fillna(before)
    wrong = problems != ""
    return found(
        procedures.assign(what=problems.str.removesuffix("、"), what_en=problems_en.str.removesuffix(", "))[wrong],
        subject=CASE,
        zh="{kind}程序:{what}。",
        en="In the procedure {kind}: {what_en}.",
        assessed=len(procedures),
    )


@planted("PC-02", share=0.006)
def step_missing_or_early(county, n):
    """No county decision; applied for the day after the review; announced the day before the county decided."""
    papers = county.take("procedures", n)
    missing, late, early = (papers.iloc[i::3] for i in range(3))
    county.set("procedures", missing, county_on=pd.NaT)
    county.set("procedures", late, applied_on=late["reviewed_on"] + pd.Timedelta(days=1))
    county.set("procedures", early, announced_on=early["county_on"] - pd.Timedelta(days=1))
    return papers["household_id"] + "|" + papers["kind"]


@rule("PC-03", title="民主评议人数不足", severity="low", subject=SUBJECT, reads={"procedures": [*CASE, "reviewers"]})
def too_few_reviewers(procedures, *, min_reviewers: named(Count, "评议最少人数", "fewest reviewers")) -> Found:
    """Too few people took part in the democratic review.

    查什么:民主评议的参加人数少于规定。
    方法:评议人数 < 规定人数;正好等于的不算。
    理由:评议人数太少,结果没有代表性,容易被少数人左右。
    不含:没有评议人数的程序(计为未评估)。
    前提:识别和退出的评议都适用;人数为实际到会人数。
    """
    known = procedures["reviewers"].notna()
    few = (procedures["reviewers"] < min_reviewers).fillna(False).astype(bool)
    return found(
        procedures[few],
        subject=CASE,
        zh="{kind}程序的民主评议有{reviewers}人参加,少于{required}人。",
        en="{reviewers} people took part in the democratic review ({kind}), fewer than {required}.",
        assessed=known,
        required=min_reviewers,
    )


@planted("PC-03", share=0.005)
def small_review(county, n):
    """One reviewer short, or half of them."""
    papers = county.take("procedures", n)
    required = int(county.parameter("PC-03", "min_reviewers", 30))
    county.set("procedures", papers, reviewers=[required - 1 if i % 2 else required // 2 for i in range(len(papers))])
    return papers["household_id"] + "|" + papers["kind"]


@rule("PC-04", title="退出未经贫困户认可", severity="high", subject=SUBJECT, reads={"procedures": [*CASE, "acknowledged"]})
def exit_not_acknowledged(procedures) -> Found:
    """A household was taken off the register without its acknowledgement.

    查什么:退出程序没有得到贫困户本人认可。
    方法:程序类别为退出,且贫困户认可填“否”。
    理由:退出须经贫困户认可,未经认可属于“被脱贫”。
    不含:识别程序;贫困户认可为空的退出程序、没有程序类别的程序(计为未评估)。
    前提:认可以程序材料的填报为准。
    """
    exits = procedures["kind"] == "退出"
    known = procedures["kind"].notna() & (~exits | procedures["acknowledged"].notna())
    refused = exits & ~procedures["acknowledged"].fillna(True).astype(bool)
    return found(
        procedures[refused],
        subject=CASE,
        zh="{kind}程序中贫困户未予认可。",
        en="The household did not acknowledge its exit ({kind}).",
        assessed=known,
    )


@planted("PC-04", share=0.004)
def exit_refused(county, n):
    """Exits that the household did not acknowledge; an identification filled in the same way is no case."""
    kind = county.tables["procedures"]["kind"]
    exits = county.take("procedures", n, where=kind == "退出")
    county.set("procedures", exits, acknowledged=False)
    county.set("procedures", county.take("procedures", 1, where=kind == "识别"), acknowledged=False)
    return exits["household_id"] + "|" + exits["kind"]
