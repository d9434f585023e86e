"""The finding table: what rules return, its stable ids, its sources, and how it compares with the run before.

A finding is a signal with its evidence, not a verdict.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise, repeat
from string import Formatter

import numpy as np
import pandas as pd
import pyarrow as pa

from bangfu import money
from bangfu.parquet import read_table

STATUSES = ("new", "persisting", "reopened", "confirmed", "rejected", "exempt", "rectified", "closed", "vanished")
SETTLED = ("exempt", "rejected", "closed", "rectified", "vanished")  # these do not count
SCHEMA = pa.schema(
    [
        ("finding_id", pa.string()), ("rule_id", pa.string()), ("topic", pa.string()), ("severity", pa.string()),
        ("title", pa.string()), ("title_en", pa.string()), ("subject", pa.string()),
        ("condition", pa.string()), ("condition_en", pa.string()), ("criteria", pa.string()), ("criteria_en", pa.string()),
        ("offence", pa.string()), ("amount", pa.decimal128(18, 2)),
        ("sources", pa.list_(pa.struct([("file", pa.string()), ("sheet", pa.string()), ("row", pa.int64())]))),
        ("money_sources", pa.list_(pa.struct([("file", pa.string()), ("sheet", pa.string()), ("row", pa.int64())]))),
        ("evidence", pa.string()), ("status", pa.string()), ("reason", pa.string()),
        ("explanation", pa.string()), ("explanation_en", pa.string()), ("exemption", pa.string()),
    ]
)  # fmt: skip


@dataclass
class Found:
    """What a rule returns.

    rows: one row per finding: subject, condition, condition_en, amount (fen, Int64), origins and money (lists of row tokens).
    assessed, unassessed: how many rows were judged, and how many could not be for want of a deciding value.
    """

    rows: pd.DataFrame
    assessed: int = 0
    unassessed: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)


def _told(value, spec: str, lang: str) -> str:
    """A value in a sentence: `yuan` money from fen, `day`, `minute`, `percent` from basis points, `share` from 0..1, else a usual format."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return "unknown" if lang == "en" else "(缺)"
    if spec == "yuan":
        return money.in_words(value, lang)
    if spec == "day":
        return f"{value:%Y-%m-%d}"
    if spec == "minute":
        return f"{value:%Y-%m-%d %H:%M}"
    if spec == "percent":
        return f"{Decimal(int(value)) / 100:.2f}".rstrip("0").rstrip(".") + "%"
    if spec == "share":
        return f"{float(value):.1%}"
    return format(value, spec)


def found(
    rows: pd.DataFrame,
    *,
    subject: str | Sequence[str],
    zh: str,
    en: str,
    amount: str | None = None,
    origins: Sequence[str] = ("origin",),
    money: Sequence[str] | None = None,
    assessed: pd.Series | int | None = None,
    unassessed: int = 0,
    notes: Sequence[tuple[str, str]] = (),
    **fixed,
) -> Found:
    """The findings of a rule from its evidence.

    rows      a row per piece of evidence; rows of one subject become one finding (in the order given), whose sentence and
              amount come from the first of them. `{count}` in a sentence is the number of rows of the subject.
    subject   the column that a finding names, or several, joined by a bar
    zh, en    the sentence of what was found, with columns of `rows` in braces (`yuan`, `day`, `minute`, `percent`, `share`)
    amount    the column of the money in question, in fen
    origins   columns with row tokens that the finding rests on; missing ones are left out
    money     those of them that hold the money in question (default: the first, where there is an amount)
    assessed  how many were judged: a mask over the rows looked at (False = could not be judged), or their number
    fixed     further values for the sentences
    """
    if isinstance(assessed, pd.Series):
        mask = assessed.fillna(False).astype(bool)
        assessed, unassessed = int(mask.sum()), int((~mask).sum()) + unassessed
    assessed = len(rows) if assessed is None else assessed
    columns = [subject] if isinstance(subject, str) else list(subject)
    money_columns = list(money if money is not None else origins[:1]) if amount else []
    rows = rows.dropna(subset=columns)
    key = rows[columns[0]].astype(str)
    for column in columns[1:]:
        key = key + "|" + rows[column].astype(str)
    of, names = pd.factorize(key, sort=True)  # which subject each row is about
    first = rows.iloc[np.unique(of, return_index=True)[1]]
    counted = first.assign(count=np.bincount(of, minlength=len(names)))
    table = pd.DataFrame(
        {
            "subject": pd.Series(names, dtype="str"),
            "condition": _sentences(counted, zh, "zh", fixed),
            "condition_en": _sentences(counted, en, "en", fixed),
            "amount": first[amount].array if amount else pd.array([pd.NA] * len(names), dtype="Int64"),
            "origins": _tokens(rows, of, len(names), origins),
            "money": _tokens(rows, of, len(names), money_columns),
        }
    )
    return Found(table.astype({"amount": "Int64"}), assessed, unassessed, list(notes))


def _sentences(rows: pd.DataFrame, template: str, lang: str, fixed: dict) -> list[str]:
    """The sentence of each row, from the columns that it names; what is no column is among the `fixed` values."""
    pieces = []
    for words, name, spec, _ in Formatter().parse(template):
        pieces.append(repeat(words, len(rows)))
        if name in rows:
            values = rows[name]
            if spec == "day" and values.dtype.kind == "M":  # a column of days at once takes a tenth of the time
                values, spec = values.dt.strftime("%Y-%m-%d"), ""
            pieces.append([_told(value, spec, lang) for value in values.tolist()])
        elif name:
            pieces.append(repeat(_told(fixed[name], spec, lang), len(rows)))
    return ["".join(of_row) for of_row in zip(*pieces, strict=True)]


