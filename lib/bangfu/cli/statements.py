"""`bangfu statements`: a page per helper in a folder per unit, with summaries of units, towns and the county."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Edition, Lang, app, checked, say
from bangfu.problems import WrongParams


@app.command()
def statements(
    params: Annotated[Path, typer.Argument(help="县参数文件 / county params", metavar="PARAMS")],
    year: Annotated[int, typer.Option("--year", help="审计年度 / audit year")],
    reports: Annotated[Path, typer.Option("--reports", help="报告文件夹 / folder of reports", metavar="DIR")],
    to: Annotated[Path, typer.Option("--to", help="写到这个空文件夹 / an empty folder", metavar="FOLDER")],
    helper: Annotated[list[str] | None, typer.Option("--helper", help="只出这些责任人的(可重复) / only of these helpers", metavar="ID")] = None,
    unit: Annotated[list[str] | None, typer.Option("--unit", help="只出这些单位的(可重复) / only of these units", metavar="NAME")] = None,
    edition: Edition = "public",
    lang: Lang = "zh",
) -> None:
    """出具帮扶责任人对账单:每人一页,按单位分文件夹,附单位、镇街和全县汇总。/ A statement per helper, and summaries."""
    checked(lang, edition)
    from bangfu.county import County
    from bangfu.publish.statements import issue_statements

    # A run's own folder is used where there is one, for its reviews, what it has judged and earlier years; none is begun.
    plain = County.open(params, year, lang=lang, edition=edition)
    ran = (reports / plain.code / str(year) / "findings.parquet").exists()
    county = County.open(params, year, reports=reports, lang=lang, edition=edition) if ran else plain
    try:
        written = issue_statements(county, to, helpers=helper or (), units=unit or ())
    except OSError as wrong:
        raise WrongParams.of(f"文件夹 {to} 写不进去({wrong.strerror}),请换一个。", f"The folder {to} cannot be written ({wrong.strerror}); name another.") from None
    told = "" if ran else (" No run stands in the folder of reports: nothing that people have confirmed is taken into account." if lang == "en" else "报告文件夹中没有该年度的运行结果,未计入任何核实结论。")
    n = written
    say(
        f"{n['helpers']} statements of {n['units']} units, {n['towns']} towns: {to}.{told}" if lang == "en" else f"对账单{n['helpers']}份,单位{n['units']}个,镇街汇总{n['towns']}份:{to}。{told}",
        lang,
    )
