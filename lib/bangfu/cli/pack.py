"""`bangfu pack`: a county-year or a case as a signed evidence package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Lang, app, checked, say


@app.command()
def pack(
    target: Annotated[Path, typer.Argument(help="县参数文件,或一次运行的文件夹 / county params, or the folder of a run", metavar="PARAMS|RUN")],
    to: Annotated[Path, typer.Option("--to", help="写成 .zip 文件或文件夹 / a .zip file or a folder", metavar="FILE|FOLDER")],
    year: Annotated[int | None, typer.Option("--year", help="审计年度 / audit year")] = None,
    reports: Annotated[Path | None, typer.Option("--reports", help="报告文件夹 / folder of reports", metavar="DIR")] = None,
    case: Annotated[list[str] | None, typer.Option("--case", help="只打包这些疑点,逗号分隔 / only these findings", metavar="F...,")] = None,
    recipient: Annotated[str, typer.Option("--recipient", help="领取人;写明才含取证单和底稿 / who may have it; named, it holds working papers", metavar="NAME")] = "",
    with_inputs: Annotated[bool, typer.Option("--with-inputs", help="原始文件随包 / raw files travel with it")] = False,
    with_code: Annotated[bool, typer.Option("--with-code", help="源代码随包 / the source travels with it")] = False,
    lang: Lang = "zh",
) -> None:
    """把一个县年度或一个案件打成签名的证据包。/ Packs a county-year or a case, signed."""
    checked(lang)
    from bangfu.package.packing import pack as packed
    from bangfu.package.recorded import recorded_run
    from bangfu.publish.papers.issue import recipient_of

    name = recipient_of(recipient) if recipient else ""
    run = recorded_run(target, year, reports)
    done = packed(run, to, case=case or (), recipient=name, with_inputs=with_inputs, with_code=with_code)
    say(done.said().say(lang), lang)
