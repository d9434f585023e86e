"""`bangfu province`: the runs of all counties of a reports folder side by side, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Edition, Lang, app, checked, say
from bangfu.problems import WrongParams


@app.command()
def province(
    reports: Annotated[Path, typer.Option("--reports", help="报告文件夹,其下每县一个文件夹 / folder with a folder per county", metavar="DIR")],
    year: Annotated[int, typer.Option("--year", help="审计年度 / audit year")],
    lang: Lang = "zh",
    edition: Edition = "public",
) -> None:
    """各县对照:名次及区间、同一规则、跨县的人员账户和资金。/ Counties side by side, and what crosses from one to another."""
    checked(lang, edition)
    from bangfu.province import find
    from bangfu.publish.province import publish_province

    counties = find(reports.resolve(), year)
    try:
        page = publish_province(counties, reports.resolve(), lang=lang, edition=edition)
    except OSError as wrong:
        raise WrongParams.of(f"报告文件夹 {reports} 写不进去({wrong.strerror}),请换一个文件夹。", f"The folder for reports {reports} cannot be written ({wrong.strerror}); name another.") from None
    for code, why in counties.left_out.items():
        say(f"{code} 未纳入:{why.zh}。" if lang == "zh" else f"{code} left out: {why.en}.", lang)
    say(f"{len(counties.used)}个县对照:{page}" if lang == "zh" else f"{len(counties.used)} counties compared: {page}", lang)
