"""Looking at one item after another until the count is decisive: Wald's sequential test of an error rate."""

from dataclasses import dataclass
from math import ceil, floor, log

import numpy as np
import pandas as pd

from bangfu.stats.paper import Both, Paper, WorkingPaper, percent


@dataclass(frozen=True)
class SequentialTest(WorkingPaper):
    """Wald's sequential probability ratio test: after every item accept, reject or look at one more.

    With g = log(bad (1 - good) / (good (1 - bad))), the errors d among n items are held against two lines:
    accept if d <= slope n - accept_intercept, reject if d >= slope n + reject_intercept, where
    slope = log((1 - good) / (1 - bad)) / g, accept_intercept = log((1 - producer_risk) / consumer_risk) / g,
    reject_intercept = log((1 - consumer_risk) / producer_risk) / g.

    good, bad: error rates, 0 < good < bad < 1. The risks are Wald's, which the true ones exceed at most slightly: `exact` gives these.
    Source: Wald (1947), Sequential Analysis, chapter 5; Schilling and Neubauer (2009), chapter 8.
    """

    good: float
    bad: float
    producer_risk: float = 0.05
    consumer_risk: float = 0.10

    def __post_init__(self):
        if not 0 < self.good < self.bad < 1:
            raise ValueError("give error rates with 0 < good < bad < 1")
        if not (self.producer_risk > 0 < self.consumer_risk and self.producer_risk + self.consumer_risk < 1):
            raise ValueError("both risks must be positive and together below 1")

    @property
    def _g(self):
        return log(self.bad * (1 - self.good) / (self.good * (1 - self.bad)))

    @property
    def slope(self):
        return log((1 - self.good) / (1 - self.bad)) / self._g

    @property
    def accept_intercept(self):
        return log((1 - self.producer_risk) / self.consumer_risk) / self._g

    @property
    def reject_intercept(self):
        return log((1 - self.consumer_risk) / self.producer_risk) / self._g

    def acceptance_number(self, n):
        """The most errors among n items with which the whole is accepted; -1 if n items cannot accept it."""
        return max(floor(self.slope * n - self.accept_intercept + 1e-12), -1)

    def rejection_number(self, n):
        """The fewest errors among n items with which the whole is refused (possible only if at most n)."""
        return ceil(self.slope * n + self.reject_intercept - 1e-12)

    def outcome(self, n, errors):
        """What `errors` among the first n items mean: "accept", "reject" or "continue"."""
        if not 0 <= errors <= n:
            raise ValueError("errors must lie between 0 and n")
        if errors <= self.acceptance_number(n):
            return "accept"
        return "reject" if errors >= self.rejection_number(n) else "continue"

    def characteristic(self, shares):
        """Wald's approximation of the chance of acceptance and of the average number of items, for the true error rates asked.

        L(p) = (A^h - 1) / (A^h - B^h) with A = (1 - beta) / alpha, B = beta / (1 - alpha), h the root other than 0 of
        p (bad / good)^h + (1 - p) ((1 - bad) / (1 - good))^h = 1; asn = (L log B + (1 - L) log A) / E(log likelihood ratio of an item);
        at p = slope: L = reject_intercept / (sum of intercepts), asn = their product / (slope (1 - slope)).
        Returns a DataFrame: share, accept, asn.
        Source: Wald (1947), sections 3.4, 3.5 and 5.5.
        """
        shares = np.atleast_1d(np.asarray(shares, dtype=float))
        log_a, log_b = log((1 - self.consumer_risk) / self.producer_risk), log(self.consumer_risk / (1 - self.producer_risk))
        up, down = log(self.bad / self.good), log((1 - self.bad) / (1 - self.good))
        accept, asn = np.empty(len(shares)), np.empty(len(shares))
        for i, p in enumerate(shares):
            drift = p * up + (1 - p) * down
            h = _tilt(p, up, down)
            if abs(h) < 1e-9:
                accept[i] = log_a / (log_a - log_b)
                asn[i] = -log_a * log_b / (p * up**2 + (1 - p) * down**2)
            else:
                # numerator and denominator divided by their largest power, so that neither overflows
                width = h * (log_a - log_b)
                accept[i] = np.expm1(-h * log_a) / np.expm1(-width) if h > 0 else (np.exp(width) - np.exp(-h * log_b)) / np.expm1(width)
                asn[i] = (accept[i] * log_b + (1 - accept[i]) * log_a) / drift
        return pd.DataFrame({"share": shares, "accept": accept, "asn": asn})

    def exact(self, shares, *, stop_at):
        """The exact chances when the test is applied item by item and stopped at `stop_at` items, for the true error rates asked.

        Carries the chance of every count still undecided from item to item (binomial). Returns a DataFrame: share, accept, reject,
        undecided (at the stop; decide then by a plan made for it, or screen all) and asn.
        Source: Aroian (1968), Sequential analysis, direct method, Technometrics 10, 125-132.
        """
        shares = np.atleast_1d(np.asarray(shares, dtype=float))
        going_on = np.zeros((len(shares), stop_at + 2))
        going_on[:, 0] = 1.0
        accept, reject, asn = (np.zeros(len(shares)) for _ in range(3))
        p = shares[:, None]
        for n in range(1, stop_at + 1):
            asn += going_on.sum(axis=1)
            going_on[:, 1:] = going_on[:, 1:] * (1 - p) + going_on[:, :-1] * p
            going_on[:, 0] *= 1 - shares
            a, r = self.acceptance_number(n), self.rejection_number(n)
            if a >= 0:
                accept += going_on[:, :a + 1].sum(axis=1)
                going_on[:, :a + 1] = 0.0
            reject += going_on[:, r:].sum(axis=1)
            going_on[:, r:] = 0.0
        return pd.DataFrame({"share": shares, "accept": accept, "reject": reject, "undecided": going_on.sum(axis=1), "asn": asn})

    def worksheet(self, n):
        """The numbers to decide by for 1 to n items: a DataFrame with items, accept_at (missing while impossible) and reject_at."""
        items = range(1, n + 1)
        a, r = [self.acceptance_number(i) for i in items], [self.rejection_number(i) for i in items]
        return pd.DataFrame({"items": list(items), "accept_at": pd.array([x if x >= 0 else pd.NA for x in a], dtype="Int64"),
                             "reject_at": pd.array([x if x <= i else pd.NA for i, x in zip(items, r)], dtype="Int64")})

    def _paper(self):
        quick = next(n for n in range(1, 10**7) if self.acceptance_number(n) >= 0)
        expected = self.characteristic([self.good, self.bad])["asn"]
        return Paper(
            title=Both("序贯抽样方案", "Sequential sampling plan"),
            asked=Both("逐个核查,何时可以下结论", "Looking at one item after another, when is it enough"),
            method=Both("瓦尔德序贯概率比检验", "Wald's sequential probability ratio test"),
            source="Wald (1947), Sequential Analysis, ch. 5",
            inputs=[(Both("合格差错率", "good error rate"), percent(self.good)), (Both("不合格差错率", "bad error rate"), percent(self.bad)),
                    (Both("误拒风险", "producer's risk"), percent(self.producer_risk)), (Both("误受风险", "consumer's risk"), percent(self.consumer_risk))],
            result=[(Both("接收线", "accept if errors at most"), f"{self.slope:.4f} n - {self.accept_intercept:.4f}"),
                    (Both("拒收线", "reject if errors at least"), f"{self.slope:.4f} n + {self.reject_intercept:.4f}"),
                    (Both("最早可接收的件数(无差错)", "fewest items that can accept (no errors)"), quick),
                    (Both("合格时平均核查件数", "items on average if good"), round(expected[0], 1)),
                    (Both("不合格时平均核查件数", "items on average if bad"), round(expected[1], 1))],
            meaning=Both(f"连查{quick}件没有差错即可接收;一般查{expected.max():.0f}件左右就能下结论。",
                         f"{quick} items in a row without error suffice; on average about {expected.max():.0f} items decide."),
        )


def _tilt(p, up, down):
    """The h with p e^(h up) + (1 - p) e^(h down) = 1 other than 0; 0 where the drift is 0, infinite at p = 0 and 1."""
    if p <= 0 or p >= 1:
        return 1e3 / max(up, -down) if p <= 0 else -1e3 / max(up, -down)

    def off(h):
        return np.logaddexp(log(p) + h * up, np.log1p(-p) + h * down)

    drift = p * up + (1 - p) * down
    if abs(drift) < 1e-12:
        return 0.0
    # off is convex with the roots 0 and h; its minimum lies between them
    low = log(-(1 - p) * down / (p * up)) / (up - down)
    high = 2 * low
    while off(high) < 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if off(middle) < 0 else (low, middle)
    return high
