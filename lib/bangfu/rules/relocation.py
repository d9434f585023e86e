"""Relocation: the building subsidy of a household, what it comes to and when its parts were paid."""

import pandas as pd

from bangfu.findings import Found, found
from bangfu.money import in_words
from bangfu.parameters import Share, Yuan, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

# What has to be accepted before each part of the subsidy is paid: prefix of its columns, and what it is called.
MILESTONES = {
    "foundation": ("地基", "foundation"),
    "first_floor": ("一层", "first floor"),
    "second_floor": ("二层", "second floor"),
    "demolished": ("旧房拆除", "demolition"),
}


@rule(
    "RL-01",
    title="建房补助未按节点比例拨付",
    severity="high",
    subject="household_id",
    reads={"relocations": ["household_id", "subsidy", "for_public_works", *(f"{m}_{part}" for m in MILESTONES for part in ("on", "amount", "paid_on"))]},
)
def parts_of_the_subsidy(
    relocations, *,
    foundation: named(Share, "地基验收后拨付", "paid after the foundation"),
    first_floor: named(Share, "一层建好后拨付", "paid after the first floor"),
    second_floor: named(Share, "二层建好后拨付", "paid after the second floor"),
    demolished: named(Share, "旧房拆除平整后拨付", "paid after the demolition of the old house"),
) -> Found:  # fmt: skip
    """Part of the building subsidy was paid before its milestone was accepted, or not at its share.

    查什么:建房补助的某一次拨付早于该节点验收,或者金额不是规定的比例。
    方法:逐次核对地基、一层、二层、旧房拆除四次拨付:拨付日期早于验收日期的,为提前拨付;拨付金额与“(补助总额-提取的公共设施资金)×该节点比例”相差一分以上的,为比例不符。涉及金额:提前拨付的为该次全额,比例不符的为差额,各次相加。
    理由:补助分节点验收后按比例核拨;提前或超比例拨付,房子没建成、旧房没拆就难以追回;少拨则移民户建房缺钱。
    不含:还没有拨付的节点;验收当天拨付的;第四次少拨(旧房未按期拆除的,政策允许从补助中扣减拆除费用);拨付金额、拨付日期、验收日期、补助总额或公共设施资金空白,有一次拨付不能核对、其他各次又没有发现问题的户(计为未评估)。
    前提:一户一行;比例以扣除公共设施资金后到户的补助为基数;验收日期是验收合格的日期。
    """
    shares = {"foundation": foundation, "first_floor": first_floor, "second_floor": second_floor, "demolished": demolished}
    homes = relocations.dropna(subset="household_id").drop_duplicates("household_id").copy()
    homes["due"] = homes["subsidy"] - homes["for_public_works"]
    parts = pd.concat([_part(homes, milestone, share) for milestone, share in shares.items()], ignore_index=True)
    wrong = parts[parts["early"] | parts["off"].notna()].copy()
    wrong["amount"] = wrong["amount"].where(wrong["early"], wrong["off"])
    of_home = wrong.groupby("household_id")
    wrong["total"] = of_home["amount"].transform("sum")
    wrong["told"] = wrong["household_id"].map(of_home["told"].agg(";".join))
    wrong["told_en"] = wrong["household_id"].map(of_home["told_en"].agg("; ".join))
    open_ones = parts.loc[~parts["known"], "household_id"]
    return found(
        wrong,
        subject="household_id",
        zh="到户建房补助{due:yuan}:{told}。",
        en="Of the building subsidy of {due:yuan}: {told_en}.",
        amount="total",
        assessed=homes["household_id"].isin(wrong["household_id"]) | ~homes["household_id"].isin(open_ones),
    )


def _part(homes: pd.DataFrame, milestone: str, share) -> pd.DataFrame:
    """What each household was paid at one milestone.

    early  paid before acceptance; off: by how many fen the amount differs from its share (missing: by none, or it cannot be said)
    known  whether all is there to judge it by; where nothing was paid nothing has to be
    told   what is wrong, in words
    """
    columns = {f"{milestone}_on": "accepted_on", f"{milestone}_amount": "amount", f"{milestone}_paid_on": "paid_on"}
    part = homes[["household_id", "due", "origin", *columns]].rename(columns=columns)
    paid = part["paid_on"].notna() | part["amount"].gt(0).fillna(False).astype(bool)
    part["known"] = ~paid | part[["due", *columns.values()]].notna().all(axis=1)
    part["early"] = paid & part["paid_on"].lt(part["accepted_on"])
    # Over the denominator of the share: what differs by less than a fen is rounding.
    beyond = part["amount"] * share.denominator - part["due"] * share.numerator
    part["expected"] = (2 * part["due"] * share.numerator + share.denominator) // (2 * share.denominator)
    wrong = paid & beyond.abs().ge(share.denominator).fillna(False).astype(bool)
    if milestone == "demolished":
        wrong &= beyond.gt(0).fillna(False).astype(bool)
    part["off"] = (part["amount"] - part["expected"]).abs().where(wrong)
    part["told"] = [_told(row, *MILESTONES[milestone]) for row in part.itertuples()]
    part["told_en"] = [_told_en(row, *MILESTONES[milestone]) for row in part.itertuples()]
    return part


