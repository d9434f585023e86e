"""The ledger of problems (问题台账): the findings of a county-year, where each stands, and taking people's edits of them.

The workbook and the table in JupyterLab both hand their edits to `Ledger.take`: there is one set of checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from bangfu import findings
from bangfu.intake import cells
from bangfu.params import open_settings
from bangfu.previous import Previous
from bangfu.problems import Sentence, WrongParams, did_you_mean
from bangfu.publish.words import word
from bangfu.review.entries import Entry, by_finding, in_force, waiting
from bangfu.review.life import CHOICES, FIELDS, NEXT, lacking, possible
from bangfu.review.store import Overtaken, Store, moment


@dataclass(frozen=True)
class Edit:
    """What a person made of a finding's line: the line as it stands now, with the version and the evidence that it was shown with.

    state: what stands under 处理, empty where nothing was chosen; fields: the text of every one of `life.FIELDS`; more: further columns of their own;
    where: how to name the line in a sentence (zh, en).
    """

    finding_id: str
    version: int
    evidence: str
    state: str
    fields: Mapping[str, str]
    more: Mapping[str, str] = field(default_factory=dict)
    where: tuple[str, str] = ("", "")


@dataclass
class Taken:
    """What became of edits: entries now in force, edits refused and edits kept beside another's, each with its sentence."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[Edit, Sentence]] = field(default_factory=list)
    conflicts: list[tuple[Edit, Sentence]] = field(default_factory=list)
    unchanged: int = 0


