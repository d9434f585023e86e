"""Records of visits seen together: texts and photographs used again, entries made in one go, too many in a day."""

import numpy as np
import pandas as pd

from bangfu.findings import Found, found
from bangfu.parameters import Count, Days, named
from bangfu.rules.catalogue import rule
from bangfu.rules.visit_records import at_home
from bangfu.sample.planting import planted


def _often(values: pd.Series, at_least: int) -> pd.Series:
    """Rows whose value stands in so many rows or more; missing values never do."""
    codes, _ = pd.factorize(values)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    return pd.Series((codes >= 0) & (counts[codes] >= at_least), index=values.index)


@rule(
    "HV-06",
    topic="visits",
    title="走访记录雷同",
    severity="high",
    subject="helper_id",
    reads={"visits": ["visit_id", "helper_id", "mode", "content"]},
)
def same_text(visits, *, same_text: named(Count, "雷同记录条数界限", "records with the same text")) -> Found:
    """The same text stands in many of a helper's home visits.

    查什么:同一责任人的入户走访记录内容一字不差。
    方法:同一责任人的入户记录中,帮扶内容完全相同的达到规定条数(默认4条);不限户、不限年度。
    理由:每次走访的情况不会完全相同,成批雷同说明记录是抄写的,未必到过户。
    不含:电话联系;内容空白的记录(不与任何记录相同);方式或责任人不明的记录(计为未评估)。
    前提:去掉首尾空格后逐字比较,改动一字即不算;同一编号的重复行只计一次;一名责任人有几段雷同的,写最多的一段。
    """
    known = visits["mode"].notna() & visits["helper_id"].notna() & visits["content"].notna()
    home = np.flatnonzero(known & at_home(visits))
    home = visits.iloc[home[_often(visits["content"].iloc[home], same_text)]]
    home = home.drop_duplicates(["visit_id", "helper_id", "content"])
    home["times"] = home.groupby(["helper_id", "content"])["visit_id"].transform("size")
    rows = home[home["times"] >= same_text].sort_values(["helper_id", "times", "content", "visit_id"], ascending=[True, False, True, True], kind="stable")
    return found(
        rows,
        subject="helper_id",
        zh="{times}条入户走访记录的内容完全相同,达到{same_text}条的界限。",
        en="{times} home visits carry the same text; {same_text} are the limit.",
        assessed=known,
        same_text=same_text,
    )


@planted("HV-06", share=0.003)
def copied_texts(county, n):
    least = county.parameter("HV-06", "same_text", 4)
    counts = county.tables["visits"].loc[at_home].groupby("helper_id").size()
    chosen = county.take("helpers", 2 * n, where=lambda h: h["helper_id"].map(counts) > least)
    home = county.tables["visits"].loc[at_home]
    turn = home.groupby("helper_id").cumcount()
    # Every other helper stays one below the limit and is no finding.
    for helpers, copies in ((chosen.iloc[::2], least + 1), (chosen.iloc[1::2], least - 1)):
        county.set("visits", home[home["helper_id"].isin(helpers["helper_id"]) & (turn < copies)], content="走访了解情况,家中一切正常。")
    return chosen["helper_id"].iloc[::2]