def _tokens(rows: pd.DataFrame, of: np.ndarray, subjects: int, columns: Sequence[str]) -> list[list[int]]:
    """The row tokens of each subject, each once: those of the first column before those of the next; missing ones left out."""
    known = [rows[c].notna().to_numpy() for c in columns]
    held = pd.DataFrame(
        {
            "subject": np.concatenate([np.empty(0, "int64"), *(of[there] for there in known)]),
            "token": np.concatenate([np.empty(0, "int64"), *(rows[c][there].to_numpy("int64") for c, there in zip(columns, known, strict=True))]),
        }
    )
    held = held.drop_duplicates().sort_values("subject", kind="stable")
    bounds, tokens = np.searchsorted(held["subject"], np.arange(subjects + 1)), held["token"].tolist()
    return [tokens[start:end] for start, end in pairwise(bounds)]


def finding_id(county: str, rule_id: str, subject: str) -> str:
    """The same for the same rule and subject of a county from run to run and from year to year."""
    return "F" + hashlib.sha256(f"{county}\n{rule_id}\n{subject}".encode()).hexdigest()[:12].upper()


def ledger_of(parts: list[tuple], county: str, where: Callable[[int], dict], row_digest: Callable[[int], str]) -> pd.DataFrame:
    """The finding table of a county from (rule in force, Found) pairs: columns of `SCHEMA`, ordered by rule and subject.

    where turns a row token into {file, sheet, row}; row_digest gives a digest of that row's content, so that a review can
    be bound to the evidence that it judged.
    """
    records = []
    for in_force, result in parts:
        rule = in_force.rule
        fixed = {
            "rule_id": rule.id,
            "topic": rule.topic,
            "severity": rule.severity,
            "title": rule.title,
            "title_en": rule.title_en,
            "criteria": in_force.criteria("zh"),
            "criteria_en": in_force.criteria("en"),
            "offence": rule.offence,
        }
        for row in result.rows.itertuples(index=False):
            evidence = hashlib.sha256("\n".join([row.condition, *(row_digest(o) for o in row.origins)]).encode()).hexdigest()[:16]
            records.append(
                fixed
                | {
                    "finding_id": finding_id(county, rule.id, row.subject),
                    "subject": row.subject,
                    "condition": row.condition,
                    "condition_en": row.condition_en,
                    "amount": None if pd.isna(row.amount) else money.yuan(row.amount),
                    "sources": [where(o) for o in row.origins],
                    "money_sources": [where(o) for o in row.money],
                    "evidence": evidence,
                    "status": "new",
                    "reason": None,
                    "explanation": None,
                    "explanation_en": None,
                    "exemption": None,
                }
            )
    table = pd.DataFrame(records, columns=SCHEMA.names)
    return table.sort_values(["rule_id", "subject"], ignore_index=True, kind="stable")


def write(findings: pd.DataFrame, path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pandas(findings, schema=SCHEMA, preserve_index=False), path)


def read(path) -> pd.DataFrame:
    table = read_table(path)
    return pd.DataFrame({n: table[n].to_pylist() for n in table.column_names}, columns=table.column_names)


def uniform(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings with one word for what is missing in columns of objects, None, however they came together."""
    mixed = [c for c in findings if findings[c].dtype == object]
    return findings.assign(**{c: findings[c].where(findings[c].notna(), None) for c in mixed})


def with_explanations(findings: pd.DataFrame, explained: pd.DataFrame) -> pd.DataFrame:
    """The findings with what the records say for and against them, and the exemption that may be proposed (see `crossmatch`)."""
    told = explained.set_index(["rule_id", "subject"])[["explanation", "explanation_en", "exemption"]]
    return findings.drop(columns=told.columns).join(told, on=["rule_id", "subject"])[findings.columns]


def with_exemptions(findings: pd.DataFrame, exemptions: Sequence, year: int) -> pd.DataFrame:
    """Marks findings that an exemption covers to the end of the audit year, with its reason and approver."""
    findings = findings.copy()
    for e in exemptions:
        if e.valid_until >= date(year, 12, 31):
            hit = (findings["rule_id"] == e.rule) & (findings["subject"] == e.subject)
            findings.loc[hit, "status"] = "exempt"
            findings.loc[hit, "reason"] = f"{e.reason}(批准人:{e.approved_by},有效期至{e.valid_until})"
    return findings


def compared(now: pd.DataFrame, before: pd.DataFrame | None, why_gone: Callable[[dict], str]) -> pd.DataFrame:
    """The findings of now with their status beside the run before, on another hand-over, other params or other code.

    Findings that are there no more are kept as `vanished`, with the reason that `why_gone` says of them; only a person closes them, and closed
    ones stay listed too.
    """
    if before is None:
        return now
    now = now.copy()
    old = before.set_index("finding_id")
    open_before = set(old.index[~old["status"].isin(["vanished", "closed"])])
    kept = now["finding_id"].isin(open_before) & (now["status"] == "new")
    now.loc[kept, "status"] = "persisting"
    back = now["finding_id"].isin(set(old.index) - open_before) & (now["status"] == "new")
    now.loc[back, "status"] = "reopened"
    gone = before[~before["finding_id"].isin(now["finding_id"])].copy()
    if len(gone):
        fresh = ~gone["status"].isin(["vanished", "closed"])
        gone.loc[fresh, "reason"] = [why_gone(row) for row in gone[fresh].to_dict("records")]
        gone.loc[fresh, "status"] = "vanished"
        now = pd.concat([now, gone.reindex(columns=now.columns)], ignore_index=True).sort_values(["rule_id", "subject"], ignore_index=True, kind="stable")
    return now


def open_ones(findings: pd.DataFrame) -> pd.DataFrame:
    """Findings that count: not exempt, rejected, closed, rectified or vanished."""
    return findings[~findings["status"].isin(SETTLED)]
