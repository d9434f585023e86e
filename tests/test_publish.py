"""Published reports: complete, safe to pass on, the same each time, and nothing in them reaches for the network."""

import gc
import re
import zipfile
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from xml.etree import ElementTree

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from bangfu import charts
from bangfu.publish import documents, figures, lab
from bangfu.publish.cards import Cards, CardsByRule, gravest_first
from bangfu.publish.documents import NotMade, publish_docx, publish_pdf
from bangfu.publish.html import publish_html
from bangfu.publish.masking import Masker, mask_account, mask_id_numbers, mask_name, mask_phone, mask_plate, mask_text
from bangfu.publish.tables import Figures, Notice, Table, shares
from bangfu.typography import chinese_marks
from bangfu.publish.workbook import write_workpapers

META = {"county": "云岭县", "code": "999001", "year": 2019, "run_id": "7f3a21c09b44", "policy": "示例政策包"}
ID = "999001197305250971"


def finding(**given) -> dict:
    return {"finding_id": "F1", "rule_id": "FE-01", "topic": "earmark", "severity": "high", "title": "改变资金用途",
            "title_en": "Purpose changed", "subject": "LS2019000465", "condition": "支出类别与专项用途不符。", "condition_en": "",
            "criteria": "FE-01。依据:甲办法。", "criteria_en": "FE-01. Basis: A.", "offence": "挪用", "amount": Decimal("1234.50"),
            "sources": [{"file": "资金/账户流水.csv", "sheet": "", "row": 12}], "status": "new"} | given


def ledger(*rows) -> pd.DataFrame:
    return pd.DataFrame([finding(**r) for r in rows])


THREE = ledger({"finding_id": "F1", "severity": "low", "amount": None},
               {"finding_id": "F2", "severity": "high", "amount": Decimal("5")},
               {"finding_id": "F3", "severity": "high", "amount": Decimal("900")})


# ------------------------------------------------------------------ masking

MASKER = Masker(names=["李德", "欧阳建国", "高"], internal=["999001000001", "999001004002"])


@pytest.mark.parametrize("said, published", [
    (f"成员证件号码{ID}与名册不符", "成员证件号码999001**********71与名册不符"),
    ("99900119740916297X", "999001**********7X"),
    ("99900119740916297x,", "999001**********7x,"),
    (f"ID{ID}", "ID999001**********71"),
    ("电话13769408727", "电话137****8727"),
    ("13769408727,13769408728", "137****8727,137****8728"),
    ("13769408727.2019年", "137****8727.2019年"),
    ("固话0531-87654321", "固话0531-******21"),
    ("一卡通621020215573356", "一卡通***********3356"),
    ("转入8800657609783301,再转出", "转入************3301,再转出"),
    ("6228731245063435112", "***************5112"),
    ("李德于2019-03-05领取", "李*于2019-03-05领取"),
    ("欧阳建国代签", "欧**代签"),
    ("名下云A12051轻型货车", "名下云A***51轻型货车"),
])
def test_personal_data_is_masked(said, published):
    assert MASKER.text(said) == published


@pytest.mark.parametrize("said", [
    "户编号999001000001,村代码999001004002", "金额1,234,567,890.12元", "合同金额12345678901.50元", "2019-03-05 15:14", "20190305151400",
    "记录Z20190011333", "报账单BZ201900358", "凭证记201706-4764", "流水LS2019000465", "帮扶人B00101033", "高于标准",
    "照片7ddd3278307ac1198b35d04f43e99be1", "占比93.333333333333%", "第12205行", "房权证3633329",
])
def test_amounts_dates_and_our_own_ids_stay(said):
    assert MASKER.text(said) == said


@pytest.mark.parametrize("subject, published", [
    ("999001000001|李德", "999001000001|李*"),
    (f"{ID}|学前教育助学金", "999001**********71|学前教育助学金"),
    ("621702939125015", "***********5015"),
    ("云岭县自然资源局", "云岭县自然资源局"),
    ("999001000001|退出", "999001000001|退出"),
    ("999001000777", "********0777"),  # not among our own ids: it may be an account
])
def test_subjects(subject, published):
    assert MASKER.subject(subject) == published


