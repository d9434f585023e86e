"""Medical settlements: was as much reimbursed as promised?"""

from fractions import Fraction

from bangfu.findings import Found, found
from bangfu.parameters import Share, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

INPATIENT, CHRONIC = "住院", "慢病门诊"


@rule(
    "BE-08",
    title="医疗报销比例未达标",
    severity="medium",
    subject="settlement_id",
    topic="benefits",
    reads={"settlements": ["settlement_id", "kind", "total", "reimbursed"]},
)
def reimbursed_below_the_ratio(
    settlements, *,
    inpatient: named(Share, "住院报销比例", "reimbursement of inpatient care"),
    chronic: named(Share, "慢病门诊报销比例", "reimbursement of chronic outpatient care"),
) -> Found:
    """A medical bill was reimbursed below the promised ratio.

    查什么:住院或慢病门诊的报销比例低于规定。
    方法:报销金额 ÷ 总费用 < 住院或慢病门诊的规定比例,以分为单位用乘法比较;正好等于的不算;比例取审计年度年末有效的值;差额为补到规定比例所差的金额,不足一分的进到分。
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


@planted("BE-08", share=0.005)
def reimbursed_too_little(county, n):
    """A fen below the ratio, or up to a third of the bill."""
    ratios = {INPATIENT: county.parameter("BE-08", "inpatient", Fraction(9, 10)), CHRONIC: county.parameter("BE-08", "chronic", Fraction(8, 10))}
    bills = county.take("settlements", n)
    due = [-int(-total * ratios[kind] // 1) for total, kind in zip(bills["total"], bills["kind"], strict=True)]
    less = [1 if i == 0 else int(total * share) for i, (total, share) in enumerate(zip(bills["total"], county.rng.uniform(0.01, 0.3, len(bills)), strict=True))]
    county.set("settlements", bills, reimbursed=[d - s for d, s in zip(due, less, strict=True)])
    return bills["settlement_id"]
