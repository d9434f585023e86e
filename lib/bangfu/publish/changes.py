"""What changed since the hand-over before, in words: the rows, and the findings that rested on them."""

import pandas as pd

from bangfu.handovers import HandOver
from bangfu.intake import dictionary
from bangfu.publish.masking import Masker
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


def masked_keys(rows: pd.DataFrame, then: HandOver, now: HandOver, masker: Masker) -> pd.Series:
    """The keys of changed rows (columns of `handovers.CHANGES`) as they may be published.

    A deleted row's names are in no table any more by which a masker knows names: each part is masked by what its column is.
    """
    masked = pd.Series(index=rows.index, dtype="str")
    for name, group in rows.groupby("table"):
        table = dictionary()[name]
        for side, part in ((now, group[group["change"] == "added"]), (then, group[group["change"] != "added"])):
            columns = [c for c in table.key if c in side.columns.get(name, ())]
            parts = part["key"].str.split("|", expand=True)
            if len(part) and parts.shape[1] == len(columns) and parts.notna().all(axis=None):
                personal = {c: table.columns[c].personal for c in columns if table.columns[c].personal}
                parts = masker.frame(parts.set_axis(columns, axis=1), personal)
                masked[part.index] = ["|".join(map(masker.text, p)) for p in parts.itertuples(index=False)]
            else:
                masked[part.index] = "***"  # a bar within a value: which part is what cannot be told
    return masked
