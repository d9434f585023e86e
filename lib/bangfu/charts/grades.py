"""Grades under other weights, and grades from one year to the next."""

import pandas as pd

from bangfu.charts.style import BLUE, FAINT, GRAVE, INK, PALE, SEVERITY, SOFT, Chart, draw, house_style, label_inches, no_data, row_height, shorten


def grades_under_other_weights(scenarios: pd.DataFrame, lang: str = "zh") -> Chart:
    """How many grades would be higher, lower, or no longer the same in knowing, under each other set of weights or cut-offs.

    scenarios: `scenario`, `up`, `down`, `other` (graded only under it, or no longer), `of`; drawn in their order.
    """
    what = "Grades under other weights" if lang == "en" else "换用其他权重后的等次"
    if scenarios.empty or not scenarios["of"].max():
        return no_data(what, lang)
    rows = scenarios.reset_index(drop=True)
    changed = rows["up"] + rows["down"] + rows["other"]
    most = int(changed.idxmax())
    share = changed[most] / rows.at[most, "of"]
    if lang == "en":
        title = f"At most {int(changed[most]):,} of {int(rows.at[most, 'of']):,} grades would change ({share:.1%}): {rows.at[most, 'scenario']}"
        subtitle = "Number of helpers whose grade by score would be lower (left), higher (right)"
    else:
        title = f"变化最大的是“{rows.at[most, 'scenario']}”:{int(rows.at[most, 'of']):,} 人中 {int(changed[most]):,} 人的等次会变({share:.1%})"
        subtitle = "按得分的等次会降低(左)、升高(右)的人数;浅色为变为或不再是资料不足"
    with house_style():
        row = row_height(len(rows), 0.21)
        figure, axes = draw(title, subtitle, row * len(rows) + 0.1, left=label_inches(rows["scenario"], 8.5, 20), right=0.6, bottom=0.32)
        places = range(len(rows))
        axes.barh(places, -rows["down"], height=0.68, color=GRAVE)
        axes.barh(places, rows["up"], height=0.68, color=BLUE)
        axes.barh(places, rows["other"], left=rows["up"], height=0.68, color=PALE)
        for place, r in rows.iterrows():
            size = 7.5 if row > 0.17 else 6.5
            if r["down"]:
                axes.annotate(f"{int(r['down']):,}", (-r["down"], place), (-3, 0), textcoords="offset points", ha="right", va="center", size=size, color=SOFT)
            if r["up"] + r["other"]:
                beside = f"{int(r['up']):,}" + (f"+{int(r['other']):,}" if r["other"] else "")
                axes.annotate(beside, (r["up"] + r["other"], place), (3, 0), textcoords="offset points", va="center", size=size, color=SOFT, annotation_clip=False)
        axes.axvline(0, color=FAINT, linewidth=0.7)
        axes.set_yticks(list(places), [shorten(s, 20) for s in rows["scenario"]], size=8.5 if row > 0.17 else 7)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        widest = max(int(rows["down"].max()), int((rows["up"] + rows["other"]).max()), 1)
        axes.set_xlim(-1.18 * widest, 1.18 * widest)
        axes.xaxis.set_major_formatter(lambda v, _: f"{abs(v):,.0f}" if v == int(v) else "")
        axes.spines["left"].set_visible(False)
    return Chart(figure, title)


def grades_from_year_to_year(counts: pd.DataFrame, years: tuple[int, int], lang: str = "zh") -> Chart:
    """How many helpers went from which grade to which.

    counts: a row per grade in the first year, a column per grade in the second, from the best down, whole numbers.
    """
    what = "Grades year on year" if lang == "en" else "年度间等次变化"
    if counts.empty or not counts.to_numpy().sum():
        return no_data(what, lang)
    total = int(counts.to_numpy().sum())
    same = sum(int(counts.at[g, g]) for g in counts.index if g in counts.columns)
    if lang == "en":
        title = f"{same:,} of {total:,} helpers assessed in both years kept their grade ({same / total:.1%})"
        subtitle = f"Helpers by grade in {years[0]} (rows) and {years[1]} (columns); red: lower than before"
    else:
        title = f"两年都有考核的 {total:,} 人中,{same:,} 人等次不变({same / total:.1%})"
        subtitle = f"行为{years[0]}年等次,列为{years[1]}年等次;红色为下降"
    order = list(dict.fromkeys([*counts.index, *counts.columns]))
    with house_style():
        figure, axes = draw(title, subtitle, 0.36 * len(counts.index), left=label_inches(counts.index), right=0.1, bottom=0.05, top=0.28)
        for y, before in enumerate(counts.index):
            for x, after in enumerate(counts.columns):
                n = int(counts.at[before, after])
                step = order.index(after) - order.index(before)
                graded = not {before, after} & {"资料不足", "Not enough data"}
                colour = PALE if step == 0 else "#f3ddc8" if step > 0 and graded else "#eef1f4"
                axes.barh(y, 0.96, left=x + 0.02, height=0.9, color=colour)
                grave = step > 0 and graded and n
                axes.text(x + 0.5, y, f"{n:,}" if n else "·", ha="center", va="center", color=SEVERITY["high"] if grave else INK if n else FAINT, weight="bold" if n and step else "normal")
        axes.set_xticks([x + 0.5 for x in range(len(counts.columns))], [shorten(c, 10) for c in counts.columns])
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(counts.index)), [shorten(g) for g in counts.index])
        axes.set_ylim(len(counts.index) - 0.5, -0.5)
        axes.set_xlim(0, len(counts.columns))
        axes.tick_params(which="both", length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    return Chart(figure, title)
