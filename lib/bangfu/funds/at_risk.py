"""Money at risk: what the findings say of the money, each fen once.

What is in question of a record is the largest part that any finding claims of it, never more than the record: findings
about the same record are taken to speak of the same fen. A finding about several records (all claims of a project, all
payments of a fund, the contract of a project) is laid on them from the latest back, until its amount is used up: the last
money paid is the money that went over the limit. So the total is that of a union of records; it is at most what the
records hold, a finding that is told twice changes nothing, nor does the order of rows.

To break the total down, every fen is put under one finding: the gravest by severity, then the first by rule id.

What is not money spent is kept apart by its kind and never added to it.
"""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from bangfu.audit import Outcome
from bangfu.funds.records import Records, records
from bangfu.rules.benefits import standard_of
from bangfu.rules.catalogue import SEVERITIES

KINDS = {
    "spent": ("已支出存疑", "Spent, in question"),
    "unpaid": ("合同未付部分", "Contracted, not yet paid"),
    "idle": ("滞留闲置", "Idle"),
    "withheld": ("应到未到", "Issued, never received"),
    "outside": ("未进专户", "Received outside the special accounts"),
    "owed": ("应享未享、应补未补", "Owed to people"),
}
METHOD = (
    "存疑金额按资金记录的并集计算,每一分钱只计一次:报账单与支付它的流水是同一笔钱;几个疑点涉及同一记录的,取其中最大的部分,不超过该记录的金额;"
    "一个疑点涉及多笔记录的(超预算、超到账、合同),从最后一笔往前计,计满为止。分项列示时,每一分钱归入严重程度最高、规则编号最前的疑点。"
    "尚未支付、滞留、未到账、未进专户和应补给群众的钱性质不同,分别列示,不与已支出的存疑金额相加。",
    "Money in question is counted over the union of the records that hold it, each fen once: a claim and the transaction that paid it are one money; "
    "where several findings concern one record the largest part counts, never more than the record; "
    "a finding that concerns several records (over budget, over receipts, a contract) is counted from the latest back until it is used up. "
    "In breakdowns each fen stands under the gravest finding, then the first by rule id. "
    "Money not yet paid, idle, never received, received outside the special accounts or owed to people is of another kind: it is shown apart and not added.",
)
_OF_FUND = {"滞留": "idle", "截留": "withheld"}
_PARTS = ["record", "kind", "rule_id", "severity", "offence", "offence_en", "fund_id", "town", "project_id", "txn", "txn_id", "claim_id", "benefit_id", "amount"]


@dataclass(frozen=True)
class MoneyAtRisk:
    """The money in question, in parts that do not overlap.

    parts     a row per record and finding that it is put under: _PARTS; `amount` in fen, Int64; adds up to the totals
    unpriced  how many findings of rules about money name no amount, by rule: rule_id, findings
    """

    parts: pd.DataFrame
    unpriced: pd.DataFrame

    def total(self, kind: str = "spent") -> int:
        """Fen of one kind."""
        return int(self.parts.loc[self.parts["kind"] == kind, "amount"].sum())

    def by(self, column: str, kind: str = "spent") -> pd.DataFrame:
        """`label` and `amount` (fen) by fund_id, town, offence, offence_en, rule_id or severity, most first; label missing = none known."""
        of_kind = self.parts[self.parts["kind"] == kind]
        sums = of_kind.groupby(column, dropna=False, as_index=False)["amount"].sum().rename(columns={column: "label"})
        return sums.sort_values(["amount", "label"], ascending=[False, True], ignore_index=True)

    def kinds(self) -> pd.DataFrame:
        """A row per kind of KINDS, in that order: kind, label, label_en, amount (fen). Kinds are not to be added."""
        return pd.DataFrame([{"kind": k, "label": zh, "label_en": en, "amount": self.total(k)} for k, (zh, en) in KINDS.items()]).astype({"amount": "Int64"})

    def of_transactions(self) -> pd.DataFrame:
        """What is in question of each transaction of the ledger: `txn` (row token), `amount` (fen)."""
        spent = self.parts[(self.parts["kind"] == "spent") & self.parts["txn"].notna()]
        return spent.groupby("txn", as_index=False)["amount"].sum()


def at_risk(tables: dict[str, pd.DataFrame], outcomes: list[Outcome], *, left_out: Collection[tuple[str, str]] = ()) -> MoneyAtRisk:
    """The money in question by the findings of the outcomes.

    left_out: (rule_id, subject) of findings that do not count (exempt, rejected). Tables that are absent hold no money.
    """
    held = records(tables)
    claimed, unpriced = _claimed(outcomes, set(left_out))
    tokens = _kinds(claimed, tables, outcomes)
    spent = _on_records(tokens[tokens["kind"] == "spent"], held)
    parts = pd.concat([spent, _unpaid(tokens, spent), _apart(tokens)], ignore_index=True)
    return MoneyAtRisk(_once(_located(parts, held)), unpriced)


