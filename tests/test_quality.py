"""Holding tables against their suites: every expectation can fail, nothing stored holds a value, little stops a county."""

import json
import os
import subprocess
import sys

import pandas as pd
import pyarrow.parquet as pq
import pytest

from bangfu import findings, quality, workbench
from bangfu.intake import dictionary
from bangfu.problems import UnusableInput
from bangfu.sample.making import clean_counties

SUITES = quality.read_suites()
DECLARED = {e.id: e for s in SUITES.values() for e in s.expectations}
NULL, UNIQUE, COMPOUND = "expect_column_values_to_not_be_null", "expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"
REGEX, RANGE, SET = "expect_column_values_to_match_regex", "expect_column_values_to_be_between", "expect_column_values_to_be_in_set"
ORDER, ROWS, COLUMNS = "expect_column_pair_values_a_to_be_greater_than_b", "expect_table_row_count_to_be_between", "expect_table_columns_to_match_set"


def declared(table: str, kind: str, *columns: str, severity: str | None = None) -> str:
    """The id of the expectation of that kind on those columns that is not critical (or of that severity)."""
    found = [e.id for e in SUITES[table].expectations if e.kind == kind and e.columns == columns and (e.severity == severity if severity else e.severity != "critical")]
    assert len(found) == 1, (table, kind, columns, found)
    return found[0]


@pytest.fixture(scope="module")
def clean() -> dict[str, pd.DataFrame]:
    """A made-up county in which everything is as expected."""
    return next(iter(clean_counties(households=300, seed=2, year=2021))).tables


@pytest.fixture
def county(clean) -> dict[str, pd.DataFrame]:
    return {name: table.copy() for name, table in clean.items()}


def failed(tables, *names) -> dict[str, int]:
    """Expectation id -> rows that fail, holding the named tables (all of them when none is named) against their suites."""
    part = {n: tables[n] for n in names} if names else tables
    return quality.measured(part).failed.set_index("id")["unexpected"].to_dict()


# --- every expectation holds where it should, and can fail ------------------------------------------------------------


def test_everything_holds_on_a_clean_county(clean):
    results = quality.measured(clean).results
    assert len(results) == len(DECLARED)
    assert results[results["success"].ne(True).fillna(True)]["id"].tolist() == []


WRONG_BY_KIND = [  # one cell of a clean county made wrong: table, kind, columns, row, column, value, rows that fail, other tables needed
    ("households", NULL, ["cause"], 5, "cause", None, 1, []),
    ("households", REGEX, ["phone"], 5, "phone", "12345", 1, []),
    ("households", RANGE, ["family_size"], 5, "family_size", 21, 1, []),
    ("households", RANGE, ["exit_on"], 5, "exit_on", "2099-01-01", 1, []),
    ("households", SET, ["category"], 5, "category", "富裕户", 1, []),
    ("households", "agrees", ["village_code", "village"], 5, "village", "别的村", 1, ["villages"]),
    ("helpers", UNIQUE, ["phone"], 5, "phone", "=row 6", 2, []),
    ("helpers", "id_number", ["id_number"], 5, "id_number", "999001199001010000", 1, []),
    ("plans", "listed", ["helper_id"], 5, "helper_id", "B99999999", 1, ["helpers", "households"]),
    ("plans", COMPOUND, ["household_id", "helper_id", "year"], 5, ["household_id", "helper_id"], "=row 6", 2, ["helpers", "households"]),
    ("incomes", "not_negative", None, 5, "land_rent", -1, 1, []),
    ("claims", ORDER, ["paid_on", "approved_on"], 5, "paid_on", "2000-06-01", 1, []),
    ("claims", RANGE, ["progress"], 5, "progress", 10001, 1, []),
    ("survey", "complete", None, 5, "q_policy", None, 1, []),
    ("visits", "day_not_before", ["entered_on", "visited_at"], 5, "entered_on", "2020-06-01", 1, []),
    ("members", "birth_in_id", ["born_on", "id_number"], 5, "born_on", "1955-05-06", 1, []),
    ("members", "sex_in_id", ["sex", "id_number"], 5, "sex", "=other sex", 1, []),
]


