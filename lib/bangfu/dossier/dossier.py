"""The records that bear on one subject: its rows in every table, the findings about it, visits, money, complaints."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from bangfu import calendar
from bangfu.county import County
from bangfu.dossier.subject import Subject, find_subject, kind_of_number
from bangfu.problems import Sentence
from bangfu.relations import Network
from bangfu.relations.officials import OFFICIAL_ROLES, officials_behind


def open_dossier(county: County, asked: str) -> Dossier:
    """The dossier of a helper, household, project or account, or of what a complaint is about, by its id."""
    return Dossier(county, find_subject(county.tables, asked))


class Dossier:
    """Everything a county-year holds about one subject.

    rows        table → its rows about the subject, as typed, with `origin`; tables without any are left out
    findings    those about the subject, and those that rest on one of its rows (`direct`: which is which)
    """

    def __init__(self, county: County, subject: Subject):
        self.county = county
        self.subject = subject

    @cached_property
    def rows(self) -> dict[str, pd.DataFrame]:
        found = {}
        for name, frame in self.county.tables.items():
            about = pd.Series(False, index=frame.index)
            for column in frame:
                values = self.subject.numbers.get(kind_of_number(name, column) or "", ())
                if values:
                    about |= frame[column].isin(list(values))
            if about.any():
                found[name] = frame[about]
        return found

    def sources(self, rows: pd.DataFrame) -> list[list[dict]]:
        """Where each row stands: file, sheet and row."""
        return [[self.county.intake.where(o)] for o in rows["origin"]]

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The findings that count and bear on the subject (columns of `findings.SCHEMA` and `direct`, bool), direct ones first."""
        table = self.county.assess().open
        ids = {v for number, values in self.subject.numbers.items() if number != "account" or self.subject.kind == "account" for v in values}
        direct = table["subject"].map(lambda s: bool(ids & set(s.split("|")))).astype(bool)
        own = {tuple(s[0].values()) for rows in self.rows.values() for s in self.sources(rows)}
        rests = table["sources"].map(lambda places: any((p["file"], p["sheet"], p["row"]) in own for p in places)).astype(bool)
        hit = table[direct | rests].assign(direct=direct[direct | rests])
        return hit.sort_values(["direct", "rule_id", "subject"], ascending=[False, True, True], kind="stable", ignore_index=True)

    @cached_property
    def visits_by_month(self) -> pd.DataFrame:
        """Home visits and calls of a helper, or of a household, in each month of the year: month, home, telephone, households.

        Empty for other subjects. Records without a readable date stand in no month; `undated_visits` counts them.
        """
        visits = self.rows.get("visits")
        if visits is None:
            return pd.DataFrame(columns=["month", "home", "telephone", "households"])
        months = calendar.periods(self.county.year, 1)
        at = visits[visits["visited_at"].dt.year == self.county.year]
        month = at["visited_at"].dt.month
        modes = pd.DataFrame({mode: month[(at["mode"] == mode).fillna(False)].value_counts().reindex(months["period"], fill_value=0) for mode in ("home", "telephone")})
        homes = at.groupby(month)["household_id"].nunique().reindex(months["period"], fill_value=0)
        return modes.assign(households=homes).rename_axis("month").reset_index()

    @property
    def undated_visits(self) -> int:
        return int(self.rows["visits"]["visited_at"].isna().sum()) if "visits" in self.rows else 0

    @cached_property
    def money(self) -> pd.DataFrame:
        """Money in the ledger and in benefits, a row per account, direction and other side: account_no, direction, other_side,
        times, amount (fen), first, last (days).

        Direction is the subject's: what an account of the ledger paid to the subject's account comes in there.
        """
        columns = ["account_no", "direction", "other_side", "amount", "day"]
        parts = [self._ledger(), self._benefits()]
        flows = pd.concat([p for p in parts if len(p)], ignore_index=True) if any(len(p) for p in parts) else pd.DataFrame(columns=columns)
        sums = flows.groupby(["account_no", "direction", "other_side"], dropna=False).agg(times=("amount", "size"), amount=("amount", "sum"), first=("day", "min"), last=("day", "max")).reset_index()
        return sums.sort_values(["account_no", "direction", "amount"], ascending=[True, True, False], kind="stable", ignore_index=True)

    def _ledger(self) -> pd.DataFrame:
        rows = self.rows.get("ledger")
        if rows is None:
            return pd.DataFrame()
        own = pd.DataFrame({"account_no": rows["account_no"], "direction": rows["direction"], "other_side": rows["counterparty_name"], "amount": rows["amount"], "day": rows["posted_on"]})
        theirs = rows["counterparty_account"].isin(list(self.subject.numbers.get("account", ()))) & ~rows["account_no"].isin(list(self.subject.numbers.get("account", ())))
        own.loc[theirs, "account_no"] = rows.loc[theirs, "counterparty_account"]
        own.loc[theirs, "direction"] = rows.loc[theirs, "direction"].map({"in": "out", "out": "in"})
        own.loc[theirs, "other_side"] = rows.loc[theirs, "account_no"]
        return own

    def _benefits(self) -> pd.DataFrame:
        rows = self.rows.get("benefits")
        if rows is None:
            return pd.DataFrame()
        return pd.DataFrame({"account_no": rows["account_no"], "direction": "in", "other_side": rows["programme"], "amount": rows["amount"], "day": rows["paid_on"]})

    @cached_property
    def complaints(self) -> pd.DataFrame:
        """The complaints about the subject with the state of their deadline: state, state_en (sentences)."""
        rows = self.rows.get("complaints", pd.DataFrame())
        if rows.empty or "CP-01" not in self.county.settings.pack.rules:
            return rows
        days = self.county.settings.pack.rules["CP-01"].settings(self.county.year)["handling_days"]
        told = [deadline_state(r, days, calendar.last_day(self.county.year)) for r in rows.reindex(columns=["received_on", "closed_on", "feedback_on"]).itertuples(index=False)]
        return rows.assign(state=[t.zh for t in told], state_en=[t.en for t in told])

    @cached_property
    def relations(self) -> list[Sentence]:
        """Officials behind a project's contractor, a household or an account, chain by chain; what a helper is joined to."""
        network = Network.of_county(self.county)
        starts = self._nodes(network)
        chains = [c for start in starts for c in officials_behind(network, start, network.settings.max_links) if {r for r, _ in c.ending} & set(OFFICIAL_ROLES)]
        return [Sentence(c.say(), c.say("en")) for c in chains]

    def _nodes(self, network: Network) -> list[str]:
        kind, id_, county = self.subject.kind, self.subject.id, self.county.code
        if kind == "project":
            edges = network.edges
            return edges.loc[(edges["kind"] == "contract") & (edges["b"] == f"project:{county}:{id_}"), "a"].tolist()
        if kind == "helper":
            rows = self.rows.get("helpers", pd.DataFrame({"origin": []}))
            named = network.mentions[(network.mentions["table"] == "helpers") & network.mentions["origin"].isin(rows["origin"])]
            return sorted(set(named["node"]))
        return [f"household:{county}:{id_}"] if kind == "household" else [f"account:{id_}"]


