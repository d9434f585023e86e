"""The working paper says the same in both languages, with numbers in full."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from bangfu.stats.paper import Both, Paper, WorkingPaper, money, percent, written


@dataclass(frozen=True)
class Bound(WorkingPaper):
    errors: int

    def _paper(self):
        return Paper(
            title=Both("上限", "Bound"),
            asked=Both("多高", "How high"),
            method=Both("二项", "Binomial"),
            source="Pearson (1934)",
            inputs=[(Both("差错数", "errors"), self.errors)],
            result=[(Both("上限", "upper"), percent(0.0123))],
            meaning=Both("不高于上限。", "Not above the bound."),
            notes=[Both("样本小。", "Small sample.")],
        )


def test_a_result_prints_its_working_paper():
    assert str(Bound(1200)).splitlines() == [
        "上限",
        "====",
        "问题:多高",
        "方法:二项",
        "来源:Pearson (1934)",
        "输入:",
        "  差错数:1,200",
        "结果:",
        "  上限:1.23%",
        "说明:样本小。",
        "含义:不高于上限。",
    ]
    assert Bound(1200).paper("en").splitlines() == [
        "Bound",
        "=====",
        "Asked: How high",
        "Method: Binomial",
        "Source: Pearson (1934)",
        "Inputs:",
        "  errors: 1,200",
        "Result:",
        "  upper: 1.23%",
        "Note: Small sample.",
        "Meaning: Not above the bound.",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (float("nan"), "—"),
        (True, "是"),
        (np.bool_(False), "否"),
        (1234567, "1,234,567"),
        (np.int64(-1000), "-1,000"),
        (Decimal("1234.50"), "1,234.50"),
        (0.05, "0.05"),
        (1 / 3, "0.333333"),
        (Both("甲", "A"), "甲"),
        ([1, 2], "1、2"),
        ("乙", "乙"),
    ],
)
def test_values_as_text(value, text):
    assert written(value) == text


def test_money_is_in_yuan_to_the_fen():
    assert [money(v) for v in (123450, 5, -1, 1e7 + 0.4, None)] == ["1,234.50", "0.05", "-0.01", "100,000.00", "—"]


def test_a_table_stands_below_its_name():
    paper = Paper(Both("表", "T"), Both("", ""), Both("", ""), "", [(Both("表", "table"), pd.DataFrame({"a": [1]}))], [], Both("", ""))
    assert "  table:\n       a\n    0  1" in paper.text("en")
