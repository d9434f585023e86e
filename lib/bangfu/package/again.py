"""Running a packed county-year again: from the raw files that travel with it, or that are found by their digests."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from bangfu import digests, verification
from bangfu.package import INPUTS, PARAMS, RUN
from bangfu.package.archive import Opened, unpack
from bangfu.package.portable import unportable
from bangfu.problems import Sentence, WrongParams
from bangfu.record import FILE


def holds_run(package: Opened) -> bool:
    """Is it the package of a county-year? That of a case cannot be run."""
    return f"data/{RUN}/{FILE}" in package.names


def holds_inputs(package: Opened) -> bool:
    return any(name.startswith(f"data/{INPUTS}/") for name in package.names)


def record_differences(package: Opened) -> list[Sentence]:
    """Whether the run in the package is as its own record says."""
    with tempfile.TemporaryDirectory() as place:
        unpack(package, RUN, Path(place) / RUN)
        return [d.sentence for d in verification.changed_files(Path(place) / RUN)]


def run_signer(package: Opened) -> str | None:
    """Who signed the record of the run, which may be another than who packed it; None where nobody did."""
    with package.open(f"data/{RUN}/{FILE}") as stream:
        return json.load(stream)["signed by"]


def rerun_differences(package: Opened, inputs: Path | None = None) -> list[Sentence]:
    """Every finding and report that comes out otherwise; each raw file that is not there, where they are looked for below `inputs`."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        unpack(package, RUN, place / RUN)
        unpack(package, PARAMS, place / PARAMS)
        record = json.loads((place / RUN / FILE).read_text(encoding="utf-8"))
        missing = gather(record["inputs"], inputs, place / "raw") if inputs else _restore(package, place)
        if missing:
            return [Sentence(f"原始文件《{n}》没有找到(按内容摘要查找),未重新运行。", f"Raw file “{n}” was not found (by its digest): it was not run again.") for n in missing]
        params = next((place / PARAMS / "counties").iterdir())
        return [d.sentence for d in verification.rerun_differences(place / RUN, params, place / "raw")]


def _restore(package: Opened, place: Path) -> list[str]:
    """Puts the packed raw files back under their own names."""
    unpack(package, INPUTS, place / INPUTS)
    for path in sorted((place / INPUTS).rglob("*")):
        if path.is_file():
            target = place / "raw" / unportable(path.relative_to(place / INPUTS).as_posix())
            if not target.resolve().is_relative_to((place / "raw").resolve()):
                raise WrongParams.of(f"证据包中的原始文件名“{path.name}”不安全,未重新运行。", f"The name of a packed raw file, “{path.name}”, is unsafe: it was not run again.")
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    return []


def gather(wanted: dict[str, str], tree: Path, to: Path) -> list[str]:
    """Finds files by their digests anywhere below a folder and puts them under the names they had; returns the names not found."""
    if not tree.is_dir():
        raise WrongParams.of(f"--inputs 应为存放原始文件的文件夹,没有找到 {tree.name}。", f"--inputs must be a folder with the raw files; there is no {tree.name}.")
    left: dict[str, list[str]] = {}
    for name, digest in wanted.items():
        left.setdefault(digest, []).append(name)
    for path in sorted(p for p in tree.rglob("*") if p.is_file()):
        for name in left.pop(digests.of_file(path), []):
            target = to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(path, target)
        if not left:
            break
    return sorted(name for names in left.values() for name in names)


def _link(path: Path, target: Path) -> None:
    """The same file without copying it, where both stand on one disk."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
