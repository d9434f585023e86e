"""Regression that respects how the sample was drawn: linear and logistic, weighted, with the design's own errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from bangfu.stats.paper import Both, Paper, WorkingPaper
from bangfu.stats.survey.variance import covariance_of_total

CONSTANT = "(constant)"
STEPS, HALVINGS, SMALL = 100, 40, 1e-10
SEPARATED = 1e3  # a log-odds known no better than +-1,000 is not known: the likelihood rises for ever


@dataclass(frozen=True)
class Regression(WorkingPaper):
    """A fitted regression.

    coefficients: DataFrame, one row per term, with estimate, se (of the design), model_se (by the model alone, weights read as
    numbers of equal interviews; NaN for the linear model), t, p_value, lo, hi. covariance: that of the design, (terms, terms).
    n: interviews used; left_out: those with a missing value; df: clusters - strata - slopes.
    deviance: -2 x the weighted log-likelihood (residual sum of squares for the linear model).
    """

    kind: Both
    outcome: str
    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    n: int
    left_out: int
    df: int
    deviance: float
    confidence: float
    source: str

    def odds_ratios(self):
        """The slopes as odds ratios: DataFrame with estimate, lo, hi; cut points and intercept are left out."""
        slopes = self.coefficients[self.coefficients["slope"]]
        return np.exp(slopes[["estimate", "lo", "hi"]])

    def _paper(self):
        shown = self.coefficients[["estimate", "se", "lo", "hi", "p_value"]]
        return Paper(
            title=self.kind,
            asked=Both(f"哪些因素与“{self.outcome}”有关", f"What goes along with {self.outcome}"),
            method=Both("按抽样权数估计;误差按抽样设计(分层、整群)计算", "Estimated with the sampling weights; errors from the design (strata, clusters)"),
            source=self.source,
            inputs=[(Both("使用的访谈", "interviews used"), self.n), (Both("缺值未用", "left out, value missing"), self.left_out),
                    (Both("自由度", "degrees of freedom"), self.df)],
            result=[(Both("系数", "coefficients"), shown)],
            meaning=Both(f"区间({self.confidence:.0%})不含 0 的因素,在其他因素相同时与结果有关;这是关联,不等于因果。",
                         f"Factors whose {self.confidence:.0%} interval excludes 0 go along with the outcome, the others being equal; this is "
                         "association, not cause."),
        )


def linear(design, outcome, predictors, *, confidence=0.95):
    """Explain a number (income, days) by other columns.

    b = (X' W X)^-1 X' W y; covariance: that of the total of w x (y - x b), between (X' W X)^-1.
    predictors: columns; numbers as they are, texts, categories and yes/no as differences from their first answer (in the order of the
    categories, otherwise sorted). Interviews with a missing value are left out (their clusters still count).
    Returns a `Regression`. Raises ValueError if a predictor is explained by the others.
    Source: Binder (1983), International Statistical Review 51, 279-292; Fuller (1975), Sankhya C 37, 117-132.
    """
    model = Model.of(design, outcome, predictors)
    y = model.number(outcome)
    information = model.x.T @ (model.x * model.weight[:, None])
    b = np.linalg.solve(information, model.x.T @ (model.weight * y))
    residual = y - model.x @ b
    score = model.x * (model.weight * residual)[:, None]
    return model.fitted(Both("加权线性回归", "Weighted linear regression"), outcome, model.names, b, information, score, model.weight @ residual**2,
                        confidence, by_model=False, source="Binder (1983), International Statistical Review 51, 279-292")


def logistic(design, outcome, predictors, *, confidence=0.95):
    """Explain a yes/no answer by other columns, as log-odds.

    Maximises the weighted log-likelihood sum w (y log p + (1 - y) log(1 - p)), logit p = x b, by Newton's method; covariance: that of
    the total of w x (y - p), between the inverses of X' W p(1-p) X. Weight 2 is the same as the row twice, for the estimates.
    outcome: boolean, or 0 and 1. predictors: as in `linear`. Returns a `Regression`.
    Raises ValueError for other outcomes, or if a predictor separates yes from no (no finite estimate).
    Source: Binder (1983), International Statistical Review 51, 279-292; Lumley (2010), Complex Surveys, chapter 6.
    """
    model = Model.of(design, outcome, predictors)
    y = model.number(outcome)
    if not np.isin(y, (0.0, 1.0)).all() or len(np.unique(y)) < 2:
        raise ValueError(f"{outcome} must be yes or no (0 or 1), and both must occur")

    def parts(b):
        eta = model.x @ b
        p = special.expit(eta)
        log_likelihood = model.weight @ (y * special.log_expit(eta) + (1 - y) * special.log_expit(-eta))
        return log_likelihood, model.x * (model.weight * (y - p))[:, None], model.x.T @ (model.x * (model.weight * p * (1 - p))[:, None])

    b, score, information, log_likelihood = maximum(parts, np.zeros(model.x.shape[1]), model.names, model.size)
    return model.fitted(Both("加权逻辑回归", "Weighted logistic regression"), outcome, model.names, b, information, score, -2 * log_likelihood,
                        confidence, source="Binder (1983), International Statistical Review 51, 279-292; Lumley (2010), Complex Surveys, chapter 6")


@dataclass(frozen=True)
class Model:
    """The rows of a design that a regression uses, as numbers: x (rows, terms), weight (rows,), used (all rows,) of bool."""

    design: object
    x: np.ndarray
    names: list
    slopes: int
    weight: np.ndarray
    used: np.ndarray

    @classmethod
    def of(cls, design, outcome, predictors: Sequence[str], intercept=True):
        predictors = [predictors] if isinstance(predictors, str) else list(predictors)
        for column in [outcome, *predictors]:
            if column not in design.data:
                raise KeyError(f"the sample has no column {column}")
        used = design.data[[outcome, *predictors]].notna().all(axis=1).to_numpy()
        if not used.any():
            raise ValueError("no interview has all of the values that the regression needs")
        rows = design.data[used]
        terms = {CONSTANT: np.ones(len(rows))}
        for column in predictors:
            terms.update(_terms(rows[column]))
        x = np.column_stack(list(terms.values()))
        scale = np.abs(x).max(axis=0)
        if np.linalg.matrix_rank(x / np.where(scale > 0, scale, 1)) < x.shape[1]:
            raise ValueError("a predictor is explained by the others (or has a single value): leave one out")
        names = list(terms)
        if not intercept:
            x, names = x[:, 1:], names[1:]
        return cls(design, x, names, len(terms) - 1, design.weight[used], used)

    @property
    def size(self):
        """The information that one interview of mean weight with the largest value of a term would give, (terms,)."""
        return np.abs(self.x).max(axis=0) ** 2 * self.weight.mean()

    def number(self, column):
        return self.design.data.loc[self.used, column].astype("Float64").to_numpy(dtype=float)

    def fitted(self, kind, outcome, names, estimate, information, score, deviance, confidence, *, source, by_model=True):
        """The result, from the scores of the used rows (rows, terms) and the information matrix, both weighted."""
        inverse = np.linalg.inv(information)
        scores = np.zeros((len(self.used), len(names)))
        scores[self.used] = score
        covariance = inverse @ covariance_of_total(self.design, scores) @ inverse
        freedom = self.design.freedom(self.used)[1] - self.slopes
        se = np.sqrt(np.diag(covariance))
        t = estimate / se
        df = freedom if freedom > 0 else np.nan
        half = stats.t.ppf(0.5 + confidence / 2, df) * se
        table = pd.DataFrame({"estimate": estimate, "se": se, "model_se": np.sqrt(np.diag(inverse)) if by_model else np.nan, "t": t,
                              "p_value": 2 * stats.t.sf(np.abs(t), df), "lo": estimate - half, "hi": estimate + half,
                              "slope": [name in self.names and name != CONSTANT for name in names]}, index=pd.Index(names, name="term"))
        return Regression(kind, outcome, table, pd.DataFrame(covariance, names, names), int(self.used.sum()), int((~self.used).sum()), int(freedom),
                          float(deviance), confidence, source)


def maximum(parts, start, names, size):
    """The maximum of a concave log-likelihood by Newton's method with halved steps: estimate, scores, information, log-likelihood.

    parts(b) returns the log-likelihood (-inf where it is not defined), the scores (rows, terms) and the information (terms, terms), of
    which size is the usual scale (terms,): what the largest value of each term would give with the mean weight.
    Raises ValueError if there is no finite maximum (an answer is separated by the predictors).
    """
    b = start
    value, score, information = parts(b)
    for _ in range(STEPS):
        step = np.linalg.lstsq(information, score.sum(axis=0), rcond=None)[0]
        if score.sum(axis=0) @ step <= SMALL**2 * (1 + abs(value)):
            break
        for _ in range(HALVINGS):
            there = parts(b + step)
            if there[0] >= value:
                break
            step = step / 2
        else:
            break  # no step is uphill but for rounding
        b = b + step
        value, score, information = there
    lost = np.diag(np.linalg.pinv(information / np.sqrt(np.outer(size, size)), rcond=0, hermitian=True))
    if not (np.isfinite(lost).all() and lost.max() < SEPARATED**2 and lost.min() > 0):
        slopes = np.array([name != CONSTANT and "|" not in name for name in names])
        worst = names[int(np.argmax(np.where(slopes, np.where(np.isfinite(lost), np.abs(lost), np.inf), -1)))]
        raise ValueError(f"there is no finite estimate: {worst} separates the answers completely; join its categories or leave it out")
    return b, score, information, value


def _terms(column):
    """The columns of a predictor: itself if it is a number, otherwise one yes/no column for every answer but the first."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return {column.name: column.to_numpy(dtype=float)}
    ordered = column.cat.remove_unused_categories() if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
    return {f"{column.name}[{answer}]": (ordered.cat.codes == code).to_numpy(dtype=float) for code, answer in enumerate(ordered.cat.categories) if code}
