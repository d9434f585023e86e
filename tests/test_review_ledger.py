"""The ledger of problems: out as a workbook, edited, and read back with every check; nothing is lost."""

import shutil
import subprocess
from decimal import Decimal

import pandas as pd
import pytest
import xlsxwriter

from bangfu import cli, findings
from bangfu.findings import SCHEMA
from bangfu.intake import readers
from bangfu.problems import UnusableInput
from bangfu.review.entries import waiting
from bangfu.review.ledger import Edit, Ledger
from bangfu.review.ledger_book import write_ledger, write_refused
from bangfu.review.ledger_reading import read_ledger, refused_lines, take
from bangfu.review.life import FIELDS
from bangfu.review.store import Store

COUNTY = "999001"


def table(count: int = 4, **changed) -> pd.DataFrame:
    rows = [
        dict.fromkeys(SCHEMA.names)
        | {"finding_id": f"F{n}", "rule_id": "HP-01", "severity": "high", "title": "未结对", "title_en": "Not paired", "subject": f"H{n}", "condition": f"第{n}户没有帮扶人。", "condition_en": "x",
           "criteria": "标准", "criteria_en": "y", "amount": Decimal("1234.50") if n == 1 else None, "sources": [{"file": "贫困户.csv", "sheet": "", "row": n + 1}], "money_sources": [],
           "evidence": f"e{n}", "status": "new"}
        for n in range(1, count + 1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=SCHEMA.names).assign(**changed)


def ledger(tmp_path, rows: pd.DataFrame | None = None, went_by=()) -> Ledger:
    return Ledger(table() if rows is None else rows, Store(f"sqlite:///{tmp_path / 'reviews.sqlite'}", COUNTY), went_by, 2019, "云岭县")


def exported(tmp_path, of: Ledger | None = None, name: str = "台账.xlsx", **options):
    return write_ledger(tmp_path / name, of or ledger(tmp_path), **options)


def rewritten(path, change, name: str = "改.xlsx", sheets=None):
    """The workbook as another program would save it, with `change` applied to the rows (lists of texts, the head first) of the ledger."""
    out = path.with_name(name)
    book = xlsxwriter.Workbook(out)
    for raw in readers.read_file(path, path.parent):
        if not hasattr(raw, "columns") or (sheets and raw.sheet not in sheets):
            continue
        rows = [raw.row(at) for at in range(len(raw))]
        rows = change(rows) or rows if raw.sheet in ("问题台账", "Ledger of problems") else rows
        sheet = book.add_worksheet(raw.sheet)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    sheet.write(at, place, cell) if not isinstance(cell, str) else sheet.write_string(at, place, cell)
    book.close()
    return out


def fill(finding: str, **cells):
    """Fills cells of a finding's line, by header."""

    def change(rows):
        line = next(r for r in rows if r[0] == finding)
        for header, text in cells.items():
            if header not in rows[0]:
                rows[0] += [None] * (25 - len(rows[0])) + [header]
                for r in rows[1:]:
                    r += [None] * (len(rows[0]) - len(r))
            line[rows[0].index(header)] = text

    return change


def said(taken, read) -> list[str]:
    return [s.zh for s in read.notes] + [s.zh for _, s in refused_lines(taken, read)]


def imported(path, into: Ledger, by: str = "张审计"):
    return take(path, into, by)


# ---------------------------------------------------------------- out and back


def test_an_untouched_ledger_reads_back_as_no_edit(tmp_path):
    taken, read = imported(exported(tmp_path), ledger(tmp_path))
    assert (taken.entries, taken.unchanged, said(taken, read)) == ([], 4, [])


def test_the_ledger_shows_what_an_auditor_needs_and_is_the_same_each_time(tmp_path):
    path = exported(tmp_path)
    raw = next(r for r in readers.read_file(path, tmp_path) if getattr(r, "sheet", "") == "问题台账")
    line = dict(zip(raw.row(0), raw.row(1)))
    assert (line["疑点编号"], line["规则"], line["对象"], line["目前状态"], line["版本"], line["年度"]) == ("F1", "HP-01", "H1", "新发现", "0", "2019")
    assert line["证据"] == "贫困户.csv||2" and line["涉及金额(元)"] == "1234.5" and line["处理"] is None
    assert path.read_bytes() == exported(tmp_path, name="b.xlsx").read_bytes()


def test_an_edit_is_taken_with_who_when_and_on_what_evidence(tmp_path):
    own = ledger(tmp_path)
    taken, read = imported(rewritten(exported(tmp_path), fill("F2", 处理="属实", 核实说明="已入户核对", 责任单位和责任人="东镇 李镇长")), own)
    assert said(taken, read) == [] and taken.unchanged == 3
    (entry,) = own.store.entries()
    assert (entry.finding_id, entry.version, entry.was, entry.became, entry.evidence, entry.by, entry.year) == ("F2", 1, "new", "confirmed", "e2", "张审计", 2019)
    assert (entry.note, entry.responsible) == ("已入户核对", "东镇 李镇长") and entry.at.endswith("+00:00")
    assert own.state("F2") == "confirmed" and own.rows().set_index("finding_id").at["F2", "responsible"] == "东镇 李镇长"


def test_reading_the_same_file_twice_takes_nothing_twice(tmp_path):
    path, own = rewritten(exported(tmp_path), fill("F2", 处理="属实", 备注2="另有录音")), ledger(tmp_path)
    imported(path, own)
    taken, read = imported(path, own)
    assert taken.entries == [] and said(taken, read) == [] and len(own.store.entries()) == 1


def test_the_whole_life_of_a_finding_through_workbooks(tmp_path):
    own = ledger(tmp_path)
    steps = [
        ({"处理": "属实"}, "confirmed"),
        ({"处理": "已整改", "整改措施": "补结对", "责任单位和责任人": "东镇", "整改期限": "2020年6月30日"}, "rectified"),
        ({"处理": "已销号", "整改结果": "已补", "批准人或销号人": "王组长"}, "closed"),
        ({"处理": "反弹", "核实说明": "又断档"}, "reopened"),
    ]
    for number, (cells, state) in enumerate(steps):
        taken, read = imported(rewritten(exported(tmp_path, own, f"{number}.xlsx"), fill("F1", **cells)), own)
        assert said(taken, read) == [] and own.state("F1") == state
    assert [e.was for e in own.store.entries()] == ["new", "confirmed", "rectified", "closed"]
    assert own.store.entries()[1].deadline == own.store.entries()[3].deadline == "2020-06-30"


@pytest.mark.parametrize("written", ["2020-06-30", "2020/6/30", "2020年6月30日", "20200630", "44012", "\uff12\uff10\uff12\uff10-06-30", "2020-06-30 00:00:00"])
def test_dates_are_read_in_every_form_and_44012_is_excels_day_number_of_the_same_day(tmp_path, written):
    # day 1 is 1900-01-01 and 1900 counts as a leap year: 44012 - 43831 (2020-01-01) = 181 days after it = 30 June of a leap year
    own = ledger(tmp_path)
    imported(rewritten(exported(tmp_path), fill("F1", 处理="属实", 整改期限=written)), own)
    assert [e.deadline for e in own.store.entries()] == ["2020-06-30"]


def test_full_width_ids_headers_and_blanks_are_understood(tmp_path):
    def change(rows):
        fill("F3", 处理="\u3000不属实 ", 核实说明="核对无误", 年度="\uff12\uff10\uff11\uff19", 版本="\uff10")(rows)
        rows[0][0], rows[0][rows[0].index("处理")] = "疑点编号\u3000", "处\n理"
        next(r for r in rows if r[0] == "F3")[0] = "\uff46\uff13"

    own = ledger(tmp_path)
    taken, read = imported(rewritten(exported(tmp_path), change), own)
    assert said(taken, read) == [] and own.state("F3") == "rejected"


def test_columns_of_ones_own_are_kept_even_without_a_header(tmp_path):
    def change(rows):
        fill("F1", 处理="属实", 联系人="赵六")(rows)
        rows[1] += ["散记"]

    own = ledger(tmp_path)
    imported(rewritten(exported(tmp_path), change), own)
    assert sorted(own.store.entries()[0].more.values()) == ["散记", "赵六"] and "联系人" in own.store.entries()[0].more


# ---------------------------------------------------------------- what is refused, and said


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"处理": "已销号", "整改结果": "好", "批准人或销号人": "王"}, "目前是“新发现”，不能改为“已销号”，只能改为：属实、不属实、豁免"),
        ({"处理": "不属实"}, "须填写：核实说明"),
        ({"处理": "豁免", "核实说明": "经研究"}, "须填写：批准人或销号人"),
        ({"处理": "大概属实"}, "“大概属实”不是可选的内容"),
        ({"处理": "属实", "整改期限": "六月底"}, "“六月底”不是日期"),
        ({"版本": "7"}, "版本“7”不存在"),
        ({"版本": "一"}, "不是整数"),
        ({"年度": "2018"}, "是2018年度的疑点"),
        ({"对象": "H9"}, "疑点编号与规则、对象不符"),
        ({"证据摘要": "zz", "处理": "属实"}, "所依据的行在导出后有变化"),
    ],
)
def test_what_cannot_be_taken_is_said_with_its_row_and_kept(tmp_path, cells, sentence):
    from bangfu.typography import chinese_marks

    own = ledger(tmp_path)
    taken, read = imported(rewritten(exported(tmp_path), fill("F2", **cells)), own)
    (line,) = said(taken, read)
    assert "第3行" in line and chinese_marks(sentence) in chinese_marks(line) and own.store.entries() == []
    refused = write_refused(tmp_path / "未收.xlsx", read.heads, refused_lines(taken, read))
    kept = next(r for r in readers.read_file(refused, tmp_path) if hasattr(r, "columns"))
    assert set(cells.values()) <= set(kept.row(1))


