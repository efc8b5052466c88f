"""What a post becomes: its text as it is, the channel as its source, and one key however it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from corpus.errors import InvalidArticle
from corpus.languages import Language
from corpus.sources.posts import Post, Publisher, parse_post

TIDINGS = Publisher(-1_002_000_000_001, "Tidings", "tidings")
AT = datetime(2022, 1, 5, 14, 30, tzinfo=timezone(timedelta(hours=6)))
TEXT = "The mayor was held.  He denies it.\n\nMore: https://example.org/mayor 🙂"
POST = Post(TEXT, AT, TIDINGS, 17, "A. Editor")


def test_a_post_of_a_public_channel_is_an_article_as_it_stands() -> None:
    article = parse_post(POST)

    assert article.text == TEXT
    assert article.title == "The mayor was held."
    assert (article.source, article.author) == ("Tidings", "A. Editor")
    assert article.url == "https://t.me/tidings/17"
    assert article.published == datetime(2022, 1, 5, 8, 30, tzinfo=UTC)
    assert article.language is Language.ENGLISH
    assert (article.key, article.obtained) == ("telegram:-1002000000001:17", "telegram")


def test_a_post_of_a_private_channel_has_the_link_that_its_readers_can_open() -> None:
    article = parse_post(replace(POST, publisher=Publisher(-1_002_000_000_001, "Tidings")))

    assert article.url == "https://t.me/c/2000000001/17"


def test_the_key_outlives_another_name_of_the_channel() -> None:
    renamed = replace(
        POST, publisher=Publisher(TIDINGS.id, "New Tidings", "new_tidings"), text="Other words."
    )

    assert parse_post(renamed).key == parse_post(POST).key


@pytest.mark.parametrize(
    "text,language",
    [("Мэр Алматы задержан, сообщает полиция.", "ru"), ("Алматы әкімі ұсталды, деді полиция.", "kk")],
)
def test_the_language_is_told_from_the_text(text: str, language: str) -> None:
    assert parse_post(replace(POST, text=text)).language == language


def test_of_a_person_nothing_is_taken_but_the_words() -> None:
    article = parse_post(Post("The bridge is closed.", AT), {"source": "Orda.kz"})

    assert (article.source, article.author, article.url) == ("Orda.kz", None, None)
    assert (article.published, article.text) == (None, "The bridge is closed.")
    assert article.key.startswith("telegram-forward:")


def test_where_it_was_published_may_be_stated_and_is_what_identifies_it() -> None:
    stated = {"source": "Orda.kz", "url": "https://orda.kz/gas?utm_source=x", "published": "2022-01-04"}
    article = parse_post(Post("The bridge is closed.", AT), stated)

    assert (article.key, article.published) == ("https://orda.kz/gas", date(2022, 1, 4))


def test_the_same_words_of_the_same_moment_are_one_article_and_others_are_another() -> None:
    said = Post("The bridge is closed.", AT)
    keys = [
        parse_post(post).key
        for post in (
            said,
            replace(said, published=AT.astimezone(UTC)),
            replace(said, text="The bridge is open."),
        )
    ]

    assert keys[0] == keys[1] != keys[2]


def test_a_group_that_speaks_for_itself_is_named_but_not_linked() -> None:
    article = parse_post(Post("The bridge is closed.", AT, Publisher(-4_000_000_001, "Neighbours")))

    assert (article.source, article.url) == ("Neighbours", None)


def test_a_basic_group_has_no_links_to_its_messages() -> None:
    assert Post("Words.", AT, Publisher(-4_000_000_001, "Neighbours"), 7).url is None


@pytest.mark.parametrize("text", ["", " \n ", "🔥🔥", "17:30", "— … !"])
def test_a_post_without_words_is_no_article(text: str) -> None:
    with pytest.raises(InvalidArticle, match=r"^text: there are no words in it$"):
        parse_post(replace(POST, text=text))
