"""Drawing the sample: items or money units, at random, at fixed intervals or one in each cell, with a top stratum and strata."""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pandas as pd

from bangfu.stats.paper import Both, Paper, WorkingPaper, money
from bangfu.stats.sampling.allocation import allocated
from bangfu.stats.sampling.drawing import Draw
from bangfu.stats.sampling.exact import exact
from bangfu.stats.sampling.units import cells, intervals, units_at_random

METHODS = {
    "random": Both("简单随机", "simple random"),
    "interval": Both("等距(固定间隔)", "fixed interval (systematic)"),
    "cell": Both("分格(每格一个)", "cell (one in each)"),
}
UNITS = {"items": Both("项目", "items"), "money": Both("货币单位", "money units")}
SOURCE = (
    "Cochran (1977), Sampling Techniques, 2, 5, 8 (random, stratified, systematic); Leslie, Teitlebaum and Anderson (1979), Dollar-Unit Sampling "
    "(fixed interval, cell, top stratum)"
)
ASIDE = {
    "zero": Both("金额为零", "amount is zero"),
    "negative": Both("金额为负", "amount is negative"),
    "missing": Both("金额缺失", "amount is missing"),
}


@dataclass(frozen=True)
class Selection(WorkingPaper):
    """A sample as drawn. `items`: one row per item of the population in its order, with the columns

    position (row of the table, from 0), stratum, amount (missing for items without), group: "certain" (top stratum), "drawn", "not_drawn",
    "zero", "negative", "missing" (set aside: no chance in a money-unit sample, to be looked at by themselves), hits (how often it was drawn;
    0 for certain items, which are examined in full). `units`: the money units or positions drawn, counted from 1, by stratum.
    """

    items: pd.DataFrame = field(repr=False)
    units: dict = field(repr=False)
    n: int
    method: str
    of: str
    seed: str
    start: Fraction | None
    strata: pd.DataFrame = field(repr=False)
    top: int | None

    @property
    def drawn(self):
        """The items to examine: certain and drawn, in the order of the population."""
        return self.items[self.items["group"].isin(["certain", "drawn"])]

    @property
    def set_aside(self):
        """The items without a chance in a money-unit sample (zero, negative, missing amounts)."""
        return self.items[self.items["group"].isin(list(ASIDE))]

    def rows(self, table):
        """The rows of the table to examine, with the columns of `drawn` before theirs."""
        taken = self.drawn
        told = taken[["stratum", "group", "hits"]].add_prefix("sample_").reset_index(drop=True)
        return pd.concat([told, table.iloc[taken["position"].to_numpy()].reset_index(drop=True)], axis=1)

    def _paper(self):
        groups = self.items["group"].value_counts()
        examined = len(self.drawn)
        inputs = [
            (Both("抽样单位", "sampling units"), UNITS[self.of]),
            (Both("方法", "method"), METHODS[self.method]),
            (Both("种子", "seed"), self.seed),
            (Both("总体项目数", "items in the population"), len(self.items)),
            (Both("要求的样本量", "sample size asked for"), self.n),
        ]
        if self.items["amount"].notna().any():
            inputs.append((Both("总体金额合计(元)", "amount of the population (yuan)"), money(int(self.items["amount"].sum()))))
        if self.start is not None:
            inputs.append((Both("起点", "start"), self.start))
        result = [
            (Both("应检查的项目", "items to examine"), examined),
            (Both("其中必查(大额层)", "of these certain (top stratum)"), int(groups.get("certain", 0))),
            (Both("抽中次数合计", "hits"), int(self.items["hits"].sum())),
            (Both("抽中一次以上的项目", "items hit more than once"), int((self.items["hits"] > 1).sum())),
            (Both("未抽中", "not drawn"), int(groups.get("not_drawn", 0))),
        ]
        result += [(Both(f"单列:{name.zh}", f"set aside: {name.en}"), int(groups[key])) for key, name in ASIDE.items() if key in groups]
        if len(self.strata) > 1:
            result.append((Both("各层", "strata"), self.strata))
        aside = len(self.set_aside)
        notes = []
        if aside:
            notes.append(
                Both(
                    f"{aside} 个项目金额为零、为负或缺失,在货币单位抽样中没有机会被抽中,须另行检查,不在推断范围内。",
                    f"{aside} items with a zero, negative or missing amount have no chance in a money-unit sample: look at them by themselves, the inference does not cover them.",
                )
            )
        meaning = Both(
            f"请检查这 {examined} 个项目;用同一种子和同样顺序的总体可以重新抽出同一样本。",
            f"Examine these {examined} items; the same seed with the population in the same order draws them again.",
        )
        return Paper(
            Both("样本抽取", "Drawing the sample"),
            Both("检查哪些项目", "Which items are to be examined"),
            METHODS[self.method],
            SOURCE,
            inputs,
            result,
            meaning,
            notes,
        )