@pytest.mark.parametrize(("table", "kind", "columns", "row", "column", "value", "count", "others"), WRONG_BY_KIND)
def test_one_wrong_cell_fails_exactly_one_expectation(county, table, kind, columns, row, column, value, count, others):
    frame = county[table]
    if value == "=other sex":
        value = "女" if frame.at[row, "sex"] == "男" else "男"
    if value == "=row 6":
        for c in [column] if isinstance(column, str) else column:
            frame.loc[row, c] = frame.loc[row + 1, c]
    else:
        frame.loc[row, column] = pd.Timestamp(value) if frame[column].dtype.kind == "M" else value
    columns = columns or next(e.columns for e in SUITES[table].expectations if e.kind == kind)
    assert failed(county, table, *others) == {declared(table, kind, *columns): count}


def spoil(frame: pd.DataFrame, e, row: int) -> None:
    """Makes a row fail an expectation (in its range and pairs: one beyond the bound)."""
    given, kind, column = e.config["kwargs"], e.kind, e.columns[0]
    if kind in (NULL, "complete"):
        frame.loc[row, column] = None
    elif kind in (UNIQUE, COMPOUND):
        for c in e.columns:
            frame.loc[row, c] = frame.loc[row + 1, c]
    elif kind == REGEX:
        frame.loc[row, column] = "?"
    elif kind == RANGE:
        step = pd.Timedelta(days=1) if frame[column].dtype.kind == "M" else 1
        low, high = given.get("min_value"), given.get("max_value")
        bound = high if low is None else low
        bound = pd.Timestamp(bound) if isinstance(bound, str) else bound
        frame.loc[row, column] = bound + step if low is None else bound - step
    elif kind == SET:
        frame.loc[row, column] = "别的词"
    elif kind == ORDER:
        later, earlier = e.columns
        step = pd.Timedelta(days=1) if frame[earlier].dtype.kind == "M" else 1
        frame.loc[row, later] = frame[later].dropna().iloc[0]
        frame.loc[row, earlier] = frame.loc[row, later] + step
    elif kind == "id_number":
        frame.loc[row, column] = "999001199001010000"
    elif kind == "listed":
        frame.loc[row, column] = f"{e.id} is listed nowhere"
    elif kind == "agrees":
        frame.loc[row, e.columns[1]] = "别处"
    elif kind == "not_negative":
        frame.loc[row, column] = -1
    elif kind == "day_not_before":
        frame.loc[row, column] = pd.Timestamp("2013-01-01")
    elif kind == "birth_in_id":
        frame.loc[row, column] += pd.Timedelta(days=1)
    elif kind == "sex_in_id":
        frame.loc[row, column] = {"男": "女", "女": "男"}[frame.loc[row, column]]


# Expectations that would undo each other's wrong cell are broken in different rounds.
ROUNDS = {
    "missing": [NULL, "complete"],
    "twice": [UNIQUE, COMPOUND],
    "form": [REGEX, SET, "day_not_before", "birth_in_id", "sex_in_id"],
    "range": [RANGE, "not_negative", "id_number"],
    "order": [ORDER, "agrees"],
    "elsewhere": ["listed"],
}


def test_every_kind_stands_in_a_round():
    assert {e.kind for e in DECLARED.values()} - {ROWS, COLUMNS} == {k for kinds in ROUNDS.values() for k in kinds}


@pytest.mark.parametrize("name", ROUNDS)
def test_every_expectation_fails_on_a_wrong_row_and_its_columns_alone(county, name):
    targets = [e for e in DECLARED.values() if e.kind in ROUNDS[name] and e.severity != "critical"]
    used: dict[str, int] = {}
    for e in targets:
        frame = county[e.table]
        filled = frame.index[frame[list(e.columns)].notna().all(axis=1)] if e.kind in (UNIQUE, COMPOUND, "agrees", "birth_in_id", "sex_in_id") else frame.index
        at = used.get(e.table, 0)
        used[e.table] = (at + 2) % (len(frame) - 2)
        spoil(frame, e, filled[min(at, len(filled) - 2)])
    results = failed(county)
    assert {e.id for e in targets} - set(results) == set()
    touched = {(e.table, c) for e in targets for c in e.columns}
    assert [i for i in results if not touched & set(DECLARED[i].needs)] == []


def test_a_dropped_column_is_a_finding_and_what_needs_it_is_not_assessed(county):
    county["households"] = county["households"].drop(columns=["phone", "cause"])
    q = quality.measured({"households": county["households"]})
    assert q.failed[["id", "unexpected"]].to_numpy().tolist() == [[declared("households", COLUMNS), 2]]
    missing = q.not_assessed.set_index("id")["reason"]
    assert missing[declared("households", REGEX, "phone")] == "缺少列:贫困户的“联系电话”"
    assert missing[declared("households", "listed", "village_code")] == "缺少表:行政村"
    condition = quality.findings(q, "999001")["condition"].tolist()
    assert condition == ["缺少2列(联系电话、主要致贫原因):贫困户表的各列应齐全,缺列的规则无法评估。"]


