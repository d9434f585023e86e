"""The same data through R: survey 4.1-1, lme4 1.1-31, ordinal 2022.11-16 and clubSandwich 0.5.8 under R 4.2.2 computed every expected figure here.

The survey and the regression are made by formulas that both languages can write down; reference.R beside this file makes them and prints
R_PRINTED. Only what R prints is compared, to eight digits, so that no figure here is our own.
"""

import numpy as np
import pandas as pd
import pytest

from bangfu.stats import survey
from bangfu.stats.impact.cluster import least_squares
from bangfu.stats.profiling.random_intercept import fit

R_PRINTED = {
    "mean": [546.75208, 4.1813095, 0.62505604, 538.272, 555.23217],
    "total": [24463, 324.63214, 0.16932895],
    "ratio": [136.62656, 2.4085776],
    "mean by kind": [546.49214, 550.47062, 543.40076, 9.4407862, 11.31522, 10.563822],
    "total by kind": [9754, 6951, 7758, 384.48118, 314.77397, 407.42464],
    "quantiles": [441.82536, 418.08023, 449.96244, 7.8601388, 475.71924, 464.41311, 498.28905, 8.3516688, 549.51517, 534.09586, 559.8193,
        6.3417771, 612.83218, 605.45816, 618.92628, 3.320389, 653.33767, 645.07687, 668.45918, 5.7646018],
    "middle quantiles": [2, 2, 3, 0.2465369, 4, 4, 5, 0.2465369, 6, 6, 7, 0.2465369],
    "yes logit": [0.35678063, 0.305845, 0.4111744],
    "yes beta": [0.35678063, 0.30418813, 0.4120611],
    "rare logit": [0.0075249469, 0.0020477781, 0.027251786],
    "rare beta": [0.0075249468, 0.0011140727, 0.025022364],
    "spread logit": [0.83494193, 0.82623204, 0.84329804],
    "spread beta": [0.83494193, 0.82625251, 0.84336469],
    "chisq F": [0.12138042, 1.9707252, 70.946108, 0.88315209],
    "chisq": [0.21617716, 2, 0.88569696],
    "linear": [546.9925, -0.13593893, 4.021487, -2.9800179, 12.965412, 1.8369238, 16.559568, 16.059023, 2.7261771e-30, 0.94145431, 0.80962494,
        0.85392057],
    "logistic": [-0.56706935, -0.015740585, 0.13840645, 0.002266532, 0.28760512, 0.064717507, 0.32208695, 0.29805932, 0.057075782, 0.80934063,
        0.67019401, 0.99397849],
    "ordinal": [0.025760072, 0.021185313, -0.0060520758, -1.0147744, 0.087742802, 1.21066],
    "ordinal se": [0.037517014, 0.15067978, 0.13839078, 0.27642285, 0.28581028, 0.27118297],
    "post-stratified mean": [547.04546, 4.2742598],
    "post-stratified total": [23946.136, 299.93433],
    "raked mean": [547.76221, 5.6594418],
    "raked total": [23874.728, 397.85663],
    "club CR1S": [0.81418974, 0.25385542, 0.037660931, 0.10559939, 0.21338699, 0.21587471, 6.8838493, 6.8988211, 6.9149477, 0.00012563931,
        0.273511, 0.86650375],
    "club CR2": [0.81418974, 0.25385542, 0.037660931, 0.10446078, 0.21200288, 0.21622521, 6.8604536, 6.8742708, 6.8904987, 0.00011949376,
        0.27079826, 0.86673492],
    "club fixed effects": [0.25197951, 0.027260765, 0.21275801, 0.21714019, 6.8612568, 6.8866311, 0.27567451, 0.90367876],
}


def printed(key):
    return pytest.approx(R_PRINTED[key], rel=2e-7, abs=1e-9)


def interviews():
    i = np.arange(1, 241)
    village, town = (i - 1) // 6, (i - 1) // 60
    return pd.DataFrame({
        "town": town, "village": village, "villages": 20 + 10 * town, "weight": 10 + i * 3 % 17 + 5 * town,
        "income": 500 + 100 * np.sin(i) + 3 * (i * 7 % 31) + 40 * np.cos(village), "size": 1 + i * 5 % 7, "kind": np.array(list("abc"))[i * 3 % 7 % 3],
        "yes": i * i % 11 + village % 3 > 5, "rare": i % 97 == 0, "spread": i % 6 < 5, "answer": 1 + (i * i + village * 3) % 4,
    })


@pytest.fixture(scope="module")
def design():
    return survey.Design(interviews(), strata="town", clusters="village", weights="weight", clusters_total="villages")


