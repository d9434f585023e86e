"""Reports for filing: PDF from the published HTML, Word from the executed notebook."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.problems import Problem
from bangfu.publish.paper import on_paper, settled

FONTS = Path(__file__).parent / "fonts"
_TEMPLATE = Path(__file__).parent / "templates" / "report"


class NotMade(Problem):
    """A document that this machine cannot make; the reports that it can make stand."""


def publish_pdf(html: Path, out: Path) -> Path:
    """Make a PDF of a published HTML report: cover, contents with page numbers, bookmarks, embedded font, no date.

    NotMade where the libraries that WeasyPrint draws with (Pango) are not installed.
    """
    # It warns of every property that a browser has and it has not: nothing that the reader of a report could mend.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError:
        raise NotMade.of(
            f"没有生成 {Path(out).name}：本机缺少 Pango，请安装（Debian：apt-get install libpango-1.0-0 libpangoft2-1.0-0）后重新运行，其余报告不受影响。",
            f"{Path(out).name} was not made: Pango is missing; install it (Debian: apt-get install libpango-1.0-0 "
            "libpangoft2-1.0-0) and run again; the other reports stand.") from None
    faces = "".join(f'@font-face {{ font-family: "Bangfu Sans SC"; font-weight: {weight}; src: url("{(FONTS / name).as_uri()}"); }}'
                    for weight, name in ((400, "BangfuSansSC-Regular.otf"), (700, "BangfuSansSC-Bold.otf")))
    page = on_paper(Path(html).read_text(encoding="utf-8"))
    head, body = page.split("</style>", 1)
    page = settled(head + faces + (_TEMPLATE / "pdf.css").read_text(encoding="utf-8")) + "</style>" + body
    out = Path(out)
    # Only the bundled fonts and what stands in the page itself can be loaded.
    with _collecting_later():
        HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("file", "data"))).write_pdf(str(out))
    return out


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Leaves the garbage collector out meanwhile: all boxes of a document are in use until it is written, and looking for others among
    them takes a quarter of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def publish_docx(executed_notebook: Path, out: Path, *, meta: dict, lang: str = "zh", edition: str = "public") -> Path:
    """Make a Word document of an executed notebook, for filing and for others to write on; meta as for `publish_html`."""
    from bangfu.publish.word_report import write_docx

    return write_docx(executed_notebook, out, meta=meta, lang=lang, edition=edition)