class Ledger:
    """The findings of the last run of a county-year with their history."""

    def __init__(self, table: pd.DataFrame, store: Store, went_by: Iterable[Entry], year: int, county: str = ""):
        self.table, self.store, self.year, self.county = table.set_index("finding_id", drop=False), store, year, county
        self._seen = {f: len(in_force(h)) for f, h in by_finding(went_by).items()}
        self.refresh()

    @classmethod
    def open(cls, params: str | Path, year: int, reports: str | Path) -> Ledger:
        """The ledger of a county-year that was run; one sentence where it was not."""
        settings = open_settings(params, int(year))
        folder = Path(reports).resolve() / settings.county.code / str(year)
        if not (folder / "findings.parquet").exists():
            raise WrongParams.of(
                f"{settings.county.name}{year}年度还没有运行结果,请先运行 bangfu run。", f"There are no findings of {settings.county.name} {year} yet: run `bangfu run` first."
            )
        return cls(findings.read(folder / "findings.parquet"), Store.of(settings, Path(reports)), Previous(folder).reviews, int(year), settings.county.name)

    def refresh(self) -> None:
        """Reads again what people judged."""
        self.history = by_finding(self.store.entries(self.year))

    @cached_property
    def exempt_by_params(self) -> set[str]:
        """Findings that the county params exempt: the ledger cannot change that."""
        exempt = self.table.index[self.table["status"] == "exempt"]
        return {f for f in exempt if not any(e.became == "exempt" for e in in_force(self.history.get(f, [])))}

    def version(self, finding_id: str) -> int:
        return len(in_force(self.history.get(finding_id, [])))

    def state(self, finding_id: str) -> str:
        """Where a finding stands: as the run says, or as people have judged since."""
        since = in_force(self.history.get(finding_id, []))[self._seen.get(finding_id, 0) :]
        return since[-1].became if since else self.table.at[finding_id, "status"]

    def shown(self, finding_id: str, version: int, evidence: str) -> dict[str, str]:
        """What stands in a finding's own columns at a version: `state` and the fields, empty where that entry judged other evidence."""
        history = in_force(self.history.get(finding_id, []))[:version]
        if not history or history[-1].year != self.year or history[-1].evidence != evidence:
            return dict.fromkeys(("state", *FIELDS), "")
        last = history[-1]
        return {"state": last.became if last.became in CHOICES else "", **{f: getattr(last, f) for f in FIELDS}}

    def rows(self) -> pd.DataFrame:
        """The findings, each with `version`, `now` (its state), its own columns, and `waiting`: edits that lost against another's, in words."""
        own = [
            {"version": self.version(r.finding_id), "now": self.state(r.finding_id), **self.shown(r.finding_id, self.version(r.finding_id), r.evidence),
             "waiting": "\n".join(f"{e.by}:{in_words(_given(e))}" for e in waiting(self.history.get(r.finding_id, [])))}
            for r in self.table.itertuples()
        ]  # fmt: skip
        columns = ["version", "now", "state", *FIELDS, "waiting"]
        return pd.concat([self.table.reset_index(drop=True), pd.DataFrame(own, columns=columns)], axis=1)

    def take(self, edits: Iterable[Edit], by: str) -> Taken:
        """Takes every edit that is valid, keeps those that lost against another's, and says why the others are refused."""
        taken, ready = Taken(), []
        for edit in self._once(edits, taken):
            entry = self._entry(edit, by, taken)
            if entry is not None:
                ready.append((edit, entry))
        try:
            self.store.add(e for _, e in ready)
            taken.entries += [e for _, e in ready]
        except Overtaken:  # somebody else's came in between: look at each again
            for edit, _ in ready:
                self.refresh()
                self._one(edit, by, taken)
        self.refresh()
        return taken

    def _one(self, edit: Edit, by: str, taken: Taken) -> None:
        entry = self._entry(edit, by, taken)
        if entry is not None:
            try:
                self.store.add([entry])
                taken.entries.append(entry)
            except Overtaken:
                self.refresh()
                self._one(edit, by, taken)

    def _once(self, edits: Iterable[Edit], taken: Taken) -> list[Edit]:
        """One edit of each finding; where its line stands twice with different content, neither is taken."""
        lines: dict[str, list[Edit]] = {}
        for edit in edits:
            lines.setdefault(edit.finding_id, []).append(edit)
        single = []
        for same in lines.values():
            if all((e.state, e.fields, e.more, e.version) == (same[0].state, same[0].fields, same[0].more, same[0].version) for e in same):
                single.append(same[0])
                twice = same[1:]
                said = ("重复,内容相同,只计一次", "the same line stands twice; it was counted once")
            else:
                twice = same
                said = ("在台账中出现多次且内容不同,均未收,请只留一行", "lines of one finding differ; none was taken, keep one")
            taken.refused += [(e, _about(e, *said)) for e in twice]
        return single

    def _entry(self, edit: Edit, by: str, taken: Taken) -> Entry | None:
        """The entry that an edit makes; None where it changes nothing or cannot be taken, which is then said."""

        def refuse(zh: str, en: str) -> None:
            taken.refused.append((edit, _about(edit, zh, en)))

        if edit.finding_id not in self.table.index:
            zh, en = did_you_mean(edit.finding_id, self.table.index)
            return refuse("疑点编号不在本年度的台账中" + (zh if "是否" in zh else ""), "no finding of this year has this id" + (en if "did you" in en else ""))
        now = self.version(edit.finding_id)
        if not 0 <= edit.version <= now:
            return refuse(f"版本“{edit.version}”不存在(现为{now}),请重新导出后再填", f"there is no version {edit.version} (now {now}); export again")
        edit, wrong = _with_day(edit)
        base = self.shown(edit.finding_id, edit.version, edit.evidence)
        if self._same(edit, base, edit.version):
            taken.unchanged += 1
            return None
        since = in_force(self.history.get(edit.finding_id, []))[edit.version :]
        latest = self.shown(edit.finding_id, now, edit.evidence)
        if since and self._same(edit, latest, now):
            taken.unchanged += 1
            return None
        row = self.table.loc[edit.finding_id]
        was = self.state(edit.finding_id)
        # A line whose decision was left as it is changes fields alone, whatever a run has said since.
        becomes = was if edit.state == base["state"] else edit.state
        entry = Entry(edit.finding_id, row["rule_id"], self.year, now + 1, edit.version, was, becomes, row["evidence"], by, moment(), **edit.fields, more=dict(edit.more))
        if any(e.by != by for e in since):
            self._keep_beside(edit, entry, latest, since[-1].by, taken)
            return None
        if edit.evidence != row["evidence"]:
            return refuse("所依据的行在导出后有变化,请重新导出,看过新的证据再判定", "the rows it rests on have changed since the export; export again and judge the new evidence")
        if wrong:
            return refuse(*wrong)
        if edit.finding_id in self.exempt_by_params:
            return refuse("由县参数的 exemptions 豁免,须先改县参数", "it is exempt by the county params; change those first")
        if base["state"] and not edit.state:
            return refuse(f"“处理”不能清空(原为{word('status', base['state'])})", f"the decision cannot be cleared (it was {word('status', base['state'], 'en')})")
        if not possible(was, becomes):
            zh, en = ("、".join(word("status", s) for s in NEXT[was]), ", ".join(word("status", s, "en") for s in NEXT[was]))
            return refuse(
                f"目前是“{word('status', was)}”,不能改为“{word('status', becomes)}”,只能改为:{zh}", f"it is {word('status', was, 'en')} and cannot become {word('status', becomes, 'en')}, only: {en}"
            )
        empty = lacking(becomes, edit.fields)
        if empty:
            zh, en = "、".join(word("review", f) for f in empty), ", ".join(word("review", f, "en") for f in empty)
            return refuse(f"改为“{word('status', becomes)}”须填写:{zh}", f"to become {word('status', becomes, 'en')} it needs: {en}")
        return entry

    def _same(self, edit: Edit, shown: Mapping[str, str], version: int) -> bool:
        history = in_force(self.history.get(edit.finding_id, []))[:version]
        more = history[-1].more if history else {}
        return {"state": edit.state, **edit.fields} == dict(shown) and edit.more.items() <= more.items()

    def _keep_beside(self, edit: Edit, entry: Entry, latest: Mapping[str, str], other: str, taken: Taken) -> None:
        """Keeps an edit that lost against another's as waiting, once, and says both."""
        lost = replace(entry, version=None)
        if not any(replace(e, at=lost.at, was=lost.was, became=lost.became) == lost for e in waiting(self.history.get(edit.finding_id, []))):
            self.store.add([lost])
        mine, theirs = {"state": edit.state, **edit.fields}, dict(latest)
        zh = f"导出后{other}已改为“{in_words(theirs)}”,您填的是“{in_words(mine)}”;以先收到的为准,您的填写已留存待决,请商定后重新导出再填"
        en = f"{other} has made it “{in_words(theirs, 'en')}” since the export, yours is “{in_words(mine, 'en')}”; the first holds, yours is kept as waiting: agree, export again and fill in"
        taken.conflicts.append((edit, _about(edit, zh, en)))


