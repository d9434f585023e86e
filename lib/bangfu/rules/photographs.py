"""Photographs of home visits: are they uploaded once the county's system is in use?"""

from fractions import Fraction

import pandas as pd

from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.parameters import Count, Share, named
from bangfu.rules.catalogue import rule
from bangfu.rules.visit_records import at_home
from bangfu.sample.planting import planted


@rule(
    "HV-12",
    topic="visits",
    title="入户走访无照片",
    severity="low",
    subject="helper_id",
    reads={"visits": ["visit_id", "helper_id", "visited_at", "mode", "photo_fingerprint"]},
)
def visits_without_photograph(
    visits, *,
    without_share: named(Share, "无照片的最高比例", "largest share without a photograph"),
    photo_visits: named(Count, "最少入户次数", "fewest home visits"),
    in_use_share: named(Share, "视为系统已运行的有照片比例", "share with a photograph from which the system counts as in use"),
) -> Found:
    """Too many of a helper's home visits have no photograph.

    查什么:信息系统运行以后,责任人的入户走访记录没有照片的比例过高。
    方法:某个月全县入户记录中有照片指纹的达到规定比例(且至少有一条),视为系统该月已经运行;责任人在这些月份的入户记录达到规定条数,其中没有照片指纹的比例高于规定比例的为发现,正好等于的不算,用整数乘法比较。
    理由:实施意见要求系统运行后,走访情况要及时上传照片;大量入户没有照片,难以证明到过户。
    不含:电话联系;系统没有运行的月份;走访方式、责任人、日期不明的记录,以及入户记录不足规定条数的责任人(计为未评估)。全县都没有照片的,整条不评估。
    前提:实施意见没有写系统运行的日期,也没有写允许的比例,均为示例值,请县里核准;县里确知系统一直在运行的,可把视为已运行的比例改为0。本规则不影响考核得分:评分卡没有照片这一项。
    """
    visits = once(visits, "visit_id")
    home = visits[at_home(visits) & visits["helper_id"].notna()]
    month = home["visited_at"].dt.year * 12 + home["visited_at"].dt.month
    photo = home["photo_fingerprint"].notna()
    months = photo.groupby(month).agg(["sum", "size"])
    in_use = months.index[(months["sum"] > 0) & _reaches(months["sum"], months["size"], in_use_share)]
    judged = home[month.isin(in_use)].assign(without=~photo)
    people = judged.groupby("helper_id")["without"].agg(without="sum", of="size")
    enough = people["of"] >= photo_visits
    wrong = people[enough & (people["without"] * without_share.denominator > people["of"] * without_share.numerator)]
    rows = judged[judged["without"]].drop(columns="without").merge(wrong.reset_index(), on="helper_id").sort_values(["helper_id", "visited_at", "visit_id"], kind="stable")
    return found(
        rows,
        subject="helper_id",
        zh="系统运行期间入户{of}次,其中{without}次没有照片,超过{most:share}的界限。",
        en="Of {of} home visits while the system was in use {without} have no photograph; more than {most:share}.",
        assessed=int(enough.sum()),
        unassessed=home["helper_id"].nunique() - int(enough.sum()),
        notes=_not_in_use(months, in_use),
        most=float(without_share),
    )


def _reaches(part: pd.Series, whole: pd.Series, share: Fraction) -> pd.Series:
    """part / whole >= share, without dividing."""
    return part * share.denominator >= whole * share.numerator


def _not_in_use(months: pd.DataFrame, in_use: pd.Index) -> list[tuple[str, str]]:
    """Which months were left out because hardly anybody in the county uploaded a photograph."""
    out = months.index.difference(in_use)
    if len(out) == 0:
        return []
    if len(in_use) == 0:
        return [("全县入户记录没有照片,或有照片的不足以表明系统已经运行,没有评估。", "No photographs in the county, or too few to show that the system is in use: not assessed.")]
    named_zh = "、".join(f"{(m - 1) // 12:.0f}-{(m - 1) % 12 + 1:02.0f}" for m in out)
    return [(f"下列月份全县很少上传照片,视为系统没有运行,没有评估:{named_zh}。", f"In these months hardly any photograph was uploaded in the county, the system counts as not in use: {named_zh.replace('、', ', ')}.")]


@planted("HV-12", share=0.003)
def no_photographs(county, n):
    """One home visit more than is tolerated has no photograph; of one more helper just as many as are tolerated."""
    most, least = county.parameter("HV-12", "without_share", Fraction(1, 5)), county.parameter("HV-12", "photo_visits", 5)
    counts = county.tables["visits"].loc[at_home].groupby("helper_id").size()
    chosen = county.take("helpers", n + 1, where=lambda h: h["helper_id"].map(counts) >= least)
    for i, helper in enumerate(chosen["helper_id"]):
        theirs = county.rows("visits", helper_id=helper, mode="home")
        tolerated = int(len(theirs) * most)
        county.set("visits", theirs.iloc[: tolerated + (1 if i < n else 0)], photo_fingerprint=None)
    return chosen["helper_id"].iloc[:n]
