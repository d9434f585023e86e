"""A helper's statement (对账单) as a page: what was due, what the record shows, the points and why, and what can be answered."""

from functools import cached_property

import pandas as pd

from bangfu.assessment import DIMENSIONS, INDICATORS
from bangfu.assessment.facts import GUARANTEES
from bangfu.assessment.indicators import PARTS
from bangfu.assessment.statement import Statement, StatementBook
from bangfu.charts.calendar import duty_calendar, lines
from bangfu.corrections import KINDS
from bangfu.findings import open_ones
from bangfu.publish import figures
from bangfu.publish.masking import mask_name
from bangfu.publish.pages.helper_grades import HelperGrades
from bangfu.publish.statements.answer import answering, form
from bangfu.publish.tables import Figures, Notice, Sentences, Table
from bangfu.publish.words import word
from bangfu.rules.catalogue import of_answers

_ON_ONE_PICTURE = 12  # households: a picture of more would not stand on a page of A4


class StatementPages(HelperGrades):
    """Every statement of a county-year, in the language and edition of the county."""

    def __init__(self, county, book: StatementBook):
        super().__init__(county)
        self.book = book

    @property
    def public(self) -> bool:
        return self.county.edition == "public"

    def shown(self, text):
        """A text, an id or a missing value as the edition shows it."""
        return text if self.masker is None or not isinstance(text, str) else self.masker.subject(text)

    def name_of(self, name) -> str:
        """A person's name as the edition shows it; — where none is known."""
        if not isinstance(name, str) or not name.strip():
            return figures.MISSING
        return mask_name(name) if self.public else name

    def title(self, s: Statement) -> str:
        return self.say(f"帮扶责任人对账单:{self.shown(s.helper_id)} {self.helper_name(s.helper_id)}", f"Statement of helper {self.shown(s.helper_id)} {self.helper_name(s.helper_id)}")

    def helper_name(self, helper_id: str) -> str:
        register = self.book.register
        return self.name_of(register["name"].get(helper_id) if "name" in register else None)

    def unit(self, unit) -> str:
        return self.shown(unit) if isinstance(unit, str) else self.say("(未登记单位)", "(no unit on record)")

    def parts(self, s: Statement) -> list[tuple[str, list]]:
        """Headings and what stands under each."""
        return [
            (self.say("结果", "Result"), [self.key_figures_of(s), self.result(s), *self.consequences(s)]),
            (self.say("结对", "Pairings"), [self.particulars(s), self.pairings(s)]),
            (self.say("应做与记录", "Duty and record"), [*self.calendar(s), self.calendar_note(s)]),
            (self.say("逐项得分", "Points"), [self._scorecard, *self.points(s)]),
            (self.say("疑点", "Findings"), self.findings_of(s)),
            (self.say("结对户", "Households"), [self.households(s)]),
            (self.say("考虑结对户差异的比较", "Compared, allowing for households"), [self.compared(s), self.comparison_meaning_of()]),
            (self.say("已计入的更正", "Corrections"), [self.corrections_of(s)]),
            (self.say("与往年对照", "Year on year"), [self.years(s)]),
            (self.say("复核线索", "Leads for checking"), [] if self.public else [self.leads(s)]),
            (self.say("说明和更正", "Answering"), [self._answering, form(self.lang, self.shown(s.helper_id), self.helper_name(s.helper_id))]),
        ]

    @cached_property
    def _scorecard(self) -> Notice:
        return self.scorecard()

    @cached_property
    def _answering(self) -> Table:
        return answering(self.card, self.lang)

    def key_figures_of(self, s: Statement) -> Figures:
        sums = {c: sum(s.roles[c].tolist()) for c in ("visits_due", "visits_made", "visits_missed", "calls_due", "calls_made")}
        counting = open_ones(s.findings)
        times, number = self.say("次", ""), self.say("个", "")
        return Figures(
            [
                (self.say("应入户", "Visits due"), f"{sums['visits_due']}", times), (self.say("做到", "Made"), f"{sums['visits_made']}", times), (self.say("缺访", "Missed"), f"{sums['visits_missed']}", times),
                (self.say("应电话联系", "Calls due"), f"{sums['calls_due']}", times), (self.say("做到", "Made"), f"{sums['calls_made']}", times), (self.say("疑点", "Findings"), f"{len(counting)}", number),
            ]
        )  # fmt: skip

    def result(self, s: Statement) -> Table:
        """Scores of the quarters, the parts and the year, and the grade, by role."""
        columns = {"role": (self.say("责任人类别", "Role"), "text")}
        columns |= {f"regular_q{q}": (self.say(f"{q}季", f"Q{q}"), "number") for q in range(1, 5)}
        columns |= {part: (self._of(PARTS[part]), "number") for part in PARTS}
        columns |= {
            "score": (self.say("得分", "Score"), "number"), "assessable": (self.say("可评", "Assessed"), "share"), "grade_by_score": (self.say("按得分", "By score"), "text"),
            "grade": (self.say("评定", "Grade"), "text"), "grade_proposed": (self.say("拟", "Proposed"), "text"),
        }  # fmt: skip
        told = self._answers_told(s)
        if not told:
            columns = {c: v for c, v in columns.items() if c not in ("annual", "score")}
        note = self.say("各季度为平时考核;没有数字的没有可评估的事项。可评:可评估的分值占比。拟:如疑点经核实属实的等次。", "The quarters are the regular assessment; no figure: nothing to assess. Assessed: the share of the card that could be. Proposed: the grade if findings are confirmed.")
        note += "" if told else " " + self._answers_kept
        return Table(self._roles.iloc[s.places["roles"]], columns, caption=self.say("考核结果", "Assessment") + self._mark, note=note, lang=self.lang)

    def _answers_told(self, s: Statement) -> bool:
        """Whether what hangs on the households' answers may be shown: from the points of one household its answer follows."""
        asked = self.book.households.iloc[s.places["households"]]["q_helper"].notna().sum()
        return not self.public or asked == 0 or asked >= self.card.statements.smallest

    @property
    def _answers_kept(self) -> str:
        n = self.card.statements.smallest
        return self.say(f"受访户不足{n}户,为不泄露各户的评价,满意度和由此可推知它的合计不公开。", f"Fewer than {n} households were asked: lest an answer be told, satisfaction and the sums from which it follows are not published.")

    @cached_property
    def _roles(self) -> pd.DataFrame:
        """The assessment of everybody, in words and as the edition shows it."""
        h = self.book.sources["roles"]
        register = self.book.register
        titles = register["title"] if "title" in register else pd.Series(dtype="str")
        return h.assign(role=[self._role(r) for r in h["role"]], unit=[self.unit(u) for u in h["unit"]], town=h["town"].map(self.shown), title=h["helper_id"].map(titles).map(self.shown),
                        **{c: self._grade(h[c]) for c in ("grade_by_score", "grade", "grade_proposed")})  # fmt: skip

    def consequences(self, s: Statement) -> list:
        """Why a grade is not what the score says, sanctions and rectification, each with its state and citation."""
        if s.helper_id not in self._said:
            return [Notice(self.say("没有拟作或已核实的处理,等次没有因否决或比例限制变动。", "No sanction is proposed or in force, and neither veto nor ceiling changed a grade."))]
        return [Sentences(map(self.shown, self._said[s.helper_id]))]

    @cached_property
    def _said(self) -> dict[str, list[str]]:
        """Helper -> the sentences of his consequences, of those who have any."""
        lang, colon, roles = self.lang, self.say(":", ": "), self.book.sources["roles"]
        vetoes = self.book.assessed.vetoes.groupby("row")["rule_id"].agg(lambda r: sorted(set(r))).to_dict()
        said: dict[str, list[str]] = {}
        for r in roles[["grade_reason", "sanction", "rectification"]].notna().any(axis=1).pipe(lambda some: roles[some]).itertuples():
            role, mine = self._role(r.role), said.setdefault(r.helper_id, [])
            if pd.notna(r.grade_reason):
                mine.append(f"{role}{colon}{r.grade_reason_en if lang == 'en' else r.grade_reason}{self._basis(vetoes.get(r.at, []))}")
            if pd.notna(r.sanction):
                state = self.say("已核实", "in force") if r.sanction_in_force else self.say("须经核实确认后生效", "takes effect only when confirmed")
                words = self.say(f"缺入户走访{r.visits_missed}次,{r.sanction}({state})。", f"{r.visits_missed} visits missed, {r.sanction_en} ({state}).")
                mine.append(f"{role}{colon}{words}{self._basis(['HV-01'])}")
            if pd.notna(r.rectification):
                order = self.card.rectification
                cited = self.say(f"依据:{order.basis}。", f" Basis: {order.basis_en}.") if order.basis else ""
                mine.append(f"{role}{colon}{self.say(f'{r.rectification}。', f'{r.rectification_en}.')}{cited}")
        return said

    def _basis(self, rules: list[str]) -> str:
        known = self.county.settings.pack.rules
        texts = [b.say(self.lang) for r in rules if r in known for b in known[r].basis]
        cited = self.say(";", "; ").join(dict.fromkeys(texts))
        return self.say(f"依据:{cited}。", f" Basis: {cited}.") if cited else ""

    def particulars(self, s: Statement) -> Table:
        columns = {
            "role": (self.say("责任人类别", "Role"), "text"), "unit": (self.say("单位", "Unit"), "text"), "title": (self.say("职务", "Title"), "text"),
            "town": (self.say("结对户所在镇街", "Town"), "text"), "households": (self.say("结对户数", "Households"), "count"),
        }  # fmt: skip
        return Table(self._roles.iloc[s.places["roles"]], columns, lang=self.lang)

    def pairings(self, s: Statement) -> Table:
        columns = {
            "role": (self.say("责任人类别", "Role"), "text"), "household_id": (self.say("户编号", "Household"), "id"), "start_on": (self.say("结对开始", "From"), "date"),
            "end_on": (self.say("结对结束", "To"), "date"), "sources": (word("finding", "sources", self.lang), "sources"),
        }  # fmt: skip
        return Table(self._pairings.iloc[s.places["pairings"]], columns, caption=self.say("本年结对(已计入经批准的更换)", "Pairings of the year, approved handovers taken into account"), lang=self.lang)

    @cached_property
    def _pairings(self) -> pd.DataFrame:
        """Everybody's pairings, with the rows that say so."""
        p, where = self.book.sources["pairings"], self.county.intake.where
        return p.assign(role=[self._role(r) for r in p["role"]], household_id=p["household_id"].map(self.shown), sources=[[where(int(o))] for o in p["origin"]])

    def calendar(self, s: Statement) -> list:
        """Pictures of the year, some households on each."""
        pairs = list(dict.fromkeys(zip(s.pairings["role"], s.pairings["household_id"], strict=True)))
        rows = [(role, home, self._household(home), self._role(role)) for role, home in pairs]
        others = sorted(set(s.contacts["household_id"]) - set(s.pairings["household_id"]))
        rows += [(None, home, self._household(home), self.say("非结对户", "Not paired")) for home in others]
        drawn = lines(s.periods, s.contacts, rows)
        return [duty_calendar(drawn[i : i + _ON_ONE_PICTURE], self.book.year, lang=self.lang, name=f"hatch-{i}") for i in range(0, len(drawn), _ON_ONE_PICTURE)]

    def _household(self, home: str) -> str:
        return f"{self.shown(home)} {self.name_of(self._heads.get(home))}"

    @cached_property
    def _heads(self) -> dict[str, str]:
        homes = self.book.tables["households"]
        return {} if "head_name" not in homes else homes.drop_duplicates("household_id").dropna(subset=["household_id", "head_name"]).set_index("household_id")["head_name"].to_dict()

    def calendar_note(self, s: Statement) -> Notice:
        undated = int(s.roles["undated"].sum())
        return Notice(
            self.say(
                "一个应访时段从头到尾都在结对期内才算应做;结对不满整个时段的不算。" + (f"另有{undated}条记录日期或方式不明,不抵任何时段。" if undated else ""),
                "A period is due when a pairing covers it from its first day to its last." + (f" {undated} records whose date or mode is unknown keep no period." if undated else ""),
            )
        )

    def points(self, s: Statement) -> list:
        """The points of each role, every one explained; where points were lost, the rows behind them."""
        columns = {
            "dimension": (self.say("维度", "Dimension"), "text"), "indicator": (self.say("指标", "Indicator"), "text"), "quarter": (self.say("季度", "Quarter"), "id"), "got": (self.say("得分/可得", "Points"), "id"),
            "why": (self.say("说明", "Reason"), "long"), "sources": (self.say("有失分的,依据的记录", "Rows, where points were lost"), "sources"),
        }  # fmt: skip
        rows = self._points.iloc[s.places["points"]]
        rows = rows.assign(sources=[[] if met >= of else [self.county.intake.where(int(o)) for o in origins] for met, of, origins in zip(s.points["met"], s.points["of"], s.points["origins"], strict=True)])
        if not self._answers_told(s):
            answers = (s.points["dimension"] == "satisfaction").to_numpy()
            rows = rows.assign(got=rows["got"].mask(answers, figures.MISSING), why=rows["why"].mask(answers, self._answers_kept), sources=[[] if a else told for a, told in zip(answers, rows["sources"], strict=True)])
        return [Table(rows[rows["role"] == role], columns, caption=self._role(role) + self._mark, lang=self.lang) for role in s.roles["role"]]

    @cached_property
    def _points(self) -> pd.DataFrame:
        """The points of everybody, in words."""
        p = self.book.sources["points"]
        dimensions = {d: self._of(names) for d, names in DIMENSIONS.items()}
        indicators = {n: self._of((i.zh, i.en)) for n, i in INDICATORS.items()}
        return pd.DataFrame(
            {
                "role": p["role"], "dimension": p["dimension"].map(dimensions), "indicator": p["indicator"].map(indicators), "quarter": [figures.MISSING if q == 0 else f"{q}" for q in p["quarter"]],
                "got": [f"{e:.2f}/{w:.2f}" if w else figures.MISSING for e, w in zip(p["earned"], p["possible"], strict=True)], "why": p["reason_en" if self.lang == "en" else "reason"],
            }
        ).astype("object")  # fmt: skip

    def findings_of(self, s: Statement) -> list:
        """The findings with their sources and where they stand, then the standard of each rule once."""
        if s.findings.empty:
            return [Notice(self.say("没有涉及本人的疑点。未评估的规则见年度报告,未评估不等于没有问题。", "No finding is about this helper. Rules that were not assessed stand in the annual report: not assessed is not clean."))]
        en = self.lang == "en"
        rows = self.masked(s.findings)
        rows = rows.assign(condition=rows["condition_en"] if en else rows["condition"], criteria=rows["criteria_en"] if en else rows["criteria"], title=rows["title_en"] if en else rows["title"])
        columns = {
            "rule_id": (word("finding", "rule_id", self.lang), "id"), "severity": (word("finding", "severity", self.lang), "severity"), "subject": (word("finding", "subject", self.lang), "id"),
            "condition": (word("finding", "condition", self.lang), "long"), "status": (word("finding", "status", self.lang), "status"), "sources": (word("finding", "sources", self.lang), "sources"),
        }  # fmt: skip
        standards = {"title": (word("finding", "title", self.lang), "text"), "criteria": (word("finding", "criteria", self.lang), "long")}
        note = self.say("疑点是线索,未经核实属实的不产生任何后果。", "A finding is a lead: without confirmation nothing follows from it.")
        return [Table(rows, columns, note=note, lang=self.lang), Table(rows.drop_duplicates("rule_id"), standards, caption=self.say("各规则的标准", "Standards"), lang=self.lang)]

    def households(self, s: Statement) -> Table:
        """Facts of the households; incomes and answers only in the internal edition, since a household must not pay for its answer."""
        columns = {
            "household": (self.say("户", "Household"), "text"), "village": (self.say("村", "Village"), "text"), "status": (self.say("脱贫状态", "Status"), "text"), "exit_on": (self.say("脱贫时间", "Exit"), "date"),
            "lacking": (self.say("保障", "Guarantees"), "text"), "per_head": (self.say("人均纯收入(元)", "Income per head (yuan)"), "id"), "q_helper": (self.say("对责任人评价", "On the helper"), "count"),
            "overall": (self.say("总体评价", "Overall"), "count"), "rules": (self.say("该户疑点", "Findings"), "text"),
        }  # fmt: skip
        if self.public:
            columns = {c: v for c, v in columns.items() if c not in ("per_head", "q_helper", "overall")}
        note = self.say("评价为1至5分。", "Answers from 1 to 5.") if not self.public else self.say("各户的收入和评价不公开。", "Incomes and answers of households are not published.")
        return Table(self._homes.iloc[s.places["households"]], columns, note=note, lang=self.lang)

    @cached_property
    def _homes(self) -> pd.DataFrame:
        """What is known of every household, in words."""
        h = self.book.households
        names = {g: word("guarantee", g, self.lang) for g in GUARANTEES}
        return pd.DataFrame(
            {
                "household": [self._household(home) for home in h.index], "village": [self.shown("".join(filter(lambda v: isinstance(v, str), (t, v)))) for t, v in zip(h["town"], h["village"], strict=True)],
                "status": h["status"].to_numpy(), "exit_on": h["exit_on"].to_numpy(),
                "lacking": [self._guarantees(lacking, unknown, names) for lacking, unknown in zip(h["lacking"], h["unknown"], strict=True)],
                "per_head": [figures.MISSING if pd.isna(v) else f"{v:,.0f}" for v in h["per_head"]], "q_helper": h["q_helper"].to_numpy(), "overall": h["overall"].to_numpy(),
                "rules": [self.say("、", ", ").join(r) or figures.MISSING for r in self._rules_told(h["rules"])],
            }
        )  # fmt: skip

    def _rules_told(self, rules: pd.Series) -> list[list[str]]:
        """The rules of each household's findings; in a published edition without those that tell its answer."""
        untold = of_answers() if self.public else frozenset()
        return [[r for r in found if r not in untold] if isinstance(found, list) else [] for found in rules]

    def _guarantees(self, lacking, unknown, names: dict[str, str]) -> str:
        if not isinstance(lacking, list):
            return figures.MISSING
        said = [self.say("缺", "lacking ") + self.say("、", ", ").join(names[g] for g in lacking)] if lacking else []
        said += [self.say(f"{int(unknown)}项无资料", f"{int(unknown)} unknown")] if unknown else []
        return self.say(";", "; ").join(said) or self.say("齐全", "all there")

    def compared(self, s: Statement) -> Table | Notice:
        """Results of the helper's households as they are and adjusted, with the interval, or why they cannot be compared."""
        if s.compared.empty:
            return Notice(self.say("没有可与他人比较的结果。", "There is no result to compare."), "absent")
        columns = {
            "role": (self.say("责任人类别", "Role"), "text"), "result": (self.say("结果", "Result"), "text"), "households": (self.say("户数", "Households"), "count"), "unadjusted": (self.say("调整前", "As it is"), "id"),
            "adjusted": (self.say("调整后", "Adjusted"), "id"), "interval": (self.say("估计区间", "Interval"), "id"), "verdict": (self.say("判断", "Verdict"), "text"), "why": (self.say("说明", "Reason"), "long"),
        }  # fmt: skip
        rows = self._comparisons.iloc[s.places["compared"]]
        if self.public:
            rows = rows[(rows["households"] >= self.card.statements.smallest).to_numpy()]
            if rows.empty:
                n = self.card.statements.smallest
                return Notice(self.say(f"可比较的结对户不足{n}户,不公开。", f"Fewer than {n} households can be compared: not published."), "absent")
        return Table(rows, columns, lang=self.lang)

    @cached_property
    def _comparisons(self) -> pd.DataFrame:
        """The comparisons of everybody, in words."""
        c = self.book.sources["compared"]
        labels = {r.result.name: r.result.label.say(self.lang) for told in self.book.compared.values() for r in told}
        written = {col: [figures.MISSING if pd.isna(v) else (f"{v:.0%}" if share else f"{v:,.0f}") for v, share in zip(c[col], c["share"], strict=True)] for col in ("unadjusted", "adjusted", "low", "high")}
        interval = [figures.MISSING if figures.MISSING in pair else f"{pair[0]}—{pair[1]}" for pair in zip(written["low"], written["high"], strict=True)]
        return c.assign(**{k: written[k] for k in ("unadjusted", "adjusted")}, interval=interval, role=[self._role(r) for r in c["role"]], result=c["result"].map(labels),
                        verdict=[word("comparison", v, self.lang) for v in c["verdict"]], why=c["reason_en" if self.lang == "en" else "reason"])  # fmt: skip

    def comparison_meaning_of(self) -> Notice:
        return Notice(self.say("比较只用来提出问题,不计分,也不作为处理依据。", "A comparison asks questions: it gives no points and is no ground for a sanction."))

    def corrections_of(self, s: Statement) -> Table | Notice:
        """The approved corrections; who approved and why stands only in the internal edition (a leave has its private reasons)."""
        if s.corrections.empty:
            return Notice(self.say("没有涉及本人的经批准的更正。", "No approved correction is about this helper."))
        en, c = "_en" if self.lang == "en" else "", s.corrections
        rows = c.assign(kind=[KINDS[k].say(self.lang) for k in c["kind"]], household_id=c["household_id"].map(self.shown, na_action="ignore"), approved=c["approved_by"] + " " + c["approved_on"],
                        told=[self.shown(t) for t in c[f"effect{en}"]], found=[self.shown(t) for t in c[f"findings{en}"]], moved=[self.shown(t) for t in c[f"score{en}"]])  # fmt: skip
        columns = {
            "number": (self.say("第几条", "No."), "count"), "kind": (self.say("更正", "Correction"), "text"), "household_id": (self.say("户编号", "Household"), "id"), "days": (self.say("日期", "Days"), "id"),
            "reason": (self.say("理由", "Reason"), "long"), "approved": (self.say("批准", "Approved"), "text"), "told": (self.say("对应访时段的影响", "Effect on duty"), "long"),
            "found": (self.say("疑点变化", "Findings"), "long"), "moved": (self.say("得分变化", "Score"), "text"),
        }  # fmt: skip
        private = ("reason", "approved") if self._answers_told(s) else ("reason", "approved", "moved")
        return Table(rows, {k: v for k, v in columns.items() if not (self.public and k in private)}, lang=self.lang)

    def years(self, s: Statement) -> Table | Notice:
        if len(self.book.years) < 2:
            return Notice(self.say("报告文件夹中没有往年的考核结果,不作年度对照。", "The reports folder holds no assessment of an earlier year."), "absent")
        if s.changes.empty:
            return Notice(self.say("本人没有可对照的年度。", "There is no year to compare with."), "absent")
        c = s.changes
        rows = c.assign(role=[self._role(r) for r in c["role"]], span=c["year_before"].astype("str") + "→" + c["year"].astype("str"), said=c["why_en" if self.lang == "en" else "why"].map(self.shown, na_action="ignore"),
                        **{g: self._grade(c[g]) for g in ("grade_before", "grade")})  # fmt: skip
        columns = {
            "role": (self.say("责任人类别", "Role"), "text"), "span": (self.say("年度", "Years"), "id"), "score_before": (self.say("上年得分", "Score before"), "number"), "grade_before": (self.say("上年等次", "Grade before"), "text"),
            "score": (self.say("得分", "Score"), "number"), "grade": (self.say("等次", "Grade"), "text"), "said": (self.say("变化及原因", "What changed"), "long"),
        }  # fmt: skip
        note = "" if c["comparable"].all() else self.say("两年标准不同或没有记录,变化可能来自标准而非本人。", "Judged by other or unrecorded rules: a change may come from them.")
        if not self._answers_told(s):
            columns = {k: v for k, v in columns.items() if k not in ("score_before", "score", "said")}
            note = (note + " " + self._answers_kept).strip()
        return Table(rows, columns, note=note, lang=self.lang)

    def leads(self, s: Statement) -> Table | Notice:
        """What stands out in the records: for choosing whom to visit, never for a sanction. Not in the published edition."""
        if s.signals is None:
            return Notice(self.say("评分卡没有 fabrication 一节,没有计算复核线索。", "The scorecard has no `fabrication`: not assessed."), "absent")
        if s.signals.empty:
            return Notice(self.say("走访记录没有单独突出的线索(或记录太少,未评估)。", "No signal stands out in the records, or there are too few to assess."))
        where = self.county.intake.where
        rows = s.signals.assign(said=s.signals[self.lang], sources=[[where(int(o)) for o in tokens] for tokens in s.signals["origins"]])
        columns = {"said": (self.say("复核线索", "Lead"), "long"), "n": (self.say("记录数", "Records"), "count"), "sources": (word("finding", "sources", self.lang), "sources")}
        note = self.say("只用来安排复核,不是造假的结论,不计分,不据以处理;须入户核实。", "Only for arranging a check: no conclusion of fabrication, no points, no sanction.")
        return Table(rows, columns, note=note, lang=self.lang)

