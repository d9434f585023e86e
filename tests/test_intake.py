"""Reading sheets, rows and cells as county offices write them, one untidiness at a time."""

from datetime import date, datetime
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bangfu.intake import dictionary, read_county, readers, tables
from bangfu.intake.raw import Notice, RawSheet
from bangfu.intake.sheets import recognise
from bangfu.problems import WrongParams
from handed_over import DEATHS, FILES, FUNDS, ROW, hand_over, read, read_path, read_rows, workbook

def fund_cells(tmp_path: Path, column: str, cells: list, header: str | None = None, above: list[list] = (), headers=None) -> tuple[list, list]:
    """A column of the table of funds as typed values, and the raw texts that were rejected."""
    names = {"issued": "下达金额", "issued_on": "下达时间", "fund_id": "指标编号"}
    titles = [header if names[column] == h and header else h for h in FUNDS]
    rows = [[c if names[column] == h else v for h, v in zip(FUNDS, ROW, strict=True)] for c in cells]
    hand_over(tmp_path / "raw")
    workbook(tmp_path / "raw" / "资金" / "指标.xlsx", {"资金指标": [*above, titles, *rows]})
    county = read_county(str(tmp_path / "raw"), headers)
    return county.tables["funds"][column].tolist(), county.rejects["raw"].tolist()


# -- where the header is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "row"),
    [
        ([], 2),
        ([["2019年资金指标"]], 3),
        ([["2019年资金指标"], [None], ["填报单位:东镇", None, None, "单位:元"]], 5),
        ([[None], [None], [None], ["标题"], [None]], 7),  # blank rows above: a spreadsheet counts them
        ([["标题"], ["基本情况", None, "下达", None]], 4),
        ([["标题"], ["指标编号", None, "下达金额", None]], 4),  # a group label that repeats a header
        ([[f"第{n}条说明,很长很长的一段文字"] for n in range(30)], 32),
    ],
    ids=["first row", "title", "title, blank, unit", "blank rows", "group labels", "repeated label", "long preface"],
)
def test_the_header_is_found_and_rows_are_numbered_as_shown(above, row, tmp_path):
    found = read_rows([*above, FUNDS, ROW], tmp_path)
    assert found.table.name == "funds" and found.rows.tolist() == [row] and list(found.texts) == ["fund_id", "source", "issued_on", "issued"]


def test_blank_columns_on_the_left_change_nothing(tmp_path):
    found = read_rows([["标题"], [None, None, *FUNDS], [None, None, *ROW]], tmp_path)
    assert found.rows.tolist() == [3] and found.texts["fund_id"].tolist() == ["F1"]


def test_labels_merged_downwards_and_labels_below_their_group(tmp_path):
    """指标编号 stands over two rows; 时间 and 金额 say nothing without 下达 and 到账 above them."""
    found = read_rows(
        [["标题"], ["指标编号", "资金来源", "下达", None, "到账", None], [None, None, "时间", "金额(万元)", "时间", "金额"], ["F1", "中央", "2019-3-5", "1", "2019-4-5", "2"]],
        tmp_path,
    )
    assert {c: t.tolist() for c, t in found.texts.items()} == {
        "fund_id": ["F1"], "source": ["中央"], "issued_on": ["2019-3-5"], "issued": ["1"], "received_on": ["2019-4-5"], "received": ["2"],
    }  # fmt: skip
    assert found.units["issued"] == "万元" and found.units["received"] is None
    assert found.unknown == []


def test_columns_in_another_order_and_headers_with_blanks_marks_and_line_ends(tmp_path):
    found = read_rows([["*下 达\n金额 \uff08元\uff09", "资金\u3000来源", "指标编号", "下达时间"], ["100", "中央", "F1", "2019-03-05"]], tmp_path)
    assert list(found.texts) == ["fund_id", "source", "issued_on", "issued"] and found.texts["issued"].tolist() == ["100"]


@pytest.mark.parametrize("header", ["证件号码", "身份证号", "证件号", "身份证号码", "公民身份号码", "id_number"])
def test_every_header_that_is_accepted(header, tmp_path):
    found = read_rows([["姓名", header, "死亡日期"], ["张三", "1", "2019-03-05"]], tmp_path)
    assert found.table.name == "deaths" and found.texts["id_number"].tolist() == ["1"]


