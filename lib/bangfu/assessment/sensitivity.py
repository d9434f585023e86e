"""How many grades hang on the weights and cut-offs that somebody chose: every helper graded again under others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bangfu.assessment.comparison import Sensitivity
from bangfu.assessment.grading import UNKNOWN
from bangfu.assessment.helpers import HelpersAssessed
from bangfu.assessment.indicators import DIMENSIONS, INDICATORS
from bangfu.assessment.measurement import NAMES
from bangfu.problems import Sentence

BLOCK = 200  # sets of weights tried at a time


@dataclass(frozen=True)
class GradeSensitivity:
    """scenarios: one row per other set of weights or cut-offs: scenario, scenario_en, up, down, gained, lost (assessable only under it,
    or no longer), changed, of. helpers: one row per helper and role: helper_id, role, grade, worst and best (over the scenarios),
    changed_under (how many scenarios), stable (share of the random draws that leave the grade as it is; missing where it is 资料不足).
    draws, seed: of the random weights.
    """

    scenarios: pd.DataFrame
    helpers: pd.DataFrame
    draws: int
    seed: int


def of_assessment(assessed: HelpersAssessed, limits: Sensitivity) -> GradeSensitivity:
    """The grades of a county-year by its card and under other weights of the card's dimensions (columns of `sensitivity`)."""
    card, measured = assessed.card, assessed.measured
    tables, weights = [], {}
    for role, of_role in assessed.weights.items():
        mine = (measured.helpers["role"] == role).to_numpy(bool)
        weight = np.array([of_role.get(name, 0) for name in NAMES], dtype=float)
        of = measured.of[mine]
        share = np.divide(measured.met[mine], of, out=np.zeros(of.shape), where=of > 0)
        helpers = measured.helpers.loc[mine, "helper_id"].to_numpy()
        for dimension in DIMENSIONS:
            inside = np.array([INDICATORS[name].dimension == dimension for name in NAMES])
            whole = weight[inside].sum()
            if whole:
                weights.setdefault(role, {})[dimension] = whole
                tables.append(pd.DataFrame({"helper_id": helpers, "role": role, "dimension": dimension, "earned": share[:, inside] @ weight[inside], "possible": (of[:, inside] > 0) @ weight[inside]}))
    points = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["helper_id", "role", "dimension", "earned", "possible"])
    return sensitivity(points, weights, [(g.grade, float(g.start)) for g in card.grades], float(card.enough), limits, DIMENSIONS)


def sensitivity(
    points: pd.DataFrame, weights: Mapping[str, Mapping[str, float]], grades: Sequence[tuple[str, float]], enough: float, limits: Sensitivity,
    labels: Mapping[str, tuple[str, str]] = {},
) -> GradeSensitivity:  # fmt: skip
    """Grade everybody by the scores alone (before ceilings and vetoes, which no weight changes) under the card and under others.

    points: helper_id, role, dimension, earned, possible (points of what could be assessed, 0 <= earned <= possible).
    weights: role -> dimension -> all points of the card; a role without weights is left out. grades: name and the score (0 to 100) from
    which it is given, any order. enough: share of the points that must be assessable. labels: dimension -> its name in both languages.

    Score = 100 sum f e / sum f p, e and p the points earned and possible of each dimension, f the factor of its weight; assessable if
    sum f p / sum f w is at least `enough`. Scenarios: each dimension's weight up and down by `weight_changes`, left out, all equal, cut-offs
    up and down by `cutoff_points`. Random draws: weights of each role from a Dirichlet distribution around the card's.
    Scores are compared at nine decimals, so that rounding of floats decides nothing.
    """
    order = sorted(grades, key=lambda g: g[1])
    names = [UNKNOWN, *(name for name, _ in order)]
    starts = np.array([float(start) for _, start in order])
    tables, counts = [], {}
    for place, (role, card) in enumerate(sorted(weights.items())):
        mine = points[points["role"] == role]
        if mine.empty or not card:
            continue
        graded = _Graded.of(mine, card, starts, float(enough))
        base = graded.under(np.ones((1, len(card))))[:, 0]
        tried = {}
        for said, factors, shift in _scenarios(list(card), graded.whole, limits, labels):
            tried[said] = graded.under(factors[None, :], shift)[:, 0]
            counts[said] = counts.get(said, np.zeros(5, dtype=int)) + _counted(base, tried[said])
        levels = np.column_stack([base, *tried.values()])
        known = np.where(levels > 0, levels, len(names))
        tables.append(pd.DataFrame({
            "helper_id": graded.index, "role": role, "grade": np.array(names)[base], "worst": _named(names, known.min(axis=1)), "best": np.array(names)[levels.max(axis=1)],
            "changed_under": (levels[:, 1:] != base[:, None]).sum(axis=1), "stable": np.where(base > 0, _stable(graded, base, limits, place), np.nan),
        }))  # fmt: skip
    rows = [{"scenario": said.zh, "scenario_en": said.en, **dict(zip(("up", "down", "gained", "lost", "of"), n.tolist(), strict=True))} for said, n in counts.items()]
    scenarios = pd.DataFrame(rows, columns=["scenario", "scenario_en", "up", "down", "gained", "lost", "of"])
    scenarios.insert(6, "changed", scenarios[["up", "down", "gained", "lost"]].sum(axis=1))
    columns = ["helper_id", "role", "grade", "worst", "best", "changed_under", "stable"]
    helpers = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    return GradeSensitivity(scenarios, helpers.sort_values(["helper_id", "role"], ignore_index=True), limits.draws, limits.seed)


