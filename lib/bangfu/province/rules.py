"""The same rule over all counties: how often it found something, against how much it looked at; and who did not assess it, and why."""

from __future__ import annotations

import pandas as pd

from bangfu.problems import Sentence
from bangfu.province.settings import ProvinceSettings
from bangfu.province.tables import Tables
from bangfu.stats.profiling import funnel

OPEN = "status NOT IN ('exempt', 'rejected', 'closed', 'rectified', 'vanished')"  # as `findings.open_ones`
NOT_RECORDED = Sentence("运行没有留下 coverage.parquet,请用现版本重新运行", "its run left no coverage.parquet; run it again with this version")
NOT_IN_FORCE = Sentence("该县政策包没有这条规则", "the county's policy pack has no such rule")


def by_rule_and_county(tables: Tables) -> pd.DataFrame:
    """A row per rule and county: rule_id, topic, severity, title, title_en, county, assessed, unassessed (items), findings (open ones), criteria,
    reason, reason_en (why it was not assessed; missing = it was).

    The quality suites are no rules: their findings are in no row.
    """
    told = tables.ask(
        f"""
        WITH counted AS (SELECT county, rule_id, count(*) AS findings FROM findings WHERE {OPEN} GROUP BY county, rule_id)
        SELECT c.rule_id, c.topic, c.severity, c.title, c.title_en, c.county, c.assessed, c.unassessed, coalesce(n.findings, 0) AS findings, c.reason, c.reason_en
        FROM coverage AS c LEFT JOIN counted AS n USING (county, rule_id) ORDER BY c.rule_id, c.county
        """
    )
    rules = told.drop_duplicates("rule_id")[["rule_id", "topic", "severity", "title", "title_en"]]
    counties = pd.DataFrame({"county": [c.code for c in tables.counties.used]}, dtype="str")
    rows = rules.merge(counties, how="cross").merge(told.drop(columns=["topic", "severity", "title", "title_en"]), on=["rule_id", "county"], how="left", indicator=True)
    recorded = rows["county"].isin(told["county"].unique())
    for column, lang in (("reason", 0), ("reason_en", 1)):
        absent = rows["_merge"].eq("left_only")
        rows.loc[absent & recorded, column] = NOT_IN_FORCE[lang]
        rows.loc[absent & ~recorded, column] = NOT_RECORDED[lang]
        nothing = ~absent & rows["reason"].isna() & (rows["assessed"] == 0).fillna(True)
        rows.loc[nothing & rows[column].isna(), column] = ("没有可评估的记录", "there was nothing to assess")[lang]
    criteria = {(c.code, rule): text for c in tables.counties.used for rule, text in c.criteria.items()}
    rows["criteria"] = pd.Series([criteria.get(k) for k in zip(rows["county"], rows["rule_id"], strict=True)], dtype="str", index=rows.index)
    return rows.drop(columns="_merge")


def judged_alike(rows: pd.DataFrame) -> pd.Series:
    """Which rows of `by_rule_and_county` were assessed by the criteria that most counties held the rule against (bool).

    Of criteria that as many counties have, the first in the order of their words count.
    """
    assessed = rows[rows["reason"].isna()].assign(criteria=rows["criteria"].fillna(""))
    counted = assessed.groupby(["rule_id", "criteria"]).size().rename("n").reset_index()
    usual = counted.sort_values(["rule_id", "n", "criteria"], ascending=[True, False, True], kind="stable").drop_duplicates("rule_id").set_index("rule_id")["criteria"]
    return rows["reason"].isna() & rows["criteria"].fillna("").eq(rows["rule_id"].map(usual))


def same_rule(rows: pd.DataFrame, settings: ProvinceSettings) -> pd.DataFrame:
    """A row per rule from `by_rule_and_county`: rule_id, topic, severity, title, title_en, findings, assessed, rate, low_rate, high_rate (of counties),
    alike, otherwise (counties judged by the usual and by other criteria), absent (not assessed), dispersion, above, below (codes).

    rate is findings per item assessed, over the counties judged alike. Where no county has more findings than items it is held
    against binomial limits, else (several findings on an item) against Poisson limits; both exact, the outer ones of the settings.
    dispersion is the phi of Spiegelhalter (2005), about 1 where counties differ by chance alone.
    """
    rows = rows.assign(alike=judged_alike(rows))
    return pd.DataFrame([_summed(part, settings) for _, part in rows.groupby("rule_id", sort=True)], columns=_COLUMNS)


_COLUMNS = ["rule_id", "topic", "severity", "title", "title_en", "findings", "assessed", "rate", "low_rate", "high_rate", "alike", "otherwise", "absent", "dispersion", "above", "below"]


def _summed(part: pd.DataFrame, settings: ProvinceSettings) -> dict:
    first, alike = part.iloc[0], part[part["alike"]].set_index("county")
    count, size = alike["findings"].astype("int64"), alike["assessed"].astype("int64")
    told = {c: first[c] for c in ("rule_id", "topic", "severity", "title", "title_en")}
    told |= {"findings": count.sum(), "assessed": size.sum(), "rate": count.sum() / size.sum() if size.sum() else None, "alike": len(alike)}
    told |= {"low_rate": (count / size).min(), "high_rate": (count / size).max(), "otherwise": int((part["reason"].isna() & ~part["alike"]).sum()), "absent": int(part["reason"].notna().sum())}
    drawn = drawn_funnel(count, size, settings)
    judged = drawn.units["judgement"] if drawn else pd.Series(dtype="str")
    return told | {"dispersion": drawn.dispersion if drawn else None, "above": judged.index[judged == "above"].tolist(), "below": judged.index[judged == "below"].tolist()}


def drawn_funnel(count: pd.Series, size: pd.Series, settings: ProvinceSettings, adjustment: str = "none") -> funnel.Funnel | None:
    """Counties' counts of items held against chance; None where there are fewer than two or nothing (or everything) was found."""
    if len(count) < 2 or not count.sum():
        return None
    options = {"adjustment": adjustment, "levels": settings.limits}
    if (count <= size).all():
        return funnel.proportions(count, size, min_size=settings.least_size, **options) if (count < size).any() else None
    expected = size * (count.sum() / size.sum())
    return funnel.ratios(count, expected, **options)
