"""A helper's assessments side by side, year for year: grades that changed, and what changed behind them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pandas as pd

from bangfu import findings as ledger
from bangfu.assessment.grading import UNKNOWN
from bangfu.assessment.indicators import DIMENSIONS
from bangfu.problems import Sentence

CHANGES = ("down", "up", "same", "no_longer_graded", "newly_graded", "ungraded", "came", "left")
COLUMNS = ["helper_id", "role", "unit", "year_before", "year", "grade_before", "grade", "score_before", "score", "change", "comparable", "why", "why_en"]
_KEY = ["helper_id", "role"]


_TOLD = ["helper_id", "role", "unit", "grade", "score", "grade_reason", "grade_reason_en", "households", "visits_due", "visits_missed", "calls_missed"]


@dataclass(frozen=True)
class KeptYear:
    """What is kept of a year's assessment: a row per helper and role with grade, score, duties, `<dimension>_earned` and
    `<dimension>_possible` (points), `confirmed` (rules of which a finding about the helper is confirmed, separated by 、; empty for
    none); and by what it was judged (`judged by` of its record: policy, rules, scorecard, county)."""

    year: int
    helpers: pd.DataFrame
    judged: dict = field(default_factory=dict)


def of_year(year: int, helpers: pd.DataFrame, points: pd.DataFrame | None, findings: pd.DataFrame | None, judged: dict) -> KeptYear:
    """A year from what its run gives: helpers and points (columns of `HelpersAssessed`), findings with their statuses, what it was judged by."""
    table = helpers[[c for c in _TOLD if c in helpers]].drop_duplicates(_KEY).set_index(_KEY)
    if points is not None:
        sums = points.groupby([*_KEY, "dimension"], observed=True)[["earned", "possible"]].sum().unstack("dimension")
        table = table.join(sums.set_axis([f"{d}_{what}" for what, d in sums.columns], axis=1))
    if findings is not None:
        rows = findings[(findings["status"] == "confirmed") & findings["subject"].isin(set(helpers["helper_id"]))]
        rules = rows.groupby("subject")["rule_id"].agg(lambda r: "、".join(sorted(set(r))))
        table["confirmed"] = table.index.get_level_values("helper_id").map(rules.to_dict()).astype("str")
        table["confirmed"] = table["confirmed"].fillna("")
    return KeptYear(year, table.sort_index().reset_index(), json.loads(json.dumps(judged, default=str)))


def keep_years(reports: Path) -> None:
    """Sets aside, in `previous` of a county-year's reports, the assessment of each earlier year that stands beside it (`<reports>/../<year>`)."""
    folder = reports / "previous"
    for old in folder.glob("year-*") if folder.is_dir() else ():
        old.unlink()
    for beside in sorted(reports.parent.iterdir()) if reports.parent.is_dir() else ():
        if beside.name.isdecimal() and int(beside.name) < int(reports.name) and (beside / "helpers.parquet").is_file():
            year = _run_in(beside)
            folder.mkdir(parents=True, exist_ok=True)
            year.helpers.to_parquet(folder / f"year-{year.year}.parquet", index=False)
            (folder / f"year-{year.year}.json").write_text(json.dumps(year.judged, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def _run_in(folder: Path) -> KeptYear:
    points, found, record = (folder / name for name in ("points.parquet", "findings.parquet", "record.json"))
    return of_year(
        int(folder.name),
        pd.read_parquet(folder / "helpers.parquet"),
        pd.read_parquet(points, columns=[*_KEY, "dimension", "earned", "possible"]) if points.is_file() else None,
        ledger.read(found) if found.is_file() else None,
        json.loads(record.read_text(encoding="utf-8")).get("judged by", {}) if record.is_file() else {},
    )


def kept_years(reports: Path) -> list[KeptYear]:
    """The years set aside by `keep_years`, oldest first."""
    files = sorted((reports / "previous").glob("year-*.parquet"), key=lambda f: int(f.stem[5:]))
    return [KeptYear(int(f.stem[5:]), pd.read_parquet(f), json.loads(f.with_suffix(".json").read_text(encoding="utf-8"))) for f in files]


def side_by_side(years: Sequence[KeptYear]) -> pd.DataFrame:
    """A row per helper and role, ordered so: unit (of the last year there was one), and grade_<year>, score_<year> of each year; missing where there was no assessment."""
    tables = [y.helpers.set_index(_KEY)[["grade", "score"]].add_suffix(f"_{y.year}") for y in years]
    units = pd.concat([y.helpers.set_index(_KEY)["unit"] for y in reversed(years)])
    table = pd.concat(tables, axis=1)
    table.insert(0, "unit", units[~units.index.duplicated()].reindex(table.index))
    return table.sort_index().reset_index()


def changes(years: Sequence[KeptYear], grades: Sequence[str]) -> pd.DataFrame:
    """COLUMNS, a row per helper and role and pair of years that follow each other, worst changes first within a pair.
    Grades are those in force.

    grades: from the best down. change: down, up, same; no_longer_graded and newly_graded (资料不足 in one of the years), ungraded (in
    both); came and left (no assessment in one of them). comparable: False where another scorecard or policy pack was in force, or is
    not known: a change may then come from the rules, not from the helper. why, why_en: what changed behind a grade that changed.
    """
    rows = [_between(before, after, grades) for before, after in pairwise(sorted(years, key=lambda y: y.year))]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COLUMNS)


def rules_changed(before: KeptYear, after: KeptYear) -> list[Sentence]:
    """What the two years were judged by differently: scorecard, policy pack, single rules and corrections. Of what is not recorded it says so."""
    pair = f"{before.year}、{after.year}年", f"{before.year} and {after.year}"
    a, b = before.judged, after.judged
    told = [s for s in (_differs(pair, a, b, "scorecard", ("评分卡", "scorecard")), _differs(pair, a, b, "policy", ("政策包", "policy pack"))) if s]
    changed = sorted(r for r in {*a.get("rules", {}), *b.get("rules", {})} if a.get("rules", {}).get(r) != b.get("rules", {}).get(r)) if a and b else []
    if changed:
        told.append(Sentence(f"{pair[0]}标准不同的规则:{'、'.join(changed)}。", f"Rules with another standard in {pair[1]}: {', '.join(changed)}."))
    corrected = [len(y.get("county", {}).get("corrections") or []) for y in (a, b)]
    if any(corrected):
        told.append(Sentence(f"经批准的更正:{before.year}年{corrected[0]}条,{after.year}年{corrected[1]}条,均已计入。", f"Approved corrections taken into account: {corrected[0]} in {before.year}, {corrected[1]} in {after.year}."))
    return told


def _differs(pair: tuple[str, str], a: dict, b: dict, key: str, name: tuple[str, str]) -> Sentence | None:
    if key not in a or key not in b:
        return Sentence(f"{pair[0]}至少一年没有记录所用的{name[0]},等次不宜直接比较。", f"The {name[1]} of {pair[1]} is not recorded for both: grades cannot be compared as they stand.")
    if a[key] != b[key]:
        return Sentence(f"{pair[0]}所用{name[0]}不同,等次不可直接比较。", f"Another {name[1]} was in force in {pair[1]}: grades cannot be compared as they stand.")
    return None


def _same_rules(before: KeptYear, after: KeptYear) -> bool:
    return all(key in before.judged and key in after.judged and before.judged[key] == after.judged[key] for key in ("scorecard", "policy"))


def _between(before: KeptYear, after: KeptYear, grades: Sequence[str]) -> pd.DataFrame:
    a, b = (y.helpers.set_index(_KEY) for y in (before, after))
    index = a.index.union(b.index)
    rank = {g: i for i, g in enumerate(grades)}
    table = pd.DataFrame({
        "unit": b["unit"].reindex(index).where(index.isin(b.index), a["unit"].reindex(index)), "year_before": before.year, "year": after.year,
        "grade_before": a["grade"].reindex(index), "grade": b["grade"].reindex(index), "score_before": a["score"].reindex(index), "score": b["score"].reindex(index),
    }, index=index)  # fmt: skip
    table["change"] = [_change(x, y, rank) for x, y in zip(table["grade_before"], table["grade"], strict=True)]
    table["comparable"] = _same_rules(before, after)
    moved = table.index[table["change"].isin(["down", "up", "no_longer_graded", "newly_graded"])]
    said = _reasons(before, after, a, b, moved)
    table["why"] = pd.Series({k: ";".join(s.zh for s in v) for k, v in said.items()}, dtype="str").reindex(index)
    table["why_en"] = pd.Series({k: "; ".join(s.en for s in v) for k, v in said.items()}, dtype="str").reindex(index)
    order = table["change"].map({c: i for i, c in enumerate(CHANGES)})
    return table.assign(_order=order).reset_index(names=_KEY).sort_values(["_order", *_KEY], ignore_index=True)[COLUMNS]


def _change(before, after, rank: dict[str, int]) -> str:
    if pd.isna(before):
        return "came"
    if pd.isna(after):
        return "left"
    if UNKNOWN in (before, after):
        return "ungraded" if before == after else "newly_graded" if before == UNKNOWN else "no_longer_graded"
    # A grade that the present card does not know stands below all it knows.
    step = rank.get(after, len(rank)) - rank.get(before, len(rank))
    return "same" if step == 0 else "down" if step > 0 else "up"


def _reasons(before: KeptYear, after: KeptYear, a: pd.DataFrame, b: pd.DataFrame, moved: pd.Index) -> dict:
    """Of each helper whose grade changed, what changed: duties, share of points by dimension, confirmed findings, vetoes and ceiling."""
    said: dict = {key: [] for key in moved}
    was, now = (table.loc[moved].to_dict("index") for table in (a, b))
    for column, (zh, en) in {"households": ("结对户数", "households"), "visits_due": ("应入户", "visits due"), "visits_missed": ("缺访", "visits missed"), "calls_missed": ("缺电话联系", "calls missed")}.items():
        if column in a and column in b:
            for key in moved[(a[column].reindex(moved) != b[column].reindex(moved)).to_numpy()]:
                told = f"{int(was[key][column])}→{int(now[key][column])}"
                said[key].append(Sentence(zh + told, f"{en} {told}"))
    for key in moved:
        said[key] += [*_dimensions(was[key], now[key]), *_confirmed((before.year, after.year), was[key], now[key])]
        if pd.notna(now[key].get("grade_reason")):
            said[key].append(Sentence(now[key]["grade_reason"].rstrip("。"), now[key]["grade_reason_en"].rstrip(".")))
    return said


def _dimensions(was: dict, now: dict) -> list[Sentence]:
    """The dimensions whose share of the possible points changed, those that moved most points first."""
    moved = []
    for dimension, (zh, en) in DIMENSIONS.items():
        earned, possible = ([0.0 if pd.isna(v := row.get(f"{dimension}_{what}")) else float(v) for row in (was, now)] for what in ("earned", "possible"))
        shares = [f"{e / p:.0%}" if p else None for e, p in zip(earned, possible, strict=True)]
        if shares[0] != shares[1]:
            zh_told, en_told = (f"{name}{gap}{shares[0] or absent}→{shares[1] or absent}" for name, gap, absent in ((zh, "", "未评估"), (en, " ", "not assessed")))
            moved.append((-abs(earned[1] - earned[0]), Sentence(zh_told, en_told)))
    return [sentence for _, sentence in sorted(moved, key=lambda m: m[0])]


def _confirmed(years: tuple[int, int], was: dict, now: dict) -> list[Sentence]:
    """Rules newly confirmed of the helper, and confirmed the year before but not now; nothing where a year's findings are not known."""
    rules = [None if pd.isna(row.get("confirmed")) else set(filter(None, row["confirmed"].split("、"))) for row in (was, now)]
    if None in rules:
        return []
    new, gone = sorted(rules[1] - rules[0]), sorted(rules[0] - rules[1])
    told = [Sentence(f"新增属实疑点{'、'.join(new)}", f"newly confirmed: {', '.join(new)}")] if new else []
    return told + ([Sentence(f"{years[0]}年属实的疑点{'、'.join(gone)},{years[1]}年没有", f"confirmed in {years[0]}, not in {years[1]}: {', '.join(gone)}")] if gone else [])


def transitions(changed: pd.DataFrame, grades: Sequence[str]) -> pd.DataFrame:
    """How many helpers went from which grade to which, of the rows of one pair of years: a row per grade before, a column per grade after."""
    order = [*grades, UNKNOWN]
    both = changed[changed["grade_before"].notna() & changed["grade"].notna()]
    counts = pd.crosstab(both["grade_before"], both["grade"])
    known = [*order, *sorted({*counts.index, *counts.columns} - set(order))]
    return counts.reindex(index=[g for g in known if g in counts.index], columns=[g for g in known if g in counts.columns], fill_value=0)