def test_a_county_adds_headers_of_its_own(tmp_path):
    rows = [["指标编号", "拨付额"], ["F1", "3"]]
    assert read_rows(rows, tmp_path) is None
    assert read_rows(rows, tmp_path, headers={"funds.issued": ["拨付额(万元)"]}).texts["issued"].tolist() == ["3"]


def test_a_header_belongs_to_one_column_of_a_table():
    for table in dictionary().values():
        headers = [h for c in table.columns.values() for h in c.headers]
        assert len(headers) == len(set(headers)), table.name
    with pytest.raises(WrongParams, match="head_name"):
        dictionary({"households.phone": ["户主姓名"]})


def test_of_two_columns_for_one_the_usual_header_wins_and_the_other_is_listed(tmp_path):
    found = read_rows([["指标编号", "指标文号", "文号", "下达金额"], ["F1", "b", "a", "1"]], tmp_path)
    assert found.texts["document_no"].tolist() == ["a"] and found.unknown == ["指标文号"]


def test_a_sheet_without_the_key_of_its_table_is_not_taken_for_another(tmp_path):
    """Households without 户编号 still have a village code; they are no villages."""
    header = FILES["贫困户.csv"].splitlines()[0].split(",")[1:]
    assert read_rows([header, ["x"] * len(header)], tmp_path) is None


# -- rows that are no data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["合计", None, None, "100"], "合计"),
        (["合  计", None, None, "100"], "合计"),
        ([None, "合计", None, "100"], "合计"),
        (["东镇小计", None, None, "100"], "合计"),
        (["小计(东镇)", None, None, "100"], "合计"),
        ([None, None, "总计:", "100"], "合计"),
        (["合计:3项", None, None, None], "合计"),
        (["注:含上年结转。", None, None, None], "注"),
        (["注1.含上年结转", None, None, None], "注"),
        (["备注:", "含上年结转", None, None], "注"),
        (["填表人:张三", None, "审核人:李四", None], "注"),
        (["以上数据截至年底", None, None, None], "注"),
        ([None, None, "盖章", None], "注"),
        (FUNDS, "重复表头"),
        ([" 指标 编号", "资金来源", "下达时间", "下达金额"], "重复表头"),
    ],
    ids=str,
)
def test_rows_that_are_no_data(row, kind, tmp_path):
    """Between two rows of data and below them."""
    for at in (1, 2):
        rows = [ROW, ["F2", "省级", "2019-03-06", "200"]]
        rows.insert(at, row)
        found = read_rows([FUNDS, *rows], tmp_path)
        assert found.texts["fund_id"].tolist() == ["F1", "F2"]
        assert [(r, k) for r, k, _ in found.dropped] == [(2 + at, kind)]


@pytest.mark.parametrize("row", [["1", "合计", None, None, "100"], ["合计", None, None, None, "100"], [None, None, "合计", None, "100"]])
def test_totals_beside_a_column_of_numbers(row, tmp_path):
    found = read_rows([["序号", *FUNDS], ["1", *ROW], row], tmp_path)
    assert found.texts["fund_id"].tolist() == ["F1"] and [k for _, k, _ in found.dropped] == ["合计"]
    assert found.unknown == ["序号"]


@pytest.mark.parametrize("row", [["F2", "合计", None, None], ["F2", None, None, None], [None, "省级", "2019-03-06", "5"], ["F2", "注:专户", None, "1"]])
def test_rows_that_are_data_although_they_look_odd(row, tmp_path):
    found = read_rows([FUNDS, ROW, row], tmp_path)
    assert len(found.rows) == 2 and found.dropped == []


def test_numbered_rows_that_nobody_filled_in_and_the_row_of_column_numbers(tmp_path):
    found = read_rows([["序号", *FUNDS, "备注"], ["甲", "1", "2", "3", "4", "5"], ["1", *ROW], ["2"], ["3"], ["4", None, None, None, None, "待定"]], tmp_path)
    assert found.texts["fund_id"].tolist() == ["F1"]
    assert [(r, k) for r, k, _ in found.dropped] == [(2, "栏次"), (6, "无数据")]


