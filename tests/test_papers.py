"""Working papers: the three forms from findings and by hand, in Word and Excel, for a named recipient."""

import zipfile
from decimal import Decimal

import pandas as pd
import pytest
import xlsxwriter
from docx import Document

from bangfu import cli, findings
from bangfu.findings import SCHEMA
from bangfu.intake import read_county, readers
from bangfu.params import read_pack
from bangfu.problems import WrongParams
from bangfu.publish.papers.case_file import read_case
from bangfu.publish.papers.issue import issue, recipient_of
from bangfu.publish.papers.matter import blank, of_findings
from bangfu.publish.papers.sheet_form import _spans
from bangfu.review.life import FIELDS
from handed_over import FILES, PARAMS, hand_over

PACK = read_pack("laizhou-2018-8")
CASE = """
title: 产业路工程款支付手续不全
unit: 东镇人民政府
facts:
  - {text: 支付工程款未附验收资料, about: 二标, voucher: 记-12, date: 2019年3月5日, amount: 1.2万元, attachments: 3}
  - {text: 发票抬头与合同不符, amount: "8,000"}
criteria: [县扶贫资金管理办法第八条]
cause: 审核流于形式
effect: 资金安全无从保证
recommendation: 补齐验收资料
amount: 20000
responsible: 李镇长
deadline: 2020-06-30
measure: 补验
evidence:
  - {name: 记账凭证, source: 第12号, date: 2019-03-05}
"""


@pytest.fixture
def county(tmp_path):
    hand_over(tmp_path / "raw")
    return read_county(str(tmp_path / "raw"))


def rows(**changed) -> pd.DataFrame:
    base = dict.fromkeys(SCHEMA.names) | dict.fromkeys(FIELDS, "")
    told = [
        {"finding_id": "F1", "rule_id": "HV-01", "topic": "visits", "title": "缺访", "title_en": "Missed", "subject": "B1", "condition": "缺访3次。", "condition_en": "3 missed.", "criteria": "每两月一次",
         "criteria_en": "every two months", "amount": None, "sources": [{"file": "走访记录.csv", "sheet": "", "row": 2}, {"file": "结对关系.csv", "sheet": "", "row": 2}], "now": "confirmed", "responsible": "东镇 李镇长"},
        {"finding_id": "F2", "rule_id": "HV-01", "topic": "visits", "title": "缺访", "title_en": "Missed", "subject": "B2", "condition": "缺访6次。", "condition_en": "6 missed.", "criteria": "每两月一次",
         "criteria_en": "every two months", "amount": None, "sources": [{"file": "结对关系.csv", "sheet": "", "row": 3}, {"file": "没有.csv", "sheet": "", "row": 9}], "now": "new"},
        {"finding_id": "F3", "rule_id": "RA-01", "topic": "reimbursement", "title": "重复报账", "title_en": "Twice", "subject": "BX1", "condition": "同一发票两次。", "condition_en": "x", "criteria": "不得重复",
         "criteria_en": "y", "amount": Decimal("1234.50"), "sources": [], "now": "new"},
    ]  # fmt: skip
    return pd.DataFrame([base | t for t in told]).assign(**changed)


def matters(county, lang: str = "zh"):
    return of_findings(rows(), PACK, county, code="999001", year=2019, name="云岭县", lang=lang)


def words_of(path) -> str:
    """Every word of a document's body."""
    document = Document(path)
    return "\n".join([*(p.text for p in document.paragraphs), *(c.text for t in document.tables for r in t.rows for c in r.cells)])


def header_of(path) -> str:
    with zipfile.ZipFile(path) as parts:
        return "".join(parts.read(n).decode() for n in parts.namelist() if n.startswith("word/header"))


def test_findings_become_a_matter_by_rule_with_their_rows_as_evidence(county):
    visits, claims = matters(county)
    assert [f.text for f in visits.facts] == ["F1 缺访3次。", "F2 缺访6次。"] and visits.criteria == ["每两月一次"] and visits.responsible == "东镇 李镇长"
    assert visits.state == "属实;新发现" and claims.amount == Decimal("1234.50") and visits.amount is None
    assert [(e.name, e.source) for e in visits.evidence] == [("走访记录", "走访记录.csv · 第2行"), ("结对关系", "结对关系.csv · 第2行"), ("结对关系", "结对关系.csv · 第3行"), ("没有.csv", "没有.csv · 第9行")]
    assert "记录编号 V1" in visits.evidence[0].content and visits.evidence[0].date == "2019-03-05"
    assert visits.cause == visits.effect == visits.recommendation == "", "what nobody said is not made up"


def test_numbers_are_the_same_for_the_same_matter_and_others_for_others(county):
    first, again = matters(county), matters(county)
    assert [m.number for m in first] == [m.number for m in again] and len({m.number for m in first}) == 2
    assert first[0].number.startswith("999001-2019-HV-01-")
    fewer = of_findings(rows().iloc[1:], PACK, county, code="999001", year=2019, name="云岭县")
    assert fewer[0].number != first[0].number


