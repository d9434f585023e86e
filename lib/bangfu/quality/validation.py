"""Holding the tables of a county-year against their suites, in one process and in summary form."""

import warnings
from collections.abc import Mapping
from importlib.metadata import version

import pandas as pd

from bangfu import digests, workbench
from bangfu.intake import dictionary
from bangfu.problems import Sentence, WrongParams
from bangfu.quality.flags import flag_column
from bangfu.quality.results import Quality
from bangfu.quality.suites import Declared, Suite, read_suites
from bangfu.steps import code

_LIBRARY = version("great_expectations")
_RANGE = "expect_column_values_to_be_between"
_COUNTS = ("element_count", "missing_count", "missing_percent", "unexpected_count", "unexpected_percent")


def validate(tables: dict[str, pd.DataFrame]) -> Quality:
    """What holds and what does not of that which is expected of the tables.

    tables: canonical name -> typed table, as read. Raises UnusableInput with a sentence for each critical expectation that
    fails, WrongParams where a suite cannot be used.
    """
    quality = measured(tables)
    quality.demand_usable()
    return quality


def stamps(contents: Mapping[str, str]) -> dict[str, str]:
    """Table -> digest of all that its validation rests on: its suite, the tables that this looks at (`contents`: table -> digest), code, library."""
    made_by = [code.of_modules("bangfu.quality"), code.of_libraries()]
    looked_at = {t: sorted({t, *(other for e in suite.expectations for other, _ in e.needs)}) for t, suite in read_suites().items()}
    return {
        t: digests.of_value([digests.of_file(workbench.expectations() / f"{t}.json"), {name: contents.get(name) for name in names}, made_by])
        for t, names in looked_at.items()
    }


def measured(tables: dict[str, pd.DataFrame], known: Mapping[str, dict] | None = None) -> Quality:
    """The same without stopping where a critical expectation fails. known: table -> document, of those that still hold."""
    suites, known = read_suites(), known or {}
    if not suites.keys() - known.keys():
        return Quality({t: known[t] for t in suites})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Quality({t: known[t] if t in known else _document(suite, tables) for t, suite in suites.items()})


def _not_assessable(e: Declared, tables: dict[str, pd.DataFrame]) -> Sentence | None:
    """Why an expectation cannot be assessed at all."""
    known = dictionary()
    absent = [known[t] for t in dict.fromkeys([e.table, *(t for t, _ in e.needs)]) if t not in tables]
    if absent:
        return Sentence("缺少表:" + "、".join(t.title for t in absent), "tables are absent: " + ", ".join(t.title_en for t in absent))
    lacking = [(known[t], c) for t, c in e.needs if c not in tables[t]]
    if lacking:
        zh = "、".join(f"{t.title}的“{t.columns[c].headers[0]}”" for t, c in lacking)
        return Sentence(f"缺少列:{zh}", "columns are absent: " + ", ".join(f"{t.name}.{c}" for t, c in lacking))
    if e.columns and tables[e.table].empty:
        return Sentence("表中没有数据行", "the table has no rows")
    return None


def _columns(declared: list[Declared], tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The columns that the expectations look at, with their flag columns."""
    table = tables[declared[0].table]
    columns: dict[str, pd.Series] = {c: table[c] for c in table.columns if c != "origin"}
    for e in declared:
        name = e.config["kwargs"].get("column")
        if e.flag and name not in columns:
            columns[name] = flag_column(e.flag, table, tables)
        # The library compares whole columns only in these types, other ones cell by cell. Floats hold every amount that a
        # bound can separate: a range is asked for here, no money is added.
        elif e.config["type"] == _RANGE and columns[name].dtype == "Int64":
            columns[name] = columns[name].astype("float64")
        elif e.config["type"] == _RANGE and columns[name].dtype.kind == "M":
            columns[name] = columns[name].astype("datetime64[ns]")
    return pd.DataFrame(columns, index=table.index, copy=False)


def _document(suite: Suite, tables: dict[str, pd.DataFrame]) -> dict:
    """The validation result of one suite in the library's form, with counts only and nothing that varies from run to run."""
    reasons = {e.id: _not_assessable(e, tables) for e in suite.expectations}
    declared = [e for e in suite.expectations if reasons[e.id] is None]
    answers = _answers(declared, tables) if declared else {}
    results = []
    for e in declared:
        success, counts = answers[e.id]
        if e.columns and counts["element_count"] == counts.get("missing_count", 0):
            reasons[e.id] = Sentence("没有可检查的值", "there is no value to check")
            continue
        quiet = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
        results.append({"success": success, "expectation_config": e.config, "result": counts, "exception_info": quiet, "meta": {}})
    met = sum(r["success"] for r in results)
    unasked = [{"expectation_config": e.config, "reason": reasons[e.id].zh, "reason_en": reasons[e.id].en} for e in suite.expectations if reasons[e.id]]
    return {
        "success": met == len(results),
        "suite_name": suite.table,
        "results": results,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": len(results),
            "successful_expectations": met,
            "unsuccessful_expectations": len(results) - met,
            "success_percent": 100 * met / len(results) if results else None,
        },
        "meta": {"great_expectations_version": _LIBRARY, "not_assessed": unasked},
        "id": None,
    }


def _answers(declared: list[Declared], tables: dict[str, pd.DataFrame]) -> dict[str, tuple[bool, dict]]:
    """Expectation id -> (whether it holds, counts)."""
    from bangfu.quality import counting

    asked, wrong = [], []
    for e in declared:
        try:
            asked.append(counting.asked(e.config))
        except Exception:  # the library raises what it likes for a wrong type or wrong kwargs
            wrong.append(_unusable(e))
    if wrong:
        raise WrongParams.all(wrong)
    answers = dict(zip((e.id for e in declared), counting.answers(asked, _columns(declared, tables)), strict=True))
    wrong = [_unusable(e) for e in declared if answers[e.id] is None or (e.columns and "element_count" not in answers[e.id].result)]
    if wrong:
        raise WrongParams.all(wrong)
    return {e.id: (bool(answers[e.id].success), _counts(e, answers[e.id].result, tables[e.table])) for e in declared}


def _unusable(e: Declared) -> Sentence:
    return Sentence(
        f"expectations/{e.table}.json 的 {e.id} 无法评估,请检查其 type 和 kwargs 是否适合列 {'、'.join(e.columns) or '(整表)'}。",
        f"expectations/{e.table}.json: {e.id} cannot be evaluated; check that its type and kwargs suit {', '.join(e.columns) or 'the table'}.",
    )


def _counts(e: Declared, result: dict, table: pd.DataFrame) -> dict:
    """What may be stored of a result: counts, and which columns are absent; never a value of a cell."""
    if e.columns:
        return {k: result[k] for k in _COUNTS if k in result}
    if "column_set" in e.config["kwargs"]:
        expected = e.config["kwargs"]["column_set"]
        missing = [c for c in expected if c not in table]
        return {"element_count": len(expected), "unexpected_count": len(missing), "details": {"mismatched": {"missing": missing}}}
    return {"element_count": len(table), "observed_value": len(table)}
