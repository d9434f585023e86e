"""Reading the ledger of problems back from a workbook that people edited: in LibreOffice, Excel or WPS, as .xlsx or .ods."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bangfu.intake import cells, readers
from bangfu.intake.raw import Notice, RawSheet
from bangfu.problems import Sentence, UnusableInput
from bangfu.publish.words import word
from bangfu.review.ledger import Edit, Ledger, Taken
from bangfu.review.ledger_book import FOUND, HIDDEN, OWN, head
from bangfu.review.life import CHOICES

_NEEDED = ("finding_id", "version", "year", "rule_id", "subject", "state", "evidence")


@dataclass
class Read:
    """A ledger as read: edits with their lines, lines that are none, and what concerns the whole.

    lines: where an edit stands -> the cells of its row; wrong: (cells, sentence) of rows that could not be read; notes: sentences about the whole
    """

    heads: list[str]
    edits: list[Edit] = field(default_factory=list)
    lines: dict[tuple[str, str], list[str | None]] = field(default_factory=dict)
    wrong: list[tuple[list[str | None], Sentence]] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)


def read_ledger(path: Path, ledger: Ledger) -> Read:
    """The lines of an edited ledger; UnusableInput where the file is none."""
    sheets = _sheets(path)
    names = {lang: word("review", "ledger", lang) for lang in ("zh", "en")}
    sheet = next((s for s in sheets if s.sheet in names.values()), None) or next((s for s in sheets if len(s) and _places(s.row(0))), None)
    if sheet is None or not len(sheet):
        raise UnusableInput.of(f"《{path.name}》中没有“{names['zh']}”表,请用 bangfu review export 导出的文件。", f"“{path.name}” has no sheet “{names['en']}”; use a file made by `bangfu review export`.")
    heads = sheet.row(0)
    places = _places(heads)
    missing = [c for c in (*_NEEDED, *OWN) if c not in places]
    if missing:
        zh, en = "、".join(head(c, "zh") for c in missing), ", ".join(head(c, "en") for c in missing)
        raise UnusableInput.of(f"《{path.name}》的“{sheet.sheet}”缺少列:{zh},请恢复首行表头。", f"“{path.name}”, sheet “{sheet.sheet}”, lacks the columns {en}; restore the headers in its first row.")
    own = _own(heads, places)
    read = Read([text or "" for text in heads])
    for at in range(1, len(sheet)):
        row = sheet.row(at)
        if any(row):
            _line(row, sheet.first_row + at, places, own, ledger, read)
    _deleted(sheets, read, ledger)
    return read


def take(path: Path, ledger: Ledger, by: str) -> tuple[Taken, Read]:
    """Reads an edited ledger and takes what is valid of it."""
    read = read_ledger(path, ledger)
    return ledger.take(read.edits, by), read


def refused_lines(taken: Taken, read: Read) -> list[tuple[Sequence[str | None], Sentence]]:
    """Every line that was not taken, with its sentence, in the order of the workbook's problems."""
    return [*read.wrong, *((read.lines[e.where], s) for e, s in (*taken.refused, *taken.conflicts))]


def _sheets(path: Path) -> list[RawSheet]:
    if not path.is_file():
        raise UnusableInput.of(f"没有找到台账文件 {path.name},请检查路径。", f"There is no ledger {path.name}; check its path.")
    items = list(readers.read_file(path, path.parent))
    unusable = [i.sentence for i in items if isinstance(i, Notice) and i.unusable]
    if unusable or not any(isinstance(i, RawSheet) for i in items):
        raise UnusableInput(*(unusable or [Sentence(f"《{path.name}》不是工作簿,请用 .xlsx 或 .ods。", f"“{path.name}” is no workbook; use .xlsx or .ods.")]))
    return [i for i in items if isinstance(i, RawSheet)]


def _plain(text: str | None) -> str:
    return cells.without_blanks(text or "").upper()


def _places(heads: Sequence[str | None]) -> dict[str, int]:
    """Column -> where it stands; headers are known in both languages, in full or half width."""
    known = {_plain(head(c, lang)): c for c in (*FOUND, *OWN, *HIDDEN) for lang in ("zh", "en")}
    found: dict[str, int] = {}
    for at, text in enumerate(heads):
        column = known.get(_plain(text))
        if column:
            found.setdefault(column, at)
    return found


