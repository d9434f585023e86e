"""Yunling 2019: what was planted is found and nothing else, and every cell is what stands in the files."""

import csv
import re
import unicodedata
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import fastexcel
import pandas as pd
import pytest

from bangfu import identity
from bangfu.intake import dictionary
from bangfu.rules.catalogue import catalogue

# From the files, by counting their data rows by hand or with a spreadsheet.
ROWS = {
    "villages": 48, "households": 1200, "members": 3738, "incomes": 1200, "helpers": 1542, "pairings": 2431, "plans": 1180,
    "visits": 35876, "funds": 68, "accounts": 48, "projects": 130, "claims": 370, "ledger": 467, "benefits": 753,
    "settlements": 856, "vehicles": 913, "properties": 1101, "businesses": 309, "payroll": 1235, "deaths": 7, "survey": 510,
    "procedures": 2059, "complaints": 22,
}  # fmt: skip
# yunling handed over no such tables
ABSENT = ["spot_checks", "monitored", "exit_targets", "relocations", "renovations", "project_papers", "paying_accounts", "progress_checks"]


# -- the rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule_id", list(catalogue()))
def test_a_rule_finds_what_was_planted_and_nothing_else(rule_id, yunling, yunling_county):
    outcome = yunling_county.outcomes(catalogue()[rule_id].topic)
    (mine,) = [o for o in outcome if o.in_force.rule.id == rule_id]
    if (set(catalogue()[rule_id].reads) - catalogue()[rule_id].optional) & set(ABSENT):
        assert mine.found is None and "absent" in mine.reason.en and rule_id not in set(yunling.planted["rule_id"])
        return
    assert mine.reason is None, mine.reason
    if rule_id == "SS-02":
        return  # its cases are no planted ones: they are held against the questionnaires below
    found = sorted(mine.found.rows["subject"])
    planted = sorted(yunling.planted.loc[yunling.planted["rule_id"] == rule_id, "subject"])
    missed, extra = set(planted) - set(found), set(found) - set(planted)
    assert not missed and not extra, f"{rule_id}: missed {sorted(missed)}, not planted {sorted(extra)}"
    assert found == planted, f"{rule_id} tells a subject twice"


def test_the_dissatisfied_households_are_those_of_the_questionnaires(yunling, yunling_county):
    """Every questionnaire that holds 1 or 2 on the helper, read from the sheet itself."""
    top, at = header(yunling.raw, "survey")
    known = dictionary()["survey"]
    rows = sheet(yunling.raw, known.file, known.sheet)[top + 1 :]
    unhappy = {row[at["household_id"]].strip() for row in rows if plain(row[at["q_helper"]]) in {"1", "2", "1.0", "2.0"}}
    (mine,) = [o for o in yunling_county.outcomes("satisfaction") if o.in_force.rule.id == "SS-02"]
    assert unhappy and set(mine.found.rows["subject"]) == unhappy


def test_every_planted_case_is_of_a_rule_in_force(yunling, yunling_county):
    assert set(yunling.planted["rule_id"]) <= set(yunling_county.settings.pack.rules)


# -- the reading ---------------------------------------------------------------------------------------------------


@lru_cache
def sheet(folder: Path, file: str, name: str) -> list[list[str]]:
    """The cells of a sheet as they stand there, read without intake."""
    path = folder / file
    if path.suffix == ".csv":
        content = path.read_bytes()
        text = content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "gb18030")
        return list(csv.reader(text.splitlines(keepends=True)))
    frame = fastexcel.read_excel(path).load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_pandas()
    return [["" if pd.isna(v) else v for v in row] for row in frame.itertuples(index=False)]


def handed_over(name: str) -> dict:
    """The columns of a table that every county hands over; yunling has none of the others."""
    return {c.name: c for c in dictionary()[name].columns.values() if not c.optional}


@lru_cache
def header(folder: Path, name: str) -> tuple[int, dict[str, int]]:
    """The header of a table in its file: the row among the first ten that holds most of its headers, and column -> position."""
    known = dictionary()[name]
    rows = []
    for cells in sheet(folder, known.file, known.sheet)[:10]:
        written = {}
        for position, text in enumerate(cells):
            written.setdefault(plain(text), position)
            written.setdefault(re.sub(r"\([^()]*\)$", "", plain(text)), position)
        rows.append({c.name: next((written[plain(h)] for h in c.headers if plain(h) in written), None) for c in handed_over(name).values()})
    found = [sum(p is not None for p in row.values()) for row in rows]
    top = found.index(max(found))
    assert found[top] == len(handed_over(name)), rows[top]
    return top, rows[top]


def plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def as_written(kind: str, text: str, header: str) -> object:
    """What a cell says, by a reading of its own: no code of intake."""
    if kind in {"date", "datetime"} and text.strip():
        return datetime(*map(int, re.findall(r"\d+", text)[: 3 if kind == "date" else 5]))
    text = plain(text)
    if text == "":
        return None
    if kind == "yuan":
        yuan = Decimal(text.replace(",", "")) * (10000 if "万元" in header else 1)
        return int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))
    if kind in {"int", "likert"}:
        return int(Decimal(text))
    if kind == "percent":
        return int(Decimal(text.rstrip("%")) * 100)
    if kind == "number":
        return float(text)
    if kind == "flag":
        return text in {"是", "有"}
    return text.upper() if kind == "id_number" else text


@pytest.mark.parametrize("name", list(ROWS))
def test_a_table_has_its_rows_and_every_column(name, yunling_county):
    table = yunling_county.tables[name]
    assert len(table) == ROWS[name]
    assert list(table.columns) == [*handed_over(name), "origin"]


@pytest.mark.parametrize("name", list(ROWS))
def test_every_cell_is_what_its_origin_points_at(name, yunling, yunling_county):
    """Each row's file, sheet and row number lead to the cells that hold its values; every 37th row of the long tables."""
    table, known, intake = yunling_county.tables[name], dictionary()[name], yunling_county.intake
    rejected = set(zip(intake.rejects["file"], intake.rejects["row"], intake.rejects["column"], strict=True))
    for index in range(0, len(table), 1 if len(table) < 2500 else 37):
        place = intake.where(table["origin"].iat[index])
        assert (place["file"], place["sheet"]) == (known.file, known.sheet)
        cells = sheet(yunling.raw, place["file"], place["sheet"])
        top, positions = header(yunling.raw, name)
        assert place["row"] > top + 1
        for column in handed_over(name).values():
            heading, text = cells[top][positions[column.name]], cells[place["row"] - 1][positions[column.name]]
            value = table[column.name].iat[index]
            if (place["file"], place["row"], heading.strip()) in rejected or (column.personal == "phone" and plain(text) == "无"):
                assert pd.isna(value)
                continue
            kind = "id_number" if column.personal == "id_number" else column.type
            if column.type == "code":
                expected = column.codes[plain(text)] if text else None
            elif column.type == "text":
                expected = text.strip() or None
            else:
                expected = as_written(kind, text, plain(heading))
            if expected is None:
                assert pd.isna(value), (place, heading)
            elif kind == "datetime":
                assert value.to_pydatetime().replace(second=0) == expected, (place, heading)
            else:
                assert value == expected, (place, heading)


def test_what_cannot_be_read_is_in_rejects(yunling, yunling_county):
    intake = yunling_county.intake
    keys = {"走访记录.csv": "记录编号"}
    told = set()
    for r in intake.rejects.itertuples():
        cells = sheet(yunling.raw, r.file, r.sheet)
        assert cells[r.row - 1][[c.strip() for c in cells[0]].index(r.column)] == r.raw
        told.add((r.file, cells[r.row - 1][cells[0].index(keys[r.file])], r.column))
    assert told == set(yunling.rejects[["file", "row_key", "column"]].itertuples(index=False, name=None))


def test_nothing_is_unrecognised_and_no_file_has_a_notice(yunling_county):
    assert yunling_county.intake.unrecognised.empty and yunling_county.intake.notices == [] and yunling_county.intake.absent == ABSENT


def test_sums_agree_with_the_total_rows_of_the_files(yunling, yunling_county):
    """The 合计 rows, which are no data, hold sums that were made when the files were."""
    compared = 0
    for total in yunling_county.intake.dropped.query("kind == '合计'").itertuples():
        (name,) = [t.name for t in dictionary().values() if (t.file, t.sheet) == (total.file, total.sheet)]
        cells = sheet(yunling.raw, total.file, total.sheet)
        row = cells[total.row - 1]
        top, positions = header(yunling.raw, name)
        for column in handed_over(name).values():
            position = positions[column.name]
            if row[position].strip() and column.type in {"yuan", "int"}:
                assert yunling_county.tables[name][column.name].sum() == as_written(column.type, row[position], plain(cells[top][position])), (total.file, column.name)
                compared += 1
    assert compared == 5  # villages: households and people; what funds were issued; projects: the budgets; claims: the amounts


def test_ids_are_clean(yunling_county):
    for name in ROWS:
        for column in handed_over(name).values():
            if column.type != "id":
                continue
            values = yunling_county.tables[name][column.name].dropna()
            assert not values.str.contains(r"[\s\uff10-\uff19\uff38]").any(), (name, column.name)
            if column.personal == "id_number":
                assert not values.str.contains("[a-z]").any() and values.str.len().isin([15, 18]).all()
            if column.personal == "phone":
                assert values.str.fullmatch(r"[0-9-]+").all()
    assert identity.valid(yunling_county.tables["helpers"]["id_number"]).mean() > 0.99


def test_keys_of_one_table_are_found_in_the_other(yunling_county):
    tables = yunling_county.tables
    for name, column, other in (("members", "household_id", "households"), ("pairings", "helper_id", "helpers"), ("visits", "household_id", "households"), ("households", "village_code", "villages")):
        assert tables[name][column].isin(tables[other][column]).all(), (name, column)
