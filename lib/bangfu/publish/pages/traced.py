"""Where money went in a county: what is traced, from where, through which ledgers, and what accounts are called."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from bangfu import tracing
from bangfu.accounts import is_special
from bangfu.audit import missing
from bangfu.problems import Sentence
from bangfu.publish.masking import mask_account
from bangfu.publish.pages.common import Pages
from bangfu.publish.pages.fund_audit import FundAudit
from bangfu.publish.tables import Notice
from bangfu.tracing.routes import Routes, routes_back
from bangfu.tracing.settings import TracingSettings
from bangfu.tracing.starts import starting_at

NEEDS = {"ledger": ("txn_id", "account_no", "posted_on", "direction", "amount", "counterparty_account"), "accounts": ("account_no", "account_kind")}
WIDEST = tracing.METHODS["election"]  # what can be followed furthest: claims go out first with every payment


class Traced(Pages):
    """The traces of a county-year by every method, and the routes by which money can have come back."""

    topics = ("earmark", "reimbursement", "projects", "benefits")

    def __init__(self, county, starts: Iterable[str] = (), methods: Iterable[str] = (), hops: int = 4):
        super().__init__(county)
        self.given, self.methods, self.hops = tuple(starts), tuple(methods) or tuple(tracing.METHODS), int(hops)

    @classmethod
    def open(cls, params: str, year: int, *, reports: str, lang: str = "zh", edition: str = "public", start: Iterable[str] = (), methods: Iterable[str] = (), hops: int = 4) -> Traced:
        """Opens the county-year. start: ids of funds, accounts or transactions (none: all funds in question and all special accounts)."""
        page = super().open(params, year, reports=reports, lang=lang, edition=edition)
        return cls(page.county, [start] if isinstance(start, str) and start else start, methods, hops)

    @cached_property
    def reason(self) -> Sentence | None:
        """Why nothing can be traced; None where it can."""
        absent = missing(NEEDS, self.county.tables)
        if absent is None and self._settings is None:
            return Sentence("政策包没有 tracing 一节", "the policy pack has no key `tracing`")
        if absent is None and not self.claims:
            return Sentence("流水中没有可作起点的支出", "the ledger has no payment to start from")
        return absent

    @property
    def _settings(self) -> TracingSettings | None:
        return self.county.settings.pack.tracing

    @cached_property
    def ledger(self) -> pd.DataFrame:
        return self.county.tables["ledger"].reset_index(drop=True)

    @cached_property
    def _special(self) -> pd.Series:
        kinds = next(r.values["special_account"] for r in self.county.settings.pack.rules.values() if "special_account" in r.values)
        return is_special(self.ledger["account_no"], self.county.tables["accounts"], kinds.at(pd.Timestamp(self.county.year, 12, 31).date())).fillna(False).astype(bool)

    @cached_property
    def claims(self) -> list[tracing.Claim]:
        return starting_at(self.given or self._in_question, self.ledger, leaving=self._special)

    @property
    def _in_question(self) -> list[str]:
        """The funds with money in question to which the special accounts charged payments, then the special accounts that paid anything."""
        funds = FundAudit(self.county).risk.parts["fund_id"].dropna().unique()
        paid = self.ledger[self._special & self.ledger["direction"].eq("out")]
        charged = set(paid["fund_id"].dropna()) if "fund_id" in paid else set()
        return [*sorted(f for f in funds if f in charged), *sorted(paid["account_no"].unique())]

    @cached_property
    def books(self) -> tracing.Books:
        return tracing.Books.of(self.ledger, transit_days=self._settings.transit_days)

    @cached_property
    def traces(self) -> dict[str, tracing.Trace]:
        return tracing.side_by_side(self.books, self.claims, self.methods, hops=self.hops)

    @cached_property
    def widest(self) -> tracing.Trace:
        """What can have been followed furthest, by the election of every payment."""
        return self.traces.get(WIDEST.name) or tracing.trace(self.books, self.claims, WIDEST.name, hops=self.hops)

    @cached_property
    def routes(self) -> Routes:
        leaving = self.ledger["direction"].eq("out")
        return routes_back(self.books, [c.row for c in self.claims if leaving[c.row] and c.row in self._usable], self._related, hops=self.hops)

    @property
    def _usable(self) -> set:
        return set(self.books.rows["label"])

    @cached_property
    def _related(self) -> pd.DataFrame:
        """Who is behind which account, as far as the tables say: owner or name of the account, legal representative of a contractor."""
        t, found = self.county.tables, []
        for table, account, person in (("accounts", "account_no", "owner"), ("accounts", "account_no", "account_name"), ("projects", "contractor_account", "legal_representative")):
            if table in t and {account, person} <= set(t[table]):
                found.append(t[table][[account, person]].set_axis(["account_no", "person"], axis=1))
        return pd.concat(found).dropna().drop_duplicates(ignore_index=True)

    @cached_property
    def _names(self) -> dict[str, str]:
        named = self.ledger.reindex(columns=["counterparty_account", "counterparty_name"]).dropna().drop_duplicates("counterparty_account")
        names = dict(named.itertuples(index=False))
        listed = self.county.tables["accounts"].reindex(columns=["account_no", "account_name"]).dropna()
        return names | dict(listed.itertuples(index=False))

    def _called(self, account, short: bool = False) -> str:
        """An account with its name, masked as the edition demands; short: with its last digits, as charts have room for."""
        if pd.isna(account) or not account:
            return self.say("(未注明)", "(not stated)")
        name = self._names.get(account, "")
        if self.masker:
            name, short = self.masker.text(name), True
        return f"{name} {mask_account(account).lstrip('*') if short else account}".strip()

    def _start(self, start: str) -> str:
        return self._called(start) if start in self.books.accounts else str(start)

    def _with_names(self, rows: pd.DataFrame, *columns: str, short: bool = False) -> pd.DataFrame:
        return rows.assign(**{c: rows[c].map(lambda account: self._called(account, short)) for c in columns})

    def _sources(self, *labels) -> list[dict]:
        return [self.county.intake.where(self.ledger.at[label, "origin"]) for label in labels if not pd.isna(label)]

    def _absent(self) -> Notice | None:
        return Notice(self.say(f"资金追踪未评估:{self.reason.zh}。", f"No tracing: {self.reason.en}."), "absent") if self.reason else None