def test_each_kind_by_itself():
    assert [mask_name("李"), mask_name("李德"), mask_name("买买提·艾力")] == ["*", "李*", "买**"]
    assert [mask_phone("87654321"), mask_account("123"), mask_plate("云A12051")] == ["******21", "***", "云A***51"]
    assert mask_text("李德", names=["李德"]) == "李*" and mask_text("李德") == "李德"


def test_findings_are_masked_and_keep_the_rest():
    rows = ledger({"subject": f"{ID}|雨露计划", "condition": f"李德({ID})重复领取"})
    masked = MASKER.findings(rows)
    assert masked["subject"].tolist() == ["999001**********71|雨露计划"]
    assert masked["condition"].tolist() == ["李*(999001**********71)重复领取"]
    assert masked.drop(columns=["subject", "condition"]).equals(rows.drop(columns=["subject", "condition"]))
    assert rows["subject"].tolist() == [f"{ID}|雨露计划"]


def test_a_column_is_masked_by_its_kind():
    frame = pd.DataFrame({"name": ["李德", None], "account_no": ["621020215573356", None], "town": ["红溪镇", "红溪镇"]})
    masked = MASKER.frame(frame, {"name": "name", "account_no": "account"})
    assert masked["name"][0] == "李*" and pd.isna(masked["name"][1]) and masked["account_no"][0] == "***********3356"
    with pytest.raises(KeyError, match="passport"):
        MASKER.frame(frame, {"name": "passport"})


def test_names_of_units_are_no_personal_names():
    from types import SimpleNamespace as S

    columns = {"owner": S(personal="name"), "household_id": S(personal=None)}
    tables = {"accounts": pd.DataFrame({"owner": ["县财政局", "扶贫办", "张会", "云岭县财政局"], "household_id": ["999001000001"] * 4})}
    masker = Masker.of(tables, {"accounts": S(columns=columns)})
    assert masker.names == {"张会"} and masker.internal == {"999001000001"}


def test_masking_many_findings_leaves_figures_and_our_ids_alone():
    masker = Masker(names=[chr(0x5F20 + n % 90) + chr(0x4E00 + n) for n in range(8000)], internal=["999001000001"])
    sentence = "该户第3期(5-6月)应入户1次,实际0次,涉及指标ZB2019001,金额1,234.00元。"
    masked = masker.findings(pd.DataFrame({"subject": ["999001000001"] * 10_000, "condition": [sentence] * 10_000}))
    assert set(masked["subject"]) == {"999001000001"} and set(masked["condition"]) == {sentence}


# ------------------------------------------------------------------ figures, tables, cards

@pytest.mark.parametrize("written, expected", [
    (figures.yuan(123450), "1,234.50"), (figures.yuan(Decimal("1234.5")), "1,234.50"), (figures.yuan(None), "—"),
    (figures.yuan(pd.NA), "—"), (figures.yuan(-5), "-0.05"), (figures.wan(Decimal("9823456.7")), "982.35"),
    (figures.wan(1), "<0.01"), (figures.wan(0), "0.00"), (figures.percent(0.0481), "4.8%"), (figures.basis_points(3050), "30.5%"),
    (figures.basis_points(3000), "30%"), (figures.count(1234), "1,234"), (figures.count(pd.NA), "—"), (figures.number(2.50), "2.50"), (figures.wan(-1), ">-0.01"),
    (figures.day(date(2019, 3, 5)), "2019-03-05"), (figures.day(pd.Timestamp("2019-03-05 09:05")), "2019-03-05 09:05"),
    (figures.day(pd.NaT), "—"), (figures.text(None), "—"),
])
def test_figures(written, expected):
    assert written == expected


@pytest.mark.parametrize("amount", [1.5, True, "12"])
def test_an_amount_is_exact_or_refused(amount):
    with pytest.raises(TypeError):
        figures.yuan(amount)