def test_an_absent_table_and_an_empty_column_are_not_assessed_and_never_passed(county):
    county["helpers"]["phone"] = pd.Series(pd.NA, index=county["helpers"].index, dtype="str")
    del county["survey"]
    county["deaths"] = county["deaths"].head(0)
    q = quality.measured(county)
    left = q.not_assessed.set_index("id")
    assert set(left.index[left["table"] == "survey"]) == {e.id for e in SUITES["survey"].expectations}
    assert left.loc[declared("helpers", REGEX, "phone"), "reason"] == "没有可检查的值"
    assert set(left.loc[left["table"] == "deaths", "reason"]) == {"表中没有数据行"}
    assert q.failed["id"].tolist() == [declared("deaths", ROWS)]


def test_an_empty_table_fails_for_having_no_rows_and_nothing_else_is_said_of_it(clean):
    q = quality.measured({name: table.head(0) for name, table in clean.items()})
    assert q.failed["id"].tolist() == [e.id for e in DECLARED.values() if e.kind == ROWS]
    assert q.results["success"].sum() == len(clean)  # that the columns are there


# --- what stops a county ----------------------------------------------------------------------------------------------


STOPS = [  # table, column, what happens to which share of its rows, does the county stop
    ("households", "household_id", "missing", 0.4, False),
    ("households", "household_id", "missing", 0.7, True),
    ("households", "household_id", "repeated", 0.4, False),
    ("households", "household_id", "repeated", 0.7, True),
    ("helpers", "helper_id", "repeated", 0.7, True),
    ("members", "household_id", "unknown", 0.4, False),
    ("members", "household_id", "unknown", 0.7, True),
    ("visits", "visited_at", "missing", 0.4, False),
    ("visits", "visited_at", "missing", 0.7, True),
    ("visits", "helper_id", "unknown", 0.7, True),
    ("pairings", "role", "missing", 0.7, True),
    ("villages", "village_code", "missing", 0.7, True),
    ("claims", "claim_id", "missing", 0.7, False),
    ("ledger", "txn_id", "repeated", 0.9, False),
]


@pytest.mark.parametrize(("table", "column", "happens", "share", "stops"), STOPS)
def test_only_a_table_that_is_of_no_use_stops_the_county(county, table, column, happens, share, stops):
    frame = county[table] = county[table].reset_index(drop=True)
    some = frame.index < round(len(frame) * share)
    frame.loc[some, column] = {"missing": None, "repeated": frame.at[0, column], "unknown": "999999999999"}[happens]
    needed = {table} | {t for e in SUITES[table].expectations for t, _ in e.needs if t in ("households", "helpers")}
    stopping = quality.measured({t: county[t] for t in needed}).stopping
    mine = [s for s in stopping if s.zh.startswith(dictionary()[table].title)]
    assert bool(mine) is stops


def test_every_reason_to_stop_is_said_at_once_in_the_order_of_tables(county):
    county["visits"] = county["visits"].head(0)
    county["villages"]["village_code"] = pd.Series(pd.NA, index=county["villages"].index, dtype="str")
    with pytest.raises(UnusableInput) as stopped:
        quality.validate(county)
    n = len(county["villages"])
    assert [s.zh for s in stopped.value.sentences] == [
        f"行政村(通常在《建档立卡基础信息.xlsx·行政村》):行政村代码空缺不得过半,否则该表无法使用,{n}行中有{n}行不符合,请更正后重新提交。",
        "走访记录(通常在《走访记录.csv》):走访记录表应有数据行,现有0行,请更正后重新提交。",
    ]
    assert stopped.value.status == 2


# --- what is kept, and the findings -----------------------------------------------------------------------------------

ID_NUMBER, SECRET = "99900119900101123X", "绝密甲"


@pytest.fixture(scope="module")
def spoiled(clean) -> quality.Quality:
    """A county in which ten rows of every table hold an id number in every text column, and a name in one row."""
    tables = {}
    for name, table in clean.items():
        table = tables[name] = table.reset_index(drop=True).copy()
        texts = [c for c in table if table[c].dtype == "str"]
        table.loc[table.index[:10], texts] = ID_NUMBER
        table.loc[table.index[3], texts] = SECRET
    return quality.measured(tables)


