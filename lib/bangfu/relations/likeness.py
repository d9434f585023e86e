"""Who may be the same person where an id number is missing: names, birth, village and unit weighed against chance.

Each pair gets the weight of its evidence in bits: how much likelier this agreement is in rows of one person than of two.
A frequent name weighs less than a rare one. What is found is suggested to a person, never taken for true.
Method: Fellegi and Sunter (1969), with term frequencies, as Splink 5 computes it on DuckDB, in memory and on one thread.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import log2

import pandas as pd

from bangfu.relations.network import Network
from bangfu.relations.settings import Levels, Stated, Suggestion

# DuckDB's own edit distance counts bytes, of which a Chinese character has three: two of three characters must stand in their places.
_ONE_OF_THREE = "length(name_l) = 3 AND length(name_r) = 3 AND " + " + ".join(f"(substr(name_l, {i}, 1) = substr(name_r, {i}, 1))::int" for i in (1, 2, 3)) + " = 2"
# The levels of each comparison, the most alike first: what they are called, and when they hold (SQL on l and r).
LEVELS = {
    "name": [("姓名相同", "same name", "name_l = name_r"),
             ("三字姓名差一字", "names of three characters that differ in one", _ONE_OF_THREE),
             ("姓名不同", "different names", None)],
    "born": [("出生日期相同", "same day of birth", "born_l = born_r"), ("只有出生年份相同", "same year of birth only", "left(born_l, 4) = left(born_r, 4)"), ("出生年份不同", "different years of birth", None)],
    "sex": [("性别相同", "same sex", "sex_l = sex_r"), ("性别不同", "different sex", None)],
    "village": [("同村", "same village", "village_l = village_r"), ("同镇街", "same town", "town_l = town_r"), ("不同镇街", "different towns", None)],
    "unit": [("单位相同", "same unit", "unit_l = unit_r"), ("单位不同", "different units", None)],
}  # fmt: skip
PAIR = ["id", "a", "b", "role_a", "role_b", "probability", "bits", "prior", *LEVELS, "why", "why_en", "digest"]
RECORD = ["unique_id", "node", "role", "county", "household", "name", "surname", "born", "sex", "village", "town", "unit", "known", "settled"]


@dataclass(frozen=True)
class Likeness:
    """What was suggested, and how well founded that is.

    pairs      a row per pair of persons: id, a, b (nodes), probability, bits (the whole weight), prior (bits before any
               comparison), one column of bits per comparison (missing: could not be compared), why, why_en (in words), digest
    estimated  whether the weights were estimated from the county's rows; else they are the stated ones
    reason     why they were not (zh, en)
    check      of pairs of rows that both have an id number: how many name, village and unit alone would have suggested, how
               many of these are of one person, and how many pairs of one person there are
    """

    pairs: pd.DataFrame
    estimated: bool
    reason: tuple[str, str] | None
    check: dict[str, int]


def records(network: Network) -> pd.DataFrame:
    """A row per person and role in which a name stands, with what can be compared (columns `RECORD`)."""
    named = network.mentions.dropna(subset="written").drop_duplicates(["node", "role"]).reset_index(drop=True)
    where = ["county", "household_id", "village_code", "town"]
    homes = [t["households"].assign(county=code).reindex(columns=where) for code, t in network.tables.items() if "households" in t]
    homes = pd.concat([pd.DataFrame(columns=where), *homes]).astype("str").dropna(subset="household_id").drop_duplicates(where[:2])
    placed = named.merge(homes, on=where[:2], how="left")
    table = pd.DataFrame(
        {
            "unique_id": [f"{i:09d}" for i in range(len(placed))], "node": placed["node"], "role": placed["role"], "county": placed["county"],
            "household": placed["household_id"], "name": placed["written"], "surname": placed["written"].str.slice(0, 1),
            "born": placed["born_on"].dt.strftime("%Y-%m-%d"), "sex": placed["sex"], "village": placed["village_code"], "town": placed["town"],
            "unit": placed["unit"], "known": placed["id_number"].where(placed["sound"]),
        }
    )  # fmt: skip
    numbered = network.persons.index[network.persons["sound"]]
    return table.astype("str").assign(settled=table["node"].isin(numbered))[RECORD]


def suggest(network: Network) -> Likeness:
    """The pairs of persons whom no common number joins, that may be one person, by the settings of `suggestion`.

    Two persons with sound id numbers are never suggested: they are two. Nor are two members of one household, nor two rows
    of one register.
    """
    settings = network.settings.suggestion
    table = records(network)
    pairs_known = _pairs_of_one(table)
    reason = _too_few(table, pairs_known, settings)
    if not table["known"].isna().any() or len(table) < 2:
        return Likeness(pd.DataFrame(columns=PAIR), False, ("每个有姓名的人都有证件号码,无需推断", "everybody named has an id number: nothing to infer"), {})
    weights = settings.stated if reason else _estimated(table, settings, pairs_known)
    prior = _prior(1 / len(table) if reason else pairs_known / _pairs(len(table)))
    scored = _linker(table, weights).inference.predict().as_pandas_dataframe()
    scored = scored[[c for c in scored if c.startswith(("unique_id", "mw_", "gamma_"))]].sort_values(["unique_id_l", "unique_id_r"])
    for side in ("l", "r"):
        scored = scored.merge(table[["unique_id", "node", "role", "county", "household", "known", "settled"]].add_suffix(f"_{side}"), on=f"unique_id_{side}")
    scored["mw_name"] += scored["mw_tf_adj_name"]
    scored["prior"] = prior if reason else _priors(scored, table, prior, settings)
    scored["bits"] = scored["prior"] + scored[[f"mw_{name}" for name in LEVELS]].sum(axis=1)
    return Likeness(_told(scored, settings), reason is None, reason, {} if reason else _check(scored, settings, pairs_known))


def _priors(scored: pd.DataFrame, table: pd.DataFrame, prior: float, settings: Suggestion) -> pd.Series:
    """The bits before any comparison, by the roles of the two: how often rows in these roles are of one person, by their id numbers.

    Most helpers are on the payroll, few are household members. Roles with too few such pairs have the county's common prior.
    """
    known = table.dropna(subset="known").drop_duplicates(["role", "known"])
    size = known["role"].value_counts()
    pairs = known[["role", "known"]].merge(known[["role", "known"]], on="known", suffixes=("_l", "_r"))
    times = pairs.groupby(["role_l", "role_r"]).size()
    own = {roles: _prior(n / (size[roles[0]] * size[roles[1]])) for roles, n in times.items() if roles[0] != roles[1] and n >= settings.least_pairs}
    return pd.Series([own.get(roles, prior) for roles in zip(scored["role_l"], scored["role_r"], strict=True)], index=scored.index)


def _prior(share: float) -> float:
    return log2(share / (1 - share))


def _probability(bits: pd.Series) -> pd.Series:
    return 1 / (1 + 2 ** -bits.clip(-60, 60))


def _check(scored: pd.DataFrame, settings: Suggestion, pairs_known: int) -> dict[str, int]:
    """What the weights make of pairs whose id numbers are known, birth and sex left out: rows without an id number often lack them."""
    known = scored[scored["known_l"].notna() & scored["known_r"].notna()]
    hit = known[_probability(known["bits"] - known["mw_born"] - known["mw_sex"]) >= settings.threshold]
    return {"suggested": len(hit), "right": int((hit["known_l"] == hit["known_r"]).sum()), "true": pairs_known}


def _pairs(n: int) -> float:
    return n * (n - 1) / 2


def _pairs_of_one(table: pd.DataFrame) -> int:
    """How many pairs of rows have the same sound id number."""
    times = table["known"].value_counts()
    return int((times * (times - 1) // 2).sum())


def _too_few(table: pd.DataFrame, pairs_known: int, settings: Suggestion) -> tuple[str, str] | None:
    if len(table) >= settings.least_records and pairs_known >= settings.least_pairs:
        return None
    return (
        f"可比较的记录{len(table)}条(至少{settings.least_records}条)、证件号码相同的记录{pairs_known}对(至少{settings.least_pairs}对),不足以估计,使用给定权重",
        f"{len(table)} records ({settings.least_records} needed) and {pairs_known} pairs with the same id number ({settings.least_pairs} needed) are too few to estimate from: the stated weights were used",
    )


def _linker(table: pd.DataFrame, weights: Levels):
    """Splink's linker with these weights, over a DuckDB in memory and on one thread."""
    import duckdb
    import splink.comparison_level_library as level
    import splink.comparison_library as comparison
    from splink import DuckDBAPI, Linker, SettingsCreator

    def compared(name: str):
        # Villages of two counties always differ: that tells nothing of people who moved.
        unknown = f"{name}_l IS NULL OR {name}_r IS NULL" + (" OR county_l <> county_r" if name == "village" else "")
        levels = [level.CustomLevel(unknown).configure(is_null_level=True)]
        given = getattr(weights, name)
        for (_, label, condition), m, u in zip(LEVELS[name], [*given.m, 1 - sum(given.m)], [*given.u, 1 - sum(given.u)], strict=True):
            if condition is None:
                made = level.ElseLevel()
            elif name == "name" and condition == LEVELS["name"][0][2]:
                made = level.ExactMatchLevel("name", term_frequency_adjustments=True)
            else:
                made = level.CustomLevel(condition, label_for_charts=label)
            levels.append(made.configure(m_probability=m, u_probability=u))
        return comparison.CustomComparison(comparison_levels=levels, output_column_name=name)

    # Pairs of one person by the id number are weighed as well: what the weights make of them is the check.
    worth_weighing = "(l.node <> r.node OR l.known IS NOT NULL)"
    blocks = ["l.name = r.name", "l.born = r.born AND l.surname = r.surname", "l.county = r.county AND l.village = r.village AND l.surname = r.surname"]
    connection = duckdb.connect(":memory:", config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False})
    api = DuckDBAPI(connection)
    made = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[compared(name) for name in LEVELS],
        blocking_rules_to_generate_predictions=[f"{b} AND {worth_weighing}" for b in blocks],
        retain_intermediate_calculation_columns=True,
    )
    return Linker(api.register(table), made, log_level="ERROR")


