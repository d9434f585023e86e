"""Data quality across the tables of the register (what one table alone can show is in `expectations/`)."""

import pandas as pd

from bangfu import identity
from bangfu.findings import Found, found
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


@rule(
    "DQ-01",
    title="证件号码无效",
    severity="medium",
    subject="household_id|member name",
    reads={"members": ["household_id", "name", "id_number"]},
)
def invalid_id_number(members) -> Found:
    """A member's id number is not a valid one.

    查什么:家庭成员的证件号码位数不对、含有不该有的字符,或校验码不符。
    方法:去掉空格、全角转半角、字母转大写后,号码不是17位数字加1位数字或X,或第18位与按GB 11643算出的校验码不同。
    理由:部门比对、补助核对都凭证件号码;号码错了,该人的车辆、房产、工商、死亡等情况就查不出来。
    不含:没有证件号码的成员(计为未评估)。
    前提:残疾人证号等应另列,不应填入证件号码;号码中的地区码和出生日期是否真实不在本规则内。
    """
    answer = identity.valid(members["id_number"])
    known = answer.notna()
    wrong = members[known & ~answer.fillna(True).astype(bool)].copy()
    wrong["length"] = wrong["id_number"].str.len()
    return found(
        wrong,
        subject=["household_id", "name"],
        zh="该成员的证件号码共{length}位,不符合GB 11643(17位数字加校验码)的要求。",
        en="The member's id number has {length} characters and does not meet GB 11643 (17 digits and a check character).",
        assessed=known,
    )


@planted("DQ-01", share=0.004)
def mistyped_id_number(county, n):
    """Members on whom no payment, register or head of household hangs: an impossible check character, or a digit too few."""
    tables = county.tables
    elsewhere = pd.concat([tables[t]["id_number"] for t in ("benefits", "settlements", "vehicles", "properties", "businesses", "payroll", "deaths")])
    plain = ~tables["members"]["id_number"].isin(elsewhere) & (tables["members"]["relation"] != "户主")
    people = county.take("members", n, where=plain)
    # The check characters run through all eleven, so the next one is never right.
    turned = people["id_number"].str[:17] + people["id_number"].str[17].map(dict(zip("0123456789X", "123456789X0", strict=True)))
    county.set("members", people, id_number=[t if i % 2 else t[:17] for i, t in enumerate(turned)])
    return people["household_id"] + "|" + people["name"]


@rule(
    "DQ-02",
    title="家庭人口数与成员不符",
    severity="medium",
    subject="household_id",
    reads={"households": ["household_id", "family_size"], "members": ["household_id"]},
)
def family_size_differs(households, members) -> Found:
    """The family size on the household sheet is not the number of its members.

    查什么:贫困户表上的家庭人口数与家庭成员表的行数不一致。
    方法:家庭人口数 ≠ 该户在家庭成员表中的行数(一名成员也没有的按0计)。
    理由:人均收入、补助人数都以家庭人口数为分母或基数,人口数错了,脱贫判断和补助金额都会错。
    不含:没有家庭人口数的户(计为未评估)。
    前提:家庭成员表每人一行;同一人重复登记的,按登记的行数计。
    """
    households = households.copy()
    counts = members.dropna(subset="household_id").groupby("household_id").size()
    households["rows"] = households["household_id"].map(counts).fillna(0).astype("Int64")
    known = households["family_size"].notna() & households["household_id"].notna()
    differs = households[known & (households["family_size"] != households["rows"]).fillna(False)]
    evidence = differs.merge(members.dropna(subset="household_id"), on="household_id", how="left", suffixes=("", "_member"))
    return found(
        evidence,
        subject="household_id",
        zh="家庭人口数为{family_size}人,而家庭成员表中有{rows}人。",
        en="The family size is {family_size}, but the member sheet holds {rows} people.",
        origins=["origin", "origin_member"],
        assessed=known,
    )


@planted("DQ-02", share=0.004)
def wrong_family_size(county, n):
    """One person too many or, where two live together, one too few."""
    homes = county.take("households", n)
    step = [-1 if size > 1 and i % 2 else 1 for i, size in enumerate(homes["family_size"])]
    county.set("households", homes, family_size=homes["family_size"] + step)
    return homes["household_id"]


@rule(
    "DQ-03",
    title="脱贫状态与脱贫时间矛盾",
    severity="medium",
    subject="household_id",
    reads={"households": ["household_id", "status", "exit_on", "identified_on"]},
)
def exit_contradicts_status(households) -> Found:
    """The exit status and the exit date contradict each other.

    查什么:已脱贫却没有脱贫时间,未脱贫却有脱贫时间,或脱贫时间早于识别时间。
    方法:脱贫状态为已脱贫且脱贫时间缺失;或脱贫状态为未脱贫且有脱贫时间;或脱贫时间早于识别时间(同一天不算)。
    理由:状态与时间互相矛盾,退出程序是否走过就说不清,脱贫人数也无法核对。
    不含:返贫户可以有脱贫时间;没有脱贫状态的户,以及有脱贫时间而没有识别时间的户(除已查出矛盾的外,计为未评估)。
    前提:脱贫时间缺失本身就是本规则要查的问题;原表中写有而无法识别的脱贫时间也作缺失,见未识别单元格清单。
    """
    out, status = households["exit_on"], households["status"]
    missing = (status == "已脱贫") & out.isna()
    early = (status == "未脱贫") & out.notna()
    reversed_ = (out < households["identified_on"]).fillna(False)
    known = status.notna() & (out.isna() | households["identified_on"].notna())
    wrong = missing | early | reversed_
    evidence = households[wrong].copy()
    evidence["why"] = "脱贫时间早于识别时间"
    evidence["why_en"] = "it exited before it was identified"
    for mask, zh, en in ((missing, "但没有脱贫时间", "there is no exit date"), (early, "却有脱贫时间", "there is an exit date")):
        evidence.loc[mask[wrong], ["why", "why_en"]] = [zh, en]
    return found(
        evidence,
        subject="household_id",
        zh="脱贫状态为{status},识别时间{identified_on:day},脱贫时间{exit_on:day}:{why}。",
        en="The status is {status}, identified on {identified_on:day}, exit on {exit_on:day}: {why_en}.",
        assessed=known | wrong,
    )


@planted("DQ-03", share=0.004)
def contradictory_exit(county, n):
    """Exited without a date, a date without exit, exited a day before it was identified."""
    homes = county.take("households", n, where=county.tables["households"]["status"] == "已脱贫")
    without, not_exited, early = (homes.iloc[i::3] for i in range(3))
    county.set("households", without, exit_on=pd.NaT)
    county.set("households", not_exited, status="未脱贫")
    county.set("households", early, exit_on=early["identified_on"] - pd.Timedelta(days=1))
    return homes["household_id"]