def test_means_totals_and_ratios(design):
    assert survey.mean(design, "income").loc["all", ["estimate", "se", "deff", "lo", "hi"]].tolist() == printed("mean")
    assert survey.total(design, "size").loc["all", ["estimate", "se", "deff"]].tolist() == printed("total")
    assert survey.ratio(design, "income", "size").loc["all", ["estimate", "se"]].tolist() == printed("ratio")
    for function, column in ((survey.mean, "income"), (survey.total, "size")):
        found = function(design, column, by="kind")
        assert [*found["estimate"], *found["se"]] == printed(f"{function.__name__} by kind")


def test_quantiles(design):
    columns = ["estimate", "lo", "hi", "se"]
    assert survey.quantile(design, "income", [0.1, 0.25, 0.5, 0.75, 0.9])[columns].to_numpy().ravel().tolist() == printed("quantiles")
    assert survey.quantile(design, "size", rule="middle")[columns].to_numpy().ravel().tolist() == printed("middle quantiles")


@pytest.mark.parametrize("column", ["yes", "rare", "spread"])
@pytest.mark.parametrize("interval", ["logit", "beta"])
def test_intervals_of_shares(design, column, interval):
    # svyciprop reaches the logit by its own iterations, to seven digits
    found = survey.proportion(design, column, interval=interval).loc["all", ["estimate", "lo", "hi"]].tolist()
    assert found == pytest.approx(R_PRINTED[f"{column} {interval}"], rel=2e-7, abs=2e-9)


def test_korn_graubard_gives_no_more_than_the_interviews_made(design):
    # households of a village were asked in turn, so that `spread` is known better than from as many drawn one by one
    beta, ours = (survey.proportion(design, "spread", interval=i).loc["all"] for i in ("beta", "korn-graubard"))
    assert ours["deff"] < 1 and ours["lo"] < beta["lo"] and beta["hi"] < ours["hi"]


def test_independence(design):
    found = survey.independence(design, "kind", "yes")
    assert list(found.f) == printed("chisq F") and [found.pearson, found.df, found.first[2]] == printed("chisq") and found.design_df == 36


def test_regressions(design):
    for function, outcome in ((survey.linear, "income"), (survey.logistic, "yes")):
        found = function(design, outcome, ["size", "kind"]).coefficients
        assert [*found["estimate"], *found["se"], *found["p_value"]] == pytest.approx(R_PRINTED[function.__name__], rel=1e-6, abs=1e-9)
    found = survey.ordinal(design, "answer", ["size", "kind"]).coefficients
    assert found["estimate"].tolist() == pytest.approx(R_PRINTED["ordinal"], rel=1e-5)
    assert found["se"].tolist() == pytest.approx(R_PRINTED["ordinal se"], rel=2e-3)  # svyolr takes its second derivatives by differences


def test_calibration(design):
    kinds = pd.Series({"a": 2500, "b": 2000, "c": 1500})
    known = survey.post_stratify(design, "kind", kinds)
    raked = survey.rake(design, {"kind": kinds, "yes": pd.Series({False: 2500, True: 3500})})
    for drawn, name in ((known, "post-stratified"), (raked, "raked")):
        assert survey.mean(drawn, "income").loc["all", ["estimate", "se"]].tolist() == pytest.approx(R_PRINTED[f"{name} mean"], rel=1e-6)
        assert survey.total(drawn, "size").loc["all", ["estimate", "se"]].tolist() == pytest.approx(R_PRINTED[f"{name} total"], rel=1e-6)


@pytest.mark.parametrize("kind, key", [("CR1", "club CR1S"), ("CR2", "club CR2")])
def test_cluster_robust_errors(kind, key):
    y, X, groups = rows()
    found = least_squares(y, X, groups, kind=kind).coefficients
    expected = np.array(R_PRINTED[key]).reshape(4, 3)
    assert found[["estimate", "se"]].to_numpy().T.ravel() == pytest.approx(expected[:2].ravel(), rel=1e-7)
    if kind == "CR2":  # with CR1 we take G - 1 degrees of freedom, not Satterthwaite's
        assert found[["df", "p_value"]].to_numpy().T.ravel() == pytest.approx(expected[2:].ravel(), rel=1e-6)


def test_cluster_robust_errors_with_an_effect_of_every_cluster():
    y, X, groups = rows()
    X = pd.concat([X, pd.get_dummies(groups, prefix="g", dtype=float).iloc[:, 1:]], axis=1)
    found = least_squares(y, X, groups).coefficients.loc[["x", "z"], ["estimate", "se", "df", "p_value"]]
    assert found.to_numpy().T.ravel() == pytest.approx(R_PRINTED["club fixed effects"], rel=1e-6)


