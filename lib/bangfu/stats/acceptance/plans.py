"""How many to draw and how many errors to tolerate, in one, two or more stages."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import count

from bangfu.stats.acceptance import oc
from bangfu.stats.paper import Both, Paper, WorkingPaper, percent


@dataclass(frozen=True)
class Plan(WorkingPaper):
    """A plan: draw n[k] items at stage k; stop and accept at accept[k] errors or fewer in all, reject at reject[k] or more.

    n: items of each stage. accept, reject: numbers of errors counted over all stages so far; accept -1 where a stage cannot accept.
    The last stage decides: its reject is its accept + 1. Make plans with `single`, `double`, `multiple`, `find_single`, `find_double`.
    Source: Schilling and Neubauer (2009), Acceptance Sampling in Quality Control, 2nd ed., chapters 5 and 6.
    """

    n: tuple[int, ...]
    accept: tuple[int, ...]
    reject: tuple[int, ...]

    def __post_init__(self):
        if not len(self.n) == len(self.accept) == len(self.reject) > 0:
            raise ValueError("give one sample size, acceptance and rejection number per stage")
        if any(n < 1 for n in self.n) or any(r <= a for a, r in zip(self.accept, self.reject)) or self.accept[-1] < 0:
            raise ValueError("sample sizes must be positive and every rejection number above its acceptance number")
        if self.reject[-1] != self.accept[-1] + 1:
            raise ValueError("the last stage must decide: its rejection number is its acceptance number + 1")

    @property
    def largest(self):
        """The items drawn if every stage is needed."""
        return sum(self.n)

    def outcome(self, errors):
        """What the counts found so far mean: "accept", "reject" or "continue". errors: one count per stage drawn, not cumulated."""
        found = 0
        for stage, x in enumerate(errors):
            found += x
            if not 0 <= x <= self.n[stage]:
                raise ValueError(f"stage {stage + 1} cannot hold {x} errors among {self.n[stage]} items")
            if found <= self.accept[stage]:
                return "accept"
            if found >= self.reject[stage]:
                return "reject"
        return "continue"

    def _paper(self):
        stages = [(Both(f"第{k + 1}次", f"stage {k + 1}"), Both(
            f"抽{n}个,累计差错不超过{a}个接收,达到{r}个拒收" if a >= 0 else f"抽{n}个,不能接收,累计差错达到{r}个拒收",
            f"draw {n}, accept at {a} errors or fewer in all, reject at {r} or more" if a >= 0 else f"draw {n}, no acceptance, reject at {r} or more",
        )) for k, (n, a, r) in enumerate(zip(self.n, self.accept, self.reject))]
        quality = {chance: oc.share_at(self, chance) for chance in (0.95, 0.5, 0.1)}
        return Paper(
            title=Both("计数抽样方案", "Acceptance sampling plan"),
            asked=Both("抽多少、容忍多少差错,才能对总体作出决定", "How many to draw and how many errors to tolerate"),
            method=Both("计数抽样检验(二项分布)", "Sampling by attributes (binomial)"),
            source="Schilling and Neubauer (2009), Acceptance Sampling in Quality Control, ch. 5-6",
            inputs=stages,
            result=[(Both(f"接收概率为{percent(c, 0)}的差错率", f"error rate accepted with {percent(c, 0)}"), percent(p)) for c, p in quality.items()],
            meaning=Both(
                f"差错率为{percent(quality[0.1])}的总体,按此方案仍有10%的可能被接收;差错率为{percent(quality[0.95])}的总体,有5%的可能被误拒。",
                f"A population with {percent(quality[0.1])} errors is still accepted one time in ten; one with {percent(quality[0.95])} is refused one time in twenty."),
        )


def single(n, accept):
    """Draw n once; accept at `accept` errors or fewer."""
    return Plan((int(n),), (int(accept),), (int(accept) + 1,))


def double(n1, accept1, n2, accept2, reject1=None):
    """Draw n1; if that does not decide draw n2 more. reject1: from how many errors the first sample refuses (default accept2 + 1)."""
    return Plan((int(n1), int(n2)), (int(accept1), int(accept2)), (int(accept2) + 1 if reject1 is None else int(reject1), int(accept2) + 1))


def multiple(n, accept, reject):
    """A plan of any number of stages; accept and reject are counts over all stages so far, accept -1 where a stage cannot accept."""
    return Plan(tuple(map(int, n)), tuple(map(int, accept)), tuple(map(int, reject)))


def find_single(good, bad, *, producer_risk=0.05, consumer_risk=0.10, lot=None, distribution=None):
    """The smallest single plan that keeps both risks.

    Smallest n (with its acceptance number c) such that P(accept | good) >= 1 - producer_risk and P(accept | bad) <= consumer_risk, by
    search on the exact distribution: for c = 0, 1, ... the smallest n that satisfies the consumer, until it satisfies the producer.

    good, bad: error rates, 0 <= good < bad. lot: items in all; then the hypergeometric distribution is used, with the largest number
    of errors that is still good and the smallest that is already bad. distribution: "binomial" (default without lot) or "poisson".
    Returns a Plan. Raises ValueError if no sample short of the whole lot keeps both risks.
    Source: Guenther (1969), Journal of Quality Technology 1, 105-109; Schilling and Neubauer (2009), chapter 5.
    """
    good, bad, distribution = _points(good, bad, lot, distribution)
    for c in count():
        n = _smallest(lambda n: oc.single_accepts(n, c, bad, lot, distribution) <= consumer_risk, c + 1, lot)
        if n is None:
            break
        if oc.single_accepts(n, c, good, lot, distribution) >= 1 - producer_risk:
            return single(n, c)
    raise ValueError("no sample short of the whole lot keeps both risks; screen all of it")


def find_double(good, bad, *, ratio=1, producer_risk=0.05, consumer_risk=0.10, lot=None, distribution=None):
    """The double plan with the fewest items on average, for good lots, among those that keep both risks.

    The second sample is `ratio` (whole number) times the first, and the first refuses at the final rejection number. For every pair of
    acceptance numbers up to two above that of the single plan, the smallest first sample that satisfies the consumer; of those that
    satisfy the producer, the one with the smallest average sample number at `good` (the smaller largest sample if equal).
    Arguments, result and errors as in `find_single`.
    Source: Schilling and Neubauer (2009), chapter 6.
    """
    c_single = find_single(good, bad, producer_risk=producer_risk, consumer_risk=consumer_risk, lot=lot, distribution=distribution).accept[0]
    good, bad, distribution = _points(good, bad, lot, distribution)
    best = None
    for c2 in range(1, c_single + 3):
        for c1 in range(c2):
            largest = None if lot is None else lot // (1 + ratio) + 1
            n = _smallest(lambda n: _accepts(double(n, c1, ratio * n, c2), bad, lot, distribution) <= consumer_risk, c1 + 1, largest)
            if n is None:
                continue
            plan = double(n, c1, ratio * n, c2)
            at_good = oc.characteristic(plan, good, lot=lot, distribution=distribution).iloc[0]
            if at_good["accept"] >= 1 - producer_risk:
                key = (at_good["asn"], plan.largest)
                best = min(best, (key, plan), key=lambda found: found[0]) if best else (key, plan)
    if best is None:
        raise ValueError("no double plan of this ratio keeps both risks; use find_single")
    return best[1]


def _points(good, bad, lot, distribution):
    if not 0 <= good < bad < 1:
        raise ValueError("give error rates with 0 <= good < bad < 1")
    if lot is None:
        return good, bad, distribution or "binomial"
    # whole numbers of errors, from the decimals as written: 2% of 150 is 3, not 2.9999
    fewest, most = Fraction(str(good)) * lot, Fraction(str(bad)) * lot
    return Fraction(int(fewest), lot), Fraction(-int(-most // 1), lot), distribution or "hypergeometric"


def _accepts(plan, share, lot, distribution):
    return oc.characteristic(plan, share, lot=lot, distribution=distribution)["accept"].iloc[0]


def _smallest(holds, low, above):
    """The smallest n >= low (and < above) for which `holds`, which stays true once it is; None if there is none."""
    high = low
    while not holds(high):
        low = high + 1
        high = 2 * high
        if above is not None and high >= above:
            if low >= above or not holds(above - 1):
                return None
            high = above - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
