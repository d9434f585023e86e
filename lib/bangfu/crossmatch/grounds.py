"""Grounds on which practice lets a household stay registered although a register names one of its members.

A ground says by itself whether the records prove it (`proves`) or only make it worth asking (then a document must). Its words
and its basis stand in the policy pack; a pack that does not name a ground does not know it.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from bangfu import parameters
from bangfu.crossmatch.entries import members_with
from bangfu.parameters import Texts, named
from bangfu.problems import Sentence


@dataclass(frozen=True)
class Ground:
    """One ground: which registers it concerns, what it says, and the document that would show it."""

    id: str
    registers: tuple[str, ...]
    proves: bool
    says: Sentence
    document: Sentence
    parameters: dict[str, object]
    function: Callable


GROUNDS: dict[str, Ground] = {}
ALL = ("vehicles", "properties", "businesses", "payroll")


def ground(id: str, *registers: str, proves: bool, says: tuple[str, str], document: tuple[str, str]):
    """Registers a function (entries, tables, words by keyword) -> mask over the entries as a ground."""

    def register(function: Callable) -> Callable:
        words = {p.name: p.annotation for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY}
        GROUNDS[id] = Ground(id, registers, proves, Sentence(*says), Sentence(*document), words, function)
        return function

    return register


def _holds(column: pd.Series, words: tuple[str, ...]) -> pd.Series:
    column, hit = column.astype("string"), pd.Series(False, index=column.index)
    for word in words:
        hit |= column.str.contains(word, regex=False).fillna(False).astype(bool)
    return hit


Words = named(Texts, "字样", "words")


@ground("disability-vehicle", "vehicles", proves=True, says=("属残疾人专用车辆", "it is a vehicle for disabled people"), document=("车辆行驶证和残疾证", "the vehicle licence and the disability certificate"))
def disability_vehicle(entries, tables, *, words: Words):
    return _holds(entries["vehicle_type"], words)


@ground("working-vehicle", "vehicles", proves=False, says=("不是小车,可能用于生产经营", "it is no passenger car and may serve their work"), document=("车辆用途的说明和村级核实意见", "what it is used for, confirmed by the village"))
def working_vehicle(entries, tables, *, words: Words):
    return _holds(entries["vehicle_type"], words)


@ground("same-certificate", "properties", proves=True, says=("与本户另一条登记是同一权证", "it stands under the same certificate as another entry of the household"), document=("不动产权证", "the certificate"))
def same_certificate(entries, tables):
    return entries["certificate_no"].notna() & entries.duplicated(["household_id", "certificate_no"])


@ground("resettlement-home", "properties", proves=True, says=("坐落为搬迁安置点", "it lies in a resettlement site"), document=("搬迁安置协议", "the resettlement agreement"))
def resettlement_home(entries, tables, *, words: Words):
    return _holds(entries["location"], words)


@ground("rebuilt-home", "properties", proves=False, says=("本户领过建房、搬迁类补助,该房可能由此而来", "the household had money for rebuilding or resettlement, from which it may come"), document=("补助批复和旧房拆除验收记录", "the approval, and the record that the old house was pulled down"))
def rebuilt_home(entries, tables, *, programmes: named(Texts, "补助项目字样", "words in the programme")):
    if "benefits" not in tables:
        return pd.Series(False, index=entries.index)
    paid = tables["benefits"]
    return entries["household_id"].isin(paid.loc[_holds(paid["programme"], programmes), "household_id"].dropna())


@ground("village-home", "properties", proves=False, says=("坐落在本村或本镇,可能是其自住农房", "it lies in their own village or township and may be the house they live in"), document=("现场核实照片和村级证明", "a visit with photographs, and the village's statement"))
def village_home(entries, tables):
    def near(place, *names):
        return isinstance(place, str) and any(isinstance(n, str) and n in place for n in names)

    return pd.Series([near(*row) for row in entries[["location", "village", "town"]].itertuples(index=False)], index=entries.index, dtype=bool)


@ground("cooperative-member", "businesses", proves=True, says=("是合作社的普通社员", "they are an ordinary member of a cooperative"), document=("合作社成员名册和出资证明", "the cooperative's list of members and contributions"))
def cooperative_member(entries, tables, *, businesses: named(Texts, "企业名称字样", "words in the name"), positions: named(Texts, "职务", "positions")):
    return _holds(entries["business_name"], businesses) & entries["position"].isin(positions)


@ground("household-trade", "businesses", proves=False, says=("可能是产业帮扶措施带动的种植养殖", "it may be farming that the assistance itself started"), document=("产业帮扶项目资料和实际经营情况核实", "the papers of the assistance project, and what is really run"))
def household_trade(entries, tables, *, businesses: named(Texts, "企业名称字样", "words in the name")):
    return _holds(entries["business_name"], businesses)


@ground("welfare-post", "payroll", proves=True, says=("属公益性岗位", "it is a public-welfare post"), document=("公益性岗位聘用协议和工资发放表", "the contract of the post and its pay list"))
def welfare_post(entries, tables, *, words: Words):
    return _holds(entries["unit"], words)


@ground("village-post", "payroll", proves=False, says=("可能是村级误工补贴或临时岗位,不是财政供养编制", "it may be a village or temporary post, not an established one"), document=("编制或聘用性质的证明", "proof of the kind of post"))
def village_post(entries, tables, *, words: Words):
    return _holds(entries["unit"], words)


@ground("hardship", *ALL, proves=False, says=("户内有重病、重度残疾或就学负担,经评议可以保留", "the household bears grave illness, severe disability or schooling, for which an assembly may keep it"), document=("诊断或残疾证明和民主评议记录", "the diagnosis or certificate, and the minutes of the assembly"))
def hardship(entries, tables, *, health: named(Texts, "健康状况", "health"), disability: named(Texts, "残疾等级", "grades of disability"), student: named(Texts, "在校阶段", "stages of school")):
    return entries["household_id"].isin(members_with(tables, health=health, disability_grade=disability, student_stage=student))


def checked_grounds(given: dict, where: str, wrong: list[Sentence]) -> dict[str, dict]:
    """The grounds of a pack: id -> keywords of its function; mistakes are added to `wrong`."""
    from bangfu.problems import did_you_mean

    known = {}
    for id, words in given.items():
        if id not in GROUNDS:
            zh, en = did_you_mean(id, GROUNDS)
            wrong.append(Sentence(f"{where}:grounds 中没有“{id}”这种情形{zh}", f"{where}: grounds names an unknown ground “{id}”{en}"))
            continue
        accepted, words = GROUNDS[id].parameters, dict(words or {})
        for key in [k for k in words if k not in accepted]:
            zh, en = did_you_mean(key, accepted)
            wrong.append(Sentence(f"{where}:grounds.{id} 没有参数“{key}”{zh}", f"{where}: grounds.{id} has no parameter “{key}”{en}"))
        known[id] = {}
        for key, kind in accepted.items():
            try:
                known[id][key] = parameters.parse(kind, words.get(key)).steps[0][1]
            except ValueError:
                wrong.append(Sentence(f"{where}:grounds.{id} 的“{key}”应为{parameters.accepted(kind)}。", f"{where}: grounds.{id}.{key} must be {parameters.accepted(kind, 'en')}."))
    return known
