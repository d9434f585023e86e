"""Reimbursement accounting (报账制): budget, contract, progress, claim, invoice and payment held against each other."""

from bangfu.findings import Found, found
from bangfu.parameters import Points
from bangfu.rules.catalogue import rule


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
def ahead_of_progress(claims, projects, *, progress_tolerance: Points) -> Found:
    """Claims run ahead of the work.

    查什么:项目报账跑在工程进度前面。
    方法:按报账日期累计到本单的报账金额 ÷ 合同金额,超过本单所报工程进度与容许差(百分点)之和。
    理由:报账制要求按建设进度核拨资金,提前支付使资金脱离监督,工程停工时难以追回。
    不含:没有合同金额、进度或报账日期的报账单(计为未评估)。
    前提:工程进度是合同工程量的完成比例;同一天的报账单按单号先后累计。
    """
    claims = claims.merge(projects, on="project_id", how="left", suffixes=("", "_project"))
    known = claims[["project_id", "claimed_on", "amount", "progress", "contract_amount"]].notna().all(axis=1)
    judged = claims[known].sort_values(["project_id", "claimed_on", "claim_id"], kind="stable")
    judged["so_far"] = judged.groupby("project_id")["amount"].cumsum()
    # Basis points on both sides: fen × 10,000 against fen × basis points, no division.
    allowed = (judged["progress"] + int(progress_tolerance * 100)) * judged["contract_amount"]
    ahead = judged[judged["so_far"] * 10_000 > allowed].copy()
    ahead["excess"] = ahead["so_far"] - ahead["progress"] * ahead["contract_amount"] // 10_000
    ahead["share"] = ahead["so_far"] * 10_000 // ahead["contract_amount"]
    return found(
        ahead,
        subject="claim_id",
        zh="截至{claimed_on:day}累计报账{so_far:yuan},占合同金额{contract_amount:yuan}的{share:percent},而所报工程进度为{progress:percent}。",
        en="By {claimed_on:day} {so_far:yuan} had been claimed, {share:percent} of the contract of {contract_amount:yuan}, at a reported progress of {progress:percent}.",
        amount="excess",
        origins=["origin", "origin_project"],
        assessed=known,
    )
