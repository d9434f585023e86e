"""What a scorecard can give points for: each indicator, the dimension it belongs to, and the rules that see the same fact.

Dimensions: 扶贫联户管理办法 五(二)1 (plan, measures, outcomes, satisfaction) and 局脱贫攻坚管理制度 三(三)1 (daily work). The regular
assessment looks at the records of the work, quarter by quarter; the annual one adds plan, results and satisfaction (五(二)2, 三(三)2).
"""

from dataclasses import dataclass

DIMENSIONS = {
    "plan": ("帮扶计划制定与落实", "plan made and carried out"),
    "measures": ("帮扶措施与成效", "measures and their effect"),
    "outcomes": ("脱贫与收入", "exit and income of households"),
    "satisfaction": ("帮扶对象满意度", "satisfaction of households"),
    "daily": ("日常工作", "daily work"),
}
PART_OF = {"daily": "regular", "plan": "annual", "measures": "annual", "outcomes": "annual", "satisfaction": "annual"}
PARTS = {"regular": ("平时考核", "regular assessment"), "annual": ("年度考核", "annual assessment")}
ROLES = {"first": ("第一帮扶责任人", "first helper"), "second": ("第二帮扶责任人", "second helper")}


@dataclass(frozen=True)
class Indicator:
    """A fact that points are given for: `met` of `of`.

    zh, en: its name; told_zh, told_en: how a row of the points table says it. rules: those that see the same fact, so that a card
    may not hold the fact against a helper a second time.
    """

    name: str
    dimension: str
    zh: str
    en: str
    told_zh: str
    told_en: str
    roles: tuple[str, ...] = ("first", "second")
    rules: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        return PART_OF[self.dimension]


_FIRST = ("first",)
INDICATORS = {
    i.name: i
    for i in (
        Indicator("visits", "daily", "入户走访", "home visits", "应入户{of}次,做到{met}次", "home visits due {of}, made {met}", rules=("HV-01", "HV-03", "HV-11")),
        Indicator("calls", "daily", "电话联系", "calls", "应电话联系{of}次,做到{met}次", "calls due {of}, made {met}", _FIRST, ("HV-02",)),
        Indicator("signed", "daily", "双签字", "signed by both", "入户记录{of}条,双签字齐全{met}条", "records of home visits {of}, signed by both {met}", rules=("HV-04",)),
        Indicator("entered", "daily", "及时录入", "entered in time", "走访记录{of}条,按时录入{met}条", "records {of}, entered in time {met}", rules=("HV-08",)),
        Indicator("plan_made", "plan", "制定帮扶计划", "plan made", "年底结对{of}户,有当年帮扶计划{met}户", "households held at the end of the year {of}, with a plan {met}", _FIRST, ("HL-01",)),
        Indicator("plan_signed", "plan", "计划签订", "plan signed", "当年帮扶计划{of}份,注明签订日期{met}份", "plans of the year {of}, with a date of signing {met}", _FIRST),
        Indicator("gain", "measures", "达到计划增收", "planned gain reached", "可比两年收入的{of}户,达到计划增收额{met}户", "households with income of two years {of}, planned gain reached {met}", _FIRST, ("TG-02",)),
        Indicator("q_measures", "measures", "对措施的评价", "answers on the measures", "群众对帮扶措施的评分,满分{of}分得{met}分", "answers on the measures, {met} of {of}", _FIRST),
        Indicator("guarantees", "outcomes", "两不愁三保障", "guarantees", "结对{of}户,各项保障齐全{met}户", "households {of}, all guarantees {met}", rules=("EX-02",)),
        Indicator("income", "outcomes", "收入达标", "income above the line", "可核收入的{of}户,人均纯收入达标{met}户", "households with an income {of}, above the line {met}", rules=("EX-01",)),
        Indicator("q_helper", "satisfaction", "对责任人的评价", "answers on the helper", "群众对帮扶责任人的评分,满分{of}分得{met}分", "answers on the helper, {met} of {of}", rules=("SS-02",)),
        Indicator("known", "satisfaction", "认识责任人", "known to the household", "受访{of}户,认识帮扶责任人{met}户", "households asked {of}, that know their helper {met}", _FIRST),
    )
}
