"""The summary of a unit, a town or the county: grades, missed duties, findings and what they propose, without ranking anybody."""

from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.assessment import UNKNOWN
from bangfu.assessment.indicators import ROLES
from bangfu.assessment.unit_sanctions import unit_sanctions
from bangfu.findings import open_ones
from bangfu.publish import figures
from bangfu.publish.statements.disclosure import few, hidden
from bangfu.publish.statements.page import StatementPages
from bangfu.publish.tables import Figures, Notice, Table
from bangfu.publish.words import word
from bangfu.rules.catalogue import of_answers
from bangfu.stats.proportion_interval import clopper_pearson

GROUPS = {"unit": ("单位", "Unit"), "town": ("镇街", "Town")}
_CONFIDENCE = 0.95
_HIDDEN = "·"


class Summaries(StatementPages):
    """Summaries of groups of helpers. In a published edition what would tell of single persons is left out (`disclosure`)."""

    @cached_property
    def people(self) -> pd.DataFrame:
        """The assessment, a row per helper and role, with unit and town as they are shown and `findings` (that count) of the helper."""
        h = self.book.assessed.helpers
        counting = open_ones(self.book.told_findings)
        return h.assign(
            unit=[self.unit(u) for u in h["unit"]], town=[self.shown(t) if isinstance(t, str) else self.say("(镇街不明)", "(town unknown)") for t in h["town"]],
            findings=h["helper_id"].map(counting.groupby("helper_id").size()).fillna(0).astype("int64"),
        )  # fmt: skip

    @property
    def smallest(self) -> int:
        """Fewest persons of whom figures are given; in the internal edition every figure is."""
        return self.card.statements.smallest if self.public else 0

    def key_figures_of_group(self, by: str | None = None, name: str | None = None) -> Figures | Notice:
        """The figures of the county (by None), or of a unit or town; what `_figures_of` hides is hidden here too."""
        rows = self.people if by is None else self.people[self.people[by] == name]
        told = None if by is None else self._figures_of(by).set_index("name").loc[name]
        if rows["helper_id"].nunique() < self.smallest or (told is not None and told["helpers"] == _HIDDEN):
            return self._too_few()
        missed = _HIDDEN if told is not None and told["visits"] == _HIDDEN else f"{rows['visits_missed'].sum():,}"
        proposed = rows["sanction"].notna() & ~rows["sanction_in_force"]
        persons, times = self.say("人", ""), self.say("次", "")
        return Figures(
            [
                (self.say("帮扶责任人", "Helpers"), f"{rows['helper_id'].nunique():,}", persons), (self.say("应入户", "Visits due"), f"{rows['visits_due'].sum():,}", times),
                (self.say("缺访", "Missed"), missed, times), (self.say("应电话联系", "Calls due"), f"{rows['calls_due'].sum():,}", times),
                (self.say("缺电话联系", "Calls missed"), f"{rows['calls_missed'].sum():,}", times), (self.say("疑点", "Findings"), f"{rows.drop_duplicates('helper_id')['findings'].sum():,}", self.say("个", "")),
                (self.say("拟处理", "Sanctions proposed"), self._number(int(proposed.sum())), persons), (self.say("已核实处理", "In force"), self._number(int(rows["sanction_in_force"].sum())), persons),
            ]
        )  # fmt: skip

    def _number(self, n: int) -> str:
        return f"<{self.smallest}" if 0 < n < self.smallest else f"{n:,}"

    def _too_few(self) -> Notice:
        return Notice(self.say(f"不足{self.smallest}人,公开版不列数字。", f"Fewer than {self.smallest} persons: the published edition gives no figures."), "absent")

    def grades_of(self, by: str | None = None, name: str | None = None) -> Table | Notice:
        """How many of each role have which grade: of the county (by None), or of a unit or town."""
        order = [g.grade for g in self.card.grades] + [UNKNOWN]
        rows = pd.DataFrame({"grade": self._grade(pd.Series(order))})
        for role in ROLES:
            for column in ("grade", "grade_proposed"):
                rows[f"{role}_{column}"] = self._cells(role, column, by, name, order)
        columns = {"grade": (self.say("等次", "Grade"), "text")}
        for role in ROLES:
            columns[f"{role}_grade"] = (self._role(role), "id")
            columns[f"{role}_grade_proposed"] = (self.say("拟(如疑点属实)", "If confirmed"), "id")
        note = self.say(f"“·”为不足{self.smallest}人或可由此推算的数,公开版不列。", f"· stands for fewer than {self.smallest} persons, or what would tell of them.") if self.public else ""
        return Table(rows, columns, caption=self.say("等次人数", "Grades") + self._mark, note=note, lang=self.lang)

    def _cells(self, role: str, column: str, by: str | None, name: str | None, order: list[str]) -> list[str]:
        """The counts of one role and column as they may be shown; groups of one kind are hidden together, so that totals tell nothing."""
        counts, mask = self._counted(role, column, by)
        group = name if by else "all"
        if group not in counts.index:
            return ["0"] * len(order)
        return [_HIDDEN if h else f"{n}" for n, h in zip(counts.loc[group, order], mask.loc[group, order], strict=True)]

    def _counted(self, role: str, column: str, by: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
        if (role, column, by) not in self._counts:
            order = [g.grade for g in self.card.grades] + [UNKNOWN]
            rows = self.people[self.people["role"] == role]
            grades = rows["grade_proposed"].fillna(rows["grade"]) if column == "grade_proposed" else rows["grade"]
            groups = rows[by] if by else pd.Series("all", index=rows.index)
            counts = pd.crosstab(groups.to_numpy(object), grades.to_numpy(object)).reindex(columns=order, fill_value=0)
            self._counts[role, column, by] = counts, hidden(counts, self.smallest)
        return self._counts[role, column, by]

    @cached_property
    def _counts(self) -> dict:
        return {}

    def groups(self, by: str, links: dict[str, str], within: tuple[str, str] | None = None) -> Table:
        """Units or towns in the order of their names: duty, who missed visits (with its interval), the mean score (with its interval), findings.

        links: name -> address of its page. within: ("town", name) for the units that have helpers in that town.
        """
        people = self.people
        names = set(people[by] if within is None else people.loc[people[within[0]] == within[1], by])
        table = self._figures_of(by)
        rows = table[table["name"].isin(names)].assign(page=lambda t: [(n, links[n]) if n in links else (n, "") for n in t["name"]])
        rows["page"] = [v if v[1] else (v[0], "#report") for v in rows["page"]]
        columns = {
            "page": (self._of(GROUPS[by]), "link"), "helpers": (self.say("人数", "Helpers"), "id"), "visits": (self.say("缺访/应入户", "Visits missed/due"), "id"), "calls": (self.say("缺/应电话联系", "Calls missed/due"), "id"),
            "missing": (self.say("有缺访的人(95%区间)", "With missed visits (95%)"), "text"), "score": (self.say("平均得分(95%区间)", "Mean score (95%)"), "text"), "findings": (self.say("疑点", "Findings"), "id"),
        }  # fmt: skip
        note = self.say("按名称排列,不是名次。区间把每个人当作独立的一次观察:区间重叠的,不能说谁高谁低。", "In the order of names, no ranking. Intervals take each person as one observation: where they overlap, nobody is above the other.")
        note += self.say(f"不足{self.smallest}人的(及可由合计推算的)公开版不列。", f" Groups of fewer than {self.smallest} persons are not told of.") if self.public else ""
        return Table(rows, columns, caption=self.say(f"各{GROUPS[by][0]}", f"{GROUPS[by][1]}s"), note=note, lang=self.lang)

    def _figures_of(self, by: str) -> pd.DataFrame:
        """name, helpers, visits, calls, missing, score, findings (texts) of every group; — where they would tell of single persons."""
        if by in self._figures:
            return self._figures[by]
        people = self.people
        persons = people.groupby([by, "helper_id"]).agg(due=("visits_due", "sum"), missed=("visits_missed", "sum"), calls_due=("calls_due", "sum"), calls_missed=("calls_missed", "sum"), findings=("findings", "max")).reset_index()
        persons["with_missed"] = persons["missed"] > 0
        t = persons.groupby(by).agg(helpers=("helper_id", "size"), due=("due", "sum"), missed=("missed", "sum"), calls_due=("calls_due", "sum"), calls_missed=("calls_missed", "sum"), with_missed=("with_missed", "sum"), findings=("findings", "sum"))
        owing = persons[persons["due"] > 0].groupby(by).size().reindex(t.index, fill_value=0)
        told = pd.DataFrame({"yes": t["with_missed"], "no": owing - t["with_missed"]})
        small, unsafe = few(t["helpers"], self.smallest), hidden(told, self.smallest).any(axis=1)
        low, high = clopper_pearson(told["yes"], owing.clip(lower=1), _CONFIDENCE)
        share = [f"{y}/{n} ({a:.0%}—{b:.0%})" if n else figures.MISSING for y, n, a, b in zip(told["yes"], owing, low, high, strict=True)]
        rows = pd.DataFrame(
            {
                "helpers": t["helpers"].astype("str"), "visits": t["missed"].astype("str") + "/" + t["due"].astype("str"), "calls": t["calls_missed"].astype("str") + "/" + t["calls_due"].astype("str"),
                "missing": pd.Series(share, index=t.index).mask(unsafe, _HIDDEN), "score": people.groupby(by)["score"].agg(_mean_with_interval), "findings": t["findings"].astype("str"),
            }
        )  # fmt: skip
        rows.loc[unsafe, "visits"] = _HIDDEN
        rows.loc[small] = _HIDDEN
        self._figures[by] = rows.rename_axis("name").reset_index()
        return self._figures[by]

    @cached_property
    def _figures(self) -> dict[str, pd.DataFrame]:
        return {}

    def unit_sanctions(self, unit: str | None = None) -> Table | Notice:
        """What the policy attaches to a unit (HV-11, SS-02): proposed (拟) until a person has confirmed the finding.

        In a published edition without what rests on the answer of a household: whoever knows whom the unit helps would know who answered.
        """
        rules = [r for r in ("HV-11", "SS-02") if r in self.county.settings.pack.rules and not (self.public and r in of_answers())]
        kept = self.say("受访户不满意引起的处理不在公开版列出,以免泄露受访户的评价。", " What follows from a household's dissatisfaction is not published, lest its answer be told.") if self.public else ""
        if not rules:
            return Notice(self.say("政策包没有可公开的对单位处理的规则,没有评估。", "The policy pack has no rule on sanctions of units that may be shown: not assessed.") + kept, "absent")
        rows = self._sanctions_of_units[self._sanctions_of_units["rule_id"].isin(rules)]
        rows = rows.assign(unit=rows["unit"].map(self.shown))
        rows = rows if unit is None else rows[rows["unit"] == unit.strip()]
        if rows.empty:
            return Notice(self.say("没有拟对单位作出的处理。", "No sanction of a unit is proposed.") + kept)
        en = "_en" if self.lang == "en" else ""
        rows = rows.assign(told=rows[f"fact{en}"].map(self.shown), said=rows[f"sanction{en}"])
        columns = {"unit": (self.say("单位", "Unit"), "text"), "rule_id": (self.say("规则", "Rule"), "id"), "told": (self.say("事实", "Fact"), "long"), "status": (self.say("疑点状态", "Finding"), "status"), "said": (self.say("对单位的处理", "Sanction"), "long")}
        return Table(rows, columns, caption=self.say("对单位的处理", "Sanctions of units"), note=self._basis(rules) + kept, lang=self.lang)

    @cached_property
    def _sanctions_of_units(self) -> pd.DataFrame:
        return unit_sanctions(self.book.tables, self.book.findings, self.county.settings.pack.rules, self.county.year)

    def compared_group(self, by: str, name: str | None = None) -> Table | Notice:
        """Results of the households of first helpers by unit or town, as they are and adjusted, with intervals or 资料不足."""
        parts = [c.table.assign(result=c.result.label.say(self.lang), share=c.result.share) for c in self.book.compared.get(by, []) if c.absent is None]
        rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        if len(rows):
            rows = rows.assign(subject=rows["subject"].map(self.shown))
            rows = rows if name is None else rows[rows["subject"] == name]
            untold = self._figures_of(by).set_index("name")["helpers"].eq(_HIDDEN)
            rows = rows[(rows["households"] >= self.smallest) & ~rows["subject"].isin(untold.index[untold])].sort_values(["subject", "result"])
        if rows.empty:
            return Notice(self.say("没有可以比较的结果。", "There is no result to compare."), "absent")
        for c in ("unadjusted", "adjusted", "low", "high"):
            rows[c] = [figures.MISSING if pd.isna(v) else (f"{v:.0%}" if s else f"{v:,.0f}") for v, s in zip(rows[c], rows["share"], strict=True)]
        interval = [figures.MISSING if figures.MISSING in pair else f"{pair[0]}—{pair[1]}" for pair in zip(rows["low"], rows["high"], strict=True)]
        rows = rows.assign(interval=interval, verdict=[word("comparison", v, self.lang) for v in rows["verdict"]])
        columns = {
            "subject": (self._of(GROUPS[by]), "text"), "result": (self.say("结果", "Result"), "text"), "households": (self.say("户数", "Households"), "count"), "unadjusted": (self.say("调整前", "As it is"), "id"),
            "adjusted": (self.say("调整后", "Adjusted"), "id"), "interval": (self.say("估计区间", "Interval"), "id"), "verdict": (self.say("判断", "Verdict"), "text"),
        }  # fmt: skip
        return Table(rows, columns, caption=self.say("考虑结对户差异的比较", "Compared, allowing for households"), note=self.say("只用来提出问题,不作为处理依据。", "For asking questions; no ground for a sanction."), lang=self.lang)

    def roll(self, rows: pd.DataFrame, links: dict[str, str]) -> Table:
        """Who has a statement, in the order of ids, with the way to it; scores and grades only in the internal edition."""
        rows = rows.assign(page=[(self.shown(h), links[h]) if h in links else (self.shown(h), "#report") for h in rows["helper_id"]], name=[self.helper_name(h) for h in rows["helper_id"]],
                           role=[self._role(r) for r in rows["role"]], grade=self._grade(rows["grade"]))  # fmt: skip
        columns = {"page": (self.say("帮扶人编号", "Helper"), "link"), "name": (self.say("姓名", "Name"), "text"), "role": (self.say("责任人类别", "Role"), "text"), "households": (self.say("户数", "Households"), "count")}
        if not self.public:
            columns |= {"visits_missed": (self.say("缺访", "Missed"), "count"), "score": (self.say("得分", "Score"), "number"), "grade": (self.say("等次", "Grade"), "text"), "findings": (self.say("疑点", "Findings"), "count")}
        return Table(rows, columns, caption=self.say("对账单", "Statements"), note=self.say("按编号排列,不是名次。", "In the order of ids, no ranking."), lang=self.lang)


def _mean_with_interval(scores: pd.Series) -> str:
    """The mean with its 95% interval by Student's t; no interval where the scores show no spread, no mean of fewer than two."""
    known = scores.dropna().to_numpy(float)
    if len(known) < 2:
        return figures.MISSING
    if np.ptp(known) == 0:
        return f"{known.mean():.1f} ({figures.MISSING})"
    half = stats.t.ppf(0.5 + _CONFIDENCE / 2, len(known) - 1) * known.std(ddof=1) / np.sqrt(len(known))
    return f"{known.mean():.1f} ({max(known.mean() - half, 0):.1f}—{min(known.mean() + half, 100):.1f})"