@pytest.mark.parametrize("rows", [[FUNDS], [["标题"], FUNDS], [FUNDS, ["合计", None, None, "0"], ["注:无。"]]], ids=["header only", "title and header", "no data rows"])
def test_a_table_without_rows_is_a_table(rows, tmp_path):
    hand_over(tmp_path / "raw")
    workbook(tmp_path / "raw" / "资金.xlsx", {"资金指标": rows})
    county = read_county(str(tmp_path / "raw"))
    assert "funds" not in county.absent and county.tables["funds"].empty
    assert county.tables["funds"].dtypes.astype(str).to_dict() == {"fund_id": "str", "source": "str", "issued_on": "datetime64[us]", "issued": "Int64", "origin": "int64"}


# -- several sheets, several files ----------------------------------------------------------------------------------


def test_a_table_in_several_files_and_sheets_keeps_each_rows_place(tmp_path):
    hand_over(tmp_path / "raw")
    workbook(tmp_path / "raw/资金/东镇.xlsx", {"一": [["标题"], FUNDS, ROW], "二": [FUNDS, ["F2", *ROW[1:]]]})
    workbook(tmp_path / "raw/资金/西镇.xlsx", {"x": [FUNDS[::-1], ["7", "2019-01-01", "省级", "F3"]]})
    county = read_county(str(tmp_path / "raw"))
    funds = county.tables["funds"]
    places = {f: tuple(county.where(o).values()) for f, o in zip(funds["fund_id"], funds["origin"], strict=True)}
    assert places == {"F1": ("资金/东镇.xlsx", "一", 3), "F2": ("资金/东镇.xlsx", "二", 2), "F3": ("资金/西镇.xlsx", "x", 2)}
    assert county.files_of("funds") == ["资金/东镇.xlsx", "资金/西镇.xlsx"] and county.notices == []


def test_a_column_that_one_of_the_sheets_lacks_is_missing_there_and_told(tmp_path):
    hand_over(tmp_path / "raw")
    workbook(tmp_path / "raw/资金.xlsx", {"东": [FUNDS, ROW], "西": [["指标编号", "下达金额"], ["F2", "2"]]})
    county = read_county(str(tmp_path / "raw"))
    assert county.tables["funds"]["issued_on"].tolist() == [pd.Timestamp("2019-03-05"), pd.NaT]
    assert str(county.tables["funds"]["issued_on"].dtype) == "datetime64[us]"
    (notice,) = county.notices
    assert "“西”" in notice.sentence.zh and "资金来源、下达时间" in notice.sentence.zh and not notice.unusable


def test_sheets_and_columns_that_nobody_knows_are_listed(tmp_path):
    hand_over(tmp_path / "raw")
    workbook(tmp_path / "raw/资金.xlsx", {"封面": [["某县"]], "资金指标": [["序号", *FUNDS, "经办", None], ["1", *ROW, "a", "b"]], "空": []})
    county = read_county(str(tmp_path / "raw"))
    assert county.unrecognised.to_dict("records") == [
        {"file": "资金.xlsx", "sheet": "封面", "column": ""},
        *({"file": "资金.xlsx", "sheet": "资金指标", "column": c} for c in ("(第7列无表头)", "序号", "经办")),
    ]


