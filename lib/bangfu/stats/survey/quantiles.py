"""Medians and other quantiles in the whole population and in its parts."""

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats import proportion_interval
from bangfu.stats.survey import domains
from bangfu.stats.survey.means import share_estimates

RULES = ("lowest", "middle", "interpolated")
TIE = 1 - 1e-12  # shares of summed weights that equal the wanted share but for rounding are taken as equal


def quantile(design, column, shares=(0.25, 0.5, 0.75), *, by=None, confidence=0.95, interval="woodruff", rule="lowest"):
    """Estimate the values below which given shares of the households lie (the median: half of them), in the whole or in each part.

    The estimate is the lowest value with F(value) >= share, F the weighted share of households at or below it (rule "lowest"); where
    F(value) = share exactly, the middle between this value and the next (rule "middle"); or the place on the straight lines between the
    points (F(value), value) (rule "interpolated").
    Interval (Woodruff): F at the estimate is a proportion with a design-based variance; its limits F +- t(df) se, turned back into values,
    are the limits of the quantile. With interval "korn-graubard" the limits of F are Korn and Graubard's, which hold near 0 and 1. A
    limit of F below 0 or above 1 has no quantile: lo or hi is NaN. Interpolated limits are those of R's oldsvyquantile, the others
    those of its svyquantile.

    Returns a DataFrame indexed by share (and domain) with estimate, se (length of the interval / 2 t), lo, hi, n, clusters, df.
    Raises ValueError for shares outside 0 to 1 or an unknown interval or rule.
    Source: Woodruff (1952), JASA 47, 635-646; Särndal, Swensson, Wretman (1992), 5.11; Korn and Graubard (1998), Survey Methodology 24.
    """
    if interval not in ("woodruff", "korn-graubard"):
        raise ValueError(f"no interval is called {interval}; there are woodruff and korn-graubard")
    if rule not in RULES:
        raise ValueError(f"no rule is called {rule}; there are {', '.join(RULES)}")
    wanted = np.atleast_1d(np.asarray(shares, dtype=float))
    if not ((wanted > 0) & (wanted < 1)).all():
        raise ValueError("shares must lie between 0 and 1")
    values = domains.numeric(design, column)
    domain, names = domains.numbered(design, by, ~np.isnan(values))
    curve = _Curve(values, design.weight, domain, len(names), rule)
    tables = {share: _one(design, values, domain, names, curve, share, by, confidence, interval) for share in wanted}
    table = pd.concat(tables, names=["share"])
    return table if by is not None else table.droplevel(1)


def _one(design, values, domain, names, curve, share, by, confidence, interval):
    estimate = curve.value(np.full(len(names), share))
    below = np.where(domain >= 0, values <= np.append(estimate, np.nan)[domain], np.nan).astype(float)
    below[domain < 0] = np.nan
    found = share_estimates(design, below, by).reindex(names) if by is not None else share_estimates(design, below, by)
    df = found["df"].to_numpy(dtype=float)
    t = stats.t.ppf(0.5 + confidence / 2, np.where(df > 0, df, np.nan))
    # F on the interpolated line is the share itself; on the steps it is what the households at or below the estimate are
    centre = np.where(np.isnan(estimate), np.nan, share) if curve.rule == "interpolated" else found["estimate"].to_numpy()
    se = found["se"].to_numpy()
    if interval == "woodruff":
        low, high = centre - t * se, centre + t * se
    else:
        low, high = proportion_interval.korn_graubard(centre, se**2, found["n"].to_numpy(), df, confidence)
    lo, hi = curve.value(low), curve.value(high)
    return pd.DataFrame({"estimate": estimate, "se": (hi - lo) / (2 * t), "lo": lo, "hi": hi, "n": found["n"].to_numpy(),
                         "clusters": found["clusters"].to_numpy(), "df": found["df"].to_numpy()}, index=names)


class _Curve:
    """The weighted distribution of the values in every domain, kept as one sorted list with the place where each domain begins."""

    def __init__(self, values, weight, domain, domains_, rule):
        order = np.lexsort((values, domain))
        order = order[domain[order] >= 0]
        self.values, self.rule = values[order], rule
        self.start = np.searchsorted(domain[order], np.arange(domains_ + 1))
        weight = weight[order]
        self.total = np.bincount(domain[order], weight, domains_)
        self.heaped = [np.cumsum(weight[a:b]) for a, b in zip(self.start[:-1], self.start[1:])]

    def value(self, shares):
        """The quantile of each domain at its share; NaN where the share lies outside 0 to 1."""
        return np.array([self._of(number, share) for number, share in enumerate(shares)])

    def _of(self, number, share):
        heaped = self.heaped[number]
        if not len(heaped) or not 0 < share <= 1:
            return np.nan
        target = share * heaped[-1]
        values = self.values[self.start[number]:self.start[number + 1]]
        if self.rule == "interpolated":
            return np.interp(target, heaped, values)
        place = np.searchsorted(heaped, target * TIE)
        place = min(place, len(values) - 1)
        if self.rule == "middle" and place + 1 < len(values) and heaped[place] <= target / TIE:
            return (values[place] + values[place + 1]) / 2
        return values[place]