@rule(
    "HV-07",
    topic="visits",
    title="走访照片重复使用",
    severity="high",
    subject="visit_id",
    reads={"visits": ["visit_id", "photo_fingerprint"]},
)
def photo_used_again(visits) -> Found:
    """One photograph stands in two or more visits.

    查什么:同一张照片用在几次走访上。
    方法:照片指纹与另一条走访记录相同;涉及的每条记录各为一条发现,不限责任人、户和年度。
    理由:每次走访应当场拍照上传;照片重复使用,说明至少有一次没有到户。
    不含:没有照片指纹的记录(不与任何记录相同,也不在本规则评估之列)。
    前提:指纹相同即为同一张照片,裁剪或重新拍摄的照片查不出;同一编号的重复行视为一次走访。
    """
    with_photo = visits["photo_fingerprint"].notna() & visits["visit_id"].notna()
    shared = visits[with_photo & visits["photo_fingerprint"].duplicated(keep=False)].drop_duplicates(["photo_fingerprint", "visit_id"])
    photo = shared.groupby("photo_fingerprint", sort=False)
    shared["others"] = photo["visit_id"].transform("size") - 1
    # The record beside which each one stands: the first with that photograph, for that one itself the second.
    shared["origin_other"] = photo["origin"].transform("first").where(photo.cumcount() > 0, photo["origin"].shift(-1)).astype("Int64")
    return found(
        shared[shared["others"] > 0],
        subject="visit_id",
        zh="照片与另外{others}次走访的相同(指纹一致)。",
        en="The photograph stands in other visits too: {others} (same fingerprint).",
        origins=["origin", "origin_other"],
        assessed=int(with_photo.sum()),
    )


@planted("HV-07", share=0.003)
def one_photo_for_several(county, n):
    chosen = county.take("visits", 2 * n + 1, where=lambda v: v["photo_fingerprint"].notna())
    groups = [chosen.iloc[i : i + 2] for i in range(0, len(chosen) - 1, 2)]
    if len(chosen) % 2 and groups:
        groups[-1] = chosen.iloc[len(chosen) - 3 :]
    for group in groups:
        county.set("visits", group, photo_fingerprint=group["photo_fingerprint"].iloc[0])
    return [visit for group in groups for visit in group["visit_id"]]


@rule(
    "HV-08",
    topic="visits",
    title="走访记录集中补录",
    severity="medium",
    subject="helper_id",
    reads={"visits": ["visit_id", "helper_id", "visited_at", "entered_on"]},
)
def entered_in_one_go(
    visits, *,
    backfill_records: named(Count, "一天集中录入条数界限", "records entered on one day"),
    backfill_days: named(Days, "补录早于录入日的天数界限", "days between visit and entry"),
) -> Found:
    """Many records of a helper were entered on one day, long after the earliest of the visits.

    查什么:走访记录事后集中补录。
    方法:同一责任人同一天录入的记录达到规定条数(默认10条),且其中最早的走访比录入日早规定天数(默认60天)以上。
    理由:记录应在走访后及时填写;积压数月一次补齐,时间和内容难保真实,应付检查的居多。
    不含:责任人、录入日期或走访日期不明的记录(计为未评估;走访日期不明的仍计入当天录入条数)。
    前提:入户和电话都算;按日历天数计算,恰好等于规定天数的不算;同一编号的重复行只计一次。
    """
    known = visits[["helper_id", "visited_at", "entered_on"]].notna().all(axis=1)
    judged = visits[visits[["helper_id", "entered_on"]].notna().all(axis=1)]
    helper, _ = pd.factorize(judged["helper_id"])
    day = judged["entered_on"].to_numpy().astype("M8[D]").astype("int64")
    batch = pd.Series(helper * (1 << 32) + day, index=judged.index)
    many = _often(batch, backfill_records)
    judged = judged[many].assign(batch=batch[many]).drop_duplicates(["batch", "visit_id"])
    groups = judged.groupby("batch")
    judged["records"] = groups["visit_id"].transform("size")
    judged["earliest"] = groups["visited_at"].transform("min").dt.normalize()
    judged["delay"] = (judged["entered_on"].dt.normalize() - judged["earliest"]).dt.days
    rows = judged[(judged["records"] >= backfill_records) & (judged["delay"] > backfill_days)]
    return found(
        rows.sort_values(["helper_id", "entered_on", "visited_at", "visit_id"], kind="stable"),
        subject="helper_id",
        zh="{entered_on:day}一天录入{records}条,其中最早的走访在{earliest:day},早{delay}天(界限:{most}条、{days}天)。",
        en="{records} records were entered on {entered_on:day}, the earliest of a visit on {earliest:day}, {delay} days before (limits: {most} records, {days} days).",
        assessed=known,
        most=backfill_records,
        days=backfill_days,
    )


