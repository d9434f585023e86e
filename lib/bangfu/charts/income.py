"""Per-capita net income around the poverty line, town by town."""

import math

import pandas as pd
from matplotlib.figure import Figure

from bangfu.charts.style import BLUE, FAINT, GRAVE, HEADING, INK, SOFT, TITLE_LINE, WIDTH, Chart, entitle, house_style, no_data, shorten, wrapped
from bangfu.publish.figures import exact_yuan, yuan
from bangfu.typography import chinese_marks


def income_histogram(incomes: pd.DataFrame, line, width: int = 250, reach: int = 8, marked=(), lang: str = "zh") -> Chart:
    """How many households lie how far from the poverty line, by town: a town that jumps just above it stands out.

    incomes: `town`, `per_capita` (fen as whole numbers, or yuan as decimals; missing = left out). line: the poverty line
    (same types). width: yuan per bar; reach: bars on each side (incomes beyond are not drawn). marked: towns to emphasise,
    as a rule found them.
    """
    what = "Income around the poverty line" if lang == "en" else "贫困线附近的收入分布"
    line_yuan = exact_yuan(line)
    rows = [(town, exact_yuan(value)) for town, value in zip(incomes["town"], incomes["per_capita"])] if len(incomes) else []
    bins: dict[str, list[int]] = {}
    for town, value in rows:
        if value is not None and not pd.isna(town):
            counts = bins.setdefault(str(town), [0] * (2 * reach))
            place = math.floor((value - line_yuan) / width) + reach
            if 0 <= place < 2 * reach:
                counts[place] += 1
    bins = {town: counts for town, counts in sorted(bins.items()) if sum(counts)}
    if not bins:
        return no_data(what, lang)
    below = sum(sum(counts[:reach]) for counts in bins.values())
    above = sum(counts[reach] for counts in bins.values())
    marked = [town for town in bins if town in set(map(str, marked))]
    if lang == "en":
        title = (f"More households just above the poverty line than expected: {', '.join(marked)}" if marked
                 else f"{above:,} households stand within {width:,} yuan above the poverty line")
        subtitle = (f"Households by per-capita net income, {width:,} yuan a bar; line: {yuan(line)} yuan, "
                    f"{below:,} households drawn lie below it")
    else:
        title = (f"{'、'.join(marked)}:贫困线上方户数异常偏多" if marked else f"贫困线上方 {width:,} 元以内有 {above:,} 户")
        subtitle = f"按人均纯收入统计的户数,每柱 {width:,} 元;竖线为贫困线 {yuan(line)} 元,图中线下 {below:,} 户"
    columns = min(4, len(bins)) if len(bins) <= 24 else 6
    lines = math.ceil(len(bins) / columns)
    with house_style():
        heads = wrapped(chinese_marks(title), WIDTH * 72 / 11.5 - 1)
        cell = 1.25 if columns <= 4 else 0.95
        head = HEADING + TITLE_LINE * (len(heads) - 1)
        figure = Figure(figsize=(WIDTH, head + cell * lines + 0.1))
        entitle(figure, heads, subtitle)
        axes = figure.subplots(lines, columns, squeeze=False, gridspec_kw={
            "left": 0.015, "right": 0.985, "top": 1 - (head + 0.16) / figure.get_figheight(),
            "bottom": 0.3 / figure.get_figheight(), "wspace": 0.14, "hspace": 0.62})
        for place, cell_axes in enumerate(axes.flat):
            if place >= len(bins):
                cell_axes.set_visible(False)
                continue
            town, counts = list(bins.items())[place]
            _town(cell_axes, town, counts, reach, town in marked, columns)
            if place + columns >= len(bins):
                far = f"{reach * width:,}"
                cell_axes.set_xticks([0, reach, 2 * reach], [f"−{far}", "0", f"+{far}"], size=7 if columns <= 4 else 6)
                for tick, side in zip(cell_axes.get_xticklabels(), ("left", "center", "right")):
                    tick.set_horizontalalignment(side)
    return Chart(figure, title)


def _town(axes, town: str, counts: list[int], reach: int, marked: bool, columns: int) -> None:
    colour = GRAVE if marked else BLUE
    axes.bar([i + 0.5 for i in range(2 * reach)], counts, width=0.9,
             color=["#d5dade" if i < reach else colour for i in range(2 * reach)])
    top = max(counts)
    axes.axvline(reach, color=INK, linewidth=0.9)
    highest = counts.index(top)
    axes.text(highest + (0.7 if highest == reach else 0.5), top, f"{top}", ha="left" if highest == reach else "center",
              va="bottom", size=7, color=SOFT)
    axes.set_title(shorten(town, 9 if columns <= 4 else 7), size=8.5, loc="left", pad=6, color=GRAVE if marked else INK,
                   weight="bold" if marked else "normal")
    axes.set_xticks([0, reach, 2 * reach], ["", "", ""])
    axes.tick_params(axis="x", length=2, colors=SOFT)
    axes.set_yticks([])
    axes.set_ylim(0, top * 1.12)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
