"""Every forensic test that a list of payments allows, in one call."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bangfu.stats.digits import duplication, leading
from bangfu.stats.digits.amounts import beside, exact
from bangfu.stats.digits.applicability import REASONS
from bangfu.stats.digits.calendar_entries import weekend_and_holiday_entries
from bangfu.stats.digits.last_two import last_two_digits
from bangfu.stats.digits.mantissa import mantissa_test
from bangfu.stats.digits.round_numbers import round_numbers_test
from bangfu.stats.digits.second_order import second_order_test
from bangfu.stats.digits.splitting import just_under, split_purchases
from bangfu.stats.digits.summation import summation_test
from bangfu.stats.paper import Both, Paper, WorkingPaper


@dataclass(frozen=True)
class NotAssessed(WorkingPaper):
    """A test that could not be made, and why."""

    title: Both
    reason: str
    applies: bool = False

    def _paper(self):
        why = REASONS[self.reason]
        return Paper(title=self.title, asked=self.title, method=Both("未进行", "not made"), source="—", inputs=[], result=[],
                     meaning=Both(f"未评:{why.zh}。这不等于没有问题。", f"Not assessed: {why.en}. That is not the same as clean."))


@dataclass(frozen=True)
class ForensicSuite:
    """All results by name. `suite["first_two"]` is one of them, `summary(lang)` a table of all, `paper(lang)` their working papers."""

    results: Mapping[str, object]

    def __getitem__(self, name):
        return self.results[name]

    def __iter__(self):
        return iter(self.results)

    def summary(self, lang="zh"):
        """One row per test: what it is called, whether it applies and if not why, and one sentence of what was found."""
        rows = {}
        for name, result in self.results.items():
            paper = result._paper()
            rows[name] = (paper.title.say(lang), result.applies, "" if result.applies else REASONS[result.reason].say(lang),
                          paper.meaning.say(lang))
        return pd.DataFrame.from_dict(rows, orient="index", columns=["title", "applies", "reason", "meaning"])

    def paper(self, lang="zh"):
        return "\n\n".join(result.paper(lang) for result in self.results.values())

    def __str__(self):
        return self.paper()


def forensic_suite(amounts, dates=None, vendors=None, invoices=None, *, places=0, sign="positive", least=10, limit=None,
                   split_days=30, within=0.05, holidays=(), workdays=()):
    """Make every test that the columns allow; what cannot be made is in the result as not assessed, with the reason.

    amounts: numbers, Decimals or fen (places=2). dates, vendors, invoices: columns beside them. least: digit tests leave out amounts
    below so many currency units (Nigrini's 10). limit: an approval or tender limit in currency units, for split purchases (within
    split_days days) and amounts just under it (within that share). holidays, workdays: see `weekend_and_holiday_entries`.
    Duplicates are looked for among amounts of the sign. Returns a ForensicSuite.
    Source: the order of the tests is that of Nigrini (2011), Forensic Analytics, chapters 4 to 12.
    """
    column = amounts if isinstance(amounts, pd.Series) else pd.Series(amounts)
    every = exact(column, places)
    sized = {"sign": sign, "least": least}
    results = {
        "first": leading.first(every, **sized), "second": leading.second(every, **sized),
        "first_two": leading.first_two(every, **sized), "first_three": leading.first_three(every, **sized),
        "last_two": last_two_digits(every, **sized), "second_order": second_order_test(every, **sized),
        "summation": summation_test(every, **sized), "mantissa": mantissa_test(every, **sized),
        "number_duplication": duplication.number_duplication(every, **sized), "round_numbers": round_numbers_test(every, **sized),
    }
    given = {"date": dates, "vendor": vendors, "invoice": invoices}
    table = pd.DataFrame({"amount": column} | {n: beside(v, column.index) for n, v in given.items() if v is not None})
    if dates is not None:
        table["date"] = pd.to_datetime(table["date"])
    results |= _of_vendors(every, table, sign, places)
    day, vendor = table.get("date"), table.get("vendor")
    results["calendar"] = _if_given(table, "date", Both("周末与节假日记账", "Weekend and holiday entries"),
                                    lambda: weekend_and_holiday_entries(day, holidays=holidays, workdays=workdays))
    title = Both("拆分采购", "Split purchases")
    results["split_purchases"] = NotAssessed(title, "no_limit") if limit is None else _if_given(
        table, "date vendor", title, lambda: split_purchases(every, day, vendor, limit, days=split_days))
    title = Both("紧贴限额", "Just under a threshold")
    results["just_under"] = NotAssessed(title, "no_limit") if limit is None else just_under(every, limit, within=within)
    return ForensicSuite(results)


def _of_vendors(every, table, sign, places):
    """The tests of what vendors were paid: relative sizes and duplicates, as far as there are columns for them."""
    kept, numbered = table.iloc[every.sized(sign).position], "invoice" in table
    found = {"relative_size": _if_given(table, "vendor", Both("相对大小系数", "Relative size factor"),
                                        lambda: duplication.relative_size_factor(every, table["vendor"]))}
    # the same amount on the same day is no duplicate yet: it takes a number, or the vendor
    found["exact_duplicates"] = _if_given(table, "invoice" if numbered else "vendor date", Both("完全重复", "Exact duplicates"),
                                          lambda: duplication.exact_duplicates(kept, list(table), places=places))
    for same, different in (("invoice", "vendor"), ("vendor invoice", "date"), ("vendor date", "invoice")):
        def made(same=same, different=different):
            return duplication.same_same_different(kept, ["amount", *same.split()], different, places=places)

        title = Both(f"同同异:{duplication.COLUMN_NAMES[different].zh}不同", f"Same-same-different: different {different}")
        found[f"different_{different}"] = _if_given(table, f"{same} {different}", title, made)
    by = {"same": ("amount",)} if numbered else {"same": ("amount", "date"), "numbers": ()}  # without numbers the day must agree
    found["near_duplicates"] = _if_given(table, "vendor invoice" if numbered or "date" not in table else "vendor date",
                                         Both("近似重复", "Near duplicates"), lambda: duplication.near_duplicates(kept, **by, places=places))
    return found


def _if_given(table, columns, title, make):
    lacking = [name for name in columns.split() if name not in table]
    return NotAssessed(title, f"no_{lacking[0]}s") if lacking else make()
