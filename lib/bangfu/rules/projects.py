"""Projects: tendering, publicity, acceptance, and who stands behind the contractor."""

import pandas as pd

from bangfu import calendar
from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.parameters import Dated, Days, Texts, Yuan, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

OpenTender = named(Texts, "算作公开招标的采购方式", "procurement that counts as open tender")
TenderThreshold = named(Yuan, "公开招标限额", "tender threshold")

_DISCLOSED = {"content": ("建设内容", "content"), "started_on": ("开工时间", "start date"), "notice_url": ("公示网址", "notice address"), "notice_amount": ("公示金额", "notice amount")}


@rule(
    "PJ-01",
    title="应招标未招标",
    severity="high",
    subject="project_id",
    reads={"projects": ["project_id", "budget", "procurement", "contracted_on", "contract_amount"]},
)
def not_tendered(projects, *, tender_threshold: Dated[TenderThreshold], open_tender: OpenTender, year: int) -> Found:
    """Not tendered although it had to be.

    查什么:达到招标限额的项目没有公开招标。
    方法:批复预算达到招标限额(含),采购方式不是公开招标;限额取合同签订时有效的数,没有签订时间的取年末有效的数;涉及金额为合同金额。
    理由:达到限额必须公开招标,这是防止利益输送和高价发包的基本程序。
    不含:批复预算或采购方式空白的项目(计为未评估);低于限额的项目(拆分由PJ-02查)。
    前提:没有经批准的不招标事项;有的应附批文后核销。
    """
    limit = tender_threshold.on(projects["contracted_on"].fillna(calendar.last_day(year)))
    known = projects["budget"].notna() & projects["procurement"].notna() & limit.notna()
    due = projects.assign(limit=limit)[known & (projects["budget"] >= limit).fillna(False) & ~projects["procurement"].isin(open_tender)]
    return found(
        due,
        subject="project_id",
        zh="批复预算{budget:yuan},达到招标限额{limit:yuan},采购方式却是“{procurement}”。",
        en="The budget of {budget:yuan} reaches the tender threshold of {limit:yuan}, but procurement was {procurement}.",
        amount="contract_amount",
        assessed=known,
    )


@planted("PJ-01", share=0.0025)
def large_but_not_tendered(county, n):
    limit, open_tender = county.parameter("PJ-01", "tender_threshold", 0), county.parameter("PJ-01", "open_tender", ())
    projects = county.take("projects", n, where=lambda t: t["procurement"].isin(open_tender) & t["contract_amount"].ge(limit))
    county.set("projects", projects, procurement="直接委托")
    return projects["project_id"]


@rule(
    "PJ-02",
    title="拆分项目规避招标",
    severity="high",
    subject="project_id",
    reads={"projects": ["project_id", "village_code", "procurement", "contractor", "contracted_on", "contract_amount"]},
)
def split_to_avoid_tender(
    projects, *,
    tender_threshold: Dated[TenderThreshold],
    split_days: named(Days, "拆分合同的签订间隔", "interval between split contracts"),
    open_tender: OpenTender,
) -> Found:
    """Contracts were split to stay below the tender threshold.

    查什么:把一项工程拆成几个小合同,避开招标。
    方法:同一施工单位在同一个村、没有公开招标、合同金额都低于招标限额的两个以上合同,签订时间都在其中一个合同前后规定天数之内,合计达到招标限额;每个项目都列出,涉及金额为各自的合同金额。
    理由:拆分项目规避招标与应招不招同样违规。
    不含:公开招标的项目;单个合同已达限额的项目(由PJ-01查);施工单位、村、采购方式、合同金额或签订时间空白的项目(计为未评估)。
    前提:同村、同一施工单位、时间相近的合同可能是一项工程;性质不同的由单位说明。
    """
    projects = once(projects, "project_id")
    known = projects[["project_id", "village_code", "procurement", "contractor", "contracted_on", "contract_amount"]].notna().all(axis=1)
    limit = tender_threshold.on(projects["contracted_on"])
    known &= limit.notna()
    small = projects.assign(limit=limit)[known & ~projects["procurement"].isin(open_tender) & (projects["contract_amount"] < limit).fillna(False)]
    pairs = small.merge(small, on=["contractor", "village_code"], suffixes=("_centre", ""))
    pairs = pairs[(pairs["contracted_on"] - pairs["contracted_on_centre"]).dt.days.abs() <= split_days]
    of_centre = pairs.groupby("project_id_centre")["contract_amount"]
    pairs["contracts"], pairs["together"] = of_centre.transform("size"), of_centre.transform("sum")
    split = pairs[(pairs["contracts"] > 1) & (pairs["together"] >= pairs["limit_centre"])]
    # A contract may stand in several windows: its finding tells of the one that comes to most.
    told = split.sort_values(["together", "project_id_centre"], ascending=[False, True], kind="stable").drop_duplicates("project_id")
    neighbours = split[["project_id_centre", "origin"]].rename(columns={"origin": "origin_neighbour"})
    return found(
        told.merge(neighbours, on="project_id_centre"),
        subject="project_id",
        zh="同一施工单位在同村、于{contracted_on_centre:day}前后{days}天内签订{contracts}个未公开招标的合同,合计{together:yuan},达到招标限额{limit_centre:yuan};本合同{contract_amount:yuan}。",
        en="{contracts} contracts without open tender, with one contractor in one village, signed within {days} days of {contracted_on_centre:day}, come to {together:yuan} and reach the tender threshold of {limit_centre:yuan}; this contract is for {contract_amount:yuan}.",
        amount="contract_amount",
        origins=["origin", "origin_neighbour"],
        assessed=known,
        days=split_days,
    )


