"""Earmarked use: single outflows that leave the fund's purpose, the special accounts or the approval procedure."""

from bangfu.accounts import SpecialAccount, is_special
from bangfu.entries import not_reversals
from bangfu.findings import Found, found
from bangfu.matching import beside
from bangfu.parameters import Texts, named
from bangfu.rules.allocations import funds_with_room, pay
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

ProjectCategories = named(Texts, "项目支出类别", "categories of project spending")
NegativeList = named(Texts, "负面清单支出类别", "spending on the negative list")


@rule(
    "FE-01",
    title="改变资金用途",
    severity="high",
    subject="txn_id",
    offence="挪用",
    reads={
        "ledger": ["txn_id", "direction", "amount", "fund_id", "expense_type"],
        "funds": ["fund_id", "purpose"],
    },
)
def spent_on_another_purpose(ledger, funds, *, project_categories: ProjectCategories) -> Found:
    """Fund spent on another purpose than its own.

    查什么:专项资金被用到了指标以外的项目类别上。
    方法:支出流水带有指标编号,支出类别是项目类别之一,却不等于该指标的专项用途。
    理由:专项资金专款专用,改变用途须按原程序报批,否则属于挪用。
    不含:收入流水;红字冲销(负数)的支出;不带指标编号的支出;支出类别不是项目类别的支出(由FE-02、FE-03查);支出类别为空,或指标表中查不到专项用途的支出(计为未评估)。
    前提:指标的专项用途与流水的支出类别使用同一套项目类别名称;同一指标编号有多行时,与其中任何一行的用途相同即可。
    """
    purposes = funds.dropna(subset=["fund_id", "purpose"])
    spent = not_reversals(ledger[ledger["direction"].ne("in") & ledger["fund_id"].notna()])
    spent = beside(spent, purposes, "fund_id", "_fund")
    in_category = spent["expense_type"].isin(project_categories)
    known = spent["direction"].notna() & spent["expense_type"].notna() & (~in_category | spent["purpose"].notna())
    elsewhere = spent[known & in_category & spent["expense_type"].ne(spent["purpose"])].reset_index(drop=True)
    others = purposes[["fund_id", "purpose"]].drop_duplicates().rename(columns={"purpose": "expense_type"})
    allowed = elsewhere[["fund_id", "expense_type"]].merge(others, how="left", indicator=True)["_merge"].eq("both")
    return found(
        elsewhere[~allowed],
        subject="txn_id",
        zh="指标{fund_id}的专项用途是“{purpose}”,本笔{amount:yuan}列支为“{expense_type}”。",
        en="Fund {fund_id} is for {purpose}; this outflow of {amount:yuan} was spent on {expense_type}.",
        amount="amount",
        origins=["origin", "origin_fund"],
        assessed=known,
    )


@planted("FE-01", share=0.0025)
def booked_as_another_category(county, n):
    categories = county.parameter("FE-01", "project_categories", ())
    rows = county.take("ledger", n, where=lambda t: t["direction"].eq("out") & t["fund_id"].notna() & t["expense_type"].isin(categories))
    following = dict(zip(categories, [*categories[1:], *categories[:1]], strict=True))
    county.set("ledger", rows, expense_type=rows["expense_type"].map(following))
    return rows["txn_id"]


@rule(
    "FE-02",
    title="资金转出专户去向不明",
    severity="high",
    subject="txn_id",
    offence="转移",
    reads={
        "ledger": ["txn_id", "account_no", "direction", "amount", "counterparty_account", "project_id", "expense_type"],
        "accounts": ["account_no", "account_kind"],
    },
)
def left_the_special_accounts(ledger, accounts, *, special_account: SpecialAccount, negative_list: NegativeList) -> Found:
    """Money left the special accounts without a project.

    查什么:专户里的钱没有对应项目就转到了专户以外的账户。
    方法:专户的支出流水没有项目编号,对方账号不是专户,支出类别不在负面清单之内。
    理由:专项资金实行专户管理、封闭运行;没有项目的转出使资金脱离监督,去向须逐笔查明。
    不含:专户之间的调拨;红字冲销(负数)的支出;负面清单内的支出(由FE-03查);本方或对方账号、账户性质、支出类别为空的支出(计为未评估)。
    前提:账户表列全了专户;表中没有的对方账号按非专户对待。
    """
    spent = not_reversals(ledger[ledger["direction"].ne("in") & ledger["project_id"].isna()])
    own = is_special(spent["account_no"], accounts, special_account)
    other = is_special(spent["counterparty_account"], accounts, special_account)
    looked_at = own.fillna(True)
    known = spent["direction"].notna() & own.notna() & other.notna() & spent["expense_type"].notna()
    gone = known & own.fillna(False) & ~other.fillna(True) & ~spent["expense_type"].isin(negative_list)
    return found(
        spent[gone],
        subject="txn_id",
        zh="由专户转出{amount:yuan}到非专户,没有项目编号,支出类别为“{expense_type}”。",
        en="{amount:yuan} left a special account for another account without a project, as {expense_type}.",
        amount="amount",
        assessed=known[looked_at],
    )


