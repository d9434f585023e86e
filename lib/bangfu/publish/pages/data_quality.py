"""What the notebook `data_quality` shows: what was read and what was not, and what the quality suites say."""

import pandas as pd

from bangfu import charts, handovers
from bangfu.intake import dictionary
from bangfu.publish.changes import changed_rows, masked_keys
from bangfu.publish.pages.common import Pages
from bangfu.publish.tables import Figures, Notice, Table


class DataQuality(Pages):
    topics = ("quality",)

    def conclusion(self) -> Figures:
        i = self.county.intake
        rows = sum(len(t) for t in i.tables.values())
        failed = len(self.county.quality.failed)
        return Figures(
            [
                (self.say("读入的表", "Tables read"), f"{len(i.tables)}", ""),
                (self.say("读入的记录", "Records read"), f"{rows:,}", ""),
                (self.say("未能识别的单元格", "Unreadable cells"), f"{len(i.rejects):,}", ""),
                (self.say("未通过的检验", "Failed expectations"), f"{failed:,}", ""),
                (self.say("不认识的表和列", "Unknown sheets and columns"), f"{len(i.unrecognised):,}", ""),
            ]
        )

    def tables_read(self) -> Table:
        """A row per table: records, and the files that they came from."""
        i, known = self.county.intake, dictionary()
        rows = []
        for name, table in known.items():
            frame = i.tables.get(name)
            files = i.files_of(name)
            columns = [c for c in table.columns if frame is None or c not in frame]
            rows.append(
                {
                    "table": table.label(self.lang),
                    "records": pd.NA if frame is None else len(frame),
                    "files": self.say("、", ", ").join(files) or self.say("没有这张表", "no such table"),
                    "missing": self.say("、", ", ").join(table.columns[c].headers[0] for c in columns) if frame is not None else pd.NA,
                }
            )
        columns = {
            "table": (self.say("表", "Table"), "text"),
            "records": (self.say("记录数", "Records"), "count"),
            "files": (self.say("来自", "From"), "long"),
            "missing": (self.say("缺少的列", "Missing columns"), "long"),
        }
        return Table(pd.DataFrame(rows), columns, caption=self.say("读入的表", "Tables read"), lang=self.lang)

    def notices(self) -> Table | Notice:
        notices = self.county.intake.notices
        if not notices:
            return Notice(self.say("所有文件都能打开并读完。", "Every file could be opened and read."))
        rows = pd.DataFrame({"file": [n.file for n in notices], "sentence": [n.sentence.say(self.lang) for n in notices]})
        return Table(rows, {"file": (self.say("文件", "File"), "text"), "sentence": (self.say("情况", "What was seen"), "long")}, caption=self.say("文件情况", "Files"), lang=self.lang)

    def rejects(self) -> Table:
        """Cells with text that gives no value of their type; they count as missing."""
        rows = self.county.intake.rejects
        rows = rows.assign(raw=rows["raw"].map(self.masker.text)) if self.masker and len(rows) else rows
        columns = {"file": (self.say("文件", "File"), "text"), "sheet": (self.say("工作表", "Sheet"), "text"), "row": (self.say("行", "Row"), "id"), "column": (self.say("列", "Column"), "text"), "raw": (self.say("原文", "Raw text"), "long"), "reason": (self.say("原因", "Reason"), "text")}
        return Table(rows, columns, caption=self.say("未能识别的单元格", "Unreadable cells"), limit=50, lang=self.lang)

    def unrecognised(self) -> Table | Notice:
        rows = self.county.intake.unrecognised
        if rows.empty:
            return Notice(self.say("没有不认识的工作表或列。", "There is no unknown sheet or column."))
        columns = {"file": (self.say("文件", "File"), "text"), "sheet": (self.say("工作表", "Sheet"), "text"), "column": (self.say("列(空白为整张表)", "Column (blank = the whole sheet)"), "text")}
        return Table(rows, columns, caption=self.say("不认识的工作表和列(未使用)", "Unknown sheets and columns (not used)"), limit=50, lang=self.lang)

    def dropped(self) -> Table:
        rows = self.county.intake.dropped
        counts = rows.groupby(["file", "sheet", "kind"]).size().rename("rows").reset_index()
        columns = {"file": (self.say("文件", "File"), "text"), "sheet": (self.say("工作表", "Sheet"), "text"), "kind": (self.say("种类", "Kind"), "text"), "rows": (self.say("行数", "Rows"), "count")}
        return Table(counts, columns, caption=self.say("不作为数据的行(合计、注、重复表头)", "Rows that are no data (totals, notes, repeated headers)"), lang=self.lang)

    def changes(self) -> Table | Notice:
        """The rows deleted and changed since the hand-over before; those that findings rested on come first."""
        rows = changed_rows(self.county)
        if rows is None:
            return Notice(self.say("没有可比较的上一次提交。", "There is no earlier hand-over to compare with."))
        counts = self.county.changes["change"].value_counts()
        n = {c: int(counts.get(c, 0)) for c in ("deleted", "changed", "added")}
        caption = self.say(
            f"与上次提交相比:删除{n['deleted']:,}行,变更{n['changed']:,}行,增加{n['added']:,}行",
            f"Since the hand-over before: {n['deleted']:,} rows deleted, {n['changed']:,} changed, {n['added']:,} added",
        )
        if self.masker:
            rows = rows.assign(key=masked_keys(self.county.changes, self.county.previous.handover, self.county.handover, self.masker))
        rows = rows[self.county.changes["change"] != "added"]
        rows = rows.assign(findings=rows["findings"].map(lambda ids: len(ids.split())).astype("int64"))
        rows = rows.sort_values("findings", ascending=False, kind="stable")
        columns = {
            "table": (self.say("表", "Table"), "text"),
            "change": (self.say("变化", "Change"), "text"),
            "key": (self.say("主键", "Key"), "long"),
            "columns": (self.say("变更的列", "Columns changed"), "long"),
            "file_then": (self.say("上次的文件", "File then"), "text"),
            "row_then": (self.say("上次的行", "Row then"), "id"),
            "findings": (self.say("所涉疑点", "Findings on it"), "count"),
        }
        otherwise = handovers.read_otherwise(self.county.previous.handover, self.county.handover)
        note = self.say("两次读取所用的表头设置或程序不同,部分变更可能只是读法不同。", "The two were read by other headers or code: some changes can be of reading alone.") if otherwise else ""
        return Table(rows, columns, caption=caption, limit=50, note=note, lang=self.lang)

    def expectations_chart(self) -> charts.Chart:
        results = self.county.quality.results
        done = results[results["success"].notna()]
        known = dictionary()
        counts = done.groupby("table").agg(evaluated=("success", "size"), passed=("success", "sum")).reset_index()
        counts["table"] = [known[t].label(self.lang) for t in counts["table"]]
        return charts.quality_bars(counts.astype({"passed": "int64"}), lang=self.lang)

    def failed(self) -> Table | Notice:
        """Failed expectations with the number of records; not a single value is shown."""
        rows = self.county.quality.failed
        if rows.empty:
            return Notice(self.say("所有检验都已通过。", "Every expectation is met."))
        known = dictionary()
        rows = rows.assign(sentence=rows["en" if self.lang == "en" else "zh"], table=[known[t].label(self.lang) for t in rows["table"]])
        columns = {"id": (self.say("编号", "Id"), "id"), "table": (self.say("表", "Table"), "text"), "severity": (self.say("程度", "Severity"), "severity"), "sentence": (self.say("要求", "Expectation"), "long"), "checked": (self.say("检验记录", "Checked"), "count"), "unexpected": (self.say("不符合", "Failed"), "count")}
        return Table(rows, columns, caption=self.say("未通过的检验", "Failed expectations"), lang=self.lang)

    def unassessed_expectations(self) -> Table | Notice:
        rows = self.county.quality.not_assessed
        if rows.empty:
            return Notice(self.say("所有检验都已执行。", "Every expectation was evaluated."))
        known = dictionary()
        counts = rows.groupby("table").size().rename("n").reset_index()
        counts["table"] = [known[t].label(self.lang) for t in counts["table"]]
        return Table(counts, {"table": (self.say("表", "Table"), "text"), "n": (self.say("未执行的检验", "Not evaluated"), "count")}, caption=self.say("因缺少表或列而未执行的检验", "Expectations not evaluated for want of a table or column"), lang=self.lang)

    def finish(self) -> Notice:
        i = self.county.intake
        checked = self.county.quality
        self.leave("data_quality.json", {"tables": {n: len(t) for n, t in i.tables.items()}, "absent": i.absent, "rejects": len(i.rejects), "unrecognised": len(i.unrecognised), "expectations": len(checked.results), "failed": len(checked.failed)})
        return Notice(self.say("全部未能识别的单元格列在工作底稿的“未能识别”表中。", "All unreadable cells stand in the working papers."))
