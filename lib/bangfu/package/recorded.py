"""A run that can be packed: its folder is as it was recorded, and its params, pack and code are those of then."""

import json
from dataclasses import dataclass
from pathlib import Path

from bangfu import digests, verification
from bangfu.county import County
from bangfu.intake.tables import digests_of
from bangfu.params import packs_beside
from bangfu.problems import Problem, Sentence, WrongParams
from bangfu.record import FILE


class CannotPack(Problem):
    """A run is not what its record says, so that nobody should sign it."""

    status = 2


@dataclass(frozen=True)
class RecordedRun:
    """A county-year as it was run. folder: where the run left it; record: its `record.json`; params: the county's params file."""

    folder: Path
    record: dict
    params: Path
    county: County

    @property
    def name(self) -> str:
        return f"{self.record['county']}-{self.record['year']}-{self.record['run']}"

    @property
    def pack_file(self) -> Path:
        """The policy pack's file, as it was found when the params were read."""
        name = f"{self.county.settings.county.policy}.yml"
        return next(f / name for f in packs_beside(self.params) if (f / name).is_file())

    @property
    def from_database(self) -> bool:
        return "://" in self.county.settings.raw

    def demand_inputs(self) -> None:
        """CannotPack where raw files cannot travel: they stand in a database, or are not those that were read."""
        if self.from_database:
            raise CannotPack.of("原始数据在数据库中,不能随包;请导出为文件后重新运行,再打包。", "The raw data stand in a database and cannot travel; export them to files, run again, then pack.")
        now, then = digests_of(self.county.settings.raw), self.record["inputs"]
        wrong = sorted(n for n in now.keys() | then.keys() if now.get(n) != then.get(n))
        if wrong:
            raise CannotPack.all(Sentence(f"原始文件《{n}》与运行时不同,请重新运行后再打包。", f"Raw file “{n}” is not the one that was read; run again, then pack.") for n in wrong)


def recorded_run(target: Path, year: int | None = None, reports: Path | None = None, *, lang: str = "zh") -> RecordedRun:
    """The run of a params file, or of a run's folder; CannotPack with everything that is not as it was recorded."""
    folder = target if target.is_dir() else _folder_of(target, year, reports)
    if not (folder / FILE).is_file():
        raise CannotPack.of(f"{folder} 里没有运行记录({FILE}),请先运行 bangfu run。", f"There is no record of a run ({FILE}) in {folder}: run `bangfu run` first.")
    changed = verification.changed_files(folder)
    if changed:
        raise CannotPack.all([*(d.sentence for d in changed), Sentence("运行结果与记录不符,不予打包;请重新运行。", "The run is not as it was recorded and was not packed; run again.")])
    record = json.loads((folder / FILE).read_text(encoding="utf-8"))
    params = target if target.is_file() else (folder / record["params"]["file"]).resolve()
    if not params.is_file():
        raise CannotPack.of(
            f"找不到县参数文件 {params.name},请改用:bangfu pack 县参数文件 --year --reports。",
            f"The county params {params.name} are not there; name them: bangfu pack PARAMS --year --reports.",
        )
    county = County.open(params, record["year"], reports=folder.parent.parent, lang=record["language"], edition=record["edition"])
    wrong = []
    if digests.of_file(params) != record["params"]["sha256"]:
        wrong.append(Sentence(f"县参数 {params.name} 在运行后改过,请重新运行后再打包。", f"The county params {params.name} were changed after the run; run again, then pack."))
    elif digests.of_value(county.judged_by) != digests.of_value(record["judged by"]):
        wrong.append(Sentence("政策包或评分卡在运行后改过,请重新运行后再打包。", "The policy pack or the scorecard was changed after the run; run again, then pack."))
    if wrong:
        raise CannotPack.all(wrong)
    return RecordedRun(folder, record, params.resolve(), county)


def _folder_of(params: Path, year: int | None, reports: Path | None) -> Path:
    if year is None or reports is None:
        raise WrongParams.of("请用 --year 和 --reports 指明年度和报告文件夹,或直接给出运行结果的文件夹。", "Name year and reports by --year and --reports, or name the folder of a run.")
    from bangfu.params import open_settings

    return reports / open_settings(params, year).county.code / str(year)
