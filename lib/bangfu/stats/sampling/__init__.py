"""Audit sampling: plan, draw, evaluate.

    from bangfu.stats import sampling

    plan = sampling.plan_money(amount, materiality, expected=..., confidence=0.95)
    drawn = sampling.select(table, plan.n, units="money", amount="amount", method="interval", top="interval", seed="20190601")
    sample = sampling.audited(book, value, amount=amount, hits=hits, certain=certain)
    print(sampling.stringer(sample, materiality=materiality))

Amounts are whole numbers of one unit, fen in this workbench; rates are shares. Every result prints as a working paper.
"""

from bangfu.stats.sampling.allocation import allocated, neyman
from bangfu.stats.sampling.attributes import RateEvaluation, attribute, p_value, rate_bounds, reliability_factor
from bangfu.stats.sampling.bayesian import BayesianEvaluation, bayesian, impartial_prior, strict_prior, uniform_prior
from bangfu.stats.sampling.classical import difference, mean_per_unit, mean_taint, ratio, regression
from bangfu.stats.sampling.evaluation import AuditedSample, MoneyEvaluation, audited, from_taints
from bangfu.stats.sampling.modified_stringer import modified_stringer
from bangfu.stats.sampling.moment import moment
from bangfu.stats.sampling.planning import Plan, confidence_factor, plan, plan_money
from bangfu.stats.sampling.selection import Selection, select
from bangfu.stats.sampling.stratified import StratifiedEvaluation, combined, stratified
from bangfu.stats.sampling.stringer import stringer

__all__ = [
    "AuditedSample",
    "BayesianEvaluation",
    "MoneyEvaluation",
    "Plan",
    "RateEvaluation",
    "Selection",
    "StratifiedEvaluation",
    "allocated",
    "attribute",
    "audited",
    "bayesian",
    "combined",
    "confidence_factor",
    "difference",
    "from_taints",
    "impartial_prior",
    "mean_per_unit",
    "mean_taint",
    "modified_stringer",
    "moment",
    "neyman",
    "p_value",
    "plan",
    "plan_money",
    "rate_bounds",
    "ratio",
    "regression",
    "reliability_factor",
    "select",
    "strict_prior",
    "stratified",
    "stringer",
    "uniform_prior",
]
