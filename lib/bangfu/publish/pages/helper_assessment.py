"""What the notebook `helper_assessment` shows: duty against the record, the households' results; grades and sanctions in `helper_grades`,
how far they can be relied on in `helper_comparison`, whom to visit first in `visit_first`."""

import pandas as pd

from bangfu import charts, duty, income
from bangfu.assessment.facts import GUARANTEES
from bangfu.publish.pages.helper_comparison import HelperComparison
from bangfu.publish.pages.visit_first import VisitFirst
from bangfu.publish.tables import Figures, Notice, Table
from bangfu.publish.words import word
from bangfu.stats import poverty
from bangfu.stats.profiling import funnel


class HelperAssessment(HelperComparison, VisitFirst):
    topics = ("pairing", "plans", "visits", "exit", "income")

    def conclusion(self) -> Figures:
        h = self.county.helpers
        first, second = h[h["role"] == "first"], h[h["role"] == "second"]

        def done(rows: pd.DataFrame, what: str) -> str:
            owed = int(rows[f"{what}_due"].sum())
            return f"{int(rows[f'{what}_made'].sum()) / owed:.1%}" if owed else self.say("无", "none")

        return Figures(
            [
                (self.say("第一帮扶责任人", "First helpers"), f"{len(first):,}", self.say("人", "")),
                (self.say("第二帮扶责任人", "Second helpers"), f"{len(second):,}", self.say("人", "")),
                (self.say("第一责任人入户到位率", "First: visits done"), done(first, "visits"), ""),
                (self.say("第一责任人电话到位率", "First: calls done"), done(first, "calls"), ""),
                (self.say("第二责任人入户到位率", "Second: visits done"), done(second, "visits"), ""),
                (self.say("拟作处理", "Sanctions proposed"), f"{(h['sanction'].notna() & ~h['sanction_in_force']).sum():,}", self.say("人", "")),
                (self.say("已核实的处理", "Sanctions in force"), f"{h['sanction_in_force'].sum():,}", self.say("人", "")),
            ]
        )

    def duty_chart(self) -> charts.Chart:
        """Home visits of first helpers by town and period."""
        standards = self.county.standards
        owed = duty.duties(standards.first_visit_months)["first_home"]
        t = self.county.tables
        periods = duty.by_town(duty.due(t["pairings"], t["visits"], owed, self.county.year, standards.approved), t["households"])
        months = owed.months
        last = periods["period"] * months
        labels = last.astype(str) if months == 1 else (last - months + 1).astype(str) + "–" + last.astype(str)
        periods = periods.sort_values("period")
        periods["period"] = labels + self.say("月", "")
        return charts.duty_heatmap(periods, lang=self.lang)

    def missed_chart(self) -> charts.Chart:
        first = self.county.helpers[self.county.helpers["role"] == "first"]
        marks = {step.missed: self.say(step.zh, step.en) for step in self.county.standards.sanctions}
        return charts.missed_visits_histogram(first["visits_missed"].where(first["visits_due"] > 0), marks=marks, lang=self.lang)

    def units(self) -> Table | Notice:
        """Units by the missed visits of their first helpers."""
        first = self.county.helpers[(self.county.helpers["role"] == "first") & self.county.helpers["unit"].notna()]
        rows = first.groupby("unit").agg(helpers=("helper_id", "nunique"), due=("visits_due", "sum"), missed=("visits_missed", "sum")).reset_index()
        rows = rows[rows["missed"] > 0].sort_values(["missed", "unit"], ascending=[False, True])
        columns = {"unit": (self.say("单位", "Unit"), "text"), "helpers": (self.say("第一责任人", "First helpers"), "count"), "due": (self.say("应入户", "Due"), "count"), "missed": (self.say("缺访", "Missed"), "count")}
        return Table(rows, columns, caption=self.say("有缺访的单位", "Units with missed visits"), limit=30, lang=self.lang)

    def outcomes(self) -> Table:
        """The households' status by town: registered, exited, returned, and exits that do not hold."""
        homes = self.county.tables["households"].drop_duplicates("household_id")
        doubted = set(self.assessment.open.loc[self.assessment.open["topic"] == "exit", "subject"])
        rows = homes.assign(exited=homes["status"] == "已脱贫", poor=homes["status"] == "未脱贫", back=homes["status"] == "返贫", doubted=homes["household_id"].isin(doubted))
        rows = rows.groupby("town").agg(households=("household_id", "size"), exited=("exited", "sum"), poor=("poor", "sum"), back=("back", "sum"), doubted=("doubted", "sum")).reset_index()
        columns = {
            "town": (self.say("镇街", "Town"), "text"), "households": (self.say("建档立卡户", "Registered"), "count"), "exited": (self.say("已脱贫", "Exited"), "count"), "poor": (self.say("未脱贫", "Not exited"), "count"),
            "back": (self.say("返贫", "Returned"), "count"), "doubted": (self.say("退出存疑", "Exit in doubt"), "count"),
        }  # fmt: skip
        lacking = self.assessment.coverage[(self.assessment.coverage["topic"] == "exit") & self.assessment.coverage["reason"].notna()]
        reasons = [f"{r.rule_id}:{r.reason}" if self.lang == "zh" else f"{r.rule_id}: {r.reason_en}" for r in lacking.itertuples()]
        note = self.say("退出存疑只含已评估的部分,未评估:", "Doubts of what was assessed only; not assessed: ") + self.say(";", "; ").join(reasons) if reasons else ""
        return Table(rows, columns, total=["households", "exited", "poor", "back", "doubted"], note=note, caption=self.say("帮扶对象的结果", "Outcome of the households"), lang=self.lang)

    def income_chart(self) -> charts.Chart | Notice:
        t = self.county.tables
        if "incomes" not in t:
            return Notice(self.say("没有收入明细表,本项未评估。", "There is no income table: not assessed."), "absent")
        rows = income.of_year(t["incomes"], self.county.year)
        money = income.recomputed(rows)
        heads = rows["family_size"].where(rows["family_size"] > 0)
        towns = t["households"].drop_duplicates("household_id").set_index("household_id")["town"]
        per_head = (money["net"] // heads).astype("Int64")
        frame = pd.DataFrame({"town": rows["household_id"].map(towns), "per_capita": per_head})
        marked = self.assessment.open.loc[self.assessment.open["rule_id"] == "IN-04", "subject"].tolist()
        line = self.county.settings.pack.rules["EX-01"].settings(self.county.year)["poverty_line"]
        return charts.income_histogram(frame, line, marked=marked, lang=self.lang)

    def poverty(self) -> Table | Notice:
        """How many are below the line, how far, and how unevenly (Foster-Greer-Thorbecke), by town, over all registered persons."""
        t = self.county.tables
        if "incomes" not in t:
            return Notice(self.say("没有收入明细表,本项未评估。", "There is no income table: not assessed."), "absent")
        rows = income.of_year(t["incomes"], self.county.year)
        towns = t["households"].drop_duplicates("household_id").set_index("household_id")["town"]
        line = self.county.settings.pack.rules["EX-01"].settings(self.county.year)["poverty_line"]
        measured = poverty.foster_greer_thorbecke(income.recomputed(rows)["net"], line, members=rows["family_size"], groups=rows["household_id"].map(towns))
        measured = measured.rename(index={"all": self.say("全县", "County")}).rename_axis("town").reset_index()
        columns = {
            "town": (self.say("镇街", "Town"), "text"), "persons": (self.say("人数", "Persons"), "count"), "poor_persons": (self.say("低于标准线人数", "Below the line"), "count"),
            "headcount": (self.say("贫困发生率", "Headcount"), "share"), "gap": (self.say("贫困深度", "Gap"), "share"), "severity": (self.say("贫困强度", "Severity"), "share"), "shortfall": (self.say("差额(元)", "Shortfall (yuan)"), "yuan"),
        }  # fmt: skip
        note = self.say(
            "按重算人均纯收入。发生率是低于标准线的人所占比例;深度是平均差多少(占标准线);强度对差得多的人加重计算;差额是把所有人补到标准线还需的钱。",
            "By recomputed income per head. Headcount: share below the line; gap: mean distance as a share of the line; severity weighs the poorest more; shortfall: what would lift everyone to the line.",
        )
        return Table(measured, columns, caption=self.say("建档立卡人口的收入贫困", "Income poverty of the registered"), note=note, lang=self.lang)

    def guarantees(self) -> Table | Notice:
        """Who lacks which guarantee (Alkire-Foster, one lacking is enough), by town, over all registered persons."""
        homes = self.county.tables["households"].drop_duplicates("household_id")
        if not {*GUARANTEES, "family_size"} <= set(homes):
            return Notice(self.say("贫困户表缺少保障或人口数的列,本项未评估。", "The table of households lacks guarantees or family sizes: not assessed."), "absent")
        lacking = poverty.alkire_foster(homes[list(GUARANTEES)], 1, members=homes["family_size"], groups=homes["town"])
        rows = lacking.measures[["persons", "poor_persons", "H", "M0", "missing"]].join(lacking.dimensions["headcount"].unstack("dimension"))
        rows = rows.rename(index={"all": self.say("全县", "County")}).rename_axis("town").reset_index()
        names = {g: word("guarantee", g, self.lang) for g in GUARANTEES}
        columns = {
            "town": (self.say("镇街", "Town"), "text"), "persons": (self.say("人数", "Persons"), "count"), "poor_persons": (self.say("缺少保障的人", "Lacking any"), "count"), "H": (self.say("占比", "Share"), "share"),
            **{g: (n, "share") for g, n in names.items()}, "M0": (self.say("多维指数", "Index M0"), "share"), "missing": (self.say("资料缺失(户)", "Unknown (households)"), "count"),
        }  # fmt: skip
        note = self.say(
            "按“两不愁三保障”和饮水安全六项,缺一项即计入。各项下是缺少该项的人所占比例;多维指数是人均缺少的项数占六项之比,便于镇街之间比较。",
            "Six guarantees, lacking one counts. Under each: the share of persons without it; the index is the mean number lacking as a share of the six.",
        )
        return Table(rows, columns, caption=self.say("保障缺失情况", "Guarantees lacking"), note=note, lang=self.lang)

    def units_funnel(self) -> charts.Chart | Notice:
        """Missed home visits of units' first helpers against what chance alone would make of them."""
        first = self.county.helpers[(self.county.helpers["role"] == "first") & self.county.helpers["unit"].notna()]
        units = first.groupby("unit")[["visits_missed", "visits_due"]].sum()
        units = units[units["visits_due"] > 0]
        missed = int(units["visits_missed"].sum())
        if units.empty or missed in (0, int(units["visits_due"].sum())):
            return Notice(self.say("各单位没有可比的缺访差别。", "There are no missed visits to compare units by."))
        judged = funnel.proportions(units["visits_missed"], units["visits_due"])
        outer = judged.units["judgement"].isin(["above", "below"])
        drawn = pd.DataFrame({"label": judged.units.index, "n": judged.units["size"], "rate": judged.units["rate"], "outside": outer})
        # Only over the sizes that there are: near no visits at all the limits would dwarf everything.
        sizes = range(max(1, int(units["visits_due"].min()) * 4 // 5), int(units["visits_due"].max()) + 1)
        return charts.funnel_plot(drawn, judged.limits(sizes), judged.target, what=self.say("缺访率", "missed visits"), lang=self.lang)

    def funnel_meaning(self) -> Notice:
        return Notice(
            self.say(
                "每个点是一个单位:横轴是应入户次数,纵轴是缺访率。两条漏斗线之内的高低,偶然波动就能造成,不能用来排名;超出外线的单位先查原因。",
                "Each point is a unit: visits due across, share missed upwards. Differences inside the funnel are what chance makes and are no ranking; of units beyond the outer line look for the reason first.",
            )
        )

    def finish(self) -> Notice:
        h = self.county.helpers
        self.leave("helper_assessment.json", {"helpers": len(h), "grades": h["grade"].value_counts().to_dict(), "sanctions": int(h["sanction"].notna().sum())})
        return Notice(self.say("每名帮扶责任人的完整数据在 helpers.parquet 和工作底稿的“帮扶责任人”表中(含个人信息,不公开)。", "Every helper's row stands in helpers.parquet and in the working papers, which hold personal data and are not published."))
