"""A helper's year as a picture: months across, households down, duty against record; drawn as SVG by itself, some hundred times as fast as a chart.

What is kept, missed, excused and not due differs in fill, border and sign, never in colour alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from bangfu.charts.style import FAINT, GRAVE, INK, NAVY, RULE, SOFT
from bangfu.publish.tables import em
from bangfu.typography import chinese_marks

_LEFT, _MONTH, _RIGHT, _LANE, _GAP = 208, 42, 48, 22, 7
_WIDTH = _LEFT + 12 * _MONTH + _RIGHT
_MODES = {"home": ("入户", "visit"), "telephone": ("电话", "call")}
_HATCH = f'<pattern id="calendar-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/><rect width="1.6" height="5" fill="{FAINT}"/></pattern>'


@dataclass(frozen=True)
class Line:
    """A household in the picture: its label, heading (said once above the lines that share it), its periods (mode, first, last month,
    state) and contacts (mode, month, paired, n)."""

    label: str
    heading: str
    periods: Sequence[tuple[str, int, int, str]]
    contacts: Sequence[tuple[str, int, bool, int]]


class Calendar:
    """The picture; a page shows it as SVG with the same figures in words for who cannot see it."""

    def __init__(self, title: str, body: list[str], height: int, legend: str, name: str):
        self.title = chinese_marks(title)
        self.svg = (
            f'<svg class="chart calendar" role="img" aria-label="{escape(self.title)}" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" xmlns="http://www.w3.org/2000/svg" font-size="11" fill="{INK}">'
            f"<title>{escape(self.title)}</title><defs>{_HATCH.replace('calendar-hatch', name)}</defs>{legend}{''.join(body)}</svg>"
        )

    def __repr__(self) -> str:
        return self.title

    def _repr_html_(self) -> str:
        return f'<figure class="chart">{self.svg}</figure>'


def lines(periods: pd.DataFrame, contacts: pd.DataFrame, rows: Iterable[tuple[str | None, str, str, str]]) -> list[Line]:
    """The lines of a picture. periods, contacts: columns of `assessment.months`, of one helper. rows: (role, household_id, label, heading);
    role None for households that are not the helper's."""
    of_pair: dict[tuple, list] = {}
    for role, home, *period in _tuples(periods, "role", "household_id", "mode", "first", "last", "state"):
        of_pair.setdefault((role, home), []).append(tuple(period))
    of_home: dict[str, list] = {}
    for home, *contact in _tuples(contacts, "household_id", "mode", "month", "paired", "n"):
        of_home.setdefault(home, []).append(tuple(contact))
    return [Line(label, heading, of_pair.get((role, home), []), of_home.get(home, [])) for role, home, label, heading in rows]


def _tuples(frame: pd.DataFrame, *columns: str):
    return zip(*(frame[c].tolist() for c in columns), strict=True)


def duty_calendar(drawn: Sequence[Line], year: int, *, lang: str = "zh", name: str = "calendar-hatch") -> Calendar:
    """The picture of these lines. name: of its hatching, of its own where a page has several pictures."""
    body, y, heading = [], 62, None
    for line in drawn:
        if line.heading != heading:
            heading = line.heading
            body.append(_text(4, y + 12, heading, "start", 'font-weight="600"'))
            y += 20
        lanes = [m for m in _MODES if m == "home" or any(p[0] == m for p in line.periods) or any(c[0] == m for c in line.contacts)]
        for place, mode in enumerate(lanes):
            if place == 0:
                body.append(_text(4, y + 15, _cut(line.label, 13.2), "start"))
            body.append(_text(_LEFT - 8, y + 15, _MODES[mode][lang == "en"], "end", f'fill="{SOFT}"'))
            body += _lane(line, mode, y, lang, name)
            y += _LANE
        y += _GAP
        body.append(f'<path d="M0 {y - _GAP / 2}H{_WIDTH}" stroke="{RULE}"/>')
    return Calendar(_title(drawn, year, lang), [*_months(y, lang), *body], y + 4, _legend(lang, name), name)


def _lane(line: Line, mode: str, y: int, lang: str, name: str) -> list[str]:
    """The periods and contacts of one household and mode, and how many of how many were kept."""
    out, filled, kept, due = [], set(), 0, 0
    for _, first, last, state in (p for p in line.periods if p[0] == mode):
        out.append(_box(state, _LEFT + (first - 1) * _MONTH, (last - first + 1) * _MONTH, y, lang, name))
        filled |= set(range(first, last + 1)) if state == "kept" else set()
        kept += state == "kept"
        due += state != "excused"
    mine = [c for c in line.contacts if c[0] == mode]
    both = {m for _, m, paired, _ in mine if paired} & {m for _, m, paired, _ in mine if not paired}
    for _, month, paired, n in mine:
        x = _LEFT + (month - 0.5) * _MONTH
        if paired:
            out.append(_text(x - 9 * (month in both), y + 15, str(n), "middle", f'fill="{"#fff" if month in filled else INK}"'))
        else:
            x += 10 * (month in both)
            out += [_diamond(x, y + _LANE / 2), _text(x, y + 14.5, str(n), "middle", 'font-size="9"')]
    if due:
        out.append(_text(_WIDTH - 4, y + 15, f"{kept}/{due}", "end", 'font-weight="600"' if kept < due else ""))
    return out


