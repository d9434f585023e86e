"""How often a rule's findings proved true when people looked: confirmed / (confirmed + rejected), with its interval."""

from collections.abc import Sequence

import pandas as pd

from bangfu.review.entries import Entry, by_finding, in_force
from bangfu.stats.proportion_interval import clopper_pearson

COLUMNS = ["rule_id", "judged", "confirmed", "rejected", "precision", "low", "high"]


def precision(entries: Sequence[Entry]) -> pd.DataFrame:
    """A row per rule with judged findings: judged = confirmed + rejected, their share and its 95% Clopper-Pearson interval.

    A finding counts once in each year in which it was judged, with the last verdict (属实 or 不属实) of that year; one that is exempt, or that
    was closed without a verdict, counts in neither. Findings are judged in the order that people choose: the share is that of those judged.
    """
    verdicts = {}
    for finding_id, history in by_finding(in_force(entries)).items():
        for e in history:
            if e.became in ("confirmed", "rejected", "exempt"):
                verdicts[finding_id, e.year] = (e.rule_id, e.became)
    rows = pd.DataFrame([v for v in verdicts.values() if v[1] != "exempt"], columns=["rule_id", "verdict"])
    counts = rows.assign(confirmed=rows["verdict"] == "confirmed", rejected=rows["verdict"] == "rejected").groupby("rule_id")[["confirmed", "rejected"]].sum()
    counts = counts.astype("int64").reset_index()
    judged = counts["confirmed"] + counts["rejected"]
    low, high = clopper_pearson(counts["confirmed"], judged)
    return counts.assign(judged=judged, precision=counts["confirmed"] / judged, low=low, high=high)[COLUMNS]
