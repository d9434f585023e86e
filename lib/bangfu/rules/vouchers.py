"""Vouchers of reimbursement: the papers of a claim and its invoice."""

import pandas as pd

from bangfu.entries import not_reversals
from bangfu.findings import Found, found
from bangfu.matching import stands_in
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

_PAPERS = {"has_contract": ("合同", "contract"), "has_invoice": ("发票", "invoice"), "has_acceptance": ("验收(进度)单", "acceptance or progress sheet")}


@rule(
    "RA-03",
    title="发票重复报账",
    severity="high",
    subject="claim_id",
    topic="reimbursement",
    offence="虚报冒领",
    reads={"claims": ["claim_id", "claimed_on", "amount", "invoice_no"]},
)
def invoice_used_twice(claims) -> Found:
    """One invoice stands in two or more claims.

    查什么:一张发票报了两次以上的账。
    方法:同一发票号码出现在两张以上报账单中,每一张都列出;最早的一张(按报账日期,同日按单号)不计涉及金额,其余按本单金额。
    理由:发票重复报账是虚报冒领的常见手法。
    不含:发票号码空白的报账单(计为未评估);红字冲销(负数)的报账单;同一报账单号重复登记的行。
    前提:发票号码在县内不重复;一张发票分次报账的,应有分次说明。
    """
    claims = not_reversals(claims)
    known = claims["invoice_no"].notna() & claims["claim_id"].notna()
    again = claims.loc[known & claims["invoice_no"].duplicated(keep=False), "claim_id"]
    order = claims[known & stands_in(claims["claim_id"], again)].sort_values(["invoice_no", "claimed_on", "claim_id"], kind="stable", na_position="last").drop_duplicates("claim_id")
    of_invoice = order.groupby("invoice_no")
    order["claims"] = of_invoice["claim_id"].transform("size")
    order["place"] = of_invoice.cumcount() + 1
    again = order[order["claims"] > 1].copy()
    again["repeated"] = again["amount"].mask(again["place"].eq(1))
    return found(
        again,
        subject="claim_id",
        zh="发票{invoice_no}在{claims}张报账单中出现,本单{claimed_on:day}报账{amount:yuan},为其中第{place}张。",
        en="Invoice {invoice_no} stands in {claims} claims; this one, of {claimed_on:day} over {amount:yuan}, is number {place}.",
        amount="repeated",
        assessed=known,
    )


@planted("RA-03", share=0.002)
def invoice_handed_in_again(county, n):
    claims = county.take("claims", 2 * n)
    pairs = list(zip(claims["claim_id"][::2], claims["claim_id"][1::2], claims["invoice_no"][::2]))
    for _, second, invoice in pairs:
        county.set("claims", second, invoice_no=invoice)
    return [claim for first, second, _ in pairs for claim in (first, second)]


@rule(
    "RA-04",
    title="报账资料不全",
    severity="medium",
    subject="claim_id",
    topic="reimbursement",
    reads={"claims": ["claim_id", "amount", "has_contract", "has_invoice", "has_acceptance"]},
)
def papers_missing(claims) -> Found:
    """Contract, invoice or acceptance sheet is missing.

    查什么:报账所附的资料缺合同、发票或验收(进度)单。
    方法:三项资料中有一项登记为“无”;涉及金额为本单金额。
    理由:报账资料不全就不能证明支出真实、合规,按规定不予报账。
    不含:红字冲销(负数)的报账单;没有登记为“无”的,但有一项空白的报账单(计为未评估)。
    前提:“有”表示资料齐全有效,“无”表示没有。
    """
    claims = not_reversals(claims)
    papers = claims[list(_PAPERS)]
    absent = papers.eq(False).fillna(False).astype(bool)
    known = absent.any(axis=1) | papers.notna().all(axis=1)
    short = claims[absent.any(axis=1)].copy()
    short["lacking"] = _listed(absent.loc[short.index], 0, "、")
    short["lacking_en"] = _listed(absent.loc[short.index], 1, ", ")
    return found(
        short,
        subject="claim_id",
        zh="报账{amount:yuan},缺少{lacking}。",
        en="{amount:yuan} was claimed without {lacking_en}.",
        amount="amount",
        assessed=known,
    )


@planted("RA-04", share=0.0025)
def a_paper_not_there(county, n):
    claims = county.take("claims", n)
    for place, claim in enumerate(claims["claim_id"]):
        county.set("claims", claim, **{list(_PAPERS)[place % len(_PAPERS)]: False})
    return claims["claim_id"]


def _listed(absent: pd.DataFrame, word: int, between: str) -> pd.Series:
    """The papers that are absent, row by row, in words."""
    text = pd.Series("", index=absent.index)
    for column, names in _PAPERS.items():
        text += absent[column].map({True: between + names[word], False: ""}).astype("str")
    return text.str.removeprefix(between)


@rule(
    "RA-05",
    title="报账金额大于发票金额",
    severity="high",
    subject="claim_id",
    topic="reimbursement",
    offence="虚报冒领",
    reads={"claims": ["claim_id", "amount", "invoice_amount"]},
)
def more_than_the_invoice(claims) -> Found:
    """More was claimed than the invoice says.

    查什么:报账金额比发票金额还大。
    方法:报账金额大于发票金额;涉及金额为两者之差。
    理由:超出发票的部分没有票据支持,属于虚报。
    不含:报账金额或发票金额空白的报账单(计为未评估)。
    前提:发票金额是本单所附全部发票的合计,含税。
    """
    known = claims["amount"].notna() & claims["invoice_amount"].notna()
    above = claims[known][lambda c: c["amount"] > c["invoice_amount"]].copy()
    above["excess"] = above["amount"] - above["invoice_amount"]
    return found(
        above,
        subject="claim_id",
        zh="报账{amount:yuan},发票{invoice_amount:yuan},多报{excess:yuan}。",
        en="{amount:yuan} was claimed on an invoice of {invoice_amount:yuan}, {excess:yuan} too much.",
        amount="excess",
        assessed=known,
    )


@planted("RA-05", share=0.0025)
def smaller_invoice(county, n):
    """The first is a fen short only."""
    claims = county.take("claims", n)
    short = county.rng.integers(1, 2_000_000, len(claims)) % claims["amount"].to_numpy(dtype="int64")
    short[:1] = 1
    county.set("claims", claims, invoice_amount=claims["amount"] - short)
    return claims["claim_id"]
