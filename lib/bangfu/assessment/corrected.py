"""What each approved correction changed: in duty, in the findings of duty, and in the score; or why it changed nothing."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from bangfu import audit, duty
from bangfu.assessment.helpers import HelpersAssessed
from bangfu.assessment.measurement import measure
from bangfu.assessment.scoring import score
from bangfu.corrections import NONE, Correction, Corrections, standing
from bangfu.duty import Approved
from bangfu.problems import Sentence

RULES = ("HV-01", "HV-02", "HV-03", "HV-11")


def corrected(entries: Sequence[Correction], tables: dict[str, pd.DataFrame], pack, assessed: HelpersAssessed, outcomes: Sequence[audit.Outcome]) -> pd.DataFrame:
    """A row per correction of the params, in their order: number, kind, helper_id, household_id, days, reason, approved_by, approved_on,
    valid_until (texts), counted (bool), effect, findings, score, and the last three in English with `_en`.

    outcomes: of the rules as they were applied, with the corrections. What they would say without any is worked out anew.
    """
    measured = assessed.measured
    year, approved = measured.year, measured.standards.approved
    before = measure(tables, year, replace(measured.standards, approved=replace(approved, corrections=NONE)))
    scores = [dict(zip(zip(m.helpers["helper_id"], m.helpers["role"], strict=True), score(m, assessed.weights).printed(), strict=True)) for m in (before, measured)]
    without = {r: audit.apply(pack.rules[r], tables, year) for r in RULES if r in pack.rules}
    conditions = [_conditions(without.values()), _conditions(o for o in outcomes if o.in_force.rule.id in without)]
    units = dict(zip(measured.helpers["helper_id"], measured.helpers["unit"], strict=True))
    rows = []
    for number, c in enumerate(entries, 1):
        effect = _effect(number, c, tables, year, measured.standards.first_visit_months, approved)
        counted = number in approved.corrections.entries and effect.counted
        people = [p for p in (c.helper_id, c.successor) if p]
        changed = _changed_findings(conditions, [*people, *{units[p] for p in people if pd.notna(units.get(p))}]) if counted else Sentence("—", "—")
        moved = _changed_scores(scores, people) if counted else Sentence("—", "—")
        first, last = c.days
        rows.append(
            {
                "number": number, "kind": c.kind, "helper_id": c.helper_id, "household_id": c.household_id, "days": f"{first}" if first == last else f"{first}—{last}",
                "reason": c.reason, "approved_by": c.approved_by, "approved_on": f"{c.approved_on}", "valid_until": f"{c.valid_until}", "counted": counted,
                "effect": effect.said.zh, "effect_en": effect.said.en, "findings": changed.zh, "findings_en": changed.en, "score": moved.zh, "score_en": moved.en,
            }  # fmt: skip
        )
    return pd.DataFrame(rows)


class _Effect:
    """What a correction does to duty: whether anything, and in words."""

    def __init__(self, counted: bool, zh: str, en: str):
        self.counted, self.said = counted, Sentence(zh, en)


def _effect(number: int, c: Correction, tables: dict[str, pd.DataFrame], year: int, first_visit_months: int, approved: Approved) -> _Effect:
    out = standing(c, year)
    if out:
        return _Effect(False, f"未计入:{out.zh}。", f"Not counted: {out.en}.")
    people = [p for p in (c.helper_id, c.successor) if p]
    known = set(tables["helpers"]["helper_id"].dropna()) | set(tables["pairings"]["helper_id"].dropna())
    unknown = [p for p in people if p not in known]
    if unknown:
        return _Effect(False, f"未计入:资料中没有责任人{'、'.join(unknown)}。", f"Not counted: no helper {', '.join(unknown)} in the material.")
    everyone = _linked(people, approved.corrections)
    theirs = {t: tables[t][tables[t]["helper_id"].isin(everyone)] for t in ("pairings", "visits")}

    def state(corrections: Corrections) -> dict:
        given = replace(approved, corrections=corrections)
        periods = pd.concat([duty.due(theirs["pairings"], theirs["visits"], d, year, given).assign(duty=name) for name, d in duty.duties(first_visit_months).items()])
        return {(p.duty, p.helper_id, p.household_id, p.first, p.last): p.made for p in periods.itertuples()}

    rest = {n: e for n, e in approved.corrections.entries.items() if n != number}
    for before, after in ((NONE, approved.corrections.only(number)), (Corrections(rest), approved.corrections)):
        said = _differences(state(before), state(after))
        if said:
            return _Effect(True, said.zh, said.en)
    return _Effect(False, "没有可适用的时段或走访,未改变任何结果。", "Applies to no period or visit; nothing changed.")


def _linked(people: list[str], corrections: Corrections) -> set[str]:
    """The helpers of a correction, and whoever takes over from them or hands over to them."""
    linked = set(people)
    for c in corrections.entries.values():
        if {c.helper_id, c.successor} & linked:
            linked |= {c.helper_id, c.successor} - {None}
    return linked


def _differences(before: dict, after: dict) -> Sentence | None:
    """The periods that are due or kept in one and not in the other, by helper, household and duty."""
    kinds = {
        ("不再应访", "no longer due"): [k for k in before if k not in after],
        ("改为应访", "now due"): [k for k in after if k not in before],
        ("计为已做", "now kept"): [k for k in after if k in before and after[k] and not before[k]],
    }
    named = [(zh, en, _grouped(keys)) for (zh, en), keys in kinds.items() if keys]
    if not named:
        return None
    zh = ";".join(f"{z}:" + ",".join(f"{h} {home} {_DUTIES[d][0]}{'、'.join(months)}月" for (h, home, d), months in groups.items()) for z, _, groups in named)
    en = "; ".join(f"{e}: " + ", ".join(f"{h} {home} {_DUTIES[d][1]} of month {', '.join(months).replace('—', '-')}" for (h, home, d), months in groups.items()) for _, e, groups in named)
    return Sentence(zh + "。", en + ".")


_DUTIES = {"first_home": ("入户", "visits"), "second_home": ("入户", "visits"), "first_call": ("电话", "calls")}


def _grouped(keys: list[tuple]) -> dict[tuple, list[str]]:
    """(helper, household, duty) -> the months of its periods, in order."""
    groups: dict[tuple, list[str]] = {}
    for duty_name, helper, home, first, last in sorted(keys, key=lambda k: (k[1], k[2], k[0], k[3])):
        groups.setdefault((helper, home, duty_name), []).append(f"{first.month}" if first.month == last.month else f"{first.month}—{last.month}")
    return groups


def _conditions(outcomes) -> dict[tuple[str, str], tuple[str, str]]:
    """(rule, subject) -> the sentences of its finding."""
    return {(o.in_force.rule.id, r.subject): (r.condition, r.condition_en) for o in outcomes if o.found is not None for r in o.found.rows.itertuples()}


def _changed_findings(conditions: list[dict], subjects: list[str]) -> Sentence:
    before, after = ({k: v for k, v in c.items() if k[1] in subjects} for c in conditions)
    gone = [k for k in before if k not in after]
    new = [k for k in after if k not in before]
    other = [k for k in after if k in before and after[k][0] != before[k][0]]
    told = [(zh, en, keys) for zh, en, keys in (("消除", "gone", gone), ("新增", "new", new), ("内容变化", "changed", other)) if keys]
    if not told:
        return Sentence("无变化", "unchanged")
    return Sentence(";".join(f"{zh}:" + "、".join(f"{r} {s}" for r, s in sorted(keys)) for zh, _, keys in told), "; ".join(f"{en}: " + ", ".join(f"{r} {s}" for r, s in sorted(keys)) for _, en, keys in told))


def _changed_scores(scores: list[dict], people: list[str]) -> Sentence:
    before, after = scores
    moved = [f"{h} {_shown(before.get((h, r)))}→{_shown(after.get((h, r)))}" for h, r in sorted(set(before) | set(after)) if h in people and _shown(before.get((h, r))) != _shown(after.get((h, r)))]
    return Sentence("、".join(moved) or "无变化", ", ".join(moved) or "unchanged")


def _shown(value: float | None) -> str:
    return "—" if value is None or value != value else f"{value:.1f}"
