"""Identity numbers against GB 11643."""

import pandas as pd
import pytest

from bangfu.identity import valid


@pytest.mark.parametrize(
    ("area", "born", "order", "check", "expected"),
    [
        # The two examples printed in GB 11643-1999.
        ("110105", "19491231", "002", "X", True),
        ("440524", "18800101", "001", "4", True),
        # 9x7 + 9x9 + 9x10 + 1x4 + 1x2 + 9x1 + 7x6 + 3x3 + 5x9 + 2x10 + 5x5 + 9x4 + 7x2 = 440 = 40 x 11 + 0, remainder 0 -> 1.
        ("999001", "19730525", "097", "1", True),
        ("999001", "19730525", "097", "2", False),
        ("999001", "19730525", "098", "1", False),  # one digit changed
        ("999001", "19735025", "097", "1", False),  # two neighbours exchanged
        ("110105", "19491231", "002", "x", False),  # intake gives upper case
        ("110105", "19491231", "002", "", False),
        ("110105", "19491231", "002", "XX", False),
        ("X10105", "19491231", "002", "X", False),
        ("\uff11\uff11\uff10105", "19491231", "002", "X", False),  # full-width digits are no digits here
        ("", "", "", "", False),
    ],
)
def test_check_character(area, born, order, check, expected):
    assert valid(pd.Series([area + born + order + check], dtype="str")).tolist() == [expected]


def test_missing_is_unknown():
    answer = valid(pd.Series(["999001" "19730525" "0971", None], index=[7, 9], dtype="str"))
    assert answer.index.tolist() == [7, 9]
    assert answer.isna().tolist() == [False, True] and answer[7]


def test_empty_column():
    assert len(valid(pd.Series([], dtype="str"))) == 0
