"""What a validation says: kept as documents without any cell value, read as a table, told as findings or as a reason to stop."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu import digests
from bangfu.findings import SCHEMA, finding_id
from bangfu.intake import dictionary
from bangfu.problems import Sentence, UnusableInput
from bangfu.quality.suites import Declared

COLUMNS = ["table", "id", "column", "severity", "zh", "en", "success", "rows", "checked", "unexpected", "share", "reason", "reason_en"]
_STAMPS = "made-from"
_BASIS = Sentence("数据质量约定", "agreed quality of data")


@dataclass(frozen=True)
class Quality:
    """The validation results of a county-year: canonical table -> document in the library's form."""

    documents: dict[str, dict]

    @cached_property
    def results(self) -> pd.DataFrame:
        """A row per expectation, in the order of tables and suites.

        table, id, column (several joined by a comma; empty: the whole table), severity, zh, en (what is expected),
        success (missing = not assessed), rows, checked (rows with a value to check), unexpected (rows that fail),
        share (unexpected / checked), reason, reason_en (why it was not assessed).
        """
        rows = []
        for table, document in self.documents.items():
            for r in document["results"]:
                rows.append(_row(Declared(table, r["expectation_config"]), r["success"], r["result"]))
            for n in document["meta"]["not_assessed"]:
                rows.append(_row(Declared(table, n["expectation_config"]), None, {}) | {"reason": n["reason"], "reason_en": n["reason_en"]})
        frame = pd.DataFrame(rows, columns=COLUMNS)
        texts = ["table", "id", "column", "severity", "zh", "en", "reason", "reason_en"]
        return frame.astype(dict.fromkeys(texts, "str") | {"success": "boolean"} | dict.fromkeys(["rows", "checked", "unexpected"], "Int64") | {"share": "float64"})

    @property
    def failed(self) -> pd.DataFrame:
        """The expectations that do not hold."""
        return self.results[self.results["success"].eq(False).fillna(False)].reset_index(drop=True)

    @property
    def not_assessed(self) -> pd.DataFrame:
        return self.results[self.results["success"].isna()].reset_index(drop=True)

    @property
    def stopping(self) -> list[Sentence]:
        """Why the county-year cannot be used: a sentence for each critical expectation that fails, in the order of tables."""
        known = dictionary()
        sentences = []
        for r in self.failed[self.failed["severity"] == "critical"].itertuples():
            t = known[r.table]
            zh, en = (f"{r.checked}行中有{r.unexpected}行不符合", f"{r.unexpected} of {r.checked} rows do not comply") if r.column else (f"现有{r.rows}行", f"it has {r.rows} rows")
            place = t.file + (f"·{t.sheet}" if t.sheet else "")
            sentences.append(
                Sentence(
                    f"{t.title}(通常在《{place}》):{r.zh},{zh},请更正后重新提交。",
                    f"{t.title_en} (usually in {place}): {r.en} ({en}); correct it and hand it in again.",
                )
            )
        return sentences

    def demand_usable(self) -> None:
        """Raises UnusableInput where a critical expectation fails."""
        if self.stopping:
            raise UnusableInput.all(self.stopping)

    def write(self, folder: Path) -> list[str]:
        """Writes a JSON document per table and nothing else; returns their names."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.json"):
            old.unlink()
        for table, document in self.documents.items():
            (folder / f"{table}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        return [f"{table}.json" for table in self.documents]

    def keep(self, folder: Path, stamps: dict[str, str]) -> None:
        """Keeps the documents for later; `stamps` says of each table what its document was made from."""
        (folder / _STAMPS).unlink(missing_ok=True)
        self.write(folder)
        told = {t: [stamps[t], digests.of_file(folder / f"{t}.json")] for t in self.documents}
        (folder / _STAMPS).write_text(json.dumps(told, indent=1), encoding="utf-8")

    @classmethod
    def kept(cls, folder: Path, stamps: dict[str, str]) -> dict[str, dict]:
        """Table -> document, of those kept in a folder that were made from the same things and are as they were made."""
        found = {}
        try:
            for table, (stamp, digest) in json.loads((folder / _STAMPS).read_text(encoding="utf-8")).items():
                content = (folder / f"{table}.json").read_bytes()
                if stamps.get(table) == stamp and digests.of_bytes(content) == digest:
                    found[table] = json.loads(content)
        except (OSError, ValueError):
            pass
        return found


def _row(e: Declared, success: bool | None, counts: dict) -> dict:
    rows, unexpected = counts.get("element_count"), counts.get("unexpected_count", 0 if counts else None)
    checked = rows - counts.get("missing_count", 0) if counts else None
    return {
        "table": e.table,
        "id": e.id,
        "column": ",".join(e.columns),
        "severity": e.severity,
        "zh": e.sentence.zh,
        "en": e.sentence.en,
        "success": success,
        "rows": rows,
        "checked": checked,
        "unexpected": unexpected,
        "share": unexpected / checked if checked else None,
        "reason": None,
        "reason_en": None,
    }


def findings(quality: Quality, county_code: str) -> pd.DataFrame:
    """A finding per expectation that does not hold, with its count (columns of `bangfu.findings.SCHEMA`).

    Its evidence is the expectation and the count: a confirmed or rejected one is open again once the count changes.
    """
    absent = {t: _missing_columns(d) for t, d in quality.documents.items()}
    rows = [_finding(r, county_code, absent[r.table]) for r in quality.failed.itertuples()]
    return pd.DataFrame(rows, columns=SCHEMA.names).sort_values(["rule_id", "subject"], ignore_index=True, kind="stable")


def _missing_columns(document: dict) -> list[str]:
    return [c for r in document["results"] for c in r["result"].get("details", {}).get("mismatched", {}).get("missing", [])]


def _finding(r, county_code: str, missing: list[str]) -> dict:
    table = dictionary()[r.table]
    subject = f"{r.table}.{r.column}" if r.column else r.table
    about = [table.columns[c].headers[0] for c in r.column.split(",")] if r.column else []
    if r.column:
        found = Sentence(f"{r.checked}行中有{r.unexpected}行不符合:{r.zh}。", f"{r.unexpected} of {r.checked} rows do not comply: {r.en}.")
    elif r.unexpected:
        headers = "、".join(table.columns[c].headers[0] for c in missing)
        found = Sentence(f"缺少{r.unexpected}列({headers}):{r.zh}。", f"{r.unexpected} columns are absent ({', '.join(missing)}): {r.en}.")
    else:
        found = Sentence(f"共{r.rows}行:{r.zh}。", f"{r.rows} rows: {r.en}.")
    return dict.fromkeys(SCHEMA.names) | {
        "finding_id": finding_id(county_code, r.id, subject),
        "rule_id": r.id,
        "topic": "quality",
        "severity": r.severity,
        "title": f"{table.title}数据质量" + (f":{about[0] if len(about) < 4 else '多列'}" if about else ""),
        "title_en": f"Data quality of {table.title_en.lower()}" + (f": {r.column.split(',')[0].replace('_', ' ') if len(about) < 4 else 'several columns'}" if about else ""),
        "subject": subject,
        "condition": found.zh,
        "condition_en": found.en,
        "criteria": f"{r.id} {r.zh}。依据:{_BASIS.zh}。",
        "criteria_en": f"{r.id} {r.en}. Basis: {_BASIS.en}.",
        "sources": [],
        "money_sources": [],
        "evidence": hashlib.sha256(f"{r.id}\n{r.unexpected}\n{r.checked}".encode()).hexdigest()[:16],
        "status": "new",
    }
