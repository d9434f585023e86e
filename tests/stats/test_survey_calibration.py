"""Calibrated weights meet what is known, say when they cannot, and domains and rows behave as they must."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bangfu.stats import survey

TABLE = pd.DataFrame({"village": [1, 1, 2, 2, 3, 3], "kind": list("aababb"), "sex": list("fmfmfm"), "y": [1.0, 3, 2, 6, 4, 8], "w": 10.0})
DESIGN = survey.Design(TABLE, clusters="village", weights="w")


def test_post_stratified_by_hand():
    known = survey.post_stratify(DESIGN, "kind", {"a": 60, "b": 30})
    assert known.weight.tolist() == [20, 20, 10, 20, 10, 10]
    found = survey.total(known, "y").loc["all"]
    assert found["estimate"] == 20 * (1 + 3 + 6) + 10 * (2 + 4 + 8)
    # within a the mean is 10/3, within b 14/3; village sums of w (y - mean): 20 (4 - 20/3), 10 (2 - 14/3) + 20 (6 - 10/3), 10 (12 - 28/3)
    z = np.array([-160 / 3, -80 / 3 + 160 / 3, 80 / 3])
    assert found["se"] ** 2 == pytest.approx(3 / 2 * (z**2).sum())


def test_known_numbers_have_no_error():
    known = survey.rake(DESIGN, {"kind": {"a": 50, "b": 40}, "sex": {"f": 55, "m": 35}})
    for column, numbers in {"kind": [50, 40], "sex": [55, 35]}.items():
        found = survey.total(known, by=column)
        np.testing.assert_allclose(found["estimate"], numbers, rtol=1e-9)
        np.testing.assert_allclose(found["se"], 0, atol=1e-6)


def test_a_crossed_margin_is_a_pair_of_columns():
    cells = pd.Series({("a", "f"): 20, ("a", "m"): 30, ("b", "f"): 25, ("b", "m"): 15})
    np.testing.assert_allclose(survey.rake(DESIGN, {("kind", "sex"): cells}).weight, survey.post_stratify(DESIGN, ["kind", "sex"], cells).weight)


@pytest.mark.parametrize("margins, sentence", [
    ({"kind": {"a": 50, "b": 40}, "sex": {"f": 55, "m": 36}}, r"do not have the same sum \(kind: 90, sex: 91\)"),
    ({"kind": {"a": 90}}, "no total is given for kind = b"),
    ({"kind": {"a": 50, "b": 30, "c": 10}}, "no interview in kind = c"),
    ({"kind": {"a": 90, "b": 0}}, "must be positive"),
    ({}, "at least one margin"),
])
def test_totals_that_do_not_fit_are_said(margins, sentence):
    with pytest.raises(ValueError, match=sentence):
        survey.rake(DESIGN, margins)


def test_raking_that_cannot_meet_its_totals_is_said():
    # every a is f and every b is m, so that kind and sex cannot have different totals
    table = TABLE.assign(sex=TABLE["kind"].map({"a": "f", "b": "m"}))
    with pytest.raises(survey.NotConverged, match="did not meet the totals in 50 rounds: kind = [ab] is still .* off"):
        survey.rake(survey.Design(table, weights="w"), {"kind": {"a": 50, "b": 40}, "sex": {"f": 40, "m": 50}}, rounds=50)


def test_weights_are_calibrated_once():
    known = survey.post_stratify(DESIGN, "kind", {"a": 60, "b": 30})
    with pytest.raises(ValueError, match="calibrated already"):
        survey.rake(known, {"sex": {"f": 50, "m": 40}})


def test_a_total_needs_weights():
    with pytest.raises(ValueError, match="needs weights"):
        survey.total(survey.Design(TABLE), "y")


samples = some.integers(0, 10_000).map(lambda seed: _sample(np.random.default_rng(seed)))


def _sample(rng):
    rows = int(rng.integers(12, 60))
    table = pd.DataFrame({"town": rng.integers(0, 3, rows), "group": rng.integers(0, 4, rows), "y": rng.normal(5, 2, rows), "w": rng.uniform(1, 9, rows)})
    return table.assign(village=rng.integers(0, 5, rows), villages=9)


def drawn(table, **more):
    return survey.Design(table, strata="town", clusters="village", weights="w", clusters_total="villages", **more)


@settings(max_examples=25, deadline=None)
@given(samples)
def test_domains_by_pairs_are_the_columns_of_the_domains(table):
    design = drawn(table)
    group = table["group"].to_numpy()
    contributions = table["w"].to_numpy() * table["y"].to_numpy()
    columns = np.where(group[:, None] == np.arange(4), contributions[:, None], 0.0)
    np.testing.assert_allclose(survey.variance_in_domains(design, contributions, group, 4), survey.variance_of_total(design, columns), rtol=1e-9, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(samples)
def test_domains_sum_to_the_whole_and_order_of_rows_does_not_matter(table):
    parts, whole = survey.total(drawn(table), "y", by="group"), survey.total(drawn(table), "y")
    assert parts["estimate"].sum() == pytest.approx(whole.loc["all", "estimate"])
    turned = table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(survey.total(drawn(turned), "y", by="group"), parts)
    pd.testing.assert_frame_equal(survey.quantile(drawn(turned), "y", by="group"), survey.quantile(drawn(table), "y", by="group"))


@settings(max_examples=25, deadline=None)
@given(samples, some.floats(0.01, 100))
def test_means_do_not_depend_on_the_unit_of_weights(table, unit):
    pd.testing.assert_frame_equal(survey.mean(drawn(table.assign(w=table["w"] * unit)), "y", by="group"), survey.mean(drawn(table), "y", by="group"))


@settings(max_examples=25, deadline=None)
@given(samples)
def test_raked_weights_meet_every_margin(table):
    town, group = (table.groupby(column)["w"].sum() * np.linspace(1, 1.5, table[column].nunique()) for column in ("town", "group"))
    group = group * town.sum() / group.sum()
    try:
        known = survey.rake(drawn(table), {"town": town, "group": group})
    except survey.NotConverged:
        return
    for column, numbers in (("town", town), ("group", group)):
        np.testing.assert_allclose(survey.total(known, by=column)["estimate"], numbers, rtol=1e-8)


def test_many_domains_of_a_large_survey_take_no_dense_table():
    rng = np.random.default_rng(2)
    rows, towns = 100_000, 320  # a matrix of rows x towns would be 256 MB
    table = pd.DataFrame({"town": rng.integers(0, towns, rows), "w": rng.uniform(1, 3, rows), "y": rng.random(rows) < 0.9})
    table["village"] = table["town"] * 20 + rng.integers(0, 20, rows)
    tracemalloc.start()
    found = survey.proportion(survey.Design(table, strata="town", clusters="village", weights="w"), "y", by="town")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == towns and found["clusters"].sum() == table["village"].nunique()
    assert peak < 64e6
