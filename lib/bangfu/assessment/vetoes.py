"""Findings that allow no better grade than a cap: in force once a person has confirmed them, proposed until then."""

import pandas as pd

from bangfu import findings as ledger
from bangfu.assessment.measurement import Measured
from bangfu.assessment.scorecard import Scorecard
from bangfu.rules.catalogue import catalogue

COLUMNS = ["row", "rule_id", "subject", "cap", "confirmed", "zh", "en"]


def vetoes(measured: Measured, tables: dict[str, pd.DataFrame], card: Scorecard, findings: pd.DataFrame | None) -> pd.DataFrame:
    """A row per helper and finding of a rule that the card names in `vetoes`: row (of `measured.helpers`), rule_id, subject, cap,
    confirmed, zh, en (the card's words). Findings that are exempt, rejected, closed, rectified or vanished veto nothing."""
    parts = []
    for veto in card.vetoes if findings is not None else ():
        counting = ledger.open_ones(findings)
        counting = counting[counting["rule_id"].isin(veto.rules)]
        for rule_id, rows in counting.groupby("rule_id"):
            named = _named(catalogue()[rule_id].subject, rows["subject"], measured, tables)
            parts.append(rows[["rule_id", "subject", "status"]].merge(named, on="subject").assign(cap=veto.cap, zh=veto.zh, en=veto.en))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(parts, ignore_index=True)
    return table.assign(confirmed=table["status"] == "confirmed")[COLUMNS].sort_values(COLUMNS[:3], ignore_index=True)


def _named(kind: str, subjects: pd.Series, measured: Measured, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """subject, row: the helpers that findings on helpers, visits or households are about; a subject that is not one helper's is left out."""
    helpers = measured.helpers[["helper_id", "role"]].assign(row=range(len(measured.helpers)))
    if kind == "helper_id":
        return pd.DataFrame({"subject": subjects}).merge(helpers, left_on="subject", right_on="helper_id")[["subject", "row"]]
    visits = tables["visits"]
    if kind == "visit_id":
        theirs = visits.loc[visits["visit_id"].isin(subjects), ["visit_id", "helper_id"]].set_axis(["subject", "helper_id"], axis=1)
    else:
        home = visits[visits["household_id"].isin(subjects) & (visits["mode"] == "home").fillna(False) & (visits["visited_at"].dt.year == measured.year)]
        first = tables["pairings"][(tables["pairings"]["role"] == "first").fillna(False)]
        theirs = home[["household_id", "helper_id"]].merge(first[["household_id", "helper_id"]].dropna(), on=["household_id", "helper_id"])
        theirs = theirs.set_axis(["subject", "helper_id"], axis=1)
        helpers = helpers[helpers["role"] == "first"]
    theirs = theirs.dropna().drop_duplicates()
    theirs = theirs[~theirs["subject"].duplicated(keep=False)]
    return theirs.merge(helpers, on="helper_id")[["subject", "row"]]
