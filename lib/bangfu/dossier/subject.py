"""Whom a dossier is about, and by which numbers rows are known to be about them."""

from dataclasses import dataclass

import pandas as pd

from bangfu.intake import dictionary
from bangfu.problems import WrongParams, did_you_mean

SUBJECTS = {"helper": ("帮扶责任人", "helper"), "household": ("贫困户", "household"), "project": ("项目", "project"), "account": ("账户", "account")}
_NUMBER_OF = {"helper": "helper_id", "household": "household_id", "project": "project_id", "account": "account"}


class UnknownSubject(WrongParams):
    """No row of the county is about what a dossier was asked for."""


@dataclass(frozen=True)
class Subject:
    """What a dossier is about: its kind (a key of `SUBJECTS`), its id, the complaint it was asked by (id, or None).

    numbers: kind of number → values by which a row is about it, such as {"helper_id": {...}, "id_number": {...}}.
    """

    kind: str
    id: str
    complaint: str | None
    numbers: dict[str, frozenset[str]]


def kind_of_number(table: str, column: str) -> str | None:
    """Which number a column holds: household_id, helper_id, project_id, about, id_number, account; None for another column."""
    if column in ("household_id", "helper_id", "project_id", "about"):
        return column
    known = dictionary()[table].columns.get(column) if table in dictionary() else None
    return known.personal if known is not None and known.personal in ("id_number", "account") else None


def find_subject(tables: dict[str, pd.DataFrame], asked: str) -> Subject:
    """The subject by its id; by a complaint's id, what the complaint is about.

    UnknownSubject, with the nearest id, where no table knows it. Numbers of accounts are proposed to nobody.
    """
    asked = asked.strip()
    complaint = None
    complaints = tables.get("complaints")
    if complaints is not None and asked in set(complaints["complaint_id"].dropna()):
        complaint = asked
        about = complaints.loc[complaints["complaint_id"] == asked, "about"].dropna() if "about" in complaints else pd.Series(dtype="str")
        if about.empty:
            raise UnknownSubject.of(f"举报 {asked} 没有填写反映对象,请用 --subject 直接给出编号。", f"Complaint {asked} does not say whom it is about; name the id with --subject.")
        asked = about.iloc[0]
    known = {kind: _all(tables, number) for kind, number in _NUMBER_OF.items()}
    kind = next((kind for kind, ids in known.items() if asked in ids), None)
    if kind is None:
        ids = set().union(*(known[k] for k in ("helper", "household", "project")), complaints["complaint_id"].dropna() if complaints is not None else [])
        zh, en = did_you_mean(asked, ids)
        raise UnknownSubject.of(f"各表中都没有“{asked}”{zh}", f"No table knows “{asked}”{en}")
    return Subject(kind, asked, complaint, _numbers(tables, kind, asked))


def _all(tables: dict[str, pd.DataFrame], number: str) -> set[str]:
    """Every value of a kind of number in the tables."""
    found: set[str] = set()
    for name, frame in tables.items():
        for column in frame:
            if kind_of_number(name, column) == number:
                found.update(frame[column].dropna())
    return found


def _numbers(tables: dict[str, pd.DataFrame], kind: str, id_: str) -> dict[str, frozenset[str]]:
    """The numbers of a helper's person, a household's members and account, a project's legal representative."""
    own = {_NUMBER_OF[kind]: frozenset({id_})} | ({} if kind == "account" else {"about": frozenset({id_})})
    places = {
        "helper": {"id_number": [("helpers", "id_number")]},
        "household": {"id_number": [("members", "id_number"), ("households", "head_id_number")], "account": [("households", "account_no")]},
        "project": {"id_number": [("projects", "legal_representative_id")]},
        "account": {},
    }[kind]
    for number, columns in places.items():
        values = [frame.loc[frame[_NUMBER_OF[kind]] == id_, column].dropna() for table, column in columns if (frame := tables.get(table)) is not None and column in frame]
        own[number] = frozenset(v for part in values for v in part)
    return own
