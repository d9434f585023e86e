"""The counties' Parquet as one set of tables, asked by DuckDB: nothing is loaded whole, nothing but these folders is read."""

from __future__ import annotations

import shutil
import tempfile
from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu import identity
from bangfu.intake.tables import ROW_BITS
from bangfu.province.county_years import Counties, CountyYear
from bangfu.province.settings import ProvinceSettings

# What is asked of each table; a column that no county has is missing in all rows, a county without the table has no row.
COLUMNS = {
    "findings": {"finding_id": "VARCHAR", "rule_id": "VARCHAR", "topic": "VARCHAR", "severity": "VARCHAR", "subject": "VARCHAR", "status": "VARCHAR",
                 "money_sources": 'STRUCT(file VARCHAR, sheet VARCHAR, "row" BIGINT)[]'},
    "coverage": {"rule_id": "VARCHAR", "topic": "VARCHAR", "title": "VARCHAR", "title_en": "VARCHAR", "severity": "VARCHAR", "assessed": "BIGINT", "unassessed": "BIGINT", "reason": "VARCHAR", "reason_en": "VARCHAR"},
    "helpers": {"helper_id": "VARCHAR", "role": "VARCHAR", "visits_due": "BIGINT", "visits_missed": "BIGINT"},
    "rejects": {"file": "VARCHAR"},
    "tables/households": {"household_id": "VARCHAR", "head_name": "VARCHAR", "head_id_number": "VARCHAR", "origin": "BIGINT"},
    "tables/members": {"household_id": "VARCHAR", "name": "VARCHAR", "id_number": "VARCHAR", "origin": "BIGINT"},
    "tables/helpers": {"helper_id": "VARCHAR", "name": "VARCHAR", "id_number": "VARCHAR", "origin": "BIGINT"},
    "tables/payroll": {"name": "VARCHAR", "id_number": "VARCHAR", "unit": "VARCHAR", "origin": "BIGINT"},
    "tables/projects": {"project_id": "VARCHAR", "contractor": "VARCHAR", "contractor_account": "VARCHAR", "legal_representative": "VARCHAR", "legal_representative_id": "VARCHAR", "contract_amount": "BIGINT", "origin": "BIGINT"},
    "tables/benefits": {"benefit_id": "VARCHAR", "household_id": "VARCHAR", "name": "VARCHAR", "id_number": "VARCHAR", "amount": "BIGINT", "paid_on": "TIMESTAMP", "account_no": "VARCHAR", "account_name": "VARCHAR", "origin": "BIGINT"},
    "tables/deaths": {"name": "VARCHAR", "id_number": "VARCHAR", "died_on": "TIMESTAMP", "origin": "BIGINT"},
    "tables/accounts": {"account_no": "VARCHAR", "account_name": "VARCHAR", "account_kind": "VARCHAR", "origin": "BIGINT"},
    "tables/ledger": {"txn_id": "VARCHAR", "account_no": "VARCHAR", "posted_on": "TIMESTAMP", "direction": "VARCHAR", "amount": "BIGINT", "counterparty_account": "VARCHAR", "origin": "BIGINT"},
}  # fmt: skip


