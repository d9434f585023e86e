"""The reconciliation: every fen received is spent without objection, in question, passed on, or left.

By fund, from the ledger:

    received + moved in from other funds + spent beyond receipts
        = spent without objection + in question + passed on + left

The fund table (issued, received) is held against the ledger, and what the funds have left is held against what the bank
says is on the accounts. Every difference is a line of its own; none is used to make another line fit.
"""

from dataclasses import dataclass, field

import pandas as pd

from bangfu.audit import missing
from bangfu.bank_order import handed_over_again, in_the_banks_order
from bangfu.funds import transfers
from bangfu.funds.at_risk import MoneyAtRisk
from bangfu.params import Settings
from bangfu.problems import Sentence

NEEDS = {
    "funds": ("fund_id", "issued", "received", "account_no"),
    "ledger": ("txn_id", "account_no", "posted_on", "direction", "amount", "counterparty_account", "fund_id", "project_id"),
    "accounts": ("account_no", "account_kind"),
}
_SUMS = ["received", "moved_in", "spent", "in_question", "passed_on"]


@dataclass(frozen=True)
class Reconciliation:
    """The reconciliation of a county's funds; all amounts in fen, Int64.

    reason        why there is none (a table or column is absent); then every frame is empty
    funds         a row per fund and one without fund id: fund_id, purpose, source, issued, table_received (fund table), received,
                  moved_in, spent, in_question, passed_on, left, overspent, not_arrived (issued - table_received),
                  unmatched (table_received - received), gap (what the identity lacks: 0)
    spending      fund_id, expense_type, to_project (flag), spent, in_question
    accounts      a row per account with rows in the ledger: account_no, account_name, account_kind, special, rows, opening, inflow,
                  outflow, expected, closing (bank), difference (closing - expected)
    lines         the statement in order: step, label, label_en, amount, sign (+1, -1, 0 = heading or result), result (flag)
    waterfall     label, label_en, amount, kind (whole, part, question): from received to left
    not_reconciled benefits by programme: programme, benefits, amount, in_ledger, not_reconciled
    unreadable    how many ledger rows have no amount or direction and stand in no sum
    """

    funds: pd.DataFrame = field(default_factory=pd.DataFrame)
    spending: pd.DataFrame = field(default_factory=pd.DataFrame)
    accounts: pd.DataFrame = field(default_factory=pd.DataFrame)
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    waterfall: pd.DataFrame = field(default_factory=pd.DataFrame)
    not_reconciled: pd.DataFrame = field(default_factory=pd.DataFrame)
    unreadable: int = 0
    reason: Sentence | None = None

    @property
    def total(self) -> pd.Series:
        """The sums of `funds` over the funds (the row without fund id left out), as in `lines`."""
        return self.funds[self.funds["fund_id"].notna()].select_dtypes("number").sum()

    @property
    def closes(self) -> bool:
        """Whether every identity holds to the fen: by fund, and between what the funds have left and what is on the accounts."""
        return self.reason is None and bool((self.funds["gap"] == 0).all()) and bool((self.lines.loc[self.lines["step"] == "difference", "amount"] == 0).fillna(False).all())


def reconcile(tables: dict[str, pd.DataFrame], risk: MoneyAtRisk, settings: Settings) -> Reconciliation:
    """The reconciliation of the ledger of a county-year; `risk` says what of each transaction is in question."""
    benefits = _benefits(tables)
    reason = missing(NEEDS, tables)
    if reason:
        return Reconciliation(not_reconciled=benefits, reason=reason)
    funds, accounts = tables["funds"], tables["accounts"]
    ledger = _with_optional(tables["ledger"])
    ledger = transfers.classified(ledger, accounts, funds, _special_account(settings))
    doubts = risk.of_transactions().set_index("txn")["amount"]
    ledger["doubt"] = ledger["origin"].map(doubts).astype("Int64").fillna(0).where(ledger["flow"].eq(transfers.SPENT), 0)
    by_fund = _by_fund(ledger, funds)
    by_account = _by_account(ledger, accounts)
    unreadable = int((ledger["amount"].isna() | ledger["direction"].isna()).sum())
    return Reconciliation(by_fund, _spending(ledger), by_account, _lines(by_fund, ledger, by_account), _waterfall(by_fund, ledger), benefits, unreadable)


