"""`bangfu lab`: JupyterLab, ready to work in."""

from __future__ import annotations

import os
import sys
from typing import Annotated
from urllib.parse import quote

import typer

from bangfu.cli.command import Lang, app, checked


@app.command()
def lab(
    port: Annotated[int, typer.Option("--port", help="端口 / port")] = 8888,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="打开浏览器 / open a browser")] = True,
    lang: Lang = "zh",
) -> None:
    """打开 JupyterLab。/ JupyterLab, ready to work in."""
    checked(lang)
    from bangfu import workbench
    from bangfu.sample import demo as sample

    sample.ready()
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", "--ServerApp.root_dir=" + str(workbench.home()), "--LabApp.default_url=/lab/tree/notebooks/" + quote("开始.md"), "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if not browser:
        command.append("--no-browser")
    os.execv(sys.executable, command)
