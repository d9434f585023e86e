"""The annual assessment of every helper: duty, score, grade, sanctions, and the points behind them."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from bangfu.assessment.grading import graded
from bangfu.assessment.indicators import PARTS
from bangfu.assessment.measurement import Measured, measure
from bangfu.assessment.points import points
from bangfu.assessment.sanctions import rectification, sanctions
from bangfu.assessment.scorecard import Scorecard
from bangfu.assessment.scoring import Scores, by_dimension, by_quarter, score
from bangfu.assessment.standards import Standards
from bangfu.assessment.vetoes import vetoes


@dataclass(frozen=True)
class HelpersAssessed:
    """A county-year's helpers by one card.

    measured  met and of, whatever the card (other weights can be tried on it: `score(measured, weights)`)
    vetoes    findings that cap a grade, confirmed or not (columns of `vetoes.COLUMNS`)
    """

    measured: Measured
    card: Scorecard
    scores: Scores
    vetoes: pd.DataFrame
    findings: pd.DataFrame | None

    @property
    def weights(self) -> dict[str, dict[str, int]]:
        return {role: self.card.weights_of(role) for role in self.card.cards}

    @cached_property
    def helpers(self) -> pd.DataFrame:
        """One row per helper and role, ordered by both: the columns of `duty.by_helper`, then

        card(_en)       the card's title, with 示例,未经核准 where nobody has approved it
        plan, measures, outcomes, satisfaction, daily     points earned of those possible, as text
        regular, annual, regular_q1 .. regular_q4   scores of the parts and quarters, 0 to 100, cut after one decimal; missing = not assessed
        assessable      share of the card's points that could be assessed
        score           0 to 100, cut after one decimal, of the assessable points; missing where they are too few (资料不足)
        grade           in force; 资料不足 where there is no score. grade_by_score, grade_proposed, grade_reason(_en): see `grading.graded`
        sanction(_en), sanction_in_force    for missed home visits; 拟 until the finding of HV-01 is confirmed
        rectification(_en)                  for the last grade
        """
        m, s = self.measured, self.scores
        table = pd.concat([m.helpers.assign(card=self.card.marked("zh"), card_en=self.card.marked("en")), by_dimension(m, self.weights)], axis=1)
        for part in PARTS:
            table[part] = score(m, self.weights, part).printed()
        quarters = by_quarter(m, self.weights).pivot(index="row", columns="quarter", values="score").reindex(table.index)
        for q in range(1, 5):
            table[f"regular_q{q}"] = quarters[q] if q in quarters else float("nan")
        table["assessable"] = [a / w if w else 0.0 for a, w in zip(s.assessed, s.whole, strict=True)]
        table["score"] = pd.Series(s.printed()).where(s.enough(self.card.enough))
        grades = graded(m, s, self.card, self.vetoes)
        return pd.concat([table, grades, sanctions(m, self.findings), rectification(grades, self.vetoes, self.card)], axis=1)

    @cached_property
    def points(self) -> pd.DataFrame:
        """Every point explained (columns of `points.points`)."""
        return points(self.measured, self.weights)


def assess_helpers(tables: dict[str, pd.DataFrame], year: int, card: Scorecard, standards: Standards, findings: pd.DataFrame | None = None) -> HelpersAssessed:
    """The year of every helper by a card: `.helpers` and `.points`.

    findings: the county's finding table with its statuses (columns of `findings.SCHEMA`); without it no veto is told and sanctions
    stand as proposals for every missed visit.
    """
    measured = measure(tables, year, standards)
    weights = {role: card.weights_of(role) for role in card.cards}
    return HelpersAssessed(measured, card, score(measured, weights), vetoes(measured, tables, card, findings), findings)
