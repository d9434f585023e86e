"""Records of visits: signatures and dates that cannot be as they are written."""

import numpy as np
import pandas as pd

from bangfu.duty import dated, pair_codes
from bangfu.findings import Found, found
from bangfu.matching import stands_in
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


def at_home(visits: pd.DataFrame) -> pd.Series:
    """Home visits; a record whose mode is unknown is none."""
    return (visits["mode"] == "home").fillna(False)


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
    home = visits[at_home(visits) | visits["mode"].isna()]
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


@planted("HV-04", share=0.005)
def signature_missing(county, n):
    chosen = county.take("visits", n, where=at_home)
    county.set("visits", chosen.iloc[::2], helper_signed=False)
    county.set("visits", chosen.iloc[1::2], household_signed=False, witness=None)
    return chosen["visit_id"]


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
    outside = ~within
    doubtful = np.zeros(len(visits), bool)
    doubtful[outside] = np.isin(contacts[outside], pairs[~sure & (pairs >= 0)])
    whole = visits[["visit_id", "household_id", "helper_id", "visited_at"]].notna().all(axis=1).to_numpy()
    known = whole & ~doubtful
    rows = visits[known & outside].copy()
    rows["paired"] = np.isin(contacts[known & outside], spans["pair"])
    rows["what"] = np.where(rows["paired"], "不在其结对起止时间之内", "而两者没有结对关系")
    rows["what_en"] = np.where(rows["paired"], "outside their pairing", "without being paired with it")
    return found(
        rows,
        subject="visit_id",
        zh="责任人{helper_id}于{visited_at:day}走访或联系户{household_id},{what}。",
        en="Helper {helper_id} saw or called household {household_id} on {visited_at:day}, {what_en}.",
        assessed=pd.Series(known, index=visits.index),
    )


@planted("HV-05", share=0.003)
def visit_to_an_unpaired_household(county, n):
    pairs = county.take("visits", 2 * n, where=at_home)
    whose, where = pairs.iloc[: len(pairs) // 2], pairs.iloc[len(pairs) // 2 : len(pairs) // 2 * 2]
    added = county.add("visits", whose, household_id=where["household_id"].tolist(), photo_fingerprint=None, content=(whose["content"] + "另记").tolist())
    return added["visit_id"]


@planted("HV-05", share=0.002)
def visit_before_the_pairing(county, n):
    pairs = county.take("pairings", n, where=lambda p: ~p.duplicated(["household_id", "helper_id"], keep=False))
    day = pairs["start_on"] - pd.to_timedelta(county.rng.integers(1, 40, len(pairs)), unit="D")
    added = county.add(
        "visits",
        household_id=pairs["household_id"].tolist(),
        helper_id=pairs["helper_id"].tolist(),
        visited_at=(day + pd.Timedelta(hours=10)).tolist(),
        entered_on=day.tolist(),
        mode="telephone",
        content="电话介绍结对安排",
    )
    return added["visit_id"]


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
    concerned = visits[stands_in(visits["household_id"], gone["household_id"]) & (at_home(visits) | visits["mode"].isna())]
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


@planted("HV-10", share=0.002)
def signs_after_death(county, n):
    members, benefits = county.tables["members"], county.tables["benefits"]
    alone = members[~members["household_id"].duplicated(keep=False) & ~members["id_number"].isin(benefits["id_number"])]
    homes = county.take("households", n, where=lambda h: h["household_id"].isin(alone["household_id"]))["household_id"]
    dead = alone[alone["household_id"].isin(homes) & ~alone["id_number"].isin(county.tables["deaths"]["id_number"])]
    dead["died_on"] = county.day(3, 1) + pd.to_timedelta(county.rng.integers(0, 200, len(dead)), unit="D")
    county.add("deaths", **{column: dead[column].tolist() for column in ("id_number", "name", "died_on")})
    visits = county.tables["visits"].merge(dead[["household_id", "died_on"]], on="household_id")
    signed = at_home(visits) & visits["household_signed"].fillna(False).astype(bool)
    return visits.loc[signed & (visits["visited_at"].dt.normalize() > visits["died_on"]), "visit_id"]
