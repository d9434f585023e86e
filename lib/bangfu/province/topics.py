"""How many open findings each county has on each topic, per 1,000 households, and which topics it did not assess."""

import pandas as pd

from bangfu.province.rules import OPEN
from bangfu.province.tables import Tables


def by_topic(tables: Tables) -> pd.DataFrame:
    """A row per county and topic that occurs anywhere: county, topic, findings (open; missing where no rule of the topic was assessed), households, rules
    (assessed) and of (in force), rate (findings per 1,000 households; missing without households)."""
    rows = tables.ask(
        f"""
        WITH found AS (SELECT county, topic, count(*) AS findings FROM findings WHERE {OPEN} GROUP BY county, topic),
             looked AS (SELECT county, topic, count(*) FILTER (reason IS NULL) AS rules, count(*) AS of FROM coverage GROUP BY county, topic),
             registered AS (SELECT county, count(DISTINCT household_id) AS households FROM table_households GROUP BY county)
        SELECT coalesce(l.county, f.county) AS county, coalesce(l.topic, f.topic) AS topic, f.findings, coalesce(l.rules, 0) AS rules, coalesce(l.of, 0) AS of, r.households
        FROM looked AS l FULL JOIN found AS f ON f.county = l.county AND f.topic = l.topic LEFT JOIN registered AS r ON r.county = coalesce(l.county, f.county)
        """
    )
    every = pd.MultiIndex.from_product([[c.code for c in tables.counties.used], sorted(rows["topic"].unique())], names=["county", "topic"])
    rows = rows.set_index(["county", "topic"]).reindex(every).reset_index()
    rows["rules"], rows["of"] = rows["rules"].fillna(0), rows["of"].fillna(0)
    # The quality suites find something without a rule; where neither found nor assessed, nothing is known.
    rows["findings"] = rows["findings"].mask(rows["findings"].isna() & (rows["rules"] > 0), 0)
    rows["rate"] = rows["findings"].astype("Float64") * 1000 / rows["households"].where(rows["households"] > 0).astype("Float64")
    return rows
