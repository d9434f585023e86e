"""Pairing: who helps whom from when to when, and whether the register of it can be right."""

import pandas as pd

from bangfu.calendar import first_day, last_day, months_before
from bangfu.duty import dated, overlapping
from bangfu.findings import Found, found
from bangfu.parameters import Count, Days, Months
from bangfu.rules.catalogue import rule

PAIRINGS = ["household_id", "helper_id", "role", "start_on", "end_on"]
FOREVER = pd.Timestamp(9999, 12, 31)


def _of_role(pairings: pd.DataFrame, role: str) -> pd.DataFrame:
    return pairings[(pairings["role"] == role).fillna(False)]


def _doubtful_households(pairings: pd.DataFrame) -> pd.Series:
    """Households with a pairing that may be a first helper's on days that cannot be told."""
    unknown = pairings["role"].isna() | ((pairings["role"] == "first").fillna(False) & ~dated(pairings))
    return pairings.loc[unknown, "household_id"].dropna()


@rule(
    "HP-01",
    title="无第一帮扶责任人",
    severity="high",
    subject="household_id",
    reads={"households": ["household_id"], "pairings": ["household_id", "role", "start_on", "end_on"]},
)
def without_first_helper(households, pairings, *, year) -> Found:
    """The household has no first helper in the year.

    查什么:贫困户在审计年度内没有第一帮扶责任人。
    方法:该户没有一条第一帮扶责任人的结对关系与年度(1月1日至12月31日)有重叠。
    理由:实施意见要求每户落实第一帮扶责任人;没有责任人,入户、计划、考勤都无从谈起。
    不含:只有起始时间不明、起止颠倒或责任人类别不明的结对关系的户(计为未评估)。
    前提:不看脱贫状态,名册内各户都应有第一帮扶责任人;只要年内有一天结对即不算,中断由 HP-03 查。
    """
    first = _of_role(pairings, "first")
    helped = first.loc[overlapping(first, first_day(year), last_day(year)), "household_id"].dropna()
    has = households["household_id"].isin(helped)
    known = households["household_id"].notna() & (has | ~households["household_id"].isin(_doubtful_households(pairings)))
    return found(
        households[known & ~has],
        subject="household_id",
        zh="{year}年内没有第一帮扶责任人的结对关系。",
        en="There is no pairing with a first helper in {year}.",
        assessed=known,
        year=year,
    )


@rule(
    "HP-02",
    title="结对时间早于识别时间或起止颠倒",
    severity="medium",
    subject="household_id",
    reads={"pairings": PAIRINGS, "households": ["household_id", "identified_on"]},
)
def paired_before_identified(pairings, households) -> Found:
    """The pairing starts before the household was identified, or ends before it starts.

    查什么:结对时间在逻辑上不成立。
    方法:结对开始时间早于该户识别时间,或结对结束时间早于开始时间;两类责任人都查,不限年度。
    理由:还未识别就已结对,说明台账是倒填的,或识别时间被改动;时间不可靠,履职次数就算不准。
    不含:缺少开始时间,或识别时间和结束时间都缺、无从比较的结对关系(计为未评估)。
    前提:同一天识别、同一天结对视为正常;同一户登记多次的,以第一行的识别时间为准。
    """
    register = households.dropna(subset="household_id").drop_duplicates("household_id")
    pairings = pairings.merge(register, on="household_id", how="left", suffixes=("", "_household"))
    early = pairings["start_on"] < pairings["identified_on"]
    inverted = pairings["end_on"] < pairings["start_on"]
    known = pairings["household_id"].notna() & pairings["start_on"].notna() & (pairings["identified_on"].notna() | inverted)
    wrong = pairings[known & (early | inverted)].copy()
    days = [wrong[c].dt.strftime("%Y-%m-%d") for c in ("start_on", "identified_on", "end_on")]
    early = early[wrong.index]
    wrong["what"] = ("结对开始于" + days[0] + ",早于识别时间" + days[1]).where(early, "结对开始于" + days[0] + ",结束于" + days[2] + ",起止颠倒")
    wrong["what_en"] = ("The pairing starts on " + days[0] + ", before the household was identified on " + days[1]).where(
        early, "The pairing starts on " + days[0] + " and ends on " + days[2] + ", before it starts"
    )
    return found(wrong, subject="household_id", zh="{what}。", en="{what_en}.", origins=["origin", "origin_household"], assessed=known)


