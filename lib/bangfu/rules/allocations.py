"""Fund allocations: issued, received, spent, held against each other and against the calendar."""

import pandas as pd

from bangfu import calendar
from bangfu.accounts import SpecialAccount, is_special
from bangfu.entries import once
from bangfu.findings import Found, found
from bangfu.parameters import Days, Share, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted


def _spent_by_fund(ledger: pd.DataFrame) -> pd.DataFrame:
    """The outflows that carry a fund id: fund_id, spent (fen), unknown (outflows without an amount or direction)."""
    ledger = once(ledger, "txn_id")
    carried = ledger[ledger["fund_id"].notna() & ledger["direction"].ne("in")]
    unknown = carried["amount"].isna() | carried["direction"].isna()
    carried = carried.assign(spent=carried["amount"].mask(unknown, 0), unknown=unknown.astype("int64"))
    return carried.groupby("fund_id", as_index=False)[["spent", "unknown"]].sum()


def _with_spending(funds: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Each fund once, with what was spent of it; one that nothing was spent of has 0."""
    funds = funds.dropna(subset="fund_id").drop_duplicates("fund_id").merge(_spent_by_fund(ledger), on="fund_id", how="left")
    return funds.fillna({"spent": 0, "unknown": 0})


def _with_outflows(funds: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """A row per fund and outflow that carries its id (one row for a fund without any), for the sources of a finding."""
    outflows = ledger.loc[ledger["fund_id"].notna() & ledger["direction"].eq("out"), ["fund_id", "origin"]]
    return funds.merge(outflows, on="fund_id", how="left", suffixes=("", "_txn"))


def room(county) -> pd.Series:
    """What each fund of a sample county has left, in fen: received less the outflows that carry its id."""
    funds = _with_spending(county.tables["funds"], county.tables["ledger"])
    return (funds["received"] - funds["spent"]).set_axis(funds["fund_id"])


def pay(county, fund_id: str, amount: int, **columns) -> str:
    """Adds an outflow of a fund of a sample county, like one of its payments in the year or else its last, and returns its txn_id."""
    ledger = county.tables["ledger"]
    of_fund = ledger[(ledger["fund_id"] == fund_id) & (ledger["direction"] == "out") & ledger["project_id"].notna()]
    of_year = of_fund[of_fund["posted_on"].dt.year == county.year]
    like = (of_year if len(of_year) else of_fund).iloc[[-1]]
    month = like["posted_on"].dt.strftime("%Y%m").iloc[0]
    account = like["account_no"].iloc[0]
    in_month = ledger[(ledger["account_no"] == account) & (ledger["posted_on"].dt.strftime("%Y%m") == month)]
    voucher = f"凭{month}-{account[-4:]}-{len(in_month) + 1:04d}"
    return county.add("ledger", like, amount=amount, voucher_no=voucher, **columns)["txn_id"].iloc[0]


def funds_with_room(county, n: int) -> list[tuple[str, int]]:
    """Up to n funds that payments were made from and that have money left, each with an amount (fen, whole yuan) that fits."""
    ledger = county.tables["ledger"]
    paying = ledger.loc[(ledger["direction"] == "out") & ledger["project_id"].notna(), "fund_id"].dropna().unique()
    left = room(county)
    left = left[left.index.isin(paying) & (left >= 40_000)]
    chosen = county.rng.permutation(left.index.to_numpy())[:n]
    return [(fund_id, min(int(left[fund_id]) // 2, int(county.rng.integers(50_000, 4_000_000))) // 100 * 100) for fund_id in chosen]


@rule(
    "FE-04",
    title="资金滞留闲置",
    severity="medium",
    subject="fund_id",
    topic="earmark",
    offence="滞留",
    reads={
        "funds": ["fund_id", "received_on", "received"],
        "ledger": ["txn_id", "fund_id", "direction", "amount"],
    },
)
def idle(
    funds, ledger, *,
    idle_days: named(Days, "视为闲置的天数", "days after which money is idle"),
    idle_share: named(Share, "视为闲置的结余比例", "share left that counts as idle"),
    year: int,
) -> Found:
    """Fund lies idle.

    查什么:资金到账很久,大部分还没有花出去。
    方法:到账日距审计年度12月31日超过规定天数,且带该指标编号的支出合计低于到账金额的规定比例;涉及金额为到账减已支出。
    理由:专项资金应当及时拨付使用;滞留闲置使贫困户得不到应有的帮扶。
    不含:到账未满规定天数的指标;到账时间或到账金额缺失的指标;有支出金额缺失、已知支出又不足规定比例的指标(计为未评估)。
    前提:支出流水都带指标编号;流水包含审计年度以前的支出;同一流水号重复登记的只计一次。
    """
    funds = _with_spending(funds, ledger)
    old = (calendar.last_day(year) - funds["received_on"]).dt.days > idle_days
    # spent / received < idle_share, without a division
    little = (funds["spent"] * idle_share.denominator < funds["received"] * idle_share.numerator).astype("boolean").fillna(False)
    known = funds["received_on"].notna() & (~old | (funds["received"].notna() & (~little | funds["unknown"].eq(0))))
    lying = funds[known & old & little].copy()
    lying["left"] = lying["received"] - lying["spent"]
    lying["days"] = (calendar.last_day(year) - lying["received_on"]).dt.days
    return found(
        _with_outflows(lying, ledger),
        subject="fund_id",
        zh="{received_on:day}到账{received:yuan},到{year}年末已{days}天,只支出{spent:yuan},尚余{left:yuan}。",
        en="{received:yuan} arrived on {received_on:day}; {days} days later, at the end of {year}, {spent:yuan} had been spent and {left:yuan} was left.",
        amount="left",
        origins=["origin", "origin_txn"],
        assessed=known,
        year=year,
    )


@planted("FE-04", share=0.002)
def payments_not_made(county, n):
    """Old funds of which hardly anything was paid."""
    lying = county.parameter("FE-04", "idle_days", 0)
    share = county.parameter("FE-04", "idle_share", 0)
    old = calendar.last_day(county.year) - county.tables["funds"]["received_on"] > pd.Timedelta(days=lying)
    funds = county.take("funds", n, where=old)
    for fund in funds.itertuples():
        paid = county.tables["ledger"][lambda t, f=fund: t["fund_id"].eq(f.fund_id) & t["direction"].eq("out") & t["project_id"].notna()]
        kept = paid[paid["amount"].cumsum() < fund.received * share / 2]
        unpaid = paid.loc[paid.index.difference(kept.index), "txn_id"]
        county.drop("claims", county.tables["claims"]["txn_id"].isin(unpaid))
        county.drop("ledger", unpaid)
    return funds["fund_id"]


@rule(
    "FE-05",
    title="下拨资金被截留",
    severity="high",
    subject="fund_id",
    topic="earmark",
    offence="截留",
    reads={"funds": ["fund_id", "issued", "received"]},
)
def withheld(funds) -> Found:
    """Less received than was issued.

    查什么:下达的资金没有足额到账。
    方法:到账金额小于下达金额;涉及金额为两者之差。
    理由:上级下达的专项资金应当足额拨付,中间环节扣留就是截留。
    不含:下达金额或到账金额缺失的指标(计为未评估)。
    前提:一个指标的到账金额是各次到账的合计。
    """
    known = funds["issued"].notna() & funds["received"].notna()
    short = funds[known][lambda f: f["received"] < f["issued"]].copy()
    short["gap"] = short["issued"] - short["received"]
    return found(
        short,
        subject="fund_id",
        zh="下达{issued:yuan},到账{received:yuan},少{gap:yuan}。",
        en="{issued:yuan} was issued and {received:yuan} received, {gap:yuan} less.",
        amount="gap",
        assessed=known,
    )


def _any_funds(county, n: int) -> pd.DataFrame:
    """n funds for a change that touches nothing but the fund's own row."""
    funds = county.tables["funds"]
    return funds.iloc[county.rng.permutation(len(funds))[:n]]


@planted("FE-05", share=0.003)
def issued_more_than_arrived(county, n):
    funds = _any_funds(county, n)
    gap = county.rng.integers(1, funds["issued"].to_numpy(dtype="int64") // 5)
    county.set("funds", funds, issued=funds["received"] + gap)
    return funds["fund_id"]


@rule(
    "FE-06",
    title="资金拨付拖延",
    severity="medium",
    subject="fund_id",
    topic="earmark",
    offence="拖欠",
    reads={"funds": ["fund_id", "issued_on", "received_on"]},
)
def late(funds, *, arrival_days: named(Days, "到账期限", "time allowed for arrival")) -> Found:
    """Fund arrived late.

    查什么:资金下达后迟迟没有到账。
    方法:到账时间比下达时间晚,超过规定天数。
    理由:专项资金应当按期拨付到位,拖延影响项目开工和群众受益。
    不含:下达时间或到账时间缺失的指标(计为未评估)。
    前提:天数按自然日计算;分次到账的,以表中所填到账时间为准。
    """
    known = funds["issued_on"].notna() & funds["received_on"].notna()
    slow = funds[known].copy()
    slow["days"] = (slow["received_on"] - slow["issued_on"]).dt.days
    return found(
        slow[slow["days"] > arrival_days],
        subject="fund_id",
        zh="{issued_on:day}下达,{received_on:day}到账,历时{days}天,超过{limit}天。",
        en="Issued on {issued_on:day} and received on {received_on:day}, after {days} days; the limit is {limit}.",
        assessed=known,
        limit=arrival_days,
    )


@planted("FE-06", share=0.003)
def issued_long_before(county, n):
    """The first is a day too late only."""
    funds = _any_funds(county, n)
    limit = county.parameter("FE-06", "arrival_days", 0)
    days = [limit + 1, *(limit + county.rng.integers(2, 120, max(len(funds) - 1, 0)))][: len(funds)]
    county.set("funds", funds, issued_on=funds["received_on"] - pd.to_timedelta(days, unit="D"))
    return funds["fund_id"]


@rule(
    "FE-07",
    title="未实行专户管理",
    severity="high",
    subject="fund_id",
    topic="earmark",
    reads={
        "funds": ["fund_id", "received", "account_no"],
        "accounts": ["account_no", "account_kind"],
    },
)
def outside_the_special_accounts(funds, accounts, *, special_account: SpecialAccount) -> Found:
    """Fund received outside the special accounts.

    查什么:专项资金进了专户以外的账户。
    方法:指标的到账账号不是专户;涉及金额为到账金额。
    理由:专项资金实行专户管理、专账核算、封闭运行,进入其他账户就脱离了专户的监督。
    不含:到账账号为空,或该账户没有填账户性质的指标(计为未评估)。
    前提:账户表列全了专户;表中没有的账号按非专户对待。
    """
    special = is_special(funds["account_no"], accounts, special_account)
    astray = funds[~special.fillna(True)]
    kinds = accounts.dropna(subset="account_no").drop_duplicates("account_no")
    astray = astray.merge(kinds, on="account_no", how="left", suffixes=("", "_account"))
    astray["kind"] = astray["account_kind"].fillna("账户表中没有的账户")
    astray["kind_en"] = astray["account_kind"].fillna("an account that is not listed")
    return found(
        astray,
        subject="fund_id",
        zh="到账{received:yuan},到账账户不是专户({kind})。",
        en="{received:yuan} was received into an account that is not a special account ({kind_en}).",
        amount="received",
        origins=["origin", "origin_account"],
        assessed=special.notna(),
    )


@planted("FE-07", share=0.002)
def received_on_a_basic_account(county, n):
    """The basic account passes the money on to the special account on the next day."""
    accounts, ledger = county.tables["accounts"], county.tables["ledger"]
    basic = accounts[~accounts["account_kind"].isin(county.parameter("FE-07", "special_account", ()))].iloc[0]
    funds = _any_funds(county, n)
    for fund in funds.itertuples():
        receipt = ledger[(ledger["fund_id"] == fund.fund_id) & (ledger["direction"] == "in")]
        name = accounts.loc[accounts["account_no"] == fund.account_no, "account_name"].iloc[0]
        next_day = receipt["posted_on"] + pd.Timedelta(days=1)
        county.add("ledger", receipt, posted_on=next_day, fund_id=None, memo="转入专户", counterparty_account=basic.account_no,
                   counterparty_name=basic.account_name)
        county.add("ledger", receipt, posted_on=next_day, fund_id=None, memo="转入专户", account_no=basic.account_no, direction="out",
                   counterparty_account=fund.account_no, counterparty_name=name, expense_type="转专户")
        county.set("ledger", receipt, account_no=basic.account_no)
    county.set("funds", funds, account_no=basic.account_no)
    return funds["fund_id"]


@rule(
    "FE-09",
    title="支出超过到账金额",
    severity="high",
    subject="fund_id",
    topic="earmark",
    reads={
        "funds": ["fund_id", "received"],
        "ledger": ["txn_id", "fund_id", "direction", "amount"],
    },
)
def overspent(funds, ledger) -> Found:
    """More spent than was received.

    查什么:一个指标花出去的钱比到账的还多。
    方法:带该指标编号的支出合计大于到账金额;涉及金额为两者之差。
    理由:超出部分必然用了别的专项资金或其他来源,破坏专款专用。
    不含:到账金额缺失的指标;有支出金额缺失、已知支出又未超过到账金额的指标(计为未评估)。
    前提:专户之间的调拨不记为该指标的支出;同一流水号重复登记的只计一次。
    """
    funds = _with_spending(funds, ledger)
    over = (funds["spent"] > funds["received"]).fillna(False)
    known = funds["received"].notna() & (over | funds["unknown"].eq(0))
    beyond = funds[known & over].copy()
    beyond["excess"] = beyond["spent"] - beyond["received"]
    return found(
        _with_outflows(beyond, ledger),
        subject="fund_id",
        zh="到账{received:yuan},支出{spent:yuan},超出{excess:yuan}。",
        en="{received:yuan} was received and {spent:yuan} spent, {excess:yuan} more.",
        amount="excess",
        origins=["origin", "origin_txn"],
        money=["origin_txn"],
        assessed=known,
    )


@planted("FE-09", share=0.002)
def paid_beyond_what_arrived(county, n):
    """Where there are enough funds, one more is spent to the last fen."""
    ledger = county.tables["ledger"]
    paying = ledger.loc[(ledger["direction"] == "out") & ledger["project_id"].notna(), "fund_id"].dropna()
    left = room(county)
    funds = county.take("funds", n + (n > 1), where=lambda t: t["fund_id"].isin(paying) & t["fund_id"].map(left).ge(1))
    for place, fund_id in enumerate(funds["fund_id"]):
        excess = 0 if n > 1 and place == len(funds) - 1 else 1 if place == 0 else int(county.rng.integers(1, 3_000_000))
        pay(county, fund_id, int(left[fund_id]) + excess, memo="追加工程款")
    return funds["fund_id"].iloc[:-1] if n > 1 else funds["fund_id"]
