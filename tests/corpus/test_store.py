"""The corpus keeps every article and every state of it, and finds each sentence where it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.articles import Article, ArticleId, RevisionId
from corpus.database import Database
from corpus.errors import InvalidArticle, UnknownArticle
from corpus.languages import Language
from corpus.passages import Span, split
from corpus.schema import revisions
from corpus.store import Change, Corpus
from corpus.stored import CorpusSummary, PassageId, PassageText, StoredPassage, passage_id, passage_text
from tests.fakes.articles import TEXT, write_article

if TYPE_CHECKING:
    from collections.abc import Iterator

ALMATY = timezone(timedelta(hours=6))


def passages_of(corpus: Corpus, article_id: ArticleId) -> list[StoredPassage]:
    """All passages of an article, by their places, in order."""
    revision = corpus.article(article_id)
    return corpus.passages_at([(revision.id, position) for position in range(len(revision.text))])


def sentences(passages: list[StoredPassage]) -> list[str]:
    return [passage_text(passage).sentence for passage in passages]


def only(corpus: Corpus) -> ArticleId:
    """The id of the only article."""
    (revision,) = corpus.articles()
    return revision.article_id


@pytest.fixture
def history(corpus: Corpus, database_url: str) -> Iterator[Database]:
    """The corpus's database, to look at what it keeps of superseded revisions."""
    del corpus  # it only has to be open first: that makes the tables
    database = Database(database_url)
    yield database
    database.close()


# Putting


def test_a_new_article_is_there_as_it_was_put(corpus: Corpus) -> None:
    before = datetime.now(UTC)
    article = write_article(
        source="Agency",
        author="A. Reporter",
        url="https://example.org/a?b=c#d",
        published="2022-01-05T14:30:00+06:00",
    )

    assert corpus.put(article) is Change.ADDED

    revision = corpus.article(only(corpus))
    assert (revision.title, revision.text, revision.source) == ("Protests in Zhanaozen", TEXT, "Agency")
    assert (revision.author, revision.url) == ("A. Reporter", "https://example.org/a?b=c#d")
    assert revision.published == datetime(2022, 1, 5, 14, 30, tzinfo=ALMATY)
    assert (revision.number, revision.language, revision.obtained) == (1, Language.ENGLISH, "test")
    assert before <= revision.seen_at <= datetime.now(UTC)
    assert revision.seen_at.tzinfo is UTC


def test_moments_are_in_utc_whatever_zone_the_server_lives_in(postgresql_url: str) -> None:
    separator = "&" if "?" in postgresql_url else "?"
    corpus = Corpus.open(f"{postgresql_url}{separator}options=-c%20timezone%3DAsia/Almaty")
    corpus.put(write_article())

    assert corpus.articles()[0].seen_at.tzinfo is UTC
    assert datetime.now(UTC) - corpus.articles()[0].seen_at < timedelta(minutes=1)
    corpus.close()


def test_putting_the_same_again_changes_nothing(corpus: Corpus) -> None:
    corpus.put(write_article())
    before = (corpus.state(), corpus.articles(), corpus.passage_ids())

    assert corpus.put(write_article()) is Change.UNCHANGED

    assert (corpus.state(), corpus.articles(), corpus.passage_ids()) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"text": f"{TEXT} Order returned."},
        {"title": "Unrest in Zhanaozen"},
        {"published": "2022-01-06"},
        {"published": "2022-01-05T00:00:00Z"},
        {"source": "Another"},
        {"author": "None"},
        {"language": "ru"},
    ],
    ids=lambda changed: "-".join(f"{field}={value[-20:]}" for field, value in changed.items()),
)
def test_other_content_is_a_new_revision(corpus: Corpus, changed: dict[str, str]) -> None:
    corpus.put(write_article(published="2022-01-05"))
    first = corpus.article(only(corpus))

    assert corpus.put(write_article(**{"published": "2022-01-05", **changed})) is Change.REVISED

    second = corpus.article(only(corpus))
    assert (second.article_id, second.number) == (first.article_id, 2)
    assert second.id > first.id
    assert second != first


