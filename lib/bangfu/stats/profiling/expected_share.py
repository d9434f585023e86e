"""How many of a helper's households would be satisfied if the helper were like all others, and how surprising the number found is."""

import numpy as np
import pandas as pd
from scipy import sparse, special
from scipy.sparse.linalg import splu

from bangfu.stats.columns import floats

STEPS = 50


def chances(happened, covariates=None, places=None, *, place_variance=0.0, prior_variance=25.0):
    """The chance of every household by its circumstances and village: logistic regression, village effects and slopes shrunken.

    The slopes (of covariates in standard deviations) have a normal prior of variance `prior_variance`, so wide that it moves nothing but
    a covariate that separates the outcomes perfectly (whose slope would have no end); village effects have the prior variance
    `place_variance` (on the log-odds scale; 0 leaves villages out).

    happened: 0 or 1, shape (n,), with both; covariates: DataFrame (n, p) of numbers; places: shape (n,). None missing.
    Returns an array (n,) of chances between 0 and 1. Raises ValueError if everybody or nobody has the outcome.
    Source: le Cessie and van Houwelingen (1992), Applied Statistics 41, 191-201 (recalled, not read).
    """
    y = floats(happened)
    if not 0 < y.mean() < 1 or not np.isin(y, [0, 1]).all():
        raise ValueError("the outcome must be 0 or 1, and both must occur")
    X, penalty = np.ones((len(y), 1)), np.zeros(1)
    if covariates is not None and covariates.shape[1]:
        values = np.column_stack([floats(covariates[c]) for c in covariates])
        spread = values.std(axis=0)
        X = np.column_stack([X, (values - values.mean(axis=0))[:, spread > 0] / spread[spread > 0]])
        penalty = np.concatenate([penalty, np.full(X.shape[1] - 1, 1 / prior_variance)])
    W = sparse.csr_array(X)
    if places is not None and place_variance > 1e-9:  # less moves no chance, and its inverse spoils the equations
        at = pd.factorize(pd.Series(np.asarray(places)))[0]
        W = sparse.hstack([W, sparse.csr_array((np.ones(len(y)), (np.arange(len(y)), at)))], format="csr")
        penalty = np.concatenate([penalty, np.full(W.shape[1] - len(penalty), 1 / place_variance)])

    def loss(b):
        return np.logaddexp(0, W @ b).sum() - y @ (W @ b) + (penalty * b**2).sum() / 2

    b = np.zeros(W.shape[1])
    b[0] = special.logit(y.mean())
    for _ in range(STEPS):
        p = special.expit(W @ b)
        slope = W.T @ (y - p) - penalty * b
        curve = W.T @ (sparse.diags_array(p * (1 - p)) @ W) + sparse.diags_array(penalty)
        step = splu(curve.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}).solve(slope)
        while loss(b + step) > loss(b) + 1e-12 and np.abs(step).max() > 1e-10:  # a Newton step that goes too far is halved
            step = step / 2
        b = b + step
        if np.abs(step).max() < 1e-8:
            break
    return special.expit(W @ b)


def tails(happened, chance, groups):
    """The exact chances of as few or fewer, and of as many or more, as each group has (Poisson-binomial).

    happened: 0 or 1, chance: of each row, groups: whose row, shape (n,).
    Returns a DataFrame indexed by group: n, count, expected, lower (P(X <= count)), upper (P(X >= count)).
    Source: the distribution of a sum of independent trials, built up trial by trial.
    """
    codes, names = pd.factorize(pd.Series(np.asarray(groups)), sort=True)
    y, p = floats(happened), floats(chance)
    n = np.bincount(codes)
    place = pd.Series(codes).groupby(codes).cumcount().to_numpy()
    lower, upper = np.empty(len(n)), np.empty(len(n))
    count = np.bincount(codes, weights=y).astype(int)
    for size in np.unique(n):  # groups of a size together
        mine = np.flatnonzero(n == size)
        row = np.full(len(n), -1)
        row[mine] = np.arange(len(mine))
        here = np.flatnonzero(row[codes] >= 0)
        trial = np.empty((len(mine), size))
        trial[row[codes[here]], place[here]] = p[here]
        mass = np.zeros((len(mine), size + 1))
        mass[:, 0] = 1
        for q in trial.T[:, :, None]:
            mass[:, 1:] = mass[:, 1:] * (1 - q) + mass[:, :-1] * q
            mass[:, :1] *= 1 - q
        up_to = mass.cumsum(axis=1)
        at = count[mine][:, None]
        lower[mine] = np.take_along_axis(up_to, at, 1)[:, 0]
        upper[mine] = mass[:, ::-1].cumsum(axis=1)[:, ::-1][np.arange(len(mine)), count[mine]]
    table = {"n": n, "count": count, "expected": np.bincount(codes, weights=p), "lower": np.minimum(lower, 1), "upper": np.minimum(upper, 1)}
    return pd.DataFrame(table, index=pd.Index(names, name="group"))
