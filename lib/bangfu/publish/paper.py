"""A published page made ready for paper: charts as pictures with words in them, long contents in two columns, short bookmarks."""

import re
from base64 import b64encode
from html import escape, unescape

from bangfu.publish.html import plain

_CHART = re.compile(r'<svg class="chart".*?</svg>', re.S)
# How Matplotlib writes words: as a comment, then the outline of each letter at a hundred units to the em, upside down.
_WORDS = re.compile(r'<!-- ([^<>]*) -->\s*<g (style="[^"]*" )?transform="([^"]*)scale\(([\d.]+) -([\d.]+)\)">\s*(<defs>.*?</defs>\s*)?((?:<use [^>]*/>\s*)+)</g>', re.S)
_LETTER = re.compile(r'<use xlink:href="#\w+-BangfuSansSC-(Regular|Bold)-\w+"(?: transform="translate\(([-\d.]+) ([-\d.]+)\)")?/>')
_LONG_CONTENTS = re.compile(r"(<details><summary>[^<]*</summary>)<ol>(.*?)</ol>(?=</details>)", re.S)
_CARD_TITLE = re.compile(r'<h3 ([^>]*class="card-title"[^>]*)>(.*?)</h3>', re.S)


def on_paper(page: str) -> str:
    """The page as it is printed; it looks the same, and what WeasyPrint would take longest for is written in another way."""
    return _bookmark_labels(_contents_in_two_columns(_CHART.sub(lambda chart: _picture(chart.group(0)), page)))


def settled(css: str) -> str:
    """A style sheet with the values of its variables in their place, the last given of each: a browser looks them up at no cost,
    WeasyPrint reads the rule anew for each style that a page has. Variables of single elements stay."""
    given = dict(re.findall(r"(--[\w-]+): ([^;}]+)", css))
    return re.sub(r"var\((--[\w-]+)(?:, [^()]*)?\)", lambda use: given.get(use.group(1), use.group(0)), css)


def _picture(chart: str) -> str:
    """A chart as a picture within the page: part of it, its hundreds of elements would each be given a style as a paragraph is."""
    title = re.search(r"<title\b[^>]*>(.*?)</title>", chart, flags=re.S)
    svg = _WORDS.sub(_written, chart)
    return f'<img class="chart" alt="{title.group(1) if title else ""}" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'


def _written(words: re.Match) -> str:
    """Outlines of letters as these letters, each in its place, in the same font: they can be searched for and copied, and are drawn
    in a fraction of the time. Words with letters of another font stay outlines."""
    said, style, before, wide, high, outlines, uses = words.groups()
    said, letters = unescape(said), _LETTER.findall(uses)
    if not len(letters) == uses.count("<use ") == len(said) or len({face for face, _, _ in letters}) > 1:
        return words.group(0)
    across, up = (" ".join(number) for number in zip(*((x or "0", f"{0 - float(y or 0):g}") for _, x, y in letters)))
    # The outlines stay defined: other words of the chart may be drawn with them.
    return (f'{outlines or ""}<text {style or ""}xml:space="preserve" font-family="Bangfu Sans SC" font-weight="{700 if letters[0][0] == "Bold" else 400}" '
            f'font-size="100" transform="{before}scale({wide} {high})" x="{across}" y="{up}">{escape(said)}</text>')


def _contents_in_two_columns(page: str) -> str:
    """Many entries under one heading as two lists side by side: WeasyPrint finds the height of columns by trial, in a contents that it
    lays out three times until the page numbers stand."""
    def halves(found: re.Match) -> str:
        entries = found.group(2).split("</li>")[:-1]
        half = (len(entries) + 1) // 2
        return found.group(1) + "".join(f"<ol>{''.join(f'{entry}</li>' for entry in part)}</ol>" for part in (entries[:half], entries[half:]))

    return _LONG_CONTENTS.sub(halves, page)


def _bookmark_labels(page: str) -> str:
    """Findings' headings with their words alone as bookmark, without badge and count."""
    return _CARD_TITLE.sub(lambda m: f'<h3 {m.group(1)} data-label="{escape(plain(m.group(2)))}">{m.group(2)}</h3>', page)
