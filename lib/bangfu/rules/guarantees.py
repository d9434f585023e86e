"""Do the guarantees that a household is marked with agree with what is known of its members?"""

import pandas as pd

from bangfu.findings import Found, found
from bangfu.parameters import Count, Texts, named
from bangfu.rules.catalogue import rule
from bangfu.rules.insurance import NO_DEATHS, alive
from bangfu.sample.planting import planted


@rule(
    "EX-03",
    topic="exit",
    title="保障标记与成员情况矛盾",
    severity="medium",
    subject="household_id",
    reads={
        "households": ["household_id", "education", "medical"],
        "members": ["household_id", "id_number", "born_on", "student_stage", "insured"],
        "deaths": ["id_number", "died_on"],
    },
    optional=["deaths"],
)
def guarantee_contradicted_by_members(
    households, members, deaths, *, year,
    compulsory_from: named(Count, "义务教育起始周岁(年末)", "first whole year of age of compulsory schooling, at the end of the year"),
    compulsory_to: named(Count, "义务教育截止周岁(年末)", "last whole year of age of compulsory schooling, at the end of the year"),
    in_school: named(Texts, "表示在校的写法", "words for being in school"),
    out_of_school: named(Texts, "表示不在校的写法", "words for not being in school"),
) -> Found:
    """A household is marked as having schooling or medical care while a member is out of school or not insured.

    查什么:贫困户表上义务教育为“是”,而有义务教育年龄的成员不在校;或者基本医疗为“是”,而有成员没有参加基本医疗保险。
    方法:审计年度12月31日的周岁在义务教育起止周岁之间(含两端)、在校生状况为不在校的成员,与义务教育“是”矛盾;参加基本医疗保险为“否”的成员,与基本医疗“是”矛盾。
    理由:保障标记是退出的依据,与成员实际情况矛盾,说明有一处没有核实。
    不含:标记为“否”的户;年底以前在死亡登记中的成员;标记空缺,或成员的出生日期、在校生状况、参保情况不明(包括写法不在参数之列)而足以影响结论的户(计为未评估)。
    前提:起止周岁取得偏窄:有的地方可以推迟到七周岁入学,年末满十五周岁的可能已经毕业;因身体原因经批准免学、缓学或送教上门的,由审计人员核实。考核得分按贫困户表的保障标记计,本规则不另扣分。
    """
    homes = households.dropna(subset="household_id").drop_duplicates("household_id")
    people = members[members["household_id"].notna() & alive(members, deaths, year)]
    age = year - people["born_on"].dt.year.astype("Int64")
    of_age = (age >= compulsory_from) & (age <= compulsory_to)
    out = of_age & people["student_stage"].isin(out_of_school)
    # Of an age that is not known, being out of school tells nothing; being in school never contradicts.
    unclear = of_age.fillna(True).astype(bool) & ~people["student_stage"].isin(in_school) & ~out.fillna(False).astype(bool)
    faults = pd.DataFrame(
        {
            "household_id": people["household_id"], "origin": people["origin"], "out": out.fillna(False).astype(bool), "uninsured": ~people["insured"].fillna(True).astype(bool),
            "school_unclear": unclear, "insured_unclear": people["insured"].isna(),
        }
    )  # fmt: skip
    sums = faults.groupby("household_id")[["out", "uninsured", "school_unclear", "insured_unclear"]].sum().reindex(homes["household_id"], fill_value=0).set_axis(homes.index)
    schooling, medical = homes["education"], homes["medical"]
    no_school, no_cover = (schooling & (sums["out"] > 0)).fillna(False).astype(bool), (medical & (sums["uninsured"] > 0)).fillna(False).astype(bool)
    hit = no_school | no_cover
    settled = schooling.notna() & (~schooling.fillna(False) | (sums["school_unclear"] == 0)) & medical.notna() & (~medical.fillna(False) | (sums["insured_unclear"] == 0))
    rows = homes[hit].assign(school=no_school, cover=no_cover, children=sums["out"], uncovered=sums["uninsured"])
    ages = f"{compulsory_from}至{compulsory_to}周岁", f"{compulsory_from} to {compulsory_to}"
    for language, column in enumerate(("what", "what_en")):
        rows[column] = pd.Series([_said(row, ages)[language] for row in rows.itertuples()], index=rows.index, dtype="str")
    evidence = rows.merge(faults, on="household_id", suffixes=("", "_member"))
    evidence = evidence[(evidence["school"] & evidence["out"]) | (evidence["cover"] & evidence["uninsured"])]
    return found(
        evidence,
        subject="household_id",
        zh="{what}。",
        en="{what_en}.",
        origins=["origin", "origin_member"],
        assessed=hit | settled,
        notes=NO_DEATHS if deaths is None else (),
    )


def _said(row, ages: tuple[str, str]) -> tuple[str, str]:
    """What contradicts the marks of a household, in both languages."""
    zh, en = [], []
    if row.school:
        zh.append(f"义务教育填“是”,而年末满{ages[0]}的成员有{row.children}人不在校")
        en.append(f"Schooling is marked as met, but members of {ages[1]} years out of school: {row.children}")
    if row.cover:
        zh.append(f"基本医疗填“是”,而成员有{row.uncovered}人没有参加基本医疗保险")
        en.append(f"{'medical' if en else 'Medical'} care is marked as met, but members not insured: {row.uncovered}")
    return ";".join(zh), "; ".join(en)


@planted("EX-03", share=0.003)
def child_out_of_school(county, n):
    """Children of compulsory age, the youngest and the oldest age among them, are out of school."""
    marked = county.tables["households"].loc[lambda h: h["education"].fillna(False).astype(bool), "household_id"]
    first, last = county.parameter("EX-03", "compulsory_from", 7), county.parameter("EX-03", "compulsory_to", 14)
    ages = county.year - county.tables["members"]["born_on"].dt.year
    words = county.parameter("EX-03", "out_of_school", ("非在校生",))
    alive = ~county.tables["members"]["id_number"].isin(county.tables["deaths"]["id_number"])
    children = county.take("members", n, where=lambda m: m["household_id"].isin(marked) & ages.between(first, last) & alive)
    county.set("members", children, student_stage=words[0])
    return children["household_id"]


@planted("EX-03", share=0.002)
def uninsured_in_a_household_marked_as_covered(county, n):
    marked = county.tables["households"].loc[lambda h: h["medical"].fillna(False).astype(bool), "household_id"]
    alive = ~county.tables["members"]["id_number"].isin(county.tables["deaths"]["id_number"])
    people = county.take("members", n, where=lambda m: m["household_id"].isin(marked) & alive)
    county.set("members", people, insured=False)
    return {"EX-03": people["household_id"], "IS-01": people["household_id"] + "|" + people["name"]}
