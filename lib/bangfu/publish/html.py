"""An executed notebook as a report: one HTML file that loads nothing, with its contents, findings and folded code."""

import re
from functools import lru_cache
from html import escape, unescape
from pathlib import Path

from bangfu.jupyter import nbformat
from bangfu.publish.lab import is_style
from bangfu.publish.masking import mask_id_numbers
from bangfu.typography import page_with_chinese_marks
from bangfu.publish.words import label, word

_HIDDEN = {"parameters", "injected-parameters", "remove-cell", "remove_cell", "hide-cell"}
_TEMPLATES = Path(__file__).parent / "templates"


def publish_html(executed_notebook: Path, out: Path, *, meta: dict, lang: str = "zh", edition: str = "public") -> Path:
    """Publish an executed notebook as a self-contained HTML report.

    meta: `county`, `code`, `year`, `run_id` (a digest), and optionally `title` (else the notebook's first heading),
    `subtitle`, `policy`, `recipient` (whom it is for, named on every page). edition: `public` or `internal`. The same notebook gives the same bytes.
    """
    notebook = read_for_publication(executed_notebook)
    title = meta.get("title") or notebook.metadata.get("title") or Path(executed_notebook).stem
    return _written(_export(notebook, particulars_of(dict(meta, title=title), lang, edition)), out, lang, edition)


def publish_shown(parts: list[tuple[str, list]], out: Path, *, meta: dict, lang: str = "zh", edition: str = "public") -> Path:
    """Publish displays without a notebook: headings, each with what is shown under it (`_repr_html_`); the rest as `publish_html`."""
    shown = [html for heading, of in parts if of for html in (f"<h2>{escape(heading)}</h2>", *(d._repr_html_() for d in of))]
    # One output of all: the template takes longer over an output than most tables take to write.
    output = {"output_type": "display_data", "data": {"text/html": '</div>\n<div class="shown">'.join(shown)}, "metadata": {}}
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": [output]}
    # Rendered by the template itself: nbconvert's checks of a notebook take longer than the page.
    page = _exporter().template.render(nb=nbformat.from_dict({"cells": [cell], "metadata": {}}), resources={"report": particulars_of(meta, lang, edition), "global_content_filter": {"include_code": True, "include_output": True}})
    return _written(page, out, lang, edition)


def _written(html: str, out: Path, lang: str, edition: str) -> Path:
    html = _with_contents(html, lang)
    if lang == "zh":
        html = page_with_chinese_marks(html)
    if edition == "public":
        html = mask_id_numbers(html)
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html, encoding="utf-8", newline="\n")
    return out


def read_for_publication(executed_notebook: Path):
    """The notebook without what is no part of a report: parameter cells, warnings, style sheets; its first heading as its title."""
    notebook = nbformat.read(executed_notebook, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not _HIDDEN & set(cell.metadata.get("tags", []))]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if not (o.output_type == "stream" and o.name == "stderr" or is_style(o))]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = re.search(r"^#[ \t]+(.+?)[ \t]*#*$", cell.source, flags=re.M)
            if found:
                notebook.metadata["title"] = found.group(1)
                cell.source = (cell.source[: found.start()] + cell.source[found.end():]).strip()
            break
    return notebook


@lru_cache
def _exporter():
    """nbconvert's exporter with the report template, made once: it compiles its templates only once as well."""
    from nbconvert import HTMLExporter, TemplateExporter

    class ReportExporter(HTMLExporter):
        """The page as the template writes it: parsed and written again it would be the same page, and take twice as long."""

        def from_notebook_node(self, nb, resources=None, **kw):
            return TemplateExporter.from_notebook_node(self, nb, resources, **kw)

    return ReportExporter(template_name="report", extra_template_basedirs=[str(_TEMPLATES)], exclude_anchor_links=True)


def _export(notebook, report: dict) -> str:
    html, _ = _exporter().from_notebook_node(notebook, resources={"report": report})
    return html


