"""`bangfu status`: county by county and step by step, what is done, what is to be done again and why, what failed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Lang, app, checked, say
from bangfu.problems import WrongParams

_STATES = {
    "done": ("完成", "done"), "stale": ("需重做", "stale"), "failed": ("失败", "failed"), "interrupted": ("中断", "interrupted"),
    "running": ("运行中", "running"), "never": ("从未运行", "never run"), "unknown": ("无法判断", "unknown"),
}  # fmt: skip


@app.command()
def status(
    reports: Annotated[Path, typer.Argument(help="报告文件夹 / folder of reports", metavar="DIR")],
    params: Annotated[list[Path] | None, typer.Argument(help="只看这些县的参数文件 / only these counties", metavar="[PARAMS...]")] = None,
    year: Annotated[int | None, typer.Option("--year", help="只看这一年度 / only this year")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")] = False,
    lang: Lang = "zh",
) -> None:
    """各县各步骤的状态:完成、需重做(为什么)、失败、用时。/ Where each county stands, step by step."""
    checked(lang)
    if not reports.is_dir():
        raise WrongParams.of(f"没有报告文件夹 {reports},请检查路径。", f"There is no folder of reports {reports}; check the path.")
    from bangfu.steps.status import standings

    found = standings(reports, params, year)
    if as_json:
        print(json.dumps([_plain(s, lang) for s in found], ensure_ascii=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Column, Table

    english = lang == "en"
    heads = ("county", "year", "step", "state", "seconds", "when", "why") if english else ("县", "年度", "步骤", "状态", "用时(秒)", "何时", "原因")
    table = Table(*(Column(h, overflow="fold", justify="right" if h in {"seconds", "用时(秒)"} else "left") for h in heads))
    for s in found:
        seconds = "" if s.seconds is None else f"{s.seconds:.1f}"
        table.add_row(f"{s.county} {s.code}", str(s.year or ""), s.title.say(lang), _STATES[s.state][english], seconds, (s.at or "")[:19].replace("T", " "), s.why.say(lang))
    Console(width=None if sys.stdout.isatty() else 200, markup=False).print(table)
    undone = sum(s.state != "done" for s in found)
    counties = len({(s.code, s.year) for s in found})
    say(f"{counties} county-years, {undone} steps to be done." if english else f"共{counties}个县年度,{undone}个步骤需要运行。", lang)


def _plain(s, lang: str) -> dict:
    return {"county": s.county, "code": s.code, "year": s.year or None, "step": s.step, "state": s.state, "why": s.why.say(lang) or None, "seconds": s.seconds and round(s.seconds, 3), "at": s.at}
