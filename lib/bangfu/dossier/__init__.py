"""Everything the tables hold about a helper, household, project or account: what a complaint is checked against."""

from bangfu.dossier.dossier import Dossier, open_dossier

__all__ = ["Dossier", "open_dossier"]
