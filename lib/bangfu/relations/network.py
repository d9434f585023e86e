"""The network of persons, households, companies, accounts, telephones and addresses, every link with its rows.

Two rows are joined by an equal number: id number, account, telephone, household, or by an equal company or address.
What more neighbours share than the settings allow is a hub: it is shown, and no relation leads over it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from bangfu.relations.chains import Chain, Step
from bangfu.relations.persons import mentions, profiles
from bangfu.relations.settings import RelationSettings, read_settings
from bangfu.relations.statements import DEALINGS, statements
from bangfu.relations.words import NODE, said

Evidence = tuple[str, int]  # county code and row token


@dataclass
class Network:
    """What rows of one county or several say of who is joined to whom.

    mentions  every place that names a person (`persons.mentions`)
    persons   what is known of each (`persons.profiles`), by node
    links     statements (`statements.statements`) with status: stated, suggested, confirmed
    tables    county code → tables by name
    settings  how far relations are followed
    where     county code → function from row token to {file, sheet, row}
    likeness  two persons → how alike they are, in words (zh, en), where a link rests on that
    """

    mentions: pd.DataFrame
    persons: pd.DataFrame
    links: pd.DataFrame
    tables: dict[str, dict[str, pd.DataFrame]]
    settings: RelationSettings
    where: dict[str, Callable[[int], dict]]
    likeness: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, counties: dict[str, dict[str, pd.DataFrame]], where: dict[str, Callable[[int], dict]], settings: RelationSettings | None = None) -> Network:
        """The network of the tables of counties (county code → tables by name)."""
        settings = settings or read_settings()
        found, said = [], []
        for code, tables in counties.items():
            named = mentions(tables, code, settings.names)
            found.append(named)
            said.append(statements(tables, code, named, settings.names))
        named = pd.concat(found, ignore_index=True)
        return cls(named, profiles(named), pd.concat(said, ignore_index=True).assign(status="stated"), counties, settings, where)

    @classmethod
    def of_county(cls, county) -> Network:
        """The network of one `County`."""
        return cls.of({county.code: county.tables}, {county.code: county.intake.where})

    def joined(self, links: pd.DataFrame, likeness: dict[tuple[str, str], tuple[str, str]]) -> Network:
        """The network with links between persons that rest on a likeness (a, b, kind, status, and the rows of both)."""
        return replace(self, links=pd.concat([self.links, links[self.links.columns]], ignore_index=True), likeness=self.likeness | likeness)

    @cached_property
    def edges(self) -> pd.DataFrame:
        """Each pair of nodes and kind once: a, b, kind, status, first and last (positions in `ordered`)."""
        rows = self._ordered
        new = (rows[["a", "b", "kind", "status"]] != rows[["a", "b", "kind", "status"]].shift()).any(axis=1)
        first = np.flatnonzero(new)
        return rows.iloc[first][["a", "b", "kind", "status"]].assign(first=first, last=np.append(first[1:], len(rows))).reset_index(drop=True)

    @cached_property
    def _ordered(self) -> pd.DataFrame:
        return self.links.sort_values(["a", "b", "kind", "status", "county", "origin"], kind="stable", ignore_index=True)

    @cached_property
    def _plain(self) -> tuple[list[tuple], list[str], np.ndarray]:
        """The edges and the places of their rows as plain values, which are looked up one by one."""
        rows = self._ordered
        return list(self.edges.itertuples(index=False, name=None)), rows["county"].tolist(), rows["origin"].to_numpy()

    def rows_of(self, edge: int) -> list[Evidence]:
        """The rows that say so."""
        edges, counties, origins = self._plain
        *_, first, last = edges[edge]
        return list(dict.fromkeys((counties[i], int(origins[i])) for i in range(first, last)))

    @cached_property
    def hubs(self) -> pd.DataFrame:
        """What too many share to tell of a relation: node, kind, neighbours, helpers (how many of them are); most shared first.

        A helper's own telephone may stand as that of his households: no relation is drawn from it, but it is there to be seen.
        """
        e = self.edges[~self.edges["kind"].isin(DEALINGS)]
        ends = pd.concat([e[["a", "b"]].set_axis(["node", "other"], axis=1), e[["b", "a"]].set_axis(["node", "other"], axis=1)]).drop_duplicates()
        helper = self.persons["roles"].map(lambda roles: "helper" in roles)
        helpers = ends[ends["other"].isin(helper.index[helper])]["node"].value_counts()
        counts = ends["node"].value_counts().rename("neighbours").rename_axis("node").reset_index()
        counts["kind"] = counts["node"].str.partition(":")[0]
        limits = self.settings.hub.model_dump()
        many = counts[counts["neighbours"] > counts["kind"].map(limits)]
        many = many.assign(helpers=many["node"].map(helpers).fillna(0).astype("int64"))
        return many.sort_values(["neighbours", "node"], ascending=[False, True], ignore_index=True)[["node", "kind", "neighbours", "helpers"]]

    def graph(self, *, suggested: bool = False, dealings: bool = False):
        """The igraph of what leads from one to another: no hubs; `edge` numbers the rows of `edges`, `name` the nodes.

        suggested: with links that no person has confirmed. dealings: with statements about work and payments as well (see `statements.DEALINGS`).
        """
        import igraph

        kept = self.__dict__.setdefault("_kept_graphs", {})
        if (suggested, dealings) not in kept:
            e = self.edges
            use = ~e["a"].isin(self.hubs["node"]) & ~e["b"].isin(self.hubs["node"])
            use &= (e["status"] != "suggested") | suggested
            use &= ~e["kind"].isin(DEALINGS) | dealings
            e = e[use]
            codes, names = pd.factorize(pd.concat([e["a"], e["b"]], ignore_index=True))
            graph = igraph.Graph(n=len(names), edges=np.column_stack([codes[: len(e)], codes[len(e) :]]))
            graph.vs["name"] = names.tolist()
            graph.es["edge"] = e.index.tolist()
            kept[suggested, dealings] = graph, pd.Series(range(len(names)), index=names)
        return kept[suggested, dealings]

    def path(self, start: str, goal: str, *, dealings: bool = True) -> Chain | None:
        """The shortest chain of links from one node to another; suggested links only where no others lead there; None without."""
        for suggested in (False, True):
            found = self.paths(start, [goal], suggested=suggested, dealings=dealings)
            if found:
                return found[0]
        return None

    def paths(self, start: str, goals: Iterable[str], *, suggested: bool, dealings: bool = False) -> list[Chain]:
        """The shortest chains from a node to each of the goals that it is joined to."""
        graph, place = self.graph(suggested=suggested, dealings=dealings)
        goals = [g for g in goals if g in place.index]
        if start not in place.index or not goals:
            return []
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Couldn't reach")  # no chain is an answer
            found = graph.get_shortest_paths(int(place[start]), to=place[goals].tolist(), output="epath")
        return [self.chain(start, [graph.es[i]["edge"] for i in ids]) for ids, goal in zip(found, goals, strict=True) if ids or start == goal]

    def near(self, start: str, links: int, *, suggested: bool) -> list[str]:
        """The nodes that so many links lead to at most, the nearest first."""
        graph, place = self.graph(suggested=suggested)
        if start not in place.index:
            return []
        return [graph.vs[v]["name"] for v in graph.neighborhood(int(place[start]), order=links)]

    def chain(self, start: str, edges: list[int]) -> Chain:
        """The chain from a node over these rows of `edges`."""
        steps = []
        for number in edges:
            a, b, kind, status, *_ = self._plain[0][number]
            steps.append(Step(a, b, kind, status, self.rows_of(number)))
        return Chain(self, start, steps)

    def ended(self, chain: Chain, roles: Iterable[str]) -> Chain:
        """The chain with the rows by which its last person stands in the roles."""
        rows = self.in_role(chain.nodes[-1], roles)
        ending = [(role, list(zip(part["county"], part["origin"].astype("int64"), strict=True))) for role, part in rows.groupby("role", sort=True)]
        return replace(chain, ending=tuple(ending))

    def named(self, node: str) -> list[Evidence]:
        """The rows that name a person."""
        rows = self.mentions.iloc[self._named.get(node, [])]
        return list(zip(rows["county"], rows["origin"].astype("int64"), strict=True))

    def numbered(self, node: str, evidence: list[Evidence]) -> bool:
        """Whether each of these rows that names the person has the id number."""
        rows = self.mentions.iloc[self._named.get(node, [])]
        here = [e in set(evidence) for e in zip(rows["county"], rows["origin"], strict=True)]
        return bool(rows.loc[here, "id_number"].notna().all())

    def namesakes(self, written: str, roles: Iterable[str]) -> pd.DataFrame:
        """Persons of the same written name who stand in one of the roles: node, role, county, origin. A name is no person."""
        rows = self.mentions.iloc[self._written.get(written, [])]
        return rows.loc[rows["role"].isin(list(roles)), ["node", "role", "county", "origin"]].drop_duplicates(["node", "role"])

    @cached_property
    def _written(self) -> dict:
        return self.mentions.groupby("written", sort=False).indices

    def in_role(self, node: str, roles: Iterable[str]) -> pd.DataFrame:
        """The places that name a person in one of the roles."""
        rows = self.mentions.iloc[self._named.get(node, [])]
        return rows[rows["role"].isin(list(roles))].drop_duplicates(["county", "origin"])

    @cached_property
    def _named(self) -> dict:
        return self.mentions.groupby("node", sort=False).indices

    def label(self, node: str) -> str:
        """What readers call a node: a person's name, a number, a company's name."""
        if node in self.persons.index:
            name = self.persons.at[node, "name"]
            return name if isinstance(name, str) else self.persons.at[node, "id_number"]
        return node.split(":")[-1]

    def called(self, node: str, lang: str = "zh") -> str:
        """The label with what it is where it is but a number: 贫困户999001000001, 电话13769408727."""
        kind = said(NODE[node.partition(":")[0]], lang)
        return f"{kind}{' ' if kind and lang == 'en' else ''}{self.label(node)}"

    def place(self, evidence: Evidence) -> dict:
        """The file, sheet and row of a piece of evidence."""
        county, origin = evidence
        return self.where[county](origin)

    def sources(self, evidence: Iterable[Evidence]) -> list[dict]:
        return [self.place(e) for e in dict.fromkeys(evidence)]