def _box(state: str, left: float, width: float, y: float, lang: str, name: str) -> str:
    """The box of a period: filled, framed or hatched, with its sign."""
    box = f'<rect x="{left + 2:g}" y="{y + 2:g}" width="{width - 4:g}" height="{_LANE - 4}" rx="2" '
    if state == "kept":
        return f'{box}fill="{NAVY}"/>'
    middle, sign = left + width / 2, _SIGNS[state][lang == "en"]
    if state == "missed":
        return f'{box}fill="#fff" stroke="{GRAVE}" stroke-width="2"/>' + _text(middle, y + 15, sign, "middle", f'fill="{GRAVE}" font-weight="700"')
    blank = f'<rect x="{middle - 8:g}" y="{y + 4:g}" width="16" height="{_LANE - 8}" fill="#fff"/>'
    return f'{box}fill="url(#{name})" stroke="{FAINT}"/>{blank}' + _text(middle, y + 15, sign, "middle")


_SIGNS = {"missed": ("缺", "M"), "excused": ("假", "L")}


def _diamond(x: float, y: float) -> str:
    return f'<path d="M{x} {y - 9.5}l9.5 9.5l-9.5 9.5l-9.5 -9.5z" fill="#fff" stroke="{INK}" stroke-width="1.2"/>'


def _months(y: int, lang: str) -> list[str]:
    """The heads of the months and, behind everything, the lines between them."""
    heads = [_text(_LEFT + (m - 0.5) * _MONTH, 50, f"{m}月" if lang == "zh" else f"{m}", "middle", f'fill="{SOFT}"') for m in range(1, 13)]
    heads.append(_text(_WIDTH - 4, 50, "做到/应做" if lang == "zh" else "kept/due", "end", f'fill="{SOFT}" font-size="10"'))
    rules = "".join(f"M{_LEFT + m * _MONTH} 56V{y - _GAP / 2}" for m in range(13))
    return [f'<path d="{rules}" stroke="{RULE}" stroke-dasharray="1 2" fill="none"/>', *heads]


_LEGEND = {
    "kept": ("做到(数字为次数)", "kept (number of contacts)"),
    "missed": ("应做未做", "missed"),
    "excused": ("批准请假,不计", "approved leave, not due"),
    "": ("空白:不应做,黑字为另有的次数", "blank: not due"),
    "outside": ("结对期外或非结对户", "outside any pairing"),
}


def _legend(lang: str, name: str) -> str:
    """What each sign means; a blank is what was not due."""
    x, out = 4.0, []
    for sign, words in _LEGEND.items():
        said = chinese_marks(words[lang == "en"])
        if sign == "outside":
            out += [_diamond(x + 10, 18), _text(x + 10, 21.5, "1", "middle", 'font-size="9"')]
        elif sign:
            out.append(f'<g transform="translate({x - 2:g} 7)">{_box(sign, 0, 28, 0, lang, name)}</g>')
        if sign == "kept":
            out.append(_text(x + 12, 22, "1", "middle", 'fill="#fff"'))
        x += 28 if sign else 0
        out.append(_text(x, 22, said, "start", f'fill="{SOFT}" font-size="10"'))
        x += em(said) * 10 + 12
    return "".join(out)


def _title(drawn: Sequence[Line], year: int, lang: str) -> str:
    """The picture in words."""
    count = {(mode, state): sum(p[0] == mode and p[3] == state for line in drawn for p in line.periods) for mode in _MODES for state in ("kept", "missed", "excused")}
    outside = sum(n for line in drawn for _, _, paired, n in line.contacts if not paired)
    due = {m: count[m, "kept"] + count[m, "missed"] for m in _MODES}
    leave = sum(count[m, "excused"] for m in _MODES)
    if lang == "en":
        return f"{year}: home visits due {due['home']}, kept {count['home', 'kept']}; calls due {due['telephone']}, kept {count['telephone', 'kept']}; periods on leave {leave}; contacts outside any pairing {outside}"
    return f"{year}年:应入户{due['home']}次,做到{count['home', 'kept']}次;应电话{due['telephone']}次,做到{count['telephone', 'kept']}次;请假不计{leave}个时段;结对期外或非结对户联系{outside}次"


def _text(x: float, y: float, said: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" {more}>{escape(said)}</text>'


def _cut(label: str, limit: float) -> str:
    """A label cut to the width of so many Chinese characters."""
    while em(label) > limit:
        label = label[:-2].rstrip() + "…"
    return label
