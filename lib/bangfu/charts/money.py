"""Money: at risk, from received to left, and month by month. Amounts: fen as whole numbers, or yuan as decimals."""

from decimal import Decimal

import pandas as pd

from bangfu.charts.findings import bare
from bangfu.charts.style import BLUE, FAINT, GRAVE, INK, NAVY, PALE, SOFT, Chart, draw, house_style, label_inches, no_data, shorten
from bangfu.publish.figures import exact_yuan, wan

_BY = {"fund": ("资金", "fund"), "town": ("镇街", "town"), "offence": ("定性参考", "possible offence"), "topic": ("主题", "topic"),
       "rule": ("规则", "rule")}


def money_at_risk(parts: pd.DataFrame, by: str = "offence", lang: str = "zh", limit: int = 20,
                  total=None) -> Chart:
    """How much money is in question, by fund, town or offence, most first.

    parts: `label` and `amount`, one row per bar. total: the money in question over all bars where a fen can stand in two
    of them (each fen once); without it the bars are summed.
    """
    kind = _BY.get(by, (by, by))
    what = "Money in question" if lang == "en" else "存疑金额"
    bars = [(str(label), exact_yuan(amount)) for label, amount in zip(parts["label"], parts["amount"])] if len(parts) else []
    bars = sorted(((label, amount) for label, amount in bars if amount), key=lambda bar: (-bar[1], bar[0]))
    if not bars:
        return no_data(what, lang)
    whole = exact_yuan(total) if total is not None else sum((a for _, a in bars), Decimal(0))
    shown, rest = bars[:limit], bars[limit:]
    label, most = shown[0]
    if lang == "en":
        title = f"{wan(whole)} × 10,000 yuan in question; most under “{label}”: {wan(most)}"
        subtitle = f"Amount in question by {kind[1]}, 10,000 yuan"
    else:
        title = f"存疑金额 {wan(whole)} 万元,“{label}”最多:{wan(most)} 万元"
        subtitle = f"按{kind[0]}列示,单位:万元"
    if total is not None and whole < sum(a for _, a in bars):
        subtitle += ("; a record can stand in several bars, the total counts it once" if lang == "en"
                     else ";同一笔可列入多项,合计只计一次")
    if rest:
        subtitle += f"; {len(rest)} more not drawn" if lang == "en" else f";另有 {len(rest)} 项未画出"
    with house_style():
        figure, axes = draw(title, subtitle, 0.27 * len(shown) + 0.1, left=label_inches([b[0] for b in shown]), right=0.9,
                            bottom=0.1)
        values = [float(amount) / 1e4 for _, amount in shown]
        axes.barh(range(len(shown)), values, height=0.66, color=[NAVY] + [BLUE] * (len(shown) - 1))
        for place, (_, amount) in enumerate(shown):
            axes.text(values[place] + values[0] * 0.012, place, wan(amount), va="center")
        axes.set_yticks(range(len(shown)), [shorten(b[0]) for b in shown])
        axes.invert_yaxis()
        axes.set_xlim(0, values[0] * 1.02)
        bare(axes)
    return Chart(figure, title, title + ": " + "; ".join(f"{n} {wan(a)}" for n, a in shown))


