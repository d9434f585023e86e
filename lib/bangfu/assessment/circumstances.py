"""What a helper could not choose: the composition, health, labour, category and starting income of the households."""

import pandas as pd

from bangfu import calendar, income
from bangfu.assessment.comparison import Comparison
from bangfu.problems import Sentence

LABELS = {
    "family_size": Sentence("家庭人口", "household size"),
    "dependants": Sentence("未成年人和老人占比", "share of children and elders"),
    "working": Sentence("有劳动能力占比", "share able to work"),
    "ill": Sentence("患病占比", "share ill"),
    "disabled": Sentence("残疾占比", "share disabled"),
    "category": Sentence("贫困户类别", "category"),
    "starting_income": Sentence("起点人均收入", "starting income per head"),
}


def circumstances(tables: dict[str, pd.DataFrame], year: int, limits: Comparison) -> tuple[pd.DataFrame, list[Sentence]]:
    """Of every household what is known of its circumstances, as numbers, and what could not be told of any.

    Index household_id; family_size, dependants, working, ill, disabled (shares of the members for whom it is known), starting_income
    (yuan per head in the earliest year of the income table, where that is before `year`; pulled in at either end by `trimmed`), a column
    of 0 and 1 per category but the most frequent. A missing number stands as the median, beside a column `<name>_missing` of 1: a
    household is never left out for want of it. Age is reached by the last day of the year.
    """
    homes = tables["households"].dropna(subset="household_id").drop_duplicates("household_id").set_index("household_id")
    numbers = pd.DataFrame(index=homes.index)
    numbers["family_size"] = homes["family_size"].astype("Float64") if "family_size" in homes else pd.NA
    if "members" in tables:
        numbers = numbers.join(_composition(tables["members"], year, limits))
    numbers["starting_income"] = starting_income(tables, year, limits).reindex(numbers.index)
    absent = [label for name, label in LABELS.items() if name != "category" and (name not in numbers or numbers[name].isna().all())]
    numbers = numbers.loc[:, numbers.notna().any()].astype("Float64")
    unknown = numbers.isna().astype("float64").add_suffix("_missing")
    kept = numbers.fillna(numbers.median()).astype("float64").join(unknown.loc[:, unknown.any()])
    if "category" not in homes or homes["category"].isna().all():
        return kept, [*absent, LABELS["category"]]
    category = homes["category"].astype("object").where(homes["category"].notna(), "missing")
    often = category.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable").index
    return kept.join(pd.DataFrame({f"category:{c}": (category == c).astype("float64") for c in often[1:]}, index=kept.index)), absent


def per_head(incomes: pd.DataFrame) -> pd.DataFrame:
    """household_id, year, per_head (yuan, recomputed from the income form) of every row of which all is known, the first of each household and year."""
    heads = incomes["family_size"].where(incomes["family_size"] > 0).astype("Float64")
    known = incomes[["household_id", "year"]].assign(per_head=income.recomputed(incomes)["net"].astype("Float64") / heads / 100)
    return known.dropna().astype({"per_head": "float64", "year": "int64"}).drop_duplicates(["household_id", "year"])


def starting_income(tables: dict[str, pd.DataFrame], year: int, limits: Comparison) -> pd.Series:
    """Yuan per head by household in the earliest year of the income table; empty where that is not before `year`."""
    if "incomes" not in tables:
        return pd.Series(dtype="Float64")
    rows = per_head(tables["incomes"])
    first = rows["year"].min()
    if rows.empty or first >= year:
        return pd.Series(dtype="Float64")
    return trimmed(rows[rows["year"] == first].set_index("household_id")["per_head"], limits.trimmed).astype("Float64")


def trimmed(values: pd.Series, share: float) -> pd.Series:
    """The values with the most extreme `share` at either end pulled in to the quantile there."""
    return values.clip(values.quantile(share), values.quantile(1 - share))


def _composition(members: pd.DataFrame, year: int, limits: Comparison) -> pd.DataFrame:
    """Of each household the share of members, of those for whom it is known, who are dependent by age, able to work, ill, disabled."""
    facts = pd.DataFrame({"household_id": members["household_id"]})
    if "born_on" in members:
        last = calendar.last_day(year)
        age = last.year - members["born_on"].dt.year  # on 31 December every birthday of the year has been
        facts["dependants"] = ((age < limits.child_under) | (age >= limits.elder_from)).astype("Float64").where(age.notna())
    if "labour" in members:
        facts["working"] = (members["labour"] != "无劳动力").astype("Float64").where(members["labour"].notna())
    health = members["health"] if "health" in members else pd.Series(pd.NA, index=members.index, dtype="str")
    facts["ill"] = health.str.contains("病").astype("Float64").where(health.notna())
    graded = members["disability_grade"].notna() if "disability_grade" in members else pd.Series(False, index=members.index)
    facts["disabled"] = (health.str.contains("残疾").fillna(False).astype(bool) | graded).astype("Float64").where(health.notna() | graded)
    return facts.dropna(subset="household_id").groupby("household_id").mean()