def test_no_stored_byte_holds_a_value(spoiled, tmp_path):
    assert len(spoiled.failed) > 80
    spoiled.write(tmp_path)
    stored = b"".join(p.read_bytes() for p in sorted(tmp_path.iterdir()))
    texts = stored.decode() + quality.findings(spoiled, "999001").to_csv() + spoiled.results.to_csv()
    for value in (ID_NUMBER, ID_NUMBER[:17], SECRET, "partial_unexpected", "traceback\": \""):
        assert value not in texts
    for path in tmp_path.glob("*.json"):
        for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
            held = dict(result["result"])
            held.pop("details", None)
            assert all(isinstance(v, int | float) for v in held.values()), result


def test_what_is_kept_is_the_same_each_time_and_known_by_its_stamp(spoiled, clean, tmp_path):
    part = {t: clean[t] for t in ("villages", "households", "members", "deaths")}
    made_from = dict.fromkeys(spoiled.documents, "s")
    quality.measured(part).keep(tmp_path / "a", made_from)
    quality.measured(part).keep(tmp_path / "b", made_from)
    assert [p.read_bytes() for p in sorted((tmp_path / "a").iterdir())] == [p.read_bytes() for p in sorted((tmp_path / "b").iterdir())]
    spoiled.keep(tmp_path / "a", made_from | {"deaths": "other"})
    again = quality.Quality.kept(tmp_path / "a", made_from | {"deaths": "other"})
    pd.testing.assert_frame_equal(quality.Quality(again).results, spoiled.results)
    assert spoiled.documents.keys() - quality.Quality.kept(tmp_path / "a", made_from).keys() == {"deaths"}
    (tmp_path / "a" / "villages.json").write_text("{}")
    assert "villages" not in quality.Quality.kept(tmp_path / "a", made_from)
    assert quality.Quality.kept(tmp_path / "none", made_from) == {}


def test_a_failed_expectation_is_one_finding_with_its_count(county, tmp_path):
    county["households"].loc[[3, 8, 9], "phone"] = "12345"
    ledger = quality.findings(quality.measured({"households": county["households"]}), "999001")
    assert ledger.columns.tolist() == findings.SCHEMA.names
    (row,) = ledger.to_dict("records")
    rows = int(county["households"]["phone"].notna().sum())
    assert row["rule_id"] == declared("households", REGEX, "phone")
    assert (row["subject"], row["topic"], row["severity"], row["status"]) == ("households.phone", "quality", "low", "new")
    assert row["condition"] == f"{rows}行中有3行不符合:联系电话应为11位手机号或固定电话号码。"
    assert row["condition_en"].startswith(f"3 of {rows} rows do not comply: The telephone number is")
    assert row["criteria"].endswith("依据:数据质量约定。") and row["sources"] == []
    findings.write(ledger, tmp_path / "f.parquet")
    assert pq.read_schema(tmp_path / "f.parquet").names == findings.SCHEMA.names

    county["households"].loc[10, "phone"] = "12345"
    (more,) = quality.findings(quality.measured({"households": county["households"]}), "999001").to_dict("records")
    assert more["finding_id"] == row["finding_id"] and more["evidence"] != row["evidence"]


OFFLINE = """
import socket, sys
def refuse(*_a, **_k): raise SystemExit("a connection was opened")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
import pandas as pd
from bangfu import quality
assert "great_expectations" not in sys.modules
table = pd.DataFrame({"id_number": pd.Series(["x", "x"], dtype="str"), "died_on": pd.to_datetime(["2019-01-01"] * 2).astype("datetime64[us]")})
table["origin"] = [1, 2]
assert len(quality.measured({"deaths": table}).failed) == 3
assert "rfc3987_syntax" not in sys.modules  # a grammar that takes longer to start than the suites to run
"""


def test_nothing_is_sent_printed_or_left_on_disk(tmp_path):
    for name in ("home", "here", "tmp"):
        (tmp_path / name).mkdir()
    env = os.environ | {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp"), "PYTHONDONTWRITEBYTECODE": "1", "BANGFU_HOME": str(workbench.home())}
    done = subprocess.run([sys.executable, "-c", OFFLINE], cwd=tmp_path / "here", env=env, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    assert list((tmp_path / "tmp").iterdir()) == []
