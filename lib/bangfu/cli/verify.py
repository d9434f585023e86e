"""`bangfu verify`: are the published files the ones that were published?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Lang, app, checked, complain, say


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="报告文件夹 / folder of reports", metavar="DIR")],
    signer: Annotated[str | None, typer.Option("--signer", help="要求的签名人指纹 / the signer demanded", metavar="FINGERPRINT")] = None,
    files_only: Annotated[bool, typer.Option("--files-only", help="只核对文件,不重新运行 / compare files, do not run again")] = False,
    lang: Lang = "zh",
) -> None:
    """核验已发布的报告是否原样、能否重现。/ Are the published files unchanged, and does running again give the same?"""
    checked(lang)
    from bangfu import verification

    differences = []
    folders = verification.records_below(folder)
    for one in folders:
        found = verification.changed_files(one, signer)
        if not files_only:
            found += verification.rerun_differences(one)
        for d in found:
            complain(f"{one.relative_to(folder).as_posix()}:{d.sentence.say(lang)}" if lang == "zh" else f"{one.relative_to(folder).as_posix()}: {d.sentence.say(lang)}", lang)
        differences += found
    if differences:
        raise typer.Exit(3)
    scope = ("文件未变", "files unchanged") if files_only else ("文件未变,重新运行结果相同", "files unchanged, running again gives the same")
    say(f"{len(folders)}个运行记录核验通过:{scope[0]}。" if lang == "zh" else f"{len(folders)} runs verified: {scope[1]}.", lang)
