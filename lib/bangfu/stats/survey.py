"""What a sample of villages and households says about the whole, with the error that its design leaves."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats import proportion_interval


@dataclass(frozen=True)
class Design:
    """How the interviews were drawn: strata (towns), clusters in them (villages), households in the clusters.

    data: one row per interview; the rest are names of its columns.
    strata, clusters: None means one stratum, or every row its own cluster. Clusters are told apart within their stratum.
    weights: how many households each interview stands for; None means equal weights.
    clusters_total: villages in the stratum, and households_total: households in the village (both constant within it). With them the
    finite-population corrections are made, the second one only with the first; without them the first stage counts as drawn with
    replacement, which errs on the side of a larger variance.
    Raises KeyError for a column that is not there, ValueError for weights that are missing or not positive.
    """

    data: pd.DataFrame
    strata: str | None = None
    clusters: str | None = None
    weights: str | None = None
    clusters_total: str | None = None
    households_total: str | None = None

    def __post_init__(self):
        named = [self.strata, self.clusters, self.weights, self.clusters_total, self.households_total]
        for column in filter(None, named):
            if column not in self.data:
                raise KeyError(f"the sample has no column {column}")
        for column in filter(None, [self.strata, self.clusters]):
            if self.data[column].isna().any():
                raise ValueError(f"the design column {column} has missing values")
        if self.households_total and not self.clusters_total:
            raise ValueError("the households in a village are of use only with the number of villages (clusters_total)")
        weights = self.weight
        if not (np.isfinite(weights).all() and (weights > 0).all()):
            raise ValueError("weights must be positive and complete")

    @property
    def weight(self):
        return np.ones(len(self.data)) if self.weights is None else self.data[self.weights].to_numpy(dtype=float)

    @property
    def stratum(self):
        """The number of each row's stratum."""
        return np.zeros(len(self.data), dtype=int) if self.strata is None else pd.factorize(self.data[self.strata])[0]

    @property
    def cluster(self):
        """The number of each row's cluster, different in different strata."""
        if self.clusters is None:
            return np.arange(len(self.data))
        return pd.MultiIndex.from_arrays([self.stratum, pd.factorize(self.data[self.clusters])[0]]).factorize()[0]


def variance_of_total(design, contributions):
    """The variance of a sum over the sample, from how much the sums of villages differ within towns.

    V = sum over strata h of (1 - f_h) n_h / (n_h - 1) * sum over its clusters of (z_hc - mean z_h)^2, with z_hc the cluster's sum of
    the contributions (weight x linearised value) and f_h = n_h / N_h where N_h is known; with the households of the village known as
    well, plus sum of f_h (1 - m_hc / M_hc) m_hc / (m_hc - 1) * sum over households of (z_hci - mean z_hc)^2.
    A stratum with a single cluster shows no differences: its cluster is held against the mean of all clusters, which errs on the
    side of a larger variance (R's survey.lonely.psu = "adjust").

    contributions: array (rows,) or (rows, k); returns a number or an array (k,).
    Source: Taylor linearisation, Särndal, Swensson, Wretman (1992), Model Assisted Survey Sampling, 4.3 and 5.5; Lumley (2010),
    Complex Surveys, chapter 2 and appendix.
    """
    values = np.asarray(contributions, dtype=float)
    single = values.ndim == 1
    values = values[:, None] if single else values
    cluster, stratum = design.cluster, design.stratum
    n_clusters = cluster.max(initial=-1) + 1
    sums = _sum_by(cluster, values, n_clusters)
    of_cluster = np.zeros(n_clusters, dtype=int)
    of_cluster[cluster] = stratum
    drawn = np.bincount(of_cluster)
    centre = _sum_by(of_cluster, sums, len(drawn)) / drawn[:, None]
    centre[drawn == 1] = sums.mean(axis=0)
    factor = np.where(drawn > 1, drawn / np.maximum(drawn - 1, 1), 1.0)
    share_drawn = np.zeros(len(drawn))
    if design.clusters_total:
        total = np.ones(len(drawn))
        total[stratum] = design.data[design.clusters_total].to_numpy(dtype=float)
        share_drawn = _share(drawn, total, "villages")
    first = ((1 - share_drawn) * factor)[of_cluster] @ (sums - centre[of_cluster]) ** 2
    if not design.households_total:
        return first[0] if single else first
    asked = np.bincount(cluster)
    there = np.ones(n_clusters)
    there[cluster] = design.data[design.households_total].to_numpy(dtype=float)
    within = (1 - _share(asked, there, "households")) * np.where(asked > 1, asked / np.maximum(asked - 1, 1), 1.0)
    spread = (values - (sums / asked[:, None])[cluster]) ** 2
    second = (share_drawn[of_cluster] * within)[cluster] @ spread
    both = first + second
    return both[0] if single else both


