"""Who is under monitoring against falling back into poverty, and at which warning level, held against incomes and guarantees."""

import pandas as pd

from bangfu import income
from bangfu.calendar import first_day, last_day
from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.matching import stands_in
from bangfu.parameters import Multiple, PovertyLine, Texts, named
from bangfu.rules.catalogue import rule
from bangfu.rules.exit import EXITED, GUARANTEES, listed
from bangfu.sample.planting import planted

MonitoringMultiple = named(Multiple, "监测范围的收入倍数", "multiple of the line within which households are monitored")
LEVELS = {"blue": ("蓝色", "blue"), "yellow": ("黄色", "yellow"), "red": ("红色", "red")}  # from the lowest up
RANK = {level: place for place, level in enumerate(LEVELS, 1)}
NO_REGISTER = [("监测对象台账没有一行写明户编号,没有评估。", "No row of the register of monitored households names a household: not assessed.")]
NO_BILLS = [("没有医疗结算表,没有核对医疗等刚性支出,只核对了收入。", "There is no table of medical settlements: only incomes were checked, no rigid expenses.")]


@rule(
    "MO-01",
    topic="monitoring",
    title="应纳入未纳入监测",
    severity="high",
    subject="household_id",
    reads={
        "households": ["household_id", "status"],
        "incomes": ["household_id", "year", "family_size", *income.form_columns()],
        "monitored": ["household_id"],
        "members": ["household_id", "id_number"],
        "settlements": ["settlement_id", "id_number", "settled_on", "total", "reimbursed"],
    },
    optional=["settlements"],
)
def household_not_monitored(households, incomes, monitored, members, settlements, *, year, poverty_line: PovertyLine, monitoring_multiple: MonitoringMultiple) -> Found:
    """A household that has exited has an income within the range of monitoring, and is not monitored.

    查什么:已脱贫户的人均纯收入低于收入标准线的规定倍数,或者扣除医疗自付后低于它,而监测对象台账中没有该户。
    方法:审计年度按收入明细重新计算的纯收入 < 倍数×标准线×收入表上的家庭人口数,或纯收入减去家庭成员当年医疗结算的自付金额(总费用减报销金额)后低于它;以分为单位用乘法比较,正好等于的不算;该户的户编号在监测对象台账中一行也没有。
    理由:收入低于这一界限、或刚性支出较大的脱贫户在监测范围之内,漏掉了就得不到及时帮扶,可能返贫。
    不含:未脱贫和返贫户(仍按贫困户帮扶);台账中有该户的,不论是否已标记风险消除(消除后仍在监测);没有脱贫状态、审计年度收入行、收入来源、支出或家庭人口数的户,以及医疗结算金额或日期不明而足以影响结论的户(计为未评估);台账一户也没有的,整条不评估。
    前提:标准线用参数中的收入标准线,方案写的是2020年底国家标准的1.5倍,请县里填写经核准的数;刚性支出只看得到医疗自付,教育、灾害、意外的支出看不到;没有医疗结算表时只核对收入。低于界限属于应当研判的范围,研判后认为没有风险的,请提供研判记录。
    """
    homes = households.dropna(subset="household_id").drop_duplicates("household_id")
    judged = homes.merge(_net_of_year(incomes, year), on="household_id", how="left", suffixes=("_household", ""))
    paid = _paid_by_households(members, settlements, year)
    judged["paid"] = judged["household_id"].map(paid.groupby("household_id")["own"].sum()).fillna(0).astype("Int64")
    unclear = judged["household_id"].isin(paid.loc[~paid["clear"], "household_id"])
    exited = judged["status"] == EXITED
    on_register = stands_in(judged["household_id"], monitored["household_id"])
    by_income = _below(judged["net"], judged["family_size"], poverty_line, monitoring_multiple)
    below = _below(judged["net"] - judged["paid"], judged["family_size"], poverty_line, monitoring_multiple)
    kept = monitored["household_id"].notna().any()  # a register that names nobody tells of nobody that they are not on it
    hit = (exited & ~on_register & below).fillna(False).astype(bool) & kept
    known = judged["status"].notna() & (~exited | on_register | hit | (below.notna() & ~unclear)) & kept
    rows = judged[hit].copy()
    by_income = by_income[hit].astype(bool)
    rows["left"] = (rows["net"] - rows["paid"].mask(by_income, 0)) // rows["family_size"]
    rows["what"] = pd.Series("人均", index=rows.index, dtype="str").where(by_income, "扣除医疗自付后人均")
    rows["what_en"] = pd.Series("", index=rows.index, dtype="str").where(by_income, ", after medical expenses of its own,")
    bills = paid[paid["clear"] & paid["household_id"].isin(rows.loc[~by_income, "household_id"])]
    return found(
        rows.merge(bills[["household_id", "origin"]], on="household_id", how="left", suffixes=("", "_bill")).astype({"origin_bill": "Int64"}),
        subject="household_id",
        zh="已脱贫,{year}年纯收入重算为{net:yuan},按{family_size}人计{what}{left:yuan},低于监测界限{bound:yuan}(标准线{line:yuan}的{times:g}倍),监测对象台账中没有该户。",
        en="Exited; the net income of {year} recomputes to {net:yuan}, for {family_size} people{what_en} {left:yuan} a head, below the bound of monitoring of {bound:yuan} ({times:g} times the line of {line:yuan}); the household is not on the register of monitored households.",
        origins=["origin", "origin_household", "origin_bill"],
        assessed=known,
        notes=[*([] if kept else NO_REGISTER), *(NO_BILLS if settlements is None else [])],
        bound=poverty_line * monitoring_multiple.numerator // monitoring_multiple.denominator,
        line=poverty_line,
        times=float(monitoring_multiple),
        year=year,
    )


