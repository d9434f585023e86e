"""How long a claim takes: from the work to the claim, and from approval to payment."""

import pandas as pd

from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.parameters import Days, named
from bangfu.rules.catalogue import rule
from bangfu.rules.reimbursement import with_project
from bangfu.sample.planting import planted


@rule(
    "RA-12",
    title="报账或支付不及时",
    severity="medium",
    subject="claim_id",
    topic="reimbursement",
    reads={
        "claims": ["claim_id", "project_id", "claimed_on", "amount", "progress", "is_final", "approved_on", "paid_on"],
        "projects": ["project_id", "accepted_on"],
        "progress_checks": ["project_id", "progress", "confirmed_on"],
    },
    optional=["progress_checks"],
)
def late_claims_and_payments(
    claims, projects, progress_checks, *,
    claim_days: named(Days, "从进度确认或验收到报账最多天数", "most days from the work to the claim"),
    payment_days: named(Days, "从审批到支付最多天数", "most days from approval to payment"),
) -> Found:  # fmt: skip
    """Claimed long after the work, or paid long after approval.

    查什么:工程进度确认或项目验收后迟迟不报账,报账审批后迟迟不支付。
    方法:尾款从项目验收时间、其他报账单从首次确认达到所报进度的日期,到报账日期的天数;以及从审批日期到支付日期的天数。有一段大于规定天数即列出;涉及金额为本单金额。
    理由:实施单位要按程序及时报账,资金要及时足额到位;拖延报账、拖延支付使施工单位垫资,也使资金滞留。
    不含:正好等于规定天数的;日期在前一步之前的(由其他规则查);两段都缺日期而不能计算的,或能计算的一段没有超过、另一段缺日期的报账单(计为未评估);还没有支付的报账单。
    前提:政策只要求“及时”,没有规定天数,天数由审计机构确定;同一报账单号重复登记的只计一次。
    """
    claims = with_project(once(claims, "claim_id"), projects)
    final = claims["is_final"].eq(True).fillna(False).astype(bool)
    reached, origin_check = _reached(claims, progress_checks)
    claims["due_from"] = claims["accepted_on"].where(final, reached)
    claims["origin_check"] = origin_check.mask(final)
    claims["waited"] = (claims["claimed_on"] - claims["due_from"]).dt.days.astype("Int64")
    claims["lay"] = (claims["paid_on"] - claims["approved_on"]).dt.days.astype("Int64")
    late_claim, late_payment = claims["waited"].gt(claim_days).fillna(False).astype(bool), claims["lay"].gt(payment_days).fillna(False).astype(bool)
    claims["late_claim"], claims["late_payment"], claims["final"] = late_claim, late_payment, final
    late = late_claim | late_payment
    slow = claims[late]
    for column, told in (("told", _told), ("told_en", _told_en)):
        slow = slow.assign(**{column: pd.Series([told(claim) for claim in slow.itertuples()], index=slow.index, dtype="str")})
    return found(
        slow,
        subject="claim_id",
        zh="本单{amount:yuan}:{told}。",
        en="This claim of {amount:yuan}: {told_en}.",
        amount="amount",
        origins=["origin", "origin_project", "origin_check"],
        assessed=late | claims[["waited", "lay"]].notna().all(axis=1),
        notes=[("没有工程进度确认表,按进度报账的单据没有核对从进度确认到报账的天数。", "Without the table of confirmed progress, claims by progress are not held against the day on which it was confirmed.")] if progress_checks is None else (),
    )


def _told(claim) -> str:
    waited = f"{claim.due_from:%Y-%m-%d}{'验收' if claim.final else '确认进度'},{claim.waited}天后才报账" if claim.late_claim else ""
    lay = f"{claim.approved_on:%Y-%m-%d}审批,{claim.lay}天后才支付" if claim.late_payment else ""
    return ";".join(filter(None, (waited, lay)))


def _told_en(claim) -> str:
    waited = f"claimed {claim.waited} days after {'acceptance' if claim.final else 'its progress was confirmed'} on {claim.due_from:%Y-%m-%d}" if claim.late_claim else ""
    lay = f"paid {claim.lay} days after approval on {claim.approved_on:%Y-%m-%d}" if claim.late_payment else ""
    return "; ".join(filter(None, (waited, lay)))


def _reached(claims: pd.DataFrame, checks: pd.DataFrame | None) -> tuple[pd.Series, pd.Series]:
    """For each claim the first day on which its project was confirmed at its progress or beyond, and the row that says so."""
    if checks is None:
        return pd.Series(pd.NaT, index=claims.index, dtype="datetime64[us]"), pd.Series(pd.NA, index=claims.index, dtype="Int64")
    wanted = claims.assign(claim=range(len(claims)))[["claim", "project_id", "progress"]].dropna()
    pairs = wanted.merge(checks.dropna(subset=["project_id", "progress", "confirmed_on"]), on="project_id", suffixes=("", "_check"))
    first = pairs[pairs["progress_check"] >= pairs["progress"]].sort_values(["confirmed_on", "origin"]).drop_duplicates("claim").set_index("claim")
    reached = first[["confirmed_on", "origin"]].astype({"confirmed_on": "datetime64[us]", "origin": "Int64"}).reindex(range(len(claims))).set_axis(claims.index)
    return reached["confirmed_on"], reached["origin"]


@planted("RA-12", share=0.002)
def paid_after_a_long_time(county, n):
    """Approved, on the day of the claim, one day more than is allowed ahead of the payment; the work lies as long ahead of the claim as before."""
    most = county.parameter("RA-12", "payment_days", 0)
    claims = county.take("claims", n, where=lambda t: t["project_id"].map(t.groupby("project_id")["claimed_on"].min()).eq(t["claimed_on"]) & t["is_final"].eq(False))
    approved = claims["paid_on"] - pd.Timedelta(days=most + 1)
    county.set("claims", claims, approved_on=approved, claimed_on=approved)
    checks = county.tables["progress_checks"]
    for project, day in zip(claims["project_id"], approved, strict=True):
        county.set("projects", project, approved_on=day - pd.Timedelta(days=5))
        early = checks[checks["project_id"].eq(project)].sort_values("confirmed_on").head(1)
        county.set("progress_checks", early, confirmed_on=day - pd.Timedelta(days=1))
    return claims["claim_id"]
