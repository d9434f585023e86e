"""What a person decides on each suggestion: is it one person or two? Only a confirmed one becomes a link that stands.

The table to fill in goes out as CSV, which a spreadsheet opens, and comes back the same way.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from bangfu.problems import Sentence, WrongParams, did_you_mean
from bangfu.relations.likeness import Likeness
from bangfu.relations.network import Network
from bangfu.relations.words import ROLE, said

HEADERS = {
    "id": "编号", "name_a": "人员甲", "role_a": "甲的身份", "rows_a": "甲见于", "name_b": "人员乙", "role_b": "乙的身份", "rows_b": "乙见于", "why": "依据",
    "digest": "依据摘要", "verdict": "结论(是/不是)", "by": "确认人", "on": "确认日期", "remark": "说明",
}  # fmt: skip
VERDICTS = {"是": "confirmed", "不是": "rejected"}
_ROWS = 3  # rows that name a person, told beside a suggestion


@dataclass(frozen=True)
class Decision:
    """What somebody decided on a suggestion, on which evidence."""

    id: str
    verdict: str
    by: str
    on: str
    remark: str
    digest: str


def to_confirm(network: Network, likeness: Likeness, lang: str = "zh") -> pd.DataFrame:
    """Each suggestion with the rows of both sides and the weights in words, to be decided (columns of `HEADERS`)."""
    rows = [
        {
            "id": p.id, "name_a": network.label(p.a), "role_a": said(ROLE[p.role_a], lang), "rows_a": _places(network, p.a, lang), "name_b": network.label(p.b), "role_b": said(ROLE[p.role_b], lang),
            "rows_b": _places(network, p.b, lang), "why": p.why_en if lang == "en" else p.why, "digest": p.digest, "verdict": "", "by": "", "on": "", "remark": "",
        }
        for p in likeness.pairs.itertuples()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(HEADERS))


def write_to_confirm(table: pd.DataFrame, path: Path) -> None:
    """The table to confirm as CSV (UTF-8 with its mark, which spreadsheets need). It holds names: for named recipients only."""
    table.rename(columns=HEADERS).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def read_decisions(path: Path) -> list[Decision]:
    """The decisions in a table that came back; rows without a verdict are still open. WrongParams with every mistake in it."""
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise WrongParams.of(f"确认表 {path.name} 读不出,请另存为UTF-8的CSV。", f"The table of confirmations {path.name} cannot be read; save it as CSV in UTF-8.") from None
    columns = {header: name for name, header in HEADERS.items()}
    missing = [HEADERS[n] for n in ("id", "digest", "verdict", "by", "on") if HEADERS[n] not in table]
    if missing:
        raise WrongParams.of(f"确认表 {path.name} 缺少列:{'、'.join(missing)}。", f"The table of confirmations {path.name} lacks the columns {', '.join(missing)}.")
    wrong, found, seen = [], [], {}
    for number, row in enumerate(table.rename(columns=columns).to_dict("records"), start=2):
        verdict = row["verdict"].strip()
        if not verdict:
            continue
        where = (f"{path.name} 第{number}行", f"{path.name}, row {number}")
        if verdict not in VERDICTS:
            wrong.append(Sentence(f"{where[0]}:结论“{verdict}”不对,只能是:是、不是。", f"{where[1]}: verdict “{verdict}” must be 是 or 不是."))
        if not row["by"].strip():
            wrong.append(Sentence(f"{where[0]}:没有填写确认人。", f"{where[1]}: nobody is named who confirmed."))
        if not _is_day(row["on"].strip()):
            wrong.append(Sentence(f"{where[0]}:确认日期“{row['on']}”不对,应如 2019-12-31。", f"{where[1]}: the date “{row['on']}” must be such as 2019-12-31."))
        if seen.setdefault(row["id"], verdict) != verdict:
            wrong.append(Sentence(f"{where[0]}:编号 {row['id']} 有两个不同的结论,请核对。", f"{where[1]}: {row['id']} has two different verdicts; check them."))
        found.append(Decision(row["id"], VERDICTS.get(verdict, ""), row["by"].strip(), row["on"].strip(), row.get("remark", ""), row["digest"]))
    if wrong:
        raise WrongParams.all(wrong)
    return found


def decided(network: Network, likeness: Likeness, decisions: list[Decision] = ()) -> tuple[Network, list[Sentence]]:
    """The network with its suggestions: confirmed ones stand, rejected ones are gone, the others stay suggestions.

    Returns as well a sentence for each decision that does not count: its evidence has changed, so that it is open again, or
    there is no such suggestion any more.
    """
    known = {p.id: p for p in likeness.pairs.itertuples()}
    said_, verdicts = [], {}
    for d in decisions:
        if d.id not in known:
            zh, en = did_you_mean(d.id, known) if known else ("。", ".")
            said_.append(Sentence(f"确认表中的 {d.id} 已不在建议之列{zh}", f"{d.id} of the confirmations is no suggestion any more{en}"))
        elif d.digest != known[d.id].digest:
            said_.append(Sentence(f"{d.id} 所依据的内容已变更,须重新确认。", f"What {d.id} rests on has changed: it is open again."))
        else:
            verdicts[d.id] = d
    links, words = [], {}
    for p in likeness.pairs.itertuples():
        decision = verdicts.get(p.id)
        if decision and decision.verdict == "rejected":
            continue
        kind, status = ("same_confirmed", "confirmed") if decision else ("same", "suggested")
        words[p.a, p.b] = (f"{decision.by}{decision.on}确认;{p.why}", f"{decision.by}, {decision.on}; {p.why_en}") if decision else (p.why, p.why_en)
        links += [(p.a, p.b, kind, c, "", o, status) for node in (p.a, p.b) for c, o in network.named(node)[:_ROWS]]
    table = pd.DataFrame(links, columns=["a", "b", "kind", "county", "table", "origin", "status"])
    return network.joined(table, words), said_


def _places(network: Network, node: str, lang: str) -> str:
    places = [network.place(e) for e in network.named(node)[:_ROWS]]
    return (", " if lang == "en" else "、").join(" ".join(filter(None, (p["file"], p["sheet"]))) + (f" row {p['row']}" if lang == "en" else f"第{p['row']}行") for p in places)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
