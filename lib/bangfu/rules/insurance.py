"""Medical insurance: is every registered member insured?"""

import pandas as pd

from bangfu.calendar import last_day
from bangfu.findings import Found, found
from bangfu.matching import stands_in
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

NO_DEATHS = [("没有死亡登记表,没有剔除已死亡的成员。", "There is no register of deaths: members who have died were not left out.")]


def alive(members: pd.DataFrame, deaths: pd.DataFrame | None, year: int) -> pd.Series:
    """Members who are not known to have died by the end of the year; a death without a date counts. deaths: None where there is no register."""
    if deaths is None:
        return pd.Series(True, index=members.index)
    died = deaths.loc[~(deaths["died_on"] > last_day(year)), "id_number"].dropna()
    return ~stands_in(members["id_number"], died)


@rule(
    "IS-01",
    title="未参加基本医疗保险",
    severity="high",
    subject="household_id|member name",
    reads={"members": ["household_id", "name", "id_number", "insured"], "households": ["household_id", "village_code"], "deaths": ["id_number", "died_on"]},
    optional=["deaths"],
)
def member_not_insured(members, households, deaths, *, year) -> Found:
    """A registered member is not insured.

    查什么:建档立卡家庭成员没有参加基本医疗保险。
    方法:家庭成员表“参加基本医疗保险”为“否”;结论写明所在村参保情况已知的成员中有多少人参保,应为全部。
    理由:方案要求建档立卡贫困人口全部参加基本医疗保险,应保尽保;没有参保的人一旦生病,可能因病返贫。
    不含:年底以前在死亡登记中的成员;没有参保情况、户编号或姓名的成员(计为未评估)。
    前提:参保情况以家庭成员表为准,没有与医保部门的参保名册比对;参军、服刑、在外地或以职工身份参保而表上填“否”的,由审计人员核实;没有死亡登记表时不剔除已死亡的成员。
    """
    members = members[alive(members, deaths, year)]
    known = members[["household_id", "name", "insured"]].notna().all(axis=1)
    homes = households.dropna(subset="household_id").drop_duplicates("household_id").set_index("household_id")["village_code"]
    judged = members[known].drop_duplicates(["household_id", "name", "id_number"])
    judged = judged.assign(village_code=judged["household_id"].map(homes))
    village = judged.groupby("village_code")["insured"]
    judged["people"], judged["covered"] = village.transform("size"), village.transform("sum")
    wrong = judged[~judged["insured"].astype(bool)].copy()
    placed = wrong["village_code"].notna()
    counts = [wrong[c].astype("Int64").astype("str") for c in ("covered", "people")]
    wrong["village"] = ("所在村参保情况已知的成员" + counts[1] + "人,参保" + counts[0] + "人,应为全部参保").where(placed, "所在村不明")
    wrong["village_en"] = ("of the " + counts[1] + " members in the village of whom it is known " + counts[0] + " are insured, where all should be").where(placed, "the village is not known")
    return found(
        wrong,
        subject=["household_id", "name"],
        zh="该成员没有参加基本医疗保险;{village}。",
        en="The member is not insured; {village_en}.",
        assessed=known,
        notes=NO_DEATHS if deaths is None else (),
    )


@planted("IS-01", share=0.004)
def not_insured(county, n):
    """Members of households whose medical care is not marked as met, so that EX-03 has nothing to say of them."""
    homes = county.tables["households"]
    open_ones = homes.loc[homes["medical"].eq(False).fillna(False).astype(bool), "household_id"]
    alive = ~county.tables["members"]["id_number"].isin(county.tables["deaths"]["id_number"])
    people = county.take("members", n, where=lambda m: m["household_id"].isin(open_ones) & alive)
    county.set("members", people, insured=False)
    return people["household_id"] + "|" + people["name"]