@planted("PJ-02", share=0.0015)
def one_work_in_two_contracts(county, n):
    """Two contracts of at least half the threshold go to one firm in one village, the second at the end of the window."""
    limit, open_tender = county.parameter("PJ-02", "tender_threshold", 0), county.parameter("PJ-02", "open_tender", ())
    days = county.parameter("PJ-02", "split_days", 0)
    projects = county.take("projects", 2 * n, where=lambda t: ~t["procurement"].isin(open_tender) & t["contract_amount"].between((limit + 1) // 2, limit - 1)
                           & t["contracted_on"].notna() & ~t.duplicated(["contractor", "village_code"], keep=False))  # fmt: skip
    firm = ["contractor", "contractor_account", "legal_representative", "legal_representative_id"]
    found = []
    for first, second in zip(projects[::2].to_dict("records"), projects[1::2].to_dict("records")):
        county.set("projects", second["project_id"], village_code=first["village_code"], project_name=first["project_name"] + "(二期)",
                   contracted_on=first["contracted_on"] + pd.Timedelta(days=days), **{column: first[column] for column in firm})
        county.set("claims", county.tables["claims"]["project_id"].eq(second["project_id"]), payee=first["contractor"], payee_account=first["contractor_account"])
        paid = county.tables["ledger"]["project_id"].eq(second["project_id"])
        county.set("ledger", paid, counterparty_name=first["contractor"], counterparty_account=first["contractor_account"])
        found += [first["project_id"], second["project_id"]]
    return found


@rule(
    "PJ-03",
    title="项目关键信息或公示缺失",
    severity="low",
    subject="project_id",
    reads={"projects": ["project_id", "content", "started_on", "notice_url", "notice_amount"]},
)
def undisclosed(projects) -> Found:
    """Key facts or the public notice of a project are missing.

    查什么:项目的关键信息没有登记,或者没有公示。
    方法:建设内容、开工时间、公示网址、公示金额中有空白。
    理由:项目信息完整、公示公告到位,群众才能监督。
    不含:四项都填了的项目,不论填得对不对。
    前提:空白就是没有;填写而无法识别的内容按空白对待,并另列在未识别清单中。
    """
    empty = projects[list(_DISCLOSED)].isna()
    rows = projects[empty.any(axis=1)].copy()
    for column, word, between in (("lacking", 0, "、"), ("lacking_en", 1, ", ")):
        text = pd.Series("", index=rows.index)
        for name, words in _DISCLOSED.items():
            text += empty.loc[rows.index, name].map({True: between + words[word], False: ""}).astype("str")
        rows[column] = text.str.removeprefix(between)
    return found(
        rows,
        subject="project_id",
        zh="没有登记{lacking}。",
        en="Not recorded: {lacking_en}.",
        assessed=len(projects),
    )


@planted("PJ-03", share=0.0025)
def left_empty(county, n):
    projects = county.take("projects", n)
    for place, project in enumerate(projects["project_id"]):
        county.set("projects", project, **{("notice_url", "notice_amount", "content", "started_on")[place % 4]: None})
    return projects["project_id"]


@rule(
    "PJ-04",
    title="验收早于竣工",
    severity="medium",
    subject="project_id",
    reads={"projects": ["project_id", "completed_on", "accepted_on"]},
)
def accepted_before_completion(projects) -> Found:
    """Accepted before it was completed.

    查什么:工程还没有竣工就验收了。
    方法:验收时间早于竣工时间。
    理由:没有完工的工程无从验收,验收日期在前说明验收走过场或资料不实。
    不含:竣工时间或验收时间空白的项目(计为未评估);竣工当天验收的项目。
    前提:两个日期都是实际发生的日期。
    """
    known = projects["completed_on"].notna() & projects["accepted_on"].notna()
    return found(
        projects[known & (projects["accepted_on"] < projects["completed_on"])],
        subject="project_id",
        zh="{accepted_on:day}验收,{completed_on:day}才竣工。",
        en="Accepted on {accepted_on:day} but completed only on {completed_on:day}.",
        assessed=known,
    )


@planted("PJ-04", share=0.0025)
def completed_a_day_later(county, n):
    end = calendar.last_day(county.year)
    projects = county.take("projects", n, where=lambda t: t["accepted_on"].lt(end) & t["completed_on"].notna())
    county.set("projects", projects, completed_on=projects["accepted_on"] + pd.Timedelta(days=1))
    return projects["project_id"]


@rule(
    "PJ-05",
    title="施工单位与帮扶或公职人员关联",
    severity="high",
    subject="project_id",
    reads={
        "projects": ["project_id", "legal_representative_id", "contractor", "contract_amount"],
        "helpers": ["id_number"],
        "payroll": ["id_number"],
    },
)
def contractor_of_an_official(projects, helpers, payroll) -> Found:
    """A helper or public servant stands behind the contractor.

    查什么:施工单位的法定代表人是帮扶责任人或财政供养人员。
    方法:法定代表人证件号码出现在帮扶责任人或财政供养人员名单中;涉及金额为合同金额。
    理由:公职人员和帮扶责任人承揽扶贫项目,存在利益输送和优亲厚友的风险。
    不含:法定代表人证件号码空白的项目(计为未评估);亲属关系(没有数据)。
    前提:只比对证件号码,不比对姓名。
    """
    known = projects["legal_representative_id"].notna()
    rows = projects
    for people, word in ((helpers, "helper"), (payroll, "payroll")):
        people = people.dropna(subset="id_number").drop_duplicates("id_number").rename(columns={"origin": f"origin_{word}"})
        rows = rows.merge(people, left_on="legal_representative_id", right_on="id_number", how="left").drop(columns="id_number")
    helper, servant = rows["origin_helper"].notna(), rows["origin_payroll"].notna()
    rows["who"] = helper.map({True: "帮扶责任人", False: "财政供养人员"}).mask(helper & servant, "帮扶责任人,也是财政供养人员")
    rows["who_en"] = helper.map({True: "a helper", False: "on the public payroll"}).mask(helper & servant, "a helper and on the public payroll")
    return found(
        rows[helper | servant],
        subject="project_id",
        zh="施工单位“{contractor}”的法定代表人是{who},合同金额{contract_amount:yuan}。",
        en="The legal representative of the contractor {contractor} is {who_en}; the contract is for {contract_amount:yuan}.",
        amount="contract_amount",
        origins=["origin", "origin_helper", "origin_payroll"],
        assessed=known,
    )


@planted("PJ-05", share=0.001)
def firm_of_a_helper_or_servant(county, n):
    """Every project of a firm: its representative is one person."""
    found = []
    for place, firm in enumerate(county.take("contractors", n)["contractor"]):
        people = county.tables[("helpers", "payroll")[place % 2]].dropna(subset="id_number")
        person = people.iloc[county.rng.integers(len(people))]
        projects = county.tables["projects"][lambda t, f=firm: t["contractor"].eq(f)]
        county.set("projects", projects, legal_representative=person["name"], legal_representative_id=person["id_number"])
        found += projects["project_id"].tolist()
    return found