def texts(html: str) -> list[list[str]]:
    """Rows of a table as lists of cell texts."""
    return [[re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", r)] for r in re.findall(r"<tr[^>]*>(.*?)</tr>", html)]


def test_table_writes_each_kind_and_sums():
    frame = pd.DataFrame({"town": ["甲镇", "乙<镇>"], "n": pd.array([3, None], dtype="Int64"),
                          "amount": pd.array([100050, 100], dtype="Int64"), "share": [0.5, None]})
    html = Table(frame, {"town": "镇街", "n": "户数", "amount": ("金额(元)", "yuan"), "share": ("占比", "share")}, total=["n", "amount"])._repr_html_()
    assert texts(html) == [["镇街", "户数", "金额(元)", "占比"], ["甲镇", "3", "1,000.50", "50.0%"], ["乙&lt;镇&gt;", "—", "1.00", "—"],
                           ["合计", "3", "1,001.50", ""]]


def test_figures_of_a_column_have_the_same_decimals():
    frame = pd.DataFrame({"deff": [0.6, 1.194, None], "minutes": [30.0, 2.0, 5.0]})
    assert texts(Table(frame)._repr_html_())[1:] == [["0.60", "30"], ["1.19", "2"], ["—", "5"]]


def test_a_long_table_says_how_many_more_there_are():
    html = Table(pd.DataFrame({"n": range(1200)}), limit=50)._repr_html_()
    assert len(texts(html)) == 51 and "另有 1,150 行未列出，全部 1,200 行见 workpapers.xlsx。" in html


def test_an_empty_table_is_a_sentence():
    assert Table(pd.DataFrame({"n": []}), caption="缺访")._repr_html_() == '<p class="empty"><strong>缺访</strong> 没有记录。</p>'
    assert "Nothing to list." in Cards(THREE.head(0), lang="en")._repr_html_()


def test_findings_come_gravest_first_then_by_amount():
    assert gravest_first(THREE)["finding_id"].tolist() == ["F3", "F2", "F1"]


def test_a_card_names_what_an_auditor_asks_for():
    html = Cards(ledger({}))._repr_html_()
    assert 'id="F1"' in html
    for said in ("改变资金用途", "LS2019000465", "支出类别与专项用途不符。", "FE-01。依据:甲办法。", "挪用", "1,234.50", "资金/账户流水.csv · 第12行", "重大"):
        assert said in re.sub(r"<[^>]+>", "", html)


def test_cut_cards_say_how_many_more_there_are():
    html = Cards(THREE, limit=2)._repr_html_()
    assert html.count("<article") == 2 and "以上按严重程度和金额列出 2 个，另有 1 个，全部 3 个见 workpapers.xlsx" in html


def test_cards_by_rule_anchor_each_finding():
    html = CardsByRule(pd.concat([THREE, ledger({"finding_id": "F9", "rule_id": "DQ-01", "severity": "medium"})]))._repr_html_()
    assert re.findall(r'<tr id="([^"]+)"', html) == ["F3", "F2", "F1", "F9"]


def test_an_offence_is_said_in_english():
    cards = CardsByRule(ledger({}), lang="en")._repr_html_()
    assert "Possible offence</dt><dd>Spent on another purpose" in cards and "挪用" not in cards


def test_english_falls_back_to_chinese():
    html = Cards(ledger({}), lang="en")._repr_html_()
    assert "Purpose changed" in html and "支出类别与专项用途不符。" in html and "row 12" in html


def test_what_a_finding_says_cannot_become_markup():
    html = Cards(ledger({"condition": "<script>alert(1)</script>", "subject": '"><b>'}))._repr_html_()
    assert "<script" not in html and "<b>" not in html


def test_printed_widths_give_figures_one_line_and_sentences_the_rest():
    given = shares([["BZ201900358"], ["一句很长的话" * 9], ["1,234.50"]], [True, False, True])
    assert sum(given) == pytest.approx(1) and given[1] > 0.6 and given[0] > given[2] > 0.08
    assert sum(shares([["甲" * 30]] * 4, [True] * 4)) == pytest.approx(1)


# ------------------------------------------------------------------ typography

@pytest.mark.parametrize("typed, set_", [
    ("共5条,其中重大2条;占40%,已核实", "共5条，其中重大2条；占40%，已核实"), ("合计1,234.50元", "合计1,234.50元"), ("15:14开始", "15:14开始"),
    ("到位7,057次(99.4%);23人缺访", "到位7,057次(99.4%)；23人缺访"), ("[54%, 68%]", "[54%, 68%]"),
    ("依据:《办法》", "依据：《办法》"), ("Lowest in 红溪镇, of all towns", "Lowest in 红溪镇, of all towns"),
])
def test_chinese_sentences_have_chinese_marks(typed, set_):
    assert chinese_marks(typed) == set_


# ------------------------------------------------------------------ HTML

def shown(thing, code="audit.summary()", tags=()):
    data = {kind: made for kind, method in (("text/html", "_repr_html_"), ("image/svg+xml", "_repr_svg_"))
            if hasattr(thing, method) and (made := getattr(thing, method)()) is not None}
    if (png := getattr(thing, "_repr_png_", lambda: None)()) is not None:
        import base64

        data["image/png"] = base64.b64encode(png).decode()
    return v4.new_code_cell(code, outputs=[v4.new_output("display_data", data=data | {"text/plain": repr(thing)})], metadata={"tags": list(tags)})


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """An executed notebook with one of everything that notebooks show."""
    styled = v4.new_code_cell("open()", outputs=[v4.new_output("display_data", data={"text/html": lab.style()}, metadata={"bangfu": lab.MARK})])
    loud = v4.new_code_cell("warn()", outputs=[v4.new_output("stream", name="stderr", text="FutureWarning: /home/somebody")])
    cells = [v4.new_markdown_cell("# 年度审计报告\n\n先说结论,再说数字。"), v4.new_code_cell("reports = '/somewhere'", metadata={"tags": ["injected-parameters"]}),
             styled, v4.new_markdown_cell("## 一、结论"), shown(Figures([("问题", "3", "条")])), shown(Notice("没有评估的规则有1条。", "absent")), loud,
             v4.new_markdown_cell("## 二、资金\n\n### 资金核对\n\n### 资金核对"),
             shown(charts.money_at_risk(pd.DataFrame({"label": ["挪用"], "amount": [Decimal("12.30")]})), code="charts.money_at_risk(x < 1)"),
             shown(Table(pd.DataFrame({"town": ["甲镇"], "amount": [Decimal("1.00")]}), caption="按镇街")),
             v4.new_markdown_cell("## 三、问题"), shown(CardsByRule(THREE)), shown(Cards(THREE)), shown(Cards(ledger({"finding_id": "F7", "subject": ID})))]
    path = tmp_path_factory.mktemp("run") / "annual_report.ipynb"
    book = v4.new_notebook(cells=cells, metadata={"papermill": {"start_time": "2020-01-01T00:00:00"}})
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(book, path)
    return path


@pytest.fixture(scope="module")
def page(notebook):
    return publish_html(notebook, notebook.with_suffix(".html"), meta=META)


class Loads(HTMLParser):
    """Everything in a page that a browser would fetch."""

    def __init__(self):
        super().__init__()
        self.found, self.ids, self.links = [], [], []

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.ids += [told["id"]] if "id" in told else []
        if tag == "a" and told.get("href", "").startswith("#"):
            self.links.append(told["href"][1:])
        self.found += [told[k] for k in ("src", "srcset", "poster", "data", "action") if k in told and not told[k].startswith("data:")]
        self.found += [told[k] for k in ("href", "xlink:href") if k in told and tag != "a" and not told[k].startswith("#")]
        self.found += re.findall(r"url\((?!#|data:)([^)]*)\)", told.get("style", ""))


def test_the_page_loads_nothing(page):
    html = page.read_text(encoding="utf-8")
    loads = Loads()
    loads.feed(html)
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, flags=re.S))
    assert loads.found == [] and "@import" not in styles and "url(" not in styles
    assert not re.findall(r"https?://(?!www\.w3\.org/)[^\s\"<]+", html)