def chosen(table: pd.DataFrame, ids: str, rule: str) -> list[str]:
    """The ids of findings named one by one (with commas) or by their rule, all of them where neither is named; every unknown one is said."""
    named = [i.strip().upper() for i in ids.replace("，", ",").split(",") if i.strip()]
    known = set(table["finding_id"])
    wrong = [Sentence(f"台账中没有疑点 {i}{did_you_mean(i, known)[0]}", f"No finding {i} in the ledger{did_you_mean(i, known)[1]}") for i in named if i not in known]
    if rule and rule not in set(table["rule_id"]):
        zh, en = did_you_mean(rule, set(table["rule_id"]))
        wrong.append(Sentence(f"规则 {rule} 没有疑点{zh}", f"Rule {rule} has no findings{en}"))
    if wrong:
        raise WrongParams.all(wrong)
    picked = table["finding_id"].isin(named) | (table["rule_id"] == rule) if named or rule else table["finding_id"].notna()
    return table.loc[picked, "finding_id"].tolist()


def in_words(given: Mapping[str, str], lang: str = "zh") -> str:
    """A decision and its fields in a line."""
    parts = [word("status", given["state"], lang)] if given.get("state") else []
    parts += [f"{word('review', f, lang)}:{given[f]}" for f in FIELDS if given.get(f)]
    return ("; " if lang == "en" else ";").join(parts) or ("nothing" if lang == "en" else "空白")


def _given(entry: Entry) -> dict[str, str]:
    return {"state": entry.became if entry.became in CHOICES else "", **{f: getattr(entry, f) for f in FIELDS}}


def _with_day(edit: Edit) -> tuple[Edit, tuple[str, str] | None]:
    """The edit with its deadline as a day, and what is wrong with the deadline, if anything."""
    text = edit.fields["deadline"]
    if not text:
        return edit, None
    try:
        return replace(edit, fields={**edit.fields, "deadline": f"{cells.read_day(text):%Y-%m-%d}"}), None
    except cells.Unreadable:
        return edit, (f"整改期限“{text}”不是日期,应如 2020-06-30", f"the deadline “{text}” is no date such as 2020-06-30")


def _about(edit: Edit, zh: str, en: str) -> Sentence:
    where_zh, where_en = edit.where
    return Sentence(f"{where_zh}{edit.finding_id}:{zh}。", f"{where_en}{' ' if where_en else ''}{edit.finding_id}: {en}.")