def test_hidden_sheets_are_read_and_told(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("封面")
    hidden = book.add_worksheet("旧")
    for c, (h, v) in enumerate(zip(FUNDS, ROW, strict=True)):
        hidden.write(0, c, h)
        hidden.write(1, c, v)
    hidden.hide()
    book.close()
    items = list(readers.read_file(path, tmp_path))
    assert ["“旧”是隐藏的" in i.sentence.zh for i in items if isinstance(i, Notice)] == [True]
    assert [i.sheet for i in items if isinstance(i, RawSheet)] == ["封面", "旧"]


# -- amounts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "above", "cell", "fen"),
    [
        ("下达金额", [], "1", 100),
        ("下达金额(元)", [], "1", 100),
        ("下达金额\uff08万元\uff09", [], "1", 1_000_000),
        ("下达金额(单位:万元)", [], "1", 1_000_000),
        ("下达金额\n(千元)", [], "1.5", 150_000),
        ("下达金额[亿元]", [], "0.01", 100_000_000),
        ("下达金额(百元)", [], "2", 20_000),
        ("下达金额", [["标题"], [None, "单位:万元"]], "1", 1_000_000),
        ("下达金额", [["金额单位\uff1a人民币 万元"]], "1", 1_000_000),
        ("下达金额(元)", [["单位:万元"]], "1", 100),  # the column's own unit goes before the sheet's
        ("下达金额", [["填报单位:万元镇"]], "1", 100),
        ("下达金额(万元)", [], 149.34401, 149_344_010),  # 1,493,440.10 yuan
        ("下达金额(万元)", [], "149.34401", 149_344_010),
        ("下达金额(万元)", [], "5000元", 500_000),  # the cell's own unit goes before the column's
        ("下达金额", [], "3.5万元", 3_500_000),
        ("下达金额", [], "3.5万", 3_500_000),
        ("下达金额", [], "1.2亿元", 12_000_000_000),
    ],
)
def test_the_unit_of_an_amount(header, above, cell, fen, tmp_path):
    assert fund_cells(tmp_path, "issued", [cell], header, above) == ([fen], [])


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        (1234567.89, 123456789), ("1,234,567.89", 123456789), ("\uff11\uff0c\uff12\uff13\uff14.5", 123450), ("¥1,234.50", 123450), ("\uffe5 1234.5", 123450), ("-12.30", -1230),
        ("\u221212.30", -1230), ("(1,234.56)", -123456), ("\uff081,234.56\uff09", -123456), ("-¥5", -500), ("¥-5", -500), ("+5", 500), ("1.5E+3", 150000), ("1.2345678E7", 1234567800),
        ("81038176.790000007", 8103817679), ("0.30000000000000004", 30), (0.1 + 0.2, 30), ("1234.5元", 123450), ("1234元整", 123400), ("人民币12元", 1200), ("RMB 12", 1200), (".5", 50), ("7.", 700), (" 1 234.50 ", 123450),
        (0, 0), ("9999999.99", 999999999), ("99999999999.99", 9999999999999), ("123456789012.34", 12345678901234),
    ],
)  # fmt: skip
def test_an_amount_in_every_form_is_exact(cell, fen, tmp_path):
    assert fund_cells(tmp_path, "issued", [cell]) == ([fen], [])


@pytest.mark.parametrize("cell", ["约三十万", "1,23", "1,2345.6", "12.3.4", "--5", "-", "/", "待定", "5人", "1e400", "1e999999999", "999999999999999999", "=A1"])
def test_what_is_no_amount_is_a_reject(cell, tmp_path):
    assert fund_cells(tmp_path, "issued", [cell if cell != "=A1" else "'=A1"])[1] == [cell if cell != "=A1" else "'=A1"]


@pytest.mark.parametrize("header", ["下达金额(%)", "下达金额(户)"])
def test_a_header_in_another_unit_than_money_is_no_amount(header, tmp_path):
    found = read_rows([[*FUNDS[:3], "到账金额", header], [*ROW, "5"]], tmp_path)
    assert found is None  # without 下达金额 it is no table of funds


# -- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "2019-03-05", "2019-3-5", "2019/3/5", "2019.3.5", "2019.03.05", "2019年3月5日", "2019年03月05号", "2019 年 3 月 5 日", "2019年3月5", "20190305", "\uff12\uff10\uff11\uff19-3-5", "2019\u20143\u20145",
        "2019-03-05 14:30", "2019-03-05T14:30:07", "2019-03-05 14:30:07.123", "2019-03-05 00:00:00", "2019年3月5日14时30分", "2019年3月5日 下午2:30", "2019/3/5 2:30:00 PM", "2019年3月5日 星期二", "20190305143007", " 2019-03-05 ",
        "'2019-03-05", datetime(2019, 3, 5), datetime(2019, 3, 5, 14, 30), 43529, "43529", "43529.604",
    ],
)  # fmt: skip
def test_a_date_in_every_form(cell, tmp_path):
    assert fund_cells(tmp_path, "issued_on", [cell]) == ([pd.Timestamp("2019-03-05")], [])