def test_the_style_of_displays_stands_once_in_a_page_and_without_the_labs(page):
    html = page.read_text(encoding="utf-8")
    assert html.count(".badge.high {") == html.count("--navy: #") == html.count("<style>") == 1 and "jp-" not in html


def test_the_labs_style_is_that_of_pages_confined_to_outputs():
    styles = lab.style()
    displays = styles[styles.index(".jp-OutputArea-output.jp-RenderedHTMLCommon {"):]
    assert ".badge.high {" in displays and ".card {" in displays and styles.count("{") == styles.count("}") and "url(" not in styles


def test_every_anchor_stands_once_and_every_link_arrives(page):
    loads = Loads()
    loads.feed(page.read_text(encoding="utf-8"))
    assert len(loads.ids) == len(set(loads.ids))
    assert {"F1", "F2", "F3", "F7", "FE-01", "资金核对", "资金核对-2"} <= set(loads.ids) and set(loads.links) <= set(loads.ids)


def test_contents_list_the_headings_in_order(page):
    html = page.read_text(encoding="utf-8")
    nav = re.search(r"<nav.*?</nav>", html, flags=re.S).group(0)
    assert re.findall(r"<a [^>]*>(.*?)</a>", nav) == ["一、结论", "二、资金", "资金核对", "资金核对", "三、问题", "FE-01 改变资金用途"]
    assert nav.count("<ol>") == nav.count("</ol>") and nav.count("<li>") == nav.count("</li>")


