"""Poor in several guarantees at once: who lacks at least so many, how many of them on average, and which ones."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bangfu.stats.columns import floats
from bangfu.stats.paper import Both, Paper, WorkingPaper, percent


@dataclass(frozen=True)
class Multidimensional(WorkingPaper):
    """Multidimensional poverty; see `alkire_foster`."""

    measures: pd.DataFrame  # per town and "all"
    dimensions: pd.DataFrame  # per town and "all", and dimension
    cutoff: float
    weights: pd.Series

    def _paper(self):
        whole, parts = self.measures.loc["all"], self.dimensions.loc["all"]
        shares = [(Both(f"其中{name}的贡献", f"contribution of {name}"), percent(row["contribution"])) for name, row in parts.iterrows()]
        most = parts["contribution"].idxmax() if whole["M0"] > 0 else None
        return Paper(
            title=Both("多维贫困(保障缺失)", "Multidimensional poverty (guarantees lacking)"),
            asked=Both("多少人同时缺少几项保障,缺的是什么", "How many lack several guarantees at once, and which"),
            method=Both("Alkire-Foster 双重界限法", "Alkire-Foster dual cutoff"),
            source="Alkire and Foster (2011), Journal of Public Economics 95, 476-487",
            inputs=[(Both("人数", "persons"), int(whole["persons"])), (Both("资料缺失(户)", "left out as missing (households)"), int(whole["missing"])),
                    (Both("判定界限(权重之和)", "cutoff (sum of weights)"), self.cutoff), (Both("维度", "dimensions"), list(self.weights.index))],
            result=[(Both("多维贫困发生率 H", "headcount ratio H"), percent(whole["H"])), (Both("平均缺失程度 A", "average intensity A"), percent(whole["A"])),
                    (Both("多维贫困指数 M0", "adjusted headcount ratio M0"), whole["M0"]), (Both("M1", "M1"), whole["M1"]), (Both("M2", "M2"), whole["M2"]), *shares],
            meaning=Both("没有人达到判定界限。" if most is None else
                         f"{percent(whole['H'], 1)}的人缺少的保障达到界限,平均缺少{percent(whole['A'], 0)};贡献最大的是{most}。",
                         "Nobody reaches the cutoff." if most is None else
                         f"{percent(whole['H'], 1)} lack enough guarantees to count as poor, on average {percent(whole['A'], 0)} of them; {most} contributes most."),
        )


def alkire_foster(achievements, cutoff, *, lines=None, weights=None, members=None, groups=None):
    """Count the persons who lack several guarantees, and how much they lack, with the share of every guarantee and every town in it.

    Deprived in dimension j: a guarantee that is False, or a number below its line. Poor: the weights of the dimensions that a person is
    deprived in add up to at least `cutoff`. Only the deprivations of the poor count (censored). With d the sum of all weights:
    H = poor / persons; A = mean over the poor of (weights deprived) / d; M0 = H A = sum over j of w_j / d x censored headcount_j;
    M1, M2 = the same sums with the gaps (line - value) / line and their squares in place of 1; NaN as soon as one dimension is
    only yes or no, which has no gap. contribution_j = w_j / d x censored headcount_j / M0.

    achievements: DataFrame (n, dimensions), booleans (True: has it) or numbers (then with a positive line in `lines`: {column: line}).
    cutoff: in the unit of the weights, so with the default weights of 1 the number of dimensions; 0 < cutoff <= sum of weights.
    weights: {column: positive weight}. members: persons of each household, all of whom count as the household does. groups: the town.
    Rows of no town are left out; those with anything missing are left out and counted.

    Returns a Multidimensional: measures, one row per town in sorted order and "all": households, persons, poor_persons, missing, H, A (NaN
    if nobody is poor), M0, M1, M2, contribution (share of the town in the M0 of all; NaN if that is 0); dimensions, indexed by town and
    dimension: weight, headcount (raw), censored_headcount, contribution (NaN if M0 is 0). Towns weighted by persons give "all".
    Raises ValueError for a cutoff out of reach, a missing or superfluous line, or a weight that is not positive.

    Source: Alkire and Foster (2011), Counting and multidimensional poverty measurement, Journal of Public Economics 95, 476-487;
    Alkire et al. (2015), Multidimensional Poverty Measurement and Analysis, chapter 5.
    """
    lines = dict(lines or {})
    columns = list(achievements.columns)
    w = pd.Series({c: 1.0 for c in columns} if weights is None else {c: float(weights[c]) for c in columns})
    if not (w > 0).all() or not 0 < cutoff <= w.sum() + 1e-9:
        raise ValueError("weights must be positive and the cutoff lie above 0 and within their sum")
    flags = [c for c in columns if pd.api.types.is_bool_dtype(achievements[c])]
    wrong = set(lines) ^ set(columns) - set(flags)
    if wrong or any(not line > 0 for line in lines.values()):
        raise ValueError("give a positive line for every dimension that is a number and for no other: " + ", ".join(sorted(map(str, wrong)) or map(str, lines)))
    n = len(achievements)
    town = pd.Series(np.full(n, "all", dtype=object) if groups is None else np.asarray(groups, dtype=object))
    heads = np.ones(n) if members is None else floats(members)
    gaps = np.column_stack([_gap(achievements[c], lines.get(c)) for c in columns])
    known = ~np.isnan(gaps).any(axis=1) & (heads > 0)
    deprived = gaps > 0
    # weights like 1/3 add up to a cutoff like 2/3 only within rounding
    poor = known & (deprived @ w.to_numpy() >= cutoff - 1e-9)
    cardinal = not flags
    towns = sorted(town.dropna().unique()) if groups is not None else []
    share = w.to_numpy() / w.sum()
    measures, parts = {}, {}
    for name in [*towns, "all"]:
        rows = town.notna().to_numpy() if name == "all" else (town == name).to_numpy()
        of = rows & known
        persons = heads[of].sum()
        mean = (lambda values: (heads[of] @ values[of]) / persons) if persons else (lambda values: values[of].sum(axis=0) * np.nan)
        censored = mean(deprived * poor[:, None].astype(float))
        h, m0 = mean(poor.astype(float)), float(np.sum(share * censored))
        m1, m2 = (float(np.sum(share * mean((gaps**a) * poor[:, None]))) if cardinal and persons else np.nan for a in (1, 2))
        measures[name] = [int(of.sum()), persons, (heads * poor)[of].sum(), int((rows & ~known).sum()), h, m0 / h if h > 0 else np.nan, m0, m1, m2]
        contribution = share * censored / m0 if m0 > 0 else np.full(len(columns), np.nan)
        parts[name] = pd.DataFrame({"weight": w.to_numpy(), "headcount": mean(deprived.astype(float)), "censored_headcount": censored,
                                    "contribution": contribution}, index=pd.Index(columns, name="dimension"))
    table = pd.DataFrame.from_dict(measures, orient="index", columns=["households", "persons", "poor_persons", "missing", "H", "A", "M0", "M1", "M2"])
    table[["persons", "poor_persons"]] = table[["persons", "poor_persons"]].astype("int64")
    whole = table.loc["all"]
    table["contribution"] = table["persons"] * table["M0"].fillna(0) / (whole["persons"] * whole["M0"]) if whole["M0"] > 0 else np.nan
    return Multidimensional(table.rename_axis("group"), pd.concat(parts, names=["group"]), float(cutoff), w)


def _gap(values, line):
    """How much is lacking, as a share of the line: 0 not deprived, 1 nothing there; a yes or no lacks all or nothing. NaN if missing."""
    return 1 - floats(values) if line is None else np.maximum(line - floats(values), 0) / line
