"""Days off and weekends worked, against the notices of the State Council on holidays (国办发明电〔2018〕15号 for 2019, 〔2019〕1号 for May).

The days were recalled from the notices, not read beside them.
"""

from datetime import date

from bangfu.calendar import days_off


def test_the_days_off_of_2019():
    off, worked = days_off([2019])
    assert date(2019, 10, 4) in off and date(2019, 10, 7) in off  # National Day, with two days shifted
    assert date(2019, 10, 12) in worked and date(2019, 9, 29) in worked  # the weekends worked for them
    assert date(2019, 5, 2) in off and date(2019, 5, 5) in worked  # the May holiday was lengthened during the year
    assert date(2019, 10, 8) not in off and date(2019, 10, 13) not in worked
    assert {d.year for d in off + worked} == {2019}


def test_several_years_at_once_are_the_years_one_by_one():
    apart = [days_off([y]) for y in (2018, 2019)]
    off, worked = days_off([2019, 2018, 2018])
    assert off == apart[0][0] + apart[1][0] and set(worked) >= set(apart[1][1])
