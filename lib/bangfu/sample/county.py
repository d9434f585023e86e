"""A made-up county-year in the hand: its tables, and careful ways to spoil them (see bangfu.sample.planting)."""
from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from bangfu.sample.planting import LASTING, RETURNING, stream
from bangfu.sample.tables import ID_COLUMN, NUMBERED, Tables, is_many, of_dtype

GROUPS = {"towns": ("villages", "town"), "units": ("helpers", "unit"), "interviewers": ("survey", "interviewer"),
          "contractors": ("projects", "contractor")}


class SampleCounty:
    """One year of a made-up county: canonical tables, clean until plantings change them.

    tables: canonical name -> DataFrame (money in fen). people: those who stand in no table yet.
    memory: which subjects each planting took in the years before (shared by the years of one county).
    """

    def __init__(self, tables, *, code, name, year, seed, people, poverty_line=380000, parameters=None, memory=None,
                 opening=None):
        self.tables = Tables({table: frame.reset_index(drop=True) for table, frame in tables.items()})
        self.code, self.name, self.year, self.seed = code, name, year, seed
        self.poverty_line = poverty_line
        self.parameters = parameters or {}
        self.memory = memory if memory is not None else {}
        self.opening = opening or {}
        self.unpaid: set[str] = set()  # programmes whose batches never left the bank
        self.misprinted: dict[str, int] = {}  # txn_id -> fen by which its balance alone is off
        self.raw_cells: list[tuple[str, object, str, str]] = []  # (table, index label, column, text as it stands)
        self._people = people.reset_index(drop=True)
        self._people_used = 0
        self._touched: dict[str, set] = defaultdict(set)
        self._planting = ""
        self.rng = np.random.default_rng(stream(seed, year))
        self._of_helper = self.tables["pairings"].groupby("helper_id")["household_id"].agg(list).to_dict()
        first = self.tables["pairings"][self.tables["pairings"]["role"] == "first"]
        self._first_of = first.groupby("household_id")["helper_id"].agg(list).to_dict()
        self._of_fund = self.tables["projects"].groupby("fund_id")["project_id"].agg(list).to_dict()
        self._numbers = {table: _last_number(self.tables[table][ID_COLUMN[table]]) for table in NUMBERED}

    # -- what a planting asks -------------------------------------------------------------------------------------

    def begin(self, planting: str) -> None:
        """Gives the planting of that name its own random stream."""
        self._planting = planting
        self.rng = np.random.default_rng(stream(self.seed, self.year, planting))

    def rng_of(self, key: str) -> np.random.Generator:
        """A random stream that depends on the planting and the subject, not on the year."""
        return np.random.default_rng(stream(self.seed, self._planting, key))

    def parameter(self, rule_id: str, name: str, default=None):
        """A parameter of the policy pack, or the default where the pack is silent."""
        return self.parameters.get(rule_id, {}).get(name, default)

    def day(self, month: int, day: int, hour: int = 0, minute: int = 0) -> pd.Timestamp:
        """A date of the audit year."""
        return pd.Timestamp(self.year, month, day, hour, minute).as_unit("us")

    def outsiders(self, n: int) -> pd.DataFrame:
        """n people who stand in no table yet: name, id_number, sex, born_on, phone; nobody is given out twice."""
        people = self._people.iloc[self._people_used:self._people_used + n]
        if len(people) < n:
            raise ValueError(f"the sample county has no {n} outsiders left; it was made with {len(self._people)}")
        self._people_used += n
        return people

    def take(self, table: str, n: int, where=None, one_per: str | None = None) -> pd.DataFrame:
        """n rows that no planting has touched yet, now marked as touched with what hangs together with them."""
        frame = self._frame(table)
        wanted = np.ones(len(frame), bool)
        if where is not None:
            chosen = where(frame) if callable(where) else where.reindex(frame.index)
            wanted = np.asarray(pd.Series(chosen).fillna(False), bool)
        order = self.rng.permutation(len(frame))
        order = self._as_before(table, frame, order)
        picked = []
        for position in order[wanted[order]]:
            if len(picked) == n:
                break
            row = frame.iloc[position]
            if one_per is not None and (pd.isna(row[one_per]) or row[one_per] in self._touched[f"one_per {one_per}"]):
                continue
            if not self._free(table, row):
                continue
            self._touch(table, row)
            if one_per is not None:
                self._touched[f"one_per {one_per}"].add(row[one_per])
            picked.append(position)
        taken = frame.iloc[picked]
        self._remember(table, taken)
        return taken

    def rows(self, table: str, **equal: str) -> pd.DataFrame:
        """The rows with these ids, found without going through the whole table: rows("visits", helper_id=helper, mode="home")."""
        (column, value), *others = equal.items()
        found = self.tables.find(table, column, value)
        for name, wanted in others:
            found = found[(found[name] == wanted).fillna(False)]
        return found

    def touch(self, table: str, rows) -> None:
        """Marks rows as touched, as take does."""
        frame = self._frame(table)
        for _, row in frame.loc[self._labels(table, rows)].iterrows():
            self._touch(table, row)

    # -- what a planting changes ----------------------------------------------------------------------------------

    def set(self, table: str, rows, **columns) -> None:
        """Writes the columns of the rows; a value is a scalar or one per row."""
        frame, labels = self.tables.whole(table), self._labels(table, rows)
        for column, value in columns.items():
            if column not in frame.columns:
                raise KeyError(f"{table} has no column {column}; it has {', '.join(frame.columns)}")
            values = of_dtype(value, len(labels), frame[column].dtype)
            self.tables.write(table, labels, column, values)

    def add(self, table: str, rows=None, **columns) -> pd.DataFrame:
        """Adds rows: copies of `rows` with new ids, or new ones; returns what was added."""
        frame = self.tables.whole(table)
        unknown = [column for column in columns if column not in frame.columns]
        if unknown:
            raise KeyError(f"{table} has no column {unknown[0]}; it has {', '.join(frame.columns)}")
        given = {column: value for column, value in columns.items()}
        if rows is not None:
            new = frame.loc[self._labels(table, rows)].copy()
        else:
            size = max((len(value) for value in given.values() if is_many(value)), default=1)
            new = pd.DataFrame({column: pd.Series([None] * size, dtype=frame[column].dtype) for column in frame})
        new.index = self.tables.labels_for(table, len(new))
        for column, value in given.items():
            new[column] = pd.Series(of_dtype(value, len(new), frame[column].dtype), index=new.index)
        if table in NUMBERED and ID_COLUMN[table] not in given:
            new[ID_COLUMN[table]] = pd.Series(self._new_ids(table, len(new)), index=new.index, dtype="str")
        self.tables.append(table, new)
        return new

    def drop(self, table: str, rows) -> None:
        """Takes the rows out of the table."""
        self.tables.drop(table, self._labels(table, rows).tolist())

    def settle(self) -> None:
        """Brings what follows from other cells up to date after the plantings: the batches that pay benefits, and the balances of the ledger."""
        from bangfu.sample.ledger import with_balances
        from bangfu.sample.payouts import with_payouts

        ledger = with_payouts(self.tables["ledger"], self.tables["benefits"], self.year, self.unpaid)
        self.tables["ledger"] = with_balances(ledger, self.opening, self.misprinted)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _frame(self, table: str) -> pd.DataFrame:
        if table in GROUPS:
            source, column = GROUPS[table]
            values = self.tables[source][column].dropna().drop_duplicates().sort_values()
            return pd.DataFrame({column: values.to_numpy()}).astype("str")
        return self.tables[table]

    def _labels(self, table: str, rows) -> pd.Index:
        if isinstance(rows, pd.DataFrame):
            return rows.index
        if isinstance(rows, pd.Index):
            return rows
        if isinstance(rows, str):
            rows = [rows]
        if isinstance(rows, pd.Series) and pd.api.types.is_bool_dtype(rows.dtype):
            chosen = rows.index[np.asarray(rows.fillna(False), bool)]
            return chosen[[label not in self.tables.gone[table] for label in chosen]]
        frame = self.tables[table]
        rows = rows if isinstance(rows, pd.Series) else pd.Series(list(rows))
        if pd.api.types.is_bool_dtype(rows.dtype):
            return frame.index[np.asarray(rows, bool)]
        return frame.index[frame[ID_COLUMN[table]].isin(rows.astype("str"))]

    def _links(self, table: str, row) -> dict[str, list]:
        """What a row hangs together with: kind -> ids."""
        if table in GROUPS:
            return {table: [row.iloc[0]]}
        links = {kind: [row[column]] if pd.notna(row[column]) else [] for kind, column in
                 (("household", "household_id"), ("helper", "helper_id"), ("project", "project_id"))
                 if column in row.index}
        if table == "funds":
            links["fund"] = [row["fund_id"]]
            links["project"] = self._of_fund.get(row["fund_id"], [])
        if not any(links.values()) or table == "helpers":
            links["row " + table] = [row[ID_COLUMN[table]]]
        if table == "helpers":
            links["household"] = self._of_helper.get(row["helper_id"], [])
        return links

    def _free(self, table: str, row) -> bool:
        links = self._links(table, row)
        if table == "ledger" and row["fund_id"] in self._touched["fund"]:
            return False
        if table == "households":
            links["helper"] = self._first_of.get(row["household_id"], [])
        return not any(value in self._touched[kind] for kind, values in links.items() for value in values)

    def _touch(self, table: str, row) -> None:
        links = self._links(table, row)
        for helper in links.get("helper", []):
            links.setdefault("household", []).extend(self._of_helper.get(helper, []))
        for kind, values in links.items():
            self._touched[kind].update(values)
        for household in links.get("household", []):
            self._touched["helper"].update(self._first_of.get(household, []))

    def _who(self, table: str, frame: pd.DataFrame) -> pd.Series | None:
        """What stays the same from year to year in the rows of this table."""
        if table in GROUPS:
            return frame.iloc[:, 0]
        if table in ("funds", "projects", "claims", "ledger"):
            return frame[ID_COLUMN[table]]
        for column in ("id_number", "household_id", "helper_id"):
            if column in frame.columns:
                return frame[column]
        return None

    def _as_before(self, table, frame, order):
        """Puts the cases that last or return first and takes out the ones that are mended this year."""
        who = self._who(table, frame)
        past = self.memory.get((self._planting, table), {})
        last, before = past.get(self.year - 1, []), past.get(self.year - 2, [])
        if who is None or not (last or before):
            return order
        gone = [subject for subject in before if subject not in set(last)]
        again = {s for s in last if self.rng.random() < LASTING} | {s for s in gone if self.rng.random() < RETURNING}
        mended = set(last) - again
        names = who.to_numpy()[order]
        first = np.array([name in again for name in names], bool)
        out = np.array([name in mended for name in names], bool)
        return np.concatenate([order[first], order[~first & ~out]])

    def _remember(self, table, taken) -> None:
        who = self._who(table, taken)
        if who is not None:
            self.memory.setdefault((self._planting, table), {}).setdefault(self.year, []).extend(who.tolist())

    def _new_ids(self, table: str, n: int) -> list[str]:
        stem, number, width = self._numbers[table]
        self._numbers[table] = (stem, number + n, width)
        return [f"{stem}{number + i + 1:0{width}d}" for i in range(n)]


def _last_number(ids: pd.Series) -> tuple[str, int, int]:
    """The stem, the highest number and its width of ids such as FP2019-000123."""
    if ids.empty:
        return "X", 0, 6
    last = ids.max()
    digits = len(last) - len(last.rstrip("0123456789"))
    width = min(digits, 6)
    stem = last[:-width]
    return stem, int(last[-width:]), width
