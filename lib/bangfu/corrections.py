"""Approved corrections of the record: a visit written down late, a leave, a handover. An error of entry is not guilt.

A county enters them under `corrections` of its params, each with who approved it, when, and until when it holds. The rules
of duty (HV-01, HV-02, HV-03, HV-11) and the assessment take them into account; the register itself stays as it was handed
over, so that rules about the register (HP-…) still say what has to be mended in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from bangfu.problems import Sentence, did_you_mean

KINDS = {
    "late_record": Sentence("补记走访", "visit recorded late"),
    "leave": Sentence("批准请假", "approved leave"),
    "handover": Sentence("更换责任人", "handover"),
}
MODES = ("home", "telephone")
_NEEDED = {"late_record": ("household_id", "date"), "leave": ("from", "to"), "handover": ("household_id", "date")}
_USED = {
    "late_record": {"household_id", "date", "mode"},
    "leave": {"household_id", "from", "to"},
    "handover": {"household_id", "date", "successor"},
}


class Correction(BaseModel):
    """One approved correction, as it stands in the county's params."""

    # People write `approved by`; `approved_by` is the same.
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    kind: str = Field(description="late_record 补记走访, leave 批准请假, handover 更换责任人")
    helper_id: str = Field(min_length=1, description="帮扶责任人编号;更换的,为原责任人 / the helper; of a handover the one who leaves")
    household_id: str | None = Field(None, min_length=1, description="户编号;请假不写则为全部结对户 / the household; a leave without one is from all of them")
    day: date | None = Field(None, alias="date", description="走访日期,或新责任人接手的第一天 / the day of the visit, or the successor's first day")
    start: date | None = Field(None, alias="from", description="请假第一天 / first day of the leave")
    end: date | None = Field(None, alias="to", description="请假最后一天 / last day of the leave")
    mode: str | None = Field(None, description="补记的方式:home 入户(不写即此)或 telephone 电话 / home (the default) or telephone")
    successor: str | None = Field(None, min_length=1, description="接手的责任人编号 / the helper who takes over")
    reason: str = Field(min_length=1)
    approved_by: str = Field(alias="approved by", min_length=1)
    approved_on: date = Field(alias="approved on")
    valid_until: date = Field(alias="valid until")

    @field_validator("day", "start", "end", "approved_on", "valid_until", mode="before")
    @classmethod
    def _written(cls, value: Any) -> date | None:
        # A number would be taken for seconds since 1970.
        if isinstance(value, datetime) or not isinstance(value, (date, str, type(None))):
            raise PydanticCustomError("date_type", "not a date")
        return value

    @property
    def days(self) -> tuple[date, date]:
        """The first and last day that it speaks of."""
        return (self.start, self.end) if self.kind == "leave" else (self.day, self.day)

    def given(self) -> set[str]:
        """The keys of its own kind that are filled in."""
        values = {"household_id": self.household_id, "date": self.day, "from": self.start, "to": self.end, "mode": self.mode, "successor": self.successor}
        return {k for k, v in values.items() if v is not None}


def mistakes(corrections: Sequence[Correction], file: str) -> list[Sentence]:
    """What is wrong with the corrections of a file beyond the kinds of their values, a sentence each."""
    wrong = []
    for number, c in enumerate(corrections, 1):
        where = f"corrections[{number}]"
        if c.kind not in KINDS:
            zh, en = did_you_mean(c.kind, KINDS)
            wrong.append(Sentence(f"{file}:{where} 的 kind“{c.kind}”不认识{zh}", f"{file}: {where}: unknown kind “{c.kind}”{en}"))
            continue
        for key in _NEEDED[c.kind]:
            if key not in c.given():
                wrong.append(Sentence(f"{file}:{where}({KINDS[c.kind].zh})缺少“{key}”。", f"{file}: {where} ({KINDS[c.kind].en}) lacks “{key}”."))
        for key in sorted(c.given() - _USED[c.kind]):
            wrong.append(Sentence(f"{file}:{where}({KINDS[c.kind].zh})用不到“{key}”,请删去。", f"{file}: {where} ({KINDS[c.kind].en}) has no use for “{key}”; remove it."))
        if c.mode is not None and c.mode not in MODES:
            wrong.append(Sentence(f"{file}:{where} 的 mode“{c.mode}”不对,应为 home 或 telephone。", f"{file}: {where}: mode “{c.mode}” must be home or telephone."))
        if c.start and c.end and c.end < c.start:
            wrong.append(Sentence(f"{file}:{where} 请假的 to({c.end})早于 from({c.start})。", f"{file}: {where}: the leave ends ({c.end}) before it begins ({c.start})."))
        if c.successor == c.helper_id:
            wrong.append(Sentence(f"{file}:{where} 的 successor 与 helper_id 相同。", f"{file}: {where}: successor and helper_id are the same."))
        if c.valid_until < c.approved_on:
            wrong.append(Sentence(f"{file}:{where} 的有效期({c.valid_until})早于批准日期({c.approved_on})。", f"{file}: {where} holds until {c.valid_until}, before it was approved on {c.approved_on}."))
    return wrong


