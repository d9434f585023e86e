"""Where a finding stands: what the run sees and what people judged, put together.

A judgement holds for the evidence that it judged: where the rows have changed since, the finding is open again.
"""

from collections.abc import Sequence

import pandas as pd

from bangfu.publish.words import word
from bangfu.review.entries import Entry, by_finding, in_force
from bangfu.review.life import FOUND, JUDGED, VANISHED


def carried_over(findings: pd.DataFrame, entries: Sequence[Entry], year: int) -> pd.DataFrame:
    """The finding table with `status` and `reason` as people's judgements of this year and earlier ones make them."""
    history = by_finding(e for e in in_force(entries) if e.year <= year)
    if not history:
        return findings
    now = findings.copy()
    for at in now.index[now["finding_id"].isin(set(history))]:
        row = now.loc[at]
        now.at[at, "status"], now.at[at, "reason"] = standing(row["status"], row["reason"], row["evidence"], history[row["finding_id"]], year)
    return now


def linked(findings: pd.DataFrame, earlier: pd.DataFrame | None) -> pd.DataFrame:
    """The finding table with the link to an earlier year: what had been settled or gone there and is found again is `reopened` (反弹).

    earlier: finding_id, status, year. What was open then as well stays as it is seen now, and says so.
    """
    if earlier is None:
        return findings
    now, then = findings.copy(), earlier.set_index("finding_id")
    for at in now.index[now["finding_id"].isin(then.index) & now["status"].isin(FOUND)]:
        status, year = then.at[now.at[at, "finding_id"], "status"], then.at[now.at[at, "finding_id"], "year"]
        back = status in _SETTLED
        now.at[at, "status"] = "reopened" if back else now.at[at, "status"]
        now.at[at, "reason"] = f"{'反弹:' if back else ''}{year}年度也有此疑点({now.at[at, 'finding_id']}),当时为{word('status', status)}"
    return now


_SETTLED = ("rectified", "closed", VANISHED)


def standing(seen: str, reason: str | None, evidence: str, entries: Sequence[Entry], year: int) -> tuple[str, str | None]:
    """The status of a finding and its reason.

    seen: what the run says of it (new, persisting, reopened, vanished; or exempt by the county params, which stays).
    entries: its history in force, in order.
    """
    if seen == "exempt":
        return seen, reason
    mine = [e for e in entries if e.year == year]
    judgements = [e for e in mine if e.became in JUDGED or e.became != e.was]
    if not judgements:
        return _of_earlier_years(seen, reason, evidence, [e for e in entries if e.year < year and e.became in JUDGED])
    last = judgements[-1]
    judged_when = next((e.was for e in reversed(mine[: mine.index(last) + 1]) if e.was in (*FOUND, VANISHED)), FOUND[0])
    same = last.evidence == evidence
    if seen == VANISHED:
        if last.became == "closed" or (judged_when == VANISHED and same):
            return last.became, _joined(told(last), reason)
        return VANISHED, _joined(reason, "此前" + told(last))
    if judged_when == VANISHED:
        return "reopened", "反弹:未再出现后又重新出现;此前" + told(last)
    if not same:
        return "reopened", "所依据的行在判定后有变化,须重新核实;此前" + told(last)
    return last.became, told(last)


def _of_earlier_years(seen: str, reason: str | None, evidence: str, earlier: Sequence[Entry]) -> tuple[str, str | None]:
    if not earlier or seen == VANISHED:
        return seen, reason
    last = earlier[-1]
    if last.became == "rejected" and last.evidence == evidence:
        return "rejected", f"所依据的行与{last.year}年度核实时相同;{last.year}年度" + told(last)
    return "reopened", f"反弹:{last.year}年度已有此疑点({last.finding_id});{last.year}年度" + told(last)


def told(entry: Entry) -> str:
    """A judgement in words, with who judged and why."""
    why = f",{entry.note}" if entry.note else ""
    return f"判定为{word('status', entry.became)}({entry.by}{why})"


def _joined(*parts: str | None) -> str:
    return ";".join(p for p in parts if p)