@rule(
    "HP-03",
    title="结对断档",
    severity="medium",
    subject="household_id",
    reads={"pairings": PAIRINGS},
)
def pairing_interrupted(pairings, *, gap_days: Days, year) -> Found:
    """The household was without a first helper between two pairings, or to the end of the year.

    查什么:第一帮扶责任人更换时前后不衔接,或年底前中断。
    方法:取与年度有重叠的第一帮扶责任人结对关系,按开始时间排序;后一条的开始时间比此前各条最晚的结束时间晚出容许天数(默认1天,即次日接上)以上;或各条最晚的结束时间早于12月31日。
    理由:实施意见要求保持帮扶责任人连续性;断档期间无人履责。
    不含:年初尚未结对的时段(不是中断);整年没有第一帮扶责任人的户(见 HP-01);有起始时间不明、起止颠倒或类别不明的结对关系的户(计为未评估)。
    前提:结束当天仍在结对期内;几条重叠时,以最晚结束的一条为准,没有结束时间的视为仍在结对。
    """
    pairings = pairings[pairings["household_id"].notna()]
    doubtful = _doubtful_households(pairings)
    first = _of_role(pairings, "first")
    first = first[overlapping(first, first_day(year), last_day(year)) & ~first["household_id"].isin(doubtful)]
    first = first.assign(until=first["end_on"].fillna(FOREVER)).sort_values(["household_id", "start_on", "until"], kind="stable")
    home = first["household_id"]
    first["so_far"] = first.groupby(home)["until"].cummax()
    holder = first["origin"].astype("Int64").where(first["until"] == first["so_far"]).groupby(home).ffill()
    first["since"] = first["so_far"].groupby(home).shift()
    first["origin_before"] = holder.groupby(home).shift()
    end = first[~first.duplicated("household_id", keep="last") & (first["so_far"] < last_day(year))]
    columns = ["household_id", "day", "what", "what_en", "origin", "origin_next"]
    gap = first[(first["start_on"] - first["since"]).dt.days > gap_days]
    gap = gap.assign(
        day=gap["since"],
        what="结束,下一任" + gap["start_on"].dt.strftime("%Y-%m-%d") + "才开始",
        what_en="the next starts only on " + gap["start_on"].dt.strftime("%Y-%m-%d"),
        origin_next=gap["origin"],
        origin=gap["origin_before"],
    )
    end = end.assign(day=end["so_far"], what="结束,此后至12月31日没有第一帮扶责任人", what_en="nobody follows by 31 December", origin=holder[end.index])
    return found(
        pd.concat([gap.reindex(columns=columns), end.reindex(columns=columns)]),
        subject="household_id",
        zh="第一帮扶责任人结对于{day:day}{what}。",
        en="The pairing with the first helper ended on {day:day}; {what_en}.",
        origins=["origin", "origin_next"],
        assessed=home.nunique(),
        unassessed=doubtful.nunique(),
    )


@rule(
    "HP-04",
    title="帮扶责任人同时是贫困户",
    severity="high",
    subject="helper_id",
    reads={"helpers": ["helper_id", "id_number"], "members": ["household_id", "id_number"]},
)
def helper_is_poor(helpers, members) -> Found:
    """The helper is a member of a registered household.

    查什么:帮扶责任人本人就在建档立卡贫困户中。
    方法:责任人的证件号码与某户家庭成员的证件号码相同。
    理由:由贫困户帮扶贫困户,说明选派或识别至少有一处不实。
    不含:没有证件号码的责任人(计为未评估)。
    前提:证件号码已去空格、转半角、统一大写;空号码不与任何人相同。
    """
    known = helpers["id_number"].notna()
    members = members.dropna(subset="id_number").drop_duplicates("id_number")
    poor = helpers[known].merge(members, on="id_number", suffixes=("", "_member"))
    return found(
        poor,
        subject="helper_id",
        zh="该责任人的证件号码与贫困户{household_id}一名家庭成员的相同。",
        en="The helper's id number is that of a member of household {household_id}.",
        origins=["origin", "origin_member"],
        assessed=known,
    )


