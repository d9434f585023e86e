"""The annual helper assessment: each helper's duty against the record, scored by the county's scorecard."""

from bangfu.assessment.helpers import assess_helpers
from bangfu.assessment.scorecard import Scorecard, read_scorecard

__all__ = ["Scorecard", "assess_helpers", "read_scorecard"]
