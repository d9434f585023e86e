"""The store of reviews: one file per county by default, PostgreSQL by URL for a team; entries are added, never changed.

The embedded file stands beside the county's years (`DIR/<code>/reviews.sqlite`), so that it outlives years and runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

import sqlalchemy as sa

from bangfu.params import Settings
from bangfu.problems import UnusableInput, WrongParams
from bangfu.review.entries import Entry

FILE = "reviews.sqlite"
_DATA = sa.MetaData()
_REVIEWS = sa.Table(
    "bangfu_reviews",
    _DATA,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("county", sa.Text, nullable=False),
    *(sa.Column(c, sa.Text, nullable=False) for c in ("finding_id", "rule_id", "was", "became", "evidence", "by", "at")),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("base", sa.Integer, nullable=False),
    *(sa.Column(c, sa.Text, nullable=False) for c in ("note", "responsible", "measure", "deadline", "result", "approver", "more")),
    # Of two people who edit the same version at once, one is first; NULLs (edits that lost) do not collide.
    sa.UniqueConstraint("county", "finding_id", "version"),
)
_HANDOVERS = sa.Table(
    "bangfu_handovers",
    _DATA,
    sa.Column("county", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("first_seen", sa.Text, nullable=False),
)
_ONLY_ADDED = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS bangfu_reviews_no_{verb.lower()} BEFORE {verb} ON bangfu_reviews BEGIN SELECT RAISE(ABORT, 'history is only added to'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION bangfu_only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'history is only added to'; END $$",
        "CREATE OR REPLACE TRIGGER bangfu_reviews_only_added BEFORE UPDATE OR DELETE ON bangfu_reviews FOR EACH ROW EXECUTE FUNCTION bangfu_only_added()",
    ],
}


class Overtaken(Exception):
    """Somebody else's edit of the same version of a finding came first."""


def address(settings: Settings, reports: Path) -> str:
    """The URL of a county's store: what the county params name under `reviews`, else the file beside its years."""
    named = settings.county.reviews
    if named and "://" in named:
        return named
    file = (settings.folder / named).resolve() if named else Path(reports).resolve() / settings.county.code / FILE
    return f"sqlite:///{file}"


class Store:
    """The reviews of one county, open for reading and adding."""

    def __init__(self, url: str, county: str):
        self.county = county
        try:
            where = sa.engine.make_url(url)
        except sa.exc.ArgumentError:
            raise WrongParams.of("县参数 reviews 不是有效的数据库地址,应如 postgresql://服务器/库名。", "`reviews` in the county params is no database URL such as postgresql://server/database.") from None
        if where.drivername == "postgresql":
            where = where.set(drivername="postgresql+psycopg")
        self.name = where.database or "" if where.get_backend_name() == "sqlite" else f"{where.host or ''}/{where.database or ''}"
        try:
            if where.get_backend_name() == "sqlite":
                Path(where.database).parent.mkdir(parents=True, exist_ok=True)
            self._engine = sa.create_engine(where, **({"connect_args": {"timeout": 30}} if where.get_backend_name() == "sqlite" else {}))
            self._make()
        except sa.exc.NoSuchModuleError:
            raise WrongParams.of(f"县参数 reviews 的数据库类型“{where.drivername}”不支持,请用文件或 postgresql://。", f"`reviews` in the county params names an unsupported database “{where.drivername}”; use a file or postgresql://.") from None
        except (sa.exc.SQLAlchemyError, OSError) as wrong:
            raise self._unusable(wrong) from None

    @classmethod
    def of(cls, settings: Settings, reports: Path) -> Store:
        """The store of a county as its params say; UnusableInput where it cannot be opened."""
        return cls(address(settings, reports), settings.county.code)

    def _make(self) -> None:
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7206521)"))  # two runs may start at once
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # likewise: SQLite looks for a table and makes it in two steps
            _DATA.create_all(connection)
            for statement in _ONLY_ADDED.get(connection.dialect.name, ()):
                connection.execute(sa.text(statement))

    def _unusable(self, wrong: Exception) -> UnusableInput:
        kind = type(getattr(wrong, "orig", None) or wrong).__name__
        return UnusableInput.of(f"核实记录库 {self.name} 不能使用({kind}),请检查县参数的 reviews、网络和权限。", f"The store of reviews {self.name} cannot be used ({kind}); check `reviews` in the county params, the network and permissions.")

    def entries(self, year: int | None = None) -> list[Entry]:
        """Everything said of the county's findings (up to a year), in the order in which it was said."""
        wanted = sa.select(_REVIEWS).where(_REVIEWS.c.county == self.county).order_by(_REVIEWS.c.seq)
        if year is not None:
            wanted = wanted.where(_REVIEWS.c.year <= year)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(wanted).mappings().all()
        except sa.exc.SQLAlchemyError as wrong:
            raise self._unusable(wrong) from None
        return [Entry(**{k: v for k, v in row.items() if k not in ("seq", "county", "more")}, more=json.loads(row["more"])) for row in rows]

    def add(self, entries: Iterable[Entry]) -> None:
        """Adds entries, all or none; Overtaken where another edit of the same version came first."""
        rows = [asdict(e) | {"county": self.county, "more": json.dumps(e.more, ensure_ascii=False, sort_keys=True)} for e in entries]
        try:
            with self._engine.begin() as connection:
                for row in rows:
                    connection.execute(_REVIEWS.insert(), row)
        except sa.exc.IntegrityError:
            raise Overtaken from None
        except sa.exc.SQLAlchemyError as wrong:
            raise self._unusable(wrong) from None

    def note_handover(self, year: int, digest: str) -> None:
        """Notes the day on which a hand-over was first read; it stands here and in the record, in nothing published."""
        row = {"county": self.county, "year": year, "digest": digest, "first_seen": moment()}
        with self._engine.begin() as connection:
            same = sa.and_(*(_HANDOVERS.c[k] == row[k] for k in ("county", "year", "digest")))
            if connection.execute(sa.select(_HANDOVERS.c.digest).where(same)).first() is None:
                connection.execute(_HANDOVERS.insert(), row)

    def handovers(self, year: int) -> list[tuple[str, str]]:
        """(digest, first seen) of every hand-over of a year, in order."""
        wanted = sa.select(_HANDOVERS.c.digest, _HANDOVERS.c.first_seen).where(_HANDOVERS.c.county == self.county, _HANDOVERS.c.year == year)
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(wanted.order_by(_HANDOVERS.c.first_seen))]

    def close(self) -> None:
        self._engine.dispose()


def moment() -> str:
    """Now, as the history writes it."""
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")
