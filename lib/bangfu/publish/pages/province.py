"""What the notebook `province` shows: counties side by side, the same rule over all of them, and who and what crosses from one to another."""

from __future__ import annotations

import json
from functools import cached_property

import numpy as np
import pandas as pd

from bangfu import charts
from bangfu.money import yuan
from bangfu.province import League, indicators, league, same_rule
from bangfu.province.rules import by_rule_and_county, judged_alike
from bangfu.province.topics import by_topic
from bangfu.publish import figures
from bangfu.publish.pages.crossing import LISTS, Crossing
from bangfu.publish.tables import Figures, Notice, Sentences, Table
from bangfu.publish.words import word
from bangfu.publish.workbook import write_crossing
from bangfu.stats.profiling.funnel import JUDGEMENTS


class Province(Crossing):
    """Displays of all counties of a reports folder: how they compare, and what `Crossing` tells."""

    @cached_property
    def leagues(self) -> dict[str, League]:
        return {i.name: league(i, self.settings) for i in indicators(self.tables, self.settings)}

    @cached_property
    def _by_rule(self) -> pd.DataFrame:
        return by_rule_and_county(self.tables)

    @cached_property
    def _rules(self) -> pd.DataFrame:
        return same_rule(self._by_rule, self.settings)

    # -- what stands at the top ------------------------------------------------------------------------------------

    def conclusion(self) -> Figures:
        households = self.leagues["households"].indicator.rows["size"].sum()
        unit, crossed = self.say("个", ""), self._transfers.rows["amount"].sum()
        persons = self._persons[self._persons["kind"] == "registered"]
        boxes = [
            (self.say("对照的县", "Counties compared"), f"{len(self.counties.used):,}", unit), (self.say("不能对照的县", "Counties left out"), f"{len(self.counties.left_out):,}", unit),
            (self.say("对照的贫困户", "Households compared"), f"{households:,}", self.say("户", "")), (self.say("两县同时登记的成员", "Members registered in two counties"), self._hidden(len(persons)), self.say("人", "")),
            (self.say("跨县账户间转款", "Between accounts of two counties"), figures.wan(int(crossed)), self.say("万元", " × 10,000 yuan")),
        ]  # fmt: skip
        return Figures(boxes, grave=[boxes[1][0]] if self.counties.left_out else [])

    def left_out(self) -> Table | Notice:
        """Counties whose run could not be used; they are in no figure of the page."""
        if not self.counties.left_out:
            return Notice(self.say("报告文件夹中每个县都有可用的运行。没有交来报告的县不在其中,请与名单核对。", "Every county of the folder has a run that can be used. Counties that handed in no report are not in it: compare with the list of counties."))
        rows = pd.DataFrame([{"county": c, "why": s.say(self.lang)} for c, s in self.counties.left_out.items()])
        return Table(rows, {"county": (self.say("县代码", "County"), "id"), "why": (self.say("原因", "Why"), "long")}, caption=self.say("没有纳入的县,不等于没有问题", "Counties left out, which is not clean"), lang=self.lang)

    def differences(self) -> Sentences | Notice:
        """In what the counties were not judged alike."""
        told = self.counties.differences()
        if not told:
            return Notice(self.say("各县的政策包、评分卡、规则标准、程序版本、语言和版本都相同。", "Policy packs, scorecards, criteria, version of the workbench, language and edition are the same in all counties."))
        return Sentences([s.say(self.lang) for s in told])

    # -- rates -----------------------------------------------------------------------------------------------------

    def league(self, name: str) -> Table:
        """The league table of an indicator (visits, households, benefits, ledger)."""
        told, what = self.leagues[name], self.leagues[name].indicator
        rows = told.table
        hidden = pd.Series(False, index=rows.index) if what.money else self._small(rows["count"], with_total=True) | self._small(rows["size"])
        clear = rows.assign(**{c: rows[c].mask(hidden) for c in ("rate", "low", "high", "rank", "rank_low", "rank_high")})
        rows = rows.assign(
            name=[self._name(c) for c in rows["county"]], rate=[figures.percent(v, 2) for v in clear["rate"]], interval=[self._span(r.low, r.high) for r in clear.itertuples()], ranked=[self._rank(r) for r in clear.itertuples()],
            judged=[self._judged(r, h) for r, h in zip(rows.itertuples(), hidden, strict=True)],
        )  # fmt: skip
        if not what.money:
            rows["count"] = pd.Series(self._count(rows["count"], hidden), index=rows.index, dtype="str")
        columns = {
            "name": (self.say("县", "County"), "text"), "count": (what.label.say(self.lang), "yuan" if what.money else "written"), "size": (what.of.say(self.lang), "yuan" if what.money else "count"),
            "rate": (self.say("比率", "Rate"), "written"), "interval": (self.say(f"{self.settings.confidence:.0%}区间", f"{self.settings.confidence:.0%} interval"), "written"),
            "ranked": (self.say("名次(区间)", "Rank (interval)"), "written"), "judged": (self.say("判断或未对照的原因", "Judged, or why not compared"), "long"),
        }  # fmt: skip
        return Table(rows, columns, caption=f"{what.label.say(self.lang)} · {self.say('由高到低', 'highest first')}", note=self._league_note(told, bool(hidden.any())), lang=self.lang)

    def _span(self, low, high) -> str:
        return figures.MISSING if pd.isna(low) else f"{low:.2%}–{high:.2%}"

    def _rank(self, row) -> str:
        if pd.isna(row.rank):
            return figures.MISSING
        return f"{row.rank}{'=' if row.tied else ''} ({row.rank_low}–{row.rank_high})"

    def _judged(self, row, hidden: bool) -> str:
        if not pd.isna(row.reason):
            return self.say("未对照:", "not compared: ") + (row.reason_en if self.lang == "en" else row.reason)
        if hidden or pd.isna(row.judgement):
            return figures.MISSING
        exact, widened = (JUDGEMENTS[j].en if self.lang == "en" else JUDGEMENTS[j].zh for j in (row.judgement, row.widened))
        return exact if exact == widened else self.say(f"{exact};计入县间差异后{widened}", f"{exact}; allowing for over-dispersion {widened}")

    def _league_note(self, told: League, hidden: bool) -> str:
        what = told.indicator
        said_ = [self.say("名次1为比率最低,“=”为并列;名次区间重叠的县不宜分先后。", "Rank 1 is the lowest rate, “=” is a tie; do not put counties apart whose ranks overlap.")]
        if what.rules:
            said_.append(self.say(f"只计各县按同一标准评估的{len(what.rules)}条规则。", f"Counted are the {len(what.rules)} rules that the counties assessed by the same criteria."))
        if what.left_aside:
            said_.append(self.say(f"评估的县不足,未计:{'、'.join(what.left_aside)}。", f"Too few counties assessed these, which are not counted: {', '.join(what.left_aside)}."))
        if hidden:
            said_.append(self.say(f"公开版不印1至{self.settings.least_cell - 1}的数。", f"The public edition prints no count from 1 to {self.settings.least_cell - 1}."))
        return self.say("", " ").join(said_)

    def league_chart(self, name: str) -> charts.Chart:
        told = self.leagues[name]
        rows = self._drawable(told)
        rows = rows.assign(label=[self._name(c) for c in rows["county"]], outside=rows["judgement"].isin(["above", "below"]).astype("boolean").mask(rows["judgement"].isna()), ranks=[self._rank(r) for r in rows.itertuples()])
        return charts.league_intervals(rows, self._overall(told), told.indicator.label.say(self.lang), lang=self.lang, level=self.settings.confidence)

    def funnel(self, name: str) -> charts.Chart | Notice:
        told = self.leagues[name]
        if told.exact is None:
            return Notice(self.say("县数不足两个,或没有(或全部)出现该情形,不画漏斗图。", "Fewer than two counties, or nothing (or everything) was found: no funnel is drawn."), "absent")
        rows = self._drawable(told)
        rows = rows.assign(label=[self._name(c) for c in rows["county"]], n=rows["size"].astype(int), outside=rows["judgement"].isin(["above", "below"]))
        sizes = told.exact.units["size"]
        limits = told.exact.limits(np.unique(np.linspace(max(sizes.min() * 0.9, 1), sizes.max() * 1.02, 200).round()))
        what = told.indicator
        return charts.funnel_plot(rows, limits, told.exact.target, what.label.say(self.lang), lang=self.lang, size=what.of.say(self.lang))

    def dispersion(self, name: str) -> Notice:
        """Whether counties differ by more than chance, and what is left of those outside once that is allowed for."""
        told = self.leagues[name]
        if told.exact is None:
            return Notice(self.say("没有可判断的差异。", "There is no difference to judge."))
        strict, wide = (int(t.units["judgement"].isin(["above", "below"]).sum()) for t in (told.exact, told.widened))
        phi = told.exact.dispersion
        note = self.say("离散系数约为1时,各县差别只是偶然;大于1时,县间确有差异(或情形成群出现),精确界限过窄。", "About 1, and counties differ by chance alone; above 1 they truly differ (or cases come in clusters), and exact limits are too narrow.")
        return Notice(self.say(f"离散系数{phi:.2f}。{note}精确界限外{strict}个县,放宽后{wide}个县。", f"Dispersion {phi:.2f}. {note} Beyond the exact limits: {strict} counties; beyond the widened ones: {wide}."))

    def _drawable(self, told: League) -> pd.DataFrame:
        """The counties compared, without those whose figure the edition does not print."""
        rows = told.compared
        return rows if told.indicator.money else rows[~(self._small(rows["count"], with_total=True) | self._small(rows["size"]))].reset_index(drop=True)

    def _overall(self, told: League) -> float:
        return float(told.compared["count"].sum()) / float(told.compared["size"].sum()) if len(told.compared) else float("nan")

    # -- the same rule over all counties ---------------------------------------------------------------------------

    def topics_chart(self) -> charts.Chart:
        """Each county's findings by topic: small multiples."""
        rows = by_topic(self.tables)
        hidden = self._small(rows["findings"])
        told = np.select([rows["findings"].isna(), hidden, rows["rate"].isna()], [self.say("未", "n"), f"<{self.settings.least_cell}", "?"], "")
        rows = rows.assign(county=[self._name(c) for c in rows["county"]], topic=[word("topic", t, self.lang) for t in rows["topic"]], rate=rows["rate"].mask(told != "").astype(float), said=told)
        return charts.findings_by_topic(rows, lang=self.lang)

    @cached_property
    def _printable(self) -> pd.DataFrame:
        """Rule and county, where the county assessed it by the usual criteria, with a count that the edition prints."""
        rows = self._by_rule[judged_alike(self._by_rule)]
        return rows[~(self._small(rows["findings"]) | self._small(rows["assessed"]))].assign(rate=lambda r: r["findings"].astype(float) / r["assessed"].astype(float))

    def same_rule(self) -> Table:
        """A row per rule: how many counties assessed it, how often it found something, where it differs beyond chance."""
        rows, ends = self._rules, self._printable.groupby("rule_id")["rate"].agg(["min", "max"]).reindex(self._rules["rule_id"])
        few = self._small(rows["findings"])
        rows = rows.assign(
            title=rows["title_en" if self.lang == "en" else "title"], counties=[f"{r.alike} / {r.otherwise} / {r.absent}" for r in rows.itertuples()], findings=self._count(rows["findings"], few),
            rate=[figures.percent(v, 2) for v in rows["rate"].mask(few)], between=[self._span(low, high) for low, high in zip(ends["min"], ends["max"], strict=True)],
            beyond=[self._beyond(r) for r in rows.itertuples()],
        )  # fmt: skip
        columns = {
            "rule_id": (self.say("规则", "Rule"), "id"), "title": (self.say("疑点", "Issue"), "text"), "counties": (self.say("县数", "Counties"), "written"), "findings": (self.say("疑点", "Findings"), "written"),
            "assessed": (self.say("评估记录", "Items"), "count"), "rate": (self.say("比率", "Rate"), "written"), "between": (self.say("各县最低–最高", "Lowest–highest"), "written"),
            "beyond": (self.say("离散系数;超出偶然的县", "Dispersion; beyond chance"), "long"),
        }  # fmt: skip
        note = self.say("县数依次为:按同一标准评估、按其他标准评估、未评估。疑点、记录和比率只计按同一标准评估的县;一条记录可有几个疑点。", "Counties: assessed alike / by other criteria / not assessed. Findings, items and rates are of the counties that assessed the rule alike; an item may have several findings.")
        note += self._by_chance()
        if self.public:
            note += self.say(f"公开版不印1至{self.settings.least_cell - 1}的数,最低–最高只计可印的县。", f" The public edition prints no count from 1 to {self.settings.least_cell - 1}; lowest and highest are of the counties that can be printed.")
        return Table(rows, columns, caption=self.say("同一规则各县对照", "The same rule over all counties"), note=note, lang=self.lang)

    def _beyond(self, row) -> str:
        """The dispersion of a rule, and the counties above and below what chance explains, six of each by name."""
        if pd.isna(row.dispersion):
            return figures.MISSING
        parts = [(self.say("偏高:", "high: "), row.above), (self.say("偏低:", "low: "), row.below)]
        told = [head + self._names(codes[:6]) + (f" +{len(codes) - 6}" if len(codes) > 6 else "") for head, codes in parts if codes]
        return self.say(";", "; ").join([figures.number(row.dispersion, 1), *told])

    def _by_chance(self) -> str:
        """How many counties would lie beyond the outer limits if none differed: limits are exact, so it is at most this."""
        judged = int(self._rules.loc[self._rules["dispersion"].notna(), "alike"].sum())
        share = 1 - self.settings.limits[1]
        return self.say(f"共判断{judged:,}次,各县即使毫无差别,也可有约{judged * share:.0f}次超出界限。", f" {judged:,} judgements in all: if no county differed, about {judged * share:.0f} could still lie beyond the limits.")

    def rules_chart(self) -> charts.Chart:
        """The rules on which counties differ most, every county's rate of each: small multiples."""
        order = self._rules.dropna(subset="dispersion").sort_values(["dispersion", "rule_id"], ascending=[False, True])
        usual = self._printable.merge(order[["rule_id", "rate", "above", "below"]].rename(columns={"rate": "overall"}), on="rule_id")
        usual = usual.assign(outside=[c in (*up, *down) for c, up, down in zip(usual["county"], usual["above"], usual["below"], strict=True)])
        usual["rule"] = usual["rule_id"] + " " + usual["title_en" if self.lang == "en" else "title"]
        place = {rule: i for i, rule in enumerate(order["rule_id"])}
        return charts.rule_multiples(usual.sort_values("rule_id", key=lambda s: s.map(place), kind="stable"), lang=self.lang)

    def rules_not_assessed(self) -> Table | Notice:
        """Which counties did not assess which rule, and why: one line per reason."""
        rows = self._by_rule[self._by_rule["reason"].notna()]
        if rows.empty:
            return Notice(self.say("每条规则各县都已评估。", "Every rule was assessed in every county."))
        why = "reason_en" if self.lang == "en" else "reason"
        told = rows.groupby([why, "county"])["rule_id"].agg(tuple).reset_index().groupby([why, "rule_id"])["county"].agg(list).reset_index()
        told = told.assign(rules=[self.say("、", ", ").join(r) if len(r) < 12 else self.say(f"{len(r)}条规则", f"{len(r)} rules") for r in told["rule_id"]], counties=[self._names(c) for c in told["county"]], n=told["county"].str.len())
        told = told.sort_values(["n", why], ascending=[False, True], kind="stable")
        columns = {"rules": (self.say("规则", "Rules"), "long"), "n": (self.say("县数", "Counties"), "count"), "counties": (self.say("县", "Which"), "long"), why: (self.say("原因", "Why"), "long")}
        return Table(told, columns, caption=self.say("未评估不等于没有问题", "Not assessed is not clean"), limit=40, lang=self.lang)

    # -- how, and what is left -------------------------------------------------------------------------------------

    def methods(self) -> Notice:
        s = self.settings
        return Notice(
            self.say(
                f"参数(审计实务,未经核准):区间{s.confidence:.0%};漏斗界限{s.limits[0]:.1%}和{s.limits[1]:.1%};少于{s.least_size}例不判断;至少{s.core_share:.0%}的县按同一标准评估的规则才合计;公开版不印小于{s.least_cell}的数。见 params/province.yml。",
                f"Settings (audit practice, approved by nobody): intervals of {s.confidence:.0%}; funnel limits {s.limits[0]:.1%} and {s.limits[1]:.1%}; fewer than {s.least_size} cases are not judged; rules assessed alike by at least {s.core_share:.0%} of the counties are counted together; the public edition prints no count below {s.least_cell}. See params/province.yml.",
            ),
            "grave",
        )

    def finish(self) -> Notice:
        """Leaves the figures, and the whole lists, which are internal."""
        write_crossing(self.folder / LISTS, self._lists(), self.lang)
        rows = self._persons
        told = {
            "run": self.counties.run_id, "counties": self.counties.names, "left out": {c: s.zh for c, s in self.counties.left_out.items()},
            "league": {n: json.loads(t.table.to_json(orient="records", force_ascii=False, double_precision=10)) for n, t in self.leagues.items()},
            "persons": rows.groupby("kind").size().to_dict(), "accounts": int(self._accounts["account_no"].nunique()), "transfers": len(self._transfers.rows), "transferred": str(yuan(int(self._transfers.rows["amount"].sum()))),
        }  # fmt: skip
        (self.folder / "province.json").write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        self.tables.close()
        return Notice(self.say("跨县出现是线索,不是结论;名次不是考核结果。完整名单在本页旁的工作簿中,含个人信息,不得外传。", "To appear in two counties is a lead, not a verdict, and a rank is no assessment. The whole lists stand in the workbook beside this page; they hold personal data."))