@pytest.mark.parametrize("cell", ["2019-02-30", "2019-13-05", "2019-02-29", "2019-00-05", "不详", "2019年3月", "19.3.5", "2019-3/5", "03/05/2019", "1899-01-01", "2200-01-01", "2019-03-05 25:00", "长期", "-", "0", "999999"])
def test_what_is_no_date_is_a_reject(cell, tmp_path):
    assert fund_cells(tmp_path, "issued_on", [cell]) == ([pd.NaT], [cell])


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2019-03-05 09:30", "09:30:00"), ("2019-03-05 9:05", "09:05:00"), ("2019年3月5日9时5分", "09:05:00"), ("2019/3/5 14:30:07", "14:30:07"), ("2019-3-5 下午2:30", "14:30:00"), ("2019-3-5 12:10 AM", "00:10:00"),
        ("43529.604166667", "14:30:00"), ("2019-03-05", "00:00:00"), ("2019年3月5日9时", "09:00:00"),
    ],
)  # fmt: skip
def test_the_time_of_a_visit(text, at, tmp_path):
    county = read(tmp_path, {"走访记录.csv": FILES["走访记录.csv"].replace("2019-03-05 09:30", text)})
    assert county.tables["visits"]["visited_at"].tolist() == [pd.Timestamp(f"2019-03-05 {at}")]


def test_a_workbook_that_counts_from_1904_has_its_dates_converted_and_is_told(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"资金指标": [FUNDS, ["F1", "中央", datetime(2019, 3, 5), 1]]}, date_1904=True)
    notice, sheet = readers.read_file(path, tmp_path)
    assert "1904" in notice.sentence.zh and recognise(sheet, dictionary()).texts["issued_on"].tolist() == ["2019-03-05 00:00:00"]


# -- the other types -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column", "text", "value"),
    [
        ("deaths", "id_number", "\uff19\uff19\uff19\uff10\uff10\uff11195001011235", "999001195001011235"), ("deaths", "id_number", "99900119500101123x", "99900119500101123X"),
        ("deaths", "id_number", " 999001 19500101 1235\u3000", "999001195001011235"), ("deaths", "id_number", "'999001195001011235", "999001195001011235"), ("deaths", "id_number", "\u200b999001195001011235", "999001195001011235"),
        ("visits", "visit_id", "1001.0", "1001"), ("visits", "photo_fingerprint", "4e12", "4e12"), ("visits", "visit_id", "V-1", "V-1"),
        ("deaths", "name", "张\u3000三 ", "张三"), ("deaths", "name", "买买提·艾力", "买买提·艾力"),
        ("visits", "photo_fingerprint", "无", None), ("visits", "witness", "—", None), ("visits", "witness", "无", None), ("visits", "content", "无", None), ("helpers", "unit", "/", None), ("claims", "invoice_no", "-", None),
        ("members", "disability_grade", "无", "无"), ("members", "health", "不详", "不详"), ("deaths", "name", "吴无", "吴无"), ("helpers", "unit", "无为县水利局", "无为县水利局"),
        ("helpers", "phone", "无", None), ("helpers", "phone", "没有", None), ("helpers", "phone", "010-6666 8888", "010-66668888"), ("helpers", "phone", "13800000000.0", "13800000000"),
        ("visits", "household_signed", "是", True), ("visits", "household_signed", "√", True), ("visits", "household_signed", "无", False), ("visits", "household_signed", " 否 ", False), ("visits", "household_signed", "true", True), ("visits", "household_signed", "0", False),
        ("visits", "mode", "入户", "home"), ("visits", "mode", "电话", "telephone"), ("visits", "content", " 讲 政策 ", "讲 政策"),
        ("survey", "overall", "5", 5), ("survey", "overall", "很满意", 5), ("survey", "overall", "非常不满意", 1), ("survey", "overall", "3.0", 3),
        ("survey", "minutes", "35", 35.0), ("survey", "minutes", "35分钟", 35.0), ("properties", "area", "89.5平方米", 89.5), ("survey", "reported_visits", "4次", 4), ("incomes", "year", "2019年", 2019),
        ("claims", "progress", "30", 3000), ("claims", "progress", "30%", 3000), ("claims", "progress", "33.5", 3350), ("claims", "progress", "100.00%", 10000),
    ],
)  # fmt: skip
def test_a_cell_of_each_type(table, column, text, value):
    values, unreadable = tables.cells.read_cells(pd.Series([text], dtype="str"), dictionary()[table].columns[column])
    assert not unreadable.any()
    assert (pd.isna(values[0]) if value is None else values[0] == value) and values.dtype == tables.cells.DTYPES[dictionary()[table].columns[column].type]


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("members", "id_number", "不详"), ("deaths", "name", "不 详"), ("helpers", "unit", "不详"), ("helpers", "phone", "未知"),
        ("deaths", "id_number", "9.99001195001011E+17"), ("visits", "household_signed", "已签"), ("visits", "mode", "视频"), ("survey", "overall", "6"), ("survey", "overall", "0"), ("survey", "overall", "好"), ("survey", "reported_visits", "若干"),
        ("survey", "reported_visits", "2.5"), ("survey", "minutes", "半小时"), ("claims", "progress", "过半"), ("claims", "progress", "30万元"), ("deaths", "name", "#N/A"), ("deaths", "id_number", "#REF!"), ("visits", "content", "#VALUE!"),
        ("funds", "issued", "#DIV/0!"), ("funds", "issued_on", "#N/A"), ("visits", "household_signed", "#NAME?"),
    ],
)  # fmt: skip
def test_text_that_is_no_value_of_its_type(table, column, text):
    values, unreadable = tables.cells.read_cells(pd.Series([text], dtype="str"), dictionary()[table].columns[column])
    assert unreadable.all() and values.isna().all() and tables.cells.reason(dictionary()[table].columns[column].type, text)