@planted("HV-08", share=0.003)
def entered_at_the_end(county, n):
    least, days = county.parameter("HV-08", "backfill_records", 10), county.parameter("HV-08", "backfill_days", 60)
    last = county.day(12, 28)
    visits = county.tables["visits"]
    old = visits[visits["visited_at"] < last]
    spans = old.groupby("helper_id")["visited_at"].agg(["size", "min"])
    able = spans[(spans["size"] >= least) & ((last - spans["min"].dt.normalize()).dt.days > days)]
    chosen = county.take("helpers", n, where=lambda h: h["helper_id"].isin(able.index))
    county.set("visits", old[old["helper_id"].isin(chosen["helper_id"])], entered_on=last)
    return chosen["helper_id"]


@rule(
    "HV-09",
    topic="visits",
    title="单日走访户次异常",
    severity="medium",
    subject="helper_id",
    reads={"visits": ["visit_id", "helper_id", "visited_at", "mode"]},
)
def too_many_in_a_day(visits, *, max_per_day: named(Count, "一天入户最多户次", "most home visits in a day")) -> Found:
    """A helper has more home visits on one day than can be made.

    查什么:一名责任人一天的入户走访多得不合情理。
    方法:同一责任人同一天的入户走访超过规定户次(默认20);不限年度。
    理由:一天走不了那么多户,记录多半是编造或集中补登的。
    不含:电话联系;方式、责任人或走访日期不明的记录(计为未评估)。
    前提:按走访日期计,不看录入日期;同一户一天几次的各计一次;同一编号的重复行只计一次。
    """
    possible = at_home(visits) | visits["mode"].isna()
    known = visits.loc[possible, ["helper_id", "visited_at", "mode"]].notna().all(axis=1)
    home = visits[possible][known]
    helper, _ = pd.factorize(home["helper_id"])
    day = home["visited_at"].to_numpy().astype("M8[D]").astype("int64")
    date = pd.Series(helper * (1 << 32) + day, index=home.index)
    many = _often(date, max_per_day + 1)
    home = home[many].assign(date=date[many]).drop_duplicates(["date", "visit_id"])
    home["times"] = home.groupby("date")["visit_id"].transform("size")
    rows = home[home["times"] > max_per_day].sort_values(["helper_id", "visited_at", "visit_id"], kind="stable")
    return found(
        rows,
        subject="helper_id",
        zh="{visited_at:day}一天入户走访{times}户次,超过{most}户次。",
        en="{times} home visits on {visited_at:day}; more than {most}.",
        assessed=known,
        most=max_per_day,
    )


@planted("HV-09", share=0.0015)
def everywhere_on_one_day(county, n):
    most = county.parameter("HV-09", "max_per_day", 20)
    counts = county.tables["visits"].loc[at_home].groupby("helper_id").size()
    chosen = county.take("helpers", 2 * n, where=lambda h: h["helper_id"].map(counts) > most + 3)
    for i, helper in enumerate(chosen["helper_id"]):
        theirs = county.rows("visits", helper_id=helper, mode="home")
        day = theirs["visited_at"].max().normalize()
        there = int((theirs["visited_at"].dt.normalize() == day).sum())
        # Every other helper makes as many as can be made and is no finding.
        wanted = most - there + (1 + i % 3 if i % 2 == 0 else 0)
        hours = [day + pd.Timedelta(minutes=int(m)) for m in county.rng.integers(7 * 60, 19 * 60, wanted)]
        said = [f"看望第{k}户,问了近况" for k in range(1, wanted + 1)]
        photos = [f"{p:016x}" for p in county.rng.integers(0, 2**63, wanted)]
        county.add("visits", theirs.iloc[:wanted], visited_at=hours, entered_on=day, photo_fingerprint=photos, content=said)
    return chosen["helper_id"].iloc[::2]
