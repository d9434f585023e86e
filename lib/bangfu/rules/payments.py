"""Payments of reimbursement: who was paid, when, how much and for which project."""

import pandas as pd

from bangfu import calendar, money
from bangfu.entries import not_reversals, once
from bangfu.findings import Found, found
from bangfu.matching import beside
from bangfu.parameters import Texts, named
from bangfu.rules.allocations import room
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted
from bangfu.rules.reimbursement import with_project


def _with_payment(claims: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Each claim with the outflow that paid it (`amount_paid`, `project_id_paid`, `origin_paid`); missing where there is none."""
    return beside(claims, ledger[ledger["direction"].eq("out")], "txn_id", "_paid")


@rule(
    "RA-06",
    title="收款单位与施工单位不符",
    severity="high",
    subject="claim_id",
    topic="reimbursement",
    reads={
        "claims": ["claim_id", "project_id", "amount", "payee"],
        "projects": ["project_id", "contractor"],
    },
)
def paid_to_another_firm(claims, projects) -> Found:
    """The payee is not the contractor.

    查什么:工程款付给了施工单位以外的单位。
    方法:报账单的收款单位与项目的施工单位名称不同;涉及金额为本单金额。
    理由:款项应直接付给合同对方,付给第三方可能掩盖转包、挂靠或套取。
    不含:红字冲销(负数)的报账单;收款单位或施工单位空白、项目不在项目库中的报账单(计为未评估)。
    前提:单位名称按全称登记;更名或委托收款的应附证明。
    """
    claims = with_project(not_reversals(claims), projects)
    known = claims["payee"].notna() & claims["contractor"].notna()
    return found(
        claims[known & claims["payee"].ne(claims["contractor"])],
        subject="claim_id",
        zh="{amount:yuan}付给“{payee}”,而项目的施工单位是“{contractor}”。",
        en="{amount:yuan} went to {payee}; the contractor of the project is {contractor}.",
        amount="amount",
        origins=["origin", "origin_project"],
        assessed=known,
    )


@planted("RA-06", share=0.0025)
def another_payee(county, n):
    claims = county.take("claims", n)
    firms = county.tables["projects"].dropna(subset="contractor").drop_duplicates("contractor")
    for claim in claims.itertuples():
        others = firms[firms["contractor"] != claim.payee]
        firm = others.iloc[county.rng.integers(len(others))]
        county.set("claims", claim.claim_id, payee=firm["contractor"], payee_account=firm["contractor_account"])
        county.set("ledger", claim.txn_id, counterparty_account=firm["contractor_account"], counterparty_name=firm["contractor"])
    return claims["claim_id"]


@rule(
    "RA-07",
    title="未验收先付尾款",
    severity="high",
    subject="claim_id",
    topic="reimbursement",
    reads={
        "claims": ["claim_id", "project_id", "amount", "paid_on", "is_final"],
        "projects": ["project_id", "accepted_on", "acceptance_result"],
    },
)
def final_payment_before_acceptance(claims, projects, *, passed: named(Texts, "表示验收合格的写法", "words for a passed acceptance")) -> Found:
    """The final payment was made without a passed acceptance.

    查什么:工程没有验收合格就付清了尾款。
    方法:尾款的支付日期早于验收时间,或者项目的验收结论不是合格(没有验收结论也算);涉及金额为本单金额。
    理由:尾款是约束工程质量的最后手段,应在验收合格后支付。
    不含:红字冲销(负数)的报账单;不是尾款的报账单;尚未支付(支付日期空白)的尾款、没有注明是否尾款的报账单、项目不在项目库中的报账单,以及验收合格而验收时间空白的项目(计为未评估);验收当天支付的尾款。
    前提:支付日期是实际付款的日期。
    """
    claims = with_project(not_reversals(claims), projects)
    claims = claims[claims["is_final"].fillna(True).astype(bool)]
    accepted = claims["acceptance_result"].isin(passed)
    known = claims["is_final"].notna() & claims["paid_on"].notna() & claims["origin_project"].notna() & (~accepted | claims["accepted_on"].notna())
    early = claims["accepted_on"].notna() & (claims["paid_on"] < claims["accepted_on"])
    rash = claims[known & (early | ~accepted)].copy()
    rash["acceptance"] = rash["accepted_on"].dt.strftime("%Y-%m-%d").fillna("无")
    rash["acceptance_en"] = rash["accepted_on"].dt.strftime("%Y-%m-%d").fillna("none")
    rash["result"] = rash["acceptance_result"].fillna("无")
    rash["result_en"] = rash["acceptance_result"].fillna("none")
    return found(
        rash,
        subject="claim_id",
        zh="尾款{amount:yuan}于{paid_on:day}支付,项目验收时间:{acceptance},验收结论:{result}。",
        en="The final {amount:yuan} was paid on {paid_on:day}; acceptance on: {acceptance_en}; result: {result_en}.",
        amount="amount",
        origins=["origin", "origin_project"],
        assessed=known,
    )


@planted("RA-07", share=0.0025)
def accepted_later_or_not_at_all(county, n):
    """Accepted a day after the payment, or not passed."""
    projects = county.tables["projects"].dropna(subset=["accepted_on", "acceptance_result"])
    claims = county.take("claims", n, where=lambda t: t["is_final"].eq(True) & t["project_id"].isin(projects["project_id"]))
    for place, claim in enumerate(claims.itertuples()):
        if place % 2 or claim.paid_on >= calendar.last_day(county.year):
            county.set("projects", claim.project_id, acceptance_result="不合格")
        else:
            county.set("projects", claim.project_id, accepted_on=claim.paid_on + pd.Timedelta(days=1))
    return claims["claim_id"]


@rule(
    "RA-10",
    title="支出未核算到项目",
    severity="high",
    subject="claim_id",
    topic="reimbursement",
    reads={
        "claims": ["claim_id", "project_id", "amount", "txn_id"],
        "ledger": ["txn_id", "direction", "project_id"],
    },
)
def booked_to_another_project(claims, ledger) -> Found:
    """The payment was booked to another project.

    查什么:报账的是这个项目,付款却记在另一个项目上。
    方法:按流水号找到支付本单的流水,其项目编号与报账单的项目编号不同;涉及金额为本单金额。
    理由:支出必须核算到具体项目,张冠李戴使项目成本失真,掩盖超支和挪用。
    不含:红字冲销(负数)的报账单;没有流水号、找不到对应支出流水,或任一方项目编号空白的报账单(计为未评估;没有项目编号的专户支出由FE-02查)。
    前提:流水号在账户流水中不重复。
    """
    claims = _with_payment(not_reversals(claims), ledger)
    known = claims["project_id"].notna() & claims["project_id_paid"].notna()
    return found(
        claims[known & claims["project_id"].ne(claims["project_id_paid"])],
        subject="claim_id",
        zh="报账单属于项目{project_id},支付{amount:yuan}的流水{txn_id}记在项目{project_id_paid}。",
        en="The claim is for project {project_id}; transaction {txn_id}, which paid {amount:yuan}, is booked to project {project_id_paid}.",
        amount="amount",
        origins=["origin", "origin_paid"],
        assessed=known,
    )


@planted("RA-10", share=0.0025)
def booked_elsewhere(county, n):
    claims = county.take("claims", n)
    for claim in claims.itertuples():
        others = county.tables["projects"]["project_id"][lambda p, own=claim.project_id: p.ne(own)]
        county.set("ledger", claim.txn_id, project_id=others.iloc[county.rng.integers(len(others))])
    return claims["claim_id"]


@rule(
    "RA-11",
    title="支付金额与报账金额不符",
    severity="high",
    subject="claim_id",
    topic="reimbursement",
    reads={
        "claims": ["claim_id", "amount", "txn_id"],
        "ledger": ["txn_id", "direction", "amount"],
    },
)
def paid_another_amount(claims, ledger) -> Found:
    """Another amount was paid than claimed.

    查什么:实际付出去的钱和报账的钱对不上。
    方法:按流水号找到支付本单的流水,其金额与报账金额不等;涉及金额为两者之差(绝对值)。
    理由:付款应以审批的报账单为准,多付、少付都说明审批没有起作用。
    不含:没有流水号、找不到对应支出流水,或任一方金额空白的报账单(计为未评估)。
    前提:一笔流水只支付一张报账单;合并支付的应拆分登记,疑点中写明该流水共支付几张、合计多少。
    """
    claims = _with_payment(claims, ledger)
    known = claims["amount"].notna() & claims["amount_paid"].notna()
    differing = claims[known][lambda c: c["amount"].ne(c["amount_paid"])].copy()
    differing["difference"] = (differing["amount"] - differing["amount_paid"]).abs()
    shared = once(claims, "claim_id").groupby("txn_id")["amount"].agg(["size", "sum"]).query("size > 1")
    zh = {txn: f"。该流水共支付{count}张报账单,合计{money.in_words(total)}" for txn, count, total in shared.itertuples()}
    en = {txn: f"; the transaction paid {count} claims, {money.in_words(total, 'en')} in all" for txn, count, total in shared.itertuples()}
    differing["shared"], differing["shared_en"] = (differing["txn_id"].map(words).astype("str").fillna("") for words in (zh, en))
    return found(
        differing,
        subject="claim_id",
        zh="报账{amount:yuan},流水{txn_id}支付{amount_paid:yuan},相差{difference:yuan}{shared}。",
        en="{amount:yuan} was claimed and {amount_paid:yuan} paid by transaction {txn_id}, a difference of {difference:yuan}{shared_en}.",
        amount="difference",
        origins=["origin", "origin_paid"],
        money=["origin_paid"],
        assessed=known,
    )


@planted("RA-11", share=0.0025)
def paid_more_or_less(county, n):
    """The first is a fen less; others are more where the fund has the money, so that no other case comes of it."""
    claims = county.take("claims", n)
    for place, claim in enumerate(claims.itertuples()):
        paid = county.tables["ledger"].set_index("txn_id").loc[claim.txn_id]
        more = int(county.rng.integers(1, 500_000))
        change = -1 if place == 0 else more if room(county)[paid["fund_id"]] >= more else -1
        county.set("ledger", claim.txn_id, amount=paid["amount"] + change)
    return claims["claim_id"]
