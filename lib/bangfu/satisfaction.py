"""The satisfaction of the households: estimates that respect how the sample was drawn, who was asked, how interviewers worked.

Design: the towns are strata; in each some villages are drawn, in each village some households. A household's weight is
(villages in the town / villages drawn) × (registered households in the village / interviewed ones).
"""

import pandas as pd

from bangfu.stats import survey

ITEMS = ("q_helper", "q_measures", "q_results", "q_fairness", "q_policy", "overall")
SATISFIED = 4  # 满意 and 很满意, of 1 to 5


def sample(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The interviews with their design: columns of `survey` plus `villages` and `homes` (numbers in the frame), `weight`.

    Interviews without town or village are left out of estimates. Where the frame knows fewer than were drawn (a village
    missing from its table), the number drawn is taken.
    """
    asked = tables["survey"].dropna(subset=["town", "village_code"]).copy()
    drawn = asked.groupby("town")["village_code"].transform("nunique")
    in_village = asked.groupby(["town", "village_code"])["response_id"].transform("size")
    homes = tables["households"].drop_duplicates("household_id").groupby("village_code").size()
    inhabited = tables["villages"].drop_duplicates("village_code")
    inhabited = inhabited[inhabited["village_code"].isin(homes.index)].groupby("town").size()
    asked["villages"] = asked["town"].map(inhabited).fillna(0).clip(lower=drawn).astype("int64")
    asked["homes"] = asked["village_code"].map(homes).fillna(0).clip(lower=in_village).astype("int64")
    asked["weight"] = (asked["villages"] / drawn) * (asked["homes"] / in_village)
    asked["satisfied"] = (asked["overall"] >= SATISFIED).astype("boolean")
    return asked


def _design(asked: pd.DataFrame) -> survey.Design:
    return survey.Design(asked, strata="town", clusters="village_code", weights="weight", clusters_total="villages", households_total="homes")


def by_town(tables: dict[str, pd.DataFrame], column: str = "satisfied") -> pd.DataFrame:
    """The share of satisfied households (answers 4 and 5 overall) by town, with 95% Korn-Graubard intervals.

    Columns: label, estimate, low, high, n, clusters, deff; `all` is the whole county, in the last row.
    """
    asked = sample(tables)
    if asked.empty:
        return pd.DataFrame(columns=["label", "estimate", "low", "high", "n", "clusters", "deff"])
    if column != "satisfied":
        asked["satisfied"] = (asked[column] >= SATISFIED).astype("boolean") if column in ITEMS else asked[column]
    design = _design(asked)
    towns = survey.proportion(design, "satisfied", by="town")
    whole = survey.proportion(design, "satisfied")
    both = pd.concat([towns, whole]).rename_axis("label").reset_index()
    return both.rename(columns={"lo": "low", "hi": "high"})[["label", "estimate", "low", "high", "n", "clusters", "deff"]]


def answers(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """How each item was answered in the whole county: item, answer (1-5), count (weighted to the registered households)."""
    asked = sample(tables)
    long = asked.melt(id_vars="weight", value_vars=[i for i in ITEMS if i in asked], var_name="item", value_name="answer").dropna()
    return long.groupby(["item", "answer"], sort=True)["weight"].sum().rename("count").reset_index()


def who_was_asked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """By town: villages and registered households in the frame, villages and households asked, and the share asked."""
    asked = sample(tables)
    homes = tables["households"].drop_duplicates("household_id")
    frame = homes.groupby("town").agg(households=("household_id", "size"), villages=("village_code", "nunique"))
    drawn = asked.groupby("town").agg(asked=("response_id", "size"), villages_drawn=("village_code", "nunique"))
    both = frame.join(drawn, how="outer").fillna(0).astype("int64").rename_axis("town").reset_index()
    both["share"] = both["asked"] / both["households"].where(both["households"] > 0)
    return both


def representation(tables: dict[str, pd.DataFrame], column: str = "category") -> pd.DataFrame:
    """Whom the sample stands for: share of each kind of household among the registered, the asked, and the weighted asked."""
    homes = tables["households"].drop_duplicates("household_id")
    asked = sample(tables).merge(homes[["household_id", column]], on="household_id", how="inner")
    shares = pd.DataFrame(
        {
            "registered": homes[column].value_counts(normalize=True),
            "asked": asked[column].value_counts(normalize=True),
            "weighted": asked.groupby(column)["weight"].sum() / asked["weight"].sum() if len(asked) else pd.Series(dtype="float64"),
        }
    )
    return shares.fillna(0.0).sort_values("registered", ascending=False, kind="stable").rename_axis("kind").reset_index()


def interviewers(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """By interviewer: interviews, median minutes, share with all five item answers equal, share satisfied."""
    rows = tables["survey"].dropna(subset=["interviewer"])
    items = rows[[i for i in ITEMS[:-1] if i in rows]]
    alike = (items.nunique(axis=1) == 1) & items.notna().all(axis=1)
    worked = rows.assign(alike=alike.astype("float64"), good=(rows["overall"] >= SATISFIED).astype("Float64").astype("float64"))
    return (
        worked.groupby("interviewer")
        .agg(interviews=("response_id", "size"), median_minutes=("minutes", "median"), straight_lined=("alike", "mean"), satisfied=("good", "mean"))
        .reset_index()
    )
