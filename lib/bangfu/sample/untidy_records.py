"""A county whose helpers are honest and untidy: the background against which invented records have to stand out.

Assumptions, chosen so that every signal has honest look-alikes (docs/fabrication.md lists them): helpers use few phrases of their own,
some of them hardly any; some visit on their weekday, about the same date, or at month's end; second helpers see several households in one
trip; times are rounded to 5, 30 or 60 minutes by more than half; entries wait for the week's or the month's end, for some the quarter's;
some seldom take photographs; a few photographs stand twice by mistake; respondents forget visits.
"""

import numpy as np
import pandas as pd

from bangfu.sample.names import text
from bangfu.sample.planting import stream

_VERBS = ["了解", "查看", "询问", "讲解", "宣传", "核对", "帮助申请", "商量", "协调", "送去", "关心", "记录"]
_TOPICS = ["家庭近况", "低保金到账", "医保报销", "慢病用药", "危房改造", "饮水情况", "孩子上学", "务工意向", "小额信贷", "合作社分红", "养殖进展", "大棚种植",
           "公益岗位", "过冬衣物", "米面油", "卫生打扫", "残疾补贴", "养老金", "果树管护", "收入账目", "明白卡", "村里修路", "用电安全", "农机补贴", "秋收准备"]
_REMARKS = ["老人身体尚好", "家里平安", "药费有了着落", "孩子来过电话", "想把窗户换了", "地里缺水", "羊长得不错", "等着村里答复", "有信心脱贫", "政策都清楚", "对帮扶满意",
            "腿疼走不远", "准备去赶集", "邻居常来帮忙", "担心雨水多", "补贴已领", "愿意去车间上班", "屋顶有点漏", "收成比去年好", "下次带农技员来"]
_FIGURES = ["药费{}元", "收玉米{}斤", "养羊{}只", "打工月入{}元", "补贴{}元", "谈了{}分钟", "苹果卖了{}元", "手册第{}页"]
_WHO = ["老伴", "大儿子", "二儿子", "大女儿", "小女儿", "孙子", "孙女", "儿媳", "邻居", "弟弟", "侄子", "外甥", "村会计", "村医", "网格员", "亲家"]
_WHEN = ["昨天", "前天", "上周", "刚才", "月初", "赶集那天", "雨后", "这几天", "早上", "下午"]
_WHAT = ["从外地回来", "去镇上取药", "帮着收玉米", "来送鸡蛋", "把院墙修好了", "腿摔伤了", "换了新灶", "去厂里报名", "卖了两只羊", "接了自来水", "修好了电视",
         "去看了牙", "给地里浇了水", "买了小猪", "开始打零工", "考试考得好", "过来帮工", "送来一袋面", "把药停了", "住了几天院"]
_OPENINGS = ["", "", "入户走访,", "电话联系,", "今天到户里,", "按要求走访,"]
_COMMON = ["家中正常,无异常情况", "一切正常,无变化", "了解情况,无新增困难"]


def untidy_county(helpers: int, seed: int, year: int = 2019, formulaic: float = 0.07) -> dict[str, pd.DataFrame]:
    """Tables households, pairings, visits and survey of a county with so many helpers; nobody invents anything.

    visits has a column more than the intake gives: genuine (whether it took place). formulaic: share of helpers who write two of three to
    six phrases each time. Finish with `handed_over` once what is to be invented is.
    """
    rng = np.random.default_rng(stream(seed, "untidy", helpers))
    pairings, households = _pairings(rng, helpers, year)
    slots = _slots(rng, pairings, helpers)
    helper = slots["helper"].to_numpy()
    at = _times(rng, slots, helpers, year)
    slots = slots.assign(at=at)[at < np.datetime64(f"{year + 1}-01-01")].reset_index(drop=True)
    helper, home = slots["helper"].to_numpy(), slots["home"].to_numpy()
    visits = pd.DataFrame({
        "household_id": text(_household(slots["household"])), "helper_id": text(_helper(helper)), "visited_at": slots["at"].to_numpy().astype("M8[us]"),
        "mode": text(np.where(home, "home", "telephone")), "content": text(texts(rng, helper, helpers, formulaic)),
        "entered_on": _entered(rng, slots["at"].to_numpy().astype("M8[D]"), helper, helpers).astype("M8[us]"),
        "photo_fingerprint": text(photographs(rng, helper, home, helpers)), "genuine": True,
    })  # fmt: skip
    return {"households": households, "pairings": pairings, "visits": visits}


