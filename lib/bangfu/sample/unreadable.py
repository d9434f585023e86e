"""Cells that nobody can read, on rows where no rule's truth depends on them."""
from __future__ import annotations

import pandas as pd

from bangfu.sample.county import SampleCounty


def plant_unreadable(county: SampleCounty) -> None:
    """Adds visits beyond duty with an impossible time, and spoils a few cells that no rule reads."""
    county.begin("unreadable")
    visits = county.tables["visits"]
    extra = county.take("visits", 3, where=visits["mode"] == "home")
    if len(extra):
        added = county.add("visits", extra, visited_at=pd.NaT, content=[f"补充记录{i},{text}" for i, text in enumerate(extra["content"])],
                           photo_fingerprint=[f"{p:016x}" for p in county.rng.integers(0, 2**63, len(extra))])
        for label, text in zip(added.index, [f"{county.year}-02-30 10:15", f"{county.year}-06-31 09:40", "不详"]):
            county.raw_cells.append(("visits", label, "visited_at", text))
    plain = county.tables["members"]
    _spoil(county, "members", county.take("members", 2, where=(plain["relation"] == "户主") & (plain["student_stage"] == "非在校生")), "born_on", "不详")
    _spoil(county, "plans", county.take("plans", 2), "signed_on", f"{county.year}-13-05")
    members = set(plain["id_number"])
    for table, column, text in (("vehicles", "registered_on", "2014-02-29"), ("businesses", "registered_capital", "约三十万")):
        outside = county.tables[table]
        _spoil(county, table, county.take(table, 1, where=~outside["id_number"].isin(members)), column, text)


def _spoil(county: SampleCounty, table: str, rows: pd.DataFrame, column: str, text: str) -> None:
    missing = pd.NaT if column.endswith("_on") else pd.NA
    county.set(table, rows, **{column: missing})
    county.raw_cells += [(table, label, column, text) for label in rows.index]