def _with_optional(ledger: pd.DataFrame) -> pd.DataFrame:
    """The ledger with the columns that the reconciliation can do without: then nothing is said by type, or of the bank's balances."""
    absent = {"expense_type": "str", "balance": "Int64"}
    return ledger.assign(**{c: pd.Series(pd.NA, index=ledger.index, dtype=kind) for c, kind in absent.items() if c not in ledger})


def _special_account(settings: Settings) -> tuple[str, ...]:
    """The kinds of account that are special, as the pack says for any of its rules."""
    for in_force in settings.pack.rules.values():
        if "special_account" in in_force.values:
            return in_force.settings(settings.year)["special_account"] or ()
    return ()


def _by_fund(ledger: pd.DataFrame, funds: pd.DataFrame) -> pd.DataFrame:
    signed = ledger["amount"].where(ledger["direction"].eq("in"), -ledger["amount"])
    flow = ledger["flow"]
    rows = pd.DataFrame(
        {
            "fund_id": ledger["fund"],
            "received": ledger["amount"].where(flow.eq(transfers.RECEIPT), 0),
            "moved_in": signed.where(flow.eq(transfers.MOVED), 0),
            "spent": (ledger["amount"] - ledger["doubt"]).where(flow.eq(transfers.SPENT), 0),
            "in_question": ledger["doubt"],
            "passed_on": ledger["amount"].where(flow.eq(transfers.PASSED), 0),
        }
    )
    rows = rows[flow.ne(transfers.OUTSIDE)]
    sums = rows.groupby("fund_id", dropna=False, as_index=False)[_SUMS].sum()
    told = funds.dropna(subset="fund_id").groupby("fund_id", as_index=False).agg(issued=("issued", _known_sum), table_received=("received", _known_sum))
    told = told.merge(funds.reindex(columns=["fund_id", "purpose", "source"]).drop_duplicates("fund_id"), on="fund_id")
    table = told.merge(sums, on="fund_id", how="outer").sort_values("fund_id", ignore_index=True, na_position="last")
    table = table.astype({c: "Int64" for c in ["issued", "table_received", *_SUMS]}).fillna(dict.fromkeys(_SUMS, 0))
    over = table["received"] + table["moved_in"] - table["spent"] - table["in_question"] - table["passed_on"]
    table["left"], table["overspent"] = over.clip(lower=0), (-over).clip(lower=0)
    table["not_arrived"] = table["issued"] - table["table_received"]
    table["unmatched"] = table["table_received"] - table["received"]
    # The independent side of the identity: the ledger rows themselves, in less out, without regard to what they are.
    inside = ledger[flow.ne(transfers.OUTSIDE)].assign(net=signed)
    net = inside.groupby("fund", dropna=False)["net"].sum()
    table["gap"] = table["fund_id"].map(net[net.index.notna()]).astype("Int64")
    table.loc[table["fund_id"].isna(), "gap"] = net[net.index.isna()].sum()
    table["gap"] = table["gap"].fillna(0) - (table["left"] - table["overspent"])
    return table


def _known_sum(amounts: pd.Series):
    return amounts.sum(min_count=1)


def _spending(ledger: pd.DataFrame) -> pd.DataFrame:
    spent = ledger[ledger["flow"].eq(transfers.SPENT)]
    rows = spent.assign(fund_id=spent["fund"], to_project=spent["project_id"].notna(), spent=spent["amount"] - spent["doubt"], in_question=spent["doubt"])
    return rows.groupby(["fund_id", "expense_type", "to_project"], dropna=False, as_index=False)[["spent", "in_question"]].sum()


