"""How well the fabrication score puts fabricators first: `python benchmarks/fabrication.py [seeds]`.

Counties of honest, untidy helpers (`bangfu.sample.untidy_records`) of whom 3, 6 or 10% invent all or a quarter of their records in one
style (`bangfu.sample.fabrication`). AUC: the chance that a fabricator stands before an honest helper; mean over counties with a 95%
interval (t) for the mean. The score has no fitted weights, so no style was tuned on; the seeds are others than those it was developed
with. Beside it: without the households' answers (no survey), another way of putting the families together (the smallest p), and counties in
which more helpers write formulas.
"""

import sys
import time

import numpy as np
from scipy import stats

from bangfu.assessment import fabrication
from bangfu.assessment.fabrication.score import fisher
from bangfu.assessment.fabrication.signal import FAMILIES
from bangfu.sample.fabrication import STYLES, fabricated_county

SETTINGS = fabrication.FabricationSettings(visit_first=30, village_minutes=15, night=(22, 6), least_families=3)
SIZES = (300, 600, 1200)
FABRICATORS = (0.03, 0.06, 0.1)


def auc(score: np.ndarray, guilty: np.ndarray) -> float:
    """The chance that a guilty one scores above an innocent one, ties counted half (Mann-Whitney)."""
    ranks = stats.rankdata(score)
    n = guilty.sum()
    return (ranks[guilty].sum() - n * (n + 1) / 2) / (n * (~guilty).sum())


def trial(helpers: int, seed: int, style: str, share: float, fabricators: float, formulaic: float = 0.07) -> dict[str, float]:
    """AUC of the score, of the records without the survey, of the smallest p, and the share of fabricators among as many listed as there are."""
    tables, guilty = fabricated_county(helpers, seed, style, share, fabricators, formulaic)
    table = fabrication.score(tables, 2019, SETTINGS, county=str(seed)).table
    wrong = table["helper_id"].isin(guilty).to_numpy()
    without, _ = fisher(table[[family for family in FAMILIES if family != "answers"]].to_numpy())
    return {
        "score": auc(table["score"].fillna(0).to_numpy(), wrong),
        "records": auc(np.nan_to_num(without), wrong),
        "smallest": auc(-table[list(FAMILIES)].min(axis=1).to_numpy(), wrong),
        "found": wrong[: wrong.sum()].mean(),
    }


def interval(values: list[float]) -> str:
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return f"{np.mean(values):.3f} ({max(np.mean(values) - half, 0):.3f}-{min(np.mean(values) + half, 1):.3f})"


def styles(seeds: int) -> None:
    for share in (1.0, 0.25):
        print(f"\n{share:.0%} of the fabricators' records invented; {seeds} counties for each size and share of fabricators")
        print(f"{'style':33}{'AUC (95% interval)':>24}{'300':>7}{'600':>7}{'1200':>7}{'found':>7}{'no survey':>11}{'smallest p':>12}")
        for style in STYLES:
            rows = [
                (helpers, trial(helpers, seed, style, share, fabricators))
                for helpers in SIZES for fabricators in FABRICATORS for seed in range(seeds)
            ]  # fmt: skip
            every = {name: [r[name] for _, r in rows] for name in rows[0][1]}
            by_size = "".join(f"{np.mean([r['score'] for h, r in rows if h == helpers]):7.3f}" for helpers in SIZES)
            print(f"{style:33}{interval(every['score']):>24}{by_size}{np.mean(every['found']):7.2f}{np.mean(every['records']):11.3f}{np.mean(every['smallest']):12.3f}", flush=True)

def formulas(seeds: int) -> None:
    print(f"\nall of the records invented, 600 helpers, 6% fabricators, {seeds} counties: AUC by the share of honest helpers who write formulas")
    print(f"{'style':33}" + "".join(f"{f'{share:.0%}':>24}" for share in (0.0, 0.07, 0.2, 0.4)))
    for style in ("copied from oneself", "copied from a colleague"):
        cells = [interval([trial(600, seed, style, 1.0, 0.06, formulaic)["score"] for seed in range(seeds)]) for formulaic in (0.0, 0.07, 0.2, 0.4)]
        print(f"{style:33}" + "".join(f"{cell:>24}" for cell in cells), flush=True)


if __name__ == "__main__":
    began = time.process_time()
    counties = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    styles(counties)
    formulas(3 * counties)
    print(f"\n{time.process_time() - began:.0f} s of processor time", file=sys.stderr)
