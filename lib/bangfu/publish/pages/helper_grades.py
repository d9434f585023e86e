"""How helpers were graded: the card, the grades and why, points by dimension, sanctions proposed and in force, corrections."""

import pandas as pd

from bangfu.assessment import DIMENSIONS, INDICATORS, UNKNOWN, Scorecard
from bangfu.assessment.corrected import corrected
from bangfu.assessment.indicators import PARTS, ROLES
from bangfu.corrections import KINDS
from bangfu.publish.pages.common import Pages
from bangfu.publish.tables import Notice, Table
from bangfu.publish.words import word


class HelperGrades(Pages):
    """Displays of the assessment by scorecard; a card that nobody has approved is marked wherever its values show."""

    @property
    def card(self) -> Scorecard:
        return self.county.card

    @property
    def _mark(self) -> str:
        return "" if self.card.approved else self.say("(示例,未经核准)", " (example, not approved)")

    def _role(self, role: str) -> str:
        return self._of(ROLES[role])

    def _of(self, pair: tuple[str, str]) -> str:
        return pair[1][0].upper() + pair[1][1:] if self.lang == "en" else pair[0]

    def _grade(self, grades: pd.Series) -> list[str | None]:
        return [None if pd.isna(g) else word("grade", g, self.lang) for g in grades]

    def scorecard(self) -> Notice:
        """The rules of the game in words: weights, cut-offs, ceiling, rounding, what is left out."""
        card = self.card
        grades = self.say("、", ", ").join(f"{word('grade', g.grade, self.lang)}≥{float(g.start):g}" for g in card.grades)
        weights = self.say(",", ", ").join(f"{self._of(PARTS[p])}{w}%" if self.lang == "zh" else f"{self._of(PARTS[p])} {w}%" for p, w in card.weights.items())
        ceiling = ""
        if card.ceiling:
            place = {"county": ("全县", "county"), "town": ("各镇街", "town"), "unit": ("各单位", "unit")}[card.ceiling.within]
            ceiling = self.say(
                f"{card.best}不超过{place[0]}同类责任人的{float(card.ceiling.share):.0%}(人数舍去小数),同分的先取可评估分值多的,仍相同的同进退,超出的按{card.grades[1].grade}。",
                f" At most {float(card.ceiling.share):.0%} of the helpers of a role in a {place[1]} get the best grade (rounded down); who is above it gets the next one.",
            )
        vetoes = self.say("", " ") + self.say("", " ").join(
            self.say(f"{v.zh}({'、'.join(v.rules)}):经核实确认的,等次最高为{v.cap};未确认的只列为“拟”。", f"{v.en} ({', '.join(v.rules)}): once confirmed, {word('grade', v.cap, 'en')} at best; until then proposed.") for v in card.vetoes
        )
        return Notice(
            self.say(
                f"评分卡:{card.marked()}。{weights}。等次:{grades}。得分保留一位小数,只舍不入,等次按未舍入的得分定。不能评估的指标不计入,按其余分值折算;可评估分值不足{float(card.enough):.0%}的为资料不足。{ceiling}{vetoes}",
                f"Scorecard: {card.marked('en')}. {weights}. Grades: {grades}. Scores are cut after one decimal; grades rest on the exact score. What cannot be assessed is left out; below {float(card.enough):.0%} of the points no score is given.{ceiling}{vetoes}",
            ),
            "plain" if card.approved else "grave",
        )

    def indicators(self) -> Table:
        """What each indicator counts and its points in the year, by role."""
        weights = {r: self.card.weights_of(r) for r in ROLES}
        rows = pd.DataFrame(
            [
                {"part": self._of(PARTS[i.part]), "dimension": self._of(DIMENSIONS[i.dimension]), "indicator": self._of((i.zh, i.en)), "rules": self.say("、", ", ").join(i.rules)}
                | {r: f"{weights[r][n] / 100:g}" if n in weights[r] else None for r in ROLES}
                for n, i in INDICATORS.items()
                if any(n in weights[r] for r in ROLES)
            ]
        )
        columns = {
            "part": (self.say("考核", "Part"), "text"), "dimension": (self.say("维度", "Dimension"), "text"), "indicator": (self.say("指标", "Indicator"), "text"),
            "first": (self._role("first"), "id"), "second": (self._role("second"), "id"), "rules": (self.say("同一事实的规则", "Rules on the same fact"), "text"),
        }  # fmt: skip
        note = self.say("同一事实只扣一次分:规则是疑点线索,不另扣分。", "A fact costs points once: the rules are leads and cost none of their own.")
        return Table(rows, columns, caption=self.say("指标与分值", "Indicators and points") + self._mark, note=note, lang=self.lang)

    def grades(self) -> Table:
        """How many helpers of each role have which grade, by score, in force, and if every open veto were confirmed."""
        h = self.county.helpers
        proposed = h["grade_proposed"].fillna(h["grade"])
        counts = {f"{r}_{name}": g[h["role"] == r].value_counts() for r in ROLES for name, g in (("score", h["grade_by_score"]), ("grade", h["grade"]), ("proposed", proposed))}
        order = [g.grade for g in self.card.grades] + [UNKNOWN]
        rows = pd.DataFrame(counts).reindex(order).fillna(0).astype("int64").rename_axis("grade").reset_index()
        rows["grade"] = self._grade(rows["grade"])
        columns = {"grade": (self.say("等次", "Grade"), "text")}
        for r in ROLES:
            columns[f"{r}_score"] = (self._role(r) + self.say("(按得分)", ", by score"), "count")
            columns[f"{r}_grade"] = (self.say("评定", "In force"), "count")
            columns[f"{r}_proposed"] = (self.say("拟(如疑点属实)", "If findings are confirmed"), "count")
        return Table(rows, columns, total=list(columns)[1:], caption=self.say("等次分布", "Grades") + self._mark, lang=self.lang)

    def lowest(self) -> Table:
        """The helpers with the lowest scores, with the points of each dimension."""
        rows = self.county.helpers.dropna(subset=["score"]).sort_values(["score", "helper_id", "role"]).head(30)
        rows = rows.assign(role=[self._role(r) for r in rows["role"]], grade=self._grade(rows["grade"]))
        columns = {"helper_id": (self.say("帮扶人编号", "Helper"), "id"), "role": (self.say("责任人类别", "Role"), "text"), "unit": (self.say("单位", "Unit"), "text")}
        columns |= {d: (self._of(names), "id") for d, names in DIMENSIONS.items()}
        columns |= {"score": (self.say("得分", "Score"), "number"), "grade": (self.say("等次", "Grade"), "text")}
        return Table(rows, columns, caption=self.say("得分最低的30人(得分/可评估分值)", "The 30 lowest scores (points earned/assessable)") + self._mark, lang=self.lang)

    def changed_grades(self) -> Table | Notice:
        """Grades that are not what the score says, or would not be if a veto were confirmed, with the reason."""
        rows = self.county.helpers[self.county.helpers["grade_reason"].notna()].sort_values(["grade_proposed", "helper_id", "role"])
        if rows.empty:
            return Notice(self.say("没有因否决或比例限制变动的等次。", "No grade was changed by a veto or the ceiling."))
        rows = rows.assign(role=[self._role(r) for r in rows["role"]], why=rows["grade_reason_en" if self.lang == "en" else "grade_reason"], **{c: self._grade(rows[c]) for c in ("grade_by_score", "grade", "grade_proposed")})
        columns = {
            "helper_id": (self.say("帮扶人编号", "Helper"), "id"), "role": (self.say("责任人类别", "Role"), "text"), "score": (self.say("得分", "Score"), "number"), "grade_by_score": (self.say("按得分", "By score"), "text"),
            "grade": (self.say("评定", "In force"), "text"), "grade_proposed": (self.say("拟", "Proposed"), "text"), "why": (self.say("说明", "Reason"), "long"),
        }  # fmt: skip
        return Table(rows, columns, caption=self.say("等次变动及说明", "Grades that changed, and why") + self._mark, limit=30, lang=self.lang)

    def sanctions(self) -> Table | Notice:
        """Sanctions for missed home visits: proposed until a person has confirmed the finding, then in force."""
        rows = self.county.helpers[self.county.helpers["sanction"].notna()].sort_values(["sanction_in_force", "visits_missed", "helper_id"], ascending=[False, False, True])
        if rows.empty:
            return Notice(self.say("没有拟作或已核实处理的帮扶责任人。", "No sanction is proposed or in force."))
        rows = rows.assign(said=rows["sanction_en" if self.lang == "en" else "sanction"], state=[self.say("已核实", "in force") if f else self.say("拟", "proposed") for f in rows["sanction_in_force"]])
        columns = {
            "helper_id": (self.say("帮扶人编号", "Helper"), "id"), "unit": (self.say("单位", "Unit"), "text"), "town": (self.say("镇街", "Town"), "text"), "visits_due": (self.say("应入户", "Due"), "count"),
            "visits_made": (self.say("已入户", "Made"), "count"), "visits_missed": (self.say("缺访", "Missed"), "count"), "state": (self.say("状态", "State"), "text"), "said": (self.say("处理", "Sanction"), "long"),
        }  # fmt: skip
        note = self.say("标“拟”的须经核实确认后生效。", "What is proposed takes effect only when a person has confirmed the finding.")
        return Table(rows, columns, caption=self.say("第一帮扶责任人的处理", "Sanctions of first helpers"), limit=60, note=note, lang=self.lang)

    def rectification(self) -> Table | Notice:
        """Who has the last grade, or would have it, and what that entails."""
        h = self.county.helpers
        rows = h[h["rectification"].notna()].sort_values(["score", "helper_id", "role"])
        if rows.empty:
            return Notice(self.say(f"没有等次为{self.card.last}的帮扶责任人。", "Nobody has the last grade."))
        rows = rows.assign(role=[self._role(r) for r in rows["role"]], said=rows["rectification_en" if self.lang == "en" else "rectification"], why=self._why_last(rows))
        columns = {
            "helper_id": (self.say("帮扶人编号", "Helper"), "id"), "role": (self.say("责任人类别", "Role"), "text"), "unit": (self.say("单位", "Unit"), "text"),
            "score": (self.say("得分", "Score"), "number"), "why": (self.say("原因", "Why"), "long"), "said": (self.say("限期整改", "Rectification"), "long"),
        }  # fmt: skip
        return Table(rows, columns, caption=self.say("限期整改", "Rectification") + self._mark, limit=30, lang=self.lang)

    def _why_last(self, rows: pd.DataFrame) -> pd.Series:
        """Why each of these has the last grade or would have it: the score, a veto in force, or one proposed (拟)."""
        start = float(self.card.grades[-2].start)
        said = rows["grade_reason_en" if self.lang == "en" else "grade_reason"].fillna("")
        by_score = self.say(f"得分不到{start:g}分。", f"The score is below {start:g}. ")
        return said.where(rows["grade_by_score"] != self.card.last, by_score + said)

    def corrections(self) -> Table | Notice:
        """Every approved correction of the params: what it changed in duty, findings and score, or why it changed nothing."""
        county = self.county
        entries = county.settings.county.corrections
        if not entries:
            return Notice(self.say("县参数中没有经批准的更正(补记、请假、更换责任人)。", "The county's params hold no approved corrections."))
        rows = corrected(entries, county.tables, county.settings.pack, county.assessed, county.outcomes("visits"))
        rows = rows.assign(kind=[KINDS[k].say(self.lang) for k in rows["kind"]], approved=rows["approved_by"] + " " + rows["approved_on"])
        if self.lang == "en":
            rows = rows.assign(**{c: rows[f"{c}_en"] for c in ("effect", "findings", "score")})
        columns = {
            "number": (self.say("第几条", "No."), "count"), "kind": (self.say("更正", "Correction"), "text"), "helper_id": (self.say("帮扶人编号", "Helper"), "id"), "household_id": (self.say("户编号", "Household"), "id"),
            "days": (self.say("日期", "Days"), "id"), "reason": (self.say("理由", "Reason"), "long"), "approved": (self.say("批准", "Approved"), "text"), "valid_until": (self.say("有效期至", "Valid until"), "id"),
            "effect": (self.say("对应访时段的影响", "Effect on duty"), "long"), "findings": (self.say("疑点变化", "Findings"), "long"), "score": (self.say("得分变化", "Score"), "text"),
        }  # fmt: skip
        note = self.say("疑点和得分的变化按责任人计,同一人有几条更正的合并计算。", "Changes of findings and score are told by helper, for all corrections of a helper together.")
        return Table(rows, columns, caption=self.say("经批准的更正及其影响", "Approved corrections and what they changed"), note=note, lang=self.lang)
