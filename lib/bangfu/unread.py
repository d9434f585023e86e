"""A finding that rests on a row with a cell that could not be read says which: what counts as missing there may stand in the original."""

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from bangfu.intake.dictionary import Table, normalised
from bangfu.rules.catalogue import Rule


def with_unread_cells(findings: pd.DataFrame, rules: Mapping[str, Rule], rejects: pd.DataFrame, known: Mapping[str, Table]) -> pd.DataFrame:
    """The findings, with a sentence after `condition` where a column that the rule reads is unreadable in one of its sources.

    rejects: the cells that could not be read (`Intake.rejects`). known: the dictionary with the county's own headers.
    """
    unread = defaultdict(list)
    for cell in rejects[rejects["column"] != ""].itertuples():
        unread[cell.file, cell.sheet, cell.row].append(cell.column)
    if not unread:
        return findings
    read = {i: {normalised(h)[0] for t, columns in rule.reads.items() for c in columns for h in known[t].columns[c].headers} for i, rule in rules.items()}
    zh, en = findings["condition"].tolist(), findings["condition_en"].tolist()
    for at, (rule, sources) in enumerate(zip(findings["rule_id"], findings["sources"], strict=True)):
        cells = (header for s in sources for header in unread.get((s["file"], s["sheet"], s["row"]), ()))
        headers = list(dict.fromkeys(h for h in cells if normalised(h)[0] in read[rule]))
        if headers:
            zh[at] += f"(所据行的“{'”、“'.join(headers)}”有内容而无法识别,按空缺处理,请先核对原件。)"
            en[at] += f" (“{'”, “'.join(headers)}” in the rows that this rests on could not be read and counts as missing; check the original first.)"
    return findings.assign(condition=pd.Series(zh, index=findings.index, dtype=object), condition_en=pd.Series(en, index=findings.index, dtype=object))
