"""Evaluation in money against published examples, by hand and by properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.stats import sampling
from bangfu.stats.sampling.modified_stringer import pap_van_zuijlen_rate
from bangfu.stats.sampling.stringer import stringer_rate

LTA = [0.6, 0.6, 0.6, -0.5, -0.5, -0.5]  # R documentation and tests of jfa: three taints of 60%, three of -50%, n = 60


def rate(evaluation):
    return evaluation.upper / evaluation.amount


def sample(taints, n):
    return sampling.from_taints(taints, n, amount=10**9)


def test_without_errors_stringer_is_the_bound_for_none():
    # 1 - 0.05^(1/60) = 4.870%, R: jfa evaluation(method = "stringer.binomial") 0.04870291; Poisson 0.04992887
    assert rate(sampling.stringer(sample([], 60))) == pytest.approx(0.04870291, abs=1e-8)
    assert rate(sampling.stringer(sample([], 60), factors="poisson")) == pytest.approx(0.04992887, abs=1e-8)


def test_errors_of_100_percent_give_the_binomial_bound():
    assert rate(sampling.stringer(sample([1, 1], 60))) == pytest.approx(sampling.attribute(2, 60).upper)
    assert rate(sampling.modified_stringer(sample([1, 1], 60), correction="pap_van_zuijlen_integral")) == pytest.approx(
        sampling.attribute(2, 60).upper
    )


def test_stringer_by_the_auditors_sheet():
    # Poisson factors at 95% (AICPA, appendix C): 2.9957, 4.7439, 6.2958, 7.7537; increments 1.7482, 1.5519, 1.4579; interval 10,000 yuan (n = 100, 1,000,000 yuan).
    # 10,000 x (2.9957 + 0.50 x 1.7482 + 0.20 x 1.5519 + 0.05 x 1.4579) = 10,000 x (2.9957 + 0.8741 + 0.31038 + 0.072895) = 42,530.8
    result = sampling.stringer(sampling.from_taints([0.05, 0.5, 0.2], 100, amount=100_000_000), factors="poisson")
    assert result.upper / 100 == pytest.approx(42_530.8, abs=1)
    assert result.most_likely / 100 == pytest.approx(7_500)
    assert result.detail["factor"].tolist() == [2.9957, 1.7481, 1.5519, 1.4579]


# Touw and Hoogduin (2011), pp. 138, 143, 144: 145 units of 13,500,000; taints and upper limit as printed (with rounded factors).
@pytest.mark.parametrize(
    ("taints", "upper"),
    [
        ([1, 0.20000072, 0.03999931], 469_616.5),
        ([1, 0.09887], 449_999.9),
        ([0.5, 0.4, 0.19887], 439_009.3),
        ([], 276_050),
        ([1], 436_007),
        ([1, 1], 577_535),
        ([1, 1, 1], 710_132),
    ],
)
def test_stringer_of_touw_and_hoogduin(taints, upper):
    assert sampling.stringer(sampling.from_taints(taints, 145, amount=13_500_000)).upper == pytest.approx(upper, rel=1e-5)


def test_mean_taint_with_the_freedom_of_the_errors():
    # R: jfa evaluation(method = "pps") on the first of these: 13,384,551.72 (12,976,389.01 to 13,792,714.43)
    result = sampling.mean_taint(sampling.from_taints([1, 0.20000072, 0.03999931], 145, amount=13_500_000), freedom="errors")
    assert 13_500_000 - np.array([result.most_likely, result.upper, result.lower]) == pytest.approx(
        [13_384_551.72, 12_976_389.01, 13_792_714.43], abs=0.5
    )
    assert sampling.mean_taint(sampling.from_taints([1, 0.2, 0.04], 145, amount=13_500_000)).precision < result.precision


def test_understatements_offset():
    # R: jfa evaluation(method = "stringer.lta") on these taints: 0.06899349
    assert rate(sampling.stringer(sample(LTA, 60), offset="lta")) == pytest.approx(0.06899349, abs=1e-8)
    # Meikle with p(j) of Clopper-Pearson: Stringer less (p(1) + (p(2) - p(1)) + (p(3) - p(2))) x 0.5 = less p(3) x 0.5
    gross = stringer_rate([0.6] * 3, 60)
    assert rate(sampling.stringer(sample(LTA, 60), offset="meikle")) == pytest.approx(gross - 0.5 * sampling.attribute(3, 60).upper)


def test_repeated_hits_count_as_hits():
    # An item of 50% hit twice is two errors of 50%, not one of 100%.
    twice = sampling.audited([100_00, 80_00, 60_00], [50_00, 80_00, 60_00], amount=1_000_000, hits=[2, 30, 28])
    assert twice.n == 60
    assert rate(sampling.stringer(twice)) == pytest.approx(stringer_rate([0.5, 0.5], 60))
    assert sampling.stringer(twice).most_likely == pytest.approx(1_000_000 / 60)


def test_the_top_stratum_is_added_as_it_is():
    # 600,000 certain with an error of 50,000; the rest of 400,000 with one error of 25% in 20.
    book, value = [600_000] + [1_000] * 20, [550_000, 750] + [1_000] * 19
    result = sampling.stringer(sampling.audited(book, value, amount=1_000_000, certain=[True] + [False] * 20))
    assert result.certain_error == 50_000
    assert result.most_likely == pytest.approx(50_000 + 400_000 * 0.25 / 20)
    assert result.upper == pytest.approx(50_000 + 400_000 * stringer_rate([0.25], 20))


def test_sides_mirror():
    over, under = sampling.stringer(sample([0.3, -0.1], 80), side="two"), sampling.stringer(sample([-0.3, 0.1], 80), side="two")
    assert over.upper == pytest.approx(-under.lower) and over.lower == pytest.approx(-under.upper)
    assert over.upper == pytest.approx(sampling.stringer(sample([0.3, -0.1], 80), confidence=0.975).upper)


def test_pap_and_van_zuijlen_by_hand():
    # n = 4, taints 1 and 0.5: c = (3 / (2 sqrt 4) x 1 + 1 / (2 sqrt 6) x 0.5) / 4 = (0.75 + 0.102062) / 4 = 0.213016;
    # s over all four: (1 + 0.25) / 4 - 0.375^2 = 0.171875, root 0.414578; correction (c - s) x 1.644854 / 2 = -0.165769
    assert pap_van_zuijlen_rate([1, 0.5, 0, 0], 4) == pytest.approx(stringer_rate([1, 0.5], 4) + 0.165769, abs=1e-5)


def test_bickel_by_hand():
    # n = 50, taints 0.2 and 0.6: mean 0.4, variance 0.08; p = upper bound of 2 in 50 = 12.06%: 0.016 + 1.644854 sqrt(p (0.08 + (1 - p) 0.16) / 50)
    p = sampling.attribute(2, 50).upper
    assert p == pytest.approx(0.1206, abs=5e-5)
    assert rate(sampling.modified_stringer(sample([0.2, 0.6], 50), correction="bickel")) == pytest.approx(
        0.016 + 1.644854 * np.sqrt(p * (0.08 + (1 - p) * 0.16) / 50), abs=1e-6
    )


def test_moment_bound_by_hand():
    # Dworin and Grimlund's four taints in 100 (the example that R's MUS carries): mean 0.1325, t* = 0.81 (1 - 0.667 tanh 1.325)(1 + 0.667 tanh 0.4).
    # tanh 1.325 = 0.868036, tanh 0.4 = 0.379949: t* = 0.81 x 0.421020 x 1.253426 = 0.427454
    # T1 = (0.427454 + 0.53) / 5 = 0.191491; T2 = (0.182717 + 0.2805) / 5 = 0.092643; T3 = (0.078103 + 0.105623) / 5 = 0.036745
    # R1 = 5/102 = 0.0490196, R2 = R1 x 6/103 = 0.00285551, R3 = R2 x 7/104 = 0.000192198
    t = [0.191491, 0.092643, 0.036745]
    r1, r2, r3 = 0.0490196, 0.00285551, 0.000192198
    u1, u2 = r1 * t[0], (r1 * t[1] + 99 * r2 * t[0] ** 2) / 100
    u3 = (r1 * t[2] + 3 * 99 * r2 * t[0] * t[1] + 99 * 98 * r3 * t[0] ** 3) / 10_000
    c2, c3 = u2 - u1**2, u3 - 3 * u1 * u2 + 2 * u1**3
    a, b, g = 4 * c2**3 / c3**2, c3 / (2 * c2), u1 - 2 * c2**2 / c3
    expected = g + a * b * (1 + 1.644854 / np.sqrt(9 * a) - 1 / (9 * a)) ** 3
    assert rate(sampling.moment(sample([-0.16, 0.04, 0.18, 0.47], 100))) == pytest.approx(expected, rel=1e-3)


def test_moment_bound_without_errors():
    # R: jfa evaluation(method = "moment") without errors, n = 60: 0.04916021
    assert rate(sampling.moment(sample([], 60))) == pytest.approx(0.04916021, rel=1e-3)


def test_higgins_and_nandram(shared_data):
    # Higgins and Nandram (2009); Lohr (2022), Sampling: Design and Analysis, example of monetary unit sampling: 25 draws from 87 accounts of 612,824 find 20
    # accounts (46 three times): estimated overstatement 4,334, standard error 13,547 / sqrt(25) = 2,709.
    # R, jfa article on evaluation: with each account once, most likely 0.81%, binomial bound 15.27%, with a uniform prior 14.6%, impartial Bayes factor 11.274.
    accounts = pd.read_csv(shared_data / "accounts_higgins_nandram.csv.gz")
    hits = np.ones(20, dtype=int)
    hits[accounts["account"] == 46] = 3
    # The source prints the draws only in part: that 46 was hit three times follows from the 4,334; the standard error is the independent check.
    hits[accounts["account"] == 55] = 4  # the other repeated draws were of accounts without error: which one does not matter
    drawn = sampling.audited(accounts["bookValue"], accounts["auditValue"], amount=612_824, hits=hits)
    result = sampling.mean_taint(drawn)
    assert drawn.n == 25 and round(result.most_likely) == 4334
    assert (result.upper - result.lower) / 2 / 2.063899 == pytest.approx(13_547 / 5, abs=1)  # t(24) at 97.5%
    once = sampling.audited(accounts["bookValue"], accounts["auditValue"], amount=612_824).taints.sum()
    assert once / 20 == pytest.approx(0.0081, abs=5e-5)
    assert sampling.attribute(once, 20).upper == pytest.approx(0.1527, abs=5e-5)
    assert sampling.bayesian(once, 20).upper == pytest.approx(0.146, abs=5e-4)
    assert sampling.bayesian(once, 20, prior=sampling.impartial_prior(0.1), tolerable=0.1).bayes_factor == pytest.approx(11.274, abs=5e-4)


# R: jfa on its BuildIt data (first 100 of 3,500 items, 1,403,220.82), two-sided 95%, without finite-population correction; Touw and Hoogduin (2011).
@pytest.mark.parametrize(
    ("method", "likely", "lower", "upper"),
    [
        ("mean_per_unit", 59580.62, -59050.61, 178211.9),
        ("difference", 34298.6, 3437.26, 65159.94),
        ("ratio", 34298.6, 3138.557, 65458.64),
        ("regression", 33872, None, None),
    ],
)
def test_classical_estimates(shared_data, method, likely, lower, upper):
    items = (pd.read_csv(shared_data / "buildit.csv.gz").head(100)[["bookValue", "auditValue"]] * 100).round().astype("int64")
    drawn = sampling.audited(items["bookValue"], items["auditValue"], amount=140_322_082, items=3500)
    more = {"book_value": False} if method == "ratio" else {}
    result = getattr(sampling, method)(drawn, fpc=False, **more)
    assert result.most_likely / 100 == pytest.approx(likely, rel=1e-6)
    if lower is not None:
        assert (result.lower / 100, result.upper / 100) == pytest.approx((lower, upper), rel=1e-5)
    else:  # jfa divides the residuals by n - 1 and takes t with n - 1: 30,802.7; Cochran by n - 2 with t(n - 2)
        assert result.precision / 100 == pytest.approx(30_802.73 * np.sqrt(99 / 98) * 1.984467 / 1.984217, rel=1e-5)
    assert getattr(sampling, method)(drawn, **more).precision == pytest.approx(result.precision * np.sqrt(1 - 100 / 3500))


def test_difference_estimate_by_hand():
    # N = 10, differences 0, 2, 4 (mean 2, s = 2): 20, standard error 10 x 2 / sqrt 3 x sqrt 0.7 = 9.6609, t(2) at 97.5% = 4.302653
    result = sampling.difference(sampling.audited([10, 12, 14], [10, 10, 10], amount=120, items=10))
    assert (result.most_likely, result.precision) == pytest.approx((20, 4.302653 * 9.660918))
    assert "Only 2 errors" in result.paper("en")


def test_strata_add_up():
    parts = [sampling.difference(sampling.audited([10, 12, 14], [10, 10, 10], amount=120, items=10)) for _ in range(4)]
    total = sampling.combined(parts)
    assert (total.most_likely, total.precision, total.n, total.amount) == pytest.approx((80, 2 * parts[0].precision, 12, 480))


def test_what_cannot_be_evaluated():
    with pytest.raises(ValueError, match="1 audited values are missing"):
        sampling.audited([1, 2], pd.array([1, pd.NA], dtype="Int64"), amount=10)
    with pytest.raises(ValueError, match="zero or less"):
        sampling.stringer(sampling.audited([0, 5], [0, 5], amount=10))
    with pytest.raises(ValueError, match="hit more than once"):
        sampling.difference(sampling.audited([1, 2, 3], [1, 2, 3], amount=10, hits=[2, 1, 1], items=9))
    with pytest.raises(ValueError, match="number of items"):
        sampling.ratio(sampling.audited([1, 2, 3], [1, 2, 3], amount=10))


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 1), max_size=6), st.integers(30, 150), st.randoms(use_true_random=False))
def test_bounds_rise_with_errors_fall_with_n_and_do_not_know_the_order(taints, n, random):
    shuffled = random.sample(taints, len(taints))
    methods = [
        lambda s: sampling.stringer(s),
        lambda s: sampling.stringer(s, factors="poisson"),
        lambda s: sampling.modified_stringer(s, correction="pap_van_zuijlen_integral"),
        lambda s: sampling.moment(s),
    ]
    for evaluate in methods:
        upper = rate(evaluate(sample(taints, n)))
        assert rate(evaluate(sample(shuffled, n))) == pytest.approx(upper)
        assert evaluate(sample(taints, n)).most_likely <= evaluate(sample(taints, n)).upper
    assert (
        rate(sampling.stringer(sample([*taints, 0.5], n)))
        > rate(sampling.stringer(sample(taints, n)))
        > rate(sampling.stringer(sample(taints, n + 20)))
    )
    assert rate(methods[2](sample(taints, n))) <= rate(methods[0](sample(taints, n))) + 1e-12


def test_the_papers_say_what_it_means():
    result = sampling.stringer(sampling.from_taints([0.5], 100, amount=100_000_000), materiality=5_000_000)
    assert result.acceptable and "低于重要性水平" in str(result) and "below the materiality" in result.paper("en")
    for other in (
        sampling.attribute(1, 60),
        sampling.bayesian(1, 60, tolerable=0.1, amount=10**6),
        sampling.stratified([1], [20], [100]),
        sampling.moment(sample([0.2], 50), side="two"),
    ):
        assert str(other).splitlines()[-1].startswith("含义") and "Meaning" in other.paper("en")


def test_where_everything_was_examined_the_error_is_known():
    whole = sampling.audited([500, 300], [450, 300], amount=800, certain=[True, True])
    for evaluate in (sampling.stringer, sampling.moment, sampling.modified_stringer, sampling.mean_taint):
        result = evaluate(whole)
        assert (result.most_likely, result.upper, result.n) == (50, 50, 0)
    with pytest.raises(ValueError, match="does not fit"):
        sampling.audited([500, 300], [450, 300], amount=900, certain=[True, True])


def test_cochrans_petition_sheets():
    # Cochran (1977), Sampling Techniques, 2.8: signatures on 50 of 676 sheets; estimated total 19,888, 80% limits 18,107 and 21,669 (normal 1.28).
    sheets = {42: 23, 41: 4, 36: 1, 32: 1, 29: 1, 27: 2, 23: 1, 19: 1, 16: 2, 15: 2, 14: 1, 11: 1, 10: 1, 9: 1, 7: 1, 6: 3, 5: 2, 4: 1, 3: 1}
    signatures = [y for y, count in sheets.items() for _ in range(count)]
    assert (len(signatures), sum(signatures)) == (50, 1471)
    result = sampling.mean_per_unit(sampling.audited(signatures, signatures, amount=30_000, items=676), confidence=0.80)
    assert 30_000 - result.most_likely == pytest.approx(19_888, abs=0.5)
    error = result.precision / 1.299069  # t(49) at 90%
    assert error * 1.28 == pytest.approx(21_669 - 19_888, rel=2e-3)
