"""Satisfaction: estimates with their intervals, answers by item, and the funnel of rates."""

import pandas as pd
from matplotlib.ticker import PercentFormatter

from bangfu.charts.style import BLUE, FAINT, GRAVE, INK, LIKERT, NAVY, RULE, SOFT, Chart, draw, house_style, label_inches, no_data, row_height, shorten
from bangfu.publish.words import word


def interval_plot(estimates: pd.DataFrame, threshold: float | None = None, what: str = "", lang: str = "zh",
                  level: float = 0.95) -> Chart:
    """Estimates with their intervals, by town, against the standard; lowest first.

    estimates: `label`, `estimate`, `low`, `high` (shares of one), and `n` if there is one; optional `flagged` (True where
    a test finds the standard missed: it decides the colour; without it, whether the whole interval lies below).
    """
    what = what or ("Satisfaction" if lang == "en" else "满意率")
    rows = estimates.dropna(subset=["estimate"]) if len(estimates) else estimates
    if rows.empty:
        return no_data(what, lang)
    rows = rows.sort_values(["estimate", "label"])
    flagged = (rows["flagged"].fillna(False).astype(bool) if "flagged" in rows
               else (rows["high"] < threshold) if threshold is not None else pd.Series(False, index=rows.index))
    lowest = rows.iloc[0]
    if threshold is None:
        title = (f"{what}: from {rows['estimate'].min():.1%} to {rows['estimate'].max():.1%}" if lang == "en"
                 else f"{what}:最低 {lowest['label']} {lowest['estimate']:.1%},最高 {rows['estimate'].max():.1%}")
    elif flagged.any():
        names = ("、" if lang == "zh" else ", ").join(rows.loc[flagged, "label"].astype(str).head(3))
        extra = int(flagged.sum()) - 3
        more = "" if extra <= 0 else (f" and {extra} more" if lang == "en" else f"等 {extra + 3} 个")
        title = (f"{what} is significantly below {threshold:.0%} in {names}{more}" if lang == "en"
                 else f"{names}{more}的{what}显著低于 {threshold:.0%}")
    else:
        title = (f"{what}: no unit is significantly below {threshold:.0%}" if lang == "en"
                 else f"{what}:没有显著低于 {threshold:.0%} 的单位")
    subtitle = (f"Estimate and {level:.0%} interval" if lang == "en" else f"估计值与 {level:.0%} 置信区间")
    if threshold is not None:
        subtitle += f"; dashed line: standard {threshold:.0%}" if lang == "en" else f";虚线为标准 {threshold:.0%}"
    with house_style():
        row = row_height(len(rows))
        figure, axes = draw(title, subtitle, row * len(rows) + 0.15, left=label_inches(rows["label"], limit=14), right=1.55,
                            bottom=0.35)
        places = range(len(rows))
        low_end = min(float(rows["low"].min()), threshold if threshold is not None else 1.0)
        start = max(0.0, (int(low_end * 20) / 20) - (0.05 if low_end * 20 % 1 < 0.3 else 0))
        for place, (_, r) in zip(places, rows.iterrows()):
            colour = GRAVE if flagged.loc[r.name] else NAVY
            axes.plot([start, 1], [place, place], color="#eef1f4", linewidth=0.8, zorder=0)
            if r["low"] == r["low"]:
                axes.plot([r["low"], r["high"]], [place, place], color=colour, linewidth=1.6, alpha=0.75,
                          solid_capstyle="butt")
            axes.plot(r["estimate"], place, marker="D" if flagged.loc[r.name] else "o", color=colour,
                      markersize=5 if row > 0.25 else 4)
            axes.annotate(f"{r['estimate']:.1%}", (1, place), (8, 0), textcoords="offset points", va="center", size=8.5 if row > 0.2 else 7,
                          weight="bold" if flagged.loc[r.name] else "normal", color=colour if flagged.loc[r.name] else INK,
                          annotation_clip=False)
            detail = f"[{r['low']:.0%}, {r['high']:.0%}]" if r["low"] == r["low"] else ""
            detail += f"  n={int(r['n'])}" if "n" in rows and r["n"] == r["n"] else ""
            axes.annotate(detail, (1, place), (42, 0), textcoords="offset points", va="center", size=7 if row > 0.2 else 6, color=SOFT,
                          annotation_clip=False)
        if threshold is not None:
            axes.axvline(threshold, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.set_yticks(places, [shorten(v, 14) for v in rows["label"]], size=9 if row > 0.2 else 7.5)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(start, 1)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
    return Chart(figure, title)


def likert_bars(answers: pd.DataFrame, lang: str = "zh") -> Chart:
    """How each item was answered, from very dissatisfied to very satisfied, around the middle; most satisfied first.

    answers: `item`, `answer` (1-5), `count` (whole numbers, or weighted sums).
    """
    what = "Answers by item" if lang == "en" else "分项评价"
    counts = answers[answers["count"] > 0] if len(answers) else answers
    if counts.empty:
        return no_data(what, lang)
    wide = counts.pivot_table(index="item", columns="answer", values="count", aggfunc="sum", fill_value=0, sort=False)
    wide = wide.reindex(columns=range(1, 6), fill_value=0).astype("float64")
    numbers = wide.sum(axis=1)
    share = wide.div(numbers, axis=0) * 100
    share = share.assign(good=share[4] + share[5], name=[word("item", i, lang) for i in share.index])
    share = share.sort_values(["good", "name"], ascending=[False, True])
    best, worst = share.iloc[0], share.iloc[-1]
    if lang == "en":
        title = (f"{best['name']}: {best['good']:.0f}% satisfied" if len(share) == 1 else
                 f"Most satisfied with “{best['name']}” ({best['good']:.0f}%), least with “{worst['name']}” ({worst['good']:.0f}%)")
        subtitle = f"Per cent of valid answers, n = {_range(numbers)}; right: satisfied and very satisfied together"
    else:
        title = (f"{best['name']}:{best['good']:.0f}% 满意" if len(share) == 1 else
                 f"“{best['name']}”满意率最高({best['good']:.0f}%),“{worst['name']}”最低({worst['good']:.0f}%)")
        subtitle = f"占有效答复的百分比,n = {_range(numbers)};右侧为满意与很满意合计"
    with house_style():
        figure, axes = draw(title, subtitle, 0.34 * len(share) + 0.05, left=label_inches(share["name"]), right=0.65,
                            bottom=0.12, top=0.28)
        starts = -(share[1] + share[2] + share[3] / 2)
        for answer in range(1, 6):
            axes.barh(range(len(share)), share[answer], left=starts, height=0.66, color=LIKERT[answer], edgecolor="white",
                      linewidth=0.6, label=word("answer", answer, lang))
            for place, (value, start) in enumerate(zip(share[answer], starts)):
                if value >= 3.5:
                    axes.text(start + value / 2, place, f"{value:.0f}", ha="center", va="center", size=8,
                              color="white" if answer in (1, 5) else INK)
            starts = starts + share[answer]
        for place, good in enumerate(share["good"]):
            axes.annotate(f"{good:.0f}%", (1, place), (6, 0), xycoords=("axes fraction", "data"), annotation_clip=False,
                          textcoords="offset points", va="center", weight="bold")
        axes.axvline(0, color=FAINT, linewidth=0.7)
        axes.set_yticks(range(len(share)), [shorten(n) for n in share["name"]])
        axes.invert_yaxis()
        axes.set_xlim(-max(3.0, float((share[1] + share[2] + share[3] / 2).max()) * 1.02),
                      float((share[3] / 2 + share[4] + share[5]).max()) * 1.01)
        axes.set_xticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.legend(ncols=5, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.3)
    return Chart(figure, title)


def funnel_plot(units: pd.DataFrame, limits: pd.DataFrame, target: float, what: str = "", lang: str = "zh", share: bool = True, size: str = "") -> Chart:
    """Rates of units of different size against the limits that chance alone would keep them in.

    units: `label`, `n`, `rate`, `outside` (True where the unit lies beyond the outer limit). limits: `n`, `low`, `high`,
    `level` (for example 0.95 and 0.998), one curve per level. share: rates are shares of one, else numbers of any unit.
    size: what `n` counts. Units outside are named where their names have room.
    """
    what = what or ("Rate" if lang == "en" else "比率")
    if units.empty:
        return no_data(what, lang)
    outside = units["outside"].fillna(False).astype(bool)
    title = (f"{int(outside.sum())} of {len(units)} lie beyond what chance explains" if lang == "en"
             else f"{len(units)} 个中有 {int(outside.sum())} 个超出偶然波动的界限")
    levels = sorted(limits["level"].unique()) if len(limits) else []
    shown = ", ".join(f"{level:.1%}".replace(".0%", "%") for level in levels)
    middle = f"{target:.1%}" if share else f"{target:,.0f}"
    subtitle = (f"{what} by number of cases; line: {middle}; limits: {shown}" if lang == "en"
                else f"{what}与样本量;横线为总体 {middle},界限 {shown}")
    with house_style():
        figure, axes = draw(title, subtitle, 3.0, left=0.75, right=0.3, bottom=0.45)
        for level in levels:
            curve = limits[limits["level"] == level].sort_values("n")
            for side in ("low", "high"):
                axes.plot(curve["n"], curve[side], color=BLUE, linewidth=1.1 if level == levels[-1] else 0.7)
        axes.axhline(target, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.scatter(units.loc[~outside, "n"], units.loc[~outside, "rate"], s=14, color=NAVY, linewidth=0)
        axes.scatter(units.loc[outside, "n"], units.loc[outside, "rate"], s=28, color=GRAVE, marker="D", linewidth=0)
        for _, u in units[outside].sort_values("rate").iterrows() if outside.sum() <= 12 else ():
            axes.annotate(shorten(u["label"], 8), (u["n"], u["rate"]), (5, 4), textcoords="offset points", size=8)
        axes.set_xlabel(size or ("number of cases" if lang == "en" else "数量"))
        axes.set_ylabel(what)
        axes.grid(axis="y", color=RULE)
        axes.yaxis.set_major_formatter(PercentFormatter(1) if share else "{x:,.0f}")  # of shares as many decimals as the ticks need
        sizes = [*units["n"], *limits["n"]]
        axes.set_xlim(left=0 if min(sizes) < 0.3 * max(sizes) else 0.98 * min(sizes))
        if share:
            axes.set_ylim(bottom=min(0.0, float(units["rate"].min())))
    return Chart(figure, title)


def _range(numbers: pd.Series) -> str:
    low, high = round(numbers.min()), round(numbers.max())
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
