"""Helpers' duty against the record, on a few pairings whose periods can be counted by eye."""

import pandas as pd

from bangfu import duty
from bangfu.parameters import Step


def table(rows, columns, days=()):
    frame = pd.DataFrame(rows, columns=columns).astype("str")
    for column in days:
        frame[column] = pd.to_datetime(frame[column]).dt.as_unit("us")
    return frame.assign(origin=range(2, len(rows) + 2))


PAIRINGS = table(
    [
        ("H1", "R1", "first", "2018-03-20", None),
        ("H2", "R2", "first", "2018-03-20", "2019-06-30"),  # three periods, six months
        ("H2", "R3", "first", "2019-07-01", None),  # three periods, six months
        ("H1", "R4", "second", "2019-03-01", None),  # ten months
        ("H2", "R4", "second", "2019-11-15", None),  # one month
        ("H3", "R5", "first", "2019-11-01", None),  # written twice: still one period, three months
        ("H3", "R5", "first", "2019-10-01", None),
        ("H1", "R6", "first", "2017-01-01", "2018-12-31"),  # not in the year
    ],
    ["household_id", "helper_id", "role", "start_on", "end_on"],
    ["start_on", "end_on"],
)
VISITS = table(
    [
        ("H1", "R1", "2019-01-01 00:00", "home"),
        ("H1", "R1", "2019-02-28 23:59", "home"),  # the same period as the one before
        ("H1", "R1", "2019-12-31 23:59", "home"),
        ("H1", "R1", "2020-01-01 00:00", "home"),
        ("H1", "R1", None, "home"),
        ("H2", "R2", "2019-07-01 09:00", "home"),  # no longer R2's period
        ("H2", "R3", "2019-07-01 09:00", "telephone"),
        ("H1", "R4", "2019-03-09 09:00", "home"),
        ("H3", "R5", "2019-12-09 09:00", "telephone"),
    ],
    ["household_id", "helper_id", "visited_at", "mode"],
    ["visited_at"],
)
HELPERS = table([("R1", "农业局"), ("R1", "农业局"), ("R2", None), ("R3", "水利局"), ("R4", "张村")], ["helper_id", "unit"])
HOUSEHOLDS = table([("H1", "南镇"), ("H2", "北镇"), ("H2", "北镇")], ["household_id", "town"])
OF = duty.duties(first_visit_months=2)


def test_due_periods_and_what_keeps_them():
    periods = duty.due(PAIRINGS, VISITS, OF["first_home"], 2019)
    counted = periods.groupby("helper_id")[["made"]].agg(["size", "sum"])["made"]
    assert counted.T.to_dict("list") == {"R1": [6, 2], "R2": [3, 0], "R3": [3, 0], "R5": [1, 0]}
    r1 = periods[periods["helper_id"] == "R1"]
    assert r1["records"].tolist() == [2, 0, 0, 0, 0, 1]
    assert r1["undated"].tolist() == [1] * 6
    assert periods.loc[periods["helper_id"] == "R5", "origin"].tolist() == [8]  # the earlier of the two rows


def test_visit_rows_behind_the_periods():
    rows = duty.kept(PAIRINGS, VISITS, OF["first_home"], 2019).records
    assert rows[["helper_id", "period", "origin"]].values.tolist() == [["R1", 1, 2], ["R1", 1, 3], ["R1", 6, 4]]


def test_a_year_of_duty_by_helper():
    year = duty.by_helper(PAIRINGS, duty.year_of_duty(PAIRINGS, VISITS, 2019, 2), HELPERS, HOUSEHOLDS, 2019).set_index("helper_id")
    columns = ["role", "households", "visits_due", "visits_made", "visits_missed", "calls_due", "calls_made", "undated"]
    assert year[columns].T.to_dict("list") == {
        "R1": ["first", 1, 6, 2, 4, 12, 0, 1],
        "R2": ["first", 1, 3, 0, 3, 6, 0, 0],
        "R3": ["first", 1, 3, 0, 3, 6, 1, 0],
        "R4": ["second", 2, 11, 1, 10, 0, 0, 0],
        "R5": ["first", 1, 1, 0, 1, 3, 1, 0],
    }
    assert year["unit"].fillna("-").to_dict() == {"R1": "农业局", "R2": "-", "R3": "水利局", "R4": "张村", "R5": "-"}
    assert year["town"].fillna("-").to_dict() == {"R1": "南镇", "R2": "北镇", "R3": "北镇", "R4": "北镇", "R5": "-"}


