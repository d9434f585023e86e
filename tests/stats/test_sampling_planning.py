"""Sample sizes against the AICPA Audit Guide: Audit Sampling (2017) and other published tables.

The Guide's and Touw and Hoogduin's figures were read in the tests of R's jfa (test-aicpa-appendix-a.R and -c.R, test-touwhoogduin.R), not in print.
"""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.stats import sampling
from bangfu.stats.sampling.exact import binomial_at_most, exact, hypergeometric_at_most, hypergeometric_cdf

EXPECTED = (
    [Fraction(i, 400) for i in range(17)]
    + [Fraction(i, 100) for i in (5, 6, 7, 8, 9, 10)]
    + [Fraction(25, 200), Fraction(30, 200), Fraction(35, 200)]
)

# AICPA Audit Guide: Audit Sampling (2017), table A-1: 5 percent risk of overreliance; by tolerable rate in percent, expected rates as in EXPECTED.
A1 = {
    2: "149 236 313 386 590 1030",
    3: "99 157 157 208 257 303 392 562 846 1466",
    4: "74 117 117 117 156 156 192 227 294 390 513 722 1098 1936",
    5: "59 93 93 93 93 124 124 153 181 208 234 286 361 458 624 877 1348",
    6: "49 78 78 78 78 78 103 103 127 127 150 173 195 238 280 341 421 1580",
    7: "42 66 66 66 66 66 66 88 88 88 109 109 129 148 167 185 221 478 1832",
    8: "36 58 58 58 58 58 58 77 77 77 77 95 95 112 112 129 146 240 532",
    9: "32 51 51 51 51 51 51 51 68 68 68 68 84 84 84 100 100 158 266 585",
    10: "29 46 46 46 46 46 46 46 46 61 61 61 61 61 76 76 89 116 179 298 649",
    15: "19 30 30 30 30 30 30 30 30 30 30 30 30 30 40 40 40 40 50 68 85 110 150 576",
    20: "14 22 22 22 22 22 22 22 22 22 22 22 22 22 22 22 22 30 30 37 37 44 50 88 193 720",
}
# Table A-2: 10 percent risk. The Guide prints 112 for 7% at 3.25% and 3.5%, but P(X <= 4 | 112, 7%) is 10.02%: the smallest is 113.
# Not read in the Guide itself: 400 (5% at 3.5%) and 1300 (8% at 7%), where another program prints 423 and 1313. Both are the smallest n with
# P(X <= ceil(rate n)) <= 10% by a search over every n with scipy's binomial distribution.
A2 = {
    2: "114 194 194 265 398 708 1463",
    3: "76 129 129 129 176 221 265 390 590 974",
    4: "57 96 96 96 96 132 132 166 198 262 353 471 730 1258",
    5: "45 77 77 77 77 77 105 105 132 132 158 209 258 306 400 583 873",
    6: "38 64 64 64 64 64 64 88 88 88 110 132 132 153 194 235 274 1019",
    7: "32 55 55 55 55 55 55 55 75 75 75 94 94 113 113 131 149 318 1150",
    8: "28 48 48 48 48 48 48 48 48 65 65 65 65 82 82 98 98 160 349 1300",
    9: "25 42 42 42 42 42 42 42 42 42 58 58 58 58 73 73 73 115 182 385 1437",
    10: "22 38 38 38 38 38 38 38 38 38 38 52 52 52 52 52 65 78 116 199 424 1577",
    15: "15 25 25 25 25 25 25 25 25 25 25 25 25 25 25 25 25 34 43 52 60 77 100 368",
    20: "11 18 18 18 18 18 18 18 18 18 18 18 18 18 18 18 18 18 25 25 25 32 38 63 126 457",
}


@pytest.mark.parametrize(("table", "confidence"), [(A1, "0.95"), (A2, "0.90")])
def test_sample_sizes_of_the_aicpa_guide(table, confidence):
    for tolerable, row in table.items():
        sizes = [int(v) for v in row.split()]
        found = [sampling.plan(Fraction(tolerable, 100), expected_rate=e, confidence=confidence).n for e in EXPECTED[: len(sizes)]]
        assert found == sizes, f"tolerable {tolerable}%"


def test_the_plan_says_how_many_errors_it_bears():
    plan = sampling.plan(0.02, expected_rate=0.0125, confidence=0.95)
    assert (plan.n, plan.errors) == (1030, 13)
    assert plan.upper < 0.02 < sampling.attribute(14, 1030).upper


