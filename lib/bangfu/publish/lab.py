"""Tables, key figures and findings in JupyterLab look as they do when published: the same style sheet, shown once."""

from pathlib import Path

MARK = "style"  # metadata of the output that carries the style: no part of a report
_SHEETS = Path(__file__).parent / "templates" / "report"


def style() -> str:
    """The style sheet of what notebooks show, confined to the outputs of notebooks."""
    palette, displays, lab = ((_SHEETS / f"{name}.css").read_text(encoding="utf-8") for name in ("palette", "displays", "lab"))
    return f"<style>\n{palette}.jp-OutputArea-output.jp-RenderedHTMLCommon {{\n{displays}}}\n{lab}</style>"


def show_style() -> None:
    """Shows the style sheet where a notebook is running, and nothing elsewhere."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        display({"text/html": style(), "text/plain": ""}, raw=True, metadata={"bangfu": MARK})


def show_charts_as_svg_alone() -> None:
    """Leaves out the pictures of charts that Word needs, in a notebook that is not filed in Word: drawing both costs twice."""
    from IPython import get_ipython

    from bangfu.charts.style import Chart

    if (shell := get_ipython()) is not None:
        shell.display_formatter.formatters["image/png"].for_type(Chart, lambda chart: None)


def is_style(output) -> bool:
    """Whether an output of an executed notebook is the style sheet."""
    return output.get("metadata", {}).get("bangfu") == MARK
