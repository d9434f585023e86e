"""What the policy attaches to a helper's missed visits and to the last grade: proposed (拟) until the finding is confirmed.

Sources: laizhou-2018-8 四(四) (the ladder, a parameter of HV-01); lianhu-measures 五(二)3 and bureau-rules 三(三)3 (rectification).
"""

import pandas as pd

from bangfu import duty, findings as ledger
from bangfu.assessment.measurement import Measured
from bangfu.assessment.scorecard import Scorecard


def sanctions(measured: Measured, findings: pd.DataFrame | None) -> pd.DataFrame:
    """Per helper: sanction, sanction_en (words, with 拟 while proposed; missing where none), sanction_in_force (bool).

    It rests on the helper's finding of HV-01: none where that is exempt, rejected or otherwise settled. Without a table of
    findings every missed visit of a first helper stands as a proposal.
    """
    helpers = measured.helpers
    missed = helpers["visits_missed"].where(helpers["role"] == "first", 0)
    words = duty.consequence(missed, measured.standards.sanctions)
    confirmed = pd.Series(False, index=helpers.index)
    if findings is not None:
        counting = ledger.open_ones(findings[findings["rule_id"] == "HV-01"])
        words = words.where(helpers["helper_id"].isin(counting["subject"]))
        confirmed = words["zh"].notna() & helpers["helper_id"].isin(counting.loc[counting["status"] == "confirmed", "subject"])
    return pd.DataFrame(
        {"sanction": words["zh"].where(confirmed, "拟" + words["zh"]), "sanction_en": words["en"].where(confirmed, "proposed: " + words["en"]), "sanction_in_force": confirmed}
    )


def rectification(grades: pd.DataFrame, vetoes: pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Per helper with the last grade (in force or proposed): rectification, rectification_en; in force only where a confirmed veto made it."""
    order = card.rectification
    table = pd.DataFrame({"rectification": None, "rectification_en": None}, index=grades.index, dtype="str")
    if order is None:
        return table
    last = (grades["grade"] == card.last) | (grades["grade_proposed"] == card.last).fillna(False)
    by_veto = grades.index.isin(vetoes.loc[vetoes["confirmed"].astype(bool) & (vetoes["cap"] == card.last), "row"])
    zh = f"{order.zh}(限{order.days}天);{order.failing_zh}"
    en = f"{order.en} ({order.days} days); {order.failing_en}"
    table.loc[last, "rectification"], table.loc[last, "rectification_en"] = "拟" + zh, "proposed: " + en
    table.loc[last & by_veto, "rectification"], table.loc[last & by_veto, "rectification_en"] = zh, en
    return table
