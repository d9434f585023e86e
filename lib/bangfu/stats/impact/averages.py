"""Averages of the effects by cohort and year, with the error that the shares of the cohorts add."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.impact.assumptions import ASSUMED, interval, meaning
from bangfu.stats.paper import Both, Paper, WorkingPaper


@dataclass(frozen=True)
class Average(WorkingPaper):
    """An average effect, and the effects it is the average of (None: all cells)."""

    kind: Both
    att: float
    se: float
    influence: np.ndarray
    table: pd.DataFrame | None
    cells: Any  # the GroupTime it was made from

    @property
    def lower(self):
        return self.att - stats.norm.ppf(0.5 + self.cells.confidence / 2) * self.se

    @property
    def upper(self):
        return self.att + stats.norm.ppf(0.5 + self.cells.confidence / 2) * self.se

    def _paper(self):
        return Paper(
            title=Both("分批帮扶的平均效果:" + self.kind.zh, "Average effect of help that began in different years: " + self.kind.en),
            asked=Both("帮扶平均使结果改变了多少", "How much did the help change the outcome on average"),
            method=Both("Callaway-Sant'Anna 加总(无协变量)", "Callaway-Sant'Anna aggregation, without covariates"),
            source="Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230, section 3",
            inputs=[(Both("户数", "units"), self.cells.units), (Both("同时区间抽样次数", "draws of the band"), self.cells.draws),
                    (Both("种子", "seed"), self.cells.seed)],
            result=[(Both("平均效果", "average effect"), self.att), (Both("标准误", "standard error"), self.se),
                    interval(self.lower, self.upper, self.cells.confidence)]
            + ([(Both("各项", "parts"), self.table.round(4))] if self.table is not None else []),
            notes=ASSUMED,
            meaning=meaning(self.att, self.lower, self.upper),
        )


def weighted(cells, rows, *, weights=None, att=None, influence=None, cohorts=None):
    """The weighted mean of effects, its error and its influence function.

    By default the weights are the shares of the cohorts among all units; as these are estimated too, each adds
    (1(unit in cohort) - share) / sum of shares - (sum of those) x share / (sum of shares)^2, times the effect, to the influence.
    weights: fixed weights instead. att, influence, cohorts: of effects that are averages themselves; by default the cells'.
    Returns (mean, se, influence). Source: Callaway and Sant'Anna (2021), section 3 and theorem 4.
    """
    rows = np.asarray(rows)
    att = (cells.table["att"].to_numpy() if att is None else att)[rows]
    influence = (cells.influence if influence is None else influence)[:, rows]
    if weights is not None:
        weights = weights / weights.sum()
        psi = influence @ weights
    else:
        cohorts = (cells.table["cohort"].to_numpy() if cohorts is None else cohorts)[rows]
        member = cells.cohort[:, None] == cohorts[None, :].astype(float)
        share = member.mean(axis=0)
        weights = share / share.sum()
        off = member - share
        psi = influence @ weights + (off / share.sum()) @ att - off.sum(axis=1) * (share @ att) / share.sum() ** 2
    sums = psi if cells.clusters is None else np.bincount(cells.clusters, weights=psi)
    return float(weights @ att), float(np.sqrt((sums**2).sum()) / cells.units), psi


def simultaneous_critical(influence, se, cells):
    """How many standard errors to go so that all intervals hold at once: multiplier bootstrap with random signs.

    The `confidence` quantile over the draws of max over effects of |sum of v psi| / (n se); effects without error are left out. Never less
    than the normal quantile. Source: Callaway and Sant'Anna (2021), algorithm 1.
    """
    pointwise = float(stats.norm.ppf(0.5 + cells.confidence / 2))
    known = se > 0
    if not known.any():
        return pointwise
    psi = influence[:, known]
    if cells.clusters is not None:
        sums = np.zeros((cells.clusters.max() + 1, psi.shape[1]))
        np.add.at(sums, cells.clusters, psi)
        psi = sums
    signs = np.random.default_rng(cells.seed).choice(np.array([-1.0, 1.0]), size=(cells.draws, len(psi)))
    largest = (np.abs(signs @ psi) / (cells.units * se[known])).max(axis=1)
    return max(float(np.quantile(largest, cells.confidence)), pointwise)
