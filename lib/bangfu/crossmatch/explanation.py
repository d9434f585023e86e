"""The explanation of each match in sentences, and the exemption that an auditor may propose from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
import yaml

from bangfu import money
from bangfu.crossmatch.entries import SINCE, entries_of
from bangfu.crossmatch.grounds import GROUNDS, Ground
from bangfu.problems import Sentence
from bangfu.typography import chinese_marks

COLUMNS = ["rule_id", "subject", "standing", "explanation", "explanation_en", "exemption"]
TIMING = {
    "before": Sentence("{day}登记,早于识别({identified}),应核对识别时的评议材料", "entered on {day}, before the household was identified ({identified}): see the papers of its identification"),
    "during": Sentence("{day}登记,在识别({identified})之后,应核对动态调整记录", "entered on {day}, after the household was identified ({identified}): see the records of yearly adjustment"),
    "after_exit": Sentence("{day}登记,晚于脱贫({exit}),不说明识别或脱贫不准", "entered on {day}, after the household's exit ({exit}): no ground against its identification or exit"),
    "after_year": Sentence("{day}登记,在审计年度之后,不影响本年度", "entered on {day}, after the audit year: of no weight for it"),
    "unknown": Sentence("登记或识别日期不详,不能判断先后", "the date of the entry or of identification is not known, so which came first cannot be told"),
}
STANDING = {
    "exempt": Sentence("登记均有记录可查的理由,建议核实后豁免", "every entry is explained by the records; an exemption may be proposed"),
    "ask": Sentence("可能有正当理由,须先核实", "there may be a good reason; ask for it first"),
    "stands": Sentence("现有记录中没有可以解释的理由", "nothing in the records explains it"),
}
_WITHOUT_GROUND = ("after_exit", "after_year")


@dataclass
class _Judged:
    """One register entry: when it was made, and the grounds that apply to it."""

    timing: str
    day: pd.Timestamp
    identified: pd.Timestamp
    exit: pd.Timestamp
    died: pd.Timestamp
    grounds: list[Ground] = field(default_factory=list)

    @property
    def explained(self) -> bool:
        return self.timing in _WITHOUT_GROUND or any(g.proves for g in self.grounds)

    @property
    def arguable(self) -> bool:
        return self.explained or bool(self.grounds)

    @property
    def after_death(self) -> bool:
        return bool(self.day > self.died)

    def say(self, lang: str) -> str:
        told = TIMING[self.timing].say(lang).format(day=_day(self.day), identified=_day(self.identified), exit=_day(self.exit))
        if self.after_death:
            told += f"; after the person's death ({_day(self.died)}): was the name used by somebody else?" if lang == "en" else f",晚于本人死亡({_day(self.died)}),疑被他人冒用"
        for g in () if self.timing in _WITHOUT_GROUND else self.grounds:
            told += f"; {g.says.en} (shown by {g.document.en})" if lang == "en" else f";{g.says.zh}(凭{g.document.zh})"
        return told


def explained(parts: list[tuple], tables: dict[str, pd.DataFrame], year: int, grounds: dict[str, dict]) -> pd.DataFrame:
    """Each finding of the cross-matching rules with what explains it: rule_id, subject, standing, explanation, explanation_en, exemption.

    parts: (rule in force, Found) of any rules; others than those of the topic are left out. grounds: from the policy pack.
    standing: exempt (few enough entries are left without a reason that the records prove), ask (a reason that needs a document may
    explain it) or stands. exemption: where one may be proposed, its draft for `exemptions` of the county's params, without approver.
    """
    told = []
    for in_force, found in parts:
        register = next((t for t in in_force.rule.reads if t in SINCE), None)
        if in_force.rule.topic == "crossmatch" and register and len(found.rows) and "households" in tables:
            least = in_force.settings(year).get("min_properties", 1)
            told += _of_rule(in_force.rule.id, register, found.rows, tables, year, grounds, least)
    return pd.DataFrame(told, columns=COLUMNS).astype("str")


def _of_rule(rule_id: str, register: str, rows: pd.DataFrame, tables: dict[str, pd.DataFrame], year: int, grounds: dict[str, dict], least: int) -> list[tuple]:
    entries = entries_of(rows, register, tables, year)
    applying = [(GROUNDS[g], GROUNDS[g].function(entries, tables, **words).to_numpy()) for g, words in grounds.items() if register in GROUNDS[g].registers]
    judged = [
        _Judged(e.timing, e.since, e.identified_on, e.exit_on, e.died_on, [g for g, holds in applying if holds[i]])
        for i, e in enumerate(entries[["timing", "since", "identified_on", "exit_on", "died_on"]].itertuples(index=False))
    ]
    told = []
    for subject, places in entries.groupby("household_id", sort=True).indices.items():
        mine = [judged[i] for i in places]
        standing = _standing(mine, least)
        since = min((j.day for j in mine if not j.explained and pd.notna(j.day)), default=None)
        paid = _paid_since(subject, since, tables)
        told_zh = _explanation(mine, standing, paid, "zh")
        told.append((rule_id, subject, standing, told_zh, _explanation(mine, standing, paid, "en"), _draft(rule_id, subject, told_zh, year) if standing == "exempt" else None))
    return told


def _draft(rule_id: str, subject: str, reason: str, year: int) -> str:
    entry = {"rule": rule_id, "subject": subject, "reason": chinese_marks(reason), "approved by": "", "valid until": date(year, 12, 31)}
    return yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=10_000)


def _standing(entries: list[_Judged], least: int) -> str:
    if any(j.after_death for j in entries):
        return "ask"
    if sum(not j.explained for j in entries) < least:
        return "exempt"
    return "ask" if sum(not j.arguable for j in entries) < least else "stands"


def _paid_since(household: str, since: pd.Timestamp | None, tables: dict[str, pd.DataFrame]) -> tuple[int, int] | None:
    """How many benefits of how many fen the household had from the day on which the unexplained ground arose."""
    if since is None or "benefits" not in tables:
        return None
    paid = tables["benefits"]
    after = paid[(paid["household_id"] == household) & (paid["paid_on"] >= since)]
    return len(after), int(after["amount"].sum())


def _explanation(entries: list[_Judged], standing: str, paid: tuple[int, int] | None, lang: str) -> str:
    alike = Counter(j.say(lang) for j in entries)
    each = [_sentence(told if n == 1 else f"{n} entries: {told}" if lang == "en" else f"{n}条登记:{told}", lang) for told, n in alike.items()]
    if paid and paid[0]:
        benefits = "1 benefit" if paid[0] == 1 else f"{paid[0]} benefits"
        amount = money.in_words(paid[1], lang)
        each.append(f"since then the household was paid {benefits} of {amount}." if lang == "en" else f"此后该户领取补助{paid[0]}笔{amount}。")
    each.append(_sentence(STANDING[standing].say(lang), lang))
    return " ".join(s[0].upper() + s[1:] for s in each) if lang == "en" else "".join(each)


def _sentence(told: str, lang: str) -> str:
    return told + ("." if lang == "en" else "。")


def _day(day: pd.Timestamp) -> str:
    return "?" if pd.isna(day) else f"{day:%Y-%m-%d}"