@dataclass(frozen=True)
class Corrections:
    """The corrections that are in force for an audit year, by their number in the params (from 1)."""

    entries: dict[int, Correction] = field(default_factory=dict)

    @classmethod
    def of(cls, corrections: Sequence[Correction], year: int) -> "Corrections":
        """Those that hold to the end of the year and speak of a day of it; a handover of an earlier year holds on."""
        return cls({n: c for n, c in enumerate(corrections, 1) if standing(c, year) is None})

    def __bool__(self) -> bool:
        return bool(self.entries)

    def handed_over(self, pairings: pd.DataFrame) -> pd.DataFrame:
        """The pairings as they were: the one who left until the day before, the successor from the day on.

        Each new row keeps the origin of the row that it comes from. A pairing that does not hold on the day before is left alone.
        A register that has no column for the start or for the end says of no pairing how long it held: then both dates are missing.
        """
        if not {"start_on", "end_on"} <= set(pairings.columns):
            pairings = pairings.assign(start_on=pd.NaT, end_on=pd.NaT).astype({"start_on": "datetime64[us]", "end_on": "datetime64[us]"})
        for c in self._of("handover").values():
            day = pd.Timestamp(c.day)
            held = (pairings["helper_id"] == c.helper_id).fillna(False) & (pairings["household_id"] == c.household_id).fillna(False)
            held &= (pairings["start_on"] < day) & ~(pairings["end_on"] < day)
            left = pairings.assign(end_on=pairings["end_on"].mask(held, day - pd.Timedelta(days=1)))
            taken = pairings[held].assign(helper_id=c.successor, start_on=day) if c.successor else pairings.iloc[:0]
            pairings = pd.concat([left, taken.astype(pairings.dtypes)], ignore_index=True) if len(taken) else left
        return pairings

    def with_late_records(self, visits: pd.DataFrame) -> pd.DataFrame:
        """The visits with those recorded late; their origin is minus the number of the correction."""
        late = self._of("late_record")
        if not late:
            return visits
        columns = ["helper_id", "household_id", "visited_at", "mode", "origin"]
        rows = [(c.helper_id, c.household_id, pd.Timestamp(c.day), c.mode or "home", -n) for n, c in late.items()]
        more = pd.DataFrame(rows, columns=columns).astype({c: visits[c].dtype for c in columns})
        return pd.concat([visits[columns], more], ignore_index=True)

    def excused(self, periods: pd.DataFrame, leave_share: Fraction) -> np.ndarray:
        """Which periods (rows with helper_id, household_id, first, last) are not due: leave takes at least that share of their days."""
        out = np.zeros(len(periods), bool)
        leaves = self._of("leave").values()
        away = np.flatnonzero(periods["helper_id"].isin({c.helper_id for c in leaves}))
        for i, p in zip(away, periods.iloc[away].itertuples(), strict=True):
            days = pd.date_range(p.first, p.last)
            absent = np.zeros(len(days), bool)
            for c in leaves:
                if c.helper_id == p.helper_id and c.household_id in (None, p.household_id):
                    absent |= (days >= pd.Timestamp(c.start)) & (days <= pd.Timestamp(c.end))
            out[i] = absent.any() and Fraction(int(absent.sum()), len(days)) >= leave_share
        return out

    @cached_property
    def by_helper(self) -> dict[str, list[int]]:
        """Helper -> the numbers of the corrections that concern him, as the one who left or the one who took over too."""
        named: dict[str, list[int]] = {}
        for n, c in self.entries.items():
            for helper in filter(None, (c.helper_id, c.successor)):
                named.setdefault(helper, []).append(n)
        return named

    def only(self, number: int) -> "Corrections":
        return Corrections({number: self.entries[number]})

    def _of(self, kind: str) -> dict[int, Correction]:
        return {n: c for n, c in self.entries.items() if c.kind == kind}


NONE = Corrections()


def standing(c: Correction, year: int) -> Sentence | None:
    """Why a correction does not count for the year; None where it does."""
    first, last = c.days
    if c.valid_until < date(year, 12, 31):
        return Sentence(f"有效期至{c.valid_until},已不适用于{year}年度", f"held until {c.valid_until} and no longer applies to {year}")
    if first > date(year, 12, 31) or (last < date(year, 1, 1) and c.kind != "handover"):
        return Sentence(f"所述日期不在{year}年", f"speaks of no day of {year}")
    return None
