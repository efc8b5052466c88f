"""Who follows the log of changes sees every change, in order, and learns which passages came and went."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from corpus.articles import ArticleId
from corpus.changes import IDS_AT_ONCE, Change, Standing, StoredChange
from corpus.database import CHANGES_LOCK, Database
from corpus.store import Corpus
from corpus.writing import put as put_article
from corpus.writing import remove as remove_article
from tests.fakes.articles import write_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.stored import PassageId


@pytest.fixture
def session(corpus: Corpus, database_url: str) -> Iterator[Database]:
    """Another session of the same database."""
    del corpus  # it only has to be open first: that makes the tables
    with closing(Database(database_url)) as database:
        yield database


def put(corpus: Corpus, key: str, text: str, *, title: str = "Title") -> ArticleId:
    """Put an article; return its id."""
    corpus.put(write_article(key, text=text, title=title), restore=True)
    return ArticleId(corpus.changes_after(corpus.newest_change() - 1, limit=1)[0].article_id)


def ids_of(corpus: Corpus, article_id: ArticleId) -> set[PassageId]:
    return corpus.standing_of([article_id]).live


# The log


def test_every_change_is_in_the_log_in_order_and_its_newest_id_is_the_state(corpus: Corpus) -> None:
    assert (corpus.newest_change(), corpus.state()) == (0, "0")
    one = put(corpus, "one", "It was calm.")
    two = put(corpus, "two", "Many came.")
    corpus.put(write_article("one", text="It was calm.", title="Title"))
    corpus.put(write_article("one", text="It was calm."))
    corpus.remove(two, because="wrong")
    corpus.put(write_article("two", text="Many came.", title="Title"))
    put(corpus, "two", "Many came.")

    log = corpus.changes_after(0, limit=100)

    assert [(change.article_id, change.kind) for change in log] == [
        (one, Change.ADDED),
        (two, Change.ADDED),
        (one, Change.REVISED),
        (two, Change.REMOVED),
        (two, Change.RESTORED),
    ]
    assert [change.id for change in log] == sorted({change.id for change in log})
    assert corpus.newest_change() == log[-1].id
    assert corpus.state() == corpus.state_at(log[-1].id)
    assert corpus.state_at(log[-1].id + 1) is None


def test_the_log_is_read_in_pieces_from_any_change_on(corpus: Corpus) -> None:
    for number in range(5):
        put(corpus, str(number), "It was calm.")
    log = corpus.changes_after(0, limit=5)

    first = corpus.changes_after(0, limit=2)
    rest = corpus.changes_after(first[-1].id, limit=100)

    assert [*first, *rest] == log
    assert corpus.changes_after(corpus.newest_change(), limit=100) == []
    assert corpus.changes_after(0, limit=0) == list[StoredChange]()


def test_a_later_change_waits_until_an_earlier_one_can_be_seen(corpus: Corpus, session: Database) -> None:
    calm, many = write_article("one", text="It was calm."), write_article("two", text="Many came.")
    with ThreadPoolExecutor(1) as threads:
        with session.changing() as connection:
            put_article(connection, calm, [], restore=False)
            second = threads.submit(corpus.put, many)
            if connection.dialect.name == "postgresql":
                wait_for_a_waiting_session(connection)
            assert not second.done()
            assert corpus.changes_after(0, limit=10) == []
        assert second.result() is Change.ADDED

    assert [change.kind for change in corpus.changes_after(0, limit=10)] == [Change.ADDED, Change.ADDED]


def wait_for_a_waiting_session(connection: sa.Connection) -> None:
    """Return once another session waits for its turn to record changes."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = :id"
    )
    while not connection.scalar(waiting, {"id": CHANGES_LOCK}):
        pass


def test_who_follows_the_log_while_many_write_misses_nothing(corpus: Corpus, session: Database) -> None:
    def put_some(thread: int) -> None:
        for number in range(15):
            corpus.put(write_article(f"{thread}-{number}", text="It was calm."))

    followed: list[StoredChange] = []
    with ThreadPoolExecutor(4) as threads, closing(Corpus(session)) as follower:
        writers = [threads.submit(put_some, thread) for thread in range(4)]
        while not all(writer.done() for writer in writers):
            followed += follower.changes_after(followed[-1].id if followed else 0, limit=7)
        for writer in writers:
            writer.result()

    followed += corpus.changes_after(followed[-1].id if followed else 0, limit=100)
    assert followed == corpus.changes_after(0, limit=100)
    assert len({change.article_id for change in followed}) == 60