def test_code_is_folded_and_parameters_and_warnings_are_gone(page):
    html = page.read_text(encoding="utf-8")
    assert "charts.money_at_risk(x &lt; 1)" in html and html.count('<details class="code">') > 3 and "<details open" not in html
    assert "/somewhere" not in html and "FutureWarning" not in html and "2020-01-01" not in html


def test_the_cover_names_county_year_edition_and_run(page):
    html = page.read_text(encoding="utf-8")
    cover = re.search(r'<header class="cover">.*?</header>', html, flags=re.S).group(0)
    for said in ("年度审计报告", "云岭县 999001", "2019", "示例政策包", "7f3a21c09b44", "公开版 · 个人信息已隐去"):
        assert said in cover
    assert html.count("<h1") == 1 and '<html lang="zh-CN">' in html


def test_no_id_number_is_left_in_a_public_page_but_in_an_internal_one(notebook, page, tmp_path):
    internal = publish_html(notebook, tmp_path / "i.html", meta=META, edition="internal").read_text(encoding="utf-8")
    assert ID not in page.read_text(encoding="utf-8") and "999001**********71" in page.read_text(encoding="utf-8")
    assert ID in internal and "含个人信息" in internal
    assert mask_id_numbers("999001000001 202001011200 99900119991301001X") == "999001000001 202001011200 99900119991301001X"


def test_the_same_notebook_gives_the_same_bytes(notebook, page, tmp_path):
    assert publish_html(notebook, tmp_path / "again.html", meta=META).read_bytes() == page.read_bytes()


def test_sentences_are_set_with_chinese_marks_but_titles_and_code_are_not(page):
    html = page.read_text(encoding="utf-8")
    assert "先说结论，再说数字。" in html and "x &lt; 1" in html


def test_a_page_in_english(notebook, tmp_path):
    html = publish_html(notebook, tmp_path / "en.html", meta=META | {"title": "Annual report"}, lang="en").read_text(encoding="utf-8")
    assert '<html lang="en">' in html and "Public edition" in html and ">Contents<" in html and "先说结论,再说数字。" in html


# ------------------------------------------------------------------ PDF and Word

