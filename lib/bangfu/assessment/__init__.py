"""The annual helper assessment: each helper's duty and results against the record, scored by the county's scorecard.

    card = read_scorecard("example")
    standards = Standards.of(pack, card, year, corrections)
    assessed = assess_helpers(tables, year, card, standards, findings)      # findings: county.findings, or None
    assessed.helpers      one row per helper and role: duty, scores, grade, reasons, sanction
    assessed.points       one row per helper, role, quarter and indicator: met, of, points, reason, rows behind it

What is measured does not depend on the weights. `assessed.measured` holds met and of (`.met`, `.of`: helpers x indicators in the
order of `INDICATORS`, whole numbers; `.helpers`: who the rows are), and other weights or cut-offs are tried on it without
measuring again:

    weights = {"first": {"visits": 3000, ...}, "second": {...}}             # or {role: card.weights_of(role) for role in card.cards}
    scores = score(assessed.measured, weights)                              # exact: numerators and denominators, `.printed()`
    by_cut_offs(scores, card)                                               # grades by score alone
    graded(assessed.measured, scores, card, assessed.vetoes)                # with vetoes and ceiling

Of a county: `county.assessed` (and `county.helpers`, `county.points`).
"""

from bangfu.assessment.grading import UNKNOWN, by_cut_offs, graded
from bangfu.assessment.helpers import HelpersAssessed, assess_helpers
from bangfu.assessment.indicators import DIMENSIONS, INDICATORS
from bangfu.assessment.measurement import Measured, measure
from bangfu.assessment.scorecard import Scorecard, read_scorecard
from bangfu.assessment.scoring import score
from bangfu.assessment.standards import Standards

__all__ = [
    "DIMENSIONS", "INDICATORS", "UNKNOWN", "HelpersAssessed", "Measured", "Scorecard", "Standards",
    "assess_helpers", "by_cut_offs", "graded", "measure", "read_scorecard", "score",
]  # fmt: skip
