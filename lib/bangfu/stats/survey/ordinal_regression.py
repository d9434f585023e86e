"""Regression of an ordered answer (very dissatisfied ... very satisfied): proportional odds, weighted, with the design's own errors."""

import numpy as np
import pandas as pd
from scipy import special

from bangfu.stats.paper import Both
from bangfu.stats.survey.regression import Model, maximum


def ordinal(design, outcome, predictors, *, confidence=0.95):
    """Explain an ordered answer by other columns: by how much the odds of a higher answer change.

    logit P(y <= j) = cut_j - x b, maximised as sum w log P(y = answer) by Newton's method with exact derivatives; covariance: that of
    the total of the weighted scores, between the inverses of the observed information. A positive slope means higher answers.
    Weight 2 is the same as the row twice, for the estimates and for model_se.

    outcome: numbers, or an ordered category (lowest first); answers that do not occur are dropped. predictors: as in `linear`.
    Returns a `Regression`; its rows are the slopes, then the cut points (`low|high`).
    Raises ValueError for texts without an order, fewer than two answers, or answers that a predictor separates completely.
    Source: McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142; design: Binder (1983), International Statistical
    Review 51, 279-292; the same model as R's MASS::polr (model_se) and survey::svyolr (se).
    """
    column = design.data[outcome]
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    if not (categorical and column.cat.ordered) and not pd.api.types.is_numeric_dtype(column):
        raise ValueError(f"{outcome} has no order: make it an ordered category, lowest answer first")
    model = Model.of(design, outcome, predictors, intercept=False)
    answers = column[model.used] if categorical else column[model.used].astype("category")
    answers = answers.cat.remove_unused_categories()
    y, names = answers.cat.codes.to_numpy(dtype=int), list(answers.cat.categories)
    cuts = len(names) - 1
    if cuts < 1:
        raise ValueError(f"{outcome} has a single answer, so that there is nothing to explain")
    likelihood = _Likelihood(model.x, y, model.weight, cuts)
    heaped = np.cumsum(np.bincount(y, model.weight))[:-1] / model.weight.sum()
    start = np.concatenate([np.zeros(model.x.shape[1]), special.logit(heaped)])
    terms = model.names + [f"{low}|{high}" for low, high in zip(names[:-1], names[1:])]
    b, score, information, value = maximum(likelihood.parts, start, terms, np.append(model.size, np.full(cuts, model.weight.mean())))
    return model.fitted(Both("加权比例优势回归", "Weighted proportional odds regression"), outcome, terms, b, information, score, -2 * value,
                        confidence, source="McCullagh (1980), JRSS B 42, 109-142; Binder (1983), International Statistical Review 51, 279-292")


class _Likelihood:
    """log P(y) = log(F(a) - F(b)), a = cut above - x b, b = cut below - x b, F logistic; derivatives by a and b, then by the terms."""

    def __init__(self, x, y, weight, cuts):
        self.weight, self.y, self.slopes, self.cuts = weight, y, x.shape[1], cuts
        rows = np.arange(len(y))
        self.above, self.below = np.zeros((len(y), x.shape[1] + cuts)), np.zeros((len(y), x.shape[1] + cuts))
        self.bounded_above, self.bounded_below = y < cuts, y > 0
        for terms, bounded, cut in ((self.above, self.bounded_above, y), (self.below, self.bounded_below, y - 1)):
            terms[:, :x.shape[1]] = -x * bounded[:, None]
            terms[rows[bounded], x.shape[1] + cut[bounded]] = 1

    def parts(self, b):
        cuts = b[self.slopes:]
        if (np.diff(cuts) <= 0).any():
            return -np.inf, None, None
        a = np.where(self.bounded_above, self.above @ b, np.inf)
        c = np.where(self.bounded_below, self.below @ b, -np.inf)
        # F(a) - F(c), taken on the side where it does not vanish in rounding
        flip = c > 0
        p = np.where(flip, special.expit(-c) - special.expit(-a), special.expit(a) - special.expit(c))
        p = np.maximum(p, 1e-300)
        fa, fc = special.expit(a) * special.expit(-a), special.expit(c) * special.expit(-c)
        by_a, by_c = fa / p, -fc / p
        slope_a, slope_c = fa * (special.expit(-a) - special.expit(a)), fc * (special.expit(-c) - special.expit(c))
        score = self.weight[:, None] * (self.above * by_a[:, None] + self.below * by_c[:, None])
        aa, cc, ac = slope_a / p - by_a**2, -slope_c / p - by_c**2, -by_a * by_c
        above, below = self.above * (self.weight * aa)[:, None], self.below * (self.weight * cc)[:, None]
        crossed = self.above.T @ (self.below * (self.weight * ac)[:, None])
        return self.weight @ np.log(p), score, -(self.above.T @ above + self.below.T @ below + crossed + crossed.T)