def test_duty_by_town():
    towns = duty.by_town(duty.due(PAIRINGS, VISITS, OF["first_home"], 2019), HOUSEHOLDS)
    assert towns[towns["town"] == "南镇"].values.tolist() == [["南镇", p, 1, int(p in (1, 6))] for p in range(1, 7)]
    assert towns.loc[towns["town"] == "北镇", ["due", "done"]].sum().tolist() == [6, 0]


def test_no_records_and_no_pairings():
    nothing = duty.due(PAIRINGS, VISITS.iloc[:0], OF["first_home"], 2019)
    assert len(nothing) == 13 and not nothing["made"].any()
    assert duty.due(PAIRINGS.iloc[:0], VISITS, OF["first_home"], 2019).empty
    assert duty.by_helper(PAIRINGS.iloc[:0], duty.year_of_duty(PAIRINGS.iloc[:0], VISITS, 2019, 2), HELPERS, HOUSEHOLDS, 2019).empty


def test_consequences():
    ladder = (Step(1, "约谈", "talk"), Step(2, "通报批评", "criticism"))
    words = duty.consequence(pd.Series([0, 1, 2, 5], index=[7, 3, 5, 9]), ladder)
    assert words["zh"].fillna("-").to_dict() == {7: "-", 3: "约谈", 5: "通报批评", 9: "通报批评"}
    assert words["en"].fillna("-").tolist() == ["-", "talk", "criticism", "criticism"]


def test_a_register_without_one_of_its_dates_says_of_nobody_what_was_due():
    """Whether R2's pairing ended in June is then unknown: no period is held against anyone, and nothing fails."""
    for unknown in ("start_on", "end_on"):
        pairings = PAIRINGS.drop(columns=unknown)
        kept = duty.year_of_duty(pairings, VISITS, 2019, first_visit_months=2)
        assert [len(k.periods) for k in kept.values()] == [0, 0, 0]
        assert len(duty.by_helper(pairings, kept, HELPERS, HOUSEHOLDS, 2019)) == 0


def test_units_and_towns_that_nobody_handed_over_are_missing():
    kept = duty.year_of_duty(PAIRINGS, VISITS, 2019, first_visit_months=2)
    table = duty.by_helper(PAIRINGS, kept, HELPERS.drop(columns="unit"), HOUSEHOLDS.drop(columns="town"), 2019)
    assert table["visits_due"].tolist() == duty.by_helper(PAIRINGS, kept, HELPERS, HOUSEHOLDS, 2019)["visits_due"].tolist()
    assert table["unit"].isna().all() and table["town"].isna().all()


def test_a_record_whose_mode_is_unknown_keeps_no_period_and_is_counted_as_doubtful():
    """R1 went in period 1 and 6; the record of July may be the visit of period 4. That of the year before may be none."""
    unknown = table([("H1", "R1", "2019-07-09 09:00", None), ("H1", "R1", "2018-12-31 09:00", None), ("H1", "R1", "2020-01-01 00:00", None)], VISITS.columns[:4], ["visited_at"])
    visits = pd.concat([VISITS, unknown.assign(origin=unknown["origin"] + 20)], ignore_index=True)
    r1 = duty.due(PAIRINGS, visits, OF["first_home"], 2019).query("helper_id == 'R1'")
    assert r1["made"].tolist() == [True, False, False, False, False, True]
    assert r1["undated"].tolist() == [2] * 6  # with the home visit without a date
