"""A household's entries in a department's register, beside the household itself at the dates that matter."""

import pandas as pd

from bangfu.intake import dictionary

# The day from which an entry counts; the payroll says none.
SINCE = {"vehicles": "registered_on", "properties": "registered_on", "businesses": "founded_on", "payroll": None}
ABOUT_HOUSEHOLDS = ["household_id", "town", "village", "status", "identified_on", "exit_on"]
ABOUT_MEMBERS = ["household_id", "id_number", "health", "disability_grade", "student_stage"]


def entries_of(rows: pd.DataFrame, register: str, tables: dict[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """The register entries behind the findings of a rule.

    rows: subject (household_id) and origins (row tokens) of findings. Returns a row per household and entry: the columns of the
    register, `origin`, `household_id`, `since` (date, missing where the register gives none), `timing` (see `timing_of`), the
    household's town, village, identified_on, exit_on, and `died_on` of the person.
    """
    pairs = rows[["subject", "origins"]].explode("origins").dropna().rename(columns={"subject": "household_id", "origins": "origin"})
    pairs["origin"] = pairs["origin"].astype("int64")
    found = pairs.merge(tables[register].reindex(columns=[*dictionary()[register].columns, "origin"]), on="origin")
    found["since"] = pd.to_datetime(found[SINCE[register]]) if SINCE[register] else pd.NaT
    homes = tables["households"].reindex(columns=ABOUT_HOUSEHOLDS).drop_duplicates("household_id")
    found = found.merge(homes, on="household_id", how="left", suffixes=("", "_of_household"))
    found["timing"] = timing_of(found, year)
    found["died_on"] = pd.to_datetime(found["id_number"].map(_deaths(tables)))
    return found.sort_values(["household_id", "since", "origin"], ignore_index=True, kind="stable")


def timing_of(found: pd.DataFrame, year: int) -> pd.Series:
    """Where `since` stands in the household's time: before (identification), during, after_exit, after_year or unknown.

    The exit counts only where the household's status is 已脱贫, for otherwise the date is in doubt (DQ-03).
    """
    since, left = found["since"], found["exit_on"].where(found["status"] == "已脱贫")
    timing = pd.Series("during", index=found.index, dtype="str")
    timing[found["identified_on"].isna()] = "unknown"
    timing[since <= found["identified_on"]] = "before"
    timing[since > left] = "after_exit"
    timing[since > pd.Timestamp(year, 12, 31)] = "after_year"
    timing[since.isna()] = "unknown"
    return timing


def _deaths(tables: dict[str, pd.DataFrame]) -> pd.Series:
    deaths = tables.get("deaths", pd.DataFrame(columns=["id_number", "died_on"]))
    return deaths.dropna(subset=["id_number", "died_on"]).groupby("id_number")["died_on"].min()


def members_with(tables: dict[str, pd.DataFrame], **words: tuple[str, ...]) -> dict[str, list[int]]:
    """Household -> rows of its members of whom one of the named columns holds one of its words."""
    members = tables["members"].reindex(columns=[*ABOUT_MEMBERS, "origin"])
    hit = pd.Series(False, index=members.index)
    for column, values in words.items():
        hit |= members[column].isin(values)
    return members[hit].groupby("household_id")["origin"].agg(list).to_dict()
