"""What each rule found, kept with the digest of what it rests on: its tables, its parameters, its code."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from bangfu import digests
from bangfu.audit import Outcome
from bangfu.findings import Found
from bangfu.params import InForce
from bangfu.parquet import read_frame
from bangfu.problems import Sentence
from bangfu.steps import code
from bangfu.steps.stamps import write_whole


def recall(folder: Path, rules: Mapping[str, InForce], judged_from: Callable[[InForce], str], basis: str) -> dict[str, Outcome]:
    """Rule id -> what was found before, of the rules for which that still holds: all of them where the basis of everything is the same."""
    try:
        told = json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))
        unchanged = told["basis"] == basis
        if digests.of_file(folder / "outcomes.parquet") != told["rows"]:
            return {}
    except (OSError, ValueError, KeyError):
        return {}
    found, start, outcomes = read_frame(folder / "outcomes.parquet"), 0, {}
    for rule_id, o in told["rules"].items():
        rows, start = found.iloc[start : start + o["findings"]], start + o["findings"]
        in_force = rules.get(rule_id)
        if in_force is None or not (unchanged or o["from"] == judged_from(in_force)):
            continue
        if o["reason"]:
            outcomes[rule_id] = Outcome(in_force, None, Sentence(*o["reason"]))
        else:
            outcomes[rule_id] = Outcome(in_force, Found(rows.reset_index(drop=True), o["assessed"], o["unassessed"], [tuple(n) for n in o["notes"]]))
    return outcomes


def remember(folder: Path, outcomes: Mapping[str, Outcome], judged_from: Callable[[InForce], str], basis: str) -> None:
    """Keeps the outcomes of all rules; the rows of all of them stand in one table, a rule's behind the other's."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {}
    for rule_id, o in sorted(outcomes.items()):
        found = o.found or Found(pd.DataFrame())
        told[rule_id] = {"from": judged_from(o.in_force), "reason": list(o.reason) if o.reason else None,
                         "findings": len(found.rows), "assessed": found.assessed, "unassessed": found.unassessed, "notes": found.notes}  # fmt: skip
    rows = [o.found.rows for _, o in sorted(outcomes.items()) if o.found is not None] or [pd.DataFrame()]
    pd.concat(rows, ignore_index=True).to_parquet(folder / "outcomes.parquet", index=False)
    write_whole(folder / "outcomes.json", json.dumps({"basis": basis, "rows": digests.of_file(folder / "outcomes.parquet"), "rules": told}, ensure_ascii=False))


def rule_digest(in_force: InForce) -> str:
    """The digest of a rule as it is in force: its values and basis, the columns that it reads, and all code that it rests on."""
    rule, values = in_force.rule, {n: repr(v.steps) for n, v in in_force.values.items()}
    return digests.of_value([in_force.criteria("zh"), values, rule.reads, code.of_modules(rule.function.__module__, "bangfu.audit"), code.of_libraries()])
