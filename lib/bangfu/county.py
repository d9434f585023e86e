"""County: one county-year in the hand: its tables, its settings, its findings."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu import audit, crossmatch, digests, findings, handovers
from bangfu.assessment import HelpersAssessed, Standards, assess_helpers, read_scorecard
from bangfu.audit import Outcome
from bangfu.corrections import Corrections
from bangfu.findings import Found
from bangfu.handovers import HandOver
from bangfu.intake import Intake, read_county
from bangfu.intake.tables import digests_of
from bangfu.params import Settings, open_settings
from bangfu.previous import Previous
from bangfu.problems import Sentence
from bangfu.review.standing import carried_over, linked
from bangfu.vanished import Reasons


class County:
    """A county-year: `County.open("params/counties/yunling.yml", 2019)`.

    settings  params, policy pack, year, language
    folder    where the run leaves its reports (None: nothing is kept)
    edition   "public" masks personal data in everything that is shown; "internal" does not
    """

    def __init__(self, settings: Settings, folder: Path | None = None, edition: str = "public"):
        self.settings = settings
        self.folder = folder
        self.edition = edition
        self._outcomes: dict[str, Outcome] = {}

    @classmethod
    def open(cls, params: str | Path, year: int, *, reports: str | Path | None = None, lang: str = "zh", edition: str = "public") -> County:
        """Opens a county-year; raises WrongParams or UnusableInput with every mistake in a sentence."""
        settings = open_settings(params, int(year), lang=lang)
        folder = Path(reports).resolve() / settings.county.code / str(year) if reports else None
        return cls(settings, folder, edition)

    @property
    def name(self) -> str:
        return self.settings.county.name

    @property
    def code(self) -> str:
        return self.settings.county.code

    @property
    def year(self) -> int:
        return self.settings.year

    @property
    def lang(self) -> str:
        return self.settings.lang

    @cached_property
    def inputs(self) -> dict[str, str]:
        """File -> SHA-256 of the raw files; for a database the digest of its tables as read."""
        if "://" in self.settings.raw:
            return {t: hashlib.sha256(pd.util.hash_pandas_object(f, index=False).to_numpy().tobytes()).hexdigest() for t, f in self.intake.tables.items()}
        return digests_of(self.settings.raw)

    @cached_property
    def run_id(self) -> str:
        """Names the run by what went into it: raw files, params, policy pack, code, language, edition, and what it goes on from."""
        s = self.settings
        return digests.of_value([self.inputs, self.judged_by, s.year, s.lang, self.edition, self.previous.digests, digests.of_code(*digests.CODE)])[:12]

    @cached_property
    def judged_by(self) -> dict:
        """The params and the rules in force with their values and basis, as plain values."""
        s = self.settings
        return {
            "county": s.county.model_dump(mode="json", by_alias=True, exclude={"raw", "reviews"}),
            "policy": s.pack.name,
            "scorecard": read_scorecard(s.pack.scorecard).model_dump(mode="json", by_alias=True),
            "rules": {r.rule.id: r.criteria("zh") for r in s.pack.rules.values()},
        }

    @cached_property
    def intake(self) -> Intake:
        """What was read, from the kept Parquet where the raw files, the headers and the reading code are unchanged."""
        raw, headers = self.settings.raw, self.settings.county.headers
        if self.folder is None or "://" in raw:
            return read_county(raw, headers)
        stamp = digests.of_value([digests_of(raw), self._reading])
        kept = Intake.kept(self.folder / "tables", stamp)
        if kept is None:
            kept = read_county(raw, headers)
            kept.keep(self.folder / "tables", stamp)
        return kept

    @property
    def _reading(self) -> str:
        return digests.of_value([self.settings.county.headers, digests.of_code("lib/bangfu/intake", "params/dictionary.yml")])

    @property
    def basis(self) -> dict[str, str]:
        """What the findings rest on, as digests: the hand-over, the params with the rules in force (and the approved corrections by themselves), the code."""
        return {
            "handover": digests.of_value(self.inputs)[:16],
            "judged by": digests.of_value(self.judged_by),
            "corrections": digests.of_value([c.model_dump(mode="json") for c in self.settings.county.corrections]),
            "code": digests.of_code("lib/bangfu", "expectations", "params/dictionary.yml"),
        }

    @property
    def handover_file(self) -> Path:
        """Where this hand-over is kept: beside the county's years, by its digest."""
        return self.folder.parent / "handovers" / f"{self.basis['handover']}.parquet"

    @cached_property
    def handover(self) -> HandOver:
        """The raw files of this run, row by row, to be compared with those before and after."""
        kept = HandOver.kept(self.handover_file) if self.folder else None
        return kept if kept and kept.reading == self._reading else HandOver.of(self.intake, self.inputs, self._reading)

    @cached_property
    def changes(self) -> pd.DataFrame | None:
        """The rows changed, deleted and added since the hand-over before (columns of `handovers.CHANGES`); None where there was none."""
        return None if self.previous.handover is None else handovers.changes(self.previous.handover, self.handover)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        return self.intake.tables

    def outcomes(self, *topics: str) -> list[Outcome]:
        """The rules of the topics (all of them when none is named), each applied once and kept."""
        self._recall()
        wanted = [r for r in self.settings.pack.rules.values() if not topics or r.rule.topic in topics]
        fresh = [r for r in wanted if r.rule.id not in self._outcomes]
        for in_force in fresh:
            self._outcomes[in_force.rule.id] = audit.apply(in_force, self.tables, self.year, self.corrections)
        if fresh:
            self._remember()
        return [self._outcomes[r.rule.id] for r in wanted]

    @property
    def _judgement(self) -> str:
        return digests.of_value([self.inputs, self.judged_by, self.year, digests.of_code("lib/bangfu", "params/dictionary.yml")])

    def _recall(self) -> None:
        """Takes what an earlier notebook of the same run has already judged."""
        if self._outcomes or self.folder is None or not (self.folder / "work/outcomes.json").exists():
            return
        told = json.loads((self.folder / "work/outcomes.json").read_text(encoding="utf-8"))
        if told["judgement"] != self._judgement:
            return
        rows = pd.read_parquet(self.folder / "work/outcomes.parquet")
        by_rule = dict(tuple(rows.groupby("rule_id"))) if len(rows) else {}
        for rule_id, o in told["rules"].items():
            in_force = self.settings.pack.rules[rule_id]
            if o["reason"]:
                self._outcomes[rule_id] = Outcome(in_force, None, Sentence(*o["reason"]))
            else:
                part = by_rule.get(rule_id, rows.head(0)).drop(columns="rule_id").reset_index(drop=True)
                self._outcomes[rule_id] = Outcome(in_force, Found(part, o["assessed"], o["unassessed"], [tuple(n) for n in o["notes"]]))

    def _remember(self) -> None:
        if self.folder is None or len(self._outcomes) < len(self.settings.pack.rules):
            return
        work = self.folder / "work"
        work.mkdir(parents=True, exist_ok=True)
        told = {
            r: {
                "reason": list(o.reason) if o.reason else None,
                "assessed": o.found.assessed if o.found else 0,
                "unassessed": o.found.unassessed if o.found else 0,
                "notes": o.found.notes if o.found else [],
            }
            for r, o in sorted(self._outcomes.items())
        }
        parts = [o.found.rows.assign(rule_id=r) for r, o in sorted(self._outcomes.items()) if o.found is not None]
        pd.concat(parts, ignore_index=True).to_parquet(work / "outcomes.parquet", index=False)
        (work / "outcomes.json").write_text(json.dumps({"judgement": self._judgement, "rules": told}, ensure_ascii=False), encoding="utf-8")

    @cached_property
    def corrections(self) -> Corrections:
        """The approved corrections of the params that are in force for the year."""
        return Corrections.of(self.settings.county.corrections, self.year)

    @cached_property
    def assessed(self) -> HelpersAssessed:
        """Every helper's year by the pack's scorecard, with the findings as they stand."""
        pack = self.settings.pack
        card = read_scorecard(pack.scorecard)
        return assess_helpers(self.tables, self.year, card, Standards.of(pack, card, self.year, self.corrections), self.findings)

    @property
    def helpers(self) -> pd.DataFrame:
        """One row per helper and role (columns of `assessment.HelpersAssessed.helpers`)."""
        return self.assessed.helpers

    @property
    def points(self) -> pd.DataFrame:
        """Every point explained (columns of `assessment.points.points`)."""
        return self.assessed.points

    @cached_property
    def quality(self):
        """The Great Expectations suites on the tables; raises UnusableInput where a critical expectation fails."""
        from bangfu import quality

        if self.folder is None:
            checked = quality.validate(self.tables)
            checked.demand_usable()
            return checked
        stamp = digests.of_value([self.inputs, digests.of_code("lib/bangfu", "expectations", "params/dictionary.yml")])
        kept = quality.Quality.kept(self.folder / "quality", stamp)
        if kept is None:
            kept = quality.validate(self.tables)
            kept.write(self.folder / "quality", stamp)
        kept.demand_usable()
        return kept

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Every finding of rules and suites with its status (columns of `findings.SCHEMA`), ordered by rule and subject."""
        from bangfu import quality

        parts = [(o.in_force, o.found) for o in self.outcomes() if o.found is not None]
        ledger = findings.ledger_of(parts, self.code, self.intake.where, self._row_digest)
        ledger = findings.with_explanations(ledger, crossmatch.explained(parts, self.tables, self.year, self.settings.pack.grounds))
        ledger = pd.concat([ledger, quality.findings(self.quality, self.code)[ledger.columns]], ignore_index=True)
        ledger = ledger.sort_values(["rule_id", "subject"], ignore_index=True, kind="stable")
        ledger = findings.with_exemptions(ledger, self.settings.county.exemptions, self.year)
        ledger = findings.compared(ledger, self.previous.findings, self._why_gone)
        ledger = linked(ledger, self.previous.earlier)
        return carried_over(ledger, self.previous.reviews, self.year)

    @cached_property
    def previous(self) -> Previous:
        """The findings and the hand-over before, and what people judged since."""
        return Previous(self.folder)

    def _why_gone(self, finding: dict) -> str:
        return self._reasons.of(finding)

    @cached_property
    def _reasons(self) -> Reasons:
        basis, now = self.previous.basis, self.basis
        same_files = self.changes is None or basis.get("handover") == now["handover"]
        unassessed = {o.in_force.rule.id: o.reason.zh for o in self.outcomes() if o.reason}
        unassessed |= {name: "缺少它要看的表或列" for name in self.quality.not_assessed["id"]}
        none = pd.DataFrame(columns=handovers.CHANGES)
        return Reasons(none if same_files else self.changes, self.settings.pack.rules, unassessed, {k for k in ("corrections", "code") if basis.get(k, now[k]) != now[k]})

    def assess(self, *topics: str) -> Assessment:
        """The findings and the coverage of the topics (all of them when none is named)."""
        outcomes = self.outcomes(*topics)
        rules = {o.in_force.rule.id for o in outcomes}
        mine = self.findings["rule_id"].isin(rules) | ((not topics) | ("quality" in topics)) & self.findings["rule_id"].str.startswith("GX-")
        return Assessment(self, topics, self.findings[mine].reset_index(drop=True), audit.coverage(outcomes), outcomes)

    @cached_property
    def _row_texts(self) -> dict[int, str]:
        return {}

    def _row_digest(self, origin: int) -> str:
        if not self._row_texts:
            for frame in self.tables.values():
                hashes = pd.util.hash_pandas_object(frame.drop(columns="origin"), index=False)
                self._row_texts.update(zip(frame["origin"].tolist(), (f"{h:016x}" for h in hashes.tolist()), strict=True))
        return self._row_texts.get(origin, "")


class Assessment:
    """What the rules of some topics say about a county-year: findings, coverage (what was and was not assessed), outcomes."""

    def __init__(self, county: County, topics: tuple[str, ...], ledger: pd.DataFrame, coverage: pd.DataFrame, outcomes: list[Outcome]):
        self.county = county
        self.topics = topics
        self.findings = ledger
        self.coverage = coverage
        self.outcomes = outcomes

    @property
    def open(self) -> pd.DataFrame:
        """The findings that count."""
        return findings.open_ones(self.findings)

    @property
    def not_assessed(self) -> pd.DataFrame:
        """Rules that could not be applied (with the reason), and rules that left something out."""
        return self.coverage[self.coverage["gap"].notna()]

    @property
    def by_rule(self) -> pd.DataFrame:
        """A row per rule with findings: rule_id, title, severity, findings, amount (yuan, never to be added up over rules)."""
        counted = self.open.groupby("rule_id").agg(
            topic=("topic", "first"), title=("title", "first"), title_en=("title_en", "first"), severity=("severity", "first"), findings=("finding_id", "size")
        )
        counted["amount"] = self.open.groupby("rule_id")["amount"].agg(lambda a: sum((x for x in a if x is not None), start=0) or None)
        order = counted["severity"].map({"high": 0, "medium": 1, "low": 2})
        return counted.assign(_o=order).sort_values(["_o", "findings"], ascending=[True, False], kind="stable").drop(columns="_o").reset_index()
