"""A page made ready for paper: the words of charts are words, contents in two columns keep their order, nothing is lost."""

import re
from base64 import b64decode
from decimal import Decimal
from xml.etree import ElementTree

import pandas as pd
import pytest

from bangfu import charts
from bangfu.publish.documents import publish_pdf
from bangfu.publish.html import MANY, _contents
from bangfu.publish.paper import on_paper, settled

SVG = "{http://www.w3.org/2000/svg}"


def chart(*labels: str):
    return charts.money_at_risk(pd.DataFrame({"label": labels, "amount": [Decimal("12000.00")] * len(labels)}))


def pictured(page: str) -> ElementTree.Element:
    """The one chart of a page on paper."""
    (data,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', on_paper(page))
    return ElementTree.fromstring(b64decode(data))


def test_words_of_a_chart_are_written_each_letter_in_its_place():
    drawn = chart("挪用", "虚报冒领 A&B")
    words = re.findall(r"<!-- (.*?) -->", drawn.svg)
    written = pictured(drawn.svg).findall(f".//{SVG}text")
    assert [w.text for w in written] == [w.replace("&amp;", "&") for w in words] and {"挪用", "虚报冒领 A&B"} <= {w.text for w in written}
    (two,) = [w for w in written if w.text == "挪用"]
    # A Chinese letter is as wide as its font is high: a hundred units.
    assert [float(x) for x in two.get("x").split()] == [0, 100] and {float(y) for y in two.get("y").split()} == {0}
    assert all(len(w.get("x").split()) == len(w.get("y").split()) == len(w.text) for w in written)
    # Their place and size are those of the outlines, which stand upside down in Matplotlib's picture.
    turned = re.search(r'<!-- 挪用 -->\s*<g [^>]*transform="([^"]*)"', drawn.svg).group(1)
    assert two.get("transform") == re.sub(r" -(?=[\d.]+\)$)", " ", turned)
    assert [w.get("font-weight") for w in written].count("700") == 1  # the title
    assert not [u for u in pictured(drawn.svg).iter(f"{SVG}use") if "Bangfu" in u.get("{http://www.w3.org/1999/xlink}href")]


def test_words_with_a_letter_of_another_font_stay_outlines_that_are_defined():
    drawn = chart("挪用", "用ᴀ用", "--用")  # the second with a letter that only DejaVu has; of the third a comment cannot tell the dashes
    picture = pictured(drawn.svg)
    assert "挪用" in {w.text for w in picture.iter(f"{SVG}text")} and not {"用ᴀ用", "--用"} & {w.text for w in picture.iter(f"{SVG}text")}
    wanted = {u.get("{http://www.w3.org/1999/xlink}href")[1:] for u in picture.iter(f"{SVG}use")}
    assert any("DejaVu" in name for name in wanted) and any("Bangfu" in name for name in wanted)
    assert wanted <= {element.get("id") for element in picture.iter()}


def test_a_chart_says_in_words_what_it_shows():
    drawn = chart('挪用"甲"')
    (alt,) = re.findall(r'<img class="chart" alt="([^"]*)"', on_paper(drawn.svg))
    assert "挪用&quot;甲&quot;" in alt


def test_variables_of_the_sheet_have_their_last_value_and_those_of_elements_stay():
    said = settled(":root { --a: 1px; --sans: Song, serif; } :root { --a: 2px; } p { margin: var(--a, 9px); font: 8pt var(--sans, x) } col { width: var(--w) }")
    assert said.endswith("p { margin: 2px; font: 8pt Song, serif } col { width: var(--w) }")


@pytest.mark.parametrize(("entries", "lists"), [(MANY, [MANY]), (MANY + 1, [6, 5]), (MANY + 2, [6, 6])])
def test_many_entries_of_the_contents_stand_in_two_columns_one_after_the_other(entries, lists):
    page = _contents([(2, "top", "六、重大疑点")] + [(3, f"F{n}", f"第{n}条") for n in range(entries)], "zh")
    paper = on_paper(page)
    assert re.findall(r'href="#(\w+)"', paper) == ["top"] + [f"F{n}" for n in range(entries)]
    inner = re.findall(r"<ol>((?:(?!<ol>).)*?)</ol>", paper)
    assert [part.count("<li>") for part in inner] == lists and paper.count("<li>") == paper.count("</li>") == entries + 1
    assert paper.count("<ol>") == paper.count("</ol>") == len(lists) + 1


def test_a_pdf_with_charts_and_long_contents_is_made_without_complaint(tmp_path, caplog):
    pytest.importorskip("weasyprint", reason="Pango is not installed", exc_type=OSError)
    entries = "".join(f'<h3 id="F{n}">第{n}条</h3>' for n in range(12))
    contents = _contents([(2, "top", "六、重大疑点")] + [(3, f"F{n}", f"第{n}条") for n in range(12)], "zh")
    (tmp_path / "a.html").write_text(f'<html><head><style></style></head><body>{contents}<main><h2 id="top">六、重大疑点</h2>{entries}'
                                     f'<figure class="chart">{chart("挪用", "用ᴀ用").svg}</figure></main></body></html>', encoding="utf-8")
    made = publish_pdf(tmp_path / "a.html", tmp_path / "a.pdf").read_bytes()
    assert made.startswith(b"%PDF") and not [r for r in caplog.records if r.name.startswith("weasyprint")]
