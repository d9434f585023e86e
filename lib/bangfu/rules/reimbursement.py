"""Reimbursement accounting (报账制): claims held against the budget, the contract, the progress and the approval of the project."""

import pandas as pd

from bangfu.entries import not_reversals, once
from bangfu.findings import Found, found
from bangfu.matching import beside, in_order
from bangfu.parameters import Points, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


def with_project(claims: pd.DataFrame, projects: pd.DataFrame) -> pd.DataFrame:
    """Each claim with its project (`origin_project`); missing where the project is not in the register."""
    return beside(claims, projects, "project_id", "_project")


@rule(
    "RA-01",
    title="超预算报账",
    severity="high",
    subject="project_id",
    reads={
        "claims": ["claim_id", "project_id", "amount"],
        "projects": ["project_id", "budget"],
    },
)
def beyond_the_budget(claims, projects) -> Found:
    """Claims of a project exceed its budget.

    查什么:一个项目报账的总额超过批复预算。
    方法:项目全部报账单的金额合计大于批复预算;涉及金额为超出部分。
    理由:项目资金按批复预算控制,超预算须先报批调整。
    不含:没有批复预算的项目;有报账金额缺失、已知合计又未超过预算的项目(计为未评估);没有报账单的项目。
    前提:批复预算是调整后的最终数;同一报账单号重复登记的只计一次。
    """
    claims = with_project(once(claims, "claim_id"), projects)
    claims["complete"] = claims["amount"].notna()
    of_project = claims.groupby("project_id", sort=False)
    claims["claimed"], claims["complete"] = of_project["amount"].transform("sum"), of_project["complete"].transform("all")
    over = (claims["claimed"] > claims["budget"]).fillna(False)
    known = claims["budget"].notna() & (over | claims["complete"].eq(True))
    beyond = claims[over].copy()
    beyond["excess"] = beyond["claimed"] - beyond["budget"]
    of_each = claims["project_id"].notna() & ~claims["project_id"].duplicated()
    return found(
        beyond,
        subject="project_id",
        zh="{count}张报账单合计{claimed:yuan},批复预算{budget:yuan},超出{excess:yuan}。",
        en="{count} claims come to {claimed:yuan}; the approved budget is {budget:yuan}, {excess:yuan} less.",
        amount="excess",
        origins=["origin", "origin_project"],
        assessed=known[of_each],
    )


@planted("RA-01", share=0.0025)
def budget_below_the_claims(county, n):
    """The last is claimed to the last fen of its budget."""
    claimed = county.tables["claims"].groupby("project_id")["amount"].sum()
    projects = county.take("projects", n + (n > 1), where=lambda t: t["project_id"].isin(claimed.index))
    excess = county.rng.integers(1, 2_000_000, len(projects))
    if n > 1:
        excess[-1:] = 0
    county.set("projects", projects, budget=projects["project_id"].map(claimed) - excess)
    return projects["project_id"].iloc[:-1] if n > 1 else projects["project_id"]


