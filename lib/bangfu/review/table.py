"""The findings in JupyterLab, to be judged one by one: choose, read, fill in, save."""

from __future__ import annotations

from html import escape

from bangfu.publish.cards import Cards, gravest_first
from bangfu.publish.lab import show_style
from bangfu.publish.tables import Table
from bangfu.publish.words import label, word
from bangfu.review.ledger import Edit, Ledger, in_words
from bangfu.review.life import FIELDS, NEXT

_LONG = ("note", "measure", "result")


class ReviewTable:
    """The ledger of a county-year as widgets; it writes through `Ledger.take`, as the workbook does."""

    def __init__(self, ledger: Ledger, by: str, lang: str = "zh"):
        self.ledger, self.by, self.lang = ledger, by, lang

    @classmethod
    def open(cls, params: str, year: int, *, reports: str, by: str, lang: str = "zh") -> ReviewTable:
        """Opens the ledger of a county-year that was run."""
        show_style()
        return cls(Ledger.open(params, year, reports), by, lang)

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def panel(self):
        """The widgets: who judges, a search, the findings, and the form of the one chosen."""
        import ipywidgets as w

        wide = w.Layout(width="98%")
        self.person = w.Text(value=self.by, description=self.say("核实人", "Judged by"))
        self.search = w.Text(description=self.say("查找", "Search"), placeholder=self.say("编号、规则、对象或状态", "id, rule, subject or state"), continuous_update=False)
        self.list = w.Select(rows=22, layout=w.Layout(width="100%"))
        self.details = w.HTML(layout=wide)
        self.state = w.Dropdown(description=word("review", "state", self.lang), layout=wide)
        self.fields = {f: (w.Textarea if f in _LONG else w.Text)(description=word("review", f, self.lang), layout=wide, style={"description_width": "9em"}) for f in FIELDS}
        self.message = w.HTML(layout=wide)
        self.button = w.Button(description=self.say("保存", "Save"), button_style="primary")
        self.search.observe(lambda _: self._fill_list(), "value")
        self.list.observe(lambda _: self._show(), "value")
        self.button.on_click(lambda _: self.save())
        self._fill_list()
        left = w.VBox([self.person, self.search, self.list], layout=w.Layout(width="38%"))
        right = w.VBox([self.details, self.state, *self.fields.values(), self.button, self.message], layout=w.Layout(width="62%"))
        return w.HBox([left, right])

    def _fill_list(self) -> None:
        """The findings that hold the words searched for, gravest first."""
        rows = gravest_first(self.ledger.rows())
        shown = [(f"{word('status', r.now, self.lang)} · {r.rule_id} {r.title_en if self.lang == 'en' else r.title} · {r.subject}", r.finding_id) for r in rows.itertuples()]
        words = self.search.value.upper().split()
        kept = self.list.value
        self.list.options = [(text, f) for text, f in shown if all(word_ in f"{text} {f}".upper() for word_ in words)]
        there = [f for _, f in self.list.options]
        self.list.value = kept if kept in there else next(iter(there), None)
        self._show()

    def _show(self) -> None:
        """The finding chosen: what it rests on, its history, and its form as it stands."""
        self.message.value = ""
        if self.list.value is None:
            self.details.value = ""
            return
        self.row = self.ledger.rows().set_index("finding_id", drop=False).loc[self.list.value]
        one = self.ledger.table.loc[[self.list.value]].assign(status=self.row["now"])
        self.details.value = Cards(one, lang=self.lang)._repr_html_() + self._told()
        offered = [self.row["state"], *(s for s in NEXT[self.row["now"]] if s != self.row["state"])]
        self.state.options = [(word("status", s, self.lang) if s else "—", s) for s in dict.fromkeys(offered)]
        self.state.value = self.row["state"]
        for name, field in self.fields.items():
            field.value = self.row[name]

    def _told(self) -> str:
        """Why the finding stands where it stands, what people did with it, and what waits for a decision."""
        lines = [self.row["reason"]] if self.row["reason"] else []
        for e in self.ledger.history.get(self.list.value, []):
            given = {"state": e.became, **{f: getattr(e, f) for f in FIELDS}}
            lost = self.say("(待决)", " (waiting)") if e.version is None else ""
            lines.append(f"{e.year} · {e.at[:10]} · {e.by}: {in_words(given, self.lang)}{lost}")
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if lines else ""

    def save(self) -> None:
        """Hands the form to the ledger and says what became of it."""
        if not self.person.value.strip():
            self.message.value = escape(self.say("请先填写核实人。", "Name who judges first."))
            return
        edit = Edit(self.list.value, int(self.row["version"]), self.row["evidence"], self.state.value or "", {f: w.value.strip() for f, w in self.fields.items()})
        taken = self.ledger.take([edit], self.person.value.strip())
        said = [s.say(self.lang) for _, s in (*taken.refused, *taken.conflicts)]
        if taken.entries:
            self._fill_list()
        self.message.value = escape("\n".join(said) or (self.say("已保存。", "Saved.") if taken.entries else self.say("没有改动。", "Nothing was changed.")))

    def standing(self) -> Table:
        """How many findings stand at which state."""
        counts = self.ledger.rows()["now"].value_counts()
        rows = counts.reindex([s for s in label("status") if s in counts.index]).rename_axis("status").rename("findings").reset_index()
        return Table(rows, {"status": (word("finding", "status", self.lang), "status"), "findings": (self.say("疑点数", "Findings"), "count")}, lang=self.lang)