class Tables:
    """A connection on which every county's rows stand together; a context manager.

    Views are named as the files that runs leave (`findings`, `coverage`, `helpers`, `rejects`) and, for the tables handed in,
    `table_<name>`; each has `county` (the code) before its columns. Memory is bounded by the settings, what does not fit
    goes through a folder that is removed afterwards; the connection reaches no other folder, no network and no extension.
    """

    def __init__(self, counties: Counties, settings: ProvinceSettings, spill: Path | None = None):
        import duckdb

        self.counties = counties
        self._spill = Path(tempfile.mkdtemp(prefix="bangfu-", dir=spill))
        self.connection = duckdb.connect(":memory:")
        ask = self.connection.execute
        # Names of files and folders may hold a quote: they are given as values, never written into a statement.
        ask("SET autoinstall_known_extensions = false")
        ask("SET autoload_known_extensions = false")
        ask(f"SET memory_limit = '{settings.memory_mib}MiB'")
        ask(f"SET threads = {settings.threads}")
        ask("SET preserve_insertion_order = false")
        ask(f"SET temp_directory = {_quoted(self._spill)}")
        ask(f"SET allowed_directories = [{', '.join(_quoted(c.folder) for c in counties.used)}]")
        ask("SET enable_external_access = false")
        ask("SET lock_configuration = true")
        ask("CREATE TABLE _files (path VARCHAR, county VARCHAR)")
        ask("CREATE TABLE _sheets (county VARCHAR, number BIGINT, file VARCHAR, sheet VARCHAR)")
        sheets = [(c.code, number, file, sheet) for c in counties.used for number, (file, sheet) in enumerate(c.sheets)]
        if sheets:
            self.connection.executemany("INSERT INTO _sheets VALUES (?, ?, ?, ?)", sheets)
        for name in COLUMNS:
            self._view(name)

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def ask(self, question: str, values: list | None = None) -> pd.DataFrame:
        """The answer to a query, as a table in the hand: for what is counted or singled out, not for whole tables."""
        import pyarrow as pa

        answer = self.connection.sql(question, params=values).to_arrow_table()
        # DuckDB adds whole numbers up in 128 bits; a sum that 64 do not hold raises here.
        kinds = [pa.int64() if pa.types.is_decimal(k) and k.scale == 0 else k for k in answer.schema.types]
        return answer.cast(pa.schema(list(zip(answer.column_names, kinds, strict=True)))).to_pandas(types_mapper=_dtype)

    def have(self, name: str) -> list[str]:
        """The counties (codes) that have a file, by its name in `COLUMNS`."""
        return [c.code for c in self.counties.used if name in c.files]

    def where(self, county: str, origin: int) -> str:
        """The file, sheet and row of a row token, as `贫困户.xlsx · 户 · 12`."""
        sheets = self._by_code[county].sheets
        if not sheets:
            return ""
        file, sheet = sheets[int(origin) >> ROW_BITS]
        return " · ".join(filter(None, (file, sheet, str(int(origin) & ((1 << ROW_BITS) - 1)))))

    @cached_property
    def _by_code(self) -> dict[str, CountyYear]:
        return {c.code: c for c in self.counties.used}

    def _view(self, name: str) -> None:
        columns, view = COLUMNS[name], name.replace("tables/", "table_")
        paths = {c.files[name].as_posix(): c.code for c in self.counties.used if name in c.files}
        if not paths:
            nothing = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in columns.items())
            self.connection.execute(f"CREATE VIEW {view} AS SELECT CAST(NULL AS VARCHAR) AS county, {nothing} WHERE false")
            return
        files = "[" + ", ".join(map(_quoted, paths)) + "]"
        read = f"read_parquet({files}, filename = true, union_by_name = true)"
        there = {row[0] for row in self.connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()}
        told = ", ".join(f"CAST({f't.{c}' if c in there else 'NULL'} AS {kind}) AS {c}" for c, kind in columns.items())
        self.connection.executemany("INSERT INTO _files VALUES (?, ?)", list(paths.items()))
        self.connection.execute(f"CREATE VIEW {view} AS SELECT f.county, {told} FROM {read} AS t JOIN _files AS f ON f.path = t.filename")


def _quoted(text) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _dtype(kind):
    """Whole numbers keep being whole where some are missing, texts are pandas' own."""
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return pd.Int64Dtype()
    return pd.StringDtype(na_value=float("nan")) if pa.types.is_string(kind) or pa.types.is_large_string(kind) else None


def eighteen(column: str) -> str:
    """The SQL of `identity.eighteen`: numbers of 15 digits written out to 18, everything else as it stands."""
    body = f"(substr({column}, 1, 6) || '19' || substr({column}, 7))"
    weighted = " + ".join(f"{weight} * CAST(substr({body}, {place}, 1) AS INTEGER)" for place, weight in enumerate(identity.WEIGHTS.tolist(), 1))
    old = f"regexp_full_match({column}, '[0-9]{{15}}') AND substr({column}, 13) NOT IN ('996', '997', '998', '999')"
    return f"CASE WHEN {old} THEN {body} || substr('{''.join(identity.CHARACTERS)}', ({weighted}) % 11 + 1, 1) ELSE {column} END"