def _by_account(ledger: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Opening + in - out = closing, by account: the opening and closing from the bank's balances, in the bank's order."""
    rows = ledger.dropna(subset=["account_no"])
    rows = rows.assign(inflow=rows["amount"].where(rows["direction"].eq("in"), 0), outflow=rows["amount"].where(rows["direction"].eq("out"), 0))
    rows["before"] = rows["balance"] - rows["inflow"] + rows["outflow"]
    table = rows.groupby("account_no").agg(special=("special", "first"), rows=("origin", "size"), inflow=("inflow", "sum"), outflow=("outflow", "sum")).reset_index()
    of = in_the_banks_order(rows[~handed_over_again(rows)]).groupby("account_no")
    first, last = of.head(1).set_index("account_no")["before"], of.tail(1).set_index("account_no")["balance"]
    table["opening"], table["closing"] = table["account_no"].map(first).astype("Int64"), table["account_no"].map(last).astype("Int64")
    table["expected"] = table["opening"] + table["inflow"] - table["outflow"]
    table["difference"] = table["closing"] - table["expected"]
    named = accounts.reindex(columns=["account_no", "account_name", "account_kind"]).dropna(subset="account_no").drop_duplicates("account_no")
    table = table.merge(named, on="account_no", how="left")
    columns = ["account_no", "account_name", "account_kind", "special", "rows", "opening", "inflow", "outflow", "expected", "closing", "difference"]
    return table[columns].sort_values(["special", "account_no"], ascending=[False, True], ignore_index=True)


def _lines(by_fund: pd.DataFrame, ledger: pd.DataFrame, by_account: pd.DataFrame) -> pd.DataFrame:
    """The statement: from issued to received, from received to left, and from left to what the bank says."""
    funds, loose = by_fund[by_fund["fund_id"].notna()], by_fund[by_fund["fund_id"].isna()]
    sum_of = funds.select_dtypes("number").sum()
    signed = ledger["amount"].where(ledger["direction"].eq("in"), -ledger["amount"])
    elsewhere = int(signed[ledger["flow"].ne(transfers.OUTSIDE) & ~ledger["special"]].sum())
    special = by_account[by_account["special"]]
    opening, closing = special["opening"].sum(skipna=False), special["closing"].sum(skipna=False)
    net = int(sum_of["left"] - sum_of["overspent"])
    without_fund = int((loose["left"] - loose["overspent"]).sum())
    expected = net + without_fund - elsewhere + opening
    untold = funds[["issued", "table_received"]].isna().any(axis=1)
    incomplete = int((funds["received"] - funds["issued"].fillna(0) + funds["unmatched"].fillna(0))[untold].sum())
    statement = [
        ("issued", "下达(指标表)", "Issued (fund table)", sum_of["issued"], 1, False),
        ("not_arrived", "减:下达而未到账", "Less: issued, not received", sum_of["not_arrived"], -1, False),
        ("unmatched", "减:指标表到账而流水中没有", "Less: received by the fund table, not in the ledger", sum_of["unmatched"], -1, False),
        ("incomplete", "加:指标表中没有或金额不全的指标", "Plus: funds that the fund table lacks or tells incompletely", incomplete, 1, False),
        ("received", "到账(流水)", "Received (ledger)", sum_of["received"], 0, True),
        ("moved_in", "加:由其他指标或未注明指标的款项转入(净额)", "Plus: moved in from other funds or from money without fund id (net)", sum_of["moved_in"], 1, False),
        ("spent", "减:已支出,未发现问题", "Less: spent without objection", sum_of["spent"], -1, False),
        ("in_question", "减:已支出,存疑", "Less: spent, in question", sum_of["in_question"], -1, False),
        ("passed_on", "减:拨往其他专户,对方流水中没有", "Less: passed to special accounts whose books do not show it", sum_of["passed_on"], -1, False),
        ("overspent", "加:支出超过到账(占用其他款项)", "Plus: spent beyond receipts (out of other money)", sum_of["overspent"], 1, False),
        ("left", "各指标结余", "Left by fund", sum_of["left"], 0, True),
        ("less_overspent", "减:支出超过到账(占用其他款项)", "Less: spent beyond receipts (out of other money)", sum_of["overspent"], -1, False),
        ("without_fund", "加:未注明指标的款项净额(利息等)", "Plus: rows without fund id, net (interest and the like)", without_fund, 1, False),
        ("elsewhere", "减:存放在专户以外账户的净额", "Less: held on accounts other than special ones, net", elsewhere, -1, False),
        ("opening", "加:专户期初余额", "Plus: opening balances of the special accounts", opening, 1, False),
        ("expected", "专户应有余额", "Special accounts should hold", expected, 0, True),
        ("closing", "专户银行余额", "Special accounts hold by the bank's balances", closing, 0, True),
        ("difference", "差额", "Difference", closing - expected, 0, True),
    ]
    return pd.DataFrame(statement, columns=["step", "label", "label_en", "amount", "sign", "result"]).astype({"amount": "Int64"})


def _waterfall(by_fund: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """From received to left, over all funds: what was spent without objection by expense type, then what is in question."""
    sums = by_fund[by_fund["fund_id"].notna()].select_dtypes("number").sum()
    spent = ledger[ledger["flow"].eq(transfers.SPENT) & ledger["fund"].notna()]
    clear = (spent["amount"] - spent["doubt"]).groupby(spent["expense_type"].fillna("")).sum()
    rows = [("到账", "Received", sums["received"], "whole")]
    rows += [(f"已支出:{kind or '未注明类别'}", f"Spent: {kind or 'no type given'}", amount, "part") for kind, amount in clear.items() if amount]
    rows += [
        ("已支出,存疑", "Spent, in question", sums["in_question"], "question"),
        ("拨往其他专户,对方流水中没有", "Passed to special accounts whose books do not show it", sums["passed_on"], "question"),
        ("由其他款项转入(净额)", "Moved in from other money (net)", -sums["moved_in"], "part"),
        ("支出超过到账(占用其他款项)", "Spent beyond receipts (out of other money)", -sums["overspent"], "part"),
        ("结余", "Left", sums["left"], "part"),
    ]
    table = pd.DataFrame(rows, columns=["label", "label_en", "amount", "kind"]).astype({"amount": "Int64"})
    return table[(table["amount"] != 0) | table["kind"].eq("whole") | table["label"].eq("结余")].reset_index(drop=True)


def _benefits(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Benefits by programme against the outflows of the ledger to the same account over the same amount."""
    columns = ["programme", "benefits", "amount", "in_ledger", "not_reconciled"]
    if "benefits" not in tables:
        return pd.DataFrame(columns=columns)
    benefits = tables["benefits"].reindex(columns=["programme", "amount", "account_no", "origin"]).dropna(subset=["amount"])
    ledger = tables.get("ledger", pd.DataFrame()).reindex(columns=["direction", "amount", "counterparty_account"])
    paid = ledger[ledger["direction"].eq("out")].rename(columns={"counterparty_account": "account_no"}).astype({"amount": "Int64", "account_no": "str"})
    key = ["account_no", "amount"]
    sides = [rows.dropna(subset=key).assign(turn=lambda r: r.groupby(key).cumcount()) for rows in (benefits, paid)]
    found = sides[0].merge(sides[1][[*key, "turn"]], on=[*key, "turn"])["origin"]
    benefits = benefits.assign(in_ledger=benefits["amount"].where(benefits["origin"].isin(found), 0))
    table = benefits.groupby("programme", dropna=False, as_index=False).agg(benefits=("origin", "size"), amount=("amount", "sum"), in_ledger=("in_ledger", "sum"))
    table["not_reconciled"] = table["amount"] - table["in_ledger"]
    return table[columns].astype({"amount": "Int64"})