def test_an_old_revision_is_kept_and_says_when_it_was_superseded(corpus: Corpus, history: Database) -> None:
    for number in range(3):
        corpus.put(write_article(title=f"Title {number}"))

    columns = (revisions.c.number, revisions.c.title, revisions.c.superseded_at, revisions.c.seen_at)
    with history.reading() as connection:
        first, second, third = connection.execute(sa.select(*columns).order_by(revisions.c.id)).all()
    assert (first.number, first.title) == (1, "Title 0")
    assert (second.number, second.title) == (2, "Title 1")
    assert (third.number, third.title, third.superseded_at) == (3, "Title 2", None)
    assert first.seen_at <= first.superseded_at <= second.seen_at <= second.superseded_at <= third.seen_at


def test_going_back_to_an_earlier_text_is_a_revision_too(corpus: Corpus) -> None:
    for title in ("A", "B", "A"):
        corpus.put(write_article(title=title))

    assert corpus.article(only(corpus)).number == 3


def test_answers_come_only_from_the_current_revision(corpus: Corpus) -> None:
    corpus.put(write_article(text="It was calm. Nobody came."))
    old = passages_of(corpus, only(corpus))

    corpus.put(write_article(text="It was calm. Many came."))

    current = passages_of(corpus, only(corpus))
    assert sentences(current) == ["It was calm.", "Many came."]
    assert corpus.passage_ids() == {passage.id for passage in current}
    assert corpus.passages([passage.id for passage in old]) == {}


def test_an_article_with_a_url_is_the_same_wherever_it_was_found(corpus: Corpus) -> None:
    corpus.put(write_article("file-1", url="https://example.org/a"))

    assert corpus.put(write_article("file-2", url="https://example.org/a")) is Change.UNCHANGED


@pytest.mark.parametrize(
    "key",
    ["й" * 5_000, "\0", "\ud800", "", "' OR 1=1 --"],
    ids=["long", "nul", "surrogate", "empty", "quote"],
)
def test_any_key_can_be_stored_and_is_found_again(corpus: Corpus, key: str) -> None:
    assert corpus.put(write_article(key)) is Change.ADDED
    assert corpus.put(write_article(key)) is Change.UNCHANGED
    assert corpus.put(write_article(f"{key}2")) is Change.ADDED


def test_a_published_moment_with_the_oddest_zone_can_be_stored(corpus: Corpus) -> None:
    odd = timezone(timedelta(hours=5, minutes=7, seconds=48, microseconds=123_456))
    corpus.put(write_article(published=datetime(2022, 1, 5, 14, 30, 1, 654_321, tzinfo=odd)))

    assert corpus.article(only(corpus)).published == datetime(2022, 1, 5, 14, 30, 1, tzinfo=odd)


# Removing


def test_a_removed_article_is_out_of_everything(corpus: Corpus) -> None:
    corpus.put(write_article("stays", title="Stays", published="2022-01-03"))
    stays, ids = only(corpus), corpus.passage_ids()
    corpus.put(write_article("goes", title="Goes", source="Elsewhere", language="ru", published="2022-01-04"))
    goes = corpus.articles()[-1]

    assert corpus.remove(goes.article_id, because="wrong") == goes

    assert [revision.article_id for revision in corpus.articles()] == [stays]
    assert [revision.article_id for revision in corpus.latest(5)] == [stays]
    assert corpus.sources() == (("Test", 1),)
    assert corpus.passage_ids() == ids
    assert corpus.passage_count() == 4
    assert corpus.summary() == CorpusSummary(1, 0, (Language.ENGLISH,), "2022-01-03", "2022-01-03")
    with pytest.raises(UnknownArticle, match=f"article {goes.article_id} was removed on"):
        corpus.article(goes.article_id)


def test_sources_do_not_bring_a_removed_article_back(corpus: Corpus) -> None:
    corpus.put(write_article())
    corpus.remove(only(corpus), because="wrong")
    state = corpus.state()

    assert corpus.put(write_article()) is Change.STAYS_REMOVED
    assert corpus.put(write_article(title="Corrected")) is Change.STAYS_REMOVED

    assert corpus.articles() == []
    assert corpus.state() == state


@pytest.mark.parametrize("title, number", [("Protests in Zhanaozen", 1), ("Corrected", 2)])
def test_a_person_can_bring_it_back_as_it_was_or_changed(corpus: Corpus, title: str, number: int) -> None:
    corpus.put(write_article())
    article_id = only(corpus)
    corpus.remove(article_id, because="wrong")

    assert corpus.put(write_article(title=title), restore=True) is Change.RESTORED

    revision = corpus.article(article_id)
    assert (revision.title, revision.number) == (title, number)
    assert len(corpus.passage_ids()) == 4
    assert corpus.put(write_article(title=title)) is Change.UNCHANGED


