"""The annual report as a Word document: headings, paragraphs, real tables, charts as pictures."""

import base64
import io
from datetime import datetime
from pathlib import Path

from bangfu.publish.html import particulars_of, read_for_publication
from bangfu.publish.masking import mask_id_numbers
from bangfu.publish.tables import WHOLE, em, shares
from bangfu.typography import chinese_marks
from bangfu.publish.words import word

# Chinese official documents: headings in 黑体 and 楷体, text in 仿宋 (GB/T 9704); each stands on every Windows and WPS.
_HEADING, _SECOND, _TEXT, _LATIN = "黑体", "楷体", "仿宋", "Times New Roman"
_MADE = datetime(2000, 1, 1)  # a document states when it was made; a run is named by its digest instead
_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "blockquote", "pre"}


def write_docx(executed_notebook: Path, out: Path, *, meta: dict, lang: str, edition: str) -> Path:
    """Write what an executed notebook shows as a Word document."""
    from docx import Document

    notebook = read_for_publication(executed_notebook)
    document = Document()
    report = Report(document, lang, public=edition == "public")
    report.page(meta, edition)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            report.html(_rendered(cell.source))
        elif cell.cell_type == "code":
            for output in cell.outputs:
                report.output(output.get("data", {}))
    properties = document.core_properties
    properties.title, properties.author, properties.comments = meta["title"], "", ""
    properties.created = properties.modified = _MADE
    document.save(str(out))
    without_times(Path(out))
    return Path(out)


def _rendered(markdown: str) -> str:
    from nbconvert.filters import markdown2html

    return markdown2html(markdown)


