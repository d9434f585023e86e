"""Every point explained: a row per helper, indicator and quarter, with what was met of what, why, and the rows behind it."""

import numpy as np
import pandas as pd
import pyarrow as pa

from bangfu.assessment.indicators import INDICATORS
from bangfu.assessment.measurement import KEYS, NAMES, Measured, slot_of
from bangfu.assessment.scoring import Weights

COLUMNS = ["helper_id", "role", "part", "quarter", "dimension", "indicator", "met", "of", "of_year", "weight", "earned", "possible", "reason", "reason_en", "corrections", "origins"]


def points(measured: Measured, weights: Weights) -> pd.DataFrame:
    """A row per helper, indicator of the card and quarter (0 for the annual assessment), ordered so:

    helper_id, role, part (regular, annual), quarter, dimension, indicator; met, of; of_year (of over the quarters); weight (in
    hundredths of a point: a whole card of 100 points has 10,000); earned = weight x met / of_year and possible = weight x of / of_year, in
    points, to be read (grades rest on the whole numbers beside them); reason, reason_en; corrections (numbers of approved ones taken into account); origins (row tokens). An indicator that could not be assessed stands
    with of 0, no points, and the reason.
    """
    table = pd.concat([_assessed(measured, weights), _unassessed(measured, weights)], ignore_index=True)
    table = table.sort_values(["row", "part_order", "quarter", "code"], ignore_index=True)
    names = np.array(NAMES, dtype=object)[table["code"]]
    table["indicator"] = names
    table["dimension"] = [INDICATORS[n].dimension for n in names]
    table["part"] = [INDICATORS[n].part for n in names]
    table[["helper_id", "role"]] = measured.helpers[["helper_id", "role"]].iloc[table["row"]].to_numpy()
    return table[COLUMNS].astype({c: "str" for c in ("helper_id", "role", "part", "dimension", "indicator", "reason", "reason_en")})


def write(points: pd.DataFrame, path) -> None:
    """The points as Parquet that any reader takes: pandas' own note on list columns, which it cannot read back, is left out."""
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pandas(points, preserve_index=False).replace_schema_metadata(None), path)


def _weight(measured: Measured, weights: Weights, row: np.ndarray, code: np.ndarray) -> np.ndarray:
    """The weight of indicators in the cards of helpers, whole numbers."""
    roles = sorted(weights)
    table = np.array([[weights[r].get(n, 0) for n in NAMES] for r in roles] + [[0] * len(NAMES)], "int64")
    of_role = pd.Index(roles).get_indexer(measured.helpers["role"])
    return table[of_role[row], code]


def _assessed(measured: Measured, weights: Weights) -> pd.DataFrame:
    s = measured.shares
    row, code = s["row"].to_numpy(), s["indicator"].to_numpy()
    of_year = measured.of[row, code]
    weight = _weight(measured, weights, row, code)
    table = pd.DataFrame({"row": row, "code": code, "quarter": s["quarter"].to_numpy(), "met": s["met"].to_numpy(), "of": s["of"].to_numpy(), "of_year": of_year, "weight": weight})
    for name, part in (("earned", table["met"]), ("possible", table["of"])):
        table[name] = weight * part / (100 * of_year)
    origins, numbers = _rows_behind(measured)
    table["origins"], table["corrections"] = origins, numbers
    table["part_order"] = (table["quarter"] == 0).astype("int64")
    table["reason"], table["reason_en"] = _reasons(measured, table)
    return table[weight > 0]


def _unassessed(measured: Measured, weights: Weights) -> pd.DataFrame:
    row, code = np.nonzero(measured.of == 0)
    weight = _weight(measured, weights, row, code)
    row, code, weight = row[weight > 0], code[weight > 0], weight[weight > 0]
    absent = np.isin(code, [NAMES.index(n) for n in measured.absent])
    table = pd.DataFrame({"row": row, "code": code, "quarter": 0, "met": 0, "of": 0, "of_year": 0, "weight": weight, "earned": 0.0, "possible": 0.0})
    table["reason"] = np.where(absent, "资料中没有这一项,不计分,按其余分值折算", "没有可评估的事项,不计分,按其余分值折算")
    table["reason_en"] = np.where(absent, "not in the material; left out of the score", "nothing of the kind to assess; left out of the score")
    table["part_order"] = [int(INDICATORS[NAMES[c]].part == "annual") for c in code]
    table["corrections"], table["origins"] = _lists(np.zeros(len(table) + 1, "int64"), []), _lists(np.zeros(len(table) + 1, "int64"), [])
    return table


