"""What a run publishes: a page per notebook, the annual report for filing, and the working papers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from bangfu.kernels.apart import apart
from bangfu.problems import Sentence
from bangfu.publish.changes import changed_rows
from bangfu.publish.documents import NotMade, publish_docx, publish_pdf
from bangfu.publish.html import publish_html
from bangfu.publish.judged import history, shares_confirmed
from bangfu.publish.workbook import write_workpapers

FILED = "annual_report"  # the notebook that is filed as PDF and Word as well


def publish(chosen, county) -> tuple[Path | None, list[Sentence]]:
    """Publish what a county-year's executed notebooks show, and its working papers.

    chosen: the notebooks that ran. Returns the page to open first, and a sentence for each document that could not be made.
    """
    said = [sentence for notebook in chosen for sentence in publish_page(notebook, county)]
    publish_workpapers(county)
    return first_page(chosen, county.folder), said


def first_page(chosen, folder: Path) -> Path | None:
    """The page to open first of those that the notebooks have."""
    names = [n.name for n in chosen]
    return folder / f"{FILED if FILED in names else names[0]}.html" if names else None


def publish_page(notebook, county) -> list[Sentence]:
    """Publish what one executed notebook shows; returns a sentence for each document that could not be made."""
    executed, said = county.folder / f"{notebook.name}.ipynb", []
    told = particulars(county) | {"title": notebook.label(county.lang)}
    page = publish_html(executed, executed.with_suffix(".html"), meta=told, lang=county.lang, edition=county.edition)
    if notebook.name == FILED:
        with ThreadPoolExecutor(1) as beside:
            # Apart, since of every PDF a few megabytes stay in the libraries that it is drawn with.
            pdf = beside.submit(apart, publish_pdf, page, page.with_suffix(".pdf"))
            publish_docx(executed, page.with_suffix(".docx"), meta=told, lang=county.lang, edition=county.edition)
        try:
            pdf.result()
        except NotMade as missing:
            said += missing.sentences
    return said


def publish_workpapers(county) -> Path:
    """The working papers of a county-year, not masked: all findings, and what was not assessed or not read."""
    lang = county.lang
    english = lang == "en"
    unjudged = county.assess().not_assessed
    not_assessed = pd.DataFrame({
        "rule_id": unjudged["rule_id"],
        "title": unjudged["title_en" if english else "title"],
        "reason": unjudged["gap_en" if english else "gap"],
    })
    rules = list(county.settings.pack.rules.values())
    catalogue = pd.DataFrame({
        "rule_id": [r.rule.id for r in rules],
        "topic": [r.rule.topic for r in rules],
        "severity": [r.rule.severity for r in rules],
        "title": [r.rule.title_en if english else r.rule.title for r in rules],
        "basis": ["\n".join(b.say(lang) for b in r.basis) for r in rules],
        "parameters": ["\n".join(r.told(lang)) for r in rules],
    })
    roles = {"first": "First helper" if english else "第一帮扶责任人", "second": "Second helper" if english else "第二帮扶责任人"}
    helpers = county.helpers.assign(role=county.helpers["role"].map(roles))
    if english:
        helpers = helpers.assign(**{c: helpers[f"{c}_en"] for c in ("grade_reason", "sanction", "rectification", "card")})
    return write_workpapers(county.folder / "workpapers.xlsx", county.findings, meta=particulars(county), lang=lang,
                            not_assessed=not_assessed, rejects=county.intake.rejects, rules=catalogue, helpers=helpers,
                            changes=changed_rows(county), precision=shares_confirmed(county), history=history(county))


def particulars(county) -> dict:
    """What every report says of its county-year: place, year, policy pack, and the run by its digest."""
    pack = county.settings.pack
    return {"county": county.name, "code": county.code, "year": county.year, "run_id": county.run_id,
            "policy": pack.title_en if county.lang == "en" else pack.title}
