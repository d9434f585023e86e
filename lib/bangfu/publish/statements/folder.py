"""A folder of statements: a page per helper in the folder of his unit, and summaries of units, towns and the county.

File names are numbers: the place of a helper, unit or town in the order of the county-year. An id of a helper can be an id number or a
telephone in some county's register, and a digest of one can be guessed back; a number tells nothing, and is the same in both editions.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu.assessment.statement import StatementBook
from bangfu.problems import Sentence, WrongParams, did_you_mean
from bangfu.publish.html import publish_shown
from bangfu.publish.publication import particulars
from bangfu.publish.statements.page import StatementPages
from bangfu.publish.statements.summary import Summaries
from bangfu.publish.tables import Notice, Table
from bangfu.typography import chinese_marks

INDEX = "index.html"


def issue_statements(county, to: Path, *, helpers: Sequence[str] = (), units: Sequence[str] = ()) -> dict[str, int]:
    """Writes statements into an empty folder: `units/<n>/<n>.html`, `units/<n>/index.html`, `towns/<n>.html`, `index.html`.

    helpers, units: whose statements; all where neither is named (then with the summaries of towns and county). Returns how many of
    each were written. WrongParams where the card does not say how statements are answered, an id or unit is not known, or the folder
    is not empty.
    """
    if county.assessed.card.statements is None:
        raise WrongParams.of("评分卡没有 statements 一节,请写明答复天数 answer_days 和公开汇总的最少人数 smallest。", "The scorecard has no `statements`: give answer_days and smallest.")
    _demand_empty(to)
    pages = Folder(county, StatementBook.of(county, signals=county.edition == "internal"), to)
    chosen = pages.chosen(helpers, units)
    return pages.write(chosen, whole=not helpers and not units)


def _demand_empty(to: Path) -> None:
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise WrongParams.of(f"文件夹 {to} 不能创建({wrong.strerror}),请换一个。", f"The folder {to} cannot be made ({wrong.strerror}); name another.") from None
    if any(to.iterdir()):
        raise WrongParams.of(f"文件夹 {to} 不是空的,请另给一个空文件夹。", f"The folder {to} is not empty; name an empty one.")


class Folder:
    """Where each page stands, and writing them."""

    def __init__(self, county, book: StatementBook, to: Path):
        self.county, self.book, self.to = county, book, to
        self.summaries, self.pages = Summaries(county, book), StatementPages(county, book)
        people = self.summaries.people
        self.unit_of = people.drop_duplicates("helper_id").set_index("helper_id")["unit"].to_dict()
        self.number = {h: f"{n:05d}" for n, h in enumerate(book.helpers, 1)}
        self.unit_number = {u: f"{n:04d}" for n, u in enumerate(sorted(set(people["unit"])), 1)}
        self.town_number = {t: f"{n:03d}" for n, t in enumerate(sorted(set(people["town"])), 1)}

    def chosen(self, helpers: Sequence[str], units: Sequence[str]) -> list[str]:
        """The helpers named and those of the units named, all where nothing is; WrongParams with every name that is not known."""
        wrong = []
        for helper in helpers:
            if helper not in self.number:
                zh, en = did_you_mean(helper, self.number)
                wrong.append(Sentence(f"本年没有编号为“{self.pages.shown(helper)}”的帮扶责任人{zh}", f"no helper “{self.pages.shown(helper)}” in the year{en}"))
        for unit in units:
            if unit not in self.unit_number:
                zh, en = did_you_mean(unit, self.unit_number)
                wrong.append(Sentence(f"没有名为“{unit}”的单位{zh}", f"no unit “{unit}”{en}"))
        if wrong:
            raise WrongParams.all(wrong)
        if not helpers and not units:
            return self.book.helpers
        return [h for h in self.book.helpers if h in set(helpers) or self.unit_of[h] in set(units)]

    def write(self, helpers: list[str], *, whole: bool) -> dict[str, int]:
        units = sorted({self.unit_of[h] for h in helpers})
        for helper in helpers:
            self.helper(helper, whole)
        for unit in units:
            self.unit(unit, helpers, whole)
        towns = sorted(self.town_number) if whole else []
        for town in towns:
            self.town(town)
        if whole:
            self.whole_county()
        return {"helpers": len(helpers), "units": len(units), "towns": len(towns)}

    def helper(self, helper: str, whole: bool) -> Path:
        s = self.book.statement(helper)
        back = [(self.pages.say("本单位", "The unit"), INDEX)] + ([(self.pages.say("全县", "The county"), f"../../{INDEX}")] if whole else [])
        subtitle = self.pages.say("应做与记录、得分与理由、疑点与出处;可在期限内说明和更正", "Duty and record, points and reasons, findings and sources; to be answered in time")
        return self._publish([*self.pages.parts(s), self._back(back)], self.to / "units" / self.unit_number[self.unit_of[helper]] / f"{self.number[helper]}.html", self.pages.title(s), subtitle)

    def unit(self, unit: str, helpers: list[str], whole: bool) -> Path:
        say, m = self.summaries.say, self.summaries
        rows = m.people[m.people["unit"] == unit]
        mine = {h: f"{self.number[h]}.html" for h in helpers if self.unit_of[h] == unit}
        parts = [
            (say("概况", "Overview"), [m.key_figures_of_group("unit", unit), m.grades_of("unit", unit)]),
            (say("对单位的处理", "Sanction of the unit"), [m.unit_sanctions(unit)]),
            (say("考虑结对户差异的比较", "Compared, allowing for households"), [m.compared_group("unit", unit)]),
            (say("对账单", "Statements"), [m.roll(rows[rows["helper_id"].isin(mine)], mine)]),
        ]
        back = [self._back([(say("全县", "The county"), f"../../{INDEX}")])] if whole else []
        return self._publish([*parts, *back], self.to / "units" / self.unit_number[unit] / INDEX, say(f"单位汇总:{unit}", f"Unit: {unit}"))

    def town(self, town: str) -> Path:
        say, m = self.summaries.say, self.summaries
        links = {u: f"../units/{n}/{INDEX}" for u, n in self.unit_number.items()}
        note = say("责任人按其多数结对户所在镇街归入。单位的数字是该单位全部责任人的。", "Helpers are counted in the town of most of their households. Figures of units are of all their helpers.")
        parts = [
            (say("概况", "Overview"), [m.key_figures_of_group("town", town), m.grades_of("town", town)]),
            (say("有责任人在此结对的单位", "Units with helpers here"), [m.groups("unit", links, within=("town", town)), Notice(note)]),
            (say("考虑结对户差异的比较", "Compared, allowing for households"), [m.compared_group("town", town)]),
            self._back([(say("全县", "The county"), f"../{INDEX}")]),
        ]
        return self._publish(parts, self.to / "towns" / f"{self.town_number[town]}.html", say(f"镇街汇总:{town}", f"Town: {town}"))

    def whole_county(self) -> Path:
        say, m = self.summaries.say, self.summaries
        parts = [
            (say("概况", "Overview"), [m.scorecard(), m.key_figures_of_group(), m.grades_of()]),
            (say("各镇街", "Towns"), [m.groups("town", {t: f"towns/{n}.html" for t, n in self.town_number.items()}), m.compared_group("town")]),
            (say("各单位", "Units"), [m.groups("unit", {u: f"units/{n}/{INDEX}" for u, n in self.unit_number.items()})]),
            (say("对单位的处理", "Sanctions of units"), [m.unit_sanctions()]),
        ]
        return self._publish(parts, self.to / INDEX, say("帮扶责任人对账单汇总", "Statements of helpers: summary"))

    def _back(self, links: list[tuple[str, str]]) -> tuple[str, list]:
        say = self.pages.say
        return say("另见", "See also"), [Table(pd.DataFrame({"page": links}), {"page": (say("页面", "Page"), "link")}, lang=self.county.lang)]

    def _publish(self, parts: list, out: Path, title: str, subtitle: str = "") -> Path:
        meta = self._particulars | {"title": chinese_marks(title)} | ({"subtitle": subtitle} if subtitle else {})
        return publish_shown(parts, out, meta=meta, lang=self.county.lang, edition=self.county.edition)

    @cached_property
    def _particulars(self) -> dict:
        return particulars(self.county)