def unpacked(pdf) -> bytes:
    """A PDF's objects, its compressed streams written out."""
    import zlib

    content = pdf.read_bytes()
    packed = re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", content, flags=re.S)
    return content + b"".join(zlib.decompressobj().decompress(p) for p in packed if p[:1] == b"x")


def test_making_a_pdf_leaves_the_collector_as_it_was(tmp_path, monkeypatch):
    weasyprint = pytest.importorskip("weasyprint", reason="Pango is not installed", exc_type=OSError)
    seen = []

    def write_pdf(self, out):
        seen.append(gc.isenabled())
        raise RuntimeError("no room")

    monkeypatch.setattr(weasyprint.HTML, "write_pdf", write_pdf)
    (tmp_path / "page.html").write_text("<html><head><style></style></head><body>1</body></html>", encoding="utf-8")
    for before in (True, False):
        (gc.enable if before else gc.disable)()
        try:
            with pytest.raises(RuntimeError):
                publish_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
            assert gc.isenabled() is before
        finally:
            gc.enable()
    assert seen == [False, False]


def test_pdf_is_complete_and_the_same_each_time(page, tmp_path):
    pytest.importorskip("weasyprint", reason="Pango is not installed", exc_type=OSError)
    first, second = publish_pdf(page, tmp_path / "a.pdf"), publish_pdf(page, tmp_path / "b.pdf")
    assert first.read_bytes() == second.read_bytes()
    objects = unpacked(first)
    assert b"CreationDate" not in objects and b"/Outlines" in objects and b"+Bangfu-Sans-SC" in objects
    assert b"Noto-Sans" not in objects


def test_without_pango_one_sentence_names_what_to_install(page, tmp_path, monkeypatch):
    import builtins

    real = builtins.__import__

    def without_pango(name, *args, **kwargs):
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(NotMade) as missing:
        publish_pdf(page, tmp_path / "a.pdf")
    assert missing.value.say() == ("没有生成 a.pdf：本机缺少 Pango，请安装（Debian：apt-get install libpango-1.0-0 libpangoft2-1.0-0）后重新运行，其余报告不受影响。")
    assert not (tmp_path / "a.pdf").exists()


def test_importing_documents_does_not_import_weasyprint():
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", "import sys, bangfu.publish.documents, bangfu.publish.html; print('weasyprint' in sys.modules)"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False" and documents.FONTS.joinpath("OFL.txt").exists()


def test_word_document_has_headings_real_tables_and_pictures(notebook, tmp_path):
    from docx import Document
    from docx.oxml.ns import qn

    out = publish_docx(notebook, tmp_path / "a.docx", meta=META | {"title": "年度审计报告"})
    document = Document(str(out))
    told = [p.text for p in document.paragraphs]
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == ["一、结论", "二、资金", "三、问题"]
    assert "年度审计报告" in told and any("先说结论，再说数字。" in t for t in told)
    tables = [[[c.text for c in r.cells] for r in t.rows] for t in document.tables]
    assert [["对象", "涉及金额(元)"]] != tables and any(t[-1] == ["甲镇", "1.00"] for t in tables)
    assert len(document.inline_shapes) == 1
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    assert ID not in "".join(told + [c for t in tables for r in t for c in r])
    assert out.read_bytes() == publish_docx(notebook, tmp_path / "b.docx", meta=META | {"title": "年度审计报告"}).read_bytes()


# ------------------------------------------------------------------ working papers

