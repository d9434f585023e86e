"""One row per helper and role: duty done and missed, the share of each dimension that was met, score, grade, sanction."""

from fractions import Fraction

import pandas as pd

from bangfu import calendar, duty
from bangfu.assessment.scorecard import DIMENSIONS, Scorecard

GUARANTEES = ("food", "clothing", "education", "medical", "housing", "water")
_COLUMNS = ["helper_id", "role", "unit", "town", "households", "visits_due", "visits_made", "visits_missed", "calls_due", "calls_made", "calls_missed"]


def assess_helpers(tables: dict[str, pd.DataFrame], year: int, card: Scorecard, *, first_visit_months: int, criticism_missed: int) -> pd.DataFrame:
    """Every helper's year: the columns of `duty.by_helper`, then

    plan, visits, calls, records, outcomes, satisfaction   share met as `met/of` text (missing = not assessed)
    assessable   share of the card's points that could be assessed
    score        0 to 100 with one decimal, of the assessable points; missing where they are too few (资料不足)
    grade        by the card's cut-offs, or 资料不足
    sanction     proposed (拟) by 莱扶贫组发〔2018〕8号 四(四) for missed home visits of first helpers; missing where none
    """
    pairings, visits = tables["pairings"], tables["visits"]
    table = duty.by_helper(pairings, visits, tables["helpers"], tables["households"], year=year, first_visit_months=first_visit_months)
    shares = {
        "plan": _plans(tables, year),
        "visits": table.set_index(["helper_id", "role"])[["visits_made", "visits_due"]].set_axis(["met", "of"], axis=1),
        "calls": table.set_index(["helper_id", "role"])[["calls_made", "calls_due"]].set_axis(["met", "of"], axis=1),
        "records": _signed(tables, year),
        "outcomes": _outcomes(tables, year),
        "satisfaction": _satisfaction(tables, year),
    }
    keys = pd.MultiIndex.from_frame(table[["helper_id", "role"]])
    met = {d: shares[d].reindex(keys) for d in DIMENSIONS}
    records = [_scored(i, role, met, card) for i, role in enumerate(table["role"])]
    table = pd.concat([table, pd.DataFrame(records, index=table.index)], axis=1)
    proposed = duty.consequence(table["visits_missed"].where(table["role"] == "first", 0), criticism_missed)["zh"]
    table["sanction"] = ("拟" + proposed).where(proposed.notna())
    return table.sort_values(["helper_id", "role"], ignore_index=True)


def _scored(i: int, role: str, met: dict[str, pd.DataFrame], card: Scorecard) -> dict:
    points = card.cards.get(role, {})
    row: dict = dict.fromkeys(DIMENSIONS)
    earned, of, whole = Fraction(0), 0, sum(points.values())
    for dimension in DIMENSIONS:
        known = met[dimension].iloc[i]
        if dimension in points and pd.notna(known["of"]) and known["of"] > 0:
            row[dimension] = f"{int(known['met'])}/{int(known['of'])}"
            earned += points[dimension] * Fraction(int(known["met"]), int(known["of"]))
            of += points[dimension]
    row["assessable"] = of / whole if whole else 0.0
    if whole and Fraction(of, whole) >= card.enough:
        score = 100 * earned / of
        row["score"], row["grade"] = round(float(score), 1), card.grade(score)
    else:
        row["score"], row["grade"] = float("nan"), "资料不足"
    return row


def _pairs(tables: dict[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """helper_id, role, household_id of the pairings that overlap the year, each once."""
    p = tables["pairings"]
    held = p[duty.overlapping(p, calendar.first_day(year), calendar.last_day(year))]
    return held.dropna(subset=["helper_id", "household_id", "role"]).drop_duplicates(["helper_id", "role", "household_id"])


def _summed(rows: pd.DataFrame, met: pd.Series, of: pd.Series | int = 1) -> pd.DataFrame:
    return rows.assign(met=met.astype("Int64"), of=of).groupby(["helper_id", "role"])[["met", "of"]].sum()


def _plans(tables: dict[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """Of the households that a first helper has on 31 December, for how many there is a plan of the year."""
    if "plans" not in tables:
        return _nothing()
    last = calendar.last_day(year)
    p = tables["pairings"]
    held = p[(p["role"] == "first") & duty.overlapping(p, last, last)].dropna(subset=["helper_id", "household_id"]).drop_duplicates(["helper_id", "household_id"])
    made = tables["plans"]
    made = made[(made["year"] == year).fillna(False)].drop_duplicates(["helper_id", "household_id"])[["helper_id", "household_id"]].assign(made=True)
    both = held.merge(made, on=["helper_id", "household_id"], how="left")
    return _summed(both, both["made"].fillna(False).astype(bool))


def _signed(tables: dict[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """Of a helper's home visits of the year, how many are signed by the helper and by the household or a witness."""
    v = tables["visits"]
    if not {"household_signed", "helper_signed"} <= set(v):
        return _nothing()
    home = v[(v["mode"] == "home").fillna(False) & (v["visited_at"].dt.year == year)]
    witness = home["witness"].notna() if "witness" in home else False
    signed = home["helper_signed"].fillna(False) & (home["household_signed"].fillna(False) | witness)
    rows = home.assign(met=signed.astype("Int64"))[["helper_id", "household_id", "met"]]
    paired = rows.merge(_pairs(tables, year)[["helper_id", "role", "household_id"]], on=["helper_id", "household_id"])
    return _summed(paired, paired["met"])


def _outcomes(tables: dict[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """Of a helper's households, how many have all six guarantees (missing flags: household left out)."""
    homes = tables["households"].drop_duplicates("household_id")
    if not set(GUARANTEES) <= set(homes):
        return _nothing()
    flags = homes[list(GUARANTEES)]
    known = homes[flags.notna().all(axis=1)]
    secure = known.assign(secure=known[list(GUARANTEES)].all(axis=1))[["household_id", "secure"]]
    both = _pairs(tables, year).merge(secure, on="household_id")
    return _summed(both, both["secure"])


def _satisfaction(tables: dict[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """What a helper's households that were asked answered about the helper: (answer - 1) of 4 points each."""
    if "survey" not in tables or "q_helper" not in tables["survey"]:
        return _nothing()
    asked = tables["survey"].dropna(subset=["household_id", "q_helper"]).drop_duplicates("household_id")
    both = _pairs(tables, year).merge(asked[["household_id", "q_helper"]], on="household_id")
    return _summed(both, both["q_helper"] - 1, 4)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"met": pd.Series(dtype="Int64"), "of": pd.Series(dtype="Int64")}, index=pd.MultiIndex.from_arrays([[], []], names=["helper_id", "role"]))
