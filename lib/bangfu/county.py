"""County: one county-year in the hand: its tables, its settings, its findings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu import audit, crossmatch, digests, findings, handovers
from bangfu.assessment import HelpersAssessed, Scorecard, Standards, assess_helpers, fabrication, read_scorecard
from bangfu.assessment.case_mix import CaseMix, compare_all
from bangfu.assessment.sensitivity import GradeSensitivity, of_assessment
from bangfu.audit import Assessment, Outcome
from bangfu.corrections import Corrections
from bangfu.funds import audited
from bangfu.handovers import HandOver
from bangfu.intake import Intake, dictionary, read_county
from bangfu.intake.tables import digests_of
from bangfu.kept import Results, outcomes
from bangfu.params import InForce, Settings, open_settings
from bangfu.previous import Previous
from bangfu.publish.masking import Masker
from bangfu.review.standing import carried_over, linked
from bangfu.steps import code
from bangfu.steps.noting import Noted, Notes
from bangfu.unread import with_unread_cells
from bangfu.vanished import Reasons

# What a run goes by stays what it was when the run began, whatever happens to the files meanwhile; changes are few rows, and dear to find.
_STAYS = {"_inputs", "_run_id", "_made_from", "_judged_by", "_previous", "contents", "_changes"}


class County:
    """A county-year: `County.open("params/counties/yunling.yml", 2019)`.

    settings  params, policy pack, year, language
    folder    where the run leaves its reports (None: nothing is kept)
    edition   "public" masks personal data in everything that is shown; "internal" does not
    notes     which parts of it were looked at: a notebook runs again when one of them changes
    """

    def __init__(self, settings: Settings, folder: Path | None = None, edition: str = "public"):
        self.notes = Notes()
        self.rules = settings.pack.rules
        self.settings = replace(settings, pack=replace(settings.pack, rules=Noted(settings.pack.rules, "rule", self.notes.note)))
        self.folder = folder
        self.edition = edition
        self._outcomes: dict[str, Outcome] = {}
        self._results = Results(folder and folder / "work" / "kept", lambda: self._made_from)

    @classmethod
    def open(cls, params: str | Path, year: int, *, reports: str | Path | None = None, lang: str = "zh", edition: str = "public") -> County:
        """Opens a county-year; raises WrongParams or UnusableInput with every mistake in a sentence."""
        settings = open_settings(params, int(year), lang=lang)
        folder = Path(reports).resolve() / settings.county.code / str(year) if reports else None
        return cls(settings, folder, edition)

    def let_go(self) -> None:
        """Lets go of tables and of all that was made of them: asked again, they are taken from what is kept. Of a database nothing is."""
        if self.folder is None or "://" in self.settings.raw:
            return
        for name, of_class in vars(County).items():
            if isinstance(of_class, cached_property) and name not in _STAYS:
                self.__dict__.pop(name, None)
        self._outcomes = {}

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

    @property
    def inputs(self) -> dict[str, str]:
        """File -> SHA-256 of the raw files; for a database the digest of its tables as read."""
        self.notes.note("run")
        return self._inputs

    @cached_property
    def _inputs(self) -> dict[str, str]:
        if "://" in self.settings.raw:
            return {t: hashlib.sha256(pd.util.hash_pandas_object(f, index=False).to_numpy().tobytes()).hexdigest() for t, f in self._intake.tables.items()}
        return digests_of(self.settings.raw)

    @property
    def run_id(self) -> str:
        """Names the run by what went into it: raw files, params, policy pack, code, language, edition, and what it goes on from."""
        self.notes.note("run")
        return self._run_id

    @cached_property
    def _run_id(self) -> str:
        s = self.settings
        with self.notes.quietly():
            return digests.of_value([self._inputs, self.judged_by, s.year, s.lang, self.edition, self._previous.digests, digests.of_code(*digests.CODE)])[:12]

    @cached_property
    def _made_from(self) -> str:
        """The digest of everything that any result of this county-year rests on: one that is kept holds as long as it is the same."""
        values = {r: [repr(v.steps) for v in in_force.values.values()] for r, in_force in self.rules.items()}
        return digests.of_value([self._run_id, values, code.of_libraries()])

    @property
    def judged_by(self) -> dict:
        """The params and the rules in force with their values and basis, as plain values."""
        self.notes.note("rule/")
        return self._judged_by

    @cached_property
    def _judged_by(self) -> dict:
        s = self.settings
        return {
            "county": s.county.model_dump(mode="json", by_alias=True, exclude={"raw", "reviews"}),
            "policy": s.pack.name,
            "scorecard": read_scorecard(s.pack.scorecard).model_dump(mode="json", by_alias=True),
            **s.pack.views,
            "rules": {r.rule.id: r.criteria("zh") for r in self.rules.values()},
        }

    @property
    def intake(self) -> Intake:
        """What was read, from the kept Parquet where the raw files, the headers and the reading code are unchanged."""
        self.notes.note("intake")
        return self._intake

    @cached_property
    def _intake(self) -> Intake:
        raw, headers = self.settings.raw, self.settings.county.headers
        if self.folder is None or "://" in raw:
            return read_county(raw, headers)
        stamp = digests.of_value([self._inputs, self._reading])
        kept = Intake.kept(self.folder / "tables", stamp)
        if kept is None:
            kept = read_county(raw, headers)
            kept.keep(self.folder / "tables", stamp)
        return kept

    @property
    def _reading(self) -> str:
        return digests.of_value([self.settings.county.headers, digests.of_code("lib/bangfu/intake", "params/dictionary.yml")])

    @cached_property
    def contents(self) -> dict[str, str]:
        """Table -> digest of its rows and of where they stand; of tables that are absent, nothing."""
        intake = self._intake
        return intake.contents or {t: digests.of_value([d, intake.sheets]) for t, d in self._inputs.items()}

    @property
    def basis(self) -> dict[str, str]:
        """What the findings rest on, as digests: the hand-over, the params with the rules in force (and the approved corrections by themselves), the code."""
        return {
            "handover": digests.of_value(self._inputs)[:16],
            "judged by": digests.of_value(self._judged_by),
            "corrections": self.basis_of_corrections,
            "code": digests.of_code("lib/bangfu", "expectations", "params/dictionary.yml"),
        }

    @cached_property
    def basis_of_corrections(self) -> str:
        """The digest of the approved corrections by themselves."""
        return digests.of_value([c.model_dump(mode="json") for c in self.settings.county.corrections])

    @property
    def handover_file(self) -> Path:
        """Where this hand-over is kept: beside the county's years, by its digest."""
        return self.folder.parent / "handovers" / f"{self.basis['handover']}.parquet"

    @property
    def handover(self) -> HandOver:
        """The raw files of this run, row by row, to be compared with those before and after."""
        self.notes.note("intake")
        return self._handover

    @cached_property
    def _handover(self) -> HandOver:
        kept = HandOver.kept(self.handover_file) if self.handover_is_kept else None
        return kept or HandOver.of(self._intake, self._inputs, self._reading)

    @property
    def handover_is_kept(self) -> bool:
        """Does this hand-over stand among those that are kept, as it is read now?"""
        return self.folder is not None and HandOver.reading_of(self.handover_file) == self._reading

    @property
    def changes(self) -> pd.DataFrame | None:
        """The rows changed, deleted and added since the hand-over before (columns of `handovers.CHANGES`); None where there was none."""
        self.notes.note("intake")
        self.notes.note("previous/")
        return self._changes

    @cached_property
    def _changes(self) -> pd.DataFrame | None:
        return None if self._previous.handover is None else handovers.changes(self._previous.handover, self._handover)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Canonical name -> typed table."""
        return Noted(self._intake.tables, "table", self.notes.note)

    @property
    def masker(self) -> Masker:
        """Masks the names that stand in any of the tables, and whatever looks like personal data."""
        self.notes.note("personal")
        return self._masker

    @cached_property
    def _masker(self) -> Masker:
        kept = self._results.take("personal")
        if kept:
            return Masker(*(table["text"] for table in (kept[0]["names"], kept[0]["internal"])))
        masker = Masker.of(self._intake.tables, dictionary())
        self._results.put("personal", {n: pd.DataFrame({"text": sorted(getattr(masker, n))}, dtype="str") for n in ("names", "internal")})
        return masker

    def rules_of(self, *topics: str) -> list[InForce]:
        """The rules in force of the topics (all of them when none is named)."""
        found = [r for r in self.rules.values() if not topics or r.rule.topic in topics]
        for part in [*(f"findings/{t}" for t in topics), *(f"rule/{r.rule.id}" for r in found)] if topics else ["rule/"]:
            self.notes.note(part)
        return found

    def outcomes(self, *topics: str) -> list[Outcome]:
        """The rules of the topics (all of them when none is named), each applied once and kept."""
        for part in [f"findings/{t}" for t in topics] or ["findings/"]:
            self.notes.note(part)
        return self._outcomes_of(*topics)

    def _outcomes_of(self, *topics: str) -> list[Outcome]:
        if not self._outcomes and self.folder is not None:
            self._outcomes = outcomes.recall(self.folder / "work", self.rules, self.judged_from, self._made_from)
        wanted = [r for r in self.rules.values() if not topics or r.rule.topic in topics]
        fresh = [r for r in wanted if r.rule.id not in self._outcomes]
        for in_force in fresh:
            self._outcomes[in_force.rule.id] = audit.apply(in_force, self._intake.tables, self.year, self.corrections)
        if fresh and self.folder is not None and len(self._outcomes) == len(self.rules):
            outcomes.remember(self.folder / "work", self._outcomes, self.judged_from, self._made_from)
        return [self._outcomes[r.rule.id] for r in wanted]

    def judged_from(self, in_force: InForce) -> str:
        """The digest of everything that a rule's outcome rests on: the tables that it reads, its parameters, its code."""
        rule = in_force.rule
        tables = {t: self.contents.get(t) for t in rule.reads}
        corrections = self.basis_of_corrections if "corrections" in rule.given else None
        return digests.of_value([tables, self.year, corrections, outcomes.rule_digest(in_force)])

    @cached_property
    def corrections(self) -> Corrections:
        """The approved corrections of the params that are in force for the year."""
        return Corrections.of(self.settings.county.corrections, self.year)

    @property
    def card(self) -> Scorecard:
        """The scorecard of the policy pack."""
        return read_scorecard(self.settings.pack.scorecard)

    @property
    def standards(self) -> Standards:
        """What is owed in the year by the policy pack and the scorecard, with the approved corrections."""
        return Standards.of(self.settings.pack, self.card, self.year, self.corrections)

    @cached_property
    def assessed(self) -> HelpersAssessed:
        """Every helper's year by the pack's scorecard, with the findings as they stand."""
        return assess_helpers(self.tables, self.year, self.card, self.standards, self.findings)

    @property
    def helpers(self) -> pd.DataFrame:
        """One row per helper and role (columns of `assessment.HelpersAssessed.helpers`)."""
        self.notes.note("helpers")
        return self._helpers

    @cached_property
    def _helpers(self) -> pd.DataFrame:
        return self._results.table("helpers", lambda: self.assessed.helpers)

    @property
    def points(self) -> pd.DataFrame:
        """Every point explained (columns of `assessment.points.points`)."""
        return self.assessed.points

    @property
    def money(self) -> audited.FundsAudited:
        """What of the money is in question, and the reconciliation of the funds."""
        self.notes.note("money")
        return self._money

    @cached_property
    def _money(self) -> audited.FundsAudited:
        kept = self._results.take("money")
        if kept:
            return audited.FundsAudited.of(*kept)
        made = audited.audit_funds(self.tables, self.outcomes(*audited.TOPICS), self.findings, self.settings)
        self._results.put("money", made.tables, **made.rest)
        return made

    @cached_property
    def sensitivity(self) -> GradeSensitivity | None:
        """Every grade under other weights; None where the card does not say which."""
        return of_assessment(self.assessed, self.card.sensitivity) if self.card.sensitivity else None

    @cached_property
    def compared(self) -> dict[str, list[CaseMix]]:
        """Results of households compared, as `case_mix.compare_all` gives them; empty where the card does not say when they may be."""
        if self.card.comparison is None:
            return {}
        pairings = self.corrections.handed_over(self.tables["pairings"])
        return compare_all(self.tables | {"pairings": pairings}, self.year, self.card.comparison, self.card.held_months)

    @cached_property
    def fabrication(self) -> fabrication.Scores | None:
        """Whose records look most invented; None where the card does not say how many helpers to visit first."""
        if self.card.fabrication is None:
            return None
        applied = {o.in_force.rule.id for o in self.outcomes() if o.found is not None}
        told = findings.open_ones(self.findings)
        named = {r: told.loc[told["rule_id"] == r, "subject"] for r in fabrication.RULES if r in applied}
        return fabrication.score(self.tables, self.year, self.card.fabrication, county=self.code, findings=named)

    @property
    def quality(self):
        """The Great Expectations suites on the tables; raises UnusableInput where a critical expectation fails."""
        self.notes.note("quality")
        return self._quality

    @cached_property
    def _quality(self):
        from bangfu import quality

        if self.folder is None:
            return quality.validate(self._intake.tables)
        stamps = quality.stamps(self.contents)
        kept = quality.Quality.kept(self.folder / "work/quality", stamps)
        checked = quality.measured(self._intake.tables, kept)
        if kept != checked.documents:
            checked.keep(self.folder / "work/quality", stamps)
        checked.demand_usable()
        return checked

    @property
    def findings(self) -> pd.DataFrame:
        """Every finding of rules and suites with its status (columns of `findings.SCHEMA`), ordered by rule and subject."""
        self.notes.note("findings/")
        return self._findings

    @cached_property
    def _findings(self) -> pd.DataFrame:
        return self._results.table("findings", self._made_findings)

    def _made_findings(self) -> pd.DataFrame:
        from bangfu import quality

        tables = self._intake.tables
        parts = [(o.in_force, o.found) for o in self._outcomes_of() if o.found is not None]
        ledger = findings.ledger_of(parts, self.code, self._intake.where, self._row_digest)
        ledger = with_unread_cells(ledger, {r.rule.id: r.rule for r, _ in parts}, self._intake.rejects, dictionary(self.settings.county.headers))
        ledger = findings.with_explanations(ledger, crossmatch.explained(parts, tables, self.year, self.settings.pack.grounds))
        ledger = pd.concat([ledger, quality.findings(self._quality, self.code)[ledger.columns]], ignore_index=True)
        ledger = ledger.sort_values(["rule_id", "subject"], ignore_index=True, kind="stable")
        ledger = findings.with_exemptions(ledger, self.settings.county.exemptions, self.year)
        ledger = findings.compared(ledger, self._previous.findings, self._why_gone)
        ledger = linked(ledger, self._previous.earlier)
        return findings.uniform(carried_over(ledger, self._previous.reviews, self.year))

    @property
    def previous(self) -> Previous:
        """The findings and the hand-over before, and what people judged since."""
        self.notes.note("previous/")
        return self._previous

    @cached_property
    def _previous(self) -> Previous:
        return Previous(self.folder)

    def _why_gone(self, finding: dict) -> str:
        return self._reasons.of(finding)

    @cached_property
    def _reasons(self) -> Reasons:
        basis, now = self._previous.basis, self.basis
        same_files = self._changes is None or basis.get("handover") == now["handover"]
        unassessed = {o.in_force.rule.id: o.reason.zh for o in self._outcomes_of() if o.reason}
        unassessed |= {name: "缺少它要看的表或列" for name in self._quality.not_assessed["id"]}
        none = pd.DataFrame(columns=handovers.CHANGES)
        return Reasons(none if same_files else self._changes, self.rules, unassessed, {k for k in ("corrections", "code") if basis.get(k, now[k]) != now[k]})

    def assess(self, *topics: str) -> Assessment:
        """The findings and the coverage of the topics (all of them when none is named)."""
        judged, found = self.outcomes(*topics), self._findings
        rules = {o.in_force.rule.id for o in judged}
        mine = found["rule_id"].isin(rules) | ((not topics) | ("quality" in topics)) & found["rule_id"].str.startswith("GX-")
        return Assessment(found[mine].reset_index(drop=True), audit.coverage(judged), judged)

    @cached_property
    def _row_texts(self) -> dict[int, str]:
        return {}

    def _row_digest(self, origin: int) -> str:
        if not self._row_texts:
            for frame in self._intake.tables.values():
                hashes = pd.util.hash_pandas_object(frame.drop(columns="origin"), index=False)
                self._row_texts.update(zip(frame["origin"].tolist(), (f"{h:016x}" for h in hashes.tolist()), strict=True))
        return self._row_texts.get(origin, "")
