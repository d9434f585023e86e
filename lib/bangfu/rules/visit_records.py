"""Records of visits: signatures, photographs, texts and dates that cannot be as they are written."""

import numpy as np
import pandas as pd

from bangfu.duty import dated, pair_codes
from bangfu.findings import Found, found
from bangfu.parameters import Count, Days
from bangfu.rules.catalogue import rule


def _at_home(visits: pd.DataFrame) -> pd.Series:
    return (visits["mode"] == "home").fillna(False)


def _often(values: pd.Series, at_least: int) -> pd.Series:
    """Rows whose value stands in so many rows or more; missing values never do."""
    codes, _ = pd.factorize(values)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    return pd.Series((codes >= 0) & (counts[codes] >= at_least), index=values.index)


@rule(
    "HV-04",
    topic="visits",
    title="走访记录未双签字",
    severity="medium",
    subject="visit_id",
    reads={"visits": ["visit_id", "mode", "household_signed", "helper_signed", "witness"]},
)
def not_signed_by_both(visits) -> Found:
    """A home visit is not signed by the helper, or neither by the household nor by a witness.

    查什么:入户走访记录没有“双签字”。
    方法:帮扶责任人没有签字;或贫困户没有签字,又没有见证人。
    理由:实施意见要求每次走访后由贫困户和责任人双方签字确认,不能签字的由公证人或见证人签字;缺签字的记录不足以证明到过户。
    不含:电话联系;走访方式不明,或签字一栏空缺、不足以判断的记录(计为未评估)。
    前提:见证人一栏有姓名即视为已代签;不比对笔迹。
    """
    home = visits[_at_home(visits) | visits["mode"].isna()]
    helper_not = ~home["helper_signed"]
    nobody = ~home["household_signed"] & home["witness"].isna().astype("boolean")
    wrong = helper_not | nobody
    known = home["mode"].notna() & home["visit_id"].notna() & wrong.notna()
    hit = known & wrong.fillna(False).astype(bool)
    rows = home[hit].copy()
    helper_not, nobody = (m[hit].fillna(False).astype(bool) for m in (helper_not, nobody))
    rows["what"] = np.where(helper_not, "帮扶责任人未签字", "") + np.where(helper_not & nobody, ",", "") + np.where(nobody, "贫困户未签字,也没有见证人", "")
    rows["what_en"] = np.where(
        helper_not, np.where(nobody, "by the helper nor by the household or a witness", "by the helper"), "by the household or a witness"
    )
    return found(rows, subject="visit_id", zh="入户走访记录{what}。", en="The home visit is not signed {what_en}.", assessed=known)


@rule(
    "HV-05",
    topic="visits",
    title="走访不在结对期内",
    severity="medium",
    subject="visit_id",
    reads={
        "visits": ["visit_id", "household_id", "helper_id", "visited_at"],
        "pairings": ["household_id", "helper_id", "start_on", "end_on"],
    },
)
def outside_pairing(visits, pairings) -> Found:
    """A visit or call lies in no pairing of that helper with that household.

    查什么:走访或电话联系的日期不在该责任人与该户的结对期内。
    方法:记录的责任人与户之间没有结对关系,或走访日期早于各条结对的开始时间、晚于结束时间;两类责任人的结对都算,不限年度。
    理由:未结对而有走访记录,说明记录张冠李戴、倒填,或结对台账没有更新。
    不含:户、责任人或走访日期不明的记录;该责任人与该户有起始时间不明或起止颠倒的结对关系的(计为未评估)。
    前提:开始和结束当天都在结对期内;没有结束时间的视为仍在结对。
    """
    pairs, contacts = pair_codes(pairings, visits)
    sure = dated(pairings).to_numpy()
    spans = pd.DataFrame({"pair": pairs, "start": pairings["start_on"].to_numpy(), "end": pairings["end_on"].to_numpy()})[sure & (pairs >= 0)]
    judged = pd.DataFrame({"row": np.arange(len(visits)), "pair": contacts, "day": visits["visited_at"].to_numpy()})
    once = ~judged["pair"].isin(spans.loc[spans["pair"].duplicated(keep=False), "pair"])
    within = np.zeros(len(visits), bool)
    # A pair with one pairing is looked up; only pairs with several need every combination.
    for part, bounds in ((judged[once], spans.drop_duplicates("pair")), (judged[~once], spans)):
        both = part.merge(bounds, on="pair", how="inner")
        held = (both["start"] <= both["day"]) & ~(both["end"] + pd.Timedelta(days=1) <= both["day"])
        within[both.loc[held, "row"]] = True
    doubtful = np.isin(contacts, pairs[~sure & (pairs >= 0)])
    whole = visits[["visit_id", "household_id", "helper_id", "visited_at"]].notna().all(axis=1).to_numpy()
    known = whole & (within | ~doubtful)
    rows = visits[known & ~within].copy()
    rows["paired"] = np.isin(contacts, spans["pair"])[known & ~within]
    rows["what"] = np.where(rows["paired"], "不在其结对起止时间之内", "而两者没有结对关系")
    rows["what_en"] = np.where(rows["paired"], "outside their pairing", "without being paired with it")
    return found(
        rows,
        subject="visit_id",
        zh="责任人{helper_id}于{visited_at:day}走访或联系户{household_id},{what}。",
        en="Helper {helper_id} saw or called household {household_id} on {visited_at:day}, {what_en}.",
        assessed=pd.Series(known, index=visits.index),
    )


