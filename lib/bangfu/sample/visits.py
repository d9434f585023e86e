"""Records of visits and calls in which every helper does what is due, and somewhat more."""
from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.sample.names import SURNAMES, text
from bangfu.sample.planting import stream
from bangfu.sample.population import Population

DOINGS = np.array(["查看了菜园", "一起核对收入", "帮着打扫院子", "送去降压药", "讲了医保报销", "看了新修的屋顶", "商量养鸡的事", "谈孩子升学",
                   "查看自来水", "帮联系务工", "核对惠农补贴", "走了一趟果园", "量了血压", "送去米面", "填写明白卡", "讲了小额信贷"])
MATTERS = np.array(["家里平安", "老人身体尚好", "担心雨水多", "想学电焊", "盼着修路", "说药费有着落", "打算扩种辣椒", "准备卖羊", "问起低保年审",
                    "说孩子来电话了", "提出换窗户", "愿意去扶贫车间", "地里缺水", "已领到补贴", "想申请公益岗", "觉得政策好"])
FOLLOW = np.array(["下次带农技员来", "已报村委会", "月底前回话", "约好赶集时再谈", "记入手册", "与村医说好", "联系学校", "当场办妥"])


def visits_table(population: Population, pairings: pd.DataFrame, year: int) -> pd.DataFrame:
    """Home visits and calls of the year, within the pairings, each period and month served; in no order of dates."""
    rng = np.random.default_rng(stream(population.seed, "visits", year))
    first = (pairings["role"] == "first").to_numpy()
    parts = []
    for month in range(1, 13):
        parts.append(_contacts(rng, pairings, first, year, month, month, "telephone"))
        parts.append(_contacts(rng, pairings, ~first, year, month, month, "home"))
        if month % 2:
            parts.append(_contacts(rng, pairings, first, year, month, month + 1, "home"))
            parts.append(_contacts(rng, pairings, first & (rng.random(len(first)) < 0.3), year, month, month + 1, "home"))
    pairing = np.concatenate([part[0] for part in parts])
    day = np.concatenate([part[1] for part in parts])
    home = np.concatenate([np.full(len(part[0]), part[2] == "home") for part in parts])
    order = rng.permutation(len(pairing))
    pairing, day, home = pairing[order], day[order], home[order]
    n = len(pairing)
    at = day.astype("M8[m]") + rng.integers(8 * 60, 18 * 60, n).astype("m8[m]")
    signs = rng.random(n) < 0.97
    witness = np.array([a + b for a, b in zip(rng.choice(SURNAMES, n), rng.choice(["会计", "支书", "主任", "组长"], n))], object)
    frame = pd.DataFrame({
        "visit_id": text([f"ZF{year}-{i:07d}" for i in range(1, n + 1)]),
        "household_id": text(pairings["household_id"].to_numpy()[pairing]),
        "helper_id": text(pairings["helper_id"].to_numpy()[pairing]),
        "visited_at": pd.Series(at.astype("M8[us]")),
        "mode": text(np.where(home, "home", "telephone")),
        "content": text(_contents(rng, n)),
        "household_signed": pd.array(np.where(home, signs, None), dtype="boolean"),
        "helper_signed": pd.array(np.where(home, True, None), dtype="boolean"),
        "witness": text(np.where(home & ~signs, witness, None)),
    })
    _repeat_three(rng, frame)
    frame["entered_on"] = pd.Series(_entered(rng, frame, day, population, pairings).astype("M8[us]"))
    prints = rng.integers(0, 2**63, n)
    frame["photo_fingerprint"] = text([f"{p:016x}" if h else None for p, h in zip(prints, home)])
    return frame


def _contacts(rng, pairings, which, year, from_month, to_month, mode):
    """One contact for each chosen pairing in a span of months, on a day on which it holds."""
    opening = np.datetime64(f"{year}-{from_month:02d}-01")
    close = np.datetime64(f"{year + to_month // 12}-{to_month % 12 + 1:02d}-01") - np.timedelta64(1, "D")
    start = np.maximum(pairings["start_on"].to_numpy().astype("M8[D]"), opening)
    end = pairings["end_on"].fillna(pd.Timestamp(year + 1, 12, 31)).to_numpy().astype("M8[D]")
    end = np.minimum(end, close)
    length = (end - start).astype(int)
    served = np.flatnonzero(which & (length >= 4))  # a pairing of a few days may leave its first period unserved
    day = start[served] + (rng.random(len(served)) * (length[served] + 1)).astype("m8[D]")
    return served, day, mode


def _contents(rng, n) -> list[str]:
    """Texts of one's own: three remarks and the hour spent."""
    a, b, c = rng.choice(DOINGS, n), rng.choice(MATTERS, n), rng.choice(FOLLOW, n)
    minutes, page = rng.integers(10, 95, n), rng.integers(2, 60, n)
    return [f"{x},{y};{z}。谈了{m}分钟,手册第{p}页" for x, y, z, m, p in zip(a, b, c, minutes, page)]


def _repeat_three(rng, frame) -> None:
    """One helper in a hundred writes the same text three times, which is not yet a pattern."""
    home = frame[frame["mode"] == "home"]
    turn = home.groupby("helper_id").cumcount()
    lazy = pd.Series(rng.random(home["helper_id"].nunique()) < 0.01, index=home["helper_id"].unique())
    again = home[(turn < 3) & home["helper_id"].map(lazy)]
    frame.loc[again.index, "content"] = again.groupby("helper_id")["content"].transform("first")


def _entered(rng, frame, day, population, pairings) -> np.ndarray:
    """Entered within days, a few after weeks; some second helpers enter sixty days' records in one go, not more."""
    late = rng.random(len(day))
    delay = np.where(late < 0.9, rng.integers(0, 6, len(day)), np.where(late < 0.98, rng.integers(6, 30, len(day)), rng.integers(30, 60, len(day))))
    entered = day + delay.astype("m8[D]")
    helpers = frame["helper_id"].to_numpy()
    slow = pairings.loc[pairings["role"] == "second", "helper_id"].drop_duplicates()
    slow = set(slow.iloc[rng.permutation(len(slow))[: max(1, len(slow) // 100)]])
    last = np.datetime64(f"{frame['visited_at'].dt.year.iloc[0]}-06-30")
    batch = np.isin(helpers, list(slow)) & (day <= last) & (day >= last - np.timedelta64(60, "D"))
    return np.where(batch, last, entered)
