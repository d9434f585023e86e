"""What a sample of villages and households says about the whole, with the error that its design leaves.

    from bangfu.stats import survey
    design = survey.Design(interviews, strata="town", clusters="village", weights="weight")
    survey.proportion(design, "satisfied", by="town")

Estimates are tables, one row per part of the population; `EstimatePaper` prints them with the design they come from. Tests and
regressions are results that print themselves.
"""

from bangfu.stats.survey.calibration import NotConverged, post_stratify, rake
from bangfu.stats.survey.design import Design, weights_of_draw
from bangfu.stats.survey.design_effects import design_effect, weighting_effect
from bangfu.stats.survey.estimate_paper import EstimatePaper
from bangfu.stats.survey.means import mean, proportion, ratio, shares
from bangfu.stats.survey.ordinal_regression import ordinal
from bangfu.stats.survey.quantiles import quantile
from bangfu.stats.survey.rao_scott import RaoScott, goodness_of_fit, independence
from bangfu.stats.survey.regression import Regression, linear, logistic
from bangfu.stats.survey.totals import total
from bangfu.stats.survey.variance import covariance_of_total, variance_in_domains, variance_of_total

__all__ = [
    "Design", "EstimatePaper", "NotConverged", "RaoScott", "Regression", "covariance_of_total", "design_effect", "goodness_of_fit", "independence", "linear",
    "logistic", "mean", "ordinal", "post_stratify", "proportion", "quantile", "rake", "ratio", "shares", "total", "variance_in_domains",
    "variance_of_total", "weighting_effect", "weights_of_draw",
]