@rule(
    "HV-06",
    topic="visits",
    title="走访记录雷同",
    severity="high",
    subject="helper_id",
    reads={"visits": ["visit_id", "helper_id", "mode", "content"]},
)
def same_text(visits, *, same_text: Count) -> Found:
    """The same text stands in many of a helper's home visits.

    查什么:同一责任人的入户走访记录内容一字不差。
    方法:同一责任人的入户记录中,帮扶内容完全相同的达到规定条数(默认4条);不限户、不限年度。
    理由:每次走访的情况不会完全相同,成批雷同说明记录是抄写的,未必到过户。
    不含:电话联系;内容空白的记录(不与任何记录相同);方式或责任人不明的记录(计为未评估)。
    前提:去掉首尾空格后逐字比较,改动一字即不算;同一编号的重复行只计一次;一名责任人有几段雷同的,写最多的一段。
    """
    known = visits["mode"].notna() & visits["helper_id"].notna() & visits["content"].notna()
    home = visits[known & _at_home(visits)]
    home = home[_often(home["content"], same_text)]
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


@rule(
    "HV-08",
    topic="visits",
    title="走访记录集中补录",
    severity="medium",
    subject="helper_id",
    reads={"visits": ["visit_id", "helper_id", "visited_at", "entered_on"]},
)
def entered_in_one_go(visits, *, backfill_records: Count, backfill_days: Days) -> Found:
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


@rule(
    "HV-09",
    topic="visits",
    title="单日走访户次异常",
    severity="medium",
    subject="helper_id",
    reads={"visits": ["visit_id", "helper_id", "visited_at", "mode"]},
)
def too_many_in_a_day(visits, *, max_per_day: Count) -> Found:
    """A helper has more home visits on one day than can be made.

    查什么:一名责任人一天的入户走访多得不合情理。
    方法:同一责任人同一天的入户走访超过规定户次(默认20);不限年度。
    理由:一天走不了那么多户,记录多半是编造或集中补登的。
    不含:电话联系;方式、责任人或走访日期不明的记录(计为未评估)。
    前提:按走访日期计,不看录入日期;同一户一天几次的各计一次;同一编号的重复行只计一次。
    """
    possible = _at_home(visits) | visits["mode"].isna()
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


@rule(
    "HV-10",
    topic="visits",
    title="户主死亡后仍有签字",
    severity="high",
    subject="visit_id",
    reads={
        "visits": ["visit_id", "household_id", "visited_at", "mode", "household_signed"],
        "members": ["household_id", "id_number"],
        "deaths": ["id_number", "died_on"],
    },
)
def signed_after_death(visits, members, deaths) -> Found:
    """A home visit is signed by the household after the death of its only member.

    查什么:独居贫困户死亡以后,走访记录上仍有贫困户签字。
    方法:只有一名家庭成员的户,该成员在死亡登记中;入户走访日期晚于死亡日期,而贫困户签字为“是”。
    理由:户内已无人可签,签字必为他人代签或记录系编造。
    不含:有两名以上成员的户(可由他人签);死亡当天的走访;走访日期、方式或签字不明的记录(计为未评估)。
    前提:死亡登记按证件号码比对,登记几次的取最晚的日期;成员表中完全重复的行视为一人。
    """
    people = members.dropna(subset="household_id").drop_duplicates(["household_id", "id_number"])
    alone = people[~people["household_id"].duplicated(keep=False)].dropna(subset="id_number")
    dead = deaths.dropna(subset=["id_number", "died_on"]).sort_values("died_on", kind="stable").drop_duplicates("id_number", keep="last")
    gone = alone.merge(dead, on="id_number", suffixes=("_member", "_death"))
    concerned = visits[visits["household_id"].isin(gone["household_id"]) & (_at_home(visits) | visits["mode"].isna())]
    known = concerned[["visit_id", "visited_at", "mode", "household_signed"]].notna().all(axis=1)
    rows = concerned[known & concerned["household_signed"].fillna(False).astype(bool)].merge(gone.drop(columns="id_number"), on="household_id")
    rows = rows[rows["visited_at"].dt.normalize() > rows["died_on"]]
    return found(
        rows,
        subject="visit_id",
        zh="唯一家庭成员已于{died_on:day}死亡,{visited_at:day}的入户走访仍有贫困户签字。",
        en="The only member of the household died on {died_on:day}; the home visit of {visited_at:day} is still signed by the household.",
        origins=["origin", "origin_death", "origin_member"],
        assessed=known,
    )
