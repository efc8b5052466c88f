"""What older versions did not compute of articles is computed once, and today's rules reach stored ones."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from corpus import deriving
from corpus.articles import ArticleId, Since
from corpus.database import Database
from corpus.passages import Passage, Span
from corpus.reports import note_copies
from corpus.schema import articles, bands, marks, passages
from corpus.store import Change, Corpus
from tests.fakes.articles import TEXT, write_article

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = (
    "Security forces in Aktau arrested 120 people on Monday, the mayor Nurlan Beketov said. "
    "Two bakeries and a school in the microdistrict were damaged by the fire that followed. "
    "The airport stays closed until Thursday, according to the ministry of transport."
)


@pytest.fixture
def session(corpus: Corpus, database_url: str) -> Iterator[Database]:
    """Another session of the same database."""
    del corpus  # it only has to be open first: that makes the tables
    with closing(Database(database_url)) as database:
        yield database


def derived(session: Database) -> tuple[list[tuple[int, int | None]], set[tuple[int, int]], list[int | None]]:
    """All that is derived: hashes of words, bands, and reports."""
    with session.reading() as connection:
        wordings = sa.select(passages.c.content, passages.c.wording).order_by(
            passages.c.revision_id, passages.c.position
        )
        return (
            [(row.content, row.wording) for row in connection.execute(wordings)],
            {(row.band, row.article_id) for row in connection.execute(sa.select(bands))},
            list(connection.scalars(sa.select(articles.c.report_id).order_by(articles.c.id))),
        )


def forget_derived(session: Database) -> None:
    """Leave the database as an older version would have left it."""
    with session.writing() as connection:
        connection.execute(passages.update().values(wording=None))
        connection.execute(bands.delete())
        connection.execute(articles.update().values(report_id=None))
        connection.execute(marks.delete().where(marks.c.name == deriving.DERIVED))


def test_what_was_derived_by_older_rules_is_derived_again(
    corpus: Corpus, session: Database, database_url: str
) -> None:
    put_reports(corpus)
    before = derived(session)
    for noted in ("done", "2", f"{deriving.RULES - 1}:{deriving.DONE}"):
        with session.writing() as connection:
            connection.execute(passages.update().values(wording=1))
            connection.execute(marks.update().where(marks.c.name == deriving.DERIVED).values(value=noted))
        with closing(Corpus.open(database_url)):
            assert derived(session) == before


def put_reports(corpus: Corpus) -> None:
    """Put two copies of one report, a removed article and a purged one."""
    corpus.put(write_article("first", text=REPORT, source="Agency", published="2022-01-05"))
    corpus.put(write_article("second", text=f"{REPORT} More later.", source="Radio", published="2022-01-05"))
    for key in ("removed", "purged"):
        corpus.put(write_article(key, text=f"The {key} said this. It was calm in Almaty."))
    *_, removed, purged = sorted(one.article_id for one in corpus.articles())
    corpus.remove(removed, because="wrong")
    corpus.purge(purged, because="wrong")


def test_articles_are_stored_with_all_that_is_derived_of_them(corpus: Corpus, session: Database) -> None:
    put_reports(corpus)

    wordings, banded, reports = derived(session)

    assert None not in dict(wordings).values()
    assert {article_id for _, article_id in banded} == {1, 2}
    assert reports == [1, 1, None, None]
    assert [corpus.copies_of(ArticleId(number)) for number in (1, 2, 3, 4, 5)] == [[2], [1], [], [], []]


def test_opening_derives_what_an_older_version_did_not(
    corpus: Corpus, session: Database, database_url: str
) -> None:
    put_reports(corpus)
    state, before = corpus.state(), derived(session)
    forget_derived(session)

    with closing(Corpus.open(database_url)) as opened:
        assert derived(session) == before
        assert opened.state() == state


@pytest.mark.parametrize("published", ["9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+05:00"])
def test_articles_of_the_first_and_the_last_day_are_stored_and_derived(
    corpus: Corpus, session: Database, database_url: str, published: str
) -> None:
    report = f"ALMATY, Jan 5 (Reuters) - {REPORT}"
    for key in ("first", "second"):
        assert corpus.put(write_article(key, text=report, published=published)) is Change.ADDED
    before = derived(session)
    forget_derived(session)

    with closing(Corpus.open(database_url)):
        assert derived(session) == before
    assert corpus.copies_of(ArticleId(1)) == [2]


def test_an_article_that_cannot_be_derived_is_named_without_its_words_and_holds_up_no_other(
    corpus: Corpus,
    session: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    corpus.put(write_article("broken", text="It was calm in Oral, and nobody came."))
    put_reports(corpus)
    forget_derived(session)

    def note_others(connection: sa.Connection, article_id: ArticleId, *told: Any) -> None:  # noqa: ANN401
        if article_id == 1:
            raise OverflowError("It was calm")
        note_copies(connection, article_id, *told)

    monkeypatch.setattr(deriving, "note_copies", note_others)

    with closing(Corpus.open(database_url)) as opened:
        assert opened.copies_of(ArticleId(2)) == [3]
        opened.derive(lambda _done, _total: pytest.fail("it would be tried at every start"))
    assert None in [words for _, words in derived(session)[0]]  # nothing is half done
    (said,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "article 1: " in said.getMessage()
    assert "calm" not in caplog.text


def test_deriving_that_was_interrupted_goes_on_where_it_was(
    corpus: Corpus, session: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deriving, "ARTICLES_AT_ONCE", 1)
    put_reports(corpus)
    before = derived(session)
    forget_derived(session)

    def stop_at_two(done: int, total: int) -> None:
        assert total == 4
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpus.derive(stop_at_two)
    half = derived(session)
    told: list[tuple[int, int]] = []
    corpus.derive(lambda done, total: told.append((done, total)))

    assert half != before
    assert derived(session) == before
    assert told == [(0, 4), (1, 4), (4, 4)]
    corpus.derive(lambda _done, _total: pytest.fail("there was nothing left to do"))


# Cutting anew


def halves(text: str, _language: object) -> tuple[Passage, ...]:
    """Cut a text by other rules: in two."""
    middle, whole = text.index(" ", len(text) // 2), Span(0, len(text))
    return Passage(Span(0, middle), whole), Passage(Span(middle + 1, len(text)), whole)


def test_cutting_anew_by_the_same_rules_changes_nothing(corpus: Corpus) -> None:
    put_reports(corpus)
    state = corpus.state()

    assert corpus.recut() == 0
    assert corpus.state() == state


def test_articles_that_other_rules_cut_otherwise_are_cut_anew(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.put(write_article("one"))
    corpus.put(
        write_article("two", text="It was calm. Nobody came."),
        sentences=halves("It was calm. Nobody came.", ""),
    )
    corpus.put(write_article("removed", text="Many came. It rained."))
    one, two, removed = sorted(revision.article_id for revision in corpus.articles())
    corpus.remove(removed, because="wrong")
    old, cursor = corpus.article(one), corpus.newest_change()
    before = corpus.standing_of([one]).live
    monkeypatch.setattr(deriving, "split", halves)
    told: list[tuple[int, int]] = []

    assert corpus.recut(lambda done, total: told.append((done, total))) == 1

    assert told == [(0, 3), (2, 3), (3, 3)]
    log = corpus.changes_after(cursor, limit=9)
    assert [(change.article_id, change.kind) for change in log] == [(one, Change.RECUT)]
    standing = corpus.standing_of([one, two])
    assert (len(corpus.standing_of([one]).live), standing.gone) == (2, before)
    new = corpus.article(one)
    assert (new.number, new.text, new.title, new.published) == (2, old.text, old.title, old.published)
    # What was cited keeps its place, and nobody is told that the article changed: it says the same.
    (cited,) = corpus.passages_at([(old.id, 3)])
    assert TEXT[cited.sentence.start : cited.sentence.end] == "A state of emergency was declared."
    assert cited.revision.since is Since.NOTHING
    assert corpus.put(write_article("one")) is Change.UNCHANGED
    assert corpus.recut() == 0


def test_cutting_anew_that_was_interrupted_does_what_is_left(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        corpus.put(write_article(str(number)))
    monkeypatch.setattr(deriving, "split", halves)
    monkeypatch.setattr(deriving, "ARTICLES_AT_ONCE", 2)

    def stop_at_two(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpus.recut(stop_at_two)

    assert [revision.number for revision in corpus.articles()].count(2) == 2
    assert corpus.recut() == 3
    assert {revision.number for revision in corpus.articles()} == {2}


def test_an_article_that_changes_while_it_is_cut_anew_is_left_as_it_came(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.put(write_article("one"))

    def cut_slowly(text: str, language: object) -> tuple[Passage, ...]:
        corpus.put(write_article("one", text="Many came. It rained."))
        return halves(text, language)

    monkeypatch.setattr(deriving, "split", cut_slowly)

    assert corpus.recut() == 0
    assert [(one.number, one.text) for one in corpus.articles()] == [(2, "Many came. It rained.")]
