"""What a finding says where a cell of the row that it rests on could not be read."""

import pandas as pd

from bangfu.intake import dictionary
from bangfu.rules.catalogue import catalogue
from bangfu.unread import with_unread_cells

REJECTS = pd.DataFrame(
    [
        ("举报.xlsx", "台账", 5, "办结日期(必填)", "2019-02-30", ""),
        ("举报.xlsx", "台账", 5, "反馈日期", "不详", ""),
        ("举报.xlsx", "台账", 6, "处理人电话", "不详", ""),
        ("举报.xlsx", "台账", 7, "", "少了一列", ""),
    ],
    columns=["file", "sheet", "row", "column", "raw", "reason"],
)


def told(*rows, rule="CP-01", headers=("办结日期(必填)",)):
    sources = [{"file": "举报.xlsx", "sheet": "台账", "row": row} for row in rows]
    finding = pd.DataFrame({"rule_id": [rule], "condition": ["未办结。"], "condition_en": ["Not closed."], "sources": [sources]})
    rules = {r: catalogue()[r] for r in ("CP-01", "HP-01")}
    return with_unread_cells(finding, rules, REJECTS, dictionary({"complaints.closed_on": list(headers)})).iloc[0]


def test_a_date_of_its_row_that_could_not_be_read_is_named_without_what_stands_in_it():
    row = told(4, 5)
    assert row["condition"] == "未办结。(所据行的“办结日期(必填)”、“反馈日期”有内容而无法识别,按空缺处理,请先核对原件。)"
    assert row["condition_en"].startswith("Not closed. (“办结日期(必填)”, “反馈日期” in the rows")
    assert "2019-02-30" not in row["condition"] + row["condition_en"]


def test_other_rows_other_columns_and_broken_rows_say_nothing():
    assert told(4)["condition"] == told(6)["condition"] == told(7)["condition"] == "未办结。"
    assert told(5, rule="HP-01")["condition"] == "未办结。"  # a rule that reads no date of complaints
