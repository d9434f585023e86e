"""Opening raw files and databases: separators, encodings, broken and misnamed files, and keeping what was read."""

import io
import os
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy
import xlsxwriter

from bangfu.intake import dictionary, read_county, tables
from bangfu.problems import UnusableInput
from conftest import TESTS
from handed_over import DEATHS, FILES, PARAMS, hand_over, read

# -- CSV -----------------------------------------------------------------------------------------------------------

LEDGER = "指标编号,资金来源,下达时间,下达金额\nF1,中央,2019-03-05,100\nF2,省级,2019-03-06,200\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_csv_in_every_dress(encoding, separator, newline, tmp_path):
    county = read(tmp_path, {"资金.csv": LEDGER.replace(",", separator).replace("\n", newline).encode(encoding)})
    assert county.tables["funds"]["issued"].tolist() == [10000, 20000] and county.notices == []
    assert [county.where(o)["row"] for o in county.tables["funds"]["origin"]] == [2, 3]


def test_csv_with_quotes_separators_and_line_ends_in_cells(tmp_path):
    text = '指标编号,资金来源,下达时间,下达金额\nF1,"中央,\n省 ""级""",2019-03-05,"1,234.50"\n\nF2,6" 管,2019-03-06,200\n'
    county = read(tmp_path, {"资金.csv": text})
    assert county.tables["funds"]["source"].tolist() == ['中央,\n省 "级"', '6" 管'] and county.tables["funds"]["issued"].tolist() == [123450, 20000]
    assert [county.where(o)["row"] for o in county.tables["funds"]["origin"]] == [2, 4]  # as a spreadsheet counts


def test_csv_with_a_title_and_totals(tmp_path):
    county = read(tmp_path, {"资金.csv": "资金指标表\n\n" + LEDGER + "合计,,,300\n注:无。\n"})
    assert county.tables["funds"]["issued"].sum() == 30000 and county.dropped["kind"].tolist() == ["合计", "注"] and county.notices == []


def test_rows_with_too_many_or_too_few_cells(tmp_path):
    county = read(tmp_path, {"资金.csv": LEDGER + "F3,中央,2019-03-07,1,234\nF4,中央\nF5,中央,2019-03-08,5,,\n"})
    assert county.tables["funds"]["fund_id"].tolist() == ["F1", "F2", "F4", "F5"]
    assert county.rejects[["row", "column", "raw"]].to_dict("records") == [{"row": 4, "column": "", "raw": "F3,中央,2019-03-07,1,234"}]
    beyond, short = (n.sentence.zh for n in county.notices)
    assert "1行的列数多于表头(第4行)" in beyond and "1行的列数少于表头" in short


def test_rows_that_leave_out_their_empty_cells_at_the_end(tmp_path):
    """Most rows are shorter than the header: the header still is the header."""
    county = read(tmp_path, {"资金.csv": "指标编号,下达金额,文号,资金来源\n" + "".join(f"F{n},{n}\n" for n in range(1, 6))})
    assert county.tables["funds"]["issued"].tolist() == [100, 200, 300, 400, 500] and county.rejects.empty


def test_a_quote_that_is_never_closed_loses_one_row_and_not_the_rest(tmp_path):
    county = read(tmp_path, {"资金.csv": '指标编号,资金来源,下达时间,下达金额\nF1,"中央,2019-03-05,1\n' + "".join(f"F{n},省级,2019-03-06,2\n" for n in range(2, 40))})
    assert county.tables["funds"]["fund_id"].tolist() == [f"F{n}" for n in range(2, 40)]
    assert county.rejects[["row", "raw"]].to_dict("records") == [{"row": 2, "raw": 'F1,"中央,2019-03-05,1'}]
    (notice,) = county.notices
    assert "引号不成对(第2行)" in notice.sentence.zh


def test_quotes_that_are_wrong_within_their_row_lose_nothing(tmp_path):
    county = read(tmp_path, {"资金.csv": LEDGER.replace("中央", '"中"央').replace("省级", '"省"级')})
    assert county.tables["funds"]["source"].tolist() == ["中央", "省级"] and county.notices == []


def test_two_quotes_that_are_never_closed_lose_their_two_rows(tmp_path):
    county = read(tmp_path, {"资金.csv": '指标编号,资金来源,下达金额\nF1,"中央,1\nF2,省级,2\nF3,"中央,3\nF4,省级,4\n'})
    assert county.tables["funds"]["fund_id"].tolist() == ["F2", "F4"] and county.rejects["row"].tolist() == [2, 4]


