"""A pairing that ends while its helper goes on: a finding by the letter of HP-07, which says that nobody may have been changed."""

import pandas as pd

from bangfu.rules.pairing import change_not_filed

COLUMNS = ["household_id", "helper_id", "role", "start_on", "end_on"]


def test_a_renewal_is_told_from_a_change():
    rows = [
        ("H1", "R1", "first", "2018-01-01", "2019-06-30"), ("H1", "R1", "first", "2019-07-01", None),  # renewed on the next day
        ("H2", "R2", "first", "2018-01-01", "2019-06-30"), ("H2", "R9", "first", "2019-07-01", None),  # another helper
        ("H3", "R3", "first", "2018-01-01", "2019-06-30"), ("H3", "R3", "first", "2019-07-02", None),  # a day without a helper
        ("H4", "R4", "first", "2018-01-01", "2019-06-30"), ("H4", "R4", "second", "2019-07-01", None),  # goes on as second helper only
        ("H5", None, "first", "2018-01-01", "2019-06-30"), ("H5", None, "first", "2019-07-01", None),  # nobody knows who
    ]  # fmt: skip
    pairings = pd.DataFrame(rows, columns=COLUMNS).astype("str").assign(change_filed_on=pd.NaT, origin=range(2, 12))
    for day in ("start_on", "end_on", "change_filed_on"):
        pairings[day] = pd.to_datetime(pairings[day]).astype("datetime64[us]")
    told = change_not_filed(pairings, notice_months=2, year=2019).rows.set_index("subject")["condition"]
    assert told.str.contains("仍由同一责任人").to_dict() == {"H1": True, "H2": False, "H3": False, "H4": False, "H5": False}