def _lists(offsets: np.ndarray, values) -> pd.arrays.ArrowExtensionArray:
    return pd.arrays.ArrowExtensionArray(pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pa.array(values, pa.int64())))


def _key(frame: pd.DataFrame) -> np.ndarray:
    return slot_of(*(frame[k].to_numpy() for k in KEYS))


def _rows_behind(measured: Measured):
    """For each share the tokens of the rows behind it, and the numbers of the corrections that stand for rows."""
    shares, e = _key(measured.shares), measured.evidence
    made = []
    for rows, sign in ((e[e["origin"] >= 0], 1), (e[e["origin"] < 0], -1)):
        # Evidence is ordered by the same keys as the shares.
        bounds = np.searchsorted(_key(rows), np.append(shares, shares[-1:] + 1), side="left") if len(shares) else np.zeros(1, "int64")
        made.append(_lists(bounds - bounds[0], sign * rows["origin"].to_numpy()[bounds[0] : bounds[-1]]))
    return made


def _reasons(measured: Measured, table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The sentence of each row: the indicator's own, the months missed, and corrections taken into account."""
    met, of = table["met"].astype("str"), table["of"].astype("str")
    zh, en = pd.Series("", index=table.index, dtype="str"), pd.Series("", index=table.index, dtype="str")
    for code, name in enumerate(NAMES):
        rows = table["code"] == code
        for said, template in ((zh, INDICATORS[name].told_zh), (en, INDICATORS[name].told_en)):
            said[rows] = _filled(template, met[rows], of[rows])
    months, concerned = _missed_months(measured), _concerned(measured)
    duty = table["code"].isin([NAMES.index("visits"), NAMES.index("calls")])
    for said, lacking, corrected, lang in ((zh, "(缺{}月)", "(已计入更正第{}条)", "zh"), (en, " (missed: month {})", " (corrections taken into account: no. {})", "en")):
        key = slot_of(table["row"].to_numpy(), table["code"].to_numpy(), table["quarter"].to_numpy())
        for texts, template in ((months[lang].reindex(key), lacking), (concerned[lang].reindex(table["row"].where(duty, -1)), corrected)):
            some = texts.notna().to_numpy()
            before, after = template.split("{}")
            said[some] = said[some] + before + pd.Series(texts.to_numpy(object)[some], index=said.index[some], dtype="str") + after
    return zh, en


def _missed_months(measured: Measured) -> pd.DataFrame:
    """The months of the periods missed, by row, indicator and quarter as one number: zh, en."""
    missed = measured.missed
    spans, span = np.unique(np.stack([missed[day].dt.month.to_numpy("int64") for day in ("first", "last")]), axis=1, return_inverse=True)
    slots, at = np.unique(_key(missed), return_inverse=True)
    periods = np.zeros(len(slots), "int64")
    np.bitwise_or.at(periods, at, 1 << span)  # a year has few periods, so few sets of them are missed by anybody
    sets, which = np.unique(periods, return_inverse=True)
    months = [str(start) if start == end else f"{start}—{end}" for start, end in spans.T]
    said = ["、".join(month for place, month in enumerate(months) if missing >> place & 1) for missing in sets.tolist()]
    zh = pd.Series(np.array(said, dtype=object)[which], index=slots, dtype="str")
    return pd.DataFrame({"zh": zh, "en": zh.str.replace("、", ", ").str.replace("—", "-")})


def _concerned(measured: Measured) -> pd.DataFrame:
    """The numbers of the corrections that concern each helper's duty, by row: zh, en."""
    numbers = measured.standards.approved.corrections.by_helper
    rows = measured.helpers["helper_id"].map({h: "、".join(map(str, n)) for h, n in numbers.items()}).astype("str").dropna()
    return pd.DataFrame({"zh": rows, "en": rows.str.replace("、", ", ")})


def _filled(template: str, met: pd.Series, of: pd.Series) -> pd.Series:
    head, _, rest = template.partition("{of}")
    if "{met}" in head:  # the English of answers names what was reached first
        first, _, middle = head.partition("{met}")
        return first + met + middle + of + rest
    middle, _, tail = rest.partition("{met}")
    return head + of + middle + met + tail
