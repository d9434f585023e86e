"""Running numbers of entries and vouchers: which are missing and which stand twice."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from bangfu.findings import Found, found
from bangfu.parameters import Count, Share, named
from bangfu.rules.catalogue import rule
from bangfu.sample.planting import planted

KINDS = {"txn_id": ("流水号", "entry number"), "voucher_no": ("凭证号", "voucher number")}
_AT_THE_END = r"(?P<digits>\d{1,15})号?$"


@rule(
    "LG-02",
    title="流水号或凭证号缺号、重号",
    severity="medium",
    subject="account_no",
    topic="ledger",
    reads={"ledger": ["account_no", "posted_on", *KINDS]},
)
def numbers_missing_or_repeated(
    ledger, *,
    least_numbers: named(Count, "至少有多少个号码才判断", "numbers needed to judge"),
    consecutive: named(Share, "相邻号码连续的最低比例", "share of numbers that must follow each other"),
    longest_gap: named(Count, "一处缺号最多多少个", "most numbers missing in one place"),
) -> Found:  # fmt: skip
    """Running numbers of an account are missing or stand on several days.

    查什么:一个账户连续编号的流水号或凭证号中间缺号,或者同一号码出现在不同日期。
    方法:号码分为前缀和末尾的数字,按账户、月份、前缀排列;各月号码首尾相接、不重新起编的,跨月连续查。一段号码达到规定个数、相邻两号连续的比例达到规定比例,才视为连续编号;其中中间缺少、全部流水里别的账户也没有的号码为缺号,同一号码记在两个以上日期的为重号。每个账户列为一条,写明月份和号码。
    理由:连续编号缺号、重号,说明有流水或凭证被抽走、作废未留存或重复使用。
    不含:不是按账户连续编号的号码、个数太少的号码(计为未评估);月初第一号之前和月末最后一号之后的缺号;一处缺号超过规定个数的(视为另起一段);同一日期几笔共用一个号码的(一张凭证可记几笔);日期或号码空白的流水。
    前提:号码由银行或会计连续编列;缺少的凭证号可能是不经过本账户的转账凭证,须先核对。
    """
    every = _numbers(ledger)
    enough = every.groupby("line")["run"].transform("size") >= least_numbers
    numbers = _placed(every[enough], longest_gap)
    series = numbers.groupby("series")
    steps = numbers["step"].notna().groupby(numbers["series"]).transform("sum")
    of_one = numbers["step"].eq(1).groupby(numbers["series"]).transform("sum")
    running = series["run"].transform("nunique").ge(least_numbers) & (of_one * consecutive.denominator >= steps * consecutive.numerator)
    missing = _missing(numbers[running], every)
    repeated = numbers[running & numbers["days"].gt(1)]
    wrong = pd.concat([missing.assign(what=0), repeated.assign(what=1, number=repeated["text"], origin_before=pd.NA)], ignore_index=True)
    wrong["origin_before"] = wrong["origin_before"].astype("Int64")
    for column, lang in (("told", 0), ("told_en", 1)):
        told = {account: _told(rows, lang) for account, rows in wrong.groupby("account_no")}
        wrong[column] = wrong["account_no"].map(told).astype("str")
    units = _judged(every, numbers[running])
    loose = units.loc[~units["runs"], "account_no"].nunique()
    return found(
        wrong,
        subject="account_no",
        zh="{told}。",
        en="{told_en}.",
        origins=["origin", "origin_before"],
        assessed=units["runs"],
        notes=[(f"{loose}个账户有的月份流水号或凭证号不是按账户连续编号,或者太少,没有评估。", f"In some months the numbers of {loose} accounts do not run by account, or are too few; they are not assessed.")] if loose else (),
    )


def _numbers(ledger: pd.DataFrame) -> pd.DataFrame:
    """A row per number and entry, in the order of entries: account_no, kind and `prefix` (categories), `line` (a number for the three, in their order),
    `run` (its running number), `digits`, `text`, `month` (year and month, 201903), posted_on, `origin`."""
    rows = ledger.dropna(subset=["account_no", "posted_on"]).sort_values("origin").astype({"account_no": "category"})
    rows["month"] = rows["posted_on"].dt.year * 100 + rows["posted_on"].dt.month
    long = pd.concat([rows[["account_no", "posted_on", "month", "origin"]].assign(kind=kind, text=rows[kind]) for kind in KINDS], ignore_index=True).dropna(subset="text")
    # Arrow's expressions read half a million numbers in a tenth of the time of Python's.
    text = pa.array(long["text"], pa.large_string())
    long["digits"] = pc.struct_field(pc.extract_regex(text, _AT_THE_END), "digits").to_pandas().array
    long["prefix"] = pc.replace_substring_regex(text, _AT_THE_END, "").to_pandas().array
    long = long.dropna(subset="digits").astype({"kind": "category", "prefix": "category"})
    long["run"] = long["digits"].astype("int64")
    codes = [long[c].cat for c in ("account_no", "kind", "prefix")]
    long["line"] = np.ravel_multi_index([c.codes for c in codes], [len(c.categories) + 1 for c in codes])
    return long


def _placed(numbers: pd.DataFrame, longest_gap: int) -> pd.DataFrame:
    """The numbers in order, each once a day, cut into series: `series`, `step` from the number before in it (missing at its start and where it repeats),
    `origin_before` (its row), `days` on which it stands in the month."""
    numbers = numbers.drop_duplicates(["line", "run", "posted_on"])
    months = numbers.groupby(["line", "month"], as_index=False)["run"].agg(["min", "max"])
    months["above"] = ~(months["min"] <= months.groupby("line")["max"].shift())
    going_on = numbers["line"].map(months.groupby("line")["above"].all())
    numbers = numbers.assign(part=numbers["month"].mask(going_on, 0), days=numbers.groupby(["line", "run", "month"])["posted_on"].transform("size"))
    numbers = numbers.sort_values(["line", "part", "run", "posted_on"], kind="stable", ignore_index=True)
    same = numbers[["line", "part"]].eq(numbers[["line", "part"]].shift()).all(axis=1)
    step = numbers["run"].diff().where(same)
    numbers["series"] = (~same | step.gt(longest_gap + 1)).cumsum()
    numbers["step"] = step.where(step.between(1, longest_gap + 1))
    numbers["origin_before"] = numbers["origin"].shift().astype("Int64")
    return numbers


def _judged(numbers: pd.DataFrame, running: pd.DataFrame) -> pd.DataFrame:
    """A row per account, kind and month: whether numbers of theirs run (`runs`)."""
    unit = ["account_no", "kind", "month"]
    judged = running[unit].drop_duplicates().assign(runs=True)
    units = numbers[unit].drop_duplicates().merge(judged, on=unit, how="left")
    return units.assign(runs=units["runs"].notna())


def _missing(running: pd.DataFrame, everywhere: pd.DataFrame) -> pd.DataFrame:
    """A row per number that is missing between two of its series and stands in no other account: `number`, and the rows on both sides."""
    gaps = running[running["step"].gt(1)]
    lacking = (gaps["step"] - 1).astype("int64").to_numpy()
    each = gaps.loc[gaps.index.repeat(lacking)].reset_index(drop=True)
    each["run"] = each["run"] - np.repeat(lacking, lacking) + np.concatenate([np.arange(n) for n in lacking] or [np.empty(0, "int64")]).astype("int64")
    known = everywhere.loc[everywhere["run"].isin(each["run"]), ["kind", "prefix", "run"]].drop_duplicates().assign(elsewhere=True)
    each = each.merge(known, on=["kind", "prefix", "run"], how="left")
    each = each[each["elsewhere"].isna()].drop(columns="elsewhere")
    width = each["digits"].str.len()
    return each.assign(number=[prefix + str(run).zfill(w) for prefix, run, w in zip(each["prefix"], each["run"], width, strict=True)])


def _told(rows: pd.DataFrame, lang: int) -> str:
    """What is missing and what is repeated in an account, by month and kind."""
    verbs = (("缺{kind}{numbers}", "{kind}{numbers}记在不同日期"), ("{kind} {numbers} missing", "{kind} {numbers} on several days"))[lang]
    parts = [
        f"{month // 100}-{month % 100:02d}{('', ' ')[lang]}{verbs[what].format(kind=KINDS[kind][lang], numbers=('、', ', ')[lang].join(dict.fromkeys(numbers)))}"
        for (month, what, kind), numbers in rows.groupby(["month", "what", "kind"])["number"]
    ]
    return (";", "; ")[lang].join(parts)


@planted("LG-02", n=1)
def a_voucher_taken_out(county, n):
    """The vouchers of the busiest account run through the year, but for one number."""
    ledger = county.tables["ledger"]
    of_year = ledger[ledger["posted_on"].dt.year.eq(county.year)].sort_values(["posted_on", "txn_id"])
    account = of_year["account_no"].value_counts().index[:n]
    needed = county.parameter("LG-02", "least_numbers", 1)
    entries = of_year[of_year["account_no"].isin(account)]
    if len(entries) < needed:
        return []
    numbers = [k + (k > len(entries) // 2) for k in range(1, len(entries) + 1)]
    county.set("ledger", entries, voucher_no=[f"记{county.year}-{k:04d}" for k in numbers])
    return account
