"""How far a fleet is: one view in a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from contextlib import contextmanager

from bangfu.problems import Sentence
from bangfu.typography import chinese_marks

DONE, FAILED = Sentence("完成", "done"), Sentence("未完成", "failed")


def silent(county: str, step: Sentence) -> None:
    """Says nothing."""


@contextmanager
def view(total: int, lang: str):
    """A function (county, sentence) that shows what each county is at: a bar and the counties under way in a terminal, else a line each."""
    if total == 1 or not sys.stdout.isatty():
        yield lambda county, step: print(_set(f"[{county}] {step.say(lang)}", lang), flush=True)
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(), transient=True) as bars:
        what, ended, under_way = "counties" if lang == "en" else "县", 0, {}
        whole = bars.add_task(f"{what} 0/{total}", total=total)

        def show(county: str, step: Sentence) -> None:
            nonlocal ended
            said = _set(f"{county} {step.say(lang)}", lang)
            if step in (DONE, FAILED):
                ended += 1
                bars.update(whole, completed=ended, description=f"{what} {ended}/{total}")
                if county in under_way:
                    bars.remove_task(under_way.pop(county))
                if step == FAILED:
                    bars.console.print(said, markup=False, highlight=False)
            elif county in under_way:
                bars.update(under_way[county], description=said)
            else:
                under_way[county] = bars.add_task(said, total=None)

        yield show


def _set(text: str, lang: str) -> str:
    return text if lang == "en" else chinese_marks(text)
