"""No rank without its interval: how far up or down a helper's place may really be."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.paper import Both, Paper, WorkingPaper, percent

BLOCK = 500  # simulated sets, or rows of pairs, held at a time


@dataclass(frozen=True)
class Ranks(WorkingPaper):
    """Ranks with their intervals; see `simulate` and `compare_pairs`."""

    table: pd.DataFrame
    method: str  # "simulation" or "pairs"
    confidence: float
    best: str
    draws: int | None
    seed: int | None

    def _paper(self):
        ranked = self.table[self.table["reason"] == ""]
        width = ranked["upper"] - ranked["lower"] + 1
        simulated = self.method == "simulation"
        return Paper(
            title=Both("名次及其区间", "Ranks with their intervals"),
            asked=Both("每个人的名次有多可靠", "How certain is every rank"),
            method=Both(f"后验模拟{self.draws}次,种子{self.seed}" if simulated else "两两比较,逐一校正",
                        f"Simulation from the posterior, {self.draws} draws, seed {self.seed}" if simulated else "Comparison of pairs, corrected for their number"),
            source="Goldstein and Spiegelhalter (1996), JRSS A 159, 385-443" if simulated else "Mogstad, Romano, Shaikh, Wilhelm (2024), Rev. Econ. Studies 91",
            inputs=[(Both("参加排名人数", "ranked"), len(ranked)), (Both("资料不足人数", "insufficient data"), int((self.table["reason"] != "").sum())),
                    (Both("置信水平", "confidence"), percent(self.confidence, 0))],
            result=[(Both("名次区间宽度中位数", "median width of the intervals"), float(width.median()) if len(ranked) else None),
                    (Both("区间最宽", "widest"), int(width.max()) if len(ranked) else None), (Both("区间最窄", "narrowest"), int(width.min()) if len(ranked) else None)],
            meaning=Both(f"半数人的名次区间跨{width.median():.0f}位或更多;区间重叠者不宜分先后。" if len(ranked) else "资料不足,不排名。",
                         f"Half of the intervals span {width.median():.0f} places or more; do not put one before another whose interval overlaps." if len(ranked)
                         else "Insufficient data: no ranking."),
        )


def simulate(effect, se, *, seed, draws=2000, confidence=0.95, best="high", insufficient=None):
    """The interval of every rank, by drawing all true effects again and again from what is known of them.

    Draws theta ~ normal(effect, se^2), independently, ranks each draw, and takes the quantiles of every helper's ranks.
    effect, se: shrunken effects and their standard errors, shape (k,); a Series keeps its index. seed: recorded with the result; the
    same seed gives the same intervals whatever the order of the rows. best: "high" if rank 1 is the highest effect, or "low".
    insufficient: boolean per row; these are not ranked and do not count among the others.
    Returns Ranks; its table has rank (of the estimates, equal ones share the smallest), expected (mean rank), lower, upper,
    chance_worst (to be in the worst tenth) and reason ("" or "insufficient"); ranks are missing where insufficient.
    Source: Goldstein and Spiegelhalter (1996), JRSS A 159, 385-443; Laird and Louis (1989), J. Educational Statistics 14.
    """
    table, names, mean, error, left = _prepared(effect, se, best, insufficient)
    k = len(mean)
    order = np.lexsort((names, error, -mean))  # the same draws for the same helper, whatever the order of the rows
    tail = (1 - confidence) / 2
    worst = np.zeros(k)
    ranks = np.empty((draws, k), dtype=np.int32)
    # equal effects known without error (helpers do not differ at all) must change places at random, not stand in the order of rows
    error = np.maximum(error, 1e-9 * max(np.ptp(mean), error.max(), 1e-9)) if k else error
    rng = np.random.default_rng(seed)
    places = np.arange(1, k + 1, dtype=np.int32)
    for start in range(0, draws, BLOCK):
        some = min(BLOCK, draws - start)
        sorted_by = np.argsort(-(mean[order] + error[order] * rng.standard_normal((some, k))), axis=1)
        np.put_along_axis(ranks[start:start + some], sorted_by, np.broadcast_to(places, (some, k)), axis=1)
    if k:
        quantiles = np.sort(ranks, axis=0)[[max(int(np.ceil(tail * draws)) - 1, 0), min(int(np.ceil((1 - tail) * draws)) - 1, draws - 1)]]
        worst = (ranks > k - max(k // 10, 1)).mean(axis=0)
        back = np.argsort(order)
        _enter(table, ~left, {"rank": _ranked(mean), "expected": ranks.mean(axis=0)[back], "lower": quantiles[0][back], "upper": quantiles[1][back],
                              "chance_worst": worst[back]})
    return Ranks(table, "simulation", confidence, best, draws, seed)


def compare_pairs(effect, se, *, confidence=0.95, best="high", insufficient=None):
    """The interval of every rank by comparing each helper with every other: 1 + those clearly better to k - those clearly worse.

    j is clearly better than i if (effect j - effect i) / sqrt(se i^2 + se j^2) exceeds the normal quantile for (1 - confidence) /
    (2 (k - 1)), so that each interval holds the true rank with the confidence asked. Wider than `simulate`, without a prior, so give
    it unshrunken effects (means) with their standard errors.
    Arguments and result as in `simulate`, without expected and chance_worst.
    Source: Mogstad, Romano, Shaikh, Wilhelm (2024), Inference for Ranks, Review of Economic Studies 91, with Bonferroni's correction.
    """
    table, _, mean, error, left = _prepared(effect, se, best, insufficient)
    k = len(mean)
    if k:
        critical = stats.norm.isf((1 - confidence) / (2 * max(k - 1, 1)))
        better, worse = np.zeros(k, dtype=np.int64), np.zeros(k, dtype=np.int64)
        for start in range(0, k, BLOCK):
            rows = slice(start, start + BLOCK)
            apart = mean[None, :] - mean[rows, None]
            far = np.abs(apart) > critical * np.sqrt(error[None, :] ** 2 + error[rows, None] ** 2)
            better[rows], worse[rows] = (far & (apart > 0)).sum(axis=1), (far & (apart < 0)).sum(axis=1)
        _enter(table, ~left, {"rank": _ranked(mean), "lower": 1 + better, "upper": k - worse})
    return Ranks(table.drop(columns=["expected", "chance_worst"]), "pairs", confidence, best, None, None)


def _prepared(effect, se, best, insufficient):
    if best not in ("high", "low"):
        raise ValueError("best must be high or low")
    index = effect.index if isinstance(effect, pd.Series) else pd.RangeIndex(len(effect))
    value, error = np.asarray(effect, dtype=float), np.asarray(se, dtype=float)
    left = ~np.isfinite(value) | ~np.isfinite(error)
    if insufficient is not None:
        left |= np.asarray(insufficient, dtype=bool)
    if (error[~left] < 0).any():
        raise ValueError("standard errors must not be negative")
    table = pd.DataFrame({"rank": pd.array([pd.NA] * len(value), dtype="Int64"), "expected": np.nan, "lower": pd.array([pd.NA] * len(value), dtype="Int64"),
                          "upper": pd.array([pd.NA] * len(value), dtype="Int64"), "chance_worst": np.nan, "reason": np.where(left, "insufficient", "")}, index=index)
    return table, np.asarray(index.astype(str))[~left], (value if best == "high" else -value)[~left], error[~left], left


def _ranked(mean):
    return stats.rankdata(-mean, method="min").astype(np.int64)


def _enter(table, rows, columns):
    for name, values in columns.items():
        table.loc[rows, name] = values
