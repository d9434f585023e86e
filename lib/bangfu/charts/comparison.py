"""Figures as they are beside figures adjusted for who was helped, with their intervals."""

import pandas as pd

from bangfu.charts.style import BLUE, FAINT, GRAVE, INK, NAVY, SOFT, Chart, draw, house_style, label_inches, no_data, row_height, shorten


def adjusted_beside_unadjusted(rows: pd.DataFrame, overall: float, what: str = "", lang: str = "zh", share: bool = True, limit: int = 40) -> Chart:
    """What adjustment changes, and what remains certain: lowest adjusted figure first.

    rows: `label`, `unadjusted`, `adjusted` (missing where it could not be), `low`, `high` (of the shrunken estimate, missing where there
    is none), `verdict` (above, below, average, insufficient), `households`. overall: the mean of all. limit: this many are drawn, those
    farthest from the mean.
    """
    what = what or ("Result" if lang == "en" else "结果")
    rows = rows.dropna(subset="adjusted") if len(rows) else rows
    if rows.empty:
        return no_data(what, lang)
    judged = rows["verdict"].isin(["above", "below"])
    if lang == "en":
        title = f"{what}: {int(judged.sum())} of {len(rows)} differ from the average beyond doubt"
        subtitle = "hollow: as it is; solid: adjusted; bar: interval of the shrunken estimate; right: households"
    else:
        title = f"{what}:{len(rows)} 个中有 {int(judged.sum())} 个可判为高于或低于平均"
        subtitle = "空心为调整前,实心为调整后,横条为收缩估计的区间;右侧为户数"
    farthest = (rows["adjusted"] - overall).abs().sort_values(ascending=False, kind="stable").index[:limit]
    if len(rows) > limit:
        subtitle += f"; the {limit} farthest of {len(rows)}" if lang == "en" else f";只画离平均最远的 {limit} 个"
    rows = rows.loc[farthest].sort_values(["adjusted", "label"], ignore_index=True)
    with house_style():
        row = row_height(len(rows), 0.24)
        figure, axes = draw(title, subtitle, row * len(rows) + 0.15, left=label_inches(rows["label"], limit=14), right=0.6, bottom=0.35)
        for place, r in rows.iterrows():
            colour = {"below": GRAVE, "above": NAVY}.get(r["verdict"], SOFT)
            axes.plot([r["unadjusted"], r["adjusted"]], [place, place], color=FAINT, linewidth=0.7, zorder=1)
            if r["low"] == r["low"]:
                axes.plot([r["low"], r["high"]], [place, place], color=BLUE if colour == SOFT else colour, linewidth=4, alpha=0.3, solid_capstyle="butt", zorder=0)
            axes.plot(r["unadjusted"], place, marker="o", markersize=4.5, markerfacecolor="white", markeredgecolor=SOFT, markeredgewidth=0.9, zorder=2)
            axes.plot(r["adjusted"], place, marker="D" if colour == GRAVE else "o", markersize=4.5, color=colour, zorder=3)
            axes.annotate(f"{int(r['households'])}", (1, place), (8, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center", size=8 if row > 0.2 else 6.5, color=SOFT, annotation_clip=False)
        axes.axvline(overall, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        axes.set_yticks(range(len(rows)), [shorten(v, 14) for v in rows["label"]], size=9 if row > 0.2 else 7)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}" if share else f"{v:,.0f}")
    return Chart(figure, title)
