"""Income accounting: the income form added up again, and what the incomes of a town look like together."""

from fractions import Fraction

from bangfu import income
from bangfu.findings import Found, found
from bangfu.parameters import PovertyLine, Share, Significance, Yuan, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted
from bangfu.stats import bunching as crowding
from bangfu.stats import multiplicity, proportion_interval

IncomeTolerance = named(Yuan, "合计容许误差", "tolerance of totals")

FORM = ["household_id", "year", *income.form_columns()]


@rule(
    "IN-01",
    title="收入核算错误",
    severity="medium",
    subject="household_id",
    reads={"incomes": [*FORM, "pension", "family_size", "reported_total", "reported_net", "reported_per_capita"]},
)
def income_adds_up_wrongly(
    incomes, *,
    income_tolerance: IncomeTolerance,
    per_capita_tolerance: named(Yuan, "人均收入容许误差", "tolerance per head"),
) -> Found:
    """The reported income does not follow from the sources on the form.

    查什么:填报的家庭总收入、家庭年纯收入或人均纯收入,与按各项来源重新计算的结果不符。
    方法:总收入 ≠ A+B+C+D+E,或纯收入 ≠ A+B+C+D+E-F(相差超过总额容许差),或人均 ≠ 填报的纯收入÷收入表上的家庭人口数(相差超过人均容许差,用乘法比较);总收入、纯收入的差异正好是计入养老金的,归IN-02,不在此重复。
    理由:收入是识别和退出的依据,算错收入会造成错评、错退。
    不含:各项来源、支出或填报数有缺的行,除已查出不符的外,计为未评估;每个年度的收入行都查。
    前提:收入表按附件2的五类来源填写,空白项填0;养老金备查而不计入收入。
    """
    sheets = incomes.join(income.recomputed(incomes))
    total_off = (sheets["reported_total"] - sheets["total"]).abs() > income_tolerance
    net_off = (sheets["reported_net"] - sheets["net"]).abs() > income_tolerance
    head_off = income.per_capita_differs(sheets["reported_per_capita"], sheets["reported_net"], sheets["family_size"], per_capita_tolerance)
    wrong = ((total_off | net_off) & ~_explained_by_pension(sheets, income_tolerance)) | head_off
    known = (total_off.notna() & net_off.notna() & head_off.notna()) | wrong.fillna(False)
    return found(
        sheets[wrong.fillna(False).astype(bool)],
        subject="household_id",
        zh="{year}年填报总收入{reported_total:yuan}、纯收入{reported_net:yuan}、人均{reported_per_capita:yuan};按来源重算总收入{total:yuan}、纯收入{net:yuan},家庭人口{family_size}人。",
        en="For {year} the form reports a total of {reported_total:yuan}, net {reported_net:yuan}, {reported_per_capita:yuan} a head; its sources give a total of {total:yuan}, net {net:yuan}, for {family_size} people.",
        assessed=known,
    )


