"""Signals of invented records: hand-computed cases, what may change nothing, and that fabricators come first."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bangfu import workbench
from bangfu.assessment import read_scorecard
from bangfu.assessment.fabrication import FabricationSettings, answers, clock, dates, entry, evidence, figures, journeys, photographs, score
from bangfu.assessment.fabrication.likeness import Likeness
from bangfu.assessment.fabrication.matches import Matches, cells, shuffled
from bangfu.assessment.fabrication.records import records_of
from bangfu.assessment.fabrication.reference import Reading, against_peers, against_rate
from bangfu.assessment.fabrication.score import family_p, fisher
from bangfu.assessment.fabrication.signal import FAMILIES
from bangfu.publish.pages.visit_first import VisitFirst
from bangfu.sample.fabrication import STYLES, fabricated_county
from bangfu.sample.untidy_records import handed_over, untidy_county

SETTINGS = FabricationSettings(visit_first=5, village_minutes=15, night=(22, 6), least_families=3)


def county(*records: dict) -> dict[str, pd.DataFrame]:
    """One record per dict; H1 and H2 lie in village V1, H3 in V2."""
    usual = {"helper_id": "B1", "household_id": "H1", "mode": "home", "content": None, "entered_on": None, "photo_fingerprint": None}
    v = pd.DataFrame([{**usual, "visit_id": f"Z{i:03d}", **r} for i, r in enumerate(records)])
    for column in ("visited_at", "entered_on"):
        v[column] = pd.to_datetime(v[column]).astype("datetime64[us]")
    texts = ["visit_id", "helper_id", "household_id", "mode", "content", "photo_fingerprint"]
    v[texts] = v[texts].astype("str")
    homes = pd.DataFrame({"household_id": ["H1", "H2", "H3"], "village_code": ["V1", "V1", "V2"], "town": "T"}, dtype="str")
    return {"visits": v.assign(origin=np.arange(len(v)) + 2), "households": homes}


def at(*times: str, **more) -> list[dict]:
    return [{"visited_at": f"2019-{t}", **more} for t in times]


@pytest.fixture(scope="module")
def honest() -> dict[str, pd.DataFrame]:
    return handed_over(untidy_county(200, 7), 7)


def test_likeness_is_the_share_of_three_character_sequences_in_common():
    texts = np.array(["甲乙丙丁戊己", "甲乙丙丁戊庚", "子丑寅卯辰巳"], object)
    likeness = Likeness.of(texts)
    # 甲乙丙 乙丙丁 丙丁戊 丁戊己 | 丁戊庚: three of five in common; with the third text none.
    assert next(likeness.along(np.array([0, 1]), 1))[0] == pytest.approx(3 / 5)
    assert [a.tolist() for a in likeness.along(np.array([0, 1, 2, 0]), 2)] == [pytest.approx([0.6, 0, 0]), pytest.approx([0, 0.6])]
    assert likeness.nearest(np.array([0, 1, 2])).tolist() == pytest.approx([0.6, 0.6, 0])


def test_other_figures_and_commas_hide_no_copy():
    texts = np.array(["收玉米300斤,补贴已领", "收玉米25斤;补贴已领。", "同样的话"], object)
    likeness = Likeness.of(texts)
    assert next(likeness.along(np.array([0, 1]), 1))[0] == 1
    assert likeness.keys[0].tolist() == likeness.keys[1].tolist()
    assert likeness.nearest(np.array([2, 2, 0])).tolist()[:2] == [1, 1]  # the same text twice


def test_distance_is_from_the_median_in_spreads_of_the_upper_half():
    reading = against_peers(np.arange(101.0), np.full(101, 10), least=5)
    # Median 50; (75-50)/0.6745 = 37.07 is larger than (85-50)/1.0364 = 33.77.
    assert reading.z[100] == pytest.approx(50 / (25 / stats.norm.ppf(0.75)))
    assert reading.usual[0] == 50


def test_helpers_with_too_few_records_and_figures_that_do_not_vary_are_not_assessed():
    assert np.isnan(against_peers(np.array([1.0, 2.0, 3.0]), np.array([4, 5, 6]), least=5).z).tolist() == [True, False, False]
    assert np.isnan(against_peers(np.ones(10), np.full(10, 9), least=5).z).all()


def test_counts_are_held_against_the_rate_of_the_county():
    count = np.zeros(100)
    count[0] = 2
    # 2 in 1,000 records: 0.02 expected of ten. Poisson mid-p of two: e^-0.02 (0.02^2/2)/2 + e^-0.02 (0.02^3/6 + ...) = 0.0000993.
    reading = against_rate(count, np.full(100, 10), least=5)
    tail = np.exp(-0.02) * (0.02**2 / 4 + 0.02**3 / 6 + 0.02**4 / 24)
    none = 1 - np.exp(-0.02) / 2
    assert reading.usual[0] == pytest.approx(0.02)
    assert reading.z[0] == pytest.approx(stats.norm.isf(tail) - stats.norm.isf(none), rel=1e-6)


def test_what_everybody_does_is_no_signal():
    assert against_rate(np.full(50, 10), np.full(50, 10), least=5).z == pytest.approx(0)


def test_one_fact_counts_once_in_a_family():
    far = stats.t.isf(0.1, 5)
    readings = [Reading(None, None, None, np.array([far, np.nan])), Reading(None, None, None, np.array([0.0, np.nan]))]
    assert family_p(readings, 2)[0] == pytest.approx(1 - 0.9**2)  # Sidak: the smaller of two, 0.1
    assert np.isnan(family_p(readings, 2)[1]) and np.isnan(family_p([], 2)).all()


def test_families_are_combined_by_fisher_and_missing_ones_left_out():
    combined, n = fisher(np.array([[0.05, 0.05], [0.05, np.nan], [np.nan, np.nan]]))
    # Chi-square with four degrees of freedom at x: exp(-x/2)(1 + x/2), and exp(-x/2) = 0.05 * 0.05.
    assert combined[0] == pytest.approx(-np.log10(0.0025 * (1 - np.log(0.0025))))
    assert combined[1] == pytest.approx(-np.log10(0.05))
    assert np.isnan(combined[2]) and n.tolist() == [2, 1, 0]


def test_even_intervals_are_those_that_do_not_vary():
    even = at("01-05", "02-04", "03-06", "04-05", "05-05", "06-04", helper_id="B1")  # five intervals of 30 days
    uneven = at("01-05", "01-06", "03-06", "03-08", "05-05", "06-04", helper_id="B2")
    records = records_of(county(*even, *uneven), 2019)
    assert dates.even_gaps(records).value[0] == pytest.approx(-np.log(0.02))
    gaps = np.array([1, 59, 2, 58, 30])
    assert dates.even_gaps(records).value[1] == pytest.approx(-np.log(gaps.std() / gaps.mean() + 0.02))


def test_same_date_counts_pairs_of_contacts_with_one_household():
    records = records_of(county(*at("01-05", "02-05", "03-05", "04-06"), *at("05-05", household_id="H2")), 2019)
    assert dates.same_date(records).value[0] == pytest.approx(3 / 6)  # of six pairs of the first household three
    assert dates.month_end(records_of(county(*at("01-29", "01-28", "02-26", "02-25")), 2019)).value[0] == 2


def test_same_time_takes_each_minute_once():
    records = records_of(county(*at("01-05 09:30", "02-06 09:30", "03-07 10:01"), *at("01-05 09:30", household_id="H2"), *at("04-01 00:00")), 2019)
    assert clock.same_time(records).value[0] == pytest.approx(1 / 3)
    assert clock.round_times(records).value[0] == 3 and clock.round_times(records).n[0] == 4  # 00:00 is a date without a time


def test_places_that_cannot_be_reached():
    tables = county(
        *at("01-05 09:00"), *at("01-05 09:00", household_id="H2"),  # at the same minute in two homes
        *at("01-06 09:00"), *at("01-06 09:10", household_id="H2"),  # next door
        *at("01-07 09:00"), *at("01-07 09:14", household_id="H3"),  # another village in 14 minutes
        *at("01-08 09:00"), *at("01-08 09:15", household_id="H3"),
        *at("01-09 09:00"), *at("01-09 09:00", household_id="H3", mode="telephone"),  # at home and on the telephone
    )  # fmt: skip
    assert journeys.two_places(records_of(tables, 2019), 15).tolist() == [True] * 2 + [False] * 2 + [True] * 2 + [False] * 2 + [True] * 2


def test_night_and_entry_before_the_visit():
    records = records_of(county(*at("01-05 21:59", "01-06 22:00", "01-07 05:59", "01-08 06:00"), *at("01-09 23:00", mode="telephone")), 2019)
    assert journeys.at_night(records, (22, 6)).tolist() == [False, True, True, False, False]
    entered = records_of(county(*at("01-05", entered_on="2019-01-04"), *at("01-06", entered_on="2019-01-06"), *at("01-07")), 2019)
    assert journeys.entered_before(entered).tolist() == [True, False, False]


def test_sittings():
    tables = county(*at("01-05", "01-20", "02-10", "03-01", entered_on="2019-03-05"), *at("03-10", entered_on="2019-03-12"), *at("03-20"))
    records = records_of(tables, 2019)
    assert entry.few_sittings(records).value[0] == pytest.approx(5 / 2)
    assert entry.long_sitting(records).value[0] == 4
    # Delays of 59, 44, 23, 4 and 2 days.
    assert entry.late_entry(records).value[0] == pytest.approx((60 * 45 * 24 * 5 * 3) ** (1 / 5) - 1)


def test_photographs_and_figures():
    photos = county(*at("01-05", "01-06", photo_fingerprint="a"), *at("01-07", photo_fingerprint="b"), *at("01-08"), *at("01-09", photo_fingerprint="b", helper_id="B2"))
    reading = photographs.photo_again(records_of(photos, 2019))
    assert reading.value.tolist() == [3, 1] and reading.n.tolist() == [3, 1]
    texts = [*at("01-05", "01-06", content="收12斤,卖130元,5人"), *at("01-07", content="花27元"), *at("01-08", content="花27元", helper_id="B2")]
    reading = figures.last_digits(records_of(county(*texts), 2019))
    assert reading.n.tolist() == [3, 1]  # 12, 130 and 27; one digit alone and a text written twice count no more
    # Digits 0, 2, 7: a quarter, a quarter, half of four. Of B1's three: (1-3/4)^2/(3/4) twice and (1-3/2)^2/(3/2).
    assert reading.value[0] == pytest.approx(np.sqrt(2 * (1 / 4) ** 2 / (3 / 4) + (1 / 2) ** 2 / (3 / 2)))


def test_the_household_s_answer_is_shared_out_among_its_helpers():
    visits = [*at("01-05", "02-05", "03-05"), *at("04-05", helper_id="B2"), *at("05-05", household_id="H2"), *at("06-05", household_id="H3")]
    asked = pd.DataFrame({"household_id": ["H1", "H3"], "reported_visits": pd.array([2, None], dtype="Int64")})
    (signal,) = answers.signals(asked)
    reading = signal.read(records_of(county(*visits), 2019))
    # H1 reports two of four: half of B1's three and of B2's one; H2 was not asked, H3 did not say.
    assert reading.n.tolist() == [3, 1] and reading.value.tolist() == pytest.approx([0.5, 0.5])
    assert answers.signals(None) == ()


def test_shuffling_keeps_the_texts_of_each_cell(honest):
    records = records_of(honest, 2019)
    dealt = shuffled(records, np.random.default_rng(1))
    cell = cells(records)
    before, after = (pd.DataFrame({"cell": cell, "text": t}).sort_values(["cell", "text"], ignore_index=True) for t in (records.text, dealt))
    assert before.equals(after) and (dealt != records.text).mean() > 0.9
    assert Matches(records, 1).own.mean() > Matches(records, 1).chance.mean()  # honest helpers have words of their own


def test_neither_the_order_of_rows_nor_their_numbers_matter(honest):
    mixed = {name: table.sample(frac=1, random_state=3) for name, table in honest.items()}
    one, other = (score(tables, 2019, SETTINGS, county="c") for tables in (honest, mixed))
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.seed == other.seed != score(county(*at("01-05")), 2019, SETTINGS, county="d").seed


def test_too_little_is_not_assessed_and_that_is_said(honest):
    few = {**honest, "visits": pd.concat([honest["visits"], county(*at("01-05", "02-05", helper_id="new"))["visits"]], ignore_index=True)}
    row = score(few, 2019, SETTINGS).table.set_index("helper_id").loc["new"]
    assert pd.isna(row["score"]) and pd.isna(row["rank"]) and row["records"] == 2
    assert score(county(*at("01-05")), 2019, SETTINGS).table["score"].isna().all()
    bare = {**honest, "visits": honest["visits"].drop(columns=["content", "photo_fingerprint", "entered_on"])}
    table = score({name: bare[name] for name in ("visits", "households")}, 2019, SETTINGS).table
    assert table[["texts", "photographs", "entry", "figures", "answers"]].isna().all(axis=None) and table["score"].notna().any()


def test_records_of_other_years_and_without_date_are_left_out():
    records = records_of(county(*at("01-05"), {"visited_at": "2018-12-31"}, {"visited_at": None}, {"visited_at": "2019-05-01", "helper_id": None}), 2019)
    assert len(records.helper) == 1 and records.left_out == 2


def test_a_county_without_a_record_in_the_year_has_nobody_to_visit_first():
    assert score(county({"visited_at": "2018-12-31"}), 2019, SETTINGS).table.empty


@pytest.mark.parametrize("style, family", [("copied from oneself", "texts"), ("evenly invented", "dates"), ("entered in one sitting", "entry"), ("photographs again", "photographs")])
def test_fabricators_come_first_for_the_right_reason(style, family):
    tables, guilty = fabricated_county(300, 11, style, 1.0, 0.05)
    scores = score(tables, 2019, SETTINGS, county="c")
    found = scores.table["helper_id"].isin(guilty)
    # A fabricator before an honest helper in nine of ten pairs.
    assert stats.mannwhitneyu(scores.table.loc[found, "score"], scores.table.loc[~found, "score"]).statistic / (found.sum() * (~found).sum()) >= 0.9
    first = next(helper for helper in scores.table["helper_id"] if helper in set(guilty))
    told = evidence(scores, [first])
    assert family in set(told["family"]) and told["zh"].str.startswith(FAMILIES[told["family"].iloc[0]][0]).iloc[0]
    visits = tables["visits"].set_index("origin")["helper_id"]
    assert all((visits[tokens] == first).all() for tokens in told["origins"])


def test_findings_of_rules_count_where_they_were_made(honest):
    visits = honest["visits"]
    helper = visits["helper_id"].iloc[0]
    named = {"HV-05": visits.loc[visits["helper_id"] == helper, "visit_id"].head(5)}
    with_them, without = (score(honest, 2019, SETTINGS, findings=f) for f in (named, {}))
    assert with_them.readings["HV-05"].value[with_them.records.helpers.get_loc(helper)] == 5 and "HV-05" not in without.readings
    ranks = [s.table.set_index("helper_id")["rank"][helper] for s in (with_them, without)]
    assert ranks[0] < ranks[1]


def test_the_scorecard_says_how_many_are_listed_and_the_score_proposes_nothing(honest):
    assert read_scorecard("example").fabrication.visit_first == 30
    assert not {"sanction", "status", "grade"} & set(score(honest, 2019, SETTINGS).table)


@pytest.mark.parametrize("lang, said", [("zh", "不提出任何处理"), ("en", "proposes no sanction")])
def test_the_table_names_rows_and_says_that_it_proposes_nothing(honest, lang, said):
    scores = score(honest, 2019, SETTINGS, findings={"HV-05": []})
    shown = VisitFirst(SimpleNamespace(lang=lang, card=read_scorecard("example"), fabrication=scores, intake=SimpleNamespace(where=lambda t: {"file": "走访记录.csv", "sheet": None, "row": t}))).visit_first()
    html = shown._repr_html_()
    assert len(shown.frame) == 30 and said in html and "走访记录.csv" in html and str(scores.seed) in html
    assert "HV-10" in shown.note and "HV-05" not in shown.note  # HV-10 was not applied


def test_the_page_of_the_docs_has_the_measured_figures():
    measured = (workbench.home() / "benchmarks" / "fabrication.txt").read_text(encoding="utf-8")
    told = (workbench.home() / "docs" / "fabrication.md").read_text(encoding="utf-8")
    figures = re.findall(r"\d\.\d{3} \(\d\.\d{3}-\d\.\d{3}\)", measured)
    assert len(figures) == 2 * len(STYLES) + 8 and all(figure in told for figure in figures)
