"""The working paper of survey estimates: how the sample was drawn, what it says, and how sure that is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bangfu.stats.paper import Both, Paper, WorkingPaper
from bangfu.stats.survey.design import Design

NAMES = {
    "estimate": Both("估计值", "estimate"), "se": Both("标准误", "standard error"), "lo": Both("下限", "lower"), "hi": Both("上限", "upper"),
    "deff": Both("设计效应", "design effect"), "n": Both("访谈数", "interviews"), "clusters": Both("群数", "clusters"), "df": Both("自由度", "df"),
}


@dataclass(frozen=True)
class EstimatePaper(WorkingPaper):
    """Estimates of `mean`, `total`, `proportion`, `ratio`, `quantile` or `shares` with the design they come from, to be printed.

    estimates: the table that the function returned; asked: the question, in both languages; confidence: that of the intervals.
    """

    design: Design
    estimates: pd.DataFrame
    asked: Both
    confidence: float = 0.95

    def _paper(self):
        design, table = self.design, self.estimates
        clusters, df = design.freedom()
        unknown = int(table["lo"].isna().sum())
        corrected = any((stage.share > 0).any() for stage in design.stages)
        notes = [Both(f"{unknown} 个估计没有区间(没有访谈、群太少,或超出数据范围),不能据以判断。",
                      f"{unknown} estimates have no interval (no interviews, too few clusters, or beyond the data): nothing can be concluded from them.")]
        return Paper(
            title=Both("抽样估计", "Survey estimate"),
            asked=self.asked,
            method=Both("按抽样设计估计(加权;误差按层和群的差异作泰勒线性化)",
                        "Design-based estimate (weighted; errors by Taylor linearisation from differences between clusters within strata)"),
            source="Särndal, Swensson, Wretman (1992), Model Assisted Survey Sampling, chapters 4 and 5",
            inputs=[(Both("访谈数", "interviews"), len(design.data)), (Both("层数", "strata"), int(clusters - df)), (Both("群数", "clusters"), int(clusters)),
                    (Both("加权后代表的户数", "households they stand for"), None if design.weights is None else float(np.round(design.weight.sum(), 1))),
                    (Both("作了有限总体修正", "finite-population correction made"), corrected),
                    (Both("权数按已知总数校准", "weights calibrated to known totals"), design.calibration is not None)],
            result=[(Both("估计", "estimates"), Both(*(self._table(lang) for lang in ("zh", "en"))))],
            notes=notes if unknown else (),
            meaning=self._meaning(table),
        )

    def _table(self, lang):
        named = self.estimates.rename(columns={column: name.say(lang) for column, name in NAMES.items()})
        return named.to_string(float_format="{:.6g}".format)

    def _meaning(self, table):
        level = f"{self.confidence:.0%}"
        if len(table) == 1 and table["lo"].notna().all():
            value, lo, hi = (f"{table[name].iloc[0]:,.6g}" for name in ("estimate", "lo", "hi"))
            return Both(f"真实值最可能在 {value} 左右,有 {level} 的把握在 {lo} 到 {hi} 之间。",
                        f"The true value is most likely near {value}; with {level} confidence it lies between {lo} and {hi}.")
        return Both(f"每一行的真实值有 {level} 的把握在下限与上限之间;区间互相重叠的两行,不能仅凭估计值分高低。",
                    f"The true value of each row lies between its limits with {level} confidence; rows whose intervals overlap are not told apart by "
                    "their estimates alone.")
