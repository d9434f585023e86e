"""Rates of units of different size against what chance alone would make of them, with limits that widen where units are small."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.paper import Both, Paper, WorkingPaper, percent

LEVELS = (0.95, 0.998)
JUDGEMENTS = {"above": Both("高于上限", "above the limit"), "alert_above": Both("偏高(警戒)", "high (alert)"), "inside": Both("界限之内", "inside the limits"),
              "alert_below": Both("偏低(警戒)", "low (alert)"), "below": Both("低于下限", "below the limit"), "insufficient": Both("资料不足", "insufficient data")}


@dataclass(frozen=True)
class Funnel(WorkingPaper):
    """A judged set of units; see `proportions` and `ratios`."""

    kind: str  # "proportion" or "ratio"
    target: float
    dispersion: float  # phi, mean squared winsorised z; about 1 if units differ by chance only
    between: float  # tau^2 of the additive model, on the scale of the transformation; 0 if none
    adjustment: str  # "none", "multiplicative", "additive"
    transformation: str
    levels: tuple[float, ...]
    units: pd.DataFrame  # count, size, rate, z, p_value, low and high per level, judgement

    def limits(self, sizes):
        """The curves to draw: a DataFrame with n, low, high, level, for the sizes asked (cases, or expected counts of a ratio).

        A unit is judged outside exactly if it lies on a curve or beyond it. The published curve of exact limits (in `units`) interpolates
        below the largest count inside; the upper one is drawn a count higher, and neither where no count can be beyond it.
        """
        sizes = np.asarray(sizes, dtype=float)
        curves = []
        for level in self.levels:
            low, high = _limits(self, sizes, level)
            if self.adjustment == "none":
                low, high = np.where(low > 0, low, np.nan), high + 1 / sizes
                high = np.where(high > 1, np.nan, high) if self.kind == "proportion" else high
            curves.append(pd.DataFrame({"n": sizes, "low": low, "high": high, "level": level}))
        return pd.concat(curves, ignore_index=True)

    def _paper(self):
        counts = self.units["judgement"].value_counts()
        inflated = {"none": Both("精确控制限", "exact limits"), "multiplicative": Both("按过度离散放宽(乘法)", "limits widened for over-dispersion (multiplicative)"),
                    "additive": Both("按过度离散放宽(加法)", "limits widened for over-dispersion (additive)")}[self.adjustment]
        chance = Both("二项分布控制限,", "Binomial control limits: ") if self.kind == "proportion" else Both("泊松分布控制限,", "Poisson control limits: ")
        outside = int(counts.get("above", 0) + counts.get("below", 0))
        return Paper(
            title=Both("漏斗图判定", "Funnel plot"),
            asked=Both("哪些单位的比率超出偶然波动", "Which units' rates lie beyond what chance explains"),
            method=Both(chance.zh + inflated.zh, chance.en + inflated.en),
            source="Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202; Qual. Saf. Health Care 14, 347-351",
            inputs=[(Both("单位数", "units"), len(self.units)), (Both("目标值", "target"), self.target), (Both("控制限", "limits"), ", ".join(percent(level, 1) for level in self.levels))],
            result=[(Both("离散系数", "dispersion"), self.dispersion), (Both("单位间方差", "variance between units"), self.between),
                    *[(JUDGEMENTS[code], int(counts.get(code, 0))) for code in JUDGEMENTS]],
            meaning=Both(f"{len(self.units)}个单位中{outside}个超出{percent(self.levels[-1], 1)}控制限,偶然波动难以解释,应先查原因;界限之内的差别不足以排名。",
                         f"{outside} of {len(self.units)} units lie beyond the {percent(self.levels[-1], 1)} limits, more than chance explains; look for the reason first. "
                         "Differences inside the limits are no ranking."),
        )


def proportions(count, size, *, target=None, adjustment="none", transformation="none", winsorise=0.1, levels=LEVELS, min_size=5):
    """Hold every unit's share against exact binomial limits around the target, with over-dispersion if asked.

    Without adjustment a unit is outside a level if the exact tail P(X >= count) or P(X <= count), X binomial(size, target), is at
    most (1 - level) / 2. Over-dispersion: z = (rate - target) / s, s^2 = target (1 - target) / size; the z are winsorised (the
    share `winsorise` at either end pulled in to the quantile there), phi = mean of their squares.
    multiplicative: limits target +- z s sqrt(phi), only if phi > 1. additive: s^2 + tau^2 with
    tau^2 = (k phi - (k - 1)) / (sum w - sum w^2 / sum w), w = 1 / s^2, never below 0 (DerSimonian and Laird).
    If the adjustment comes out as none (phi at most 1, tau^2 0) the exact limits are kept.

    count, size: whole numbers, shape (k,); a Series keeps its index. target: a share (default: all counts over all sizes).
    transformation: "none" or "arcsine" (z = 2 sqrt(size) (asin sqrt rate - asin sqrt target)) for the over-dispersion.
    levels: outer limits last. min_size: smaller units are "insufficient".
    Returns a Funnel. Raises ValueError if a count is negative or above its size, or the target is not between 0 and 1.

    Source: Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24, 1185-1202;
    Spiegelhalter (2005), Handling over-dispersion of performance indicators, Quality and Safety in Health Care 14, 347-351.
    """
    index, x, n = _counts(count, size)
    if (x > n).any():
        raise ValueError("a count is above its size")
    target = x.sum() / n.sum() if target is None else float(target)
    if not 0 < target < 1:
        raise ValueError("the target must lie between 0 and 1; if nobody or everybody has it there is nothing to compare")
    if transformation not in ("none", "arcsine"):
        raise ValueError("transformation must be none or arcsine")
    return _judge("proportion", index, x, n, target, adjustment, transformation, winsorise, levels, min_size)


def ratios(count, expected, *, target=1.0, adjustment="none", transformation="none", winsorise=0.1, levels=LEVELS, min_size=1.0):
    """Hold every unit's observed over expected count against exact Poisson limits around the target, with over-dispersion if asked.

    As `proportions`, with X Poisson(target x expected) and s^2 = target / expected. expected: positive numbers, for instance from a
    model of the cases (indirect standardisation). transformation: "none", "sqrt" (s^2 = 1 / (4 expected)) or "log" (s^2 = 1 / (target expected)),
    for the over-dispersion. min_size: units with a smaller expected count are "insufficient".
    """
    index, x, e = _counts(count, expected)
    if not target > 0:
        raise ValueError("the target must be positive")
    if transformation not in ("none", "sqrt", "log"):
        raise ValueError("transformation must be none, sqrt or log")
    return _judge("ratio", index, x, e, float(target), adjustment, transformation, winsorise, levels, min_size)


def winsorised(z, share):
    """The z with the most extreme `share` at either end pulled in to the quantile there (linear interpolation)."""
    low, high = np.quantile(z, [share, 1 - share])
    return np.clip(z, low, high)


def dispersion(z, s, winsorise=0.1):
    """How much more units differ than chance makes them: phi, the mean of the squared winsorised z, and tau^2 of the additive model.

    z, s: distance from the target in standard errors, and the standard error, shape (k,); tau^2 is on the scale of s^2. NaN and 0 for one unit.
    Source: as `proportions`.
    """
    k, w = len(z), 1 / np.asarray(s, dtype=float) ** 2
    if k < 2:
        return np.nan, 0.0
    phi = float((winsorised(z, winsorise) ** 2).mean())
    return phi, max(0.0, float((k * phi - (k - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def _counts(count, size):
    index = count.index if isinstance(count, pd.Series) else None
    x, n = np.asarray(count, dtype=float), np.asarray(size, dtype=float)
    if x.shape != n.shape or not (np.isfinite(x).all() and np.isfinite(n).all()) or (x < 0).any() or (n <= 0).any() or (x % 1 != 0).any():
        raise ValueError("counts must be whole and not negative, sizes positive, and neither missing")
    return index, x, n


def _judge(kind, index, x, n, target, adjustment, transformation, winsorise, levels, min_size):
    if adjustment not in ("none", "multiplicative", "additive"):
        raise ValueError("adjustment must be none, multiplicative or additive")
    levels = tuple(sorted(levels))
    enough = n >= min_size
    place, at, s = _transformed(kind, x / n, n, target, transformation)
    z = (place - at) / s
    phi, between = dispersion(z[enough], s[enough], winsorise)
    between = between if adjustment == "additive" else 0.0
    if (adjustment == "multiplicative" and not phi > 1) or (adjustment == "additive" and between == 0):
        adjustment = "none"
    drawn = Funnel(kind, target, phi, between, adjustment, transformation, levels, pd.DataFrame())
    if adjustment == "none":
        chance = stats.binom(n, target) if kind == "proportion" else stats.poisson(n * target)
        upper, lower = chance.sf(x - 1), chance.cdf(x)
    else:
        adjusted = z / np.sqrt(phi) if adjustment == "multiplicative" else (place - at) / np.sqrt(s**2 + between)
        upper, lower = stats.norm.sf(adjusted), stats.norm.cdf(adjusted)
    units = pd.DataFrame({"count": x, "size": n, "rate": x / n, "z": z, "p_value": np.minimum(1.0, 2 * np.minimum(upper, lower))}, index=index)
    for level in levels:
        units[f"low_{level:g}"], units[f"high_{level:g}"] = _limits(drawn, n, level)
    outer, inner = (1 - levels[-1]) / 2, (1 - levels[0]) / 2
    units["judgement"] = np.select([~enough, upper <= outer, lower <= outer, upper <= inner, lower <= inner],
                                   ["insufficient", "above", "below", "alert_above", "alert_below"], "inside")
    units.loc[~enough, "p_value"] = np.nan
    return Funnel(kind, target, phi, between, adjustment, transformation, levels, units)


def _transformed(kind, rate, n, target, transformation):
    """Rates, target and standard error under chance alone, on the scale of the transformation."""
    if kind == "proportion":
        if transformation == "arcsine":
            return np.arcsin(np.sqrt(rate)), np.arcsin(np.sqrt(target)), 1 / (2 * np.sqrt(n))
        return rate, target, np.sqrt(target * (1 - target) / n)
    if transformation == "sqrt":
        return np.sqrt(rate), np.sqrt(target), 1 / (2 * np.sqrt(n))
    if transformation == "log":
        # half a case more where there is none, so that the log exists
        return np.log(np.where(rate > 0, rate, 0.5 / n)), np.log(target), 1 / np.sqrt(target * n)
    return rate, target, np.sqrt(target / n)


def _limits(funnel, n, level):
    """Control limits for rates at the sizes n. Exact ones are interpolated between whole counts so that the curve is smooth:
    (r - a) / n, r the smallest count with P(X <= r) >= p, a = (P(X <= r) - p) / (P(X <= r) - P(X <= r - 1))."""
    tail = (1 - level) / 2
    if funnel.adjustment == "none":
        ends = []
        for p in (tail, 1 - tail):
            chance = stats.binom(np.rint(n), funnel.target) if funnel.kind == "proportion" else stats.poisson(n * funnel.target)
            r = chance.ppf(p)
            step = chance.cdf(r) - chance.cdf(r - 1)
            ends.append(np.maximum(r - (chance.cdf(r) - p) / np.where(step > 0, step, 1.0), 0.0) / n)
        return ends[0], ends[1]
    _, at, s = _transformed(funnel.kind, np.ones(len(n)), n, funnel.target, funnel.transformation)
    half = stats.norm.ppf(1 - tail) * (s * np.sqrt(funnel.dispersion) if funnel.adjustment == "multiplicative" else np.sqrt(s**2 + funnel.between))
    low, high = at - half, at + half
    if funnel.transformation == "arcsine":
        low, high = np.sin(np.maximum(low, 0)) ** 2, np.sin(np.minimum(high, np.pi / 2)) ** 2
    elif funnel.transformation == "sqrt":
        low, high = np.maximum(low, 0) ** 2, high**2
    elif funnel.transformation == "log":
        low, high = np.exp(low), np.exp(high)
    return np.maximum(low, 0.0), np.minimum(high, 1.0) if funnel.kind == "proportion" else high
