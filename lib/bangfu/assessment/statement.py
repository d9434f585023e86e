"""What stands on a helper's statement (对账单): every figure of the assessment about one person, looked up and not computed anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from bangfu import calendar, duty
from bangfu.assessment import fabrication, months
from bangfu.assessment.case_mix import CaseMix
from bangfu.assessment.circumstances import per_head
from bangfu.assessment.corrected import corrected
from bangfu.assessment.facts import GUARANTEES
from bangfu.assessment.helpers import HelpersAssessed
from bangfu.assessment.indicators import ROLES
from bangfu.assessment.year_on_year import changes, kept_years, of_year
from bangfu.findings import open_ones
from bangfu.rules.catalogue import catalogue

COMPARED = ["helper_id", "role", "result", "households", "unadjusted", "adjusted", "estimate", "low", "high", "verdict", "reason", "reason_en", "share"]


@dataclass(frozen=True)
class Statement:
    """One helper's year. Each table holds the helper's rows of the table of the same name of `StatementBook`, in which they stand at
    `places`; signals is None where they are not to be told."""

    helper_id: str
    roles: pd.DataFrame
    points: pd.DataFrame
    pairings: pd.DataFrame
    periods: pd.DataFrame
    contacts: pd.DataFrame
    households: pd.DataFrame
    findings: pd.DataFrame
    compared: pd.DataFrame
    changes: pd.DataFrame
    corrections: pd.DataFrame
    signals: pd.DataFrame | None
    places: dict[str, slice | np.ndarray]


@dataclass(frozen=True)
class StatementBook:
    """The statements of a county-year.

    tables, assessed, findings (columns of `findings.SCHEMA`): as the county has them. corrections: what `assessment.corrected` says.
    compared: results of households compared: by helper of each role ("first", "second"), by "unit" and "town" (of first helpers). years: assessments kept of earlier years and this one.
    scores: of records that look invented; None where they are not to be told (a published edition).
    """

    tables: dict[str, pd.DataFrame]
    assessed: HelpersAssessed
    findings: pd.DataFrame
    corrections: pd.DataFrame = field(default_factory=pd.DataFrame)
    compared: dict[str, list[CaseMix]] = field(default_factory=dict)
    years: Sequence = ()
    scores: fabrication.Scores | None = None

    @classmethod
    def of(cls, county, *, signals: bool) -> "StatementBook":
        """The book of a `County`; signals: whether to tell of records that look invented."""
        assessed, entries, year = county.assessed, county.settings.county.corrections, county.year
        told = corrected(entries, county.tables, county.settings.pack, assessed, county.outcomes("visits")) if entries else pd.DataFrame()
        this = of_year(year, assessed.helpers, assessed.points, county.findings, county.judged_by)
        years = [*(kept_years(county.folder) if county.folder else []), this]
        return cls(county.tables, assessed, county.findings, told, county.compared, years, county.fabrication if signals else None)

    @property
    def year(self) -> int:
        return self.assessed.measured.year

    @property
    def helpers(self) -> list[str]:
        """Everybody with a statement: who has a pairing on some day of the year, in order."""
        return self._helpers["helper_id"].drop_duplicates().tolist()

    @cached_property
    def _helpers(self) -> pd.DataFrame:
        """The assessment with `at`: the position by which vetoes name a helper and role."""
        return self.assessed.helpers.assign(at=range(len(self.assessed.helpers)))

    @cached_property
    def register(self) -> pd.DataFrame:
        """The first row of each helper in the register: index helper_id."""
        return self.tables["helpers"].dropna(subset="helper_id").drop_duplicates("helper_id").set_index("helper_id")

    @cached_property
    def pairings(self) -> pd.DataFrame:
        """Pairings that hold on some day of the year, handovers taken into account: helper_id, role, household_id, start_on, end_on, origin."""
        held = self.assessed.measured.standards.approved.corrections.handed_over(self.tables["pairings"])
        held = held[duty.overlapping(held, calendar.first_day(self.year), calendar.last_day(self.year))].dropna(subset=["helper_id", "household_id", "role"])
        columns = ["helper_id", "role", "household_id", "start_on", "end_on", "origin"]
        return held[columns].sort_values(columns[:4], ignore_index=True)

    @cached_property
    def periods(self) -> pd.DataFrame:
        return months.periods(self.tables, self.year, self.assessed.measured.standards)

    @cached_property
    def contacts(self) -> pd.DataFrame:
        return months.contacts(self.tables, self.year, self.assessed.measured.standards)

    @cached_property
    def households(self) -> pd.DataFrame:
        """Index household_id (of those paired too that are in no register): town, village, status, exit_on, lacking (guarantees not there), unknown (guarantees without an answer), per_head
        (yuan, recomputed), q_helper, overall (1 to 5), rules (of open findings on the household); missing what the tables do not hold."""
        homes = self.tables["households"].dropna(subset="household_id").sort_values("origin", kind="stable").drop_duplicates("household_id").set_index("household_id")
        homes = homes.reindex(homes.index.union(self.pairings["household_id"].unique()))
        table = pd.DataFrame({c: homes[c] if c in homes else None for c in ("town", "village", "status", "exit_on")}, index=homes.index)
        flags = homes[[g for g in GUARANTEES if g in homes]]
        table["lacking"] = [[g for g, there in zip(flags, row, strict=True) if there is False or there is np.False_] for row in flags.astype("object").itertuples(index=False)]
        table["unknown"] = len(GUARANTEES) - flags.notna().sum(axis=1)
        table["per_head"] = self._per_head().reindex(table.index)
        asked = self.tables["survey"].dropna(subset="household_id").drop_duplicates("household_id").set_index("household_id") if "survey" in self.tables else pd.DataFrame()
        for question in ("q_helper", "overall"):
            table[question] = asked[question].reindex(table.index) if question in asked else None
        table["rules"] = self._rules_of_households().reindex(table.index)
        return table

    def _per_head(self) -> pd.Series:
        if "incomes" not in self.tables:
            return pd.Series(dtype="float64")
        rows = per_head(self.tables["incomes"])
        return rows[rows["year"] == self.year].set_index("household_id")["per_head"]

    def _rules_of_households(self) -> pd.Series:
        on_homes = {r.id for r in catalogue().values() if r.subject.startswith("household_id")}
        rows = open_ones(self.findings)
        rows = rows[rows["rule_id"].isin(on_homes)]
        return rows.groupby(rows["subject"].str.split("|").str[0])["rule_id"].agg(lambda r: sorted(set(r)))

    @cached_property
    def told_findings(self) -> pd.DataFrame:
        """The findings about helpers, their visits, or that would veto their grade, with `helper_id`; what has vanished is left out."""
        rows = self.findings[self.findings["status"] != "vanished"]
        kind = rows["rule_id"].map({r.id: r.subject for r in catalogue().values()})
        by_helper = rows[kind == "helper_id"].assign(helper_id=lambda f: f["subject"])
        visits = self.tables["visits"].dropna(subset="visit_id").drop_duplicates("visit_id").set_index("visit_id")["helper_id"] if "visit_id" in self.tables["visits"] else pd.Series(dtype="str")
        by_visit = rows[kind == "visit_id"].assign(helper_id=lambda f: f["subject"].map(visits))
        vetoes = self.assessed.vetoes.assign(helper_id=self._helpers["helper_id"].to_numpy()[self.assessed.vetoes["row"].to_numpy("int64")])
        by_veto = rows[kind == "household_id"].merge(vetoes[["rule_id", "subject", "helper_id"]].drop_duplicates(), on=["rule_id", "subject"])
        return pd.concat([by_helper, by_visit, by_veto], ignore_index=True).dropna(subset="helper_id").sort_values(["helper_id", "rule_id", "subject"], ignore_index=True)

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """COMPARED: each helper's households compared with others', by role and result; share: the figures are shares of one."""
        parts = [c.table.rename(columns={"subject": "helper_id"}).assign(role=role, result=c.result.name, share=c.result.share) for role in ROLES for c in self.compared.get(role, []) if c.absent is None]
        return pd.concat(parts, ignore_index=True)[COMPARED] if parts else pd.DataFrame(columns=COMPARED)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Grades of every pair of years that follow each other, the first first (columns of `year_on_year.COLUMNS`)."""
        return changes(self.years, [g.grade for g in self.assessed.card.grades]).sort_values(["helper_id", "role", "year"], ignore_index=True)

    @cached_property
    def signals(self) -> pd.DataFrame | None:
        """The signals that stand out in each helper's records (columns of `fabrication.evidence`); None where they are not to be told."""
        if self.scores is None:
            return None
        scored = self.scores.table.dropna(subset="score")["helper_id"]
        return fabrication.evidence(self.scores, scored[scored.isin(set(self.helpers))].tolist())

    def statement(self, helper_id: str) -> Statement:
        """A helper's statement; KeyError of somebody without one."""
        if helper_id not in self._bounds["roles"]:
            raise KeyError(helper_id)
        places = {name: self._bounds[name].get(helper_id, slice(0, 0)) for name in self.sources}
        rows = {name: self.sources[name].iloc[place] for name, place in places.items()}
        places["households"] = self.households.index.get_indexer(rows["pairings"]["household_id"].unique())
        return Statement(helper_id, households=self.households.iloc[places["households"]], corrections=self._corrections_of(helper_id), signals=rows.pop("signals", None), places=places, **rows)

    @cached_property
    def sources(self) -> dict[str, pd.DataFrame]:
        """The tables that are handed out by helper, each ordered by helper."""
        tables = {"roles": self._helpers, "points": self.assessed.points, "pairings": self.pairings, "periods": self.periods, "contacts": self.contacts,
                  "findings": self.told_findings, "compared": self.comparisons, "changes": self.changes}  # fmt: skip
        tables |= {} if self.signals is None else {"signals": self.signals}
        return {name: t if t["helper_id"].is_monotonic_increasing else t.sort_values("helper_id", kind="stable", ignore_index=True) for name, t in tables.items()}

    @cached_property
    def _bounds(self) -> dict[str, dict[str, slice]]:
        """Of each table, helper -> where his rows stand."""
        sizes = {name: t.groupby("helper_id", sort=False).size() for name, t in self.sources.items()}
        return {name: {h: slice(end - n, end) for h, n, end in zip(sized.index, sized, sized.cumsum(), strict=True)} for name, sized in sizes.items()}

    def _corrections_of(self, helper_id: str) -> pd.DataFrame:
        """What was approved of the helper; of a handover also for the one who took over."""
        numbers = self.assessed.measured.standards.approved.corrections.by_helper.get(helper_id, [])
        if self.corrections.empty:
            return self.corrections
        return self.corrections[self.corrections["number"].isin(numbers) | (self.corrections["helper_id"] == helper_id)].reset_index(drop=True)


