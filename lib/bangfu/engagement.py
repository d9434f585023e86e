"""A sampling engagement: plan a sample from a table of a county, draw it, hand out the worksheet, read it back, evaluate."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from bangfu import digests
from bangfu.county import County
from bangfu.intake import dictionary
from bangfu.money import fen, yuan
from bangfu.problems import WrongParams, did_you_mean
from bangfu.stats import sampling
from bangfu.typography import chinese_marks
from bangfu.worksheets import read_worksheet, write_worksheet

BY_MONEY = {"stringer": sampling.stringer, "moment": sampling.moment, "mean_taint": sampling.mean_taint}


_NAMED = re.compile(r"^(\s*[^\x00-\x7f][^:]*):")


class Text(str):
    """A text that a notebook shows as it is."""

    def __repr__(self) -> str:
        return str(self)


class Engagement:
    """One sample of one table: `Engagement.open(params, 2019, table="claims", amount="amount")`.

    With an amount column the sample is of money units and the question is the error in yuan; without one it is of items and the question is the
    error rate. The worksheet is the only file: what evaluation needs stands in it.
    """

    def __init__(self, county: County, table: str, amount: str | None, strata: str | None, out: Path):
        self.county, self.table, self.amount, self.strata, self.out = county, table, amount, strata, out
        self.lang = county.lang
        self.planned: sampling.Plan | None = None
        self.drawn: sampling.Selection | None = None

    @classmethod
    def open(
        cls,
        params: str | Path,
        year: int,
        *,
        table: str,
        amount: str | None = None,
        strata: str | None = None,
        reports: str | Path = "../reports",
        lang: str = "zh",
    ) -> Engagement:
        """Opens a table of a county-year for sampling; WrongParams names what there is where a table or column is not there."""
        county = County.open(params, year, reports=reports, lang=lang)
        if table not in county.tables:
            zh, en = did_you_mean(table, county.tables)
            raise WrongParams.of(f"没有表“{table}”{zh}", f"There is no table {table}{en}")
        columns = dictionary()[table].columns
        for column in filter(None, (amount, strata)):
            if column not in county.tables[table]:
                zh, en = did_you_mean(column, county.tables[table].columns.drop("origin"))
                raise WrongParams.of(f"表“{table}”没有“{column}”列{zh}", f"The table {table} has no column {column}{en}")
        if amount and columns[amount].type != "yuan":
            amounts = [c for c in columns if columns[c].type == "yuan" and c in county.tables[table]]
            raise WrongParams.of(
                f"“{amount}”不是金额列{did_you_mean(amount, amounts)[0]}", f"{amount} is no column of amounts{did_you_mean(amount, amounts)[1]}"
            )
        return cls(county, table, amount, strata, county.folder / "sampling" / f"{table}.xlsx")

    def population(self) -> Text:
        """How many rows the table has and, in money, what they sum to; and its columns that hold amounts or could be strata."""
        frame, columns = self._frame, dictionary()[self.table].columns
        lines = [self._say(f"{dictionary()[self.table].label()}:{len(frame):,} 行", f"{dictionary()[self.table].label('en')}: {len(frame):,} rows")]
        if self.amount:
            held = frame[self.amount]
            lines.append(
                self._say(
                    f"可抽样金额 {yuan(self._book):,} 元;零 {int((held == 0).sum())} 行,负 {int((held < 0).sum())} 行,缺失 {int(held.isna().sum())} 行",
                    f"Amount to sample from {yuan(self._book):,} yuan; zero {int((held == 0).sum())}, negative {int((held < 0).sum())}, missing {int(held.isna().sum())} rows",
                )
            )
        amounts = [c for c in frame if c in columns and columns[c].type == "yuan"]
        lines.append(self._say(f"金额列:{'、'.join(amounts) or '无'}", f"Columns of amounts: {', '.join(amounts) or 'none'}"))
        return self._text("\n".join(lines))

    def plan(self, tolerable: str | float, *, expected: str | float = 0, confidence: str | float = 0.95) -> Text:
        """Plans the sample. In money, tolerable and expected are yuan (Poisson); otherwise shares (hypergeometric)."""
        with _in_a_sentence(
            "无法计划样本量,请核对可容忍差错、预计差错和置信水平",
            "The sample cannot be planned; see the tolerable and expected error and the confidence",
        ):
            if self.amount:
                self.planned = sampling.plan_money(self._book, fen(tolerable), expected=fen(expected), confidence=confidence)
            else:
                self.planned = sampling.plan(
                    tolerable, expected_rate=expected or None, confidence=confidence, method="hypergeometric", population=len(self._frame)
                )
        return self._text(self.planned.paper(self.lang))

    def draw(self, seed: str | int, *, n: int | None = None, method: str | None = None, allocation: str = "proportional") -> Text:
        """Draws the sample with a seed, of the planned size or n: in money at fixed intervals with a top stratum, items at random, or by `method`."""
        size = n or (self.planned.n if self.planned else None)
        if size is None:
            raise WrongParams.of("请先计划样本量,或用 n 指定。", "Plan the sample size first, or give n.")
        if self.strata and self._frame[self.strata].isna().any():
            missing = int(self._frame[self.strata].isna().sum())
            raise WrongParams.of(
                f"分层列“{self.strata}”有 {missing} 行为空,请换一列,或补齐后重新读入,以免漏掉项目。",
                f"{missing} rows have no {self.strata}: choose another column or fill them in, so that no item is lost.",
            )
        money = {"units": "money", "amount": self.amount, "top": "interval", "method": method or "interval"}
        with _in_a_sentence("无法抽样,请核对样本量、方法和分层", "The sample cannot be drawn; see the sample size, the method and the strata"):
            self.drawn = sampling.select(
                self._frame, size, seed=seed, strata=self.strata, allocation=allocation, **(money if self.amount else {"method": method or "random"})
            )
        return self._text(self.drawn.paper(self.lang))

    def export(self) -> Text:
        """Writes the worksheet; an existing one is kept, so that no answers are lost."""
        if self.drawn is None:
            raise WrongParams.of("请先抽样。", "Draw the sample first.")
        if self.out.exists():
            return self._text(
                self._say(
                    f"底稿已存在,未改动:sampling/{self.out.name};要重新抽样请先移走它。",
                    f"The worksheet exists and was not changed: sampling/{self.out.name}; move it away to draw anew.",
                )
            )
        taken, columns = self.drawn.drawn, dictionary()[self.table].columns
        source = self._frame.iloc[taken["position"].to_numpy()]
        shown = [c for c in source if c in columns]
        rows = pd.DataFrame(
            {
                "number": range(1, len(taken) + 1),
                "group": taken["group"].to_list(),
                "hits": taken["hits"].to_list(),
                "place": [" ".join(str(v) for v in self.county.intake.where(o).values() if v not in ("", None)) for o in source["origin"]],
            },
            dtype=object,
        )
        for c in shown:
            values = source[c]
            rows[c] = [None if pd.isna(v) else self._shown(v, columns[c].type) for v in values]
        write_worksheet(self.out, rows, [columns[c].headers[0] for c in shown], self._record(taken), self._notes(), lang=self.lang)
        return self._text(self._say(f"已导出 {len(rows)} 行:sampling/{self.out.name}", f"Exported {len(rows)} rows: sampling/{self.out.name}"))

    def progress(self) -> Text:
        """How many rows of the worksheet have been filled in."""
        record, answers = read_worksheet(self.out)
        filled = int(answers.iloc[:, 1].notna().sum())
        return self._text(
            self._say(f"已填写 {filled} 项,共 {len(answers)} 项。", f"{filled} of {len(answers)} items filled in.") + self._changed(record)
        )

    def evaluate(self, method: str = "stringer", *, side: str = "upper") -> Text:
        """Evaluates the worksheet: in money by Stringer, moment or mean_taint, otherwise by the hypergeometric bound; not assessed until all is filled in."""
        record, answers = read_worksheet(self.out)
        left = int(answers.iloc[:, 1].isna().sum())
        if left:
            return self._text(
                self._say(
                    f"未评价:还有 {left} 项没有填写检查结果;没有检查的项目不等于没有差错。",
                    f"Not assessed: {left} items have no result yet; an item not examined is not an item without error.",
                )
                + self._changed(record)
            )
        items = pd.DataFrame(record["items"])
        with _in_a_sentence("无法按此方法评价,请换一种方法", "The sample cannot be evaluated by this method; choose another"):
            result = (
                self._in_money(record, items, answers["audited"], method, side)
                if record["by"] == "money"
                else self._by_items(record, items, answers["error"].astype(bool), side)
            )
        return self._text(result.paper(self.lang) + self._changed(record))

    def _shown(self, value, kind: str):
        """A value as the worksheet shows it: yuan as numbers, everything else as text."""
        if kind == "yuan":
            return float(yuan(value))
        if kind == "percent":
            return f"{value / 100:g}%"
        if kind == "flag":
            return self._say("是", "yes") if value else self._say("否", "no")
        return str(value).removesuffix(" 00:00:00")

    def _in_money(self, record, items, audited, method, side):
        if method not in BY_MONEY:
            zh, en = did_you_mean(method, BY_MONEY)
            raise WrongParams.of(f"没有名为“{method}”的评价方法{zh}", f"There is no method {method}{en}")
        parts = []
        for stratum, amount in record["amounts"].items():
            mine = items["stratum"] == stratum
            sample = sampling.audited(
                items.loc[mine, "amount"], audited[mine], amount=amount, hits=items.loc[mine, "hits"], certain=items.loc[mine, "group"] == "certain"
            )
            parts.append(BY_MONEY[method](sample, confidence=record["confidence"], side=side, materiality=record["tolerable"]))
        return parts[0] if len(parts) == 1 else sampling.combined(parts)

    def _by_items(self, record, items, error, side):
        sizes = record["sizes"]
        if len(sizes) == 1:
            return sampling.attribute(
                int(error.sum()),
                len(items),
                confidence=record["confidence"],
                method="hypergeometric",
                population=next(iter(sizes.values())),
                side=side,
                tolerable=record["tolerable"],
            )
        errors = error.groupby(items["stratum"]).sum()
        counts = items.groupby("stratum").size()
        return sampling.stratified(
            [int(errors[s]) for s in sizes],
            [int(counts[s]) for s in sizes],
            list(sizes.values()),
            method="hypergeometric",
            confidence=record["confidence"],
            side=side,
            names=list(sizes),
            tolerable=record["tolerable"],
        )

    def _record(self, taken: pd.DataFrame) -> dict:
        """What evaluation needs, as plain values: it goes with the worksheet."""
        everything = self.drawn.items[~self.drawn.items["group"].isin(["zero", "negative", "missing"])]
        by_stratum = everything.groupby(everything["stratum"].astype(str))
        amounts = {s: int(v) for s, v in by_stratum["amount"].sum().items()} if self.amount else None
        planned = self.planned
        tolerable = None if planned is None else planned.materiality if self.amount else float(planned.tolerable)
        return {
            "by": "money" if self.amount else "items",
            "county": self.county.code,
            "year": self.county.year,
            "table": self.table,
            "amount": self.amount,
            "seed": self.drawn.seed,
            "method": self.drawn.method,
            "n": self.drawn.n,
            "confidence": 0.95 if planned is None else planned.confidence,
            "tolerable": tolerable,
            "amounts": amounts,
            "sizes": {s: int(v) for s, v in by_stratum.size().items()},
            "inputs": self._inputs,
            "items": [
                {
                    "position": int(r.position),
                    "stratum": str(r.stratum),
                    "group": r.group,
                    "hits": int(r.hits),
                    "amount": None if pd.isna(r.amount) else int(r.amount),
                }
                for r in taken.itertuples()
            ],
        }

    def _notes(self) -> str:
        parts = [self.planned.paper(self.lang)] if self.planned else []
        return self._text("\n\n".join([*parts, self.drawn.paper(self.lang)]))

    def _changed(self, record) -> str:
        return (
            ""
            if record["inputs"] == self._inputs
            else self._say(
                "\n注意:抽样之后原始文件有改动,样本对应的是改动前的总体。",
                "\nNote: the raw files have changed since the sample was drawn; it is of the population as it was.",
            )
        )

    @property
    def _frame(self) -> pd.DataFrame:
        return self.county.tables[self.table]

    @property
    def _book(self) -> int:
        held = self._frame[self.amount]
        return int(held[(held > 0).fillna(False)].sum())

    @property
    def _inputs(self) -> str:
        return digests.of_value(self.county.inputs)

    def _say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def _text(self, text: str) -> Text:
        return Text(text if self.lang == "en" else _marked(text))


@contextmanager
def _in_a_sentence(zh: str, en: str):
    """What the statistics refuse is said to the auditor, with their reason."""
    try:
        yield
    except ValueError as wrong:
        raise WrongParams.of(f"{zh}({wrong})。", f"{en} ({wrong}).") from wrong


def _marked(text: str) -> str:
    """Line by line, since a line with English in it keeps its marks; the colon after a Chinese name is always wide."""
    return "\n".join(_NAMED.sub("\\1\uff1a", chinese_marks(line)) for line in text.splitlines())