def test_a_correction_is_of_the_revision_that_was_read_or_of_none(corpus: Corpus) -> None:
    article = write_article()
    corpus.put(article)
    read = corpus.find(article.key)
    assert read is not None
    corrected, other = (replace(article, text=f"{word}. {TEXT}") for word in ("Corrected", "Other"))
    assert corpus.correct(corrected, of=read.id) is Change.REVISED
    assert corpus.correct(other, of=read.id) is None
    (revision,) = corpus.articles()
    assert (revision.text, revision.number) == (corrected.text, 2)
    corpus.remove(revision.article_id, because="wrong")
    assert corpus.correct(other, of=revision.id) is Change.STAYS_REMOVED
    assert corpus.articles() == []


def test_restoring_what_was_never_removed_is_an_ordinary_put(corpus: Corpus) -> None:
    assert corpus.put(write_article(), restore=True) is Change.ADDED
    assert corpus.put(write_article(), restore=True) is Change.UNCHANGED
    assert corpus.put(write_article(title="Other"), restore=True) is Change.REVISED


def test_what_is_not_there_cannot_be_removed_or_removed_twice(corpus: Corpus) -> None:
    with pytest.raises(UnknownArticle, match="no article 7; `crisisbot articles list` shows"):
        corpus.remove(ArticleId(7), because="wrong")
    corpus.put(write_article())
    article_id = only(corpus)
    corpus.remove(article_id, because="wrong")

    with pytest.raises(UnknownArticle, match=rf"article {article_id} was removed on .*\(wrong\)"):
        corpus.remove(article_id, because="again")


# Finding


def test_each_passage_is_its_sentence_where_it_stands(corpus: Corpus) -> None:
    corpus.put(write_article())

    passages = passages_of(corpus, only(corpus))

    assert sentences(passages) == [
        "Protests began in Zhanaozen on 2 January.",
        "People demanded a lower price of gas.",
        "The government resigned on 5 January.",
        "A state of emergency was declared.",
    ]
    assert [passage.position for passage in passages] == [0, 1, 2, 3]
    assert [passage.paragraph for passage in passages] == [Span(0, 79)] * 2 + [Span(81, 153)] * 2


def test_an_id_says_what_is_indexed_and_fits_into_63_bits(corpus: Corpus) -> None:
    corpus.put(write_article(text="It was calm."))

    (passage,) = passages_of(corpus, only(corpus))

    assert passage_text(passage) == PassageText(
        passage.id, Language.ENGLISH, "Protests in Zhanaozen", "It was calm.", "It was calm."
    )
    assert corpus.passage_ids() == {passage.id}


def test_an_id_depends_on_all_that_is_indexed_and_nothing_else() -> None:
    fields: dict[str, Any] = {
        "language": Language.ENGLISH,
        "title": "T",
        "paragraph": "A. B.",
        "sentence": "A.",
    }
    others: list[dict[str, Any]] = [
        {"language": Language.RUSSIAN},
        {"title": "U"},
        {"paragraph": "A. C."},
        {"sentence": "B."},
        {"title": "", "paragraph": "T\x1fA. B."},
    ]

    ids = {passage_id(**{**fields, **other}) for other in [{}, *others]}

    assert len(ids) == 6
    assert all(0 <= id_ < 2**63 for id_ in ids)


def test_the_same_sentence_in_two_articles_is_one_id_at_two_places(corpus: Corpus) -> None:
    corpus.put(write_article("one", source="First"))
    corpus.put(write_article("two", source="Second"))

    ids = corpus.passage_ids()
    found = corpus.passages(ids)

    assert len(ids) == 4
    assert set(found) == ids
    for places in found.values():
        assert [place.revision.source for place in places] == ["First", "Second"]
        assert places[0].sentence == places[1].sentence
    assert corpus.passage_count() == 8


def test_an_id_stays_while_one_of_its_places_does(corpus: Corpus) -> None:
    corpus.put(write_article("one", source="First"))
    corpus.put(write_article("two", source="Second"))
    ids = corpus.passage_ids()

    corpus.remove(corpus.articles()[0].article_id, because="wrong")

    assert corpus.passage_ids() == ids
    assert {place.revision.source for places in corpus.passages(ids).values() for place in places} == {
        "Second"
    }