@dataclass(frozen=True)
class _Graded:
    """The helpers of a role: points earned and possible by dimension, and how scores become grades."""

    index: pd.Index
    earned: np.ndarray
    possible: np.ndarray
    whole: np.ndarray
    starts: np.ndarray
    enough: float

    @classmethod
    def of(cls, points: pd.DataFrame, card: Mapping[str, float], starts: np.ndarray, enough: float) -> "_Graded":
        wide = points.pivot_table(index="helper_id", columns="dimension", values=["earned", "possible"], aggfunc="sum", fill_value=0.0)
        matrix = {what: wide[what].reindex(columns=list(card), fill_value=0.0).to_numpy(dtype=float) for what in ("earned", "possible")}
        return cls(wide.index, matrix["earned"], matrix["possible"], np.array([float(w) for w in card.values()]), starts, enough)

    def under(self, factors: np.ndarray, shift: float = 0.0) -> np.ndarray:
        """The grade of each helper (0 none, 1 the lowest) under each set of factors (sets, dimensions), cut-offs moved by `shift`."""
        possible = self.possible @ factors.T
        score = np.divide(100 * (self.earned @ factors.T), possible, out=np.zeros_like(possible), where=possible > 0)
        level = np.maximum(np.searchsorted(np.round(self.starts[1:] + shift, 9), np.round(score, 9), side="right") + 1, 1)
        enough = (possible > 0) & (np.round(possible / (factors @ self.whole), 12) >= self.enough)
        return np.where(enough, level, 0)


def _scenarios(dimensions: list[str], whole: np.ndarray, limits: Sensitivity, labels: Mapping[str, tuple[str, str]]) -> Iterator[tuple[Sentence, np.ndarray, float]]:
    """What is tried: its name, the factor of each dimension's weight, and by how much the cut-offs move."""
    same = np.ones(len(dimensions))
    for place, dimension in enumerate(dimensions):
        zh, en = labels.get(dimension, (dimension, dimension))
        for change in limits.weight_changes:
            for sign in (1, -1):
                yield Sentence(f"{zh}权重{sign * change:+.0%}", f"weight of {en} {sign * change:+.0%}"), np.where(np.arange(len(same)) == place, 1 + sign * change, 1.0), 0.0
        if len(dimensions) > 1:
            yield Sentence(f"不计{zh}", f"without {en}"), np.where(np.arange(len(same)) == place, 0.0, 1.0), 0.0
    yield Sentence("各维度权重相等", "all dimensions of equal weight"), whole.mean() / whole, 0.0
    for sign in (1, -1):
        yield Sentence(f"等次分数线{sign * limits.cutoff_points:+d}分", f"cut-offs {sign * limits.cutoff_points:+d} points"), same, float(sign * limits.cutoff_points)


def _counted(base: np.ndarray, other: np.ndarray) -> np.ndarray:
    """up, down, gained, lost, of."""
    both = (base > 0) & (other > 0)
    return np.array([(both & (other > base)).sum(), (both & (other < base)).sum(), ((base == 0) & (other > 0)).sum(), ((base > 0) & (other == 0)).sum(), len(base)])


def _named(names: list[str], levels: np.ndarray) -> np.ndarray:
    """The names of grades, that of none where there is no level."""
    return np.array([*names, names[0]])[levels]


def _stable(graded: _Graded, base: np.ndarray, limits: Sensitivity, place: int) -> np.ndarray:
    """The share of random sets of weights under which each helper keeps the grade."""
    share = graded.whole / graded.whole.sum()
    drawn = np.random.default_rng([limits.seed, place]).dirichlet(limits.concentration * share, size=limits.draws) / share
    kept = np.zeros(len(base), dtype=int)
    for start in range(0, limits.draws, BLOCK):
        kept += (graded.under(drawn[start : start + BLOCK]) == base[:, None]).sum(axis=1)
    return kept / limits.draws
