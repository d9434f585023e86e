"""The register of helpers: who they are, and how many households each of them has."""

import pandas as pd

from bangfu.duty import dated
from bangfu.findings import Found, found
from bangfu.parameters import Count, named
from bangfu.rules.catalogue import rule
from bangfu.rules.pairing import FOREVER, PAIRINGS, of_role, steady
from bangfu.sample.planting import planted


@rule(
    "HP-04",
    topic="pairing",
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


@planted("HP-04", share=0.002)
def poor_person_helps(county, n):
    pairs = county.take("pairings", n, where=lambda p: steady(p, county.year))
    heads = county.take("households", len(pairs))
    helpers = county.tables["helpers"]
    chosen = helpers[helpers["helper_id"].isin(pairs["helper_id"])].iloc[: len(heads)]
    county.set("helpers", chosen, id_number=heads["head_id_number"].tolist()[: len(chosen)])
    return chosen["helper_id"]


@rule(
    "HP-08",
    topic="pairing",
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


@planted("HP-08", share=0.004)
def details_left_blank(county, n):
    chosen = county.take("helpers", n)
    for i, column in enumerate(("unit", "title", "phone")):
        county.set("helpers", chosen.iloc[i::3], **{column: None})
    return chosen["helper_id"]


def _more_than(pairings: pd.DataFrame, role: str, most: int) -> tuple[pd.DataFrame, int, int]:
    """The pairings of helpers who have more than `most` households on one day: those that hold on the first day on which there
    are most of them, with that `day` and the number of `households`; and how many pairings were judged, and were not."""
    theirs = of_role(pairings, role)
    known = theirs[["helper_id", "household_id"]].notna().all(axis=1) & dated(theirs)
    rows = theirs[known].assign(until=lambda p: p["end_on"].fillna(FOREVER)).sort_values(["helper_id", "household_id", "start_on"], kind="stable")
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
    topic="pairing",
    title="第一帮扶责任人一帮多",
    severity="medium",
    subject="helper_id",
    reads={"pairings": PAIRINGS},
)
def first_helper_of_several(pairings, *, max_first: named(Count, "第一帮扶责任人最多帮扶户数", "most households of a first helper")) -> Found:
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


@planted("HP-05", share=0.002)
def one_helper_for_several(county, n):
    most = county.parameter("HP-05", "max_first", 1)
    taken = county.take("pairings", n * (most + 1), where=lambda p: steady(p, county.year))
    groups = [taken.iloc[i : i + most + 1] for i in range(0, len(taken) - most, most + 1)]
    for group in groups:
        _take_over(county, group.iloc[0], group.iloc[1:])
    return [group["helper_id"].iloc[0] for group in groups]


def _take_over(county, helper: pd.Series, pairs: pd.DataFrame) -> None:
    """Lets the helper of a pairing stand in the place of the helpers of other pairings, in their visits and plans as well."""
    for pair in pairs.itertuples():
        for name in ("visits", "plans"):
            theirs = county.rows(name, household_id=pair.household_id, helper_id=pair.helper_id)
            county.set(name, theirs, helper_id=helper["helper_id"])
    county.set("pairings", pairs, helper_id=helper["helper_id"], helper_name=helper["helper_name"])


@rule(
    "HP-06",
    topic="pairing",
    title="第二帮扶责任人超过五户",
    severity="medium",
    subject="helper_id",
    reads={"pairings": PAIRINGS},
)
def second_helper_of_too_many(pairings, *, max_second: named(Count, "第二帮扶责任人最多帮扶户数", "most households of a second helper")) -> Found:
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


@planted("HP-06", share=0.0015)
def second_helper_for_too_many(county, n):
    most = county.parameter("HP-06", "max_second", 5)
    chosen = county.take("helpers", n, where=lambda h: h["helper_id"].isin(_second(county)["helper_id"]))
    found = []
    for helper in chosen["helper_id"]:
        own = _second(county)[_second(county)["helper_id"] == helper]
        wanted = most + 1 + int(county.rng.integers(0, 2)) - own["household_id"].nunique()
        homes = county.take("households", wanted)["household_id"]
        _take_over(county, own.iloc[0], _second(county)[_second(county)["household_id"].isin(homes)])
        if own["household_id"].nunique() + len(homes) > most:
            found.append(helper)
    return found


def _second(county) -> pd.DataFrame:
    return of_role(county.tables["pairings"], "second")
