from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from corpus.errors import FetchFailed, UnreadableSource
from corpus.fetching import Fetcher
from corpus.store import Corpus
from corpus.subscribing import subscribe
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2022, 1, 5, 12, tzinfo=UTC)
FEED = "<rss><channel><title>Orda</title><item><title>Gas</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def fetcher(web: Web) -> Iterator[Fetcher]:
    with Fetcher(trusted={web.place}) as fetcher:
        yield fetcher


@pytest.fixture
def corpus(sqlite_file_url: str) -> Iterator[Corpus]:
    with closing(Corpus.open(sqlite_file_url)) as corpus:
        yield corpus


def test_a_feed_is_kept_after_a_look_at_it(corpus: Corpus, web: Web, fetcher: Fetcher) -> None:
    web.says("/feed", FEED, content_type="application/rss+xml")
    found = subscribe(corpus, fetcher, web.url("/feed"), stated={"language": "ru"}, every_s=60, now=NOON)
    assert (found.is_new, found.entries) == (True, 1)
    assert corpus.feeds.all() == [found.feed]
    assert (found.feed.url, found.feed.title, found.feed.every_s) == (web.url("/feed"), "Orda", 60)
    assert (found.feed.stated, found.feed.next_at) == ({"language": "ru"}, NOON)


def test_a_feed_in_another_spelling_is_the_same_one(corpus: Corpus, web: Web, fetcher: Fetcher) -> None:
    web.says("/feed", FEED, content_type="application/rss+xml")
    subscribe(corpus, fetcher, web.url("/feed"))
    assert not subscribe(corpus, fetcher, web.url("/feed?utm_source=x#top")).is_new
    assert [feed.url for feed in corpus.feeds.all()] == [web.url("/feed")]


def test_of_a_page_its_feed_is_kept_the_first_that_is_one(corpus: Corpus, web: Web, fetcher: Fetcher) -> None:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{address}">'
        for address in ("/comments/feed", "/gone", "/feed", "/other")
    )
    web.says(
        "/", f"<html><head>{links}</head><body>Орда</body></html>".encode("cp1251"), content_type="text/html"
    )
    web.says("/feed", FEED, content_type="text/xml")
    web.says("/comments/feed", FEED, content_type="text/xml")
    assert subscribe(corpus, fetcher, web.url("/")).feed.url == web.url("/feed")


def test_what_is_no_feed_is_refused_with_the_reason(corpus: Corpus, web: Web, fetcher: Fetcher) -> None:
    web.says("/page", "<html><body>No feed here</body></html>")
    web.says("/text", "hello", content_type="text/plain")
    web.says("/links", '<html><link rel="alternate" type="application/rss+xml" href="/page"></html>')
    for path, reason in [
        ("/page", "it is a web page, no feed, and it names no feed"),
        ("/text", "it is neither RSS, Atom, JSON Feed nor a sitemap, and it names no feed"),
        ("/links", f"it names the feed {web.url('/page')}, but of that: it is a web page, no feed"),
    ]:
        with pytest.raises(UnreadableSource) as caught:
            subscribe(corpus, fetcher, web.url(path))
        assert str(caught.value) == f"{web.url(path)} cannot be followed: {reason}"
    with pytest.raises(FetchFailed):
        subscribe(corpus, fetcher, web.url("/nowhere"))
    assert corpus.feeds.all() == []