def test_blanks_and_empty_cells_are_missing_and_no_rejects():
    for name, table in dictionary().items():
        for column in table.columns.values():
            values, unreadable = tables.cells.read_cells(pd.Series([None, "", " ", "\u3000\n"], dtype="str"), column)
            assert values.isna().all() and not unreadable.any(), (name, column.name)


def test_percentages_that_a_workbook_holds_as_shares_are_told(tmp_path):
    hand_over(tmp_path / "raw")
    workbook(tmp_path / "raw/报账单.xlsx", {"报账单": [["报账单号", "项目编号", "工程进度(%)"], ["C1", "P1", 0.3], ["C2", "P1", 1], ["C3", "P2", 0.07]]})
    county = read_county(str(tmp_path / "raw"))
    assert county.tables["claims"]["progress"].tolist() == [3000, 10000, 700] and "按比例" in county.notices[0].sentence.zh


def test_error_cells_of_a_workbook_are_rejects_with_their_place(tmp_path):
    hand_over(tmp_path / "raw")
    path = tmp_path / "raw" / "资金.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("资金指标")
    for c, h in enumerate(FUNDS):
        sheet.write(1, c, h)
    sheet.write(2, 0, "F1")
    sheet.write_formula(2, 1, "=NA()", None, "#N/A")
    sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")
    book.close()
    rejects = read_county(str(tmp_path / "raw")).rejects
    assert rejects.to_dict("records") == [
        {"file": "资金.xlsx", "sheet": "资金指标", "row": 3, "column": h, "raw": raw, "reason": "单元格是公式错误"} for h, raw in (("资金来源", "#N/A"), ("下达金额", "#DIV/0!"))
    ]


# -- in general, and at size ---------------------------------------------------------------------------------------


