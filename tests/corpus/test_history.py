"""Everything that an article ever said is kept, and whoever comes back to it learns what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from corpus.articles import ArticleId, Revision, RevisionId, Since
from corpus.errors import UnknownArticle
from tests.fakes.articles import write_article

if TYPE_CHECKING:
    from corpus.store import Corpus

CALM, MANY = "It was calm. Nobody came.", "It was calm. Many came."


def put(corpus: Corpus, text: str, *, key: str = "one") -> Revision:
    """Put an article; return its current revision."""
    corpus.put(write_article(key, text=text, url=f"https://example.org/{key}"), restore=True)
    return next(one for one in corpus.articles() if one.url == f"https://example.org/{key}")


def quotes(corpus: Corpus, *places: tuple[RevisionId, int]) -> list[tuple[str, Since]]:
    """The sentences at these places, and what became of their articles."""
    found = corpus.passages_at(places)
    return [(one.revision.text[one.sentence.start : one.sentence.end], one.revision.since) for one in found]


def test_a_history_has_every_revision_and_from_when_to_when_it_was_current(corpus: Corpus) -> None:
    before = datetime.now(UTC)
    for text in (CALM, MANY, MANY, CALM):
        put(corpus, text)
    revision = put(corpus, f"{CALM} It rained.")

    history = corpus.history(revision.article_id)

    assert [one.number for one in history.revisions] == [1, 2, 3, 4]
    assert [one.text for one in history.revisions] == [CALM, MANY, CALM, f"{CALM} It rained."]
    for earlier, later in zip(history.revisions, history.revisions[1:], strict=False):
        assert earlier.superseded_at is not None
        assert earlier.seen_at <= earlier.superseded_at <= later.seen_at
    assert history.revisions[-1] == corpus.article(revision.article_id)
    assert (history.revisions[-1].superseded_at, history.revisions[-1].since) == (None, Since.NOTHING)
    assert [one.since for one in history.revisions[:3]] == [Since.CHANGED] * 3
    assert before <= history.added_at <= history.revisions[0].seen_at
    assert (history.removed_at, history.removed_because, history.purged_at) == (None, None, None)


def test_a_removed_article_keeps_its_history_with_the_reason(corpus: Corpus) -> None:
    revision = put(corpus, CALM)
    before = datetime.now(UTC)
    corpus.remove(revision.article_id, because="the agency withdrew it")

    history = corpus.history(revision.article_id)

    assert (history.removed_because, history.purged_at) == ("the agency withdrew it", None)
    assert history.removed_at is not None
    assert before <= history.removed_at <= datetime.now(UTC)
    assert [(one.text, one.since) for one in history.revisions] == [(CALM, Since.REMOVED)]


def test_removed_articles_are_listed_the_latest_first_each_with_what_it_said_last(corpus: Corpus) -> None:
    put(corpus, CALM, key="stays")
    ids = [put(corpus, text, key=key).article_id for key, text in (("a", CALM), ("b", CALM), ("b", MANY))]
    corpus.remove(ids[0], because="first")
    corpus.remove(ids[2], because="second")

    listed = corpus.removed()

    assert [(one.article_id, one.removed_because) for one in listed] == [
        (ids[2], "second"),
        (ids[0], "first"),
    ]
    assert [[one.text for one in history.revisions] for history in listed] == [[MANY], [CALM]]


def test_what_never_was_has_no_history(corpus: Corpus) -> None:
    with pytest.raises(UnknownArticle, match="there never was an article 7; `crisisbot articles list`"):
        corpus.history(ArticleId(7))
    assert corpus.removed() == []


# Places that somebody remembers


def test_a_place_in_an_old_revision_is_found_and_marked_as_changed_since(corpus: Corpus) -> None:
    old, new = put(corpus, CALM), put(corpus, MANY)

    assert quotes(corpus, (old.id, 1), (new.id, 1)) == [
        ("Nobody came.", Since.CHANGED),
        ("Many came.", Since.NOTHING),
    ]
    (passage,) = corpus.passages_at([(old.id, 1)])
    assert passage.revision.superseded_at is not None
    (around,) = corpus.neighbours([passage], before=3, after=3)
    assert [old.text[span.start : span.end] for span in around] == ["It was calm.", "Nobody came."]


def test_an_old_revision_is_unmarked_where_the_article_says_the_same_again(corpus: Corpus) -> None:
    old, between, _ = put(corpus, CALM), put(corpus, MANY), put(corpus, CALM)

    assert quotes(corpus, (old.id, 1), (between.id, 1)) == [
        ("Nobody came.", Since.NOTHING),
        ("Many came.", Since.CHANGED),
    ]


def test_no_word_of_a_removed_article_is_handed_out_but_that_it_was_removed(corpus: Corpus) -> None:
    old, new = put(corpus, CALM), put(corpus, MANY)
    corpus.remove(new.article_id, because="wrong")

    found = corpus.passages_at([(old.id, 1), (new.id, 0)])

    assert [one.revision.since for one in found] == [Since.REMOVED, Since.REMOVED]
    for one in found:
        revision = one.revision
        assert revision.title == revision.text == revision.source == ""
        assert (revision.url, revision.author, revision.published) == (None, None, None)
    put(corpus, MANY)
    assert quotes(corpus, (old.id, 1), (new.id, 0)) == [
        ("Nobody came.", Since.CHANGED),
        ("It was calm.", Since.NOTHING),
    ]
