"""Amounts and payments that occur more than once, and amounts out of scale with the rest of their vendor."""

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pandas as pd

from bangfu.stats.digits.amounts import beside, exact
from bangfu.stats.digits.applicability import REASONS, unassessed
from bangfu.stats.digits.names import clean_number, same_names
from bangfu.stats.paper import Both, Paper, WorkingPaper

COLUMN_NAMES = {"amount": Both("金额", "amount"), "date": Both("日期", "date"), "vendor": Both("收款人", "vendor"), "invoice": Both("票据号", "invoice")}


@dataclass(frozen=True, eq=False)
class NumberDuplication(WorkingPaper):
    """How often the same amount occurs. amounts: amount (exact Decimal) and count of those that occur more than once, most frequent
    first. n amounts, distinct different ones; factor: sum of squared counts of repeated amounts / n^2, 0 if all differ, 1 if all are one;
    average_frequency: how often the amount of a row occurs on average, sum of squared counts / n."""

    n: int
    distinct: int
    factor: float
    average_frequency: float
    amounts: pd.DataFrame
    reason: str = ""

    @property
    def applies(self):
        return not self.reason

    def _paper(self):
        if self.reason:
            meaning = Both(f"未评:{REASONS[self.reason].zh}。", f"Not assessed: {REASONS[self.reason].en}.")
        elif len(self.amounts):
            top = self.amounts.iloc[0]
            meaning = Both(f"出现最多的金额是 {top['amount']:,}(共 {top['count']} 次),看它是不是有标准可依的定额。",
                           f"The most frequent amount is {top['amount']:,} ({top['count']} times): see whether a fixed rate explains it.")
        else:
            meaning = Both("没有重复的金额。", "No amount occurs twice.")
        return Paper(
            title=Both("重复金额", "Number duplication"), asked=Both("哪些金额一再出现", "Which amounts occur again and again"),
            method=Both("按金额精确计数", "Counts of exactly equal amounts"), source="Nigrini (2011), Forensic Analytics, chapter 8",
            inputs=[(Both("笔数", "amounts"), self.n)],
            result=[(Both("不同的金额", "different amounts"), self.distinct), (Both("重复系数", "number frequency factor"), self.factor),
                    (Both("最多的金额", "most frequent"), self.amounts.head(10))],
            meaning=meaning,
        )


def number_duplication(amounts, *, places=0, sign="positive", least=None):
    """Count equal amounts, exactly, the most frequent first (of equals the larger amount).

    Parameters as in `leading.first_two`. Returns a NumberDuplication.
    Source: Nigrini (2011), Forensic Analytics, chapter 8; the number frequency factor is in its chapter 12; the average frequency
    is Simonsohn's (2019), Number-Bunching, Data Colada 77.
    """
    sized = exact(amounts, places).sized(sign, least)
    values, times = np.unique(sized.whole, return_counts=True)
    order = np.argsort(-times[::-1], kind="stable")
    values, times = values[::-1][order], times[::-1][order]
    again = times > 1
    squares, n = int((times[again].astype(np.int64) ** 2).sum()), len(sized)
    table = pd.DataFrame({"amount": sized.decimals(values[again]), "count": times[again]})
    if not n:
        return NumberDuplication(0, 0, np.nan, np.nan, table, "nothing_known")
    return NumberDuplication(n, len(values), squares / n**2, (squares + int((~again).sum())) / n, table)


@dataclass(frozen=True, eq=False)
class RelativeSizes(WorkingPaper):
    """How far the largest amount of each vendor stands above its second largest. vendors: count, largest, second (Decimals), factor,
    row (of the largest), largest factor first. single: vendors with one amount, not assessed. missing: rows without vendor or amount."""

    vendors: pd.DataFrame
    single: int
    missing: int
    large: float
    reason: str = ""

    @property
    def applies(self):
        return not self.reason

    def _paper(self):
        far = int((self.vendors["factor"] >= self.large).sum())
        if self.reason:
            meaning = Both(f"本检验不适用:{REASONS[self.reason].zh}。", f"The test does not apply: {REASONS[self.reason].en}.")
        elif not far:
            rest = unassessed(self.single + self.missing)
            meaning = Both(f"没有收款人的最大一笔达到第二大的 {self.large:g} 倍{rest.zh}。",
                           f"No vendor's largest amount is {self.large:g} times its second largest{rest.en}.")
        else:
            meaning = Both(f"有 {far} 个收款人的最大一笔是第二大的 {self.large:g} 倍以上:先看是否小数点错位或记错了户名。",
                           f"For {far} vendors the largest amount is {self.large:g} times the second largest or more: look for a misplaced decimal point or the wrong payee.")
        return Paper(
            title=Both("相对大小系数", "Relative size factor"), asked=Both("哪些款项与同一收款人的其他款项不成比例", "Which amounts are out of scale for their vendor"),
            method=Both("每个收款人最大一笔除以第二大一笔", "Largest over second largest amount of each vendor"),
            source="Nigrini (2011), Forensic Analytics, chapter 11",
            inputs=[(Both("收款人", "vendors"), len(self.vendors)), (Both("只有一笔、未评的收款人", "vendors with one amount, not assessed"), self.single),
                    (Both("缺收款人或金额的行", "rows without vendor or amount"), self.missing)],
            result=[(Both("系数最大的", "largest factors"), self.vendors.drop(columns="row").head(10))], meaning=meaning,
        )


