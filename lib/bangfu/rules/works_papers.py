"""The papers of dangerous housing, safe water and roads."""

import re

import pandas as pd

from bangfu import calendar
from bangfu.findings import Found, found
from bangfu.parameters import Texts, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

# Which paper each kind of work needs, and what it is called (work-plans 篇6 二).
PAPERS = {
    "housing": {"has_appraisal": ("原始房屋鉴定", "appraisal of the old house"), "has_construction": ("施工手续", "papers of construction"), "has_completion": ("竣工验收", "acceptance")},
    "roads": {"has_approval": ("审批", "approval"), "has_inspection": ("质检", "quality inspection"), "has_supervision": ("监理", "supervision"), "has_completion": ("验收", "acceptance")},
}
_COLUMNS = list(dict.fromkeys(c for papers in PAPERS.values() for c in papers))


@rule(
    "PQ-01",
    title="危房改造、安全饮水、道路手续不全",
    severity="medium",
    subject="project_id",
    topic="quality-check",
    reads={"project_papers": ["project_id", "kind", *_COLUMNS, "central_supply", "water_tested_on"]},
)
def papers_of_works_missing(
    project_papers, *, year,
    housing: named(Texts, "危房改造的工程类别", "kinds of work on dangerous housing"),
    water: named(Texts, "安全饮水的工程类别", "kinds of work on safe water"),
    roads: named(Texts, "道路、桥梁的工程类别", "kinds of work on roads and bridges"),
) -> Found:  # fmt: skip
    """Papers of dangerous housing, safe water or roads are missing.

    查什么:危房改造缺原始房屋鉴定、施工手续或竣工验收;道路、桥梁缺审批、质检、监理或验收手续;集中供水工程本年没有水质检测。
    方法:工程类别含有规定词语的归入三类之一;该类应有的手续有一项登记为“无”的列出。集中供水工程的最近水质检测日期早于本年1月1日的,为本年没有检测。
    理由:手续不全就不能证明房屋原是危房、工程合格、水质达标,容易虚报工程、留下质量隐患。
    不含:三类以外的工程;分散式供水工程(须入户查看);应有的手续有空白、其余都有的工程,工程类别空白、归入两类以上的工程,没有注明是否集中供水或没有检测日期的供水工程(以上计为未评估)。
    前提:“有”表示原件齐全有效;供水工程其他手续文件没有列明,不作核对;一个项目有几行的,有一行缺少即列出。
    """
    rows = project_papers.dropna(subset="project_id").copy()
    of_kind = pd.DataFrame({name: rows["kind"].str.contains("|".join(map(re.escape, words)), na=False) for name, words in (("housing", housing), ("water", water), ("roads", roads))})
    one = of_kind.sum(axis=1).eq(1)
    lacking, unknown = pd.Series("", index=rows.index, dtype="str"), pd.Series(False, index=rows.index)
    lacking_en = lacking.copy()
    for name, papers in PAPERS.items():
        for column, (zh, en) in papers.items():
            mine = one & of_kind[name]
            absent = mine & rows[column].eq(False).fillna(False).astype(bool)
            lacking, lacking_en = lacking.mask(absent, lacking + "、" + zh), lacking_en.mask(absent, lacking_en + ", " + en)
            unknown |= mine & rows[column].isna()
    supplied = one & of_kind["water"]
    central = supplied & rows["central_supply"].eq(True).fillna(False).astype(bool)
    untested = central & rows["water_tested_on"].lt(calendar.first_day(year))
    lacking, lacking_en = lacking.mask(untested, lacking + "、本年水质检测"), lacking_en.mask(untested, lacking_en + ", a test of the water in the year")
    unknown |= (supplied & rows["central_supply"].isna()) | (central & rows["water_tested_on"].isna()) | rows["kind"].isna() | of_kind.sum(axis=1).gt(1)
    short = lacking.ne("")
    concerned = (of_kind.any(axis=1) | rows["kind"].isna()) & ~(supplied & rows["central_supply"].eq(False).fillna(False).astype(bool))
    return found(
        rows.assign(lacking=lacking.str.removeprefix("、"), lacking_en=lacking_en.str.removeprefix(", "))[short],
        subject="project_id",
        zh="{kind}工程缺{lacking}。",
        en="These works ({kind}) lack: {lacking_en}.",
        assessed=(short | ~unknown)[concerned],
    )


@planted("PQ-01", n=1)
def works_without_their_papers(county, n):
    """Roads without supervision."""
    roads = county.parameter("PQ-01", "roads", ("道路",))
    works = county.take("project_papers", n, where=lambda t: t["kind"].str.contains("|".join(roads)))
    county.set("project_papers", works, has_supervision=False)
    return works["project_id"]