def deadline_state(complaint, handling_days: int, end: pd.Timestamp) -> Sentence:
    """Whether a complaint (received_on, closed_on, feedback_on) was dealt with within so many days, as of the end of the year."""
    received, closed, feedback = complaint.received_on, complaint.closed_on, complaint.feedback_on
    if pd.isna(received):
        return Sentence("受理日期缺失,期限无从计算。", "The day of receipt is missing: no deadline can be told.")
    due = received + pd.Timedelta(days=handling_days)
    if pd.isna(closed):
        late = (end - due).days
        if late > 0:
            return Sentence(f"应于{due:%Y-%m-%d}前办结,至{end:%Y-%m-%d}未办结,已超期{late}天。", f"Due on {due:%Y-%m-%d}; not closed by {end:%Y-%m-%d}, {late} days overdue.")
        return Sentence(f"应于{due:%Y-%m-%d}前办结,至{end:%Y-%m-%d}仍在期限内。", f"Due on {due:%Y-%m-%d}; still within the time on {end:%Y-%m-%d}.")
    late = (closed - due).days
    zh = f"应于{due:%Y-%m-%d}前办结,{closed:%Y-%m-%d}办结" + (f",超期{late}天" if late > 0 else ",未超期")
    en = f"Due on {due:%Y-%m-%d}, closed on {closed:%Y-%m-%d}" + (f", {late} days late" if late > 0 else ", in time")
    return Sentence(zh + (",没有反馈。" if pd.isna(feedback) else f",{feedback:%Y-%m-%d}反馈。"), en + ("; no feedback." if pd.isna(feedback) else f"; feedback on {feedback:%Y-%m-%d}."))