def test_each_form_holds_what_it_asks_for_and_each_page_names_the_recipient(county, tmp_path):
    written = issue(matters(county), tmp_path / "out", code="999001", year=2019, recipient="县纪委 王主任")
    names = {p.name for p in written}
    assert names == {f"A-{n} {form}.docx" for n in (1, 2) for form in ("审计取证单", "审计工作底稿")} | {"问题台账.docx", "汇总底稿.docx", "审计取证单.xlsx", "审计工作底稿.xlsx", "问题台账.xlsx"}
    slip = words_of(tmp_path / "out" / "A-1 审计取证单.docx")
    for asked in ("项目名称", "被审计单位", "编号", "审计事项", "凭证号", "日期", "金额(元)", "附件数", "附件清单", "属实", "基本属实", "不属实", "单位签章", "审计人员一", "审计人员二", "缺访3次", "走访记录.csv · 第2行"):
        assert asked.replace("(", "（").replace(")", "）") in slip or asked in slip, asked
    paper = words_of(tmp_path / "out" / "A-2 审计工作底稿.docx")
    for asked in ("审计期间", "过程记录", "标准", "事实", "原因", "影响", "处理意见和建议", "索引号", "编制人", "一级复核人", "三级复核人", "定性是否准确", "1,234.50", "A-2", "DG-999001-2019-RA-01-"):
        assert asked in paper, asked
    ledger = words_of(tmp_path / "out" / "问题台账.docx")
    for asked in ("问题", "依据", "金额", "责任单位和责任人", "整改期限", "整改措施", "整改结果", "重复报账", "东镇 李镇长"):
        assert asked in ledger, asked
    for path in written:
        if path.suffix == ".docx":
            header = header_of(path)
            assert header.count("县纪委 王主任") >= 2 and "未脱敏" in header and "v:textpath" in header, path.name
        else:
            with zipfile.ZipFile(path) as parts:
                sheets = [parts.read(n).decode() for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
            assert sheets and all("<oddHeader>" in s and "县纪委 王主任" in s.split("<oddHeader>")[1] for s in sheets), path.name


def test_excel_forms_say_the_same_as_word(county, tmp_path):
    issue(matters(county), tmp_path / "out", code="999001", year=2019, recipient="王 & 李")
    sheets = {s.sheet: "\n".join(t for at in range(len(s)) for t in s.row(at) if t) for s in readers.read_file(tmp_path / "out" / "审计工作底稿.xlsx", tmp_path / "out") if hasattr(s, "columns")}
    assert list(sheets) == ["A-1 审计工作底稿", "A-2 审计工作底稿"] and "缺访6次" in sheets["A-1 审计工作底稿"] and "1,234.50" in sheets["A-2 审计工作底稿"]
    with zipfile.ZipFile(tmp_path / "out" / "问题台账.xlsx") as parts:
        assert "王 &amp;&amp; 李" in parts.read("xl/worksheets/sheet1.xml").decode(), "in a header of a sheet & begins a code and is doubled"


def test_the_same_papers_are_the_same_bytes(county, tmp_path):
    first = issue(matters(county), tmp_path / "a", code="999001", year=2019, recipient="王")
    second = issue(matters(county), tmp_path / "b", code="999001", year=2019, recipient="王")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_in_english_the_forms_have_english_labels(county, tmp_path):
    issue(matters(county, "en"), tmp_path / "out", code="999001", year=2019, recipient="Wang", lang="en")
    text = words_of(tmp_path / "out" / "A-1 Audit working paper.docx")
    assert all(w in text for w in ("Criteria", "Condition", "Cause", "Effect", "Recommendation", "3 missed.", "every two months"))


def test_blank_forms_are_forms_to_write_on(tmp_path):
    issue([blank(2019, "云岭县")], tmp_path / "out", code="999001", year=2019, recipient="县审计局")
    text = words_of(tmp_path / "out" / "A-1 审计取证单.docx")
    assert "云岭县2019年度结对帮扶审计" in text and "审计事实" in text and "QZ-" not in text


# ---------------------------------------------------------------- by hand


def as_workbook(path, pairs, facts=None, evidence=None):
    book = xlsxwriter.Workbook(path)
    for name, lines in (("案件", pairs), ("审计事实", facts), ("证据", evidence)):
        if lines:
            sheet = book.add_worksheet(name)
            for at, line in enumerate(lines):
                sheet.write_row(at, 0, line)
    book.close()
    return path


def test_a_case_in_yaml_and_in_a_workbook_is_the_same_matter(tmp_path):
    (tmp_path / "case.yml").write_text(CASE, encoding="utf-8")
    pairs = [("审计事项", "产业路工程款支付手续不全"), ("被审计单位", "东镇人民政府"), ("标准", "县扶贫资金管理办法第八条"), ("原因", "审核流于形式"), ("影响", "资金安全无从保证"), ("建议", "补齐验收资料"),
             ("涉及金额", "2万元"), ("责任单位和责任人", "李镇长"), ("整改期限", "2020.6.30"), ("整改措施", "补验")]  # fmt: skip
    facts = [("事实", "对象", "凭证号", "日期", "金额", "附件数"), ("支付工程款未附验收资料", "二标", "记-12", "20190305", 12000, 3), ("发票抬头与合同不符", "", "", "", 8000, "")]
    evidence = [("名称", "来源", "时间"), ("记账凭证", "第12号", "2019-03-05")]
    by_yaml = read_case(tmp_path / "case.yml").matter("999001", 2019, "云岭县")
    assert by_yaml.project == "云岭县2019年度结对帮扶审计" and by_yaml.facts[0].amount == Decimal("12000.00") and by_yaml.facts[0].date == "2019-03-05" and by_yaml.amount == Decimal("20000.00") and by_yaml.deadline == "2020-06-30"
    assert read_case(as_workbook(tmp_path / "case.xlsx", pairs, facts, evidence)).matter("999001", 2019, "云岭县") == by_yaml


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        ("unit: x\n", ["缺少键“title”"]),
        ("title: x\ncauses: y\n", ["causes", "cause"]),
        ("title: x\namount: 很多\ndeadline: 六月\nfacts: [{text: a, date: 明天}]\n", ["“很多”不对,应为金额", "“六月”不对,应为日期", "facts[1].date"]),
    ],
)
def test_every_mistake_in_a_case_is_said(tmp_path, content, sentences):
    (tmp_path / "case.yml").write_text(content, encoding="utf-8")
    with pytest.raises(WrongParams) as wrong:
        read_case(tmp_path / "case.yml")
    assert all(any(s in one.zh for one in wrong.value.sentences) for s in sentences)


