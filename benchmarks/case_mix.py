"""How often comparisons of helpers are wrong, and how often right: `python benchmarks/case_mix.py` prints a table, some minutes.

Made-up counties: households with circumstances that matter (ill people are less often satisfied), villages that differ, helpers who
each have the households of one village. `confounded`: some helpers have mostly ill households. Columns, in percent of all helpers:
outside the 95% limits of the funnel as the figures are (raw), after adjustment (adj.), the verdict above or below (verdict);
where helpers differ, of those whose true effect is beyond 1.5 standard deviations the share on the right side of the verdict (found), and of all verdicts
those on the wrong side of the average (wrong side).
"""

import sys

import numpy as np
import pandas as pd

from bangfu.assessment.case_mix import compare
from bangfu.assessment.household_results import HouseholdResult
from bangfu.assessment.scorecard import read_scorecard
from bangfu.problems import Sentence

LIMITS = read_scorecard("example").comparison


def county(rng, *, villages, helpers, households, village_sd, helper_sd, confounded, share):
    """One made-up county: rows (subject, household_id, value), homes, villages of the rows, true effects of the helpers."""
    owner = np.repeat(np.arange(villages * helpers), households)
    place = owner // helpers
    burden = rng.random(villages * helpers) < 0.3 if confounded else np.zeros(villages * helpers, dtype=bool)
    ill = rng.random(len(owner)) < np.where(burden[owner], 0.9, 0.2)
    size = rng.integers(1, 6, len(owner))
    truth = rng.normal(0, helper_sd, villages * helpers) if helper_sd else np.zeros(villages * helpers)
    inclined = 1.6 - 1.5 * ill + 0.1 * (size - 3) + rng.normal(0, village_sd, villages)[place] + truth[owner]
    value = rng.random(len(owner)) < 1 / (1 + np.exp(-inclined)) if share else inclined + rng.standard_t(5, len(owner))
    rows = pd.DataFrame({"subject": owner, "household_id": [f"H{i}" for i in range(len(owner))], "value": value.astype(float)})
    homes = pd.DataFrame({"ill": ill.astype(float), "family_size": size.astype(float)}, index=rows["household_id"])
    return rows, homes, pd.Series(place), truth


def rates(trials, seed, **kind):
    """The shares of the columns over `trials` counties."""
    rng = np.random.default_rng(seed)
    raw = adjusted = verdicts = found = findable = wrong = helpers = 0
    for _ in range(trials):
        rows, homes, places, truth = county(rng, **kind)
        result = HouseholdResult("made-up", Sentence("", ""), rows, share=kind["share"])
        table = compare(result, rows, homes, places, LIMITS).table.set_index("subject").reindex(range(len(truth)))
        side = table["verdict"].map({"above": 1, "below": -1}).fillna(0).to_numpy()
        far = np.abs(truth) > 1.5 * kind["helper_sd"] if kind["helper_sd"] else np.zeros(len(truth), dtype=bool)
        raw, adjusted = raw + (table["unadjusted_position"] != "inside").sum(), adjusted + table["position"].isin(["above", "below"]).sum()
        verdicts, helpers = verdicts + (side != 0).sum(), helpers + len(truth)
        found, findable = found + ((side == np.sign(truth)) & far).sum(), findable + far.sum()
        wrong += ((side * np.sign(truth)) < 0).sum()
    return {"helpers": helpers, "raw": raw / helpers, "adjusted": adjusted / helpers, "verdict": verdicts / helpers,
            "found": found / findable if findable else np.nan, "wrong": wrong / verdicts if verdicts and kind["helper_sd"] else np.nan}  # fmt: skip


SIZES = [{"villages": 3, "helpers": 4, "households": 5}, {"villages": 20, "helpers": 6, "households": 4}, {"villages": 8, "helpers": 3, "households": 30}]
WORLDS = [{"village_sd": 0.0, "confounded": False}, {"village_sd": 0.6, "confounded": False}, {"village_sd": 0.6, "confounded": True}]

if __name__ == "__main__":
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print(f"{trials} counties a row; limits of the example scorecard; seed 20190301\n")
    print(f"{'result':8}{'helpers x households':>22}{'villages':>10}{'confounded':>12}{'helpers differ':>16}{'raw':>8}{'adj.':>8}{'verdict':>9}{'found':>8}{'wrong side':>12}")
    for share in (True, False):
        for helper_sd in (0.0, 0.8):
            for size in SIZES:
                for world in WORLDS:
                    r = rates(trials, 20190301, share=share, helper_sd=helper_sd, **size, **world)
                    told = [f"{r[c]:.1%}" if r[c] == r[c] else "-" for c in ("raw", "adjusted", "verdict", "found", "wrong")]
                    print(f"{'share' if share else 'number':8}{size['villages'] * size['helpers']:>16} x {size['households']:<3}{world['village_sd']:>10}{'yes' if world['confounded'] else 'no':>12}"
                          f"{helper_sd:>16}{told[0]:>8}{told[1]:>8}{told[2]:>9}{told[3]:>8}{told[4]:>12}", flush=True)  # fmt: skip
