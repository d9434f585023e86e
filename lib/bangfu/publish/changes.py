"""What changed since the hand-over before, in words: the rows, and the findings that rested on them."""

import pandas as pd

from bangfu.intake import dictionary
from bangfu.publish.words import word


def changed_rows(county) -> pd.DataFrame | None:
    """The rows that were deleted, changed or added since the hand-over before (columns of `workbook.CHANGES`); None where there was none."""
    if county.changes is None:
        return None
    lang, known, rows = county.lang, dictionary(), county.changes
    before = county.previous.findings
    resting: dict[tuple, list[str]] = {}
    for f in before[["finding_id", "sources"]].itertuples(index=False) if before is not None else ():
        for s in f.sources:
            resting.setdefault((s["file"], s["sheet"] or "", s["row"]), []).append(f.finding_id)
    places = zip(rows["file_then"], rows["sheet_then"], rows["row_then"], strict=True)
    return rows.assign(
        table=[known[t].label(lang) for t in rows["table"]],
        columns=["、".join(known[t].columns[c].headers[0] for c in cs) for t, cs in zip(rows["table"], rows["columns"], strict=True)],
        change=[word("change", c, lang) for c in rows["change"]],
        findings=["\n".join(resting.get(place, ())) if all(map(pd.notna, place)) else "" for place in places],
    )
