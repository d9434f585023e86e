"""Least squares where households of a village resemble each other: cluster-robust errors that hold with few villages."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.columns import floats
from bangfu.stats.impact.assumptions import FEW_CLUSTERS, interval
from bangfu.stats.paper import Both, Paper, WorkingPaper, percent

KINDS = {"classical": Both("普通最小二乘标准误", "classical standard errors"), "CR1": Both("聚类稳健标准误 CR1", "cluster-robust CR1"),
         "CR2": Both("聚类稳健标准误 CR2(Bell-McCaffrey),Satterthwaite 自由度", "cluster-robust CR2 (Bell-McCaffrey), Satterthwaite degrees of freedom")}
WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])


@dataclass(frozen=True)
class Regression(WorkingPaper):
    """A fitted regression; see `least_squares`."""

    coefficients: pd.DataFrame  # estimate, se, df, t, p_value, lower, upper
    covariance: pd.DataFrame
    kind: str
    observations: int
    clusters: int
    confidence: float

    def _paper(self):
        few = self.clusters < FEW_CLUSTERS and self.kind == "CR1"
        return Paper(
            title=Both("回归及聚类稳健推断", "Regression with cluster-robust inference"),
            asked=Both("各因素的影响多大,有多确定", "How large are the effects, and how sure"),
            method=Both("最小二乘," + KINDS[self.kind].zh, "Least squares, " + KINDS[self.kind].en),
            source="Bell and McCaffrey (2002), Survey Methodology 28; Pustejovsky and Tipton (2018), J. Bus. Econ. Stat. 36",
            inputs=[(Both("观测数", "observations"), self.observations), (Both("聚类数", "clusters"), self.clusters),
                    (Both("置信水平", "confidence"), percent(self.confidence, 0))],
            result=[(Both("系数", "coefficients"), self.coefficients.round(6))],
            notes=[Both(f"聚类少于{FEW_CLUSTERS}个,CR1 容易误判显著,应看 CR2 或 wild bootstrap。",
                        f"Fewer than {FEW_CLUSTERS} clusters: CR1 rejects too often; use CR2 or the wild bootstrap.")] if few else [],
            meaning=Both("区间不含0的因素,其影响难以用偶然解释。", "Where the interval does not hold 0, chance alone hardly explains the effect."),
        )


def least_squares(outcome, regressors, clusters=None, *, kind="CR2", confidence=0.95):
    """Fit y = X b and give every coefficient an error that allows for likeness within clusters.

    M = (X'X)^-1, e the residuals, G clusters, N rows, k columns.
    CR1: G / (G - 1) x (N - 1) / (N - k) x M (sum of X_g' e_g e_g' X_g) M, G - 1 degrees of freedom.
    CR2: each e_g turned by A_g = (I - X_g M X_g')^(-1/2) (pseudo-inverse, so that fixed effects of a cluster are allowed), which makes
    the variance unbiased if errors are independent; degrees of freedom of coefficient l by Satterthwaite: with v_g = A_g X_g M l and
    P = diag(v_g' v_g) - S M S', rows of S being v_g' X_g: (trace P)^2 / sum of squares of P.
    classical: s^2 M, N - k degrees of freedom. Without clusters every row is its own, and CR2 is HC2.

    outcome: numbers (n,). regressors: DataFrame (n, k), the intercept among them if there is to be one. clusters: (n,). Nothing may
    be missing. Returns a Regression, coefficients in the order of the columns.
    Raises ValueError with missing values, one cluster only, or columns that depend on each other.

    Source: Bell and McCaffrey (2002), Bias reduction in standard errors, Survey Methodology 28, 169-181; Pustejovsky and Tipton (2018),
    J. Business and Economic Statistics 36, 672-683; Liang and Zeger (1986), Biometrika 73 (CR1).
    """
    if kind not in KINDS:
        raise ValueError("kind must be CR1, CR2 or classical")
    y, X, codes, names = _checked(outcome, regressors, clusters)
    N, k, G = len(y), X.shape[1], codes.max() + 1
    M = np.linalg.inv(X.T @ X)
    beta = M @ (X.T @ y)
    e = y - X @ beta
    if kind == "classical":
        covariance, df = e @ e / (N - k) * M, np.full(k, float(N - k))
    elif kind == "CR1":
        scores = _sums(X * e[:, None], codes, G)
        covariance, df = G / (G - 1) * (N - 1) / (N - k) * M @ scores.T @ scores @ M, np.full(k, float(G - 1))
    else:
        covariance, df = _bell_mccaffrey(X, e, M, codes, G)
    se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    t = beta / np.where(se > 0, se, np.nan)
    half = stats.t.ppf(0.5 + confidence / 2, df) * se
    table = pd.DataFrame({"estimate": beta, "se": se, "df": df, "t": t, "p_value": 2 * stats.t.sf(np.abs(t), df), "lower": beta - half, "upper": beta + half},
                         index=names)
    return Regression(table, pd.DataFrame(covariance, names, names), kind, N, int(G), confidence)


@dataclass(frozen=True)
class WildBootstrap(WorkingPaper):
    """The result of `wild_bootstrap`."""

    coefficient: str
    estimate: float
    t: float
    p_value: float
    lower: float
    upper: float
    null: float
    weights: str
    draws: int
    enumerated: bool
    seed: int
    clusters: int
    confidence: float

    def _paper(self):
        return Paper(
            title=Both("聚类 wild bootstrap 检验", "Wild cluster bootstrap test"),
            asked=Both(f"{self.coefficient}的影响是否不同于{self.null:g}", f"Does the effect of {self.coefficient} differ from {self.null:g}"),
            method=Both(f"原假设约束下的 wild cluster bootstrap({self.weights}),{'全部枚举' if self.enumerated else '抽取'}{self.draws}次,种子{self.seed}",
                        f"Wild cluster bootstrap with the null imposed ({self.weights}), {self.draws} {'enumerated' if self.enumerated else 'draws'}, seed {self.seed}"),
            source="Cameron, Gelbach and Miller (2008), Rev. Econ. Stat. 90, 414-427; Webb (2023), Canadian J. Economics 56",
            inputs=[(Both("聚类数", "clusters"), self.clusters)],
            result=[(Both("估计值", "estimate"), self.estimate), (Both("t 值", "t"), self.t), (Both("p 值", "p-value"), self.p_value),
                    interval(self.lower, self.upper, self.confidence)],
            meaning=Both(f"若实际没有差别,出现这样大差距的机会约为{percent(self.p_value, 1)}。",
                         f"If there were no difference, so large a gap would come about with a chance of about {percent(self.p_value, 1)}."),
        )


def wild_bootstrap(outcome, regressors, clusters, coefficient, *, null=0.0, weights=None, draws=9999, seed=0, confidence=0.95):
    """Test one coefficient with few clusters, by turning the residuals of whole clusters at random under the null hypothesis.

    Fitted under the null (coefficient = null), u the residuals; y* = fit + v_g u_g with v_g by cluster; t* of the coefficient with CR1; p = the
    share of |t*| at or beyond |t|. weights "rademacher": v = -1 or 1; all 2^G sets if these are no more than `draws`. "webb": six values,
    for clusters so few that 2^G sets are too coarse. Default: webb below 12 clusters, otherwise rademacher. The interval holds the
    values that the same draws do not reject at 1 - confidence; an end is infinite if it cannot be found.

    outcome, regressors, clusters: as in `least_squares`. coefficient: name of a column. Returns a WildBootstrap.
    Source: Cameron, Gelbach and Miller (2008), Rev. Economics and Statistics 90, 414-427; Roodman et al. (2019), Stata Journal 19 (the
    algebra); Webb (2023), Canadian J. Economics 56, 839-858 (six-point weights).
    """
    y, X, codes, names = _checked(outcome, regressors, clusters)
    G, k = codes.max() + 1, X.shape[1]
    place = names.index(coefficient)
    weights = weights or ("webb" if G < 12 else "rademacher")
    if weights not in ("rademacher", "webb"):
        raise ValueError("weights must be rademacher or webb")
    enumerated = weights == "rademacher" and 2**G <= draws
    if enumerated:
        V = 1.0 - 2.0 * ((np.arange(2**G)[:, None] >> np.arange(G)) & 1)
    else:
        rng = np.random.default_rng(seed)
        V = rng.choice(WEBB if weights == "webb" else np.array([-1.0, 1.0]), size=(draws, G))
    M = np.linalg.inv(X.T @ X)
    row, d = M[place], X[:, place]
    rest = np.delete(X, place, axis=1)
    swept = (lambda z: z - rest @ np.linalg.lstsq(rest, z, rcond=None)[0]) if k > 1 else (lambda z: z)
    cross = np.stack([X[codes == g].T @ X[codes == g] for g in range(G)])
    # everything is linear in the residuals, and these are linear in the value tested: u = swept(y) - value x swept(d)
    parts = []
    for u in (swept(y), swept(d)):
        W = _sums(X * u[:, None], codes, G)
        turned = V @ (W @ M)
        parts.append((V @ (W @ row), V * (W @ row) - turned @ (cross @ row).T))
    beta = M @ (X.T @ y)
    e = y - X @ beta
    spread = np.sqrt(((_sums(X * e[:, None], codes, G) @ row) ** 2).sum())
    factor = np.sqrt(G / (G - 1) * (len(y) - 1) / (len(y) - k))

    def p_value(value):
        top = parts[0][0] - value * parts[1][0]
        bottom = np.sqrt(((parts[0][1] - value * parts[1][1]) ** 2).sum(axis=1))
        drawn = np.abs(top) / np.where(bottom > 0, bottom, np.nan)
        # the draw that changes nothing has exactly the t observed; rounding must not put it on the wrong side
        return float((~(drawn < abs(beta[place] - value) / spread * (1 - 1e-10))).mean())

    ends = [_end(p_value, beta[place], side * spread * factor, 1 - confidence) for side in (-1, 1)]
    return WildBootstrap(coefficient, float(beta[place]), float((beta[place] - null) / (spread * factor)), p_value(null), ends[0], ends[1], float(null), weights,
                         len(V), bool(enumerated), seed, int(G), confidence)


def _end(p_value, estimate, step, alpha):
    """Where p falls to alpha on one side of the estimate."""
    inner, width = estimate, 2.0 * step
    for _ in range(12):
        outer = estimate + width
        if p_value(outer) <= alpha:
            break
        inner, width = outer, 2 * width
    else:
        return float(np.inf * np.sign(step))
    for _ in range(40):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if p_value(middle) > alpha else (inner, middle)
    return float((inner + outer) / 2)


def _bell_mccaffrey(X, e, M, codes, G):
    k = X.shape[1]
    root = np.linalg.cholesky(M)
    scores, turned, squares = np.zeros((G, k)), np.zeros((G, k, k)), np.zeros((G, k))
    order = np.argsort(codes, kind="stable")
    for g, rows in enumerate(np.split(order, np.cumsum(np.bincount(codes))[:-1])):
        left, size, _ = np.linalg.svd(X[rows] @ root, full_matrices=False)
        remains = 1 - size**2
        # (I - U U')^(-1/2) by the singular values of U; nothing remains of what a cluster alone determines
        change = np.where(remains > 1e-10, 1 / np.sqrt(np.where(remains > 1e-10, remains, 1.0)), 0.0) - 1
        adjusted = X[rows] + left @ (change[:, None] * (left.T @ X[rows]))  # A_g X_g
        scores[g] = adjusted.T @ e[rows]
        v = adjusted @ M
        squares[g] = (v**2).sum(axis=0)
        turned[g] = v.T @ X[rows]
    covariance = M @ scores.T @ scores @ M
    df = np.empty(k)
    for j in range(k):
        S = turned[:, j, :]
        P = np.diag(squares[:, j]) - S @ M @ S.T
        df[j] = np.trace(P) ** 2 / (P**2).sum()
    return covariance, df


def _checked(outcome, regressors, clusters):
    frame = regressors if isinstance(regressors, pd.DataFrame) else pd.DataFrame(np.asarray(regressors, dtype=float))
    y, X = floats(outcome), np.column_stack([floats(frame[name]) for name in frame.columns])
    if len(y) != len(X) or not (np.isfinite(y).all() and np.isfinite(X).all()):
        raise ValueError("outcome and regressors must be equally long and hold no missing values; leave such rows out and count them")
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise ValueError("columns depend on each other: " + ", ".join(map(str, frame.columns)) + "; leave one out")
    codes = np.arange(len(y)) if clusters is None else pd.factorize(pd.Series(np.asarray(clusters)), sort=True)[0]
    if len(codes) != len(y) or (codes < 0).any() or codes.max() < 1:
        raise ValueError("every row must name its cluster, and there must be at least two")
    return y, X, codes, [str(c) for c in frame.columns]


def _sums(rows, codes, G):
    sums = np.zeros((G, rows.shape[1]))
    np.add.at(sums, codes, rows)
    return sums