@planted("FE-02", share=0.003)
def lent_out(county, n):
    """To a basic account, or to a person whose account is in no list."""
    accounts = county.tables["accounts"]
    basic = accounts[~accounts["account_kind"].isin(county.parameter("FE-02", "special_account", ()))].iloc[0]
    found = []
    for place, (fund_id, amount) in enumerate(funds_with_room(county, n)):
        person = county.outsiders(1).iloc[0]
        to = (basic.account_no, basic.account_name) if place % 2 else (f"6217{person.id_number[6:17]}0", person["name"])
        found.append(pay(county, fund_id, amount, project_id=None, expense_type="往来款", memo="借款", counterparty_account=to[0], counterparty_name=to[1]))
    return found


@rule(
    "FE-03",
    title="挤占用于公用经费",
    severity="high",
    subject="txn_id",
    offence="挤占",
    reads={"ledger": ["txn_id", "direction", "amount", "fund_id", "expense_type"]},
)
def spent_on_office_costs(ledger, *, negative_list: NegativeList) -> Found:
    """Fund spent on the office's own running costs.

    查什么:专项资金被用来支付单位自己的公用经费。
    方法:支出流水带有指标编号,支出类别在负面清单之内。
    理由:接待、办公、车辆等开支应由单位预算负担,用专项资金支付就是挤占。
    不含:收入流水;红字冲销(负数)的支出;不带指标编号的支出(单位自有经费);支出类别为空的支出(计为未评估)。
    前提:支出类别如实填写;换名列支的要靠摘要和凭证核对。
    """
    spent = not_reversals(ledger[ledger["direction"].ne("in") & ledger["fund_id"].notna()])
    known = spent["direction"].notna() & spent["expense_type"].notna()
    return found(
        spent[known & spent["expense_type"].isin(negative_list)],
        subject="txn_id",
        zh="从指标{fund_id}中列支“{expense_type}”{amount:yuan},属于负面清单内的开支。",
        en="{amount:yuan} of fund {fund_id} went on {expense_type}, which is on the negative list.",
        amount="amount",
        assessed=known,
    )


@planted("FE-03", share=0.0025)
def office_costs(county, n):
    kinds = county.parameter("FE-03", "negative_list", ())
    return [
        pay(county, fund_id, amount, project_id=None, expense_type=kinds[place % len(kinds)], memo="日常开支",
            counterparty_account="6228000000000107", counterparty_name="好再来酒楼")
        for place, (fund_id, amount) in enumerate(funds_with_room(county, n))
    ]  # fmt: skip


@rule(
    "FE-08",
    title="支出未经审批",
    severity="high",
    subject="txn_id",
    reads={
        "ledger": ["txn_id", "account_no", "direction", "amount", "applied_by", "approved_by"],
        "accounts": ["account_no", "account_kind"],
    },
)
def spent_without_approval(ledger, accounts, *, special_account: SpecialAccount) -> Found:
    """Outflow from a special account without applicant or approver.

    查什么:专户支出没有申请人或没有审批人。
    方法:专户的支出流水,申请人或审批人一栏为空。
    理由:专户支出实行申请、审批分离和专人管理,缺一环就等于没有审批。
    不含:收入流水;红字冲销(负数)的支出;非专户的支出;本方账号或其账户性质为空的支出(计为未评估)。
    前提:空白就是没有;审批单另存而未登记的,由单位补交后核销。
    """
    spent = not_reversals(ledger[ledger["direction"].ne("in")])
    own = is_special(spent["account_no"], accounts, special_account)
    known = spent["direction"].notna() & own.notna()
    unapproved = spent[known & own.fillna(False) & (spent["applied_by"].isna() | spent["approved_by"].isna())].copy()
    first, second = unapproved["applied_by"].isna(), unapproved["approved_by"].isna()
    unapproved["lacking"] = _either(first, second, "没有申请人", "没有审批人", "既没有申请人,也没有审批人")
    unapproved["lacking_en"] = _either(first, second, "no applicant", "no approver", "neither applicant nor approver")
    return found(
        unapproved,
        subject="txn_id",
        zh="专户支出{amount:yuan}{lacking}。",
        en="An outflow of {amount:yuan} from a special account has {lacking_en}.",
        amount="amount",
        assessed=known[own.fillna(True)],
    )


@planted("FE-08", share=0.0025)
def unsigned(county, n):
    """Payments without approver, without applicant, without both; the office's own costs may lack them."""
    special = county.tables["accounts"][lambda t: t["account_kind"].isin(county.parameter("FE-08", "special_account", ()))]["account_no"]
    rows = county.take("ledger", n, where=lambda t: t["direction"].eq("out") & t["project_id"].notna() & t["account_no"].isin(special))
    for place, row in enumerate(rows["txn_id"]):
        empty = (["approved_by"], ["applied_by"], ["applied_by", "approved_by"])[place % 3]
        county.set("ledger", row, **dict.fromkeys(empty))
    own = county.take("ledger", n, where=lambda t: t["direction"].eq("out") & t["fund_id"].isna() & ~t["account_no"].isin(special))
    county.set("ledger", own, approved_by=None)
    return rows["txn_id"]


def _either(first, second, only_first: str, only_second: str, both: str):
    return first.map({True: only_first, False: only_second}).mask(first & second, both)
