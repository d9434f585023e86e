"""Opening a database: its tables as sheets of texts."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from bangfu.intake.raw import Notice, RawSheet
from bangfu.problems import Sentence

FILE = "数据库"


def _text(value) -> str | None:
    if value is None or value != value:
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _notice(zh: str, en: str) -> Notice:
    return Notice(FILE, Sentence(zh, en), unusable=True)


def read_database(url: str, wanted: Callable[[RawSheet], bool]) -> Iterator[RawSheet | Notice]:
    """The tables and views of a database: whole where their header is `wanted`, else the header alone.

    The file of a source is `数据库`, its sheet the table's name there, its row the position by the primary key.
    """
    import sqlalchemy

    try:
        address = sqlalchemy.engine.make_url(url)
    except (sqlalchemy.exc.SQLAlchemyError, ValueError):
        yield _notice("县参数 raw 中的数据库地址不对,应如 postgresql://用户:密码@主机/库名。", "`raw` in the county params is no database address; it should read like postgresql://user:password@host/name.")
        return
    shown = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite" and address.database and not address.database.startswith("file:") and not Path(address.database).is_file():
        # The driver would make an empty database of that name.
        yield _notice(f"数据库文件不存在:{Path(address.database).name},请检查县参数中的 raw。", f"No database file {Path(address.database).name}; check `raw` in the county params.")
        return
    try:
        engine = sqlalchemy.create_engine(address)
        with engine.connect() as connection:
            inspected = sqlalchemy.inspect(connection)
            for name in sorted({*inspected.get_table_names(), *inspected.get_view_names()}):
                table = sqlalchemy.Table(name, sqlalchemy.MetaData(), autoload_with=connection)
                header = [[c.name] for c in table.columns]
                head = RawSheet(FILE, name, [pa.array(h, pa.string()) for h in header], first_row=0)
                if not wanted(head):
                    yield head
                    continue
                # As they are: a type that the driver would convert (dates, amounts) may hold anything.
                columns = [sqlalchemy.type_coerce(c, sqlalchemy.types.NullType()).label(c.name) for c in table.columns] if address.get_backend_name() == "sqlite" else list(table.columns)
                rows = connection.execute(sqlalchemy.select(*columns).order_by(*table.primary_key.columns)).all()
                bodies = zip(*rows, strict=True) if rows else ([] for _ in header)
                yield RawSheet(FILE, name, [pa.array([*h, *map(_text, body)], pa.string()) for h, body in zip(header, bodies, strict=True)], first_row=0)
        engine.dispose()
    except ImportError as wrong:
        yield _notice(f"数据库 {shown} 需要的驱动 {wrong.name} 没有安装,请安装或改用文件。", f"Database {shown} needs the driver {wrong.name}, which is not installed; install it or use files.")
    except sqlalchemy.exc.NoSuchModuleError:
        yield _notice(f"不认识数据库类型“{address.drivername}”,请检查县参数中的 raw。", f"Unknown kind of database “{address.drivername}”; check `raw` in the county params.")
    except sqlalchemy.exc.SQLAlchemyError as wrong:
        yield _notice(f"数据库 {shown} 连不上或读不出,请检查地址、账号和网络。", f"Database {shown} cannot be read ({type(wrong).__name__}); check its address, account and network.")
