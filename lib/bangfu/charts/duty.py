"""Helpers' duty: the share of due visits made, by town and month, and how many helpers missed how many."""

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap

from bangfu.charts.style import BLUE, GRAVE, INK, SEVERITY, SOFT, Chart, draw, house_style, label_inches, no_data, row_height, shorten

_SCALE = LinearSegmentedColormap.from_list("duty", [(0, "#6d1414"), (0.4, GRAVE), (0.7, "#d98b6a"), (0.88, "#f3ddc8"),
                                                     (0.97, "#eaf0f5"), (1, "#dce6ef")])


def duty_heatmap(duties: pd.DataFrame, lang: str = "zh") -> Chart:
    """Which share of its duties each town met in each month or two-month period, worst town first.

    duties: `town`, `period` (a number of the month, or a label; shown in the order they first stand in, numbers in their
    order), `due`, `done`. A field without a duty is left white.
    """
    what = "Duties met by town and month" if lang == "en" else "各镇街逐期履职"
    duties = duties[duties["due"] > 0] if len(duties) else duties
    if duties.empty:
        return no_data(what, lang)
    sums = duties.groupby(["town", "period"], sort=False)[["due", "done"]].sum()
    share = (sums["done"].astype("float64") / sums["due"].astype("float64")).unstack("period")
    periods = list(dict.fromkeys(duties["period"]))
    if all(isinstance(p, int) or hasattr(p, "__index__") for p in periods):
        periods = sorted(periods)
    towns = duties.groupby("town")[["due", "done"]].sum()
    whole = (towns["done"].astype("float64") / towns["due"].astype("float64")).rename("whole")
    order = whole.reset_index().sort_values(["whole", "town"])["town"]
    share = share.reindex(index=order, columns=periods)
    overall = int(towns["done"].sum()) / int(towns["due"].sum())
    worst, low = order.iloc[0], whole[order.iloc[0]]
    if lang == "en":
        title = f"{overall:.1%} of duties were met; lowest in {worst} ({low:.1%})"
        subtitle = "Share of due visits made, per cent; towns with the lowest share first"
    else:
        title = f"应履职次数完成 {overall:.1%};{worst}最低,为 {low:.1%}"
        subtitle = "完成次数占应完成次数的百分比;由低到高排列"
    with house_style():
        row = row_height(len(order))
        figure, axes = draw(title, subtitle, row * len(order), left=label_inches(order, limit=12), right=0.62, bottom=0.32)
        # Cells as outlines, not as an image: sharp in print, and nothing for a reader of SVG to stumble over.
        axes.pcolormesh(range(len(periods) + 1), range(len(order) + 1), share.to_numpy(dtype="float64"), cmap=_SCALE,
                        vmin=0.0, vmax=1.0, edgecolor="white", linewidth=1.2)
        axes.invert_yaxis()
        for y, town in enumerate(order):
            for x, value in enumerate(share.loc[town]):
                if value == value:
                    axes.text(x + 0.5, y + 0.5, f"{_floor(value)}", ha="center", va="center", size=8 if len(periods) < 15 and row > 0.2 else 6.5,
                              color="white" if value < 0.58 else INK)
            axes.text(len(periods) + 0.08, y + 0.5, f"{_floor(whole[town])}%", va="center", weight="bold", size=8.5 if row > 0.2 else 7)
        axes.set_xticks([x + 0.5 for x in range(len(periods))], [_period(p, lang) for p in periods])
        axes.set_yticks([y + 0.5 for y in range(len(order))], [shorten(t, 12) for t in order], size=9 if row > 0.2 else 7.5)
        axes.tick_params(which="both", length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    return Chart(figure, title)


def missed_visits_histogram(missed: pd.Series, marks: dict[int, str] | None = None, lang: str = "zh",
                            last: int = 8) -> Chart:
    """How many helpers missed how many due visits; those who missed none stand in the subtitle.

    missed: one number per helper (missing = not assessed, left out and counted in the subtitle). marks: from how many
    missed visits which sanction attaches, as the policy pack has it. last: this many and more share a bar.
    """
    what = "Missed visits" if lang == "en" else "缺访次数"
    assessed = missed.dropna().astype(int)
    if assessed.empty:
        return no_data(what, lang)
    last = max(1, min(last, int(assessed.max())), max(marks or {0: ""}))
    counts = assessed.clip(upper=last).value_counts().reindex(range(1, last + 1), fill_value=0)
    some = int((assessed > 0).sum())
    if not some:
        return Chart(None, f"None of {len(assessed):,} helpers missed a visit." if lang == "en"
                     else f"{len(assessed):,} 名责任人均无缺访。")
    left_out = len(missed) - len(assessed)
    if lang == "en":
        title = f"{some:,} of {len(assessed):,} helpers missed at least one visit ({some / len(assessed):.1%})"
        subtitle = f"Number of helpers by visits missed; {len(assessed) - some:,} missed none" + (f"; {left_out:,} not assessed" if left_out else "")
    else:
        title = f"{len(assessed):,} 名责任人中 {some:,} 名有缺访,占 {some / len(assessed):.1%}"
        subtitle = f"按缺访次数统计的责任人数;无缺访 {len(assessed) - some:,} 名" + (f",另有 {left_out:,} 名未评估" if left_out else "")
    with house_style():
        figure, axes = draw(title, subtitle, 1.9, left=0.1, right=0.1, bottom=0.45, top=0.1)
        first_mark = min(marks, default=1) if marks else 1
        colours = [BLUE if n < first_mark else SEVERITY["medium"] if marks and n < max(marks) else GRAVE for n in counts.index]
        axes.bar(counts.index, counts, width=0.66, color=colours)
        top = counts.max()
        for n, value in counts.items():
            axes.text(n, value + top * 0.015, f"{value:,}", ha="center", va="bottom", size=8.5)
        for start, sanction in sorted((marks or {}).items()):
            axes.axvline(start - 0.5, color=SOFT, linewidth=0.7, linestyle=(0, (3, 2)))
            axes.text(start - 0.44, top * 1.28, shorten(sanction, 11 if start < max(marks) else 30), va="top", size=8,
                      color=SOFT)
        exact = int(assessed.max()) <= last
        labels = [f"{n}" if n < last or exact else f"≥{n}" for n in counts.index]
        axes.set_xticks(list(counts.index), labels)
        axes.tick_params(axis="x", length=0)
        axes.set_xlabel("visits missed" if lang == "en" else "缺访次数")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(0, top * (1.3 if marks else 1.12))
        axes.set_xlim(0.4, max(last, 4) + 0.6)
    return Chart(figure, title)


def _floor(share: float) -> int:
    """Per cent, rounded so that only a duty wholly met reads 100."""
    return min(round(share * 100), 99) if share < 1 else 100


def _period(period, lang: str) -> str:
    if hasattr(period, "__index__"):
        return f"{int(period)}" if lang == "en" else f"{int(period)}月"
    return shorten(period, 7)
