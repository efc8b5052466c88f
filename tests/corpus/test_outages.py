"""While a database is away people are told what to do, nothing is half written, and later all works on."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from corpus.database import Database, sqlite_url
from corpus.errors import DatabaseUnavailable
from corpus.store import Change, Corpus
from corpus.writing import put
from tests.fakes.articles import write_article, write_long_article
from tests.fakes.damage import full_disk

if TYPE_CHECKING:
    from pathlib import Path


def state_of(corpus: Corpus) -> tuple[object, ...]:
    """All that a corpus says of itself."""
    return corpus.state(), corpus.articles(), corpus.passage_count(), corpus.summary()


# PostgreSQL


def test_a_server_that_stops_and_starts_again_loses_nothing_and_is_found_again(
    stoppable_server: Any,  # noqa: ANN401 (it has no types)
) -> None:
    url = stoppable_server.get_uri()
    with closing(Corpus.open(url)) as corpus, closing(Database(url)) as session:
        corpus.put(write_article("before"))
        before = state_of(corpus)

        def stop_in_the_middle() -> None:
            with session.changing() as connection:
                put(connection, write_article("half"), [], restore=False)
                stoppable_server.stop()

        with pytest.raises(DatabaseUnavailable, match="does not work: "):
            stop_in_the_middle()
        for ask in (corpus.articles, corpus.state, lambda: corpus.put(write_article("meanwhile"))):
            with pytest.raises(DatabaseUnavailable, match="look whether its server runs and can be reached"):
                ask()
        stoppable_server.start()

        assert state_of(corpus) == before
        assert corpus.put(write_article("half")) is Change.ADDED
        assert corpus.put(write_article("before")) is Change.UNCHANGED


def test_a_server_that_takes_no_changes_still_answers_and_says_so(postgresql_url: str) -> None:
    separator = "&" if "?" in postgresql_url else "?"
    read_only = f"{postgresql_url}{separator}options=-c%20default_transaction_read_only%3Don"
    Corpus.open(postgresql_url).close()

    with closing(Corpus(Database(read_only))) as following:
        with pytest.raises(DatabaseUnavailable, match="read-only transaction; it takes no changes now; look"):
            following.put(write_article())
        assert following.articles() == []


def test_a_user_who_may_not_change_the_tables_is_told_so(postgresql_url: str) -> None:
    with closing(Corpus.open(postgresql_url)) as corpus:
        corpus.put(write_article())
    with closing(Database(postgresql_url)) as owner, owner.writing() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS crisisbot_reader")
        connection.exec_driver_sql("CREATE ROLE crisisbot_reader LOGIN")
        connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO crisisbot_reader")
    url = sa.make_url(postgresql_url).set(username="crisisbot_reader").render_as_string(hide_password=False)

    with closing(Corpus(Database(url))) as reading:
        assert len(reading.articles()) == 1
        with pytest.raises(DatabaseUnavailable, match=r"permission denied .*; let its user read and change"):
            reading.put(write_article("new"))

    with closing(Database(postgresql_url)) as owner, owner.writing() as connection:
        connection.exec_driver_sql("DROP OWNED BY crisisbot_reader")
        connection.exec_driver_sql("DROP ROLE crisisbot_reader")


def test_the_url_has_the_last_word_on_how_postgresql_is_reached(postgresql_url: str) -> None:
    separator = "&" if "?" in postgresql_url else "?"
    for added, name in (("", "crisisbot"), (f"{separator}application_name=mine", "mine")):
        with closing(Database(f"{postgresql_url}{added}")) as database, database.reading() as connection:
            assert connection.exec_driver_sql("SHOW application_name").scalar_one() == name


# SQLite


def test_a_disk_that_takes_no_more_leaves_nothing_half_written(sqlite_file_url: str, tmp_path: Path) -> None:
    with closing(Corpus.open(sqlite_file_url)) as corpus:
        corpus.put(write_article("before"))
        before = state_of(corpus)
        largest = max(file.stat().st_size for file in tmp_path.iterdir())

        def put_many() -> None:
            with full_disk(largest + 8_192):
                for number in range(100):
                    corpus.put(write_long_article(number))

        with pytest.raises(DatabaseUnavailable, match=r"look whether its disk is full|make room on its disk"):
            put_many()

        stored = len(corpus.articles())
        assert [one.title for one in corpus.articles()][:1] == [before[1][0].title]  # type: ignore[index]
        assert all(len(corpus.standing_of([one.article_id]).live) in {4, 100} for one in corpus.articles())
        assert corpus.put(write_long_article(stored - 1)) is Change.ADDED
        corpus.check()


def test_a_full_database_says_to_make_room_and_works_on_when_there_is_some(sqlite_file_url: str) -> None:
    with closing(Corpus.open(sqlite_file_url)) as corpus:
        corpus.put(write_long_article(0))
        before = state_of(corpus)
        limit_pages(corpus, more=1)

        with pytest.raises(DatabaseUnavailable, match="is full; make room on its disk"):
            corpus.put(write_long_article(1))

        assert state_of(corpus) == before
        limit_pages(corpus, more=1_000)
        assert corpus.put(write_long_article(1)) is Change.ADDED


def limit_pages(corpus: Corpus, *, more: int) -> None:
    """Let SQLite take only some pages more, in the one connection that there is."""
    with corpus._database.reading() as connection:  # noqa: SLF001 (the limit holds for one connection)
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + more}")


def test_a_file_that_may_not_be_written_says_so_and_can_be_written_again(unprivileged: Path) -> None:
    folder = unprivileged / "data"
    folder.mkdir()
    path = folder / "corpus.sqlite"
    with closing(Corpus.open(sqlite_url(path))) as corpus:
        corpus.put(write_article("before"))
    path.chmod(0o444)
    folder.chmod(0o555)

    with closing(Corpus(Database(sqlite_url(path)))) as corpus:
        with pytest.raises(DatabaseUnavailable, match="; make the file and its folder writable"):
            corpus.put(write_article("after"))
        folder.chmod(0o777)
        path.chmod(0o644)

    with closing(Corpus.open(sqlite_url(path))) as corpus:
        assert len(corpus.articles()) == 1
        assert corpus.put(write_article("after")) is Change.ADDED


def test_who_gets_no_connection_is_told_to_try_again(
    sqlite_file_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.database.POOL_PATIENCE_S", 0.01)
    with closing(Corpus.open(sqlite_file_url)) as corpus:

        def read_in_many_threads() -> None:
            with ExitStack() as readers:
                for _ in range(100):
                    readers.enter_context(corpus._database.reading())  # noqa: SLF001 (as many threads would)

        with pytest.raises(DatabaseUnavailable, match="is busy: all connections to it are in use; try again"):
            read_in_many_threads()

        assert corpus.articles() == []
