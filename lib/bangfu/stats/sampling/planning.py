"""How many items or money units must be drawn so that the sample, with the errors expected in it, keeps the error below what is tolerable."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from scipy import stats

from bangfu.stats.paper import Both, Paper, WorkingPaper, money, percent
from bangfu.stats.sampling.attributes import METHODS, rate_bounds
from bangfu.stats.sampling.exact import binomial_at_most, critical_count, exact, hypergeometric_at_most, share

LARGEST = 1_000_000
SOURCE = "AICPA Audit Guide: Audit Sampling (2017), appendices A and C; Stewart (2012), Technical Notes on the AICPA Audit Guide"


@dataclass(frozen=True)
class Plan(WorkingPaper):
    """A sample size, with the errors that the sample may hold. Rates are shares; amounts are in the unit they were given in (fen)."""

    n: int
    errors: Fraction
    method: str
    confidence: float
    tolerable: Fraction | None
    expected_rate: Fraction | None
    precision: Fraction | None
    partial: bool
    population: int | None
    upper: float
    amount: int | None = None
    materiality: int | None = None

    @property
    def interval(self):
        """Money per sampling unit: amount / n, exact; None for a plan by items."""
        return None if self.amount is None else Fraction(self.amount, self.n)

    def _paper(self):
        method = METHODS[self.method][0]
        sure = percent(self.confidence, 1)
        inputs = [(Both("置信水平", "confidence"), sure)]
        if self.amount is not None:
            inputs += [
                (Both("总体金额(元)", "book value of the population (yuan)"), money(self.amount)),
                (Both("重要性水平(元)", "materiality (yuan)"), money(self.materiality)),
            ]
        if self.tolerable is not None:
            inputs.append((Both("可容忍差错率", "tolerable rate"), percent(self.tolerable)))
        if self.expected_rate is not None:
            inputs.append((Both("预计差错率", "expected rate"), percent(self.expected_rate)))
        if self.precision is not None:
            inputs.append((Both("要求的精确度", "precision asked for"), percent(self.precision)))
        if self.population is not None:
            inputs.append((Both("总体单位数", "units in the population"), self.population))
        allowed = int(self.errors) if self.errors.denominator == 1 else float(self.errors)
        result = [
            (Both("样本量", "sample size"), self.n),
            (Both("样本中可有的差错数", "errors the sample may hold"), allowed),
            (Both("届时的上限", "upper bound then"), percent(self.upper)),
        ]
        if self.amount is not None:
            result.append((Both("抽样间隔(元)", "sampling interval (yuan)"), money(floor(self.interval))))
        note = (
            Both("预计差错数不取整(部分差错按比例计)。", "The expected number of errors is not rounded (partial errors count in proportion).")
            if self.partial
            else Both("预计差错数向上取整。", "The expected number of errors is rounded up.")
        )
        goal = (
            Both("差错率低于可容忍差错率", "the error rate is below the tolerable rate")
            if self.tolerable is not None
            else Both("精确度达到要求", "the precision is reached")
        )
        meaning = Both(
            f"抽取 {self.n:,} 个单位,若差错不超过 {allowed:.6g} 个,即有 {sure} 的把握认为{goal.zh}。",
            f"Draw {self.n:,} units: if there are no more than {allowed:.6g} errors among them, {goal.en} with {sure} confidence.",
        )
        return Paper(
            Both("抽样计划", "Sampling plan"),
            Both("需要抽取多少个单位", "How many units must be drawn"),
            method,
            SOURCE,
            inputs,
            result,
            meaning,
            [note],
        )


def plan(
    tolerable=None, *, expected_rate=None, expected_errors=None, confidence=0.95, method="binomial", population=None, precision=None, partial=None
):
    """The smallest sample whose upper bound stays below the tolerable rate if the errors that are expected are found.

    n is the smallest with P(X <= k | rate = tolerable) <= 1 - confidence, where k is the number of errors expected in n:
    `expected_errors` as it is, or `expected_rate` x n. The upper bound is below the tolerable rate exactly where that holds (AICPA's tables).

    Whole errors or not (`partial`): for binomial and hypergeometric k is rounded up to a whole number (the default, as in AICPA Audit
    Sampling, tables A-1 and A-2), in exact arithmetic: 1.25% of 1,030 is 12.875, so 13. Since k jumps, the condition can hold at n and
    fail again at n + 1; the smallest n is taken, as the tables do. For poisson k is not rounded by default (AICPA tables C-1 to C-3,
    where money-unit samples hold partial errors) and P is the incomplete gamma function; partial=True does the same for binomial with
    the incomplete beta function. hypergeometric: the population is at the tolerable rate with the smallest whole number of errors that
    reaches it.

    precision: if given, upper bound - k / n must also lie below it (both or either of tolerable and precision).
    tolerable, expected_rate, precision, confidence: shares between 0 and 1; decimals are taken as written, not as floats.
    Returns a Plan. Raises ValueError where no sample can do it.

    Source: AICPA Audit Guide: Audit Sampling (2017), appendices A and C; Stewart (2012), Technical Notes on the AICPA Audit Guide.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    if tolerable is None and precision is None:
        raise ValueError("give the tolerable rate, or the precision that is asked for, or both")
    if expected_rate is not None and expected_errors is not None:
        raise ValueError("give the expected errors as a rate or as a number, not both")
    limit = None if tolerable is None else share(tolerable, "the tolerable rate")
    near = None if precision is None else share(precision, "the precision")
    risk = 1 - share(confidence, "confidence")
    rate, count = exact(expected_rate or 0), None if expected_errors is None else exact(expected_errors)
    if rate < 0 or (count or 0) < 0 or rate >= (limit or 1):
        raise ValueError("the expected errors must be at least 0 and their rate below the tolerable rate: otherwise no sample is large enough")
    partial = method == "poisson" if partial is None else partial
    if method == "hypergeometric":
        if population is None or partial:
            raise ValueError("a hypergeometric plan needs the number of units in the population, and whole errors")
        critical = None if limit is None else critical_count(limit, population)

    def kept(k, n):
        if limit is not None:
            if method == "hypergeometric":
                below = k < critical and hypergeometric_at_most(k, population, critical, n, risk)
            elif method == "poisson":
                below = stats.gamma.sf(n * float(limit), float(k) + 1) <= float(risk)
            elif partial:
                below = stats.beta.sf(float(limit), float(k) + 1, float(n - k)) <= float(risk)
            else:
                below = binomial_at_most(k, n, limit, risk)
            if not below:
                return False
        return near is None or rate_bounds(float(k), n, confidence=confidence, method=method, population=population)[1] - float(
            k / Fraction(n)
        ) < float(near)

    end = min(population or LARGEST, LARGEST)
    if not partial and count is None and rate > 0:
        n, k = _with_whole_errors(kept, rate, end)
    else:
        if count is not None and not partial:
            count = Fraction(ceil(count))
        n = _smallest(lambda m: kept(_number(count if count is not None else rate * m), m), floor(count or 0) + 1, end)
        k = None if n is None else (count if count is not None else rate * n)
    if n is None:
        raise ValueError(
            f"no sample of up to {end:,} is large enough: the expected errors are too near to what is tolerable, or the population is too small"
        )
    upper = float(rate_bounds(float(k), n, confidence=confidence, method=method, population=population)[1])
    return Plan(n, Fraction(k), method, float(1 - risk), limit, None if expected_rate is None else rate, near, partial, population, upper)


def plan_money(
    amount, materiality, *, expected=None, expected_rate=None, expected_errors=None, confidence=0.95, method="poisson", precision=None, partial=None
):
    """The smallest money-unit sample that keeps the error below the materiality, if the errors that are expected are found.

    plan() with tolerable = materiality / amount and expected rate = expected / amount, as exact fractions. The units are those of the
    amounts: every fen is an item that may be drawn.
    amount, materiality, expected, precision: whole numbers in one unit (fen). expected_rate (share) or expected_errors (number of whole
    errors) may be given in place of expected. Returns a Plan with the sampling interval. Raises ValueError.
    """
    for name, value in {"amount": amount, "materiality": materiality}.items():
        if int(value) != value or value <= 0:
            raise ValueError(f"{name} must be a positive whole number (fen)")
    if expected is not None:
        if expected_rate is not None or expected_errors is not None:
            raise ValueError("give the expected errors in one way only")
        expected_rate = Fraction(int(expected), int(amount))
    if materiality >= amount:
        raise ValueError("the materiality reaches the whole amount: no sample is needed to stay below it")
    drawn = plan(
        Fraction(int(materiality), int(amount)),
        expected_rate=expected_rate,
        expected_errors=expected_errors,
        confidence=confidence,
        method=method,
        population=int(amount) if method == "hypergeometric" else None,
        precision=None if precision is None else Fraction(int(precision), int(amount)),
        partial=partial,
    )
    return Plan(**{**drawn.__dict__, "amount": int(amount), "materiality": int(materiality)})


def confidence_factor(ratio, confidence=0.95):
    """AICPA's factor for a money-unit sample: n = factor / tolerable rate, where the expected error is so large a part of the tolerable.

    The smallest F with F = the confidence quantile of Gamma(1 + ratio x F): 2.996 for ratio 0 at 95%, 4.620 for 0.2 (the Guide prints them rounded up:
    3.00, 4.63).
    Source: Stewart (2012), Technical Notes on the AICPA Audit Guide: Audit Sampling; the Guide's table C-2.
    """
    part = float(exact(ratio))
    if not 0 <= part < 1:
        raise ValueError("the expected error must be at least 0 and below the tolerable error")
    factor, before = float(stats.gamma.ppf(confidence, 1)), 0.0
    while abs(factor - before) > 1e-12 * factor:  # grows towards the fixed point from below
        factor, before = float(stats.gamma.ppf(confidence, 1 + part * factor)), factor
    return factor


def _number(k):
    """Whole numbers as int, for sums over counts; other fractions as they are."""
    return int(k) if k.denominator == 1 else k


def _smallest(holds, start, end):
    """The smallest n in start..end for which a condition that stays true once it is true holds; None if there is none."""
    high = start
    while high < end and not holds(high):
        high = min(2 * high, end)
    if high > end or not holds(high):
        return None
    low = start
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _with_whole_errors(kept, rate, end):
    """The smallest n with kept(ceil(rate x n), n): for every k the n with that k are a block, in which a larger n only helps."""
    most = floor(end * rate)
    if most > 1000 and not kept(most, floor(most / rate)):  # with many errors a larger n at the expected rate is always better: spare the search
        return None, None
    k = 1
    while True:
        first, last = max(floor((k - 1) / rate) + 1, k + 1), min(floor(k / rate), end)
        if floor((k - 1) / rate) + 1 > end:
            return None, None
        if first <= last and kept(k, last):
            return _smallest(lambda n, k=k: kept(k, n), first, last), k
        k += 1