@rule(
    "RA-02",
    title="超进度报账",
    severity="high",
    subject="claim_id",
    reads={
        "claims": ["claim_id", "project_id", "claimed_on", "amount", "progress"],
        "projects": ["project_id", "contract_amount"],
    },
)
def ahead_of_progress(claims, projects, *, progress_tolerance: named(Points, "报账超出进度的容许差", "tolerance ahead of progress")) -> Found:
    """Claims run ahead of the work.

    查什么:项目报账跑在工程进度前面。
    方法:按报账日期累计到本单的报账金额 ÷ 合同金额,超过本单所报工程进度与容许差(百分点)之和。
    理由:报账制要求按建设进度核拨资金,提前支付使资金脱离监督,工程停工时难以追回。
    不含:没有合同金额、进度或报账日期的报账单(计为未评估)。
    前提:工程进度是合同工程量的完成比例;同一天的报账单按单号先后累计;同一报账单号重复登记的只计一次。
    """
    claims = with_project(once(claims, "claim_id"), projects)
    known = claims[["project_id", "claimed_on", "amount", "progress", "contract_amount"]].notna().all(axis=1)
    judged = in_order(claims[known], ["project_id", "claimed_on", "claim_id"])
    judged["so_far"] = judged.groupby("project_id")["amount"].cumsum()
    # Basis points on both sides: fen × 10,000 against fen × basis points, no division.
    allowed = (judged["progress"] + int(progress_tolerance * 100)) * judged["contract_amount"]
    ahead = judged[judged["so_far"] * 10_000 > allowed].copy()
    ahead["excess"] = ahead["so_far"] - ahead["progress"] * ahead["contract_amount"] // 10_000
    # Rounded up, so that the share stands above the limit that it is beyond.
    ahead["share"] = -(-ahead["so_far"] * 10_000 // ahead["contract_amount"].mask(ahead["contract_amount"].eq(0)))
    return found(
        ahead,
        subject="claim_id",
        zh="截至{claimed_on:day}累计报账{so_far:yuan},占合同金额{contract_amount:yuan}的{share:percent},而所报工程进度为{progress:percent}。",
        en="By {claimed_on:day} {so_far:yuan} had been claimed, {share:percent} of the contract of {contract_amount:yuan}, at a reported progress of {progress:percent}.",
        amount="excess",
        origins=["origin", "origin_project"],
        assessed=known,
    )


@planted("RA-02", share=0.0025)
def work_behind_the_claims(county, n):
    tolerance = int(county.parameter("RA-02", "progress_tolerance", 0) * 100)
    claims = with_project(county.tables["claims"], county.tables["projects"]).set_axis(county.tables["claims"].index)
    order = claims.sort_values(["project_id", "claimed_on", "claim_id"])
    share = order.groupby("project_id")["amount"].cumsum() * 10_000 // order["contract_amount"]
    least = share - tolerance - 500  # five points beyond the tolerance
    rows = county.take("claims", n, where=least.reindex(claims.index) >= 0)
    county.set("claims", rows, progress=least[rows.index] // 100 * 100)
    return rows["claim_id"]


@rule(
    "RA-08",
    title="批复前报账",
    severity="medium",
    subject="claim_id",
    reads={
        "claims": ["claim_id", "project_id", "claimed_on", "amount"],
        "projects": ["project_id", "approved_on"],
    },
)
def before_approval(claims, projects) -> Found:
    """Claimed before the project was approved.

    查什么:项目还没有批复就开始报账。
    方法:报账日期早于项目批复时间;涉及金额为本单金额。
    理由:先批复、后实施、再报账;批复前的报账没有项目依据。
    不含:红字冲销(负数)的报账单;报账日期或项目批复时间缺失、项目不在项目库中的报账单(计为未评估);批复当天的报账。
    前提:批复时间是首次批复的日期。
    """
    claims = with_project(not_reversals(claims), projects)
    known = claims["claimed_on"].notna() & claims["approved_on"].notna()
    return found(
        claims[known & (claims["claimed_on"] < claims["approved_on"])],
        subject="claim_id",
        zh="{claimed_on:day}报账{amount:yuan},而项目{approved_on:day}才批复。",
        en="{amount:yuan} was claimed on {claimed_on:day}; the project was approved only on {approved_on:day}.",
        amount="amount",
        origins=["origin", "origin_project"],
        assessed=known,
    )


@planted("RA-08", share=0.0025)
def approved_after_the_first_claim(county, n):
    of_project = county.tables["claims"].groupby("project_id")["claimed_on"]
    projects = county.take("projects", n, where=lambda t: t["project_id"].isin(of_project.groups))
    approved = projects["project_id"].map(of_project.min()) + pd.Timedelta(days=1)
    county.set("projects", projects, approved_on=approved)
    claims = county.tables["claims"]
    return claims.loc[claims["claimed_on"] < claims["project_id"].map(approved.set_axis(projects["project_id"])), "claim_id"]


@rule(
    "RA-09",
    title="申请与审批为同一人",
    severity="medium",
    subject="claim_id",
    reads={"claims": ["claim_id", "applied_by", "approved_by", "amount"]},
)
def approved_by_the_applicant(claims) -> Found:
    """Approved by the person who applied.

    查什么:报账的申请人和审批人是同一个人。
    方法:报账单上申请人与审批人姓名相同;涉及金额为本单金额。
    理由:申请与审批是不相容的职责,一人包办就没有了监督。
    不含:红字冲销(负数)的报账单;申请人或审批人空白的报账单(计为未评估)。
    前提:以姓名判断;同名的两个人须由单位说明。
    """
    claims = not_reversals(claims)
    known = claims["applied_by"].notna() & claims["approved_by"].notna()
    return found(
        claims[known & claims["applied_by"].eq(claims["approved_by"])],
        subject="claim_id",
        zh="本单{amount:yuan}的申请人与审批人是同一个人。",
        en="The applicant for this {amount:yuan} also approved it.",
        amount="amount",
        assessed=known,
    )


@planted("RA-09", share=0.0025)
def one_hand(county, n):
    claims = county.take("claims", n)
    county.set("claims", claims, approved_by=claims["applied_by"])
    return claims["claim_id"]
