"""Charts: what they say comes from the data, and no shape of data stops them."""

import re
from decimal import Decimal

import pandas as pd
import pytest

from bangfu import charts

LONG = "云岭县东部山区生态移民安置与产业发展综合试验示范镇第二十三行政村"
RARE = "𬭊𫖮镇"  # characters that the bundled font may not have


def findings(towns=("visits", "visits", "benefits"), severity=("high", "low", "medium")) -> pd.DataFrame:
    return pd.DataFrame({"topic": list(towns), "severity": list(severity)}, dtype="object")


def amounts(*pairs) -> pd.DataFrame:
    return pd.DataFrame({"label": [p[0] for p in pairs], "amount": [Decimal(p[1]) for p in pairs]})


def reconciled(*rows) -> pd.DataFrame:
    return pd.DataFrame({"label": [r[0] for r in rows], "amount": [Decimal(r[1]) for r in rows], "kind": [r[2] for r in rows]})


def duties(towns) -> pd.DataFrame:
    return pd.DataFrame([{"town": t, "period": m, "due": 10, "done": 10 - m % 3} for t in towns for m in range(1, 13)])


def estimates(labels) -> pd.DataFrame:
    return pd.DataFrame([{"label": t, "estimate": 0.9, "low": 0.85, "high": 0.95, "n": 60} for t in labels])


def answers(items=("q_helper",)) -> pd.DataFrame:
    return pd.DataFrame([{"item": i, "answer": a, "count": a * 10} for i in items for a in range(1, 6)])


def incomes(towns) -> pd.DataFrame:
    return pd.DataFrame({"town": [t for t in towns for _ in range(3)], "per_capita": [300000, 390000, 410000] * len(towns)}
                        ).astype({"per_capita": "Int64"})


LIMITS = pd.DataFrame({"n": [10, 100] * 2, "low": [0.0, 0.05, 0.0, 0.03], "high": [0.4, 0.2, 0.5, 0.25],
                       "level": [0.95, 0.95, 0.998, 0.998]})


def units(labels) -> pd.DataFrame:
    return pd.DataFrame({"label": list(labels), "n": range(20, 20 + len(labels)), "rate": 0.1, "outside": True})


SIXTY = [f"第{n}镇" for n in range(60)]
DRAWN = {
    "findings": (charts.findings_by_severity_and_topic, lambda names: findings(names, ["high"] * len(names))),
    "money": (charts.money_at_risk, lambda names: amounts(*((n, "12.30") for n in names))),
    "reconciliation": (charts.reconciliation,
                       lambda names: reconciled(("到账", f"{len(names)}.00", "whole"), *((n, "1.00", "part") for n in names))),
    "duty": (charts.duty_heatmap, duties),
    "quality": (charts.quality_bars, lambda names: pd.DataFrame({"table": names, "evaluated": 4, "passed": 3})),
    "interval": (lambda e, **k: charts.interval_plot(e, threshold=0.9, **k), estimates),
    "likert": (charts.likert_bars, answers),
    "income": (lambda i, **k: charts.income_histogram(i, 380000, **k), incomes),
    "funnel": (lambda u, **k: charts.funnel_plot(u, LIMITS, 0.11, **k), units),
}


