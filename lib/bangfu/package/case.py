"""What goes into the package of a case: its findings alone, the rows they rest on as they stand in the raw files, and what judged them."""

import json
from pathlib import Path

import pandas as pd

from bangfu import digests, findings
from bangfu.intake import readers
from bangfu.intake.dictionary import dictionary
from bangfu.intake.headers import find_header
from bangfu.intake.raw import RawSheet
from bangfu.package import CASE
from bangfu.package.recorded import RecordedRun
from bangfu.publish.workbook import new_book
from bangfu.record import FILE

_OF_THE_RUN = ("run", "county", "name", "year", "language", "inputs", "code", "versions", "signed by", "finished at")


def put_case(rows: pd.DataFrame, run: RecordedRun, data: Path) -> None:
    """The findings of a case (columns of `Ledger.rows`), of what run they are, and their rows. CannotPack where the raw files are not those of then."""
    run.demand_inputs()
    folder = data / CASE
    folder.mkdir(parents=True, exist_ok=True)
    findings.write(rows[list(findings.SCHEMA.names)].assign(status=rows["now"]), folder / "findings.parquet")
    told = {k: run.record[k] for k in _OF_THE_RUN} | {"record": digests.of_file(run.folder / FILE)}
    told["judged by"] = {"policy": run.record["judged by"]["policy"], "rules": {r: run.record["judged by"]["rules"].get(r, "") for r in sorted(set(rows["rule_id"]))}}
    (folder / "run.json").write_bytes(json.dumps(told, ensure_ascii=False, indent=1).encode())
    # What is there no more rests on rows of an earlier hand-over, whose numbers mean other rows now.
    write_rows(rows.loc[rows["status"] != "vanished", "sources"], Path(run.county.settings.raw), run.county.settings.county.headers, folder / "rows.xlsx")


def write_rows(sources, raw: Path, headers: dict, out: Path) -> None:
    """A workbook of the rows that findings rest on, a sheet per raw sheet: file, sheet and row, and every cell as it stands there, below its header."""
    wanted: dict[tuple[str, str], set[int]] = {}
    for source in (s for found in sources for s in found):
        wanted.setdefault((source["file"], source["sheet"] or ""), set()).add(int(source["row"]))
    book, known = new_book(out, "rows"), dictionary(headers)
    plain = book.add_format({"num_format": "@"})
    for number, file in enumerate(sorted({file for file, _ in wanted}), start=1):
        for sheet in readers.read_file(raw / file, raw):
            if isinstance(sheet, RawSheet) and (rows := wanted.pop((file, sheet.sheet), None)):
                _write_sheet(book.add_worksheet(f"{number}-{len(book.worksheets()) + 1}"), plain, sheet, sorted(rows), known)
    if not book.worksheets():
        book.add_worksheet()
    book.close()


def _write_sheet(page, plain, sheet: RawSheet, rows: list[int], known: dict) -> None:
    header = find_header(sheet, known)
    lines = [["文件 / file", "工作表 / sheet", "行 / row"]]
    if header:
        lines[0] += [text or "" for text in sheet.row(header.row)]
    for row in rows:
        position = row - sheet.first_row
        if 0 <= position < len(sheet):
            lines.append([sheet.file, sheet.sheet, str(row), *((c[position].as_py() or "") for c in sheet.columns)])
    for at, cells in enumerate(lines):
        for place, text in enumerate(cells):
            page.write_string(at, place, text[:32_767], plain)
    page.freeze_panes(1, 3)
