"""Flag columns: facts about a row that need another table or a calculation, so that an expectation only has to ask "is it true?".

Each kind takes the table's columns (and, where it looks elsewhere, the other table's) and gives a "boolean" column in
which missing means that it cannot be said.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from bangfu import identity
from bangfu.matching import stands_in


@dataclass(frozen=True)
class Kind:
    """A kind of flag; `other` says whether it looks into another table."""

    compute: Callable[..., pd.Series]
    other: bool = False


def _boolean(answer: pd.Series, unknown: pd.Series) -> pd.Series:
    return answer.astype("boolean").mask(unknown)


def _any_missing(own: pd.DataFrame) -> pd.Series:
    return own.isna().any(axis=1)


def id_number(own: pd.DataFrame) -> pd.Series:
    """Is it an id number of 18 characters with the right check character?"""
    return identity.valid(own.iloc[:, 0])


def listed(own: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Does the value stand in the other table?"""
    return _boolean(stands_in(own.iloc[:, 0], other.iloc[:, 0]), _any_missing(own))


def agrees(own: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Does the other table give this value for this key? Unknown where it does not list the key, or no value for it."""
    other = other.dropna().drop_duplicates()
    known = stands_in(own.iloc[:, 0], other.iloc[:, 0])
    pairs = own.set_axis(other.columns, axis=1).merge(other, how="left", indicator=True)["_merge"].eq("both")
    return _boolean(pairs.set_axis(own.index), _any_missing(own) | ~known)


def not_negative(own: pd.DataFrame) -> pd.Series:
    """Is none of the amounts below zero? Unknown where all of them are missing."""
    return _boolean((own >= 0).fillna(True).all(axis=1), own.isna().all(axis=1))


def complete(own: pd.DataFrame) -> pd.Series:
    """Is every one of the columns filled in?"""
    return (~_any_missing(own)).astype("boolean")


def day_not_before(own: pd.DataFrame) -> pd.Series:
    """Is the first date on or after the day of the second, whatever its hour?"""
    return _boolean(own.iloc[:, 0] >= own.iloc[:, 1].dt.normalize(), _any_missing(own))


def birth_in_id(own: pd.DataFrame) -> pd.Series:
    """Is the date of birth the one in the id number? Unknown for an id number that is not valid."""
    born, number = own.iloc[:, 0], own.iloc[:, 1]
    unknown = born.isna() | ~identity.valid(number).fillna(False).astype(bool)
    return _boolean(born.dt.strftime("%Y%m%d") == number.str.slice(6, 14), unknown)


def sex_in_id(own: pd.DataFrame) -> pd.Series:
    """Is the sex the one that the id number says (odd 17th digit: 男)? Unknown for an id number that is not valid."""
    sex, number = own.iloc[:, 0], own.iloc[:, 1]
    unknown = ~sex.isin(["男", "女"]) | ~identity.valid(number).fillna(False).astype(bool)
    return _boolean(number.str.slice(16, 17).isin(list("13579")) == (sex == "男"), unknown)


KINDS: dict[str, Kind] = {
    "id_number": Kind(id_number),
    "listed": Kind(listed, other=True),
    "agrees": Kind(agrees, other=True),
    "not_negative": Kind(not_negative),
    "complete": Kind(complete),
    "day_not_before": Kind(day_not_before),
    "birth_in_id": Kind(birth_in_id),
    "sex_in_id": Kind(sex_in_id),
}


def flag_column(flag: dict, table: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.Series:
    """The flag column that an expectation's `meta.flag` describes: kind, columns, and for some kinds table and match."""
    kind, own = KINDS[flag["kind"]], table[flag["columns"]]
    return kind.compute(own, tables[flag["table"]][flag["match"]]) if kind.other else kind.compute(own)
