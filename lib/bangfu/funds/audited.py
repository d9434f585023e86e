"""The audit of a county-year's money: what is in question by the findings that count, and whether every fen received is accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import pandas as pd

from bangfu.audit import Outcome
from bangfu.findings import SETTLED
from bangfu.funds.at_risk import MoneyAtRisk, at_risk
from bangfu.funds.reconciliation import Reconciliation, reconcile
from bangfu.params import Settings
from bangfu.problems import Sentence

TOPICS = ("earmark", "reimbursement", "projects", "benefits")  # of the rules about money


@dataclass(frozen=True)
class FundsAudited:
    """risk: the money in question, each fen once; balance: the reconciliation, which takes what is in question from it."""

    risk: MoneyAtRisk
    balance: Reconciliation

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables of both by name, as `of` takes them."""
        return {f.name: getattr(part, f.name) for part in (self.risk, self.balance) for f in fields(part) if isinstance(getattr(part, f.name), pd.DataFrame)}

    @property
    def rest(self) -> dict:
        """What is no table, as plain values."""
        return {"unreadable": self.balance.unreadable, "reason": self.balance.reason and list(self.balance.reason)}

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame], rest: Mapping) -> FundsAudited:
        """The same again from its tables and the rest."""
        of_risk = {f.name for f in fields(MoneyAtRisk)}
        balance = {n: t for n, t in tables.items() if n not in of_risk}
        reason = rest["reason"] and Sentence(*rest["reason"])
        return cls(MoneyAtRisk(**{n: tables[n] for n in of_risk}), Reconciliation(**balance, unreadable=rest["unreadable"], reason=reason))


def audit_funds(tables: Mapping[str, pd.DataFrame], outcomes: list[Outcome], findings: pd.DataFrame, settings: Settings) -> FundsAudited:
    """outcomes: those of the rules of TOPICS; findings: the county's finding table, by whose statuses some do not count."""
    settled = findings[findings["status"].isin(SETTLED)]
    risk = at_risk(tables, outcomes, left_out=set(zip(settled["rule_id"], settled["subject"], strict=True)))
    return FundsAudited(risk, reconcile(tables, risk, settings))