def test_every_mistake_is_said_at_once_and_what_is_valid_is_taken(tmp_path):
    def change(rows):
        fill("F1", 处理="属实")(rows)
        fill("F2", 处理="不属实")(rows)
        fill("F3", 整改期限="下周")(rows)
        rows[4][0] = "F44"
        rows.append([None, None, "2019", None, None, "自己发现的"] + [None] * (len(rows[0]) - 6))

    own = ledger(tmp_path)
    taken, read = imported(rewritten(exported(tmp_path), change), own)
    told = said(taken, read)
    assert own.state("F1") == "confirmed" and len(own.store.entries()) == 1
    assert len(told) == 5
    assert any("F44" in s for s in told) and any("1行被删除或改了编号(F4)" in s for s in told) and any("没有疑点编号" in s for s in told)
    assert any("第3行" in s and "核实说明" in s for s in told) and any("下周" in s for s in told)


def test_a_deleted_row_is_noticed_and_changes_nothing(tmp_path):
    own = ledger(tmp_path)
    taken, read = imported(rewritten(exported(tmp_path), lambda rows: rows[:2] + rows[3:]), own)
    assert said(taken, read) == ["导出后有1行被删除或改了编号(F2),这些疑点保持原状。"] and own.state("F2") == "new"


def test_a_row_that_stands_twice_counts_once_if_equal_and_not_at_all_if_not(tmp_path):
    def equal(rows):
        fill("F1", 处理="属实")(rows)
        return [*rows, list(rows[1])]

    def unlike(rows):
        fill("F1", 处理="属实")(rows)
        other = list(rows[1])
        other[rows[0].index("处理")] = "豁免"
        return [*rows, other]

    own = ledger(tmp_path)
    taken, read = imported(rewritten(exported(tmp_path), unlike), own)
    assert len(said(taken, read)) == 2 and own.store.entries() == []
    taken, read = imported(rewritten(exported(tmp_path, name="c.xlsx"), equal, "d.xlsx"), own)
    assert len(taken.entries) == 1 and "只计一次" in said(taken, read)[0]