def _told(part, name: str, _: str) -> str:
    amount = "(金额缺)" if pd.isna(part.amount) else in_words(part.amount)
    off = "" if pd.isna(part.off) else f",按比例应为{in_words(part.expected)}"
    early = f",而{part.accepted_on:%Y-%m-%d}才验收" if part.early else ""
    on = "" if pd.isna(part.paid_on) else f"{part.paid_on:%Y-%m-%d}"
    return f"{name}节点{on}拨付{amount}{off}{early}"


def _told_en(part, _: str, name: str) -> str:
    amount = "an unknown amount" if pd.isna(part.amount) else in_words(part.amount, "en")
    off = "" if pd.isna(part.off) else f" where its share is {in_words(part.expected, 'en')}"
    early = f", accepted only on {part.accepted_on:%Y-%m-%d}" if part.early else ""
    on = "" if pd.isna(part.paid_on) else f" on {part.paid_on:%Y-%m-%d}"
    return f"{amount} paid{on} for the {name}{off}{early}"


@planted("RL-01", n=2)
def paid_before_its_time(county, n):
    """The first was paid a day before acceptance; the next got a fen more than its share."""
    homes = county.take("relocations", n, where=lambda t: t["foundation_paid_on"].notna())
    first, others = homes.iloc[:1], homes.iloc[1:]
    county.set("relocations", first, foundation_on=first["foundation_paid_on"] + pd.Timedelta(days=1))
    county.set("relocations", others, foundation_amount=others["foundation_amount"] + 1)
    return homes["household_id"]


# The parts that the subsidy is made of, and what of it goes to the public works of the new site.
_STANDARDS = {
    "subsidy": ("补助总额", "the subsidy"),
    "from_province": ("省级补助", "the part of the province"),
    "from_city": ("市级配套", "the part of the city"),
    "from_county": ("县级配套", "the part of the county"),
    "for_public_works": ("提取公共设施资金", "what goes to public works"),
}


@rule(
    "RL-02",
    title="建房补助标准不符",
    severity="medium",
    subject="household_id",
    reads={"relocations": ["household_id", "persons", *_STANDARDS]},
)
def subsidy_by_head(
    relocations, *,
    subsidy: named(Yuan, "每人建房补助", "building subsidy a head"),
    from_province: named(Yuan, "其中省级补助", "of it from the province"),
    from_city: named(Yuan, "其中市级配套", "of it from the city"),
    from_county: named(Yuan, "其中县级配套", "of it from the county"),
    for_public_works: named(Yuan, "其中提取公共设施资金", "of it for public works"),
) -> Found:  # fmt: skip
    """The building subsidy is not the standard for the people moved.

    查什么:建房补助的总额、各级出资或提取的公共设施资金不等于按搬迁人口计算的标准。
    方法:每一项与“每人标准×搬迁人口”逐分比较,有一项不等即列出;涉及金额取各项差额中最大的一项。
    理由:建房补助按人定额,多发、少发、以县配套抵省补助、多提公共设施资金,都改变了移民户应得的钱。
    不含:搬迁人口空白的户,以及有一项金额空白、其余各项又都相符的户(计为未评估)。
    前提:一户一行;搬迁人口是经批准的搬迁人数,不必与户籍人口相同。
    """
    standards = {"subsidy": subsidy, "from_province": from_province, "from_city": from_city, "from_county": from_county, "for_public_works": for_public_works}
    homes = relocations.dropna(subset="household_id").drop_duplicates("household_id").copy()
    off = pd.DataFrame({name: (homes[name] - homes["persons"] * each).abs() for name, each in standards.items()})
    wrong = off.gt(0).fillna(False).astype(bool)
    differing = homes[wrong.any(axis=1)].copy()
    differing["most"] = off.loc[differing.index].max(axis=1)
    differs = [[name for name in standards if row[name]] for row in wrong[wrong.any(axis=1)].to_dict("records")]
    for column, lang in (("told", "zh"), ("told_en", "en")):
        differing[column] = pd.Series([_beside_standard(home, names, standards, lang) for home, names in zip(differing.to_dict("records"), differs, strict=True)], index=differing.index, dtype="str")
    return found(
        differing,
        subject="household_id",
        zh="搬迁{persons}人:{told}。",
        en="{persons} people were moved: {told_en}.",
        amount="most",
        assessed=wrong.any(axis=1) | off.notna().all(axis=1),
    )


def _beside_standard(home: dict, names: list[str], standards: dict[str, int], lang: str) -> str:
    """The amounts of a household that differ, each with what it should be."""
    phrase, between = ("{what} is {given} and should be {due}", "; ") if lang == "en" else ("{what}{given},标准为{due}", ";")
    told = [phrase.format(what=_STANDARDS[n][lang == "en"], given=in_words(home[n], lang), due=in_words(home["persons"] * standards[n], lang)) for n in names]
    return between.join(told)


@planted("RL-02", n=2)
def county_pays_for_the_province(county, n):
    """The total is right, but the province's part is a fen short and the county's a fen over."""
    homes = county.take("relocations", n)
    county.set("relocations", homes, from_province=homes["from_province"] - 1, from_county=homes["from_county"] + 1)
    return homes["household_id"]
