"""A form as a Word document: ruled as official forms are, the recipient in the header and behind the text of each page."""

from datetime import datetime
from pathlib import Path

from bangfu.publish.papers.forms import Block, Form, Grid, Pairs
from bangfu.publish.word_report import Report, without_times
from bangfu.publish.words import word
from bangfu.typography import chinese_marks

_WHOLE = 6  # rows of a table that stays on one page
_MADE_AT = datetime(2000, 1, 1)  # a document states when it was made; a paper is known by its number instead


def write_form(form: Form, out: Path, *, recipient: str, lang: str = "zh") -> Path:
    """Writes a form for a recipient; the same form gives the same bytes."""
    from docx import Document

    document = Document()
    paper = _Paper(Report(document, lang, public=False), form, lang)
    paper.page(recipient)
    paper.title()
    for part in form.parts:
        {Pairs: paper.pairs, Block: paper.block, Grid: paper.grid}[type(part)](part)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = f"{form.name} {form.number}", "", ""
    properties.created = properties.modified = _MADE_AT
    out.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(out))
    without_times(out)
    return out


class _Paper:
    """One form in the making, in the house style of our Word documents."""

    def __init__(self, house: Report, form: Form, lang: str):
        self.house, self.form, self.lang = house, form, lang
        self.document = house.document
        section = self.document.sections[0]
        mm = house.mm
        if form.landscape:
            from docx.enum.section import WD_ORIENT

            section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, mm(297), mm(210)
        section.left_margin = section.right_margin = mm(20)
        section.top_margin, section.bottom_margin = mm(24), mm(20)
        self.width = (297 if form.landscape else 210) - 40

    def page(self, recipient: str) -> None:
        """What stands on each page: for whom, that it is not masked, the number; and the recipient's name behind the text."""
        section = self.document.sections[0]
        header = section.header.paragraphs[0]
        said = word("papers", "for_recipient", self.lang).format(recipient=recipient)
        run = header.add_run(f"{said}　{self.form.number}")
        run.font.size, run.font.color.rgb = self.house.pt(9), self.house.red
        header._p.append(_watermark(recipient))
        footer = section.footer.paragraphs[0]
        footer.alignment = self.house.align.CENTER
        self.house.field(footer, "PAGE")
        run = footer.add_run(" / ")
        run.font.size = self.house.pt(9)
        self.house.field(footer, "NUMPAGES")

    def title(self) -> None:
        heading = self.document.add_paragraph(style="Heading 1")
        heading.alignment = self.house.align.CENTER
        heading.paragraph_format.space_before = self.house.pt(0)
        heading.add_run(self.form.name).font.size = self.house.pt(20)

    def pairs(self, part: Pairs) -> None:
        table = self._table([0.17, 0.33, 0.17, 0.33])
        for at in range(0, len(part.pairs), 2):
            cells = table.add_row().cells
            for place, (label, text) in enumerate(part.pairs[at : at + 2]):
                self._label(cells[2 * place], label)
                self._write(cells[2 * place + 1], text)
        self._gap()

    def block(self, part: Block) -> None:
        table = self._table([0.17, 0.83])
        cells = table.add_row().cells
        self._label(cells[0], part.label)
        self._write(cells[1], part.text or "\n" * (part.lines - 1))
        self._gap()

    def grid(self, part: Grid) -> None:
        from docx.oxml import OxmlElement

        if part.label:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.keep_with_next, paragraph.paragraph_format.space_after = True, self.house.pt(2)
            run = paragraph.add_run(part.label)
            run.bold, run.font.size = True, self.house.pt(10.5)
        table = self._table(part.widths)
        head = table.add_row()
        for cell, text in zip(head.cells, part.heads, strict=True):
            self._label(cell, text)
        head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in part.rows:
            added = table.add_row()
            added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, text in zip(added.cells, row, strict=True):
                self._write(cell, text, small=True)
        if len(part.rows) <= _WHOLE:
            for row in table.rows[:-1]:
                for paragraph in row._tr.xpath(".//w:p"):
                    paragraph.get_or_add_pPr().get_or_add_keepNext()
        self._gap()

    def _table(self, shares):
        table = self.document.add_table(rows=0, cols=len(shares), style="Table Grid")
        table.autofit = False
        for column, share in zip(table.columns, shares, strict=True):
            column.width = self.house.mm(round(self.width * share))
        return table

    def _label(self, cell, text: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", "EEF1F4")):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
        run = self._tight(cell.paragraphs[0]).add_run(self._marks(text))
        run.bold, run.font.size = True, self.house.pt(9.5)

    def _write(self, cell, text: str, small: bool = False) -> None:
        for number, line in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            self._tight(paragraph).add_run(self._marks(line)).font.size = self.house.pt(9 if small else 10)

    def _tight(self, paragraph):
        spacing = paragraph.paragraph_format
        spacing.space_before = spacing.space_after = self.house.pt(2)
        spacing.line_spacing = 1.15
        return paragraph

    def _gap(self) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_after = self.house.pt(0)
        paragraph.paragraph_format.line_spacing = self.house.pt(8)

    def _marks(self, text: str) -> str:
        return chinese_marks(text) if self.lang == "zh" else text


def _watermark(text: str):
    """A run with the recipient's name behind the text of the page, slanted and pale, as Word itself writes watermarks."""
    from xml.sax.saxutils import quoteattr

    from docx.oxml import parse_xml

    width = min(60 * max(len(text), 3), 420)
    return parse_xml(
        '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas>'
        '<v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>'
        '<v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="PowerPlusWaterMarkObject1" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:{width}pt;height:70pt;'
        'rotation:315;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;'
        'mso-position-vertical-relative:margin" fillcolor="#e3e6ea" stroked="f"><v:fill opacity=".6"/>'
        f'<v:textpath style="font-family:&quot;SimHei&quot;;font-size:1pt" string={quoteattr(text)}/></v:shape></w:pict></w:r>'
    )
