"""The satisfaction survey: what it says of the towns, of its interviewers, and of the visits on record."""

from bangfu import calendar
from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.parameters import Count, Minutes, Share, Significance, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted
from bangfu.satisfaction import ITEMS, sample
from bangfu.stats import multiplicity, outlying_share, proportion_interval, proportion_test
from bangfu.stats.survey import Design

MinInterviews = named(Count, "调查员最少问卷份数", "fewest interviews of an interviewer")

FIVE_ITEMS = [item for item in ITEMS if item != "overall"]


@rule(
    "SS-01",
    title="群众满意度显著低于标准",
    severity="medium",
    subject="town",
    reads={"survey": ["response_id", "town", "village_code", "overall"], "households": ["household_id", "village_code"], "villages": ["village_code", "town"]},
)
def satisfaction_below_the_standard(
    survey, households, villages, *,
    satisfied_share: named(Share, "应达到的满意率", "share of satisfied to be reached"),
    significance: Significance,
) -> Found:
    """The share of satisfied households of a town is significantly below the standard.

    查什么:一个镇街的群众满意度低于标准,且不能用抽样误差解释。
    方法:总体满意度为满意或很满意的比例,按抽样设计(镇街为层、村为群、按村户数加权)估计;用有效样本量(样本量÷合并设计效应)作单侧精确二项检验,再对全部镇街作Holm校正,校正后p值不超过显著性水平的为发现。
    理由:满意度明显提高是工作目标,群众不满意的镇街应当通报和约谈。
    不含:没有填写总体满意度、镇街或村的问卷;没有调查或没有有效问卷、或无从得知设计效应的镇街(计为未评估)。
    前提:每镇街随机抽村、村内随机抽户;估计值低于标准而检验不显著的,不能断定为不达标。
    """
    survey = once(survey, "response_id")
    asked = sample({"survey": survey, "households": households, "villages": villages})
    # Without the finite-population corrections: the test was chosen without them, and errs on the side of the town.
    towns = proportion_test.share_below(Design(asked, strata="town", clusters="village_code", weights="weight"), "satisfied", float(satisfied_share))
    towns["adjusted"] = multiplicity.holm(towns["p_value"])
    low = towns[towns["adjusted"] <= float(significance)]
    answered = asked[asked["satisfied"].notna()]
    not_asked = set(villages["town"].dropna()) - set(towns.index)
    return found(
        answered[["town", "origin"]].merge(low, left_on="town", right_index=True),
        subject="town",
        zh="{n}户在{clusters}个村受访,满意和很满意的占{estimate:share},低于标准{standard:share};单侧精确二项检验(各镇街合并的设计效应{deff:.2f},有效样本{n_effective:.1f})经Holm校正p={adjusted:.2g},不超过{significance:share}。",
        en="Of {n} households asked in {clusters} villages {estimate:share} are satisfied, below the standard of {standard:share}; one-sided exact binomial test (design effect pooled over the towns {deff:.2f}, effective sample {n_effective:.1f}), Holm-adjusted p={adjusted:.2g}, at most {significance:share}.",
        assessed=int(towns["p_value"].notna().sum()),
        unassessed=int(towns["p_value"].isna().sum()) + len(not_asked),
        notes=_left_out(len(survey) - len(answered), "总体满意度、镇街或村", "an overall answer, a town or a village"),
        standard=float(satisfied_share),
        significance=float(significance),
    )


@planted("SS-01", n=1)
def dissatisfied_town(county, n):
    """In every village of a town three of five respondents are not satisfied."""
    asked = county.tables["survey"].dropna(subset=["town", "village_code", "overall"])
    there = asked.groupby("town").size()
    towns = county.take("towns", n, where=lambda t: t["town"].map(there).fillna(0) >= 15)["town"]
    turn = asked.groupby("village_code").cumcount() % 5
    unhappy = asked[asked["town"].isin(towns) & turn.isin([0, 2, 4])]
    county.set("survey", unhappy, overall=[3 if i % 3 else 2 for i in range(len(unhappy))])
    return towns


def _left_out(number: int, zh: str, en: str) -> list[tuple[str, str]]:
    return [(f"{number}份问卷没有{zh},未计入。", f"{number} interviews without {en} were left out.")] if number else []