SPREAD = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheets(path) -> dict[str, list[list]]:
    """Sheet -> rows of cell values, and that no cell is a formula."""
    with zipfile.ZipFile(path) as book:
        shared = ["".join(t.text or "" for t in si.iter(f"{{{SPREAD['s']}}}t")) for si in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        names = [s.get("name") for s in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{{{SPREAD['s']}}}sheet")]
        found = {}
        for number, name in enumerate(names, start=1):
            root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert not list(root.iter(f"{{{SPREAD['s']}}}f"))
            found[name] = [[shared[int(v.text)] if c.get("t") == "s" else float(v.text) if (v := c.find("s:v", SPREAD)) is not None else None
                            for c in row if (v := c.find("s:v", SPREAD)) is not None or True] for row in root.iter(f"{{{SPREAD['s']}}}row")]
    return found


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    rows = pd.concat([THREE, ledger({"finding_id": "F4", "severity": "low", "amount": None, "subject": ID, "condition": "=HYPERLINK(1)",
                                     "sources": [{"file": "a.xlsx", "sheet": "甲", "row": 3}, {"file": "b.csv", "sheet": "", "row": 4}]})])
    rejects = pd.DataFrame({"file": ["a.xlsx"], "sheet": ["甲"], "row": [12], "column": ["脱贫时间"], "raw": ["+1"], "reason": ["不是日期"]})
    missing = pd.DataFrame({"rule_id": ["BE-08"], "title": ["医疗报销"], "reason": ["缺少表"]})
    rules = pd.DataFrame({"rule_id": ["FE-01"], "topic": ["earmark"], "severity": ["high"], "title": ["改变资金用途"], "basis": ["甲办法"], "parameters": ["-"]})
    helpers = pd.DataFrame({"helper_id": ["B1"], "role": ["第一帮扶责任人"], "visits_due": [6], "visits_missed": [2], "score": [62.5], "grade": ["基本称职"], "sanction": ["拟约谈本人"]})
    return write_workpapers(tmp_path_factory.mktemp("w") / "workpapers.xlsx", rows, meta=META, not_assessed=missing, rejects=rejects, rules=rules, helpers=helpers)


def test_working_papers_have_their_sheets_and_say_that_they_are_not_masked(papers):
    found = sheets(papers)
    assert list(found) == ["说明", "疑点清单", "帮扶责任人", "未评估", "未能识别", "规则目录", "证据"]
    head, row = found["帮扶责任人"]
    assert dict(zip(head, row)) == {"帮扶人编号": "B1", "责任人类别": "第一帮扶责任人", "应入户": 6.0, "缺访": 2.0, "得分": 62.5, "等次": "基本称职", "处理": "拟约谈本人"}
    assert any("内部工作底稿，含个人信息" in str(v) for row in found["说明"] for v in row)


def test_ledger_holds_every_finding_as_text_and_number(papers):
    head, *rows = sheets(papers)["疑点清单"]
    assert head[:3] == ["疑点编号", "规则", "疑点"] and head[-2:] == ["证据", "状态"]
    by_id = {r[0]: dict(zip(head, r)) for r in rows}
    assert list(by_id) == ["F3", "F2", "F1", "F4"]
    assert by_id["F3"]["涉及金额(元)"] == 900.0 and by_id["F1"]["涉及金额(元)"] is None
    assert by_id["F4"]["对象"] == ID and by_id["F4"]["事实"] == "=HYPERLINK(1)"
    assert by_id["F4"]["证据"] == "a.xlsx|甲|3\nb.csv||4"


def test_evidence_has_a_row_per_finding_and_source(papers):
    head, *rows = sheets(papers)["证据"]
    assert [r[0] for r in rows] == ["F3", "F2", "F1", "F4", "F4"] and rows[-1][-3:] == ["b.csv", "", 4.0]


def test_the_findings_are_filtered_under_a_frozen_head(papers):
    with zipfile.ZipFile(papers) as book:
        ledger_sheet = book.read("xl/worksheets/sheet2.xml").decode()
    assert "autoFilter" in ledger_sheet and 'state="frozen"' in ledger_sheet


def test_working_papers_are_the_same_each_time(papers, tmp_path):
    again = write_workpapers(tmp_path / "w.xlsx", THREE, meta=META)
    first = again.read_bytes()
    assert first == write_workpapers(tmp_path / "w.xlsx", THREE, meta=META).read_bytes()
    assert papers.read_bytes() != first


def test_working_papers_without_findings(tmp_path):
    head, *rows = sheets(write_workpapers(tmp_path / "w.xlsx", THREE.head(0), meta=META))["疑点清单"]
    assert rows == [] and head[0] == "疑点编号"