def _net_of_year(incomes: pd.DataFrame, year: int) -> pd.DataFrame:
    """A row per household with an income row of the year (its first): household_id, net (fen), family_size (above 0 or missing), origin."""
    own = income.of_year(incomes, year).dropna(subset="household_id").drop_duplicates("household_id")
    own = own.assign(net=income.recomputed(own)["net"], family_size=own["family_size"].where(own["family_size"] > 0))
    return own[["household_id", "net", "family_size", "origin"]]


def _below(net: pd.Series, size: pd.Series, line: int, multiple) -> pd.Series:
    """net / size < multiple x line, without dividing (boolean, missing where one of them is)."""
    return net * multiple.denominator < size * (line * multiple.numerator)


def _paid_by_households(members: pd.DataFrame, settlements: pd.DataFrame | None, year: int) -> pd.DataFrame:
    """The medical bills of registered members in the year: household_id, own (fen that nobody reimbursed), clear (bool), origin.

    A bill whose day or amounts are unknown is not clear; it may belong to the year.
    """
    if settlements is None:
        return pd.DataFrame({"household_id": pd.Series(dtype="str"), "own": pd.Series(dtype="Int64"), "clear": pd.Series(dtype=bool), "origin": pd.Series(dtype="int64")})
    people = members.dropna(subset=["household_id", "id_number"]).drop_duplicates("id_number")
    bills = once(settlements, "settlement_id").dropna(subset="id_number").merge(people[["id_number", "household_id"]], on="id_number")
    bills = bills[bills["settled_on"].isna() | bills["settled_on"].between(first_day(year), last_day(year) + pd.Timedelta(hours=23))]
    own = (bills["total"] - bills["reimbursed"]).clip(lower=0)
    clear = bills["settled_on"].notna() & own.notna()
    return bills[["household_id", "origin"]].assign(own=own.where(clear), clear=clear)


@planted("MO-01", share=0.005)
def forgotten_by_the_monitoring(county, n):
    """Households under monitoring for their income are taken off the register."""
    watched = county.take("monitored", n, where=lambda m: m["warning_level"].notna())
    county.drop("monitored", watched)
    return watched["household_id"]


