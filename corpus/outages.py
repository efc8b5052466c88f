"""Outages: what databases say when they do not work, as one kind error with the way out; pure."""

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,  # noqa: A004 (theirs)
)

from corpus.errors import DatabaseUnavailable

#: PostgreSQL's code where its user may not do something.
FORBIDDEN = "42501"

#: What to do about it, by SQLite's primary codes and by PostgreSQL's
#: (https://www.postgresql.org/docs/current/errcodes-appendix.html).
WAYS_OUT: Mapping[int | str | None, str] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: "make room on its disk",
        sqlite3.SQLITE_IOERR: "look whether its disk is full or failing",
        sqlite3.SQLITE_READONLY: "make the file and its folder writable",
        sqlite3.SQLITE_CANTOPEN: "look whether its folder is there and that, and its disk, can be written",
        sqlite3.SQLITE_BUSY: "another program writes to it for long; try again later",
        "53100": "make room on its server's disk",
        "53300": "its server takes no more connections; try again later",
        "25006": "it takes no changes now; look whether it is a copy that follows another one",
        FORBIDDEN: "let its user read and change the tables",
    }
)


def explain(error: SQLAlchemyError, url: str) -> DatabaseUnavailable | None:
    """Explain an error of the database at a URL to show; None where a statement of ours is wrong."""
    if isinstance(error, TimeoutError):
        return DatabaseUnavailable(
            f"the database {url} is busy: all connections to it are in use; try again later"
        )
    if not isinstance(error, DBAPIError):
        return None
    if _code(error) in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return DatabaseUnavailable(
            f"{url} is no SQLite database or is damaged; move it away or restore a copy"
        )
    if not _is_outage(error):
        return None
    return DatabaseUnavailable(f"the database {url} does not work: {reason(error)}{_way_out(error)}")


def reason(error: DBAPIError | sqlite3.Error) -> str:
    """Return what the database itself says, in one line."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def _is_outage(error: DBAPIError) -> bool:
    # To psycopg it is an InternalError that a server takes no writes, and a ProgrammingError that it forbids
    # them.
    kinds = (OperationalError, InterfaceError, InternalError)
    return isinstance(error, kinds) or error.connection_invalidated or _code(error) == FORBIDDEN


def _way_out(error: DBAPIError) -> str:
    code = _code(error)
    if code is None and not isinstance(error.orig, sqlite3.Error):
        return "; look whether its server runs and can be reached"
    return f"; {WAYS_OUT[code]}" if code in WAYS_OUT else ""


def _code(error: DBAPIError) -> int | str | None:
    """Return SQLite's primary code or PostgreSQL's; None where a server was not even reached."""
    code: int | str | None = getattr(error.orig, "sqlite_errorcode", getattr(error.orig, "sqlstate", None))
    return code & 0xFF if isinstance(code, int) else code