@rule(
    "SS-03",
    title="调查员答卷雷同(直线作答)",
    severity="medium",
    subject="interviewer",
    reads={"survey": ["response_id", "interviewer", *FIVE_ITEMS]},
)
def straight_lined_interviews(survey, *, min_interviews: MinInterviews, significance: Significance) -> Found:
    """An interviewer's questionnaires have all items answered alike far more often than the others'.

    查什么:一名调查员交来的问卷中,各项答案完全相同的比例异常地高。
    方法:五项满意度答案全部相同的份数占比,与其他调查员居中一半的合并比例作单侧Fisher精确检验(计入调查员之间本来的差异),再对全部调查员作Holm校正,校正后p值不超过显著性水平的为发现。
    理由:真实访谈的答案各项有别,成批雷同的问卷可能是代填或没有访谈。
    不含:五项中有缺项的问卷、没有调查员的问卷(不计入);有效问卷少于规定份数的调查员,或可比的其他调查员太少(计为未评估)。
    前提:各调查员的受访户情况大体相近;雷同是线索,应调录音或回访核实。
    """
    survey = once(survey, "response_id")
    known = survey["interviewer"].notna() & survey[FIVE_ITEMS].notna().all(axis=1)
    answers = survey[known]
    alike = (answers[FIVE_ITEMS].max(axis=1) == answers[FIVE_ITEMS].min(axis=1)).rename("alike")
    people = alike.groupby(answers["interviewer"]).agg(["sum", "size"])
    tested = outlying_share.outlying_share(people["sum"], people["size"], min_total=min_interviews)
    tested["adjusted"] = multiplicity.holm(tested["p_value"])
    tested["low"], tested["high"] = proportion_interval.clopper_pearson(tested["count"], tested["total"])
    outlying = tested[tested["adjusted"] <= float(significance)].rename(columns={"count": "straight"})
    return found(
        answers.loc[alike, ["interviewer", "origin"]].merge(outlying, left_on="interviewer", right_index=True),
        subject="interviewer",
        zh="{total}份有效问卷中{straight}份五项答案全部相同,占{share:share}(95%区间{low:share}至{high:share}),其他调查员为{reference:share};单侧Fisher精确检验经Holm校正p={adjusted:.2g},不超过{significance:share}。",
        en="Of {total} complete questionnaires {straight} have all five items answered alike, {share:share} (95% interval {low:share} to {high:share}), against {reference:share} for the others; one-sided Fisher exact test, Holm-adjusted p={adjusted:.2g}, at most {significance:share}.",
        assessed=int(tested["p_value"].notna().sum()),
        unassessed=int(tested["p_value"].isna().sum()),
        notes=_left_out(int((~known).sum()), "调查员或缺答案", "an interviewer or one of the five answers"),
        significance=float(significance),
    )


@planted("SS-03", n=1)
def invented_answers(county, n):
    """All interviews of an interviewer but one have five equal answers, and but those that tell of a dissatisfied household (SS-02)."""
    people = county.take("interviewers", n, where=_busy(county, "SS-03"))["interviewer"]
    for person in people:
        theirs = county.tables["survey"].loc[lambda s: (s["interviewer"] == person) & ~(s["q_helper"] <= 2).fillna(False)].iloc[1:]
        answer = county.rng.choice([4, 5], len(theirs))
        county.set("survey", theirs, **{item: answer for item in FIVE_ITEMS})
    return people


def _busy(county, rule_id: str):
    """Interviewers with enough interviews for the rule, some to spare."""
    enough = int(county.parameter(rule_id, "min_interviews", 15)) + 1
    done = county.tables["survey"]["interviewer"].value_counts()
    return lambda people: people["interviewer"].map(done).fillna(0) >= enough


@rule(
    "SS-04",
    title="访谈时长异常",
    severity="medium",
    subject="interviewer",
    reads={"survey": ["response_id", "interviewer", "minutes"]},
)
def interviews_too_short(survey, *, min_interviews: MinInterviews, min_minutes: named(Minutes, "访谈最短时长", "shortest interview")) -> Found:
    """An interviewer's interviews are too short to have been held.

    查什么:一名调查员的访谈普遍过短。
    方法:访谈份数达到规定份数的调查员,其访谈时长的中位数 < 规定分钟数;正好等于的不算。
    理由:几分钟问不完一份问卷,时长过短说明访谈走过场或问卷是编的。
    不含:没有调查员或时长的问卷(不计入);份数不足的调查员(计为未评估)。
    前提:时长为访谈开始到结束的分钟数;用中位数,个别访谈短不构成问题。
    """
    survey = once(survey, "response_id")
    known = survey["interviewer"].notna() & survey["minutes"].notna()
    people = survey[known].groupby("interviewer")["minutes"].agg(["size", "median"])
    enough = people["size"] >= min_interviews
    short = people[enough & (people["median"] < float(min_minutes))]
    return found(
        survey[known].merge(short, left_on="interviewer", right_index=True),
        subject="interviewer",
        zh="{size}次访谈的时长中位数为{median:g}分钟,少于{limit}分钟。",
        en="The median length of {size} interviews is {median:g} minutes, under {limit}.",
        assessed=int(enough.sum()),
        unassessed=int((~enough).sum()),
        notes=_left_out(int((~known).sum()), "调查员或时长", "an interviewer or a length"),
        limit=min_minutes,
    )


