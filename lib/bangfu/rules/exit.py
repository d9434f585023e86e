"""Exit from poverty: were income and the guarantees really there? (错退)"""

import pandas as pd

from bangfu import income
from bangfu.findings import Found, found
from bangfu.parameters import PovertyLine
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

EXITED = "已脱贫"
GUARANTEES = {
    "food": ("不愁吃", "food"),
    "clothing": ("不愁穿", "clothing"),
    "education": ("义务教育", "compulsory education"),
    "medical": ("基本医疗", "basic medical care"),
    "housing": ("住房安全", "safe housing"),
    "water": ("饮水安全", "safe water"),
}
DOUBT = {
    "doubt": "家庭人口数存疑(贫困户表{}人,成员表{}人,见DQ-02)。",
    "doubt_en": " The family size is in doubt (household sheet {}, member sheet {}; see DQ-02).",
}


@rule(
    "EX-01",
    title="错退:收入未达标",
    severity="high",
    subject="household_id",
    reads={
        "incomes": ["household_id", "year", "family_size", *income.form_columns()],
        "households": ["household_id", "status", "family_size"],
        "members": ["household_id"],
    },
)
def exit_below_the_line(incomes, households, members, *, year, poverty_line: PovertyLine) -> Found:
    """A household has exited although its income per head is below the poverty line.

    查什么:已标注脱贫的户,按收入明细重新计算的人均纯收入低于收入标准线。
    方法:(A+B+C+D+E-F)÷收入表上的家庭人口数 < 收入标准线,以分为单位用乘法比较,不作四舍五入;取审计年度的收入行;正好等于标准线的不算。
    理由:人均纯收入稳定超过标准是退出的前提,收入不达标而退出属于错退。
    不含:未脱贫和返贫户;没有脱贫状态、审计年度收入行、收入来源、支出或家庭人口数的户(计为未评估)。
    前提:用收入明细的各项来源而不用填报的合计;家庭人口数与成员不符(DQ-02)的,结论里注明存疑。
    """
    homes = households.dropna(subset="household_id").drop_duplicates("household_id").copy()
    homes["rows"] = homes["household_id"].map(members.dropna(subset="household_id").groupby("household_id").size()).fillna(0).astype("Int64")
    own = income.of_year(incomes, year).dropna(subset="household_id")
    own = own.assign(net=income.recomputed(own)["net"])
    judged = homes.merge(own, on="household_id", how="left", suffixes=("_household", ""))
    out = judged["status"] == EXITED
    size = judged["family_size"].where(judged["family_size"] > 0)
    known = judged["status"].notna() & (~out | (judged["net"].notna() & size.notna()))
    below = judged[(out & (judged["net"] < size * poverty_line)).fillna(False)].copy()
    below["per_head"] = below["net"] // below["family_size"]
    doubtful = (below["family_size_household"] != below["rows"]).fillna(False).astype(bool)
    for column, sentence in DOUBT.items():
        said = [sentence.format(*sizes) for sizes in zip(below["family_size_household"], below["rows"], strict=True)]
        below[column] = pd.Series(said, index=below.index, dtype="str").where(doubtful, "")
    return found(
        below,
        subject="household_id",
        zh="已脱贫,但{year}年纯收入重算为{net:yuan},按{family_size}人计人均{per_head:yuan},低于收入标准线{line:yuan}。{doubt}",
        en="Exited, but the net income of {year} recomputes to {net:yuan}, for {family_size} people {per_head:yuan} a head, below the line of {line:yuan}.{doubt_en}",
        origins=["origin", "origin_household"],
        assessed=known,
        line=poverty_line,
    )


@planted("EX-01", share=0.006)
def exited_below_the_line(county, n):
    """Higher expenses bring the net income below the line, for the first by a single fen; what is reported follows."""
    exited = county.tables["households"].loc[lambda h: h["status"] == EXITED, "household_id"]
    sheets = county.take("incomes", n, where=county.tables["incomes"]["household_id"].isin(exited))
    net = sheets["family_size"] * county.poverty_line - 1
    net -= [0 if i == 0 else int(k) * 100 for i, k in enumerate(county.rng.integers(1, 900, len(sheets)))]
    total = income.recomputed(sheets)["total"]
    county.set("incomes", sheets, expenses=total - net, reported_total=total, reported_net=net, reported_per_capita=net // sheets["family_size"])
    return sheets["household_id"]


@rule(
    "EX-02",
    title="错退:两不愁三保障未全部实现",
    severity="high",
    subject="household_id",
    reads={"households": ["household_id", "status", *GUARANTEES]},
)
def exit_without_the_guarantees(households) -> Found:
    """A household has exited although one of the guarantees is not met.

    查什么:已标注脱贫的户,不愁吃、不愁穿、义务教育、基本医疗、住房安全、饮水安全中有一项不是“是”。
    方法:脱贫状态为已脱贫,且六项中至少一项填“否”。
    理由:退出以两不愁三保障和饮水安全全部实现为条件,缺一项即属错退。
    不含:未脱贫和返贫户;没有脱贫状态的户;六项中有空缺而其余都为“是”的已脱贫户(计为未评估)。
    前提:六项以贫困户表的填报为准,教育、医疗标记与成员实际情况是否一致另查。
    """
    out = households["status"] == EXITED
    answers = households[list(GUARANTEES)]
    lacking = answers.eq(False).fillna(False).astype(bool)
    known = households["status"].notna() & (~out | answers.notna().all(axis=1) | lacking.any(axis=1))
    wrong = households[out & lacking.any(axis=1)].copy()
    wrong["what"] = listed(lacking.loc[wrong.index], "、", 0)
    wrong["what_en"] = listed(lacking.loc[wrong.index], ", ", 1)
    return found(
        wrong,
        subject="household_id",
        zh="已脱贫,但{what}未实现。",
        en="Exited, but not met: {what_en}.",
        assessed=known,
    )


@planted("EX-02", share=0.005)
def exited_without_a_guarantee(county, n):
    """One of the six is not met, each in turn."""
    homes = county.take("households", n, where=county.tables["households"]["status"] == EXITED)
    for i, guarantee in enumerate(GUARANTEES):
        county.set("households", homes.iloc[i :: len(GUARANTEES)], **{guarantee: False})
    return homes["household_id"]


def listed(lacking: pd.DataFrame, mark: str, language: int) -> pd.Series:
    """The names of the guarantees that are not met, in a text per household; language: 0 Chinese, 1 English."""
    text = pd.Series("", index=lacking.index, dtype="str")
    for column, names in GUARANTEES.items():
        text = text.mask(lacking[column], text + names[language] + mark)
    return text.str.removesuffix(mark)
