"""Comparisons of helpers: circumstances and results by hand, what carries no judgement, and error rates where the truth is known."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bangfu.assessment import read_scorecard
from bangfu.assessment.case_mix import COLUMNS, compare, compare_all
from bangfu.assessment.circumstances import circumstances, starting_income
from bangfu.assessment.comparison import Comparison
from bangfu.assessment.household_results import HouseholdResult, household_results
from bangfu.intake import dictionary
from bangfu.problems import Sentence

LIMITS = Comparison(min_households=3, min_reliability=0.5, confidence=0.95, child_under=16, elder_from=60, trimmed=0.0, winsorised=0.1, draws=500, seed=1)
GUARANTEES = ("food", "clothing", "education", "medical", "housing", "water")


def days(*texts):
    return pd.to_datetime(pd.Series(texts, dtype="object")).astype("datetime64[us]")


def whole(*values):
    return pd.array(values, dtype="Int64")


def incomes(*rows):
    """household_id, year, net income in yuan, family size: the whole of it wages."""
    columns = [c for c, told in dictionary()["incomes"].columns.items() if told.group]
    frame = pd.DataFrame(0, index=range(len(rows)), columns=columns).astype("Int64")
    frame["wages"] = whole(*(r[2] * 100 for r in rows))
    return frame.assign(household_id=[r[0] for r in rows], year=whole(*(r[1] for r in rows)), family_size=whole(*(r[3] for r in rows)))


def tables():
    """H1 passed from R1 to R2 on 1 July 2019; R1 has H2, exited before he came; R2 has H3; R3 came to H4 in November."""
    return {
        "households": pd.DataFrame(
            {"household_id": ["H1", "H2", "H3", "H4"], "town": "甲镇", "village_code": ["V1", "V1", "V2", None], "family_size": whole(2, 1, None, 4), "category": ["低保", "低保", "一般", None],
             "status": ["已脱贫", "已脱贫", "未脱贫", "已脱贫"], "exit_on": days("2019-11-01", "2016-12-01", None, None)}
            | {g: pd.array([True, g != "water", True, None if g == "food" else True], dtype="boolean") for g in GUARANTEES}
        ),
        "members": pd.DataFrame(
            {"household_id": ["H1", "H1", "H2", "H4", "H4", "H4", "H4"], "born_on": days("1959-12-31", "1990-01-01", "2004-01-01", "2003-12-31", "1960-01-01", None, "1980-05-05"),
             "labour": ["普通劳动力", "无劳动力", "普通劳动力", "无劳动力", None, None, None], "health": ["健康", "长期慢性病", "残疾", "患有大病", "健康", None, None], "disability_grade": [None, None, None, "二级", None, None, None]}
        ),
        "helpers": pd.DataFrame({"helper_id": ["R1", "R2", "R3"], "unit": ["甲局", "甲局", "乙局"]}),
        "pairings": pd.DataFrame(
            {"household_id": ["H1", "H1", "H2", "H3", "H4"], "helper_id": ["R1", "R2", "R1", "R2", "R3"], "role": "first",
             "start_on": days("2018-01-01", "2019-07-01", "2018-01-01", "2018-01-01", "2019-11-01"), "end_on": days("2019-06-30", None, None, None, None), "origin": range(5)}
        ),
        "survey": pd.DataFrame(
            {"household_id": ["H1", "H2", "H3", "H4"], "q_helper": whole(2, 4, 5, 5), "overall": whole(3, None, 4, 5), "interviewed_at": days("2019-06-30 10:00", "2019-12-01 09:00", None, "2019-12-01 09:00")}
        ),
    }  # fmt: skip


def test_circumstances_by_hand():
    homes, absent = circumstances(tables(), 2019, LIMITS)
    # On 31 December 2019: H1 has one of 60 (born on the last day of 1959) and one of 29; H2 one of 15; H4 one of 16, one of 59, one unknown, one of 39.
    assert homes["dependants"].tolist() == [0.5, 1.0, 0.5, 0.0]  # H3 has no members: the median of 0.5, 1, 0
    assert homes["working"].tolist() == [0.5, 1.0, 0.5, 0.0]
    assert homes["ill"].tolist() == [0.5, 0.0, 0.5, 0.5]  # of H4 the health of two is known
    assert homes["disabled"].tolist() == [0.0, 1.0, 0.5, 0.5]  # H4: a grade beside a disease
    assert homes["family_size"].tolist() == [2, 1, 2, 4] and homes["family_size_missing"].tolist() == [0, 0, 1, 0]
    assert homes["dependants_missing"].tolist() == [0, 0, 1, 0]
    assert homes["category:一般"].tolist() == [0, 0, 1, 0] and homes["category:missing"].tolist() == [0, 0, 0, 1] and "category:低保" not in homes
    assert [s.en for s in absent] == ["starting income per head"]


def test_starting_income_is_of_an_earlier_year_or_not_at_all():
    only = {"incomes": incomes(("H1", 2019, 9000, 3))}
    assert starting_income(only, 2019, LIMITS).empty
    two = {"incomes": incomes(("H1", 2019, 9000, 3), ("H1", 2017, 6000, 3), ("H2", 2018, 5000, 1))}
    assert starting_income(two, 2019, LIMITS).to_dict() == {"H1": 2000.0}


def told(name, **changes):
    result = {r.name: r for r in household_results(tables() | changes, 2019, LIMITS, 6)}[name]
    return result, {(r.helper_id, r.household_id): r.value for r in result.rows.itertuples()}


def test_an_answer_is_of_the_helper_on_the_day_of_the_interview():
    # H1 was asked on R1's last day; H3's day is unknown: 31 December. R3 had H4 for a month only.
    assert told("q_helper")[1] == {("R1", "H1"): 0.0, ("R1", "H2"): 1.0, ("R2", "H3"): 1.0}
    assert told("overall")[1] == {("R1", "H1"): 0.0, ("R2", "H3"): 1.0}


def test_guarantees_count_for_the_helper_of_six_months_and_unknown_flags_for_nobody():
    # R2 took H1 over on 1 July: six months to 31 December. R3 has H4, of which a flag is unknown besides, for two.
    assert told("guarantees")[1] == {("R1", "H2"): 0.0, ("R2", "H1"): 1.0, ("R2", "H3"): 1.0}
    late = tables()["pairings"].assign(start_on=days("2018-01-01", "2019-07-02", "2018-01-01", "2018-01-01", "2019-11-01"))
    assert ("R2", "H1") not in told("guarantees", pairings=late)[1]


def test_an_exit_before_the_helper_came_is_not_the_helpers():
    assert told("exited")[1] == {("R2", "H1"): 1.0, ("R2", "H3"): 0.0}  # H2 exited in 2016; H4 has no date of exit


def test_income_gain_needs_two_years_and_pools_what_there_is():
    result, _ = told("income_gain", incomes=incomes(("H2", 2019, 9000, 3)))
    assert result.rows.empty and "一年" in result.absent.zh
    held = tables()["pairings"].assign(start_on=days(*["2015-01-01"] * 5), end_on=days("2015-06-30", None, None, None, None))
    many = incomes(("H2", 2017, 1000, 1), ("H2", 2018, 1500, 1), ("H2", 2019, 2600, 1), ("H3", 2018, 4000, 2), ("H3", 2019, 4600, 2))
    result, rows = told("income_gain", incomes=many, pairings=held)
    # Per head: H2 +500 in 2018, +1,100 in 2019; H3 +300 in 2019. Means: 500 in 2018, 700 in 2019, 1,900 / 3 of all three.
    overall = 1900 / 3
    assert rows == {("R1", "H2"): pytest.approx((500 - 500 + 1100 - 700) / 2 + overall), ("R2", "H3"): pytest.approx(300 - 700 + overall)}
    assert result.years == (2018, 2019) and not result.share


def made_up(results, **changes):
    """A result of one household after another: subject -> values."""
    rows = pd.DataFrame([(s, f"{s}{i}", float(v)) for s, values in results.items() for i, v in enumerate(values)], columns=["subject", "household_id", "value"])
    homes = pd.DataFrame({"family_size": 3.0}, index=rows["household_id"])
    return compare(HouseholdResult("made-up", Sentence("结果", "result"), rows, share=rows["value"].isin([0, 1]).all()), rows, homes, None, LIMITS.model_copy(update=changes))


@pytest.mark.parametrize(
    "results, reason",
    [
        ({"R1": [1], "R2": [0], "R3": [1, 0]}, "nobody has 3 households"),
        ({"R1": [1, 1, 1], "R2": [1, 1, 1]}, "all households have the same result"),
        ({"R1": [1, 0, 1, 1]}, "there are not two to compare"),
    ],
)
def test_where_nothing_can_be_compared_everybody_is_insufficient_and_told_why(results, reason):
    table = made_up(results).table
    assert list(table.columns) == COLUMNS and len(table) == len(results)
    assert (table["verdict"] == "insufficient").all() and table["reason_en"].str.startswith(reason).all()
    assert table["unadjusted"].tolist() == [np.mean(v) for v in results.values()]


def test_few_households_or_little_reliability_carry_no_judgement_and_no_rank():
    rng = np.random.default_rng(2)
    results = {f"R{i:02d}": rng.normal(10 * (i % 2), 1, 8) for i in range(12)} | {"few": [100.0, 100.0]}
    table = made_up(results).table.set_index("subject")
    assert table.loc["few", "verdict"] == "insufficient" and table.loc["few", "reason_en"] == "2 households, fewer than 3" and pd.isna(table.loc["few", "rank"])
    assert (table.drop("few")["rank"].notna() & (table.drop("few")["rank_low"] <= table.drop("few")["rank_high"])).all()
    strict = made_up(results, min_reliability=0.9999).table.set_index("subject")
    assert (strict["verdict"] == "insufficient").all() and strict["reason_en"].drop("few").str.contains("reliability").all()


def test_a_clear_difference_is_told_and_the_figures_are_the_means():
    rng = np.random.default_rng(5)
    results = {f"R{i}": rng.normal({0: -5, 1: 5}.get(i, 0), 1, 10) for i in range(10)}
    compared = made_up(results)
    table = compared.table.set_index("subject")
    assert (table.loc["R0", "verdict"], table.loc["R1", "verdict"]) == ("below", "above")
    assert table["unadjusted"].to_numpy() == pytest.approx([np.mean(v) for v in results.values()])
    assert (table["low"] < table["estimate"]).all() and compared.p_value < 1e-6
    # shrunken: nearer to the mean of all than the mean itself
    assert ((table["estimate"] - compared.overall).abs() < (table["unadjusted"] - compared.overall).abs() + 0.2).all()


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(4)
    results = {f"R{i}": rng.normal(i, 1, 6) for i in range(8)}
    one = made_up(results)
    homes = pd.DataFrame({"family_size": 3.0}, index=one.result.rows["household_id"])
    mixed = compare(one.result, one.result.rows.sample(frac=1, random_state=1), homes, None, LIMITS)
    pd.testing.assert_frame_equal(one.table, mixed.table, rtol=1e-6)


def test_a_whole_county_by_helper_unit_and_town():
    found = compare_all(tables(), 2019, LIMITS, 6)
    for by, subjects in (("first", {"R1", "R2", "R3"}), ("unit", {"甲局", "乙局"}), ("town", {"甲镇"})):
        for compared in found[by]:
            assert set(compared.table["subject"]) <= subjects and (compared.table["verdict"] == "insufficient").all()
            assert "sanction" not in compared.table


def test_the_shipped_card_compares():
    assert read_scorecard("example").comparison.min_households >= 2


@pytest.fixture(scope="module")
def simulation():
    spec = importlib.util.spec_from_file_location("case_mix_benchmark", Path(__file__).parents[1] / "benchmarks" / "case_mix.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def at_most(share, n, level=0.999):
    """The largest share of n that a true rate of at most `share` exceeds with a chance of 1 - level only (binomial)."""
    return stats.binom.ppf(level, n, share) / n


@pytest.mark.parametrize("share", [True, False])
def test_helpers_who_do_not_differ_are_seldom_outside(simulation, share):
    """12 counties of 120 helpers: villages differ and some helpers have mostly ill households, but no helper is better or worse."""
    rates = simulation.rates(12, 7, share=share, helper_sd=0.0, villages=20, helpers=6, households=4, village_sd=0.6, confounded=True)
    assert rates["helpers"] == 1440
    assert rates["adjusted"] <= at_most(0.05, 1440) and rates["verdict"] <= at_most(0.05, 1440)


def test_the_figures_as_they_are_would_accuse_whoever_has_the_ill(simulation):
    """8 counties of 24 helpers with 30 households: far more than 5% outside as it is, not after adjustment."""
    rates = simulation.rates(8, 7, share=True, helper_sd=0.0, villages=8, helpers=3, households=30, village_sd=0.6, confounded=True)
    assert rates["raw"] > 0.15 and rates["adjusted"] <= at_most(0.05, 192) and rates["verdict"] <= at_most(0.05, 192)


def test_helpers_who_differ_are_found_where_they_have_enough_households(simulation):
    rates = simulation.rates(8, 7, share=False, helper_sd=0.8, villages=8, helpers=3, households=30, village_sd=0.3, confounded=True)
    assert rates["found"] > 0.5 and rates["wrong"] < 0.1
