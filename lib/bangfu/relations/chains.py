"""A chain of links from one to another, each link in words with the rows that say so."""

from __future__ import annotations

from dataclasses import dataclass

from bangfu.relations.words import BASIS, DOUBT, ROLE, STANDS, STEP, said

LIKENESS = ("same", "same_confirmed")  # links that rest on no number
_SHOWN = 3  # rows of one link that a sentence names


@dataclass(frozen=True)
class Step:
    """One statement of rows about two nodes; status stated, suggested or confirmed; rows as (county, row token)."""

    a: str
    b: str
    kind: str
    status: str
    rows: list[tuple[str, int]]


@dataclass(frozen=True)
class Chain:
    """Links from `start` on, in order; at its end a person may stand in roles (`ending`: role → rows)."""

    network: object
    start: str
    steps: list[Step]
    ending: tuple[tuple[str, list[tuple[str, int]]], ...] = ()

    @property
    def nodes(self) -> list[str]:
        found = [self.start]
        for s in self.steps:
            found.append(s.b if s.a == found[-1] else s.a)
        return found

    @property
    def status(self) -> str:
        """exact, confirmed (a link rests on a person's word), doubtful (an id number is in doubt) or suggested."""
        statuses = {s.status for s in self.steps}
        if "suggested" in statuses:
            return "suggested"
        if self.doubts:
            return "doubtful"
        return "confirmed" if "confirmed" in statuses else "exact"

    @property
    def doubts(self) -> list[tuple[str, str]]:
        """Persons of the chain whose id number is in doubt, and why."""
        known = self.network.persons["doubt"]
        return [(n, known[n]) for n in self.nodes if n in known.index and isinstance(known[n], str)]

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Every row that the chain rests on."""
        return list(dict.fromkeys([r for s in self.steps for r in s.rows] + [r for _, rows in self.ending for r in rows]))

    def say(self, lang: str = "zh") -> str:
        """The chain in words, link by link, each with its rows."""
        net = self.network
        parts, told = [], {}
        for s in self.steps:
            a, b = (self._name(node, s, told.get(node), lang) for node in (s.a, s.b))
            parts.append(said(STEP[s.kind], lang).format(a=a, b=b) + self._likeness(s, lang) + self._rows(s.rows, lang))
            told = {s.a: s.rows, s.b: s.rows}
        for role, rows in self.ending:
            end = self.nodes[-1]
            name = net.label(end) + (self._basis(end, rows, lang) if told else "")
            parts.append(said(STANDS, lang).format(name=name, role=said(ROLE[role], lang)) + self._rows(rows, lang))
        for node, why in self.doubts:
            parts.append(said(DOUBT[why], lang).format(names="、".join(net.persons.at[node, "names"])))
        joined = ("; " if lang == "en" else ";").join(parts)
        return joined + ("." if lang == "en" else "。")

    def _name(self, node: str, step: Step, before: list | None, lang: str) -> str:
        """The node's label; of a person told of before by another row, with what the two rows have in common."""
        again = before and step.kind not in LIKENESS and node in self.network.persons.index and not set(before) & set(step.rows)
        return self.network.called(node, lang) + (self._basis(node, step.rows, lang) if again else "")

    def _basis(self, node: str, rows: list[tuple[str, int]], lang: str) -> str:
        """What makes the person of these rows the same as in the other rows."""
        numbered = self.network.numbered(node, rows)
        return f" ({said(BASIS[numbered], lang)})" if lang == "en" else f"({said(BASIS[numbered], lang)})"

    def _likeness(self, step: Step, lang: str) -> str:
        """How alike two persons are, where a link rests on that."""
        told = self.network.likeness.get((step.a, step.b)) if step.kind in LIKENESS else None
        return "" if told is None else f" ({said(told, lang)})" if lang == "en" else f"({said(told, lang)})"

    def _rows(self, rows: list[tuple[str, int]], lang: str) -> str:
        if not rows:
            return ""
        places = [self.network.place(r) for r in rows[:_SHOWN]]
        each = [" ".join(filter(None, (p["file"], p["sheet"]))) + (f" row {p['row']}" if lang == "en" else f"第{p['row']}行") for p in places]
        more = "" if len(rows) <= _SHOWN else (f", {len(rows)} in all" if lang == "en" else f"等{len(rows)}处")
        return f" ({', '.join(each)}{more})" if lang == "en" else f"({'、'.join(each)}{more})"

