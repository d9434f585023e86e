"""How a sample was drawn: strata, clusters, stages, weights; everything that the error of its estimates depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Stage:
    """One draw: of units within parents (of villages within towns, of households within villages).

    unit (rows,): the number of each row's unit; parent (units,): the number of each unit's parent; drawn, share (parents,): how many
    units of it were drawn, and which share of those it has (0 if unknown).
    """

    unit: np.ndarray
    parent: np.ndarray
    drawn: np.ndarray
    share: np.ndarray

    @property
    def factor(self):
        """n / (n - 1) of each parent; 1 for a parent with a single unit."""
        return np.where(self.drawn > 1, self.drawn / np.maximum(self.drawn - 1, 1), 1.0)


@dataclass(frozen=True)
class Design:
    """How the interviews were drawn: strata (towns), clusters in them (villages), households in the clusters.

    data: one row per interview; the rest are names of its columns.
    strata, clusters: None means one stratum, or every row its own cluster. Clusters are told apart within their stratum. A list of
    columns for clusters means several stages, the first drawn first.
    weights: how many households each interview stands for; None means equal weights.
    clusters_total: villages in the stratum (a list, as long as clusters, for several stages: units within the unit above), and
    households_total: households in the village (both constant within it). With them the finite-population corrections are made, each
    stage only with those before it; without them the first stage counts as drawn with replacement, which errs on the side of a larger
    variance.
    calibration: how the weights were brought to known totals, by `post_stratify` or `rake`.
    Raises KeyError for a column that is not there, ValueError for weights that are missing or not positive; the estimates raise
    ValueError for numbers of clusters or households that differ within a stratum or cluster, or are fewer than were drawn.
    """

    data: pd.DataFrame
    strata: str | None = None
    clusters: str | Sequence[str] | None = None
    weights: str | None = None
    clusters_total: str | Sequence[str] | None = None
    households_total: str | None = None
    calibration: object = None

    def __post_init__(self):
        columns, totals = _listed(self.clusters), _listed(self.clusters_total)
        for column in filter(None, [self.strata, *columns, self.weights, *totals, self.households_total]):
            if column not in self.data:
                raise KeyError(f"the sample has no column {column}")
        for column in filter(None, [self.strata, *columns]):
            if self.data[column].isna().any():
                raise ValueError(f"the design column {column} has missing values")
        if self.households_total and len(totals) < max(len(columns), 1):
            raise ValueError("the households in a village are of use only with the number of villages (clusters_total)")
        if len(totals) > max(len(columns), 1):
            raise ValueError("clusters_total names more stages than clusters")
        weights = self.weight
        if not (np.isfinite(weights).all() and (weights > 0).all()):
            raise ValueError("weights must be positive and complete")

    @cached_property
    def weight(self):
        """How many households each row stands for (1 without weights), (rows,)."""
        return np.ones(len(self.data)) if self.weights is None else self.data[self.weights].to_numpy(dtype=float)

    @cached_property
    def stratum(self):
        """The number of each row's stratum."""
        return np.zeros(len(self.data), dtype=int) if self.strata is None else pd.factorize(self.data[self.strata])[0]

    @cached_property
    def cluster(self):
        """The number of each row's (first-stage) cluster, different in different strata."""
        columns = _listed(self.clusters)
        return _within(self.stratum, self.data[columns[0]]) if columns else np.arange(len(self.data))

    @cached_property
    def stages(self):
        """The draws that the variance is made of, first to last: the first, and further ones as long as the numbers are known."""
        columns, totals = _listed(self.clusters) or [None], _listed(self.clusters_total)
        unit, above, stages = self.cluster, self.stratum, []
        for level, column in enumerate(columns):
            if level:
                if len(totals) < level:
                    return stages
                above, unit = unit, _within(unit, self.data[column])
            what = "villages" if level == 0 else column
            stages.append(_stage(unit, above, self._counts(totals[level]) if level < len(totals) else None, what))
        if self.households_total:
            stages.append(_stage(np.arange(len(self.data)), unit, self._counts(self.households_total), "households"))
        return stages

    def freedom(self, inside=None):
        """Clusters, and clusters - strata (the degrees of freedom), of the rows inside (all by default)."""
        keep = slice(None) if inside is None else inside
        clusters = len(np.unique(self.cluster[keep]))
        return clusters, clusters - len(np.unique(self.stratum[keep]))

    def _counts(self, column):
        return self.data[column].to_numpy(dtype=float)


def weights_of_draw(design):
    """How many households each interview stands for, by the numbers drawn and the numbers there are at every stage.

    w = product over the stages of N / n. Needs clusters_total (and households_total where households were drawn within clusters).
    Returns an array (rows,), to be put into the data as the column of weights.
    Source: Horvitz and Thompson (1952), JASA 47, 663-685.
    """
    if not _listed(design.clusters_total):
        raise ValueError("weights follow from the draw only with the number of clusters there are (clusters_total)")
    weight = np.ones(len(design.data))
    for stage in design.stages:
        if (stage.share == 0).any():
            raise ValueError("the number of units there are is not known at every stage")
        weight /= stage.share[stage.parent[stage.unit]]
    return weight


def _listed(names):
    return [names] if isinstance(names, str) else list(names or [])


def _within(above, labels):
    """Numbers of the labels, told apart within the units above."""
    code, names = pd.factorize(labels)
    return pd.factorize(above.astype(np.int64) * len(names) + code)[0]


def _stage(unit, above, there, what):
    parent = np.zeros(unit.max(initial=-1) + 1, dtype=int)
    parent[unit] = above
    drawn = np.bincount(parent, minlength=above.max(initial=-1) + 1)
    if there is None:
        return Stage(unit, parent, drawn, np.zeros(len(drawn)))
    total = np.ones(len(drawn))
    total[above] = there
    if (total[above] != there).any():
        raise ValueError(f"the number of {what} there are is missing somewhere, or differs within the unit they were drawn from")
    if (drawn > total).any():
        raise ValueError(f"more {what} were drawn than there are")
    return Stage(unit, parent, drawn, drawn / total)
