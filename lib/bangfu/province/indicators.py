"""What counties are compared by: shares of visits due, of households and of yuan, counted from their Parquet."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bangfu.problems import Sentence
from bangfu.province.rules import NOT_RECORDED, OPEN, by_rule_and_county, judged_alike
from bangfu.province.settings import ProvinceSettings
from bangfu.province.tables import Tables
from bangfu.rules.catalogue import catalogue

DUTY = ("HV-01", "HV-02")  # the rules whose criteria say how often visits are due


@dataclass(frozen=True)
class Indicator:
    """A share by county. rows: county, count, size (whole numbers: visits, households or fen), units (how many were counted: for fen the
    payments), clusters, variance (of the share, where cases come in clusters or differ in size; missing = each case by itself), reason, reason_en
    (why the county is not compared; missing = it is). A county that could not be counted has no count, never a nought.

    rules: those whose findings are counted; left_aside: those that too few counties assessed by the same criteria.
    """

    name: str
    label: Sentence
    of: Sentence
    money: bool
    rows: pd.DataFrame
    rules: tuple[str, ...] = ()
    left_aside: tuple[str, ...] = ()


def indicators(tables: Tables, settings: ProvinceSettings) -> list[Indicator]:
    """Every indicator, in the order of a report."""
    rules = by_rule_and_county(tables)
    rules["alike"] = judged_alike(rules)
    return [visits_missed(tables), households_concerned(tables, rules, settings), *(yuan_in_question(tables, rules, settings, *which) for which in _MONEY)]


_MONEY = [
    ("benefits", "", Sentence("存疑的到户补助", "Benefits in question"), Sentence("发放的到户补助(元)", "benefits paid (yuan)")),
    ("ledger", "AND t.direction = 'out'", Sentence("存疑的账户支出", "Payments in question"), Sentence("账户流水支出(元)", "paid from the accounts (yuan)")),
]


def visits_missed(tables: Tables) -> Indicator:
    """Home visits of both helpers that were due and not made, of all that were due. Visits of one helper are a cluster."""
    rows = tables.ask(
        """
        WITH each AS (SELECT county, helper_id, CAST(sum(visits_missed) AS BIGINT) AS m, CAST(sum(visits_due) AS BIGINT) AS d FROM helpers GROUP BY county, helper_id HAVING sum(visits_due) > 0)
        SELECT county, sum(m) AS count, sum(d) AS size, sum(d) AS units, count(*) AS clusters, sum(m * m) AS mm, sum(m * d) AS md, sum(d * d) AS dd FROM each GROUP BY county
        """
    )
    rows = _with_reasons(_with_variance(rows), tables, "helpers", Sentence("没有应走访的记录", "no visit was due"))
    basis = {c.code: tuple(c.criteria.get(r) for r in DUTY) for c in tables.counties.used}
    _set_apart(rows, basis, Sentence("走访频次的标准与多数县不同", "visits were due by other criteria than in most counties"))
    return Indicator("visits", Sentence("走访缺访率", "Visits missed"), Sentence("应入户次数", "visits due"), False, rows)


def households_concerned(tables: Tables, rules: pd.DataFrame, settings: ProvinceSettings) -> Indicator:
    """Households that a rule about households names in at least one open finding, of all households registered."""
    about = [i for i, r in catalogue().items() if r.subject.split("|")[0] == "household_id"]
    core, aside = _core(rules, about, tables.have("tables/households"), settings)
    rows = tables.ask(
        f"""
        WITH named AS (SELECT DISTINCT county, split_part(subject, '|', 1) AS household_id FROM findings WHERE {OPEN} AND rule_id IN (SELECT unnest(?::VARCHAR[]))),
             registered AS (SELECT DISTINCT county, household_id FROM table_households WHERE household_id IS NOT NULL)
        SELECT r.county, count(n.household_id) AS count, count(*) AS size, count(*) AS units, CAST(NULL AS DOUBLE) AS variance, CAST(NULL AS BIGINT) AS clusters
        FROM registered AS r LEFT JOIN named AS n USING (county, household_id) GROUP BY r.county
        """,
        [core],
    )
    rows = _with_reasons(rows, tables, "tables/households", Sentence("没有贫困户记录", "no household is registered"))
    _without(rows, rules, core)
    return Indicator("households", Sentence("有疑点的贫困户", "Households with a finding"), Sentence("登记户数", "households registered"), False, rows, tuple(core), tuple(aside))


def yuan_in_question(tables: Tables, rules: pd.DataFrame, settings: ProvinceSettings, table: str, only: str, label: Sentence, of: Sentence) -> Indicator:
    """Yuan of the payments that an open finding rests on, each payment once however many findings do, of all yuan paid. A payment is a cluster of its yuan."""
    core, aside = _core(rules, [i for i, r in catalogue().items() if table in r.reads], tables.have(f"tables/{table}"), settings)
    rows = tables.ask(
        f"""
        WITH behind AS (SELECT county, unnest(money_sources) AS place FROM findings WHERE {OPEN} AND rule_id IN (SELECT unnest(?::VARCHAR[]))),
             questioned AS (SELECT DISTINCT b.county, s.number * {1 << 32} + b.place.row AS origin FROM behind AS b JOIN _sheets AS s ON s.county = b.county AND s.file = b.place.file AND s.sheet = coalesce(b.place.sheet, '')),
             each AS (SELECT t.county, t.amount AS d, CASE WHEN q.origin IS NULL THEN 0 ELSE t.amount END AS m FROM table_{table} AS t LEFT JOIN questioned AS q ON q.county = t.county AND q.origin = t.origin WHERE t.amount > 0 {only})
        SELECT county, sum(m) AS count, sum(d) AS size, count(*) AS units, count(*) AS clusters,
               sum(CAST(m AS DOUBLE) * m) AS mm, sum(CAST(m AS DOUBLE) * d) AS md, sum(CAST(d AS DOUBLE) * d) AS dd FROM each GROUP BY county
        """,
        [core],
    )
    rows = _with_reasons(_with_variance(rows), tables, f"tables/{table}", Sentence("没有支付记录", "no payment is recorded"))
    _without(rows, rules, core)
    return Indicator(table, label, of, True, rows, tuple(core), tuple(aside))


def _with_variance(rows: pd.DataFrame) -> pd.DataFrame:
    """The variance of a ratio of sums over clusters: k / (k - 1) sum (m - p d)^2 / (sum d)^2 (Cochran 1977, Sampling Techniques, 6.3; recalled, not read)."""
    p, k = rows["count"].astype(float) / rows["size"].astype(float), rows["clusters"].astype(float)
    around = rows["mm"].astype(float) - 2 * p * rows["md"].astype(float) + p**2 * rows["dd"].astype(float)
    variance = k / (k - 1).where(k > 1) * around.clip(lower=0) / rows["size"].astype(float) ** 2
    return rows.assign(variance=variance).drop(columns=["mm", "md", "dd"])


def _with_reasons(rows: pd.DataFrame, tables: Tables, file: str, nothing: Sentence) -> pd.DataFrame:
    """A row for every county: one without the file or without a case says so."""
    counties = pd.DataFrame({"county": [c.code for c in tables.counties.used]}, dtype="str")
    rows = counties.merge(rows, on="county", how="left").astype({"count": "Int64", "size": "Int64", "units": "Int64", "clusters": "Int64", "variance": "Float64"})
    there, empty = rows["county"].isin(tables.have(file)), rows["size"].isna() | rows["size"].eq(0).fillna(False)
    why = pd.DataFrame({"reason": pd.Series(None, index=rows.index, dtype="str"), "reason_en": pd.Series(None, index=rows.index, dtype="str")})
    why.loc[empty & there, ["reason", "reason_en"]] = [*nothing]
    why.loc[~there, ["reason", "reason_en"]] = ["没有提交所需的表", "the table it needs was not handed in"]
    rows = pd.concat([rows, why], axis=1)
    rows.loc[empty | ~there, ["count", "size", "units", "clusters", "variance"]] = pd.NA
    return rows


def _set_apart(rows: pd.DataFrame, basis: dict[str, tuple], why: Sentence) -> None:
    """Counties judged by other criteria than most are not compared with them."""
    counted = rows["reason"].isna()
    given = rows["county"].map(lambda c: repr(basis[c]))
    if counted.any():
        usual = given[counted].value_counts().sort_index().idxmax()
        rows.loc[counted & given.ne(usual), ["reason", "reason_en"]] = [*why]


def _core(rules: pd.DataFrame, about: list[str], counties: list[str], settings: ProvinceSettings) -> tuple[list[str], list[str]]:
    """Of the rules `about` the matter, those that enough of the counties (that recorded what they assessed) assessed alike; and those left aside."""
    mine = rules[rules["rule_id"].isin(about) & rules["county"].isin(counties) & ~_unrecorded(rules)]
    alike = mine.groupby("rule_id")["alike"].sum()
    enough = alike >= settings.core_share * mine["county"].nunique()
    return alike.index[enough & (alike > 0)].tolist(), alike.index[~enough | (alike == 0)].tolist()


def _without(rows: pd.DataFrame, rules: pd.DataFrame, core: list[str]) -> None:
    """A county that did not assess a rule of the core, or by other criteria, has no figure: what it did not look for it cannot be clean of."""
    lacking = rules[rules["rule_id"].isin(core) & ~rules["alike"]].groupby("county")["rule_id"].agg(list)
    recorded = set(rules.loc[~_unrecorded(rules), "county"])
    for place, county in rows["county"].items():
        if not pd.isna(rows.at[place, "reason"]):
            continue
        why = _why(lacking.get(county, []), county in recorded, bool(core))
        if why:
            rows.loc[place, ["reason", "reason_en"]] = [*why]
            rows.loc[place, ["count", "size", "units", "clusters", "variance"]] = pd.NA


def _unrecorded(rules: pd.DataFrame) -> pd.Series:
    return rules["reason"].eq(NOT_RECORDED.zh).fillna(False).astype(bool)


def _why(lacking: list[str], recorded: bool, any_core: bool) -> Sentence | None:
    if not recorded:
        return NOT_RECORDED
    if not any_core:
        return Sentence("没有各县都按同一标准评估的规则", "no rule was assessed by the same criteria in enough counties")
    return Sentence(f"未按同一标准评估:{'、'.join(lacking)}", f"not assessed by the same criteria: {', '.join(lacking)}") if lacking else None
