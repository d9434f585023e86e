"""The whole assessment of a large county as the notebook `helper_assessment` makes it: seconds and share of each step.

`python benchmarks/assessment.py [visits]` (benchmarks/assessment.txt): 12,000 helpers with 1,000,000 records of visits and calls (`large_county`),
without and with 50 approved corrections. The target is under 20 seconds by the clock on two cores. Numerical libraries run on one thread, as in
the kernels of a run. Seconds of the processor stand beside those by the clock, which other work on the machine makes longer.
"""

import os

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import sys
import time
from datetime import date

import pandas as pd
from large_county import YEAR, large_county

from bangfu.assessment import HelpersAssessed, Standards, fabrication, measure, read_scorecard, score
from bangfu.assessment.case_mix import compare_all
from bangfu.assessment.sensitivity import of_assessment
from bangfu.assessment.vetoes import vetoes
from bangfu.assessment.year_on_year import KeptYear, changes, of_year
from bangfu.corrections import Correction, Corrections
from bangfu.params import read_pack


def corrections(n: int) -> Corrections:
    common = {"reason": "例", "approved by": "例", "approved on": date(YEAR, 12, 1), "valid until": date(YEAR, 12, 31)}
    late = [Correction(kind="late_record", helper_id=f"R{i:06d}", household_id=f"H{i:06d}", **common | {"date": date(YEAR, 5, 5)}) for i in range(n // 2)]
    away = [Correction(kind="leave", helper_id=f"R{i:06d}", **common | {"from": date(YEAR, 3, 1), "to": date(YEAR, 4, 20)}) for i in range(n // 2, n)]
    return Corrections.of([*late, *away], YEAR)


def year_before(assessed: HelpersAssessed) -> KeptYear:
    """An earlier year in which every other helper had the grade of the next in the list."""
    helpers = assessed.helpers.copy()
    helpers.loc[::2, "grade"] = helpers["grade"].shift(-1, fill_value=assessed.card.last)[::2]
    return of_year(YEAR - 1, helpers, assessed.points, None, {})


class Steps:
    """Seconds by the clock and of the processor of each step, in order."""

    def __init__(self):
        self.seconds: dict[str, tuple[float, float]] = {}

    def timed(self, name: str, work):
        """The result of a step."""
        began = time.perf_counter(), time.process_time()
        result = work()
        self.seconds[name] = time.perf_counter() - began[0], time.process_time() - began[1]
        return result

    def print(self, what: str) -> None:
        clock, processor = (sum(s[i] for s in self.seconds.values()) for i in (0, 1))
        print(f"{what}: {clock:.1f} s by the clock, {processor:.1f} s of the processor")
        print(f"  {'clock':>8} {'processor':>9} share of the processor's")
        for name, seconds in self.seconds.items():
            print(f"  {seconds[0]:6.2f} s  {seconds[1]:6.2f} s  {seconds[1] / processor:4.0%}  {name}")
        print(flush=True)


def main(records: int) -> None:
    pack, card, tables = read_pack("laizhou-2018-8"), read_scorecard(), large_county(records)
    hits = tables["visits"]["visit_id"].iloc[::2000]
    findings = pd.DataFrame({"rule_id": "HV-07", "subject": hits, "status": "new"})
    for approved in (Corrections(), corrections(50)):
        standards, steps = Standards.of(pack, card, YEAR, approved), Steps()
        measured = steps.timed("measure (duty, facts, rows behind them)", lambda: measure(tables, YEAR, standards))
        scores = steps.timed("score", lambda: score(measured, {role: card.weights_of(role) for role in card.cards}))
        vetoed = steps.timed("vetoes", lambda: vetoes(measured, tables, card, findings))
        assessed = HelpersAssessed(measured, card, scores, vetoed, findings)
        helpers = steps.timed("grades, sanctions, table of helpers", lambda: assessed.helpers)
        points = steps.timed("points with reasons", lambda: assessed.points)
        steps.timed("grades under other weights", lambda: of_assessment(assessed, card.sensitivity))
        handed_over = tables | {"pairings": approved.handed_over(tables["pairings"])}
        steps.timed("four comparisons of five results, case mix allowed for", lambda: compare_all(handed_over, YEAR, card.comparison, card.held_months))
        scored = steps.timed("fabrication score", lambda: fabrication.score(tables, YEAR, card.fabrication, county="000000", findings={"HV-05": hits, "HV-10": hits[:5]}))
        steps.timed("evidence of those to visit first", lambda: fabrication.evidence(scored, scored.table["helper_id"].head(card.fabrication.visit_first).tolist()))
        before = year_before(assessed)
        grades = [g.grade for g in card.grades]
        changed = steps.timed("year on year", lambda: changes([before, of_year(YEAR, helpers, points, findings, {})], grades))
        steps.print(f"{helpers['helper_id'].nunique():,} helpers, {records:,} records, {len(approved.entries)} corrections; {len(points):,} rows of points, {(changed['change'] != 'same').sum():,} grades changed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
