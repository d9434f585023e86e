"""`bangfu review export` and `bangfu review import`: the ledger of problems out to auditors and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Lang, app, checked, complain, say
from bangfu.problems import Sentence, WrongParams

review = typer.Typer(no_args_is_help=True, help="问题台账:导出给审计人员填写,填好读回。/ The ledger of problems: out to auditors, and back.")
app.add_typer(review, name="review")

Params = Annotated[Path, typer.Argument(help="县参数文件 / county params", metavar="PARAMS")]
Year = Annotated[int, typer.Option("--year", help="审计年度 / audit year")]
Reports = Annotated[Path, typer.Option("--reports", help="报告文件夹 / folder of reports", metavar="DIR")]


@review.command("export")
def export(
    params: Params,
    year: Year,
    reports: Reports,
    to: Annotated[Path, typer.Option("--to", help="写到这个工作簿 / the workbook to write", metavar="FILE.xlsx")],
    findings: Annotated[str, typer.Option("--findings", help="只导出这些疑点编号,逗号分隔 / only these findings", metavar="F...,")] = "",
    rule: Annotated[str, typer.Option("--rule", help="只导出这条规则 / only this rule", metavar="RULE")] = "",
    lang: Lang = "zh",
) -> None:
    """导出问题台账。/ Write the ledger of problems as a workbook."""
    checked(lang)
    from bangfu.review.ledger import Ledger, chosen
    from bangfu.review.ledger_book import write_ledger

    if to.suffix.lower() != ".xlsx":
        raise WrongParams.of(f"--to 应为 .xlsx 文件,不能是“{to.name}”。", f"--to must be an .xlsx file, not “{to.name}”.")
    if to.exists():
        raise WrongParams.of(f"{to.name} 已存在,可能有人填过,请换一个文件名。", f"{to.name} is there already and somebody may have filled it in: name another file.")
    ledger = Ledger.open(params, year, reports)
    ids = chosen(ledger.table, findings, rule)
    write_ledger(to, ledger, lang=lang, only=ids)
    say(Sentence(f"问题台账已导出({len(ids)}个疑点):{to}", f"Ledger of {len(ids)} findings: {to}").say(lang), lang)


@review.command("import")
def import_(
    params: Params,
    file: Annotated[Path, typer.Argument(help="填好的台账 / the ledger, filled in", metavar="FILE")],
    year: Year,
    reports: Reports,
    by: Annotated[str, typer.Option("--by", help="经办人姓名 / who judged", metavar="NAME")],
    lang: Lang = "zh",
) -> None:
    """读回填好的问题台账。/ Read an edited ledger back."""
    checked(lang)
    from bangfu.review.ledger import Ledger
    from bangfu.review.ledger_book import write_refused
    from bangfu.review.ledger_reading import refused_lines, take

    if not by.strip():
        raise WrongParams.of("--by 不能为空,请写经办人姓名。", "--by must not be empty: name who judged.")
    taken, read = take(file, Ledger.open(params, year, reports), by.strip())
    say(Sentence(f"已收{len(taken.entries)}条,未改动{taken.unchanged}条。", f"{len(taken.entries)} taken, {taken.unchanged} unchanged.").say(lang), lang)
    lines = refused_lines(taken, read)
    for sentence in (*read.notes, *(s for _, s in lines)):
        complain(sentence.say(lang), lang)
    if lines:
        out = write_refused(_beside(file), read.heads, lines, lang)
        complain(Sentence(f"未收{len(lines)}行,连同原因写入 {out.name}。", f"{len(lines)} lines were not taken; they stand with their reasons in {out.name}.").say(lang), lang)
    if lines or read.notes:
        raise typer.Exit(3)


def _beside(file: Path) -> Path:
    """A free name beside the ledger for the lines that were not taken."""
    names = (file.with_name(f"{file.stem}-未收{n or ''}.xlsx") for n in range(1000))
    return next(name for name in names if not name.exists())
