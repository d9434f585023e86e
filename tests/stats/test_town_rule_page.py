"""The page on the town rule prints the figures of the simulation, and what it says of them is so."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
WAYS = {
    "普通二项检验(把16户当作互不相关)": "plain binomial", "Wald检验(本镇街自身误差,按正态)": "Wald",
    "各镇街用自身的设计效应": "each town its own design effect", "各镇街设计效应的平均": "pooled mean of the towns",
    "合并设计效应(不修正)": "pooled ratio", "合并设计效应,用t分布": "pooled ratio, Student", "合并设计效应,取上限": "pooled ratio, upper 70%",
    "**合并设计效应,按中位数修正(所采用)**": "pooled ratio, median (chosen)",
}
CHOSEN = "pooled ratio, median (chosen)"


def simulated():
    """{(towns, villages, households, way): [(false alarms, found) by correlation]}; of unequal villages, households is None."""
    cells, setting = {}, None
    for line in (HOME / "benchmarks" / "share_below.txt").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"(\d+) towns, (\d+) villages of (\d+);", line):
            setting = tuple(map(int, heading.groups()))
        elif heading := re.match(r"(\d+) towns, villages of 12 to 49", line):
            setting = (int(heading[1]), 4, None)
        figures = re.findall(r"(\d\.\d{3}) \| (\d\.\d{2})", line)
        if figures and line.startswith("as chosen"):
            cells.setdefault((*setting, CHOSEN), []).extend(figures)
        elif figures:
            cells[(*setting, re.match(r"(.*?)\s+0\.", line)[1])] = figures
    return cells


def printed():
    cells, setting = {}, None
    for line in (HOME / "docs" / "town-rule.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"### (\d+)个镇街,每镇街(\d+)村、每村(\d+)户", line):
            setting = tuple(map(int, heading.groups()))
        elif heading := re.match(r"### (\d+)个镇街,每村12至49户", line):
            setting = (int(heading[1]), 4, None)
        if row := re.match(r"\| (.+?) \| (\d\.\d{3} / .*) \|$", line):
            cells[(*setting, WAYS[row[1]])] = [tuple(cell.split(" / ")) for cell in row[2].split(" | ")]
    return cells


def test_every_figure_of_the_page_is_that_of_the_simulation():
    found, page = simulated(), printed()
    assert len(page) == 8 + 6 * 4 + 1
    assert {way for *setting, way in page if setting == [8, 4, 16]} == set(WAYS.values())
    for row, figures in page.items():
        assert figures == found[row], row


@pytest.mark.parametrize("towns", [1, 3, 8, 16, 30])
def test_the_rule_keeps_its_level_and_finds_half(towns):
    figures = [(float(alarm), float(found)) for alarm, found in simulated()[(towns, 4, 16, CHOSEN)]]
    assert all(alarm <= 0.05 for alarm, _ in figures[:3])  # correlations 0, 0.02, 0.05
    if towns == 8:
        assert figures[2][1] >= 0.5
    unequal = simulated()[(8, 4, None, CHOSEN)]
    assert all(float(alarm) <= 0.05 for alarm, _ in unequal[:3]) and float(unequal[2][1]) >= 0.5


def test_the_naive_ways_do_not_keep_the_level():
    found = simulated()
    assert all(float(alarm) > 0.05 for alarm, _ in found[(8, 4, 16, "plain binomial")][1:])
    assert all(float(alarm) > 0.05 for alarm, _ in found[(8, 4, 16, "Wald")])
    assert float(found[(8, 4, 16, "each town its own design effect")][2][0]) > 0.05