# Table C-1 of the Guide: money-unit sample sizes; (risk, expected / tolerable): sizes at tolerable 50%, 30%, 10%, 8%, 6%, 5%, 4%, 3%, 2%, 1%, 0.5%.
C1 = {
    (5, 0): "6 10 30 38 50 60 75 100 150 300 600",
    (5, 1): "8 13 37 46 62 74 92 123 184 368 736",
    (5, 2): "10 16 47 58 78 93 116 155 232 463 925",
    (5, 3): "12 20 60 75 100 120 150 200 300 600 1199",
    (5, 5): "24 39 116 145 193 231 289 385 577 1154 2308",
    (10, 0): "5 8 24 29 39 47 58 77 116 231 461",
    (10, 4): "12 20 58 72 96 115 143 191 286 572 1144",
    (20, 4): "8 12 36 45 59 71 89 118 177 354 707",
    (25, 5): "8 13 38 48 64 76 95 127 190 380 760",
    (50, 6): "4 6 17 22 29 34 43 57 85 170 340",
}
TOLERABLE = [Fraction(t, 1000) for t in (500, 300, 100, 80, 60, 50, 40, 30, 20, 10, 5)]


@pytest.mark.parametrize(("risk", "ratio"), C1)
def test_money_unit_sample_sizes_of_the_aicpa_guide(risk, ratio):
    found = [sampling.plan(t, expected_rate=t * Fraction(ratio, 10), confidence=1 - Fraction(risk, 100), method="poisson").n for t in TOLERABLE]
    assert found == [int(v) for v in C1[risk, ratio].split()]


# AICPA Guide, appendix C: confidence factors, printed rounded up to two decimals.
@pytest.mark.parametrize(
    ("ratio", "confidence", "factor"), [(0, 0.95, 3.00), (0.2, 0.95, 4.63), (0.5, 0.95, 11.54), (0, 0.90, 2.31), (0.3, 0.90, 4.33)]
)
def test_confidence_factors(ratio, confidence, factor):
    assert factor - 0.01 < sampling.confidence_factor(ratio, confidence) <= factor


# Touw and Hoogduin (2011), Statistiek voor Audit en Controlling, p. 126: whole errors 0..3 at 95% and 90%.
@pytest.mark.parametrize(
    ("tolerable", "confidence", "sizes"),
    [
        (0.01, 0.95, [299, 473, 628, 773]),
        (0.05, 0.95, [59, 93, 124, 153]),
        (0.10, 0.95, [29, 46, 61, 76]),
        (0.20, 0.95, [14, 22, 30, 37]),
        (0.01, 0.90, [230, 388, 531, 667]),
        (0.05, 0.90, [45, 77, 105, 132]),
        (0.15, 0.90, [15, 25, 34, 43]),
    ],
)
def test_sample_sizes_by_number_of_errors(tolerable, confidence, sizes):
    assert [sampling.plan(tolerable, expected_errors=k, confidence=confidence).n for k in range(4)] == sizes


# Touw and Hoogduin (2011), pp. 131-143, and R's jfa.
@pytest.mark.parametrize(
    ("tolerable", "arguments", "n", "errors"),
    [
        (Fraction(450_000, 13_500_000), {"expected_errors": 1}, 141, 1),
        (Fraction(450_000, 13_500_000), {"expected_errors": 2}, 187, 2),
        (0.0334, {"expected_errors": "1.098871", "partial": True}, 145, Fraction("1.098871")),
        (Fraction(450_000, 13_500_000), {"expected_rate": Fraction(100_000, 13_500_000), "partial": True}, 144, Fraction(144, 135)),
        (0.01, {"method": "hypergeometric", "population": 1000}, 258, 0),
        (0.05, {"method": "hypergeometric", "population": 1000}, 57, 0),
        (0.05, {"method": "hypergeometric", "population": 1000, "expected_rate": 0.025}, 197, 5),
        (0.05, {"method": "hypergeometric", "population": 1000, "expected_errors": 2}, 119, 2),
        (0.03, {"expected_rate": 0.013, "precision": 0.05}, 303, 4),
    ],
)
def test_sample_sizes_of_single_examples(tolerable, arguments, n, errors):
    plan = sampling.plan(tolerable, **arguments)
    assert (plan.n, plan.errors) == (n, errors)


# Touw and Hoogduin (2011), p. 123: N = 1,200, 60 errors are too many.
@pytest.mark.parametrize(("errors", "n"), [(0, 45), (2, 102)])
def test_hypergeometric_sample_sizes(errors, n):
    assert sampling.plan(Fraction(60, 1200), expected_errors=errors, confidence=0.90, method="hypergeometric", population=1200).n == n


