"""Dangerous housing: subsidies for repair and rebuilding against the average that the policy names."""

from bangfu.findings import Found, found
from bangfu.parameters import Yuan, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


@rule(
    "HO-01",
    title="危房改造补助标准不符",
    severity="medium",
    subject="household_id",
    reads={"renovations": ["household_id", "grade", "subsidy", "paid_on"]},
)
def subsidy_off_the_average(
    renovations, *,
    repair: named(Yuan, "C级修缮加固户均补助", "average subsidy for repair (grade C)"),
    rebuilding: named(Yuan, "D级重建户均补助", "average subsidy for rebuilding (grade D)"),
) -> Found:  # fmt: skip
    """The subsidy for dangerous housing is off the standard, in a grade whose average is off as well.

    查什么:C级修缮、D级重建的户均补助与标准不符,以及由哪些户造成。
    方法:标准是户均数,单户可以有高有低。先按危房等级合计全县补助,与“户均标准×户数”逐分比较:合计多于标准的,列出本户补助高于标准的户;合计少于标准的,列出本户低于标准的户;正好相等的,单户高低都不列。一户分次发放的先合并。涉及金额为本户补助与标准之差。
    理由:户均标准是资金安排的依据,整体多发要占用其他户的钱,整体少发则危房户得不到应有的补助。
    不含:A级、B级房屋;等级空白的户;补助金额空白的户,以及因有空白而无法断定户均的等级(计为未评估)。
    前提:表中列出了本年各等级的全部改造户;标准因地因年而异,须填本县标准;完全相同的行只计一次。
    """
    standards = {"C": repair, "D": rebuilding}
    rows = renovations.dropna(subset="household_id").drop_duplicates(["household_id", "grade", "subsidy", "paid_on"])
    rows = rows[rows["grade"].isna() | rows["grade"].isin(standards)]
    homes = rows.dropna(subset="grade").groupby(["household_id", "grade"], as_index=False).agg(known=("subsidy", "sum"), told=("subsidy", "count"), payments=("subsidy", "size"))
    homes["subsidy"] = homes["known"].where(homes["told"].eq(homes["payments"]))
    homes["standard"] = homes["grade"].map(standards).astype("Int64")
    of_grade = homes.groupby("grade")
    homes["homes"], homes["spent"] = of_grade["known"].transform("size"), of_grade["known"].transform("sum")
    homes["whole"] = homes["subsidy"].notna().groupby(homes["grade"]).transform("all")
    allowed = homes["standard"] * homes["homes"]
    # What is not known can only add: more than the standard is more whatever it is, less may not be less.
    over, under = homes["spent"].gt(allowed), homes["spent"].lt(allowed) & homes["whole"]
    decided = (over | homes["whole"]) & homes["subsidy"].notna()
    off = (over & homes["subsidy"].gt(homes["standard"])) | (under & homes["subsidy"].lt(homes["standard"]))
    differing = homes[off.fillna(False).astype(bool)].copy()
    differing["off"] = (differing["subsidy"] - differing["standard"]).abs()
    return found(
        differing.merge(rows[["household_id", "grade", "origin"]], on=["household_id", "grade"]),
        subject="household_id",
        zh="{grade}级危房补助{subsidy:yuan},标准为户均{standard:yuan};全县{grade}级{homes}户共{spent:yuan},户均与标准不符。",
        en="{subsidy:yuan} for a home of grade {grade}; the standard is {standard:yuan} on average, and the {homes} homes of that grade got {spent:yuan} together.",
        amount="off",
        assessed=decided,
        unassessed=int(rows["grade"].isna().sum()),
    )


@planted("HO-01", n=1)
def more_than_the_average(county, n):
    """One home repaired for a fen more than all of them may cost on average; the others above the average come with it."""
    usual = county.parameter("HO-01", "repair", 1_000_000)
    homes = county.take("renovations", n, where=lambda t: t["grade"].eq("C") & t["subsidy"].ge(usual))
    county.set("renovations", homes, subsidy=homes["subsidy"] + 1)
    table = county.tables["renovations"]
    return table.loc[table["grade"].eq("C") & table["subsidy"].gt(usual), "household_id"] if len(homes) else []
