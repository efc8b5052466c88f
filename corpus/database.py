"""Opening the database: SQLite in WAL mode or any SQLAlchemy URL, migrated to the newest schema.

The only module that knows Alembic and, but for what they say when they fail, the habits of single databases.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from corpus.errors import DatabaseUnavailable
from corpus.outages import explain, reason

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest migration; a test holds it equal to the newest script in `corpus/migrations/versions`.
SCHEMA_REVISION = "0005"

#: Seconds that one process waits while another writes to the same SQLite file.
SQLITE_PATIENCE_S = 30

#: Lock numbers of ours for PostgreSQL: that two starting processes do not migrate at once, and that changes
#: become visible in the order of their ids.
MIGRATION_LOCK = 0x_C815_15B0
CHANGES_LOCK = 0x_C815_15B1

#: Seconds to wait for a server that does not answer, and for a connection while all are in use.
SERVER_PATIENCE_S, POOL_PATIENCE_S = 10, 30

#: How a connection to PostgreSQL is made, unless the URL says otherwise: a server that vanished is noticed.
#: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
POSTGRESQL: dict[str, str | int] = {
    "application_name": "crisisbot",
    "connect_timeout": SERVER_PATIENCE_S,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 1_000 * SERVER_PATIENCE_S,
}

#: Tables of which a row may hold words of an article.
WORDY_TABLES = ("articles", "revisions", "passages", "bands", "entries")


class Database:
    """A pool of connections; may be used from many threads, and closed once at the end."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writing = self._engine.execution_options(crisisbot_writes=True)
        self._reading = self._engine
        if self._engine.dialect.name == "postgresql":  # there each statement sees another state by default
            self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ")

    @classmethod
    def open(cls, url: str) -> "Database":
        """Connect, and migrate the schema where it is older.

        Raises:
            DatabaseUnavailable: when it cannot be reached, read, or is newer than this program.
        """
        database = cls(url)
        try:
            with database.writing() as connection:
                _migrate(connection)
        except DatabaseUnavailable:
            database.close()
            raise
        except DBAPIError as error:
            database.close()
            raise DatabaseUnavailable(
                f"the tables in {database.shown_url} cannot be made or read: {reason(error)}"
            ) from error
        return database

    @property
    def shown_url(self) -> str:
        """The URL without its password, for people."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection in a transaction that sees one state of the database."""
        with _explained(self), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection in a transaction that is committed at the end, or rolled back on an exception."""
        with _explained(self), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sa.Connection]:
        """Give a connection as `writing` does, to one at a time over all processes.

        What records changes takes turns, to the commit: PostgreSQL could else show a greater id before a
        smaller one, and who follows the log by its newest id would never see the smaller one. So, too, of two
        who store the same key or wire copies of one report, the second sees the first. SQLite has one writer
        anyway.
        """
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({CHANGES_LOCK})")
            yield connection

    def scrub(self) -> None:
        """Write the tables' files anew, so that they hold nothing of what was deleted.

        SQLite: nor do its free pages and its log. PostgreSQL: the files of the tables; its own log keeps what
        was deleted until that is recycled, and so does whatever copied the log.

        Raises:
            DatabaseUnavailable: when that fails, or another process keeps reading what was deleted.
        """
        try:
            if self._engine.dialect.name == "sqlite":
                self._scrub_sqlite()
            else:
                with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                    connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {', '.join(WORDY_TABLES)}")
        except (DBAPIError, sqlite3.Error) as error:
            raise DatabaseUnavailable(
                f"what was deleted from {self.shown_url} could not be overwritten yet: {reason(error)}; "
                "it takes as much room as the database once more, and that nobody else uses it; "
                "then run the same command again"
            ) from error

    def _scrub_sqlite(self) -> None:
        with closing(self._engine.raw_connection()) as pooled:
            connection = cast("sqlite3.Connection", pooled.driver_connection)
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise sqlite3.OperationalError("another program reads it")

    def check(self) -> None:
        """Have SQLite look for damage; PostgreSQL looks after itself.

        Raises:
            DatabaseUnavailable: when there is some.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with self.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise DatabaseUnavailable(f"{self.shown_url} is damaged ({found}); restore a copy")

    def close(self) -> None:
        """Return all connections."""
        self._engine.dispose()


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite URL; None for other databases, and for what is no URL."""
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError):
        return None
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}
    return Path(parsed.database or "") if is_file else None


def _engine(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "postgresql" and "+" not in parsed.drivername:
            parsed = parsed.set(drivername="postgresql+psycopg")  # the driver that our extra installs
        engine = sa.create_engine(
            parsed,
            pool_pre_ping=parsed.get_backend_name() != "sqlite",  # so that one that came back is found
            pool_timeout=POOL_PATIENCE_S,
            connect_args=_connect_arguments(parsed),
            hide_parameters=True,  # what people asked or wrote must not get into logs with an error
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
        # What a ValueError quotes may be a part of the password.
        why = type(error).__name__ if isinstance(error, ValueError) else str(error).splitlines()[0]
        raise DatabaseUnavailable(
            f"DATABASE_URL cannot be used ({why}); it looks like "
            "sqlite:////folder/file.sqlite or postgresql://user:password@host/name "
            "(for PostgreSQL, install the extra: pip install 'crisisbot[postgres]')"
        ) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_arguments(url: sa.URL) -> dict[str, str | int]:
    if url.drivername != "postgresql+psycopg":
        return {}
    return {name: value for name, value in POSTGRESQL.items() if name not in url.query}


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself: _begin_sqlite does, in the right mode.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {SQLITE_PATIENCE_S * 1000}")
    _use_wal(connection)
    # FULL, not NORMAL: an accepted article must outlive a power cut, too.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten: see `scrub` for the rest.
    connection.execute("PRAGMA secure_delete = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    # Where two processes open a new file at once, one is told "locked" without any waiting: busy_timeout
    # does not hold for a reader that turns writer, and this is one (https://sqlite.org/c3ref/busy_handler.html).
    patience_ends = time.monotonic() + SQLITE_PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > patience_ends:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: sa.Connection) -> None:
    # A reader that turns writer fails at once when another wrote meanwhile (https://sqlite.org/isolation.html);
    # so writers say from the start that they will write, and wait their turn.
    writes = connection.get_execution_options().get("crisisbot_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        explained = explain(error, database.shown_url)
        if explained is None:
            raise
        raise explained from error


def _migrate(connection: sa.Connection) -> None:
    """Bring the schema to `SCHEMA_REVISION`, once, however many processes start together."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    if _schema_revision(connection) == SCHEMA_REVISION:
        return
    # Loaded only when there is work for it: it costs a tenth of a second at every start.
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseUnavailable(
            f"the database has schema {_schema_revision(connection)!r}, unknown to this version of "
            "crisisbot: a newer one wrote it; update crisisbot"
        ) from error


def alembic_config() -> "Config":
    """Return Alembic's configuration for our scripts."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


def _schema_revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