def handed_over(tables: dict[str, pd.DataFrame], seed: int, interviews: int = 512) -> dict[str, pd.DataFrame]:
    """The tables as the county hands them over: record numbers in the order of entry, a survey of some households, origins.

    interviews: eight towns, four villages, 16 households, as `docs/town-rule.md` assumes.
    """
    rng = np.random.default_rng(stream(seed, "handed over"))
    visits = tables["visits"]
    # Who enters several records in one sitting enters them one after the other, in the order of the visits.
    sitting = rng.permutation(visits["helper_id"].nunique())[pd.factorize(visits["helper_id"])[0]]
    order = np.lexsort((visits["visited_at"].to_numpy(), sitting, visits["entered_on"].to_numpy()))
    numbers = np.empty(len(visits), "int64")
    numbers[order] = np.arange(1, len(visits) + 1)
    visits = visits.assign(visit_id=text([f"ZF{n:07d}" for n in numbers]), origin=np.arange(2, len(visits) + 2))
    made = visits[(visits["mode"] == "home") & visits["genuine"]].groupby("household_id").size()
    homes = tables["households"]["household_id"]
    sample = homes.iloc[np.sort(rng.permutation(len(homes))[:interviews])]
    remembered = rng.binomial(sample.map(made).fillna(0).astype(int), 0.9) + rng.integers(-1, 2, len(sample))
    told = np.where(rng.random(len(sample)) < 0.04, 0, np.maximum(remembered, 0))
    survey = pd.DataFrame({"household_id": sample.to_numpy(), "reported_visits": pd.array(told, dtype="Int64")})
    survey.loc[rng.random(len(survey)) < 0.08, "reported_visits"] = pd.NA
    return {**tables, "visits": visits.drop(columns="genuine"), "survey": survey.assign(origin=np.arange(2, len(survey) + 2))}


def _helper(code) -> list[str]:
    return [f"B{c:05d}" for c in code]


def _household(code) -> list[str]:
    return [f"H{c:05d}" for c in code]