def _more_than(pairings: pd.DataFrame, role: str, most: int) -> tuple[pd.DataFrame, int, int]:
    """The pairings of helpers who have more than `most` households on one day: those that hold on the first day on which there
    are most of them, with that `day` and the number of `households`; and how many pairings were judged, and were not."""
    of_role = _of_role(pairings, role)
    known = of_role[["helper_id", "household_id"]].notna().all(axis=1) & dated(of_role)
    rows = of_role[known].assign(until=lambda p: p["end_on"].fillna(FOREVER)).sort_values(["helper_id", "household_id", "start_on"], kind="stable")
    pair = rows.groupby(["helper_id", "household_id"], sort=False).ngroup()
    # Rows of one household that overlap are one pairing written twice: only the days on which it holds count.
    latest = rows["until"].groupby(pair).cummax().groupby(pair).shift()
    spell = (latest.isna() | (rows["start_on"] > latest)).cumsum()
    spells = rows.groupby(spell).agg(helper_id=("helper_id", "first"), start=("start_on", "min"), until=("until", "max"))
    changes = pd.concat(
        [
            pd.DataFrame({"helper_id": spells["helper_id"], "day": spells["start"], "change": 1}),
            pd.DataFrame({"helper_id": spells["helper_id"], "day": spells["until"] + pd.Timedelta(days=1), "change": -1}),
        ]
    ).sort_values(["helper_id", "day", "change"], kind="stable")
    changes["households"] = changes.groupby("helper_id")["change"].cumsum()
    peak = changes.sort_values(["helper_id", "households", "day"], ascending=[True, False, True], kind="stable").drop_duplicates("helper_id")
    over = rows.merge(peak.loc[peak["households"] > most, ["helper_id", "day", "households"]], on="helper_id")
    held = (over["start_on"] <= over["day"]) & (over["day"] <= over["until"])
    return over[held], int(known.sum()), int((~known).sum() + pairings["role"].isna().sum())


@rule(
    "HP-05",
    title="第一帮扶责任人一帮多",
    severity="medium",
    subject="helper_id",
    reads={"pairings": PAIRINGS},
)
def first_helper_of_several(pairings, *, max_first: Count) -> Found:
    """A first helper has more households on one day than allowed.

    查什么:第一帮扶责任人同时结对的户数超过规定(默认1户)。
    方法:按起止时间逐日累计每名责任人的第一帮扶结对关系,同一天有效的超过规定数;不限年度。
    理由:实施意见要求市直干部“一帮一”;一人多户,帮扶容易流于形式。
    不含:起始时间不明、起止颠倒、户或责任人编号不明的结对关系(计为未评估)。
    前提:开始和结束当天都算在内,因此当天结束、当天另结一户算同时;同一户重复登记、时间重叠的视为一条结对关系,不算两户。
    """
    over, assessed, unassessed = _more_than(pairings, "first", max_first)
    return found(
        over,
        subject="helper_id",
        zh="{day:day}同时是{households}户的第一帮扶责任人,规定最多{most}户。",
        en="On {day:day} first helper of {households} households at once; at most {most} allowed.",
        assessed=assessed,
        unassessed=unassessed,
        most=max_first,
    )


