"""Counting with Great Expectations: how many rows hold a value and how many of them fail, never which.

What an expectation means, what is computed for it and whether it holds is the library's. Its way in for a whole batch, though, hashes
each table twice, filters every column for a question about one, lists values that fail and makes the configuration of an
expectation again at every look. Here its engine is given the columns asked about, and each expectation is made once.
Importing this module imports the library, which costs seconds.
"""

import logging
import os
from functools import cache

import pandas as pd

from bangfu import json_schema  # noqa: F401  before the library, which brings jsonschema along

# Versions before the library dropped its telemetry read this when imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
# Its log lines carry tracebacks, and tracebacks carry cell values.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)

from great_expectations.compatibility.pydantic import PrivateAttr  # noqa: E402
from great_expectations.core import ExpectationValidationResult  # noqa: E402
from great_expectations.execution_engine import PandasExecutionEngine  # noqa: E402
from great_expectations.expectations.expectation import Expectation  # noqa: E402
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration  # noqa: E402
from great_expectations.expectations.registry import get_expectation_impl  # noqa: E402
from great_expectations.validator.metrics_calculator import MetricsCalculator  # noqa: E402
from great_expectations.validator.validator import ValidationDependencies  # noqa: E402


def asked(config: dict) -> Expectation:
    """The library's expectation, of its configuration as it stands in a suite. Raises what the library raises where this is wrong."""
    expectation = ExpectationConfiguration(**config | {"type": _counting(config["type"]).expectation_type}).to_domain_obj()
    expectation.batch_id = ",".join(_columns(expectation)) or "*"  # to the library none at all is the batch loaded last
    return expectation


def answers(expectations: list[Expectation], table: pd.DataFrame) -> list[ExpectationValidationResult | None]:
    """What the library says of each expectation, with counts; None where it could not be evaluated."""
    looked_at = {e.batch_id: _columns(e) for e in expectations}
    engine = PandasExecutionEngine(batch_data_dict={batch: table[columns] if columns else table for batch, columns in looked_at.items()})
    return [_answer(e, engine) for e in expectations]


def _answer(expectation: Expectation, engine: PandasExecutionEngine) -> ExpectationValidationResult | None:
    try:
        rests_on = expectation.get_validation_dependencies(engine, _counts()).get_metric_configurations()
        metrics, _ = MetricsCalculator(engine, show_progress_bars=False).compute_metrics(rests_on, runtime_configuration=_counts())
        return expectation.metrics_validate(metrics, runtime_configuration=_counts(), execution_engine=engine)
    except Exception:  # the library raises what it likes where something cannot be computed
        return None


def _counts() -> dict:
    """How much the library is to tell (it adds its defaults to what it is given)."""
    return {"result_format": {"result_format": "BASIC", "partial_unexpected_count": 0}}


def _columns(expectation: Expectation) -> list[str]:
    """The columns of an expectation's domain; none where that is the whole table, or rows chosen by any column."""
    if getattr(expectation, "row_condition", None):
        return []
    named = [getattr(expectation, key) for key in ("column", "column_A", "column_B") if key in expectation.domain_keys]
    return list(dict.fromkeys(named + (expectation.column_list if "column_list" in expectation.domain_keys else [])))


class _Kept(ExpectationConfiguration):
    """A configuration that gives back the expectation that it is of."""

    expectation: Expectation

    def to_domain_obj(self) -> Expectation:
        return self.expectation


class _Counting:
    """An expectation that makes its configuration once, and asks for no list of the values that fail."""

    @property
    def configuration(self) -> ExpectationConfiguration:
        if self._configuration is None:
            made = super().configuration
            self._configuration = _Kept(made.type, made.kwargs, made.meta, severity=made.severity)
            self._configuration.expectation = self
        return self._configuration

    def get_validation_dependencies(self, *engine_and_settings, **named) -> ValidationDependencies:
        needed = super().get_validation_dependencies(*engine_and_settings, **named)
        for metric in needed.get_metric_names():
            if metric.endswith(".unexpected_values"):
                needed.remove_metric_configuration(metric)
        return needed


@cache
def _counting(kind: str) -> type[Expectation]:
    """The library's type of that name, counting; the library registers it under its own name, as it does every subclass."""
    implementation = get_expectation_impl(kind)
    return type(implementation)(f"{implementation.__name__}Counting", (_Counting, implementation), {"_configuration": PrivateAttr(None)})
