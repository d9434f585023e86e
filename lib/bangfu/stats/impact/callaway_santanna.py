"""Help that began in different years: the effect on every cohort in every year, and its averages."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.stats.columns import floats
from bangfu.stats.impact.assumptions import ASSUMED, interval, meaning
from bangfu.stats.impact.averages import Average, simultaneous_critical, weighted
from bangfu.stats.paper import Both, Paper, WorkingPaper

CONTROLS = {"never": Both("从未帮扶户", "never helped"), "not_yet": Both("尚未帮扶户", "not yet helped")}


@dataclass(frozen=True)
class GroupTime(WorkingPaper):
    """Effects by cohort and year with the influence of every unit on them; see `att_gt`."""

    table: pd.DataFrame  # cohort, time, att, se, lower, upper, band_lower, band_upper, p_value, treated, controls
    influence: np.ndarray  # (units, rows of table)
    cohort: np.ndarray  # of every unit, infinite if never helped
    clusters: np.ndarray | None  # codes of the units' clusters
    control: str
    base: str
    anticipation: int
    units: int
    left_out: dict
    confidence: float
    draws: int
    seed: int

    def simple(self):
        """The average over all cohorts and years since help began, by the size of the cohorts."""
        cells = self._after()
        return Average(Both("总体平均", "simple average"), *weighted(self, cells), None, self)

    def by_cohort(self):
        """The average effect on each cohort over its years, and over the cohorts by their size."""
        return self._averages(Both("按帮扶起始年", "by cohort"), "cohort", by_size=True, each=np.ones)

    def by_calendar(self):
        """The average effect in each year on all helped by then, by the size of the cohorts, and over the years alike."""
        return self._averages(Both("按年份", "by calendar year"), "time")

    def event_study(self, *, first=-np.inf, last=np.inf, balanced=None):
        """The effect by years since help began (negative: before), by the size of the cohorts, and over all years since alike.

        first, last: event times to show. balanced: only cohorts observed for that many years after their first, so that the cohorts
        behind each event time are the same.
        """
        table = self.table.assign(event=self.table["time"] - self.table["cohort"])
        kept = table["event"].between(first, last)
        if balanced is not None:
            reach = table.groupby("cohort")["event"].transform("max")
            kept &= (reach >= balanced) & (table["event"] <= balanced)
        return self._averages(Both("按帮扶后年数(事件研究)", "by years since help began (event study)"), "event", table=table[kept])

    def _after(self):
        return self.table.index[self.table["time"] >= self.table["cohort"]]

    def _averages(self, name, key, *, table=None, by_size=False, each=None):
        table = self.table.loc[self._after()] if table is None else table
        rows, influences = [], []
        for value, part in table.groupby(key, sort=True):
            att, se, influence = weighted(self, part.index, weights=None if each is None else each(len(part)))
            rows.append((value, att, se))
            influences.append(influence)
        if not rows:
            raise ValueError("no effects are left to average")
        found = pd.DataFrame(rows, columns=[key, "att", "se"]).set_index(key)
        influence = np.column_stack(influences)
        critical = simultaneous_critical(influence, found["se"].to_numpy(), self)
        z = stats.norm.ppf(0.5 + self.confidence / 2)
        for low, high, width in (("lower", "upper", z), ("band_lower", "band_upper", critical)):
            found[low], found[high] = found["att"] - width * found["se"], found["att"] + width * found["se"]
        over = np.flatnonzero(found.index >= 0) if key == "event" else np.arange(len(found))
        if not len(over):
            return Average(name, np.nan, np.nan, np.full(len(influence), np.nan), found, self)
        total = weighted(self, over, weights=None if by_size else np.ones(len(over)), att=found["att"].to_numpy(), influence=influence,
                         cohorts=found.index.to_numpy() if by_size else None)
        return Average(name, *total, found, self)

    @property
    def pretest(self):
        """Wald test that all effects before help began are 0: (statistic, degrees of freedom, p-value); None without such effects.

        With a universal base period its own 0 is left out. Passing it does not prove parallel trends.
        """
        rows = np.flatnonzero((self.table["time"] < self.table["cohort"] - self.anticipation) & (self.table["se"] > 0))
        if not len(rows):
            return None
        psi = _by_cluster(self.influence[:, rows], self.clusters)
        covariance = psi.T @ psi / self.units**2
        if np.linalg.matrix_rank(covariance) < len(rows):
            return None
        att = self.table["att"].to_numpy()[rows]
        statistic = float(att @ np.linalg.solve(covariance, att))
        return statistic, len(rows), float(stats.chi2.sf(statistic, len(rows)))

    def _paper(self):
        whole, test = self.simple(), self.pretest
        return Paper(
            title=Both("分批帮扶的效果", "Effect of help that began in different years"),
            asked=Both("各批帮扶使结果改变了多少", "How much did the help change the outcome of each cohort"),
            method=Both(f"Callaway-Sant'Anna 分组分期双重差分(无协变量),对照为{CONTROLS[self.control].zh}",
                        f"Callaway-Sant'Anna without covariates, controls: {CONTROLS[self.control].en}"),
            source="Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230",
            inputs=[(Both("户数", "units"), self.units), *[(_LEFT_OUT[k], v) for k, v in self.left_out.items() if v]],
            result=[(Both("总体平均效果", "average effect"), whole.att), (Both("标准误", "standard error"), whole.se),
                    interval(whole.lower, whole.upper, self.confidence),
                    (Both("帮扶前趋势检验 p 值", "p-value of the test of earlier trends"), test[2] if test else None),
                    (Both("各批各期效果", "effects by cohort and year"), self.table[["cohort", "time", "att", "se", "lower", "upper"]].round(4))],
            notes=ASSUMED,
            meaning=meaning(whole.att, whole.lower, whole.upper),
        )


_LEFT_OUT = {"incomplete": Both("因缺年份未用(户)", "left out, a year is missing (units)"),
             "always": Both("首年已在帮扶未用(户)", "left out, helped from the first year on (units)")}


def att_gt(outcome, unit, time, cohort, *, control="never", base="varying", anticipation=0, clusters=None, confidence=0.95, draws=999, seed=0):
    """Estimate the effect of help on every cohort g (year in which help began) in every year t, without covariates.

    ATT(g, t) = mean change of cohort g from base to t, less the mean change of the controls. Controls: "never" helped, or "not_yet" helped
    by max(t, base) (and the never helped). Base: the last year before help, g - 1 - anticipation; for earlier t the year before t
    ("varying") or the same ("universal", where that year is 0 by definition).
    Error from the influence of every unit, psi = n / n_g (change - mean) for the cohort, - n / n_c (change - mean) for the controls:
    se^2 = sum of psi^2 / n^2, psi first summed by cluster if clusters are given. The band holds all effects at once: the
    `confidence` quantile of max |sum of v psi| / (n se) over `draws` sets of random signs v by unit or cluster, with the seed given.

    outcome: numbers (n,); unit, time: (n,), one row per unit and year; cohort: the year in which help began, missing, 0 or infinite if
    never. clusters: (n,), constant within a unit. Units lacking a year and units helped in the first year are left out and counted.
    Returns a GroupTime; its averages are simple(), by_cohort(), by_calendar(), event_study().
    Raises ValueError if a unit has two cohorts or two rows in a year, or nobody can be a control.

    Source: Callaway and Sant'Anna (2021), Difference-in-differences with multiple time periods, J. Econometrics 225, 200-230.
    """
    if control not in CONTROLS or base not in ("varying", "universal"):
        raise ValueError("control must be never or not_yet, base varying or universal")
    wide, starts, groups, left_out = _panel(outcome, unit, time, cohort, clusters, anticipation)
    n, times = len(wide), wide.columns.to_numpy(dtype=float)
    never = np.isinf(starts)
    if control == "never" and not never.any():
        raise ValueError("there are no units that were never helped; use control=\"not_yet\"")
    Y = wide.to_numpy()
    cells, psi = [], []
    for g in np.unique(starts[~never]):
        before = np.flatnonzero(times < g - anticipation)
        for j, t in enumerate(times):
            if base == "varying" and j == 0 and t < g - anticipation:
                continue
            b = before[-1] if base == "universal" or t >= g - anticipation else j - 1
            helped = starts == g
            others = never if control == "never" else (starts > max(t, times[b]) + anticipation) & ~helped
            if not others.any():
                continue
            change = Y[:, j] - Y[:, b]
            influence = np.zeros(n)
            gain, drift = change[helped].mean(), change[others].mean()
            influence[helped] = n / helped.sum() * (change[helped] - gain)
            influence[others] = -n / others.sum() * (change[others] - drift)
            cells.append((_whole(g), _whole(t), gain - drift, int(helped.sum()), int(others.sum())))
            psi.append(influence)
    if not cells:
        raise ValueError("no cohort has both a year before its help and controls")
    table = pd.DataFrame(cells, columns=["cohort", "time", "att", "treated", "controls"])
    psi = np.column_stack(psi)
    se = np.sqrt((_by_cluster(psi, groups) ** 2).sum(axis=0)) / n
    found = GroupTime(table, psi, starts, groups, control, base, anticipation, n, left_out, confidence, draws, seed)
    critical = simultaneous_critical(psi, se, found)
    z = stats.norm.ppf(0.5 + confidence / 2)
    table["se"] = se
    for low, high, width in (("lower", "upper", z), ("band_lower", "band_upper", critical)):
        table[low], table[high] = table["att"] - width * se, table["att"] + width * se
    table["p_value"] = 2 * stats.norm.sf(np.abs(table["att"]) / np.where(se > 0, se, np.nan))
    return found


def _panel(outcome, unit, time, cohort, clusters, anticipation):
    frame = pd.DataFrame({"y": floats(outcome), "unit": np.asarray(unit), "time": floats(time), "cohort": floats(cohort, np.inf)})
    frame["cohort"] = frame["cohort"].replace(0, np.inf)
    frame["cluster"] = frame["unit"] if clusters is None else np.asarray(clusters)
    if frame.duplicated(["unit", "time"]).any():
        raise ValueError("a unit has two rows in one year")
    if (frame.groupby("unit")[["cohort", "cluster"]].nunique() > 1).any(axis=None):
        raise ValueError("cohort and cluster must be the same in all rows of a unit")
    wide = frame.pivot(index="unit", columns="time", values="y")
    complete = wide.notna().all(axis=1)
    fixed = frame.drop_duplicates("unit").set_index("unit").reindex(wide.index)
    always = complete & (fixed["cohort"] - anticipation <= wide.columns[0])
    kept = complete & ~always
    # help that begins after the last year has not begun in these data
    starts = fixed.loc[kept, "cohort"].where(fixed.loc[kept, "cohort"] <= wide.columns[-1], np.inf).to_numpy()
    groups = None if clusters is None else pd.factorize(fixed.loc[kept, "cluster"], sort=True)[0]
    return wide[kept], starts, groups, {"incomplete": int((~complete).sum()), "always": int(always.sum())}


def _by_cluster(psi, groups):
    if groups is None:
        return psi
    sums = np.zeros((groups.max() + 1, psi.shape[1]))
    np.add.at(sums, groups, psi)
    return sums


def _whole(year):
    return int(year) if float(year).is_integer() else float(year)
