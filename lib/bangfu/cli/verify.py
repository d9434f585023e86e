"""`bangfu verify`: are the published files, or the files of an evidence package, the ones that were signed?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Lang, app, checked, complain, say
from bangfu.problems import Sentence


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="报告文件夹或证据包 / folder of reports, or an evidence package", metavar="DIR|PACKAGE")],
    signer: Annotated[str | None, typer.Option("--signer", help="要求的签名人指纹 / the signer demanded", metavar="FINGERPRINT")] = None,
    files_only: Annotated[bool, typer.Option("--files-only", help="只核对文件,不重新运行 / compare files, do not run again")] = False,
    inputs: Annotated[Path | None, typer.Option("--inputs", help="在此文件夹中按摘要查找原始文件 / look here for the raw files, by digest", metavar="FOLDER")] = None,
    lang: Lang = "zh",
) -> None:
    """核验已发布的报告或证据包是否原样、能否重现。/ Is everything unchanged, and does running again give the same?"""
    checked(lang)
    from bangfu.package.archive import package_at

    package = package_at(folder)
    told, differences = _package(package, signer, files_only, inputs) if package else _reports(folder, signer, files_only, inputs, lang)
    for sentence in differences:
        complain(sentence.say(lang), lang)
    for sentence in told:
        say(sentence.say(lang), lang)
    if differences:
        raise typer.Exit(3)


def _reports(folder: Path, signer: str | None, files_only: bool, inputs: Path | None, lang: str) -> tuple[list[Sentence], list[Sentence]]:
    """What is to be said of the runs below a folder, and every difference."""
    from bangfu import verification

    found: list[verification.Difference] = []
    folders = verification.records_below(folder)
    for one in folders:
        found += verification.changed_files(one, signer)
        if not files_only:
            found += verification.rerun_differences(one, raw=inputs and inputs.resolve())
    where = {one: one.relative_to(folder).as_posix() for one in folders}
    differences = [Sentence(f"{where[d.folder]}:{d.sentence.zh}", f"{where[d.folder]}: {d.sentence.en}") for d in found]
    scope = ("文件未变", "files unchanged") if files_only else ("文件未变,重新运行结果相同", "files unchanged, running again gives the same")
    good = Sentence(f"{len(folders)}个运行记录核验通过:{scope[0]}。", f"{len(folders)} runs verified: {scope[1]}.")
    return [] if differences else [good], differences


def _package(path: Path, signer: str | None, files_only: bool, inputs: Path | None) -> tuple[list[Sentence], list[Sentence]]:
    """What is to be said of a package, and every difference; it is run again only where every file is as it was signed."""
    from bangfu.package import again, archive, checking

    package = archive.opened(path)
    seal = checking.check(package, signer)
    told, differences = seal.said(), list(seal.differences)
    if not differences and again.holds_run(package):
        differences += again.record_differences(package)
    if differences:
        return told, differences
    if again.holds_run(package) and (ran := again.run_signer(package)) not in (None, seal.signer):
        told.append(Sentence(f"其中的运行由另一人签署:{ran}。", f"The run in it was signed by another: {ran}."))
    told.append(Sentence(f"{len(package.names)}个文件均未改动。", f"All {len(package.names)} files are unchanged."))
    if files_only:
        pass
    elif not again.holds_run(package):
        told.append(Sentence("这是案件包,只含本案的行,不能单独重新运行。", "This is the package of a case: it holds its own rows only and cannot be run again by itself."))
    elif not (inputs or again.holds_inputs(package)):
        told.append(Sentence("原始文件不在包内,未重新运行;可用 --inputs 指明存放原始文件的文件夹。", "The raw files are not in it, so that it was not run again; name a folder that has them by --inputs."))
    else:
        differences += again.rerun_differences(package, inputs)
        if not differences:
            told.append(Sentence("重新运行,结果相同。", "Running again gives the same."))
    return told, differences