def test_a_decision_cannot_be_cleared_and_an_exemption_of_the_params_not_overruled(tmp_path):
    own = ledger(tmp_path, table(status=["new", "exempt", "new", "new"]))
    imported(rewritten(exported(tmp_path, own), fill("F1", 处理="属实")), own)
    again = exported(tmp_path, own, "b.xlsx")
    taken, read = imported(rewritten(again, fill("F1", 处理=None), "c.xlsx"), own)
    assert "不能清空" in said(taken, read)[0]
    taken, read = imported(rewritten(again, fill("F2", 处理="属实"), "d.xlsx"), own)
    assert "县参数" in said(taken, read)[0]


@pytest.mark.parametrize(("name", "content", "sentence"), [("a.xlsx", None, "没有找到"), ("a.xlsx", b"PK", "不是工作簿"), ("a.txt", b"x,y\n1,2\n", "没有“问题台账”表"), ("a.pdf", b"%PDF", "不是工作簿")])
def test_a_file_that_is_no_ledger_is_one_sentence(tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnusableInput) as wrong:
        read_ledger(tmp_path / name, ledger(tmp_path))
    assert sentence in wrong.value.say("zh")


def test_a_lost_column_and_a_ledger_of_another_county_are_said(tmp_path):
    path = rewritten(exported(tmp_path), lambda rows: [r[1:] for r in rows])
    with pytest.raises(UnusableInput, match="缺少列:疑点编号"):
        read_ledger(path, ledger(tmp_path))
    other = Ledger(table(), Store(f"sqlite:///{tmp_path / 'o.sqlite'}", "999002"), (), 2019)
    with pytest.raises(UnusableInput, match="县代码 999001"):
        read_ledger(exported(tmp_path, name="x.xlsx"), other)


# ---------------------------------------------------------------- two people