def select(table, n, *, units="items", method="random", amount=None, seed=None, start=None, strata=None, allocation="proportional", top=None):
    """Draw n sampling units from a table; every item has a chance in proportion to 1 (items) or to its amount (money).

    units: "items" or "money" (then `amount` names the column, whole numbers: fen). method:
    - "random": n different units, every set with the same chance. (Different fen may lie in the same item: it is then hit repeatedly.)
    - "interval": one random start u, then units u, u + N/n, u + 2N/n, ... exactly (systematic; the interval need not be whole).
    - "cell": one unit at random in each of n cells of N/n units.
    start: for "interval", the first unit counted from 1 (0 < start <= interval) instead of a random one.
    seed: text or number, recorded (needed unless start is given); numbers by SHA-256, see drawing.py.
    strata: column; each stratum is drawn by itself, with seed "seed/stratum". allocation: "proportional" (to items or money, by largest
    remainder, at least one each), "equal", or a mapping from stratum to n.
    top: amounts from here up are examined with certainty and leave the rest; the sample size counts them (n - certain units are drawn from
    the rest). "interval" repeats that with the interval of the rest until no item reaches it, so that no item can be hit twice at fixed
    intervals; a whole number is used as it is; None has no top stratum. With strata, applied in each.
    Money units: items with zero, negative or missing amounts are set aside and counted.

    Returns a Selection, in which every row of the table is found once. Raises ValueError for what cannot be drawn. The order of the
    rows matters for "interval" and "cell", and for which rows a seed finds.
    """
    if method not in METHODS or units not in UNITS:
        raise ValueError(f"units must be one of {', '.join(UNITS)}; method one of {', '.join(METHODS)}")
    if units == "money" and amount is None:
        raise ValueError("money units need the column with the amounts")
    if start is not None and (method != "interval" or strata is not None):
        raise ValueError("a start is for fixed intervals without strata")
    if int(n) != n or n < 1:
        raise ValueError(f"the sample size must be a positive whole number, not {n}")
    if start is None:
        Draw(seed)  # no sample without a seed
    items = pd.DataFrame({"position": np.arange(len(table)), "stratum": "" if strata is None else table[strata].to_numpy()})
    if items["stratum"].isna().any():
        raise ValueError(f"{int(items['stratum'].isna().sum())} rows have no stratum: give them one, so that no item is lost")
    items["amount"] = pd.array([pd.NA] * len(table), dtype="Int64") if amount is None else _whole(table[amount], amount)
    items["group"] = "not_drawn"
    if units == "money":
        items.loc[items["amount"].isna(), "group"] = "missing"
        items.loc[(items["amount"] == 0).fillna(False), "group"] = "zero"
        items.loc[(items["amount"] < 0).fillna(False), "group"] = "negative"
    items["hits"] = 0
    eligible = items[items["group"] == "not_drawn"]
    size = eligible["amount"].astype("int64") if units == "money" else pd.Series(1, index=eligible.index)
    of_stratum = size.groupby(eligible["stratum"]).sum()
    if strata is not None and set(items["stratum"]) - set(of_stratum.index):
        raise ValueError("a stratum holds no money units at all: set it aside before drawing")
    shares = {"": n} if strata is None else allocated(of_stratum, n, allocation)
    if of_stratum.empty:
        raise ValueError("there is nothing to draw from")
    told, drawn_units = [], {}
    for name in of_stratum.index:
        mine = eligible.index[eligible["stratum"] == name]
        wanted = int(shares[name])
        certain = _certain(items.loc[mine, "amount"], wanted, top)
        items.loc[mine[certain], "group"] = "certain"
        rest = mine[~certain]
        total = int(size[rest].sum())
        left = wanted - int(certain.sum()) if len(rest) else 0  # where everything is certain there is nothing left to draw
        if len(rest) and left < 1:
            raise ValueError(
                f"{int(certain.sum())} items of the top stratum use up the sample size of {wanted}: ask for more, or raise the limit of the top stratum"
            )
        if left > total:
            raise ValueError(f"a sample of {left} cannot be drawn from {total} units")
        draw = None if start is not None else Draw(seed if strata is None else f"{seed}/{name}")
        if left == 0:
            hit = []
        elif method == "random":
            hit = units_at_random(total, left, draw)
        elif method == "interval":
            hit = intervals(total, left, draw, None if start is None else exact(start))
        else:
            hit = cells(total, left, draw)
        where = np.searchsorted(size[rest].cumsum().to_numpy(), np.asarray(hit, dtype=np.int64), side="left")
        items.loc[rest, "hits"] = np.bincount(where, minlength=len(rest))
        drawn_units[name] = hit
        told.append(
            {
                "stratum": name,
                "items": int((items["stratum"] == name).sum()),
                "units": int(of_stratum[name]),
                "n": wanted,
                "certain": int(certain.sum()),
                "hits": left,
                "interval": float(Fraction(total, left)) if left else None,
            }
        )
    items.loc[items["hits"] > 0, "group"] = "drawn"
    return Selection(
        items,
        drawn_units,
        int(sum(shares[s] for s in of_stratum.index)),
        method,
        units,
        "" if seed is None else str(seed),
        None if start is None else exact(start),
        pd.DataFrame(told),
        top if isinstance(top, int) else None,
    )


def _whole(column, name):
    """Amounts as Int64; ValueError where one is not a whole number."""
    if not pd.api.types.is_integer_dtype(column.dtype):
        column = pd.to_numeric(column).astype("Float64")
        if (column % 1 != 0).fillna(False).any():
            raise ValueError(f"the amounts of {name} must be whole numbers (fen)")
    return column.astype("Int64").array


def _certain(amounts, n, top):
    """Which items are examined with certainty, as a boolean array."""
    values = amounts.to_numpy(dtype=float, na_value=-1)
    if top is None:
        return np.zeros(len(values), dtype=bool)
    if top != "interval":
        return values >= int(top)
    whole = [0 if pd.isna(v) else int(v) for v in amounts]
    certain = np.zeros(len(values), dtype=bool)
    while True:
        left, total = n - int(certain.sum()), sum(v for v, c in zip(whole, certain, strict=True) if not c)
        if left <= 0 or total == 0:
            return certain
        more = np.array([not c and v * left >= total for v, c in zip(whole, certain, strict=True)])
        if not more.any():
            return certain
        certain |= more