def test_a_sentence_said_twice_in_a_paragraph_stands_at_both_places_in_order(corpus: Corpus) -> None:
    corpus.put(write_article(text="No. It was calm. No."))

    first, _, third = passages_of(corpus, only(corpus))

    assert first.id == third.id
    assert corpus.passages([first.id]) == {first.id: [first, third]}


def test_unknown_ids_and_places_are_missing_not_wrong(corpus: Corpus) -> None:
    corpus.put(write_article())
    first = passages_of(corpus, only(corpus))[0]

    assert corpus.passages([]) == {}
    assert corpus.passages([PassageId(5), first.id]) == {first.id: [first]}
    assert corpus.passages_at([]) == []
    assert corpus.passages_at([(first.revision.id, 99), (RevisionId(99), 0)]) == []


def test_passages_at_places_keep_the_order_asked_for(corpus: Corpus) -> None:
    corpus.put(write_article())
    revision = corpus.article(only(corpus)).id

    found = corpus.passages_at([(revision, 2), (revision, 9), (revision, 0), (revision, 2)])

    assert [passage.position for passage in found] == [2, 0, 2]


def test_passage_texts_come_once_each_in_ascending_order_however_many(corpus: Corpus) -> None:
    text = " ".join(f"Number {i} is said here." for i in range(1_500))
    corpus.put(write_article("one", text=text))
    corpus.put(write_article("two", text=text))

    texts = list(corpus.passage_texts(corpus.passage_ids()))

    assert [one.id for one in texts] == sorted(corpus.passage_ids())
    assert {one.sentence for one in texts} == {f"Number {i} is said here." for i in range(1_500)}


@pytest.mark.parametrize(
    "position, before, after, expected",
    [
        (1, 1, 1, [0, 1, 2]),
        (0, 2, 1, [0, 1]),
        (3, 1, 5, [2, 3]),
        (2, 0, 0, [2]),
    ],
)
def test_neighbours_are_the_sentences_around_as_far_as_there_are(
    corpus: Corpus, position: int, before: int, after: int, expected: list[int]
) -> None:
    corpus.put(write_article())
    passages = passages_of(corpus, only(corpus))

    (found,) = corpus.neighbours([passages[position]], before=before, after=after)

    assert found == tuple(passages[i].sentence for i in expected)


def test_neighbours_of_several_passages_stay_apart(corpus: Corpus) -> None:
    corpus.put(write_article("one"))
    corpus.put(write_article("two", text="It was calm. Nobody came."))
    one, two = (passages_of(corpus, revision.article_id) for revision in corpus.articles())

    found = corpus.neighbours([two[1], one[0], two[0]], before=0, after=1)

    assert found == [
        (two[1].sentence,),
        (one[0].sentence, one[1].sentence),
        (two[0].sentence, two[1].sentence),
    ]
    assert corpus.neighbours([], before=1, after=1) == []


# Listing and counting


def test_an_empty_corpus_answers_everything_with_nothing(corpus: Corpus) -> None:
    assert corpus.articles() == corpus.latest(5) == []
    assert corpus.sources() == ()
    assert corpus.passage_ids() == set()
    assert list(corpus.passage_texts([])) == []
    assert corpus.summary() == CorpusSummary(0, 0, (), None, None)
    assert corpus.passage_count() == corpus.newest_change() == 0
    assert corpus.changes_after(0, limit=10) == []


def test_the_summary_counts_and_names_languages_by_number_of_articles(corpus: Corpus) -> None:
    corpus.put(write_article("1", language="ru", published="2022-01-05T23:59:59-05:00"))
    corpus.put(write_article("2", language="kk"))
    corpus.put(write_article("3", language="kk", published="2022-01-02"))
    corpus.put(write_article("4", language="en", published="2022-01-05"))

    assert corpus.summary() == CorpusSummary(
        articles=4,
        languages=(Language.KAZAKH, Language.ENGLISH, Language.RUSSIAN),
        earliest="2022-01-02",
        latest="2022-01-05",
    )
    assert corpus.passage_count() == 16