# AuditSampler's published comparison (N, expected %, tolerable %, confidence %: n hypergeometric, n binomial).
@pytest.mark.parametrize(
    ("population", "expected", "tolerable", "confidence", "hypergeometric", "binomial"),
    [
        (500, 1, 8, 90, 46, 48),
        (500, 1, 6, 90, 61, 64),
        (500, 1, 4, 90, 90, 96),
        (500, 2, 5, 90, 99, 132),
        (500, 1, 8, 95, 55, 58),
        (500, 1, 4, 95, 140, 156),
        (500, 2, 5, 95, 139, 181),
        (500, 3, 6, 95, 158, 195),
        (500, 4, 7, 95, 170, 221),
        (500, 5, 8, 95, 178, 240),
        (500, 6, 9, 95, 196, 266),
        (5000, 1, 6, 95, 77, 78),
        (5000, 1, 4, 95, 154, 156),
        (15000, 1, 6, 95, 78, 78),
        (36000, 1, 4, 95, 156, 156),
    ],
)
def test_finite_population_sample_sizes(population, expected, tolerable, confidence, hypergeometric, binomial):
    plans = [
        sampling.plan(
            Fraction(tolerable, 100), expected_rate=Fraction(expected, 100), confidence=Fraction(confidence, 100), method=m, population=population
        ).n
        for m in ("hypergeometric", "binomial")
    ]
    assert plans == [hypergeometric, binomial]


# DCAA's EZ-Quant 2.0.6, no error expected: N, confidence: sizes at 8, 6, 4 and 2 percent tolerable (read in R's jfa, tests/testthat/test-ezquant.R).
EZ_QUANT = {
    (500, 90): "27 36 54 102", (1000, 90): "28 37 55 108", (5000, 90): "28 38 57 113", (500, 95): "35 47 69 129", (1000, 95): "36 48 71 138",
    (5000, 95): "36 49 73 147", (500, 99): "53 70 101 183", (1000, 99): "54 72 107 204", (5000, 99): "55 74 112 223",
}  # fmt: skip


@pytest.mark.parametrize(("population", "confidence"), EZ_QUANT)
def test_finite_sizes_of_ez_quant(population, confidence):
    found = [sampling.plan(Fraction(t, 100), confidence=Fraction(confidence, 100), method="hypergeometric", population=population).n for t in (8, 6, 4, 2)]
    assert found == [int(v) for v in EZ_QUANT[population, confidence].split()]


# SMASH21 (steekproeven.eu), expected error in percent: sizes at 5, 10, ..., 50 percent tolerable, Poisson, 95 percent (read in R's jfa, test-smash21.R).
# It prints 41 for 1.5 and 10 percent; the Poisson chance of so few errors in 41 is 5.02 percent.
SMASH = {
    "0.5": "74 34 22 16 13 11 9 8 7 7", "1": "93 37 23 17 13 11 10 8 7 7", "1.5": "120 42 25 18 14 12 10 9 8 7", "2": "162 47 27 19 15 12 10 9 8 7",
    "2.5": "231 53 29 20 15 12 10 9 8 7", "3": "357 60 31 21 16 13 11 9 8 7",
}  # fmt: skip


@pytest.mark.parametrize("expected", SMASH)
def test_poisson_sizes_of_smash(expected):
    found = [sampling.plan(Fraction(t, 100), expected_rate=Fraction(expected) / 100, method="poisson").n for t in range(5, 55, 5)]
    assert found == [int(v) for v in SMASH[expected].split()]


def test_floats_are_taken_as_written():
    # 0.07 x 100 is 7.000000000000001 as a float: in a population of 100, 7 errors reach 7%, not 8.
    assert sampling.plan(0.07, method="hypergeometric", population=100).n == sampling.plan("0.07", method="hypergeometric", population=100).n
    assert exact(0.1 + 0.2) == Fraction(3, 10)


def test_ties_are_decided_exactly():
    # One error among 20, 19 drawn: the chance to miss it is exactly 1/20.
    assert hypergeometric_at_most(0, 20, 1, 19, Fraction(1, 20))
    assert not hypergeometric_at_most(0, 20, 1, 19, Fraction(1, 20) - Fraction(1, 10**12))
    # P(X = 0 | 2, 1/2) is exactly 1/4.
    assert binomial_at_most(0, 2, Fraction(1, 2), Fraction(1, 4))


@pytest.mark.parametrize(
    ("k", "population", "bad", "n", "chance"),
    [(0, 10, 3, 2, Fraction(42, 90)), (1, 10, 3, 2, Fraction(84, 90)), (2, 10, 8, 4, Fraction(28, 210)), (0, 10, 3, 8, 0)],
)
def test_hypergeometric_tail_by_hand(k, population, bad, n, chance):
    assert hypergeometric_cdf(k, population, bad, n) == pytest.approx(float(chance))