@planted("SS-04", n=1)
def hurried_interviews(county, n):
    """Three of four interviews end a minute before the limit or sooner; the others take their time."""
    limit = int(county.parameter("SS-04", "min_minutes", 5))
    people = county.take("interviewers", n, where=_busy(county, "SS-04"))["interviewer"]
    for person in people:
        theirs = county.tables["survey"].loc[lambda s: s["interviewer"] == person]
        county.set("survey", theirs, minutes=[20.0 if i % 4 == 3 else float(limit - 1 - i % 3) for i in range(len(theirs))])
    return people


@rule(
    "SS-05",
    title="受访者否认走访",
    severity="high",
    subject="household_id",
    reads={
        "survey": ["response_id", "household_id", "reported_visits"],
        "visits": ["visit_id", "household_id", "helper_id", "visited_at", "mode"],
        "pairings": ["household_id", "helper_id", "role", "start_on", "end_on"],
    },
)
def visits_denied(survey, visits, pairings, *, year, recorded_visits: named(Count, "有记录的入户次数界限", "recorded home visits")) -> Found:
    """A respondent reports no home visit while the records hold several by the first helper.

    查什么:受访户说本年没有人入户,而走访记录里第一帮扶责任人多次入户。
    方法:自述本年入户次数为0,且审计年度内第一帮扶责任人在结对期内的入户走访记录达到规定次数(电话联系不算)。
    理由:群众否认而记录齐全,走访记录可能是编造的。
    不含:没有户编号或自述次数的问卷(计为未评估);结对期以外的走访和第二帮扶责任人的走访不计次数。
    前提:受访者了解全户情况且理解“入户”的意思;记录次数按全年计,不限于访谈日之前。
    """
    known = survey["household_id"].notna() & survey["reported_visits"].notna()
    denied = survey[known & (survey["reported_visits"] == 0).fillna(False)]
    asked = visits[visits["household_id"].isin(denied["household_id"]) & (visits["mode"] == "home")]
    asked = once(asked, "visit_id").assign(on=lambda v: v["visited_at"].dt.normalize())
    at_home = asked[asked["on"].between(calendar.first_day(year), calendar.last_day(year))]
    first = pairings[(pairings["role"] == "first") & pairings["household_id"].notna() & pairings["helper_id"].notna()]
    met = at_home.dropna(subset="helper_id").merge(first, on=["household_id", "helper_id"], suffixes=("_visit", "_pairing"))
    met = met[(met["start_on"] <= met["on"]) & (met["end_on"].isna() | (met["on"] <= met["end_on"]))].drop_duplicates("origin_visit")
    met["recorded"] = met.groupby("household_id")["origin_visit"].transform("size")
    return found(
        denied.merge(met[met["recorded"] >= recorded_visits], on="household_id"),
        subject="household_id",
        zh="受访者自述本年入户{reported_visits}次,而走访记录中第一帮扶责任人本年入户{recorded}次。",
        en="The respondent reports {reported_visits} home visits in the year; the records hold {recorded} by the first helper.",
        origins=["origin", "origin_visit"],
        assessed=known,
    )


@planted("SS-05", share=0.003)
def visits_that_nobody_saw(county, n):
    """Households with just as many home visits by the first helper as make a case, or more, report none."""
    survey, visits, pairings = (county.tables[t] for t in ("survey", "visits", "pairings"))
    needed = int(county.parameter("SS-05", "recorded_visits", 3))
    first = pairings[(pairings["role"] == "first") & pairings["end_on"].isna() & (pairings["start_on"] < county.day(1, 1))]
    seen = visits[(visits["mode"] == "home") & visits["visited_at"].between(county.day(1, 1), county.day(12, 31))]
    recorded = seen.merge(first, on=["household_id", "helper_id"]).groupby("household_id").size()
    denying = county.take("survey", n, where=survey["household_id"].map(recorded).fillna(0) >= needed)
    county.set("survey", denying, reported_visits=0)
    return denying["household_id"]
