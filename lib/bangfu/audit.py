"""Applying the rules in force to a county's tables: findings, and what could not be assessed and why."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from bangfu.corrections import NONE, Corrections
from bangfu.findings import Found, open_ones
from bangfu.intake import dictionary
from bangfu.params import InForce, PolicyPack
from bangfu.problems import Sentence

# Rules make and free large columns again and again; Arrow's own allocator gives their pages back each time, a tenth of the time of all rules.
pa.set_memory_pool(pa.system_memory_pool())


@dataclass
class Outcome:
    """One rule applied: what it found, or the reason why it was not assessed."""

    in_force: InForce
    found: Found | None
    reason: Sentence | None = None


def apply(in_force: InForce, tables: dict[str, pd.DataFrame], year: int, corrections: Corrections = NONE) -> Outcome:
    """Applies a rule where every table and column that it needs is there; else says what is missing. corrections: the approved ones."""
    rule = in_force.rule
    reason = missing({t: columns for t, columns in rule.reads.items() if t not in rule.optional}, tables)
    if reason:
        return Outcome(in_force, None, reason)
    there = [t not in rule.optional or missing({t: columns}, tables) is None for t, columns in rule.reads.items()]
    given = [tables[t][[*columns, "origin"]] if held else None for (t, columns), held in zip(rule.reads.items(), there, strict=True)]
    settings = in_force.settings(year)
    lacking = [n for n, v in settings.items() if v is None]
    if lacking:
        names = "、".join(lacking)
        return Outcome(in_force, None, Sentence(f"参数 {names} 在{year}年没有生效的值", f"parameter {names} has no value in force in {year}"))
    settings |= {name: value for name, value in (("year", year), ("corrections", corrections)) if name in rule.given}
    return Outcome(in_force, rule.function(*given, **settings))


def missing(reads: dict[str, tuple[str, ...]], tables: dict[str, pd.DataFrame]) -> Sentence | None:
    """What of the tables and columns to be read is not there, in a sentence; None where all is."""
    known = dictionary()
    absent = [known[t] for t in reads if t not in tables]
    if absent:
        return Sentence("缺少表:" + "、".join(t.title for t in absent), "tables are absent: " + ", ".join(t.title_en for t in absent))
    lacking = [(known[t], c) for t, columns in reads.items() for c in columns if c not in tables[t]]
    if lacking:
        zh = "、".join(f"{t.title}的“{t.columns[c].headers[0]}”" for t, c in lacking)
        en = ", ".join(f"{t.name}.{c}" for t, c in lacking)
        return Sentence(f"缺少列:{zh}", f"columns are absent: {en}")
    return None


def apply_all(pack: PolicyPack, tables: dict[str, pd.DataFrame], year: int, topics: tuple[str, ...] = ()) -> list[Outcome]:
    """Every rule in force (of the topics, where some are named), in the order of rule ids."""
    return [apply(r, tables, year) for r in pack.rules.values() if not topics or r.rule.topic in topics]


def coverage(outcomes: list[Outcome]) -> pd.DataFrame:
    """A row per rule: rule_id, topic, title, title_en, severity, assessed, unassessed (items), findings, reason, reason_en (missing = applied),
    gap, gap_en (all that was not assessed, in words; missing = nothing)."""
    rows = []
    for o in outcomes:
        rule, gap = o.in_force.rule, _gap(o)
        rows.append(
            {
                "rule_id": rule.id,
                "topic": rule.topic,
                "title": rule.title,
                "title_en": rule.title_en,
                "severity": rule.severity,
                "assessed": o.found.assessed if o.found else 0,
                "unassessed": o.found.unassessed if o.found else 0,
                "findings": len(o.found.rows) if o.found else 0,
                "reason": o.reason.zh if o.reason else None,
                "reason_en": o.reason.en if o.reason else None,
                "gap": gap.zh if gap else None,
                "gap_en": gap.en if gap else None,
            }
        )
    return pd.DataFrame(rows, columns=["rule_id", "topic", "title", "title_en", "severity", "assessed", "unassessed", "findings", "reason", "reason_en", "gap", "gap_en"])


def _gap(outcome: Outcome) -> Sentence | None:
    """What a rule did not assess: all of it, items without a deciding value, and what its own notes say it left out."""
    if outcome.found is None:
        return outcome.reason
    parts = [Sentence(*note) for note in outcome.found.notes]
    if outcome.found.unassessed:
        n = outcome.found.unassessed
        parts.insert(0, Sentence(f"{n:,}项缺少判断所需的值。", f"{n:,} items lack a deciding value."))
    return Sentence("".join(p.zh for p in parts), " ".join(p.en for p in parts)) if parts else None


@dataclass(frozen=True)
class Assessment:
    """What the rules of some topics say about a county-year.

    findings  those of the rules (columns of `findings.SCHEMA`); coverage: what was and was not assessed (`coverage`); outcomes: of each rule
    """

    findings: pd.DataFrame
    coverage: pd.DataFrame
    outcomes: list[Outcome]

    @property
    def open(self) -> pd.DataFrame:
        """The findings that count."""
        return open_ones(self.findings)

    @property
    def not_assessed(self) -> pd.DataFrame:
        """Rules that could not be applied (with the reason), and rules that left something out."""
        return self.coverage[self.coverage["gap"].notna()]

    @property
    def by_rule(self) -> pd.DataFrame:
        """A row per rule with findings: rule_id, title, severity, findings, amount (yuan, never to be added up over rules)."""
        by_rule = self.open.groupby("rule_id")
        counted = by_rule.agg(topic=("topic", "first"), title=("title", "first"), title_en=("title_en", "first"), severity=("severity", "first"), findings=("finding_id", "size"))
        counted["amount"] = by_rule["amount"].agg(lambda a: sum((x for x in a if x is not None), start=0) or None)
        order = counted["severity"].map({"high": 0, "medium": 1, "low": 2})
        return counted.assign(_o=order).sort_values(["_o", "findings"], ascending=[True, False], kind="stable").drop(columns="_o").reset_index()
