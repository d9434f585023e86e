"""Helpers compared as if each had had the same households: the figure as it is, the figure adjusted, and how sure one can be of either.

A comparison is for asking questions. No verdict of it proposes a sanction or enters a score.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.assessment.circumstances import LABELS, circumstances
from bangfu.assessment.comparison import Comparison
from bangfu.assessment.household_results import HouseholdResult, household_results
from bangfu.problems import Sentence
from bangfu.stats.profiling import expected_share, funnel, helpers_in_places, ranks

VERDICTS = ("above", "below", "average", "insufficient")
SUBJECTS = {"unit": "first", "town": "first", "first": "first", "second": "second"}  # what is compared, and by the households of which role
COLUMNS = ["subject", "households", "effective_households", "unadjusted", "unadjusted_position", "adjusted", "control_low", "control_high", "z", "position", "position_dispersed",
           "estimate", "low", "high", "reliability", "rank", "rank_low", "rank_high", "verdict", "reason", "reason_en"]  # fmt: skip


@dataclass(frozen=True)
class CaseMix:
    """One result compared over helpers of a role, units or towns.

    table: COLUMNS, a row per subject. Figures are shares of one or in the result's unit.
      households, effective_households   how many, and how many they are worth once circumstances and village are told apart from the helper
      unadjusted, unadjusted_position   mean of the households; where it lies in the funnel of all (below, inside, above the limits of chance)
      adjusted   what the mean would be with average households in an average village, without shrinkage
      control_low, control_high, z, position   limits of chance for it, its distance in standard errors, where it lies
      position_dispersed   the same where the limits are widened by what subjects differ in any case (over-dispersion)
      estimate, low, high, reliability   shrunken towards the average, with its interval; share of the subject's own effect that is known
      rank, rank_low, rank_high   1 is the highest; only where the data carry a judgement
      verdict   above, below, average, insufficient; reason, reason_en   why
    overall: mean of all. dispersion: mean squared winsorised z. p_value: of no difference at all. adjusted_for, not_adjusted_for: in words.
    absent: why there is no table.
    """

    result: HouseholdResult
    table: pd.DataFrame
    overall: float = np.nan
    chance: float = np.nan  # variance of one household by chance
    dispersion: float = np.nan
    p_value: float = np.nan
    adjusted_for: tuple[Sentence, ...] = ()
    not_adjusted_for: tuple[Sentence, ...] = ()
    absent: Sentence | None = None


def compare_all(tables: dict[str, pd.DataFrame], year: int, limits: Comparison, held_months: int) -> dict[str, list[CaseMix]]:
    """Every result of the households, compared by each of SUBJECTS: units and towns (by their first helpers), first and second helpers.

    held_months: how long a helper must have had a household (`household_results`).
    """
    homes, lacking = circumstances(tables, year, limits)
    places = tables["households"].dropna(subset="household_id").drop_duplicates("household_id").set_index("household_id")
    units = tables["helpers"].dropna(subset="helper_id").drop_duplicates("helper_id").set_index("helper_id").get("unit", pd.Series(dtype="str"))
    compared = {by: [] for by in SUBJECTS}
    for result in household_results(tables, year, limits, held_months):
        for by, role in SUBJECTS.items():
            rows = result.rows[result.rows["role"] == role]
            subject = {"unit": rows["helper_id"].map(units), "town": rows["household_id"].map(places.get("town", pd.Series(dtype="str")))}.get(by, rows["helper_id"])
            rows = rows.assign(subject=subject).dropna(subset="subject")
            if by in ("unit", "town"):  # a household with two helpers of one unit is one household of that unit
                rows = rows.drop_duplicates(["subject", "household_id"])
            village = rows["household_id"].map(places["village_code"]) if "village_code" in places else None
            compared[by].append(compare(result, rows, homes, village, limits, lacking=lacking))
    return compared


def compare(result: HouseholdResult, rows: pd.DataFrame, homes: pd.DataFrame, villages: pd.Series | None, limits: Comparison, *, lacking: list[Sentence] = ()) -> CaseMix:
    """Compare the subjects of `rows` (subject, household_id, value) by circumstances `homes` (index household_id) and villages (one per row).

    Rows of households without a known village stand in a village of their own name, "". Where nothing can be compared (fewer than two
    subjects, one household each, all results the same) every subject is `insufficient`, with the reason.
    """
    if result.absent is not None:
        return CaseMix(result, pd.DataFrame(columns=COLUMNS), absent=result.absent)
    order = rows.reset_index(drop=True).sort_values(["subject", "household_id"], kind="stable").index
    places = None if villages is None else villages.reset_index(drop=True).loc[order].fillna("").astype("object").to_numpy()
    rows = rows.reset_index(drop=True).loc[order].reset_index(drop=True)
    covariates = homes.reindex(rows["household_id"]).reset_index(drop=True)
    covariates = covariates.fillna(covariates.median()).fillna(0.0)
    table = _unadjusted(rows, result.share, limits)
    cannot = _cannot(rows, limits)
    if cannot is not None:
        return CaseMix(result, _insufficient(table, cannot), rows["value"].mean(), not_adjusted_for=tuple(lacking))
    try:
        model = helpers_in_places.fit(rows["value"], rows["subject"], places, covariates, confidence=limits.confidence)
    except ValueError:  # what varies is explained in full by the circumstances
        return CaseMix(result, _insufficient(table, _EXPLAINED), rows["value"].mean(), not_adjusted_for=tuple(lacking))
    table, phi = _adjusted(table, rows, places, model, result.share, limits)
    table = _judged(table, model, limits)
    used = [label for name, label in LABELS.items() if any(c == name or c.startswith(f"{name}:") for c in model.coefficients.index)]
    used += [Sentence("村", "village")] if places is not None and len(set(places)) > 1 else []
    return CaseMix(result, table[COLUMNS], rows["value"].mean(), model.chance, phi, model.p_value, tuple(used), tuple(lacking))


_EXPLAINED = Sentence("结果的差别全由家庭情况解释,无从比较", "circumstances explain all differences, so there is nothing to compare")


def _cannot(rows: pd.DataFrame, limits: Comparison) -> Sentence | None:
    """Why no subject can be compared with another, if that is so."""
    sizes = rows.groupby("subject").size()
    if len(sizes) < 2:
        return Sentence("可比对象不足两个", "there are not two to compare")
    if rows["value"].nunique() < 2:
        return Sentence("所有户结果相同,无从比较", "all households have the same result, so there is nothing to compare")
    if sizes.max() < limits.min_households:
        return Sentence(f"户数均少于{limits.min_households}户,分不清是帮扶的作用还是该户的情况", f"nobody has {limits.min_households} households: helper and household cannot be told apart")
    return None


def _unadjusted(rows: pd.DataFrame, share: bool, limits: Comparison) -> pd.DataFrame:
    """Mean and number of households of each subject, and where it lies in the funnel of all as they are."""
    table = rows.groupby("subject")["value"].agg(households="size", unadjusted="mean", total="sum")
    overall, spread = rows["value"].mean(), rows["value"].std()
    if share and 0 < overall < 1:
        judged = funnel.proportions(table["total"].round(), table["households"], levels=(limits.confidence,), min_size=1).units["judgement"]
        position = judged.where(judged.isin(["above", "below"]), "inside")
    elif spread > 0:
        position = _place((table["unadjusted"] - overall) / spread * np.sqrt(table["households"]), limits)
    else:
        position = "inside"
    return table.drop(columns="total").assign(unadjusted_position=position)


def _place(z: pd.Series, limits: Comparison) -> pd.Series:
    far = stats.norm.ppf(0.5 + limits.confidence / 2)
    return pd.Series(np.select([z > far, z < -far], ["above", "below"], "inside"), index=z.index)


def _adjusted(table: pd.DataFrame, rows: pd.DataFrame, places, model, share: bool, limits: Comparison) -> tuple[pd.DataFrame, float]:
    """Adjusted figure with the limits of chance, exact where the result is a share, and the shrunken estimate; and the dispersion."""
    overall, effects = rows["value"].mean(), model.effects
    known = effects["effective_n"] > 0
    error = np.sqrt(model.chance / effects["effective_n"].where(known))
    half = stats.norm.ppf(0.5 + limits.confidence / 2) * error
    beyond = _beyond_exact(rows, places, model, limits) if share else pd.Series(True, index=effects.index)
    position = _place(effects["z"], limits).where(beyond, "inside")
    phi, between = funnel.dispersion(effects.loc[known, "z"].to_numpy(), error[known].to_numpy(), limits.winsorised)
    wide = _place(effects["adjusted"] / np.sqrt(error**2 + between), limits).where(position != "inside", "inside")
    found = pd.DataFrame({"effective_households": effects["effective_n"], "adjusted": overall + effects["adjusted"], "control_low": overall - half, "control_high": overall + half, "z": effects["z"],
                          "position": position, "position_dispersed": wide, "estimate": overall + effects["effect"], "low": overall + effects["lower"], "high": overall + effects["upper"],
                          "reliability": effects["reliability"], "beyond": beyond})  # fmt: skip
    if model.between == 0:  # an estimate of no width would look like knowledge
        found[["estimate", "low", "high"]] = np.nan
    if share:
        bounded = ["adjusted", "control_low", "control_high", "estimate", "low", "high"]
        found[bounded] = found[bounded].clip(0, 1)
    return table.join(found).rename_axis("subject").reset_index(), phi


def _beyond_exact(rows: pd.DataFrame, places, model, limits: Comparison) -> pd.Series:
    """Whose count lies beyond the limits of its exact distribution, which a few households make far from normal."""
    overall = rows["value"].mean()
    chance = expected_share.chances(rows["value"], model.covariates, places, place_variance=model.places / (overall * (1 - overall)) ** 2)
    tail = expected_share.tails(rows["value"], chance, rows["subject"])
    return tail[["lower", "upper"]].min(axis=1) <= (1 - limits.confidence) / 2


def _judged(table: pd.DataFrame, model, limits: Comparison) -> pd.DataFrame:
    """The verdict: above or below where the interval of the shrunken estimate leaves out the average and, of a share, the count lies
    beyond its exact limits; none where the data carry none."""
    effects = model.effects.reset_index(drop=True)
    few = table["households"] < limits.min_households
    unsure = table["reliability"] < limits.min_reliability
    which = np.select([few, unsure, (effects["lower"] > 0) & table["beyond"], (effects["upper"] < 0) & table["beyond"]], [0, 1, 2, 3], 4)
    enough = which > 1
    placed = ranks.simulate(effects["effect"].set_axis(table["subject"]), effects["se"].set_axis(table["subject"]), seed=limits.seed, draws=limits.draws, confidence=limits.confidence, insufficient=~enough).table
    reliability = [f"{r:.0%}" for r in table["reliability"]]
    needed = f"{limits.min_reliability:.0%}"
    same = model.between == 0
    said = [_reason(w, n, r, needed, same, limits) for w, n, r in zip(which, table["households"], reliability, strict=True)]
    verdict = np.array(["insufficient", "insufficient", "above", "below", "average"])[which]
    return table.assign(rank=placed["rank"].array, rank_low=placed["lower"].array, rank_high=placed["upper"].array, verdict=verdict, reason=[s.zh for s in said], reason_en=[s.en for s in said])


def _reason(which: int, households: int, reliability: str, needed: str, same: bool, limits: Comparison) -> Sentence:
    if which == 0:
        return Sentence(f"只有{households}户,不足{limits.min_households}户", f"{households} households, fewer than {limits.min_households}")
    if which == 1 and same:
        return Sentence("这些资料测不出彼此之间有差别", "these data show no differences between one and another")
    if which == 1:
        return Sentence(f"可靠性{reliability},不足{needed}", f"reliability {reliability}, less than {needed}")
    if which == 4:
        return Sentence("收缩估计的区间包含平均水平,或户数仍在偶然波动之内", "the interval of the shrunken estimate holds the average, or the count lies within chance")
    side = ("高于", "above") if which == 2 else ("低于", "below")
    return Sentence(f"调整后收缩估计的整个区间{side[0]}平均水平", f"after adjustment the whole interval of the shrunken estimate lies {side[1]} the average")


def _insufficient(table: pd.DataFrame, why: Sentence) -> pd.DataFrame:
    return table.rename_axis("subject").reset_index().assign(verdict="insufficient", reason=why.zh, reason_en=why.en).reindex(columns=COLUMNS)