def relative_size_factor(amounts, vendors, *, places=0, least=None, large=10):
    """Divide each vendor's largest amount by its second largest; positive amounts only.

    vendors: Series or array beside the amounts; empty or missing vendors are not assessed. large: from which factor the paper counts.
    Returns RelativeSizes. Source: Nigrini (2011), Forensic Analytics, chapter 11.
    """
    every = exact(amounts, places)
    sized = every.sized("positive", least)
    names = beside(vendors, every.labels).iloc[sized.position]
    known = known_values(names)
    sized, (code, distinct) = sized.where(known), pd.factorize(names[known])
    order = np.lexsort((-sized.whole if sized.whole.dtype != object else [-v for v in sized.whole], code))
    code, whole, rows = code[order], sized.whole[order], sized.index[order]
    first = np.flatnonzero(np.diff(code, prepend=-1))
    count = np.diff(np.append(first, len(code)))
    several = first[count > 1]
    table = pd.DataFrame({"count": count[count > 1], "largest": sized.decimals(whole[several]), "second": sized.decimals(whole[several + 1]),
                          "factor": np.array([int(a) / int(b) for a, b in zip(whole[several], whole[several + 1], strict=True)], dtype=float),
                          "row": rows[several]}, index=pd.Index(distinct[code[several]], name="vendor"))
    table = table.iloc[np.argsort(-table["factor"].to_numpy(), kind="stable")]
    return RelativeSizes(table, int((count == 1).sum()), every.missing + int((~known).sum()), large,
                         "" if len(table) else "one_each" if len(code) else "nothing_known")


@dataclass(frozen=True, eq=False)
class DuplicateRows(WorkingPaper):
    """Rows that agree where they should not. rows: the table's rows with `group`, in groups; groups; at_stake: the amounts of all but
    the first row of each group (exact Decimal, None without an amount column); n rows assessed; missing: rows with an empty key."""

    kind: str
    same: tuple
    different: str | None
    rows: pd.DataFrame
    groups: int
    at_stake: Decimal | None
    n: int
    missing: int
    reason: str = ""

    @property
    def applies(self):
        return not self.reason

    def _paper(self):
        same = [COLUMN_NAMES.get(c, Both(c, c)) for c in self.same]
        zh, en = "、".join(c.zh for c in same), ", ".join(c.en for c in same)
        other = COLUMN_NAMES.get(self.different, Both(str(self.different), str(self.different)))
        title, meaning = {
            "exact": (Both(f"完全重复:{zh}相同", f"Exact duplicates: same {en}"),
                      Both("可能记了两次或付了两次,逐组核对凭证。", "they may have been entered or paid twice; check the vouchers of each group.")),
            "different": (Both(f"同同异:{zh}相同,{other.zh}不同", f"Same-same-different: same {en}, different {other.en}"),
                          Both("可能付错了对象或换个样子付了第二次,逐组核对。",
                               "they may have been paid to the wrong party, or again under another guise; check each group.")),
            "near": (Both(f"近似重复:清洗后{zh}相同", f"Near duplicates: same {en} after cleaning"),
                     Both("写法不同而内容相同,可能绕过了重复校验,逐组核对。",
                          "written differently but the same in substance, they may have passed a check for duplicates; look at each group.")),
        }[self.kind]
        if self.reason:
            meaning = Both(f"未评:{REASONS[self.reason].zh}。", f"Not assessed: {REASONS[self.reason].en}.")
        elif not self.groups:
            rest = unassessed(self.missing)
            meaning = Both(f"没有发现这样的款项{rest.zh}。", f"There are none{rest.en}.")
        else:
            meaning = Both(f"有 {self.groups:,} 组、{len(self.rows):,} 笔,{meaning.zh}", f"{len(self.rows):,} payments in {self.groups:,} groups: {meaning.en}")
        return Paper(
            title=title, asked=Both("是否有重复支付的迹象", "Are there signs of paying twice"),
            method=Both("按所列各项分组(近似重复先清洗名称和票号);空值不与任何值相同",
                        "Groups by the columns named (near duplicates after cleaning names and numbers); empty values match nothing"),
            source="Nigrini (2011), Forensic Analytics, chapter 12",
            inputs=[(Both("比对的行", "rows compared"), self.n), (Both("关键项为空、未评的行", "rows with an empty key, not assessed"), self.missing)],
            result=[(Both("组数", "groups"), self.groups), (Both("行数", "rows"), len(self.rows)),
                    (Both("除首笔外的金额", "amount beyond the first of each group"), self.at_stake)],
            meaning=meaning,
        )


