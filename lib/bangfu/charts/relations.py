"""Who is behind it: chains of links from one to another, one under the other."""

import pandas as pd

from bangfu.charts.style import FAINT, GRAVE, INK, NAVY, PALE, Chart, draw, house_style, no_data, shorten
from bangfu.publish.tables import em
from bangfu.typography import chinese_marks

_ROW = 0.62  # inches that a chain takes
_LIMIT = 12  # characters of a name that fit in a node


def relation_chains(chains: pd.DataFrame, *, lang: str = "zh", limit: int = 12) -> Chart:
    """A line per chain: its nodes from left to right, its links between them; dashed where only suggested.

    chains: nodes (list of labels), links (list of words, one fewer), status, and end (what the last one is, in a word).
    """
    if chains.empty:
        return no_data("Relations" if lang == "en" else "关联", lang)
    shown = chains.head(limit)
    n = len(shown)
    longest = max(len(nodes) for nodes in shown["nodes"])
    suggested = int((shown["status"] == "suggested").sum())
    zh = f"{len(chains)}条关联链" + (f",列出前{n}条" if len(chains) > n else "") + (f",其中{suggested}条待确认" if suggested else "")
    en = f"{len(chains)} chains of links" + (f", the first {n} are shown" if len(chains) > n else "") + (f", {suggested} of them to be confirmed" if suggested else "")
    with house_style():
        under = "Dashed: only suggested, to be confirmed by a person" if lang == "en" else "虚线:仅为疑似,待人工确认"
        figure, axes = draw(en if lang == "en" else zh, under, _ROW * n, left=0.1, right=0.1, bottom=0.15)
        axes.set_xlim(0, longest)
        axes.set_ylim(n - 0.5, -0.5)
        axes.axis("off")
        for y, chain in enumerate(shown.itertuples()):
            _chain(axes, y, chain, longest)
    alt = "; ".join(" – ".join(map(str, c.nodes)) + f" ({c.end})" for c in shown.itertuples())
    return Chart(figure, en if lang == "en" else zh, alt)


def _chain(axes, y: int, chain, longest: int) -> None:
    """One chain: nodes spread over the width, the last one marked."""
    step = longest / len(chain.nodes)
    places = [step * (i + 0.5) for i in range(len(chain.nodes))]
    dashes = "--" if chain.status == "suggested" else "-"
    for i, link in enumerate(chain.links):
        axes.plot(places[i : i + 2], [y, y], dashes, color=FAINT, linewidth=1.2, zorder=1)
        axes.text((places[i] + places[i + 1]) / 2, y - 0.3, chinese_marks(link), size=7.5, color=INK, ha="center", va="bottom")
    for i, (x, node) in enumerate(zip(places, chain.nodes, strict=True)):
        last = i == len(places) - 1
        label = shorten(node, min(_LIMIT, 44 / len(places)))
        box = {"boxstyle": "round,pad=0.35", "facecolor": "white" if last else PALE, "edgecolor": GRAVE if last else NAVY, "linewidth": 1.2 if last else 0.6}
        axes.text(x, y, label, size=8 if em(label) < 11 else 7.5, ha="center", va="center", bbox=box, zorder=2)
    axes.text(places[-1], y + 0.26, shorten(chain.end, 16), size=7.5, color=GRAVE, ha="center", va="top")
