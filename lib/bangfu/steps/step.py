"""One step: what it goes by, what it leaves, and whether it has to be done again."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bangfu.problems import Problem, Sentence
from bangfu.steps.parts import ABSENT, changed
from bangfu.steps.stamps import Stamp, Stamps, digests_of

ASIDE = "work/aside"  # where files of the folder wait until their steps know whether they still hold


@dataclass
class Left:
    """What doing a step gives: parts that later steps go by (part -> digest), what it has to say, and the parts that it looked at.

    looked_at: where a step itself finds out what it goes by (a notebook); None: exactly what it declares.
    """

    gives: dict[str, str] = field(default_factory=dict)
    said: list[Sentence] = field(default_factory=list)
    looked_at: set[str] | None = None


@dataclass
class Step:
    """A step of a county-year.

    own       part -> digest of what only it goes by (its code, its notebook)
    parts     names of parts that it goes by; None: those that it looked at when it was last done, all of them the first time
    outputs   files that it leaves in the folder, by name; a function where they are known only afterwards
    again     whether what it had to say was of something that may go well another time
    """

    name: str
    title: Sentence
    work: Callable[[], Left]
    own: Callable[[], dict[str, str]] = dict
    parts: Callable[[Mapping[str, str]], set[str]] | None = None
    outputs: Callable[[], list[str]] = list
    again: bool = False
    takes: tuple[str, ...] = ()


def inputs_of(step: Step, parts: Mapping[str, str], looked_at: set[str] | None) -> dict[str, str]:
    """Part -> digest of everything that a step goes by."""
    named = step.parts(parts) if step.parts else set(parts) if looked_at is None else looked_at
    return step.own() | {name: parts.get(name, ABSENT) for name in sorted(named)}


def why(step: Step, parts: Mapping[str, str], stamps: Stamps) -> Sentence | None:
    """Why a step has to be done, in words; None where what it left still holds."""
    stamp = stamps.of.get(step.name)
    if stamp is None:
        return Sentence("从未运行", "never run")
    if stamp.state == "failed":
        return Sentence("上次没有完成", "it failed the last time")
    if stamp.state == "begun":
        return Sentence("上次运行中断", "it was interrupted")
    if step.again and stamp.said:
        return Sentence("上次有未能生成的文件", "something could not be made the last time")
    own = set(step.own())
    now = inputs_of(step, parts, set(stamp.inputs) - own)
    if now != stamp.inputs:
        return changed(stamp.inputs, now)
    lost = [name for name, digest in stamp.outputs.items() if not holds(stamps.folder, name, digest)]
    if lost:
        return Sentence(f"{'、'.join(lost[:3])} 缺失或被改动", f"{', '.join(lost[:3])} missing or altered")
    return None


def holds(folder: Path, name: str, digest: str) -> bool:
    """Is a file, in its place or set aside, still what it was?"""
    return digest in {*digests_of(folder, [name]).values(), *digests_of(folder / ASIDE, [name]).values()}


def bring_back(folder: Path, outputs: Mapping[str, str]) -> None:
    """Puts what a step left back into its place, where it was set aside."""
    for name, digest in outputs.items():
        aside = folder / ASIDE / name
        if aside.is_file() and digests_of(folder / ASIDE, [name])[name] == digest:
            aside.replace(folder / name)


def do(step: Step, parts: dict[str, str], stamps: Stamps, reason: Sentence) -> Stamp:
    """Does a step and keeps its stamp, also of its failure; Problem where it fails."""
    at, began = datetime.now().astimezone().isoformat(timespec="seconds"), time.perf_counter()
    stamps.put(step.name, Stamp("begun", at=at, why=reason))
    try:
        left = step.work()
    except Exception as wrong:
        said = list(wrong.sentences) if isinstance(wrong, Problem) else [Sentence(f"程序出错({type(wrong).__name__})", f"an error of the workbench ({type(wrong).__name__})")]
        stamps.put(step.name, Stamp("failed", at=at, why=reason, said=said, seconds=time.perf_counter() - began))
        raise
    inputs = inputs_of(step, parts, left.looked_at)
    stamp = Stamp("done", inputs, digests_of(stamps.folder, step.outputs()), left.gives, time.perf_counter() - began, at, reason, left.said)
    stamps.put(step.name, stamp)
    return stamp
