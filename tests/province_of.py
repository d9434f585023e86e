"""What runs of small counties leave, written straight as Parquet, so that counties can be planted by hand."""

import json
from pathlib import Path

import pandas as pd

from bangfu import findings
from bangfu.province.tables import COLUMNS

YEAR = 2019
_KINDS = {"VARCHAR": "str", "BIGINT": "Int64", "TIMESTAMP": "datetime64[us]"}
SHEETS = [["到户补助.csv", ""], ["账户流水.csv", ""], ["其他.csv", ""]]
CRITERIA = {"HV-01": "每两月一次", "HV-02": "每月一次", "EX-01": "收入线3800元", "BE-01": "按标准", "FE-01": "专款专用"}


def origin(sheet: int, row: int) -> int:
    return sheet << 32 | row


def leave_run(reports: Path, code: str, name: str, *, tables: dict[str, list[dict]] = {}, helpers: list[dict] | None = None, found: list[dict] = (), assessed: dict[str, int | str] | None = None,
              criteria: dict[str, str] = CRITERIA, policy: str = "laizhou-2018-8", year: int = YEAR, **record) -> Path:  # fmt: skip
    """Leaves a run's folder. tables: those handed in; helpers: rows of helpers.parquet (None = no such file); found: rule_id, subject, and what else differs;
    assessed: rule -> how many items, or why it was not assessed (None = no coverage.parquet)."""
    folder = reports / code / str(year)
    (folder / "tables").mkdir(parents=True)
    told = {"county": code, "name": name, "year": year, "run": f"run of {code}", "language": "zh", "edition": "public", "code": "c0de", "judged by": {"policy": policy, "scorecard": {"name": "card"}, "rules": criteria}}
    (folder / "record.json").write_text(json.dumps(told | record, ensure_ascii=False), encoding="utf-8")
    (folder / "tables" / "intake.json").write_text(json.dumps({"sheets": SHEETS}, ensure_ascii=False), encoding="utf-8")
    rows = [{"finding_id": f"F{n}", "topic": "exit", "severity": "high", "status": "new", "money_sources": [], "sources": []} | f for n, f in enumerate(found)]
    table = pd.DataFrame(rows, columns=findings.SCHEMA.names).astype({c: object for c in findings.SCHEMA.names})
    findings.write(table.where(table.notna(), None), folder / "findings.parquet")
    if helpers is not None:
        _table("helpers", helpers).to_parquet(folder / "helpers.parquet")
    if assessed is not None:
        rows = [{"rule_id": r, "topic": "exit", "title": r, "title_en": r, "severity": "high", "assessed": 0 if isinstance(n, str) else n, "unassessed": 0, "reason": n if isinstance(n, str) else None, "reason_en": n if isinstance(n, str) else None} for r, n in assessed.items()]
        _table("coverage", rows).to_parquet(folder / "coverage.parquet")
    for table, rows in tables.items():
        _table(f"tables/{table}", rows).to_parquet(folder / "tables" / f"{table}.parquet")
    return folder


def _table(name: str, rows: list[dict]) -> pd.DataFrame:
    columns = COLUMNS[name]
    rows = [{"origin": origin(2, place + 2)} | row for place, row in enumerate(rows)] if "origin" in columns else rows
    return pd.DataFrame(rows, columns=list(columns)).astype({c: _KINDS[k] for c, k in columns.items()})


def households(number: int, code: str) -> list[dict]:
    return [{"household_id": f"{code}H{n}"} for n in range(number)]
