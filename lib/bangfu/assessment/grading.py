"""From scores to grades: cut-offs, then vetoes in force, then the ceiling on the best grade; each step that changes a grade says why."""

from fractions import Fraction

import numpy as np
import pandas as pd

from bangfu.assessment.measurement import Measured
from bangfu.assessment.scorecard import Scorecard
from bangfu.assessment.scoring import Scores

UNKNOWN = "资料不足"


def by_cut_offs(scores: Scores, card: Scorecard) -> np.ndarray:
    """Each helper's grade by score alone; 资料不足 where too little could be assessed."""
    grades = np.full(len(scores.numerator), card.last, object)
    for grade in reversed(card.grades[:-1]):
        grades[scores.reaches(grade.start)] = grade.grade
    grades[~scores.enough(card.enough)] = UNKNOWN
    return grades


def graded(measured: Measured, scores: Scores, card: Scorecard, vetoes: pd.DataFrame) -> pd.DataFrame:
    """A row per helper: grade_by_score; grade (in force); grade_proposed (what it would be if every veto that is open were
    confirmed; missing where that changes nothing); grade_reason and grade_reason_en (why grade is not grade_by_score, or what is
    proposed; missing where there is nothing to say)."""
    alone = by_cut_offs(scores, card)
    in_force, confirmed = _capped(alone, vetoes[vetoes["confirmed"].astype(bool)], card)
    table = pd.DataFrame({"grade_by_score": alone, "grade": in_force, "role": measured.helpers["role"].to_numpy()})
    table["grade_reason"], table["grade_reason_en"] = _said(confirmed, len(table), "经核实确认:{zh}({rules}),等次最高为{cap}。", "Confirmed: {en} ({rules}); {cap} at best.")
    above = _above_ceiling(measured, scores, card, table["grade"])
    if above.any():
        share, n = card.ceiling.share, card.grades[1].grade
        within = {"county": ("全县", "county"), "town": ("所在镇街", "town"), "unit": ("所在单位", "unit")}[card.ceiling.within]
        table.loc[above, "grade"] = n
        table.loc[above, "grade_reason"] += f"得分达到{card.best},但{within[0]}{card.best}人数不超过{float(share):.0%},同分的先取可评估分值多的,仍相同的同进退,按{n}。"
        table.loc[above, "grade_reason_en"] += f" The score reaches the best grade, of which at most {float(share):.0%} of the {within[1]} may have; at equal scores whose card could be assessed more fully goes first, and those equal in that too stand or fall together."
    capped, proposed = _capped(table["grade"].to_numpy(object), vetoes[~vetoes["confirmed"].astype(bool)], card)
    table["grade_proposed"] = pd.Series(np.where(capped != table["grade"], capped, None), dtype="str")
    zh, en = _said(proposed, len(table), "拟:如经核实,{zh}({rules}),等次最高为{cap}。", "Proposed: if confirmed, {en} ({rules}); {cap} at best.")
    table["grade_reason"] = (table["grade_reason"] + zh).replace("", None).astype("str")
    table["grade_reason_en"] = (table["grade_reason_en"] + " " + en).str.strip().replace("", None).astype("str")
    return table[["grade_by_score", "grade", "grade_proposed", "grade_reason", "grade_reason_en"]]


def _capped(grades: np.ndarray, vetoes: pd.DataFrame, card: Scorecard) -> tuple[np.ndarray, pd.DataFrame]:
    """Grades no better than the caps, and the vetoes that say so; a helper whose score is not known keeps 资料不足 unless vetoed."""
    rank = {g.grade: i for i, g in enumerate(card.grades)} | {UNKNOWN: -1}
    out = grades.copy()
    for v in vetoes.itertuples():
        if rank[out[v.row]] < rank[v.cap]:
            out[v.row] = v.cap
    return out, vetoes


def _said(vetoes: pd.DataFrame, n: int, zh: str, en: str) -> tuple[pd.Series, pd.Series]:
    """The sentence of each helper's vetoes, empty where there is none: one per cap, naming each rule with the number of its findings."""
    out = pd.DataFrame({"zh": [""] * n, "en": [""] * n}, dtype="object")
    if len(vetoes):
        counted = vetoes.groupby(["row", "cap", "zh", "en", "rule_id"]).size().rename("n").reset_index()
        counted["rules"] = counted["rule_id"] + "×" + counted["n"].astype("str")
        for row, cap, said_zh, said_en, rules in counted.groupby(["row", "cap", "zh", "en"])["rules"].agg("、".join).reset_index().itertuples(index=False):
            out.loc[row, "zh"] += zh.format(zh=said_zh, rules=rules, cap=cap)
            out.loc[row, "en"] += en.format(en=said_en, rules=rules.replace("、", ", "), cap=cap)
    return out["zh"], out["en"]


def _above_ceiling(measured: Measured, scores: Scores, card: Scorecard, grades: pd.Series) -> np.ndarray:
    """Who has the best grade and is above the ceiling. Of each role (and town or unit) the first floor(share x graded) keep it, by
    score, and at equal scores by how much of the card could be assessed; those equal in both who straddle that line all lose it.
    Helpers without a town or unit are one group."""
    above = np.zeros(len(grades), bool)
    if card.ceiling is None:
        return above
    groups = [measured.helpers["role"]] + ([] if card.ceiling.within == "county" else [measured.helpers[card.ceiling.within].fillna("")])
    known = (grades != UNKNOWN).to_numpy()
    for _, members in pd.Series(np.flatnonzero(known)).groupby([g.to_numpy()[known] for g in groups]):
        allowed = int(Fraction(card.ceiling.share) * len(members))
        best = [i for i in members if grades[i] == card.best]
        if len(best) > allowed:
            place = {i: (scores.fraction(i), Fraction(scores.assessed[i], scores.whole[i])) for i in best}
            line = sorted(place.values(), reverse=True)[allowed]
            above[[i for i in best if place[i] <= line]] = True
    return above
