"""A made-up county-year as large as any county's: 12,000 helpers and as many records of visits and calls as asked, for measuring seconds.

9,600 first helpers of one household each and 2,400 second helpers of four, in 800 villages of 16 towns; every table that the assessment reads,
records with texts and photographs as untidy honest helpers write them (`bangfu.sample.untidy_records`), every household interviewed.
Villages, units, second helpers and households differ in how households fare, so that comparisons have something to find.
"""

import numpy as np
import pandas as pd

from bangfu.assessment.facts import GUARANTEES
from bangfu.income import form_columns
from bangfu.sample.names import text
from bangfu.sample.untidy_records import photographs, texts

YEAR, HOUSEHOLDS, SECOND, VILLAGES, TOWNS, UNITS, MEMBERS = 2019, 9_600, 2_400, 800, 16, 150, 3


def large_county(records: int, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Tables of a county-year; the records are spread at random over pairs and days."""
    rng = np.random.default_rng(seed)
    home = np.arange(HOUSEHOLDS)
    second = HOUSEHOLDS + home % SECOND
    pairs = {"home": np.r_[home, home], "helper": np.r_[home, second], "role": np.repeat(["first", "second"], HOUSEHOLDS)}
    # A second helper's households lie in one village, one in seven in the next.
    village = home % SECOND * VILLAGES // SECOND
    village = np.where(rng.random(HOUSEHOLDS) < 0.15, (village + 1) % VILLAGES, village)
    unit = rng.integers(0, UNITS, HOUSEHOLDS + SECOND)
    fares = sum(rng.normal(0, sd, len(of))[at] for sd, of, at in ((0.5, range(VILLAGES), village), (0.3, range(UNITS), unit[home]), (0.6, range(SECOND), home % SECOND)))
    tables = {
        "households": _households(rng, village, fares), "members": _members(rng), "pairings": _pairings(rng, pairs), "visits": _visits(rng, pairs, records), "plans": _plans(rng, home),
        "helpers": pd.DataFrame({"helper_id": ids("R", np.arange(HOUSEHOLDS + SECOND)), "unit": ids("U", unit)}),
        "incomes": pd.concat([_incomes(rng, fares * (year - YEAR + 1), year) for year in (YEAR - 1, YEAR)], ignore_index=True), "survey": _survey(rng, fares),
    }  # fmt: skip
    for number, frame in enumerate(tables.values()):
        frame["origin"] = (number << 32) + pd.Series(range(len(frame)), dtype="int64")
    return tables


def ids(prefix: str, numbers: np.ndarray) -> pd.Series:
    return pd.Series(text([f"{prefix}{n:06d}" for n in numbers]))


def days(rng: np.random.Generator, n: int, year: int = YEAR) -> pd.Series:
    return pd.Series((np.datetime64(f"{year}-01-01") + rng.integers(0, 365, n).astype("m8[D]")).astype("M8[us]"))


def _flags(rng, share: float, n: int):
    return pd.array(rng.random(n) < share, dtype="boolean")


def _whole(values):
    return pd.array(np.asarray(values), dtype="Int64")


def _households(rng, village, fares) -> pd.DataFrame:
    home = np.arange(HOUSEHOLDS)
    exited = rng.normal(fares + 0.8) > 0
    return pd.DataFrame({
        "household_id": ids("H", home), "town": ids("T", village * TOWNS // VILLAGES), "village_code": ids("V", village), "family_size": _whole(np.full(len(home), MEMBERS)),
        "category": text(rng.choice(["一般贫困户", "低保贫困户", "五保贫困户"], len(home), p=[0.6, 0.3, 0.1])), "status": text(np.where(exited, "已脱贫", "未脱贫")),
        "exit_on": days(rng, len(home)).where(exited), **{g: pd.array(rng.normal(fares + 2.5) > 0, dtype="boolean") for g in GUARANTEES},
    })  # fmt: skip


def _members(rng) -> pd.DataFrame:
    n = HOUSEHOLDS * MEMBERS
    born = pd.Series((np.datetime64("1930-01-01") + rng.integers(0, 365 * 88, n).astype("m8[D]")).astype("M8[us]"))
    return pd.DataFrame({
        "household_id": ids("H", np.repeat(np.arange(HOUSEHOLDS), MEMBERS)), "born_on": born, "labour": text(rng.choice(["普通劳动力", "无劳动力"], n)),
        "health": text(rng.choice(["健康", "长期慢性病", "残疾"], n, p=[0.7, 0.2, 0.1])),
    })  # fmt: skip


def _pairings(rng, pairs) -> pd.DataFrame:
    n = len(pairs["home"])
    return pd.DataFrame({
        "household_id": ids("H", pairs["home"]), "helper_id": ids("R", pairs["helper"]), "role": text(pairs["role"]),
        "start_on": days(rng, n, YEAR - 1), "end_on": pd.Series(np.full(n, "NaT", "M8[us]")),
    })  # fmt: skip


def _visits(rng, pairs, records: int) -> pd.DataFrame:
    pair = rng.integers(0, len(pairs["home"]), records)
    helper, helpers = pairs["helper"][pair], HOUSEHOLDS + SECOND
    at_home = (pairs["role"][pair] == "second") | (rng.random(records) < 0.4)
    visited = days(rng, records)
    minute = np.clip(np.rint(rng.normal(720, 150, records) / 5) * 5, 420, 1260)
    return pd.DataFrame({
        "visit_id": ids("V", np.arange(records)), "household_id": ids("H", pairs["home"][pair]), "helper_id": ids("R", helper),
        "visited_at": visited + pd.to_timedelta(minute, unit="m").astype("m8[us]"), "mode": text(np.where(at_home, "home", "telephone")),
        "household_signed": _flags(rng, 0.97, records), "helper_signed": _flags(rng, 0.99, records), "witness": text(np.full(records, None)),
        "entered_on": visited + pd.to_timedelta(rng.integers(0, 70, records), unit="D").astype("m8[us]"),
        "content": text(texts(rng, helper, helpers, 0.07)), "photo_fingerprint": text(photographs(rng, helper, at_home, helpers)),
    })  # fmt: skip


def _plans(rng, home) -> pd.DataFrame:
    n = len(home)
    return pd.DataFrame({"household_id": ids("H", home), "helper_id": ids("R", home), "year": _whole(np.full(n, YEAR)), "expected_gain": _whole(np.full(n, 200_000)), "signed_on": days(rng, n)})


def _incomes(rng, fares, year: int) -> pd.DataFrame:
    n = len(fares)
    grown = {c: _whole(rng.integers(0, 100_000, n) + np.rint(10_000 * fares).clip(0)) for c in form_columns()}
    return pd.DataFrame({"household_id": ids("H", np.arange(n)), "year": _whole(np.full(n, year)), "family_size": _whole(np.full(n, MEMBERS)), **grown})


def _survey(rng, fares) -> pd.DataFrame:
    n = len(fares)
    answers = {q: _whole(np.rint(rng.normal(4 + fares)).clip(1, 5)) for q in ("q_helper", "q_measures", "overall")}
    return pd.DataFrame({"household_id": ids("H", np.arange(n)), "knows_helper": _flags(rng, 0.97, n), **answers, "reported_visits": _whole(rng.integers(30, 70, n)), "interviewed_at": pd.Series(np.full(n, f"{YEAR}-12-15", "M8[us]"))})
