"""The annual assessment of a large county: seconds and share of each step. `python benchmarks/assessment.py [visits]`

12,000 helpers: 9,600 first helpers of one household each and 2,400 second helpers of four, with 1,000,000 records of visits and calls
(the target of the assessment is under 20 seconds on two cores). Then the same with 50 approved corrections.
"""

import sys
import time
from datetime import date

import numpy as np
import pandas as pd

from bangfu.assessment import Standards, assess_helpers, measure, read_scorecard, score
from bangfu.assessment.facts import GUARANTEES
from bangfu.assessment.vetoes import vetoes
from bangfu.corrections import Correction, Corrections
from bangfu.income import form_columns
from bangfu.params import read_pack

YEAR, HOUSEHOLDS, SECOND = 2019, 9_600, 2_400


def text(prefix: str, numbers: np.ndarray) -> pd.Series:
    return pd.Series([f"{prefix}{n:06d}" for n in numbers], dtype="str")


def days(rng: np.random.Generator, n: int, year: int = YEAR) -> pd.Series:
    return pd.Series((np.datetime64(f"{year}-01-01") + rng.integers(0, 365, n).astype("m8[D]")).astype("M8[us]"))


def county(records: int, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Tables of a county-year with as many records of visits, spread at random over pairs and days."""
    rng = np.random.default_rng(seed)
    home = np.arange(HOUSEHOLDS)
    pair_home, pair_helper = np.r_[home, home], np.r_[home, HOUSEHOLDS + home % SECOND]
    role = np.repeat(["first", "second"], HOUSEHOLDS)
    pair = rng.integers(0, len(role), records)
    at_home = (role[pair] == "second") | (rng.random(records) < 0.4)
    visited = days(rng, records)
    flags = lambda share, n: pd.array(rng.random(n) < share, dtype="boolean")  # noqa: E731
    households = pd.DataFrame({"household_id": text("H", home), "town": text("T", home % 16)} | {g: flags(0.97, HOUSEHOLDS) for g in GUARANTEES})
    pairings = pd.DataFrame({"household_id": text("H", pair_home), "helper_id": text("R", pair_helper), "role": pd.Series(role, dtype="str"), "start_on": days(rng, len(role), YEAR - 1), "end_on": pd.Series(np.full(len(role), "NaT", "M8[us]"))})
    visits = pd.DataFrame(
        {
            "visit_id": text("V", np.arange(records)), "household_id": text("H", pair_home[pair]), "helper_id": text("R", pair_helper[pair]), "visited_at": visited,
            "mode": pd.Series(np.where(at_home, "home", "telephone"), dtype="str"), "household_signed": flags(0.97, records), "helper_signed": flags(0.99, records),
            "witness": pd.Series(np.full(records, None), dtype="str"), "entered_on": visited + pd.to_timedelta(rng.integers(0, 70, records), unit="D"),
        }
    )  # fmt: skip
    helpers = pd.DataFrame({"helper_id": text("R", np.arange(HOUSEHOLDS + SECOND)), "unit": text("U", rng.integers(0, 150, HOUSEHOLDS + SECOND))})
    plans = pd.DataFrame({"household_id": text("H", home), "helper_id": text("R", home), "year": pd.array([YEAR] * HOUSEHOLDS, dtype="Int64"), "expected_gain": pd.array([200_000] * HOUSEHOLDS, dtype="Int64"), "signed_on": days(rng, HOUSEHOLDS)})
    incomes = pd.concat([pd.DataFrame({"household_id": text("H", home), "year": pd.array([y] * HOUSEHOLDS, dtype="Int64"), "family_size": pd.array(rng.integers(1, 6, HOUSEHOLDS), dtype="Int64")} | {c: pd.array(rng.integers(0, 100_000, HOUSEHOLDS), dtype="Int64") for c in form_columns()}) for y in (YEAR - 1, YEAR)], ignore_index=True)  # fmt: skip
    survey = pd.DataFrame({"household_id": text("H", home), "knows_helper": flags(0.97, HOUSEHOLDS)} | {q: pd.array(rng.integers(3, 6, HOUSEHOLDS), dtype="Int64") for q in ("q_helper", "q_measures")})
    tables = {"households": households, "pairings": pairings, "visits": visits, "helpers": helpers, "plans": plans, "incomes": incomes, "survey": survey}
    for number, frame in enumerate(tables.values()):
        frame["origin"] = (number << 32) + pd.Series(range(len(frame)), dtype="int64")
    return tables


def corrections(n: int) -> Corrections:
    common = {"reason": "例", "approved by": "例", "approved on": date(YEAR, 12, 1), "valid until": date(YEAR, 12, 31)}
    late = [Correction(kind="late_record", helper_id=f"R{i:06d}", household_id=f"H{i:06d}", on=date(YEAR, 5, 5), **common) for i in range(n // 2)]
    away = [Correction(kind="leave", helper_id=f"R{i:06d}", **common | {"from": date(YEAR, 3, 1), "to": date(YEAR, 4, 20)}) for i in range(n // 2, n)]
    return Corrections.of([*late, *away], YEAR)


def timed(steps: dict[str, tuple[float, float]], name: str, work):
    """The result of a step, whose seconds by the clock and of the processor are noted."""
    began = time.perf_counter(), time.process_time()
    result = work()
    steps[name] = time.perf_counter() - began[0], time.process_time() - began[1]
    return result


def main(records: int) -> None:
    pack, card, tables = read_pack("laizhou-2018-8"), read_scorecard(), county(records)
    hits = tables["visits"]["visit_id"].iloc[::2000]
    findings = pd.DataFrame({"rule_id": "HV-07", "subject": hits, "status": "new"})
    for approved in (Corrections(), corrections(50)):
        standards, steps = Standards.of(pack, card, YEAR, approved), {}
        measured = timed(steps, "measure (duty, facts, rows behind them)", lambda: measure(tables, YEAR, standards))
        timed(steps, "score", lambda: score(measured, {r: card.weights_of(r) for r in card.cards}))
        timed(steps, "vetoes", lambda: vetoes(measured, tables, card, findings))
        assessed = assess_helpers(tables, YEAR, card, standards, findings)
        helpers = timed(steps, "grades, sanctions, table of helpers", lambda: assessed.helpers)
        points = timed(steps, "points with reasons", lambda: assessed.points)
        clock, processor = (sum(s[i] for s in steps.values()) for i in (0, 1))
        print(f"{helpers['helper_id'].nunique():,} helpers, {records:,} records, {len(approved.entries)} corrections: {clock:.1f} s by the clock, {processor:.1f} s of the processor; {len(points):,} rows of points")
        for name, seconds in steps.items():
            print(f"  {seconds[0]:6.2f} s  {seconds[1]:6.2f} s  {seconds[1] / processor:4.0%}  {name}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