def _own(heads: Sequence[str | None], places: dict[str, int]) -> dict[int, str]:
    """The editor's own columns by where they stand; one without a header, or with one that stands there already, is known by its number."""
    found: dict[int, str] = {}
    for at, text in enumerate(heads):
        if at not in places.values():
            found[at] = text if text and text not in found.values() else f"{text or ''}第{at + 1}列"
    return found


def _line(row: list[str | None], number: int, places: dict[str, int], own: dict[int, str], ledger: Ledger, read: Read) -> None:
    where = (f"第{number}行", f"row {number}")
    given = {c: row[at] or "" for c, at in places.items()}

    def wrong(zh: str, en: str) -> None:
        read.wrong.append((row, Sentence(f"{where[0]}:{zh}。", f"{where[1]}: {en}.")))

    # Whoever adds a line by hand means a finding that the rules did not make; that is written as a case.
    if not given["finding_id"]:
        return wrong("没有疑点编号,台账不收自行添加的行,自行发现的问题请用 bangfu papers --case", "it has no finding id; lines of your own are not taken, write a case for `bangfu papers --case`")
    finding_id = _plain(given["finding_id"])
    try:
        version, year = cells.read_whole(given["version"]), cells.read_whole(given["year"])
    except cells.Unreadable:
        return wrong(f"版本或年度“{given['version']}”“{given['year']}”不是整数,请恢复导出时的内容", f"version or year (“{given['version']}”, “{given['year']}”) is no whole number; restore what was exported")
    if year != ledger.year:
        return wrong(f"是{year}年度的疑点,本次导入的是{ledger.year}年度", f"it is a finding of {year}, the import is for {ledger.year}")
    if finding_id in ledger.table.index and (_plain(given["rule_id"]), _plain(given["subject"])) != tuple(_plain(ledger.table.at[finding_id, c]) for c in ("rule_id", "subject")):
        return wrong("疑点编号与规则、对象不符,编号可能被改动或行列错位,请恢复", "the id does not fit rule and subject: it was changed or cells have shifted; restore it")
    state = _state(given["state"])
    if state is None:
        return wrong(f"“处理”的“{given['state']}”不是可选的内容({'、'.join(word('status', s) for s in CHOICES)})", f"the decision “{given['state']}” is none of {', '.join(word('status', s, 'en') for s in CHOICES)}")
    fields = {c: given[c].replace("\r\n", "\n") for c in OWN if c != "state"}
    more = {text: row[at] for at, text in own.items() if row[at]}
    read.edits.append(Edit(finding_id, version, given["evidence"], state, fields, more, where))
    read.lines[where] = row


def _state(text: str) -> str | None:
    """The state that a word means; empty for none, None where it is no such word."""
    known = {_plain(word("status", s, lang)).removeprefix("已"): s for s in CHOICES for lang in ("zh", "en")} | {"反弹": "reopened"}
    plain = _plain(text).removeprefix("已")
    return "" if not plain else known.get(plain)


def _deleted(sheets: list[RawSheet], read: Read, ledger: Ledger) -> None:
    """Says which exported lines are there no more: a line that is deleted changes nothing of its finding."""
    told = next((s for s in sheets if s.sheet in {word("review", "exported", lang) for lang in ("zh", "en")}), None)
    if told is None or not len(told):
        read.notes.append(Sentence("工作簿里没有导出清单,不能核对是否有行被删除。", "The list of what was exported is not in the workbook: deleted rows cannot be noticed."))
        return
    exported = [told.row(at)[0] for at in range(len(told))]
    try:
        made_for = json.loads(exported[0] or "")["county"]
    except (ValueError, KeyError, TypeError):
        made_for = ledger.store.county
    if made_for != ledger.store.county:
        raise UnusableInput.of(f"这份台账是县代码 {made_for} 的,不是 {ledger.store.county} 的。", f"This ledger is of county {made_for}, not of {ledger.store.county}.")
    there = {e.finding_id for e in read.edits} | {_plain(row[at]) for row, _ in read.wrong for at in [_places(read.heads)["finding_id"]]}
    gone = [f for f in exported[1:] if f and f not in there]
    if gone:
        zh, en = "、".join(gone[:10]) + ("等" if len(gone) > 10 else ""), ", ".join(gone[:10]) + (", ..." if len(gone) > 10 else "")
        read.notes.append(Sentence(f"导出后有{len(gone)}行被删除或改了编号({zh}),这些疑点保持原状。", f"{len(gone)} exported rows are gone or have another id ({en}); their findings stay as they are."))
