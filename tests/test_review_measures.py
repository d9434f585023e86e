"""The measures of the third-party review and the effect of pairing, from tables small enough to count by hand."""

import numpy as np
import pandas as pd
import pytest

from bangfu import income, pairing_effect, third_party
from bangfu.params import read_pack
from bangfu.problems import Sentence
from bangfu.publish.pages import Satisfaction
from bangfu.stats.impact.callaway_santanna import GroupTime

STANDARDS = read_pack("laizhou-2018-8").third_party


def tables(**more):
    """20 households of 3 persons in 4 villages of one town, 18 exited; 400 people live there; 10 households were asked, 9 are satisfied."""
    ids = [f"H{i:02}" for i in range(20)]
    villages = [f"V{i % 4}" for i in range(20)]
    homes = pd.DataFrame({"household_id": ids, "village_code": villages, "town": "A", "status": ["已脱贫"] * 18 + ["未脱贫", "返贫"]})
    asked = homes.iloc[:10].assign(response_id=[f"R{i}" for i in range(10)], overall=pd.array([4] * 9 + [2], dtype="Int64"))
    return {
        "households": homes, "members": pd.DataFrame({"household_id": np.repeat(ids, 3)}), "survey": asked[["response_id", "town", "village_code", "overall"]],
        "villages": pd.DataFrame({"village_code": ["V0", "V1", "V2", "V3"], "town": "A", "population_total": pd.array([100] * 4, dtype="Int64")}),
    } | more  # fmt: skip


def test_each_measure_beside_its_threshold():
    approved, wrong, missed, composite = third_party.measures(tables(), {"H00", "H19"}, STANDARDS)
    # 9 of 10 approve, and 90% itself is enough; H19 has not exited: 3 of 54 exited persons
    assert (approved.estimate, approved.verdict) == (0.9, "met_unsure") and (wrong.estimate, wrong.verdict) == (pytest.approx(3 / 54), "not_met")
    assert wrong.lower == wrong.upper == wrong.estimate  # all of them were looked at
    assert (missed.verdict, composite.verdict) == ("not_assessed", "not_assessed")


def test_what_was_not_applied_or_asked_is_not_assessed():
    without = {name: table for name, table in tables().items() if name != "survey"}
    assert [m.verdict for m in third_party.measures(without, None, STANDARDS)] == ["not_assessed"] * 4
    unpopulated = tables(villages=tables()["villages"].drop(columns="population_total"))
    assert [m.code for m in third_party.measures(unpopulated, set(), STANDARDS)] == ["approval", "wrong_exit_rate", "missed_rate"]


def paired(gain=50_00, began=(2018, 2019, None)):
    """30 households in 6 villages with incomes of 2017 to 2019: +100 yuan a head each year, and the gain from the year of pairing on."""
    rows, pairs = [], []
    for i in range(30):
        start = began[i % len(began)]
        if start:
            pairs.append({"household_id": f"H{i:02}", "role": "first", "start_on": pd.Timestamp(start, 3, 1)})
        for year in (2017, 2018, 2019):
            a_head = 3000_00 + 10_00 * (i % 7) + 100_00 * (year - 2017) + (gain if start and year >= start else 0)
            rows.append({"household_id": f"H{i:02}", "year": year, "family_size": 2, "earned": 2 * a_head})
    frame = pd.DataFrame(rows)
    groups = income.group_of()
    for column in groups:
        frame[column] = pd.array([0] * len(frame), dtype="Int64")
    frame[next(c for c, g in groups.items() if g == "D")] = pd.array(frame["earned"], dtype="Int64")
    frame[["year", "family_size"]] = frame[["year", "family_size"]].astype("Int64")
    homes = pd.DataFrame({"household_id": [f"H{i:02}" for i in range(30)], "village_code": [f"V{i % 6}" for i in range(30)]})
    return {"incomes": frame.drop(columns="earned"), "pairings": pd.DataFrame(pairs, columns=["household_id", "role", "start_on"]).astype({"start_on": "datetime64[us]"}), "households": homes}


def test_the_gain_of_the_paired_is_found_and_what_everybody_gained_is_not():
    found = pairing_effect.effect(paired(), 2019)
    assert isinstance(found, GroupTime) and found.simple().att == pytest.approx(50.0)  # yuan a head
    assert found.event_study().table.loc[-1, "att"] == pytest.approx(0.0)


@pytest.mark.parametrize("given, word", [
    ({}, "no table"), (paired() | {"incomes": paired()["incomes"].query("year == 2019")}, "1 year"),
    (paired() | {"incomes": paired()["incomes"].query("household_id < 'H10'")}, "fewer than 20"), (paired(began=(2017,)), "no households began"), (paired(began=(None,)), "no households began")])
def test_where_it_cannot_be_said_the_reason_is_given(given, word):
    said = pairing_effect.effect(given, 2019)
    assert isinstance(said, Sentence) and word in said.en and said.zh


def test_the_page_says_what_was_assessed_and_what_not(yunling_county):
    page = Satisfaction(yunling_county)
    measures = page.third_party()
    assert measures.frame["estimate"].notna().tolist() == [True, True, False, False] and "未核对原文" in measures.note
    assert "未评估" in repr(page.pairing_effect()) and len(page.pairing_assumptions().sentences) == 4
