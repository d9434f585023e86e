"""`bangfu dossier`: everything the tables hold about a helper, household, project or account, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Lang, app, checked, say
from bangfu.problems import WrongParams


@app.command()
def dossier(
    params: Annotated[Path, typer.Argument(help="县参数文件 / county params", metavar="PARAMS")],
    year: Annotated[int, typer.Option("--year", help="审计年度 / audit year")],
    subject: Annotated[str, typer.Option("--subject", help="帮扶人、户、项目、举报编号或账号 / id of a helper, household, project or complaint, or an account", metavar="ID")],
    recipient: Annotated[str, typer.Option("--recipient", help="接收人姓名,印在每页 / whom it is for, printed on every page", metavar="NAME")],
    reports: Annotated[Path, typer.Option("--reports", help="报告文件夹 / folder for reports", metavar="DIR")],
    lang: Lang = "zh",
) -> None:
    """出具核查卷:一个对象的全部记录、疑点、走访和资金(内部版)。/ All records about one subject on one page (internal edition)."""
    checked(lang)
    if not recipient.strip():
        raise WrongParams.of("--recipient 不能为空,请写接收人姓名。", "--recipient must not be empty: name whom it is for.")
    from bangfu.county import County
    from bangfu.dossier import open_dossier
    from bangfu.publish.dossier import publish_dossier

    # A run's own folder is used where there is one, for its reviews and what it has judged; none is begun.
    plain = County.open(params, year, lang=lang, edition="internal")
    ran = (reports / plain.code / str(year) / "findings.parquet").exists()
    county = County.open(params, year, reports=reports, lang=lang, edition="internal") if ran else plain
    try:
        page = publish_dossier(open_dossier(county, subject), reports, recipient.strip())
    except OSError as wrong:
        raise WrongParams.of(f"报告文件夹 {reports} 写不进去({wrong.strerror}),请换一个文件夹。", f"The folder for reports {reports} cannot be written ({wrong.strerror}); name another.") from None
    # The path is said as it is: an account number in it would not be one if it were masked.
    say(f"核查卷(内部版,含个人信息,仅供{recipient.strip()}):{page}" if lang == "zh" else f"Dossier (internal, not masked, for {recipient.strip()} only): {page}", lang)