def particulars_of(meta: dict, lang: str, edition: str) -> dict:
    """What the cover and the running header and footer say."""
    words = label("report", lang)
    place = " ".join(str(part) for part in (meta.get("county", ""), meta.get("year", "")) if part != "")
    full = f"{meta['title']} · {place}" if place else meta["title"]
    rows = [(words["county"], f"{meta.get('county', '')} {meta.get('code', '')}".strip()), (words["year"], meta.get("year")),
            (words["policy"], meta.get("policy")), (words["run"], meta.get("run_id")), (words["recipient"], meta.get("recipient"))]
    edition_word = word("edition", edition, lang)
    only_for = words["only_for"].format(name=meta["recipient"]) if meta.get("recipient") else ""
    page = ('"Page " counter(page) " of " counter(pages)' if lang == "en"
            else '"第 " counter(page) " 页，共 " counter(pages) " 页"')
    return {
        "html_lang": "en" if lang == "en" else "zh-CN",
        "words": words,
        "edition": edition,
        "title": meta["title"],
        "full_title": full,
        "over": " · ".join(filter(None, (place, edition_word, only_for))),
        "subtitle": meta.get("subtitle", ""),
        "particulars": [(term, str(value)) for term, value in rows if value not in (None, "")],
        "run_id": str(meta.get("run_id", "")),
        "css_title": _css_string(full),
        "css_footer": _css_string(" · ".join(filter(None, (edition_word.split(" · ")[0], only_for, f"{words['run']} {meta.get('run_id', '')}")))),
        "css_page": page,
        "colophon": " · ".join(filter(None, (full, edition_word, only_for, f"{words['run']} {meta.get('run_id', '')}"))),
    }


def _css_string(text: str) -> str:
    return str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("<", "\\3c ")


def _with_contents(html: str, lang: str) -> str:
    """The report with an anchor on every heading, every id once, and the table of contents."""
    taken: set[str] = set()
    start = html.index('<main id="report">')
    head, body = html[:start], html[start:]
    body = re.sub(r'(<(?:tr|article|section)\b[^>]*?) id="([^"]*)"',
                  lambda m: m.group(1) if m.group(2) in taken else (taken.add(m.group(2)), m.group(0))[1], body)
    entries: list[tuple[int, str, str]] = []

    def anchored(found: re.Match) -> str:
        level, attributes, inside = int(found.group(1)), found.group(2), found.group(3)
        text = plain(inside)
        given = re.search(r'\bid="([^"]*)"', attributes)
        identity = unescape(given.group(1)) if given else re.sub(r"\s+", "-", text)
        unique, number = identity, 2
        while unique in taken:
            unique, number = f"{identity}-{number}", number + 1
        taken.add(unique)
        if level in (2, 3) and text:
            entries.append((level, unique, text))
        attributes = re.sub(r'\s*\bid="[^"]*"', "", attributes)
        return f'<h{level} id="{escape(unique)}"{attributes}>{inside}</h{level}>'

    body = re.sub(r"<h([2-4])\b([^>]*)>(.*?)</h\1>", anchored, body, flags=re.S)
    # A rule's number in a table leads to its card, where the page has one.
    body = re.sub(r'<td class="id">([A-Z]{2}-[\w-]+)</td>',
                  lambda m: f'<td class="id"><a href="#{m.group(1)}">{m.group(1)}</a></td>' if m.group(1) in taken else m.group(0), body)
    return head.replace("<!--contents-->", _contents(entries, lang)) + body


def plain(inside: str) -> str:
    """A heading's words, without its badge, counts and links."""
    inside = re.sub(r'<(span class="(?:badge|number)[^"]*"|a class="(?:self|anchor-link)")[^>]*>.*?</(?:span|a)>', "", inside, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", inside))).strip()


MANY = 10  # entries under one heading that the contents show without being asked


def _contents(entries: list[tuple[int, str, str]], lang: str) -> str:
    """The table of contents: headings, and under each its own, folded where they are many."""
    groups: list[tuple[str, list[str]]] = []
    for level, identity, text in entries:
        link = f'<a href="#{escape(identity)}">{escape(text)}</a>'
        if level == 2:
            groups.append((link, []))
        else:
            if not groups:
                groups.append(("", []))
            groups[-1][1].append(f"<li>{link}</li>")
    lines = []
    for link, inner in groups:
        below = f"<ol>{''.join(inner)}</ol>" if inner else ""
        if len(inner) > MANY:
            below = f"<details><summary>{escape(word('report', 'expand', lang))} ({len(inner)})</summary>{below}</details>"
        lines.append(f"<li>{link}{below}</li>")
    name = word("report", "contents", lang)
    return f'<nav class="contents" aria-label="{name}"><h2>{name}</h2><ol>{"".join(lines)}</ol></nav>' if lines else ""