def _estimated(table: pd.DataFrame, settings: Suggestion, pairs_known: int) -> Levels:
    """The weights by the county's own rows: u from random pairs, m by expectation maximisation.

    m is learnt from pairs that agree in name, then from pairs that agree in birth. Clean rows would teach that one person's
    rows never differ: the stated m count as much as `least_pairs` further pairs.
    """
    linker = _linker(table, settings.stated)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=settings.seed)
    for rule in ("l.name = r.name AND l.surname = r.surname", "l.born = r.born"):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, fix_probability_two_random_records_match=True)
    learnt = {c["output_column_name"]: [x for x in c["comparison_levels"] if not x.get("is_null_level")] for c in linker.misc.save_model_to_json(None)["comparisons"]}
    own = pairs_known / (pairs_known + settings.least_pairs)

    def weights(name: str) -> Stated:
        stated, levels = getattr(settings.stated, name), learnt[name]
        # A level that no pair reached has learnt nothing, so that what was learnt need not come to 1.
        m = [level.get("m_probability", given) for level, given in zip(levels, [*stated.m, 1 - sum(stated.m)], strict=True)]
        m = [own * x / sum(m) + (1 - own) * given for x, given in zip(m[:-1], stated.m, strict=False)]
        return Stated(m=m, u=[max(level.get("u_probability", given), 1e-9) for level, given in zip(levels, stated.u, strict=False)])

    return Levels(**{name: weights(name) for name in LEVELS})


