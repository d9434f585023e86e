"""Counties side by side: a league with its intervals, and small multiples by county and by rule."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bangfu.charts.style import BLUE, FAINT, GRAVE, HEADING, INK, NAVY, RULE, SOFT, TITLE_LINE, WIDTH, Chart, draw, entitle, house_style, label_inches, no_data, row_height, shorten, wrapped
from bangfu.publish.figures import percent, places
from bangfu.typography import chinese_marks


def league_intervals(rows: pd.DataFrame, overall: float, what: str = "", lang: str = "zh", level: float = 0.95, limit: int = 36) -> Chart:
    """Counties' rates with their intervals, highest first, against the rate of all; the interval of each rank at the right.

    rows: `label`, `rate`, `low`, `high` (shares of one), `ranks` (text), `outside` (True where chance does not explain the rate; missing where that
    was not judged). limit: of more counties than these, the highest and the lowest are drawn.
    """
    rows = rows.dropna(subset="rate").sort_values(["rate", "label"], ascending=[False, True], ignore_index=True)
    if rows.empty:
        return no_data(what, lang)
    every = len(rows)
    outside = rows["outside"].astype("boolean").fillna(False).astype(bool)
    if rows["outside"].notna().any():
        title = f"{what}: {int(outside.sum())} of {every} counties differ from all beyond chance" if lang == "en" else f"{what}:{every}个县中{int(outside.sum())}个与总体的差别超出偶然"
    else:
        title = f"{what}: from {percent(rows['rate'].min(), 2)} to {percent(rows['rate'].max(), 2)}" if lang == "en" else f"{what}:{every}个县从{percent(rows['rate'].min(), 2)}到{percent(rows['rate'].max(), 2)}"
    under = f"rate and {level:.0%} interval; line: all together {percent(overall, 2)}; right: interval of the rank" if lang == "en" else f"比率与{level:.0%}区间;竖线为总体{percent(overall, 2)};右侧为名次区间"
    if every > limit:
        half = limit // 2
        rows, outside = (pd.concat([x.head(half), x.tail(half)]).reset_index(drop=True) for x in (rows, outside))
        under += f"; the {half} highest and the {half} lowest" if lang == "en" else f";只画最高和最低各{half}个"
    with house_style():
        row = row_height(len(rows), 0.25)
        small = row < 0.2
        figure, axes = draw(title, under, row * len(rows) + 0.15, left=label_inches(rows["label"], limit=12), right=1.6, bottom=0.35)
        for place, r in rows.iterrows():
            colour = GRAVE if outside[place] else NAVY
            axes.plot([r["low"], r["high"]], [place, place], color=colour, linewidth=1.6, alpha=0.75, solid_capstyle="butt")
            axes.plot(r["rate"], place, marker="D" if outside[place] else "o", color=colour, markersize=3.5 if small else 4.5)
            axes.annotate(percent(r["rate"], 2), (1, place), (8, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center", size=7 if small else 8.5, color=colour, annotation_clip=False)
            axes.annotate(r["ranks"], (1, place), (52, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center", size=6.5 if small else 7.5, color=SOFT, annotation_clip=False)
        axes.axvline(overall, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        axes.set_yticks(range(len(rows)), [shorten(v, 12) for v in rows["label"]], size=7 if small else 9)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(left=0)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(PercentFormatter(1))  # as many decimals as the ticks need
    alt = title + ": " + "; ".join(f"{r.label} {percent(r.rate, 2)} [{percent(r.low, 2)}, {percent(r.high, 2)}]" for r in rows.itertuples())
    return Chart(figure, title, alt)


def findings_by_topic(rows: pd.DataFrame, lang: str = "zh", columns: int = 4, limit: int = 40) -> Chart:
    """A small chart per county: findings per 1,000 households by topic, all on one scale.

    rows: `county` (label), `topic` (label), `rate`, `said` (empty; or what stands there instead of a bar: too few to print, not assessed).
    """
    what = "Findings by topic" if lang == "en" else "各县各主题的疑点"
    if rows.empty:
        return no_data(what, lang)
    names = rows["county"].drop_duplicates().tolist()
    shown, topics = names[:limit], rows["topic"].drop_duplicates().tolist()
    title = f"Findings per 1,000 households in {len(names)} counties, by topic" if lang == "en" else f"{len(names)}个县每千户疑点数,按主题"
    under = "all on one scale; n: not assessed, which is not none" if lang == "en" else "各图同一尺度;“未”表示没有评估,不是没有疑点"
    if len(names) > limit:
        under += f"; the first {limit} by code" if lang == "en" else f";只画代码在前的{limit}个"
    most = max(float(rows["rate"].max()), 1e-9) if rows["rate"].notna().any() else 1.0
    with house_style():
        figure, cells = _grid(title, under, len(shown), columns, 0.15 * len(topics) + 0.12, left=label_inches(topics, 7, 6))
        for place, (axes, name) in enumerate(zip(cells, shown, strict=True)):
            mine = rows[rows["county"] == name].set_index("topic").reindex(topics)
            axes.barh(range(len(topics)), mine["rate"].fillna(0), height=0.7, color=BLUE)
            for y, (rate, said) in enumerate(zip(mine["rate"], mine["said"].fillna(""), strict=True)):
                axes.text((0 if said else rate) + most * 0.02, y, said or f"{rate:,.1f}", va="center", size=6, color=FAINT if said else SOFT)
            axes.set_title(shorten(name, 11), size=8, loc="left", pad=2)
            axes.set_yticks(range(len(topics)), [shorten(t, 6) for t in topics] if place % columns == 0 else [""] * len(topics), size=7)
            axes.set_ylim(len(topics) - 0.4, -0.6)
            axes.set_xlim(0, most * 1.25)
            axes.set_xticks([])
            axes.spines["bottom"].set_visible(False)
    alt = title + ": " + "; ".join(f"{n} " + ", ".join(f"{r.topic} {r.said or f'{r.rate:.1f}'}" for r in rows[rows["county"] == n].itertuples()) for n in shown)
    return Chart(figure, title, alt)


def rule_multiples(rows: pd.DataFrame, lang: str = "zh", columns: int = 3, limit: int = 12) -> Chart:
    """A small chart per rule: every county's rate from the lowest to the highest, with the rate of all; each on its own scale.

    rows: `rule` (label), `county`, `rate` (findings per item assessed), `overall`, `outside`. In the order of the rules given.
    """
    what = "The same rule over all counties" if lang == "en" else "同一规则各县对照"
    if rows.empty:
        return no_data(what, lang)
    rules = rows["rule"].drop_duplicates().tolist()
    shown = rules[:limit]
    title = f"{what}: findings per item assessed" if lang == "en" else f"{what}:每项评估记录的疑点"
    under = "counties from the lowest to the highest; line: all together; diamonds: beyond chance" if lang == "en" else "各县由低到高;横线为总体;菱形为超出偶然"
    under += (f"; {limit} rules on which counties differ most of {len(rules)}" if lang == "en" else f";{len(rules)}条规则中差别最大的{limit}条") if len(rules) > limit else ""
    with house_style():
        figure, cells = _grid(title, under, len(shown), columns, 0.95, left=0.42, gap=0.5)
        for axes, name in zip(cells, shown, strict=True):
            mine = rows[rows["rule"] == name].sort_values(["rate", "county"], ignore_index=True)
            outside = mine["outside"].fillna(False).astype(bool)
            axes.axhline(mine["overall"].iat[0], color=INK, linewidth=0.7, linestyle=(0, (4, 3)))
            axes.plot(mine.index[~outside], mine["rate"][~outside], "o", color=NAVY, markersize=2.6, linestyle="")
            axes.plot(mine.index[outside], mine["rate"][outside], "D", color=GRAVE, markersize=3.2, linestyle="")
            axes.set_title(shorten(name, 17), size=7.5, loc="left", pad=3)
            top = max(float(mine["rate"].max()), 1e-9)
            axes.set_ylim(0, top * 1.12)
            axes.set_xlim(-0.6, len(mine) - 0.4)
            decimals = min(places(pd.Series([top * 100])), 2)
            axes.set_yticks([0, top], ["0", percent(top, decimals)], size=6.5)
            axes.set_xticks([])
            axes.spines["bottom"].set_color(RULE)
    alt = title + ": " + "; ".join(f"{n} {percent(rows.loc[rows['rule'] == n, 'overall'].iat[0], 2)}" for n in shown)
    return Chart(figure, title, alt)


def _grid(title: str, under: str, cells: int, columns: int, height: float, left: float, gap: float = 0.34) -> tuple[Figure, list]:
    """A figure of `cells` axes of the same size, `columns` in a row, under one title; lengths in inches."""
    lines = wrapped(chinese_marks(title), WIDTH * 72 / 11.5 - 1)
    head = HEADING + TITLE_LINE * (len(lines) - 1)
    rows = -(-cells // columns)
    whole = head + rows * (height + gap) + 0.1
    figure = Figure(figsize=(WIDTH, whole))
    entitle(figure, lines, under)
    apart = 0.12 if gap < 0.4 else left
    width = (WIDTH - left - apart * (columns - 1) - 0.1) / columns
    made = []
    for place in range(cells):
        row, column = divmod(place, columns)
        bottom = whole - head - (row + 1) * (height + gap) + 0.08
        made.append(figure.add_axes(((left + column * (width + apart)) / WIDTH, bottom / whole, width / WIDTH, height / whole)))
    return figure, made
