"""The sample county of the demo and of notebooks run by hand, made once and kept."""

from pathlib import Path

from bangfu import digests, workbench
from bangfu.sample.making import make_county


def ready(households: int = 600, seed: int = 1, year: int = 2019) -> Path:
    """The params file of the demo county under `data/demo/`, made anew only when asked for another or the code changed."""
    folder = workbench.home() / "data" / "demo"
    stamp = folder / ".made-from"
    wanted = digests.of_value([households, seed, year, digests.of_code("lib/bangfu/sample", "lib/bangfu/rules", "params")])
    if not stamp.exists() or stamp.read_text() != wanted:
        stamp.unlink(missing_ok=True)
        make_county(folder, households=households, seed=seed, year=year)
        stamp.write_text(wanted)
    return folder / "params.yml"
