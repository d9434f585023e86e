"""Records that look invented: signals combined into one score for choosing whom to visit first. A score never proposes a sanction."""

from bangfu.assessment.fabrication.evidence import evidence
from bangfu.assessment.fabrication.journeys import RULES
from bangfu.assessment.fabrication.score import Scores, score
from bangfu.assessment.fabrication.settings import FabricationSettings

__all__ = ["RULES", "FabricationSettings", "Scores", "evidence", "score"]