def test_a_plan_in_money():
    # AICPA table C-1: tolerable 5%, expected a fifth of it, 5% risk: 93. The interval is exact.
    plan = sampling.plan_money(100_000_007, 5_000_000, expected=1_000_000, confidence=0.95)
    assert plan.n == 93
    assert plan.interval == Fraction(100_000_007, 93)
    # every fen of ten billion yuan is a unit: the hypergeometric plan is the binomial one
    assert sampling.plan_money(10**12, 2 * 10**10, expected_errors=1, method="hypergeometric").n == sampling.plan(0.02, expected_errors=1).n


def test_precision_can_be_asked_for():
    plan = sampling.plan(precision=0.02, expected_rate=0.01, method="poisson")
    before = sampling.rate_bounds(0.01 * (plan.n - 1), plan.n - 1, method="poisson")[1] - 0.01
    assert plan.upper - 0.01 < 0.02 <= before


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({}, "precision"),
        ({"tolerable": 1.2}, "between 0 and 1"),
        ({"tolerable": 0.05, "expected_rate": 0.05}, "below the tolerable"),
        ({"tolerable": 0.05, "method": "hypergeometric"}, "population"),
        ({"tolerable": 0.05, "expected_rate": 0.01, "expected_errors": 1}, "not both"),
        ({"tolerable": 0.05, "method": "normal"}, "binomial"),
        ({"tolerable": 0.0500001, "expected_rate": 0.05}, "no sample"),
    ],
)
def test_what_cannot_be_planned(arguments, word):
    with pytest.raises(ValueError, match=word):
        sampling.plan(**arguments)


@settings(max_examples=40)
@given(st.integers(10, 300), st.integers(0, 6), st.sampled_from(["0.80", "0.95", "0.99"]), st.sampled_from(["binomial", "poisson", "hypergeometric"]))
def test_the_size_is_the_smallest_that_keeps_the_bound(thousandths, errors, confidence, method):
    tolerable = Fraction(thousandths, 1000)
    population = 4000
    plan = sampling.plan(tolerable, expected_errors=errors, confidence=confidence, method=method, population=population)

    def upper(n):
        return sampling.rate_bounds(errors, n, confidence=confidence, method=method, population=population)[1]

    assert upper(plan.n) < float(tolerable) + 1e-12
    assert plan.n == errors + 1 or upper(plan.n - 1) >= float(tolerable) - 1e-12


@settings(max_examples=60)
@given(
    st.integers(20, 300),
    st.integers(0, 30),
    st.integers(5, 150),
    st.sampled_from(["0.80", "0.90", "0.95"]),
    st.sampled_from(["hypergeometric", "binomial"]),
)
def test_no_smaller_size_was_passed_over(population, expected, more, confidence, method):
    rate, tolerable, risk = Fraction(expected, 1000), Fraction(expected + more, 1000), 1 - Fraction(confidence)
    critical = ceil(tolerable * population)

    def fits(n):
        k = ceil(rate * n)
        if n <= k:
            return False
        return (
            k < critical and hypergeometric_at_most(k, population, critical, n, risk)
            if method == "hypergeometric"
            else binomial_at_most(k, n, tolerable, risk)
        )

    smallest = next((n for n in range(1, population + 1) if fits(n)), None)
    if smallest is None:
        with pytest.raises(ValueError, match="no sample"):
            sampling.plan(tolerable, expected_rate=rate, confidence=confidence, method=method, population=population)
    else:
        assert sampling.plan(tolerable, expected_rate=rate, confidence=confidence, method=method, population=population).n == smallest


@settings(max_examples=30)
@given(st.integers(20, 100), st.integers(0, 15))
def test_poisson_sizes_with_partial_errors_are_smallest(thousandths, expected):
    tolerable, rate = Fraction(thousandths, 1000), Fraction(expected, 1000)
    plan = sampling.plan(tolerable, expected_rate=rate, method="poisson")
    fits = [float(sampling.rate_bounds(float(rate * n), n, method="poisson")[1]) <= float(tolerable) + 1e-12 for n in range(1, plan.n + 1)]
    assert fits.index(True) == plan.n - 1


def test_the_paper_names_the_numbers():
    text = sampling.plan_money(10**9, 2 * 10**7).paper("en")
    assert "sample size: 150" in text and "materiality (yuan): 200,000.00" in text
    assert "样本量:150" in str(sampling.plan_money(10**9, 2 * 10**7))