def reconciliation(parts: pd.DataFrame, lang: str = "zh") -> Chart:
    """Every yuan received is spent, left, or in question: a waterfall from the whole to its parts.

    parts: `label`, `amount`, `kind`: `whole` (what the others are parts of; the first row), `part`, or `question` (a part
    that is in question). What the parts leave unexplained is a bar of its own; nothing is added when they come to the whole.
    """
    what = "Reconciliation" if lang == "en" else "资金核对"
    if parts.empty or not (parts["kind"] == "whole").any():
        return no_data(what, lang)
    rows = [(str(r.label), exact_yuan(r.amount) or Decimal(0), r.kind) for r in parts.itertuples()]
    name, whole, _ = next(row for row in rows if row[2] == "whole")
    steps = [row for row in rows if row[2] != "whole"]
    gap = whole - sum((amount for _, amount, _ in steps), Decimal(0))
    if gap:
        steps.append(("Not reconciled" if lang == "en" else "未能对平", gap, "question"))
    question = sum((amount for _, amount, kind in steps if kind == "question"), Decimal(0))
    share = question / whole if whole else Decimal(0)
    if lang == "en":
        title = f"Of {wan(whole)} × 10,000 yuan received, {wan(question)} is in question ({share:.1%})"
        subtitle = "From what was received to where it is, 10,000 yuan"
    else:
        title = f"{name} {wan(whole)} 万元,其中 {wan(question)} 万元存疑,占 {share:.1%}"
        subtitle = "从到账到去向,单位:万元;各项相加等于到账"
    bars, level = [(name, Decimal(0), whole, "whole")], whole
    for label, amount, kind in steps:
        bars.append((label, level - amount, level, kind))
        level -= amount
    with house_style():
        figure, axes = draw(title, subtitle, 0.34 * len(bars) + 0.1, left=label_inches([b[0] for b in bars]), right=0.95,
                            bottom=0.1)
        colours = {"whole": NAVY, "part": PALE, "question": GRAVE}
        reach = float(max((max(abs(low), abs(high)) for _, low, high, _ in bars), default=1)) / 1e4 or 1
        for place, (label, low, high, kind) in enumerate(bars):
            start, length = float(min(low, high)) / 1e4, abs(float(high - low)) / 1e4
            axes.barh(place, length, left=start, height=0.6, color=colours.get(kind, PALE))
            text = wan(abs(high - low)) if kind == "whole" else wan(high - low)
            axes.text(start + length + reach * 0.012, place, text, va="center", color=GRAVE if kind == "question" else INK,
                      weight="bold" if kind != "part" else "normal")
            if place:
                edge = float(high) / 1e4
                axes.plot([edge, edge], [place - 0.7, place - 0.3], color=FAINT, linewidth=0.7)
        axes.set_yticks(range(len(bars)), [shorten(b[0]) for b in bars])
        axes.invert_yaxis()
        low_end = min(0.0, min(float(min(b[1], b[2])) for b in bars) / 1e4)
        axes.set_xlim(low_end * 1.05, reach * 1.02)
        bare(axes)
        if low_end < 0:
            axes.axvline(0, color=FAINT, linewidth=0.7)
    return Chart(figure, title, title + ": " + "; ".join(f"{b[0]} {wan(b[2] - b[1])}" for b in bars))


def spending_by_month(spending: pd.DataFrame, year: int, lang: str = "zh") -> Chart:
    """How much was spent in each month of the year, and how much of it in the last quarter.

    spending: `month` (1-12 or a date of the year), `amount`.
    """
    what = "Spending by month" if lang == "en" else "分月支出"
    if spending.empty:
        return no_data(what, lang)
    months = spending["month"]
    if pd.api.types.is_datetime64_any_dtype(months):
        months = months.where(months.dt.year == year).dt.month
    sums = [Decimal(0)] * 12
    for month, amount in zip(months, spending["amount"]):
        if not pd.isna(month):
            sums[int(month) - 1] += exact_yuan(amount) or 0
    whole = sum(sums, Decimal(0))
    if not whole:
        return no_data(what, lang)
    last, peak = sum(sums[9:], Decimal(0)) / whole, sums.index(max(sums)) + 1
    if lang == "en":
        title = f"Most was spent in month {peak} ({wan(sums[peak - 1], 1)}); {last:.0%} of the year in the last quarter"
        subtitle = f"Spending by month of {year}, 10,000 yuan; total {wan(whole)}"
    else:
        title = f"{peak}月支出最多({wan(sums[peak - 1], 1)} 万元),第四季度占全年的 {last:.0%}"
        subtitle = f"{year} 年各月支出,单位:万元;合计 {wan(whole)}"
    with house_style():
        figure, axes = draw(title, subtitle, 1.9, left=0.1, right=0.1, bottom=0.32)
        values = [float(amount) / 1e4 for amount in sums]
        axes.bar(range(1, 13), values, width=0.66, color=[BLUE] * 9 + [NAVY] * 3)
        for month, amount in enumerate(sums, start=1):
            axes.text(month, values[month - 1] + max(values) * 0.015, wan(amount, 1) if amount else "0", ha="center",
                      va="bottom", size=8)
        axes.set_xticks(range(1, 13), [f"{m}" if lang == "en" else f"{m}月" for m in range(1, 13)])
        axes.tick_params(axis="x", length=0, colors=SOFT)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(0, max(values) * 1.1)
    return Chart(figure, title, title + ": " + "; ".join(f"{m} {wan(a)}" for m, a in enumerate(sums, start=1)))
