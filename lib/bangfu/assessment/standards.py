"""The thresholds by which a year's work is held: taken from the rules that judge the same facts, so that there is one source."""

from dataclasses import dataclass
from fractions import Fraction

from bangfu.corrections import NONE, Corrections
from bangfu.duty import Approved
from bangfu.parameters import Step


@dataclass(frozen=True)
class Standards:
    """first_visit_months, sanctions and leave_share of HV-01, entry_days of HV-08, poverty_line (fen) of EX-01, held_months of the card.

    entry_days and poverty_line are None where the pack does not put their rule in force.
    """

    first_visit_months: int
    sanctions: tuple[Step, ...] = ()
    entry_days: int | None = None
    poverty_line: int | None = None
    held_months: int = 0
    approved: Approved = Approved()

    @classmethod
    def of(cls, pack, card, year: int, corrections: Corrections = NONE) -> "Standards":
        """From a policy pack (`params.PolicyPack`) and a scorecard."""
        rule = {r: pack.rules[r].settings(year) if r in pack.rules else {} for r in ("HV-01", "HV-08", "EX-01")}
        visits = rule["HV-01"]
        return cls(
            visits["first_visit_months"],
            visits["sanctions"],
            rule["HV-08"].get("backfill_days"),
            rule["EX-01"].get("poverty_line"),
            card.held_months,
            Approved(corrections, visits.get("leave_share", Fraction(1))),
        )
