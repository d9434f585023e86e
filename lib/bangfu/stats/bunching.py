"""More households just above the poverty line than the density on both sides explains."""

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.household_incomes import whole_incomes

PARTS = 10_000  # windows are kept as whole ten-thousandths of the line, so that a household on an edge falls on one side for certain
COLUMNS = ["households", "missing", "heaped", "in_window", "below", "above", "expected", "excess", "p_value", "reason"]


def bunching(income, groups, line, *, members=None, window=0.03, gap=0.02, reach=0.25, steepness=3.0, heap=5_000, min_near=8):
    """Test in every town whether households crowd into the strip just above the line.

    The strip is [line, line x (1 + window)). It is held against the density below, over [line x (1 - reach), line), and against the
    density above, over [line x (1 + window + gap), line x (1 + reach)); the gap takes the households that were lifted a little further.
    Given k households in the strip and m on a side, k of k + m is binomial if the density is the same, with the strip's share of the
    two exposures; the p-value is the larger of the two one-sided exact p-values.

    So a town is called only if the strip is denser than *both* sides: a slope lies between its sides, and in a step (exit status
    makes one at the line) the strip is as dense as the denser side; neither is a spike. A density that steps up at the line and falls
    off again within reach is allowed for by `steepness`: the exposures above are the integrals of (income / line) ** -steepness, and
    the test keeps its level as long as the density falls no faster than that. (A lognormal income with sigma 0.5 and its median at
    0.6 of the line has steepness 3 at the line.) A deficit gives a large p-value. Nothing is fitted.

    Incomes that are an exact multiple of `heap` are left out on all sides, because people give round figures; what remains in the
    strip cannot come from heaping there. A town in which everybody was put on exactly a round line is therefore not seen.

    income: whole numbers, fen (any unit will do if line and heap are in it), shape (n,); missing values are left out and counted.
    groups: the town of each household, shape (n,); missing groups belong to no town and are left out.
    line: the poverty line per head, whole number in the same unit.
    members: if given, income is of the household and is held against line x members, without division and so without rounding.
    window, gap, reach: shares of the line. heap: whole number in the same unit (default 50 yuan in fen), or None.
    min_near: towns with fewer households in strip and sides together are not assessed (reason "few_near_line"): even if all of them
    stood in the strip it would be close to chance after correction for many towns.

    Returns a DataFrame, one row per town in sorted order, with the columns households (with an income), missing, heaped (left out
    near the line as round), in_window, below, above, expected (in the strip, by the denser side), excess, p_value (NaN if not
    assessed) and reason ("" if assessed). Correct the p-values for the number of towns with `multiplicity.holm`.
    Raises ValueError if incomes are not whole numbers or the windows make no sense.

    Source: the idea of counting in a strip against a surrounding counterfactual is Saez (2010), American Economic Journal: Economic
    Policy 2(3), and Kleven (2016), Annual Review of Economics 8, sections 2 and 3; the exact conditional test of two Poisson counts
    is Przyborowski and Wilenski (1940), Biometrika 31; the larger p-value of the two is the intersection-union test of Berger (1982),
    Technometrics 24.
    """
    if not 0 < window < window + gap < reach < 1:
        raise ValueError("window, gap and reach must be positive shares with window + gap < reach < 1")
    if steepness < 0:
        raise ValueError("steepness must not be negative")
    table = whole_incomes(income, members, groups)
    missing = table["income"].isna()
    known = table[~missing]
    total, heads = known["income"].to_numpy(np.int64), known["members"].to_numpy(np.int64)

    def from_line(share):
        return total * PARTS >= int(line) * heads * round((1 + share) * PARTS)

    at_line = from_line(0)
    near = from_line(-reach) & ~from_line(reach)
    heaped = near & (total % (int(heap) * heads) == 0) if heap else np.zeros(len(known), dtype=bool)
    counted = near & ~heaped
    town = known["group"]
    counts = pd.DataFrame({
        "households": np.ones(len(known), dtype=bool),
        "heaped": heaped,
        "in_window": counted & at_line & ~from_line(window),
        "below": counted & ~at_line,
        "above": counted & from_line(window + gap),
    }).groupby(town.to_numpy()).sum()
    counts = counts.reindex(sorted(table["group"].unique()), fill_value=0).rename_axis("group").astype("int64")
    counts["missing"] = missing.groupby(table["group"]).sum().reindex(counts.index).astype("int64")

    strip_to_below = window / reach
    strip_to_above = _exposure(0, window, steepness) / _exposure(window + gap, reach, steepness)
    counts["expected"] = np.maximum(counts["below"] * strip_to_below, counts["above"] * strip_to_above)
    counts["excess"] = counts["in_window"] - counts["expected"]
    p_value = np.maximum(_denser(counts["in_window"], counts["below"], strip_to_below),
                         _denser(counts["in_window"], counts["above"], strip_to_above))
    few = counts["in_window"] + counts["below"] + counts["above"] < min_near
    counts["p_value"] = np.where(few, np.nan, p_value)
    counts["reason"] = np.where(few, "few_near_line", "")
    return counts[COLUMNS]


def _exposure(start, end, steepness):
    """The integral of (1 + u) ** -steepness over [start, end)."""
    if steepness == 1:
        return np.log1p(end) - np.log1p(start)
    return ((1 + end) ** (1 - steepness) - (1 + start) ** (1 - steepness)) / (1 - steepness)


def _denser(strip, side, ratio):
    """The exact one-sided p-value of `strip` against `side` counts, where the exposures stand as ratio to 1."""
    return stats.binom.sf(strip - 1, strip + side, ratio / (1 + ratio))
