"""`bangfu run` and `bangfu demo`: a county or several from raw files to published reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Edition, Lang, app, checked, complain, say
from bangfu.problems import WrongParams


@app.command()
def run(
    params: Annotated[list[str], typer.Argument(help="县参数文件或其地址 / county params, or their URLs", metavar="PARAMS...")],
    year: Annotated[int, typer.Option("--year", help="审计年度 / audit year")],
    reports: Annotated[str, typer.Option("--reports", help="报告文件夹或其地址 / folder for reports, or its URL", metavar="DIR")],
    jobs: Annotated[int, typer.Option("--jobs", help="同时运行几个县 / counties at once", min=1)] = 1,
    only: Annotated[str, typer.Option("--only", help="只运行这些笔记本,逗号分隔 / only these notebooks", metavar="NAME,...")] = "",
    lang: Lang = "zh",
    edition: Edition = "public",
    scheduler: Annotated[str, typer.Option("--scheduler", help="由这个 Dask 调度器的工作机运行 / run by the workers of this Dask scheduler", metavar="tcp://…")] = "",
) -> None:
    """运行一个或多个县:读取、检验、评估、出报告。/ Everything for one or more counties."""
    checked(lang, edition)
    raise typer.Exit(run_all(params, year, reports, jobs, [n.strip() for n in only.split(",") if n.strip()] or None, lang, edition, scheduler or None))


def run_all(params: list[str], year: int, reports: str, jobs: int, only: list[str] | None, lang: str, edition: str, scheduler: str | None = None) -> int:
    from bangfu import notebooks, pipeline
    from bangfu.fleet import places
    from bangfu.fleet.dispatch import run_counties
    from bangfu.fleet.progress import view

    notebooks.chosen(only)
    try:
        if not places.in_store(reports):
            Path(reports).mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise WrongParams.of(f"报告文件夹 {reports} 不能创建({wrong.strerror}),请换一个文件夹。", f"The folder for reports {reports} cannot be made ({wrong.strerror}); name another.") from None
    with view(len(params), lang) as show:
        results = run_counties(params, year, reports, jobs=jobs, scheduler=scheduler, only=only, lang=lang, edition=edition, progress=show)
    for result in results:
        _tell(result, lang)
    failed = [r for r in results if r.status]
    if len(results) == 1:
        for s in results[0].sentences if failed else ():
            complain(s.say(lang), lang)
    else:
        zh = f"共{len(results)}个县,完成{len(results) - len(failed)}个,未完成{len(failed)}个" + (":" if failed else "。")
        en = f"{len(results)} counties: {len(results) - len(failed)} done, {len(failed)} failed" + (":" if failed else ".")
        (complain if failed else say)(en if lang == "en" else zh, lang)
        for r in failed:
            for s in r.sentences:
                complain(f"  {r.name}: {s.say(lang)}" if lang == "en" else f"  {r.name}:{s.say(lang)}", lang)
    return pipeline.exit_status(results)


def _tell(result, lang: str) -> None:
    if result.status:
        return
    from bangfu.publish.words import word

    counts = result.counts
    told = ("、" if lang == "zh" else ", ").join(f"{word('severity', k, lang)} {counts.get(k, 0)}" for k in ("high", "medium", "low"))
    seconds = (";" if lang == "zh" else "; ").join(f"{k} {v:.1f}s" for k, v in result.steps.items())
    if lang == "en":
        say(f"{result.name}: {sum(counts.values())} findings ({told}). " + (f"Steps: {seconds}." if seconds else "Nothing has changed; not run again."), lang)
    else:
        say(f"{result.name}:发现疑点{sum(counts.values())}个({told})。" + (f"用时:{seconds}。" if seconds else "没有变化,未再运行。"), lang)
    for sentence in result.sentences:
        say(sentence.say(lang), lang)
    if result.report:
        say(("报告:" if lang == "zh" else "Report: ") + str(result.report), lang)


@app.command()
def demo(
    reports: Annotated[Path | None, typer.Option("--reports", help="报告文件夹 / folder for reports", metavar="DIR")] = None,
    households: Annotated[int, typer.Option("--households", help="户数 / households", min=60)] = 600,
    year: Annotated[int, typer.Option("--year", help="年度 / year")] = 2019,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 / random seed")] = 1,
    lang: Lang = "zh",
) -> None:
    """造一个样例县并完整运行一遍。/ The same for a sample county that it makes itself."""
    checked(lang)
    from bangfu import workbench
    from bangfu.sample import demo as sample

    say("正在生成样例县(虚构数据)…" if lang == "zh" else "making a sample county (invented data)…", lang)
    params = sample.ready(households=households, seed=seed, year=year)
    raise typer.Exit(run_all([str(params)], year, str(reports or workbench.reports()), 1, None, lang, "public"))