def test_a_transaction_that_fails_leaves_no_change(corpus: Corpus, session: Database) -> None:
    one = put(corpus, "one", "It was calm.")
    state = corpus.state()

    def fail() -> None:
        with session.changing() as connection:
            remove_article(connection, one, because="wrong")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert (corpus.state(), len(ids_of(corpus, one))) == (state, 1)


# What came and went


def test_the_passages_of_current_revisions_are_live_and_none_is_gone(corpus: Corpus) -> None:
    one, two = put(corpus, "one", "It was calm. Nobody came."), put(corpus, "two", "Many came.")

    assert corpus.standing_of([one]) == Standing(corpus.passage_ids() - ids_of(corpus, two), set())
    assert corpus.standing_of([one, two, one]) == Standing(corpus.passage_ids(), set())
    assert corpus.standing_of([]) == corpus.standing_of([ArticleId(99)]) == Standing(set(), set())


def test_passages_that_a_revision_no_longer_has_are_gone(corpus: Corpus) -> None:
    one = put(corpus, "one", "It was calm.\n\nNobody came.")
    before = ids_of(corpus, one)

    put(corpus, "one", "It was calm.\n\nMany came.")

    standing = corpus.standing_of([one])
    assert standing.live == corpus.passage_ids()
    assert standing.gone == before - standing.live
    assert (len(standing.live), len(standing.gone), len(before & standing.live)) == (2, 1, 1)


def test_passages_of_a_removed_article_are_gone_and_come_back_with_it(corpus: Corpus) -> None:
    one = put(corpus, "one", "It was calm. Nobody came.")
    before = ids_of(corpus, one)

    corpus.remove(one, because="wrong")
    assert corpus.standing_of([one]) == Standing(set(), before)

    put(corpus, "one", "It was calm. Nobody came.")
    assert corpus.standing_of([one]) == Standing(before, set())


def test_a_passage_that_another_article_still_holds_is_not_gone(corpus: Corpus) -> None:
    one = put(corpus, "one", "It was calm.\n\nNobody came.")
    two = put(corpus, "two", "It was calm.\n\nMany came.")
    shared = ids_of(corpus, one) & ids_of(corpus, two)

    corpus.remove(one, because="wrong")
    standing = corpus.standing_of([one])
    assert len(shared) == len(standing.gone) == 1
    assert not standing.gone & shared

    corpus.remove(two, because="wrong")
    assert corpus.standing_of([one]).gone == standing.gone | shared


def test_the_standing_of_more_than_one_statement_takes_is_whole(corpus: Corpus) -> None:
    text = "\n\n".join(f"Number {number} is said here." for number in range(IDS_AT_ONCE + 5))
    one, two = put(corpus, "one", text), put(corpus, "two", text)
    put(corpus, "three", text.replace("said", "read"))
    before = ids_of(corpus, one)
    corpus.remove(one, because="wrong")
    assert corpus.standing_of([one]) == Standing(set(), set())
    corpus.remove(two, because="wrong")

    standing = corpus.standing_of([ArticleId(99 + number) for number in range(IDS_AT_ONCE)] + [one])

    assert standing == Standing(set(), before)
    assert len(before) == IDS_AT_ONCE + 5


def test_the_standing_of_an_article_is_looked_up_and_never_searched_for(
    corpus: Corpus, session: Database
) -> None:
    one = put(corpus, "one", "It was calm.")
    corpus.remove(one, because="wrong")

    plans = plans_of(corpus, session, one)

    assert len(plans) == 3
    for plan in plans:
        assert "SCAN" not in plan
        assert "Seq Scan" not in plan


def plans_of(corpus: Corpus, session: Database, article_id: ArticleId) -> list[str]:
    """What the database plans for each statement of `standing_of` where tables are too large to search."""
    plans = []

    def explain(connection, cursor, statement, parameters, context, many):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
        if not statement.startswith("SELECT DISTINCT"):
            return
        with session.reading() as other:
            if other.dialect.name == "postgresql":
                other.exec_driver_sql("SET LOCAL enable_seqscan = off")
            word = "EXPLAIN" if other.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            rows = other.exec_driver_sql(f"{word} {statement}", parameters)
            plans.append("\n".join(str(row) for row in rows))

    engine = corpus._database._engine  # noqa: SLF001 (to see the statements that are really sent)
    sa.event.listen(engine, "before_cursor_execute", explain)
    corpus.standing_of([article_id])
    sa.event.remove(engine, "before_cursor_execute", explain)
    return plans
