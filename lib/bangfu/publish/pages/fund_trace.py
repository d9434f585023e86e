"""What the notebook `fund_trace` shows: where money went from a fund, an account or a transaction, by every method side by side."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from bangfu import charts, tracing
from bangfu.publish.figures import wan, yuan
from bangfu.publish.pages.traced import WIDEST, Traced
from bangfu.publish.tables import Notice, Table
from bangfu.tracing import shapes

NOT_FOLLOWED = {tracing.NO_LEDGER, tracing.NOT_THERE}


class FundTrace(Traced):
    def sentence(self) -> str:
        """The tracing in one sentence."""
        if self.reason:
            return repr(self._absent())
        claimed, back = int(self.widest.by_claimant["claimed"].sum()), self.routes.steps
        returned = back.drop_duplicates("route")
        several = int((back.groupby("route").size() > 1).sum())
        asked = len(self.widest.to_request)
        return self.say(
            f"从{len(self.starts_table)}个起点追踪{len(self.claims)}笔、{wan(claimed)}万元;发现{len(returned)}条可能回到起点单位或其关联账户的路径,其中{several}条经过第三方账户;有{asked}个账户的流水不在手,追踪到此为止。",
            f"{len(self.claims)} payments of {wan(claimed)} × 10,000 yuan were traced from {len(self.starts_table)} starts; on {len(returned)} routes money can have come back to the unit that it left, {several} of them through others' accounts; the trail ends at {asked} accounts whose ledgers are not at hand.",
        )

    def conclusion(self) -> Notice:
        return self._absent() or Notice(self.sentence(), "grave" if len(self.routes.steps) else "plain")

    @cached_property
    def starts_table(self) -> pd.DataFrame:
        rows = pd.DataFrame([(c.claimant, self.ledger.at[c.row, "amount"]) for c in self.claims], columns=["start", "amount"]).astype({"amount": "Int64"})
        return rows.groupby("start", sort=False, as_index=False).agg(payments=("amount", "size"), amount=("amount", "sum"))

    def starts(self) -> Table | None:
        """What is traced: the starts, each with its payments."""
        if self.reason:
            return None
        rows = self.starts_table.assign(start=self.starts_table["start"].map(self._start))
        columns = {"start": (self.say("起点", "Start"), "text"), "payments": (self.say("笔数", "Payments"), "count"), "amount": (self.say("金额(元)", "Amount (yuan)"), "yuan")}
        note = self.say("起点是账户的,追踪它的全部支出;是指标的,追踪账上列支该指标的专户支出;一笔支出只归一个起点,指标优先。没有列支过的存疑指标(如滞留资金)没有支出可追,可另行指定为起点。",
                        "From an account, all its payments are traced; from a fund, the payments of special accounts that the books charge to it. A payment has one start, the fund's first. A fund in question that nothing was charged to (idle money) has no payment to trace; name it as a start to trace its receipts.")
        return Table(rows, columns, total=["payments", "amount"], limit=12, where="fund_trace.json", caption=self.say("追踪的起点", "Where tracing starts"), note=note, lang=self.lang)

    def books_said(self) -> Notice | None:
        """What of the ledgers could not be used or does not fit."""
        if self.reason:
            return None
        b, told = self.books, []
        for reason, count in b.left_out["reason"].value_counts().sort_index().items():
            told.append(self.say(f"{count}行流水未计入({tracing.LEFT_OUT[reason].zh})", f"{count} ledger rows left out ({tracing.LEFT_OUT[reason].en})"))
        if len(b.breaks):
            told.append(self.say(f"{len(b.breaks)}处银行余额与上一行不衔接,可能缺行", f"the bank's balance does not follow from the row before in {len(b.breaks)} places: rows may be lacking"))
        if b.assumed:
            told.append(self.say(f"{len(b.assumed)}个账户没有余额列,期初按零计", f"{len(b.assumed)} accounts have no balances: their opening is taken as nought"))
        if b.reversed_:
            told.append(self.say(f"{len(b.reversed_)}个账户的流水按倒序排列,已还原", f"the rows of {len(b.reversed_)} accounts stood in reverse and were turned"))
        alone = int(self.widest.legs.loc[self.widest.legs["end"] == tracing.NOT_THERE, "label"].nunique())
        if alone:
            told.append(self.say(f"{alone}笔付款的对方流水在手却没有对应的收入", f"{alone} payments do not arrive in the other account's ledger, though it is at hand"))
        zh = f"{len(b.accounts)}个账户的流水在手,{len(b.partner) // 2}笔转账两边都能对上" + "".join(f";{t}" for t in told) + "。"
        en = f"Ledgers of {len(b.accounts)} accounts are at hand; {len(b.partner) // 2} transfers stand in both ledgers" + "".join(f"; {t}" for t in told) + "."
        return Notice(self.say(zh, en))

    def rules(self) -> Table | None:
        """Every method with its rule in words and its authority."""
        if self.reason:
            return None
        rows = pd.DataFrame([{"title": self.say(*m.title), "rule": self.say(*m.rule), "authority": self.say(*m.authority)} for m in (t.method for t in self.traces.values())])
        columns = {"title": (self.say("方法", "Method"), "text"), "rule": (self.say("规则", "Rule"), "long"), "authority": (self.say("出处", "Authority"), "long")}
        return Table(rows, columns, caption=self.say("各种方法的规则", "The rule of each method"), lang=self.lang)

    def by_method(self) -> Table | None:
        """Every method side by side: where it says the money is."""
        if self.reason:
            return None
        rows = []
        for t in self.traces.values():
            sums = t.by_claimant.select_dtypes("number").sum()
            rows.append({"title": self.say(*t.method.title), "held": sums["held"] + sums[tracing.OVERDRAFT], "gone": sums[tracing.NO_LEDGER], "not_there": sums[tracing.NOT_THERE] + sums[tracing.EARLY], "far": sums[tracing.FAR], "back": self._back(t)})
        columns = {
            "title": (self.say("方法", "Method"), "text"), "held": (self.say("留在在手账户", "On accounts at hand"), "yuan"), "gone": (self.say("到流水不在手的账户", "At accounts without ledger"), "yuan"),
            "not_there": (self.say("未见到账", "Not seen to arrive"), "yuan"), "far": (self.say("到最后一跳", "At the last hop"), "yuan"), "back": (self.say("其中回流", "Of it, came back"), "yuan"),
        }  # fmt: skip
        columns = {name: told for name, told in columns.items() if name not in ("not_there", "far") or any(row[name] for row in rows)}
        note = self.say("单位:元。各方法并列,不代为选择;各项之和等于起点金额(含还了透支的),回流是其中一部分。方法能说明什么、不能说明什么,见 docs/tracing.md。",
                        "Yuan. No method is chosen. They sum to what was traced (with what repaid overdrafts); what came back is part of it. What a method can prove and what not: docs/tracing.md.")
        return Table(pd.DataFrame(rows), columns, caption=self.say("各种方法的结果", "By every method"), note=note, lang=self.lang)

    def _back(self, trace: tracing.Trace) -> int:
        """How much of a trace came back: what the last payments of routes carried, each once."""
        last = self.routes.steps.groupby("route").tail(1)
        return int(trace.legs.loc[trace.legs["label"].isin(last["label"]), "amount"].sum())

    @cached_property
    def _loops(self) -> pd.DataFrame:
        """The payments of the routes back, with what each method says of them (a column per method)."""
        steps = self.routes.steps
        return steps.assign(**{name: steps["label"].map(t.legs.groupby("label")["amount"].sum()).fillna(0).astype("Int64") for name, t in self.traces.items()})

    def loops(self) -> Table | Notice | None:
        """The routes back, payment by payment, with the rows of the ledger."""
        if self.reason:
            return None
        steps = self._loops
        if steps.empty:
            return Notice(self.say(f"在{self.hops}跳之内、在手的流水之中,没有发现回到起点单位或其关联账户的路径;流水不在手的账户之后如何,不得而知。", f"Within {self.hops} hops of the ledgers at hand no route leads back; what happened beyond accounts without a ledger is not known."))
        rows = self._with_names(steps, "from_account", "to_account").assign(sources=[self._sources(a, b) for a, b in zip(steps["label"], steps["label_in"], strict=True)])
        columns = {
            "route": (self.say("路径", "Route"), "count"), "posted_on": (self.say("日期", "Date"), "date"), "from_account": (self.say("付款", "From"), "long"), "to_account": (self.say("收款", "To"), "long"),
            "amount": (self.say("付款金额(元)", "Payment (yuan)"), "yuan"), "sources": (self.say("原始行", "Rows"), "sources"),
        }  # fmt: skip
        note = self.say("路径只说明钱有可能这样回流:时间先后和账户首尾相接。同一人按姓名、单位名称相同认定,须核对身份。",
                        "A route says that money can have come back so: payments follow in time from account to account. Persons are the same by name only: verify who they are.")
        if not self.routes.complete:
            note += self.say("路径很多,只列出最先找到的一部分。", " There are more routes than were looked for.")
        return Table(rows, columns, limit=40, where="fund_trace.json", caption=self.say("可能的回流路径", "Routes by which money can have come back"), note=note, lang=self.lang)

    def loops_by_method(self) -> Table | None:
        """How much of each payment of the routes back was traced money, by each method."""
        if self.reason or self._loops.empty:
            return None
        shown = {name: (self.say(*t.method.title), "yuan") for name, t in self.traces.items()}
        columns = {"route": (self.say("路径", "Route"), "count"), "posted_on": (self.say("日期", "Date"), "date"), **shown}
        return Table(self._loops, columns, limit=40, where="fund_trace.json", caption=self.say("回流路径上各笔付款中被追踪的资金(元)", "Traced money in the payments of the routes (yuan)"), lang=self.lang)

    def flow_chart(self) -> charts.Chart | None:
        """The money that can be followed, as bands from account to account: by the method that follows furthest."""
        if self.reason:
            return None
        legs = self.widest.legs
        aside = (legs["hop"] == 1) & legs["end"].isin(NOT_FOLLOWED)
        shown = legs if aside.all() else legs[~aside]
        links = self._with_names(shown, "from_account", "to_account", short=True).assign(back=shown["label"].isin(self.routes.steps["label"]))
        links = links.groupby(["hop", "from_account", "to_account"], as_index=False).agg(amount=("amount", "sum"), back=("back", "any")).rename(columns={"from_account": "source", "to_account": "target"})
        followed, rest = int(shown.loc[shown["hop"] == 1, "amount"].sum()), int(legs.loc[aside, "amount"].sum()) if not aside.all() else 0
        title = self.say(f"可追下去的资金 {yuan(followed)} 元", f"{yuan(followed)} yuan can be followed on")
        subtitle = self.say(f"方法:{WIDEST.title.zh}(能追到的最大范围);红色为可能回流的付款;另有 {yuan(rest)} 元第一跳即到流水不在手的账户,未画", f"Method: {WIDEST.title.en} (the furthest); red: on a route back; {yuan(rest)} yuan went to accounts without ledger at once and are not drawn")
        return charts.sankey(links, title=title, subtitle=subtitle, lang=self.lang)

    def timeline(self, routes: int = 6) -> charts.Chart | None:
        """The payments of the first routes back that pass through others' accounts, in time."""
        if self.reason:
            return None
        steps = self.routes.steps
        several = steps[steps.groupby("route")["step"].transform("size") > 1]
        shown = several if len(several) else steps
        shown = shown[shown["route"].isin(shown["route"].unique()[:routes])].drop_duplicates("label")
        rows = self._with_names(shown, "from_account", "to_account", short=True).rename(columns={"from_account": "source", "to_account": "target"}).assign(back=True)
        days = (shown["posted_on"].max() - shown["posted_on"].min()).days if len(shown) else 0
        title = self.say(f"回流路径上的付款,前后 {days} 天", f"Payments on routes back, over {days} days")
        return charts.money_timeline(rows, title=title, subtitle=self.say("每个箭头是一笔付款,单位:元", "Each arrow is a payment, yuan"), lang=self.lang)

    def legs(self, method: str = WIDEST.name, limit: int = 40) -> Table | None:
        """The legs of the money by a method, those furthest on first, with the very rows of the ledger."""
        if self.reason:
            return None
        t = self.widest if method == WIDEST.name else self.traces[method]
        ordered = t.legs.sort_values(["hop", "amount"], ascending=[False, False], kind="stable")
        ends = {"": ""} | {end: self.say(f"(到此为止:{told[0]})", f" (ends here: {told[1]})") for end, told in tracing.ENDS.items()}
        rows = self._with_names(ordered.head(limit), "from_account", "to_account")
        rows = rows.assign(between=rows["from_account"] + " → " + rows["to_account"] + rows["end"].map(ends), claimant=rows["claimant"].map(self._start), sources=[self._sources(a, b) for a, b in zip(rows["label"], rows["label_in"], strict=True)])
        columns = {
            "hop": (self.say("跳", "Hop"), "count"), "claimant": (self.say("起点", "Start"), "text"), "posted_on": (self.say("日期", "Date"), "date"), "between": (self.say("付款 → 收款", "From → to"), "long"),
            "amount": (self.say("其中被追踪(元)", "Traced (yuan)"), "yuan"), "of": (self.say("付款金额(元)", "Payment (yuan)"), "yuan"), "sources": (self.say("原始行", "Rows"), "sources"),
        }  # fmt: skip
        note = self.say(f"共{len(t.legs)}段,列出最远的{len(rows)}段;各方法的全部段落在 fund_trace.parquet。", f"{len(t.legs)} legs, the furthest {len(rows)} shown; those of all methods stand in fund_trace.parquet.")
        return Table(rows, columns, caption=self.say(f"资金走过的每一段({t.method.title.zh})", f"Legs of the money ({t.method.title.en})"), note=note, lang=self.lang)

    @cached_property
    def _same_day(self) -> tuple[pd.DataFrame, bool]:
        """The ranges that the order within a day makes, by method, the widest first; and whether all orders were tried."""
        found = {n: tracing.same_day_range(self.books, self.claims, n, hops=self.hops, most=self._settings.orders) for n in self.traces}
        rows = pd.concat([f.ranges.assign(method=self.say(*self.traces[n].method.title)) for n, f in found.items()], ignore_index=True)
        rows = rows.assign(width=rows["high"] - rows["low"]).sort_values("width", ascending=False, kind="stable", ignore_index=True)
        return rows[rows["width"] > 0], all(f.exact for f in found.values())

    def same_day(self) -> Table | Notice | None:
        """How far the answers depend on the order of entries of one day."""
        if self.reason:
            return None
        rows, exact = self._same_day
        how = self.say("试遍了同日流水的所有先后次序", "all orders of same-day entries were tried") if exact else self.say("同日流水的次序太多,只试了银行次序、先收后付、先付后收三种,真实范围可能更宽", "there are too many orders of same-day entries; three were tried (the bank's, deposits first, payments first), and the true range can be wider")
        if rows.empty:
            return Notice(self.say(f"同日流水的先后次序不影响结果({how})。", f"The order of same-day entries changes nothing ({how})."))
        shown = self._with_names(rows, "account_no").assign(claimant=rows["claimant"].map(self._start))
        columns = {
            "method": (self.say("方法", "Method"), "text"), "claimant": (self.say("起点", "Start"), "text"), "account_no": (self.say("账户", "Account"), "text"), "banks": (self.say("按银行次序(元)", "In the bank's order (yuan)"), "yuan"),
            "low": (self.say("最低", "Lowest"), "yuan"), "high": (self.say("最高", "Highest"), "yuan"),
        }  # fmt: skip
        return Table(shown, columns, limit=40, where="fund_trace.json", caption=self.say("同日先后次序造成的范围", "Ranges by the order within a day"), note=how + self.say("。", "."), lang=self.lang)

    @cached_property
    def _to_request(self) -> pd.DataFrame:
        """Accounts whose ledgers are not at hand: what came there by the method that says most (high) and the one that says least (low)."""
        sums = pd.concat({name: t.to_request.set_index("account_no")["amount"] for name, t in self.traces.items()}, axis=1).fillna(0).astype("Int64")
        asked = self.widest.to_request.set_index("account_no").reindex(sums.index)
        return asked.assign(high=sums.max(axis=1), low=sums.min(axis=1)).sort_values("high", ascending=False, kind="stable").rename_axis("account_no").reset_index()

    def to_request(self, limit: int = 40) -> Table | Notice | None:
        """The ledgers to request next."""
        if self.reason:
            return None
        if self._to_request.empty:
            return Notice(self.say("所追踪的资金没有进入流水不在手的账户。", "No traced money went to an account whose ledger is not at hand."))
        columns = {
            "account_no": (self.say("账户", "Account"), "text"), "payments": (self.say("付款笔数", "Payments"), "count"), "first": (self.say("最早", "First"), "date"), "last": (self.say("最晚", "Last"), "date"),
            "low": (self.say("最少(元)", "Least (yuan)"), "yuan"), "high": (self.say("最多(元)", "Most (yuan)"), "yuan"),
        }  # fmt: skip
        caption = self.say("追踪到此为止:下一步应调取的流水", "The trail ends: ledgers to request next")
        return Table(self._with_names(self._to_request, "account_no"), columns, limit=limit, where="fund_trace.json", caption=caption, lang=self.lang)

    def gathered_and_spread(self) -> Table | None:
        if self.reason:
            return None
        rows = shapes.fans(self.widest.legs, fan=self._settings.fan)
        rows = self._with_names(rows, "account_no").assign(shape=rows["shape"].map({"in": self.say("汇入", "gathers"), "out": self.say("散出", "spreads")}))
        columns = {"account_no": (self.say("账户", "Account"), "text"), "shape": (self.say("形态", "Shape"), "text"), "others": (self.say("对方账户数", "Other accounts"), "count"), "payments": (self.say("笔数", "Payments"), "count"), "amount": (self.say("被追踪金额(元)", "Traced (yuan)"), "yuan")}
        return Table(rows, columns, limit=20, where="fund_trace.parquet", caption=self.say(f"汇入与散出(对方不少于{self._settings.fan}个账户)", f"Gathered and spread (at least {self._settings.fan} others)"), lang=self.lang)

    def passed_through(self) -> Table | None:
        if self.reason:
            return None
        s = self._settings
        rows = shapes.pass_through(self.books, self.widest.legs, days=s.pass_days, share=s.pass_share)
        rows = self._with_names(rows, "account_no", "to_account").assign(sources=[self._sources(a, *b) for a, b in zip(rows["label"], rows["labels"], strict=True)])
        columns = {
            "account_no": (self.say("过账账户", "Account"), "text"), "received_on": (self.say("收到", "Received on"), "date"), "received": (self.say("收到(元)", "Received (yuan)"), "yuan"), "to_account": (self.say("转给", "Passed to"), "text"),
            "paid_on": (self.say("转出", "Paid on"), "date"), "paid": (self.say("转出(元)", "Paid (yuan)"), "yuan"), "sources": (self.say("原始行", "Rows"), "sources"),
        }  # fmt: skip
        return Table(rows, columns, limit=20, where="fund_trace.parquet", caption=self.say(f"过账({s.pass_days}天内转出{float(s.pass_share):.0%}以上给同一账户)", f"Passed through (over {float(s.pass_share):.0%} to one account within {s.pass_days} days)"), lang=self.lang)

    def kept_below(self) -> Table | None:
        if self.reason:
            return None
        s = self._settings
        rows = shapes.below_limit(self.widest.legs, limit=s.limit, days=s.limit_days)
        rows = self._with_names(rows, "to_account").assign(sources=[self._sources(*labels) for labels in rows["labels"]])
        columns = {
            "to_account": (self.say("收款", "Paid to"), "text"), "first": (self.say("最早", "First"), "date"), "last": (self.say("最晚", "Last"), "date"), "payments": (self.say("笔数", "Payments"), "count"), "amount": (self.say("合计(元)", "Together (yuan)"), "yuan"), "sources": (self.say("原始行", "Rows"), "sources"),
        }  # fmt: skip
        return Table(rows, columns, limit=20, where="fund_trace.parquet", caption=self.say(f"单笔低于{wan(s.limit)}万元、{s.limit_days}天内合计达到", f"Each below {wan(s.limit)} × 10,000 yuan, reaching it within {s.limit_days} days"), lang=self.lang)

    def year_end(self) -> Table | None:
        if self.reason:
            return None
        rows = shapes.at_year_end(self.widest.legs, year=self.county.year, days=self._settings.year_end_days)
        columns = {"account_no": (self.say("付款账户", "Paying account"), "text"), "payments": (self.say("笔数", "Payments"), "count"), "amount": (self.say("年末(元)", "At year-end (yuan)"), "yuan"), "whole_year": (self.say("全年(元)", "Whole year (yuan)"), "yuan")}
        return Table(self._with_names(rows, "account_no"), columns, limit=20, where="fund_trace.parquet", caption=self.say(f"年末最后{self._settings.year_end_days}天的付款", f"Payments in the last {self._settings.year_end_days} days of the year"), lang=self.lang)

    @staticmethod
    def _plain(rows: pd.DataFrame) -> list[dict]:
        """Rows as plain values, amounts in yuan: every whole number but counts is an amount in fen."""
        counts = ("payments", "route", "step")
        written = {c: rows[c].map(lambda v: str(yuan(v)), na_action="ignore") for c in rows.select_dtypes("Int64") if c not in counts}
        return rows.assign(**written).astype("object").to_dict("records")

    def finish(self) -> Notice:
        told = {"assessed": self.reason is None, "hops": self.hops, "methods": list(self.methods)}
        if self.reason is None:
            told["settings"] = self._settings.model_dump(mode="json") | {"pass_share": str(self._settings.pass_share)}
            told["by method"] = {n: {k: str(yuan(v)) for k, v in t.by_claimant.select_dtypes("number").sum().items()} | {"came back": str(yuan(self._back(t)))} for n, t in self.traces.items()}
            told["starts"] = self._plain(self.starts_table.assign(start=self.starts_table["start"].map(self._start)))
            told["routes"] = self._plain(self._with_names(self._loops.drop(columns=["label", "label_in"]), "start", "from_account", "to_account"))
            ranges, told["all orders tried"] = self._same_day
            told["same day"] = self._plain(self._with_names(ranges, "account_no").assign(claimant=ranges["claimant"].map(self._start)))
            told["to request"] = self._plain(self._with_names(self._to_request, "account_no"))
            legs = pd.concat([t.legs.drop(columns=["label", "label_in"]).assign(method=n) for n, t in self.traces.items()], ignore_index=True)
            legs = self.masked_frame(legs, {"from_account": "account", "to_account": "account"})
            self.leave("fund_trace.parquet", legs.assign(claimant=legs["claimant"].map(self._start)))
        self.leave("fund_trace.json", told)
        return Notice(self.sentence())