@rule(
    "HP-06",
    title="第二帮扶责任人超过五户",
    severity="medium",
    subject="helper_id",
    reads={"pairings": PAIRINGS},
)
def second_helper_of_too_many(pairings, *, max_second: Count) -> Found:
    """A second helper has more households on one day than allowed.

    查什么:第二帮扶责任人同时结对的户数超过规定(默认5户)。
    方法:按起止时间逐日累计每名责任人的第二帮扶结对关系,同一天有效的超过规定数;不限年度。
    理由:实施意见允许第二帮扶责任人“一帮多”,但最多不超过5户。
    不含:起始时间不明、起止颠倒、户或责任人编号不明的结对关系(计为未评估)。
    前提:开始和结束当天都算在内;同一户重复登记、时间重叠的视为一条结对关系,不算两户;作为第一帮扶责任人结对的户不计入。
    """
    over, assessed, unassessed = _more_than(pairings, "second", max_second)
    return found(
        over,
        subject="helper_id",
        zh="{day:day}同时是{households}户的第二帮扶责任人,规定最多{most}户。",
        en="On {day:day} second helper of {households} households at once; at most {most} allowed.",
        assessed=assessed,
        unassessed=unassessed,
        most=max_second,
    )


@rule(
    "HP-07",
    title="调整帮扶责任人未提前备案",
    severity="medium",
    subject="household_id",
    reads={"pairings": [*PAIRINGS, "change_filed_on"]},
)
def change_not_filed(pairings, *, notice_months: Months, year) -> Found:
    """A first helper was changed without filing it in advance.

    查什么:年内更换第一帮扶责任人,没有备案或备案不够提前。
    方法:第一帮扶责任人结对关系的结束时间在审计年度内,而备案时间为空,或晚于结束时间往前推规定月数(默认2个月)的那一天。
    理由:实施意见规定确需调整的要提前2个月报市扶贫办备案;自行调整的,检查中出现的问题由责任单位自负。
    不含:没有结束的结对关系;第二帮扶责任人;责任人类别或户编号不明的(计为未评估)。
    前提:备案时间为空本身就是问题,不算未评估;往前推月数遇到没有的日子取当月最后一天(8月31日的两个月前是6月30日)。
    """
    known = pairings["role"].notna() & pairings["household_id"].notna()
    first = _of_role(pairings[known], "first")
    ended = first[first["end_on"].between(first_day(year), last_day(year))]
    ended = ended.assign(latest=months_before(ended["end_on"], notice_months))
    late = ended[ended["change_filed_on"].isna() | (ended["change_filed_on"] > ended["latest"])].copy()
    filed = late["change_filed_on"].dt.strftime("%Y-%m-%d")
    late["filed"] = ("于" + filed + "备案").fillna("没有备案时间")
    late["filed_en"] = ("the change was filed on " + filed).fillna("no filing of the change is on record")
    return found(
        late,
        subject="household_id",
        zh="第一帮扶责任人结对于{end_on:day}结束,最迟应在{latest:day}备案,实际{filed}。",
        en="The pairing with the first helper ended on {end_on:day}, to be filed by {latest:day}; {filed_en}.",
        assessed=known,
    )


@rule(
    "HP-08",
    title="帮扶责任人基础信息缺失",
    severity="low",
    subject="helper_id",
    reads={"helpers": ["helper_id", "unit", "title", "phone"]},
)
def helper_details_missing(helpers) -> Found:
    """The register lacks a helper's unit, title or telephone.

    查什么:帮扶责任人的工作单位、职务或联系方式空缺。
    方法:三项中任何一项为空(只有空格也算空;电话填“无”视为空)。
    理由:没有单位无法追责和通报,没有电话无法核实履职。
    不含:没有编号的责任人行(计为未评估)。
    前提:空缺本身就是问题,不算未评估;不核对填写的内容是否属实。
    """
    known = helpers["helper_id"].notna()
    names = {"unit": ("工作单位", "unit"), "title": ("职务", "title"), "phone": ("联系方式", "telephone")}
    empty = pd.DataFrame({c: helpers[c].isna() for c in names})
    wanting = helpers[known & empty.any(axis=1)].copy()
    empty = empty.loc[wanting.index]
    for i, (column, joint) in enumerate((("what", "、"), ("what_en", ", "))):
        said = empty.dot(pd.Series({c: words[i] + joint for c, words in names.items()}, dtype=object))
        wanting[column] = said.astype("str").str.removesuffix(joint)
    return found(wanting, subject="helper_id", zh="缺少{what}。", en="Missing: {what_en}.", assessed=known)