@pytest.mark.parametrize("names", [["青坪街道"], [LONG, RARE], SIXTY], ids=["one", "long and rare", "sixty"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("chart", DRAWN)
def test_draws(chart, lang, names):
    draw, data = DRAWN[chart]
    made = draw(data(names), lang=lang)
    assert made.figure is not None and made._repr_html_() is None
    assert made.svg.startswith("<svg") and "</svg>" in made.svg
    assert len(names) > 2 or made._repr_png_()[:4] == b"\x89PNG"


EMPTY = {
    "findings": lambda: charts.findings_by_severity_and_topic(findings((), ())),
    "money": lambda: charts.money_at_risk(amounts()),
    "no money": lambda: charts.money_at_risk(amounts(("挪用", "0"))),
    "reconciliation": lambda: charts.reconciliation(reconciled()),
    "months": lambda: charts.spending_by_month(pd.DataFrame({"month": [], "amount": []}), 2019),
    "duty": lambda: charts.duty_heatmap(duties(())),
    "no duty": lambda: charts.duty_heatmap(duties(["甲镇"]).assign(due=0)),
    "missed": lambda: charts.missed_visits_histogram(pd.Series([None], dtype="Int64")),
    "none missed": lambda: charts.missed_visits_histogram(pd.Series([0, 0], dtype="Int64")),
    "interval": lambda: charts.interval_plot(estimates(())),
    "likert": lambda: charts.likert_bars(answers(())),
    "income": lambda: charts.income_histogram(incomes(()), 380000),
    "quality": lambda: charts.quality_bars(pd.DataFrame({"table": [], "evaluated": [], "passed": []})),
    "funnel": lambda: charts.funnel_plot(units(()), LIMITS, 0.1),
}


@pytest.mark.parametrize("chart", EMPTY)
def test_without_data_a_sentence_stands_in_its_place(chart):
    made = EMPTY[chart]()
    assert made.figure is None and made._repr_svg_() is None and made._repr_png_() is None
    assert re.search(r"<p class=\"empty\">.*。</p>", made._repr_html_())


@pytest.mark.parametrize("chart, title", [
    # 2 of 3 findings are on visits: 67 per cent.
    (lambda: charts.findings_by_severity_and_topic(findings()), "走访联系疑点最多：2 个，占全部 3 个的 67%"),
    # 150,000 + 50,000 yuan = 20 times ten thousand.
    (lambda: charts.money_at_risk(amounts(("挪用", "50000"), ("转移", "150000"))), "存疑金额 20.00 万元，“转移”最多：15.00 万元"),
    # Each fen once: the two bars share 30,000 yuan.
    (lambda: charts.money_at_risk(amounts(("挪用", "50000"), ("转移", "150000")), total=Decimal("170000")),
     "存疑金额 17.00 万元，“转移”最多：15.00 万元"),
    # 100 received - 80 spent - 5 in question leaves 15 unexplained: 20 of 100 in question.
    (lambda: charts.reconciliation(reconciled(("到账", "1000000", "whole"), ("支出", "800000", "part"), ("挪用", "50000", "question"))),
     "到账 100.00 万元，其中 20.00 万元存疑，占 20.0%"),
    # 10 + 20 of 40 times ten thousand yuan in October to December.
    (lambda: charts.spending_by_month(pd.DataFrame({"month": [1, 10, 12], "amount": [10000000, 10000000, 20000000]}), 2019), "12月支出最多(20.0 万元)，第四季度占全年的 75%"),
    # (10 - m mod 3) summed over a year: 120 - 12 = 108 of 120.
    (lambda: charts.duty_heatmap(duties(["甲镇"])), "应履职次数完成 90.0%；甲镇最低，为 90.0%"),
    (lambda: charts.missed_visits_histogram(pd.Series([0, 0, 1, 3, None], dtype="Int64")), "4 名责任人中 2 名有缺访，占 50.0%"),
    # 40 + 50 of 150 answers.
    (lambda: charts.likert_bars(answers()), "对帮扶责任人：60% 满意"),
    (lambda: charts.interval_plot(estimates(["甲镇", "乙镇"]).assign(high=[0.89, 0.95]), threshold=0.9), "甲镇的满意率显著低于 90%"),
    (lambda: charts.interval_plot(estimates(["甲镇"]), threshold=0.9), "满意率：没有显著低于 90% 的单位"),
    # 3,900 yuan lies within 250 yuan above a line of 3,800; 4,100 does not.
    (lambda: charts.income_histogram(incomes(["甲镇"]), 380000), "贫困线上方 250 元以内有 1 户"),
    (lambda: charts.quality_bars(pd.DataFrame({"table": ["a", "b"], "evaluated": [4, 2], "passed": [3, 2]})),
     "6 项检查中 5 项通过；2 张表中 1 张有未通过项"),
])
def test_title_is_computed(chart, title):
    assert chart().title == title


def test_a_flag_of_the_test_decides_over_the_interval():
    told = charts.interval_plot(estimates(["甲镇", "乙镇"]).assign(flagged=[False, True]), threshold=0.99)
    assert told.title == "乙镇的满意率显著低于 99%"


def test_the_same_data_give_the_same_bytes_and_nothing_to_load():
    first, second = (charts.findings_by_severity_and_topic(findings()) for _ in range(2))
    assert first.svg == second.svg
    assert "<metadata" not in first.svg and "<image" not in first.svg and "<text" not in first.svg
    assert not re.search(r"(?:href|src)=\"(?!#)", first.svg)


def test_ids_of_two_charts_on_one_page_do_not_meet():
    ids = [set(re.findall(r'\bid="([^"]+)"', c.svg)) for c in
           (charts.findings_by_severity_and_topic(findings()), charts.likert_bars(answers()))]
    assert ids[0] and not ids[0] & ids[1]


def test_every_reference_inside_a_chart_has_its_target():
    svg = charts.duty_heatmap(duties(["甲镇", "乙镇"])).svg
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    assert set(re.findall(r'href="#([^"]+)"', svg)) | set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids


def test_amounts_that_are_binary_floats_are_refused():
    with pytest.raises(TypeError, match="fen"):
        charts.money_at_risk(pd.DataFrame({"label": ["挪用"], "amount": [12.3]}))


def test_fen_and_yuan_say_the_same():
    fen = pd.DataFrame({"label": ["挪用"], "amount": pd.array([1234567], dtype="Int64")})
    assert charts.money_at_risk(fen).title == charts.money_at_risk(amounts(("挪用", "12345.67"))).title


def test_settings_of_the_session_are_left_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    charts.likert_bars(answers())._repr_png_()
    assert dict(matplotlib.rcParams) == before