def put_dated(corpus: Corpus) -> None:
    dates = {
        "undated": None,
        "fifth": "2022-01-05",
        "third": "2022-01-03",
        "undated too": None,
        "fifth, at noon": "2022-01-05T12:00:00Z",
        "fourth": "2022-01-04",
        "fifth, too": "2022-01-05",
    }
    for title, day in dates.items():
        corpus.put(write_article(title, title=title, published=day))


def test_articles_come_earliest_first_and_undated_ones_last(corpus: Corpus) -> None:
    put_dated(corpus)

    assert [revision.title for revision in corpus.articles()] == [
        "third",
        "fourth",
        "fifth",
        "fifth, too",
        "fifth, at noon",
        "undated",
        "undated too",
    ]


def test_the_latest_come_most_recently_published_first_and_undated_ones_last(corpus: Corpus) -> None:
    put_dated(corpus)

    titles = [revision.title for revision in corpus.latest(100)]

    assert titles == [
        "fifth, at noon",
        "fifth, too",
        "fifth",
        "fourth",
        "third",
        "undated too",
        "undated",
    ]
    assert [revision.title for revision in corpus.latest(2)] == titles[:2]
    assert corpus.latest(0) == []


def test_the_latest_are_current_revisions(corpus: Corpus) -> None:
    corpus.put(write_article("one", title="One", published="2022-01-09"))
    corpus.put(write_article("two", title="Two", published="2022-01-05"))
    corpus.put(write_article("one", title="One, corrected", published="2022-01-02"))

    assert [(revision.title, revision.published) for revision in corpus.latest(5)] == [
        ("Two", date(2022, 1, 5)),
        ("One, corrected", date(2022, 1, 2)),
    ]


def test_sources_come_with_their_numbers_of_articles_most_first(corpus: Corpus) -> None:
    for key, source in enumerate(["Radio", "Agency", "Paper", "Agency", "Agency", "Paper"]):
        corpus.put(write_article(str(key), source=source))
    corpus.put(write_article("0", source="Agency"))
    corpus.put(write_article("7", source="Blog"))

    assert corpus.sources() == (("Agency", 4), ("Paper", 2), ("Blog", 1))


def test_the_state_is_another_after_every_change_and_only_then(corpus: Corpus) -> None:
    states = [corpus.state()]
    corpus.put(write_article())
    states.append(corpus.state())
    corpus.put(write_article(title="Revised"))
    states.append(corpus.state())
    corpus.remove(only(corpus), because="wrong")
    states.append(corpus.state())
    corpus.put(write_article(), restore=True)
    states.append(corpus.state())

    assert len(set(states)) == 5

    corpus.put(write_article())
    corpus.articles()
    assert corpus.state() == states[-1]


# Anything that is a text

LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
WORDS = st.sampled_from(
    ["Almaty", "г. Алматы", "«", "»", "Mr.", "5 января 2022 г.", "қаңтар", "...", "!", ".", " ", "\n", "\n\n",
     "\r\n", "\u2028", "\x85", "\ufeff", "👨‍👩‍👧", "e\u0301", "𝔘𝔫𝔦", "\u202e"]
)  # fmt: skip
TEXTS = st.lists(WORDS | LINES, min_size=1, max_size=30).map("".join)


@settings(
    max_examples=40,
    deadline=None,  # it writes to a disk that others use too
    suppress_health_check=[
        HealthCheck.function_scoped_fixture
    ],  # one corpus for all examples is what we want
)
@given(text=TEXTS, title=LINES, language=st.sampled_from(Language))
def test_every_text_comes_back_as_it_was_and_every_offset_fits(
    corpus: Corpus, text: str, title: str, language: Language
) -> None:
    try:
        article = Article.parse(
            {"text": text, "title": title, "language": language}, key="any", obtained="test", source="Test"
        )
    except InvalidArticle:
        assert not text.removeprefix("\ufeff").strip()
        return
    corpus.put(article)

    revision = corpus.article(only(corpus))
    passages = passages_of(corpus, only(corpus))

    assert (revision.title, revision.text) == (article.title, article.text)
    assert [(passage.sentence, passage.paragraph) for passage in passages] == [
        (passage.sentence, passage.paragraph) for passage in split(article.text, language)
    ]
    assert "".join("".join(sentences(passages)).split()) == "".join(article.text.split())
    for passage in passages:
        told = passage_text(passage)
        assert told.sentence in told.paragraph
        assert passage.id == passage_id(
            language=language, title=article.title, paragraph=told.paragraph, sentence=told.sentence
        )
