"""Which counties have a run of the year, which have none that can be used, and whether all were judged alike."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq
from pyarrow import ArrowException

from bangfu import digests, record
from bangfu.problems import Sentence, UnusableInput, WrongParams

REQUIRED = "findings"
LEFT_BY_RUNS = ("findings", "helpers", "rejects", "coverage")


@dataclass(frozen=True)
class CountyYear:
    """One county's run of the year: its folder, its record, and the Parquet files that it left, by name (tables as `tables/<name>`)."""

    code: str
    folder: Path
    record: dict
    files: dict[str, Path]

    @property
    def name(self) -> str:
        return self.record.get("name") or self.code

    @property
    def policy(self) -> str:
        return self._judged_by.get("policy") or "?"

    @property
    def scorecard(self) -> str:
        """The scorecard as a digest; `?` where the record does not tell."""
        card = self._judged_by.get("scorecard")
        return digests.of_value(card)[:12] if card else "?"

    @property
    def criteria(self) -> dict[str, str]:
        """Rule -> the criteria it was held against, in words: with parameter values and basis."""
        return self._judged_by.get("rules") or {}

    @property
    def _judged_by(self) -> dict:
        return self.record.get("judged by") or {}

    @cached_property
    def sheets(self) -> list[list[str]]:
        """The files and sheets that row tokens point to; empty where intake kept none."""
        try:
            return json.loads((self.folder / "tables" / "intake.json").read_text(encoding="utf-8"))["sheets"]
        except (OSError, ValueError, KeyError):
            return []


@dataclass(frozen=True)
class Counties:
    """The county-years found below a reports folder. left_out: code -> why its run cannot be used."""

    year: int
    used: tuple[CountyYear, ...]
    left_out: dict[str, Sentence]

    @property
    def names(self) -> dict[str, str]:
        return {c.code: c.name for c in self.used}

    @property
    def run_id(self) -> str:
        """Names what went in: the runs of all counties, in a digest."""
        return digests.of_value([[c.code, c.record.get("run"), digests.of_file(c.files[REQUIRED])] for c in self.used] + [self.year])[:12]

    def differences(self) -> list[Sentence]:
        """In what the counties' runs are not alike: policy packs, scorecards, criteria of rules, code, language and edition."""
        said = []
        for zh, en, of in _COMPARED:
            groups: dict[str, list[str]] = {}
            for county in self.used:
                groups.setdefault(of(county), []).append(county.name)
            if len(groups) > 1:
                told = sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
                said.append(Sentence(f"{zh}不同:" + ";".join(f"{value}({_some(names, '、')})" for value, names in told) + "。",
                                     f"Not the same {en}: " + "; ".join(f"{value} ({_some(names, ', ')})" for value, names in told) + "."))  # fmt: skip
        unlike = sorted(r for r in {r for c in self.used for r in c.criteria} if len({c.criteria.get(r) for c in self.used if r in c.criteria}) > 1)
        if unlike:
            said.append(Sentence(f"有{len(unlike)}条规则的标准各县不同:{'、'.join(unlike)}。", f"{len(unlike)} rules were held against different criteria: {', '.join(unlike)}."))
        return said


_COMPARED: list[tuple[str, str, Callable[[CountyYear], str]]] = [
    ("政策包", "policy pack", lambda c: c.policy),
    ("评分卡", "scorecard", lambda c: c.scorecard),
    ("程序版本", "version of the workbench", lambda c: str(c.record.get("code") or "?")[:12]),
    ("报告语言", "language", lambda c: str(c.record.get("language") or "?")),
    ("报告版本", "edition", lambda c: str(c.record.get("edition") or "?")),
]


def _some(names: list[str], comma: str, most: int = 5) -> str:
    return comma.join(names[:most]) + (f" +{len(names) - most}" if len(names) > most else "")


def find(reports: Path, year: int) -> Counties:
    """The county-years below `reports` (`<code>/<year>/`), ordered by code.

    A county without a finished run of the year, with a file that cannot be read or is not the one its record names, is left
    out, with the reason. WrongParams where the folder is not there, UnusableInput where no county can be used.
    """
    if not reports.is_dir():
        raise WrongParams.of(f"报告文件夹 {reports} 不存在,请检查 --reports。", f"There is no folder of reports {reports}; check --reports.")
    used, left_out = [], {}
    for folder in sorted(p for p in reports.iterdir() if p.is_dir() and p.name != "province"):
        years = sorted(p.name for p in folder.iterdir() if p.is_dir() and p.name.isdecimal() and len(p.name) == 4)
        if str(year) not in years:
            if years:
                left_out[folder.name] = Sentence(f"没有{year}年度的运行(有{'、'.join(years)})", f"no run of {year} (there is {', '.join(years)})")
            continue
        county = _opened(folder.name, folder / str(year), year)
        if isinstance(county, Sentence):
            left_out[folder.name] = county
        else:
            used.append(county)
    if not used:
        why = "".join(f"{code}:{s.zh}。" for code, s in left_out.items()), "".join(f" {code}: {s.en}." for code, s in left_out.items())
        raise UnusableInput.of(f"报告文件夹 {reports} 中没有{year}年度可用的县,请先用 bangfu run 运行各县。{why[0]}", f"No county of {reports} has a usable run of {year}; run the counties with bangfu run first.{why[1]}")
    return Counties(year, tuple(used), left_out)


def _opened(code: str, folder: Path, year: int) -> CountyYear | Sentence:
    try:
        told = json.loads((folder / record.FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Sentence(f"没有可读的 {record.FILE}(运行未完成?)", f"no {record.FILE} that can be read (an unfinished run?)")
    if not isinstance(told, dict) or str(told.get("county")) != code or told.get("year") != year:
        return Sentence(f"{record.FILE} 记的不是这个县或年度", f"{record.FILE} is of another county or year")
    files = {name: path for name in LEFT_BY_RUNS if (path := folder / f"{name}.parquet").exists()}
    files |= {f"tables/{path.stem}": path for path in sorted((folder / "tables").glob("*.parquet")) if not path.stem.startswith("_")}
    if REQUIRED not in files:
        return Sentence("没有 findings.parquet", "no findings.parquet")
    for name, path in files.items():
        try:
            pq.read_schema(path)
            recorded = (told.get("outputs") or {}).get(path.name) if name in LEFT_BY_RUNS else None
            if recorded not in (None, digests.of_file(path)):
                return Sentence(f"{path.name} 与运行记录不符", f"{path.name} is not the file that the record names")
        except (ArrowException, OSError):
            return Sentence(f"{name}.parquet 不能读取", f"{name}.parquet cannot be read")
    return CountyYear(code, folder, told, files)