def test_of_two_edits_in_conflict_the_first_holds_and_the_other_is_kept_and_both_are_said(tmp_path):
    own = ledger(tmp_path)
    path = exported(tmp_path)
    imported(rewritten(path, fill("F1", 处理="属实", 核实说明="有底稿"), "a.xlsx"), own, "张审计")
    late = rewritten(path, fill("F1", 处理="不属实", 核实说明="户主在外"), "b.xlsx")
    taken, read = imported(late, own, "李审计")
    (told,) = said(taken, read)
    assert all(w in told for w in ("第2行", "张审计", "属实", "有底稿", "不属实", "户主在外", "待决"))
    assert own.state("F1") == "confirmed" and [e.note for e in waiting(own.history["F1"])] == ["户主在外"]
    imported(late, own, "李审计")
    assert len(own.store.entries()) == 2, "the waiting edit is kept once"
    shown = own.rows().set_index("finding_id").at["F1", "waiting"]
    assert "李审计" in shown and "户主在外" in shown
    imported(rewritten(exported(tmp_path, own, "c.xlsx"), fill("F1", 处理="不属实", 核实说明="议定"), "d.xlsx"), own, "王组长")
    assert own.state("F1") == "rejected" and waiting(own.history["F1"]) == []


def test_two_who_say_the_same_do_not_collide_nor_does_one_who_goes_on_editing(tmp_path):
    own, path = ledger(tmp_path), exported(tmp_path)
    imported(rewritten(path, fill("F1", 处理="属实"), "a.xlsx"), own, "张审计")
    taken, read = imported(rewritten(path, fill("F1", 处理="属实"), "b.xlsx"), own, "李审计")
    assert said(taken, read) == [] and taken.entries == []
    taken, read = imported(rewritten(path, fill("F1", 处理="属实", 核实说明="补充"), "c.xlsx"), own, "张审计")
    assert said(taken, read) == [] and own.version("F1") == 2
    taken, read = imported(rewritten(path, fill("F2", 处理="属实"), "e.xlsx"), own, "李审计")
    assert said(taken, read) == [] and own.state("F1") == "confirmed", "an untouched line of an old export changes nothing"


def test_two_edits_of_one_version_at_the_same_moment_are_a_conflict_too(tmp_path):
    first, second = ledger(tmp_path), ledger(tmp_path)
    edit = Edit("F1", 0, "e1", "confirmed", dict.fromkeys(FIELDS, ""), {}, ("第2行", "row 2"))
    assert len(first.take([edit], "张审计").entries) == 1
    late = second.take([Edit("F1", 0, "e1", "rejected", dict.fromkeys(FIELDS, "") | {"note": "不是"}), Edit("F2", 0, "e2", "confirmed", dict.fromkeys(FIELDS, ""))], "李审计")
    assert [e.finding_id for e in late.entries] == ["F2"] and "张审计" in late.conflicts[0][1].zh


# ---------------------------------------------------------------- after another run


def test_evidence_that_changed_leaves_the_columns_empty_and_an_old_export_is_refused(tmp_path):
    own = ledger(tmp_path)
    path = exported(tmp_path)
    imported(rewritten(path, fill("F1", 处理="属实", 核实说明="旧"), "a.xlsx"), own)
    after = ledger(tmp_path, table(evidence=["e9", "e2", "e3", "e4"], status=["reopened", "new", "new", "new"]), own.store.entries())
    row = after.rows().set_index("finding_id").loc["F1"]
    assert (row["now"], row["state"], row["note"], row["version"]) == ("reopened", "", "", 1)
    taken, read = imported(rewritten(path, fill("F1", 处理="豁免", 核实说明="x", 批准人或销号人="y"), "b.xlsx"), after)
    assert "请重新导出" in said(taken, read)[0]
    taken, read = imported(rewritten(exported(tmp_path, after, "n.xlsx"), fill("F1", 处理="属实"), "c.xlsx"), after)
    assert said(taken, read) == [] and after.state("F1") == "confirmed" and after.store.entries()[-1].evidence == "e9"


def test_a_vanished_finding_is_closed_by_a_person_with_result_and_name(tmp_path):
    own = ledger(tmp_path, table(status=["vanished", "new", "new", "new"]))
    taken, read = imported(rewritten(exported(tmp_path, own), fill("F1", 处理="已销号", 整改结果="原件已更正")), own)
    assert "批准人或销号人" in said(taken, read)[0]
    taken, read = imported(rewritten(exported(tmp_path, own, "b.xlsx"), fill("F1", 处理="已销号", 整改结果="原件已更正", 批准人或销号人="王组长"), "c.xlsx"), own)
    assert said(taken, read) == [] and own.state("F1") == "closed" and own.store.entries()[-1].was == "vanished"


