"""Money under way: from account to account as bands as wide as the amounts, and payment by payment in time."""

import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from bangfu.charts.style import BLUE, FAINT, GRAVE, INK, NAVY, PALE, SOFT, Chart, draw, house_style, label_inches, no_data, shorten
from bangfu.publish.figures import yuan

_GAP = 0.035  # of the height, between two accounts of a column


def sankey(links: pd.DataFrame, *, title: str, subtitle: str, lang: str = "zh", limit: int = 24) -> Chart:
    """Money from account to account, column by column of hops, as bands as wide as the amounts.

    links: `hop` (1 = the first payment), `source`, `target` (labels), `amount` (fen), `back` (flag: drawn as grave). The largest
    `limit` bands are drawn; the alternative text holds them all.
    """
    links = links[links["amount"] > 0].sort_values(["amount", "hop", "source", "target"], ascending=[False, True, True, True], ignore_index=True)
    if links.empty:
        return no_data(title, lang)
    drawn = links.head(limit)
    if len(links) > limit:
        subtitle += f"; {len(links) - limit} smaller bands not drawn" if lang == "en" else f";另有 {len(links) - limit} 条较小的未画出"
    ends = pd.concat([_ends(drawn, "source", drawn["hop"] - 1), _ends(drawn, "target", drawn["hop"])])
    sizes = ends.groupby(["column", "label", "side"])["amount"].sum().groupby(["column", "label"]).max().rename("amount").reset_index()
    place, whole = _places(sizes)
    columns = sorted(sizes["column"].unique())
    rows = sizes.groupby("column").size().max()
    with house_style():
        figure, axes = draw(title, subtitle, max(1.6, 0.36 * rows), left=0.1, right=0.1, bottom=0.1)
        width = 0.012
        across = {c: (0.002 if len(columns) == 1 else 0.002 + i * (0.78 / (len(columns) - 1))) for i, c in enumerate(columns)}
        out_at, in_at = {k: top for k, (top, _) in place.items()}, {k: top for k, (top, _) in place.items()}
        for link in drawn.sort_values(["hop", "source", "target"]).itertuples():
            source, target = (link.hop - 1, link.source), (link.hop, link.target)
            height = float(link.amount) / whole
            _band(axes, across[source[0]] + width, out_at[source], across[target[0]], in_at[target], height, GRAVE if link.back else BLUE)
            out_at[source] -= height
            in_at[target] -= height
        for (column, label), (top, height) in place.items():
            axes.add_patch(PathPatch(_box(across[column], top, width, height), facecolor=NAVY, linewidth=0))
            amount = sizes.loc[(sizes["column"] == column) & (sizes["label"] == label), "amount"].iloc[0]
            axes.text(across[column] + width + 0.006, top - height / 2, f"{shorten(label, 14)}\n{yuan(int(amount))}", va="center", size=7.5, color=INK, linespacing=1.15)
        axes.set_xlim(0, 1)
        axes.set_ylim(min(t - h for t, h in place.values()) - 0.02, 1.02)
        axes.axis("off")
    return Chart(figure, title, title + ": " + "; ".join(f"{x.source} → {x.target} {yuan(int(x.amount))}" for x in links.itertuples()))


def _ends(links: pd.DataFrame, side: str, column: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"column": column, "label": links[side], "side": side, "amount": links["amount"]})


def _places(sizes: pd.DataFrame) -> tuple[dict, float]:
    """Where each account stands: (column, label) -> (top, height); and the fen that the whole height is."""
    room = 1 - _GAP * (sizes.groupby("column").size().max() - 1)
    whole = float(sizes.groupby("column")["amount"].sum().max()) / max(room, 0.3)
    place = {}
    for column, group in sizes.groupby("column"):
        top = 1.0
        for row in group.sort_values(["amount", "label"], ascending=[False, True]).itertuples():
            height = float(row.amount) / whole
            place[(column, row.label)] = (top, height)
            top -= height + max(_GAP, 0.085 - height)
    return place, whole


def _box(x: float, top: float, width: float, height: float) -> Path:
    return Path([(x, top), (x + width, top), (x + width, top - height), (x, top - height), (x, top)], closed=True)


def _band(axes, x0: float, top0: float, x1: float, top1: float, height: float, colour: str) -> None:
    middle = (x0 + x1) / 2
    points = [(x0, top0), (middle, top0), (middle, top1), (x1, top1), (x1, top1 - height), (middle, top1 - height), (middle, top0 - height), (x0, top0 - height), (x0, top0)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, alpha=0.45, linewidth=0.4, edgecolor=colour))


def money_timeline(payments: pd.DataFrame, *, title: str, subtitle: str, lang: str = "zh") -> Chart:
    """Payments in time: a lane per account, an arrow per payment from lane to lane on its day.

    payments: `posted_on`, `source`, `target` (labels), `amount` (fen), in the order of the route; `back` (flag: drawn as grave).
    """
    if payments.empty:
        return no_data(title, lang)
    lanes = {label: place for place, label in enumerate(dict.fromkeys(l for pair in zip(payments["source"], payments["target"], strict=True) for l in pair))}
    days = payments["posted_on"].dt.normalize()
    ticks = sorted(days.unique())
    at = {day: place for place, day in enumerate(ticks)}  # each day with payments is a step: weeks between rings would press them flat
    same_day = payments.groupby(days).cumcount().to_numpy()
    with house_style():
        figure, axes = draw(title, subtitle, 0.42 * len(lanes) + 0.3, left=label_inches(lanes, limit=14), right=0.9, bottom=0.55)
        for lane in lanes.values():
            axes.axhline(lane, color=PALE, linewidth=0.8)
        for turn, row in zip(same_day, payments.itertuples(), strict=True):
            x = at[row.posted_on.normalize()] + min(turn, 8) * 0.09
            colour = GRAVE if row.back else NAVY
            axes.annotate("", xy=(x, lanes[row.target]), xytext=(x, lanes[row.source]), arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.2})
            axes.text(x + 0.04, (lanes[row.source] + lanes[row.target]) / 2, yuan(int(row.amount)), size=7.5, color=colour, va="center")
        axes.set_yticks(list(lanes.values()), [shorten(label, 14) for label in lanes])
        axes.invert_yaxis()
        shown = np.unique(np.linspace(0, len(ticks) - 1, min(len(ticks), 9)).astype(int))
        axes.set_xticks(shown, [pd.Timestamp(ticks[i]).strftime("%Y-%m-%d") for i in shown], rotation=30, ha="right")
        axes.set_xlim(-0.3, len(ticks) - 0.2)
        axes.tick_params(axis="x", colors=SOFT)
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_color(FAINT)
    return Chart(figure, title, title + ": " + "; ".join(f"{r.posted_on:%Y-%m-%d} {r.source} → {r.target} {yuan(int(r.amount))}" for r in payments.itertuples()))
