"""Before and after, with and without: the plain difference-in-differences, for two groups or for a panel."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bangfu.stats.columns import floats
from bangfu.stats.impact.assumptions import ASSUMED, FEW_CLUSTERS, interval, meaning
from bangfu.stats.impact.cluster import KINDS, WildBootstrap, least_squares, wild_bootstrap
from bangfu.stats.paper import Both, Paper, WorkingPaper


@dataclass(frozen=True)
class Effect(WorkingPaper):
    """An effect with its error; made by `two_by_two` and `two_way`."""

    design: Both
    effect: float
    se: float
    df: float
    p_value: float
    lower: float
    upper: float
    means: pd.DataFrame | None  # two_by_two: control and treated, before, after and change
    bootstrap: WildBootstrap | None  # with fewer clusters than FEW_CLUSTERS
    kind: str
    observations: int
    clusters: int
    missing: int
    confidence: float

    def _paper(self):
        return Paper(
            title=Both("双重差分", "Difference-in-differences"),
            asked=Both("帮扶使结果改变了多少", "How much did the help change the outcome"),
            method=Both(self.design.zh + ";" + KINDS[self.kind].zh, self.design.en + "; " + KINDS[self.kind].en),
            source="Card and Krueger (1994), Am. Econ. Rev. 84; Angrist and Pischke (2009), Mostly Harmless Econometrics, ch. 5",
            inputs=[(Both("观测数", "observations"), self.observations), (Both("聚类数", "clusters"), self.clusters),
                    (Both("缺失未用", "left out as missing"), self.missing)]
            + ([(Both("均值", "means"), self.means.round(4))] if self.means is not None else []),
            result=[(Both("效果", "effect"), self.effect), (Both("标准误", "standard error"), self.se), (Both("自由度", "degrees of freedom"), round(self.df, 1)),
                    interval(self.lower, self.upper, self.confidence), (Both("p 值", "p-value"), self.p_value)]
            + ([(Both("wild bootstrap p 值", "wild bootstrap p-value"), self.bootstrap.p_value)] if self.bootstrap else []),
            notes=ASSUMED,
            meaning=meaning(self.effect, self.lower, self.upper),
        )


def two_by_two(outcome, treated, after, clusters=None, *, kind="CR2", confidence=0.95, seed=0):
    """Compare the change of those helped with the change of those not helped.

    effect = (mean treated after - treated before) - (control after - control before), the coefficient of treated x after in the least
    squares fit on treated, after and their product. Error: CR2 by cluster (see `cluster.least_squares`), or "CR1", "classical"; with
    fewer than 40 clusters also the wild cluster bootstrap with the seed given.

    outcome: numbers (n,). treated, after: yes or no (booleans, or 0 and 1). clusters: for instance the household or village of each row.
    Rows with anything missing are left out and counted. Returns an Effect. Raises ValueError if one of the four cells is empty.
    Source: Card and Krueger (1994), American Economic Review 84, 772-793, table 3; Angrist and Pischke (2009), 5.2.
    """
    frame = pd.DataFrame({"y": floats(outcome), "treated": floats(treated), "after": floats(after)})
    if clusters is not None:
        frame["cluster"] = np.asarray(clusters)
    whole = len(frame)
    frame = frame.dropna()
    if not frame[["treated", "after"]].isin([0, 1]).all(axis=None):
        raise ValueError("treated and after must be yes or no (1 or 0)")
    cells = frame.groupby(["treated", "after"])["y"].mean().unstack()
    if cells.shape != (2, 2) or cells.isna().any(axis=None):
        raise ValueError("each of the four cells (treated or not, before or after) needs at least one row")
    X = pd.DataFrame({"intercept": 1.0, "treated": frame["treated"], "after": frame["after"]})
    X["effect"] = X["treated"] * X["after"]
    means = pd.DataFrame(cells.to_numpy(), index=["control", "treated"], columns=["before", "after"])
    means["change"] = means["after"] - means["before"]
    return _effect(Both("两组两期", "Two groups, two periods"), frame["y"], X, frame.get("cluster"), kind, confidence, seed, means, whole - len(frame))


def two_way(outcome, treatment, unit, time, *, clusters=None, covariates=None, kind="CR2", confidence=0.95, seed=0):
    """Fit the effect of a treatment in a panel with an effect of every unit and of every period.

    y = unit + period + effect x treatment + covariates. Unit effects are taken out as means of the unit, period effects are columns;
    clusters default to the units and must hold whole units, so that CR2 stands as if all effects were columns (Pustejovsky and Tipton 2018,
    theorem 2). Where help began at different times and its effect grows, this estimate mixes effects with weights that may be
    negative: use `callaway_santanna` then.

    outcome, treatment: numbers (n,); unit, time: (n,); covariates: DataFrame (n, p). Rows with anything missing are left out and counted.
    Returns an Effect. Raises ValueError if treatment never varies within a unit, or a cluster cuts through a unit.
    Source: Angrist and Pischke (2009), 5.2; Goodman-Bacon (2021), J. Econometrics 225 (what it mixes).
    """
    frame = pd.DataFrame({"y": floats(outcome), "effect": floats(treatment), "unit": np.asarray(unit), "time": np.asarray(time)})
    names = [] if covariates is None else list(covariates.columns)
    for name in names:
        frame[name] = floats(covariates[name])
    frame["cluster"] = frame["unit"] if clusters is None else np.asarray(clusters)
    whole = len(frame)
    frame = frame.dropna().reset_index(drop=True)
    if (frame.groupby("unit")["cluster"].nunique() > 1).any():
        raise ValueError("a unit stands in several clusters; clusters must hold whole units")
    periods = pd.get_dummies(frame["time"], prefix="period", dtype=float).iloc[:, 1:]
    columns = pd.concat([frame[["effect", *names]], periods, frame[["y"]]], axis=1)
    within = columns - columns.groupby(frame["unit"]).transform("mean")
    if np.allclose(within["effect"], 0):
        raise ValueError("treatment never varies within a unit; there is nothing to compare")
    return _effect(Both("双向固定效应", "Two-way fixed effects"), within.pop("y"), within, frame["cluster"], kind, confidence, seed, None, whole - len(frame))


def _effect(design, y, X, clusters, kind, confidence, seed, means, missing):
    fitted = least_squares(y, X, clusters, kind=kind, confidence=confidence)
    row = fitted.coefficients.loc["effect"]
    bootstrap = None
    if clusters is not None and fitted.clusters < FEW_CLUSTERS:
        bootstrap = wild_bootstrap(y, X, clusters, "effect", seed=seed, confidence=confidence)
    return Effect(design, row["estimate"], row["se"], row["df"], row["p_value"], row["lower"], row["upper"], means, bootstrap, kind, fitted.observations,
                  fitted.clusters, missing, confidence)
