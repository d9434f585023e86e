"""A county-year of one household as small CSV files, to be spoiled by tests; and small workbooks."""

from pathlib import Path

import xlsxwriter

from bangfu.intake import dictionary, read_county, readers
from bangfu.intake.raw import RawSheet
from bangfu.intake.sheets import recognise

PARAMS = 'code: "999001"\nname: 云岭县\nraw: raw\npolicy: laizhou-2018-8\n'

FILES = {
    "行政村.csv": "行政村代码,镇街,行政村,是否贫困村,总户数,总人口\n999001001001,东镇,甲村,是,300,900\n",
    "贫困户.csv": (
        "户编号,行政村代码,镇街,行政村,户主姓名,户主证件号码,联系电话,家庭人口数,贫困户属性,主要致贫原因,识别时间,脱贫状态,脱贫时间,不愁吃,不愁穿,义务教育,基本医疗,住房安全,饮水安全,一卡通账号\n"
        "H1,999001001001,东镇,甲村,张三,999001195001011235,无,1,一般贫困户,因病,2016-01-05,未脱贫,,是,是,是,是,是,是,6210000000000001\n"
    ),
    "家庭成员.csv": (
        "户编号,姓名,证件号码,与户主关系,性别,出生日期,在校生状况,健康状况,残疾等级,劳动能力,参加基本医疗保险\n"
        "H1,张三,999001195001011235,户主,男,1950-01-01,非在校生,健康,,普通劳动力,是\n"
    ),
    "帮扶责任人.csv": "帮扶人编号,姓名,证件号码,工作单位,职务,联系方式\nB1,王五,999001198002022255,县财政局,科员,无\nB2,赵六,999001197503033310,县农业局,科员,无\n",
    "结对关系.csv": (
        "户编号,贫困户姓名,帮扶人编号,帮扶责任人姓名,责任人类别,结对开始时间,结对结束时间,调整备案时间\n"
        "H1,张三,B1,王五,第一帮扶责任人,2018-01-01,,\nH1,张三,B2,赵六,第二帮扶责任人,2018-01-01,,\n"
    ),
    "走访记录.csv": (
        "记录编号,户编号,帮扶人编号,走访时间,走访方式,帮扶内容,贫困户签字,帮扶人签字,见证人,录入时间,照片指纹\n"
        "V1,H1,B1,2019-03-05 09:30,入户,讲解政策,是,是,,2019-03-05,ab12\n"
    ),
}  # fmt: skip
REQUIRED = {"行政村": "villages", "贫困户": "households", "家庭成员": "members", "帮扶责任人": "helpers", "结对关系": "pairings", "走访记录": "visits"}


def hand_over(folder: Path, files: dict[str, str | bytes] | None = None) -> Path:
    """Writes raw files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (FILES if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


# The columns of a small table of funds, one row of it, and a register of deaths.
FUNDS = ["指标编号", "资金来源", "下达时间", "下达金额"]
ROW = ["F1", "中央", "2019-03-05", "100"]
DEATHS = [["证件号码", "姓名", "死亡日期"], ["999001195001011235", "张三", "2019-03-05"]]


def workbook(path: Path, sheets: dict[str, list[list]], **options) -> Path:
    """A workbook of rows of cells; datetimes get a date format, None stays empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm", **options})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell is not None:
                    sheet.write(r, c, cell)
    book.close()
    return path


def read_rows(rows: list[list], tmp_path: Path, sheet: str = "Sheet1", headers=None):
    """One sheet of a workbook as it is recognised."""
    return read_path(workbook(tmp_path / "raw" / "a.xlsx", {sheet: rows}), headers)[0]


def read_path(path: Path, headers=None) -> list:
    """What one file holds: recognised tables (None for sheets that are none), with notices left out."""
    return [recognise(item, dictionary(headers)) for item in readers.read_file(path, path.parent) if isinstance(item, RawSheet)]


def read(tmp_path: Path, extra: dict[str, str | bytes] | None = None, headers=None):
    """The small county with more files beside its own."""
    return read_county(str(hand_over(tmp_path / "raw", FILES | (extra or {}))), headers)
