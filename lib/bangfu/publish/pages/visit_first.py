"""Whom to visit first: helpers whose records look most invented, with what speaks for it."""

from bangfu.assessment import fabrication
from bangfu.publish.pages.common import Pages
from bangfu.publish.tables import Notice, Table
from bangfu.typography import chinese_marks


class VisitFirst(Pages):
    def visit_first(self) -> Table | Notice:
        """The helpers with the highest scores, as many as the scorecard says: evidence in words and the records that show it."""
        scores = self.county.fabrication
        if scores is None:
            return Notice(self.say("评分卡没有写明先核查多少人(fabrication),本项未评估。", "The scorecard does not say how many to visit first (fabrication): not assessed."), "absent")
        scored = scores.table
        most = self.county.card.fabrication.visit_first
        rows = scored[scored["score"].notna()].head(most)
        told = fabrication.evidence(scores, rows["helper_id"].tolist())
        words = told.groupby("helper_id")[self.lang].agg(lambda said: chinese_marks(";".join(said)) if self.lang == "zh" else "; ".join(said))
        sources = told.explode("origins").dropna(subset="origins").groupby("helper_id")["origins"].agg(lambda tokens: [self.county.intake.where(int(t)) for t in dict.fromkeys(tokens)])
        rows = rows.assign(
            evidence=rows["helper_id"].map(words).fillna(self.say("没有单独突出的线索,各项合在一起略多", "no signal stands out by itself; a little of each")),
            sources=[sources.get(helper, []) for helper in rows["helper_id"]],
        )
        columns = {
            "rank": (self.say("次序", "Order"), "count"), "helper_id": (self.say("帮扶人编号", "Helper"), "id"), "records": (self.say("记录数", "Records"), "count"),
            "families": (self.say("可评估的线索类", "Families assessed"), "count"), "score": (self.say("得分", "Score"), "number"),
            "evidence": (self.say("线索", "Signals"), "long"), "sources": (self.say("来源", "Sources"), "sources"),
        }  # fmt: skip
        unable = int(scored["score"].isna().sum())
        note = self.say(
            f"得分只用来安排先走访谁,与本县多数责任人的记录相比,不是造假的概率;据此不提出任何处理,所列均为疑点,须入户核实。{unable}名责任人记录太少,未评估(不等于没有问题)。随机种子{scores.seed}。",
            f"A score only orders whom to visit first, against the records of most helpers of this county. It is no probability of fabrication and proposes no sanction; all of this is doubt until verified on the spot. {unable} helpers have too few records: not assessed, which is not clean. Seed {scores.seed}.",
        )
        idle = [rule for rule in fabrication.RULES if rule not in scores.readings]
        if idle:
            note += self.say(f"没有执行的规则未计入:{'、'.join(idle)}。", f" Rules that were not applied do not count: {', '.join(idle)}.")
        return Table(rows, columns, caption=self.say("先走访谁", "Whom to visit first"), limit=most, note=note, lang=self.lang)
