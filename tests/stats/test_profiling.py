"""Helpers compared: against lme4's published results, statsmodels, and Spiegelhalter's and others' funnels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bangfu.stats.profiling import funnel, ranks
from bangfu.stats.profiling.random_intercept import fit

# Davies and Goldsmith (1972), yield of dyestuff, six batches; Box and Tiao (1973), simulated; both as in R's lme4
DYESTUFF = [1545, 1440, 1440, 1520, 1580, 1540, 1555, 1490, 1560, 1495, 1595, 1550, 1605, 1510, 1560,
            1445, 1440, 1595, 1465, 1545, 1595, 1630, 1515, 1635, 1625, 1520, 1455, 1450, 1480, 1445]
DYESTUFF2 = [7.298, 3.846, 2.434, 9.566, 7.990, 5.220, 6.556, 0.608, 11.788, -0.892, 0.110, 10.386, 13.434, 5.510, 8.166,
             2.212, 4.852, 7.092, 9.288, 4.980, 0.282, 9.014, 4.458, 9.446, 7.198, 1.722, 4.782, 8.106, 0.758, 3.758]
BATCH = np.repeat(list("ABCDEF"), 5)
# Belenky et al. (2003), reaction times of 18 subjects on ten days, as in lme4
SLEEP = """
308 249.56 258.7047 250.8006 321.4398 356.8519 414.6901 382.2038 290.1486 430.5853 466.3535
309 222.7339 205.2658 202.9778 204.707 207.7161 215.9618 213.6303 217.7272 224.2957 237.3142
310 199.0539 194.3322 234.32 232.8416 229.3074 220.4579 235.4208 255.7511 261.0125 247.5153
330 321.5426 300.4002 283.8565 285.133 285.7973 297.5855 280.2396 318.2613 305.3495 354.0487
331 287.6079 285 301.8206 320.1153 316.2773 293.3187 290.075 334.8177 293.7469 371.5811
332 234.8606 242.8118 272.9613 309.7688 317.4629 309.9976 454.1619 346.8311 330.3003 253.8644
333 283.8424 289.555 276.7693 299.8097 297.171 338.1665 332.0265 348.8399 333.36 362.0428
334 265.4731 276.2012 243.3647 254.6723 279.0244 284.1912 305.5248 331.5229 335.7469 377.299
335 241.6083 273.9472 254.4907 270.8021 251.4519 254.6362 245.4523 235.311 235.7541 237.2466
337 312.3666 313.8058 291.6112 346.1222 365.7324 391.8385 404.2601 416.6923 455.8643 458.9167
349 236.1032 230.3167 238.9256 254.922 250.7103 269.7744 281.5648 308.102 336.2806 351.6451
350 256.2968 243.4543 256.2046 255.5271 268.9165 329.7247 379.4445 362.9184 394.4872 389.0527
351 250.5265 300.0576 269.8939 280.5891 271.8274 304.6336 287.7466 266.5955 321.5418 347.5655
352 221.6771 298.1939 326.8785 346.8555 348.7402 352.8287 354.4266 360.4326 375.6406 388.5417
369 271.9235 268.4369 257.2424 277.6566 314.8222 317.2135 298.1353 348.1229 340.28 366.5131
370 225.264 234.5235 238.9008 240.473 267.5373 344.1937 281.1481 347.5855 365.163 372.2288
371 269.8804 272.4428 277.8989 281.7895 279.1705 284.512 259.2658 304.6306 350.7807 369.4692
372 269.4117 273.474 297.5968 310.6316 287.1726 329.6076 334.4818 343.2199 369.1417 364.1236
"""


def sleepstudy():
    rows = np.array([line.split() for line in SLEEP.strip().splitlines()], dtype=float)
    return pd.DataFrame({"subject": np.repeat(rows[:, 0], 10), "days": np.tile(np.arange(10.0), 18), "reaction": rows[:, 1:].ravel()})


@pytest.mark.parametrize("data, estimator, between, within, criterion, mean, se", [
    # Bates, lme4: Mixed-effects Modeling with R, section 1.3
    (DYESTUFF, "REML", 1764.05, 2451.25, 319.6543, 1527.5, 19.383),
    (DYESTUFF, "ML", 1388.33, 2451.25, 327.3271, 1527.5, 17.695),
    (DYESTUFF2, "REML", 0.0, 13.806, 161.8283, 5.6656, 0.6784),
])
def test_lme4_batches(data, estimator, between, within, criterion, mean, se):
    model = fit(data, BATCH, estimator=estimator)
    assert (model.between, model.within) == pytest.approx((between, within), rel=4e-5, abs=1e-9)
    assert model.criterion == pytest.approx(criterion, abs=6e-5)
    assert model.coefficients.loc["intercept", ["estimate", "se"]].tolist() == pytest.approx([mean, se], abs=6e-4)


def test_lme4_conditional_modes():
    # the same book, section 1.5: ranef(fm1ML)
    modes = fit(DYESTUFF, BATCH, estimator="ML").effects["effect"]
    assert modes.tolist() == pytest.approx([-16.62822143, 0.36951603, 26.97467038, -21.80144523, 53.57982467, -42.49434432], abs=1e-4)


def test_lme4_sleepstudy_with_a_covariate():
    # summary(lmer(Reaction ~ Days + (1 | Subject), sleepstudy)), lme4 1.1
    data = sleepstudy()
    model = fit(data["reaction"], data["subject"], data[["days"]])
    assert (model.between, model.within, model.criterion) == pytest.approx((1378.2, 960.5, 1786.5), abs=0.051)
    assert model.coefficients["estimate"].tolist() == pytest.approx([251.4051, 10.4673], abs=5.1e-5)
    assert model.coefficients["se"].tolist() == pytest.approx([9.7467, 0.8042], abs=5.1e-5)
    assert model.coefficients["t"].tolist() == pytest.approx([25.79, 13.02], abs=5.1e-3)


def ratings(seed, helpers=40, n=300, spread=0.7):
    rng = np.random.default_rng(seed)
    who = rng.integers(0, helpers, n)
    cases = pd.DataFrame({"age": rng.normal(60, 10, n), "ill": rng.random(n) < 0.3, "far": rng.gamma(2, 3, n)}).astype(float)
    score = 4 + cases.to_numpy() @ [0.01, -0.4, -0.02] + rng.normal(0, spread, helpers)[who] + rng.normal(0, 1, n)
    return score, who, cases


@pytest.mark.filterwarnings("ignore")  # of MixedLM's optimisers, when gtol is finer than they reach
@pytest.mark.parametrize("estimator", ["REML", "ML"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_statsmodels_agrees(seed, estimator):
    score, who, cases = ratings(seed)
    ours = fit(score, who, cases, estimator=estimator)
    theirs = sm.MixedLM(score, sm.add_constant(cases), groups=who).fit(reml=estimator == "REML", method=["bfgs", "lbfgs"], gtol=1e-10)
    assert ours.within == pytest.approx(theirs.scale, rel=1e-6)
    assert ours.between == pytest.approx(theirs.cov_re.iloc[0, 0], rel=1e-5)
    assert ours.criterion == pytest.approx(-2 * theirs.llf, abs=1e-6)
    assert ours.coefficients["estimate"].tolist() == pytest.approx(theirs.fe_params.tolist(), rel=1e-6)
    modes = pd.Series({k: v.iloc[0] for k, v in theirs.random_effects.items()}).sort_index()
    assert ours.effects["effect"].tolist() == pytest.approx(modes.tolist(), abs=1e-6)


def test_errors_of_prediction_against_henderson():
    # Henderson (1975), Biometrics 31: the inverse of the mixed-model equations holds the variance of u - its prediction
    score, who, cases = ratings(4, helpers=12, n=60)
    model = fit(score, who, cases)
    X, Z = sm.add_constant(cases).to_numpy(), np.eye(12)[who]
    W = np.hstack([X, Z])
    C = W.T @ W + np.diag([0.0] * 4 + [model.within / model.between] * 12)
    error = model.within * np.linalg.inv(C)[4:, 4:]
    assert model.effects["se"].tolist() == pytest.approx(np.sqrt(np.diag(error)).tolist(), rel=1e-9)


@given(st.permutations(range(60)))
def test_rows_in_any_order(order):
    score, who, cases = ratings(5, helpers=8, n=60)
    first, second = fit(score, who, cases), fit(score[order], who[order], cases.iloc[order])
    assert (second.between, second.within) == pytest.approx((first.between, first.within), rel=1e-9)
    assert second.effects["effect"].tolist() == pytest.approx(first.effects["effect"].tolist(), abs=1e-9)


def test_missing_ratings_are_counted_and_few_are_insufficient():
    score, who, cases = ratings(6, helpers=10, n=100)
    score[:3] = np.nan
    who = who.astype(object)
    who[3] = None
    who[4] = "newcomer"
    model = fit(score, [str(w) if w is not None else None for w in who], cases, min_ratings=2)
    assert model.missing == 4 and model.ratings == 96
    assert model.effects.loc["newcomer", "judgement"] == "insufficient" and "资料不足" in str(model)


@pytest.mark.parametrize("ratings, helpers, covariates, word", [
    ([1, 2, 3], ["a", "a", "a"], None, "two helpers"), ([1.0, 2, 3, 4, 5], list("aabbc"), [[1], [1], [1], [1], [1]], "leave one out"),
    ([1.0, 1, 2, 2, 3, 3], list("aabbcc"), None, "all the same")])
def test_what_cannot_be_fitted_is_said(ratings, helpers, covariates, word):
    with pytest.raises(ValueError, match=word):
        fit(ratings, helpers, covariates)


@pytest.mark.parametrize("low, high, side, median", [
    # Seaton and Manktelow (2012), BMC Med Res Methodol 12:98, table: exact 95% limits of the SMR, chance of falling beyond when in control
    (1, 50, "below", 0.0186), (1, 50, "above", 0.0201), (50, 100, "below", 0.0215)])
def test_chance_of_falling_outside_the_exact_limits(low, high, side, median):
    chances = []
    for expected in np.linspace(low, high, 197):
        counts = np.arange(0, 200)
        units = funnel.ratios(counts, np.full(200, expected), min_size=0).units
        chances.append(stats.poisson.pmf(counts, expected)[units["judgement"].isin([side, "alert_" + side])].sum())
    assert np.median(chances) == pytest.approx(median, abs=4e-4) and max(chances) <= 0.025


def test_dispersion_of_the_r_package():
    # R package FunnelPlotR, test-classes_methods.R: phi on the log scale, without winsorising
    found = funnel.ratios([100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220], transformation="log", winsorise=0)
    assert found.dispersion == pytest.approx(2.948033, abs=5e-7)


def test_winsorising_by_hand():
    # ten z of 0, 1 ... 9: quantiles at 10% and 90% are 0.9 and 8.1
    assert funnel.winsorised(np.arange(10.0), 0.1).tolist() == pytest.approx([0.9, 1, 2, 3, 4, 5, 6, 7, 8, 8.1])


def test_over_dispersion_by_hand():
    # target 0.5, 100 each: s = 0.05, z = -4, -2, 0, 2, 4, phi = 8; tau^2 = (5 x 8 - 4) / (5 x 400 - 400) = 0.0225
    count, size = [30, 40, 50, 60, 70], [100] * 5
    more = funnel.proportions(count, size, adjustment="multiplicative", winsorise=0)
    added = funnel.proportions(count, size, adjustment="additive", winsorise=0)
    assert more.dispersion == pytest.approx(8) and added.between == pytest.approx(0.0225)
    z = stats.norm.ppf(0.975)
    assert more.units["high_0.95"].iloc[0] == pytest.approx(0.5 + z * 0.05 * np.sqrt(8))
    assert added.units["low_0.95"].iloc[0] == pytest.approx(0.5 - z * np.sqrt(0.05**2 + 0.0225))
    assert (added.units["judgement"] == "inside").all()
    # P(X <= 40) of binomial(100, 0.5) is 0.0284, P(X <= 30) is 0.00004
    assert funnel.proportions(count, size).units["judgement"].tolist() == ["below", "inside", "inside", "inside", "above"]


@pytest.mark.parametrize("size, target", [(5, 0.5), (36, 0.004), (40, 0.3), (60, 0.5), (90, 0.97)])
def test_a_share_is_judged_outside_exactly_if_it_is_not_between_the_drawn_curves(size, target):
    counts = np.arange(size + 1)
    judged = funnel.proportions(counts, np.full(size + 1, size), target=target)
    curve = judged.limits([size]).set_index("level")
    for level, outside in ((0.95, ~judged.units["judgement"].eq("inside")), (0.998, judged.units["judgement"].isin(["above", "below"]))):
        beyond = (counts / size >= curve["high"][level] - 1e-12) | (counts / size <= curve["low"][level] + 1e-12)
        assert beyond.tolist() == outside.tolist()


def test_a_ratio_is_judged_outside_exactly_if_it_is_not_between_the_drawn_curves():
    counts = np.arange(40)
    judged = funnel.ratios(counts, np.full(40, 12.0))
    curve = judged.limits([12.0]).set_index("level")
    assert ((counts / 12 >= curve["high"][0.998]) | (counts / 12 <= curve["low"][0.998])).tolist() == judged.units["judgement"].isin(["above", "below"]).tolist()


def test_interpolated_limit_by_hand():
    # Spiegelhalter (2005), appendix A.1.1; n = 10, target 0.5, p = 0.975: P(X <= 7) = 0.9453, P(X <= 8) = 0.9893, so 8 - 0.0143 / 0.0439
    limit = funnel.proportions([5], [10], target=0.5).units["high_0.95"].iloc[0]
    assert limit == pytest.approx((8 - (1013 / 1024 - 0.975) / (45 / 1024)) / 10, abs=1e-12)


def test_small_units_are_insufficient_and_not_judged():
    units = funnel.proportions([0, 4, 50], [4, 4, 100], target=0.5, min_size=5).units
    assert units["judgement"].tolist() == ["insufficient", "insufficient", "inside"] and units["p_value"].isna().sum() == 2


def test_ranks_of_two_by_hand():
    # the better of two is first with P = Phi((1 - 0) / sqrt(0.36 + 0.64)) = 0.8413
    found = ranks.simulate(pd.Series([0.0, 1.0], index=["a", "b"]), [0.6, 0.8], seed=7, draws=40_000).table
    assert found["expected"].tolist() == pytest.approx([1 + 0.8413, 2 - 0.8413], abs=0.01)


def test_ranks_are_certain_where_effects_are_far_apart_and_missing_where_data_are_few():
    effect, se = pd.Series([3.0, 2.0, 1.0, 9.0], index=list("abcd")), [0.01, 0.01, 0.01, np.nan]
    for found in (ranks.simulate(effect, se, seed=1), ranks.compare_pairs(effect, se)):
        assert found.table[["lower", "rank", "upper"]].iloc[:3].to_numpy().tolist() == [[1, 1, 1], [2, 2, 2], [3, 3, 3]]
        assert pd.isna(found.table.loc["d", "rank"]) and found.table.loc["d", "reason"] == "insufficient" and "资料不足" in str(found)


def test_helpers_that_do_not_differ_may_stand_anywhere():
    found = ranks.simulate(np.zeros(20), np.zeros(20), seed=2).table
    assert (found["rank"] == 1).all() and (found["lower"] == 1).all() and (found["upper"] == 20).all()


def test_rank_intervals_do_not_depend_on_the_order_of_rows():
    effect = pd.Series(np.random.default_rng(3).normal(size=30), index=[f"H{i:02}" for i in range(30)])
    se = pd.Series(np.linspace(0.2, 0.9, 30), index=effect.index)
    turned = effect.index[::-1]
    first, second = ranks.simulate(effect, se, seed=5).table, ranks.simulate(effect[turned], se[turned], seed=5).table
    pd.testing.assert_frame_equal(first, second.loc[first.index])


def test_pairwise_rank_intervals_hold_the_true_rank():
    rng = np.random.default_rng(8)
    true = np.linspace(0, 3, 12)
    places = stats.rankdata(-true)
    held = np.mean([(found["lower"] <= places) & (places <= found["upper"])
                    for found in (ranks.compare_pairs(true + rng.normal(0, 0.5, 12), np.full(12, 0.5)).table for _ in range(200))])
    assert held >= 0.95
