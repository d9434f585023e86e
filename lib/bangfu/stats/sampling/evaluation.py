"""What an audited sample says about the money of the population: the sample as it is evaluated, and the result of every method."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bangfu.stats.paper import Both, Paper, WorkingPaper, money, percent
from bangfu.stats.sampling.attributes import SIDES


@dataclass(frozen=True, eq=False)
class AuditedSample:
    """Items with their book and audited amounts, and what they were drawn from.

    book, value: whole numbers (fen) per item of the random part; hits: how often each was drawn. amount: book value of all that could be
    drawn or was certain; certain_book, certain_error: of the top stratum, examined in full. items: number of items in the population.
    """

    book: np.ndarray = field(repr=False)
    value: np.ndarray = field(repr=False)
    hits: np.ndarray = field(repr=False)
    amount: int
    certain_book: int
    certain_error: int
    certain_items: int
    items: int | None

    @property
    def n(self):
        """Sampling units drawn: every hit counts."""
        return int(self.hits.sum())

    @property
    def sampled_amount(self):
        """The book value that the random part was drawn from."""
        return self.amount - self.certain_book

    @property
    def taints(self):
        """(book - audited) / book for each hit, shape (n,): positive overstated, negative understated. ValueError for a book value <= 0."""
        if (self.book <= 0).any():
            raise ValueError(
                f"{int((self.book <= 0).sum())} sampled items have a book value of zero or less: they have no taint; examine them by themselves"
            )
        return np.repeat((self.book - self.value) / self.book, self.hits)


def audited(book, value, *, amount, hits=None, certain=None, items=None):
    """An audited sample, to be given to an evaluation method.

    book, value: amounts of the examined items as recorded and as found, whole numbers (fen). amount: total book value of the population
    (without what was set aside; with the top stratum), whole number. hits: how often each item was drawn (default once): an item hit
    three times counts as three sampling units with its taint, not as one with three times the taint. certain: True for items of the top
    stratum, whose errors are added as they are. items: number of items in the population (for estimates by item).
    Raises ValueError for amounts that are missing or not whole: an item not yet audited is not an item without error.
    """
    book, value = _whole(book, "book values"), _whole(value, "audited values")
    certain = np.zeros(len(book), dtype=bool) if certain is None else np.asarray(certain, dtype=bool)
    hits = np.ones(len(book), dtype=np.int64) if hits is None else _whole(hits, "hits")
    if not len(book) == len(value) == len(certain) == len(hits):
        raise ValueError("book values, audited values, hits and certain must be of one length")
    if (hits[~certain] < 1).any():
        raise ValueError("every item that is not certain must have been hit at least once")
    top = book[certain]
    sample = AuditedSample(
        book[~certain],
        value[~certain],
        hits[~certain],
        int(amount),
        int(top.sum()),
        int((top - value[certain]).sum()),
        int(certain.sum()),
        None if items is None else int(items),
    )
    if sample.sampled_amount < 0 or (sample.n == 0) != (sample.sampled_amount == 0):
        raise ValueError(
            "the amount of the population does not fit the sample: it must hold the top stratum, and what is left must have been sampled"
        )
    return sample


def from_taints(taints, n, *, amount):
    """An audited sample of n money units given by its taints alone (zeros may be left out); shares, exact to 10**-9."""
    taints = np.asarray(list(taints), float)
    unit = 10**9
    errors = np.rint(np.concatenate([taints, np.zeros(n - len(taints))]) * unit).astype(np.int64)
    return AuditedSample(np.full(n, unit), unit - errors, np.ones(n, dtype=np.int64), int(amount), 0, 0, 0, None)


@dataclass(frozen=True)
class MoneyEvaluation(WorkingPaper):
    """The error of the population in money (fen; positive: overstated): most likely, lower, upper. NaN for a bound that was not asked for."""

    name: Both
    source: str
    confidence: float
    side: str
    n: int
    amount: int
    certain_error: int
    errors: int
    most_likely: float
    lower: float
    upper: float
    materiality: int | None = None
    inputs: tuple = ()
    notes: tuple = ()
    detail: pd.DataFrame | None = field(default=None, repr=False, compare=False)

    @property
    def precision(self):
        """How far the bound lies from the most likely error."""
        return self.most_likely - self.lower if self.side == "lower" else self.upper - self.most_likely

    @property
    def most_likely_rate(self):
        return self.most_likely / self.amount

    @property
    def upper_rate(self):
        return self.upper / self.amount

    @property
    def lower_rate(self):
        return self.lower / self.amount

    @property
    def acceptable(self):
        """Does the error stay below the materiality, on both sides if both were asked for? None without a materiality."""
        if self.materiality is None or self.side == "lower":
            return None
        return bool(self.upper < self.materiality and (self.side == "upper" or self.lower > -self.materiality))

    def _paper(self):
        sure = percent(self.confidence, 1)
        inputs = [
            (Both("总体金额(元)", "book value of the population (yuan)"), money(self.amount)),
            (Both("样本量", "sample size"), self.n),
            (Both("有差错的抽样单位", "sampling units in error"), self.errors),
            (Both("置信水平", "confidence"), sure),
            (Both("界限", "bound"), SIDES[self.side]),
            *self.inputs,
        ]
        if self.materiality is not None:
            inputs.append((Both("重要性水平(元)", "materiality (yuan)"), money(self.materiality)))
        result = [
            (Both("必查层差错(元)", "error of the top stratum (yuan)"), money(self.certain_error)),
            (Both("最可能差错(元)", "most likely error (yuan)"), money(self.most_likely)),
            (Both("下限(元)", "lower bound (yuan)"), money(self.lower)),
            (Both("差错上限(元)", "upper error limit (yuan)"), money(self.upper)),
            (Both("精确度(元)", "precision (yuan)"), money(self.precision)),
        ]
        if self.detail is not None and len(self.detail):
            result.append((Both("计算", "computation"), self.detail))
        said = {
            None: Both("。", "."),
            True: Both(",低于重要性水平,可以接受。", ", below the materiality: acceptable."),
            False: Both(
                ",达到或超过重要性水平,不能据此接受总体。", ", which reaches the materiality: the population cannot be accepted on this sample."
            ),
        }[self.acceptable]
        if self.side == "two":
            meaning = Both(
                f"有 {sure} 的把握,总体差错金额在 {money(self.lower)} 元与 {money(self.upper)} 元之间{said.zh}",
                f"With {sure} confidence the error is between {money(self.lower)} and {money(self.upper)} yuan{said.en}",
            )
        elif self.side == "lower":
            meaning = Both(
                f"有 {sure} 的把握,总体高估金额不少于 {money(self.lower)} 元。",
                f"With {sure} confidence the population is overstated by at least {money(self.lower)} yuan.",
            )
        else:
            meaning = Both(
                f"有 {sure} 的把握,总体高估金额不超过 {money(self.upper)} 元{said.zh}",
                f"With {sure} confidence the population is overstated by at most {money(self.upper)} yuan{said.en}",
            )
        return Paper(
            Both("差错金额评价", "Evaluation of the error in money"),
            Both("总体差错金额最高可能是多少", "How high may the error of the population be"),
            self.name,
            self.source,
            inputs,
            result,
            meaning,
            self.notes,
        )


def tail_levels(confidence, side):
    """The confidence of the bound on either side: the whole risk on one side, or half of it on each."""
    if side not in SIDES:
        raise ValueError(f"side must be one of {', '.join(SIDES)}, not {side!r}")
    return 1 - (1 - confidence) / 2 if side == "two" else confidence


def money_unit_result(sample, rates, **more):
    """The rates (most likely, lower, upper) of the sampled money, brought to the population: x sampled amount, plus the known error of the top stratum.

    rates: a function without arguments. It is not asked where everything was examined in full: then the error is known.
    """
    scale, known = sample.sampled_amount, sample.certain_error
    most_likely, lower, upper = rates() if sample.n else (0.0, 0.0, 0.0)
    return MoneyEvaluation(
        n=sample.n,
        amount=sample.amount,
        certain_error=known,
        errors=int((sample.taints != 0).sum()),
        most_likely=known + most_likely * scale,
        lower=known + lower * scale,
        upper=known + upper * scale,
        **more,
    )


def _whole(values, name):
    array = pd.array(values, dtype="Int64") if not isinstance(values, pd.Series) else values.astype("Int64").array
    if array.isna().any():
        raise ValueError(f"{int(array.isna().sum())} {name} are missing: an item that was not audited is not an item without error")
    return np.asarray(array, dtype=np.int64)
