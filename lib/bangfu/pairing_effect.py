"""Did pairing raise incomes: households whose pairing began in different years, compared as the years went by."""

import pandas as pd

from bangfu import income
from bangfu.problems import Sentence
from bangfu.stats.impact.callaway_santanna import GroupTime, att_gt

FEWEST = 20  # households with incomes of all years, for anything to be said


def effect(tables: dict[str, pd.DataFrame], year: int) -> GroupTime | Sentence:
    """The effect of pairing on the net income per head (yuan) by year of the first pairing, or why it cannot be assessed.

    Income: recomputed from its sources, of the rows up to the audit year; a household counts with incomes of all the years there are.
    Cohort: the year in which the household's first pairing with a first helper began. Controls: households not yet paired in that year
    (and never paired ones), so that the gain of the paired is held against the gain of others over the same years. Clusters: villages.
    Source: Callaway and Sant'Anna (2021), Journal of Econometrics 225, without covariates (stats.impact.callaway_santanna).
    """
    if not all(name in tables for name in ("incomes", "pairings")):
        return Sentence("没有收入明细表或结对表", "there is no table of incomes or of pairings")
    rows = tables["incomes"].dropna(subset=["household_id", "year"])
    rows = rows.assign(net=income.recomputed(rows)["net"], size=rows["family_size"].where(rows["family_size"] > 0)).dropna(subset=["net", "size"])
    rows = rows[rows["year"] <= year].drop_duplicates(["household_id", "year"])
    years = sorted(rows["year"].unique())
    if len(years) < 2:
        return Sentence(
            f"只有{len(years)}个年度的收入,至少要有结对前后两个年度",
            f"there are incomes of {len(years)} year(s), and it takes at least two, before and after pairing began",
        )
    first = tables["pairings"][tables["pairings"]["role"] == "first"].groupby("household_id")["start_on"].min().dt.year
    panel = rows[rows.groupby("household_id")["year"].transform("nunique") == len(years)]
    began = panel["household_id"].map(first)
    if panel["household_id"].nunique() < FEWEST:
        return Sentence(f"各年度收入齐全的户不足{FEWEST}户", f"fewer than {FEWEST} households have incomes of all years")
    villages = panel["household_id"].map(tables["households"].drop_duplicates("household_id").set_index("household_id")["village_code"]).fillna("")
    try:
        return att_gt(panel["net"].astype(float) / panel["size"].astype(float) / 100, panel["household_id"], panel["year"], began, control="not_yet", clusters=villages)
    except ValueError:
        return Sentence(
            "没有哪一批户在收入资料的年度之间才开始结对,而同时有尚未结对的户可比",
            "no households began to be paired between the years with incomes while others were not yet paired",
        )
