"""The house style of charts: one font, few colours that also read in grey, values written beside what they measure."""

import io
import re
from contextlib import contextmanager
from functools import cached_property, lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure

from bangfu.publish.tables import em
from bangfu.typography import chinese_marks

INK, SOFT, FAINT, RULE = "#1d2733", "#5c6875", "#8a95a1", "#d9dfe5"
NAVY, BLUE, PALE = "#1f3f66", "#5f86ad", "#c6d5e4"
GRAVE = "#8c1c1c"
# Dark, middle, light: three steps that stay apart in grey and for colour-blind readers.
SEVERITY = {"high": GRAVE, "medium": "#d27338", "low": "#ecc877"}
LIKERT = {1: "#a63a2b", 2: "#dd9a80", 3: "#d8dadc", 4: "#8fb1cf", 5: "#2a5c8d"}
WIDTH = 7.6  # inches: the text width of an A4 page at 96 pixels an inch, and of the reports' column

SETTINGS = {
    "font.family": ["Bangfu Sans SC", "DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.labelsize": 8.5,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "axes.formatter.use_locale": False,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 9,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 1.2,
    "legend.handleheight": 0.9,
    "legend.columnspacing": 1.4,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "bangfu",
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
}


@lru_cache
def load_fonts() -> None:
    """Makes the fonts of the reports known to Matplotlib, once."""
    for font in sorted(files("bangfu.publish").joinpath("fonts").iterdir(), key=lambda f: f.name):
        if font.name.endswith(".otf"):
            font_manager.fontManager.addfont(str(font))


@contextmanager
def house_style():
    """Matplotlib's settings for the length of one chart; the session's own are left as they were."""
    import logging
    import warnings

    load_fonts()
    # A character that no bundled font has is drawn as a box: in a chart that is no reason to stop or to warn.
    fonts_log = logging.getLogger("matplotlib.font_manager")
    level = fonts_log.level
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        fonts_log.setLevel(logging.ERROR)
        try:
            yield
        finally:
            fonts_log.setLevel(level)


class Chart:
    """A chart of a report: a notebook shows it as SVG (and keeps a PNG for Word); without data it is a sentence.

    title: what the data say; alt: the same figures in words for who cannot see the chart.
    """

    def __init__(self, figure: Figure | None, title: str, alt: str = ""):
        self.figure, self.title, self.alt = figure, chinese_marks(title), chinese_marks(alt or title)

    def __repr__(self) -> str:
        return self.title

    @cached_property
    def svg(self) -> str | None:
        """The chart as an SVG element: glyphs as outlines, ids of its own, no date, nothing to load."""
        if self.figure is None:
            return None
        with house_style():
            out = io.StringIO()
            self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
        svg = out.getvalue()[out.getvalue().index("<svg"):]
        svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.S)
        mark = "c" + sha256(svg.encode()).hexdigest()[:8]
        svg = re.sub(r'\bid="', f'id="{mark}-', svg)
        svg = re.sub(r'(href="|url\()#', rf"\1#{mark}-", svg)
        return re.sub(r"<svg([^>]*)>",
                      lambda tag: f'<svg class="chart" role="img" aria-labelledby="{mark}-t"{tag.group(1)}>'
                                  f'<title id="{mark}-t">{escape(self.alt)}</title>', svg, count=1)

    def _repr_svg_(self) -> str | None:
        return self.svg

    def _repr_png_(self) -> bytes | None:
        if self.figure is None:
            return None
        with house_style():
            out = io.BytesIO()
            # Packed lightly: packing it to the utmost takes a third of the time of the picture and saves a seventh of its size.
            self.figure.savefig(out, format="png", dpi=200, metadata={"Software": None}, pil_kwargs={"compress_level": 1})
        return out.getvalue()

    def _repr_html_(self) -> str | None:
        return None if self.figure is not None else f'<p class="empty">{escape(self.title)}</p>'


def no_data(what: str, lang: str) -> Chart:
    """The sentence that stands where a chart has nothing to show."""
    return Chart(None, f"{what}: no data, so there is no chart." if lang == "en" else f"{what}:没有可供制图的数据。")


HEADING = 0.58  # inches that a title of one line and its subtitle take
TITLE_LINE = 0.2


def draw(title: str, subtitle: str, height: float, *, width: float = WIDTH, left: float = 1.6, right: float = 0.55,
         bottom: float = 0.45, top: float = 0.0):
    """A figure with its title and subtitle at the left edge, and one axes below them; lengths in inches."""
    lines = wrapped(chinese_marks(title), width * 72 / 11.5 - 1)
    whole = height + HEADING + TITLE_LINE * (len(lines) - 1) + top + bottom
    figure = Figure(figsize=(width, whole))
    entitle(figure, lines, subtitle)
    axes = figure.add_axes((left / width, bottom / whole, (width - left - right) / width, height / whole))
    return figure, axes


def entitle(figure: Figure, lines: list[str], subtitle: str) -> None:
    """The title (what the data say) and the subtitle (what is measured, in which unit) of a chart."""
    whole, left = figure.get_figheight(), 0.03 / figure.get_figwidth()
    for place, line in enumerate(lines):
        figure.text(left, 1 - (0.05 + TITLE_LINE * place) / whole, line, size=11.5, weight="bold", va="top")
    figure.text(left, 1 - (0.09 + TITLE_LINE * len(lines)) / whole, chinese_marks(subtitle), size=8.5,
                color=SOFT, va="top")


def wrapped(text: str, width: float) -> list[str]:
    """A title in lines no wider than `width` characters, broken after a mark or blank where there is one."""
    lines, line = [], ""
    for character in text:
        if line and em(line + character) > width:
            marks = [line.rfind(mark) for mark in ",;:\uff0c\uff1b\uff1a "]
            cut = max(marks) + 1 if max(marks) > len(line) / 2 else len(line)
            lines.append(line[:cut].rstrip())
            line = line[cut:].lstrip()
        line += character
    return lines + [line]


def shorten(label, limit: float = 16) -> str:
    """A label cut to the width of `limit` Chinese characters."""
    text = chinese_marks(str(label))
    if em(text) <= limit:
        return text
    while text and em(text) > limit - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def label_inches(labels, size: float = 9, limit: float = 16) -> float:
    """The width that the longest of these labels needs beside an axis, in inches."""
    return max((em(shorten(label, limit)) for label in labels), default=0) * size / 72 + 0.18


def row_height(rows: int, usual: float = 0.27) -> float:
    """Inches of one row, so that as many as there are stand on one page of A4."""
    return min(usual, 9.4 / max(rows, 1))
