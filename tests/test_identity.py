"""Identity numbers against GB 11643."""

import pandas as pd
import pytest

from bangfu.identity import born_on, eighteen, sex, valid


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


def test_a_number_of_the_first_generation_is_written_out():
    # GB 11643-1999 prints 11010519491231002X; without the century and the check character it is the number of 1989.
    given = pd.Series(["110105491231002", "11010519491231002X", "110105491231997", None, "12"], dtype="str")
    assert eighteen(given).tolist()[:3] == ["11010519491231002X", "11010519491231002X", "110105491231997"]
    assert eighteen(given).isna().tolist() == [False, False, False, True, False]


def test_the_day_of_birth_and_the_sex_are_read_from_the_number():
    given = pd.Series(["11010519491231002X", "999001197305250971", "999001197302300971", None], dtype="str")
    assert born_on(given).dt.strftime("%Y-%m-%d").tolist()[:2] == ["1949-12-31", "1973-05-25"] and born_on(given).isna().tolist() == [False, False, True, True]
    assert sex(given).tolist()[:3] == ["女", "男", "男"] and sex(given).isna().tolist() == [False, False, False, True]
