"""What a difference-in-differences takes for granted, in words; every such result prints it."""

from bangfu.stats.paper import Both, percent

FEW_CLUSTERS = 40  # below this many clusters the usual cluster-robust test rejects too often: Cameron and Miller (2015), J. Human Resources 50

ASSUMED = (
    Both("平行趋势:如果没有帮扶,被帮扶户与对照户的平均变化应当相同;帮扶前的趋势只能提示,不能证明。",
         "Parallel trends: without help both groups would have changed alike on average; earlier trends can only suggest that, not prove it."),
    Both("没有提前反应:帮扶开始之前,结果不因即将帮扶而改变。", "No anticipation: nothing changes before the help begins because it is about to begin."),
    Both("互不影响:一户得到帮扶不改变对照户的结果。", "No spill-over: the help of one does not change what happens to the others."),
    Both("对照可比:被帮扶户往往正是最困难的户;若按当年低收入挑选,收入自然回升也会算成效果。",
         "Comparable controls: the helped are often the poorest; if they were chosen for one low year, its natural recovery is counted as an effect."),
)


def interval(lower, upper, confidence):
    """The line of a working paper that gives an interval."""
    return Both(f"{percent(confidence, 0)}区间", f"{percent(confidence, 0)} interval"), f"{lower:,.6g} – {upper:,.6g}"


def meaning(effect, lower, upper):
    """What an effect with this interval means, under the assumptions."""
    if lower > 0 or upper < 0:
        return Both(f"在上述假设下,帮扶使结果平均改变{effect:,.4g},难以用偶然解释。",
                    f"If the assumptions hold, the help changed the outcome by {effect:,.4g} on average, more than chance explains.")
    return Both(f"在上述假设下,帮扶使结果平均改变{effect:,.4g},但差距在偶然波动之内。",
                f"If the assumptions hold, the help changed the outcome by {effect:,.4g} on average, which chance alone may explain.")
