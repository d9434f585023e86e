"""What the policy attaches to a unit whose helpers missed visits or left a household dissatisfied: proposed (拟) until a person has confirmed it.

Source: laizhou-2018-8 四(四), the parameter unit_sanction of HV-11 and SS-02. A finding says what was found, never that the unit is sanctioned.
"""

from collections.abc import Mapping

import pandas as pd

from bangfu import audit
from bangfu.params import InForce
from bangfu.rules.dissatisfaction import first_helpers_when_asked

COLUMNS = ["unit", "rule_id", "status", "fact", "fact_en", "sanction", "sanction_en"]
OPEN = ("new", "persisting", "reopened")
NONE = ("不作处理", "none")


def unit_sanctions(tables: Mapping[str, pd.DataFrame], findings: pd.DataFrame, rules: Mapping[str, InForce], year: int) -> pd.DataFrame:
    """COLUMNS, ordered by unit and rule: a row per finding of HV-11, and per unit and state of the findings of SS-02 about its first helpers.

    What has vanished is left out; a household whose first helper has no unit on record is nobody's.
    """
    standing = findings[findings["status"] != "vanished"]
    missed = standing[standing["rule_id"] == "HV-11"]
    parts = [pd.DataFrame({"unit": missed["subject"], "rule_id": missed["rule_id"], "status": missed["status"], "fact": missed["condition"], "fact_en": missed["condition_en"]})]
    unhappy = standing[standing["rule_id"] == "SS-02"]
    if "SS-02" in rules and len(unhappy) and audit.missing(rules["SS-02"].rule.reads, tables) is None:
        parts.append(_dissatisfied(tables, unhappy, rules["SS-02"].settings(year)["dissatisfied"], year))
    rows = pd.concat(parts, ignore_index=True)
    for language, column in enumerate(("sanction", "sanction_en")):
        rows[column] = pd.Series([_said(rules, rule_id, status, year)[language] for rule_id, status in zip(rows["rule_id"], rows["status"], strict=True)], index=rows.index, dtype="str")
    return rows.sort_values(["unit", "rule_id", "status"], kind="stable", ignore_index=True)[COLUMNS]


def _dissatisfied(tables: Mapping[str, pd.DataFrame], findings: pd.DataFrame, dissatisfied: int, year: int) -> pd.DataFrame:
    """The households of the findings, counted for the units of their first helpers on the day of the interview."""
    survey = tables["survey"]
    answers = survey[(survey["q_helper"] <= dissatisfied).fillna(False).astype(bool)]
    asked = first_helpers_when_asked(answers, tables["pairings"], tables["helpers"], year).dropna(subset="unit")
    of_units = asked.drop_duplicates(["household_id", "unit"]).merge(findings[["subject", "status"]], left_on="household_id", right_on="subject")
    counts = of_units.groupby(["unit", "status"]).size().rename("households").reset_index()
    n = counts["households"].astype("str")
    return counts[["unit", "status"]].assign(rule_id="SS-02", fact="受访户对帮扶责任人不满意的有" + n + "户。", fact_en="Households asked that are dissatisfied with their helper: " + n + ".")


def _said(rules: Mapping[str, InForce], rule_id: str, status: str, year: int) -> tuple[str, str]:
    """The sanction in both languages: proposed while the finding is open, none where it is settled."""
    if rule_id not in rules:
        return NONE
    words = rules[rule_id].settings(year)["unit_sanction"]
    if status == "confirmed":
        return words.zh, words.en
    return (f"拟{words.zh}(须经核实确认)", f"proposed: {words.en} (to be confirmed)") if status in OPEN else NONE