@rule(
    "MO-02",
    topic="monitoring",
    title="预警等级与风险不符",
    severity="medium",
    subject="household_id",
    reads={
        "monitored": ["household_id", "warning_level", "risk_removed"],
        "households": ["household_id", *GUARANTEES],
        "incomes": ["household_id", "year", "family_size", *income.form_columns()],
        "members": ["household_id", "labour"],
    },
)
def warning_below_the_risk(
    monitored, households, incomes, members, *, year,
    poverty_line: PovertyLine,
    monitoring_multiple: MonitoringMultiple,
    no_labour: named(Texts, "表示没有劳动能力的写法", "words for no ability to work"),
) -> Found:
    """The warning level of a monitored household is lower than the plan gives for what is known of it.

    查什么:风险未消除的监测对象,台账上的预警等级低于分级预警的规定。
    方法:两不愁三保障和饮水安全有一项为“否”,或审计年度人均纯收入(按收入明细重算)低于收入标准线的规定倍数的,应为红色;没有这两种情形而全部家庭成员都没有劳动能力的,应不低于黄色;台账等级低于应有等级的为发现。等级高于应有等级的不算。
    理由:等级定低了,帮扶措施跟不上风险,可能返贫致贫。
    不含:风险已消除的(应取消预警级别,不再比较);风险是否消除、预警等级不明的行,不在贫困户表或缺少足以判断的保障、收入、劳动能力的户(计为未评估)。
    前提:“严重困难”“收入不稳定”等情形表上看不到,所以只查等级偏低,不查偏高;收入低于规定倍数与刚性支出等情形按“或”理解,单独一项即为红色;一户有几行的,取风险未消除的最高等级。
    """
    held = monitored.dropna(subset="household_id")
    undecided = set(held.loc[held["risk_removed"].isna() | (~held["risk_removed"].fillna(True) & held["warning_level"].isna()), "household_id"])
    active = held[held["risk_removed"].eq(False).fillna(False).astype(bool)]
    active = active.assign(rank=active["warning_level"].map(RANK).astype("Int64")).dropna(subset="rank")
    active = active.sort_values("rank", ascending=False, kind="stable").drop_duplicates("household_id")
    homes = households.dropna(subset="household_id").drop_duplicates("household_id")
    judged = active.merge(homes, on="household_id", how="left", suffixes=("", "_household"))
    judged = judged.merge(_net_of_year(incomes, year), on="household_id", how="left", suffixes=("", "_income"))
    answers = judged[list(GUARANTEES)]
    lacking = answers.eq(False).fillna(False).astype(bool)
    low = _below(judged["net"], judged["family_size"], poverty_line, monitoring_multiple)
    idle = judged["household_id"].map(_without_labour(members, no_labour)).astype("boolean")
    red, yellow = lacking.any(axis=1) | low.fillna(False).astype(bool), idle.fillna(False).astype(bool)
    due = pd.Series(RANK["blue"], index=judged.index).mask(yellow, RANK["yellow"]).mask(red, RANK["red"])
    perhaps = due.mask(idle.isna() & ~red, RANK["yellow"]).mask((answers.isna().any(axis=1) | low.isna()), RANK["red"])
    decided = ~judged["household_id"].isin(undecided)
    hit = decided & (judged["rank"] < due).astype(bool)
    known = hit | (decided & (judged["rank"] >= perhaps).astype(bool)) | (judged["rank"] == RANK["red"]).astype(bool)
    rows = judged[hit].copy()
    for language, (column, mark, end) in enumerate((("why", "、", "未实现"), ("why_en", ", ", " not met"))):
        by_income = ("人均纯收入低于监测界限", "the income per head is below the bound of monitoring")[language]
        by_labour = ("全部成员没有劳动能力", "no member is able to work")[language]
        names = listed(lacking.loc[rows.index], mark, language) + end
        text = pd.Series(by_labour, index=rows.index, dtype="str").mask(low[rows.index].fillna(False).astype(bool), by_income)
        rows[column] = text.mask(lacking.loc[rows.index].any(axis=1), names)
        rows[("held", "held_en")[language]] = rows["warning_level"].map({level: words[language] for level, words in LEVELS.items()})
        rows[("due", "due_en")[language]] = due[rows.index].map({RANK[level]: words[language] for level, words in LEVELS.items()})
    only_labour = ~red[rows.index]
    rows["at_least"] = pd.Series("应为", index=rows.index, dtype="str").mask(only_labour, "应不低于")
    rows["at_least_en"] = pd.Series("", index=rows.index, dtype="str").mask(only_labour, "at least ")
    return found(
        rows,
        subject="household_id",
        zh="预警等级为{held},而{why},按分级预警{at_least}{due}。",
        en="The warning level is {held_en}, but {why_en}; by the plan it should be {at_least_en}{due_en}.",
        origins=["origin", "origin_household", "origin_income"],
        assessed=known,
        unassessed=len(undecided - set(judged["household_id"])),
    )


def _without_labour(members: pd.DataFrame, no_labour: tuple[str, ...]) -> pd.Series:
    """By household: is nobody in it able to work? Missing where that hangs on a member of whom it is not known."""
    people = members.dropna(subset="household_id")
    of = people["household_id"]
    able = (people["labour"].notna() & ~people["labour"].isin(no_labour)).groupby(of).any()
    unknown = people["labour"].isna().groupby(of).any()
    return (~able).astype("boolean").mask(~able & unknown)


@planted("MO-02", share=0.004)
def warned_too_mildly(county, n):
    """Households that are monitored for their income stand at yellow or blue."""
    watched = county.take("monitored", n, where=lambda m: m["warning_level"] == "red")
    for i, level in enumerate(("yellow", "blue")):
        county.set("monitored", watched.iloc[i::2], warning_level=level)
    return watched["household_id"]