def test_mistakes_in_a_workbook_are_said_too(tmp_path):
    with pytest.raises(WrongParams) as wrong:
        read_case(as_workbook(tmp_path / "c.xlsx", [("审计事项", "x"), ("原由", "y")], [("事实", "凭证"), ("a", "b")]))
    assert any("第2行" in s.zh and "原由" in s.zh for s in wrong.value.sentences) and any("凭证" in s.zh and "凭证号" in s.zh for s in wrong.value.sentences)
    with pytest.raises(WrongParams, match="找不到"):
        read_case(tmp_path / "none.xlsx")


# ---------------------------------------------------------------- issued to somebody


@pytest.mark.parametrize("name", ["", "  ", "长" * 41])
def test_papers_are_for_somebody(name):
    with pytest.raises(WrongParams, match="recipient"):
        recipient_of(name)


def test_papers_of_two_recipients_do_not_mix(county, tmp_path):
    issue(matters(county), tmp_path / "out", code="999001", year=2019, recipient="王")
    with pytest.raises(WrongParams, match="空文件夹"):
        issue(matters(county), tmp_path / "out", code="999001", year=2019, recipient="李")


@pytest.mark.parametrize(("widths", "columns"), [((0.06, 0.36, 0.16, 0.12, 0.1, 0.12, 0.08), 7), ((0.04, 0.16, 0.2, 0.09, 0.09, 0.09, 0.1, 0.08, 0.06, 0.09), 10), ((1.0,), 1)])
def test_columns_of_a_form_share_the_sheet_whole(widths, columns):
    spans = _spans(widths)
    assert len(spans) == columns and sum(spans) == 24 and min(spans) >= 1


@pytest.fixture
def run_there(tmp_path, monkeypatch):
    hand_over(tmp_path / "raw", FILES)
    (tmp_path / "mine.yml").write_text(PARAMS, encoding="utf-8")
    folder = tmp_path / "reports" / "999001" / "2019"
    folder.mkdir(parents=True)
    table = rows()[SCHEMA.names].assign(money_sources=[[] for _ in range(3)], status="new", evidence="e", severity="high")
    findings.write(table, folder / "findings.parquet")
    (tmp_path / "case.yml").write_text(CASE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def bangfu(capsys, *words) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(w) for w in words])
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_the_command_makes_papers_of_findings_of_a_rule_of_a_case_and_blank(run_there, capsys):
    for number, (words, count) in enumerate([(["--findings", "F1,F3", "--reports", "reports"], 9), (["--rule", "HV-01", "--case", "case.yml", "--reports", "reports"], 9), (["--case", "case.yml"], 7), ([], 7)]):
        status, out, err = bangfu(capsys, "papers", "mine.yml", "--year", 2019, *words, "--recipient", "县纪委 王主任", "--to", f"out{number}")
        assert (status, err) == (0, "") and len(list((run_there / f"out{number}").iterdir())) == count and "王主任" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--findings", "F9", "--reports", "reports"], "没有疑点 F9"),
        (["--rule", "HV-99", "--reports", "reports"], "HV-99"),
        (["--rule", "HV-01"], "--reports"),
        (["--case", "none.yml"], "none.yml"),
        (["--recipient", " "], "--recipient"),
        (["--to", "raw"], "空文件夹"),
    ],
)
def test_wrong_words_are_one_sentence(run_there, capsys, words, sentence):
    status, _, err = bangfu(capsys, "papers", "mine.yml", "--year", 2019, "--recipient", "王", "--to", "out", *words)
    assert status == 2 and sentence in err and "Traceback" not in err