def rows():
    j = np.arange(1, 91)
    X = pd.DataFrame({"intercept": 1.0, "x": np.cos(j * 1.3), "z": (j % 3 == 0).astype(float)})
    return np.sin(j) + np.cos(j * j / 7) + (j % 5) / 3, X, np.repeat(np.arange(1, 9), [12] * 6 + [10, 8])


# Davies and Goldsmith (1972): diameters of 6 samples of penicillin on each of 24 plates; strength of 30 casks of paste, twice each, of 10 batches
PENICILLIN = """
27 23 26 23 23 21  27 23 26 23 23 21  25 21 25 24 24 20  26 23 25 23 23 20  25 22 26 22 23 20  24 22 25 23 22 19  24 20 23 21 22 19  26 22 26 24 24 21
24 21 24 22 22 20  24 21 24 23 22 19  26 23 26 24 24 21  25 22 26 24 24 20  26 24 26 24 25 22  26 23 26 23 23 20  26 23 25 24 24 22  25 22 25 23 23 20
25 21 24 23 23 20  25 22 24 23 23 19  24 21 23 21 21 19  26 23 26 24 24 21  25 21 24 22 22 18  25 22 25 22 22 20  24 21 24 22 24 19  24 21 24 22 21 18
"""
PASTES = """
62.8 62.6 60.1 62.3 62.7 63.1 60 61.4 57.5 56.9 61.1 58.9 58.7 57.5 63.9 63.1 65.4 63.7 57.1 56.4 56.9 58.6 64.7 64.5 55.1 55.1 54.7 54.2 58.8 57.5
63.4 64.9 59.3 58.1 60.5 60 62.5 62.6 61 58.7 56.9 57.7 59.2 59.4 65.2 66 64.8 64.1 54.8 54.8 64 64 57.7 56.8 58.3 59.3 59.2 59.2 58.9 56.6
"""


@pytest.mark.parametrize("data, estimator, between, within, criterion, mean, se", [
    # lmer(diameter ~ 1 + (1 | plate)), lmer(diameter ~ 1 + (1 | sample)), lmer(strength ~ 1 + (1 | batch)), lmer(strength ~ 1 + (1 | sample))
    ("plates", "REML", 0.0950886, 4.0333333, 613.256024, 22.972222, 0.17880516), ("plates", "ML", 0.0631173, 4.0333333, 611.629553, 22.972222, 0.17504041),
    ("samples", "REML", 3.7010468, 1.0193237, 435.917862, 22.972222, 0.78988592), ("samples", "ML", 3.0771272, 1.0193237, 437.190076, 22.972222, 0.72106391),
    ("batches", "REML", 3.3440421, 7.4249333, 301.595411, 60.053333, 0.67687008), ("batches", "ML", 2.8858890, 7.4249333, 302.599131, 60.053333, 0.64213534),
    ("casks", "REML", 9.9766784, 0.6780000, 247.648402, 60.053333, 0.58639232), ("casks", "ML", 9.6328223, 0.6780000, 248.401700, 60.053333, 0.57653627),
])
def test_lme4_penicillin_and_pastes(data, estimator, between, within, criterion, mean, se):
    y = np.array((PENICILLIN if data in ("plates", "samples") else PASTES).split(), dtype=float)
    groups = {"plates": np.repeat(range(24), 6), "samples": np.tile(range(6), 24), "batches": np.repeat(range(10), 6), "casks": np.repeat(range(30), 2)}[data]
    model = fit(y, groups, estimator=estimator)
    assert (model.between, model.within) == pytest.approx((between, within), rel=5e-6)
    assert (model.criterion, *model.coefficients.loc["intercept", ["estimate", "se"]]) == pytest.approx((criterion, mean, se), rel=1e-6)


def test_lme4_penicillin_with_the_samples_as_covariates():
    # lmer(diameter ~ sample + (1 | plate))
    y = np.array(PENICILLIN.split(), dtype=float)
    samples = pd.get_dummies(pd.Series(np.tile(list("ABCDEF"), 24)), dtype=float).iloc[:, 1:]
    model = fit(y, np.repeat(range(24), 6), samples)
    assert (model.between, model.within, model.criterion) == pytest.approx((0.71690826, 0.30241546, 308.279314), rel=1e-6)
    assert model.coefficients["estimate"].tolist() == pytest.approx([25.1666667, -3.2083333, -0.25, -2.2916667, -2.2083333, -5.2083333], rel=1e-6)
    assert model.coefficients["se"].tolist() == pytest.approx([0.20608693] + [0.15874914] * 5, rel=1e-6)
