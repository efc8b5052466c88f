"""Wire copies in the database: on SQLite and on PostgreSQL, through the corpus's own door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from corpus import reports
from corpus.articles import Article, ArticleId
from corpus.database import Database
from corpus.reports import CANDIDATES, also_in
from corpus.schema import articles, bands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.store import Corpus
    from corpus.stored import StoredPassage

FIRST = "Eight police officers have been killed in Almaty, the interior ministry said on Thursday."
SECOND = "Another 317 officers were injured in clashes in several regions of Kazakhstan."
THIRD = "President Kassym-Jomart Tokayev declared a state of emergency until January 19."
FULL = f"{FIRST} {SECOND} {THIRD}"


@pytest.fixture
def database(corpus: Corpus, database_url: str) -> Iterator[Database]:
    """The corpus's database, to look into."""
    assert corpus.articles() == []
    opened = Database(database_url)
    yield opened
    opened.close()


def put(corpus: Corpus, key: str, text: str, **fields: object) -> ArticleId:
    raw = {"title": key, "text": text, "language": "en", "source": key.title(), **fields}
    corpus.put(Article.parse(raw, key=key, obtained="test", source=""), restore=True)
    return next(id_ for id_, known in corpus.keys().items() if known == key)


def reports_of(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {row.key: row.report_id for row in connection.execute(sa.select(articles))}


def passage(corpus: Corpus, key: str, position: int = 0) -> StoredPassage:
    article_id = next(id_ for id_, known in corpus.keys().items() if known == key)
    [found] = corpus.passages_at([(corpus.article(article_id).id, position)])
    return found


def also(database: Database, one: StoredPassage) -> list[tuple[str, int]]:
    """Return the sources and positions of the copies of a passage."""
    with database.reading() as connection:
        return [(copy.source, copy.position) for copy in also_in(connection, [one])[one.id]]


def test_copies_are_one_report_and_keep_their_own_articles(corpus: Corpus, database: Database) -> None:
    full = put(corpus, "full", FULL)
    put(corpus, "short", f"{FIRST} {SECOND}")
    other = put(corpus, "other", FULL.replace("317", "353"))

    assert reports_of(database) == {"full": full, "short": full, "other": other}
    assert len(corpus.articles()) == 3


def test_a_full_report_joins_excerpts_that_came_before_it(corpus: Corpus, database: Database) -> None:
    start = put(corpus, "start", f"{FIRST} {SECOND}")
    end = put(corpus, "end", f"{FIRST} {THIRD}")
    assert reports_of(database) == {"start": start, "end": end}

    put(corpus, "full", FULL)

    assert set(reports_of(database).values()) == {start}


def test_a_short_copy_that_fits_two_reports_does_not_make_them_one(
    corpus: Corpus, database: Database
) -> None:
    early = put(corpus, "early", FULL)
    late = put(corpus, "late", FULL.replace("317", "353"))
    put(corpus, "short", f"{FIRST} {THIRD}")

    found = reports_of(database)
    assert (found["early"], found["late"]) == (early, late)
    assert found["short"] in {early, late}


def test_a_revision_may_leave_its_report_and_come_back(corpus: Corpus, database: Database) -> None:
    full = put(corpus, "full", FULL)
    short = put(corpus, "short", f"{FIRST} {SECOND}")

    put(corpus, "short", f"{FIRST} {SECOND}".replace("Eight", "Twelve"))
    assert reports_of(database) == {"full": full, "short": short}

    put(corpus, "short", f"{FIRST} {SECOND}")
    assert reports_of(database) == {"full": full, "short": full}


def test_when_the_first_copy_leaves_the_next_one_names_the_report(corpus: Corpus, database: Database) -> None:
    full = put(corpus, "full", FULL)
    second = put(corpus, "second", FULL)
    put(corpus, "third", f"{FIRST} {SECOND}")

    put(corpus, "full", "The museum of fine arts opens again on Sunday, its director Anna Lee said.")

    assert reports_of(database) == {"full": full, "second": second, "third": second}


def test_a_removed_copy_is_named_no_more_and_the_others_stay_one(corpus: Corpus, database: Database) -> None:
    full = put(corpus, "full", FULL, published="2022-01-06")
    put(corpus, "second", FULL, published="2022-01-07")
    put(corpus, "third", FULL, published="2022-01-08")
    assert also(database, passage(corpus, "third")) == [("Full", 0), ("Second", 0)]

    corpus.remove(full, because="test")

    assert also(database, passage(corpus, "third")) == [("Second", 0)]
    found = reports_of(database)
    assert found["second"] == found["third"]


def test_a_sentence_names_the_copies_that_have_it_the_earliest_first(
    corpus: Corpus, database: Database
) -> None:
    put(corpus, "late", FULL, published="2022-01-07")
    put(corpus, "morning", FULL, published="2022-01-06T08:00:00+06:00")
    put(corpus, "short", f"{SECOND} {FIRST}", published="2022-01-06T21:00:00+06:00")
    put(corpus, "undated", FULL)

    one = passage(corpus, "late", 1)

    assert also(database, one) == [("Morning", 1), ("Short", 0), ("Undated", 1)]
    assert also(database, passage(corpus, "late", 2)) == [("Morning", 2), ("Undated", 2)]


def test_in_copies_of_its_report_a_sentence_may_be_worded_a_little_otherwise(
    corpus: Corpus, database: Database
) -> None:
    put(corpus, "one", FULL)
    said = "The interior ministry said that on Thursday eight police officers have been killed in Almaty."
    put(corpus, "two", f"{said} {SECOND} {THIRD}")

    assert also(database, passage(corpus, "one")) == [("Two", 0)]
    assert also(database, passage(corpus, "two")) == [("One", 0)]


def test_in_other_articles_a_sentence_counts_in_the_same_words_if_it_tells_something(
    corpus: Corpus, database: Database
) -> None:
    put(
        corpus,
        "one",
        f"Schools are closed in the capital. {SECOND} He did not say more.",
        published="2022-01-06",
    )
    put(corpus, "two", f"He did not say more. {SECOND} Trains run late in the north.", published="2022-01-07")
    put(corpus, "old", f"Long ago it was otherwise. {SECOND} He did not say more.", published="2021-01-07")
    found = reports_of(database)
    assert len(set(found.values())) == 3

    assert also(database, passage(corpus, "one", 1)) == [("Two", 1)]
    assert also(database, passage(corpus, "one", 2)) == []


def test_a_sentence_in_very_many_articles_is_a_footer(
    corpus: Corpus, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "ARTICLES_OF_A_SENTENCE", 6)
    footer = "Read all news of the agency Kaztag on its site and in six social networks every day."
    for number in range(7):
        put(corpus, f"n{number}", f"Village number {number} tells a story of its own about things. {footer}")
        if number == 2:
            assert len(also(database, passage(corpus, "n0", 1))) == 2

    assert also(database, passage(corpus, "n0", 1)) == []
    assert len(set(reports_of(database).values())) == 7


def test_however_many_share_a_phrase_a_new_article_is_compared_with_few(
    corpus: Corpus, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    told = reports._told  # noqa: SLF001 (what it is given is the promise)

    def count(connection: sa.Connection, ids: list[ArticleId], **like: str) -> object:
        compared.append(len(ids))
        return told(connection, ids, **like)

    monkeypatch.setattr(reports, "ARTICLES_OF_A_BAND", CANDIDATES + 2)
    phrase = "Subscribe to the news of the agency Kaztag in the morning."
    for number in range(CANDIDATES + 6):
        put(corpus, f"n{number}", f"Village number {number} has a story. {phrase}")
    first = put(corpus, "first", f"{FULL} {phrase}")
    monkeypatch.setattr(reports, "_told", count)

    put(corpus, "second", f"{FULL} {phrase}")

    assert compared[0] == CANDIDATES
    assert reports_of(database)["second"] == first


def test_bands_of_an_article_are_those_of_its_current_revision(corpus: Corpus, database: Database) -> None:
    def bands_of(article_id: ArticleId) -> set[int]:
        with database.reading() as connection:
            return set(connection.scalars(sa.select(bands.c.band).where(bands.c.article_id == article_id)))

    one = put(corpus, "one", FULL)
    before = bands_of(one)
    put(corpus, "one", f"{FIRST} {SECOND}")
    after = bands_of(one)

    assert after < before
    assert after


def test_copies_are_within_one_language(corpus: Corpus, database: Database) -> None:
    one = put(corpus, "one", FULL)
    two = put(corpus, "two", FULL, language="ru")

    assert reports_of(database) == {"one": one, "two": two}
    assert also(database, passage(corpus, "one")) == []