def _pairings(rng, helpers: int, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Seven in ten are first helpers with one or two households, the others second helpers with three to eight; one village each."""
    second = rng.random(helpers) < 0.3
    n = np.where(second, rng.integers(3, 9, helpers), rng.integers(1, 3, helpers))
    villages = max(2, helpers // 14)
    village = rng.integers(0, villages, helpers)
    helper = np.repeat(np.arange(helpers), n)
    # One second helper in three has households in two villages.
    moved = (rng.random(helpers) < 0.33)[helper] & (rng.random(len(helper)) < 0.4) & second[helper]
    where = np.where(moved, (village[helper] + 1) % villages, village[helper])
    codes = np.arange(len(helper))
    households = pd.DataFrame({"household_id": text(_household(codes)), "village_code": text([f"V{v:04d}" for v in where]), "town": text([f"T{v % 8}" for v in where])})
    pairings = pd.DataFrame({"household_id": households["household_id"], "helper_id": text(_helper(helper)), "role": text(np.where(second[helper], "second", "first")),
                             "start_on": pd.Timestamp(year - 1, 3, 1), "end_on": pd.NaT, "helper": helper, "household": codes})
    return pairings, households


def _slots(rng, pairings: pd.DataFrame, helpers: int) -> pd.DataFrame:
    """A contact for nearly each due month, some more, some left out."""
    first = (pairings["role"] == "first").to_numpy()
    parts = []
    for month in range(12):
        wanted = [(first, False), (~first, True)] + ([(first, True)] if month % 2 else [])
        parts += [pairings.loc[which, ["helper", "household"]].assign(home=home, month=month) for which, home in wanted]
        parts.append(pairings.loc[rng.random(len(pairings)) < 0.12, ["helper", "household"]].assign(home=True, month=month))
    slots = pd.concat(parts, ignore_index=True)
    careless = rng.beta(1, 12, helpers)
    return slots[rng.random(len(slots)) >= careless[slots["helper"]]].sort_values(["helper", "month", "household"], kind="stable", ignore_index=True)


def _times(rng, slots: pd.DataFrame, helpers: int, year: int) -> np.ndarray:
    """Day by the helper's habit, clock by the time of day and by how far the helper rounds."""
    helper, home, n = slots["helper"].to_numpy(), slots["home"].to_numpy(), len(slots)
    habit = rng.choice(4, helpers, p=[0.45, 0.15, 0.15, 0.25])[helper]
    length = 28
    free = rng.integers(0, length, n)
    about = np.clip(rng.integers(2, 27, helpers)[helper] + np.rint(rng.normal(0, 2.2, n)), 0, 29).astype(int)
    at_end = np.clip(30 - rng.exponential(4, n), 0, 29).astype(int)
    start = (np.datetime64(f"{year}-01") + slots["month"].to_numpy().astype("m8[M]")).astype("M8[D]")
    day = start + np.select([habit == 1, habit == 2], [about, at_end], free).astype("m8[D]")
    weekday = (day.astype("int64") - rng.integers(0, 7, helpers)[helper]) % 7
    day = np.where((habit == 3) & (rng.random(n) < 0.8), day - np.minimum(weekday, (day - start).astype(int)).astype("m8[D]"), day)
    trips = home & (rng.random(helpers) < 0.6)[helper]
    turn = slots[trips].groupby(["helper", "month"]).cumcount().to_numpy()
    lead = slots[trips].assign(day=day[trips]).groupby(["helper", "month"])["day"].transform("first").to_numpy().astype("M8[D]")
    day[trips] = lead
    minute = np.clip(rng.choice([570, 920], n) + rng.normal(0, 70, n), 420, 1200)
    began = pd.Series(minute[trips]).groupby([slots["helper"].to_numpy()[trips], slots["month"].to_numpy()[trips]]).transform("first").to_numpy()
    minute[trips] = np.minimum(began + turn * rng.integers(18, 50, len(turn)), 1260)
    late = ~home & (rng.random(n) < 0.2)
    minute[late] = rng.integers(1080, 1290, late.sum())
    rounding = rng.choice([1, 5, 30, 60], helpers, p=[0.4, 0.25, 0.25, 0.1])[helper]
    minute = np.where(rng.random(n) < 0.85, np.rint(minute / rounding) * rounding, minute).astype("int64")
    return day.astype("M8[m]") + minute.astype("m8[m]")


def texts(rng, helper: np.ndarray, helpers: int, formulaic: float) -> list:
    """Two to four clauses from the helper's own stock of phrases, some with a figure, some with what happened; a share of the helpers has next to no stock."""
    phrases = np.array([v + t for v in _VERBS for t in _TOPICS] + _REMARKS * 4, dtype=object)
    formulaic = rng.random(helpers) < formulaic
    size = np.where(formulaic, rng.integers(3, 7, helpers), rng.integers(8, 45, helpers))
    stock = rng.integers(0, len(phrases), (helpers, 45))
    clauses = np.where(formulaic, 2, rng.integers(2, 5, helpers))
    with_figure = rng.random(helpers) * 0.8
    particular = np.where(formulaic, 0.05, rng.beta(2, 2, helpers))
    happened = [rng.choice(words, len(helper)) for words in (_WHO, _WHEN, _WHAT)]
    rounds = rng.random(helpers) < 0.3
    opening = rng.integers(0, len(_OPENINGS), helpers)
    # Phrases at the front of the stock are used more often.
    picks = (size[helper][:, None] * rng.random((len(helper), 4)) ** 1.6).astype(int)
    figures = np.rint(np.exp(rng.normal(5, 1.5, len(helper)))).astype(int) + 2
    figures = np.where(rounds[helper], np.maximum(np.rint(figures / 10) * 10, 10), figures).astype(int)
    kinds, draws = rng.integers(0, len(_FIGURES), len(helper)), rng.random((len(helper), 3))
    texts = []
    for i, h in enumerate(helper):
        if draws[i, 0] < 0.04:
            texts.append(_COMMON[picks[i, 0] % len(_COMMON)])
            continue
        said = [phrases[stock[h, p]] for p in dict.fromkeys(picks[i, : clauses[h]])]
        if draws[i, 2] < particular[h]:
            said.append("".join(words[i] for words in happened))
        if draws[i, 1] < with_figure[h]:
            said.append(_FIGURES[kinds[i]].format(figures[i]))
        texts.append(_OPENINGS[opening[h]] + ",".join(said) + "。")
    return texts


def _entered(rng, day: np.ndarray, helper: np.ndarray, helpers: int) -> np.ndarray:
    """Within days, on the Friday, after the month, or after the quarter, as the helper is used to; one in twenty otherwise than usual."""
    habit = rng.choice(4, helpers, p=[0.5, 0.25, 0.2, 0.05])[helper]
    habit = np.where(rng.random(len(day)) < 0.05, rng.integers(0, 3, len(day)), habit)
    soon = day + rng.integers(0, 6, len(day)).astype("m8[D]")
    friday = day + ((1 - day.astype("int64")) % 7).astype("m8[D]")
    month = day.astype("M8[M]")
    late = rng.integers(0, 4, (helpers, 13))[helper, month.astype("int64") % 12]
    after_month = (month + 1).astype("M8[D]") + late.astype("m8[D]")
    quarter = (month.astype("int64") // 3 * 3 + 3).astype("M8[M]").astype("M8[D]") + rng.integers(0, 8, helpers)[helper].astype("m8[D]")
    return np.select([habit == 0, habit == 1, habit == 2], [soon, friday, after_month], quarter)


def photographs(rng, helper: np.ndarray, home: np.ndarray, helpers: int) -> np.ndarray:
    """A photograph for most home visits; one in fifty helpers has one stand twice by mistake."""
    often = np.where(rng.random(helpers) < 0.2, 0.3, 0.95)[helper]
    prints = np.array([f"{p:016x}" for p in rng.integers(0, 2**63, len(helper))], dtype=object)
    prints[~(home & (rng.random(len(helper)) < often))] = None
    for h in np.flatnonzero(rng.random(helpers) < 0.02):
        own = np.flatnonzero((helper == h) & (prints != None))  # noqa: E711
        if len(own) > 1:
            prints[own[1]] = prints[own[0]]
    return prints
