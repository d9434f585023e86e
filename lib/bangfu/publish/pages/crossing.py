"""Who and what crosses from one county to another: persons, accounts, contractors and money, counted for the public and listed inside."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from bangfu.province import KINDS, contractors, crossing, shared_accounts, transfers
from bangfu.publish import figures
from bangfu.publish.masking import Masker, mask_account
from bangfu.publish.pages.side_by_side import SideBySide
from bangfu.publish.tables import Notice, Table
from bangfu.relations.words import ROLE, STATUS, said

LISTS = "crossing.xlsx"


class Crossing(SideBySide):
    """Displays of what crosses. Everything is listed whole in a workbook beside the page; it is not masked and stays inside."""

    @cached_property
    def _persons(self) -> pd.DataFrame:
        return crossing(self.tables)

    @cached_property
    def _accounts(self) -> pd.DataFrame:
        return shared_accounts(self.tables)

    @cached_property
    def _contractors(self) -> pd.DataFrame:
        return contractors(self.tables)

    @cached_property
    def _transfers(self):
        return transfers(self.tables, self.settings)

    def persons(self) -> Table:
        """How many persons appear in more than one county, by kind."""
        counts = self._persons.groupby("kind")["status"].value_counts().unstack(fill_value=0).reindex(list(KINDS), fill_value=0).reindex(columns=["exact", "doubtful"], fill_value=0)
        rows = pd.DataFrame({"kind": [KINDS[k].en if self.lang == "en" else KINDS[k].zh for k in counts.index]} | {c: self._count(counts[c], self._small(counts[c])) for c in counts}, index=counts.index)
        rows["lacking"] = [self._lacking(k) for k in counts.index]
        columns = {"kind": (self.say("情形", "What"), "text"), "exact": (said(STATUS["exact"], self.lang), "written"), "doubtful": (said(STATUS["doubtful"], self.lang), "written"), "lacking": (self.say("没有查的县", "Not looked for in"), "long")}
        note = self.say("按证件号码逐字相同(15位补成18位)。婚迁、调动的人可以一时在两县登记;没有证件号码的不在其中。", "By equal id numbers (15 digits written out to 18). Those who married, moved or were posted may rightly stand in two counties for a time; who has no id number on record is not among them.")
        return Table(rows, columns, caption=self.say("在不止一个县出现的人员", "Persons in more than one county"), note=note, lang=self.lang)

    def _lacking(self, kind: str) -> str:
        """The counties that did not hand in a table that the kind needs."""
        needs = {_TABLE[r] for r in (*KINDS[kind].here, *KINDS[kind].there)}
        gone = [c.code for c in self.counties.used if any(f"tables/{t}" not in c.files for t in needs)]
        return (self._names(gone[:5]) + (f" +{len(gone) - 5}" if len(gone) > 5 else "")) or figures.MISSING

    def persons_of(self, kind: str, limit: int = 15) -> Table | Notice:
        """The persons of a kind; the public edition says how many there are, not who."""
        title = KINDS[kind].en if self.lang == "en" else KINDS[kind].zh
        rows = self._persons[self._persons["kind"] == kind]
        if self.public and len(rows):
            return self._inside(title)
        rows = rows.assign(places=[self._places(p) for p in rows["places"]], status=[said(STATUS[s], self.lang) for s in rows["status"]])
        columns = {"name": (self.say("姓名", "Name"), "text"), "person": (self.say("证件号码", "Id number"), "id"), "places": (self.say("出现在", "Where"), "long"), "status": (self.say("依据", "Footing"), "text")}
        if rows["amount"].notna().any():
            columns["amount"] = (self.say("补助(元)", "Benefits (yuan)"), "yuan")
        return Table(rows, columns, caption=title, limit=limit, where=LISTS, lang=self.lang)

    def _inside(self, title: str) -> Notice:
        return Notice(self.say(f"{title}:公开版不逐人逐户列出,名单在内部文件 {LISTS}。", f"{title}: the public edition lists nobody; the list stands in the internal file {LISTS}."))

    def _places(self, places: list[tuple]) -> str:
        return self.say(";", "; ").join(" ".join(filter(None, (self._name(county), said(ROLE[role], self.lang), str(subject)))) for county, role, subject in places)

    def accounts(self, limit: int = 20) -> Table | Notice:
        title = self.say("收到两县以上补助的账户", "Accounts that received benefits of two counties or more")
        rows = self._accounts
        if self.public and len(rows):
            return self._inside(f"{title} {self._hidden(rows['account_no'].nunique())}")
        rows = rows.assign(county=[self._name(c) for c in rows["county"]])
        columns = {
            "account_no": (self.say("账号", "Account"), "id"), "holders": (self.say("户名", "Holder"), "text"), "county": (self.say("县", "County"), "text"), "households": (self.say("户数", "Households"), "count"),
            "payments": (self.say("笔数", "Payments"), "count"), "amount": (self.say("金额(元)", "Amount (yuan)"), "yuan"), "registered": (self.say("登记的账户类型", "Kind on record"), "text"),
        }  # fmt: skip
        note = self.say("医院、学校等单位账户可以代多县人员收款。", "An account of a hospital or a school may rightly receive for people of several counties.")
        return Table(rows, columns, caption=title, limit=limit, where=LISTS, note=note, lang=self.lang)

    def contractors(self, limit: int = 20) -> Table:
        rows = self._contractors
        rows = rows.assign(counties=[self._names(c.split("|")) for c in rows["counties"]])
        columns = {
            "contractor": (self.say("施工单位", "Contractor"), "text"), "counties": (self.say("县", "Counties"), "long"), "projects": (self.say("项目", "Projects"), "count"),
            "amount": (self.say("合同金额(元)", "Contracts (yuan)"), "yuan"), "representatives": (self.say("登记的法定代表人", "Representatives on record"), "count"),
        }  # fmt: skip
        note = self.say("在几个县承建本身不是疑点;同一企业登记了不止一名法定代表人的,请核对。", "To work in several counties is nothing by itself; look where one firm has several legal representatives on record.")
        return Table(rows, columns, caption=self.say("在两县以上承建项目的施工单位", "Contractors in two counties or more"), limit=limit, note=note, where=LISTS, lang=self.lang)

    def transfers_between(self) -> Table:
        rows = self._transfers.between
        rows = rows.assign(sender=[self._name(c) for c in rows["sender"]], receiver=[self._name(c) for c in rows["receiver"]])
        columns = {"sender": (self.say("付款县", "From"), "text"), "receiver": (self.say("收款县", "To"), "text"), "transfers": (self.say("笔数", "Transfers"), "count"), "amount": (self.say("金额(元)", "Amount (yuan)"), "yuan")}
        return Table(rows, columns, caption=self.say("一县账户付到另一县账户的款", "Money from accounts of one county to accounts of another"), total=("transfers", "amount") if len(rows) else (), limit=40, where=LISTS, lang=self.lang)

    def transfers(self, limit: int = 20) -> Table:
        rows = self._transfers.rows
        rows = rows.assign(
            sender=[self._name(c) for c in rows["sender"]], receiver=[self._name(c) for c in rows["receiver"]], books=[self.say(*_BOOKS[b]) for b in rows["books"]], day=rows["paid_on"].fillna(rows["came_on"]),
            where=[self._row(r.sender, r.paid_origin) or self._row(r.receiver, r.came_origin) for r in rows.itertuples()],
        )  # fmt: skip
        if self.public:
            rows = Masker().frame(rows, {"sender_account": "account", "receiver_account": "account"})
        columns = {
            "day": (self.say("日期", "Day"), "date"), "sender": (self.say("付款县", "From"), "text"), "sender_account": (self.say("账号", "Account"), "id"), "receiver": (self.say("收款县", "To"), "text"),
            "receiver_account": (self.say("账号", "Account"), "id"), "amount": (self.say("金额(元)", "Amount (yuan)"), "yuan"), "books": (self.say("记在", "In the books of"), "text"), "where": (self.say("原始行", "Row"), "long"),
        }  # fmt: skip
        note = self.say("只记在一方账上的,另一方的账没有交来或没有这一笔,请调取核对。", "Of a transfer in the books of one side alone, the other side's books were not handed in or do not show it: request them.")
        return Table(rows, columns, caption=self.say("逐笔", "One by one"), limit=limit, where=LISTS, note=note, lang=self.lang)

    def _row(self, county: str, origin) -> str:
        return "" if pd.isna(origin) else self.tables.where(county, origin)

    def transfers_not_told(self) -> Notice:
        """What could not be looked at: counties without books, and accounts that several counties call their own."""
        gone, disputed = self._transfers.without_books, self._transfers.disputed
        parts = []
        if gone:
            parts.append(self.say(f"没有交来账户流水的县:{self._names(gone)},其转出款查不到。", f"No ledger was handed in by {self._names(gone)}: what left their accounts cannot be seen."))
        for r in disputed.head(10).itertuples():
            account = mask_account(r.account_no) if self.public else r.account_no
            parts.append(self.say(f"账户{account}被{self._names(r.counties.split('|'))}都列为本县账户,涉及流水{r.rows}行,未计入跨县转款,请核对归属。", f"Account {account} is called its own by {self._names(r.counties.split('|'))}; its {r.rows} ledger rows are not counted: ask whose it is."))
        if len(disputed) > 10:
            parts.append(self.say(f"另有{len(disputed) - 10}个这样的账户。", f"There are {len(disputed) - 10} more such accounts."))
        return Notice(self.say("", " ").join(parts), "absent") if parts else Notice(self.say("各县都有账户流水,没有归属不明的账户。", "Every county has a ledger, and no account is claimed by two."))

    def _lists(self) -> dict[str, pd.DataFrame]:
        """The whole lists, by the name of their sheet, with the file, sheet and row of everything in them."""
        say, persons, accounts, moved = self.say, self._persons, self._accounts, self._transfers.rows
        return {
            say("人员", "Persons"): pd.DataFrame({
                say("情形", "What"): [KINDS[k].en if self.lang == "en" else KINDS[k].zh for k in persons["kind"]], say("姓名", "Name"): persons["name"], say("证件号码", "Id number"): persons["person"],
                say("出现在", "Where"): [self._places(p) for p in persons["places"]], say("依据", "Footing"): [said(STATUS[s], self.lang) for s in persons["status"]], say("补助(元)", "Benefits (yuan)"): _in_yuan(persons["amount"]),
                say("原始行", "Rows"): ["\n".join(f"{self._name(c)} {self.tables.where(c, o)}" for c, o in r) for r in persons["rows"]],
            }),
            say("账户", "Accounts"): pd.DataFrame({
                say("账号", "Account"): accounts["account_no"], say("户名", "Holder"): accounts["holders"], say("县", "County"): [self._name(c) for c in accounts["county"]], say("户数", "Households"): accounts["households"],
                say("笔数", "Payments"): accounts["payments"], say("金额(元)", "Amount (yuan)"): _in_yuan(accounts["amount"]), say("登记的账户类型", "Kind on record"): accounts["registered"],
                say("首笔原始行", "First row"): [self._row(r.county, r.origin) for r in accounts.itertuples()],
            }),
            say("施工单位", "Contractors"): pd.DataFrame({
                say("施工单位", "Contractor"): self._contractors["contractor"], say("县", "Counties"): [self._names(c.split("|")) for c in self._contractors["counties"]], say("项目", "Projects"): self._contractors["projects"],
                say("合同金额(元)", "Contracts (yuan)"): _in_yuan(self._contractors["amount"]), say("登记的法定代表人", "Representatives"): self._contractors["representatives"],
            }),
            say("转款", "Transfers"): pd.DataFrame({
                say("付款县", "From"): [self._name(c) for c in moved["sender"]], say("付款账号", "From account"): moved["sender_account"], say("收款县", "To"): [self._name(c) for c in moved["receiver"]], say("收款账号", "To account"): moved["receiver_account"],
                say("金额(元)", "Amount (yuan)"): _in_yuan(moved["amount"]), say("付款日期", "Paid on"): [figures.day(d) for d in moved["paid_on"]], say("到账日期", "Came on"): [figures.day(d) for d in moved["came_on"]],
                say("付款方原始行", "Row of the sender"): [self._row(r.sender, r.paid_origin) for r in moved.itertuples()], say("收款方原始行", "Row of the receiver"): [self._row(r.receiver, r.came_origin) for r in moved.itertuples()],
            }),
        }  # fmt: skip


_TABLE = {"member": "members", "head": "households", "helper": "helpers", "payroll": "payroll", "representative": "projects", "dead": "deaths", "beneficiary": "benefits"}
_BOOKS = {"both": ("双方", "both"), "sender": ("付款方", "the sender"), "receiver": ("收款方", "the receiver")}


def _in_yuan(amounts: pd.Series) -> list[str]:
    return ["" if pd.isna(a) else figures.yuan(int(a)) for a in amounts]