class Report:
    """One Word document in the making."""

    def __init__(self, document, lang: str, public: bool = True):
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm, Pt, RGBColor

        self.document, self.lang, self.public = document, lang, public
        self.align, self.pt, self.mm = WD_ALIGN_PARAGRAPH, Pt, Mm
        self.soft, self.red = RGBColor(0x56, 0x62, 0x6F), RGBColor(0x8C, 0x1C, 0x1C)
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = Mm(28), Mm(26), Mm(30), Mm(28)
        self._style("Normal", _TEXT, 12, RGBColor(0x1D, 0x27, 0x33))
        document.styles["Normal"].paragraph_format.line_spacing = 1.4
        document.styles["Normal"].paragraph_format.space_after = Pt(6)
        for level, (font, size) in {1: (_HEADING, 16), 2: (_SECOND, 14), 3: (_HEADING, 12)}.items():
            self._style(f"Heading {level}", font, size, RGBColor(0x1D, 0x27, 0x33))
            document.styles[f"Heading {level}"].paragraph_format.space_before = Pt(18 if level == 1 else 10)
            document.styles[f"Heading {level}"].paragraph_format.space_after = Pt(6)
            document.styles[f"Heading {level}"].paragraph_format.keep_with_next = True
        self._style("Title", _HEADING, 26, RGBColor(0x1D, 0x27, 0x33))
        self._plain_title()

    def _plain_title(self) -> None:
        """No rule under the title, and marks set as in Chinese of the mainland."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        for border in self.document.styles["Title"].element.iter(qn("w:pBdr")):
            border.getparent().remove(border)
        properties = self.document.styles["Normal"].element.get_or_add_rPr()
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
        properties.append(language)

    def _style(self, name: str, font: str, size: float, colour) -> None:
        from docx.oxml.ns import qn

        style = self.document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _LATIN, self.pt(size), colour
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
        fonts.set(qn("w:ascii"), _LATIN)
        fonts.set(qn("w:hAnsi"), _LATIN)

    def page(self, meta: dict, edition: str) -> None:
        """The cover, and the running header and footer with the page's number."""
        told = particulars_of(meta, self.lang, edition)
        for _ in range(5):
            self.document.add_paragraph()
        over = self.document.add_paragraph()
        over.add_run(told["over"]).font.color.rgb = self.red if edition == "internal" else self.soft
        self.document.add_paragraph(meta["title"], style="Title")
        for _ in range(9):
            self.document.add_paragraph()
        for term, value in told["particulars"]:
            line = self.document.add_paragraph()
            line.add_run(f"{term}　").font.color.rgb = self.soft
            line.add_run(value)
        self._small(word("report", "signal", self.lang))
        self.document.add_page_break()
        section = self.document.sections[0]
        section.different_first_page_header_footer = True
        header = section.header.paragraphs[0]
        run = header.add_run(told["full_title"])
        run.font.size, run.font.color.rgb = self.pt(9), self.soft
        footer = section.footer.paragraphs[0]
        footer.alignment = self.align.CENTER
        self.field(footer, "PAGE")

    def field(self, paragraph, instruction: str) -> None:
        """Writes a field that Word works out: PAGE, NUMPAGES."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        run = paragraph.add_run()
        for kind in ("begin", None, "end"):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.text = instruction
            run._r.append(part)
        run.font.size = self.pt(9)

    def output(self, data: dict) -> None:
        """What a cell shows: its table or sentence, else its chart as a picture."""
        if "text/html" in data:
            self.html(data["text/html"])
        elif "text/markdown" in data:
            self.html(_rendered(data["text/markdown"]))
        elif "image/png" in data:
            self.document.add_picture(io.BytesIO(base64.b64decode(data["image/png"])), width=self.mm(156))
            picture = self.document.paragraphs[-1]
            picture.alignment = self.align.CENTER
            picture._p.xpath(".//wp:docPr")[0].set("descr", str(data.get("text/plain", "")))

    def html(self, source: str) -> None:
        from lxml import html

        for element in html.fragments_fromstring(source):
            if isinstance(element, str):
                if element.strip():
                    self._paragraph(element)
            else:
                self._element(element)

    def _element(self, element) -> None:
        tag, classes = element.tag, (element.get("class") or "").split()
        if tag == "table":
            self._table(element)
        elif tag in ("h1", "h2", "h3", "h4", "h5"):
            self._heading(element, {"h1": 1, "h2": 1, "h3": 2}.get(tag, 3), classes)
        elif tag == "dl":
            self._terms(element, "figures" in classes)
        elif tag in ("ul", "ol"):
            for item in element.findall("li"):
                self._inline(self.document.add_paragraph(style="List Number" if tag == "ol" else "List Bullet"), item)
        elif tag == "p" and ("note" in classes or "empty" in classes):
            self._small(element.text_content())
        elif tag == "p" and "notice" in classes:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.left_indent = self.mm(6)
            run = paragraph.add_run(self._marks(element.text_content()))
            if "grave" in classes:
                run.bold, run.font.color.rgb = True, self.red
        elif tag in ("p", "pre", "blockquote"):
            self._inline(self.document.add_paragraph(), element)
        elif tag in ("div", "section", "article", "figure", "details"):
            for child in element:
                self._element(child)

    def _heading(self, element, level: int, classes: list[str]) -> None:
        if "card-title" not in classes:
            self.document.add_heading(self._marks(" ".join(element.text_content().replace("¶", "").split())), level)
            return
        marks = {name: " ".join(e.text_content() for e in element.xpath(f'.//*[contains(@class, "{name}")]'))
                 for name in ("badge", "number")}
        for extra in element.xpath('.//*[contains(@class, "badge") or contains(@class, "number") or contains(@class, "self")]'):
            extra.drop_tree() if not extra.tail else (extra.clear(keep_tail=True), extra.drop_tag())
        title = " ".join(element.text_content().split())
        told = " · ".join(filter(None, (marks["badge"], marks["number"])))
        self.document.add_heading(f"{title}({told})" if told else title, 3)

    def _terms(self, element, figures: bool) -> None:
        pairs = list(zip(element.iter("dt"), element.iter("dd")))
        if figures:
            table = self.document.add_table(rows=2, cols=len(pairs))
            for place, (term, value) in enumerate(pairs):
                figure = table.cell(0, place).paragraphs[0]
                run = figure.add_run(value.text or "")
                run.bold, run.font.size = True, self.pt(15)
                figure.add_run(" " + "".join(unit.text_content() for unit in value)).font.size = self.pt(9)
                small = table.cell(1, place).paragraphs[0].add_run(term.text_content())
                small.font.size, small.font.color.rgb = self.pt(9), self.soft
            self.document.add_paragraph()
            return
        for term, value in pairs:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = self.pt(1), 1.2
            paragraph.add_run(term.text_content() + "　").font.color.rgb = self.soft
            places = value.xpath('.//span[@class="place"]')
            text = "\n".join(p.text_content() for p in places) if places else value.text_content()
            paragraph.add_run(self._marks(text))

    def _table(self, element) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        caption = element.find("caption")
        if caption is not None:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = True
            paragraph.add_run(caption.text_content()).bold = True
        rows = element.xpath("./thead/tr") + element.xpath("./tbody/tr|./tr") + element.xpath("./tfoot/tr")
        width = max((len(r.xpath("./th|./td")) for r in rows), default=0)
        if not width:
            return
        table = self.document.add_table(rows=0, cols=width)
        table.autofit = False
        for column, width_mm in zip(table.columns, _widths(rows, width)):
            column.width = self.mm(round(width_mm))
        heads = len(element.xpath("./thead/tr"))
        for number, row in enumerate(rows):
            added = table.add_row()
            # Set once per row: `row.cells` walks the whole grid each time it is asked.
            cells = added.cells
            _rule(added, heavy=number == 0 or number + 1 == len(rows), top=number == 0, head=number < heads)
            for place, cell in enumerate(row.xpath("./th|./td")):
                places = cell.xpath('.//span[@class="place"]')
                text = "\n".join(p.text_content() for p in places) if places else cell.text_content()
                paragraph = cells[place].paragraphs[0]
                spacing = paragraph.paragraph_format
                spacing.space_before = spacing.space_after = self.pt(1.5)
                spacing.line_spacing = 1.15
                run = paragraph.add_run(self._marks(text))
                run.font.size = self.pt(9)
                run.bold = number < heads or cell.getparent().getparent().tag == "tfoot"
                if "num" in (cell.get("class") or "").split():
                    paragraph.alignment = self.align.RIGHT
            properties = added._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if number < heads:
                repeat = OxmlElement("w:tblHeader")
                repeat.set(qn("w:val"), "true")
                properties.append(repeat)
        self.document.add_paragraph().paragraph_format.space_after = self.pt(2)

    def _inline(self, paragraph, element, bold: bool = False) -> None:
        """A paragraph's text with what is strong in it."""
        if element.text:
            paragraph.add_run(self._marks(element.text)).bold = bold or None
        for child in element:
            if child.tag == "br":
                paragraph.add_run("\n")
            elif child.tag not in _BLOCKS or child.tag == "p":
                self._inline(paragraph, child, bold or child.tag in ("strong", "b"))
            if child.tail:
                paragraph.add_run(self._marks(child.tail)).bold = bold or None

    def _paragraph(self, text: str) -> None:
        self.document.add_paragraph(self._marks(text.strip()))

    def _small(self, text: str) -> None:
        run = self.document.add_paragraph().add_run(self._marks(text))
        run.font.size, run.font.color.rgb = self.pt(9), self.soft

    def _marks(self, text: str) -> str:
        text = mask_id_numbers(text) if self.public else text
        return chinese_marks(text) if self.lang == "zh" else text


