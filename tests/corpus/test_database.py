"""A database gives transactions that hold, waits for its turn, and says kindly why it cannot be used."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from corpus.database import SQLITE_PATIENCE_S, Database, sqlite_url
from corpus.errors import DatabaseUnavailable
from corpus.schema import articles
from corpus.store import Corpus
from tests.fakes.articles import write_article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = sa.select(sa.func.count()).select_from(articles)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database.open(database_url)) as opened:
        yield opened


def add(connection: sa.Connection, key: str) -> None:
    connection.execute(articles.insert().values(key=key, added_at=sa.func.current_timestamp()))


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(COUNT).scalar_one()


def test_what_was_written_is_there_for_others_once_the_transaction_ends(
    database: Database, database_url: str
) -> None:
    with database.writing() as connection:
        add(connection, "a")

    with closing(Database(database_url)) as other:
        assert count(other) == 1


def test_an_exception_takes_back_all_that_was_written_before_it(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            add(connection, "a")
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert count(database) == 0


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.reading() as connection:
        before = connection.execute(COUNT).scalar_one()
        with database.writing() as writer:
            add(writer, "a")
        after = connection.execute(COUNT).scalar_one()

    assert (before, after) == (0, 0)
    assert count(database) == 1


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.writing() as connection:
        add(connection, "a")

        assert count(database) == 0


def test_a_writer_that_reads_first_waits_its_turn_and_loses_nothing(database: Database) -> None:
    def add_next(_: int) -> None:
        with database.writing() as connection:
            connection.execute(COUNT).scalar_one()
            add(connection, threading.current_thread().name + str(_))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add_next, range(40)))

    assert count(database) == 40


def test_an_error_does_not_show_what_people_wrote(database: Database) -> None:
    with (
        pytest.raises((sa.exc.ProgrammingError, DatabaseUnavailable)) as caught,
        database.reading() as reader,
    ):
        reader.execute(sa.text("SELECT nothing_of_that_name(:words)"), {"words": "a secret question"})

    shown = f"{caught.value} {caught.value.__cause__}"
    assert "nothing_of_that_name" in shown
    assert "secret" not in shown


def test_sqlite_waits_for_the_disk_checks_references_and_lets_readers_read(sqlite_file_url: str) -> None:
    with closing(Database.open(sqlite_file_url)) as database, database.reading() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        answers = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in asked}

    assert answers == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": SQLITE_PATIENCE_S * 1000,
    }


def test_opening_a_sqlite_file_waits_for_others_who_use_it_in_the_old_mode(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.executescript("CREATE TABLE theirs (a); BEGIN IMMEDIATE; INSERT INTO theirs VALUES (1)")
    commit = threading.Timer(0.3, other.commit)
    commit.start()

    with closing(Database.open(sqlite_url(path))) as database:
        assert count(database) == 0

    commit.join()
    other.close()


@pytest.mark.parametrize("name", ["with space", "50%", "a%20b", "#1", "что-то", "q?a=b", "a&b", "a+b"])
def test_any_folder_name_makes_a_sqlite_url(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "corpus.sqlite"
    path.parent.mkdir()

    Database.open(sqlite_url(path)).close()

    assert path.read_bytes().startswith(b"SQLite format 3\0")


@pytest.mark.parametrize(
    "url",
    ["", "x", "corpus.sqlite", "postgres://host/name", "nosuch://host/name", "postgresql://host:port/name"],
)
def test_what_is_no_url_is_refused_with_examples(url: str) -> None:
    with pytest.raises(
        DatabaseUnavailable,
        match=r"^DATABASE_URL cannot be used .* sqlite:////folder/file\.sqlite or postgresql:",
    ):
        Database.open(url)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite"
    path.write_text("Dear reader, " * 1000)

    with pytest.raises(
        DatabaseUnavailable, match=r"letter\.sqlite is no SQLite database or is damaged; move"
    ):
        Database.open(sqlite_url(path))

    assert path.read_text() == "Dear reader, " * 1000


def test_a_damaged_database_is_refused(sqlite_file_url: str, tmp_path: Path) -> None:
    with closing(Corpus.open(sqlite_file_url)) as corpus:
        corpus.put(write_article())
    path = tmp_path / "corpus.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))

    with pytest.raises(DatabaseUnavailable, match=r"is no SQLite database or is damaged; move"):
        Database.open(sqlite_file_url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"/missing/corpus\.sqlite does not work: unable to open"):
        Database.open(sqlite_url(tmp_path / "missing" / "corpus.sqlite"))


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(
        DatabaseUnavailable, match=r"reader:\*\*\*@127\.0\.0\.1:1/name does not work"
    ) as caught:
        Database.open("postgresql://reader:hunter2@127.0.0.1:1/name")

    assert "hunter2" not in str(caught.value)


def test_a_server_that_refuses_to_make_tables_is_named(postgresql_url: str) -> None:
    separator = "&" if "?" in postgresql_url else "?"
    read_only = f"{postgresql_url}{separator}options=-c%20default_transaction_read_only%3Don"

    with pytest.raises(
        DatabaseUnavailable,
        match="cannot execute CREATE TABLE in a read-only transaction; it takes no changes",
    ):
        Database.open(read_only)


def test_a_server_that_restarted_is_found_again(postgresql_url: str) -> None:
    with closing(Database.open(postgresql_url)) as database:
        assert count(database) == 0
        with closing(Database(postgresql_url)) as other, other.writing() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

        assert count(database) == 0


def test_the_shown_url_hides_the_password(sqlite_file_url: str) -> None:
    with closing(Database("postgresql://reader:hunter2@host/name")) as database:
        assert database.shown_url == "postgresql+psycopg://reader:***@host/name"
    with closing(Database(sqlite_file_url)) as database:
        assert database.shown_url == sqlite_file_url
