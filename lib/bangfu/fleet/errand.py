"""One county's run as it is sent to a worker: it carries the county's params, and what it reads and leaves by path or URL."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bangfu import digests, record
from bangfu.fleet import done, places
from bangfu.fleet.folders import Overtaken, StoreFolder, fetch_file
from bangfu.fleet.progress import silent
from bangfu.params import CountyParams, open_settings, packs_beside
from bangfu.params_file import checked, read_yaml
from bangfu.pipeline import Progress, Result, run_county
from bangfu.problems import Problem, UnusableInput, WrongParams


def workbench_identity() -> str:
    """The code of the workbench, its policy packs and the versions of what it uses, as one digest: equal where results are."""
    return digests.of_value([digests.of_code(*digests.CODE, "params/policies"), record.versions()])


@dataclass(frozen=True)
class Errand:
    """A county-year to be run.

    params   path or URL of the county params; `sent` is what stands there: file name from it -> bytes (itself, and a pack beside it)
    reports  path or URL of the folder for reports
    options  only, lang, edition as for `pipeline.run_county`
    code     of the county, as far as its params can be read; name: what it is called
    by_url   whether anything of it stands in a store; otherwise it can be run where it stands
    mark     a file in a folder of reports by path: a worker that does not see it has another folder of that name
    """

    params: str
    year: int
    reports: str
    options: dict = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)
    code: str | None = None
    name: str = ""
    by_url: bool = False
    mark: str | None = None

    @classmethod
    def of(cls, params: str | Path, year: int, reports: str | Path, options: dict) -> Errand:
        """What is to be sent for the params. Wrong params are no matter here: their run says so."""
        params, reports = (p if places.in_store(p) else os.path.abspath(p) for p in (str(params), str(reports)))
        at = fetch_file(params) if places.in_store(params) else Path(params)
        errand = cls(params, int(year), reports, options, name=Path(params).stem, by_url=places.in_store(params) or places.in_store(reports))
        if at is None or not at.is_file():
            return errand
        sent = {at.name: at.read_bytes()}
        try:
            county = checked(CountyParams, read_yaml(at), at.name)
        except Problem:
            return replace(errand, sent=sent)
        pack = f"../policies/{county.policy}.yml"
        beside = fetch_file(places.beside(params, pack)) if places.in_store(params) else packs_beside(at)[0] / f"{county.policy}.yml"
        if beside and beside.is_file():
            sent[pack] = beside.read_bytes()
        return replace(errand, sent=sent, code=county.code, name=county.name, by_url=errand.by_url or places.in_store(county.raw))

    def run(self, progress: Progress = silent) -> Result:
        """Runs the county on this machine, unless that has been done; the result names paths and URLs as the errand does.

        Never raises for what is wrong with the county or a store.
        """
        try:
            with self._alone():
                return self._run(progress)
        except Problem as wrong:
            return Result(self.params, self.name, wrong.status, list(wrong.sentences))

    def _run(self, progress: Progress) -> Result:
        self._demand_shared()
        params, reports = self._unpacked(), places.on_this_machine(self.reports)
        settings = open_settings(params, self.year, lang=self.options.get("lang", "zh"))
        inputs = self._raw(settings)
        county = StoreFolder(f"{self.reports}/{settings.county.code}") if places.in_store(self.reports) else None
        if county:
            county.fetch()
        folder = reports / settings.county.code / str(self.year)
        stamp = digests.of_value([self.options, {n: digests.of_bytes(b) for n, b in self.sent.items()}, inputs, done.goes_by(settings, reports), workbench_identity()])
        result = done.kept(folder, stamp) if inputs else None
        if result is None:
            result = run_county(params, self.year, reports, **self.options, progress=progress)
            if not result.status:
                done.keep(folder, stamp, result)
                if county:
                    result = self._published(county, folder, stamp, result)
        return self._told(result, reports)

    @staticmethod
    def _published(county: StoreFolder, folder: Path, stamp: str, result: Result) -> Result:
        """Publishes what the run left. A worker that was given up may have been quicker: then it is its run that counts."""
        try:
            county.publish()
        except Overtaken:
            county.fetch()
            result = done.kept(folder, stamp)
            if result is None:
                raise
        return result

    def _demand_shared(self) -> None:
        if self.mark and not Path(self.mark).exists():
            raise UnusableInput.of(
                f"运行它的机器看不到报告文件夹 {self.reports},请给出各机器共用的文件夹或对象存储地址(如 s3://存储桶/报告)。",
                f"The machine that runs it does not see the folder for reports {self.reports}; name a folder that all machines share, or a URL such as s3://bucket/reports.",
            )

    def _unpacked(self) -> Path:
        """The params on this machine: themselves where they stand here, else what was sent, at a place of the same surroundings."""
        here = Path(self.params)
        name = Path(self.params).name
        if not places.in_store(self.params) and (not self.sent or here.is_file() and here.read_bytes() == self.sent[name]):
            return here
        if not self.sent:
            raise WrongParams.of(f"找不到参数文件 {self.params},请检查地址。", f"No params file {self.params}; check the URL.")
        at = places.copy_of(self.params) if places.in_store(self.params) else places.scratch() / "sent" / here.relative_to(here.anchor)
        places.made_private(at.parent)
        for packed, content in self.sent.items():
            path = Path(os.path.normpath(at.parent / packed))
            path.parent.mkdir(parents=True, exist_ok=True)
            own = path.with_name(f"{path.name}.{os.getpid()}")
            own.write_bytes(content)
            own.replace(path)
        return at

    def _raw(self, settings) -> dict[str, str] | None:
        """Raw file -> what tells its state from another; they stand on this machine afterwards. None for a database, whose state nobody knows."""
        raw = places.beside(self.params, settings.county.raw.replace("{year}", str(self.year)))
        if places.in_store(raw):
            there = StoreFolder(raw).fetch()
            if not there:
                raise UnusableInput.of(f"{raw} 下没有文件,请检查县参数 raw 的地址和年度。", f"There is no file below {raw}; check `raw` in the county params and the year.")
            return there
        if "://" in raw:
            return None
        if not Path(raw).is_dir() and self.mark:
            raise UnusableInput.of(f"运行它的机器看不到原始文件夹 {raw},请在县参数 raw 中写对象存储地址。", f"The machine that runs it does not see the raw folder {raw}; give its URL as `raw` in the county params.")
        from bangfu.intake.tables import digests_of

        return digests_of(raw) if Path(raw).is_dir() else None

    def _told(self, result: Result, reports: Path) -> Result:
        """The result with paths as whoever sent the errand knows them."""
        if not places.in_store(self.reports):
            return replace(result, params=self.params)
        name = {k: f"{self.reports}/{Path(p).relative_to(reports).as_posix()}" if (p := getattr(result, k)) else None for k in ("folder", "report")}
        return replace(result, params=self.params, **name)

    @contextmanager
    def _alone(self):
        """Waits while another process of this machine works on the same county's copy, which a worker that was given up may still do."""
        if not self.by_url or os.name != "posix":
            yield
            return
        import fcntl

        with (places.made_private(places.scratch() / "locks") / digests.of_value([self.code, self.reports])[:16]).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