def test_a_character_cut_in_two_does_not_lose_the_file(tmp_path):
    content = LEDGER.encode("gb18030").replace("省级".encode("gb18030"), "省级".encode("gb18030")[:3])
    county = read(tmp_path, {"资金.csv": content})
    assert len(county.tables["funds"]) == 2 and "残缺" in county.notices[0].sentence.zh


# -- files that cannot be read, or not as what they are called ------------------------------------------------------


def ole(stream: str) -> bytes:
    """The head of a binary document, and the name of a stream in its directory."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 1024


def xlsx(rows: list[list]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet("死亡登记")
    for r, row in enumerate(rows):
        sheet.write_row(r, 0, row)
    book.close()
    return content.getvalue()


def test_a_number_too_long_for_a_spreadsheet_is_no_account(tmp_path):
    """Doubles are 1024 apart above 2**62: the nearest to ...8901 is ...8848, so what was typed is lost; in a text cell, and below 2**53, nothing is."""
    rows = [["账号", "账户性质"], [6228480012345678901, "专户"], ["6228480012345678848", "专户"], [8801746192638572, "专户"], [None, None], [999101196001100051, "专户"]]
    county = read(tmp_path, {"账户.xlsx": xlsx(rows)})
    assert county.tables["accounts"]["account_no"].fillna("").tolist() == ["", "6228480012345678848", "8801746192638572", ""]
    assert county.rejects[["row", "column", "raw"]].to_dict("records") == [
        {"row": 2, "column": "账号", "raw": "6.22848001234568E+18"},
        {"row": 6, "column": "账号", "raw": "9.99101196001100E+17"},
    ]


@pytest.mark.parametrize("digits", ["6228480012345678901", "6228480012345678848", "999101196001100051"])
def test_digits_beyond_the_fifteenth_were_written_one_by_one(digits, tmp_path):
    """The second is a double itself, and still more digits than a spreadsheet keeps of what is typed."""
    content, typed = xlsx([["账号", "账户性质"], [6228480012345678901, "专户"]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(typed, "w") as new:
        for part in old.namelist():
            new.writestr(part, re.sub(rb"<v>6\.228[^<]*</v>", f"<v>{digits}</v>".encode(), old.read(part)))
    county = read(tmp_path, {"账户.xlsx": typed.getvalue()})
    assert county.tables["accounts"]["account_no"].tolist() == [digits] and county.rejects.empty


def archive(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        parts.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("file", "content", "says", "unusable"),
    [
        ("坏.xlsx", b"", "空文件", True),
        ("坏.csv", b"\xef\xbb\xbf\r\n", "空文件", True),
        ("坏.xlsx", ole("EncryptedPackage"), "密码", True),
        ("坏.xls", ole("EncryptedPackage"), "密码", True),
        ("坏.xls", ole("WordDocument"), "Word", True),
        ("坏.xls", ole("Workbook"), "损坏", True),
        ("坏.xlsx", xlsx(DEATHS)[:3000], "损坏", True),
        ("坏.xlsx", xlsx(DEATHS)[:40], "损坏", True),
        ("坏.xlsx", "户编号,姓名\n1,2\n".encode(), "不是工作簿", True),
        ("坏.xlsx", archive("word/document.xml"), "不是工作簿", True),
        ("坏.xls", b"<html><table></table></html>", "网页", True),
        ("坏.csv", bytes(range(256)) * 4, "编码", True),
        ("坏.docx", archive("word/document.xml"), "不是工作簿也不是CSV", False),
        ("坏.pdf", b"%PDF", "不是工作簿也不是CSV", False),
    ],
    ids=["empty", "empty csv", "password", "password xls", "word", "broken xls", "truncated", "cut off", "text", "docx", "web page", "binary csv", "docx beside", "pdf beside"],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_the_rest_is_read(file, content, says, unusable, tmp_path):
    county = read(tmp_path, {file: content})
    (notice,) = county.notices
    assert file in notice.sentence.zh and file in notice.sentence.en and says in notice.sentence.zh and notice.unusable is unusable
    assert len(county.tables["households"]) == 1 and "deaths" in county.absent


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [("死亡.xlsx", (TESTS / "data" / "old.xls").read_bytes(), ".xls"), ("死亡.csv", xlsx(DEATHS), ".xlsx"), ("死亡.xls", xlsx(DEATHS), ".xlsx")],
    ids=["xls called xlsx", "xlsx called csv", "xlsx called xls"],
)
def test_a_file_under_another_extension_is_read_and_told(file, content, says, tmp_path):
    county = read(tmp_path, {file: content})
    (notice,) = county.notices
    assert file in notice.sentence.zh and says in notice.sentence.zh and not notice.unusable
    assert county.tables["deaths"]["died_on"].iat[0] == pd.Timestamp("2019-03-05")


def test_an_old_workbook_is_read(tmp_path):
    county = read(tmp_path, {"死亡.xls": (TESTS / "data" / "old.xls").read_bytes()})
    assert county.notices == [] and len(county.tables["deaths"]) == 2
    assert [county.where(o)["row"] for o in county.tables["deaths"]["origin"]] == [2, 3]


def test_a_folder_called_like_a_workbook(tmp_path):
    (tmp_path / "raw" / "x.xlsx").mkdir(parents=True)
    (notice,) = read(tmp_path).notices
    assert "x.xlsx" in notice.sentence.zh and "文件夹" in notice.sentence.zh


def test_a_link_that_leads_nowhere(tmp_path):
    (tmp_path / "raw").mkdir()
    os.symlink(tmp_path / "nowhere.csv", tmp_path / "raw" / "x.csv")
    (notice,) = read(tmp_path).notices
    assert "x.csv" in notice.sentence.zh and "链接" in notice.sentence.zh


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    hand_over(tmp_path / "raw", FILES | {"资金.csv": LEDGER})
    (tmp_path / "raw" / "资金.csv").chmod(0)
    (notice,) = read_county(str(tmp_path / "raw")).notices
    assert "资金.csv" in notice.sentence.zh and "权限" in notice.sentence.zh


def test_a_disk_that_fails_is_told_and_the_rest_is_read(tmp_path, monkeypatch):
    hand_over(tmp_path / "raw", FILES | {"资金.csv": LEDGER})
    whole = Path.read_bytes

    def failing(path):
        if path.name == "资金.csv":
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", failing)
    (notice,) = read_county(str(tmp_path / "raw")).notices
    assert "资金.csv" in notice.sentence.zh and "Permission denied" in notice.sentence.zh


def test_lock_files_and_hidden_files_are_nobodys(tmp_path):
    county = read(tmp_path, {"~$资金.xlsx": b"x", ".~lock.资金.xlsx#": b"x", "Thumbs.db": b"x", ".hidden/a.csv": LEDGER})
    assert county.notices == [] and "funds" in county.absent and set(county.digests) == set(FILES)


# -- databases, and keeping what was read ---------------------------------------------------------------------------


def test_a_database_gives_the_same_tables_as_the_files(tmp_path):
    files = read(tmp_path, {"资金.csv": LEDGER})
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/county.db")
    for name, table in dictionary().items():
        path = tmp_path / "raw" / ("资金.csv" if name == "funds" else f"{table.title}.csv")
        if path.exists():
            pd.read_csv(path, dtype="str").to_sql(name if name != "visits" else table.title, engine, index=False)
    pd.DataFrame({"a": [1], "b": [2]}).to_sql("其他", engine, index=False)
    database = read_county(f"sqlite:///{tmp_path}/county.db")
    assert database.unrecognised.to_dict("records") == [{"file": "数据库", "sheet": "其他", "column": ""}]
    assert set(database.tables) == set(files.tables)
    for name, table in files.tables.items():
        pd.testing.assert_frame_equal(database.tables[name].drop(columns="origin"), table.drop(columns="origin"))
    assert database.where(database.tables["funds"]["origin"].iat[1]) == {"file": "数据库", "sheet": "funds", "row": 2}


def test_values_of_a_database_in_its_own_types(tmp_path):
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/county.db")
    hand_over(tmp_path / "raw")
    for table in dictionary().values():
        if table.required:
            pd.read_csv(tmp_path / "raw" / f"{table.title}.csv", dtype="str").to_sql(table.name, engine, index=False)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE funds (fund_id TEXT PRIMARY KEY, issued REAL, issued_on DATE, received INTEGER)"))
        connection.execute(sqlalchemy.text("INSERT INTO funds VALUES ('F2', 0.3, '2019-02-30', NULL), ('F1', 1493440.1, '2019-03-05', 7)"))
    county = read_county(f"sqlite:///{tmp_path}/county.db")
    assert county.tables["funds"]["fund_id"].tolist() == ["F1", "F2"]  # by the primary key
    assert county.tables["funds"]["issued"].tolist() == [149344010, 30] and county.tables["funds"]["received"].tolist() == [700, pd.NA]
    assert county.rejects[["sheet", "row", "column", "raw"]].to_dict("records") == [{"sheet": "funds", "row": 2, "column": "issued_on", "raw": "2019-02-30"}]


def test_a_database_that_is_not_there_stops_and_makes_no_file(tmp_path):
    with pytest.raises(UnusableInput, match="county.db"):
        read_county(f"sqlite:///{tmp_path}/county.db")
    assert not (tmp_path / "county.db").exists()


def test_kept_tables_are_the_ones_that_were_read(tmp_path):
    county = read(tmp_path, {"资金.csv": LEDGER + "F3,中央,不详,1\n合计,,,301\n", "x.pdf": b"%PDF"})
    county.keep(tmp_path / "kept", "stamp")
    again = tables.Intake.kept(tmp_path / "kept", "stamp")
    for name, table in county.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    for name in ("rejects", "unrecognised", "dropped"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(county, name))
    assert (again.sheets, again.absent, again.digests, again.notices) == (county.sheets, county.absent, county.digests, county.notices)
    assert tables.Intake.kept(tmp_path / "kept", "another") is None
    (tmp_path / "kept" / "visits.parquet").write_bytes(b"cut off")
    assert tables.Intake.kept(tmp_path / "kept", "stamp") is None


def test_a_kept_table_is_read_when_it_is_asked_for_and_never_another_one(tmp_path, monkeypatch):
    county = read(tmp_path, {"资金.csv": LEDGER})
    county.keep(tmp_path / "kept", "stamp")
    looked_at = []
    monkeypatch.setattr(tables, "read_frame", lambda path, read=tables.read_frame: looked_at.append(path.stem) or read(path))
    kept = tables.Intake.kept(tmp_path / "kept", "stamp").tables
    assert set(kept) == set(county.tables) and len(kept) == len(county.tables) and "visits" in kept and "no such table" not in kept
    assert not [t for t in looked_at if not t.startswith("_")]
    assert kept["visits"] is kept["visits"] and looked_at.count("visits") == 1
    with pytest.raises(KeyError):
        kept["no such table"]
    # Another run reads other files into the same folder meanwhile.
    county.tables["pairings"] = county.tables["pairings"].iloc[1:]
    county.keep(tmp_path / "kept", "another stamp")
    pd.testing.assert_frame_equal(kept["visits"], county.tables["visits"])
    with pytest.raises(UnusableInput, match="pairings"):
        kept["pairings"]


def test_kept_tables_are_made_again_when_a_file_a_header_or_the_dictionary_changed(tmp_path, monkeypatch):
    from bangfu import county as county_module
    from bangfu import digests

    hand_over(tmp_path / "raw", FILES | {"资金.csv": LEDGER})
    params = tmp_path / "mine.yml"
    params.write_text(PARAMS, encoding="utf-8")
    readings = []
    monkeypatch.setattr(county_module, "read_county", lambda *a, **k: readings.append(1) or read_county(*a, **k))

    def readings_after() -> int:
        county_module.County.open(params, 2019, reports=tmp_path / "reports").tables
        return len(readings)

    assert [readings_after(), readings_after()] == [1, 1]
    (tmp_path / "raw" / "资金.csv").write_text(LEDGER.replace("200", "201"), encoding="utf-8")
    assert [readings_after(), readings_after()] == [2, 2]
    params.write_text(PARAMS + "headers: {funds.source: [来源]}\n", encoding="utf-8")
    assert [readings_after(), readings_after()] == [3, 3]
    params.write_text(PARAMS + "headers: {funds.source: [来源]}\noverrides: {poverty_line: 4000}\n", encoding="utf-8")
    assert readings_after() == 3  # another threshold needs no other reading
    of_code = digests.of_code
    monkeypatch.setattr(digests, "of_code", lambda *folders: of_code(*folders) + "changed")
    assert readings_after() == 4
