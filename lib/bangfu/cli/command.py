"""What every command shares: how it speaks, its options, and what it checks first."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bangfu.problems import WrongParams
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


def say(text: str, lang: str) -> None:
    print(text if lang == "en" else chinese_marks(text), flush=True)


def complain(text: str, lang: str) -> None:
    print(text if lang == "en" else chinese_marks(text), file=sys.stderr, flush=True)


def checked(lang: str, edition: str = "public") -> None:
    if lang not in {"zh", "en"}:
        raise WrongParams.of(f"--lang 只能是 zh 或 en,不能是“{lang}”。", f"--lang must be zh or en, not “{lang}”.")
    if edition not in {"public", "internal"}:
        raise WrongParams.of(f"--edition 只能是 public 或 internal,不能是“{edition}”。", f"--edition must be public or internal, not “{edition}”.")
