"""Helpers compared where villages differ as well: a random intercept of each helper and of each village, with what was given adjusted for."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg, optimize, sparse, stats
from scipy.sparse.linalg import splu

from bangfu.stats.columns import floats
from bangfu.stats.paper import Both, Paper, WorkingPaper, percent

SMALL = 200  # fewer equations than this are solved as they are
SPARSE = 0.1  # equations with fewer entries than this share are solved as sparse ones
BLOCK = 2000  # helpers whose uncertainty is worked out at a time


@dataclass(frozen=True)
class HelpersInPlaces(WorkingPaper):
    """A fitted model; see `fit`."""

    between: float  # variance of the helpers' true effects
    places: float  # variance of the villages' true effects
    places_without: float  # the same if helpers did not differ
    within: float  # variance of one household's result about its helper and village
    chance: float  # the same if helpers did not differ: what the control limits of `z` rest on
    coefficients: pd.Series  # index: intercept and the covariates kept
    dropped: tuple[str, ...]  # covariates that are constant or follow from those before them
    effects: pd.DataFrame  # index: helper; n, effective_n, mean, adjusted, z, effect, se, lower, upper, reliability
    covariates: pd.DataFrame  # those kept, a row per result
    criterion: float  # -2 log restricted likelihood at the estimate
    criterion_without: float  # the same if helpers did not differ
    confidence: float

    @property
    def p_value(self):
        """The chance of so large a difference between helpers if there were none: likelihood ratio, half chi-square(1), half 0.

        Source: Self and Liang (1987), JASA 82, 605-610.
        """
        ratio = max(self.criterion_without - self.criterion, 0.0)
        return float(0.5 * stats.chi2.sf(ratio, 1)) if ratio > 0 else 1.0

    def _paper(self):
        whole = self.between + self.places + self.within
        return Paper(
            title=Both("责任人比较(考虑服务对象和村的差异)", "Helpers compared, households and villages allowed for"),
            asked=Both("结果的差别有多少来自责任人,多少来自村", "How much of the differences lies with helpers, how much with villages"),
            method=Both("责任人、村两层随机截距线性模型(REML),收缩估计", "Linear model with random intercepts of helpers and villages (REML), shrunken effects"),
            source="Henderson (1975), Biometrics 31, 423-447; Bates et al. (2015), J. Stat. Software 67(1)",
            inputs=[(Both("责任人数", "helpers"), len(self.effects)), (Both("户数", "households"), int(self.effects["n"].sum())),
                    (Both("调整因素", "adjusted for"), list(self.coefficients.index[1:]) or Both("无", "nothing")), (Both("无法调整", "left out"), list(self.dropped) or Both("无", "nothing"))],
            result=[(Both("责任人之间的方差", "variance between helpers"), self.between), (Both("村之间的方差", "variance between villages"), self.places),
                    (Both("户之间的方差", "variance within"), self.within), (Both("无差别时出现这种结果的概率", "p-value of no difference"), self.p_value)],
            meaning=Both(f"调整后剩余差异中约{percent(self.between / whole, 0)}来自责任人,{percent(self.places / whole, 0)}来自村,其余是户与户之间的差别。",
                         f"Of what remains after adjustment {percent(self.between / whole, 0)} lies with helpers, {percent(self.places / whole, 0)} with villages, the rest between households."),
        )


def fit(results, helpers, places=None, covariates=None, *, confidence=0.95):
    """Fit result = covariates b + village effect + helper effect + chance, and say of each helper how much the data carry.

    adjusted: the helper's effect without shrinkage, against all others, by generalised least squares in the model without helper effects:
    with residuals r = y - X b - (village effects), score s = sum of the helper's r, and information I = n less what covariates and
    village take away, adjusted = s / I and z = s / (chance sqrt I), which is standard normal if helpers do not differ. effective_n = I:
    a helper alone in a village has next to none, however many the households. adjusted is missing where I is 0.
    effect: best linear unbiased prediction in the model with helper effects, se its prediction error with that of the coefficients and
    village effects; lower, upper at the confidence asked. reliability = 1 - se^2 / variance between helpers, 0 if that is 0.

    results: numbers, shape (n,), one per household and helper. helpers, places: whose and where, shape (n,), none missing (places: None
    if there are none). covariates: DataFrame (n, p) of numbers, none missing; columns that are constant or follow linearly from those
    before them are dropped and named. Effects are in the unit of the results; the order of rows changes nothing but rounding.
    Raises ValueError if there are no two helpers, a helper's households cannot be told from its effect (one each), or nothing varies.

    Source: Henderson (1975), Biometrics 31, 423-447 (recalled, not read); Bates et al. (2015), J. Stat. Software 67(1), eq. 39-41, for the criterion.
    """
    y = floats(results)
    codes, names = pd.factorize(pd.Series(np.asarray(helpers)), sort=True)
    at = np.zeros(len(y), dtype=int) if places is None else pd.factorize(pd.Series(np.asarray(places)), sort=True)[0]
    if (codes < 0).any() or (at < 0).any() or not np.isfinite(y).all():
        raise ValueError("results, helpers and places must not be missing")
    if len(names) < 2 or len(names) == len(y):
        raise ValueError("give at least two helpers, of whom one has several households")
    centre = y.mean()
    X, labels, dropped = _independent(covariates, len(y))
    system = _Equations(y - centre, codes, at if at.max() else None, X)
    if not system.left > 1e-9 * max(system.yy, 1e-300) or len(y) <= X.shape[1] + 1:
        raise ValueError("nothing varies that the covariates do not explain")
    # The search absorbs whichever are more, so that what is left to solve is small: units in villages are fewer than the villages.
    swapped = len(names) <= at.max()
    search = _Equations(y - centre, at, codes, X) if swapped else system
    alone = system.alone()
    helper_ratio, place_ratio, criterion = system.minimum(alone, lambda helper, place: search.criterion(place, helper) if swapped else search.criterion(helper, place))
    chance, adjusted, information = system.scores(alone)
    full = system.solved(helper_ratio, place_ratio)
    between = helper_ratio * full.within
    effect, se = system.predictions(helper_ratio, full)
    half = stats.norm.ppf(0.5 + confidence / 2) * se
    coefficients = pd.Series(full.estimate[: X.shape[1]], index=labels)
    coefficients["intercept"] += centre
    table = {"n": system.n, "effective_n": information, "mean": system.sums / system.n + centre, "adjusted": adjusted, "z": adjusted * np.sqrt(information / chance),
             "effect": effect, "se": se, "lower": effect - half, "upper": effect + half, "reliability": np.clip(1 - se**2 / between, 0, 1) if between > 0 else np.zeros(len(names))}  # fmt: skip
    return HelpersInPlaces(float(between), float(place_ratio * full.within), float(alone * chance), float(full.within), float(chance), coefficients, tuple(dropped),
                           pd.DataFrame(table, index=pd.Index(names, name="helper")), pd.DataFrame(X[:, 1:], columns=labels[1:]), float(criterion), float(system.criterion_without(alone)), confidence)  # fmt: skip


@dataclass(frozen=True)
class _Solution:
    estimate: np.ndarray  # coefficients, then village effects
    inverse: np.ndarray  # of the equations after the helpers are absorbed, on the scale of the estimate
    within: float


class _Equations:
    """Henderson's equations with the helpers absorbed, so that their size is that of covariates and villages."""

    def __init__(self, y, helpers, places, X):
        N, self.p = X.shape
        Z = sparse.csr_array((np.ones(N), (helpers, np.arange(N))))
        V = sparse.csr_array((np.ones(N), (np.arange(N), places))) if places is not None else sparse.csr_array((N, 0))
        W = sparse.hstack([sparse.csr_array(X), V], format="csr")
        self.has_places, self.df = places is not None, N - self.p
        self.n = np.bincount(helpers).astype(float)
        self.sums, self.yy = Z @ y, float(y @ y)
        self.WW, self.Wy, self.C = (W.T @ W).tocsr(), W.T @ y, (Z @ W).tocsr()
        self.own = (np.arange(W.shape[1]) >= self.p).astype(float)  # what each village effect adds, on its own scale
        self.sparse = W.shape[1] > SMALL
        if self.sparse:
            self.pattern = _Pattern(self.WW, self.C)
        else:
            self.WW, self.C = self.WW.toarray(), self.C.toarray()
        plain = X @ np.linalg.lstsq(X, y, rcond=None)[0]
        self.left = float(((y - plain) ** 2).sum())

    def _absorbed(self, helper_ratio, place_ratio):
        """What is left to solve: the helpers' weights, the scale of each unknown, and the equations on that scale."""
        weight = helper_ratio / (1 + helper_ratio * self.n)
        scale = np.concatenate([np.ones(self.p), np.full(len(self.Wy) - self.p, np.sqrt(place_ratio))])
        if self.sparse:
            left = self.pattern.less(weight, scale, self.own)
        else:
            left = (self.WW - self.C.T @ (self.C * weight[:, None])) * scale * scale[:, None] + np.diag(self.own)
        return weight, scale, left, scale * (self.Wy - self.C.T @ (weight * self.sums))

    def criterion(self, helper_ratio, place_ratio):
        """-2 log restricted likelihood with the variance within profiled out."""
        weight, scale, left, right = self._absorbed(helper_ratio, place_ratio)
        if self.sparse and left.nnz < SPARSE * left.shape[0] ** 2:  # helpers each in one village leave next to nothing beside the diagonal
            factor = splu(left, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
            determinant, solution = np.log(np.abs(factor.U.diagonal())).sum(), factor.solve(right)
        else:
            dense = linalg.cho_factor(_full(left), lower=True, check_finite=False)
            determinant, solution = 2 * np.log(np.diag(dense[0])).sum(), linalg.cho_solve(dense, right, check_finite=False)
        residual = max(self.yy - weight @ self.sums**2 - solution @ right, 1e-300)
        return np.log1p(helper_ratio * self.n).sum() + determinant + self.df * (1 + np.log(2 * np.pi * residual / self.df))

    def criterion_without(self, place_ratio):
        """The same if helpers did not differ, with the villages absorbed."""
        p, sizes = self.p, self.WW.diagonal()[self.p :]
        weight = place_ratio / (1 + place_ratio * sizes)
        cross, sums = _full(self.WW[:p, p:]), self.Wy[p:]
        left, right = _full(self.WW[:p, :p]) - (cross * weight) @ cross.T, self.Wy[:p] - (cross * weight) @ sums
        residual = max(self.yy - weight @ sums**2 - np.linalg.solve(left, right) @ right, 1e-300)
        return np.log1p(place_ratio * sizes).sum() + np.linalg.slogdet(left)[1] + self.df * (1 + np.log(2 * np.pi * residual / self.df))

    def alone(self):
        """The ratio of the villages' variance to that within, if helpers do not differ."""
        if not self.has_places:
            return 0.0
        best = optimize.minimize_scalar(lambda root: self.criterion_without(root**2), bounds=(0, 10), method="bounded", options={"xatol": 1e-7})
        return 0.0 if self.criterion_without(0.0) <= best.fun else float(best.x**2)

    def minimum(self, alone, criterion):
        """The ratios of helpers' and villages' variance with the least criterion, 0 where that is on the boundary."""
        if not self.has_places:
            best = optimize.minimize_scalar(lambda root: criterion(root**2, 0.0), bounds=(0, 10), method="bounded", options={"xatol": 1e-7})
            found = (float(best.x**2), 0.0, float(best.fun))
        else:
            start = np.sqrt(max(alone, 0.01))
            best = optimize.minimize(lambda roots: criterion(*roots**2), [0.3, start], method="Nelder-Mead", bounds=[(0, 10), (0, 10)],
                                     options={"xatol": 1e-4, "fatol": 1e-6, "initial_simplex": [[0.3, start], [0.6, start], [0.3, 1.5 * start]]})
            found = (*(float(r) for r in best.x**2), float(best.fun))
        without = (0.0, alone, float(self.criterion_without(alone)))
        return min(without, found, key=lambda f: round(f[2], 7))  # the simpler model where both are as good

    def solved(self, helper_ratio, place_ratio):
        weight, scale, left, right = self._absorbed(helper_ratio, place_ratio)
        factor = linalg.cho_factor(_full(left), lower=True, check_finite=False)
        solution = linalg.cho_solve(factor, right, check_finite=False)
        residual = max(self.yy - weight @ self.sums**2 - solution @ right, 1e-300)
        inverse = _inverse(factor[0]) * scale * scale[:, None]
        return _Solution(scale * solution, inverse, residual / self.df)

    def _taken(self, inverse):
        """Of each helper, the quadratic form of its sums of covariates and villages with the inverse."""
        rows = [self.C[start : start + BLOCK] for start in range(0, self.C.shape[0], BLOCK)]
        return np.concatenate([np.asarray((part @ inverse * _full(part)).sum(axis=1)) for part in rows])

    def scores(self, place_ratio):
        """The variance of chance, and of each helper effect without shrinkage and its information, as if helpers did not differ."""
        null = self.solved(0.0, place_ratio)
        information = self.n - self._taken(null.inverse)
        information = np.where(information > 1e-9 * self.n, information, 0.0)
        score = self.sums - self.C @ null.estimate
        return null.within, np.divide(score, information, out=np.full(len(score), np.nan), where=information > 0), information

    def predictions(self, helper_ratio, solution):
        """Shrunken effects and the standard errors of their prediction."""
        weight = helper_ratio / (1 + helper_ratio * self.n)
        effect = weight * (self.sums - self.C @ solution.estimate)
        return effect, np.sqrt(solution.within * (weight + weight**2 * self._taken(solution.inverse)))


class _Pattern:
    """Equations whose entries that are not 0 stay in the same places, whatever the helpers' weights."""

    def __init__(self, whole, of_helpers):
        """whole: the equations before anything is absorbed, of_helpers: the sums of each helper, a row per helper."""
        size, before = whole.shape[0], whole.tocoo()
        row, column, helper, product = _products(of_helpers)
        places = np.concatenate([np.multiply(before.row, size, dtype="int64") + before.col, row * size + column, np.arange(size) * (size + 1)])
        entries, at = np.unique(places, return_inverse=True)
        self.row, self.column = entries // size, entries % size
        self.whole = np.bincount(at[: before.nnz], before.data, len(entries))
        self.taken = sparse.csr_array((product, (at[before.nnz : -size], helper)), shape=(len(entries), of_helpers.shape[0]))
        self.diagonal = at[-size:]
        self.begins = np.searchsorted(self.row, np.arange(size + 1))

    def less(self, weight, scale, own):
        """whole less the products of each helper's sums with its weight, on the scale given, and own on the diagonal."""
        values = (self.whole - self.taken @ weight) * scale[self.row] * scale[self.column]
        values[self.diagonal] += own
        return sparse.csc_array((values, self.column, self.begins), shape=(len(scale), len(scale)))  # it is symmetric


def _products(sums):
    """Of each helper every pair of its sums: row, column, helper and their product."""
    many = np.diff(sums.indptr)
    pairs = many**2
    helper = np.repeat(np.arange(len(many)), pairs)
    within = np.arange(pairs.sum()) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    first, second = (sums.indptr[helper] + turn for turn in np.divmod(within, many[helper]))
    return sums.indices[first].astype("int64"), sums.indices[second].astype("int64"), helper, sums.data[first] * sums.data[second]


def _inverse(lower):
    """The inverse of a matrix from its Cholesky factor, whose upper half may hold anything."""
    inverse, failed = linalg.lapack.dpotri(lower, lower=True)
    if failed:
        raise np.linalg.LinAlgError("the equations are singular")
    half = np.tril(inverse, -1)
    return half + half.T + np.diag(np.diag(inverse))


def _full(matrix):
    return matrix.toarray() if sparse.issparse(matrix) else matrix


def _independent(covariates, n):
    """The design matrix with an intercept, its labels, and the covariates left out because they follow from those before them."""
    if covariates is None or not covariates.shape[1]:
        return np.ones((n, 1)), ["intercept"], []
    values = np.column_stack([floats(covariates[c]) for c in covariates])
    if not np.isfinite(values).all():
        raise ValueError("covariates must not be missing")
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)
    pivot = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    kept = np.zeros(values.shape[1], dtype=bool)
    kept[: len(pivot)] = (pivot > 1e-8 * np.sqrt(n)) & (spread[: len(pivot)] > 1e-12)
    labels = [str(c) for c in covariates.columns]
    return np.column_stack([np.ones(n), values[:, kept]]), ["intercept", *(c for c, k in zip(labels, kept) if k)], [c for c, k in zip(labels, kept) if not k]
