"""Where each county stands, step by step: done, to be done again and why, failed, at work, never run; nothing is changed by asking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bangfu import notebooks
from bangfu.county import County
from bangfu.problems import Problem, Sentence, WrongParams
from bangfu.steps import lock, stamps
from bangfu.steps.county_year import CountyYear
from bangfu.steps.stamps import Stamp, Stamps

STATES = ("done", "stale", "failed", "interrupted", "running", "never", "unknown")
_UNCHANGED = Sentence("", "")


@dataclass(frozen=True)
class Standing:
    """One step of one county-year.

    state    one of STATES; why: what changed, what was said of its failure, or why the state is not known
    seconds  how long it took when it was last done; at: when that was (None: never)
    """

    county: str
    code: str
    year: int
    step: str
    title: Sentence
    state: str
    why: Sentence
    seconds: float | None
    at: str | None


def folders_below(reports: Path) -> list[Path]:
    """The county-year folders below a folder of reports in which a run has begun."""
    return sorted(p.parent.parent for p in reports.glob(f"*/*/{stamps.FILE}"))


def standings(reports: Path, params: list[Path] | None = None, year: int | None = None) -> list[Standing]:
    """Every step of the counties below a folder of reports, or of those that are named, in their years (or the one named).

    A county that was never run stands with its one step `read` as never run, where its year is known. WrongParams where there is nothing to tell.
    """
    found, asked = [], [Path(p).resolve() for p in params or ()]
    below = {folder: Stamps(folder).about for folder in folders_below(reports)} if reports.is_dir() else {}
    for folder, about in below.items():
        file = (folder / about.get("params", "")).resolve()
        if (not asked or file in asked) and year in (None, about.get("year")):
            found += _of(folder, about, file, reports)
    seen = {(folder / about.get("params", "")).resolve() for folder, about in below.items() if year in (None, about.get("year"))}
    for file in asked:
        if file not in seen:
            found += _never(file, year)
    if not found:
        raise WrongParams.of(f"{reports} 里没有任何运行,请检查文件夹,或写明县参数文件。", f"There is no run in {reports}; check the folder, or name county params.")
    return found


def _of(folder: Path, about: dict, params: Path, reports: Path) -> list[Standing]:
    """The steps of a county-year as they were run with the options of the last run."""
    busy, why_unknown = lock.is_held(folder), None
    kept = Stamps(folder)
    try:
        county = County.open(params, about["year"], reports=reports, lang=about["lang"], edition=about["edition"])
        of_year = CountyYear(county, notebooks.chosen(about["notebooks"]), params, reports)
        of_year.know()
        plan, titles = of_year.plan(), {n: s.title for n, s in of_year.steps.items()}
    except Problem as wrong:
        why_unknown, titles = wrong.sentences[0], {n: Sentence(n, n) for n in kept.of}
        plan = dict.fromkeys(titles, why_unknown)
    told = []
    for name, reason in plan.items():
        stamp = kept.of.get(name)
        state = "unknown" if why_unknown and stamp and stamp.state == "done" else _state(stamp, reason, busy)
        why = stamp.said[0] if state == "failed" and stamp.said else reason or _UNCHANGED
        told.append(Standing(about["name"], about["code"], about["year"], name, titles[name], state, why, stamp and stamp.seconds, stamp and stamp.at))
    return told


def _state(stamp: Stamp | None, reason: Sentence | None, busy: bool) -> str:
    if stamp is None:
        return "never"
    if stamp.state == "begun":
        return "running" if busy else "interrupted"
    return "failed" if stamp.state == "failed" else "stale" if reason else "done"


def _never(params: Path, year: int | None) -> list[Standing]:
    """A county named that has no run in the folder."""
    from bangfu.params import CountyParams
    from bangfu.params_file import checked, read_yaml

    county = checked(CountyParams, read_yaml(params), params.name)
    return [Standing(county.name, county.code, year or 0, "read", Sentence("读取原始文件", "reading raw files"), "never", Sentence("从未运行", "never run"), None, None)]