def mean(design, column, *, by=None, confidence=0.95):
    """Estimate the mean of a column in the whole population, or in each part of it.

    Estimate: sum w y / sum w over the rows of the part (domain) with a value. Variance: that of the total of w (y - estimate) / sum w,
    zero outside the domain, so that the clusters that happen to miss it count. Interval: estimate +- t(df) se. Rows without a value
    are outside the domain.

    by: column of the domains (one row each, sorted), or None for the whole (one row labelled "all").
    Returns a DataFrame with the columns estimate, se, lo, hi, deff (against a simple random sample of as many), n (interviews with a
    value), clusters, df (clusters - strata, of those in which the domain occurs; with df 0 there is no interval).
    Source: Särndal, Swensson, Wretman (1992), 5.7 and 5.8 (ratio of two totals, domains); design effect as Kish (1965).
    """
    estimated = _means(design, pd.to_numeric(design.data[column]).to_numpy(dtype=float, na_value=np.nan), by)
    half = stats.t.ppf(0.5 + confidence / 2, estimated["df"].where(estimated["df"] > 0)) * estimated["se"]
    estimated["lo"], estimated["hi"] = estimated["estimate"] - half, estimated["estimate"] + half
    return estimated[["estimate", "se", "lo", "hi", "deff", "n", "clusters", "df"]]


def proportion(design, column, *, by=None, confidence=0.95, interval="korn-graubard"):
    """Estimate the share of households for which a yes/no column is true, in the whole population or in each part of it.

    The estimate and its variance are those of `mean`. interval: "korn-graubard" (holds at 0% and 100%, where it takes the pooled design
    effect of all domains) or "logit" (Korn-Graubard's where the estimate is 0% or 100%).
    column: boolean, or 0 and 1; missing values are left out. Returns the columns of `mean`.
    Raises ValueError for other values or an unknown interval.
    """
    if interval not in ("korn-graubard", "logit"):
        raise ValueError(f"no interval is called {interval}; there are korn-graubard and logit")
    truth = design.data[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    if not np.isin(truth[~np.isnan(truth)], (0.0, 1.0)).all():
        raise ValueError(f"{column} must be yes or no (0 or 1)")
    estimated = _means(design, truth, by)
    p, n, df = (estimated[name].to_numpy(dtype=float) for name in ("estimate", "n", "df"))
    variance = estimated["se"].to_numpy() ** 2
    weight = np.maximum(df, 0) * p * (1 - p)
    known = np.isfinite(estimated["deff"].to_numpy()) & (weight > 0)
    pooled = np.average(estimated["deff"].to_numpy()[known], weights=weight[known]) if known.any() else 1.0
    lo, hi = proportion_interval.korn_graubard(p, variance, n, df, confidence, deff=pooled)
    if interval == "logit":
        by_odds = proportion_interval.logit(p, variance, df, confidence)
        lo, hi = (np.where(np.isnan(odds), exact, odds) for odds, exact in zip(by_odds, (lo, hi)))
    estimated["lo"], estimated["hi"] = lo, hi
    return estimated[["estimate", "se", "lo", "hi", "deff", "n", "clusters", "df"]]


def _means(design, values, by):
    labels = pd.Series("all", index=design.data.index) if by is None else design.data[by]
    code, names = pd.factorize(labels, sort=True)
    inside = (code[:, None] == np.arange(len(names))) & ~np.isnan(values)[:, None]
    weight = design.weight[:, None] * inside
    filled = np.nan_to_num(values)[:, None]
    total = weight.sum(axis=0)
    n = inside.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = (weight * filled).sum(axis=0) / total
        residual = np.where(inside, filled - np.nan_to_num(estimate), 0.0)
        variance = np.atleast_1d(variance_of_total(design, weight * residual / np.where(total > 0, total, 1.0)))
        spread = (weight * residual**2).sum(axis=0) / total * n / (n - 1)
        deff = np.where(spread > 0, variance * n / np.where(spread > 0, spread, 1.0), np.nan)
    clusters = _different(design.cluster, inside)
    strata = _different(design.stratum, inside)
    return pd.DataFrame({"estimate": estimate, "se": np.where(n > 0, np.sqrt(variance), np.nan), "deff": deff, "n": n, "clusters": clusters,
                         "df": clusters - strata}, index=pd.Index(names, name=by))


def _different(code, inside):
    counts = np.zeros((code.max(initial=-1) + 1, inside.shape[1]), dtype=int)
    np.add.at(counts, code, inside.astype(int))
    return (counts > 0).sum(axis=0)


def _sum_by(code, values, groups):
    sums = np.zeros((groups, values.shape[1]))
    np.add.at(sums, code, values)
    return sums


def _share(drawn, total, what):
    if (drawn > total).any():
        raise ValueError(f"more {what} were drawn than there are")
    return drawn / total
