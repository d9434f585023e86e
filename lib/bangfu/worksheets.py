"""The worksheet of a sample: a workbook with a row per item to examine and the columns that the auditor fills in, and reading it back."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from bangfu.intake import cells
from bangfu.intake.dictionary import Column
from bangfu.problems import UnusableInput

_MADE = datetime(2000, 1, 1)  # a workbook states when it was made; a sample is named by its seed instead
_CHUNK = 30_000  # characters of the record in one cell
# sheet and column names in both languages, in the order of the workbook
SHEETS = {"notes": ("说明", "Notes"), "rows": ("底稿", "Worksheet"), "record": ("抽样记录", "Record")}
OWN = {
    "audited": ("审定金额(元)", "Audited amount (yuan)"),
    "error": ("有无差错", "In error"),
    "remark": ("差错说明", "Remark"),
    "by": ("检查人", "Examined by"),
    "on": ("检查日期", "Examined on"),
}
GIVEN = {"number": ("序号", "No."), "group": ("抽样类别", "Group"), "hits": ("抽中次数", "Hits"), "place": ("来源", "Source")}
GROUPS = {"certain": ("必查", "certain"), "drawn": ("抽中", "drawn")}
ANSWERS = {True: ("有", "yes"), False: ("无", "no")}


def write_worksheet(out: Path, rows: pd.DataFrame, heads: Sequence[str], record: dict, notes: str, *, lang: str = "zh") -> Path:
    """Writes the worksheet; it names people and is for the auditors alone, which its first line says.

    rows: one per item, with number, group, hits, place and then the columns shown, as texts or numbers (amounts in yuan); heads: the headers of
    the latter. record: what evaluation needs (plain values), kept in a sheet of its own; record["by"] is "money" or "items" and says which column the auditor
    fills in: the audited amount, or whether there is an error. The same input gives the same bytes.
    """
    import xlsxwriter

    place = int(lang == "en")
    out.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": _MADE})
    line = {"border": 1, "border_color": "#D9DFE5", "valign": "top"}
    head, own_head = (
        book.add_format({"bold": True, "bg_color": colour, "font_color": ink, "text_wrap": True, **line})
        for colour, ink in (("#1F3F66", "#FFFFFF"), ("#ECC877", "#1D2733"))
    )
    plain, amount = book.add_format({"text_wrap": True, **line}), book.add_format({"num_format": "#,##0.00", **line})
    own, own_amount, own_date = (
        book.add_format({"bg_color": "#FDF8E8", **line, **more})
        for more in ({"text_wrap": True}, {"num_format": "#,##0.00"}, {"num_format": "yyyy-mm-dd"})
    )

    sheet = book.add_worksheet(SHEETS["notes"][place])
    sheet.set_column(0, 0, 120)
    warning = book.add_format({"bold": True, "font_color": "#8C1C1C"})
    sheet.write_string(
        0,
        0,
        (
            "未脱敏,只供承办审计人员使用。请在“底稿”的黄色列填写,不要增删行。",
            "Not masked: for the auditors alone. Fill in the yellow columns of the worksheet; add or delete no rows.",
        )[place],
        warning,
    )
    for at, text in enumerate(notes.splitlines(), start=2):
        sheet.write_string(at, 0, text)

    sheet = book.add_worksheet(SHEETS["rows"][place])
    asked = ["audited" if record["by"] == "money" else "error", "remark", "by", "on"]
    titles = [GIVEN[c][place] for c in GIVEN] + list(heads)
    for at, title in enumerate([*titles, *(OWN[c][place] for c in asked)]):
        sheet.write_string(0, at, title, head if at < len(titles) else own_head)
        sheet.set_column(at, at, 8 if at in (0, 1, 2) else 16)
    for at, values in enumerate(rows.itertuples(index=False), start=1):
        for column, value in enumerate(values):
            if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
                sheet.write_blank(at, column, None, plain)
            elif isinstance(value, str):
                sheet.write_string(at, column, GROUPS[value][place] if column == 1 else value, plain)
            else:
                sheet.write_number(at, column, value, plain if column in (0, 2) else amount if isinstance(value, float) else plain)
        for column, name in enumerate(asked, start=len(titles)):
            sheet.write_blank(at, column, None, {"audited": own_amount, "on": own_date}.get(name, own))
    if record["by"] == "items":
        sheet.data_validation(1, len(titles), max(len(rows), 1), len(titles), {"validate": "list", "source": [ANSWERS[a][place] for a in ANSWERS]})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(rows), len(titles) + len(asked) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)

    sheet = book.add_worksheet(SHEETS["record"][place])
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    for at, start in enumerate(range(0, len(text), _CHUNK)):
        sheet.write_string(at, 0, text[start : start + _CHUNK])
    sheet.protect()
    sheet.hide()
    book.close()
    return out


def read_worksheet(path: Path) -> tuple[dict, pd.DataFrame]:
    """The record of a worksheet, and one row per item in the order it was drawn: number, and audited (fen) or error, missing where not filled in.

    UnusableInput where the workbook is none of ours, rows are lost or doubled, or a cell cannot be read: with every such row.
    """
    import fastexcel

    if not Path(path).exists():
        raise UnusableInput.of(
            f"没有找到底稿 {Path(path).name},请先抽样并导出。", f"There is no worksheet {Path(path).name}: draw the sample and export it first."
        )
    book = fastexcel.read_excel(str(path))
    names = {key: next((n for n in both if n in book.sheet_names), None) for key, both in SHEETS.items()}
    if names["rows"] is None or names["record"] is None:
        raise UnusableInput.of(
            f"{Path(path).name} 不是本工作台导出的抽样底稿(缺少“底稿”或“抽样记录”表)。",
            f"{Path(path).name} is no worksheet of this workbench: the sheet Worksheet or Record is missing.",
        )
    kept = book.load_sheet(names["record"], header_row=None, dtypes="string").to_arrow()
    record = json.loads("".join(str(v) for v in kept.column(0).to_pylist()))
    table = book.load_sheet(names["rows"], dtypes="string").to_arrow().to_pandas()
    place = int(names["rows"] == SHEETS["rows"][1])
    own = "audited" if record["by"] == "money" else "error"
    for name in (GIVEN["number"][place], OWN[own][place]):
        if name not in table:
            raise UnusableInput.of(
                f"{Path(path).name} 的“底稿”表缺少“{name}”列,请恢复表头。",
                f"The sheet Worksheet of {Path(path).name} lacks the column {name}: restore its header.",
            )
    numbers = pd.to_numeric(table[GIVEN["number"][place]], errors="coerce").astype("Int64")
    expected = pd.Index(range(1, len(record["items"]) + 1))
    there = numbers.dropna()
    wrong = [*expected.difference(there), *there[there.duplicated()], *pd.Index(there).difference(expected)]
    if wrong or numbers.isna().any():
        shown = "、".join(str(w) for w in wrong[:10]) or "—"
        raise UnusableInput.of(
            f"{Path(path).name} 的底稿行有增删或重复(序号 {shown}),请按导出的行恢复。",
            f"Rows of {Path(path).name} were added, deleted or doubled (No. {shown}): restore the rows as exported.",
        )
    texts = table[OWN[own][place]].astype("str")
    if own == "audited":
        values, bad = cells.read_cells(texts, Column("audited", "yuan", ()))
    else:
        words = {both[i]: answer for answer, both in ANSWERS.items() for i in (0, 1)}
        texts = texts.str.strip()
        values = texts.map(words).astype("boolean")
        bad = texts.notna() & (texts != "") & values.isna()
    if bad.any():
        rows = "、".join(str(n) for n in numbers[bad].tolist()[:10])
        raise UnusableInput.of(
            f"{Path(path).name} 的“{OWN[own][place]}”列有无法识别的内容(序号 {rows}),请填写{'金额' if own == 'audited' else '有或无'}。",
            f"The column {OWN[own][place]} of {Path(path).name} cannot be read in No. {rows}: fill in {'an amount' if own == 'audited' else 'yes or no'}.",
        )
    answers = pd.DataFrame({"number": numbers.astype("int64"), own: values}).sort_values("number", ignore_index=True)
    return record, answers
