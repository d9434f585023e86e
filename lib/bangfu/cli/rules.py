"""`bangfu rules`: the rule catalogue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.command import Lang, app, checked, say


@app.command()
def rules(
    policy: Annotated[str, typer.Option("--policy", help="政策包 / policy pack")] = "laizhou-2018-8",
    write: Annotated[Path | None, typer.Option("--write", help="把每条规则的说明页写入文件夹 / write a page per rule", metavar="DIR")] = None,
    lang: Lang = "zh",
) -> None:
    """规则目录:依据、参数、所看的表。/ The rule catalogue."""
    checked(lang)
    if write:
        from bangfu import handbook
        from bangfu.params import read_pack

        number = handbook.write(read_pack(policy), write)
        say(f"已写出{number}条规则的说明页。" if lang == "zh" else f"wrote the pages of {number} rules.", lang)
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
    say(f"共{len(pack.rules)}条规则,政策包“{pack.title}”。" if lang == "zh" else f"{len(pack.rules)} rules, policy pack “{pack.title_en}”.", lang)
