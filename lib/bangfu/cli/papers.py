"""`bangfu papers`: working papers of findings, of a case written by hand, or blank forms, for a named recipient."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Lang, app, checked, say
from bangfu.problems import WrongParams


@app.command()
def papers(
    params: Annotated[Path, typer.Argument(help="县参数文件 / county params", metavar="PARAMS")],
    year: Annotated[int, typer.Option("--year", help="审计年度 / audit year")],
    recipient: Annotated[str, typer.Option("--recipient", help="领取人,印在每一页 / who may have them, on each page", metavar="NAME")],
    to: Annotated[Path, typer.Option("--to", help="写到这个空文件夹 / an empty folder", metavar="FOLDER")],
    reports: Annotated[Path | None, typer.Option("--reports", help="报告文件夹 / folder of reports", metavar="DIR")] = None,
    findings: Annotated[str, typer.Option("--findings", help="疑点编号,逗号分隔 / finding ids", metavar="F...,")] = "",
    rule: Annotated[str, typer.Option("--rule", help="这条规则的全部疑点 / all findings of a rule", metavar="RULE")] = "",
    case: Annotated[Path | None, typer.Option("--case", help="案件文件(.yml 或 .xlsx) / a case written by hand", metavar="FILE")] = None,
    lang: Lang = "zh",
) -> None:
    """生成取证单、工作底稿和问题台账;都不指定则为空白表。/ Working papers; blank forms where nothing is named."""
    checked(lang)
    from bangfu.params import open_settings
    from bangfu.publish.papers.case_file import read_case
    from bangfu.publish.papers.issue import issue, recipient_of, said
    from bangfu.publish.papers.matter import blank

    name = recipient_of(recipient)
    settings = open_settings(params, year, lang=lang)
    matters = [read_case(case).matter(settings.county.code, year, settings.county.name, lang)] if case else []
    if findings or rule:
        if reports is None:
            raise WrongParams.of("按疑点或规则生成底稿须用 --reports 指明报告文件夹。", "Papers of findings need --reports, the folder of reports.")
        matters += _of_findings(params, year, reports, findings, rule, lang)
    matters = matters or [blank(year, settings.county.name, lang)]
    written = issue(matters, to, code=settings.county.code, year=year, recipient=name, lang=lang)
    say(said(written, to, name).say(lang), lang)


def _of_findings(params: Path, year: int, reports: Path, findings: str, rule: str, lang: str) -> list:
    from bangfu.county import County
    from bangfu.publish.papers.matter import of_findings
    from bangfu.review.ledger import Ledger, chosen

    ledger = Ledger.open(params, year, reports)
    rows = ledger.rows()
    rows = rows[rows["finding_id"].isin(chosen(ledger.table, findings, rule))]
    county = County.open(params, year, reports=reports, lang=lang, edition="internal")
    return of_findings(rows, county.settings.pack, county.intake, code=county.code, year=year, name=county.name, lang=lang)
