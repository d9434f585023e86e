"""Forms as a workbook, a sheet each: the recipient's name in the first line and in the header of each printed page."""

from collections.abc import Sequence
from pathlib import Path

from bangfu.publish.papers.forms import Block, Form, Grid, Pairs
from bangfu.publish.words import word
from bangfu.publish.workbook import CELL, new_book, row_height
from bangfu.typography import chinese_marks

_HAND = 21  # points of the lowest line: many are filled in by hand
_COLUMNS = 24  # a sheet's grid: every width of a form is a share of it
_WIDTH = {False: 3.8, True: 5.5}  # characters of one of them, upright and landscape


def write_forms(forms: Sequence[tuple[str, Form]], out: Path, *, recipient: str, lang: str = "zh") -> Path:
    """Writes forms (sheet name, form) as one workbook; the same forms give the same bytes."""
    book = new_book(out, forms[0][1].name)
    styles = _styles(book)
    for name, form in forms:
        _Sheet(book.add_worksheet(name[:31]), styles, form, recipient, lang).write()
    book.close()
    return out


def _styles(book) -> dict:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
    line = {"border": 1, "border_color": "#5B6670"}
    return {
        "warning": book.add_format({**base, "bold": True, "font_color": "#8C1C1C"}),
        "title": book.add_format({**base, "bold": True, "font_size": 18, "align": "center"}),
        "part": book.add_format({**base, "bold": True}),
        "label": book.add_format({**base, **line, "bold": True, "bg_color": "#EEF1F4"}),
        "text": book.add_format({**base, **line, "valign": "top", "num_format": "@"}),
    }


class _Sheet:
    """One form on a sheet, written from top to bottom."""

    def __init__(self, sheet, styles: dict, form: Form, recipient: str, lang: str):
        self.sheet, self.styles, self.form, self.lang, self.at = sheet, styles, form, lang, 0
        self.said = word("papers", "for_recipient", lang).format(recipient=recipient)

    def write(self) -> None:
        sheet = self.sheet
        sheet.set_column(0, _COLUMNS - 1, _WIDTH[self.form.landscape])
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape() if self.form.landscape else sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        # In a header & begins a code; a header ends at 255 characters.
        sheet.set_header("&L&9" + f"{self.said} {self.form.number}".replace("&", "&&")[:240])
        sheet.set_footer("&C&P / &N")
        self._line([(_COLUMNS, f"{self.said}　{self.form.number}", "warning")])
        self._line([(_COLUMNS, self.form.name, "title")])
        for part in self.form.parts:
            {Pairs: self._pairs, Block: self._block, Grid: self._grid}[type(part)](part)

    def _pairs(self, part: Pairs) -> None:
        for at in range(0, len(part.pairs), 2):
            pair = [*part.pairs[at : at + 2], ("", "")][:2]
            self._line([cell for label, text in pair for cell in ((4, label, "label"), (8, text, "text"))])

    def _block(self, part: Block) -> None:
        self._line([(4, part.label, "label"), (20, part.text or "\n" * (part.lines - 1), "text")])

    def _grid(self, part: Grid) -> None:
        if part.label:
            self._line([(_COLUMNS, part.label, "part")])
        spans = _spans(part.widths)
        self._line([(s, h, "label") for s, h in zip(spans, part.heads, strict=True)])
        if not part.label:
            self.sheet.repeat_rows(self.at - 1)
            self.sheet.freeze_panes(self.at, 0)
        for row in part.rows:
            self._line([(s, t, "text") for s, t in zip(spans, row, strict=True)])

    def _line(self, cells: list[tuple[int, str, str]]) -> None:
        """A row of (columns it spans, text, style)."""
        place = 0
        for span, text, style in cells:
            text = (chinese_marks(text) if self.lang == "zh" else text)[:CELL]
            if span > 1:
                self.sheet.merge_range(self.at, place, self.at, place + span - 1, "", self.styles[style])
            self.sheet.write_string(self.at, place, text, self.styles[style])
            place += span
        tall = row_height([(text, span * _WIDTH[self.form.landscape]) for span, text, _ in cells])
        self.sheet.set_row(self.at, max(tall, 32 if any(style == "title" for _, _, style in cells) else _HAND))
        self.at += 1


def _spans(widths: Sequence[float]) -> list[int]:
    """How many columns of the grid each column takes: one at least, together all of them."""
    spans = [max(1, round(w * _COLUMNS / sum(widths))) for w in widths]
    while sum(spans) != _COLUMNS:
        step = 1 if sum(spans) < _COLUMNS else -1
        at = max(range(len(spans)), key=lambda i: (widths[i] * _COLUMNS - spans[i]) * step if spans[i] + step >= 1 else -_COLUMNS)
        spans[at] += step
    return spans
