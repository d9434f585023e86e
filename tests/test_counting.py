"""Counting with the library: it says what its own way in says of every kind of expectation, and lists nothing."""

import pandas as pd
import pytest

from bangfu import quality
from bangfu.quality import counting
from bangfu.quality.validation import _columns

COUNTS = ("element_count", "missing_count", "missing_percent", "unexpected_count", "unexpected_percent", "observed_value")
TABLE = pd.DataFrame({"word": pd.Series(["甲", "乙", None, "乙"], dtype="str"), "number": pd.Series([1, 2, 3, 4], dtype="int64")}).set_axis([3, 1, 7, 5])


@pytest.fixture(scope="module")
def whole():
    """The library's own way in: a batch of a whole table, validated in a context that shows no progress bars."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    config = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False), analytics_enabled=False, progress_bars={"globally": False})
    context = gx.get_context(mode="ephemeral", project_config=config)
    return context.data_sources.add_pandas("county").add_dataframe_asset("table").add_batch_definition_whole_dataframe("whole")


def of_library(whole, configs: list[dict], table: pd.DataFrame) -> list:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    suite = ExpectationSuite(name="suite", expectations=[ExpectationConfiguration(**c).to_domain_obj() for c in configs])
    results = whole.get_batch({"dataframe": table}).validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0}).results
    by_id = {r.expectation_config.meta["id"]: told(r) for r in results}
    return [by_id[c["meta"]["id"]] for c in configs]


def told(answer) -> tuple:
    return answer.success, {k: answer.result.get(k) for k in COUNTS}


def counted(configs: list[dict], table: pd.DataFrame) -> list:
    return counting.answers([counting.asked(c) for c in configs], table)


# Every kind of domain, kinds that hold and kinds that fail: type, kwargs, whether it holds of TABLE.
KINDS = [
    ("expect_column_values_to_not_be_null", {"column": "word"}, False),
    ("expect_column_values_to_not_be_null", {"column": "word", "mostly": 0.75}, True),
    ("expect_column_values_to_be_unique", {"column": "word"}, False),
    ("expect_column_values_to_be_unique", {"column": "word", "row_condition": "number < 4", "condition_parser": "pandas"}, True),
    ("expect_column_values_to_be_in_set", {"column": "word", "value_set": ["甲"], "mostly": 0.3}, True),
    ("expect_column_values_to_match_regex", {"column": "word", "regex": "乙"}, False),
    ("expect_column_values_to_be_of_type", {"column": "word", "type_": "str"}, True),
    ("expect_column_value_lengths_to_equal", {"column": "word", "value": 1}, True),
    ("expect_column_values_to_be_between", {"column": "number", "min_value": 2}, False),
    ("expect_column_value_z_scores_to_be_less_than", {"column": "number", "threshold": 2, "double_sided": True}, True),
    ("expect_column_mean_to_be_between", {"column": "number", "min_value": 2.5, "max_value": 2.5}, True),
    ("expect_column_distinct_values_to_be_in_set", {"column": "word", "value_set": ["甲"]}, False),
    ("expect_column_pair_values_to_be_equal", {"column_A": "word", "column_B": "word"}, True),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "number", "column_B": "number"}, False),
    ("expect_compound_columns_to_be_unique", {"column_list": ["word", "number"]}, True),
    ("expect_column_to_exist", {"column": "word", "column_index": 1}, False),
    ("expect_table_columns_to_match_ordered_list", {"column_list": ["number", "word"]}, False),
    ("expect_table_column_count_to_equal", {"value": 2}, True),
    ("expect_table_row_count_to_be_between", {"min_value": 5}, False),
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rows chosen by a string
@pytest.mark.parametrize(("kind", "kwargs", "holds"), KINDS)
def test_every_kind_is_answered_as_by_the_librarys_own_way_in(whole, kind, kwargs, holds):
    config = {"type": kind, "kwargs": kwargs, "meta": {"id": "1"}}
    (answer,) = counted([config], TABLE)
    assert bool(answer.success) is holds
    assert [told(answer)] == of_library(whole, [config], TABLE)


def test_the_suites_say_of_a_table_full_of_faults_what_the_library_says(whole, spoiled):
    failing = 0
    for name, suite in quality.read_suites().items():
        table = _columns(list(suite.expectations), spoiled)
        configs = [e.config for e in suite.expectations]
        ours = [told(a) for a in counted(configs, table)]
        assert ours == of_library(whole, configs, table), name
        failing += sum(not success for success, _ in ours)
    assert failing > 150


@pytest.fixture(scope="module")
def spoiled() -> dict[str, pd.DataFrame]:
    """A made-up county in which each column lacks a value, repeats one and holds one that is out of place."""
    from bangfu.sample.making import clean_counties

    return {name: _spoiled(table.reset_index(drop=True)) for name, table in next(iter(clean_counties(households=60, seed=3))).tables.items()}


def _spoiled(table: pd.DataFrame) -> pd.DataFrame:
    for n, column in enumerate(c for c in table if c != "origin"):
        wrong = {"M": pd.Timestamp("2088-01-01"), "i": -5, "f": -5, "b": None}.get(table[column].dtype.kind, "?")
        table.loc[n % len(table), column] = wrong
        table.loc[(n + 1) % len(table), column] = None
        table.loc[(n + 2) % len(table), column] = table.loc[(n + 3) % len(table), column]
    return table


def test_no_value_is_listed():
    for answer in counted([{"type": k, "kwargs": a, "meta": {}} for k, a, holds in KINDS if not holds and "row_condition" not in a], TABLE):
        assert [k for k in answer.result if "list" in k or "rows" in k] == []


def test_what_cannot_be_computed_is_not_answered_and_the_rest_is():
    query = {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": "SELECT * FROM {batch}"}, "meta": {}}  # of databases alone
    words = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "word", "min_value": 1}, "meta": {}}  # no word is below a number
    full = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "number"}, "meta": {}}
    first, second, third = counted([query, words, full], TABLE)
    assert first is None and second is None
    assert third.success and third.result["element_count"] == 4


def test_the_librarys_own_types_stay_as_they_were():
    from great_expectations.expectations.core import ExpectColumnValuesToNotBeNull
    from great_expectations.expectations.registry import get_expectation_impl

    counted([{"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "number"}, "meta": {}}], TABLE)
    assert get_expectation_impl("expect_column_values_to_not_be_null") is ExpectColumnValuesToNotBeNull
