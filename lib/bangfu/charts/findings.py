"""Findings by severity, and what of the data passed its checks."""

import pandas as pd

from bangfu.charts.style import BLUE, GRAVE, INK, SEVERITY, SOFT, Chart, draw, house_style, label_inches, no_data, shorten
from bangfu.publish.words import known, word


def findings_by_severity_and_topic(findings: pd.DataFrame, by: str = "topic", lang: str = "zh", limit: int = 24) -> Chart:
    """How many findings of which severity, by topic (or by rule `title`, or any other column), most first.

    findings: one row per finding, with `severity` and the column `by`.
    """
    what = "Findings" if lang == "en" else "疑点"
    if findings.empty:
        return no_data(what, lang)
    counts = pd.crosstab(findings[by].astype(object), findings["severity"].astype(object)).reindex(
        columns=known("severity"), fill_value=0)
    counts = counts.assign(total=counts.sum(axis=1)).rename_axis("by").reset_index()
    counts = counts.sort_values(["total", "high", "by"], ascending=[False, False, True])
    left_out = counts.iloc[limit:]
    counts = counts.head(limit)
    names = [word("topic", v, lang) if by == "topic" else str(v) for v in counts["by"]]
    total, grave = len(findings), int((findings["severity"] == "high").sum())
    first, share = names[0], counts["total"].iloc[0] / total
    if lang == "en":
        title = f"{first}: {counts['total'].iloc[0]:,} of {total:,} findings ({share:.0%})"
        subtitle = f"Number of findings; {grave:,} of {total:,} are of high severity"
    else:
        title = f"{first}疑点最多:{counts['total'].iloc[0]:,} 个,占全部 {total:,} 个的 {share:.0%}"
        subtitle = f"疑点个数;其中重大 {grave:,} 个"
    if len(left_out):
        subtitle += (f"; {len(left_out)} more with {left_out['total'].sum():,} findings not drawn" if lang == "en"
                     else f";另有 {len(left_out)} 类 {left_out['total'].sum():,} 个未画出")
    with house_style():
        figure, axes = draw(title, subtitle, 0.27 * len(counts) + 0.1, left=label_inches(names), bottom=0.12, top=0.26)
        ends = counts["total"] * 0
        widest = counts["total"].max()
        for severity in known("severity"):
            values = counts[severity]
            axes.barh(range(len(counts)), values, left=ends, height=0.68, color=SEVERITY[severity],
                      label=word("severity", severity, lang), edgecolor="white", linewidth=0.6)
            for place, (value, start) in enumerate(zip(values, ends)):
                if value / widest > 0.035 + 0.012 * len(str(value)):
                    axes.text(start + value / 2, place, f"{value:,}", ha="center", va="center", size=7.5,
                              color="white" if severity == "high" else INK)
            ends = ends + values
        for place, value in enumerate(counts["total"]):
            axes.text(value + widest * 0.012, place, f"{value:,}", va="center", weight="bold", size=9)
        axes.set_yticks(range(len(counts)), [shorten(n) for n in names])
        axes.invert_yaxis()
        axes.set_xlim(0, widest * 1.08)
        bare(axes)
        axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.3)
    alt = title + ": " + "; ".join(f"{n} {v}" for n, v in zip(names, counts["total"]))
    return Chart(figure, title, alt)


def quality_bars(checks: pd.DataFrame, lang: str = "zh") -> Chart:
    """Which share of its checks each table passed, worst first.

    checks: `table`, `evaluated`, `passed` (numbers of checks, one row per table); tables without a check are left out.
    """
    what = "Checks of data quality" if lang == "en" else "数据质量检查"
    checks = checks[checks["evaluated"] > 0] if len(checks) else checks
    if checks.empty:
        return no_data(what, lang)
    checks = checks.assign(share=[int(p) / int(e) for p, e in zip(checks["passed"], checks["evaluated"])])
    checks = checks.sort_values(["share", "table"])
    evaluated, passed = int(checks["evaluated"].sum()), int(checks["passed"].sum())
    failing = int((checks["passed"] < checks["evaluated"]).sum())
    title = (f"{passed:,} of {evaluated:,} checks passed; {failing} of {len(checks)} tables have failures" if lang == "en"
             else f"{evaluated:,} 项检查中 {passed:,} 项通过;{len(checks)} 张表中 {failing} 张有未通过项")
    subtitle = "Share of checks passed, by table" if lang == "en" else "各表检查通过率"
    with house_style():
        figure, axes = draw(title, subtitle, 0.25 * len(checks) + 0.1, left=label_inches(checks["table"]), right=1.2,
                            bottom=0.1)
        places = range(len(checks))
        axes.barh(places, [1] * len(checks), height=0.62, color="#eef1f4")
        axes.barh(places, checks["share"], height=0.62,
                  color=[BLUE if share == 1 else GRAVE if share < 0.8 else SEVERITY["medium"] for share in checks["share"]])
        for place, (share, p, e) in enumerate(zip(checks["share"], checks["passed"], checks["evaluated"])):
            axes.text(1.015, place, f"{share:.0%}", va="center", weight="bold" if share < 1 else "normal")
            axes.text(1.105, place, f"{int(p)}/{int(e)}", va="center", size=8, color=SOFT)
        axes.set_yticks(places, [shorten(t) for t in checks["table"]])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        bare(axes)
    return Chart(figure, title)


def bare(axes) -> None:
    """Bars that carry their values need no scale."""
    axes.set_xticks([])
    for side in ("bottom", "top", "right"):
        axes.spines[side].set_visible(False)
