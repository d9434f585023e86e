"""The steps of one county-year, each with what it goes by, what it does and what it leaves.

read → quality → findings → a notebook each → a page each, working papers → record. A step whose inputs, code, settings and libraries
are those by which it was last done, and whose files are as it left them, is not done again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pandas as pd

from bangfu import digests, findings, notebooks, record, workbench
from bangfu.assessment import points
from bangfu.county import County
from bangfu.intake import dictionary
from bangfu.kept import outcomes
from bangfu.problems import Sentence
from bangfu.publish.masking import Masker
from bangfu.steps import code, noting
from bangfu.steps.stamps import Stamp, Stamps
from bangfu.steps.step import ASIDE, Left, Step, bring_back, do, why

READ, QUALITY, FINDINGS, WORKPAPERS, RECORD = "read", "quality", "findings", "workpapers", "record"
FIRST = {READ, QUALITY}  # done before anything of the last run is touched


class CountyYear:
    """One county-year as steps.

    county, chosen (notebooks)   as the run opened them
    stamps                       what is kept of each step
    parts                        part -> digest, as far as they are known
    """

    def __init__(self, county: County, chosen: list[notebooks.Notebook], params: Path, reports: Path):
        self.county, self.chosen, self.params, self.reports = county, chosen, params, reports
        self.folder = county.folder
        self.stamps = Stamps(self.folder)
        self.parts = _given(county)
        self.seconds: dict[str, float] = {}
        self.steps = {s.name: s for s in [self._read, self._quality, self._findings, *map(self._notebook, chosen), *map(self._page, chosen), self._workpapers, self._record]}

    # What is decided

    def attend(self, name: str, say: Callable[[], None] = lambda: None) -> bool:
        """Does a step where it has to be done, else takes what it left; returns whether it was done. Problem where it fails."""
        step = self.steps[name]
        reason = self.why(name)
        if reason is None:
            stamp = self.stamps.of[name]
            bring_back(self.folder, stamp.outputs)
        else:
            say()
            stamp = do(step, self.parts, self.stamps, reason)
        self.parts |= stamp.gives
        return reason is not None

    def why(self, name: str) -> Sentence | None:
        """Why a step has to be done, as far as its parts are known; None where it has not."""
        return why(self.steps[name], self.parts, self.stamps)

    def plan(self) -> dict[str, Sentence | None]:
        """Step -> why it would have to be done now, None where it would not; nothing is done. Those after it may have to be done as well."""
        told: dict[str, Sentence | None] = {}
        for name, step in self.steps.items():
            waits = next((t for t in step.takes if told.get(t)), None)
            known = self.stamps.of.get(name)
            if waits and known and known.state == "done":
                told[name] = Sentence(f"取决于“{self.steps[waits].title.zh}”,那一步要重做", f"depends on “{self.steps[waits].title.en}”, which is to be done again")
            else:
                told[name] = self.why(name)
            if told[name] is None:
                self.parts |= self.stamps.of[name].gives
        return told

    def know(self) -> None:
        """Learns the parts of what the run goes on from: only after they have been taken."""
        self.parts |= _of_kind("previous", self.county.previous.digests) | {"run": self.county.run_id}

    def make_room(self) -> None:
        """Sets aside the reports that an earlier run left; each step brings back what still holds."""
        (self.folder / ASIDE).mkdir(parents=True, exist_ok=True)
        for path in self.folder.iterdir():
            if path.is_file():
                path.replace(self.folder / ASIDE / path.name)

    def close(self) -> None:
        """Throws away what no step brought back."""
        shutil.rmtree(self.folder / ASIDE, ignore_errors=True)

    # The steps

    @property
    def _read(self) -> Step:
        def work() -> Left:
            county = self.county
            intake = digests.of_value([county.contents, sorted(county.inputs.items()), self.parts["headers"], code.of_modules("bangfu.intake")])
            personal = Masker.of(county.tables, dictionary()).knows
            return Left({**_of_kind("table", county.contents), "intake": intake, "personal": personal})

        return Step(READ, Sentence("读取原始文件", "reading raw files"), work, self._made_by("bangfu.intake", "bangfu.publish.masking"),
                    lambda parts: {p for p in parts if p.startswith("raw/")} | {"headers"}, lambda: self._files("tables"))  # fmt: skip

    @property
    def _quality(self) -> Step:
        def work() -> Left:
            return Left({"quality": digests.of_value(self.county.quality.documents)})

        def own() -> dict[str, str]:
            return self._made_by("bangfu.quality")() | {"suite": digests.of_code("expectations")}

        return Step(QUALITY, Sentence("数据质量检验", "validating"), work, own, _tables, lambda: self._files("work/quality"), takes=(READ,))

    @property
    def _findings(self) -> Step:
        written = ["findings.parquet", "rejects.parquet", "helpers.parquet", "points.parquet", "coverage.parquet"]

        def work() -> Left:
            county, folder = self.county, self.folder
            if county.edition == "public":
                county.masker  # kept for the notebooks, as what follows is
            findings.write(county.findings, folder / "findings.parquet")
            county.intake.rejects.to_parquet(folder / "rejects.parquet", index=False)
            county.helpers.to_parquet(folder / "helpers.parquet", index=False)
            points.write(county.points, folder / "points.parquet")
            county.assess().coverage.to_parquet(folder / "coverage.parquet", index=False)
            county.quality.write(folder / "quality")
            by_topic = {t: digests.of_value([_digest(a.findings), _digest(a.coverage)]) for t in _topics(county) for a in [county.assess(t)]}
            money = {name: _digest(table) for name, table in county.money.tables.items()} | county.money.rest
            # Findings of rules that are no longer in force belong to no topic.
            gives = _of_kind("findings", by_topic | {"": digests.of_file(folder / "findings.parquet")})
            return Left(gives | {"helpers": digests.of_file(folder / "helpers.parquet"), "money": digests.of_value(money)})

        return Step(FINDINGS, Sentence("规则评估和考核", "rules and assessment"), work, self._made_by("bangfu.county"),
                    lambda parts: {p for p in parts if p.partition("/")[0] in {"table", "rule", "previous"}} | {"intake", "quality", "settings", "headers"},
                    lambda: [*written, *self._files("quality")], takes=(READ, QUALITY))  # fmt: skip

    def _notebook(self, notebook: notebooks.Notebook) -> Step:
        looked_at = [self.folder / "work" / "looked-at" / leaf for leaf in notebook.leaves]
        source = notebook.path.read_text(encoding="utf-8")
        before = [f"notebook/{n}" for n in notebook.after if n in {c.name for c in self.chosen}]
        made_by = self._made_by("bangfu.county", *code.imported("\n".join(line for c in json.loads(source)["cells"] for line in c["source"])))

        def own() -> dict[str, str]:
            own = {f"notebook/{notebook.name}": digests.of_bytes(source.encode()), "settings": self.parts["settings"]}
            return made_by() | own | {f"left/{name}": _left(self.stamps, name) for name in before}

        def work() -> Left:
            for path in looked_at:
                path.unlink(missing_ok=True)
            s = self.county.settings
            given = {"params": str(self.params), "year": s.year, "reports": str(self.reports), "lang": s.lang, "edition": self.county.edition}
            notebooks.execute(notebook, self.folder, given)
            noted = [noting.kept(path) for path in looked_at]
            # A notebook that does not tell what it looked at may have looked at everything.
            return Left(looked_at=None if None in noted else set().union(*noted))

        return Step(f"notebook/{notebook.name}", Sentence(f"笔记本:{notebook.title}", f"notebook: {notebook.name}"), work, own,
                    outputs=lambda: [f"{notebook.name}.ipynb", *notebook.leaves], takes=(READ, QUALITY, FINDINGS, *before))  # fmt: skip

    def _page(self, notebook: notebooks.Notebook) -> Step:
        ran = f"notebook/{notebook.name}"

        def own() -> dict[str, str]:
            return self._made_by("bangfu.publish.publication")() | {f"left/{ran}": _left(self.stamps, ran), "settings": self.parts["settings"]}

        def work() -> Left:
            from bangfu.publish.publication import publish_page

            return Left(said=publish_page(notebook, self.county))

        return Step(f"page/{notebook.name}", Sentence(f"报告:{notebook.title}", f"report: {notebook.name}"), work, own, lambda parts: {"run"},
                    lambda: [f"{notebook.name}.{kind}" for kind in ("html", "pdf", "docx")], again=True, takes=(ran,))  # fmt: skip

    @property
    def _workpapers(self) -> Step:
        def work() -> Left:
            from bangfu.publish.publication import publish_workpapers

            publish_workpapers(self.county)
            return Left()

        return Step(WORKPAPERS, Sentence("工作底稿", "working papers"), work, self._made_by("bangfu.publish.publication", "bangfu.county"), lambda parts: {"run", "findings/"},
                    lambda: ["workpapers.xlsx"], takes=(READ, QUALITY, FINDINGS))  # fmt: skip

    @property
    def _record(self) -> Step:
        def own() -> dict[str, str]:
            left = {name: _left(self.stamps, name) for name in self.steps if name != RECORD}
            return {"libraries": code.of_libraries(), "left/": digests.of_value(left), "options": digests.of_value([n.name for n in self.chosen])}

        def work() -> Left:
            record.write(self.folder, self.county, self.params, notebooks=[n.name for n in self.chosen], steps=self.seconds, at=datetime.now().astimezone().isoformat(timespec="seconds"))
            return Left()

        def outputs() -> list[str]:
            others = {f for name, s in self.stamps.of.items() if name != RECORD and name in self.steps for f in s.outputs}
            return sorted(p.name for p in self.folder.iterdir() if p.is_file() and p.name not in others)

        return Step(RECORD, Sentence("运行记录", "the record"), work, own, lambda parts: {"run"}, outputs, takes=tuple(n for n in self._before_the_record()))

    def _before_the_record(self) -> list[str]:
        return [READ, QUALITY, FINDINGS, *(f"{kind}/{n.name}" for kind in ("notebook", "page") for n in self.chosen), WORKPAPERS]

    def _made_by(self, *modules: str) -> Callable[[], dict[str, str]]:
        return lambda: {"code": code.of_modules(*modules), "libraries": code.of_libraries()}

    def _files(self, folder: str) -> list[str]:
        below = self.folder / folder
        return sorted(p.relative_to(self.folder).as_posix() for p in below.iterdir() if p.is_file()) if below.is_dir() else []

    def about(self) -> dict:
        """What the folder is about, for those who look at it later."""
        s = self.county.settings
        return {"code": self.county.code, "name": self.county.name, "year": s.year, "params": os.path.relpath(self.params, self.folder).replace(os.sep, "/"),
                "lang": s.lang, "edition": self.county.edition, "notebooks": [n.name for n in self.chosen]}  # fmt: skip


def _given(county: County) -> dict[str, str]:
    """The parts that are known before anything is done: raw files, headers, settings, rules."""
    s = county.settings
    settings = s.county.model_dump(mode="json", by_alias=True, exclude={"raw", "reviews", "headers", "overrides"})
    pack = {name: repr(getattr(s.pack, name)) for name in sorted(vars(s.pack)) if name != "rules"}
    judged_by = [settings, pack, county.judged_by["scorecard"], s.year, s.lang, county.edition, digests.of_file(workbench.params() / "dictionary.yml")]
    return {
        **_of_kind("raw", county.inputs),
        **_of_kind("rule", {r: outcomes.rule_digest(in_force) for r, in_force in county.rules.items()}),
        "headers": digests.of_value(s.county.headers),
        "settings": digests.of_value(judged_by),
    }


def _of_kind(kind: str, named: dict[str, str]) -> dict[str, str]:
    """`kind/name` -> digest, and `kind/` for all of them."""
    return {f"{kind}/": digests.of_value(named)} | {f"{kind}/{name}": digest for name, digest in named.items()}


def _tables(parts: Iterable[str]) -> set[str]:
    return {p for p in parts if p.startswith("table/")}


def _topics(county: County) -> list[str]:
    return sorted({r.rule.topic for r in county.rules.values()} | {"quality"})


def _digest(frame: pd.DataFrame) -> str:
    return digests.of_bytes(frame.astype("str").to_csv(index=False, na_rep="\x00").encode())


def _left(stamps: Stamps, name: str) -> str:
    """The digest of what a step left."""
    return digests.of_value(stamps.of.get(name, Stamp("")).outputs)
