"""The commands, one module each: `bangfu run`, `demo`, `verify`, `rules`, `dossier`, `papers`, `statements`, `review`, `pack`, `province`, `status`, `lab`."""

from __future__ import annotations

import sys

import typer

from bangfu.cli import dossier, lab, pack, papers, province, review, rules, run, statements, status, usage, verify  # noqa: F401  (each adds its command to the program)
from bangfu.cli.command import app, complain, say
from bangfu.problems import Problem, Sentence


def main(argv: list[str] | None = None) -> None:
    """The console entry: a problem is its sentences on standard error and its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    lang = "en" if "--lang=en" in argv or ["--lang", "en"] in [argv[i : i + 2] for i in range(len(argv))] else "zh"
    try:
        status = typer.main.get_command(app).main(argv, prog_name="bangfu", standalone_mode=False)
    except Problem as problem:
        complain(problem.say(lang), lang)
        raise SystemExit(problem.status) from None
    except usage.UsageError as wrong:
        if type(wrong).__name__ == "NoArgsIsHelpError":
            say(wrong.format_message(), lang)
        else:
            complain(usage.sentence(wrong, argv).say(lang), lang)
        raise SystemExit(2) from None
    except (KeyboardInterrupt, typer.Abort):
        complain(Sentence("已中断。", "Interrupted.").say(lang), lang)
        raise SystemExit(130) from None
    raise SystemExit(status or 0)