def amounts_in_every_form(fen: int) -> dict[str, tuple[str, str | None]]:
    """Ways in which one amount is written: name -> (cell, unit of the header)."""
    yuan = f"{fen // 100}.{fen % 100:02d}"
    wan = f"{fen // 1_000_000}.{fen % 1_000_000:06d}"
    return {
        "plain": (yuan, None), "shortest": (repr(fen / 100), None), "grouped": (f"{fen // 100:,}.{fen % 100:02d}", None), "yen": (f"¥{yuan}", None), "unit": (f"{yuan}元", "万元"), "wan in cell": (f"{wan}万元", None),
        "wan in header": (wan, "万元"), "wan as double": (repr(fen / 1_000_000), "万元"), "17 digits": (f"{fen / 100:.17g}", None), "17 digits of wan": (f"{fen / 1_000_000:.17g}", "万元"), "scientific": (f"{fen / 100:.16e}", None),
        "negative": (f"-{yuan}", None), "brackets": (f"({yuan})", None), "yi": (f"{fen // 10_000_000_000}.{fen % 10_000_000_000:010d}", "亿元"), "full width": (yuan.translate(str.maketrans("0123456789.", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0e")), "元"),
    }  # fmt: skip


@given(st.lists(st.integers(1, 999_999_999), min_size=1, max_size=30))
def test_amounts_from_a_fen_to_ten_million_yuan_are_exact_in_every_form(amounts):
    column = dictionary()["funds"].columns["issued"]
    for form in amounts_in_every_form(1):
        texts = pd.Series([amounts_in_every_form(a)[form][0] for a in amounts], dtype="str")
        values, unreadable = tables.cells.read_cells(texts, column, amounts_in_every_form(1)[form][1])
        sign = -1 if form in ("negative", "brackets") else 1
        assert not unreadable.any() and values.tolist() == [sign * a for a in amounts], (form, texts.tolist())


FORMS = ["{y}-{m:02d}-{d:02d}", "{y}-{m}-{d}", "{y}/{m}/{d}", "{y}.{m}.{d}", "{y}年{m}月{d}日", "{y}年{m:02d}月{d:02d}日", "{y}{m:02d}{d:02d}", "{y} 年 {m} 月 {d} 日", "{y}-{m:02d}-{d:02d} 00:00:00"]


@given(st.lists(st.dates(date(1930, 1, 1), date(2099, 12, 31)), min_size=1, max_size=20))
def test_days_are_the_same_in_every_form(days):
    column = dictionary()["funds"].columns["issued_on"]
    for form in [*FORMS, "serial"]:
        texts = [str((d - date(1899, 12, 30)).days) if form == "serial" else form.format(y=d.year, m=d.month, d=d.day) for d in days]
        values, unreadable = tables.cells.read_cells(pd.Series(texts, dtype="str"), column)
        assert not unreadable.any() and [v.date() for v in values] == days, form


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(text):
    """Any text is a value or a reject; nothing else."""
    for kind, name in (("funds", "issued"), ("funds", "issued_on"), ("visits", "visited_at"), ("survey", "overall"), ("claims", "progress"), ("properties", "area"), ("deaths", "id_number"), ("deaths", "name"), ("visits", "mode"), ("visits", "content")):
        values, unreadable = tables.cells.read_cells(pd.Series([text], dtype="str"), dictionary()[kind].columns[name])
        assert not (unreadable[0] and pd.notna(values[0]))


@given(st.binary(max_size=300))
def test_no_file_breaks_a_reader(content):
    for kind in (".csv", ".xlsx", ".xls"):
        for start in (b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")):
            if kind == ".csv" and not start:
                items = list(readers.delimited.read_text(content, "a.csv"))
            else:
                items = list(readers.workbooks.read_workbook(start + content, "a" + kind, kind))
            for item in items:
                if isinstance(item, RawSheet):
                    recognise(item, dictionary())


def test_half_a_million_rows_are_read_whole(tmp_path):
    """A ledger of a large county."""
    known = dictionary()["ledger"]
    header = ",".join(c.headers[0] for c in known.columns.values())
    lines = (f"T{n},62{n % 40:014d},2019-{n % 12 + 1:02d}-{n % 28 + 1:02d},{'收入' if n % 3 else '支出'},{n % 90_000}.{n % 100:02d},62{n % 9999:014d},东镇{n % 300}村,F{n % 70},P{n % 130},工程款,拨付第{n % 12}批,PZ{n},{n % 700_000}.50,甲,乙" for n in range(500_000))
    (tmp_path / "账户流水.csv").write_text(header + "\n" + "\n".join(lines) + "\n", encoding="gb18030")
    gathering = tables._Gathering()
    for raw in readers.read_folder(tmp_path):
        gathering.add(raw, recognise(raw, dictionary()))
    ledger = gathering.whole(dictionary())["ledger"]
    assert len(ledger) == 500_000 and gathering.rejects == [] and gathering.notices == []
    assert ledger["amount"].iloc[123_456] == 33_456_56 and ledger["origin"].iloc[-1] == 500_001


def test_a_workbook_of_a_hundred_thousand_rows_is_read_whole(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "死亡.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("死亡登记")
    for r, row in enumerate(chain(DEATHS[:1], ((f"9990011950{n % 12 + 1:02d}{n % 28 + 1:02d}{n % 10000:04d}", f"张{n % 100}", f"2019年{n % 12 + 1}月{n % 28 + 1}日") for n in range(100_000)))):
        sheet.write_row(r, 0, row)
    book.close()
    (found,) = read_path(tmp_path / "死亡.xlsx")
    assert len(found.rows) == 100_000 and found.rows[-1] == 100_001
