"""Monitoring against falling back into poverty: what the spot checks of the villages mean for all of their households."""

import pandas as pd

from bangfu.findings import Found, found
from bangfu.parameters import Share, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted
from bangfu.stats.acceptance import decision


@rule(
    "MO-03",
    title="村疑似率超过2%须全面重新排查",
    severity="high",
    subject="village_code",
    reads={"spot_checks": ["village_code", "checked", "suspects", "at_random"], "villages": ["village_code", "households_total"]},
)
def village_to_be_screened_again(
    spot_checks, villages, *,
    suspect_share: named(Share, "容许疑似率", "share of suspect households tolerated"),
    wrongly_rescreened: named(Share, "未超标的村被判重新排查的风险", "risk of condemning a village within"),
    wrongly_cleared: named(Share, "超标的村被放行的风险", "risk of clearing a village above"),
) -> Found:
    """More households of a village are suspect than is tolerated, so that the village has to be screened again.

    查什么:监测随机抽查显示,村内疑似户占全村户数的比例超过容许疑似率。
    方法:按全村户数、抽查户数、疑似户数作超几何分布验收抽样,三种结论:若全村未超标、抽出这么多疑似户的概率不大于规定风险,判为须重新排查;若全村超标、只抽出这么少的概率不大于规定风险,判为不需重新排查;其余为扩大抽样,并说明还要随机抽查几户。不以“疑似户÷抽查户”直接与容许疑似率相比。全村各户都已核查的,直接计算,不作推断。
    理由:疑似率超过2%的村要对本村所有农户全面重新排查;抽查户数少时,比例超过2%可能只是偶然,低于2%也不足以放行。
    不含:须扩大抽样才能判定的村、不是随机抽取又不足以定论的村、没有抽查的村,以及全村户数、抽查户数或疑似户数缺失、互相矛盾的村(计为未评估)。
    前提:一村一行,写明累计抽查户数和疑似户数;全村户数以行政村表的总户数为准;两种风险由审计机构确定,文件没有规定。
    """
    checked = spot_checks.dropna(subset="village_code").drop_duplicates("village_code")
    checked = checked.merge(villages.dropna(subset="village_code").drop_duplicates("village_code"), on="village_code", how="left", suffixes=("", "_village"))
    counts = checked[["households_total", "checked", "suspects"]].fillna(-1)
    ordered = (counts["suspects"] >= 0) & (counts["checked"] >= counts["suspects"]) & (counts["households_total"] >= counts["checked"]) & (counts["households_total"] > 0)
    judged = checked[ordered & checked["at_random"].notna()]
    decided = decision.decide_all(
        judged["households_total"], judged["checked"], judged["suspects"], suspect_share, producer_risk=float(wrongly_rescreened), consumer_risk=float(wrongly_cleared),
        drawn_at_random=judged["at_random"].to_numpy(dtype=bool),
    )  # fmt: skip
    judged = judged.join(decided[["outcome", "basis", "tolerated", "chance_if_within", "further"]])
    for column, said in (("why", _why_zh), ("why_en", _why_en)):
        judged[column] = pd.Series([said(row) for row in judged.itertuples()], index=judged.index, dtype="str")
    settled = judged["outcome"].isin(["clear", "rescreen"])
    without = set(villages["village_code"].dropna()) - set(checked["village_code"])
    return found(
        judged[judged["outcome"] == "rescreen"],
        subject="village_code",
        zh="全村{households_total}户,抽查{checked}户,疑似{suspects}户;容许疑似率{share:share}即全村至多{tolerated}户。{why}须对全村各户重新排查。",
        en="Of the {households_total} households of the village {checked} were checked and {suspects} are suspect; {share:share} tolerated means {tolerated} in the village. {why_en} Every household has to be screened again.",
        origins=["origin", "origin_village"],
        assessed=int(settled.sum()),
        unassessed=len(checked) - int(settled.sum()) + len(without),
        notes=_undecided(judged[judged["outcome"] == "extend"]),
        share=float(suspect_share),
    )


def _why_zh(row) -> str:
    if row.basis == "sample":
        return f"若全村未超标,抽出这么多疑似户的概率只有{row.chance_if_within:.2g}。"
    return "全村已逐户核查,直接计算。" if row.basis == "census" else "已查出的疑似户本身就超过此数。"


def _why_en(row) -> str:
    if row.basis == "sample":
        return f"If the village were within, so many would be found with a chance of only {row.chance_if_within:.2g}."
    return "Every household was checked, so that nothing is inferred." if row.basis == "census" else "Those found already exceed that."


def _undecided(villages: pd.DataFrame) -> list[tuple[str, str]]:
    """What to do in the villages whose check neither clears nor condemns them."""
    if villages.empty:
        return []
    zh = "、".join(f"{row.village_code}(再查{row.further}户)" for row in villages.itertuples())
    en = ", ".join(f"{row.village_code} ({row.further} more)" for row in villages.itertuples())
    return [
        (
            f"{len(villages)}个村的抽查既不能放行也不能判定,须扩大随机抽样:{zh};再查这些户而不再查出疑似户,即可放行。",
            f"The checks of {len(villages)} villages neither clear nor condemn them; extend the random sample: {en}; without another suspect they are cleared.",
        )
    ]


@planted("MO-03", n=1)
def village_full_of_suspects(county, n):
    """As few suspects as make a random check of the village condemn it."""
    share, within, above = (float(county.parameter("MO-03", name, usual)) for name, usual in (("suspect_share", 0.02), ("wrongly_rescreened", 0.05), ("wrongly_cleared", 0.1)))
    homes = county.tables["villages"].set_index("village_code")["households_total"]
    chosen = county.take("spot_checks", n)
    for label, check in chosen.iterrows():
        total, checked = int(homes[check["village_code"]]), int(check["checked"])
        outcomes = decision.decide_all([total] * checked, [checked] * checked, range(1, checked + 1), share, producer_risk=within, consumer_risk=above)["outcome"]
        county.set("spot_checks", chosen.loc[[label]], suspects=int((outcomes == "rescreen").to_numpy().argmax()) + 1)
    return chosen["village_code"]
