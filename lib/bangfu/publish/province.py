"""Publishing all counties side by side: the notebook `province`, run on a reports folder."""

from pathlib import Path

from bangfu import notebooks
from bangfu.province import Counties
from bangfu.publish.html import publish_html


def publish_province(counties: Counties, reports: Path, *, lang: str = "zh", edition: str = "public") -> Path:
    """Runs the notebook on the county-years found, and publishes it as `<reports>/province/<year>/province.html`; NotebookFailed where it did not finish."""
    notebook = notebooks.all_notebooks("province")["province"]
    folder = reports / "province" / str(counties.year)
    folder.mkdir(parents=True, exist_ok=True)
    executed = notebooks.execute(notebook, folder, {"reports": str(reports), "year": counties.year, "lang": lang, "edition": edition})
    number = len(counties.used)
    policies = sorted({c.policy for c in counties.used})
    meta = {"title": notebook.label(lang), "county": f"{number} counties" if lang == "en" else f"{number}个县", "year": counties.year, "run_id": counties.run_id, "policy": ("、" if lang == "zh" else ", ").join(policies)}
    return publish_html(executed, folder / f"{notebook.name}.html", meta=meta, lang=lang, edition=edition)