def _told(scored: pd.DataFrame, settings: Suggestion) -> pd.DataFrame:
    """The pairs to suggest, the likeliest first, each once, with its weights in words (columns `PAIR`)."""
    settled = scored["settled_l"] & scored["settled_r"]  # two sound id numbers, whether or not these very rows hold them
    apart = (scored["county_l"] != scored["county_r"]) | ((scored["role_l"] != scored["role_r"]) & ~(scored["household_l"] == scored["household_r"]).fillna(False))
    scored["probability"] = _probability(scored["bits"])
    likely = scored["probability"] >= settings.threshold
    rows = scored[~settled & apart & likely & (scored["node_l"] != scored["node_r"])].copy()
    swapped = rows["node_l"] > rows["node_r"]
    for plain, side, other in (("a", "l", "r"), ("b", "r", "l")):
        rows[plain] = rows[f"node_{side}"].mask(swapped, rows[f"node_{other}"])
        rows[f"role_{plain}"] = rows[f"role_{side}"].mask(swapped, rows[f"role_{other}"])
    rows = rows.sort_values(["bits", "a", "b", "role_a", "role_b"], ascending=[False, True, True, True, True], kind="stable").drop_duplicates(["a", "b"])
    told = [_in_words(row) for row in rows.to_dict("records")]
    return pd.DataFrame(told, columns=PAIR)


def _in_words(row: dict) -> dict:
    compared = {name: int(row[f"gamma_{name}"]) for name in LEVELS if row[f"gamma_{name}"] >= 0}
    labels = {name: LEVELS[name][len(LEVELS[name]) - 1 - gamma] for name, gamma in compared.items()}
    prior, bits, probability = row["prior"], row["bits"], row["probability"]
    certain = ">99.9%" if probability > 0.999 else f"{probability:.1%}"
    zh = [f"起点{prior:+.1f}"] + [f"{labels[n][0]}{row[f'mw_{n}']:+.1f}" for n in labels]
    en = [f"to begin with {prior:+.1f}"] + [f"{labels[n][1]} {row[f'mw_{n}']:+.1f}" for n in labels]
    return {
        "id": "S" + hashlib.sha256(f"{row['a']}\n{row['b']}".encode()).hexdigest()[:12].upper(),
        "a": row["a"], "b": row["b"], "role_a": row["role_a"], "role_b": row["role_b"], "probability": probability, "bits": bits, "prior": prior,
        **{name: row[f"mw_{name}"] if name in compared else None for name in LEVELS},
        "why": f"{'、'.join(zh)},合计{bits:+.1f}比特,概率{certain}",
        "why_en": f"{', '.join(en)}: {bits:+.1f} bits in all, probability {certain}",
        "digest": hashlib.sha256(repr((row["a"], row["b"], sorted(compared.items()))).encode()).hexdigest()[:12],
    }  # fmt: skip
