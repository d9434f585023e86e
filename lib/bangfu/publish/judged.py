"""What people judged until a run, in words: the share confirmed of each rule, and every edit."""

from dataclasses import asdict

import pandas as pd

from bangfu.publish.figures import percent
from bangfu.publish.words import word
from bangfu.review.precision import precision


def shares_confirmed(county) -> pd.DataFrame:
    """A row per rule with judged findings: rule_id, title, judged, confirmed, rejected, precision and interval as percentages; empty without any."""
    rules, lang = county.settings.pack.rules, county.lang
    rows = precision(county.previous.reviews)
    return rows.assign(
        title=[(rules[r].rule.title_en if lang == "en" else rules[r].rule.title) if r in rules else "" for r in rows["rule_id"]],
        precision=[percent(p) for p in rows["precision"]],
        interval=[f"{percent(a)}–{percent(b)}" for a, b in zip(rows["low"], rows["high"], strict=True)],
    )


def history(county) -> pd.DataFrame:
    """Every edit that the run knew of, in order (columns of `workbook.HISTORY`); a missing version marks one that lost against another's."""
    rows = pd.DataFrame([asdict(e) for e in county.previous.reviews])
    if rows.empty:
        return rows
    told = {c: [word("status", s, county.lang) for s in rows[c]] for c in ("was", "became")}
    return rows.assign(**told, version=rows["version"].astype("Int64"), more=[";".join(f"{k}:{v}" for k, v in m.items()) for m in rows["more"]])