# ---------------------------------------------------------------- through LibreOffice


def soffice(path, kind: str):
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        pytest.skip("LibreOffice is not installed (scripts/system-packages libreoffice)")
    home = path.parent / "profile"
    subprocess.run([program, f"-env:UserInstallation=file://{home}", "--headless", "--convert-to", kind, "--outdir", str(path.parent / kind), str(path)], check=True, capture_output=True, timeout=240)
    return path.parent / kind / f"{path.stem}.{kind}"


@pytest.mark.long
def test_a_ledger_edited_in_libreoffice_reads_back_without_loss(tmp_path):
    own = ledger(tmp_path)
    imported(rewritten(exported(tmp_path, own, "0.xlsx"), fill("F1", 处理="属实", 整改期限="2020-06-30", 核实说明="第一行\n第二行 <&>“引号”"), "1.xlsx"), own)
    path = exported(tmp_path, own)
    for kind in ("xlsx", "ods"):
        taken, read = imported(soffice(path, kind), own)
        assert (taken.entries, taken.unchanged, said(taken, read)) == ([], 4, []), kind
    # edited as LibreOffice itself writes it: the flat file is its own XML
    flat = soffice(path, "fods")
    text = flat.read_text(encoding="utf-8")
    assert text.count("第一行") == 1
    flat.write_text(text.replace("第一行", "改过的第一行"), encoding="utf-8")
    edited = soffice(soffice(flat, "ods"), "xlsx")
    taken, read = imported(edited, own)
    assert said(taken, read) == [] and [(e.finding_id, e.note, e.deadline) for e in taken.entries] == [("F1", "改过的第一行\n第二行 <&>“引号”", "2020-06-30")]


# ---------------------------------------------------------------- the commands


@pytest.fixture
def run_there(tmp_path, monkeypatch):
    """A county that was run: its params and its reports."""
    (tmp_path / "mine.yml").write_text('code: "999001"\nname: 云岭县\nraw: raw\npolicy: laizhou-2018-8\n', encoding="utf-8")
    folder = tmp_path / "reports" / COUNTY / "2019"
    folder.mkdir(parents=True)
    findings.write(table(), folder / "findings.parquet")
    return tmp_path


def bangfu(capsys, *words) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(w) for w in words])
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_export_and_import_as_commands_with_their_exit_statuses(run_there, capsys):
    at = ["--year", 2019, "--reports", run_there / "reports"]
    status, out, err = bangfu(capsys, "review", "export", run_there / "mine.yml", *at, "--to", run_there / "t.xlsx")
    assert status == 0 and "4个疑点" in out and err == ""
    assert bangfu(capsys, "review", "export", run_there / "mine.yml", *at, "--to", run_there / "t.xlsx")[0] == 2, "what may be filled in is not written over"
    good = rewritten(run_there / "t.xlsx", fill("F1", 处理="属实"), "good.xlsx")
    status, out, err = bangfu(capsys, "review", "import", run_there / "mine.yml", good, *at, "--by", "张审计")
    assert (status, err) == (0, "") and "已收1条" in out
    bad = rewritten(run_there / "t.xlsx", fill("F2", 处理="不属实"), "bad.xlsx")
    status, out, err = bangfu(capsys, "review", "import", run_there / "mine.yml", bad, *at, "--by", "张审计")
    assert status == 3 and "第3行" in err and "bad-未收.xlsx" in err and (run_there / "bad-未收.xlsx").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["export", "--to", "t.csv"], ".xlsx"),
        (["export", "--to", "t.xlsx", "--findings", "F9"], "没有疑点 F9"),
        (["export", "--to", "t.xlsx", "--rule", "HP-09"], "HP-09"),
        (["import", "nowhere.xlsx", "--by", "张"], "没有找到"),
        (["import", "nowhere.xlsx", "--by", " "], "--by"),
    ],
)
def test_wrong_words_are_one_sentence(run_there, capsys, monkeypatch, words, sentence):
    monkeypatch.chdir(run_there)
    status, _, err = bangfu(capsys, "review", words[0], "mine.yml", *words[1:], "--year", 2019, "--reports", "reports")
    assert status == 2 and sentence in err and "Traceback" not in err


def test_a_county_that_was_not_run_has_no_ledger(run_there, capsys):
    status, _, err = bangfu(capsys, "review", "export", run_there / "mine.yml", "--year", 2018, "--reports", run_there / "reports", "--to", run_there / "x.xlsx")
    assert status == 2 and "bangfu run" in err
