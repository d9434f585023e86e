"""What the notebook `relations` shows: who is behind contractors and accounts, and who may be the same person."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu import charts
from bangfu.county import County
from bangfu.intake import dictionary
from bangfu.problems import WrongParams, did_you_mean
from bangfu.publish.masking import Masker
from bangfu.publish.pages.common import Pages
from bangfu.publish.tables import Figures, Notice, Table
from bangfu.relations import Network
from bangfu.relations.chains import Chain
from bangfu.relations.contractors import behind_contractors, not_followed
from bangfu.relations.counties import registered_twice
from bangfu.relations.decisions import decided, read_decisions, to_confirm, write_to_confirm
from bangfu.relations.likeness import Likeness, suggest
from bangfu.relations.receivers import receivers
from bangfu.relations.words import ROLE, SHORT, STATUS, said

NEEDS = ("projects", "helpers", "payroll", "benefits", "businesses", "accounts")


class Relations(Pages):
    def __init__(self, county: County, others: list[County] = (), confirmed: str = "", start: str = "", goal: str = ""):
        super().__init__(county)
        self.others, self.confirmed, self.start, self.goal = list(others), confirmed, start, goal

    @classmethod
    def open(cls, params: str, year: int, *, reports: str, lang: str = "zh", edition: str = "public", others: list[str] = (), confirmed: str = "", start: str = "", goal: str = "") -> Relations:
        """Opens the county-year. others: params of further counties; confirmed: the table of suggestions, filled in; start, goal: two to be joined."""
        page = super().open(params, year, reports=reports, lang=lang, edition=edition)
        return cls(page.county, [County.open(o, year, lang=lang, edition=edition) for o in others], confirmed, start, goal)

    @cached_property
    def _plain(self) -> Network:
        counties = [self.county, *self.others]
        return Network.of({c.code: c.tables for c in counties}, {c.code: c.intake.where for c in counties})

    @cached_property
    def likeness(self) -> Likeness:
        return suggest(self._plain)

    @cached_property
    def _decided(self):
        return decided(self._plain, self.likeness, read_decisions(Path(self.confirmed)) if self.confirmed else ())

    @property
    def network(self) -> Network:
        """The network with its suggestions and what persons have decided on them."""
        return self._decided[0]

    @cached_property
    def masker(self) -> Masker | None:
        """Masks the names of every county of the page, as they stand and as they are compared."""
        if self.county.edition != "public":
            return None
        each = [c.masker for c in (self.county, *self.others)]
        alike = {n for names in self._plain.persons["names"].dropna() for n in names}
        return Masker(set().union(alike, *(m.names for m in each)), set().union(*(m.internal for m in each)))

    def _text(self, sentence: str) -> str:
        return self.masker.text(sentence) if self.masker else sentence

    @cached_property
    def _behind(self) -> pd.DataFrame:
        return behind_contractors(self.network)

    @cached_property
    def _receivers(self) -> pd.DataFrame:
        return receivers(self.network)

    def absent(self) -> Notice:
        """Which tables the questions had to do without."""
        gone = [t for t in NEEDS if t not in self.county.tables]
        if not gone:
            return Notice(self.say("所需各表都已提交。没有登记在这些表中的关系查不出来。", "All tables that the questions need were handed in. Relations that stand in no table cannot be found."))
        names = self.say("、", ", ").join(dictionary()[t].label(self.lang) for t in gone)
        return Notice(self.say(f"缺少:{names}。与之有关的关联没有查,不等于没有。", f"Absent: {names}. Relations through them were not looked for; that does not mean there are none."), "absent")

    def conclusion(self) -> Figures:
        persons, unit = self.network.persons, self.say("个", "")
        numbered = persons["id_number"].notna().sum()
        boxes = [
            (self.say("有证件号码的人员", "Persons with an id number"), f"{numbered:,}", self.say("人", "")), (self.say("只有姓名的人员", "Persons with a name only"), f"{len(persons) - numbered:,}", self.say("人", "")),
            (self.say("有关联的施工单位", "Contractors with somebody behind"), f"{self._behind['company'].nunique():,}", unit), (self.say("集中收款的账户", "Receivers of several households' benefits"), f"{len(self._receivers):,}", unit),
            (self.say("待确认的疑似同一人", "Suggestions to confirm"), f"{(self.network.links['kind'] == 'same').groupby([self.network.links['a'], self.network.links['b']]).any().sum():,}", self.say("对", "")),
        ]  # fmt: skip
        return Figures(boxes)

    def contractors(self) -> Table:
        rows = self._behind
        rows = rows.assign(
            roles=[self.say("、", ", ").join(said(ROLE[r], self.lang) for r in roles) for roles in rows["roles"]], status=[said(STATUS[s], self.lang) for s in rows["status"]],
            chain=[self._text(c) for c in rows["chain_en" if self.lang == "en" else "chain"]], projects=[", ".join(p) for p in rows["projects"]],
        )  # fmt: skip
        rows = self.masked_frame(rows, {"name": "name"})
        columns = {
            "contractor": (self.say("施工单位", "Contractor"), "text"), "name": (self.say("人员", "Person"), "text"), "roles": (self.say("身份", "Standing"), "text"), "steps": (self.say("相隔环节", "Links"), "count"),
            "status": (self.say("依据", "Footing"), "text"), "amount": (self.say("合同金额(元)", "Contracts (yuan)"), "yuan"), "chain": (self.say("关联链及出处", "Chain of links and rows"), "long"),
        }  # fmt: skip
        note = self.say("同一施工单位可列出几人,合同金额不得相加。", "A contractor may stand here with several persons: its contracts must not be added up.")
        return Table(rows, columns, caption=self.say("施工单位背后的帮扶责任人、财政供养人员和贫困户成员", "Helpers, persons on the payroll and household members behind contractors"), note=note, lang=self.lang)

    def contractors_left_out(self) -> Notice:
        told = not_followed(self.network)
        if not told["without_representative"] and not told["without_id_number"]:
            return Notice(self.say(f"共{told['contractors']}个施工单位,法定代表人都有证件号码。", f"{told['contractors']} contractors; every legal representative has an id number on record."))
        return Notice(
            self.say(
                f"共{told['contractors']}个施工单位;{told['without_representative']}个没有登记法定代表人,{told['without_id_number']}个的法定代表人没有证件号码,只能推断,不能认定。",
                f"{told['contractors']} contractors; {told['without_representative']} have no legal representative on record, of {told['without_id_number']} the representative has no id number: nothing can be established there.",
            ),
            "absent",
        )

    def contractors_chart(self) -> charts.Chart:
        chains = [c for r in self._behind.itertuples() if (c := self.network.path(r.company, r.person, dealings=False))]
        ends = [self.say("、", ", ").join(said(ROLE[r], self.lang) for r in roles) for roles in self._behind["roles"]]
        return charts.relation_chains(self._drawn(chains, ends), lang=self.lang)

    def _drawn(self, chains: list[Chain], ends: list[str]) -> pd.DataFrame:
        return pd.DataFrame(
            [{"nodes": [self._text(self.network.called(n, self.lang)) for n in c.nodes], "links": [said(SHORT[s.kind], self.lang) for s in c.steps], "status": c.status, "end": end} for c, end in zip(chains, ends, strict=True)],
            columns=["nodes", "links", "status", "end"],
        )

    def receivers(self) -> Table:
        rows = self._receivers
        english = self.lang == "en"
        rows = rows.assign(
            label=[self._text(label) for label in rows["label"]], status=[said(STATUS[s], self.lang) for s in rows["status"]], explanation=[self._text(t) for t in rows["explanation_en" if english else "explanation"]],
            chain=[self._text(t) for t in rows["chain_en" if english else "chain"]], sources=[self.network.sources(e) for e in rows["evidence"]],
        )  # fmt: skip
        columns = {
            "label": (self.say("收款一方", "Receiver"), "text"), "households": (self.say("涉及他户", "Other households"), "count"), "payments": (self.say("笔数", "Payments"), "count"),
            "amount": (self.say("金额(元)", "Amount (yuan)"), "yuan"), "explanation": (self.say("说明", "Explanation"), "long"), "chain": (self.say("与公职人员的关联", "Links to officials"), "long"),
            "sources": (self.say("出处", "Rows"), "sources"),
        }  # fmt: skip
        if not rows["chain"].astype(bool).any():
            columns.pop("chain")
        note = self.say("发入本户账户、或户名为本户成员的账户的补助不在其中(如家长代未成年子女收款)。", "Benefits paid to the household's own account, or to an account in the name of one of its members, are not among these.")
        return Table(rows, columns, caption=self.say("多户补助归于一处", "Benefits of several households that end with one"), note=note, lang=self.lang)

    def two_counties(self) -> Table | Notice:
        if not self.others:
            return Notice(self.say("只给了一个县,没有比对。请在参数 others 中列出其他县的参数文件。", "One county was given: nothing to compare. Name the params of other counties in `others`."), "absent")
        rows = registered_twice(self.network)
        rows = rows.assign(status=[said(STATUS[s], self.lang) for s in rows["status"]], chain=[self._text(c) for c in rows["chain_en" if self.lang == "en" else "chain"]])
        rows = self.masked_frame(rows, {"name": "name"})
        columns = {
            "name": (self.say("人员", "Person"), "text"), "county": (self.say("县", "County"), "id"), "household": (self.say("户编号", "Household"), "id"), "other_county": (self.say("另一县", "Other county"), "id"),
            "other_household": (self.say("另一户编号", "Other household"), "id"), "status": (self.say("依据", "Footing"), "text"), "chain": (self.say("关联链及出处", "Chain of links and rows"), "long"),
        }  # fmt: skip
        return Table(rows, columns, limit=200, caption=self.say("两县同时登记的人员", "Persons registered in two counties"), lang=self.lang)

    def path(self) -> charts.Chart | Notice:
        """How the two of the parameters `start` and `goal` are joined."""
        if not (self.start and self.goal):
            return Notice(self.say("没有指定起点和终点(参数 start、goal),本项未查。", "No start and goal were given (parameters `start`, `goal`): not looked for."), "absent")
        chain = self.between
        if chain is None:
            return Notice(self.say("按现有各表,两者之间没有关联。", "By the tables in hand the two are not joined."))
        return charts.relation_chains(self._drawn([chain], [said(STATUS[chain.status], self.lang)]), lang=self.lang)

    def path_in_words(self) -> Notice | None:
        return Notice(self._text(self.between.say(self.lang))) if self.start and self.goal and self.between else None

    @cached_property
    def between(self) -> Chain | None:
        return self.network.path(self._node(self.start), self._node(self.goal))

    def _node(self, named: str) -> str:
        """The node that a person means by an id number, a name borne by one, a company, an account, a telephone, a household or a project."""
        named = named.strip()
        ends = pd.concat([self.network.edges["a"], self.network.edges["b"]]).drop_duplicates()
        hits = ends[ends.str.rpartition(":")[2].eq(named) & ~ends.str.contains("^person:.*:", regex=True)].tolist()
        hits += [n for n in self.network.persons.index[self.network.persons["written"] == named] if n not in hits]
        helpers = self.county.tables["helpers"]
        of_helper = helpers.loc[helpers["helper_id"] == named, "origin"]
        found = self.network.mentions
        hits += found.loc[(found["table"] == "helpers") & found["origin"].isin(of_helper) & (found["county"] == self.county.code), "node"].unique().tolist()
        if len(hits) == 1:
            return hits[0]
        if not hits:
            zh, en = did_you_mean(named, [n.rpartition(":")[2] for n in ends if n.startswith(("company:", "project:"))])
            raise WrongParams.of(f"各表中没有“{named}”{zh}", f"No table names “{named}”{en}")
        raise WrongParams.of(f"“{named}”有{len(hits)}个,请用证件号码、编号或账号指定。", f"“{named}” may be any of {len(hits)}: name an id number, an id or an account.")

    def suggestions(self, limit: int = 20) -> Table:
        rows = to_confirm(self.network, self.likeness, self.lang)
        rows = self.masked_frame(rows, {"name_a": "name", "name_b": "name"})
        columns = {
            "id": (self.say("编号", "Id"), "id"), "name_a": (self.say("人员甲", "One"), "text"), "role_a": (self.say("身份", "Standing"), "text"), "rows_a": (self.say("见于", "Rows"), "long"),
            "name_b": (self.say("人员乙", "Other"), "text"), "role_b": (self.say("身份", "Standing"), "text"), "rows_b": (self.say("见于", "Rows"), "long"), "why": (self.say("权重(比特)", "Weights (bits)"), "long"),
        }  # fmt: skip
        note = self.say("这些只是建议:在确认表中填“是”以后才作为关联。", "These are suggestions: they become links only when a person has confirmed them.")
        return Table(rows, columns, limit=limit, where="relations_to_confirm.csv", note=note, caption=self.say("疑似同一人", "Who may be the same person"), lang=self.lang)

    def suggestions_footing(self) -> Notice:
        """Whether the weights were estimated, and what they make of pairs that are known."""
        told, level = self.likeness, self.network.settings.suggestion.threshold
        if told.reason:
            return Notice(self.say(f"{told.reason[0]}。", f"{told.reason[1][0].upper()}{told.reason[1][1:]}."), "absent")
        c = told.check
        return Notice(
            self.say(
                f"权重由本次数据估计,概率达到{level:.0%}才列出。用证件号码已知的记录检验(不看出生和性别):提出{c['suggested']:,}对,其中{c['right']:,}对确是同一人;实有{c['true']:,}对。",
                f"The weights were estimated from these rows; pairs are listed from a probability of {level:.0%}. Tried on rows with known id numbers (without birth and sex): {c['suggested']:,} pairs proposed, {c['right']:,} of them one person; there are {c['true']:,}.",
            )
        )

    def undone_decisions(self) -> Notice | None:
        said_ = self._decided[1]
        return Notice(" ".join(s.say(self.lang) for s in said_), "grave") if said_ else None

    def hubs(self) -> Table:
        """What so many share that no relation leads over it."""
        rows = self.network.hubs
        rows = rows.assign(label=[self._text(self.network.called(n, self.lang)) for n in rows["node"]])
        note = self.say("被这么多人、户或单位共用,说明不了关联,不作为环节。", "Shared by so many, these tell of no relation and join nobody.")
        return Table(rows, {"label": (self.say("共用的号码或地址", "Shared"), "text"), "neighbours": (self.say("共用者", "Sharing"), "count"), "helpers": (self.say("其中帮扶责任人", "Of them helpers"), "count")}, limit=15, caption=self.say("公用的电话、账户和地址", "Hubs"), note=note, lang=self.lang)

    def settings(self) -> Notice:
        s = self.network.settings
        hub = s.hub
        return Notice(
            self.say(
                f"参数(审计实务,未经核准):电话超过{hub.phone}方、账户超过{hub.account}方、地址超过{hub.address}方、企业超过{hub.company}方共用即视为公用;最多追{s.max_links}个环节;他户达到{s.receiver_households}户列出收款一方。见 params/relations.yml。",
                f"Settings (audit practice, approved by nobody): hubs are telephones shared by more than {hub.phone}, accounts by more than {hub.account}, addresses by more than {hub.address}, companies by more than {hub.company}; {s.max_links} links are followed at most; receivers are listed from {s.receiver_households} other households on. See params/relations.yml.",
            ),
            "grave",
        )

    def finish(self) -> Notice:
        """Leaves the figures, and in the internal edition the table to confirm, which holds names."""
        told = {"contractors": sorted(self._behind["contractor"].unique()), "receivers": len(self._receivers), "suggestions": len(self.likeness.pairs), "links": len(self.network.edges)}
        self.leave("relations.json", told)
        if self.county.edition != "public" and len(self.likeness.pairs):
            write_to_confirm(to_confirm(self.network, self.likeness), self.county.folder / "relations_to_confirm.csv")
        return Notice(self.say("关联是线索:号码相同须核对原件,疑似同一人须经人确认。", "Relations are leads: equal numbers are to be checked against the originals, suggestions to be confirmed by a person."))
