"""Quality: what a data owner can declare about each table, checked by Great Expectations.

This package is the only place that imports Great Expectations, and only when something is validated: the import costs
seconds. The suites stand in `expectations/`, one per canonical table.
"""

from bangfu.quality.results import Quality, findings
from bangfu.quality.suites import Declared, Suite, read_suites
from bangfu.quality.validation import measured, stamps, validate

__all__ = ["Declared", "Quality", "Suite", "findings", "measured", "read_suites", "stamps", "validate"]