def _claimed(outcomes: list[Outcome], left_out: set[tuple[str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row per finding with an amount: what it claims (fen), on which rows (`money`, tokens), and its `first` source."""
    parts, silent = [_no_claims()], []
    for o in outcomes:
        if o.found is None or o.found.rows.empty:
            continue
        rule, rows = o.in_force.rule, o.found.rows
        rows = rows[[(rule.id, s) not in left_out for s in rows["subject"]]]
        priced = rows[rows["amount"].notna()]
        if 0 < len(priced) < len(rows):
            silent.append({"rule_id": rule.id, "findings": len(rows) - len(priced)})
        told = {"rule_id": rule.id, "severity": rule.severity, "offence": rule.offence or rule.title, "offence_en": rule.title_en}
        first = [next(iter(o), pd.NA) for o in priced["origins"]]
        parts.append(pd.DataFrame({"subject": priced["subject"], "claim": priced["amount"], "money": priced["money"]}).assign(first=first, **told))
    return pd.concat(parts, ignore_index=True).astype({"claim": "Int64", "first": "Int64"}), pd.DataFrame(silent, columns=["rule_id", "findings"])


def _no_claims() -> pd.DataFrame:
    return pd.DataFrame(columns=["rule_id", "severity", "offence", "offence_en", "subject", "claim", "money", "first"])


def _kinds(claimed: pd.DataFrame, tables: dict[str, pd.DataFrame], outcomes: list[Outcome]) -> pd.DataFrame:
    """A row per finding and token, with the `kind` of money by the table in which the token stands; no token = owed to people."""
    tokens = claimed.explode("money", ignore_index=True).rename(columns={"money": "origin"}).astype({"origin": "Int64"})
    tokens["in_projects"] = _stands_in(tokens, tables, "projects")
    tokens["kind"] = "owed"
    for name in ("ledger", "claims", "projects", "benefits"):
        tokens.loc[_stands_in(tokens, tables, name), "kind"] = "spent"
    of_fund = _stands_in(tokens, tables, "funds")
    tokens.loc[of_fund, "kind"] = tokens.loc[of_fund, "offence"].map(_OF_FUND).fillna("outside")
    tokens.loc[_underpaid(tokens, tables, outcomes), "kind"] = "owed"
    return tokens


def _stands_in(tokens: pd.DataFrame, tables: dict[str, pd.DataFrame], name: str) -> pd.Series:
    return tokens["origin"].isin(tables[name]["origin"]) if name in tables else pd.Series(False, index=tokens.index)


def _underpaid(tokens: pd.DataFrame, tables: dict[str, pd.DataFrame], outcomes: list[Outcome]) -> pd.Series:
    """Findings that a benefit is less than the standard: the difference is owed to the person, not spent."""
    in_force = next((o.in_force for o in outcomes if o.in_force.rule.id == "BE-01" and o.found is not None), None)
    if in_force is None:
        return pd.Series(False, index=tokens.index)
    rows = tables["benefits"].drop_duplicates("origin").set_index("origin").reindex(tokens["origin"]).set_axis(tokens.index)
    less = rows["amount"] < standard_of(rows["programme"], rows["year"], in_force.values["standard"])
    return tokens["rule_id"].eq("BE-01") & less.fillna(False).astype(bool)


def _on_records(tokens: pd.DataFrame, held: Records) -> pd.DataFrame:
    """Each finding laid on its records from the latest back: a row per finding and record, `part` in fen."""
    pairs = tokens.merge(held.links, on="origin").drop_duplicates(["rule_id", "subject", "record"])
    pairs = pairs.merge(held.table[["record", "amount", "on", "txn_id", "claim_id", "benefit_id"]], on="record")
    # What was paid beyond the claims of a transaction has no claim id and comes before (is later than) its claims.
    pairs = pairs.sort_values(["on", "txn_id", "claim_id", "benefit_id", "record"], ascending=False, na_position="first", kind="stable")
    before = pairs.groupby(["rule_id", "subject"])["amount"].cumsum() - pairs["amount"]
    left = (pairs["claim"] - before).clip(lower=0)
    return pairs.assign(part=left.where(left < pairs["amount"], pairs["amount"])).drop(columns=["amount", "on", "txn_id", "claim_id", "benefit_id"])


def _unpaid(tokens: pd.DataFrame, spent: pd.DataFrame) -> pd.DataFrame:
    """What findings about a project claim beyond its payments: contracted, not yet paid."""
    of_project = tokens[tokens["in_projects"]].drop_duplicates(["rule_id", "subject"])
    laid = spent.groupby(["rule_id", "subject"], as_index=False)["part"].sum()
    rest = of_project.merge(laid, on=["rule_id", "subject"], how="left")
    return rest.assign(kind="unpaid", record="P" + rest["origin"].astype("str"), part=rest["claim"] - rest["part"].fillna(0))


def _apart(tokens: pd.DataFrame) -> pd.DataFrame:
    """The findings about money that is not spent: each is its own record, a fund's by kind."""
    apart = tokens[tokens["kind"] != "spent"]
    own = "N" + apart["rule_id"].astype("str") + apart["subject"].astype("str")
    return apart.assign(record=(apart["kind"] + apart["origin"].astype("str")).where(apart["origin"].notna(), own), part=apart["claim"])


def _located(parts: pd.DataFrame, held: Records) -> pd.DataFrame:
    """The parts with where their money belongs: that of the record, else of the row that they stand in, else of their first source."""
    places = ["fund_id", "town", "project_id"]
    parts = parts.merge(held.table.drop(columns=["amount", "on", "family"]), on="record", how="left")
    where = held.places.set_index("origin")
    for token in ("origin", "first"):
        for place in places:
            parts[place] = parts[place].fillna(parts[token].map(where[place]))
    return parts


def _once(parts: pd.DataFrame) -> pd.DataFrame:
    """Puts every fen of a record under one finding: in the order of precedence, each takes what goes beyond those before it."""
    parts = parts[parts["part"] > 0].assign(grade=parts["severity"].map({s: i for i, s in enumerate(SEVERITIES)}))
    parts = parts.sort_values(["record", "grade", "rule_id", "part", "subject"], ascending=[True, True, True, False, True], kind="stable")
    reached = parts.groupby("record")["part"].cummax()
    before = reached.groupby(parts["record"]).shift(1).fillna(0)
    parts = parts.assign(amount=reached - before)
    return parts[parts["amount"] > 0].reindex(columns=_PARTS).astype({"amount": "Int64"}).reset_index(drop=True)
