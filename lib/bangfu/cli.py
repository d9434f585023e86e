"""The commands: run, demo, verify, rules, lab."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from bangfu.problems import Problem, Sentence, WrongParams
from bangfu.typography import chinese_marks

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="结对帮扶审计工作台:从县里的原始文件到可核验的报告。\n\nThe workbench for auditing paired assistance: from a county's raw files to reports that can be verified.",
)
Lang = Annotated[str, typer.Option("--lang", help="zh 或 en / zh or en", metavar="zh|en")]
Edition = Annotated[str, typer.Option("--edition", help="public 公开版(脱敏)或 internal 内部版 / public (masked) or internal", metavar="public|internal")]


def _say(text: str, lang: str) -> None:
    print(text if lang == "en" else chinese_marks(text), flush=True)


def _complain(text: str, lang: str) -> None:
    print(text if lang == "en" else chinese_marks(text), file=sys.stderr, flush=True)


def _checked(lang: str, edition: str = "public") -> None:
    if lang not in {"zh", "en"}:
        raise WrongParams.of(f"--lang 只能是 zh 或 en,不能是“{lang}”。", f"--lang must be zh or en, not “{lang}”.")
    if edition not in {"public", "internal"}:
        raise WrongParams.of(f"--edition 只能是 public 或 internal,不能是“{edition}”。", f"--edition must be public or internal, not “{edition}”.")


@app.command()
def run(
    params: Annotated[list[Path], typer.Argument(help="县参数文件 / county params", metavar="PARAMS...")],
    year: Annotated[int, typer.Option("--year", help="审计年度 / audit year")],
    reports: Annotated[Path, typer.Option("--reports", help="报告文件夹 / folder for reports", metavar="DIR")],
    jobs: Annotated[int, typer.Option("--jobs", help="同时运行几个县 / counties at once", min=1)] = 1,
    only: Annotated[str, typer.Option("--only", help="只运行这些笔记本,逗号分隔 / only these notebooks", metavar="NAME,...")] = "",
    lang: Lang = "zh",
    edition: Edition = "public",
) -> None:
    """运行一个或多个县:读取、检验、评估、出报告。/ Everything for one or more counties."""
    _checked(lang, edition)
    raise typer.Exit(_run(params, year, reports, jobs, [n.strip() for n in only.split(",") if n.strip()] or None, lang, edition))


def _run(params: list[Path], year: int, reports: Path, jobs: int, only: list[str] | None, lang: str, edition: str) -> int:
    from bangfu import notebooks, pipeline

    notebooks.chosen(only)
    try:
        reports.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise WrongParams.of(f"报告文件夹 {reports} 不能创建({wrong.strerror}),请换一个文件夹。", f"The folder for reports {reports} cannot be made ({wrong.strerror}); name another.") from None
    results = pipeline.run_counties(params, year, reports, jobs=jobs, only=only, lang=lang, edition=edition, progress=lambda county, s: _say(f"[{county}] {s.say(lang)}", lang))
    for result in results:
        _tell(result, lang)
    failed = [r for r in results if r.status]
    if len(results) == 1:
        for s in results[0].sentences if failed else ():
            _complain(s.say(lang), lang)
    else:
        zh = f"共{len(results)}个县,完成{len(results) - len(failed)}个,未完成{len(failed)}个" + (":" if failed else "。")
        en = f"{len(results)} counties: {len(results) - len(failed)} done, {len(failed)} failed" + (":" if failed else ".")
        (_complain if failed else _say)(en if lang == "en" else zh, lang)
        for r in failed:
            for s in r.sentences:
                _complain(f"  {r.name}: {s.say(lang)}" if lang == "en" else f"  {r.name}:{s.say(lang)}", lang)
    return pipeline.exit_status(results)


def _tell(result, lang: str) -> None:
    if result.status:
        return
    from bangfu.publish.words import word

    counts = result.counts
    told = ("、" if lang == "zh" else ", ").join(f"{word('severity', k, lang)} {counts.get(k, 0)}" for k in ("high", "medium", "low"))
    seconds = (";" if lang == "zh" else "; ").join(f"{k} {v:.1f}s" for k, v in result.steps.items())
    if lang == "en":
        _say(f"{result.name}: {sum(counts.values())} findings ({told}). Steps: {seconds}.", lang)
    else:
        _say(f"{result.name}:发现疑点{sum(counts.values())}个({told})。用时:{seconds}。", lang)
    for sentence in result.sentences:
        _say(sentence.say(lang), lang)
    if result.report:
        _say(("报告:" if lang == "zh" else "Report: ") + str(result.report), lang)


@app.command()
def demo(
    reports: Annotated[Path | None, typer.Option("--reports", help="报告文件夹 / folder for reports", metavar="DIR")] = None,
    households: Annotated[int, typer.Option("--households", help="户数 / households", min=60)] = 600,
    year: Annotated[int, typer.Option("--year", help="年度 / year")] = 2019,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 / random seed")] = 1,
    lang: Lang = "zh",
) -> None:
    """造一个样例县并完整运行一遍。/ The same for a sample county that it makes itself."""
    _checked(lang)
    from bangfu import workbench
    from bangfu.sample import demo as sample

    _say("正在生成样例县(虚构数据)…" if lang == "zh" else "making a sample county (invented data)…", lang)
    params = sample.ready(households=households, seed=seed, year=year)
    raise typer.Exit(_run([params], year, reports or workbench.reports(), 1, None, lang, "public"))


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="报告文件夹 / folder of reports", metavar="DIR")],
    signer: Annotated[str | None, typer.Option("--signer", help="要求的签名人指纹 / the signer demanded", metavar="FINGERPRINT")] = None,
    files_only: Annotated[bool, typer.Option("--files-only", help="只核对文件,不重新运行 / compare files, do not run again")] = False,
    lang: Lang = "zh",
) -> None:
    """核验已发布的报告是否原样、能否重现。/ Are the published files unchanged, and does running again give the same?"""
    _checked(lang)
    from bangfu import verification

    differences = []
    folders = verification.records_below(folder)
    for one in folders:
        found = verification.changed_files(one, signer)
        if not files_only:
            found += verification.rerun_differences(one)
        for d in found:
            _complain(f"{one.relative_to(folder).as_posix()}:{d.sentence.say(lang)}" if lang == "zh" else f"{one.relative_to(folder).as_posix()}: {d.sentence.say(lang)}", lang)
        differences += found
    if differences:
        raise typer.Exit(3)
    scope = ("文件未变", "files unchanged") if files_only else ("文件未变,重新运行结果相同", "files unchanged, running again gives the same")
    _say(f"{len(folders)}个运行记录核验通过:{scope[0]}。" if lang == "zh" else f"{len(folders)} runs verified: {scope[1]}.", lang)


@app.command()
def rules(
    policy: Annotated[str, typer.Option("--policy", help="政策包 / policy pack")] = "laizhou-2018-8",
    write: Annotated[Path | None, typer.Option("--write", help="把每条规则的说明页写入文件夹 / write a page per rule", metavar="DIR")] = None,
    lang: Lang = "zh",
) -> None:
    """规则目录:依据、参数、所看的表。/ The rule catalogue."""
    _checked(lang)
    if write:
        from bangfu import handbook
        from bangfu.params import read_pack

        number = handbook.write(read_pack(policy), write)
        _say(f"已写出{number}条规则的说明页。" if lang == "zh" else f"wrote the pages of {number} rules.", lang)
        return
    from rich.console import Console
    from rich.table import Column, Table

    from bangfu.intake import dictionary
    from bangfu.params import read_pack

    pack, tables = read_pack(policy), dictionary()
    headers = ("编号", "名称", "程度", "参数", "依据", "所看的表") if lang == "zh" else ("id", "title", "severity", "parameters", "basis", "looks at")
    table = Table(*(Column(h, overflow="fold") for h in headers), show_lines=False)
    from bangfu.publish.words import word

    for r in pack.rules.values():
        table.add_row(
            r.rule.id,
            r.rule.title_en if lang == "en" else r.rule.title,
            word("severity", r.rule.severity, lang),
            "\n".join(r.told(lang, codes=True)),
            "\n".join(b.say(lang) for b in r.basis),
            "\n".join(tables[t].label(lang) for t in r.rule.reads),
        )
    Console(width=None if sys.stdout.isatty() else 200, markup=False).print(table)
    _say(f"共{len(pack.rules)}条规则,政策包“{pack.title}”。" if lang == "zh" else f"{len(pack.rules)} rules, policy pack “{pack.title_en}”.", lang)


@app.command()
def lab(
    port: Annotated[int, typer.Option("--port", help="端口 / port")] = 8888,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="打开浏览器 / open a browser")] = True,
    lang: Lang = "zh",
) -> None:
    """打开 JupyterLab。/ JupyterLab, ready to work in."""
    _checked(lang)
    from bangfu import workbench
    from bangfu.sample import demo as sample

    sample.ready()
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", "--ServerApp.root_dir=" + str(workbench.home()), "--LabApp.default_url=/lab/tree/notebooks/" + quote("开始.md"), "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if not browser:
        command.append("--no-browser")
    os.execv(sys.executable, command)


def main(argv: list[str] | None = None) -> None:
    """The console entry: a problem is its sentences on standard error and its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    lang = "en" if "--lang=en" in argv or ["--lang", "en"] in [argv[i : i + 2] for i in range(len(argv))] else "zh"
    from bangfu import usage

    try:
        status = typer.main.get_command(app).main(argv, prog_name="bangfu", standalone_mode=False)
    except Problem as problem:
        _complain(problem.say(lang), lang)
        raise SystemExit(problem.status) from None
    except usage.UsageError as wrong:
        if type(wrong).__name__ == "NoArgsIsHelpError":
            _say(wrong.format_message(), lang)
        else:
            _complain(usage.sentence(wrong, argv).say(lang), lang)
        raise SystemExit(2) from None
    except (KeyboardInterrupt, typer.Abort):
        _complain(Sentence("已中断。", "Interrupted.").say(lang), lang)
        raise SystemExit(130) from None
    raise SystemExit(status or 0)


if __name__ == "__main__":
    main()
