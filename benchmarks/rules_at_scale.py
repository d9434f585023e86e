"""(b) All rules on a county with a million visits and half a million transactions, beside the most expensive checks by hand.

    python benchmarks/rules_at_scale.py [households] [transactions] [rounds]

Each check is written by hand in DuckDB's SQL and in Polars (benchmarks/by_hand), on all cores, from tables that lie in memory; each must
find the same subjects, or there is no figure. Ours also count what could not be assessed, write two sentences for each finding and
trace the rows behind it. The three take turns, in processes of their own; each figure is the best of its rounds, and a check's peer is
whichever of the two was quicker.
"""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import results
from timing import machine, timed
from whole_county import YEAR, kept, whole_county

from bangfu import audit
from bangfu.params import read_pack
from bangfu.sample.making import POLICY

HERE = Path(__file__).resolve().parent
LIBRARIES = {"DuckDB": (sys.executable, "duckdb_checks.py"), "Polars": (str(HERE.parent / ".venv-bench" / "bin" / "python"), "polars_checks.py")}


def settings() -> dict:
    """What the checks by hand need of the pack, in plain numbers."""
    rules = read_pack(POLICY).rules
    value = {(rule, name): rules[rule].settings(YEAR)[name] for rule, name in (("HV-01", "first_visit_months"), ("HV-06", "same_text"), ("HV-11", "unit_missed"), ("FE-01", "project_categories"), ("FE-04", "idle_days"), ("FE-04", "idle_share"), ("RA-02", "progress_tolerance"))}  # fmt: skip
    told: dict = defaultdict(dict)
    for (rule, name), given in value.items():
        told[rule][name] = given
    told["FE-04"]["idle_share"] = told["FE-04"]["idle_share"].as_integer_ratio()
    told["RA-02"] = {"tolerance": int(told["RA-02"]["progress_tolerance"] * 100)}
    return {"year": YEAR, **told}


def our_rules(tables: dict) -> dict[str, dict]:
    """Rule id -> subjects, and the seconds of one round (clock, processors)."""
    told = {}
    for rule, in_force in read_pack(POLICY).rules.items():
        outcome, *seconds = timed(lambda r=in_force: audit.apply(r, tables, YEAR))
        told[rule] = {"subjects": sorted(set(outcome.found.rows["subject"])) if outcome.found else [], "seconds": [seconds]}
    return told


def by_hand(library: str, folder: Path) -> dict[str, dict]:
    python, checks = LIBRARIES[library]
    asked = [python, str(HERE / "by_hand" / checks), str(folder), json.dumps(settings(), ensure_ascii=False), "1"]
    return json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


def main(households: int, transactions: int, rounds: int) -> None:
    folder, tables = kept(households, transactions), whole_county(households, transactions)
    told: dict[str, list[dict]] = defaultdict(list)
    for _ in range(rounds):
        told["bangfu"].append(our_rules(tables))
        for library in LIBRARIES:
            told[library].append(by_hand(library, folder))
    checks = list(told["DuckDB"][0])
    for library in LIBRARIES:
        wrong = [rule for rule in checks if told[library][0][rule]["subjects"] != told["bangfu"][0][rule]["subjects"]]
        assert not wrong, f"{library} finds other subjects: {wrong}"

    def best(who: str, rule: str, kind: int) -> float:
        return min(seconds[kind] for answers in told[who] for seconds in answers[rule]["seconds"])

    figures = {
        "machine": machine(), "households": households, "visits": len(tables["visits"]), "transactions": len(tables["ledger"]), "rounds": rounds,
        "rules": len(told["bangfu"][0]), "findings": sum(len(r["subjects"]) for r in told["bangfu"][0].values()),
    }  # fmt: skip
    for kind, name in enumerate(("clock", "processors")):
        ours = {rule: round(best("bangfu", rule, kind), 3) for rule in told["bangfu"][0]}
        rows = [{"rule": r, "bangfu": ours[r], **{library: round(best(library, r, kind), 3) for library in LIBRARIES}} for r in sorted(checks, key=lambda r: -ours[r])]
        peers = [min(row[library] for library in LIBRARIES) for row in rows]
        figures[name] = {
            "all_rules": round(sum(ours.values()), 2), "checks": rows, "ours": round(sum(r["bangfu"] for r in rows), 2), "peer": round(sum(peers), 2),
            "ratio": round(sum(r["bangfu"] for r in rows) / sum(peers), 2), "most_expensive_without_peer": max((s, r) for r, s in ours.items() if r not in checks),
        }  # fmt: skip
    results.write("rules_at_scale", figures)
    print(f"{figures['visits']:,} visits, {figures['transactions']:,} transactions, {figures['rules']} rules, {figures['findings']:,} subjects found")
    for name in ("clock", "processors"):
        f = figures[name]
        print(f"{name}: all rules {f['all_rules']} s; {len(checks)} checks {f['ours']} s, by hand {f['peer']} s, ratio {f['ratio']}")
        for row in f["checks"]:
            print("  " + "  ".join(f"{row[c]:>8}" for c in row))


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:4]), *((31_500, 500_000, 3)[len(sys.argv) - 1 :]))