def exact_duplicates(table, same, *, amount="amount", places=0):
    """Rows that are equal in all columns of `same`, in groups of two or more.

    table: DataFrame; a row that is missing or empty in one of the columns is not assessed and matches nothing. Returns DuplicateRows.
    """
    group, known = _groups([table[c] for c in same])
    return _found(table, "exact", same, None, group, known, np.bincount(group[known]) > 1, amount, places)


def same_same_different(table, same, different, *, amount="amount", places=0):
    """Rows equal in the columns of `same` of which at least two differ in the column `different` (empty there: not assessed).

    Source: Nigrini (2011), Forensic Analytics, chapter 12. Returns DuplicateRows.
    """
    group, known = _groups([table[c] for c in same])
    known &= known_values(table[different])
    return _found(table, "different", same, different, group, known, _varied(group, known, [table[different]]), amount, places)


def near_duplicates(table, same=("amount",), *, names=("vendor",), numbers=("invoice",), amount="amount", places=0):
    """Rows equal in `same` and, after cleaning, in `names` and `numbers`, that are written differently in one of those.

    Names are compared by `names.same_names` (form, case, word order, one letter), numbers by `names.clean_number`; a number with a
    letter added (A, -1) is another number. Groups hold at least two ways of writing. Returns DuplicateRows.
    """
    meant = [same_names(table[c]) for c in names]
    coarse = [table[c] for c in same] + [m.where(m >= 0) for m in meant]
    group, known = _groups(coarse)
    for column in numbers:
        known &= known_values(table[column])
    several = known & (np.bincount(group[known], minlength=group.max(initial=-1) + 1)[group] > 1)
    group, alike = _groups([c[several] for c in coarse] + [_clean_numbers(table.loc[several, c]) for c in numbers])
    varied = _varied(group, alike, [table.loc[several, c] for c in (*names, *numbers)])
    found = _found(table[several], "near", (*same, *names, *numbers), None, group, alike, varied, amount, places)
    unreadable = int((~alike).sum())
    n = int(known.sum()) - unreadable
    return replace(found, n=n, missing=int((~known).sum()) + unreadable, reason="" if n else "nothing_known")


def _varied(group, known, columns):
    """For every group: do its known rows differ in one of the columns?"""
    writings, _ = _groups(columns)
    pairs = pd.DataFrame({"group": group[known], "written": writings[known]}).drop_duplicates()
    return np.bincount(pairs["group"], minlength=group.max(initial=-1) + 1) > 1


def _found(table, kind, same, different, group, known, wanted, amount, places):
    hit = known.copy()
    hit[known] = wanted[group[known]]
    rows = table[hit]
    number = pd.factorize(group[hit])[0] + 1
    rows = rows.assign(group=number).iloc[np.argsort(number, kind="stable")]
    stake = None
    if amount in table:
        stake = exact(rows.loc[rows["group"].duplicated().to_numpy(), amount], places)
        stake = stake.decimal(stake.total())
    return DuplicateRows(kind, tuple(same), different, rows, int(number.max(initial=0)), stake, int(known.sum()), int((~known).sum()),
                         "" if known.any() else "nothing_known")


def _groups(columns):
    """Number the rows by their values in all columns, and say which rows are known in all of them."""
    group, known = np.zeros(len(columns[0]), dtype=np.int64), np.ones(len(columns[0]), dtype=bool)
    for column in columns:
        code, distinct = pd.factorize(column)
        known &= known_values(column)
        group = pd.factorize(group * (len(distinct) + 1) + code + 1)[0]
    return group, known


def known_values(column):
    """Which values of a column are there: not missing, and not blank text."""
    known = column.notna()
    if not (pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype)):
        known &= column.astype("str").str.strip() != ""
    return known.to_numpy(dtype=bool)


def _clean_numbers(column):
    codes, distinct = pd.factorize(column)
    cleaned = np.array([*(clean_number(v) or None for v in distinct), None], dtype=object)
    return pd.Series(cleaned[codes], index=column.index, dtype=object)
