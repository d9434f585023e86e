"""Helpers compared by a random intercept each: what lies between them, what is chance, and each one's effect, shrunken."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg, optimize, stats

from bangfu.stats.columns import floats
from bangfu.stats.paper import Both, Paper, WorkingPaper, percent

JUDGEMENTS = {"above": Both("高于平均", "above average"), "below": Both("低于平均", "below average"), "average": Both("与平均无明显差别", "no clear difference"),
              "insufficient": Both("资料不足", "insufficient data")}


@dataclass(frozen=True)
class RandomIntercept(WorkingPaper):
    """A fitted model; see `fit`."""

    between: float  # variance of the helpers' true effects
    within: float  # variance of one rating about its helper's mean
    coefficients: pd.DataFrame  # index: intercept and covariates; estimate, se, t
    effects: pd.DataFrame  # index: helper; n, mean, effect, se, conditional_se, lower, upper, reliability, judgement
    criterion: float  # -2 log (restricted) likelihood at the estimate
    criterion_without: float  # the same if helpers did not differ at all
    estimator: str
    confidence: float
    ratings: int
    missing: int

    @property
    def icc(self):
        """The share of all variance that lies between helpers (intra-class correlation); NaN if nothing varies."""
        return self.between / (self.between + self.within) if self.between + self.within > 0 else np.nan

    @property
    def p_value(self):
        """The chance of so large a difference between helpers if there were none: likelihood ratio, half chi-square(1), half 0.

        Source: Self and Liang (1987), JASA 82, 605-610.
        """
        ratio = max(self.criterion_without - self.criterion, 0.0)
        return float(0.5 * stats.chi2.sf(ratio, 1)) if ratio > 0 else 1.0

    def _paper(self):
        counts = self.effects["judgement"].value_counts()
        covariates = list(self.coefficients.index[1:])
        return Paper(
            title=Both("帮扶责任人绩效比较(考虑服务对象差异)", "Case-mix adjusted comparison of helpers"),
            asked=Both("责任人之间的差别有多大,谁明显高于或低于平均", "How much do helpers differ, and who clearly lies above or below"),
            method=Both(f"随机截距线性模型({self.estimator}),收缩估计", f"Linear random-intercept model ({self.estimator}), shrunken effects"),
            source="Laird and Ware (1982), Biometrics 38, 963-974; Harville (1977), JASA 72",
            inputs=[(Both("评分数", "ratings"), self.ratings), (Both("责任人数", "helpers"), len(self.effects)), (Both("缺失未用", "left out as missing"), self.missing),
                    (Both("调整因素", "adjusted for"), covariates or Both("无", "nothing"))],
            result=[(Both("责任人之间的方差", "variance between helpers"), self.between), (Both("同一责任人各评分间的方差", "variance within a helper"), self.within),
                    (Both("组内相关", "intra-class correlation"), percent(self.icc)), (Both("无差别时出现这种结果的概率", "p-value of no difference"), self.p_value),
                    *[(JUDGEMENTS[code], int(counts.get(code, 0))) for code in JUDGEMENTS]],
            meaning=Both(
                f"评分差异中约{percent(self.icc, 0)}来自责任人本身;{int(counts.get('below', 0))}人明显低于平均,{int(counts.get('insufficient', 0))}人资料不足,不作评价。",
                f"About {percent(self.icc, 0)} of the differences in ratings lie with the helpers; {int(counts.get('below', 0))} are clearly below average, "
                f"{int(counts.get('insufficient', 0))} have too few ratings to be judged."),
        )


def fit(ratings, helpers, covariates=None, *, estimator="REML", confidence=0.95, min_ratings=2):
    """Fit y = intercept + x b + u(helper) + e, u with variance `between`, e with variance `within`, by restricted maximum likelihood.

    With r = between / within and V the correlation of a helper's n ratings, V^-1 = I - r / (1 + r n) J, so that everything follows from
    each helper's sums: b and `within` in closed form given r, and r is the root of the derivative of the profiled criterion
    (N - p) log(RSS / (N - p)) + sum of log(1 + r n) + log |X' V^-1 X|, searched on a line; on the boundary r = 0 if the criterion falls
    nowhere below its value there. For equal n without covariates this is the analysis of variance.
    Effect of a helper (BLUP): u = r n / (1 + r n) x (mean residual), the factor being the reliability; conditional_se^2 =
    between / (1 + r n), and se adds the uncertainty of the coefficients: se^2 = conditional_se^2 + c' Cov(b) c, c = r / (1 + r n) x sum of x.

    ratings: numbers, shape (n,). helpers: whose rating it is, shape (n,). covariates: DataFrame or array (n, p) of numbers, without
    intercept; rows with a missing value are left out and counted. estimator: "REML" or "ML". min_ratings: helpers with fewer are
    "insufficient".
    Returns a RandomIntercept. Effects are in the unit of the ratings, sorted by helper; lower and upper at the confidence asked by the
    normal distribution; judgement "above" or "below" if the interval does not hold 0.
    Raises ValueError if there are no two helpers or nothing repeats, or if covariates depend on each other linearly.

    Source: Harville (1977), JASA 72, 320-338; Laird and Ware (1982), Biometrics 38; Bates et al. (2015), J. Stat. Software 67(1), eq. 39-41.
    """
    if estimator not in ("REML", "ML"):
        raise ValueError("estimator must be REML or ML")
    y, codes, names, X, labels, missing = _usable(ratings, helpers, covariates)
    N, p, k = len(y), X.shape[1], len(names)
    if k < 2 or k == N or N <= p + 1:
        raise ValueError("give at least two helpers, of whom one has several ratings, and more ratings than covariates")
    centre, scale = X[:, 1:].mean(axis=0), X[:, 1:].std(axis=0)
    if (scale == 0).any() or np.linalg.matrix_rank(X) < p:
        raise ValueError("a covariate is constant or follows from the others: " + ", ".join(labels[1:]) + "; leave one out")
    Z = np.column_stack([np.ones(N), (X[:, 1:] - centre) / scale, y - y.mean()])
    n = np.bincount(codes, minlength=k)
    sums = np.column_stack([np.bincount(codes, weights=column, minlength=k) for column in Z.T])
    profile = _Profile(Z.T @ Z, sums, n, N, p, estimator)
    ratio = profile.minimum()
    beta, covariance, within = profile.solve(ratio)
    back = np.vstack([np.concatenate([[1.0], -centre / scale]), np.column_stack([np.zeros(p - 1), np.diag(1 / scale)])]) if p > 1 else np.eye(1)
    weight = ratio / (1 + ratio * n)
    effect = weight * (sums[:, -1] - sums[:, :-1] @ beta)
    conditional = np.sqrt(within * weight)
    shift = weight[:, None] * sums[:, :-1]
    se = np.sqrt(conditional**2 + np.einsum("ij,jk,ik->i", shift, covariance, shift))
    estimate, table = back @ beta, back @ covariance @ back.T
    estimate[0] += y.mean()
    half = stats.norm.ppf(0.5 + confidence / 2) * se
    judgement = np.select([n < min_ratings, effect - half > 0, effect + half < 0], ["insufficient", "above", "below"], "average")
    shift_criterion = 2 * np.log(scale).sum() if estimator == "REML" else 0.0
    errors = np.sqrt(np.diag(table))
    return RandomIntercept(
        between=float(ratio * within), within=float(within),
        coefficients=pd.DataFrame({"estimate": estimate, "se": errors, "t": estimate / np.where(errors > 0, errors, np.nan)}, index=labels),
        effects=pd.DataFrame({"n": n, "mean": np.bincount(codes, weights=y, minlength=k) / n, "effect": effect, "se": se, "conditional_se": conditional,
                              "lower": effect - half, "upper": effect + half, "reliability": weight * n, "judgement": judgement},
                             index=pd.Index(names, name="helper")),
        criterion=float(profile.criterion(ratio) + shift_criterion), criterion_without=float(profile.criterion(0.0) + shift_criterion),
        estimator=estimator, confidence=confidence, ratings=N, missing=missing)


class _Profile:
    """The criterion of the variance ratio, from the sums of helpers with equally many ratings together."""

    def __init__(self, total, sums, n, N, p, estimator):
        self.total, self.p, self.df = total, p, N - p if estimator == "REML" else N
        self.restricted = estimator == "REML"
        self.sizes, which, self.helpers = np.unique(n, return_inverse=True, return_counts=True)
        self.products = np.zeros((len(self.sizes), *total.shape))
        for size in range(len(self.sizes)):
            part = sums[which == size]
            self.products[size] = part.T @ part

    def _weighted(self, ratio):
        return self.total - np.tensordot(ratio / (1 + ratio * self.sizes), self.products, axes=1)

    def _fit(self, ratio):
        A = self._weighted(ratio)
        factor = linalg.cho_factor(A[:-1, :-1])
        beta = linalg.cho_solve(factor, A[:-1, -1])
        contrast = np.append(-beta, 1.0)
        return factor, beta, contrast, contrast @ A @ contrast

    def criterion(self, ratio):
        factor, _, _, rss = self._fit(ratio)
        value = self.df * (1 + np.log(2 * np.pi * max(rss, 1e-300) / self.df)) + (self.helpers * np.log1p(ratio * self.sizes)).sum()
        return value + (2 * np.log(np.diag(factor[0])).sum() if self.restricted else 0.0)

    def slope(self, ratio):
        """The derivative of the criterion by the ratio."""
        factor, _, contrast, rss = self._fit(ratio)
        change = -np.tensordot(1 / (1 + ratio * self.sizes) ** 2, self.products, axes=1)
        value = self.df * (contrast @ change @ contrast) / rss + (self.helpers * self.sizes / (1 + ratio * self.sizes)).sum()
        return value + (np.trace(linalg.cho_solve(factor, change[:-1, :-1])) if self.restricted else 0.0)

    def minimum(self):
        """The ratio with the least criterion; 0 if that is on the boundary."""
        if not self._fit(0.0)[3] > 1e-12 * max(self.total[-1, -1], 1e-300):
            return 0.0  # nothing is left to explain
        grid = np.concatenate([[0.0], np.geomspace(1e-7, 1e7, 57)])
        best = int(np.argmin([self.criterion(ratio) for ratio in grid]))
        if best == 0 and self.slope(0.0) >= 0:
            return 0.0
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        if self.slope(high) < 0:
            raise ValueError("every helper's ratings are all the same: the variance within a helper is 0 and nothing can be shrunken")
        if self.slope(low) > 0:  # two minima side by side: keep to the one around the best point of the grid
            return float(optimize.minimize_scalar(self.criterion, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x)
        return float(optimize.brentq(self.slope, low, high, xtol=1e-16, rtol=1e-14))

    def solve(self, ratio):
        """Coefficients, their covariance and the variance within, given the ratio."""
        factor, beta, _, rss = self._fit(ratio)
        within = max(rss, 0.0) / self.df
        return beta, within * linalg.cho_solve(factor, np.eye(self.p)), within


def _usable(ratings, helpers, covariates):
    y = floats(ratings)
    labels = ["intercept"]
    X = np.ones((len(y), 1))
    if covariates is not None:
        frame = covariates if isinstance(covariates, pd.DataFrame) else pd.DataFrame(np.asarray(covariates, dtype=float).reshape(len(y), -1))
        labels += [str(c) for c in (frame.columns if isinstance(covariates, pd.DataFrame) else range(1, frame.shape[1] + 1))]
        X = np.column_stack([X, *(floats(frame[name]) for name in frame.columns)])
    codes, names = pd.factorize(pd.Series(np.asarray(helpers)), sort=True)
    if len(codes) != len(y):
        raise ValueError("ratings and helpers must be of the same length")
    known = (codes >= 0) & np.isfinite(y) & np.isfinite(X).all(axis=1)
    codes, present = codes[known], np.zeros(len(names), dtype=bool)
    present[codes] = True
    codes = (np.cumsum(present) - 1)[codes]
    return y[known], codes, np.asarray(names)[present], X[known], labels, int((~known).sum())