_LINE = 156  # the text's width in millimetres
_CHARACTERS = 44  # Chinese characters of a table on it, with some to spare for wider fonts than ours


def _widths(rows, columns: int) -> list[float]:
    """Millimetres of each column."""
    texts, whole = [[] for _ in range(columns)], [True] * columns
    for row in rows:
        for place, cell in enumerate(row.xpath("./th|./td")):
            places = [p.text_content() for p in cell.xpath('.//span[@class="place"]')]
            texts[place].append(max(places, key=em) if places else cell.text_content())
            whole[place] &= cell.tag == "th" or bool(WHOLE & set((cell.get("class") or "").split()))
    return [_LINE * share for share in shares(texts, whole, _CHARACTERS)]


def _rule(row, heavy: bool, top: bool, head: bool) -> None:
    """Lines as in a printed table: heavy above and below, thin between, none upright."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in row._tr.tc_lst:
        borders = OxmlElement("w:tcBorders")
        for side in ("top", "bottom") if top else ("bottom",):
            line = OxmlElement(f"w:{side}")
            outer = heavy and (side == "top" or not head)
            for key, value in (("val", "single"), ("sz", "10" if outer else "4"), ("color", "1D2733" if outer or head else "C5CDD5")):
                line.set(qn(f"w:{key}"), value)
            borders.append(line)
        cell.get_or_add_tcPr().append(borders)


def without_times(path: Path) -> None:
    """Rewrites the document's archive without the times at which its parts were packed: the same report, the same bytes."""
    import zipfile

    with zipfile.ZipFile(path) as packed:
        parts = [(info.filename, packed.read(info)) for info in packed.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