@planted("IN-01", share=0.006)
def miscounted_income(county, n):
    """In turn the total, the net income (with the per-capita that follows) and the per-capita income alone are wrong."""
    sheets = county.take("incomes", n)
    for i, sheet in enumerate(sheets.itertuples()):
        off = int(county.rng.integers(2, 800)) * 100
        off += 100 if off == sheet.pension else 0
        if i % 3 == 0:
            county.set("incomes", sheets.loc[[sheet.Index]], reported_total=sheet.reported_total + off)
        elif i % 3 == 1:
            net = sheet.reported_net + off
            county.set("incomes", sheets.loc[[sheet.Index]], reported_net=net, reported_per_capita=net // sheet.family_size)
        else:
            county.set("incomes", sheets.loc[[sheet.Index]], reported_per_capita=sheet.reported_per_capita + off)
    return sheets["household_id"]


@rule(
    "IN-02",
    title="养老金计入收入",
    severity="medium",
    subject="household_id",
    reads={"incomes": [*FORM, "pension", "reported_total", "reported_net"]},
)
def pension_counted_as_income(incomes, *, income_tolerance: IncomeTolerance) -> Found:
    """A pension was counted as income.

    查什么:把只作备查的养老金加进了家庭总收入和纯收入。
    方法:养老金大于0,且填报的总收入、纯收入都比重算数正好多出养老金(容许差内)。
    理由:养老金要填写但不计入贫困人口年收入,计入会虚增收入,可能造成错退。
    不含:各项来源、支出、养老金或填报数有缺的行(计为未评估);只有总收入或只有纯收入多出养老金的,归IN-01。
    前提:每个年度的收入行都查。
    """
    sheets = incomes.join(income.recomputed(incomes))
    explained = _explained_by_pension(sheets, income_tolerance)
    return found(
        sheets[explained.fillna(False).astype(bool)],
        subject="household_id",
        zh="{year}年填报总收入{reported_total:yuan}、纯收入{reported_net:yuan},比重算数{total:yuan}、{net:yuan}正好多出养老金{pension:yuan}。",
        en="For {year} the reported total of {reported_total:yuan} and net of {reported_net:yuan} exceed the recomputed {total:yuan} and {net:yuan} by just the pension of {pension:yuan}.",
        assessed=explained.notna(),
    )


@planted("IN-02", share=0.005)
def pension_added(county, n):
    """The pension stands in the total and in the net income; two more have it in the total only (IN-01)."""
    sheets = county.take("incomes", n + 2, where=county.tables["incomes"]["pension"] > 0)
    both, total_only = sheets.iloc[:n], sheets.iloc[n:]
    county.set("incomes", sheets, reported_total=income.recomputed(sheets)["total"] + sheets["pension"])
    net = both["reported_net"] + both["pension"]
    county.set("incomes", both, reported_net=net, reported_per_capita=net // both["family_size"])
    return {"IN-02": both["household_id"], "IN-01": total_only["household_id"]}


def _explained_by_pension(sheets, tolerance: int):
    """Do total and net exceed what the sources give by just the pension? (boolean, missing where it cannot be told)"""
    answer = sheets["pension"] > 0
    for reported, counted in (("reported_total", "total"), ("reported_net", "net")):
        excess = sheets[reported] - sheets[counted]
        answer &= (excess > 0) & ((excess - sheets["pension"]).abs() <= tolerance)
    return answer


@rule(
    "IN-04",
    title="收入在贫困线上方异常聚集(数字脱贫)",
    severity="high",
    subject="town",
    reads={"incomes": [*FORM, "family_size"], "households": ["household_id", "town"]},
)
def bunching_above_the_line(
    incomes, households, *,
    year,
    poverty_line: PovertyLine,
    significance: Significance,
    window: named(Share, "标准线上方窄带的宽度", "width of the strip above the line"),
    heap: named(Yuan, "视为整数收入的倍数", "multiple that counts as a round income"),
) -> Found:
    """More households of a town stand just above the poverty line than the density on both sides explains.

    查什么:一个镇街的建档立卡户中,人均纯收入刚好略高于收入标准线的户异常多。
    方法:按重算的人均纯收入,把标准线以上一个窄带内的户数与线下、线上两侧的密度比较,作单侧精确检验(两侧中较不利的p值),再对全部镇街作Holm校正,校正后p值不超过显著性水平的为发现;带内偏少不算。
    理由:真实收入的分布在标准线两侧是平滑的,在线上扎堆说明收入可能是比着标准线填出来的。
    不含:人均正好是规定数额整数倍的整数收入,以免把凑整当作造假;没有收入、家庭人口数或镇街的户;线附近户数太少的镇街(计为未评估)。
    前提:取审计年度的收入行,每户一行(重复的取第一行);整个镇街都填成同一个整数的情形本检验看不出来。
    """
    own = income.of_year(incomes, year).dropna(subset="household_id").drop_duplicates("household_id")
    homes = households.dropna(subset=["household_id", "town"]).drop_duplicates("household_id")
    own = own.assign(net=income.recomputed(own)["net"]).merge(homes, on="household_id", suffixes=("", "_household"))
    towns = crowding.bunching(own["net"], own["town"], poverty_line, members=own["family_size"], window=float(window), heap=heap)
    towns["adjusted"] = multiplicity.holm(towns["p_value"])
    towns["near"] = towns["in_window"] + towns["below"] + towns["above"]
    towns["share"] = towns["in_window"] / towns["near"]
    towns["low"], towns["high"] = proportion_interval.clopper_pearson(towns["in_window"], towns["near"].where(towns["near"] > 0))
    crowded = towns[towns["adjusted"] <= float(significance)]
    size = own["family_size"].where(own["family_size"] > 0)
    upper = size * poverty_line * (window.denominator + window.numerator)
    strip = (own["net"] >= size * poverty_line) & (own["net"] * window.denominator < upper) & (own["net"] % (size * heap) != 0)
    evidence = own[strip.fillna(False).astype(bool)].merge(crowded, left_on="town", right_index=True)
    return found(
        evidence,
        subject="town",
        zh="{households}户有重算收入,线附近{near}户中{in_window}户刚好在标准线以上{window:share}之内,占{share:share}(95%区间{low:share}至{high:share}),按较密一侧的密度应为{expected:.1f}户;单侧精确聚集检验经Holm校正p={adjusted:.2g},不超过{significance:share}。",
        en="Of {households} households with a recomputed income, {near} are near the line and {in_window} of them within {window:share} above it, {share:share} (95% interval {low:share} to {high:share}), where the denser side explains {expected:.1f}; one-sided exact bunching test, Holm-adjusted p={adjusted:.2g}, at most {significance:share}.",
        origins=["origin"],
        assessed=int(towns["p_value"].notna().sum()),
        unassessed=homes["town"].nunique() - int(towns["p_value"].notna().sum()),
        window=float(window),
        significance=float(significance),
    )


@planted("IN-04", n=1)
def crowded_above_the_line(county, n):
    """Incomes of a town brought to just above the line; those of another to one round figure there, which is no case."""
    line, heap = county.poverty_line, int(county.parameter("IN-04", "heap", 5_000))
    strip = int(line * county.parameter("IN-04", "window", Fraction(3, 100)))
    sheets = county.tables["incomes"].join(income.recomputed(county.tables["incomes"]))
    sheets["town"] = sheets["household_id"].map(county.tables["households"].set_index("household_id")["town"])
    # Incomes that another planting spoilt, or that lie below the line, stay as they are.
    spoilt = (sheets["reported_net"] != sheets["net"]) | ((sheets["reported_total"] - sheets["total"]).abs() > 100)
    spoilt |= income.per_capita_differs(sheets["reported_per_capita"], sheets["net"], sheets["family_size"], 1)
    sheets = sheets[~spoilt & (sheets["net"] >= sheets["family_size"] * line)]
    there = sheets["town"].value_counts()
    towns = county.take("towns", n + 1, where=lambda t: t["town"].map(there).fillna(0) >= 25)["town"].tolist()
    for i, town in enumerate(towns):
        homes = sheets[sheets["town"] == town].assign(per_head=lambda s: s["net"] // s["family_size"])
        homes = homes.sort_values("per_head").head(max(20, there[town] // 4))
        above = county.rng.integers(1, strip, len(homes))
        per_head = line + above + ((line + above) % heap == 0) if i < n else (line // heap + 1) * heap
        net = homes["family_size"] * per_head
        more, less = (net - homes["net"]).clip(lower=0), (homes["net"] - net).clip(lower=0)
        county.set(
            "incomes",
            homes,
            farming=homes["farming"] + more,
            expenses=homes["expenses"] + less,
            reported_total=homes["total"] + more,
            reported_net=net,
            reported_per_capita=net // homes["family_size"],
        )
    return towns[:n]
