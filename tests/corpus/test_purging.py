"""A purged article is gone from every table and every byte of the database, and no source brings it back."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from corpus.articles import ArticleId, Since
from corpus.changes import Standing
from corpus.database import Database
from corpus.errors import DatabaseUnavailable, UnknownArticle
from corpus.schema import articles, entries, feeds, metadata
from corpus.store import Change, Corpus
from tests.fakes.articles import write_article

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "https://example.org/qwzx-page"

#: Every field says a word that stands nowhere else; enough of it to fill pages of its own.
SECRET = {
    "title": "The qwzx title",
    "text": "Nobody must read qwzx again. " + "More was said of qwzx by many. " * 400,
    "source": "The qwzx Paper",
    "author": "Q. Wzx-qwzx",
    "url": URL,
    "published": "2022-01-05",
}
WORDS = (b"qwzx", b"Wzx")


@pytest.fixture
def session(corpus: Corpus, database_url: str) -> Iterator[Database]:
    """Another session of the same database."""
    del corpus  # it only has to be open first: that makes the tables
    with closing(Database(database_url)) as database:
        yield database


def put_secret(corpus: Corpus) -> ArticleId:
    """Put the article that is to be purged, with an earlier revision, among others."""
    for number in range(5):
        corpus.put(write_article(str(number), text=f"It was calm on day {number}. Nobody came."))
    corpus.put(write_article(**{**SECRET, "title": "The first qwzx title"}))
    corpus.put(write_article(**SECRET))
    return next(one.article_id for one in corpus.articles() if one.url == URL)


def rows_of(session: Database) -> str:
    """All rows of all tables, written out."""
    with session.reading() as connection:
        return "\n".join(
            f"{table.name}: {row}"
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
        )


def files_of(session: Database) -> list[Path]:
    """The files in which a database keeps its tables; SQLite's log is one of them."""
    with session.writing() as connection:
        if connection.dialect.name == "sqlite":
            file = Path(connection.engine.url.database or "")
            return [*file.parent.glob(f"{file.name}*")]
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
        number = connection.exec_driver_sql(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
    with session._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:  # noqa: SLF001
        connection.exec_driver_sql("CHECKPOINT")
    try:
        return [*(folder / "base" / str(number)).iterdir()]
    except OSError as error:
        pytest.skip(f"the files of this PostgreSQL cannot be read: {error}")


def files_with_its_words(session: Database) -> list[str]:
    return [file.name for file in files_of(session) if any(word in file.read_bytes() for word in WORDS)]


def test_no_row_and_no_byte_of_a_purged_article_is_left(corpus: Corpus, session: Database) -> None:
    article_id = put_secret(corpus)
    others = corpus.passage_ids() - corpus.standing_of([article_id]).live
    assert "qwzx" in rows_of(session)
    assert files_with_its_words(session)

    corpus.purge(article_id, because="a witness asked for it")

    assert "qwzx" not in rows_of(session)
    assert files_with_its_words(session) == []
    assert corpus.passage_ids() == others
    assert (corpus.summary().articles, corpus.sources()) == (5, (("Test", 5),))


def test_an_article_that_is_removed_already_can_be_purged(corpus: Corpus, session: Database) -> None:
    article_id = put_secret(corpus)
    corpus.remove(article_id, because="the qwzx agency withdrew it")
    assert "qwzx" in rows_of(session)

    corpus.purge(article_id, because="a court ordered it")

    assert "qwzx" not in rows_of(session)
    assert corpus.history(article_id).removed_because == "a court ordered it"


def test_what_stays_says_that_it_was_there_when_and_why_it_went(corpus: Corpus) -> None:
    article_id = put_secret(corpus)
    places = [(revision.id, 0) for revision in corpus.history(article_id).revisions]
    before = datetime.now(UTC)
    cursor = corpus.newest_change()

    corpus.purge(article_id, because="a witness asked for it")

    history = corpus.history(article_id)
    assert history.removed_because == "a witness asked for it"
    assert history.purged_at is not None
    assert before <= history.purged_at <= datetime.now(UTC)
    assert history.purged_at == history.removed_at
    assert [(one.number, one.title, one.text, one.since) for one in history.revisions] == [
        (1, "", "", Since.REMOVED),
        (2, "", "", Since.REMOVED),
    ]
    assert [one.article_id for one in corpus.removed()] == [article_id]
    assert [one.kind for one in corpus.changes_after(cursor, limit=9)] == [Change.PURGED]
    assert corpus.passages_at(places) == []
    assert corpus.standing_of([article_id]) == Standing(set(), set())
    with pytest.raises(UnknownArticle):
        corpus.article(article_id)


@pytest.mark.parametrize("restore", [False, True], ids=["a source", "a person"])
def test_nobody_brings_a_purged_article_back(corpus: Corpus, session: Database, *, restore: bool) -> None:
    article_id = put_secret(corpus)
    corpus.purge(article_id, because="wrong")
    state = corpus.state()

    assert corpus.put(write_article(**SECRET), restore=restore) is Change.STAYS_REMOVED
    assert (
        corpus.put(write_article(**{**SECRET, "text": "Other qwzx"}), restore=restore) is Change.STAYS_REMOVED
    )

    assert (corpus.state(), corpus.removed_because(URL)) == (state, "wrong")
    assert "qwzx" not in rows_of(session)
    assert corpus.put(write_article("new")) is Change.ADDED


def test_a_feed_knows_a_purged_article_by_hashes_only(corpus: Corpus, session: Database) -> None:
    article_id = put_secret(corpus)
    now = datetime.now(UTC)
    with session.writing() as connection:
        connection.execute(
            feeds.insert().values(
                id=1,
                url="https://example.org/feed",
                stated="{}",
                every_s=60,
                added_at=now,
                next_at=now,
                failures=0,
            )
        )
        for key in (URL, "https://example.org/other"):
            connection.execute(
                entries.insert().values(
                    feed_id=1,
                    entry=key[-9:],
                    digest="d",
                    article_key=key,
                    problem=key,
                    failures=1,
                    seen_at=now,
                )
            )

    corpus.purge(article_id, because="wrong")

    with session.reading() as connection:
        stored = connection.scalar(sa.select(articles.c.key).where(articles.c.id == article_id))
        assert stored is not None
        assert stored.startswith("purged:")
        known = connection.execute(sa.select(entries.c.article_key, entries.c.problem)).all()
        assert set(known) == {(stored, None), ("https://example.org/other", "https://example.org/other")}


def test_the_hash_of_a_key_is_keyed_so_two_databases_have_different_ones(tmp_path: Path) -> None:
    keys: list[str] = []
    for name in ("one", "other"):
        with closing(Corpus.open(f"sqlite:///{tmp_path / name}")) as corpus:
            corpus.purge(put_secret(corpus), because="wrong")
        with closing(Database(f"sqlite:///{tmp_path / name}")) as database, database.reading() as connection:
            keys += connection.scalars(
                sa.select(articles.c.key).where(articles.c.purged_at.is_not(None))
            ).all()

    assert len(set(keys)) == 2


def test_purging_twice_changes_nothing_and_what_never_was_cannot_be_purged(corpus: Corpus) -> None:
    article_id = put_secret(corpus)
    corpus.purge(article_id, because="wrong")
    state, history = corpus.state(), corpus.history(article_id)

    corpus.purge(article_id, because="again")

    assert (corpus.state(), corpus.history(article_id)) == (state, history)
    with pytest.raises(UnknownArticle, match="there never was an article 99;"):
        corpus.purge(ArticleId(99), because="wrong")


def test_while_somebody_still_reads_it_people_are_told_to_purge_again(
    sqlite_file_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.database.SQLITE_PATIENCE_S", 0.05)
    with closing(Corpus.open(sqlite_file_url)) as corpus, closing(Database(sqlite_file_url)) as session:
        article_id = put_secret(corpus)
        with session.reading() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(articles)) == 6
            with pytest.raises(
                DatabaseUnavailable, match=r"could not be overwritten yet: .*run the same command"
            ):
                corpus.purge(article_id, because="wrong")
        assert corpus.history(article_id).purged_at is not None
        assert files_with_its_words(session)

        corpus.purge(article_id, because="wrong")

        assert files_with_its_words(session) == []
